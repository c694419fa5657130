//! An index that many threads ask for its definitions at once: each gets the same answer, and none waits for another.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use catalog_model::index::Index;
use catalog_model::source::{Entry, Source, SourceError};
use catalog_model::{LoadOptions, MemorySource};

/// How many ask at once.
const CALLERS: usize = 4;

/// A source that takes its time over definitions.
struct Slow(MemorySource);

impl Source for Slow {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError> {
        self.0.list(folder)
    }

    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        if file.contains("definitions") {
            std::thread::sleep(Duration::from_millis(1));
        }
        self.0.read(file, limit)
    }
}

/// An index whose definitions are not read, and the source that has them: one of each package is broken.
fn unread(parallel: bool) -> Arc<(Index, Slow)> {
    let mut source = MemorySource::new();
    for package in 0..40 {
        for version in 0..4 {
            let folder = format!("p{package}/{version}.0.0");
            let metadata = format!("name: p{package}\nversion: {version}.0.0\n");
            let definition = match version {
                0 => "kind: [\n".to_owned(),
                _ => format!(
                    "apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: a{package}-{version} }}\n"
                ),
            };
            source.insert(format!("{folder}/metadata.yaml"), metadata);
            source.insert(format!("{folder}/definitions/a.yaml"), definition);
        }
    }
    let source = Slow(source);
    let mut options = LoadOptions::default();
    options.parallel = parallel;
    let index = Index::read(&source, &options).unwrap().into_index();
    Arc::new((index, source))
}

/// Whether the call read them, and how many errors it told.
fn ask(shared: &(Index, Slow)) -> (bool, usize) {
    let told = shared.0.read_definitions(&shared.1);
    (told.happened_now(), told.diagnostics().len())
}

fn check(answers: impl Iterator<Item = (bool, usize)>) {
    let answers: Vec<_> = answers.collect();
    assert_eq!(answers.len(), CALLERS);
    // Whoever logs what is wrong where it was read now logs it once.
    assert_eq!(answers.iter().filter(|(now, _)| *now).count(), 1);
    let counts: Vec<usize> = answers.iter().map(|(_, told)| *told).collect();
    assert!(
        counts.iter().all(|told| *told == counts[0] && *told > 0),
        "{counts:?}"
    );
}

/// A thread of a pool that waits for its own work takes up other work of the pool, such as the next question: were that to wait for the
/// first, it would wait for itself.
#[test]
fn those_of_one_pool_wait_for_nobody() {
    for parallel in [true, false] {
        let shared = unread(parallel);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(2)
            .build()
            .unwrap();
        let (answer, answers) = channel();
        for _ in 0..CALLERS {
            let (answer, shared) = (answer.clone(), Arc::clone(&shared));
            pool.spawn(move || answer.send(ask(&shared)).unwrap());
            std::thread::sleep(Duration::from_millis(5));
        }
        let next = |_| {
            answers
                .recv_timeout(Duration::from_secs(60))
                .expect("it is answered")
        };
        check((0..CALLERS).map(next));
    }
}

#[test]
fn those_without_a_pool_get_one_answer() {
    for parallel in [true, false] {
        let shared = unread(parallel);
        let answers = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..CALLERS).map(|_| scope.spawn(|| ask(&shared))).collect();
            let answers = threads.into_iter().map(|thread| thread.join().unwrap());
            answers.collect::<Vec<_>>()
        });
        check(answers.into_iter());
    }
}

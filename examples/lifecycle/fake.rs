//! A fake cluster that outlives the program: each call is kept in a file before it is answered, and the next start makes them all again.

use std::fs::{File, OpenOptions, TryLockError, create_dir_all};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use catalog_conditions::{Requirements, Snapshot};
use catalog_examples::Failure;
use catalog_hooks::api::{Failure as Refusal, ObjectRef, Reply, Request};
use catalog_hooks::simulator::FakeCluster;
use catalog_hooks::{Clock, Cluster, Timestamp, Wait};
use serde_json::{Value, json};

use crate::calls::{self, Call};
use crate::cluster;
use crate::like::Likeness;

/// A handle to the fake cluster and its file.
#[derive(Clone)]
pub(crate) struct Fake(Arc<Mutex<Kept>>);

struct Kept {
    cluster: FakeCluster,
    file: File,
}

impl Fake {
    /// The fake cluster whose calls are in `folder`; a new one, if there are none, with what the saved cluster `like` has.
    ///
    /// # Errors
    ///
    /// The file cannot be read or written, or is not what this program writes.
    pub(crate) fn open(folder: &str, home: &str, like: Option<&str>) -> Result<Self, Failure> {
        let path = Path::new(folder).join("calls.jsonl");
        let failed = |error: std::io::Error| Failure::new(format!("{}: {error}", path.display()));
        create_dir_all(folder).map_err(failed)?;
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        let mut file = options.open(&path).map_err(failed)?;
        // It lasts as long as the process, however that ends.
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(Failure::new(format!(
                "{}: another process is at work on this cluster: wait until it ends",
                path.display()
            )));
        }
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(failed)?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let rest = text.get(whole..).unwrap_or_default();
        if !BEGINNING.starts_with(rest) && !rest.starts_with(BEGINNING) {
            return Err(no_call(&path, text.lines().count()));
        }
        // Whoever was killed while writing a line has not made the call.
        file.set_len(whole as u64).map_err(failed)?;
        let mut cluster = cluster::empty();
        for (number, line) in text.get(..whole).unwrap_or_default().lines().enumerate() {
            let Some((at, call)) = calls::read(line) else {
                return Err(no_call(&path, number + 1));
            };
            // A program before did not keep which namespace it began with.
            if number == 0 && !matches!(call, Call::Api(_)) {
                cluster.add_namespace(home);
            }
            cluster.advance_to(at);
            carry_out(&mut cluster, &call);
        }
        // What is wrong with it is told before anything is kept.
        let like = like
            .filter(|_| whole == 0)
            .map(Likeness::read)
            .transpose()?;
        let is_there = cluster.object(&ObjectRef::cluster("v1", "Namespace", home));
        let is_new = is_there.is_none();
        let mut fake = Self(Arc::new(Mutex::new(Kept { cluster, file })));
        if is_new {
            fake.add_namespace(home)?;
        }
        match like {
            None => Ok(fake),
            Some(like) => match fake.keep(&Call::Like(like)) {
                Answered::Not(refusal) => Err(Failure::new(refusal.to_string())),
                _ => Ok(fake),
            },
        }
    }

    /// Writes all objects to `cluster.json` in the folder, as kubectl would print them: for people, and for `--cluster` of other programs.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub(crate) fn show(&self, folder: &str) -> Result<(), Failure> {
        let kept = self.kept();
        let items: Vec<&Value> = kept.cluster.objects().map(|object| &**object).collect();
        let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
        let path = Path::new(folder).join("cluster.json");
        let failed = |error: std::io::Error| Failure::new(format!("{}: {error}", path.display()));
        std::fs::write(&path, list.to_string()).map_err(failed)
    }

    /// The cluster as conditions see it.
    pub(crate) fn snapshot(&self, requirements: &Requirements) -> Snapshot {
        self.kept().cluster.snapshot(requirements)
    }

    /// Says what the pods of hooks do from now on, and lets a minute go by since the last call.
    pub(crate) fn set_pods(&self, fails: Vec<String>, hangs: Vec<String>) {
        self.kept().cluster.advance(Duration::from_secs(60));
        self.keep(&Call::Pods { fails, hangs });
    }

    /// Makes the namespace where a run keeps its things: it is there from then on, whatever later starts name.
    fn add_namespace(&mut self, home: &str) -> Result<(), Failure> {
        let create = Request::Create {
            object: json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": home}}),
            dry_run: false,
        };
        // What would be refused is not kept.
        let tried = Cluster::call(&mut cluster::empty(), &create);
        let created = tried.and_then(|_| self.call(&create));
        let told = |refusal| Failure::new(format!("`--home {home}`: {refusal}"));
        created.map(|_| ()).map_err(told)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a call, and makes it. What cannot be kept is not done.
    fn keep(&self, call: &Call) -> Answered {
        let Kept { cluster, file } = &mut *self.kept();
        let line = calls::write(cluster.now(), call) + "\n";
        match file
            .write_all(line.as_bytes())
            .and_then(|()| file.sync_data())
        {
            Ok(()) => carry_out(cluster, call),
            Err(error) => Answered::Not(Refusal::unanswered(format!(
                "the state of the fake cluster cannot be written: {error}"
            ))),
        }
    }
}

/// What each line begins with.
const BEGINNING: &str = r#"{"at":"#;

fn no_call(path: &Path, line: usize) -> Failure {
    Failure::new(format!(
        "{}: line {line} is no call to a fake cluster",
        path.display()
    ))
}

/// What came of a call.
enum Answered {
    Api(Result<Reply, Refusal>),
    Done,
    Not(Refusal),
}

fn carry_out(cluster: &mut FakeCluster, call: &Call) -> Answered {
    match call {
        Call::Api(request) => Answered::Api(Cluster::call(cluster, request)),
        Call::Like(likeness) => {
            likeness.bring_to(cluster);
            Answered::Done
        }
        Call::Pods { fails, hangs } => {
            cluster::set_pods(cluster, fails, hangs);
            Answered::Done
        }
    }
}

fn unexpected<T>(answered: Answered) -> Result<T, Refusal> {
    Err(match answered {
        Answered::Not(refusal) => refusal,
        _ => Refusal::unanswered("the answer is of another kind than the call"),
    })
}

impl Cluster for Fake {
    fn call(&mut self, request: &Request) -> Result<Reply, Refusal> {
        if calls::is_read(request) {
            return Cluster::call(&mut self.kept().cluster, request);
        }
        match self.keep(&Call::Api(request.clone())) {
            Answered::Api(answer) => answer,
            other => unexpected(other),
        }
    }
}

impl Clock for Fake {
    fn now(&mut self) -> Timestamp {
        Clock::now(&mut self.kept().cluster)
    }

    fn wait(&mut self, wait: &Wait) {
        self.kept().cluster.wait(wait);
    }
}

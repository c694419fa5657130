//! A sync that fails leaves what was there, and says why.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use catalog_model::source::{ContentId, Entry, Source, SourceError, SourceErrorKind};
use catalog_model::sync::{SyncErrorKind, SyncProgress, SyncWatch, Synced, sync};
use catalog_model::{LoadOptions, MemorySource};

fn files(versions: usize) -> MemorySource {
    let file = |at: usize| {
        (
            format!("a/{at}.0.0/metadata.yaml"),
            format!("name: a\nversion: {at}.0.0\n"),
        )
    };
    (1..=versions).map(file).collect()
}

fn first() -> Synced {
    sync(
        &Synced::new(LoadOptions::default()),
        &files(3),
        SyncWatch::default(),
    )
    .unwrap()
    .0
}

/// A source of which a call fails, counted from one.
struct Failing {
    source: MemorySource,
    kind: SourceErrorKind,
    at: usize,
    calls: AtomicUsize,
}

impl Failing {
    fn call(&self, path: &str) -> Result<(), SourceError> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        match call == self.at {
            true => Err(SourceError::new(self.kind, path, "the disk is on fire")),
            false => Ok(()),
        }
    }
}

impl Source for Failing {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError> {
        self.call(folder)?;
        self.source.list(folder)
    }

    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        self.call(file)?;
        self.source.read(file, limit)
    }

    fn content_id(&self, path: &str) -> Option<ContentId> {
        self.source.content_id(path)
    }
}

fn failing(kind: SourceErrorKind, at: usize) -> Failing {
    Failing {
        source: files(5),
        kind,
        at,
        calls: AtomicUsize::new(0),
    }
}

#[test]
fn a_source_that_is_not_available_changes_nothing_wherever_it_fails() {
    let before = first();
    let whole = failing(SourceErrorKind::Unavailable, usize::MAX);
    let expected = sync(&before, &whole, SyncWatch::default()).unwrap().0;
    let calls = whole.calls.load(Ordering::Relaxed);
    assert!(calls > 4, "{calls}");
    for at in 1..=calls {
        let source = failing(SourceErrorKind::Unavailable, at);
        let error = sync(&before, &source, SyncWatch::default()).unwrap_err();
        assert_eq!(error.kind(), SyncErrorKind::Source);
        assert!(
            error.to_string().ends_with(": the disk is on fire"),
            "{error}"
        );
        assert_eq!(
            error.source_error().unwrap().kind(),
            SourceErrorKind::Unavailable
        );
        assert_eq!(before.catalog(), first().catalog());
        // The next one makes up for it.
        let next = sync(&before, &source, SyncWatch::default()).unwrap().0;
        assert_eq!(next.catalog(), expected.catalog());
    }
}

#[test]
fn a_file_that_cannot_be_read_breaks_its_version_until_it_can() {
    let before = first();
    let whole = failing(SourceErrorKind::Unreadable, usize::MAX);
    let expected = sync(&before, &whole, SyncWatch::default()).unwrap().0;
    let calls = whole.calls.load(Ordering::Relaxed);
    let source = failing(SourceErrorKind::Unreadable, calls);
    let (broken, changes) = sync(&before, &source, SyncWatch::default()).unwrap();
    assert_eq!(changes.iter().count(), 1, "one of two new versions");
    assert!(broken.loaded().has_errors());
    // Though no id says that anything changed.
    let mut next = files(5);
    next.insert("README.md", "hello");
    let (mended, changes) = sync(&broken, &next, SyncWatch::default()).unwrap();
    assert_eq!(
        (mended.catalog(), changes.files_read()),
        (expected.catalog(), 1)
    );
    assert!(!mended.loaded().has_errors());
}

#[test]
fn a_sync_stops_between_files_when_it_is_told_to() {
    let before = first();
    for most in 0..2 {
        let cancel = AtomicBool::new(false);
        let seen = Mutex::new(Vec::new());
        let progress = |progress: &SyncProgress<'_>| {
            seen.lock()
                .unwrap()
                .push((progress.file.to_owned(), progress.files));
            cancel.store(progress.files >= most, Ordering::Relaxed);
        };
        let mut watch = SyncWatch::default();
        watch.cancel = Some(&cancel);
        watch.progress = Some(&progress);
        let error = sync(&before, &files(9), watch).unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (SyncErrorKind::Cancelled, "the sync was cancelled")
        );
        let seen = seen.into_inner().unwrap();
        assert_eq!(seen.len(), most + 1, "nothing is read after that");
        assert_eq!(seen[0], ("a/4.0.0/metadata.yaml".to_owned(), 0));
    }
    let cancel = AtomicBool::new(true);
    let mut watch = SyncWatch::default();
    watch.cancel = Some(&cancel);
    assert_eq!(
        sync(&before, &files(9), watch).unwrap_err().kind(),
        SyncErrorKind::Cancelled
    );
}

#[test]
fn a_root_that_cannot_be_listed_is_an_error_and_an_empty_one_a_diagnostic() {
    let source = failing(SourceErrorKind::NotFound, 1);
    assert_eq!(
        sync(&first(), &source, SyncWatch::default())
            .unwrap_err()
            .kind(),
        SyncErrorKind::Source
    );
    let (empty, changes) = sync(&first(), &MemorySource::new(), SyncWatch::default()).unwrap();
    assert_eq!(
        (empty.catalog().packages().count(), changes.iter().count()),
        (0, 3)
    );
    assert_eq!(empty.loaded().diagnostics()[0].code(), "catalog.empty");
}

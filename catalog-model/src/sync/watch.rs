//! What may be asked of a sync while it runs.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::error::SyncError;
use crate::source::{ContentId, Entry, EntryKind, Source, SourceError, SourceErrorKind};

/// How a sync is watched and stopped.
#[derive(Clone, Copy, Default)]
#[non_exhaustive]
pub struct SyncWatch<'a> {
    /// Set by another thread, it ends the sync before the next file is read.
    pub cancel: Option<&'a AtomicBool>,
    /// Called before each file is read, by whichever thread reads it.
    pub progress: Option<&'a (dyn Fn(&SyncProgress<'_>) + Sync)>,
}

/// How far a sync is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SyncProgress<'a> {
    /// The file that is read next, relative to the root of the source.
    pub file: &'a str,
    /// How many files were read before it. How many will be is not known: only what changed is.
    pub files: usize,
}

impl fmt::Debug for SyncWatch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("SyncWatch");
        shown.field("cancel", &self.cancel);
        shown.field("progress", &self.progress.is_some()).finish()
    }
}

/// A source that stops when it is told to, or when what holds the catalog fails.
pub(super) struct Watched<'a> {
    source: &'a dyn Source,
    watch: &'a SyncWatch<'a>,
    files: AtomicUsize,
    stopped: AtomicBool,
    failure: Mutex<Option<SyncError>>,
}

impl<'a> Watched<'a> {
    pub(super) fn new(source: &'a dyn Source, watch: &'a SyncWatch<'a>) -> Self {
        Self {
            source,
            watch,
            files: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
            failure: Mutex::new(None),
        }
    }

    /// Files read so far.
    pub(super) fn files(&self) -> usize {
        self.files.load(Ordering::Relaxed)
    }

    /// Why it stopped, if it did: nothing that was read is of use then.
    pub(super) fn failure(self) -> Option<SyncError> {
        self.failure
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// An error once it has stopped, so that all that is still to be read is passed over.
    fn go_on(&self, path: &str) -> Result<(), SourceError> {
        let cancelled = |flag: &AtomicBool| flag.load(Ordering::Relaxed);
        if self.watch.cancel.is_some_and(cancelled) {
            self.stop(SyncError::cancelled());
        }
        if !self.stopped.load(Ordering::Relaxed) {
            return Ok(());
        }
        let message = "this was not read any more";
        let shown = self.source.display(path);
        Err(SourceError::new(
            SourceErrorKind::Unavailable,
            shown,
            message,
        ))
    }

    /// Remembers the first reason to stop.
    fn stop(&self, failure: SyncError) {
        let mut known = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        known.get_or_insert(failure);
        self.stopped.store(true, Ordering::Relaxed);
    }

    fn noted<T>(&self, result: Result<T, SourceError>) -> Result<T, SourceError> {
        result.inspect_err(|error| {
            if error.kind() == SourceErrorKind::Unavailable {
                let same = SourceError::new(error.kind(), error.path(), error.message());
                self.stop(SyncError::of_source(same));
            }
        })
    }
}

impl Source for Watched<'_> {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError> {
        self.go_on(folder)?;
        self.noted(self.source.list(folder))
    }

    fn list_with_ids(&self, folder: &str) -> Result<Vec<(Entry, Option<ContentId>)>, SourceError> {
        self.go_on(folder)?;
        self.noted(self.source.list_with_ids(folder))
    }

    fn each_with_id(
        &self,
        folder: &str,
        each: &mut dyn FnMut(&str, EntryKind, Option<ContentId>),
    ) -> Result<(), SourceError> {
        self.go_on(folder)?;
        self.noted(self.source.each_with_id(folder, each))
    }

    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        self.go_on(file)?;
        let files = self.files.fetch_add(1, Ordering::Relaxed);
        if let Some(progress) = self.watch.progress {
            progress(&SyncProgress { file, files });
        }
        // Whoever was told of the file may have cancelled.
        self.go_on(file)?;
        self.noted(self.source.read(file, limit))
    }

    fn is_inside(&self, path: &str, folder: &str) -> bool {
        self.source.is_inside(path, folder)
    }

    fn is_link(&self, path: &str) -> bool {
        self.source.is_link(path)
    }

    fn content_id(&self, path: &str) -> Option<ContentId> {
        self.source.content_id(path)
    }

    fn display(&self, path: &str) -> String {
        self.source.display(path)
    }
}

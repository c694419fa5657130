//! Files in memory, and what may go wrong with them.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use catalog_model::sync::cache::{CacheFile, CacheFiles};

/// The files of a cache, shared by its clones. All are old enough to be removed.
#[derive(Clone, Debug, Default)]
pub(super) struct MemoryFiles {
    pub(super) files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
}

impl MemoryFiles {
    /// The same files, of which these know nothing.
    pub(super) fn copy(&self) -> Self {
        let files = self.files.lock().unwrap().clone();
        let files = Arc::new(Mutex::new(files));
        Self { files }
    }

    pub(super) fn insert(&self, name: &str, bytes: &[u8]) {
        let mut files = self.files.lock().unwrap();
        files.insert(name.to_owned(), bytes.to_vec());
    }
}

impl CacheFiles for MemoryFiles {
    fn read(&self, name: &str, limit: u64) -> io::Result<Option<Vec<u8>>> {
        let files = self.files.lock().unwrap();
        let limit = usize::try_from(limit).unwrap() + 1;
        Ok(files
            .get(name)
            .map(|bytes| bytes[..bytes.len().min(limit)].to_vec()))
    }

    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.insert(name, bytes);
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut files = self.files.lock().unwrap();
        let bytes = files.remove(from).ok_or(io::ErrorKind::NotFound)?;
        files.insert(to.to_owned(), bytes);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut files = self.files.lock().unwrap();
        files.remove(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(())
    }

    fn list(&self) -> io::Result<Vec<CacheFile>> {
        let files = self.files.lock().unwrap();
        let age = Some(Duration::from_secs(3600));
        let names = files.keys().cloned();
        Ok(names.map(|name| CacheFile { name, age }).collect())
    }
}

/// What goes wrong, at which act on files.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fault {
    /// The act fails.
    Error,
    /// The act fails when it is half done.
    Half,
    /// The process ends before the act: nothing happens any more.
    Death,
    /// The process ends when the act is half done.
    HalfDeath,
}

/// Files on which one act goes wrong.
#[derive(Clone, Debug)]
pub(super) struct FaultyFiles {
    pub(super) files: MemoryFiles,
    pub(super) fault: Fault,
    /// Acts before the one that goes wrong.
    pub(super) left: Arc<AtomicUsize>,
}

impl FaultyFiles {
    pub(super) fn new(files: &MemoryFiles, fault: Fault, acts: usize) -> Self {
        Self {
            files: files.clone(),
            fault,
            left: Arc::new(AtomicUsize::new(acts)),
        }
    }

    /// Whether the act that goes wrong was reached.
    pub(super) fn happened(&self) -> bool {
        self.left.load(Ordering::Relaxed) > usize::MAX / 2
    }

    fn act<T>(&self, half: impl FnOnce(), whole: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let failed = || Err(io::Error::other("injected"));
        let left = self.left.fetch_sub(1, Ordering::Relaxed);
        let is_dead = matches!(self.fault, Fault::Death | Fault::HalfDeath);
        match left {
            0 => {
                if matches!(self.fault, Fault::Half | Fault::HalfDeath) {
                    half();
                }
                failed()
            }
            left if left > usize::MAX / 2 && is_dead => failed(),
            _ => whole(),
        }
    }
}

impl CacheFiles for FaultyFiles {
    fn read(&self, name: &str, limit: u64) -> io::Result<Option<Vec<u8>>> {
        self.act(|| (), || self.files.read(name, limit))
    }

    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let half = || self.files.insert(name, &bytes[..bytes.len() / 2]);
        self.act(half, || self.files.write(name, bytes))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        // A rename that is told to have failed may have happened.
        let half = || drop(self.files.rename(from, to));
        self.act(half, || self.files.rename(from, to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let half = || drop(self.files.remove(name));
        self.act(half, || self.files.remove(name))
    }

    fn list(&self) -> io::Result<Vec<CacheFile>> {
        self.act(|| (), || self.files.list())
    }
}

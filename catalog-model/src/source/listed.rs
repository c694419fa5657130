//! What a folder on disk held when it was last listed.

use std::collections::HashMap;
use std::fs::{DirEntry, Metadata};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How many folders are remembered at once: those that a few threads are reading.
const FOLDERS: usize = 64;

/// What tells a file or folder from every other while it exists: device and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    number: u64,
}

impl Identity {
    /// `None` where the system has no such numbers.
    #[cfg(unix)]
    #[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
    pub(super) fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        Some(Self {
            device: metadata.dev(),
            number: metadata.ino(),
        })
    }

    #[cfg(not(unix))]
    pub(super) fn of(_metadata: &Metadata) -> Option<Self> {
        None
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
fn number(entry: &DirEntry) -> Option<u64> {
    use std::os::unix::fs::DirEntryExt;
    Some(entry.ino())
}

#[cfg(not(unix))]
fn number(_entry: &DirEntry) -> Option<u64> {
    None
}

/// The files and folders of the folders that were listed last, but no links.
///
/// Finding out where a path leads costs more than opening a small file. What was listed as a file or folder in a folder inside the root
/// is inside it too, if what is opened is still the same: whoever asks compares.
#[derive(Debug, Default)]
pub(super) struct Listed {
    folders: Mutex<HashMap<String, ListedFolder>>,
}

/// A folder that was listed, by where it really is.
#[derive(Debug)]
pub(super) struct ListedFolder {
    real: PathBuf,
    device: u64,
    numbers: HashMap<String, u64>,
}

impl ListedFolder {
    pub(super) fn new(real: &Path, identity: Identity) -> Self {
        Self {
            real: real.to_path_buf(),
            device: identity.device,
            numbers: HashMap::new(),
        }
    }

    /// Remembers an entry that is no link.
    pub(super) fn insert(&mut self, name: &str, entry: &DirEntry) {
        if let Some(number) = number(entry) {
            self.numbers.insert(name.to_owned(), number);
        }
    }
}

impl Listed {
    pub(super) fn insert(&self, path: &str, folder: ListedFolder) {
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if folders.len() >= FOLDERS {
            folders.clear();
        }
        folders.insert(path.to_owned(), folder);
    }

    /// Where something listed is, and what it was. Once: numbers are given again when a file is gone, so they are not trusted for long.
    pub(super) fn take(&self, path: &str) -> Option<(PathBuf, Identity)> {
        let (folder, name) = match path.rsplit_once('/') {
            // This is no path below the root.
            Some(("", _)) => return None,
            Some(split) => split,
            None => ("", path),
        };
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = folders.get_mut(folder)?;
        let number = folder.numbers.remove(name)?;
        let identity = Identity {
            device: folder.device,
            number,
        };
        Some((folder.real.join(name), identity))
    }
}

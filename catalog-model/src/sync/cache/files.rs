//! Where the files of a cache lie.

use std::fmt;
#[cfg(feature = "fs")]
use std::fs;
use std::io;
#[cfg(feature = "fs")]
use std::io::Read as _;
#[cfg(feature = "fs")]
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
#[cfg(feature = "fs")]
use std::time::SystemTime;

use super::error::CacheError;

/// What holds the files of a cache: what a service implements to keep them elsewhere than in a folder. Names have no `/`.
pub trait CacheFiles: fmt::Debug + Send + Sync {
    /// The bytes of a file, if they are at most `limit`, else its first `limit` and one more; `None` where there is none.
    ///
    /// # Errors
    ///
    /// The file is there and cannot be read.
    fn read(&self, name: &str, limit: u64) -> io::Result<Option<Vec<u8>>>;

    /// Writes a new file. A part of it may stay if it fails, or if the process ends.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()>;

    /// Gives a file another name, at once, in the place of what has it.
    ///
    /// # Errors
    ///
    /// It has the name it had.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    ///
    /// It is there still.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// All files.
    ///
    /// # Errors
    ///
    /// They cannot be listed.
    fn list(&self) -> io::Result<Vec<CacheFile>>;
}

/// A file of a cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheFile {
    /// Its name.
    pub name: String,
    /// How long ago it was written; `None` where that is not known.
    pub age: Option<Duration>,
}

/// A cache in a folder of the file system. The folder is made when the first file is written.
#[cfg(feature = "fs")]
#[derive(Clone, Debug)]
pub struct CacheFolder {
    path: PathBuf,
}

#[cfg(feature = "fs")]
impl CacheFolder {
    /// The cache in this folder.
    #[must_use]
    pub fn new(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref().to_path_buf();
        Self { path }
    }
}

#[cfg(feature = "fs")]
impl CacheFiles for CacheFolder {
    fn read(&self, name: &str, limit: u64) -> io::Result<Option<Vec<u8>>> {
        let file = match fs::File::open(self.path.join(name)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("this is no regular file"));
        }
        let length = metadata.len().min(limit.saturating_add(1));
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.path)?;
        fs::write(self.path.join(name), bytes)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path.join(from), self.path.join(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }

    fn list(&self) -> io::Result<Vec<CacheFile>> {
        let now = SystemTime::now();
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            let written = entry.metadata().and_then(|metadata| metadata.modified());
            let age = written.ok().and_then(|time| now.duration_since(time).ok());
            if let Ok(name) = entry.file_name().into_string() {
                files.push(CacheFile { name, age });
            }
        }
        Ok(files)
    }
}

/// Numbers the files of this process.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// How names of files end that are being written.
pub(super) const PARTIAL: &str = ".partial";

/// Writes a file that is whole as soon as it has its name.
pub(super) fn put(files: &dyn CacheFiles, name: &str, bytes: &[u8]) -> Result<(), CacheError> {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let partial = format!("{name}.{}.{number}{PARTIAL}", std::process::id());
    let written = files
        .write(&partial, bytes)
        .and_then(|()| files.rename(&partial, name));
    written.map_err(|error| {
        let _ = files.remove(&partial);
        CacheError::new(name, error)
    })
}

//! A folder of the file system.

use std::fs::{self, File, FileType};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::{Entry, EntryKind, Source, SourceError, SourceErrorKind};

/// A folder on disk. Links are followed inside it and never out of it.
#[derive(Clone, Debug)]
pub struct FolderSource {
    shown: PathBuf,
    real: PathBuf,
}

impl FolderSource {
    /// Opens a folder.
    ///
    /// # Errors
    ///
    /// There is nothing at `path`, something else than a folder, or it cannot be read.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SourceError> {
        let shown = path.as_ref().to_path_buf();
        let name = shown.display().to_string();
        let real = shown
            .canonicalize()
            .map_err(|error| unreadable(&name, error))?;
        if !real.is_dir() {
            return Err(SourceError::new(
                SourceErrorKind::WrongKind,
                name,
                "this is a file, and a catalog is a folder",
            ));
        }
        Ok(Self { shown, real })
    }

    /// The path below the root, wherever links in it lead.
    fn resolve(&self, path: &str) -> Result<PathBuf, SourceError> {
        let shown = self.display(path);
        let real = self
            .real
            .join(path)
            .canonicalize()
            .map_err(|error| unreadable(&shown, error))?;
        if real.starts_with(&self.real) {
            return Ok(real);
        }
        Err(SourceError::new(
            SourceErrorKind::WrongKind,
            shown,
            "this link leads out of the catalog and is not followed",
        ))
    }

    fn kind(&self, path: &Path, kind: FileType) -> EntryKind {
        if kind.is_file() {
            return EntryKind::File;
        }
        if kind.is_dir() {
            return EntryKind::Folder;
        }
        if !kind.is_symlink() {
            return EntryKind::Other;
        }
        match path.canonicalize() {
            Ok(real) if real.starts_with(&self.real) && real.is_file() => EntryKind::File,
            // A link to a folder above itself would make the tree endless.
            Ok(real)
                if real.starts_with(&self.real) && real.is_dir() && !path.starts_with(&real) =>
            {
                EntryKind::Folder
            }
            _ => EntryKind::Link,
        }
    }
}

impl Source for FolderSource {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError> {
        let real = self.resolve(folder)?;
        let failed = |error| unreadable(&self.display(folder), error);
        let mut entries = Vec::new();
        for entry in fs::read_dir(real).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let kind = entry.file_type().map_err(failed)?;
            entries.push(match entry.file_name().into_string() {
                Ok(name) => Entry {
                    name,
                    kind: self.kind(&entry.path(), kind),
                },
                Err(name) => Entry {
                    name: name.to_string_lossy().into_owned(),
                    kind: EntryKind::Other,
                },
            });
        }
        Ok(entries)
    }

    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        let real = self.resolve(file)?;
        let shown = self.display(file);
        let failed = |error| unreadable(&shown, error);
        let handle = File::open(real).map_err(failed)?;
        let metadata = handle.metadata().map_err(failed)?;
        if !metadata.is_file() {
            return Err(SourceError::new(
                SourceErrorKind::WrongKind,
                shown,
                "this is not a file",
            ));
        }
        let mut bytes = Vec::new();
        // One byte more than allowed tells a file that grows, or lies about its size, from one that fits.
        let read = handle
            .take((limit as u64).saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        if read > limit {
            let message = format!(
                "the file has {} bytes, more than the {limit} allowed",
                metadata.len().max(read as u64)
            );
            return Err(SourceError::new(SourceErrorKind::TooLarge, shown, message));
        }
        Ok(bytes)
    }

    fn is_inside(&self, path: &str, folder: &str) -> bool {
        // What is not there leads nowhere.
        match (self.resolve(path), self.resolve(folder)) {
            (Ok(path), Ok(folder)) => path.starts_with(folder),
            (Err(error), _) => error.kind() == SourceErrorKind::NotFound,
            _ => false,
        }
    }

    fn is_link(&self, path: &str) -> bool {
        fs::symlink_metadata(self.real.join(path)).is_ok_and(|metadata| metadata.is_symlink())
    }

    fn display(&self, path: &str) -> String {
        if path.is_empty() {
            self.shown.display().to_string()
        } else {
            self.shown.join(path).display().to_string()
        }
    }
}

fn unreadable(path: &str, error: std::io::Error) -> SourceError {
    let (kind, message) = match error.kind() {
        ErrorKind::NotFound => (
            SourceErrorKind::NotFound,
            "there is no such file or folder".to_owned(),
        ),
        ErrorKind::NotADirectory => (
            SourceErrorKind::WrongKind,
            "this is a file, not a folder".to_owned(),
        ),
        ErrorKind::PermissionDenied => (
            SourceErrorKind::Unreadable,
            "reading it is not permitted".to_owned(),
        ),
        _ => (SourceErrorKind::Unreadable, error.to_string()),
    };
    SourceError::new(kind, path, message).caused_by(error)
}

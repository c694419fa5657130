//! A folder of the file system.

use std::fs::{self, DirEntry, File, FileType, Metadata};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::listed::{Identity, Listed, ListedFolder};
use super::{Entry, EntryKind, Source, SourceError, SourceErrorKind};

/// A folder on disk. Links are followed inside it and never out of it.
#[derive(Clone, Debug)]
pub struct FolderSource {
    shown: PathBuf,
    real: PathBuf,
    /// Clones share it: it holds nothing that could not be asked again.
    listed: Arc<Listed>,
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
        Ok(Self {
            shown,
            real,
            listed: Arc::default(),
        })
    }

    /// Where the root really is.
    #[cfg(feature = "digest")]
    pub(super) fn real(&self) -> &Path {
        &self.real
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

    /// Where a folder really is, wherever links lead, and what tells it from others.
    fn folder(&self, path: &str) -> Result<(PathBuf, Option<Identity>), SourceError> {
        let identity = |real: &Path| Identity::of(&fs::symlink_metadata(real).ok()?);
        if let Some((real, listed)) = self.listed.take(path)
            && identity(&real) == Some(listed)
        {
            return Ok((real, Some(listed)));
        }
        let real = self.resolve(path)?;
        let identity = identity(&real);
        Ok((real, identity))
    }

    /// A file, opened, wherever links lead.
    fn file(&self, path: &str) -> Result<(File, Metadata), SourceError> {
        let open = |real: &Path| {
            let handle = File::open(real)?;
            let metadata = handle.metadata()?;
            Ok((handle, metadata))
        };
        // What was replaced since it was listed is another file: nothing is read of it before it is known where it lies.
        if let Some((real, listed)) = self.listed.take(path)
            && let Ok((handle, metadata)) = open(&real)
            && Identity::of(&metadata) == Some(listed)
        {
            return Ok((handle, metadata));
        }
        let real = self.resolve(path)?;
        let failed = |error| unreadable(&self.display(path), error);
        // To open a pipe would wait for somebody to write to it.
        if !fs::metadata(&real).map_err(failed)?.is_file() {
            return Err(self.no_file(path));
        }
        open(&real).map_err(failed)
    }

    fn no_file(&self, path: &str) -> SourceError {
        let message = "this is not a file";
        SourceError::new(SourceErrorKind::WrongKind, self.display(path), message)
    }

    fn kind(&self, entry: &DirEntry, kind: FileType) -> EntryKind {
        if kind.is_file() {
            return EntryKind::File;
        }
        if kind.is_dir() {
            return EntryKind::Folder;
        }
        if !kind.is_symlink() {
            return EntryKind::Other;
        }
        let path = entry.path();
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
        let (real, identity) = self.folder(folder)?;
        let mut listed = identity.map(|identity| ListedFolder::new(&real, identity));
        let failed = |error| unreadable(&self.display(folder), error);
        let mut entries = Vec::new();
        for entry in fs::read_dir(real).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let kind = entry.file_type().map_err(failed)?;
            entries.push(match entry.file_name().into_string() {
                Ok(name) => {
                    if let (Some(listed), true) = (&mut listed, kind.is_file() || kind.is_dir()) {
                        listed.insert(&name, &entry);
                    }
                    Entry {
                        name,
                        kind: self.kind(&entry, kind),
                    }
                }
                Err(name) => Entry {
                    name: name.to_string_lossy().into_owned(),
                    kind: EntryKind::Other,
                },
            });
        }
        if let Some(listed) = listed {
            self.listed.insert(folder, listed);
        }
        Ok(entries)
    }

    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        let (handle, metadata) = self.file(file)?;
        if !metadata.is_file() {
            return Err(self.no_file(file));
        }
        let expected = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
        let mut bytes = Vec::with_capacity(expected.min(limit).saturating_add(1));
        // One byte more than allowed tells a file that grows, or lies about its size, from one that fits.
        let read = handle
            .take((limit as u64).saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| unreadable(&self.display(file), error))?;
        if read > limit {
            let bytes = metadata.len().max(read as u64);
            return Err(SourceError::too_large(self.display(file), bytes, limit));
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

pub(super) fn unreadable(path: &str, error: std::io::Error) -> SourceError {
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

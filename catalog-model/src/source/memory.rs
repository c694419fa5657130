//! Files that a service holds itself.

use std::collections::{BTreeMap, BTreeSet};

#[cfg(feature = "digest")]
use super::ContentId;
#[cfg(feature = "digest")]
use super::hashed::{FolderHash, of_bytes};
use super::straight::straight;
use super::{Entry, EntryKind, Source, SourceError, SourceErrorKind};

/// Files in memory, by path.
///
/// ```
/// use catalog_model::source::{MemorySource, Source};
/// let source = MemorySource::from_iter([("grafana/11.0.0/metadata.yaml", "name: grafana\nversion: 11.0.0\n")]);
/// assert_eq!(source.list("grafana").unwrap()[0].name, "11.0.0");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemorySource {
    files: BTreeMap<String, Vec<u8>>,
}

impl MemorySource {
    /// No files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces a file. Leading `/` are left out.
    pub fn insert(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        let path: String = path.into();
        self.files
            .insert(path.trim_start_matches('/').to_owned(), bytes.into());
    }

    /// The files by path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files
            .iter()
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }
}

impl<P: Into<String>, B: Into<Vec<u8>>> FromIterator<(P, B)> for MemorySource {
    fn from_iter<T: IntoIterator<Item = (P, B)>>(files: T) -> Self {
        let mut source = Self::new();
        for (path, bytes) in files {
            source.insert(path, bytes);
        }
        source
    }
}

impl Source for MemorySource {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError> {
        let entries: BTreeSet<Entry> = straight(&self.files, folder)
            .into_iter()
            .map(|(name, file)| Entry {
                name: name.to_owned(),
                kind: match file {
                    Some(_) => EntryKind::File,
                    None => EntryKind::Folder,
                },
            })
            .collect();
        if entries.is_empty() && !folder.is_empty() {
            return Err(match self.files.contains_key(folder) {
                true => SourceError::new(
                    SourceErrorKind::WrongKind,
                    folder,
                    "this is a file, not a folder",
                ),
                false => {
                    SourceError::new(SourceErrorKind::NotFound, folder, "there is no such folder")
                }
            });
        }
        Ok(entries.into_iter().collect())
    }

    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        let bytes = self.files.get(file).ok_or_else(|| {
            SourceError::new(SourceErrorKind::NotFound, file, "there is no such file")
        })?;
        if bytes.len() > limit {
            return Err(SourceError::too_large(file, bytes.len() as u64, limit));
        }
        Ok(bytes.clone())
    }

    /// The SHA-256 of a file; of a folder, of all that is in it. Cost: hashing it.
    #[cfg(feature = "digest")]
    fn content_id(&self, path: &str) -> Option<ContentId> {
        if let Some(bytes) = self.files.get(path) {
            return of_bytes(bytes);
        }
        let mut hash = FolderHash::new(super::ContentScheme::Sha256);
        // Files by their paths say all of a folder that holds nothing else.
        let prefix = match path {
            "" => String::new(),
            path => format!("{path}/"),
        };
        let below = self.files.range(prefix.clone()..);
        let mut files = below
            .map_while(|(path, bytes)| Some((path.strip_prefix(prefix.as_str())?, bytes)))
            .peekable();
        files.peek()?;
        for (path, bytes) in files {
            hash.add(path, EntryKind::File, of_bytes(bytes)?.as_bytes());
        }
        hash.finish()
    }
}

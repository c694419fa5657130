//! From an address to a source.

use std::path::Path;

use super::{AddressKind, CatalogAddress};
use crate::source::{
    ContentId, Entry, EntryKind, FolderSource, Source, SourceError, SourceErrorKind,
};

/// The source that an address leads to, whatever it is.
pub struct CatalogSource {
    source: Box<dyn Source + Send>,
    commit: Option<String>,
}

impl CatalogAddress {
    /// Opens the catalog: a repository at its commit, an archive as a whole.
    ///
    /// # Errors
    ///
    /// There is nothing that can be read as this address says, or this crate is built without the feature (`archive`, `git`) that reads it.
    pub fn open(&self) -> Result<CatalogSource, SourceError> {
        match self.kind {
            AddressKind::Git => self.open_git(),
            AddressKind::RemoteGit => {
                let message = "this is a repository of another machine, and has to be fetched: name a folder to fetch it into (`open_fetched`)";
                let kind = SourceErrorKind::Unreadable;
                Err(SourceError::new(kind, self.to_string(), message))
            }
            // A folder may be called as an archive is.
            AddressKind::Archive if self.root.is_some() || !Path::new(&self.path).is_dir() => {
                self.open_archive()
            }
            _ => match FolderSource::open(&self.path) {
                Err(error) if error.kind() == SourceErrorKind::WrongKind => {
                    let message = "this is a file, and a catalog is a folder, or an archive (`.tar`, `.tar.gz`, `.tgz`)";
                    let name = self.path.clone();
                    Err(SourceError::new(error.kind(), name, message))
                }
                opened => Ok(CatalogSource::new(opened?)),
            },
        }
    }

    /// Opens the catalog, as [`open`](Self::open) does. A repository of another machine is fetched first, into a folder of its own in `cache`:
    /// what is there already does not come again.
    ///
    /// # Errors
    ///
    /// As for [`open`](Self::open), or the repository cannot be fetched.
    #[cfg(feature = "git-fetch")]
    pub fn open_fetched(
        &self,
        cache: &Path,
        options: &crate::source::GitFetchOptions<'_>,
    ) -> Result<CatalogSource, SourceError> {
        if self.kind != AddressKind::RemoteGit {
            return self.open();
        }
        let into = cache.join(self.cache_name());
        let revision = self.revision.as_deref();
        let fetched = crate::source::GitRepository::fetch(&self.path, revision, into, options)
            .map_err(|error| {
                let kind = SourceErrorKind::Unavailable;
                SourceError::new(kind, error.url(), error.message())
            })?;
        let source = fetched
            .repository
            .source(&fetched.commit, self.root.as_deref())?;
        Ok(CatalogSource {
            commit: Some(fetched.commit),
            ..CatalogSource::new(source)
        })
    }

    /// A folder that no other URL has: what people read in it, and a digest.
    #[cfg(feature = "git-fetch")]
    fn cache_name(&self) -> String {
        use sha2::Digest as _;
        let digest = crate::digest::hex(&sha2::Sha256::digest(self.path.as_bytes()));
        let digest: String = digest.chars().take(16).collect();
        let last = self.path.trim_end_matches('/').rsplit('/').next();
        let last = last.unwrap_or_default().trim_end_matches(".git");
        let plain = |one: &char| one.is_ascii_alphanumeric() || matches!(one, '-' | '_');
        let name: String = last.chars().filter(plain).take(40).collect();
        format!("{name}-{digest}.git")
    }

    #[cfg(feature = "git")]
    fn open_git(&self) -> Result<CatalogSource, SourceError> {
        let repository = crate::source::GitRepository::open(&self.path)?;
        let revision = self.revision.as_deref().unwrap_or("HEAD");
        let source = repository.source(revision, self.root.as_deref())?;
        let commit = Some(source.commit());
        Ok(CatalogSource {
            commit,
            ..CatalogSource::new(source)
        })
    }

    #[cfg(not(feature = "git"))]
    fn open_git(&self) -> Result<CatalogSource, SourceError> {
        Err(self.without("git"))
    }

    #[cfg(feature = "archive")]
    fn open_archive(&self) -> Result<CatalogSource, SourceError> {
        let mut options = crate::source::ArchiveOptions::default();
        options.root.clone_from(&self.root);
        let source = crate::source::ArchiveSource::open(&self.path, &options)?;
        Ok(CatalogSource::new(source))
    }

    #[cfg(not(feature = "archive"))]
    fn open_archive(&self) -> Result<CatalogSource, SourceError> {
        Err(self.without("archive"))
    }

    #[cfg(not(all(feature = "archive", feature = "git")))]
    fn without(&self, feature: &str) -> SourceError {
        let message = format!("catalog-model is built without its feature `{feature}`");
        SourceError::new(SourceErrorKind::Unreadable, self.to_string(), message)
    }
}

impl CatalogSource {
    fn new(source: impl Source + Send + 'static) -> Self {
        Self {
            source: Box::new(source),
            commit: None,
        }
    }

    /// The commit that is read, of a repository.
    #[must_use]
    pub fn commit(&self) -> Option<&str> {
        self.commit.as_deref()
    }
}

impl Source for CatalogSource {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError> {
        self.source.list(folder)
    }

    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        self.source.read(file, limit)
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

    fn list_with_ids(&self, folder: &str) -> Result<Vec<(Entry, Option<ContentId>)>, SourceError> {
        self.source.list_with_ids(folder)
    }

    fn each_with_id(
        &self,
        folder: &str,
        each: &mut dyn FnMut(&str, EntryKind, Option<ContentId>),
    ) -> Result<(), SourceError> {
        self.source.each_with_id(folder, each)
    }

    fn display(&self, path: &str) -> String {
        self.source.display(path)
    }
}

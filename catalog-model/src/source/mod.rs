//! Where the files of a catalog come from.

#[cfg(feature = "archive")]
mod archive;
mod content_id;
#[cfg(all(feature = "fs", feature = "digest"))]
mod fingerprint;
#[cfg(feature = "fs")]
mod folder;
#[cfg(feature = "git")]
mod git;
#[cfg(feature = "digest")]
mod hashed;
#[cfg(any(feature = "archive", feature = "git"))]
mod links;
#[cfg(feature = "fs")]
mod listed;
mod memory;
#[cfg(all(feature = "fs", feature = "digest"))]
mod stat;
mod straight;

use thiserror::Error;

#[cfg(feature = "archive")]
pub use self::archive::{ArchiveOptions, ArchiveSource};
pub use self::content_id::{ContentId, ContentScheme};
#[cfg(all(feature = "fs", feature = "digest"))]
pub use self::fingerprint::FingerprintedFolder;
#[cfg(feature = "fs")]
pub use self::folder::FolderSource;
#[cfg(feature = "git-fetch")]
pub use self::git::{
    FetchedRepository, GitFetchError, GitFetchErrorKind, GitFetchOptions, GitFetchProgress,
};
#[cfg(feature = "git")]
pub use self::git::{GitRepository, GitSource};
#[cfg(feature = "sync")]
pub(crate) use self::hashed::FolderHash;
pub use self::memory::MemorySource;

/// A tree of files: what a service implements to bring catalogs from its own storage.
///
/// Paths are relative to the root, with `/` between their parts; the root is the empty path.
/// Sources are shared by the threads that read a catalog (`LoadOptions::parallel`), hence `Sync`.
pub trait Source: Sync {
    /// What a folder holds, in any order. Cost: that of one folder, not of what is below it.
    ///
    /// # Errors
    ///
    /// The path is no folder, or cannot be read.
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError>;

    /// A file's bytes, if they are at most `limit`.
    ///
    /// # Errors
    ///
    /// The path is no file, cannot be read, or is larger.
    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError>;

    /// Whether a path is below a folder once all links are followed; where there are none, a path without `..` always is.
    fn is_inside(&self, _path: &str, _folder: &str) -> bool {
        true
    }

    /// Whether a path is itself a link, wherever it leads. [`list`](Self::list) gives links inside the root as what they lead to.
    fn is_link(&self, _path: &str) -> bool {
        false
    }

    /// An id of a file's bytes, or of all that is in a folder and below it with its names; `None` where there is none, or none that costs
    /// less than reading. Whoever knows the id of what it read does not read it again: equal ids promise equal content.
    ///
    /// A link below a folder counts as the text that it is: what it leads to is not in the id. Of a path that is a link, or passes one, or
    /// is none of the source, there is no id.
    fn content_id(&self, _path: &str) -> Option<ContentId> {
        None
    }

    /// What a folder holds as [`list`](Self::list) has it, each with its [id](Self::content_id). For sources that know both at once.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list).
    fn list_with_ids(&self, folder: &str) -> Result<Vec<(Entry, Option<ContentId>)>, SourceError> {
        let entries = self.list(folder)?.into_iter();
        let with_id = |entry: Entry| {
            let id = self.content_id(&join(folder, &entry.name));
            (entry, id)
        };
        Ok(entries.map(with_id).collect())
    }

    /// Shows `each` what [`list_with_ids`](Self::list_with_ids) gives, one after the other. For sources that need not make a text of each
    /// name: whoever looks for what changed keeps few of them.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list), whatever was shown before.
    fn each_with_id(
        &self,
        folder: &str,
        each: &mut dyn FnMut(&str, EntryKind, Option<ContentId>),
    ) -> Result<(), SourceError> {
        let listed = self.list_with_ids(folder)?.into_iter();
        listed.for_each(|(entry, id)| each(&entry.name, entry.kind, id));
        Ok(())
    }

    /// A path as diagnostics show it: for a folder on disk, one that an editor can open.
    fn display(&self, path: &str) -> String {
        path.to_owned()
    }
}

/// Something in a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its name, without any `/`.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
}

/// What an [`Entry`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A link that leads out of the root, to nothing, or in a circle: it is not followed.
    Link,
    /// A device, a pipe, a submodule of git, or a name that is not UTF-8.
    Other,
}

/// Why something could not be read.
#[derive(Debug, Error)]
#[error("{path}: {message}")]
pub struct SourceError {
    path: String,
    message: String,
    kind: SourceErrorKind,
    #[source]
    cause: Option<std::io::Error>,
}

/// What went wrong with a [`Source`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceErrorKind {
    /// There is nothing at the path.
    NotFound,
    /// There is something else than a folder, or than a file.
    WrongKind,
    /// The file is larger than the limit.
    TooLarge,
    /// Reading failed.
    Unreadable,
    /// What holds the catalog is damaged, did not answer, or changed while it was read: nothing is known of the file itself. Nobody who has
    /// read it before should give that up for this.
    Unavailable,
}

impl SourceError {
    /// An error at a path, with what went wrong in words.
    pub fn new(kind: SourceErrorKind, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            message: message.into(),
            kind,
            cause: None,
        }
    }

    /// A file that is larger than whoever reads it allows.
    pub(crate) fn too_large(path: impl Into<String>, bytes: u64, limit: usize) -> Self {
        let message = format!("the file has {bytes} bytes, more than the {limit} allowed");
        Self::new(SourceErrorKind::TooLarge, path, message)
    }

    /// The same, caused by the operating system.
    #[must_use]
    pub fn caused_by(mut self, cause: std::io::Error) -> Self {
        self.cause = Some(cause);
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> SourceErrorKind {
        self.kind
    }

    /// The path, as shown to people.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What went wrong, without the path.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// `folder` and a name below it.
pub(crate) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        let mut path = String::with_capacity(folder.len() + 1 + name.len());
        path.push_str(folder);
        path.push('/');
        path.push_str(name);
        path
    }
}

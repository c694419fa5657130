//! Why a repository was not fetched.

use thiserror::Error;

/// Why a repository was not fetched. What the folder held before, it holds still.
#[derive(Debug, Error)]
#[error("{url}: {message}")]
pub struct GitFetchError {
    kind: GitFetchErrorKind,
    url: String,
    message: String,
}

/// What went wrong with a fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GitFetchErrorKind {
    /// The URL is of no protocol that is spoken here, or cannot be read.
    Address,
    /// A program that the protocol needs (`ssh`, `git`) is not installed.
    Program,
    /// The repository has no such branch, tag or commit.
    NotFound,
    /// The other side cannot be reached, refused, or broke off.
    Remote,
    /// There is more than [`GitFetchOptions::max_bytes`](super::GitFetchOptions::max_bytes).
    TooLarge,
    /// It took longer than [`GitFetchOptions::timeout`](super::GitFetchOptions::timeout).
    TimedOut,
    /// [`GitFetchOptions::cancel`](super::GitFetchOptions::cancel) was set.
    Cancelled,
    /// The folder cannot be written, or holds something else than such a repository.
    Folder,
}

impl GitFetchError {
    pub(super) fn new(kind: GitFetchErrorKind, url: &str, message: impl Into<String>) -> Self {
        Self {
            kind,
            url: url.chars().take(300).collect(),
            message: message.into(),
        }
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> GitFetchErrorKind {
        self.kind
    }

    /// The URL, as it was given.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What went wrong, without the URL.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

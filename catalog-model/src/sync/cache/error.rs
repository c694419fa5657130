//! What is wrong with a cache.

use std::fmt;
use std::io;

use thiserror::Error;

/// Why nothing was stored.
#[derive(Debug, Error)]
#[error("{message}: {cause}")]
pub struct CacheError {
    message: String,
    #[source]
    cause: io::Error,
}

/// Why what lies in a cache is not used. It costs time and changes no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheNote {
    kind: CacheNoteKind,
    message: String,
}

/// What a [`CacheNote`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CacheNoteKind {
    /// A file is cut short, or is not what was written.
    Damaged,
    /// The file is none of a cache.
    Foreign,
    /// It was written in another format, by another version of this crate, or with other options.
    Other,
    /// A file cannot be read.
    Unreadable,
}

impl CacheError {
    pub(super) fn new(file: &str, cause: io::Error) -> Self {
        let message = format!("the cache cannot be written: `{file}`");
        Self { message, cause }
    }

    /// What the system said.
    #[must_use]
    pub fn io_error(&self) -> &io::Error {
        &self.cause
    }
}

impl CacheNote {
    pub(super) fn new(kind: CacheNoteKind, file: &str, why: impl fmt::Display) -> Self {
        let message = format!("the cache is not used and will be written anew: `{file}` {why}");
        Self { kind, message }
    }

    /// What it is about.
    #[must_use]
    pub fn kind(&self) -> CacheNoteKind {
        self.kind
    }
}

impl fmt::Display for CacheNote {
    /// One line, in lower case.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

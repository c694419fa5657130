//! Why an object cannot be read.

use std::fmt;

use crate::source::{SourceError, SourceErrorKind};

/// Why an object of the database is not given.
#[derive(Debug)]
pub(super) enum ObjectProblem {
    /// The database does not have it, or it is damaged.
    Broken(String),
    TooLarge {
        bytes: u64,
        limit: usize,
    },
    /// It is another kind of object than what refers to it says.
    WrongKind,
    /// A file that Git LFS keeps elsewhere.
    Lfs,
}

impl ObjectProblem {
    pub(super) fn broken(error: impl fmt::Display) -> Self {
        Self::Broken(error.to_string())
    }

    /// The error of whoever asked for what is at a path.
    pub(super) fn error(self, shown: String) -> SourceError {
        let (kind, message) = match self {
            Self::TooLarge { bytes, limit } => return SourceError::too_large(shown, bytes, limit),
            Self::Broken(error) => (
                SourceErrorKind::Unavailable,
                format!("the repository is damaged, or does not have all its objects: {error}"),
            ),
            Self::WrongKind => (
                SourceErrorKind::Unavailable,
                "the repository is damaged: its object is of another kind".to_owned(),
            ),
            Self::Lfs => (
                SourceErrorKind::Unreadable,
                "this is a pointer of Git LFS, and the repository does not hold the file: commit the file itself"
                    .to_owned(),
            ),
        };
        SourceError::new(kind, shown, message)
    }
}

/// Whether a blob is what Git LFS puts in the place of a file.
pub(super) fn is_lfs_pointer(bytes: &[u8]) -> bool {
    bytes.len() < 1024 && bytes.starts_with(b"version https://git-lfs.github.com/spec/")
}

//! Why an object cannot be read.

use std::error::Error;

use gix::ObjectId;

use super::repository::GitRepository;
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
    pub(super) fn broken(error: impl Error) -> Self {
        Self::Broken(with_causes(&error))
    }

    /// The error of whoever asked for what is at a path: that object of that repository.
    pub(super) fn error(
        self,
        repository: &GitRepository,
        id: &ObjectId,
        shown: String,
    ) -> SourceError {
        let (kind, message) = match self {
            Self::TooLarge { bytes, limit } => return SourceError::too_large(shown, bytes, limit),
            Self::Broken(error) => (
                SourceErrorKind::Unavailable,
                damage(&format!(" `{}`", repository.shown), Some(id), &error),
            ),
            Self::WrongKind => (
                SourceErrorKind::Unavailable,
                damage(
                    &format!(" `{}`", repository.shown),
                    Some(id),
                    "it is of another kind than what refers to it says",
                ),
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

/// What is said of a damaged repository: which, where, and what to do. The name is left out where it stands before the message.
pub(super) fn damage(repository: &str, id: Option<&ObjectId>, error: &str) -> String {
    let object = id.map(|id| format!("object {id}: ")).unwrap_or_default();
    format!(
        "the repository{repository} is damaged, or does not have all its objects: {object}{error}; `git fsck` lists what is wrong, and a new, full clone mends it"
    )
}

/// An error and what caused it, in one line.
pub(super) fn with_causes(error: &dyn Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        // Some say in their own words what caused them.
        if !said.contains(&more) {
            said.push_str(": ");
            said.push_str(&more);
        }
        cause = error.source();
    }
    said
}

/// Whether a blob is what Git LFS puts in the place of a file.
pub(super) fn is_lfs_pointer(bytes: &[u8]) -> bool {
    bytes.len() < 1024 && bytes.starts_with(b"version https://git-lfs.github.com/spec/")
}

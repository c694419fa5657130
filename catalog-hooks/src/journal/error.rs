//! Why a journal cannot be read or written.

use thiserror::Error;

use super::JOURNAL_LIMIT;

/// Why a journal, a pinned plan or an installed record cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(transparent)]
pub struct JournalError {
    problem: Problem,
}

/// What kind of [`JournalError`] it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JournalErrorKind {
    /// It is longer than it may be.
    TooLong,
    /// It was written by another version of this crate.
    OtherVersion,
    /// It is not what this crate writes.
    Damaged,
    /// It belongs to another plan than the one given.
    OtherPlan,
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
enum Problem {
    #[error(
        "the journal has {0} bytes, and may have {JOURNAL_LIMIT}: split the plan into several runs"
    )]
    TooLong(usize),
    #[error(
        "it has the version {found}, and this program reads none above {known}: use the program that wrote it"
    )]
    OtherVersion { found: u64, known: u32 },
    #[error(
        "it cannot be read: {0}; give up the run that needs it, and let go of the Jobs that it held (`release_all`)"
    )]
    Damaged(String),
    #[error(
        "it cannot be read: {0}; put back what it was, or delete that Secret: nothing of the instance is deleted with it, what a journal knows of it can be uninstalled then, and else an install with `take_ownership` takes it over; what attempted versions left, which hooks cannot be taken back and what a rollback would need is lost"
    )]
    DamagedRecord(String),
    #[error("the journal belongs to the plan {journal}, and the one given is {given}")]
    OtherPlan { journal: String, given: String },
}

impl JournalError {
    /// What kind of error it is.
    #[must_use]
    pub fn kind(&self) -> JournalErrorKind {
        match self.problem {
            Problem::TooLong(_) => JournalErrorKind::TooLong,
            Problem::OtherVersion { .. } => JournalErrorKind::OtherVersion,
            Problem::Damaged(_) | Problem::DamagedRecord(_) => JournalErrorKind::Damaged,
            Problem::OtherPlan { .. } => JournalErrorKind::OtherPlan,
        }
    }

    pub(crate) fn too_long(bytes: usize) -> Self {
        Problem::TooLong(bytes).into()
    }

    pub(crate) fn other_version(found: u64, known: u32) -> Self {
        Problem::OtherVersion { found, known }.into()
    }

    #[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
    pub(crate) fn damaged(why: impl ToString) -> Self {
        Problem::Damaged(why.to_string()).into()
    }

    #[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
    pub(crate) fn damaged_record(why: impl ToString) -> Self {
        Problem::DamagedRecord(why.to_string()).into()
    }

    pub(crate) fn other_plan(journal: &str, given: &str) -> Self {
        Problem::OtherPlan {
            journal: journal.to_owned(),
            given: given.to_owned(),
        }
        .into()
    }
}

impl From<Problem> for JournalError {
    fn from(problem: Problem) -> Self {
        Self { problem }
    }
}

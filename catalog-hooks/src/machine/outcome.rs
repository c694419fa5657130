//! How a run ended.

use std::fmt;

use crate::journal::{Journal, OperationStatus};

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// All its operations are done.
    Done,
    /// Nothing was changed, or all that was is taken back.
    Unchanged,
    /// Some operations are done, and others are not: the journal says which, why, and how it can go on.
    Partial,
    /// The runner stopped in the middle, and wrote nothing more. The run can be resumed from its journal, by whoever may.
    Stopped(Stop),
}

/// Why a runner stopped in the middle.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stop {
    /// Another runner holds the journal.
    Fenced(String),
    /// The journal is gone. It is never made again: what the run made can be found by its labels.
    JournalGone,
    /// There is no journal here, and there are Jobs that a run held or that run still, or objects of a release that is on no record: it is not known
    /// what was done. These are they, and what can be done about them.
    Leftovers(String),
    /// Jobs could not be let go, or journals that cannot be read not be deleted. These are they.
    NotReleased(String),
    /// The journal cannot be written.
    JournalRefused(String),
    /// The API server does not answer.
    Unreachable(String),
    /// The lease is about to run out.
    LeaseLost,
    /// A user told it twice to stop.
    Detached,
}

impl Outcome {
    /// How a run stands whose operations all came to rest.
    pub(super) fn of(journal: &Journal) -> Self {
        let mut done = 0;
        let mut unchanged = 0;
        for operation in journal.operations() {
            match operation.status() {
                OperationStatus::Done => done += 1,
                OperationStatus::Unchanged
                | OperationStatus::RolledBack
                | OperationStatus::NotStarted => unchanged += 1,
                _ => {}
            }
        }
        match journal.operations().len() {
            all if all == done => Self::Done,
            all if all == unchanged => Self::Unchanged,
            _ => Self::Partial,
        }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fenced(by) => write!(f, "another runner holds the journal: {by}"),
            Self::JournalGone => f.write_str(
                "the journal is gone, and is not made again: find what the run made by its labels, and release it",
            ),
            Self::Leftovers(what) => write!(f, "there is no journal, but what a run left: {what}"),
            Self::NotReleased(what) => write!(f, "not all could be let go: {what}"),
            Self::JournalRefused(why) => write!(f, "the journal cannot be written: {why}"),
            Self::Unreachable(why) => write!(f, "the API server does not answer: {why}; resume the run when it does"),
            Self::LeaseLost => f.write_str("the lease is about to run out: resume the run with a new one"),
            Self::Detached => f.write_str("told twice to stop: the run can be resumed"),
        }
    }
}

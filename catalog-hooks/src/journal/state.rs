//! How far a run is: whether it is over, and if it is not, whom it keeps waiting and what it waits for.

use super::{Journal, OperationJournal, OperationStatus};
use crate::plan::Track;

/// How far a run is, the one that is most in the way first.
///
/// It is the one answer to whether a run is over: [`Machine::resume`](crate::Machine::resume) goes on with each that is not, and
/// [`EndedRun::delete_unneeded`](super::EndedRun::delete_unneeded) keeps what each of them needs, until something else is done with what it waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RunState {
    /// A runner carries it out, or one that was killed left it so.
    UnderWay,
    /// It came to rest: with an operation that goes on only if it is told how, with a Job that is still held, or with what nobody else knows of.
    Rests,
    /// It was told to stop, and has not begun some of its operations; all others are done. It goes on with them if it is resumed, but keeps nobody from
    /// doing something else with their instances.
    Waits,
    /// It has ended, and there is nothing that it can go on with: where an operation failed and was taken back, or given up, what had not begun by then
    /// never does, and is to be asked for anew.
    Over,
}

impl Journal {
    /// How far the run is.
    #[must_use]
    pub fn state(&self) -> RunState {
        match self.ended {
            None => RunState::UnderWay,
            Some(_) => self.state_at_end(),
        }
    }

    /// How far the run is if it ends as it stands.
    pub(crate) fn state_at_end(&self) -> RunState {
        let operations = || self.operations.iter();
        let is_held = |one: &OperationJournal| one.attempts.iter().any(|one| !one.released);
        match () {
            () if operations().any(|one| one.is_in_the_way() || is_held(one)) => RunState::Rests,
            () if self.has_failed() => RunState::Over,
            () if operations().any(|one| one.status == OperationStatus::NotStarted) => {
                RunState::Waits
            }
            () => RunState::Over,
        }
    }

    /// Whether the run is over if it ends as it stands, and tells of nothing that was given up.
    pub(crate) fn tells_nothing_at_end(&self) -> bool {
        let is_given_up = |one: &OperationJournal| one.status == OperationStatus::Abandoned;
        self.state_at_end() == RunState::Over && !self.operations.iter().any(is_given_up)
    }

    /// Whether an operation has come to rest without its end, or is on its way back: then nothing more begins.
    pub(crate) fn has_failed(&self) -> bool {
        self.operations.iter().any(|one| match one.status {
            OperationStatus::NotStarted | OperationStatus::Done => false,
            OperationStatus::Running => one.track() != Track::Forward,
            OperationStatus::Unchanged => !one.withdrawn,
            _ => true,
        })
    }
}

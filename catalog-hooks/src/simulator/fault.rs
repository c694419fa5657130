//! What can go wrong between a runner and what it acts on.

use std::fmt;

use serde_json::json;

use crate::api::Failure;
use crate::effect::{Answer, ModuleFailure, Task};

/// Something that goes wrong at one effect of a runner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The runner dies before the effect.
    CrashBefore,
    /// The effect is there, and the runner dies before it hears of it.
    CrashAfter,
    /// The server answers 403.
    Forbidden,
    /// The server answers 404.
    NotFound,
    /// The server answers 409: changed meanwhile.
    Conflict,
    /// The server answers 429.
    TooManyRequests,
    /// The server answers 500.
    InternalError,
    /// No answer comes, and nothing was done.
    Timeout,
    /// No answer comes, and the effect is there.
    AnswerLost,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::CrashBefore,
        Self::CrashAfter,
        Self::Forbidden,
        Self::NotFound,
        Self::Conflict,
        Self::TooManyRequests,
        Self::InternalError,
        Self::Timeout,
        Self::AnswerLost,
    ];

    /// Whether the runner dies of it.
    #[must_use]
    pub fn is_crash(self) -> bool {
        matches!(self, Self::CrashBefore | Self::CrashAfter)
    }

    /// Whether what was asked is done.
    #[must_use]
    pub fn is_done(self) -> bool {
        matches!(self, Self::CrashAfter | Self::AnswerLost)
    }

    /// Whether a runner comes through it without anything being other than it would have been.
    #[must_use]
    pub fn may_pass(self) -> bool {
        !matches!(self, Self::Forbidden | Self::NotFound | Self::Conflict)
    }
    /// What the runner is told.
    pub(super) fn answer(self, task: &Task) -> Answer {
        let failure = self.failure(task);
        match task {
            Task::SaveJournal { .. } => Answer::Saved(Err(failure)),
            Task::LoadJournal if self == Self::NotFound => Answer::Loaded(Ok(None)),
            Task::LoadJournal => Answer::Loaded(Err(failure)),
            Task::RemoveJournal(_) => Answer::Removed(Err(failure)),
            Task::Call(_) => Answer::Called(Err(failure)),
            Task::Conditions { .. } => Answer::Gate(Err(failure)),
            Task::Module(_) => Answer::Module(Err(ModuleFailure {
                message: failure.to_string(),
                may_pass: failure.may_pass(),
            })),
        }
    }

    fn failure(self, task: &Task) -> Failure {
        let (code, reason, message) = match self {
            Self::Forbidden => (403, "Forbidden", format!("it is forbidden to {task}")),
            Self::NotFound => (404, "NotFound", format!("{task}: not found")),
            Self::Conflict => (
                409,
                "Conflict",
                "the object has been modified; please apply your changes to the latest version and try again".to_owned(),
            ),
            Self::TooManyRequests => (429, "TooManyRequests", "storage is (re)initializing".to_owned()),
            Self::InternalError => (500, "InternalError", "etcdserver: leader changed".to_owned()),
            _ => return Failure::unanswered("the connection broke"),
        };
        let status = json!({"kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": message});
        Failure::from_status(code, &status)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CrashBefore => "crash before",
            Self::CrashAfter => "crash after",
            Self::Forbidden => "403",
            Self::NotFound => "404",
            Self::Conflict => "409",
            Self::TooManyRequests => "429",
            Self::InternalError => "500",
            Self::Timeout => "timeout",
            Self::AnswerLost => "answer lost",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;
    use crate::api::FailureClass;
    use crate::effect::{Answer, Task};

    #[test]
    fn faults_are_of_their_class() {
        let class = |fault: Fault| match fault.answer(&Task::Conditions {
            operation: 0,
            is_ahead: true,
        }) {
            Answer::Gate(Err(failure)) => failure.class(),
            other => panic!("{other:?}"),
        };
        assert_eq!(class(Fault::Forbidden), FailureClass::Forbidden);
        assert_eq!(class(Fault::NotFound), FailureClass::NotFound);
        assert_eq!(class(Fault::Conflict), FailureClass::Outdated);
        assert_eq!(class(Fault::TooManyRequests), FailureClass::Transient);
        assert_eq!(class(Fault::InternalError), FailureClass::Transient);
        assert_eq!(class(Fault::Timeout), FailureClass::Unanswered);
        assert_eq!(class(Fault::AnswerLost), FailureClass::Unanswered);
    }
}

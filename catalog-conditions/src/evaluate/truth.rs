//! Strong Kleene logic.

use crate::report::Outcome;

/// A truth value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    Satisfied,
    NotSatisfied,
    Unknown,
}

impl Truth {
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::NotSatisfied, _) | (_, Self::NotSatisfied) => Self::NotSatisfied,
            (Self::Satisfied, Self::Satisfied) => Self::Satisfied,
            _ => Self::Unknown,
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }

    pub(super) fn not(self) -> Self {
        match self {
            Self::Satisfied => Self::NotSatisfied,
            Self::NotSatisfied => Self::Satisfied,
            Self::Unknown => Self::Unknown,
        }
    }

    pub(super) fn outcome(self) -> Outcome {
        match self {
            Self::Satisfied => Outcome::Satisfied,
            Self::NotSatisfied => Outcome::NotSatisfied,
            Self::Unknown => Outcome::Unknown,
        }
    }

    /// The truth value of an answer; what was not asked is none.
    pub(super) fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Satisfied => Self::Satisfied,
            Outcome::NotSatisfied => Self::NotSatisfied,
            Outcome::Unknown | Outcome::NotApplicable | Outcome::Deferred => Self::Unknown,
        }
    }
}

//! Strong Kleene logic.

use super::position::Position;
use crate::condition::{Part, Tree};
use crate::report::Outcome;

/// A truth value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    Satisfied,
    NotSatisfied,
    Unknown,
}

impl Truth {
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::NotSatisfied, _) | (_, Self::NotSatisfied) => Self::NotSatisfied,
            (Self::Satisfied, Self::Satisfied) => Self::Satisfied,
            _ => Self::Unknown,
        }
    }

    pub(crate) fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }

    pub(crate) fn not(self) -> Self {
        match self {
            Self::Satisfied => Self::NotSatisfied,
            Self::NotSatisfied => Self::Satisfied,
            Self::Unknown => Self::Unknown,
        }
    }

    pub(crate) fn outcome(self) -> Outcome {
        match self {
            Self::Satisfied => Outcome::Satisfied,
            Self::NotSatisfied => Outcome::NotSatisfied,
            Self::Unknown => Outcome::Unknown,
        }
    }

    /// The truth value of an answer; what was not asked is none.
    pub(crate) fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Satisfied => Self::Satisfied,
            Outcome::NotSatisfied => Self::NotSatisfied,
            Outcome::Unknown | Outcome::NotApplicable | Outcome::Deferred => Self::Unknown,
        }
    }
}

/// What questions joined by `all`, `any` and `not` say together. Every one is asked, in the order written, whatever is decided already.
///
/// Recursion is bounded by the depth of a tree.
pub(crate) fn join<L>(
    tree: &Tree<L>,
    at: &Position<'_>,
    ask: &mut impl FnMut(&L, &Position<'_>) -> Truth,
) -> Truth {
    match tree.part() {
        Part::All(all) => {
            let mut truth = Truth::Satisfied;
            for (index, part) in all.iter().enumerate() {
                truth = truth.and(join(part, &Position::Of(at, "all", index), ask));
            }
            truth
        }
        Part::Any(any) => {
            let mut truth = Truth::NotSatisfied;
            for (index, part) in any.iter().enumerate() {
                truth = truth.or(join(part, &Position::Of(at, "any", index), ask));
            }
            truth
        }
        Part::Not(part) => join(part, &Position::Not(at), ask).not(),
        Part::Leaf(leaf) => ask(leaf, at),
    }
}

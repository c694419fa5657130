//! What a solver says.

use super::problem::Answer;

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// This is an answer.
    Answer(Answer),
    /// There is none.
    NoAnswer,
    /// It took too long.
    GaveUp,
}

impl Reply {
    /// Whether there is an answer, if that is known.
    #[must_use]
    pub fn is_solvable(&self) -> Option<bool> {
        match self {
            Self::Answer(_) => Some(true),
            Self::NoAnswer => Some(false),
            Self::GaveUp => None,
        }
    }
}

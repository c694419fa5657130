//! The possible answers.

use std::fmt;

/// What became of a condition.
///
/// Exhaustive: three truth values, and two ways not to have been asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It holds.
    Satisfied,
    /// It does not hold.
    NotSatisfied,
    /// Nobody can tell from what is known.
    Unknown,
    /// It is not asked, since what it depends on is not the case; it counts for nothing.
    NotApplicable,
    /// Something else in the same plan brings what is missing, and it is asked again then.
    Deferred,
}

impl Outcome {
    /// `satisfied`, `notSatisfied`, `unknown`, `notApplicable` or `deferred`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Satisfied => "satisfied",
            Self::NotSatisfied => "notSatisfied",
            Self::Unknown => "unknown",
            Self::NotApplicable => "notApplicable",
            Self::Deferred => "deferred",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

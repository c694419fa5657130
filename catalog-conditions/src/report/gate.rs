//! Whether a package may be deployed.

use std::fmt;

use super::outcome::Outcome;
use crate::condition::OnUnknown;
use crate::diagnostic::Severity;

/// What answers mean for a deployment; worst last.
///
/// Exhaustive: there is no fifth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gate {
    /// It may go ahead.
    Pass,
    /// It may go ahead, and somebody should read why not everything is well.
    PassWithWarnings,
    /// It may not, since something that must be known is not.
    Indeterminate,
    /// It may not.
    Fail,
}

impl Gate {
    /// `pass`, `passWithWarnings`, `indeterminate` or `fail`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::PassWithWarnings => "passWithWarnings",
            Self::Indeterminate => "indeterminate",
            Self::Fail => "fail",
        }
    }

    /// Whether the deployment may go ahead.
    #[must_use]
    pub fn is_open(self) -> bool {
        self <= Self::PassWithWarnings
    }

    /// What one answer means.
    ///
    /// ```
    /// use catalog_conditions::Severity;
    /// use catalog_conditions::condition::OnUnknown;
    /// use catalog_conditions::report::{Gate, Outcome};
    ///
    /// assert_eq!(Gate::of(Outcome::Unknown, Severity::Error, OnUnknown::Fail), Gate::Indeterminate);
    /// assert_eq!(Gate::of(Outcome::NotSatisfied, Severity::Warning, OnUnknown::Fail), Gate::PassWithWarnings);
    /// ```
    #[must_use]
    pub fn of(outcome: Outcome, severity: Severity, on_unknown: OnUnknown) -> Self {
        match (outcome, severity, on_unknown) {
            (Outcome::Satisfied | Outcome::NotApplicable | Outcome::Deferred, _, _)
            | (_, Severity::Note, _) => Self::Pass,
            (Outcome::NotSatisfied, Severity::Error, _) => Self::Fail,
            (Outcome::NotSatisfied, Severity::Warning, _) => Self::PassWithWarnings,
            (Outcome::Unknown, _, OnUnknown::Pass) => Self::Pass,
            (Outcome::Unknown, Severity::Error, OnUnknown::Fail) => Self::Indeterminate,
            (Outcome::Unknown, _, _) => Self::PassWithWarnings,
        }
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

//! What is told of something that was read.

use catalog_conditions::{Diagnostic, Severity};

use crate::rule::rule;

/// Diagnostics in their order: those that are reported, and those that are kept back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    pub(crate) reported: Vec<Diagnostic>,
    pub(crate) suppressed: Vec<Diagnostic>,
}

static NONE: Told = Told {
    reported: Vec::new(),
    suppressed: Vec::new(),
};

impl Told {
    /// Nothing.
    pub(crate) fn none() -> &'static Self {
        &NONE
    }

    /// Diagnostics in whatever order they were found.
    pub(crate) fn new(mut diagnostics: Vec<Diagnostic>) -> Self {
        debug_assert!(
            diagnostics
                .iter()
                .all(|diagnostic| rule(diagnostic.code()).is_some()),
            "every code is that of a rule: {diagnostics:#?}"
        );
        diagnostics.sort();
        let (reported, suppressed) = diagnostics
            .into_iter()
            .partition(|diagnostic| diagnostic.suppression().is_none());
        Self {
            reported,
            suppressed,
        }
    }

    /// Whether an error is among them; none is ever kept back.
    pub(crate) fn has_errors(&self) -> bool {
        let mut reported = self.reported.iter();
        reported.any(|diagnostic| diagnostic.severity() == Severity::Error)
    }
}

//! Why a diagnostic is kept back.

use std::sync::Arc;

use crate::diagnostic::Location;
use crate::source::{SourceFile, Span};

/// Who decided that a [`Diagnostic`](crate::Diagnostic) is not reported, and why. It is kept all the same: nothing is hidden.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Suppression {
    /// A comment in the file that the diagnostic is about.
    Comment {
        /// Where the comment stands.
        location: Location,
        /// The reason that it gives.
        reason: String,
    },
    /// Whoever loads the files allowed the rule.
    Allowed,
}

impl Suppression {
    /// By a comment, for the reason that it gives.
    #[must_use]
    pub fn comment(file: &Arc<SourceFile>, span: Span, reason: impl Into<String>) -> Self {
        Self::Comment {
            location: Location::new(file, span),
            reason: reason.into(),
        }
    }
}

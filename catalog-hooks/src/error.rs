//! Why an operation's hooks cannot become Jobs.

use catalog_model::Diagnostic;
use thiserror::Error;

/// Why an operation's hooks cannot become Jobs.
#[derive(Clone, Debug, PartialEq, Error)]
#[error(transparent)]
pub struct HookError {
    problem: Box<Problem>,
}

/// What kind of [`HookError`] it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HookErrorKind {
    /// An id of the context cannot be one.
    InvalidId,
    /// The operation's namespace is no name of a namespace.
    InvalidNamespace,
    /// The release that a phase takes its hooks from was not given.
    MissingRelease,
    /// A release was given that the operation does not name.
    OtherRelease,
    /// Hooks are written so that they cannot run; [`HookError::diagnostics`] says which and why.
    RefusedHooks,
    /// An action has no phases, and runs none of a release's hooks.
    NoPhases,
    /// The release has no action of the name.
    NoAction,
    /// Parameters of an action cannot be told apart in its environment.
    Parameters,
}

#[derive(Clone, Debug, PartialEq, Error)]
pub(crate) enum Problem {
    #[error(
        "`{text}` cannot be the {what}: use 1 to 253 visible ASCII characters, such as those of a UUID"
    )]
    Id { what: &'static str, text: String },
    #[error("`{operation}` has no usable namespace: it must be a DNS-1123 label")]
    Namespace { operation: String },
    #[error("`{operation}` takes its {phase} hooks from {version}, and that release was not given")]
    MissingRelease {
        operation: String,
        phase: &'static str,
        version: String,
    },
    #[error("`{operation}` {side} {expected}, but the release given for it is {given}")]
    OtherRelease {
        operation: String,
        side: &'static str,
        expected: String,
        given: String,
    },
    #[error("`{0}` runs no hooks: plan it with `PlannedOperation::action`")]
    NoPhases(String),
    #[error("`{operation}` is not possible: {known}")]
    NoAction { operation: String, known: String },
    #[error("the parameters `{first}` and `{second}` would both be `{variable}`")]
    Parameters {
        first: String,
        second: String,
        variable: String,
    },
    #[error("`{operation}` cannot run its hooks: {}", first_of(.diagnostics))]
    Refused {
        operation: String,
        diagnostics: Vec<Diagnostic>,
    },
}

impl HookError {
    /// What kind of error it is.
    #[must_use]
    pub fn kind(&self) -> HookErrorKind {
        match *self.problem {
            Problem::Id { .. } => HookErrorKind::InvalidId,
            Problem::Namespace { .. } => HookErrorKind::InvalidNamespace,
            Problem::MissingRelease { .. } => HookErrorKind::MissingRelease,
            Problem::OtherRelease { .. } => HookErrorKind::OtherRelease,
            Problem::Refused { .. } => HookErrorKind::RefusedHooks,
            Problem::NoPhases(_) => HookErrorKind::NoPhases,
            Problem::NoAction { .. } => HookErrorKind::NoAction,
            Problem::Parameters { .. } => HookErrorKind::Parameters,
        }
    }

    /// All that was remarked about the hooks, the warnings too, in the order the hooks would have run; empty unless the kind is
    /// [`HookErrorKind::RefusedHooks`].
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match &*self.problem {
            Problem::Refused { diagnostics, .. } => diagnostics,
            _ => &[],
        }
    }
}

impl From<Problem> for HookError {
    fn from(problem: Problem) -> Self {
        Self {
            problem: Box::new(problem),
        }
    }
}

/// The first error with its file, and how many more there are.
fn first_of(diagnostics: &[Diagnostic]) -> String {
    let mut errors = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity() == catalog_model::Severity::Error);
    let Some(first) = errors.next() else {
        return String::new();
    };
    let file = first
        .location()
        .map_or("", |location| location.file().path());
    match errors.count() {
        0 => format!("{file}: {}", first.message()),
        more => format!("{file}: {} (and {more} more)", first.message()),
    }
}

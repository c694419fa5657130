//! Why an index has no answer.

use catalog_conditions::Diagnostic;
use thiserror::Error;

use super::Entry;
use crate::source::SourceError;

/// Why an index has no answer.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct IndexError {
    kind: IndexErrorKind,
    message: String,
    near: Vec<String>,
    diagnostics: Vec<Diagnostic>,
    #[source]
    cause: Option<Box<SourceError>>,
}

/// What kind of [`IndexError`] it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IndexErrorKind {
    /// There is no package or version of this name; [`IndexError::near`] has names like it.
    NotFound,
    /// The question is about what definitions provide, and they were not read.
    DefinitionsUnread,
    /// The release has errors; where it was just read, [`IndexError::diagnostics`] tells them.
    Unusable,
    /// The source could not be read.
    Source,
}

impl IndexError {
    pub(super) fn new(kind: IndexErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            near: Vec::new(),
            diagnostics: Vec::new(),
            cause: None,
        }
    }

    pub(super) fn with_near(self, near: Vec<&str>) -> Self {
        let near = near.into_iter().map(str::to_owned).collect();
        Self { near, ..self }
    }

    pub(super) fn unusable(entry: Entry<'_>, diagnostics: Vec<Diagnostic>) -> Self {
        let message = format!("{entry} has errors and cannot be used");
        Self {
            diagnostics,
            ..Self::new(IndexErrorKind::Unusable, message)
        }
    }

    pub(super) fn of_source(cause: SourceError) -> Self {
        let error = Self::new(IndexErrorKind::Source, cause.to_string());
        Self {
            cause: Some(Box::new(cause)),
            ..error
        }
    }

    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> IndexErrorKind {
        self.kind
    }

    /// Names like the one that was not found, nearest first.
    #[must_use]
    pub fn near(&self) -> &[String] {
        &self.near
    }

    /// What is wrong with a release that [was read](Entry::load) and is not usable, without what is kept back.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}

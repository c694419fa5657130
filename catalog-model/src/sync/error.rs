//! Why a sync came to nothing.

use thiserror::Error;

use crate::source::SourceError;

/// Why a catalog was not brought up to date. The catalog that was there before is as good as it was.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct SyncError {
    kind: SyncErrorKind,
    message: String,
    #[source]
    cause: Option<SourceError>,
}

/// What stopped a sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SyncErrorKind {
    /// [`SyncWatch::cancel`](super::SyncWatch::cancel) was set.
    Cancelled,
    /// The root of the source cannot be listed, or what holds the catalog failed or changed while it was read.
    Source,
}

impl SyncError {
    pub(super) fn cancelled() -> Self {
        Self {
            kind: SyncErrorKind::Cancelled,
            message: "the sync was cancelled".to_owned(),
            cause: None,
        }
    }

    pub(super) fn of_source(cause: SourceError) -> Self {
        Self {
            kind: SyncErrorKind::Source,
            message: cause.to_string(),
            cause: Some(cause),
        }
    }

    /// What stopped it.
    #[must_use]
    pub fn kind(&self) -> SyncErrorKind {
        self.kind
    }

    /// What the source said.
    #[must_use]
    pub fn source_error(&self) -> Option<&SourceError> {
        self.cause.as_ref()
    }
}

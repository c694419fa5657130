//! Why a registry does not do what it is asked for.

use thiserror::Error;

use super::key::CatalogKey;

/// Why a registry does not do what it is asked for. It is as it was.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct RegistryError {
    kind: RegistryErrorKind,
    message: String,
    near: Option<String>,
}

/// What kind of [`RegistryError`] it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegistryErrorKind {
    /// A catalog of this name is registered in this namespace.
    AlreadyExists,
    /// There is no such catalog, package or release among those that are seen; [`RegistryError::near`] has a name like it.
    NotFound,
    /// The catalog was synced, changed or removed since the task was begun, so that what the task found is of no use.
    Stale,
    /// The catalog has not answered yet.
    NotSynced,
    /// A release cannot be fetched as it was expected.
    Fetch,
    /// A query asks for what no index can say.
    Query,
}

impl RegistryError {
    pub(super) fn new(kind: RegistryErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            near: None,
        }
    }

    pub(super) fn with_near(self, near: Option<&str>) -> Self {
        Self {
            near: near.map(str::to_owned),
            ..self
        }
    }

    pub(super) fn already_exists(key: &CatalogKey) -> Self {
        let message = format!(
            "the catalog `{key}` is registered already: update it, or remove it before it is registered anew"
        );
        Self::new(RegistryErrorKind::AlreadyExists, message)
    }

    pub(super) fn unknown(key: &CatalogKey, near: Option<&str>) -> Self {
        let message = format!("there is no catalog `{key}`");
        Self::new(RegistryErrorKind::NotFound, message).with_near(near)
    }

    pub(super) fn stale(key: &CatalogKey) -> Self {
        let message = format!(
            "the catalog `{key}` was changed or synced meanwhile: nothing of this sync is kept, and another can be begun"
        );
        Self::new(RegistryErrorKind::Stale, message)
    }

    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> RegistryErrorKind {
        self.kind
    }

    /// The name that is most like the one that is not there.
    #[must_use]
    pub fn near(&self) -> Option<&str> {
        self.near.as_deref()
    }
}

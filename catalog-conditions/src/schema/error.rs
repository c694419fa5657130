//! A path that a schema does not have.

use thiserror::Error;

use crate::path::StructureError;

/// A path that no object of the schema has: it would be absent for ever.
///
/// `Display` says what is wrong, [`help`](Self::help) what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct SchemaError(StructureError);

impl SchemaError {
    pub(super) fn new(message: String, help: String) -> Self {
        Self(StructureError::new(message, help))
    }

    pub(super) fn of_structure(error: StructureError) -> Self {
        Self(error)
    }

    /// What to write instead.
    #[must_use]
    pub fn help(&self) -> &str {
        self.0.help()
    }
}

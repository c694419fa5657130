//! What tells one run of an operation from all others.

use catalog_model::version::Version;

use crate::error::{HookError, Problem};

/// The longest id, in bytes: that of a Kubernetes object name.
const LONGEST_ID: usize = 253;

/// What tells one run of an operation from all others: without it, the second upgrade of a release to the same version would find the
/// first one's Jobs and take them for its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationContext {
    operation_id: String,
    release_uid: String,
    attempted_version: Option<Version>,
}

impl OperationContext {
    /// The id of this run of the operation, new for each run and kept when one is resumed, and the uid of the installed release, kept
    /// from its install to its uninstall.
    ///
    /// # Errors
    ///
    /// An id that is empty, longer than 253 bytes, or not made of visible ASCII characters.
    pub fn new(
        operation_id: impl Into<String>,
        release_uid: impl Into<String>,
    ) -> Result<Self, HookError> {
        Ok(Self {
            operation_id: id("operation id", operation_id.into())?,
            release_uid: id("release uid", release_uid.into())?,
            attempted_version: None,
        })
    }

    /// The same, after an operation that did not end: the version it was bringing, of which parts may be there. Hooks see it as
    /// `HOOK_ATTEMPTED_VERSION`; `FROM_VERSION` stays the last one that was installed whole.
    #[must_use]
    pub fn with_attempted_version(mut self, version: Version) -> Self {
        self.attempted_version = Some(version);
        self
    }

    /// The id of this run of the operation.
    #[must_use]
    pub fn operation_id(&self) -> &str {
        &self.operation_id
    }

    /// The uid of the installed release.
    #[must_use]
    pub fn release_uid(&self) -> &str {
        &self.release_uid
    }

    /// The version that an operation before this one was bringing when it stopped.
    #[must_use]
    pub fn attempted_version(&self) -> Option<&Version> {
        self.attempted_version.as_ref()
    }
}

pub(crate) fn id(what: &'static str, text: String) -> Result<String, HookError> {
    let fits = (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    if fits {
        Ok(text)
    } else {
        let text = text.chars().take(64).collect();
        Err(Problem::Id { what, text }.into())
    }
}

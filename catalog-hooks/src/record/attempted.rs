//! Versions of which parts are there beside the one on record.

use serde::{Deserialize, Serialize};

/// Another version than the one on record, of which an operation left something that did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Attempted {
    pub(super) version: String,
    /// The plan of the operation that attempted it.
    pub(super) plan: String,
    pub(super) extent: Extent,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) irreversible: Vec<String>,
}

/// How much there is of an [`Attempted`] version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Extent {
    /// No parts, but what its hooks may have done: they began before anything else, or all else is gone again.
    Hooks,
    /// Definitions, and no modules.
    Definitions,
    /// Modules.
    Modules,
}

impl Attempted {
    /// The version, as it was written.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The digest of the plan that has it, and is kept as long as this is on record.
    #[must_use]
    pub fn plan(&self) -> &str {
        &self.plan
    }

    /// How much of it there may be.
    #[must_use]
    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// The irreversible hooks of it that may have had their effects, as `post-upgrade migrate`: these stay whatever is done next.
    #[must_use]
    pub fn irreversible_hooks(&self) -> &[String] {
        &self.irreversible
    }
}

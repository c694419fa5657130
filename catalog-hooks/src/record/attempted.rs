//! Versions of which parts are there beside the one on record, and what stays of hooks that cannot be undone.

use std::fmt;

use catalog_model::version::Version;
use serde::{Deserialize, Serialize};

/// Another version than the one on record, of which an operation left something that did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Attempted {
    pub(super) version: String,
    /// The plan of the operation that attempted it; `None`: it was on no record, and another operation began at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) plan: Option<String>,
    pub(super) extent: Extent,
}

/// An irreversible hook of an operation that did not come to its end: it may have had its effects, and these stay whatever is done next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IrreversibleHook {
    /// The version whose hook it is.
    version: String,
    hook: String,
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

    /// The digest of the plan that has it, and is kept as long as this is on record; `None`: it was not on record when that was made, and nobody knows.
    #[must_use]
    pub fn plan(&self) -> Option<&str> {
        self.plan.as_deref()
    }

    /// How much of it there may be.
    #[must_use]
    pub fn extent(&self) -> Extent {
        self.extent
    }
}

impl IrreversibleHook {
    pub(crate) fn new(version: &Version, hook: String) -> Self {
        Self {
            version: version.to_string(),
            hook,
        }
    }

    /// The version whose hook it is, as it was written.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The hook with its phase, as `post-upgrade migrate`.
    #[must_use]
    pub fn hook(&self) -> &str {
        &self.hook
    }

    /// Whether it is of a higher version than this one, or of one that cannot be compared.
    pub(super) fn is_above(&self, version: &str) -> bool {
        let versions = Version::parse(&self.version).ok();
        let versions = versions.zip(Version::parse(version).ok());
        versions.is_none_or(|(own, version)| own > version)
    }
}

impl fmt::Display for IrreversibleHook {
    /// As users read it: `` `post-upgrade migrate` of 2.0 ``.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` of {}", self.hook, self.version)
    }
}

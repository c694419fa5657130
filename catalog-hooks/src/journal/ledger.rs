//! What was written to a cluster for a release.

use serde::{Deserialize, Serialize};

use crate::api::ObjectRef;

/// An object that was written for a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LedgerEntry {
    /// The object.
    pub object: ObjectRef,
    /// What it is of the release.
    pub part: Part,
    /// Who made it.
    pub origin: Origin,
    /// Its uid, as soon as that is known: without one it is not known whether it was ever written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
}

/// Who made an object that a release was written to, and with it what becomes of it when the release goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Origin {
    /// It was made for a release, and goes with the last that has it.
    Release,
    /// It was there, of somebody else, before it was first written for a release: it is never deleted with one, but loses what was set in it.
    Others,
    /// The same, and fields that others had in it may have been taken over by force: it keeps what was set in it, as nobody knows what was there.
    OthersForced,
}

impl Origin {
    /// Whether it was there before any release was written to it.
    #[must_use]
    pub fn is_others(self) -> bool {
        self != Self::Release
    }
}

/// What an object is of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Part {
    /// The namespace it is in.
    Namespace,
    /// One of its definitions.
    Definition,
    /// An object of one of its modules.
    Module,
}

impl LedgerEntry {
    /// Whether deleting it deletes data: a CustomResourceDefinition takes its objects with it, a Namespace all that is in it, and a
    /// PersistentVolumeClaim what is on its volume.
    #[must_use]
    pub fn holds_data(&self) -> bool {
        let key = (self.object.group(), self.object.kind());
        matches!(
            key,
            ("apiextensions.k8s.io", "CustomResourceDefinition")
                | (
                    "",
                    "Namespace" | "PersistentVolumeClaim" | "PersistentVolume"
                )
        )
    }
}

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
    /// Whether it was there, of somebody else, before it was first written for the release: then it is never deleted with it.
    pub existed: bool,
    /// Whether fields that others had in it may have been taken over: then what was set in it stays, as nobody knows what was there.
    #[serde(default, skip_serializing_if = "crate::flag::is_false")]
    pub forced: bool,
    /// Its uid, as soon as that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
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

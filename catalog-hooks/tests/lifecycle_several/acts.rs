//! What somebody does to an object of a release.

use std::time::Duration;

use catalog_hooks::api::{ObjectRef, PatchKind, Request};
use catalog_hooks::label;
use catalog_hooks::simulator::FakeCluster;
use serde_json::{Value, json};

/// The finalizer that somebody puts on things.
const HOLD: &str = "example.com/hold";

/// What somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Act {
    /// Makes an object of that name.
    Makes,
    /// Changes a field that the release sets.
    Edits,
    /// Sets a field that the release does not set.
    Adds,
    /// Puts a finalizer on it.
    Holds,
    Deletes,
    MakesAnew,
    /// Says that it is of another release.
    Relabels,
    /// Takes off what the release has marked it with.
    Unmarks,
    /// Another runner, which keeps its records elsewhere, applies one of its own, by force.
    OtherHome,
}

impl Act {
    pub(crate) const ALL: [Self; 9] = [
        Self::Makes,
        Self::Edits,
        Self::Adds,
        Self::Holds,
        Self::Deletes,
        Self::MakesAnew,
        Self::Relabels,
        Self::Unmarks,
        Self::OtherHome,
    ];

    /// Does it to the object that the release has by this manifest; whether it could be done.
    pub(crate) fn on(self, cluster: &mut FakeCluster, manifest: &Value) -> bool {
        let target = ObjectRef::of(manifest).unwrap();
        match self {
            Self::Makes => create(cluster, theirs(manifest)),
            Self::Edits => edited(manifest).is_some_and(|change| patch(cluster, &target, change)),
            Self::Adds => patch(cluster, &target, added(manifest)),
            Self::Holds => {
                let Some(there) = cluster.object(&target) else {
                    return false;
                };
                let known = there["metadata"]["finalizers"].as_array();
                let mut all = known.cloned().unwrap_or_default();
                all.push(HOLD.into());
                patch(cluster, &target, json!({"metadata": {"finalizers": all}}))
            }
            Self::Deletes => delete(cluster, &target),
            Self::MakesAnew => {
                let is_there = delete(cluster, &target);
                cluster.advance(Duration::from_secs(2));
                is_there && create(cluster, theirs(manifest))
            }
            Self::Relabels => {
                let labels = json!({label::RELEASE_UID: "somebodys", label::PACKAGE: "somebodys"});
                patch(cluster, &target, json!({"metadata": {"labels": labels}}))
            }
            Self::Unmarks => {
                let labels = json!({label::RELEASE_UID: null, label::PACKAGE: null, label::MANAGED_BY: null});
                let annotations = json!({label::HOME: null, label::EXISTED: null});
                let metadata = json!({"labels": labels, "annotations": annotations});
                patch(cluster, &target, json!({"metadata": metadata}))
            }
            Self::OtherHome => {
                let mut object = theirs(manifest);
                object["metadata"]["labels"] =
                    json!({label::RELEASE_UID: "of-elsewhere", label::PACKAGE: "other"});
                object["metadata"]["annotations"][label::HOME] = "elsewhere".into();
                let (force, dry_run) = (true, false);
                let apply = Request::Apply {
                    object,
                    force,
                    dry_run,
                };
                cluster.call_from_elsewhere(&apply).is_ok()
            }
        }
    }
}

/// Somebody takes the finalizers off that they put on.
pub(crate) fn let_go(cluster: &mut FakeCluster) {
    let all: Vec<(ObjectRef, Vec<Value>)> = cluster
        .objects()
        .filter_map(|object| {
            let held = object["metadata"]["finalizers"].as_array()?;
            let rest = held.iter().filter(|one| *one != HOLD).cloned();
            let rest: Vec<Value> = rest.collect();
            (rest.len() < held.len()).then(|| (ObjectRef::of(object).unwrap(), rest))
        })
        .collect();
    for (target, finalizers) in all {
        patch(
            cluster,
            &target,
            json!({"metadata": {"finalizers": finalizers}}),
        );
    }
}

fn create(cluster: &mut FakeCluster, object: Value) -> bool {
    let dry_run = false;
    cluster.meddle(&Request::Create { object, dry_run }).is_ok()
}

fn patch(cluster: &mut FakeCluster, target: &ObjectRef, patch: Value) -> bool {
    let request = Request::Patch {
        target: target.clone(),
        patch,
        kind: PatchKind::Merge,
    };
    cluster.meddle(&request).is_ok()
}

fn delete(cluster: &mut FakeCluster, target: &ObjectRef) -> bool {
    let there = cluster.object(target);
    let is_there = there.is_some_and(|there| there["metadata"].get("deletionTimestamp").is_none());
    cluster.delete_object(target);
    is_there
}

/// An object of the name of one that a release has, as somebody makes it: with another field, and without some.
fn theirs(manifest: &Value) -> Value {
    let mut object = manifest.clone();
    object["metadata"]["annotations"] = json!({"example.com/by": "somebody"});
    match kind(manifest) {
        "ConfigMap" => object["data"] = json!({"other": "keep"}),
        "Gadget" | "HelmRelease" => object["spec"] = json!({"other": "keep"}),
        _ => {}
    }
    object
}

/// What changes a field that the release sets.
fn edited(manifest: &Value) -> Option<Value> {
    Some(match kind(manifest) {
        "ConfigMap" => json!({"data": {"text": "theirs"}}),
        "Gadget" | "HelmRelease" => json!({"spec": {"text": "theirs"}}),
        "ClusterRole" => {
            json!({"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["watch"]}]})
        }
        "CustomResourceDefinition" => json!({"spec": {"names": {"singular": "theirs"}}}),
        _ => return None,
    })
}

/// What sets a field that the release does not set.
fn added(manifest: &Value) -> Value {
    match kind(manifest) {
        "ConfigMap" => json!({"data": {"more": "theirs"}}),
        "Gadget" | "HelmRelease" => json!({"spec": {"more": "theirs"}}),
        "CustomResourceDefinition" => json!({"spec": {"names": {"shortNames": ["th"]}}}),
        _ => json!({"metadata": {"annotations": {"example.com/more": "theirs"}}}),
    }
}

fn kind(manifest: &Value) -> &str {
    manifest["kind"].as_str().unwrap_or_default()
}

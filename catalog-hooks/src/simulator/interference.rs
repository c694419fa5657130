//! What others do to a cluster while a lifecycle runs.

use std::sync::Arc;

use serde_json::{Value, json};

use super::cluster::FakeCluster;
use super::field;
use super::store::Key;
use crate::api::{Failure, ObjectRef, PatchKind, Reply, Request};

/// Who acts where nobody of ours does.
pub(super) const SOMEBODY: &str = "somebody";

/// Who acts for a runner that keeps its records in another namespace.
pub(super) const ELSEWHERE: &str = "elsewhere";

impl FakeCluster {
    /// Whether the fields that somebody else has in an object now are in both of these alike.
    pub(super) fn keeps(&self, target: &ObjectRef, both: (&Value, &Value)) -> bool {
        let owners = self.store.owners(&Arc::new(Key::of(target)));
        owners.are_kept(SOMEBODY, both)
    }

    /// Makes a call as somebody else.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub fn meddle(&mut self, request: &Request) -> Result<Reply, Failure> {
        self.by(SOMEBODY, |cluster| {
            crate::edge::Cluster::call(cluster, request)
        })
    }

    /// Makes a call as a runner that keeps its records in another namespace.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub fn call_from_elsewhere(&mut self, request: &Request) -> Result<Reply, Failure> {
        self.late(ELSEWHERE, request)
    }

    /// Somebody deletes an object, whatever its uid; one that is not there, they do not.
    pub fn delete_object(&mut self, target: &ObjectRef) {
        self.by(SOMEBODY, |cluster| {
            cluster.mark_deleted(&Arc::new(Key::of(target)));
        });
    }

    /// Somebody removes an object at once, finalizers or not, and pods without waiting for their node.
    pub fn force_delete(&mut self, target: &ObjectRef) {
        self.by(SOMEBODY, |cluster| {
            cluster.take_away(&Arc::new(Key::of(target)));
        });
    }

    /// Somebody removes a Job at once and makes one of their own under its name, without any of its labels; gives whether it was there.
    pub fn recreate_foreign(&mut self, target: &ObjectRef) -> bool {
        let Some(mut object) = self.object(target).map(|object| Value::clone(&object)) else {
            return false;
        };
        self.force_delete(target);
        for key in [
            "labels",
            "annotations",
            "finalizers",
            "uid",
            "resourceVersion",
        ] {
            field::remove(&mut object, &["metadata", key]);
        }
        for path in [
            &["status"][..],
            &["spec", "selector"],
            &["spec", "template", "metadata"],
        ] {
            field::remove(&mut object, path);
        }
        self.meddle(&Request::Create {
            object,
            dry_run: false,
        })
        .is_ok()
    }

    /// Somebody suspends a Job, or resumes it.
    pub fn suspend(&mut self, target: &ObjectRef, suspend: bool) {
        let patch = json!({"spec": {"suspend": suspend}});
        self.patch_as_somebody(target, patch);
    }

    /// Somebody takes all finalizers off an object.
    pub fn strip_finalizers(&mut self, target: &ObjectRef) {
        self.patch_as_somebody(target, json!({"metadata": {"finalizers": null}}));
    }

    /// Somebody deletes a namespace and all that is in it.
    pub fn terminate_namespace(&mut self, name: &str) {
        self.delete_object(&ObjectRef::cluster("v1", "Namespace", name));
    }

    /// Somebody deletes all pods of a namespace.
    pub fn delete_pods(&mut self, namespace: &str) {
        let pods: Vec<_> = self
            .store
            .of_kind("", "Pod")
            .filter(|(key, _)| key.namespace.as_deref() == Some(namespace))
            .map(|(key, _)| Arc::clone(key))
            .collect();
        self.by(SOMEBODY, |cluster| {
            for pod in &pods {
                cluster.mark_deleted(pod);
            }
        });
    }

    /// A request of a runner that was believed dead arrives after all.
    ///
    /// # Errors
    ///
    /// What the server says to it; nobody hears it.
    pub fn late(&mut self, who: &str, request: &Request) -> Result<Reply, Failure> {
        self.by(who, |cluster| crate::edge::Cluster::call(cluster, request))
    }

    fn patch_as_somebody(&mut self, target: &ObjectRef, patch: Value) {
        let request = Request::Patch {
            target: target.clone(),
            patch,
            kind: PatchKind::Merge,
        };
        // An object that is not there cannot be meddled with.
        let _ = self.meddle(&request);
    }
}

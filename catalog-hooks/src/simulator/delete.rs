//! How objects go.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::cluster::FakeCluster;
use super::store::Key;
use super::{field, refusal, rfc3339};
use crate::api::{Failure, ObjectRef};

impl FakeCluster {
    pub(super) fn delete(
        &mut self,
        target: &ObjectRef,
        preconditions: [Option<&str>; 2],
    ) -> Result<(), Failure> {
        let place = self.place(target)?;
        let object = self.there(&place)?;
        let fields = [
            ("UID", "/metadata/uid"),
            ("ResourceVersion", "/metadata/resourceVersion"),
        ];
        for ((name, pointer), asked) in fields.into_iter().zip(preconditions) {
            let found = field::text(&object, pointer);
            if let Some(asked) = asked.filter(|asked| *asked != found) {
                let of = (&place.kind, target.name());
                return Err(refusal::other_in_record(of, name, (asked, found)));
            }
        }
        self.mark_deleted(&place.key);
        Ok(())
    }

    /// Deletes an object, or marks it if something keeps it. One that is marked stays as it is.
    pub(super) fn mark_deleted(&mut self, key: &Arc<Key>) {
        let Some(object) = self.store.get(key).cloned() else {
            return;
        };
        if field::has(&object, "/metadata/deletionTimestamp") {
            return;
        }
        let grace = grace_seconds(key, &object);
        let is_kept = grace > 0
            || !field::list(&object, "/metadata/finalizers").is_empty()
            || key.kind == "Namespace";
        if !is_kept {
            return self.take_away(key);
        }
        let mut marked = Value::clone(&object);
        let at = self.now.after(Duration::from_secs(grace));
        field::set(
            &mut marked,
            &["metadata", "deletionTimestamp"],
            rfc3339::write(at),
        );
        if key.kind == "Namespace" {
            field::set(&mut marked, &["status", "phase"], "Terminating");
        } else {
            field::set(
                &mut marked,
                &["metadata", "deletionGracePeriodSeconds"],
                grace,
            );
        }
        let generation = field::count(&object, "/metadata/generation");
        if generation > 0 {
            field::set(&mut marked, &["metadata", "generation"], generation + 1);
        }
        let owners = self.store.owners(key);
        self.put(key, marked, owners);
    }

    /// The garbage collector looks at an object: one whose owners are all gone, or in another namespace, goes.
    pub(super) fn collect(&mut self, key: &Arc<Key>) {
        let Some(object) = self.store.get(key).cloned() else {
            return;
        };
        let owners = field::list(&object, "/metadata/ownerReferences");
        let lives = |reference: &Value| {
            let uid = field::text(reference, "/uid");
            self.store.iter().any(|(owner, object)| {
                let is_reachable = owner.namespace.is_none() || owner.namespace == key.namespace;
                is_reachable && field::text(object, "/metadata/uid") == uid
            })
        };
        if !owners.is_empty() && !owners.iter().any(lives) {
            self.mark_deleted(key);
        }
    }
}

/// A pod that is on a node is given time to stop.
fn grace_seconds(key: &Key, object: &Value) -> u64 {
    let is_running = key.kind == "Pod"
        && key.group.is_empty()
        && !field::text(object, "/spec/nodeName").is_empty()
        && !super::pod::has_ended(object);
    if is_running {
        field::count(object, "/spec/terminationGracePeriodSeconds")
    } else {
        0
    }
}

//! How a Job's controller makes a pod, and what it tells of one that it cannot make.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::TRACKING;
use super::controller::Pass;
use super::pods::uid;
use crate::api::ObjectRef;
use crate::pointer::At;
use crate::simulator::agenda::Errand;
use crate::simulator::cluster::FakeCluster;
use crate::simulator::owners::Owners;
use crate::simulator::store::Key;
use crate::simulator::{field, rfc3339};

/// How long the controller waits at most before it tries again.
const LONGEST_BACKOFF: u64 = 600;

impl FakeCluster {
    /// Makes the next pod of a Job, or tells in an Event why it cannot be made.
    pub(super) fn make_pod(&mut self, pass: &Pass) {
        let owner = uid(&pass.before).to_owned();
        let nth = self.pods_made.get(&owner).copied().unwrap_or_default();
        let labels = pass.job.at("/spec/template/metadata/labels");
        let refused = self.scripts.pod(labels, nth).refused;
        let made = match refused {
            Some(why) => Err(format!("pods \"{}-\" is forbidden: {why}", pass.key.name)),
            None => self.create_pod(pass, nth),
        };
        match made {
            Ok(()) => {
                Arc::make_mut(&mut self.pods_made).insert(owner, nth + 1);
            }
            Err(why) => {
                let times = self.tell_failed_create(pass, &format!("Error creating: {why}"));
                let wait = 2_u64.saturating_pow(times).min(LONGEST_BACKOFF);
                let errand = Errand::Job(Arc::clone(&pass.key));
                self.later(Duration::from_secs(wait), errand);
            }
        }
    }

    fn create_pod(&mut self, pass: &Pass, nth: usize) -> Result<(), String> {
        let name = format!("{:.57}-{}", pass.key.name, self.store.next_suffix());
        let namespace = pass.key.namespace.as_deref().unwrap_or_default();
        let pod = pod(&pass.before, &name, nth);
        let place = self
            .place(&ObjectRef::namespaced("v1", "Pod", namespace, &name))
            .map_err(|failure| failure.message().to_owned())?;
        self.make(&place, pod, Owners::default(), false)
            .map(|_| ())
            .map_err(|failure| failure.message().to_owned())
    }

    /// Adds to the Event of this message; gives how often it has been told.
    fn tell_failed_create(&mut self, pass: &Pass, message: &str) -> u32 {
        let job = Arc::clone(&pass.before);
        let namespace = pass.key.namespace.clone().unwrap_or_default();
        let is_it = |event: &Value| {
            field::text(event, "/involvedObject/uid") == uid(&job)
                && field::text(event, "/message") == message
        };
        let there = self
            .store
            .of_kind("", "Event")
            .find(|(_, event)| is_it(event))
            .map(|(key, event)| (Arc::clone(key), field::count(event, "/count")));
        let now = rfc3339::write(self.now);
        if let Some((key, times)) = there {
            self.amend(&key, |event| {
                field::set(event, &["count"], times + 1);
                field::set(event, &["lastTimestamp"], now);
            });
            return u32::try_from(times + 1).unwrap_or(u32::MAX);
        }
        let name = format!("{}.{}", pass.key.name, self.store.next_suffix());
        let event = json!({
            "apiVersion": "v1", "kind": "Event",
            "metadata": {"name": name, "namespace": namespace, "uid": self.store.next_uid(), "creationTimestamp": now},
            "involvedObject": {
                "kind": "Job", "namespace": namespace, "name": pass.key.name, "uid": uid(&job), "apiVersion": "batch/v1",
            },
            "reason": "FailedCreate", "message": message, "type": "Warning", "count": 1,
            "source": {"component": "job-controller"}, "reportingComponent": "job-controller",
            "firstTimestamp": now, "lastTimestamp": now,
        });
        let key = Arc::new(Key::core("Event", &namespace, &name));
        self.put(&key, event, Arc::default());
        1
    }
}

fn pod(job: &Value, name: &str, nth: usize) -> Value {
    let mut pod = job.at("/spec/template").cloned().unwrap_or_default();
    field::set(&mut pod, &["apiVersion"], "v1");
    field::set(&mut pod, &["kind"], "Pod");
    field::set(&mut pod, &["metadata", "name"], name);
    let namespace = field::text(job, "/metadata/namespace");
    field::set(&mut pod, &["metadata", "namespace"], namespace);
    field::set(
        &mut pod,
        &["metadata", "annotations", "simulator/pod"],
        nth.to_string(),
    );
    field::set(&mut pod, &["metadata", "finalizers"], json!([TRACKING]));
    let owner = json!([{
        "apiVersion": "batch/v1", "kind": "Job", "name": field::text(job, "/metadata/name"), "uid": uid(job),
        "controller": true, "blockOwnerDeletion": true,
    }]);
    field::set(&mut pod, &["metadata", "ownerReferences"], owner);
    pod
}

//! What an operator does with its custom resources, as far as others see it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::agenda::Errand;
use super::cluster::{FakeCluster, LATENCY};
use super::field;
use super::script::Readiness;
use super::store::Key;
use crate::pointer::At;

impl FakeCluster {
    /// Tells the operator of a kind of a new spec.
    pub(super) fn custom_resource_changed(&mut self, key: &Arc<Key>, after: Option<&Value>) {
        let Some(object) = after else { return };
        let time = match self.scripts.of_kind(&key.kind) {
            None => return,
            Some(Readiness::After(time) | Readiness::Fails(time, _)) => *time,
            Some(Readiness::Never) => Duration::ZERO,
        };
        let generation = field::count(object, "/metadata/generation");
        let is_new = !field::has(object, "/status/conditions");
        if is_new || generation != field::count(object, "/status/observedGeneration") {
            let uid = field::text(object, "/metadata/uid").to_owned();
            let errand = Errand::CustomResource(Arc::clone(key), uid, generation);
            self.later(time.max(LATENCY), errand);
        }
    }

    /// The operator has done with a generation.
    pub(super) fn sync_custom_resource(&mut self, key: &Arc<Key>, (uid, generation): (&str, u64)) {
        let Some(readiness) = self.scripts.of_kind(&key.kind).cloned() else {
            return;
        };
        let is_it = |object: &Value| {
            field::text(object, "/metadata/uid") == uid
                && field::count(object, "/metadata/generation") == generation
        };
        if !self.store.get(key).is_some_and(|object| is_it(object)) {
            return;
        }
        let (status, reason, message) = match readiness {
            Readiness::After(_) => ("True", "Succeeded", String::new()),
            Readiness::Fails(_, message) => ("False", "Failed", message),
            Readiness::Never => ("Unknown", "Progressing", "still at work".to_owned()),
        };
        self.amend(key, |object| {
            if key.kind == "Configuration" {
                // KubeVela's Terraform controller says it here, and in no condition.
                let apply = match status {
                    "True" => json!({"state": "Available", "message": "Cloud resources are deployed and ready to use"}),
                    "False" => json!({"state": "ApplyFailed", "message": message}),
                    _ => json!({"state": "ProvisioningAndChecking", "message": message}),
                };
                field::set(object, &["status", "apply"], apply);
            }
            let condition = json!({
                "type": "Ready", "status": status, "reason": reason, "message": message,
                "observedGeneration": generation,
            });
            if status == "True" {
                complete(object);
            }
            field::set(object, &["status", "observedGeneration"], generation);
            field::set(object, &["status", "conditions"], json!([condition]));
        });
    }
}

/// What the controllers of Kubernetes' own kinds say of one that is complete.
fn complete(object: &mut Value) {
    let replicas = object.at("/spec/replicas").and_then(Value::as_u64);
    let replicas = replicas.unwrap_or(1);
    let kind = field::text(object, "/kind").to_owned();
    let (keys, count): (&[&str], u64) = match kind.as_str() {
        "Deployment" | "StatefulSet" | "ReplicaSet" => (&REPLICAS, replicas),
        "DaemonSet" => (&SCHEDULED, 1),
        "PersistentVolumeClaim" => return field::set(object, &["status", "phase"], "Bound"),
        _ => return,
    };
    for key in keys {
        field::set(object, &["status", key], count);
    }
}

const REPLICAS: [&str; 6] = [
    "replicas",
    "updatedReplicas",
    "readyReplicas",
    "availableReplicas",
    "currentReplicas",
    "fullyLabeledReplicas",
];
const SCHEDULED: [&str; 5] = [
    "desiredNumberScheduled",
    "currentNumberScheduled",
    "updatedNumberScheduled",
    "numberReady",
    "numberAvailable",
];

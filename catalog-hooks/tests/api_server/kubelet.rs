//! What a scheduler and a kubelet would do to pods: the server has neither. The Job controller is the real one.
//!
//! A pod may go at any time, and then nothing is done to it.

use std::time::{Duration, Instant};

use catalog_hooks::api::{ListRequest, ObjectRef, Request};
use serde_json::{Value, json};

use crate::world::{World, text};

const PATIENCE: Duration = Duration::from_secs(30);

/// The node of all pods of the namespace.
fn node(world: &World) -> String {
    format!("node-of-{}", world.namespace)
}

impl World {
    /// The pods of a Job that there are now. The server tells their ages to the second only: two may stand in either order.
    pub(crate) async fn pods_of(&self, job: &Value) -> Vec<Value> {
        let uid = text(job, "/metadata/uid").to_owned();
        let wanted = ListRequest {
            api_version: "v1".to_owned(),
            kind: "Pod".to_owned(),
            namespace: Some(self.namespace.clone()),
            labels: vec![("batch.kubernetes.io/controller-uid".to_owned(), uid)],
            fields: vec![],
        };
        let listed = self
            .call(Request::List(wanted))
            .await
            .expect("a list of pods");
        listed.as_array().cloned().expect("a list")
    }

    /// Waits for a pod of a Job.
    pub(crate) async fn pod_of(&self, job: &Value) -> Value {
        self.pod_beside(job, "").await
    }

    /// Waits for a pod of a Job with another uid than this.
    pub(crate) async fn pod_beside(&self, job: &Value, uid: &str) -> Value {
        let started = Instant::now();
        loop {
            let mut pods = self.pods_of(job).await.into_iter();
            if let Some(pod) = pods.find(|pod| text(pod, "/metadata/uid") != uid) {
                return pod;
            }
            assert!(started.elapsed() < PATIENCE, "no pod of {job:#}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Binds a pod to a node, which is made where there is none, and starts its container there.
    pub(crate) async fn start(&self, pod: &Value) {
        let node = node(self);
        if self
            .read(&ObjectRef::cluster("v1", "Node", &node))
            .await
            .is_none()
        {
            let metadata = json!({"name": node});
            self.create(json!({"apiVersion": "v1", "kind": "Node", "metadata": metadata}))
                .await;
        }
        let name = text(pod, "/metadata/name");
        let binding = json!({
            "apiVersion": "v1", "kind": "Binding", "metadata": {"name": name},
            "target": {"apiVersion": "v1", "kind": "Node", "name": node},
        });
        self.try_send("POST", &format!("{}/binding", self.pod_path(pod)), &binding)
            .await;
        let state = json!({"running": {"startedAt": "2026-01-01T00:00:00Z"}});
        let ready = json!([{"type": "Ready", "status": "True"}]);
        self.set_status(pod, "Running", state, ready).await;
    }

    /// Lets the container of a pod end with this exit code.
    pub(crate) async fn end(&self, pod: &Value, exit_code: i32) {
        let phase = if exit_code == 0 {
            "Succeeded"
        } else {
            "Failed"
        };
        let reason = if exit_code == 0 { "Completed" } else { "Error" };
        let state = json!({"terminated": {
            "exitCode": exit_code, "reason": reason, "message": "the last words",
            "startedAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:00:01Z",
        }});
        self.set_status(pod, phase, state, json!([])).await;
    }

    /// Ends a pod as an eviction does.
    pub(crate) async fn evict(&self, pod: &Value) {
        let state = json!({"terminated": {
            "exitCode": 137, "reason": "Error",
            "startedAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:00:01Z",
        }});
        let conditions = json!([{
            "type": "DisruptionTarget", "status": "True", "reason": "EvictionByEvictionAPI",
            "lastTransitionTime": "2026-01-01T00:00:01Z",
        }]);
        self.set_status(pod, "Failed", state, conditions).await;
    }

    /// Says that nothing of a pod that is being deleted runs any more. Until then it stays, as on a node that nobody reaches.
    pub(crate) async fn reap(&self, pod: &Value) {
        let options = json!({"apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0});
        self.try_send("DELETE", &self.pod_path(pod), &options).await;
    }

    fn pod_path(&self, pod: &Value) -> String {
        let name = text(pod, "/metadata/name");
        format!("/api/v1/namespaces/{}/pods/{name}", self.namespace)
    }

    async fn set_status(&self, pod: &Value, phase: &str, state: Value, conditions: Value) {
        let container = text(pod, "/spec/containers/0/name");
        let is_running = phase == "Running";
        let status = json!({
            "phase": phase,
            "conditions": conditions,
            "startTime": "2026-01-01T00:00:00Z",
            "containerStatuses": [{
                "name": container, "image": "example.com/none", "imageID": "", "restartCount": 0,
                "ready": is_running, "started": is_running, "state": state,
            }],
        });
        let path = format!("{}/status", self.pod_path(pod));
        self.try_send("PATCH", &path, &json!({"status": status}))
            .await;
    }
}

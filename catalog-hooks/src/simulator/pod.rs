//! Pods: what scheduler, kubelet and the controller of unreachable nodes do with them.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::agenda::{Errand, PodStep};
use super::cluster::FakeCluster;
use super::kind::Kind;
use super::script::{Course, PodScript};
use super::store::Key;
use super::{field, refusal, rfc3339};
use crate::api::{Failure, LogRequest};

/// How long a pod stays on a node that does not answer: the default toleration.
const TOLERATION: Duration = Duration::from_secs(300);

/// How long the scheduler thinks about a pod.
const SCHEDULING: Duration = Duration::from_millis(30);

/// Whether all its containers have ended.
pub(super) fn has_ended(pod: &Value) -> bool {
    matches!(field::text(pod, "/status/phase"), "Succeeded" | "Failed")
}

/// Whether it is ready.
pub(super) fn is_ready(pod: &Value) -> bool {
    let conditions = field::list(pod, "/status/conditions");
    conditions
        .iter()
        .any(|one| field::text(one, "/type") == "Ready" && field::text(one, "/status") == "True")
}

impl FakeCluster {
    /// Tells the controllers of a change of a pod.
    pub(super) fn pod_changed(
        &mut self,
        key: &Arc<Key>,
        before: Option<&Value>,
        after: Option<&Value>,
    ) {
        let shown = after.or(before).unwrap_or(&Value::Null);
        if field::text(shown, "/metadata/ownerReferences/0/kind") == "Job" {
            let name = field::text(shown, "/metadata/ownerReferences/0/name");
            let job = Key::new("batch", "Job", key.namespace.as_deref(), name);
            self.soon(Errand::Job(Arc::new(job)));
        }
        let Some(pod) = after else { return };
        let script = self.scripts.of_pod(pod);
        let uid = field::text(pod, "/metadata/uid");
        let step = |step| Errand::Pod(Arc::clone(key), uid.to_owned(), step);
        let is_marked = |pod: &Value| field::has(pod, "/metadata/deletionTimestamp");
        if before.is_none() {
            if let Some(time) = script.scheduled {
                self.later(time, step(PodStep::Schedule));
            }
            if script.scheduled.is_none_or(|time| time > SCHEDULING) {
                self.later(SCHEDULING, step(PodStep::Unplaced));
            }
        } else if is_marked(pod) && has_ended(pod) {
            self.soon(step(PodStep::Vanish));
        } else if is_marked(pod) && !before.is_some_and(is_marked) && !is_forsaken(pod) {
            let grace = field::count(pod, "/metadata/deletionGracePeriodSeconds");
            let time = script.stops_after.min(Duration::from_secs(grace));
            self.later(time, step(PodStep::Stop));
        }
    }

    /// The next thing in the life of a pod, unless it is another one by now.
    pub(super) fn live(&mut self, key: &Arc<Key>, uid: &str, step: PodStep) {
        let found = self.store.get(key).cloned();
        let Some(pod) = found.filter(|pod| field::text(pod, "/metadata/uid") == uid) else {
            return;
        };
        let script = self.scripts.of_pod(&pod);
        let is_marked = field::has(&pod, "/metadata/deletionTimestamp");
        let next = |step| Errand::Pod(Arc::clone(key), uid.to_owned(), step);
        match step {
            PodStep::Vanish => self.amend(key, |pod| {
                field::set(pod, &["metadata", "deletionGracePeriodSeconds"], 0);
            }),
            _ if has_ended(&pod) => {}
            PodStep::Schedule if is_marked => {}
            PodStep::Schedule => {
                self.amend(key, schedule);
                self.later(script.pull, next(PodStep::Start));
            }
            PodStep::Unplaced => self.amend(key, unplaced),
            PodStep::Start if is_marked => {}
            PodStep::Start => {
                let now = rfc3339::write(self.now);
                self.amend(key, |pod| start(pod, &now));
                if script.course != Course::Runs {
                    self.later(script.runs_for, next(PodStep::End));
                }
            }
            PodStep::End => self.end(key, &script, is_marked, next(PodStep::Forsaken)),
            PodStep::Forsaken => {
                self.amend(key, |pod| disrupt(pod, "DeletionByTaintManager"));
                self.mark_deleted(key);
            }
            PodStep::Stop if is_forsaken(&pod) => {}
            PodStep::Stop => {
                let grace = field::count(&pod, "/metadata/deletionGracePeriodSeconds");
                let is_killed = script.stops_after >= Duration::from_secs(grace);
                let code = if is_killed { 137 } else { 143 };
                let now = rfc3339::write(self.now);
                self.amend(key, |pod| stop(pod, code, (&script, &now)));
            }
        }
    }

    fn end(&mut self, key: &Arc<Key>, script: &PodScript, is_marked: bool, forsaken: Errand) {
        let now = rfc3339::write(self.now);
        match script.course {
            Course::Runs => {}
            Course::Succeeds => self.amend(key, |pod| stop(pod, 0, (script, &now))),
            Course::Fails(code) => self.amend(key, |pod| stop(pod, code, (script, &now))),
            Course::Evicted if is_marked => {}
            Course::Evicted => {
                self.amend(key, |pod| disrupt(pod, "EvictionByEvictionAPI"));
                self.mark_deleted(key);
            }
            Course::NodeLost => {
                let why = ("NodeStatusUnknown", "Unknown");
                self.amend(key, |pod| condition(pod, "Ready", why));
                self.later(TOLERATION, forsaken);
            }
        }
    }

    pub(super) fn log(&self, log: &LogRequest) -> Result<String, Failure> {
        let key = Key::core("Pod", &log.namespace, &log.pod);
        let Some(pod) = self.store.get(&key) else {
            let kind = Kind::served("v1", "Pod", &self.store)?;
            return Err(refusal::not_found(&kind, &log.pod));
        };
        if is_forsaken(pod) {
            let message = "Get \"https://node-1:10250/containerLogs\": dial tcp: i/o timeout";
            return Err(refusal::internal(message));
        }
        if !field::has(pod, "/status/startTime") {
            return Err(refusal::bad_request(&format!(
                "container \"{}\" in pod \"{}\" is waiting to start: ContainerCreating",
                log.container, log.pod
            )));
        }
        let text = self.scripts.of_pod(pod).log;
        let mut from = text.len().saturating_sub(log.limit);
        while !text.is_char_boundary(from) {
            from += 1;
        }
        Ok(text.get(from..).unwrap_or_default().to_owned())
    }
}

/// Whether its node does not answer.
fn is_forsaken(pod: &Value) -> bool {
    let conditions = field::list(pod, "/status/conditions");
    let is = |one: &Value| field::text(one, "/reason") == "NodeStatusUnknown";
    conditions.iter().any(is)
}

fn schedule(pod: &mut Value) {
    field::set(pod, &["spec", "nodeName"], "node-1");
    condition(pod, "PodScheduled", ("", "True"));
}

/// No node has room for it, yet.
fn unplaced(pod: &mut Value) {
    condition(pod, "PodScheduled", ("Unschedulable", "False"));
    let conditions = pod.pointer_mut("/status/conditions");
    let last = conditions
        .and_then(Value::as_array_mut)
        .and_then(|all| all.last_mut());
    if let Some(last) = last {
        field::set(
            last,
            &["message"],
            "0/1 nodes are available: 1 Insufficient cpu.",
        );
    }
}

fn start(pod: &mut Value, now: &str) {
    field::set(pod, &["status", "phase"], "Running");
    field::set(pod, &["status", "startTime"], now);
    containers(pod, &json!({"running": {"startedAt": now}}));
    condition(pod, "Ready", ("", "True"));
}

fn stop(pod: &mut Value, code: i32, (script, now): (&PodScript, &str)) {
    let (phase, reason) = match code {
        0 => ("Succeeded", "Completed"),
        _ => ("Failed", "Error"),
    };
    field::set(pod, &["status", "phase"], phase);
    let mut terminated = json!({"exitCode": code, "reason": reason, "finishedAt": now});
    if code != 0 {
        // What `FallbackToLogsOnError` makes of the end of the log.
        field::set(&mut terminated, &["message"], &*script.log);
    }
    containers(pod, &json!({"terminated": terminated}));
    condition(pod, "Ready", ("PodCompleted", "False"));
}

fn disrupt(pod: &mut Value, reason: &str) {
    condition(pod, "DisruptionTarget", (reason, "True"));
}

/// Gives all containers one state.
fn containers(pod: &mut Value, state: &Value) {
    let names: Vec<Value> = field::list(pod, "/spec/containers")
        .iter()
        .map(|container| {
            json!({"name": field::text(container, "/name"), "state": state, "restartCount": 0})
        })
        .collect();
    field::set(pod, &["status", "containerStatuses"], names);
}

fn condition(pod: &mut Value, kind: &str, (reason, status): (&str, &str)) {
    let mut new = json!({"type": kind, "status": status});
    if !reason.is_empty() {
        field::set(&mut new, &["reason"], reason);
    }
    let mut conditions = field::list(pod, "/status/conditions").to_vec();
    conditions.retain(|one| field::text(one, "/type") != kind);
    conditions.push(new);
    field::set(pod, &["status", "conditions"], conditions);
}

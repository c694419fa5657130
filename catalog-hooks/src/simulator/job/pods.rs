//! The pods of a Job, as its controller counts them.

use std::sync::Arc;

use serde_json::Value;

use super::TRACKING;
use crate::simulator::field;
use crate::simulator::pod::has_ended;
use crate::simulator::store::Key;

pub(super) type Pods = Vec<(Arc<Key>, Arc<Value>)>;

pub(super) fn succeeded(job: &Value, pods: &Pods) -> u64 {
    let known = uncounted(job, "succeeded");
    let new = pods.iter().filter(|(_, pod)| {
        is_tracked(pod)
            && field::text(pod, "/status/phase") == "Succeeded"
            && !known.contains(&Value::from(uid(pod)))
    });
    field::count(job, "/status/succeeded") + (known.len() + new.count()) as u64
}

pub(super) fn completions(job: &Value) -> u64 {
    field::count(job, "/spec/completions").max(1)
}

pub(super) fn active(pods: &Pods) -> usize {
    pods.iter().filter(|(_, pod)| is_active(pod)).count()
}

pub(super) fn terminating(pods: &Pods) -> usize {
    let is = |pod: &Value| !has_ended(pod) && field::has(pod, "/metadata/deletionTimestamp");
    pods.iter().filter(|(_, pod)| is(pod)).count()
}

pub(super) fn wants_pod(job: &Value, pods: &Pods) -> bool {
    let waits_for_end = field::text(job, "/spec/podReplacementPolicy") == "Failed";
    let held = if waits_for_end { terminating(pods) } else { 0 };
    let wanted = completions(job).saturating_sub(succeeded(job, pods)).min(1);
    wanted > (active(pods) + held) as u64
}

pub(super) fn is_active(pod: &Value) -> bool {
    !has_ended(pod) && !field::has(pod, "/metadata/deletionTimestamp")
}

pub(super) fn is_tracked(pod: &Value) -> bool {
    field::list(pod, "/metadata/finalizers").contains(&TRACKING.into())
}

pub(super) fn is_failed(job: &Value, pod: &Value) -> bool {
    match field::text(pod, "/status/phase") {
        "Failed" => true,
        "Succeeded" => false,
        _ => {
            field::text(job, "/spec/podReplacementPolicy") != "Failed"
                && field::has(pod, "/metadata/deletionTimestamp")
        }
    }
}

pub(super) fn uid(object: &Value) -> &str {
    field::text(object, "/metadata/uid")
}

pub(super) fn uncounted(job: &Value, key: &str) -> Vec<Value> {
    field::list(job, &format!("/status/uncountedTerminatedPods/{key}")).to_vec()
}

//! How a Job's status counts its pods: each once, though controller and pods may go at any time.

use std::sync::Arc;

use serde_json::{Value, json};

use super::controller::{Outcome, Pass, REACHED};
use super::pods::{Pods, active, is_active, is_failed, is_tracked, terminating, uid, uncounted};
use super::{TRACKING, conditions, failure_policy};
use crate::simulator::field;
use crate::simulator::pod::is_ready;
use crate::simulator::store::Key;

/// Takes off the finalizer by which a pod is held until it is counted.
pub(super) fn release_pod(pod: &mut Value) {
    let list = pod.pointer_mut("/metadata/finalizers");
    if let Some(items) = list.and_then(Value::as_array_mut) {
        items.retain(|one| one != TRACKING);
    }
    if field::list(pod, "/metadata/finalizers").is_empty() {
        field::remove(pod, &["metadata", "finalizers"]);
    }
}

/// The counts of pods that have not ended.
pub(super) fn count_active(job: &mut Value, pods: &Pods) {
    let ready = pods
        .iter()
        .filter(|(_, pod)| is_active(pod) && is_ready(pod));
    let counts = [
        ("ready", ready.count()),
        ("terminating", terminating(pods)),
        ("active", active(pods)),
    ];
    for (key, count) in counts {
        if key == "active" && count == 0 {
            // Unlike the others, this one is left out when it is 0.
            field::remove(job, &["status", key]);
        } else {
            field::set(job, &["status", key], count);
        }
    }
    field::default(job, &["status", "uncountedTerminatedPods"], json!({}));
}

/// Puts pods that ended among the uncounted, and the first condition of an outcome; gives the pods that need no longer be held.
pub(super) fn note_ended(pass: &mut Pass, pods: &Pods) -> Vec<Arc<Key>> {
    let job = &mut pass.job;
    let is_deleting = field::has(job, "/metadata/deletionTimestamp");
    let has_failed = matches!(pass.outcome, Some(Outcome::Failure(..)));
    let mut released = Vec::new();
    for (key, pod) in pods.iter().filter(|(_, pod)| is_tracked(pod)) {
        let succeeded = field::text(pod, "/status/phase") == "Succeeded";
        let failed = is_failed(job, pod);
        if !(is_deleting || pass.outcome.is_some() || succeeded || failed) {
            continue;
        }
        released.push(Arc::clone(key));
        if succeeded {
            add_uncounted(job, "succeeded", uid(pod));
        } else if (failed || has_failed) && !failure_policy::is_ignored(job, pod) {
            add_uncounted(job, "failed", uid(pod));
        }
    }
    match &pass.outcome {
        Some(Outcome::Success) => {
            conditions::ensure(job, "SuccessCriteriaMet", true, REACHED, pass.now);
        }
        Some(Outcome::Failure(reason, message)) => {
            conditions::ensure(job, "FailureTarget", true, (reason, message), pass.now);
        }
        None => {}
    }
    released
}

fn add_uncounted(job: &mut Value, key: &str, uid: &str) {
    let mut uids = uncounted(job, key);
    if !uids.contains(&uid.into()) {
        uids.push(uid.into());
        field::set(job, &["status", "uncountedTerminatedPods", key], uids);
    }
}

/// Counts the pods that were noted and are held no longer.
pub(super) fn count_ended(job: &mut Value, held: &[String]) {
    for key in ["succeeded", "failed"] {
        let is_held = |uid: &Value| held.iter().any(|held| uid == held);
        let (kept, counted): (Vec<_>, Vec<_>) = uncounted(job, key).into_iter().partition(is_held);
        if counted.is_empty() {
            continue;
        }
        let before = field::count(job, &format!("/status/{key}"));
        field::set(job, &["status", key], before + counted.len() as u64);
        if kept.is_empty() {
            field::remove(job, &["status", "uncountedTerminatedPods", key]);
        } else {
            field::set(job, &["status", "uncountedTerminatedPods", key], kept);
        }
    }
}

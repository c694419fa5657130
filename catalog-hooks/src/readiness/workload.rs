//! Workloads that keep a number of pods.

use super::observed::{Condition, Observed, failed, progressing, waiting};
use crate::effect::ModuleStatus;

const UNSEEN: &str = "its controller has not looked at it yet";

pub(super) fn deployment(object: Observed<'_>) -> ModuleStatus {
    if object.is_unseen() {
        return progressing(UNSEEN);
    }
    // The controller gives up on a rollout, and says so once, in this condition.
    let progress = object.condition("Progressing");
    if let Some(progress) = progress.filter(|one| one.reason() == "ProgressDeadlineExceeded") {
        let cause = object.holding("ReplicaFailure").map(Condition::words);
        let words = [Some(progress.words()), cause];
        return failed(words.into_iter().flatten().collect::<Vec<_>>().join("; "));
    }
    let want = wanted(object);
    let incomplete = steps(&[
        (
            object.count("/status/updatedReplicas"),
            want,
            "replicas are updated",
        ),
        (
            object.count("/status/readyReplicas"),
            want,
            "replicas are ready",
        ),
        (
            object.count("/status/availableReplicas"),
            want,
            "replicas are available",
        ),
    ])
    .or_else(|| leaving(object, want));
    if let Some(incomplete) = incomplete {
        return why(object, incomplete);
    }
    match object.refused("Available") {
        Some(available) => progressing(available.words()),
        None => ModuleStatus::Ready,
    }
}

pub(super) fn replica_set(object: Observed<'_>) -> ModuleStatus {
    if object.is_unseen() {
        return progressing(UNSEEN);
    }
    let want = wanted(object);
    let incomplete = steps(&[
        (
            object.count("/status/fullyLabeledReplicas"),
            want,
            "replicas have their labels",
        ),
        (
            object.count("/status/readyReplicas"),
            want,
            "replicas are ready",
        ),
        (
            object.count("/status/availableReplicas"),
            want,
            "replicas are available",
        ),
    ])
    .or_else(|| leaving(object, want));
    incomplete.map_or(ModuleStatus::Ready, |status| why(object, status))
}

pub(super) fn stateful_set(object: Observed<'_>) -> ModuleStatus {
    if object.is_unseen() {
        return progressing(UNSEEN);
    }
    let want = wanted(object);
    let incomplete = waiting(
        object.count("/status/readyReplicas"),
        want,
        "replicas are ready",
    )
    .or_else(|| leaving(object, want))
    .or_else(|| stateful_revision(object, want));
    incomplete.unwrap_or(ModuleStatus::Ready)
}

/// Pods of an old revision are left alone below the partition, and everywhere if only their deletion updates them.
fn stateful_revision(object: Observed<'_>, want: i64) -> Option<ModuleStatus> {
    if object.text("/spec/updateStrategy/type") == "OnDelete" {
        return None;
    }
    let partition = object.count("/spec/updateStrategy/rollingUpdate/partition");
    let current = object.text("/status/currentRevision");
    if partition == 0 && current == object.text("/status/updateRevision") {
        return None;
    }
    let want = want.saturating_sub(partition);
    let updated = object.count("/status/updatedReplicas");
    waiting(updated, want, "replicas are updated").or_else(|| {
        (partition == 0).then(|| progressing("the last replicas of the old revision are leaving"))
    })
}

pub(super) fn daemon_set(object: Observed<'_>) -> ModuleStatus {
    if object.is_unseen() {
        return progressing(UNSEEN);
    }
    let want = object.count("/status/desiredNumberScheduled");
    let updated = object.count("/status/updatedNumberScheduled");
    let by_deletion = object.text("/spec/updateStrategy/type") == "OnDelete";
    let incomplete = steps(&[
        (
            object.count("/status/currentNumberScheduled"),
            want,
            "nodes have a pod",
        ),
        (
            if by_deletion { want } else { updated },
            want,
            "pods are updated",
        ),
        (object.count("/status/numberReady"), want, "pods are ready"),
        (
            object.count("/status/numberAvailable"),
            want,
            "pods are available",
        ),
    ]);
    incomplete.unwrap_or(ModuleStatus::Ready)
}

/// A server fills in 1 where nothing is written.
fn wanted(object: Observed<'_>) -> i64 {
    object.given("/spec/replicas").unwrap_or(1)
}

fn steps(steps: &[(i64, i64, &str)]) -> Option<ModuleStatus> {
    let mut steps = steps.iter();
    steps.find_map(|(have, want, what)| waiting(*have, *want, what))
}

fn leaving(object: Observed<'_>, want: i64) -> Option<ModuleStatus> {
    let extra = object.count("/status/replicas").saturating_sub(want);
    (extra > 0).then(|| progressing(format!("{extra} replicas too many are leaving")))
}

/// Why it is not complete, where more is known than numbers: pods that cannot be made at all, or a rollout that somebody has paused.
fn why(object: Observed<'_>, incomplete: ModuleStatus) -> ModuleStatus {
    let ModuleStatus::Progressing(numbers) = incomplete else {
        return incomplete;
    };
    if let Some(failure) = object.holding("ReplicaFailure") {
        return progressing(format!("{numbers}; {}", failure.words()));
    }
    if object.is_true("/spec/paused") {
        return progressing(format!("{numbers}; the rollout is paused (`spec.paused`)"));
    }
    ModuleStatus::Progressing(numbers)
}

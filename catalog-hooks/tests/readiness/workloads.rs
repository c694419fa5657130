//! What runs pods.

use serde_json::{Value, json};

use super::{check, condition};

#[test]
fn deployments() {
    let full = json!({"observedGeneration": 2, "replicas": 3, "updatedReplicas": 3, "readyReplicas": 3, "availableReplicas": 3, "conditions": [
        {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable", "message": "Deployment has minimum availability."},
        {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable", "message": "ReplicaSet \"web-6d\" has successfully progressed."},
    ]});
    let with = |key: &str, value: Value| {
        let mut status = full.clone();
        status[key] = value;
        status
    };
    let three = json!({"replicas": 3});
    let quota = "pods \"web-6d-x\" is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1";
    check(
        "apps/v1",
        "Deployment",
        &[
            (three.clone(), full.clone(), "ready"),
            (
                json!({}),
                json!({"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1}),
                "ready",
            ),
            (
                json!({"replicas": 0}),
                json!({"observedGeneration": 2}),
                "ready",
            ),
            (
                three.clone(),
                json!({}),
                "progressing: its controller has not looked at it yet",
            ),
            (
                three.clone(),
                Value::Null,
                "progressing: its controller has not looked at it yet",
            ),
            (
                three.clone(),
                with("observedGeneration", 1.into()),
                "progressing: its controller has not seen the change yet",
            ),
            (
                three.clone(),
                with("updatedReplicas", 1.into()),
                "progressing: 1 of 3 replicas are updated",
            ),
            (
                three.clone(),
                with("readyReplicas", 2.into()),
                "progressing: 2 of 3 replicas are ready",
            ),
            (
                three.clone(),
                with("availableReplicas", 2.into()),
                "progressing: 2 of 3 replicas are available",
            ),
            (
                three.clone(),
                with("replicas", 4.into()),
                "progressing: 1 replicas too many are leaving",
            ),
            (
                json!({"replicas": 3, "paused": true}),
                with("updatedReplicas", Value::Null),
                "progressing: 0 of 3 replicas are updated; the rollout is paused (`spec.paused`)",
            ),
            (
                three.clone(),
                json!({"observedGeneration": 2, "conditions": [{"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": quota}]}),
                "progressing: 0 of 3 replicas are updated; FailedCreate: pods \"web-6d-x\" is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1",
            ),
            (
                three.clone(),
                with(
                    "conditions",
                    json!([{"type": "Available", "status": "False", "reason": "MinimumReplicasUnavailable", "message": "Deployment does not have minimum availability."}]),
                ),
                "progressing: MinimumReplicasUnavailable: Deployment does not have minimum availability.",
            ),
            (
                three.clone(),
                json!({"observedGeneration": 2, "conditions": [
                    {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "ReplicaSet \"web-6d\" has timed out progressing."},
                    {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "serviceaccount \"web\" not found"},
                ]}),
                "failed: ProgressDeadlineExceeded: ReplicaSet \"web-6d\" has timed out progressing.; FailedCreate: serviceaccount \"web\" not found",
            ),
            (
                three,
                condition(
                    "Progressing",
                    "False",
                    "ProgressDeadlineExceeded",
                    "ReplicaSet \"web-6d\" has timed out progressing.",
                ),
                "failed: ProgressDeadlineExceeded: ReplicaSet \"web-6d\" has timed out progressing.",
            ),
        ],
    );
}

#[test]
fn replica_sets() {
    let two = json!({"replicas": 2});
    let full = json!({"observedGeneration": 2, "replicas": 2, "fullyLabeledReplicas": 2, "readyReplicas": 2, "availableReplicas": 2});
    check(
        "apps/v1",
        "ReplicaSet",
        &[
            (two.clone(), full, "ready"),
            (
                two.clone(),
                json!({"replicas": 0}),
                "progressing: its controller has not looked at it yet",
            ),
            (
                two.clone(),
                json!({"observedGeneration": 2, "replicas": 2, "fullyLabeledReplicas": 1}),
                "progressing: 1 of 2 replicas have their labels",
            ),
            (
                two.clone(),
                json!({"observedGeneration": 2, "replicas": 2, "fullyLabeledReplicas": 2}),
                "progressing: 0 of 2 replicas are ready",
            ),
            (
                two,
                json!({"observedGeneration": 2, "fullyLabeledReplicas": 2, "readyReplicas": 2, "availableReplicas": 1}),
                "progressing: 1 of 2 replicas are available",
            ),
        ],
    );
}

#[test]
fn stateful_sets() {
    let of = |ready: i64, updated: i64, revisions: [&str; 2]| json!({"observedGeneration": 2, "replicas": 3, "readyReplicas": ready, "updatedReplicas": updated, "currentRevision": revisions[0], "updateRevision": revisions[1]});
    let three = json!({"replicas": 3, "updateStrategy": {"type": "RollingUpdate"}});
    let partition = json!({"replicas": 3, "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}});
    check(
        "apps/v1",
        "StatefulSet",
        &[
            (three.clone(), of(3, 3, ["db-1", "db-1"]), "ready"),
            (
                three.clone(),
                json!({}),
                "progressing: its controller has not looked at it yet",
            ),
            (
                three.clone(),
                of(2, 3, ["db-1", "db-1"]),
                "progressing: 2 of 3 replicas are ready",
            ),
            (
                three.clone(),
                of(3, 1, ["db-1", "db-2"]),
                "progressing: 1 of 3 replicas are updated",
            ),
            (
                three,
                of(3, 3, ["db-1", "db-2"]),
                "progressing: the last replicas of the old revision are leaving",
            ),
            (
                json!({"replicas": 2}),
                of(3, 2, ["db-1", "db-1"]),
                "progressing: 1 replicas too many are leaving",
            ),
            (
                partition.clone(),
                of(3, 0, ["db-1", "db-2"]),
                "progressing: 0 of 1 replicas are updated",
            ),
            (partition, of(3, 1, ["db-1", "db-2"]), "ready"),
            (
                json!({"replicas": 3, "updateStrategy": {"type": "OnDelete"}}),
                of(3, 0, ["db-1", "db-2"]),
                "ready",
            ),
            (
                json!({"replicas": 3, "updateStrategy": {"type": "OnDelete"}}),
                of(1, 0, ["db-1", "db-2"]),
                "progressing: 1 of 3 replicas are ready",
            ),
        ],
    );
}

#[test]
fn daemon_sets() {
    let of = |current: i64, updated: i64, ready: i64, available: i64| json!({"observedGeneration": 2, "desiredNumberScheduled": 4, "currentNumberScheduled": current, "updatedNumberScheduled": updated, "numberReady": ready, "numberAvailable": available});
    check(
        "apps/v1",
        "DaemonSet",
        &[
            (json!({}), of(4, 4, 4, 4), "ready"),
            (
                json!({}),
                json!({"observedGeneration": 2, "desiredNumberScheduled": 0}),
                "ready",
            ),
            (
                json!({}),
                json!({}),
                "progressing: its controller has not looked at it yet",
            ),
            (
                json!({}),
                of(3, 3, 3, 3),
                "progressing: 3 of 4 nodes have a pod",
            ),
            (
                json!({}),
                of(4, 2, 4, 4),
                "progressing: 2 of 4 pods are updated",
            ),
            (
                json!({"updateStrategy": {"type": "OnDelete"}}),
                of(4, 2, 4, 4),
                "ready",
            ),
            (
                json!({}),
                of(4, 4, 1, 1),
                "progressing: 1 of 4 pods are ready",
            ),
            (
                json!({}),
                of(4, 4, 4, 3),
                "progressing: 3 of 4 pods are available",
            ),
        ],
    );
}

#[test]
fn jobs() {
    let limit = "Job has reached the specified backoff limit";
    check(
        "batch/v1",
        "Job",
        &[
            (
                json!({}),
                condition(
                    "Complete",
                    "True",
                    "CompletionsReached",
                    "Reached expected number of succeeded pods",
                ),
                "ready",
            ),
            (
                json!({}),
                json!({"startTime": "2026-01-01T00:00:00Z", "active": 0, "conditions": [{"type": "SuccessCriteriaMet", "status": "True"}]}),
                "progressing: 0 of 1 completions are done",
            ),
            (
                json!({}),
                condition("Failed", "True", "BackoffLimitExceeded", limit),
                "failed: BackoffLimitExceeded: Job has reached the specified backoff limit",
            ),
            (
                json!({}),
                condition(
                    "FailureTarget",
                    "True",
                    "DeadlineExceeded",
                    "Job was active longer than specified deadline",
                ),
                "failed: DeadlineExceeded: Job was active longer than specified deadline",
            ),
            (json!({}), json!({}), "progressing: it has not started"),
            (
                json!({"suspend": true}),
                condition("Suspended", "True", "JobSuspended", "Job suspended"),
                "progressing: it is suspended (`spec.suspend`)",
            ),
            (
                json!({"completions": 3}),
                json!({"startTime": "2026-01-01T00:00:00Z", "active": 1, "succeeded": 2}),
                "progressing: 2 of 3 completions are done",
            ),
            (
                json!({"completions": 3}),
                json!({"startTime": "2026-01-01T00:00:00Z", "failed": 4}),
                "progressing: 0 of 3 completions are done; 4 pods failed",
            ),
        ],
    );
}

#[test]
fn pods() {
    let waits = |reason: &str, message: &str| json!({"phase": "Pending", "containerStatuses": [{"name": "web", "state": {"waiting": {"reason": reason, "message": message}}}]});
    check(
        "v1",
        "Pod",
        &[
            (
                json!({}),
                json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}),
                "ready",
            ),
            (json!({}), json!({"phase": "Succeeded"}), "ready"),
            (
                json!({}),
                json!({}),
                "progressing: nothing is known of it yet",
            ),
            (
                json!({}),
                json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}]}),
                "progressing: it is Running",
            ),
            (
                json!({}),
                waits("ContainerCreating", ""),
                "progressing: it is Pending",
            ),
            (
                json!({}),
                waits("ImagePullBackOff", "Back-off pulling image \"web:v9\""),
                "progressing: container `web` waits: ImagePullBackOff: Back-off pulling image \"web:v9\"",
            ),
            (
                json!({}),
                waits(
                    "CrashLoopBackOff",
                    "back-off 10s restarting failed container",
                ),
                "progressing: container `web` waits: CrashLoopBackOff: back-off 10s restarting failed container",
            ),
            (
                json!({}),
                json!({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes are available: 3 Insufficient cpu."}]}),
                "progressing: Unschedulable: 0/3 nodes are available: 3 Insufficient cpu.",
            ),
            (
                json!({}),
                json!({"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory."}),
                "failed: Evicted: The node was low on resource: memory.",
            ),
            (
                json!({}),
                json!({"phase": "Failed", "containerStatuses": [
                    {"name": "side", "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}},
                    {"name": "web", "state": {"terminated": {"exitCode": 3, "reason": "Error", "message": "no such table\n"}}},
                ]}),
                "failed: container `web` ended with 3: Error: no such table",
            ),
            (
                json!({}),
                json!({"phase": "Failed"}),
                "failed: its controller does not say why",
            ),
        ],
    );
}

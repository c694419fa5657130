//! Jobs: what a server makes of them, what it insists on, and the controller that runs them.

mod conditions;
mod controller;
mod failure_policy;
mod new_pod;
mod pods;
mod rules;
mod track;

use serde_json::{Value, json};

use super::field;
use crate::pointer::At;

pub(super) use self::conditions::{is_finished, is_true};
pub(super) use self::rules::{rules_of_change, rules_of_new};

/// The finalizer by which the controller counts each pod once.
pub(super) const TRACKING: &str = "batch.kubernetes.io/job-tracking";
/// The labels by which a Job's pods are found.
pub(super) const UID_LABEL: &str = "batch.kubernetes.io/controller-uid";
const NAME_LABEL: &str = "batch.kubernetes.io/job-name";

/// What a server adds to a new Job.
pub(super) fn fill_in(job: &mut Value, uid: &str) {
    let name = field::text(job, "/metadata/name").to_owned();
    for (key, value) in [
        (UID_LABEL, uid),
        (NAME_LABEL, name.as_str()),
        ("controller-uid", uid),
        ("job-name", name.as_str()),
    ] {
        field::set(job, &["spec", "template", "metadata", "labels", key], value);
    }
    let labels = job.at("/spec/template/metadata/labels").cloned();
    field::default(job, &["metadata", "labels"], labels.unwrap_or_default());
    field::set(
        job,
        &["spec", "selector"],
        json!({"matchLabels": {UID_LABEL: uid}}),
    );
    let has_policy = field::has(job, "/spec/podFailurePolicy");
    let replacement = if has_policy {
        "Failed"
    } else {
        "TerminatingOrFailed"
    };
    let defaults: [(&str, Value); 7] = [
        ("parallelism", 1.into()),
        ("completions", 1.into()),
        ("backoffLimit", 6.into()),
        ("manualSelector", false.into()),
        ("completionMode", "NonIndexed".into()),
        ("suspend", false.into()),
        ("podReplacementPolicy", replacement.into()),
    ];
    for (key, value) in defaults {
        field::default(job, &["spec", key], value);
    }
    let pod = ["spec", "template", "spec"];
    for (key, value) in [
        ("terminationGracePeriodSeconds", Value::from(30)),
        ("dnsPolicy", "ClusterFirst".into()),
        ("schedulerName", "default-scheduler".into()),
    ] {
        field::default(job, &[pod[0], pod[1], pod[2], key], value);
    }
    field::set(job, &["status"], json!({}));
}

/// Whether no pod may run.
pub(super) fn is_suspended(job: &Value) -> bool {
    job.at("/spec/suspend") == Some(&true.into())
}

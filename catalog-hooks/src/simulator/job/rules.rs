//! What a server insists on in Jobs and their changes.

use serde_json::Value;

use super::is_suspended;
use crate::pointer::At;
use crate::simulator::field;
use crate::simulator::refusal::{Wrong, immutable};

/// Fields of a Job's spec that never change.
const FIXED: [&str; 7] = [
    "selector",
    "completions",
    "completionMode",
    "podFailurePolicy",
    "backoffLimitPerIndex",
    "managedBy",
    "successPolicy",
];

/// What a suspended Job that never started may change of its template.
const SCHEDULING: [&[&str]; 6] = [
    &["metadata", "annotations"],
    &["metadata", "labels"],
    &["spec", "affinity"],
    &["spec", "nodeSelector"],
    &["spec", "schedulingGates"],
    &["spec", "tolerations"],
];

/// What is wrong with a new Job.
pub(in crate::simulator) fn rules_of_new(job: &Value) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let policy = field::text(job, "/spec/template/spec/restartPolicy");
    if !matches!(policy, "Never" | "OnFailure") {
        let message = if policy.is_empty() {
            "Required value: valid values: \"OnFailure\", \"Never\"".to_owned()
        } else {
            format!("Unsupported value: \"{policy}\": supported values: \"OnFailure\", \"Never\"")
        };
        wrong.push((
            "FieldValueRequired",
            "spec.template.spec.restartPolicy".to_owned(),
            message,
        ));
    }
    if field::list(job, "/spec/template/spec/containers").is_empty() {
        wrong.push((
            "FieldValueRequired",
            "spec.template.spec.containers".to_owned(),
            "Required value".to_owned(),
        ));
    }
    let name = field::text(job, "/metadata/name");
    if name.len() > 63 {
        let message = format!("Invalid value: \"{name}\": must be no more than 63 bytes");
        wrong.push((
            "FieldValueInvalid",
            "spec.template.labels".to_owned(),
            message,
        ));
    }
    wrong
}

/// What is wrong with a change of a Job's spec.
pub(in crate::simulator) fn rules_of_change(before: &Value, after: &Value) -> Vec<Wrong> {
    let mut wrong = rules_of_new(after);
    for key in FIXED {
        let pointer = format!("/spec/{key}");
        let (old, new) = (before.at(&pointer), after.at(&pointer));
        if old != new {
            let new = new.cloned().unwrap_or_default();
            wrong.push(immutable(&format!("spec.{key}"), &new));
        }
    }
    let pods = "/spec/template";
    let may_differ = before.at(pods) != after.at(pods);
    if may_differ && template(before, before) != template(after, before) {
        let new = after.at("/spec/template").cloned().unwrap_or_default();
        wrong.push(immutable("spec.template", &new));
    }
    wrong
}

/// The part of a Job's template that may not change, `before` being how the Job is.
fn template(job: &Value, before: &Value) -> Value {
    let mut template = job.at("/spec/template").cloned().unwrap_or_default();
    if is_suspended(before) && !field::has(before, "/status/startTime") {
        for path in SCHEDULING {
            field::remove(&mut template, path);
        }
        let containers = template.pointer_mut("/spec/containers");
        for container in containers
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            field::remove(container, &["resources"]);
        }
    }
    template
}

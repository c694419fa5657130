//! The conditions of a Job.

use serde_json::{Value, json};

use crate::simulator::{field, rfc3339};
use crate::time::Timestamp;

/// Whether a condition is true.
pub(in crate::simulator) fn is_true(job: &Value, kind: &str) -> bool {
    condition(job, kind).is_some_and(|found| field::text(found, "/status") == "True")
}

/// Whether the controller has done with the Job.
pub(in crate::simulator) fn is_finished(job: &Value) -> bool {
    is_true(job, "Complete") || is_true(job, "Failed")
}

/// When it ended.
pub(super) fn finished_at(job: &Value) -> Option<Timestamp> {
    let ended = ["Complete", "Failed"]
        .into_iter()
        .filter(|kind| is_true(job, kind))
        .find_map(|kind| condition(job, kind))?;
    rfc3339::read(field::text(ended, "/lastTransitionTime"))
}

pub(super) fn condition<'j>(job: &'j Value, kind: &str) -> Option<&'j Value> {
    let conditions = field::list(job, "/status/conditions");
    conditions
        .iter()
        .find(|one| field::text(one, "/type") == kind)
}

/// Adds a condition, or changes it where its status is another; whether that changed anything. One that would be new and false is not
/// added.
pub(super) fn ensure(
    job: &mut Value,
    kind: &str,
    is: bool,
    (reason, message): (&str, &str),
    now: Timestamp,
) -> bool {
    let status = if is { "True" } else { "False" };
    let there = condition(job, kind).map(|found| field::text(found, "/status") == status);
    if there == Some(true) || (there.is_none() && !is) {
        return false;
    }
    let time = rfc3339::write(now);
    let new = json!({
        "type": kind, "status": status, "reason": reason, "message": message,
        "lastProbeTime": time, "lastTransitionTime": time,
    });
    let list = field::map(job, &["status"])
        .entry("conditions")
        .or_insert_with(|| json!([]));
    if let Some(items) = list.as_array_mut() {
        items.retain(|one| field::text(one, "/type") != kind);
        items.push(new);
    }
    true
}

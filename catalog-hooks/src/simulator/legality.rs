//! Which steps of a Job's status a real server lets through: `ValidateJobStatusUpdate` of Kubernetes 1.36 with the options that it has for a Job
//! whose status changes.

use serde_json::Value;

use super::job::{is_finished, is_true};
use super::{field, rfc3339};
use crate::pointer::At;

/// Why a server would refuse the step from one state of a Job to the next; empty: it lets it through. Both are whole Jobs.
///
/// Cost: looks at each condition a few times.
#[must_use]
pub fn violations(before: &Value, after: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let name = field::text(after, "/metadata/name");
    let mut say = |what: String| found.push(format!("Job `{name}`: {what}"));
    conditions(before, after, &mut say);
    if is_finished(after) {
        finished(after, &mut say);
    }
    times(before, after, &mut say);
    counters(before, after, &mut say);
    found
}

fn conditions(before: &Value, after: &Value, say: &mut dyn FnMut(String)) {
    for kind in ["Failed", "Complete", "FailureTarget", "SuccessCriteriaMet"] {
        if is_true(before, kind) && !is_true(after, kind) {
            say(format!("cannot disable the terminal {kind}=True condition"));
        }
    }
    for (one, other) in [
        ("Complete", "Failed"),
        ("Complete", "FailureTarget"),
        ("SuccessCriteriaMet", "Failed"),
        ("SuccessCriteriaMet", "FailureTarget"),
    ] {
        if is_true(after, one) && is_true(after, other) {
            say(format!("cannot set {one}=True and {other}=True conditions"));
        }
    }
    for (end, sign) in [
        ("Failed", "FailureTarget"),
        ("Complete", "SuccessCriteriaMet"),
    ] {
        if is_true(after, end) && !is_true(after, sign) {
            say(format!(
                "cannot set {end}=True condition without the {sign}=true condition"
            ));
        }
    }
    if is_true(before, "Complete") && !is_true(before, "SuccessCriteriaMet") {
        say("cannot set SuccessCriteriaMet=True for a Job that is Complete already".to_owned());
    }
}

fn finished(job: &Value, say: &mut dyn FnMut(String)) {
    for count in ["active", "ready", "terminating"] {
        if field::count(job, &format!("/status/{count}")) > 0 {
            say(format!("{count}>0 is invalid for finished job"));
        }
    }
    if !field::has(job, "/status/startTime") {
        say("startTime is required for finished job".to_owned());
    }
    let uncounted = ["succeeded", "failed"]
        .map(|key| field::list(job, &format!("/status/uncountedTerminatedPods/{key}")).len());
    if uncounted.iter().sum::<usize>() > 0 {
        say("uncountedTerminatedPods must be empty for finished job".to_owned());
    }
}

fn times(before: &Value, after: &Value, say: &mut dyn FnMut(String)) {
    let time = |job: &Value, key: &str| rfc3339::read(field::text(job, &format!("/status/{key}")));
    let completion = time(after, "completionTime");
    match (completion, is_true(after, "Complete")) {
        (Some(_), false) => {
            say("cannot set completionTime when there is no Complete=True condition".to_owned());
        }
        (None, true) => say("completionTime is required for Complete jobs".to_owned()),
        _ => {}
    }
    if completion.is_some_and(|end| time(after, "startTime").is_some_and(|start| end < start)) {
        say("completionTime must be equal to or after `startTime`".to_owned());
    }
    let had = time(before, "completionTime");
    if had.is_some() && completion.is_some() && had != completion {
        say("completionTime is immutable".to_owned());
    }
    let started = time(before, "startTime");
    let is_suspended = after.at("/spec/suspend") == Some(&true.into());
    let is_resuming = is_true(before, "Suspended") && !is_true(after, "Suspended");
    let is_fixed = started.is_some() && !is_suspended && !is_resuming;
    if is_fixed && started != time(after, "startTime") {
        say("startTime is immutable for unsuspended job once set".to_owned());
    }
}

fn counters(before: &Value, after: &Value, say: &mut dyn FnMut(String)) {
    for counter in ["succeeded", "failed"] {
        let pointer = format!("/status/{counter}");
        if field::count(after, &pointer) < field::count(before, &pointer) {
            say(format!("cannot decrease the {counter} counter"));
        }
    }
    if field::count(after, "/status/ready") > field::count(after, "/status/active") {
        say("cannot set more ready pods than active".to_owned());
    }
}

//! Pods of their own.

use super::observed::{Observed, failed, progressing, words};
use crate::effect::ModuleStatus;

pub(super) fn pod(object: Observed<'_>) -> ModuleStatus {
    match object.text("/status/phase") {
        "Succeeded" => ModuleStatus::Ready,
        "Failed" => failed(failure(object)),
        "Running" if object.holding("Ready").is_some() => ModuleStatus::Ready,
        "" => progressing("nothing is known of it yet"),
        phase => progressing(trouble(object).unwrap_or_else(|| format!("it is {phase}"))),
    }
}

/// The pod's own words, such as those of an eviction; else those of the first container that failed.
fn failure(object: Observed<'_>) -> String {
    let (reason, message) = (
        object.text("/status/reason"),
        object.text("/status/message"),
    );
    if !reason.is_empty() || !message.is_empty() {
        return words(reason, message);
    }
    let ends = containers(object).filter(|one| one.count("/state/terminated/exitCode") != 0);
    let mut told = ends.map(|one| {
        let (name, code) = (one.text("/name"), one.count("/state/terminated/exitCode"));
        let reason = one.text("/state/terminated/reason");
        let said = words(reason, one.text("/state/terminated/message"));
        format!("container `{name}` ended with {code}: {said}")
    });
    told.next().unwrap_or_else(|| words("", ""))
}

/// What keeps it from running, as far as anybody says.
fn trouble(object: Observed<'_>) -> Option<String> {
    if let Some(unscheduled) = object.refused("PodScheduled") {
        return Some(unscheduled.words());
    }
    // Starting up is how every container begins.
    let usual = ["", "ContainerCreating", "PodInitializing"];
    let reason = |one: &Observed<'_>| !usual.contains(&one.text("/state/waiting/reason"));
    let waiting = containers(object).find(reason)?;
    let (name, reason) = (waiting.text("/name"), waiting.text("/state/waiting/reason"));
    let said = words(reason, waiting.text("/state/waiting/message"));
    Some(format!("container `{name}` waits: {said}"))
}

fn containers(object: Observed<'_>) -> impl Iterator<Item = Observed<'_>> {
    let init = object.items("/status/initContainerStatuses");
    init.chain(object.items("/status/containerStatuses"))
}

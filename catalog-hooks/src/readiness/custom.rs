//! Kinds that this crate knows nothing of: their controllers say how they are, as far as they keep to Kubernetes' conventions.

use super::observed::{Condition, Observed, failed, progressing};
use crate::effect::ModuleStatus;

/// A kind of which nothing shows that it has a controller, such as a `ConfigMap` or a `ServiceMonitor`, is ready when it is there.
pub(super) fn resource(object: Observed<'_>) -> ModuleStatus {
    told(object).unwrap_or(ModuleStatus::Ready)
}

/// What the conditions say; `None`: nothing.
pub(super) fn told(object: Observed<'_>) -> Option<ModuleStatus> {
    if let Some(stalled) = object.holding("Stalled") {
        return Some(failed(why(object, stalled)));
    }
    if let Some(reconciling) = object.holding("Reconciling") {
        return Some(progressing(reconciling.words()));
    }
    if is_said_of_another_generation(object) {
        return Some(progressing("its controller has not seen the change yet"));
    }
    let ready = object.condition("Ready")?;
    Some(if ready.is("True") {
        ModuleStatus::Ready
    } else {
        progressing(ready.words())
    })
}

/// That it gave up, and, where `Ready` says more than that, what it gave up on.
fn why(object: Observed<'_>, stalled: Condition<'_>) -> String {
    let words = stalled.words();
    let ready = object.refused("Ready").map(Condition::words);
    match ready.filter(|ready| *ready != words && object.says_why("Ready")) {
        Some(ready) => format!("{words}; {ready}"),
        None => words,
    }
}

/// There is a condition `Ready`, and it does not count any more.
fn is_said_of_another_generation(object: Observed<'_>) -> bool {
    let mut conditions = object.items("/status/conditions");
    let there = conditions.any(|condition| condition.text("/type") == "Ready");
    there && object.condition("Ready").is_none()
}

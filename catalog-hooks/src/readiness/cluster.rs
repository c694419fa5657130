//! Namespaces, disruption budgets, and what is being deleted.

use super::observed::{Condition, Observed, progressing};
use crate::effect::ModuleStatus;

pub(super) fn namespace(object: Observed<'_>) -> ModuleStatus {
    match object.text("/status/phase") {
        "Terminating" => going(object),
        _ => ModuleStatus::Ready,
    }
}

pub(super) fn disruption_budget(object: Observed<'_>) -> ModuleStatus {
    if object.is_unseen() {
        return progressing("its controller has not looked at it yet");
    }
    let failure = object.refused("DisruptionAllowed");
    match failure.filter(|failure| failure.reason() == "SyncFailed") {
        Some(failure) => progressing(failure.words()),
        None => ModuleStatus::Ready,
    }
}

/// Conditions by which a namespace says what it still holds.
const REMAINING: [&str; 5] = [
    "NamespaceDeletionDiscoveryFailure",
    "NamespaceDeletionGroupVersionParsingFailure",
    "NamespaceDeletionContentFailure",
    "NamespaceFinalizersRemaining",
    "NamespaceContentRemaining",
];

/// An object that is deleted and still there, with what holds it.
pub(super) fn going(object: Observed<'_>) -> ModuleStatus {
    let remaining = REMAINING.iter().filter_map(|name| object.holding(name));
    let remaining: Vec<String> = remaining.map(Condition::words).collect();
    if !remaining.is_empty() {
        return progressing(format!("it is being deleted; {}", remaining.join("; ")));
    }
    let finalizers = object.items("/metadata/finalizers");
    let finalizers: Vec<String> = finalizers
        .map(|one| format!("`{}`", one.text("")))
        .collect();
    progressing(match finalizers.as_slice() {
        [] => "it is being deleted".to_owned(),
        holders => format!("it is being deleted; held by {}", holders.join(", ")),
    })
}

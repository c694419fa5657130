//! What is somebody else's stays as it is, and no data goes unasked.

use serde_json::Value;

use super::FOREIGN;
use crate::plan::PinnedPlan;
use crate::pointer::At;
use crate::simulator::field;
use crate::simulator::trace::{Event, Happening};

/// Kinds whose objects hold data.
const DATA: [&str; 3] = [
    "CustomResourceDefinition",
    "Namespace",
    "PersistentVolumeClaim",
];

/// What an event does that it must not.
pub(super) fn check(plan: &PinnedPlan, event: &Event) -> Vec<String> {
    let mut found = Vec::new();
    let Happening::Changed {
        object,
        before: Some(before),
        after,
    } = &event.what
    else {
        return found;
    };
    if !event.who.starts_with("runner") {
        return found;
    }
    let labels = before.at("/metadata/labels");
    if labels.is_some_and(|labels| labels.get(FOREIGN).is_some()) {
        found.push(format!("foreign objects are never changed: {object}"));
    }
    let goes = match after {
        None => true,
        Some(after) => is_marked(after) && !is_marked(before),
    };
    let is_asked = || {
        plan.operations().iter().any(|one| {
            let options = one.options();
            options.delete_data || options.delete_namespace
        })
    };
    if goes && DATA.contains(&object.kind()) && !is_asked() {
        found.push(format!("no data goes unasked: {object}"));
    }
    found
}

fn is_marked(object: &Value) -> bool {
    field::has(object, "/metadata/deletionTimestamp")
}

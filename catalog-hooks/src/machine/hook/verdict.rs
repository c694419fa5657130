//! What pods say of how their Job ended.

use serde_json::Value;

use super::pods::{is_live, phase};
use crate::pointer::At;

/// What pods say of how their Job ended.
pub(super) enum OfPods {
    /// There is none.
    None,
    /// One still lives.
    Live,
    /// One succeeded.
    Succeeded,
    /// They failed; with what the last says of it.
    Failed(String),
}

/// One that succeeded counts before one that lives, and that before those that failed.
pub(super) fn of_pods(pods: &[Value]) -> OfPods {
    if pods.iter().any(|pod| phase(pod) == "Succeeded") {
        return OfPods::Succeeded;
    }
    if pods.iter().any(is_live) {
        return OfPods::Live;
    }
    pods.last()
        .map_or(OfPods::None, |pod| OfPods::Failed(why_failed(pod)))
}

/// The exit code and the last words of the container that failed.
fn why_failed(pod: &Value) -> String {
    let statuses = pod
        .at("/status/containerStatuses")
        .and_then(Value::as_array);
    let mut ended = statuses
        .into_iter()
        .flatten()
        .filter_map(|one| one.at("/state/terminated"));
    let bad = ended.rfind(|one| one.get("exitCode").is_some_and(|code| code != 0));
    let Some(bad) = bad else {
        let message = pod.at("/status/message").and_then(Value::as_str);
        return message.unwrap_or("its pod failed").to_owned();
    };
    let code = bad
        .get("exitCode")
        .and_then(Value::as_i64)
        .unwrap_or_default();
    let message = bad
        .get("message")
        .and_then(Value::as_str)
        .unwrap_or_default();
    match message.trim() {
        "" => format!("its container ended with {code}"),
        words => format!("its container ended with {code}: {words}"),
    }
}

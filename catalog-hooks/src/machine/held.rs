//! What keeps from going what was deleted.

use serde_json::Value;

use super::custom_resources::objects_of;
use super::hook::JobView;
use super::operation_desk::OperationDesk;
use crate::api::ObjectRef;

/// How many objects are named that hold their definition.
const NAMED: usize = 5;

/// What keeps an object that is deleted: what its controllers say, or its finalizers.
pub(super) fn held_by(object: &Value) -> String {
    let text = |one: &Value, key| one.get(key).and_then(Value::as_str).map(str::to_owned);
    let conditions = object
        .pointer("/status/conditions")
        .and_then(Value::as_array);
    let said: Vec<String> = conditions
        .into_iter()
        .flatten()
        .filter(|one| text(one, "status").as_deref() == Some("True"))
        .filter(|one| {
            text(one, "type")
                .is_some_and(|kind| kind.starts_with("Namespace") || kind == "Terminating")
        })
        .filter_map(|one| text(one, "message"))
        .collect();
    match (said.as_slice(), finalizers(object).as_str()) {
        ([], "") => "it is on its way out".to_owned(),
        ([], held) => {
            format!("its finalizers {held} hold it: whoever set them must take them off")
        }
        (said, _) => said.join("; "),
    }
}

/// The objects of a definition that hold it, each with its finalizers: the server does not say which they are. Empty if there are none.
///
/// Whoever may not list them is told the rest.
pub(super) async fn held_objects(cx: &OperationDesk, definition: &ObjectRef) -> String {
    if definition.kind() != "CustomResourceDefinition" {
        return String::new();
    }
    let objects = objects_of(cx, definition).await.ok().flatten();
    let objects = objects.unwrap_or_default();
    let held: Vec<String> = objects
        .iter()
        .filter_map(|object| {
            let finalizers = Some(finalizers(object)).filter(|held| !held.is_empty())?;
            Some(format!("{} ({finalizers})", ObjectRef::of(object)?))
        })
        .collect();
    let named: Vec<&str> = held.iter().take(NAMED).map(String::as_str).collect();
    let more = match held.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    match named.is_empty() {
        true => String::new(),
        false => format!(
            "; finalizers hold {}{more}: whoever set them must take them off",
            named.join(", ")
        ),
    }
}

fn finalizers(object: &Value) -> String {
    let finalizers: Vec<&str> = JobView(object).finalizers().collect();
    finalizers.join(", ")
}

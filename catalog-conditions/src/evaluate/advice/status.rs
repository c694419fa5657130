//! What `status.conditions` says.

use serde_json::Value;

use super::shown::{listed, nearest};
use crate::condition::{StatusCondition, Test};
use crate::show;

/// What an operator found that looks at the whole object.
pub(in crate::evaluate) fn whole(test: &Test, object: &Value, secret: bool) -> String {
    match test {
        Test::Condition(condition) if !secret => condition_as_it_is(condition, object),
        _ => "present".to_owned(),
    }
}

fn condition_as_it_is(wanted: &StatusCondition, object: &Value) -> String {
    let conditions = object
        .pointer("/status/conditions")
        .and_then(Value::as_array);
    let Some(conditions) = conditions else {
        return "the object has no `status.conditions`".to_owned();
    };
    let text = |condition: &Value, key: &str| {
        let text = condition.get(key).and_then(Value::as_str);
        text.map(show::plain)
    };
    let of_type = |condition: &&Value| {
        condition.get("type").and_then(Value::as_str) == Some(wanted.kind.as_str())
    };
    let mut found = conditions.iter().filter(of_type);
    match (found.next(), found.next()) {
        (None, _) => format!("no condition {}", show::plain(&wanted.kind)),
        (Some(_), Some(_)) => format!("several conditions {}", show::plain(&wanted.kind)),
        (Some(condition), None) => {
            let status = text(condition, "status").unwrap_or("nothing".to_owned());
            match text(condition, "reason").filter(|reason| !reason.is_empty()) {
                Some(reason) => format!("{status}, with reason {reason}"),
                None => status,
            }
        }
    }
}

/// The conditions that an object has, where the one asked for is not among them.
pub(super) fn no_condition(wanted: &StatusCondition, object: &Value) -> Option<String> {
    let conditions = object
        .pointer("/status/conditions")
        .and_then(Value::as_array)?;
    let types: Vec<&str> = conditions
        .iter()
        .filter_map(|condition| condition.get("type").and_then(Value::as_str))
        .collect();
    if types.contains(&wanted.kind.as_str()) {
        return Some(
            "its controller does not know, or not yet: wait, or ask for Unknown".to_owned(),
        );
    }
    Some(match nearest(&wanted.kind, types.iter().copied()) {
        Some(near) => format!("did you mean `{}`?", show::plain(near)),
        None if types.is_empty() => "the object has no conditions yet".to_owned(),
        None => format!(
            "the object has the conditions {}",
            listed(types.into_iter())
        ),
    })
}

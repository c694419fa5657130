//! How far a path led, and what lies beside it.

use serde_json::Value;

use super::advice::{self, listed, shown_place, value_at};
use crate::path::{Finding, Place};
use crate::show;

/// The deepest prefix of the path that exists, what stands there and what it has; for a path with several ways, for the first ones.
pub(super) fn reached(object: &Value, finding: &Finding<'_>, secret: bool) -> Vec<String> {
    if secret {
        // The keys of a Secret are read from it too.
        return vec![format!("reached  {}", advice::actual(finding, true))];
    }
    match finding {
        Finding::Found(value) => vec![format!("reached  the field: {}", contents(value))],
        Finding::Null => vec!["reached  the field: null".to_owned()],
        Finding::Absent(place) | Finding::Ambiguous(place) => vec![prefix(object, place)],
        Finding::Mismatch(mismatch) => vec![prefix(object, &mismatch.place)],
        Finding::Many(members) => members
            .iter()
            .take(advice::LISTED)
            .map(|member| match member.found() {
                Finding::Absent(place) => prefix(object, &place),
                found => format!(
                    "reached  {}: {}",
                    shown_place(&member.place()),
                    advice::actual(&found, false)
                ),
            })
            .collect(),
    }
}

fn prefix(object: &Value, place: &Place<'_>) -> String {
    let here = if place.is_root() {
        "the object".to_owned()
    } else {
        shown_place(place)
    };
    match value_at(object, place) {
        Some(value) => format!("reached  {here}: {}", contents(value)),
        None => format!("reached  {here}"),
    }
}

/// What a value has: the keys of a map, the number of elements of a list; else the value.
fn contents(value: &Value) -> String {
    match value {
        Value::Object(map) if map.is_empty() => "an empty map".to_owned(),
        Value::Object(map) => format!("has {}", listed(map.keys().map(String::as_str))),
        Value::Array(items) => match items.len() {
            0 => "an empty list".to_owned(),
            1 => "a list of 1 element".to_owned(),
            count => format!("a list of {count} elements"),
        },
        other => show::value(other),
    }
}

//! How far a path led, and what lies beside it.

use serde_json::Value;

use super::advice::{self, listed, shown_place, value_at};
use super::ask;
use crate::condition::{Field, Leaf, ObjectTarget, Question};
use crate::path::{FieldPath, Finding, Place, Segment};
use crate::show;

/// How far the paths of a question led in one object: that of the target, and those of its facts.
pub(super) fn question(
    leaf: &Leaf,
    target: &ObjectTarget,
    object: &Value,
    finding: &Finding<'_>,
) -> Vec<String> {
    let secret = target.is_secret();
    let mut lines = match &target.field {
        Some(field) => reached(field, object, finding, secret),
        None => Vec::new(),
    };
    if let (Question::Satisfies(facts), Finding::Found(value)) = (&leaf.question, finding) {
        let facts = facts.leaves().filter_map(|fact| {
            let field = fact.field.as_ref()?;
            let found = ask::found(fact, value).ok()?;
            Some(reached(field, value, &found, secret))
        });
        lines.extend(facts.flatten().take(advice::LISTED));
    }
    lines
}

/// The deepest prefix of the path that exists, what stands there and what it has; for a path with several ways, for the first ones.
fn reached(field: &Field, object: &Value, finding: &Finding<'_>, secret: bool) -> Vec<String> {
    if secret {
        // The keys of a Secret are read from it too.
        return vec![format!("reached  {}", advice::actual(finding, true))];
    }
    match finding {
        Finding::Found(_) | Finding::Null => vec![whole(field, object)],
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

/// A path that led to its end, and what lies beside that.
fn whole(field: &Field, object: &Value) -> String {
    let reached = format!("reached  {}", show::plain(&field.to_string()));
    let Some((last, above)) = field
        .as_path()
        .and_then(|path| path.segments().split_last())
    else {
        return reached;
    };
    let parent = FieldPath::of(above.iter().cloned());
    let beside: Vec<&str> = match (parent.find(object), last) {
        (Finding::Found(Value::Object(map)), Segment::Key(key)) => {
            let keys = map.keys().map(String::as_str);
            keys.filter(|other| other != key).collect()
        }
        _ => Vec::new(),
    };
    match beside.is_empty() {
        true => format!("{reached}: nothing is beside it"),
        false => format!("{reached}: beside it {}", listed(beside.into_iter())),
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

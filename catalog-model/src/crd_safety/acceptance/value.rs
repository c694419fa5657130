//! Whether a value is as a schema says.

use std::collections::HashSet;

use catalog_conditions::regex::Regex;
use serde_json::Value;

use super::super::comparison::DEEPEST;
use super::super::schema::Keywords;
use super::{list, map, said, text};

/// Why a value is not as a schema says; nothing too where that is not decided here: of formats, rules in CEL, and patterns that only Go
/// reads.
pub(super) fn fault(value: &Value, schema: &Keywords) -> Option<String> {
    fault_at(value, schema, 0)
}

fn fault_at(value: &Value, schema: &Keywords, depth: usize) -> Option<String> {
    if depth > DEEPEST {
        return None;
    }
    let is = |keyword: &str| schema.get(keyword) == Some(&Value::Bool(true));
    if value.is_null() {
        let may_be =
            is("nullable") || text(schema, "type").is_none() && !is("x-kubernetes-int-or-string");
        return (!may_be).then(|| "it is null".to_owned());
    }
    kind(value, schema)
        .or_else(|| enumeration(value, schema))
        .or_else(|| match value {
            Value::String(text) => of_text(text, schema),
            Value::Number(number) => of_number(number.as_f64()?, schema),
            Value::Array(items) => of_list(items, schema, depth),
            Value::Object(fields) => of_map(fields, schema, depth),
            Value::Null | Value::Bool(_) => None,
        })
        .or_else(|| combination(value, schema, depth))
}

fn kind(value: &Value, schema: &Keywords) -> Option<String> {
    let either = schema.get("x-kubernetes-int-or-string") == Some(&Value::Bool(true));
    let wanted = match text(schema, "type") {
        _ if either => "int-or-string",
        Some(kind) => kind,
        None => return None,
    };
    let is_whole = || value.as_f64().is_some_and(|float| float.fract() == 0.0);
    let is_right = match (value, wanted) {
        (Value::String(_), "string" | "int-or-string")
        | (Value::Number(_), "number")
        | (Value::Bool(_), "boolean")
        | (Value::Array(_), "array")
        | (Value::Object(_), "object") => true,
        (Value::Number(_), "integer" | "int-or-string") => is_whole(),
        _ => false,
    };
    (!is_right).then(|| format!("`{}` is not of the type `{wanted}`", brief(value)))
}

fn enumeration(value: &Value, schema: &Keywords) -> Option<String> {
    let allowed = list(schema, "enum");
    let is_same = |one: &Value| match (one.as_f64(), value.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() < f64::EPSILON,
        _ => one == value,
    };
    let is_none = !allowed.is_empty() && !allowed.iter().any(is_same);
    is_none.then(|| format!("`{}` is not in its `enum`", brief(value)))
}

fn of_text(value: &str, schema: &Keywords) -> Option<String> {
    let length = value.chars().count();
    if let Some(why) = size(length, schema, "Length") {
        return Some(why);
    }
    let pattern = text(schema, "pattern")?;
    let matches = Regex::new(pattern).ok()?.is_match(value);
    (!matches).then(|| format!("`{value}` does not match `{pattern}`"))
}

fn of_number(value: f64, schema: &Keywords) -> Option<String> {
    let number = |keyword: &str| said(schema, keyword).and_then(Value::as_f64);
    let excludes = |keyword: &str| schema.get(keyword) == Some(&Value::Bool(true));
    let is_beyond = |bound: f64, is_outside: bool, exclusive: &str| {
        is_outside || excludes(exclusive) && (value - bound).abs() < f64::EPSILON
    };
    if let Some(bound) = number("minimum")
        && is_beyond(bound, value < bound, "exclusiveMinimum")
    {
        return Some(format!("`{value}` is below its `minimum`"));
    }
    if let Some(bound) = number("maximum")
        && is_beyond(bound, value > bound, "exclusiveMaximum")
    {
        return Some(format!("`{value}` is above its `maximum`"));
    }
    let step = number("multipleOf").filter(|step| *step > 0.0)?;
    let times = value / step;
    let is_multiple = (times - times.round()).abs() < 1e-9;
    (!is_multiple).then(|| format!("`{value}` is no multiple of `{step}`"))
}

fn of_list(items: &[Value], schema: &Keywords, depth: usize) -> Option<String> {
    if let Some(why) = size(items.len(), schema, "Items") {
        return Some(why);
    }
    if let Some(below) = map(schema, "items") {
        let wrong = items
            .iter()
            .find_map(|item| fault_at(item, below, depth + 1));
        if wrong.is_some() {
            return wrong;
        }
    }
    repeated(items, schema)
}

/// Items of a set, or of a list with keys, that are the same.
fn repeated(items: &[Value], schema: &Keywords) -> Option<String> {
    let mut seen = HashSet::new();
    let keys: Vec<&str> = list(schema, "x-kubernetes-list-map-keys")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let identity = |item: &Value| match text(schema, "x-kubernetes-list-type") {
        Some("set") => Some(item.to_string()),
        Some("map") => {
            let of_keys = keys.iter().map(|key| item.get(*key));
            let of_keys: Vec<String> = of_keys
                .map(|value| value.map_or_else(String::new, Value::to_string))
                .collect();
            Some(of_keys.join(","))
        }
        _ => None,
    };
    let mut items = items.iter();
    items
        .any(|item| identity(item).is_some_and(|identity| !seen.insert(identity)))
        .then(|| "an item is there twice".to_owned())
}

fn of_map(fields: &Keywords, schema: &Keywords, depth: usize) -> Option<String> {
    if let Some(why) = size(fields.len(), schema, "Properties") {
        return Some(why);
    }
    let required = list(schema, "required").iter().filter_map(Value::as_str);
    let mut missing = required.filter(|name| !fields.contains_key(*name));
    if let Some(name) = missing.next() {
        return Some(format!("`{name}` is missing"));
    }
    fields.iter().find_map(|(name, value)| {
        let property = map(schema, "properties").and_then(|properties| properties.get(name));
        let below = property.or_else(|| schema.get("additionalProperties"))?;
        fault_at(value, below.as_object()?, depth + 1)
    })
}

fn size(size: usize, schema: &Keywords, what: &str) -> Option<String> {
    let bound = |side: &str| said(schema, &format!("{side}{what}")).and_then(Value::as_u64);
    let size = size as u64;
    if bound("min").is_some_and(|least| size < least) {
        return Some(format!("it has {size}, less than its `min{what}`"));
    }
    bound("max")
        .is_some_and(|most| size > most)
        .then(|| format!("it has {size}, more than its `max{what}`"))
}

fn combination(value: &Value, schema: &Keywords, depth: usize) -> Option<String> {
    let passes = |one: &Value| {
        one.as_object()
            .is_none_or(|one| fault_at(value, one, depth + 1).is_none())
    };
    let passing = |keyword: &str| {
        let all = list(schema, keyword);
        (all.len(), all.iter().filter(|one| passes(one)).count())
    };
    let told = |keyword: &str| Some(format!("it is not as `{keyword}` says"));
    let (all, passed) = passing("allOf");
    if passed < all {
        return told("allOf");
    }
    if let (1.., 0) = passing("anyOf") {
        return told("anyOf");
    }
    // What is not decided passes, so that more than one is no proof.
    match passing("oneOf") {
        (1.., 0) => told("oneOf"),
        _ => None,
    }
}

fn brief(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

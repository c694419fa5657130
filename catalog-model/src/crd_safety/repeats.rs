//! Items that are there twice where each has to be another one.

use std::collections::HashSet;

use serde_json::Value;

use super::comparison::DEEPEST;
use super::schema::Keywords;

/// Whether a value has a set with an item twice, or a list with keys in which two items have the same. An item that lacks a key is told
/// apart from none.
pub(super) fn repeats(value: &Value, schema: &Keywords) -> bool {
    repeats_at(value, schema, 0)
}

fn repeats_at(value: &Value, schema: &Keywords, depth: usize) -> bool {
    if depth > DEEPEST {
        return false;
    }
    let below = |value: &Value, schema: &Value| {
        let schema = schema.as_object();
        schema.is_some_and(|schema| repeats_at(value, schema, depth + 1))
    };
    match value {
        Value::Array(items) => {
            let of_items = schema.get("items");
            are_repeated(items, schema)
                || of_items.is_some_and(|schema| items.iter().any(|item| below(item, schema)))
        }
        Value::Object(fields) => fields.iter().any(|(name, field)| {
            let property = schema.get("properties").and_then(|fields| fields.get(name));
            let schema = property.or_else(|| schema.get("additionalProperties"));
            schema.is_some_and(|schema| below(field, schema))
        }),
        _ => false,
    }
}

fn are_repeated(items: &[Value], schema: &Keywords) -> bool {
    let keys = schema.get("x-kubernetes-list-map-keys");
    let keys = keys.and_then(Value::as_array).into_iter().flatten();
    let keys: Vec<&str> = keys.filter_map(Value::as_str).collect();
    let kind = schema.get("x-kubernetes-list-type").and_then(Value::as_str);
    let identity = |item: &Value| match kind {
        Some("set") => Some(vec![item.to_string()]),
        Some("map") => keys
            .iter()
            .map(|key| Some(item.get(*key)?.to_string()))
            .collect(),
        _ => None,
    };
    let mut seen = HashSet::new();
    let mut identities = items.iter().filter_map(identity);
    identities.any(|identity| !seen.insert(identity))
}

//! Fragments of schemas that say how the keys of one map fit together.

use schemars::Schema;
use serde_json::{Map, Value, json};

/// Adds conditions that must all hold.
pub(super) fn require_all(schema: &mut Schema, rules: impl IntoIterator<Item = Value>) {
    let mut all: Vec<Value> = rules.into_iter().collect();
    if let Some(Value::Array(before)) = schema.remove("allOf") {
        all.splice(0..0, before);
    }
    schema.insert("allOf".to_owned(), all.into());
}

/// Says which keys must be there, and no others.
pub(super) fn require(schema: &mut Schema, keys: &[&str]) {
    schema.remove("required");
    if !keys.is_empty() {
        schema.insert("required".to_owned(), json!(keys));
    }
}

/// Where `condition` holds, `rule` must.
pub(super) fn when(condition: Value, rule: Value) -> Value {
    json!({ "if": condition, "then": rule })
}

/// The key is there, null or not.
pub(super) fn has(key: &str) -> Value {
    json!({ "required": [key] })
}

/// One of the keys is there.
pub(super) fn has_any(keys: &[&str]) -> Value {
    json!({ "anyOf": keys.iter().map(|key| has(key)).collect::<Vec<_>>() })
}

/// None of the keys is there.
pub(super) fn has_none(keys: &[&str]) -> Value {
    json!({ "not": has_any(keys) })
}

/// The key is there and not null.
pub(super) fn has_value(key: &str) -> Value {
    json!({ "required": [key], "properties": { key: { "not": { "type": "null" } } } })
}

/// One of the keys is there and not null.
pub(super) fn has_value_of(keys: &[&str]) -> Value {
    json!({ "anyOf": keys.iter().map(|key| has_value(key)).collect::<Vec<_>>() })
}

/// The key is there with one of the values.
pub(super) fn is_one_of(key: &str, values: &[&str]) -> Value {
    json!({ "required": [key], "properties": { key: { "enum": values } } })
}

/// Every key refused: editors say that it is not allowed here.
pub(super) fn without(keys: &[&str]) -> Value {
    let keys = keys
        .iter()
        .map(|key| ((*key).to_owned(), Value::Bool(false)));
    json!({ "properties": keys.collect::<Map<_, _>>() })
}

/// The values of the key are as the schema says.
pub(super) fn with(key: &str, schema: Value) -> Value {
    json!({ "properties": { key: schema } })
}

/// A key that may only be null, with what an editor says otherwise.
pub(super) fn only_null(key: &str, message: &str) -> Value {
    with(key, json!({ "type": "null", "errorMessage": message }))
}

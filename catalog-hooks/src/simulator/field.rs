//! Reaching into objects of the fake server, where what is not there counts as empty.

use serde_json::{Map, Value};

use crate::pointer::At;

const NOTHING: &[Value] = &[];

/// The text at a JSON pointer; empty if there is none.
pub(super) fn text<'v>(object: &'v Value, pointer: &str) -> &'v str {
    object
        .at(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The count at a JSON pointer; 0 if there is none.
pub(super) fn count(object: &Value, pointer: &str) -> u64 {
    object
        .at(pointer)
        .and_then(Value::as_u64)
        .unwrap_or_default()
}

/// The items of the list at a JSON pointer.
pub(super) fn list<'v>(object: &'v Value, pointer: &str) -> &'v [Value] {
    let found = object.at(pointer).and_then(Value::as_array);
    found.map_or(NOTHING, Vec::as_slice)
}

/// Whether something other than `null` stands at a JSON pointer.
pub(super) fn has(object: &Value, pointer: &str) -> bool {
    object.at(pointer).is_some_and(|value| !value.is_null())
}

/// The map at the end of a path, made where it is absent or something else.
pub(super) fn map<'v>(object: &'v mut Value, path: &[&str]) -> &'v mut Map<String, Value> {
    let own = as_map(object);
    match path.split_first() {
        None => own,
        Some((key, rest)) => map(own.entry(*key).or_insert(Value::Null), rest),
    }
}

/// Puts a value at the end of a path.
pub(super) fn set(object: &mut Value, path: &[&str], value: impl Into<Value>) {
    if let Some((last, parents)) = path.split_last() {
        map(object, parents).insert((*last).to_owned(), value.into());
    }
}

/// Puts a value at the end of a path unless something stands there.
pub(super) fn default(object: &mut Value, path: &[&str], value: impl Into<Value>) {
    if let Some((last, parents)) = path.split_last() {
        let entry = map(object, parents).entry(*last).or_insert(Value::Null);
        if entry.is_null() {
            *entry = value.into();
        }
    }
}

/// Takes out what stands at the end of a path.
pub(super) fn remove(object: &mut Value, path: &[&str]) -> Option<Value> {
    match path {
        [] => None,
        [last] => object.as_object_mut()?.remove(*last),
        [first, rest @ ..] => remove(object.get_mut(*first)?, rest),
    }
}

fn as_map(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    match value {
        Value::Object(map) => map,
        // The line before made it a map.
        _ => as_map(value),
    }
}

//! CustomResourceDefinitions without what their schemas say.

use catalog_conditions::document::{Kind, Mapping, Node};
use serde_json::{Map, Value};

/// Where a version keeps its schema.
const SCHEMA: [&str; 4] = ["spec", "versions", "schema", "openAPIV3Schema"];

/// The object as [`Node::to_json`] has it, but of each schema only its `type`: schemas are nine tenths of a CustomResourceDefinition,
/// and nothing that is asked of every one looks deeper into them.
pub(super) fn without_schemas(node: &Node) -> Value {
    below(node, &SCHEMA)
}

/// What stands at the beginning of `path`. Lists on the way are passed through: `versions` is one.
fn below(node: &Node, path: &[&str]) -> Value {
    match node.kind() {
        Kind::Scalar(_) => node.to_json(),
        Kind::Sequence(items) => items.iter().map(|item| below(item, path)).collect(),
        Kind::Mapping(mapping) => Value::Object(entries(mapping, path)),
    }
}

fn entries(mapping: &Mapping, path: &[&str]) -> Map<String, Value> {
    let named = mapping
        .entries()
        .iter()
        .filter_map(|entry| Some((entry.json_name()?, entry.value())));
    match path.split_first() {
        None => named
            .filter(|(name, _)| name == "type")
            .map(|(name, value)| (name, value.to_json()))
            .collect(),
        Some((next, rest)) => named
            .map(|(name, value)| {
                let value = if name == *next {
                    below(value, rest)
                } else {
                    value.to_json()
                };
                (name, value)
            })
            .collect(),
    }
}

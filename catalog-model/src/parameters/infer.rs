//! A schema inferred from the values that a chart has by default.

use std::collections::{BTreeMap, BTreeSet};

use catalog_conditions::document::{Entry, Node};
use serde_json::{Map, Value, json};

use super::describe::Descriptions;
use super::limits::ParameterLimits;

/// What a schema is inferred from.
pub(super) struct Inference<'a> {
    pub(super) values: &'a Map<String, Value>,
    /// The tree of the same values, which knows where the keys stand.
    pub(super) node: Option<&'a Node>,
    pub(super) descriptions: &'a Descriptions,
    /// Keys under which the values of other charts go.
    pub(super) subcharts: &'a BTreeSet<String>,
}

/// The schema, and whether it speaks of all values: beyond the limits anything is allowed.
pub(super) fn inferred(from: &Inference<'_>, limits: &ParameterLimits) -> (Value, bool) {
    let mut inferring = Inferring {
        descriptions: from.descriptions,
        path: Vec::new(),
        // The root, `global` and the other charts are subschemas too.
        left: limits.subschemas.saturating_sub(2 + from.subcharts.len()),
        depth: limits.schema_depth,
        is_whole: true,
    };
    let mut properties = inferring.properties(from.values, from.node);
    for name in from.subcharts {
        let subchart = properties.entry(name.clone()).or_insert_with(|| json!({}));
        subchart_values(subchart, name);
    }
    let global = properties.entry("global").or_insert_with(|| json!({}));
    if let Value::Object(global) = global {
        global
            .entry("description")
            .or_insert_with(|| "values that this chart and all it depends on can see".into());
        global.entry("type").or_insert_with(|| "object".into());
    }
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": "inferred from values.yaml",
        "x-inferred": true,
        "type": "object",
        "properties": properties,
    });
    (schema, inferring.is_whole)
}

/// Helm takes nothing but a map for the values of another chart.
fn subchart_values(schema: &mut Value, name: &str) {
    if let Value::Object(schema) = schema {
        schema
            .entry("description")
            .or_insert_with(|| format!("values of the chart `{name}`").into());
        schema.entry("x-subchart").or_insert_with(|| name.into());
    }
}

struct Inferring<'a> {
    descriptions: &'a Descriptions,
    /// The keys to the value at hand.
    path: Vec<String>,
    left: usize,
    depth: usize,
    is_whole: bool,
}

impl Inferring<'_> {
    fn properties(
        &mut self,
        values: &Map<String, Value>,
        node: Option<&Node>,
    ) -> Map<String, Value> {
        let entries: BTreeMap<&str, &Entry> = node
            .and_then(Node::as_mapping)
            .into_iter()
            .flat_map(|mapping| mapping.entries())
            .filter_map(|entry| Some((entry.name()?, entry)))
            .collect();
        let mut properties = Map::new();
        for (name, value) in values {
            let Some(left) = self.left.checked_sub(1) else {
                self.is_whole = false;
                break;
            };
            self.left = left;
            self.path.push(name.clone());
            let schema = self.schema(value, entries.get(name.as_str()).copied());
            self.path.pop();
            properties.insert(name.clone(), Value::Object(schema));
        }
        properties
    }

    /// What may stand where a chart has `value`. Recursion ends at the limit of depth.
    fn schema(&mut self, value: &Value, entry: Option<&Entry>) -> Map<String, Value> {
        let mut schema = Map::new();
        if let Some(description) = self
            .descriptions
            .of(&self.path, entry.map(|entry| entry.key().span()))
        {
            schema.insert("description".to_owned(), description.into());
        }
        let types = types(value);
        if !types.is_null() {
            schema.insert("type".to_owned(), types);
        }
        match value {
            Value::Object(values) if values.is_empty() => {
                schema.insert("default".to_owned(), value.clone());
            }
            Value::Object(_) if self.path.len() >= self.depth => self.is_whole = false,
            Value::Object(values) => {
                let properties = self.properties(values, entry.map(Entry::value));
                schema.insert("properties".to_owned(), Value::Object(properties));
            }
            _ => {
                schema.insert("default".to_owned(), value.clone());
            }
        }
        schema
    }
}

/// The types that may stand for a value, its own first. A template writes numbers, texts and booleans alike, and Helm's users give one
/// for the other; nothing and the empty text hold a place for whatever the user puts there. Helm ignores what is no map in the place
/// of a map.
fn types(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::String(text) if text.is_empty() => Value::Null,
        Value::Bool(_) => json!(["boolean", "string", "number"]),
        Value::Number(number) if number.is_f64() => json!(["number", "string", "boolean"]),
        Value::Number(_) => json!(["integer", "number", "string", "boolean"]),
        Value::String(_) => json!(["string", "number", "boolean"]),
        Value::Array(_) => json!("array"),
        Value::Object(_) => json!("object"),
    }
}

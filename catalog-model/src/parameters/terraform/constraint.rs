//! Type constraints as schemas.

use hcl_edit::expr::{Expression, FuncCall};
use serde_json::{Map, Value, json};

use super::literal::{literal, name};

/// The type of a variable.
#[derive(Clone)]
pub(super) struct Constraint {
    /// As written.
    pub(super) text: String,
    pub(super) schema: Map<String, Value>,
}

/// What Terraform reads as a number when it is given a text.
const NUMBER: &str = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$";
/// What it reads as a boolean.
const BOOLEAN: &str = "^(true|false|1|0)$";

/// The schema of a type constraint; `None` for what is no type.
///
/// Recursion is bounded by the parser, which nests no deeper than 64.
pub(super) fn constraint(expression: &Expression) -> Option<Map<String, Value>> {
    match expression {
        Expression::Variable(name) => keyword(name.as_str()),
        // Terraform 0.11 wrote types in quotes.
        Expression::String(name) => keyword(name.value()),
        Expression::Parenthesis(inside) => constraint(inside.inner()),
        Expression::FuncCall(call) if !call.name.is_namespaced() => constructed(call),
        _ => None,
    }
}

fn keyword(name: &str) -> Option<Map<String, Value>> {
    Some(match name {
        "any" => Map::new(),
        "string" => object(json!({"type": ["string", "number", "boolean"]})),
        "number" => object(json!({"type": ["number", "string"], "pattern": NUMBER})),
        "bool" => object(json!({"type": ["boolean", "string"], "pattern": BOOLEAN})),
        "list" | "set" => object(json!({"type": ["array"]})),
        "map" => object(json!({"type": ["object"]})),
        _ => return None,
    })
}

fn constructed(call: &FuncCall) -> Option<Map<String, Value>> {
    let arguments: Vec<&Expression> = call.args.iter().collect();
    match (call.name.name.as_str(), arguments.as_slice()) {
        ("list" | "set", [of]) => Some(object(json!({"type": ["array"], "items": element(of)?}))),
        ("map", [of]) => Some(object(
            json!({"type": ["object"], "additionalProperties": element(of)?}),
        )),
        ("object", [Expression::Object(attributes)]) => {
            let attributes = attributes.iter();
            attributes_schema(attributes.map(|(key, value)| (name(key), value.expr())))
        }
        ("tuple", [Expression::Array(items)]) => {
            let items: Vec<Value> = items.iter().map(element).collect::<Option<_>>()?;
            let length = items.len();
            Some(object(match length {
                0 => json!({"type": ["array"], "maxItems": 0}),
                _ => {
                    json!({"type": ["array"], "items": items, "minItems": length, "maxItems": length})
                }
            }))
        }
        _ => None,
    }
}

/// The attributes of an `object`: those that are not `optional` are required, others are dropped when the value is used.
fn attributes_schema<'e>(
    attributes: impl Iterator<Item = (Option<String>, &'e Expression)>,
) -> Option<Map<String, Value>> {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for (name, expression) in attributes {
        let name = name?;
        let schema = match optional(expression).as_deref() {
            None => {
                required.push(name.clone());
                element(expression)?
            }
            Some([of]) => element(of)?,
            Some([of, default]) => with_default(element(of)?, default),
            Some(_) => return None,
        };
        properties.insert(name, schema);
    }
    let mut schema = object(json!({"type": ["object"], "properties": properties}));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    Some(schema)
}

/// The arguments of `optional(…)`.
fn optional(expression: &Expression) -> Option<Vec<&Expression>> {
    let call = expression.as_func_call()?;
    (call.name.name.as_str() == "optional").then(|| call.args.iter().collect())
}

fn with_default(mut schema: Value, default: &Expression) -> Value {
    if let (Value::Object(schema), Some(default)) = (&mut schema, literal(default)) {
        schema.insert("default".to_owned(), default);
    }
    schema
}

/// The schema of what is inside another type, which may always be null.
fn element(expression: &Expression) -> Option<Value> {
    constraint(expression).map(|schema| Value::Object(nullable(schema)))
}

/// The same, or null.
pub(super) fn nullable(mut schema: Map<String, Value>) -> Map<String, Value> {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.push("null".into());
    }
    schema
}

fn object(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

//! Types as schemas.

use serde_json::{Map, Value, json};

use super::constraint::{Attribute, Constraint, Presence};

/// What Terraform reads as a number when it is given a text.
const NUMBER: &str = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$";
/// What it reads as a boolean.
const BOOLEAN: &str = "^(true|false|1|0)$";

/// How a schema is made of a type.
#[derive(Clone, Copy)]
pub(super) struct Making {
    /// Whether null fits; what is inside a type may always be null.
    pub(super) is_nullable: bool,
    /// Whether it says the defaults of attributes.
    pub(super) shows_defaults: bool,
}

impl Constraint {
    /// The values that Terraform converts to it.
    pub(super) fn schema(&self, making: Making) -> Map<String, Value> {
        let inside = |of: &Self| {
            let is_nullable = true;
            Value::Object(of.schema(Making {
                is_nullable,
                ..making
            }))
        };
        let mut schema = match self {
            Self::Any if making.is_nullable => Map::new(),
            Self::Any => map(json!({"type": ["string", "number", "boolean", "array", "object"]})),
            Self::String => map(json!({"type": ["string", "number", "boolean"]})),
            Self::Number => map(json!({"type": ["number", "string"], "pattern": NUMBER})),
            Self::Bool => map(json!({"type": ["boolean", "string"], "pattern": BOOLEAN})),
            Self::List(of) | Self::Set(of) if matches!(**of, Self::Any) => {
                map(json!({"type": ["array"]}))
            }
            Self::List(of) | Self::Set(of) => map(json!({"type": ["array"], "items": inside(of)})),
            Self::Map(of) if matches!(**of, Self::Any) => map(json!({"type": ["object"]})),
            Self::Map(of) => map(json!({"type": ["object"], "additionalProperties": inside(of)})),
            Self::Object(attributes) => object(attributes, making.shows_defaults, inside),
            Self::Tuple(items) => {
                let items: Vec<Value> = items.iter().map(inside).collect();
                tuple(items)
            }
        };
        if let (true, Some(Value::Array(types))) = (making.is_nullable, schema.get_mut("type")) {
            types.push("null".into());
        }
        schema
    }
}

/// The attributes that are not `optional` are required; others than those named are dropped when the value is used.
fn object(
    attributes: &[Attribute],
    shows_defaults: bool,
    inside: impl Fn(&Constraint) -> Value,
) -> Map<String, Value> {
    let property = |attribute: &Attribute| {
        let mut schema = inside(&attribute.constraint);
        if let (Value::Object(schema), Presence::Default(Some(default), _), true) =
            (&mut schema, &attribute.presence, shows_defaults)
        {
            schema.insert("default".to_owned(), default.clone());
        }
        (attribute.name.clone(), schema)
    };
    let properties: Map<String, Value> = attributes.iter().map(property).collect();
    let required = attributes
        .iter()
        .filter(|attribute| matches!(attribute.presence, Presence::Required));
    let required: Vec<&str> = required.map(|attribute| attribute.name.as_str()).collect();
    let mut schema = map(json!({"type": ["object"], "properties": properties}));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

fn tuple(items: Vec<Value>) -> Map<String, Value> {
    let length = items.len();
    map(match length {
        0 => json!({"type": ["array"], "maxItems": 0}),
        _ => json!({"type": ["array"], "items": items, "minItems": length, "maxItems": length}),
    })
}

fn map(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

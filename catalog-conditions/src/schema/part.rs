//! One schema within a schema: what may stand in one place, and what may stand below it.

use serde_json::{Map, Value};

use super::field::{FieldType, Types};
use crate::path::{Shape, Structure};

/// What is known of one place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Node<'s> {
    /// A schema tells.
    Part(Part<'s>),
    /// It is the same for every kind, such as `metadata`; or anything may stand there.
    Known(Shape),
}

/// A schema, and what its surroundings add to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'s> {
    schema: &'s Map<String, Value>,
    /// `apiVersion`, `kind` and `metadata` are there without being specified.
    is_resource: bool,
    /// Fields that are not specified are stored all the same.
    keeps_unknown: bool,
    /// The CRD says the same of every level.
    keeps_unknown_below: bool,
}

/// How one steps on from a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Object,
    List,
    Scalar,
    Any,
}

/// How a list is merged, and so whether the order of its elements means anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ListType<'s> {
    Atomic,
    Set,
    /// Each element is known by the values of these keys.
    Map(Vec<&'s str>),
}

impl<'s> Node<'s> {
    /// Anything may stand here.
    pub(super) const FREE: Self = Self::Known(Shape::Free);

    pub(super) fn root(schema: &'s Value, keeps_unknown: bool) -> Self {
        match Self::of(schema, keeps_unknown) {
            Self::Part(part) => Self::Part(Part {
                is_resource: true,
                ..part
            }),
            free @ Self::Known(_) => free,
        }
    }

    fn of(schema: &'s Value, keeps_unknown_below: bool) -> Self {
        match schema.as_object() {
            Some(schema) if !schema.contains_key("$ref") => Self::Part(Part {
                schema,
                is_resource: is_true(schema, "x-kubernetes-embedded-resource"),
                keeps_unknown: keeps_unknown_below
                    || is_true(schema, "x-kubernetes-preserve-unknown-fields"),
                keeps_unknown_below,
            }),
            _ => Self::FREE,
        }
    }

    pub(super) fn is_free(&self) -> bool {
        match self {
            Self::Part(part) => part.form() == Form::Any,
            Self::Known(shape) => matches!(shape, Shape::Free),
        }
    }

    pub(super) fn is_object(&self) -> bool {
        matches!(self, Self::Part(part) if part.form() == Form::Object)
    }

    /// The types of the values that may stand here.
    pub(super) fn types(&self) -> Types {
        match self {
            Self::Part(part) => part.types(),
            Self::Known(shape) => match shape {
                Shape::Leaf(Structure::Text) => Types::of([FieldType::String]),
                Shape::Leaf(Structure::Integer) => Types::of([FieldType::Integer]),
                Shape::Leaf(Structure::Boolean) => Types::of([FieldType::Boolean]),
                Shape::Texts | Shape::Object(_) => Types::of([FieldType::Map]),
                Shape::List(_) => Types::of([FieldType::List]),
                Shape::Leaf(Structure::Any) | Shape::Free => Types::any(),
            },
        }
    }
}

impl<'s> Part<'s> {
    pub(super) fn form(&self) -> Form {
        match self.type_name() {
            Some("object") => Form::Object,
            Some("array") => Form::List,
            Some("string" | "integer" | "number" | "boolean") => Form::Scalar,
            Some(_) => Form::Any,
            None if self.is_int_or_string() => Form::Scalar,
            None if self.properties().is_some() || self.has_additional() => Form::Object,
            None if self.schema.contains_key("items") => Form::List,
            None => Form::Any,
        }
    }

    fn types(&self) -> Types {
        match (self.form(), self.type_name()) {
            (Form::Object, _) => Types::of([FieldType::Map]),
            (Form::List, _) => Types::of([FieldType::List]),
            (Form::Scalar, Some("string")) => Types::of([FieldType::String]),
            (Form::Scalar, Some("integer")) => Types::of([FieldType::Integer]),
            (Form::Scalar, Some("number")) => Types::of([FieldType::Number]),
            (Form::Scalar, Some("boolean")) => Types::of([FieldType::Boolean]),
            (Form::Scalar, _) => Types::of([FieldType::Integer, FieldType::String]),
            (Form::Any, _) => Types::any(),
        }
    }

    /// What stands at a key of an object; `None` if nothing is stored there.
    pub(super) fn field(&self, key: &str) -> Option<Node<'s>> {
        if let Some(shape) = self.implied(key) {
            return Some(Node::Known(shape));
        }
        let specified = self.properties().and_then(|fields| fields.get(key));
        match specified {
            Some(schema) => Some(Node::of(schema, self.keeps_unknown_below)),
            None => self.other_field(),
        }
    }

    /// Everything that may stand below the keys of an object.
    pub(super) fn fields(&self) -> impl Iterator<Item = Node<'s>> + use<'s> {
        let part = *self;
        let implied = IMPLIED.iter().filter_map(move |key| part.implied(key));
        let specified = self.field_names().filter(move |key| {
            // What is implied is not said twice.
            part.implied(key).is_none()
        });
        implied
            .map(Node::Known)
            .chain(specified.filter_map(move |key| part.field(key)))
            .chain(self.other_field())
    }

    /// The names of the fields that are specified.
    pub(super) fn field_names(&self) -> impl Iterator<Item = &'s str> + use<'s> {
        self.properties()
            .into_iter()
            .flat_map(|fields| fields.keys().map(String::as_str))
    }

    pub(super) fn specifies(&self, key: &str) -> bool {
        self.properties()
            .is_some_and(|fields| fields.contains_key(key))
    }

    /// The names of the fields that are there without being specified.
    pub(super) fn implied_names(&self) -> &'static [&'static str] {
        if self.is_resource { &IMPLIED } else { &[] }
    }

    /// What stands at the keys that are not specified.
    fn other_field(&self) -> Option<Node<'s>> {
        match self.schema.get("additionalProperties") {
            Some(schema @ Value::Object(_)) => Some(Node::of(schema, self.keeps_unknown_below)),
            Some(Value::Bool(false)) | None => self.keeps_unknown.then_some(Node::FREE),
            Some(_) => Some(Node::FREE),
        }
    }

    /// What the elements of a list are. That unknown fields are kept is true of the elements too, as in the API server's pruning.
    pub(super) fn item(&self) -> Node<'s> {
        let items = self.schema.get("items");
        match items.map_or(Node::FREE, |items| {
            Node::of(items, self.keeps_unknown_below)
        }) {
            Node::Part(part) => Node::Part(Part {
                keeps_unknown: part.keeps_unknown || self.keeps_unknown,
                ..part
            }),
            known @ Node::Known(_) => known,
        }
    }

    pub(super) fn list_type(&self) -> ListType<'s> {
        let said = |key| self.schema.get(key);
        let keys = said("x-kubernetes-list-map-keys").and_then(Value::as_array);
        let keys: Vec<&str> = keys
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .take(MAX_KEYS)
            .collect();
        match said("x-kubernetes-list-type").and_then(Value::as_str) {
            Some("map") if !keys.is_empty() => ListType::Map(keys),
            Some("set" | "map") => ListType::Set,
            _ => ListType::Atomic,
        }
    }

    /// Whether it is a map with keys of anybody's choice, and nothing below them.
    pub(super) fn is_map_of_texts(&self) -> bool {
        let values = match self.other_field() {
            Some(Node::Part(part)) => part.type_name() == Some("string"),
            _ => false,
        };
        values && self.properties().is_none() && !self.is_resource
    }

    /// The only values that may stand here, where the schema lists them.
    pub(super) fn allowed(&self) -> Option<&'s [Value]> {
        let allowed = self.schema.get("enum").and_then(Value::as_array);
        allowed.map(Vec::as_slice)
    }

    pub(super) fn is_nullable(&self) -> bool {
        is_true(self.schema, "nullable") || self.form() == Form::Any
    }

    fn implied(&self, key: &str) -> Option<Shape> {
        let shape = Shape::of_any_object(key);
        shape.filter(|_| self.is_resource)
    }

    fn type_name(&self) -> Option<&'s str> {
        self.schema.get("type").and_then(Value::as_str)
    }

    fn is_int_or_string(&self) -> bool {
        is_true(self.schema, "x-kubernetes-int-or-string")
    }

    fn properties(&self) -> Option<&'s Map<String, Value>> {
        self.schema.get("properties").and_then(Value::as_object)
    }

    fn has_additional(&self) -> bool {
        self.schema.contains_key("additionalProperties")
    }
}

/// How many keys of a list are read: more would make no selection that anybody writes.
const MAX_KEYS: usize = 8;

/// The fields that every object has.
const IMPLIED: [&str; 3] = ["apiVersion", "kind", "metadata"];

fn is_true(schema: &Map<String, Value>, key: &str) -> bool {
    schema.get(key).and_then(Value::as_bool) == Some(true)
}

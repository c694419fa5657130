//! What CEL takes the values of a schema for.

use serde_json::Value;

use super::super::cel::unescaped;
use super::super::schema::Keywords;
use super::{map, text};

/// What is known of a value.
#[derive(Clone, Copy)]
pub(super) enum Type<'a> {
    Unknown,
    Bool,
    Number,
    Text,
    /// A text of the format `byte`.
    Bytes,
    /// One of `date` or `date-time`.
    Time,
    /// One of `duration`.
    Duration,
    List(Option<&'a Keywords>),
    Map(Option<&'a Keywords>),
    /// A map with fields; whether it is a whole object.
    Object(&'a Keywords, bool),
    /// The `metadata` of a whole object.
    Metadata,
}

/// The type of a field by its name in CEL; nothing if there is none.
pub(super) fn of_fields<'a>(schema: &'a Keywords, is_whole: bool, name: &str) -> Option<Type<'a>> {
    let field = field(schema, name);
    match (is_whole, name) {
        (true, "apiVersion" | "kind") => Some(Type::Text),
        (true, "metadata") => Some(Type::Metadata),
        _ => Some(Type::below(Some(field?))),
    }
}

impl<'a> Type<'a> {
    pub(super) fn below(schema: Option<&'a Keywords>) -> Self {
        schema.map_or(Self::Unknown, |schema| {
            let is_whole = schema.get("x-kubernetes-embedded-resource") == Some(&Value::Bool(true));
            Self::of(schema, is_whole)
        })
    }

    pub(super) fn of(schema: &'a Keywords, is_whole: bool) -> Self {
        if schema.get("x-kubernetes-int-or-string") == Some(&Value::Bool(true)) {
            return Self::Unknown;
        }
        let format = text(schema, "format").unwrap_or_default();
        match text(schema, "type") {
            // CEL has types of its own for these.
            Some("string") => match format {
                "byte" => Self::Bytes,
                "date" | "date-time" => Self::Time,
                "duration" => Self::Duration,
                _ => Self::Text,
            },
            Some("integer" | "number") => Self::Number,
            Some("boolean") => Self::Bool,
            Some("array") => Self::List(map(schema, "items")),
            Some("object") => match schema.get("additionalProperties") {
                Some(Value::Object(below)) => Self::Map(Some(below)),
                Some(Value::Bool(true)) => Self::Map(None),
                _ => Self::Object(schema, is_whole),
            },
            _ => Self::Unknown,
        }
    }

    /// Whether two values are known to be of one type: of fields, by one schema.
    pub(super) fn is_same(self, other: Self) -> bool {
        let is_one = |a: Option<&Keywords>, b: Option<&Keywords>| match (a, b) {
            (Some(a), Some(b)) => std::ptr::eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        match (self, other) {
            (Self::List(a), Self::List(b)) | (Self::Map(a), Self::Map(b)) => is_one(a, b),
            (Self::Object(a, is_whole), Self::Object(b, is_too)) => {
                std::ptr::eq(a, b) && is_whole == is_too
            }
            (Self::Metadata, Self::Metadata) => true,
            (one, other) => one.rank() == other.rank() && !one.is_container(),
        }
    }

    fn is_container(self) -> bool {
        matches!(
            self,
            Self::List(_) | Self::Map(_) | Self::Object(..) | Self::Metadata
        )
    }

    /// Whether two values are of kinds that cannot be compared.
    pub(super) fn is_other_than(self, other: Self) -> bool {
        self.rank() != other.rank() && self.rank() != 0 && other.rank() != 0
    }

    /// Whether macros have nothing to go over. What the server makes of maps with fields of any name is not known here.
    pub(super) fn has_no_items(self) -> bool {
        match self {
            Self::Bool | Self::Number | Self::Text | Self::Time | Self::Duration => true,
            Self::Object(schema, _) => {
                map(schema, "properties").is_some_and(|fields| !fields.is_empty())
                    && !schema.contains_key("x-kubernetes-preserve-unknown-fields")
            }
            _ => false,
        }
    }

    fn rank(self) -> u8 {
        match self {
            Self::Unknown => 0,
            Self::Bool => 1,
            Self::Number => 2,
            Self::Text => 3,
            Self::Bytes => 4,
            Self::Time => 5,
            Self::Duration => 6,
            Self::List(_) => 7,
            // Maps and objects are written alike.
            Self::Map(_) | Self::Object(..) | Self::Metadata => 8,
        }
    }

    pub(super) fn told(self) -> &'static str {
        match self {
            Self::Unknown => "anything",
            Self::Bool => "a boolean",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Bytes => "bytes",
            Self::Time => "a point in time",
            Self::Duration => "a length of time",
            Self::List(_) => "a list",
            Self::Map(_) | Self::Object(..) | Self::Metadata => "a map",
        }
    }
}

/// The schema of a field by its name in CEL.
pub(super) fn field<'a>(schema: &'a Keywords, name: &str) -> Option<&'a Keywords> {
    map(schema, "properties")?
        .get(&unescaped(name)?)?
        .as_object()
}

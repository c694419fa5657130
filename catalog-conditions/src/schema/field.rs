//! What a schema says about the value at a path.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use super::part::Node;
use crate::decimal::Decimal;

/// What may stand at a path.
#[derive(Clone, Debug)]
pub struct Field<'s> {
    types: Types,
    nullable: bool,
    allowed: Option<Vec<&'s Value>>,
    lints: Vec<OrderLint>,
}

/// A type that a schema gives a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FieldType {
    /// A text.
    String,
    /// A whole number.
    Integer,
    /// Any number, whole ones included.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A list.
    List,
    /// An object or map.
    Map,
}

/// An index into a list whose elements have no lasting order, so that another element may stand there tomorrow.
///
/// `Display` says what the list is, [`help`](Self::help) what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLint {
    message: String,
    help: String,
}

impl<'s> Field<'s> {
    /// The union of what several schemas say.
    pub(super) fn of(nodes: &[Node<'s>], lints: Vec<OrderLint>) -> Self {
        let mut types = Types::default();
        let mut nullable = false;
        let mut allowed = Some(Vec::new());
        for node in nodes {
            types.0.extend(node.types().0);
            let (null, only) = match node {
                Node::Part(part) => (part.is_nullable(), part.allowed()),
                Node::Known(_) => (node.is_free(), None),
            };
            nullable |= null;
            allowed = allowed.zip(only).map(|(mut allowed, only)| {
                allowed.extend(only);
                allowed
            });
        }
        Self {
            types,
            nullable,
            allowed,
            lints,
        }
    }

    /// The types of the values that may stand there, in the order of [`FieldType`]; all of them where the schema does not say.
    pub fn types(&self) -> impl Iterator<Item = FieldType> {
        self.types.0.iter().copied()
    }

    /// Whether a value of one of these types may stand there.
    #[must_use]
    pub fn may_be(&self, types: &[FieldType]) -> bool {
        types.iter().any(|wanted| self.types.0.contains(wanted))
    }

    /// Whether the schema says nothing: any value may stand there.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.types == Types::any()
    }

    /// Whether JSON null may stand there.
    #[must_use]
    pub fn is_nullable(&self) -> bool {
        self.nullable
    }

    /// Whether a value is of a type that may stand there. A number without a fraction, such as `2.0`, is a whole number.
    #[must_use]
    pub fn holds(&self, value: &Value) -> bool {
        let holds = |wanted: FieldType| self.types.0.contains(&wanted);
        match value {
            Value::Null => self.nullable,
            Value::Bool(_) => holds(FieldType::Boolean),
            Value::Number(number) => {
                let is_whole = || Decimal::from_number(number).is_whole();
                holds(FieldType::Number) || (holds(FieldType::Integer) && is_whole())
            }
            Value::String(_) => holds(FieldType::String),
            Value::Array(_) => holds(FieldType::List),
            Value::Object(_) => holds(FieldType::Map),
        }
    }

    /// The only values that may stand there, if the schema lists them (`enum`).
    #[must_use]
    pub fn allowed(&self) -> Option<&[&'s Value]> {
        self.allowed.as_deref()
    }

    /// The indexes of the path that say less than they seem to.
    #[must_use]
    pub fn lints(&self) -> &[OrderLint] {
        &self.lints
    }
}

impl fmt::Display for Field<'_> {
    /// The types in words: `a string or a whole number`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_any() {
            true => f.write_str("any value"),
            false => write!(f, "{}", self.types),
        }
    }
}

impl OrderLint {
    pub(super) fn new(message: String, help: String) -> Self {
        Self { message, help }
    }

    /// What to write instead.
    #[must_use]
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl fmt::Display for OrderLint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Display for FieldType {
    /// In words: `a whole number`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::String => "a string",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Boolean => "true or false",
            Self::List => "a list",
            Self::Map => "a map",
        })
    }
}

/// A set of types.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Types(BTreeSet<FieldType>);

impl Types {
    pub(super) fn of(types: impl IntoIterator<Item = FieldType>) -> Self {
        Self(types.into_iter().collect())
    }

    pub(super) fn any() -> Self {
        use FieldType::{Boolean, Integer, List, Map, Number, String};
        Self::of([String, Integer, Number, Boolean, List, Map])
    }

    pub(super) fn contains(&self, wanted: FieldType) -> bool {
        self.0.contains(&wanted)
    }
}

impl fmt::Display for Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, one) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(" or ")?;
            }
            write!(f, "{one}")?;
        }
        Ok(())
    }
}

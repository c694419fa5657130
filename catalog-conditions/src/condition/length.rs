//! `length`: how many items, keys or characters.

use std::fmt;

use serde_json::Value;

use super::comparison::Comparison;

/// What is asked of a length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    Compare(Comparison, u64),
    Between(u64, u64),
}

impl Length {
    /// `None` for a value that has no length.
    pub(crate) fn holds(self, actual: &Value) -> Option<bool> {
        let length = length(actual)?;
        Some(match self {
            Self::Compare(comparison, bound) => comparison.holds(Some(length.cmp(&bound))),
            Self::Between(low, high) => (low..=high).contains(&length),
        })
    }
}

/// The items of a list, the keys of a map, the Unicode scalars of a string.
pub(crate) fn length(value: &Value) -> Option<u64> {
    let length = match value {
        Value::Array(items) => items.len(),
        Value::Object(map) => map.len(),
        Value::String(text) => text.chars().count(),
        Value::Null | Value::Bool(_) | Value::Number(_) => return None,
    };
    u64::try_from(length).ok()
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compare(comparison, bound) => write!(f, "length {} {bound}", comparison.as_str()),
            Self::Between(low, high) => write!(f, "length between {low} and {high}"),
        }
    }
}

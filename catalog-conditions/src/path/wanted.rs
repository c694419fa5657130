//! Whether an element of a list is the one that a selection wants.

use std::fmt::{self, Write};

use serde_json::{Number, Value};

use super::segment::{Pair, Wanted};
use crate::decimal::Decimal;

impl Pair {
    /// Whether an element is an object that has the wanted value at the key.
    pub(super) fn matches(&self, element: &Value) -> bool {
        let Value::Object(map) = element else {
            return false;
        };
        map.get(&self.key)
            .is_some_and(|value| self.wanted.equals(value))
    }
}

impl Wanted {
    /// Whether a value is what was wanted: see the two variants.
    #[must_use]
    pub fn equals(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Text(text) | Self::Quoted(text), Value::String(string)) => text == string,
            (Self::Text(text), Value::Bool(boolean)) => {
                text == if *boolean { "true" } else { "false" }
            }
            (Self::Text(text), Value::Number(number)) => is_written(number, text),
            _ => false,
        }
    }
}

/// Whether the canonical text of a number is this one. A list may have many numbers: none but a fraction is written out for it.
fn is_written(number: &Number, text: &str) -> bool {
    if !text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return false;
    }
    if let Some(whole) = number.as_i64() {
        return writes(whole, text);
    }
    if let Some(whole) = number.as_u64() {
        return writes(whole, text);
    }
    writes(Decimal::from_number(number), text)
}

/// Whether `shown` is written as `text`, found out piece by piece while it is written.
fn writes(shown: impl fmt::Display, text: &str) -> bool {
    let mut rest = Rest(text);
    write!(rest, "{shown}").is_ok() && rest.0.is_empty()
}

/// What is still to come of a text.
struct Rest<'t>(&'t str);

impl Write for Rest<'_> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(piece).ok_or(fmt::Error)?;
        Ok(())
    }
}

//! A value that an author wrote, known to be readable.

use std::cmp::Ordering;
use std::fmt;

use serde_json::Value;

use super::reading::{Read, Reading};

/// A value to compare with, and how both sides are read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Literal {
    value: Value,
    reading: Reading,
}

impl Literal {
    /// `None` if the value does not read so.
    pub(crate) fn new(value: Value, reading: Reading) -> Option<Self> {
        reading.read_bound(&value)?;
        Some(Self { value, reading })
    }

    pub(crate) fn value(&self) -> &Value {
        &self.value
    }

    pub(crate) fn reading(&self) -> Reading {
        self.reading
    }

    /// Reads a value of an object in the same way; `None` if its type does not fit.
    pub(crate) fn read<'v>(&self, actual: &'v Value) -> Option<Read<'v>> {
        let same_type = || std::mem::discriminant(actual) == std::mem::discriminant(&self.value);
        if self.reading == Reading::Json && !same_type() {
            return None;
        }
        self.reading.read(actual)
    }

    /// How a value, read in the same way, stands to this one.
    pub(crate) fn compare(&self, actual: &Read<'_>) -> Option<Ordering> {
        let bound = self.reading.read_bound(&self.value)?;
        actual.compare_to(&bound)
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reading {
            Reading::Json => f.write_str(&crate::show::value(&self.value)),
            reading => write!(
                f,
                "{} ({})",
                crate::show::bare(&self.value),
                reading.as_str()
            ),
        }
    }
}

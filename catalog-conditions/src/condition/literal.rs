//! A value that an author wrote, known to be readable.

use std::cmp::Ordering;
use std::fmt;

use serde_json::Value;

use super::reading::{Read, Reading};

/// A value to compare with, and how both sides are read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Literal {
    /// As the author wrote it.
    value: Value,
    /// As it was read: once, since it may be compared with every element of every object.
    bound: Read<'static>,
    reading: Reading,
}

impl Literal {
    /// `None` if the value does not read so.
    pub(crate) fn new(value: Value, reading: Reading) -> Option<Self> {
        let bound = reading.read_bound(&value)?.into_owned();
        Some(Self {
            value,
            bound,
            reading,
        })
    }

    pub(crate) fn value(&self) -> &Value {
        &self.value
    }

    pub(crate) fn reading(&self) -> Reading {
        self.reading
    }

    /// Reads a value of an object in the same way; `None` if its type does not fit.
    pub(crate) fn read<'v>(&self, actual: &'v Value) -> Option<Read<'v>> {
        self.fits(actual).then(|| self.reading.read(actual))?
    }

    /// Whether the type of a value is the one to compare with, where types are what is compared.
    pub(crate) fn fits(&self, actual: &Value) -> bool {
        self.reading != Reading::Json
            || std::mem::discriminant(actual) == std::mem::discriminant(&self.value)
    }

    /// How a value, read in the same way, stands to this one; `None` if they have no order, and are not equal.
    pub(crate) fn compare(&self, actual: &Read<'_>) -> Option<Ordering> {
        actual.compare_to(&self.bound)
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

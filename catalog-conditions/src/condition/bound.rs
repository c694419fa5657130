//! What a value is compared with: a value that the author wrote, or another field of the same object.

use std::fmt;

use serde_json::Value;

use super::comparison::Comparison;
use super::literal::Literal;
use super::reading::{Read, Reading};
use super::test::Doubt;
use crate::path::{FieldPath, Finding};

/// The right side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Bound {
    /// `value:`.
    Literal(Literal),
    /// `valueFrom:`.
    Field(FieldBound),
}

/// `valueFrom: {fieldPath, minus}`: a field of the object that is asked about, less another of its fields.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldBound {
    pub(crate) path: FieldPath,
    pub(crate) minus: Option<FieldPath>,
    pub(crate) reading: Reading,
}

/// What `valueFrom:` comes to in one object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldValue<'v> {
    /// The field that it names, whose type is compared where types are.
    value: &'v Value,
    read: Read<'v>,
    reading: Reading,
}

impl Bound {
    pub(crate) fn reading(&self) -> Reading {
        match self {
            Self::Literal(literal) => literal.reading(),
            Self::Field(field) => field.reading,
        }
    }

    pub(crate) fn as_literal(&self) -> Option<&Literal> {
        match self {
            Self::Literal(literal) => Some(literal),
            Self::Field(_) => None,
        }
    }

    /// Whether a value stands to the bound as a comparison wants.
    pub(crate) fn holds(
        &self,
        comparison: Comparison,
        actual: &Value,
        object: &Value,
    ) -> Result<bool, Doubt> {
        match self {
            Self::Literal(literal) => {
                let read = literal.read(actual).ok_or(Doubt::Misfit)?;
                Ok(comparison.holds(literal.compare(&read)))
            }
            Self::Field(field) => field.value_in(object)?.holds(comparison, actual),
        }
    }
}

impl FieldBound {
    /// What it comes to in one object. Cost: that of following its paths, so that whoever compares many values asks once.
    pub(crate) fn value_in<'v>(&self, object: &'v Value) -> Result<FieldValue<'v>, Doubt> {
        let value = found(&self.path, object)?;
        let read = match &self.minus {
            Some(minus) => self.left(value, found(minus, object)?),
            None => self.reading.read_bound(value),
        };
        Ok(FieldValue {
            value,
            read: read.ok_or(Doubt::Bound)?,
            reading: self.reading,
        })
    }

    /// What is left of one field without the other.
    fn left(&self, value: &Value, less: &Value) -> Option<Read<'static>> {
        match (self.reading.read(value)?, self.reading.read(less)?) {
            (Read::Quantity(value), Read::Quantity(less)) => {
                value.checked_sub(&less).map(Read::Quantity)
            }
            (Read::Number(value), Read::Number(less)) => value.checked_sub(&less).map(Read::Number),
            _ => None,
        }
    }
}

impl FieldValue<'_> {
    /// Whether a value stands to it as a comparison wants.
    pub(crate) fn holds(&self, comparison: Comparison, actual: &Value) -> Result<bool, Doubt> {
        if self.reading == Reading::Json {
            let alike = std::mem::discriminant(actual) == std::mem::discriminant(self.value);
            // Of what is in JSON, only numbers have an order.
            if !alike || (comparison.is_ordering() && !actual.is_number()) {
                return Err(Doubt::Misfit);
            }
        }
        let read = self.reading.read(actual).ok_or(Doubt::Misfit)?;
        Ok(comparison.holds(read.compare_to(&self.read)))
    }
}

fn found<'v>(path: &FieldPath, object: &'v Value) -> Result<&'v Value, Doubt> {
    match path.find(object) {
        Finding::Found(value) => Ok(value),
        _ => Err(Doubt::Bound),
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(literal) => literal.fmt(f),
            Self::Field(field) => field.fmt(f),
        }
    }
}

impl fmt::Display for FieldBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the value of {}", self.path)?;
        if let Some(minus) = &self.minus {
            write!(f, " less that of {minus}")?;
        }
        match self.reading {
            Reading::Json => Ok(()),
            reading => write!(f, " ({})", reading.as_str()),
        }
    }
}

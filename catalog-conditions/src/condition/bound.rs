//! What a value is compared with: a value that the author wrote, or another field of the same object.

use std::cmp::Ordering;
use std::fmt;

use serde_json::Value;

use super::comparison::Comparison;
use super::literal::Literal;
use super::reading::Reading;
use super::test::Doubt;
use crate::decimal::Decimal;
use crate::path::{FieldPath, Finding};
use crate::quantity::Quantity;

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
        let order = match self {
            Self::Literal(literal) => {
                let read = literal.read(actual).ok_or(Doubt::Misfit)?;
                literal.compare(&read)
            }
            Self::Field(field) => field.compare(comparison, actual, object)?,
        };
        Ok(comparison.holds(order))
    }
}

impl FieldBound {
    /// How a value stands to the bound that an object has.
    fn compare(
        &self,
        comparison: Comparison,
        actual: &Value,
        object: &Value,
    ) -> Result<Option<Ordering>, Doubt> {
        let bound = found(&self.path, object)?;
        if let Some(minus) = &self.minus {
            let less = found(minus, object)?;
            return self.headroom(actual, bound, less).map(Some);
        }
        if self.reading == Reading::Json {
            let alike = std::mem::discriminant(actual) == std::mem::discriminant(bound);
            // Of what is in JSON, only numbers have an order.
            if !alike || (comparison.is_ordering() && !actual.is_number()) {
                return Err(Doubt::Misfit);
            }
        }
        let read = self.reading.read(actual).ok_or(Doubt::Misfit)?;
        let bound = self.reading.read_bound(bound).ok_or(Doubt::Bound)?;
        Ok(read.compare_to(&bound))
    }

    /// How a value stands to what is left of one field without the other.
    fn headroom(&self, actual: &Value, bound: &Value, less: &Value) -> Result<Ordering, Doubt> {
        if self.reading == Reading::Quantity {
            let amount = |value| Quantity::from_json(value).ok();
            let bound = amount(bound).zip(amount(less)).ok_or(Doubt::Bound)?;
            let left = bound.0.checked_sub(&bound.1).ok_or(Doubt::Bound)?;
            return Ok(amount(actual).ok_or(Doubt::Misfit)?.cmp(&left));
        }
        let bound = self
            .number(bound)
            .zip(self.number(less))
            .ok_or(Doubt::Bound)?;
        let left = bound.0.checked_sub(&bound.1).ok_or(Doubt::Bound)?;
        Ok(self.number(actual).ok_or(Doubt::Misfit)?.cmp(&left))
    }

    fn number(&self, value: &Value) -> Option<Decimal> {
        match value {
            Value::Number(number) => Some(Decimal::from_number(number)),
            Value::String(text) if self.reading == Reading::Number => Decimal::parse(text),
            _ => None,
        }
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

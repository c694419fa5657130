//! Amounts in JSON.

use serde_json::Value;

use super::amount::Quantity;
use super::error::QuantityError;
use crate::show;

impl Quantity {
    /// Reads an amount from JSON as Kubernetes does: a string, with white space around it or not, or a number.
    ///
    /// ```
    /// use catalog_conditions::quantity::Quantity;
    /// use serde_json::json;
    /// assert_eq!(Quantity::from_json(&json!(0.5)), Quantity::from_json(&json!(" 500m ")));
    /// assert!(Quantity::from_json(&json!(null)).is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), and for every other type. Kubernetes takes null for zero; here it is an error, for an amount that is
    /// not known is not nothing.
    pub fn from_json(value: &Value) -> Result<Self, QuantityError> {
        match value {
            Value::String(text) => Self::parse(text.trim()),
            Value::Number(number) => Self::parse(&number.to_string()),
            other => Err(QuantityError::of_kind(show::kind(other))),
        }
    }
}

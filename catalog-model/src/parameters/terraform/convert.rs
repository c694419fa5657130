//! What Terraform converts to a type.

use serde_json::Value;

use super::constraint::{Attribute, Constraint, Presence};

impl Constraint {
    /// Whether Terraform converts a value to it. Null it always does: whether a variable may be null is asked of the variable.
    pub(super) fn takes(&self, value: &Value) -> bool {
        match (self, value) {
            (_, Value::Null) | (Self::Any, _) => true,
            (Self::String, Value::String(_) | Value::Number(_) | Value::Bool(_))
            | (Self::Number, Value::Number(_))
            | (Self::Bool, Value::Bool(_)) => true,
            (Self::Number, Value::String(text)) => is_number(text),
            (Self::Bool, Value::String(text)) => {
                matches!(text.as_str(), "true" | "false" | "1" | "0")
            }
            (Self::List(of) | Self::Set(of), Value::Array(items)) => {
                items.iter().all(|item| of.takes(item))
            }
            (Self::Map(of), Value::Object(map)) => map.values().all(|value| of.takes(value)),
            (Self::Object(attributes), Value::Object(map)) => {
                let fits = |attribute: &Attribute| match map.get(&attribute.name) {
                    Some(value) => attribute.constraint.takes(value),
                    None => !matches!(attribute.presence, Presence::Required),
                };
                attributes.iter().all(fits)
            }
            (Self::Tuple(types), Value::Array(items)) => {
                let mut pairs = types.iter().zip(items);
                types.len() == items.len() && pairs.all(|(of, item)| of.takes(item))
            }
            _ => false,
        }
    }
}

/// Whether a text is a number: a sign, digits with a point among them, and a power of ten.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let signed = |text: &str| text.strip_prefix(['+', '-']).unwrap_or(text).to_owned();
    let text = signed(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, signed(exponent)),
        None => (text.as_str(), "0".to_owned()),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let lacks_digits = exponent.is_empty() || whole.is_empty() && fraction.is_empty();
    !lacks_digits && digits(whole) && digits(fraction) && digits(&exponent)
}

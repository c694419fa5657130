//! Values that are the same although they are written otherwise.

use catalog_conditions::quantity::Quantity;
use serde_json::Value;

/// Whether two values without lists and maps are the same: `1` is `1.0`.
pub(super) fn same_scalar(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => {
            a == b || a.as_f64() == b.as_f64() && !both_whole(one, other)
        }
        _ => one == other,
    }
}

/// Whether both are whole numbers, which are compared exactly.
fn both_whole(one: &Value, other: &Value) -> bool {
    let is_whole = |value: &Value| value.is_i64() || value.is_u64();
    is_whole(one) && is_whole(other)
}

/// Whether two values are the same, however deep.
pub(super) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let in_other = |(key, a): (&String, &Value)| b.get(key).is_some_and(|b| same(a, b));
            a.len() == b.len() && a.iter().all(in_other)
        }
        _ => same_scalar(one, other),
    }
}

/// A text that two values have in common if and only if they are the same, but for numbers that no double can tell apart.
pub(super) fn canonical(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(fields) => {
            let mut fields: Vec<String> = fields
                .iter()
                .map(|(key, value)| format!("{key:?}:{}", canonical(value)))
                .collect();
            fields.sort_unstable();
            format!("{{{}}}", fields.join(","))
        }
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => format!("{float}"),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

/// Whether both are one amount: `1` and `1000m`.
pub(super) fn same_quantity(one: &Value, other: &Value) -> bool {
    let (one, other) = (Quantity::from_json(one), Quantity::from_json(other));
    matches!((one, other), (Ok(one), Ok(other)) if one == other)
}

//! How two values compare (RFC 9535, section 2.3.5.2.2), with numbers as the exact decimals they are written as.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use crate::decimal::Decimal;

/// Whether two values are equal, in any depth; `None` once more than `most` pairs had to be looked at, which are counted in `seen`.
pub(super) fn equal(left: &Value, right: &Value, most: usize, seen: &mut usize) -> Option<bool> {
    let mut pairs = vec![(left, right)];
    while let Some((left, right)) = pairs.pop() {
        *seen += 1;
        if *seen > most {
            return None;
        }
        match (left, right) {
            (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
                pairs.extend(left.iter().zip(right));
            }
            (Value::Object(left), Value::Object(right)) if left.len() == right.len() => {
                for (key, left) in left {
                    match right.get(key) {
                        Some(right) => pairs.push((left, right)),
                        None => return Some(false),
                    }
                }
            }
            (Value::Number(left), Value::Number(right)) if order(left, right).is_eq() => {}
            (Value::String(_) | Value::Bool(_) | Value::Null, _) if left == right => {}
            _ => return Some(false),
        }
    }
    Some(true)
}

/// Whether one is less than the other: of two numbers, or of two texts by their characters; nothing else is ordered.
pub(super) fn less(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => order(left, right).is_lt(),
        (Value::String(left), Value::String(right)) => left < right,
        _ => false,
    }
}

fn order(left: &Number, right: &Number) -> Ordering {
    match (left.as_i64(), right.as_i64()) {
        (Some(left), Some(right)) => left.cmp(&right),
        _ => Decimal::from_number(left).cmp(&Decimal::from_number(right)),
    }
}

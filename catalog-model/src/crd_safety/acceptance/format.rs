//! Whether a value is of the format that a schema names, as far as that is decided here: the formats of `pkg/validation/strfmt` of kube-openapi.

use std::net::{Ipv4Addr, Ipv6Addr};

use catalog_conditions::timestamp::Timestamp;
use serde_json::Value;

use crate::base64;

/// Nothing for formats that are decided by nobody but the server, and for values that no format is asked of.
pub(super) fn is_of(format: &str, value: &Value) -> Option<bool> {
    let text = match (value, format) {
        (Value::Number(number), "int32") => {
            return Some(
                number
                    .as_i64()
                    .is_some_and(|one| i32::try_from(one).is_ok()),
            );
        }
        (Value::Number(number), "int64") => return Some(number.is_i64()),
        (Value::String(text), _) => text.as_str(),
        _ => return None,
    };
    match format {
        "byte" => Some(base64::decode(&text.replace(['\r', '\n'], "")).is_some()),
        "date" => Some(Timestamp::parse(&format!("{text}T00:00:00Z")).is_ok()),
        "uuid" => Some(is_uuid(text)),
        "ipv4" => Some(text.parse::<Ipv4Addr>().is_ok()),
        "ipv6" => Some(text.parse::<Ipv6Addr>().is_ok()),
        _ => None,
    }
}

/// 32 hexadecimal digits, in one piece or in groups of 8, 4, 4, 4 and 12.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    let has_digits = text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit());
    has_digits && matches!(groups.as_slice(), [32] | [8, 4, 4, 4, 12])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::is_of;

    #[test]
    fn values_are_of_their_formats() {
        let cases = [
            ("byte", json!("YQ=="), Some(true)),
            ("byte", json!("a"), Some(false)),
            ("date", json!("2024-02-29"), Some(true)),
            ("date", json!("2023-02-29"), Some(false)),
            ("date", json!("b"), Some(false)),
            (
                "uuid",
                json!("7a2d6a5c-6d4c-4d8a-9d3f-0f3f6b0e8a11"),
                Some(true),
            ),
            (
                "uuid",
                json!("7a2d6a5c6d4c-4d8a-9d3f-0f3f6b0e8a11"),
                Some(false),
            ),
            ("uuid", json!("b"), Some(false)),
            ("ipv4", json!("10.0.0.1"), Some(true)),
            ("ipv4", json!("::1"), Some(false)),
            ("ipv6", json!("::1"), Some(true)),
            ("int32", json!(1_u64 << 40), Some(false)),
            ("int64", json!(1_u64 << 40), Some(true)),
            ("hostname", json!("a"), None),
            ("byte", json!(1), None),
        ];
        for (format, value, expected) in cases {
            assert_eq!(is_of(format, &value), expected, "{format} {value}");
        }
    }
}

//! Whether a value is of the format that a schema names, as far as that is decided here: the formats of `pkg/validation/strfmt` of kube-openapi.

use std::net::IpAddr;

use catalog_conditions::duration::parse_duration;
use catalog_conditions::timestamp::Timestamp;
use serde_json::Value;

use crate::base64;
use crate::label::is_subdomain;

/// Nothing for formats that are decided by nobody but the server, and for values that no format is asked of. What looks right of `hostname`,
/// `email` and `uri` is taken for it.
pub(super) fn is_of(format: &str, kind: Option<&str>, value: &Value) -> Option<bool> {
    let text = match (value, kind) {
        (Value::Number(number), Some("integer")) => {
            let whole = number.as_i64().filter(|_| format == "int32")?;
            return Some(i32::try_from(whole).is_ok());
        }
        (Value::String(text), _) => text.as_str(),
        _ => return None,
    };
    let is_sure = |is: bool| is.then_some(true);
    match format {
        "byte" => Some(!text.is_empty() && base64::decode(text).is_some()),
        "date" => Some(Timestamp::parse(&format!("{text}T00:00:00Z")).is_ok()),
        "uuid" => Some(is_uuid(text)),
        "ipv4" => Some(text.contains('.') && is_address(text)),
        "ipv6" => Some(text.contains(':') && is_address(text)),
        "date-time" | "datetime" => is_sure(Timestamp::parse(text).is_ok()),
        "duration" => is_sure(parse_duration(text).is_ok()),
        "cidr" => is_sure(is_network(text)),
        "mac" => is_sure(is_mac(text)),
        "hostname" | "k8s-short-name" | "k8s-long-name" => is_sure(is_subdomain(text)),
        "email" => is_sure(text.split('@').filter(|part| !part.is_empty()).count() == 2),
        "uri" => is_sure(text.contains("://")),
        _ => None,
    }
}

/// 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12, between which dashes may stand.
fn is_uuid(text: &str) -> bool {
    let mut rest = text;
    for (at, group) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        if at > 0 {
            rest = rest.strip_prefix('-').unwrap_or(rest);
        }
        let Some((digits, after)) = rest.split_at_checked(group) else {
            return false;
        };
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return false;
        }
        rest = after;
    }
    rest.is_empty()
}

/// Whether a text is an address as Go reads it, which lets numbers begin with zeros.
fn is_address(text: &str) -> bool {
    let without_zeros: Vec<&str> = text
        .split('.')
        .map(|part| match part.trim_start_matches('0') {
            "" if !part.is_empty() => "0",
            number if !text.contains(':') => number,
            _ => part,
        })
        .collect();
    without_zeros.join(".").parse::<IpAddr>().is_ok()
}

fn is_network(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else {
        return false;
    };
    let most = match address.parse() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    bits.parse::<u8>().is_ok_and(|bits| bits <= most)
}

fn is_mac(text: &str) -> bool {
    let mut pairs = text.split(':');
    let is_pair = |pair: &str| pair.len() == 2 && pair.bytes().all(|b| b.is_ascii_hexdigit());
    pairs.clone().count() == 6 && pairs.all(is_pair)
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
                Some(true),
            ),
            ("uuid", json!("b"), Some(false)),
            ("ipv4", json!("10.0.0.1"), Some(true)),
            ("ipv4", json!("::1"), Some(false)),
            ("ipv4", json!("010.0.0.1"), Some(true)),
            ("ipv4", json!("::ffff:1.2.3.4"), Some(true)),
            ("ipv4", json!("1.2.3"), Some(false)),
            ("byte", json!(""), Some(false)),
            ("byte", json!("YQ\n=="), Some(false)),
            ("duration", json!("10s"), Some(true)),
            ("duration", json!("3 days"), None),
            ("date-time", json!("2020-01-01T00:00:00Z"), Some(true)),
            ("cidr", json!("10.0.0.0/8"), Some(true)),
            ("mac", json!("aa:bb:cc:dd:ee:ff"), Some(true)),
            ("isbn", json!("a"), None),
            ("ipv6", json!("::1"), Some(true)),
            ("int32", json!(1_u64 << 40), Some(false)),
            ("int64", json!(1_u64 << 40), None),
            ("hostname", json!("a"), Some(true)),
            ("byte", json!(1), None),
        ];
        for (format, value, expected) in cases {
            let kind = value.is_number().then_some("integer");
            assert_eq!(is_of(format, kind, &value), expected, "{format} {value}");
        }
    }
}

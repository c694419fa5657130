//! Hashes of identities and of Jobs, and how they are written.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// The length of [`short`].
pub(crate) const SHORT: usize = 16;

/// RFC 4648's alphabet in lower case, which is how names of Kubernetes objects are written.
const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// 80 bits as 16 characters of lower-case unpadded base32: enough for one in 10¹² odds that two of a million names meet.
pub(crate) fn short(parts: &[&str]) -> String {
    let hash = of_parts(parts);
    hash.chunks_exact(5)
        .take(SHORT / 8)
        .flat_map(|chunk| {
            let bits = chunk
                .iter()
                .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            (0..8)
                .rev()
                .map(move |place| (bits >> (5 * place)) as usize % BASE32.len())
        })
        .filter_map(|index| BASE32.get(index).map(|b| char::from(*b)))
        .collect()
}

/// Whether `text` looks like a [`short`] one.
pub(crate) fn is_short(text: &str) -> bool {
    text.len() == SHORT && text.bytes().all(|byte| BASE32.contains(&byte))
}

/// 128 bits as 32 hexadecimal digits.
pub(crate) fn long(parts: &[&str]) -> String {
    hex(&of_parts(parts))
}

/// The SHA-256 of bytes, as 64 hexadecimal digits.
pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// 128 bits of the SHA-256 of `value` as canonical JSON, as 32 hexadecimal digits.
pub(crate) fn of_json(value: &Value) -> String {
    let mut hash = Sha256::new();
    canonical_json(value, &mut |text| hash.update(text));
    hex(&hash.finalize())
}

/// The same of a value that is written down as [`canonical`] JSON.
pub(crate) fn of_canonical(text: &str) -> String {
    hex(&Sha256::digest(text))
}

/// `value` as JSON without white space and with sorted keys.
pub(crate) fn canonical(value: &Value) -> String {
    let mut text = String::new();
    canonical_json(value, &mut |part| text.push_str(part));
    text
}

fn hex(hash: &[u8]) -> String {
    hash.iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Each part goes in behind its length: no two lists of parts give one stream of bytes.
fn of_parts(parts: &[&str]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

/// What is still to be written, last first.
enum Rest<'v> {
    Value(&'v Value),
    Key(&'v str),
    Text(&'static str),
}

/// Writes JSON without white space and with sorted keys.
///
/// `Value::to_string` does the same unless a crate elsewhere in the build turns on `serde_json/preserve_order`: a hash that is compared
/// between builds must not change with that.
fn canonical_json(value: &Value, write: &mut impl FnMut(&str)) {
    let mut rest = vec![Rest::Value(value)];
    while let Some(next) = rest.pop() {
        match next {
            Rest::Text(text) => write(text),
            Rest::Key(text) => json_string(text, write),
            Rest::Value(Value::String(text)) => json_string(text, write),
            Rest::Value(Value::Array(items)) => {
                write("[");
                rest.push(Rest::Text("]"));
                for (index, item) in items.iter().enumerate().rev() {
                    rest.push(Rest::Value(item));
                    rest.push(Rest::Text(if index == 0 { "" } else { "," }));
                }
            }
            Rest::Value(Value::Object(fields)) => {
                write("{");
                rest.push(Rest::Text("}"));
                let mut fields: Vec<_> = fields.iter().collect();
                fields.sort_unstable_by_key(|(key, _)| *key);
                for (index, (key, value)) in fields.into_iter().enumerate().rev() {
                    rest.extend([Rest::Value(value), Rest::Text(":"), Rest::Key(key)]);
                    rest.push(Rest::Text(if index == 0 { "" } else { "," }));
                }
            }
            Rest::Value(scalar) => write(&scalar.to_string()),
        }
    }
}

/// Writes a JSON string. Most have nothing to be escaped, and are not copied.
fn json_string(text: &str, write: &mut impl FnMut(&str)) {
    if text
        .bytes()
        .any(|byte| byte < 0x20 || matches!(byte, b'"' | b'\\'))
    {
        return write(&Value::from(text).to_string());
    }
    write("\"");
    write(text);
    write("\"");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{canonical_json, long, of_json, short};

    /// The values are those of `sha256sum`, and of `base32` on its first ten bytes; `abc` stands behind its length in eight bytes.
    #[test]
    fn known_hashes() {
        assert_eq!(of_json(&json!({})), "44136fa355b3678a1146ad16f7e8649e");
        assert_eq!(long(&["abc"]), "c3494ca1a2cf8eeb8a11ded316fb55b8");
        assert_eq!(short(&["abc"]), "yneuzincz6hoxcqr");
        assert_ne!(short(&["ab", "c"]), short(&["a", "bc"]));
    }

    #[test]
    fn canonical_json_is_what_a_sorted_map_prints() {
        let value =
            json!({"b": [1, {"z": null, "a": "\u{1}\"é"}, []], "a": {}, "c": [[true], -2.5]});
        let mut text = String::new();
        canonical_json(&value, &mut |part| text.push_str(part));
        assert_eq!(
            text,
            r#"{"a":{},"b":[1,{"a":"\u0001\"é","z":null},[]],"c":[[true],-2.5]}"#
        );
    }
}

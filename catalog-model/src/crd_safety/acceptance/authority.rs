//! Bundles of certificates.

/// Whether a text is one of base64 in which some certificate stands in PEM. What the certificate says is not looked at.
pub(super) fn is_bundle(text: &str) -> bool {
    const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
    let bytes = decoded(text);
    text.is_empty()
        || bytes.is_some_and(|bytes| bytes.windows(BEGIN.len()).any(|part| part == BEGIN))
}

/// The bytes of a text in the standard alphabet of RFC 4648; line breaks are passed over, as Go does.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    let told = text.trim_end_matches(['=', '\r', '\n']).bytes();
    for byte in told.filter(|byte| !matches!(byte, b'\r' | b'\n')) {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::is_bundle;

    #[test]
    fn a_bundle_has_a_certificate() {
        let cases = [
            ("", true),
            ("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==", true),
            ("CkEKLS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==", true),
            ("AAAA", false),
            ("Cg==", false),
            ("-----BEGIN CERTIFICATE-----", false),
        ];
        for (text, expected) in cases {
            assert_eq!(is_bundle(text), expected, "{text}");
        }
    }
}

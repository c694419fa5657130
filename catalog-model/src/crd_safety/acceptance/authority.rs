//! Bundles of certificates.

use crate::base64;

/// Whether a text is one of base64 in which some certificate stands in PEM. What the certificate says is not looked at.
pub(super) fn is_bundle(text: &str) -> bool {
    const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
    // Go passes over line breaks.
    let bytes = base64::decode(&text.replace(['\r', '\n'], ""));
    text.is_empty()
        || bytes.is_some_and(|bytes| bytes.windows(BEGIN.len()).any(|part| part == BEGIN))
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

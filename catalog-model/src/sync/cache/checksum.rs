//! Checksums of segments, which find damage and no malice: XXH3.

use twox_hash::XxHash3_128;

pub(super) type Checksum = [u8; 16];

/// The 128 bits of XXH3, as their definition writes them.
pub(super) fn checksum(bytes: &[u8]) -> Checksum {
    XxHash3_128::oneshot(bytes).to_be_bytes()
}

/// In hexadecimal digits.
pub(super) fn digits(checksum: &Checksum) -> String {
    format!("{:032x}", u128::from_be_bytes(*checksum))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_the_checksum_that_is_published_of_it() {
        let known = "99aa06d3014798d86001c324468d497f";
        assert_eq!(digits(&checksum(b"")), known);
    }
}

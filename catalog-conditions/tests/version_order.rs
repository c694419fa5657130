//! Versions: what is read, what is refused, and in which order they are.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail loudly"
)]

use std::cmp::Ordering;

use catalog_conditions::version::Version;

fn version(text: &str) -> Version {
    Version::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn reads_leniently() {
    let check = |text: &str, parts: (u64, u64, u64), prerelease: &str, build: &str| {
        let version = version(text);
        assert_eq!(
            (version.major(), version.minor(), version.patch()),
            parts,
            "{text}"
        );
        assert_eq!(
            (version.prerelease(), version.build()),
            (prerelease, build),
            "{text}"
        );
        assert_eq!(version.is_prerelease(), !prerelease.is_empty(), "{text}");
        assert_eq!(
            (version.as_str(), version.to_string().as_str()),
            (text, text)
        );
    };
    check("1", (1, 0, 0), "", "");
    check("v1.0", (1, 0, 0), "", "");
    check("V1.2.3", (1, 2, 3), "", "");
    check("1.2.02", (1, 2, 2), "", "");
    check("1.14.2+1", (1, 14, 2), "", "1");
    check("1.2-rc.1+build-7.01", (1, 2, 0), "rc.1", "build-7.01");
    check("1-rc1", (1, 0, 0), "rc1", "");
    check("1.2.3--", (1, 2, 3), "-", "");
    check("1.2.3+a-b", (1, 2, 3), "", "a-b");
    check("4.2.2-6", (4, 2, 2), "6", "");
    check("20240101123456.1", (20_240_101_123_456, 1, 0), "", "");
    check("0.0.18446744073709551615", (0, 0, u64::MAX), "", "");
    check(
        "1.0.0-123456789012345678901234567890",
        (1, 0, 0),
        "123456789012345678901234567890",
        "",
    );
}

#[test]
fn says_what_is_wrong_where_and_what_to_write() {
    let check = |text: &str, offset: usize| {
        let error = Version::parse(text).expect_err(text);
        assert_eq!(error.offset(), offset, "{error}");
        error.to_string()
    };
    let messages = [
        check("", 0),
        check("latest", 0),
        check("v", 1),
        check("1..2", 2),
        check("1.2.", 4),
        check("v1beta2-1.3.8-3.1.1", 2),
        check("1.2.3.4", 6),
        check("1.x", 2),
        check("1.2.3-", 6),
        check("1.2.3-a..b", 8),
        check("1.2.3+", 6),
        check("1.2.3-rc_1", 8),
        check("1.2.3-beta.01", 11),
        check(" 1.2", 0),
        check("1.2 ", 3),
        check("1.18446744073709551616", 2),
        check("1.٣", 2),
        check("1.2-\u{202e}x", 4),
    ];
    insta::assert_snapshot!(messages.join("\n"), @r#"
    `` is not a version: it is empty; write at least a number, as in `1` or `1.2.3` (at byte 0)
    `latest` is not a version: `l` stands where a number is needed; a version begins with up to three numbers, as in `1.2.3-rc.1` (at byte 0)
    `v` is not a version: a number is missing; write up to three numbers, as in `1.2.3` (at byte 1)
    `1..2` is not a version: a number is missing; write up to three numbers, as in `1.2.3` (at byte 2)
    `1.2.` is not a version: a number is missing; write up to three numbers, as in `1.2.3` (at byte 4)
    `v1beta2-1.3.8-3.1.1` is not a version: `b` cannot follow a number; a prerelease begins with `-`, build metadata with `+` (at byte 2)
    `1.2.3.4` is not a version: there are more than three numbers; write a fourth one as build metadata, as in `1.2.3+4` (at byte 6)
    `1.x` is not a version: a wildcard belongs to ranges, not to versions; write the number (at byte 2)
    `1.2.3-` is not a version: letters or digits are missing behind `-`, `+` or a dot; write them, as in `-rc.1`, or leave out what stands before (at byte 6)
    `1.2.3-a..b` is not a version: letters or digits are missing behind `-`, `+` or a dot; write them, as in `-rc.1`, or leave out what stands before (at byte 8)
    `1.2.3+` is not a version: letters or digits are missing behind `-`, `+` or a dot; write them, as in `-rc.1`, or leave out what stands before (at byte 6)
    `1.2.3-rc_1` is not a version: `_` is not allowed in a prerelease or build metadata; use letters, digits, hyphens and dots (at byte 8)
    `1.2.3-beta.01` is not a version: a number in a prerelease has a leading zero; write it without (at byte 11)
    ` 1.2` is not a version: ` ` stands where a number is needed; a version begins with up to three numbers, as in `1.2.3-rc.1` (at byte 0)
    `1.2 ` is not a version: ` ` cannot follow a number; a prerelease begins with `-`, build metadata with `+` (at byte 3)
    `1.18446744073709551616` is not a version: a number is larger than 18446744073709551615 (at byte 2)
    `1.٣` is not a version: `٣` stands where a number is needed; a version begins with up to three numbers, as in `1.2.3-rc.1` (at byte 2)
    `1.2-\u{202e}x` is not a version: `\u{202e}` is not allowed in a prerelease or build metadata; use letters, digits, hyphens and dots (at byte 4)
    "#);
}

#[test]
fn orders_by_precedence_then_build_then_text() {
    let ascending = [
        "0.0.0-0",
        "0.0.0",
        "1.0.0-0",
        "1.0.0-1",
        "1.0.0-9",
        "1.0.0-10",
        "1.0.0-99999999999999999999999999",
        "1.0.0-100000000000000000000000000",
        "1.0.0--",
        "1.0.0-RC",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1",
        "1.0",
        "1.0.0",
        "V1",
        "v1.0.0",
        "1.0.0+0",
        "1.0.0+1",
        "1.0.0+2",
        "1.0.0+10",
        "1.0.0+10.0",
        "1.0.0+a",
        "1.0.1-0",
        "1.0.1",
        "1.2.0",
        "1.10.0",
        "10.0.0",
        "20240101123456.0.0",
    ];
    for (left_index, left) in ascending.iter().enumerate() {
        for (right_index, right) in ascending.iter().enumerate() {
            let order = version(left).cmp(&version(right));
            assert_eq!(order, left_index.cmp(&right_index), "{left} and {right}");
        }
    }
}

#[test]
fn spelling_does_not_change_what_a_version_means() {
    let check = |left: &str, right: &str, same: bool, precedence: Ordering| {
        assert_eq!(
            version(left).same_precedence_and_build(&version(right)),
            same,
            "{left} and {right}"
        );
        assert_eq!(
            version(left).cmp_precedence(&version(right)),
            precedence,
            "{left} and {right}"
        );
    };
    check("v1.2", "1.2.0", true, Ordering::Equal);
    check("v1.2+1", "1.2.0+01", true, Ordering::Equal);
    check("1.2.0", "1.2.0+1", false, Ordering::Equal);
    check("1.2.0+1", "1.2.0+2", false, Ordering::Equal);
    check("1.2.0-rc.1+1", "1.2.0", false, Ordering::Less);
    assert_ne!(
        version("1.0"),
        version("1.0.0"),
        "equality is that of the text"
    );
}

#[test]
fn tells_a_packaging_revision_from_a_prerelease() {
    let check = |text: &str, revision: Option<&str>| {
        assert_eq!(version(text).packaging_revision(), revision, "{text}")
    };
    check("4.2.2-6", Some("6"));
    check("4.2.2-6+1", Some("6"));
    check("4.2.2-0", None);
    check("4.2.2-6.1", None);
    check("4.2.2-r6", None);
    check("4.2.2", None);
}

//! Durations as Go reads them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_conditions::duration::{parse_duration, parse_timeout};

#[test]
fn what_go_reads() {
    for (text, nanoseconds) in [
        ("0", Some(0)),
        ("-0", Some(0)),
        ("5s", Some(5_000_000_000)),
        (".5s", Some(500_000_000)),
        ("1.s", Some(1_000_000_000)),
        ("3h10m4.5s", Some(11_404_500_000_000)),
        ("9223372036854775807ns", Some(i64::MAX)),
        ("-9223372036854775808ns", Some(i64::MIN)),
        ("9223372036854775808ns", None),
        ("0.9223372036854775807h", Some(3_320_413_933_267)),
        ("", None),
        ("3", None),
        ("-", None),
        ("s", None),
        (".", None),
        (".s", None),
        ("+.s", None),
        ("1d", None),
        ("1 m", None),
    ] {
        assert_eq!(parse_duration(text).ok(), nanoseconds, "{text}");
    }
    assert!(parse_timeout("-1s").is_err(), "a timeout is not negative");
    assert_eq!(
        parse_duration("10").unwrap_err().to_string(),
        "`10` is not a duration: write a number and a unit, as `90s`, `10m` or `1h30m` (units: ns, us, ms, s, m, h)"
    );
}

#[test]
fn what_is_wrong_is_said() {
    let too_long = "is too long: a duration is at most `2562047h47m16.854775807s`, 292 years";
    for text in [
        "300000000h",
        "2562047h47m16.854775808s",
        "9999999999999999999999ns",
    ] {
        let error = parse_timeout(text).unwrap_err().to_string();
        assert_eq!(error, format!("`{text}` {too_long}"));
    }
    assert!(parse_timeout("2562047h47m16.854775807s").is_ok());
    assert_eq!(
        parse_timeout("-5m").unwrap_err().to_string(),
        "`-5m` is less than nothing: leave out the `-`"
    );
    let malformed = parse_timeout("99999999999999999999d").unwrap_err();
    assert!(malformed.to_string().contains("is not a duration"));
}

#[test]
fn published_rows() {
    let folder = std::env::var("CATALOG_TEST_DATA")
        .unwrap_or_else(|_| format!("{}/../../shared/data", env!("CARGO_MANIFEST_DIR")));
    let Ok(text) = std::fs::read_to_string(format!("{folder}/tables/go_parse_duration.json"))
    else {
        println!("the published table is not here: nothing compared");
        return;
    };
    let table: serde_json::Value = serde_json::from_str(&text).unwrap();
    let cases = table["cases"].as_array().unwrap();
    assert!(cases.len() >= 60);
    for case in cases {
        // Three rows hold bytes that are not UTF-8: no `&str` can.
        let Some(input) = case["input"].as_str() else {
            continue;
        };
        // The table read Go's `1<<53 + 1` as 1 << 54; in Go a shift binds tighter than a sum.
        let expected = match input {
            "9007199254740993ns" => Some((1 << 53) + 1),
            _ => case["ns"].as_i64(),
        };
        assert_eq!(parse_duration(input).ok(), expected, "{input:?}");
    }
}

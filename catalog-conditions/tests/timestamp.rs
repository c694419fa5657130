//! Points in time as Go reads them.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use catalog_conditions::duration::parse_duration;
use catalog_conditions::timestamp::Timestamp;
use proptest::prelude::*;

const SECOND: i128 = 1_000_000_000;

fn since_1970(text: &str) -> Option<i128> {
    let begin = Timestamp::parse("1970-01-01T00:00:00Z").unwrap();
    Some(Timestamp::parse(text).ok()?.nanoseconds_since(&begin))
}

/// What Go 1.26 gives for these texts.
#[test]
fn what_go_reads() {
    let seconds = [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-01-31T12:00:00Z", 1_769_860_800),
        ("2026-01-31T14:00:00+02:00", 1_769_860_800),
        ("2026-01-31T12:00:00-00:00", 1_769_860_800),
        ("2024-02-29T23:59:59Z", 1_709_251_199),
        ("2000-02-29T00:00:00Z", 951_782_400),
        ("1969-12-31T23:59:59Z", -1),
        ("0000-01-01T00:00:00Z", -62_167_219_200),
        ("0000-01-01T00:00:00+23:59", -62_167_305_540),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
        ("9999-12-31T23:59:59-23:59", 253_402_387_139),
    ];
    for (text, seconds) in seconds {
        assert_eq!(since_1970(text), Some(seconds * SECOND), "{text}");
    }
    let nanoseconds = [
        ("1970-01-01T00:00:00.5Z", 500_000_000),
        ("1970-01-01T00:00:00.000000001Z", 1),
        ("1970-01-01T00:00:00.0000000019999999Z", 1),
        ("1969-12-31T23:59:59.999999999Z", -1),
    ];
    for (text, nanoseconds) in nanoseconds {
        assert_eq!(since_1970(text), Some(nanoseconds), "{text}");
    }
}

#[test]
fn what_is_refused_says_why() {
    let refused = [
        "",
        "now",
        "2026-01-31",
        "2026-01-31 12:00:00Z",
        "2026-01-31t12:00:00z",
        "2026-01-31T12:00:00",
        "2026-01-31T12:00Z",
        "2026-1-31T12:00:00Z",
        "2026-01-31T9:00:00Z",
        "2026-01-31T12:00:00,5Z",
        "2026-01-31T12:00:00.Z",
        "2026-01-31T12:00:00+0200",
        "2026-01-31T12:00:00Z ",
        "+026-01-31T12:00:00Z",
        "２026-01-31T12:00:00Z",
        "2026-02-29T12:00:00Z",
        "1900-02-29T12:00:00Z",
        "2026-04-31T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-00-10T12:00:00Z",
        "2026-01-00T12:00:00Z",
        "2026-01-31T24:00:00Z",
        "2016-12-31T23:59:60Z",
        "2026-01-31T12:00:00+24:00",
        "2026-01-31T12:00:00+02:60",
    ];
    let told: Vec<String> = refused
        .iter()
        .map(|text| Timestamp::parse(text).unwrap_err().to_string())
        .collect();
    let advice =
        "write it as RFC 3339 does, as in `2026-01-31T12:00:00Z` or `2026-01-31T14:00:00.5+02:00`";
    for (text, told) in refused.iter().zip(&told).take(15) {
        assert_eq!(*told, format!("`{text}` is not a time: {advice}"));
    }
    let rest: Vec<&str> = told.iter().skip(15).map(String::as_str).collect();
    insta::assert_snapshot!(rest.join("\n"), @r"
    `2026-02-29T12:00:00Z` is not a time: there is no such day in the calendar
    `1900-02-29T12:00:00Z` is not a time: there is no such day in the calendar
    `2026-04-31T12:00:00Z` is not a time: there is no such day in the calendar
    `2026-13-01T12:00:00Z` is not a time: there is no such day in the calendar
    `2026-00-10T12:00:00Z` is not a time: there is no such day in the calendar
    `2026-01-00T12:00:00Z` is not a time: there is no such day in the calendar
    `2026-01-31T24:00:00Z` is not a time: hours go to 23, minutes and seconds to 59 (a leap second has no time of its own)
    `2016-12-31T23:59:60Z` is not a time: hours go to 23, minutes and seconds to 59 (a leap second has no time of its own)
    `2026-01-31T12:00:00+24:00` is not a time: hours of an offset go to 23, minutes to 59
    `2026-01-31T12:00:00+02:60` is not a time: hours of an offset go to 23, minutes to 59
    ");
    let long = format!("2026-01-31T12:00:00.{}Z", "1".repeat(1 << 20));
    assert!(Timestamp::parse(&long).is_ok());
    assert!(
        Timestamp::parse(&long.replace('Z', "z"))
            .unwrap_err()
            .to_string()
            .len()
            < 400
    );
}

#[test]
fn a_difference_compares_with_a_duration() {
    let read = |text| Timestamp::parse(text).unwrap();
    let age = read("2026-03-01T00:00:00Z").nanoseconds_since(&read("2026-02-28T23:30:00+01:00"));
    assert_eq!(age, i128::from(parse_duration("1h30m").unwrap()));
    let most = read("9999-12-31T23:59:59Z").nanoseconds_since(&read("0000-01-01T00:00:00Z"));
    assert!(most > i128::from(i64::MAX));
}

/// The days since 1970, counted year by year and month by month.
fn naive_days(year: i128, month: i128, day: i128) -> i128 {
    let leap = |year: i128| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let before: i128 = (0..year)
        .map(|year| if leap(year) { 366 } else { 365 })
        .sum();
    let lengths = [
        31,
        if leap(year) { 29 } else { 28 },
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let months: i128 = (1..month).zip(lengths).map(|(_, length)| length).sum();
    before + months + day - 1 - 719_528
}

proptest! {
    #[test]
    fn instants_are_those_of_a_naive_calendar(
        (year, month, day) in (0..=9999_i128, 1..=12_i128, 1..=28_i128),
        (hour, minute, second) in (0..24_i128, 0..60_i128, 0..60_i128),
        nanosecond in 0..SECOND,
        (sign, hours, minutes) in ("[+-]", 0..24_i128, 0..60_i128),
    ) {
        let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{nanosecond:09}{sign}{hours:02}:{minutes:02}");
        let ahead = (hours * 60 + minutes) * if sign == "-" { -1 } else { 1 };
        let minutes = (naive_days(year, month, day) * 24 + hour) * 60 + minute - ahead;
        prop_assert_eq!(since_1970(&text), Some((minutes * 60 + second) * SECOND + nanosecond));
        let time = Timestamp::parse(&text).unwrap();
        prop_assert_eq!(Timestamp::parse(&time.to_string()).unwrap(), time);
    }

    #[test]
    fn order_is_that_of_instants(a in "20[0-9]{2}-0[1-9]-[12][0-8]T1[0-9]:00:00(Z|[+-]0[0-9]:30)", b in "20[0-9]{2}-0[1-9]-[12][0-8]T1[0-9]:00:00(Z|[+-]0[0-9]:30)") {
        let (a, b) = (Timestamp::parse(&a).unwrap(), Timestamp::parse(&b).unwrap());
        prop_assert_eq!(a.cmp(&b), a.nanoseconds_since(&b).cmp(&0));
        prop_assert_eq!(a == b, a.nanoseconds_since(&b) == 0);
    }

    #[test]
    fn nothing_panics(text in "[0-9TZ:.+-]{0,30}|.{0,20}") {
        if let Ok(time) = Timestamp::parse(&text) {
            prop_assert_eq!(Timestamp::parse(&time.to_string()).unwrap(), time);
        }
    }
}

//! Input that wants to be slow, large or fatal.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail loudly"
)]

use std::time::{Duration, Instant};

use catalog_conditions::version::{
    KubeVersion, KubeVersionRange, Prereleases, Version, VersionRange, image_version,
};
use proptest::prelude::*;

/// Far more than any of these takes when the work is linear, far less than when it is quadratic.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn texts_of_any_length_get_an_answer_soon() {
    let begin = Instant::now();
    for unit in [
        "1", "9", ".", "-", "+", "a.", "1.", "x.", "v", " ", ",", "|", "||", "1||", "1 ", "1,",
        "!=", ">", "é", "\u{0}", "1-0.", "^", "~>",
    ] {
        let text = unit.repeat(1_000_000 / unit.len());
        assert!(Version::parse(&text).is_err());
        assert!(VersionRange::parse(&text).is_err());
        assert!(KubeVersion::parse(&text).is_err());
        assert!(KubeVersionRange::parse(&text).is_err());
        let _ = image_version(&text);
    }
    assert!(begin.elapsed() < PATIENCE);
    let error = VersionRange::parse(&"1 || ".repeat(100_000)).unwrap_err();
    assert!(
        error.to_string().contains("longer than 65536 bytes"),
        "{error}"
    );
    let error = Version::parse(&format!("1.0.0-{}", "a".repeat(1_000_000))).unwrap_err();
    assert!(error.to_string().len() < 400, "a message stays readable");
}

#[test]
fn the_longest_ranges_are_read_and_asked_soon() {
    let begin = Instant::now();
    let fill = |join: &str, term: &dyn Fn(usize) -> String| {
        let mut text = term(0);
        for index in 1.. {
            let next = format!("{join}{}", term(index));
            if text.len() + next.len() > 65_536 {
                break;
            }
            text.push_str(&next);
        }
        text
    };
    let texts = [
        fill("||", &|index| (index % 10).to_string()),
        fill("||", &|index| format!("1.{index}.1-a")),
        fill(" ", &|index| format!("!={index}")),
        fill(",", &|index| format!("!=1.{index}.1-0")),
        fill(",", &|index| format!(">=1.{index}.1-a")),
        fill("||", &|index| format!("~{index}.0.0-a !={index}")),
        fill("||", &|_| "*".to_owned()),
    ];
    for text in &texts {
        let range = VersionRange::parse(text).unwrap();
        let taken = (0..200).filter(|patch| {
            let version = Version::parse(&format!("1.{patch}.1-b")).unwrap();
            range.matches(&version, Prereleases::Named)
        });
        assert!(taken.count() <= 200);
        assert!(!range.to_string().is_empty() && !range.set().to_string().is_empty());
        KubeVersionRange::parse(text).unwrap();
    }
    assert!(begin.elapsed() < PATIENCE, "{:?}", begin.elapsed());
}

#[test]
fn long_versions_compare_soon() {
    let begin = Instant::now();
    let long = |end: &str| Version::parse(&format!("1.0.0-{}{end}", "0.".repeat(2000))).unwrap();
    for _ in 0..200 {
        assert!(long("1") < long("2"));
    }
    assert!(begin.elapsed() < PATIENCE);
    assert!(Version::parse(&format!("1-{}", "7".repeat(4094))).is_ok());
    let widest = Version::parse(&format!("1-{}", "7".repeat(4094))).unwrap();
    let range = VersionRange::parse(&format!("<={widest}")).unwrap();
    assert!(range.matches(&widest, Prereleases::Named));
}

proptest! {
    #[test]
    fn nothing_panics(text in prop_oneof![any::<String>(), "[v0-9xX*.+<>=!~^, |\u{a0}é-]{0,24}"]) {
        if let Ok(version) = Version::parse(&text) {
            prop_assert_eq!(version.as_str(), &text);
        }
        if let Err(error) = Version::parse(&text) {
            prop_assert!(text.is_char_boundary(error.offset()), "{}", error);
            prop_assert!(!error.to_string().chars().any(char::is_control));
        }
        match VersionRange::parse(&text) {
            Ok(range) => prop_assert_eq!(VersionRange::parse(&range.to_string()).unwrap(), range),
            Err(error) => prop_assert!(text.is_char_boundary(error.offset()), "{}", error),
        }
        if let Ok(range) = KubeVersionRange::parse(&text) {
            prop_assert_eq!(KubeVersionRange::parse(&range.to_string()).unwrap(), range);
        }
        let _ = (KubeVersion::parse(&text), image_version(&text));
    }
}

//! What is read prints text that reads back as the same.
#![no_main]

use catalog_conditions::version::{KubeVersionRange, Prereleases, Version, VersionRange};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (left, right) = text.split_once('|').unwrap_or((text, "1.2.3-rc.1"));
    if let Ok(range) = VersionRange::parse(left) {
        let again = VersionRange::parse(&range.to_string()).expect("canonical text parses");
        assert_eq!(again.set(), range.set());
        assert_eq!(again.to_string(), range.to_string());
        if let Ok(version) = Version::parse(right) {
            assert_eq!(
                range.matches(&version, Prereleases::Named),
                again.matches(&version, Prereleases::Named)
            );
            assert!(!range.matches(&version, Prereleases::Named) || range.set().contains(&version));
        }
    }
    let _ = KubeVersionRange::parse(left);
});

//! The `semver` crate as an oracle, and what Helm, Terraform, npm and cargo users find different here.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail loudly"
)]

use catalog_conditions::version::{Prereleases, Version, VersionRange};
use proptest::prelude::*;

/// A full version in canonical text, from a pool small enough for versions to meet.
fn full_version() -> impl Strategy<Value = String> {
    let number = || prop_oneof![4 => 0..4_u64, 1 => Just(10), 1 => Just(u64::MAX)];
    let prerelease = prop::sample::select(vec![
        "",
        "",
        "",
        "-0",
        "-1",
        "-9",
        "-10",
        "-99999999999999999999",
        "-a",
        "-a.1",
        "-a.b",
        "-rc.2",
        "-rc.11",
        "--",
    ]);
    (number(), number(), number(), prerelease).prop_map(|(major, minor, patch, prerelease)| {
        format!("{major}.{minor}.{patch}{prerelease}")
    })
}

/// A comparator in the part of the dialect that cargo reads alike: no bare version.
fn comparator(version: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let operator = prop::sample::select(vec!["=", ">", ">=", "<", "<=", "~", "^"]);
    (operator, version).prop_map(|(operator, version)| format!("{operator}{version}"))
}

fn partial_version() -> impl Strategy<Value = String> {
    prop_oneof![
        (0..4_u64).prop_map(|major| major.to_string()),
        (0..4_u64, 0..4_u64).prop_map(|(major, minor)| format!("{major}.{minor}")),
    ]
}

/// Whether we and cargo take a version for comparators that must all hold.
fn taken_here_and_there(comparators: &[String], version: &str) -> (bool, bool) {
    let text = comparators.join(", ");
    let ours = VersionRange::parse(&text)
        .unwrap()
        .matches(&Version::parse(version).unwrap(), Prereleases::Named);
    let theirs = semver::VersionReq::parse(&text)
        .unwrap()
        .matches(&semver::Version::parse(version).unwrap());
    (ours, theirs)
}

proptest! {
    #[test]
    fn precedence_is_that_of_semver(left in full_version(), right in full_version()) {
        let ours = Version::parse(&left).unwrap().cmp_precedence(&Version::parse(&right).unwrap());
        let theirs = semver::Version::parse(&left).unwrap().cmp_precedence(&semver::Version::parse(&right).unwrap());
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn operators_and_the_prerelease_rule_are_those_of_cargo(
        comparators in prop::collection::vec(comparator(full_version()), 1..4),
        version in full_version(),
    ) {
        let (ours, theirs) = taken_here_and_there(&comparators, &version);
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn lines_are_those_of_cargo_for_stable_versions(
        comparators in prop::collection::vec(comparator(prop_oneof![full_version(), partial_version()]), 1..4),
        version in full_version(),
    ) {
        let stable = version.split('-').next().unwrap();
        let (ours, theirs) = taken_here_and_there(&comparators, stable);
        prop_assert_eq!(ours, theirs);
    }
}

#[test]
fn cargo_answers_otherwise_only_here() {
    let check = |text: &str, version: &str, ours: bool, theirs: Option<bool>| {
        let version_here = Version::parse(version).unwrap();
        assert_eq!(
            VersionRange::parse(text)
                .unwrap()
                .matches(&version_here, Prereleases::Named),
            ours,
            "{text}, {version}"
        );
        let theirs_now = semver::VersionReq::parse(text)
            .ok()
            .zip(semver::Version::parse(version).ok());
        assert_eq!(
            theirs_now.map(|(range, version)| range.matches(&version)),
            theirs,
            "{text}, {version}"
        );
    };
    // A bare version is exact, a bare part of one a line, as in Helm; cargo takes both for `^`.
    check("1.2.3", "1.2.4", false, Some(true));
    check("1.2", "1.3.0", false, Some(true));
    check("0.0", "0.0.3", true, Some(true));
    // A bound's line does not close what another bound opens.
    check(">=0.3.10-0, >=0", "0.3.10-0", true, Some(false));
    // Build metadata in a bound counts: packagers number their revisions there.
    check("=1.14.2+1", "1.14.2+2", false, Some(true));
    check(">1.14.2+1", "1.14.2+2", true, Some(false));
    // Forms that cargo does not read.
    check(">=1.2 <2", "1.3.0", true, None);
    check("1.2 - 2.3", "2.3.9", true, None);
    check("^1 || ^3", "3.1.0", true, None);
    check("!=1.2.3", "1.2.4", true, None);
    check("~> 1.2", "1.9.0", true, None);
    check("v1.2.3", "1.2.3", true, None);
    check("", "1.2.3", true, None);
}

#[test]
fn helm_npm_and_terraform_users_find_these_different() {
    let check = |text: &str, version: &str, takes: bool| {
        let version = Version::parse(version).unwrap();
        assert_eq!(
            VersionRange::parse(text)
                .unwrap()
                .matches(&version, Prereleases::Named),
            takes,
            "{text}, {version}"
        );
    };
    // Helm reads `~>` as `~`; here it is Terraform's, where it comes from.
    check("~>1.2", "1.9.0", true);
    // Terraform gives `~> 1` no upper end; Ruby, which invented it, and Helm do.
    check("~>1", "2.0.0", false);
    // Helm's `-0` admits all prereleases; here it names those of one version.
    check(">=1.0.0-0", "1.1.0-rc.1", false);
    // npm takes an empty alternative for `*`; here it is an error, for it opens the whole range.
    assert!(VersionRange::parse("1.2 ||").is_err());
}

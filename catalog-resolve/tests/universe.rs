//! What goes into a universe, and what is said of what does not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    reason = "a test may fail loudly, and needs only a part of the scenarios"
)]

mod scenario;

use catalog_model::Severity;
use catalog_resolve::{Item, Outcome, Request, Universe, resolve};
use scenario::universe;

/// The diagnostics, and how many releases are left.
#[track_caller]
fn check(releases: &str, codes: &[&str], left: usize) {
    let universe = universe(releases);
    let found: Vec<&str> = universe.diagnostics().iter().map(|d| d.code()).collect();
    assert_eq!((found.as_slice(), universe.release_count()), (codes, left));
    for diagnostic in universe.diagnostics() {
        assert!(diagnostic.package().is_some() && !diagnostic.help_lines().is_empty());
    }
}

#[test]
fn what_cannot_be_understood_is_left_out_and_said() {
    check("a 1.0.0\n a latest", &["universe.version.unreadable"], 1);
    check(
        "a 1.0.0: needs b >>1\n b 1.0.0",
        &["universe.range.unreadable"],
        1,
    );
    check(
        "a 1.0.0: conflicts b 1..2\n b 1.0.0",
        &["universe.range.unreadable"],
        1,
    );
    check(
        "a 1.0.0: needs a\n a 0.9.0",
        &["universe.dependency.self"],
        1,
    );
    check("a 1.0.0\n a 1.0.0", &["universe.release.duplicate"], 1);
    check(
        "a 2.0.0: namespaced\n a 1.0.0",
        &["universe.scope.differs"],
        1,
    );
}

#[test]
fn each_catalog_has_the_first_of_its_releases_of_a_version() {
    // What overlaps and is the same is one release, of all of them.
    let one = "a 1.0.0: from x; also y; digest d\n a 1.0.0: from y; also z; digest d";
    check(one, &[], 1);
    // What is not the same counts for those catalogs that have nothing else.
    let two =
        "a 1.0.0: from x; also y; digest d\n a 1.0.0: from y; also z; digest e\n a 2.0.0: from z";
    check(two, &["universe.release.duplicate"], 3);
    check(
        "a 1.0.0: from x; also y; digest d\n a 1.0.0: from y; digest d",
        &["universe.release.duplicate"],
        1,
    );
    let chosen = |text: &str, range: &str, catalog: &str| {
        let item = Item::new("a", range.parse().unwrap()).catalog(catalog);
        let request = Request::new().item(item);
        let universe = universe(text);
        let Outcome::Resolved(resolution) = resolve(&universe, &request) else {
            return "none".to_owned();
        };
        let a = &resolution.releases()[0];
        let others = Vec::from_iter(a.also_in()).join(" ");
        format!(
            "{} {} {others}",
            a.version(),
            a.catalog().unwrap_or_default()
        )
    };
    assert_eq!(chosen(one, "*", "z"), "1.0.0 x y z");
    assert_eq!(chosen(two, "<2", "y"), "1.0.0 x y");
    assert_eq!(chosen(two, "<2", "z"), "1.0.0 z ");
    // It stands where its catalog does, and not where the one stood that it is not of.
    assert_eq!(chosen(two, "*", "z"), "2.0.0 z ");
}

#[test]
fn a_dependency_named_twice_is_a_warning() {
    let twice = "a 1.0.0: needs b >=1; needs b <2\n b 1.0.0";
    check(twice, &["universe.dependency.duplicate"], 2);
    assert_eq!(
        universe(twice).diagnostics()[0].severity(),
        Severity::Warning
    );
}

#[test]
fn versions_that_mean_the_same_are_different_releases() {
    check("a 1.0.0\n a v1.0\n a 1.0.0+1", &[], 3);
    check("a 1.0.0: from x\n a 1.0.0: from y", &[], 2);
}

#[test]
fn json_says_where_it_is_wrong() {
    let error = |text: &str| Universe::from_json(text).unwrap_err();
    let typed = error("{\"a\": {\n  \"1.0.0\": {\"dependencies\": 7}}}");
    assert_eq!((typed.line(), typed.column()), (2, 29));
    insta::assert_snapshot!(typed, @"not a universe, at line 2 column 29: invalid type: integer `7`, expected a sequence");
    insta::assert_snapshot!(error("{"), @"not a universe, at line 1 column 1: EOF while parsing an object");
    error(&"[".repeat(100_000));
}

#[test]
fn json_with_keys_that_would_be_passed_over_is_refused() {
    let error = |text: &str| Universe::from_json(text).unwrap_err().to_string();
    insta::assert_snapshot!(error("{\"a\": {\"1.0.0\": {\n\"dependancies\": []}}}"), @"not a universe, at line 2 column 14: unknown field `dependancies`, expected one of `dependencies`, `conflicts`, `provides`, `requires`");
    insta::assert_snapshot!(error(r#"{"a": {"1.0.0": {"dependencies": [{"name": "b", "verison": "1"}]}}}"#), @"not a universe, at line 1 column 57: unknown field `verison`, expected one of `name`, `version`, `optional`");
    insta::assert_snapshot!(error(r#"{"a": {"1.0.0": {"conflicts": [{"name": "b", "optional": true}]}}}"#), @"not a universe, at line 1 column 55: unknown field `optional`, expected `name` or `version`");
    insta::assert_snapshot!(error(r#"{"a": {"1.0.0": {"provides": [], "provides": ["x"]}}}"#), @"not a universe, at line 1 column 43: duplicate field `provides`");
    insta::assert_snapshot!(error("{\"a\": {\"1.0.0\": {}},\n\"a\": {\"2.0.0\": {}}}"), @"not a universe, at line 2 column 3: `a` is there twice: remove one of them");
    insta::assert_snapshot!(error(r#"{"a": {"1.0.0": {}, "1.0.0": {"requires": ["x"]}}}"#), @"not a universe, at line 1 column 27: `1.0.0` is there twice: remove one of them");
}

#[test]
fn json_may_leave_out_what_is_empty() {
    let text = r#"{"a": {"1.0.0": {}, "2.0.0-rc.1": {"dependencies": [{"name": "b"}], "requires": ["x"]}}}"#;
    let universe = Universe::from_json(text).unwrap();
    assert_eq!((universe.package_count(), universe.release_count()), (1, 2));
    assert_eq!(universe.package_names().collect::<Vec<_>>(), ["a"]);
}

#[test]
fn the_newest_version_is_stable_and_not_yanked_if_there_is_one() {
    let newest = |releases: &str| {
        universe(releases)
            .newest_version("a")
            .map(ToString::to_string)
    };
    assert_eq!(
        newest("a 1.0.0\n a 2.0.0: yanked no\n a 3.0.0-rc.1").as_deref(),
        Some("1.0.0")
    );
    assert_eq!(
        newest("a 3.0.0-rc.1\n a 3.0.0-rc.2").as_deref(),
        Some("3.0.0-rc.2")
    );
    assert_eq!(newest("a 1.0.0: yanked no").as_deref(), Some("1.0.0"));
    assert_eq!(newest("b 1.0.0"), None);
    let versions = universe("a 1.0.0\n a 10.0.0\n a 2.0.0: from x\n a 2.0.0");
    let versions: Vec<String> = versions
        .versions("a")
        .into_iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(versions, ["10.0.0", "2.0.0", "1.0.0"]);
}

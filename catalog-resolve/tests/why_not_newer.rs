//! What users read of releases that are newer than what was chosen.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod scenario;

use catalog_resolve::{Outcome, resolve, ways_to_newer, why_not_newer};
use scenario::{request, universe};

/// All that is told of an answer, a line each.
fn why(releases: &str, wanted: &str) -> String {
    let (universe, request) = (universe(releases), request(wanted));
    let Outcome::Resolved(resolution) = resolve(&universe, &request) else {
        panic!("there is an answer");
    };
    let told = why_not_newer(&universe, &request, resolution.releases());
    let lines = told.iter().map(|why| {
        assert_eq!(why.facts().is_empty(), !why.is_minimal(), "{why}");
        let ways = ways_to_newer(&universe, &request, why);
        why.explanation_with(&ways)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_installed_stays_unless_its_upgrade_is_asked_for() {
    let releases = "foo 1.0.0\n foo 2.0.0: needs lib >=2\n lib 1.0.0\n lib 2.0.0";
    insta::assert_snapshot!(why(releases, "foo | installed lib 1.0.0"), @r"
    foo 2.0.0: it needs lib >=2; lib 1.0.0 is installed and stays, because no upgrade of it is asked for (to get foo 2.0.0: upgrade lib)
    lib 2.0.0: lib 1.0.0 is installed and stays, because no upgrade of it is asked for (to get lib 2.0.0: upgrade lib)
    ");
    insta::assert_snapshot!(why(releases, "foo | installed lib 1.0.0 | upgrade lib"), @"");
    insta::assert_snapshot!(why(releases, "foo | installed lib 1.0.0 pinned"), @r"
    foo 2.0.0: it needs lib >=2; lib 1.0.0 is pinned (to get foo 2.0.0: upgrade foo, and let lib move: it is pinned)
    lib 2.0.0: lib 1.0.0 is pinned (to get lib 2.0.0: upgrade lib, and let lib move: it is pinned)
    ");
    insta::assert_snapshot!(why(releases, "foo | installed lib 1.0.0 | fewest changes"), @r"
    foo 2.0.0: it needs lib >=2; lib 1.0.0 is installed and stays, because as few changes as can be are asked for (to get foo 2.0.0: upgrade lib)
    lib 2.0.0: lib 1.0.0 is installed and stays, because as few changes as can be are asked for (to get lib 2.0.0: upgrade lib)
    ");
}

#[test]
fn one_fact_is_enough() {
    let releases = "a 1.0.0\n a 1.1.0\n a 1.2.0: yanked it leaks\n a 1.3.0\n a 1.4.0\n a 2.0.0-rc.1\n a 2.0.0: needs b >>1";
    insta::assert_snapshot!(why(releases, "a <2 | exclude a 1.3.0: too new | exclude a 1.4.0: too new"), @r"
    a 2.0.0: it cannot be used (see the diagnostics)
    a 2.0.0-rc.1: it is a prerelease, which <2 of the request does not name (to get a 2.0.0-rc.1: allow prereleases of a)
    a 1.3.0 to 1.4.0: it is excluded: too new (to get a 1.4.0: allow a 1.3.0 to 1.4.0 all the same)
    a 1.2.0: it is yanked: it leaks (to get a 1.2.0: ask for exactly a 1.2.0, though it was yanked)
    ");
    insta::assert_snapshot!(why(releases, "a <1.1"), @r"
    a 2.0.0: it cannot be used (see the diagnostics)
    a >=1.1.0: the request asks for a <1.1 (to get a 1.4.0: ask for a 1.4.0 instead of <1.1)
    ");
    insta::assert_snapshot!(why(releases, "| installed a 1.0.0 pinned"), @r"
    a 2.0.0: it cannot be used (see the diagnostics)
    a >=1.1.0: a 1.0.0 is pinned (to get a 1.4.0: upgrade a, and let a move: it is pinned)
    ");
    let steps =
        "a 1.0.0\n a 1.1.0: replaces 1.0.0\n a 2.0.0: replaces 1.9.0\n a 2.1.0: replaces 2.0.0";
    insta::assert_snapshot!(why(steps, "| installed a 1.0.0 | upgrade a"), @r"a 2.x: it is out of reach: no upgrade leads there from a 1.0.0");
}

#[test]
fn what_needs_it_holds_it_back() {
    let releases = "app 1.0.0: needs loki ^2\n app 0.9.0: needs loki\n loki 2.9.0\n loki 3.0.0\n loki 3.1.0\n loki 3.2.0: needs gone";
    insta::assert_snapshot!(why(releases, "app"), @r"
    loki 3.2.0: it needs gone, which is in no catalog
    loki 3.0.0 to 3.1.0: app 1.0.0 needs loki ^2; app 1.0.0 was chosen first, because it is asked for (to get loki 3.1.0: ask for loki 3.1.0 before anything else)
    ");
    insta::assert_snapshot!(why(releases, "app 1.0.0"), @r"loki 3.x: the request asks for app 1.0.0; app 1.0.0 needs loki ^2");
    let deep = "app 1.0.0: needs a; needs loki\n a 1.0.0: needs b\n b 1.0.0: needs c\n c 1.0.0: needs loki <3\n loki 2.9.0\n loki 3.0.0";
    insta::assert_snapshot!(why(deep, "app"), @r"loki 3.0.0: the request asks for app; app 1.0.0 needs a; a 1.0.0 needs b; b 1.0.0 needs c; c 1.0.0 needs loki <3");
    let through = "foo 1.0.0\n foo 2.0.0: needs bar >=3\n bar 2.0.0\n bar 3.0.0: needs lib >=2\n lib 1.0.0\n lib 2.0.0";
    insta::assert_snapshot!(why(through, "lib 1, foo"), @r"
    foo 2.0.0: it needs bar >=3; bar 3.0.0 needs lib >=2; the request asks for lib 1 (to get foo 2.0.0: ask for lib 2.0.0 instead of 1)
    lib 2.0.0: the request asks for lib 1 (to get lib 2.0.0: ask for lib 2.0.0 instead of 1)
    ");
}

#[test]
fn the_order_of_items_decides() {
    let releases = "a 1.0.0\n a 2.0.0: conflicts b >=2\n b 1.0.0\n b 2.0.0";
    insta::assert_snapshot!(why(releases, "a, b"), @r"b 2.0.0: a 2.0.0 conflicts with b >=2; a 2.0.0 was chosen first, because it is asked for before b (to get b 2.0.0: ask for b 2.0.0 before anything else)");
    insta::assert_snapshot!(why(releases, "b, a"), @r"a 2.0.0: it conflicts with b >=2; b 2.0.0 was chosen first, because it is asked for before a (to get a 2.0.0: ask for a 2.0.0 before anything else)");
}

#[test]
fn something_else_is_preferred() {
    let catalogs = "catalogs main extra\n a 1.0.0: from main\n a 2.0.0: from extra";
    insta::assert_snapshot!(why(catalogs, "a"), @r"a 2.0.0: a 1.0.0 is preferred, because the catalog main comes first (to get a 2.0.0: ask for a 2.0.0 before anything else)");
    insta::assert_snapshot!(why("a 1.0.0\n a 2.0.0-rc.1", "a >=1.0.0 <=2.0.0-rc.1"), @r"a 2.0.0-rc.1: a 1.0.0 is preferred, because it is stable (to get a 2.0.0-rc.1: allow prereleases of a)");
    insta::assert_snapshot!(why("a 1.0.0\n a 1.1.0\n a 1.2.0", "a | locked a 1.1.0"), @r"a 1.2.0: a 1.1.0 is locked (to get a 1.2.0: do without the lock of a)");
    insta::assert_snapshot!(why("a 1.0.0\n a 2.0.0", "a | installed a 1.0.0"), @r"a 2.0.0: a 1.0.0 is installed and stays, because no upgrade of it is asked for (to get a 2.0.0: upgrade a)");
}

#[test]
fn providers_hold_each_other_back() {
    let releases =
        "app 1.0.0: requires x; needs p\n p 1.0.0: provides x\n p 2.0.0\n p 3.0.0: conflicts app";
    insta::assert_snapshot!(why(releases, "app"), @r"p >=2.0.0: the request asks for app; app 1.0.0 needs the capability x, which only p 1.0.0 provides");
    let either = "app 1.0.0: requires x\n p 1.0.0: provides x\n p 2.0.0\n q 1.0.0: provides x; conflicts base\n base 1.0.0";
    insta::assert_snapshot!(why(either, "app, base"), @r"p 2.0.0: the request asks for app and base; app 1.0.0 needs the capability x, which only p 1.0.0 and q 1.0.0 provide; q 1.0.0 conflicts with base");
    let besides =
        "app 1.0.0: requires x\n p 1.0.0: provides x; needs q\n q 1.0.0\n q 2.0.0: provides x";
    insta::assert_snapshot!(why(besides, "app"), @r"q 2.0.0: q is not to provide the capability x, for which another one was chosen (to get q 2.0.0: ask for q 2.0.0 before anything else)");
}

#[test]
fn many_reasons_are_not_all_told() {
    let mut releases = String::from("front 0.1.0\n");
    for n in 1..40 {
        releases.push_str(&format!("front 1.{n}.0: needs back-{n}\n"));
    }
    insta::assert_snapshot!(why(&releases, "front"), @r"
    front 1.39.0: it needs back-39, which is in no catalog
    front 1.38.0: it needs back-38, which is in no catalog
    front 1.37.0: it needs back-37, which is in no catalog
    front 1.36.0: it needs back-36, which is in no catalog
    front 1.35.0: it needs back-35, which is in no catalog
    front 1.34.0: it needs back-34, which is in no catalog
    front 1.33.0: it needs back-33, which is in no catalog
    front 1.32.0: it needs back-32, which is in no catalog
    front 1.1.0 to 1.31.0: there are other reasons, which are not told
    ");
}

#[test]
fn what_is_asked_for_in_another_namespace_stays() {
    let releases = "a 1.0.0: namespaced\n a 2.0.0: namespaced; needs lib >=2\n b 1.0.0: namespaced; needs lib <2\n b 0.9.0: namespaced\n lib 1.0.0: namespaced\n lib 2.0.0: namespaced";
    insta::assert_snapshot!(why(releases, "b (in y), a 1.0.0 (in x), a (in y)"), @r"
    a 2.0.0 in x: the request asks for a 1.0.0 in x (to get a 2.0.0: ask for a 2.0.0 in x instead of 1.0.0)
    a 2.0.0 in y: it needs lib >=2; b 1.0.0 in y needs lib <2; b 1.0.0 in y was chosen first, because it is asked for before a in y (to get a 2.0.0: ask for a 2.0.0 in y before anything else)
    lib 2.0.0 in y: b 1.0.0 in y needs lib <2; b 1.0.0 in y was chosen first, because it is asked for (to get lib 2.0.0: ask for lib 2.0.0 in y before anything else)
    ");
}

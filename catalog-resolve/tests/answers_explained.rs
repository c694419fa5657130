//! What users read of an answer: who needs what, and what is worth knowing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod scenario;

use catalog_resolve::{Outcome, Resolution, Universe, resolve};
use scenario::{request, universe};

fn resolved(universe: &Universe, wanted: &str) -> Resolution {
    match resolve(universe, &request(wanted)) {
        Outcome::Resolved(resolution) => resolution,
        outcome => panic!("{outcome:?}"),
    }
}

fn lines<T: ToString>(all: &[T]) -> String {
    let lines: Vec<String> = all.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// Who needs a package, a line each.
fn chains(releases: &str, wanted: &str, package: &str) -> String {
    let universe = universe(releases);
    lines(&resolved(&universe, wanted).why(&universe, package))
}

/// What is worth knowing: kind and text.
fn notes(releases: &str, wanted: &str) -> String {
    let notes = resolved(&universe(releases), wanted).notes();
    let notes: Vec<String> = notes.iter().map(|n| format!("{}: {n}", n.kind())).collect();
    lines(&notes)
}

#[test]
fn who_needs_a_package() {
    let releases = "
        app 1.0.0: needs grafana >=11; needs loki ^2; requires metrics
        grafana 11.2.0: needs loki; needs db
        loki 2.9.0: requires api storage.example.com/v1/Bucket
        minio 1.0.0: provides api storage.example.com/v1/Bucket; needs db ~1
        prometheus 3.0.0: provides metrics
        db 1.0.0
    ";
    insta::assert_snapshot!(chains(releases, "app, db", "db"), @r"
    db 1.0.0 (asked for)
    app 1.0.0 (asked for) needs grafana 11.2.0 (>=11), which needs db 1.0.0
    app 1.0.0 (asked for) needs loki 2.9.0 (^2), which needs minio 1.0.0 (the API storage.example.com/v1/Bucket), which needs db 1.0.0 (~1)
    ");
    insta::assert_snapshot!(chains(releases, "app", "minio"), @r"app 1.0.0 (asked for) needs loki 2.9.0 (^2), which needs minio 1.0.0 (the API storage.example.com/v1/Bucket)");
    insta::assert_snapshot!(chains(releases, "app, prometheus", "prometheus"), @r"
    prometheus 3.0.0 (asked for)
    app 1.0.0 (asked for) needs prometheus 3.0.0 (the capability metrics)
    ");
    insta::assert_snapshot!(chains(releases, "app", "nothing"), @"");
}

#[test]
fn who_needs_what_is_installed() {
    let releases = "app 1.0.0: needs lib\n tool 1.0.0: needs lib\n lib 1.0.0\n a 1.0.0: needs b; group g\n b 1.0.0: needs a; group g";
    let installed = "| installed app 1.0.0 requested | installed tool 1.0.0 | installed lib 1.0.0 | installed a 1.0.0 | installed b 1.0.0 | installed stranger 7";
    for (package, expected) in [
        (
            "lib",
            "app 1.0.0 (installed because a user wants it) needs lib 1.0.0\ntool 1.0.0 (installed, though no user wants it) needs lib 1.0.0",
        ),
        (
            "a",
            "b 1.0.0 (installed, though no user wants it) needs a 1.0.0",
        ),
        (
            "stranger",
            "stranger 7 (installed, though no user wants it)",
        ),
    ] {
        assert_eq!(chains(releases, installed, package), expected);
    }
}

#[test]
fn namespaces_are_named() {
    let releases = "agent 1.0.0: namespaced\n tool 1.0.0: namespaced; needs agent <2\n app 1.0.0: lives dev; needs tool";
    insta::assert_snapshot!(chains(releases, "app, agent (in ops)", "agent"), @r"
    agent 1.0.0 in ops (asked for)
    app 1.0.0 (asked for) needs tool 1.0.0 in dev, which needs agent 1.0.0 in dev (<2)
    ");
}

#[test]
fn chains_are_as_short_as_can_be_and_not_too_many() {
    let mut releases = String::from("lib 1.0.0\n app 1.0.0: needs user-00\n");
    for n in 0..60 {
        releases.push_str(&format!(
            "user-{n:02} 1.0.0: needs lib; needs user-{:02}\n",
            (n + 1).min(59)
        ));
    }
    let releases = releases.replace("; needs user-59\n", "\n").replace(
        "user-58 1.0.0: needs lib",
        "user-58 1.0.0: needs lib; needs user-59",
    );
    let universe = universe(&releases);
    let chains = resolved(&universe, "app").why(&universe, "lib");
    let lengths = chains
        .iter()
        .map(|chain| chain.links().len() + chain.left_out());
    let lengths: Vec<usize> = lengths.collect();
    assert_eq!(lengths, (3..53).collect::<Vec<_>>());
}

#[test]
fn a_lower_declaration_is_no_action() {
    let releases = "db 1.0.0\n db 2.0.0";
    insta::assert_snapshot!(notes(releases, "db <2 (declared) | installed db 2.0.0"), @r"declaredLower: db 2.0.0 is above <2, which is declared: a lower declaration is no action");
    insta::assert_snapshot!(notes(releases, "db (declared) | installed db 2.0.0"), @"");
}

#[test]
fn what_was_broken_before_is_not_asked_for() {
    let releases = "
        audit 1.0.0: needs db <2; needs gone; likes ui ^3; conflicts legacy; requires metrics; ships crd/x one
        tool 1.0.0: ships crd/x two
        db 2.0.0
        ui 1.0.0
        legacy 1.0.0
        other 1.0.0: provides metrics
    ";
    let installed = "installed audit 1.0.0 | installed tool 1.0.0 | installed db 2.0.0 | installed ui 1.0.0 | installed legacy 1.0.0";
    insta::assert_snapshot!(notes(releases, &format!("| {installed}")), @r"
    brokenAlready: audit 1.0.0 needs db <2, and db 2.0.0 is there; that was so before, and nobody asks to change it
    brokenAlready: audit 1.0.0 needs gone, which is not there; that was so before, and nobody asks to change it
    brokenAlready: audit 1.0.0 only works with ui ^3, and ui 1.0.0 is there; that was so before, and nobody asks to change it
    brokenAlready: audit 1.0.0 conflicts with legacy 1.0.0; that was so before, and nobody asks to change it
    brokenAlready: audit 1.0.0 needs the capability metrics, which nothing provides; that was so before, and nobody asks to change it
    brokenAlready: audit 1.0.0 and tool 1.0.0 ship crd/x with different contents; that was so before, and nobody asks to change it
    ");
    // What comes for another reason mends it.
    insta::assert_snapshot!(notes(releases, &format!("other | {installed} | cluster x")), @r"
    brokenAlready: audit 1.0.0 needs db <2, and db 2.0.0 is there; that was so before, and nobody asks to change it
    brokenAlready: audit 1.0.0 needs gone, which is not there; that was so before, and nobody asks to change it
    brokenAlready: audit 1.0.0 only works with ui ^3, and ui 1.0.0 is there; that was so before, and nobody asks to change it
    brokenAlready: audit 1.0.0 conflicts with legacy 1.0.0; that was so before, and nobody asks to change it
    brokenAlready: audit 1.0.0 and tool 1.0.0 ship crd/x with different contents; that was so before, and nobody asks to change it
    ");
}

#[test]
fn a_lower_catalog_is_said() {
    let releases = "catalogs main extra\n a 1.0.0: from main\n a 2.0.0: from extra\n b 1.0.0: needs a >=2; from main";
    insta::assert_snapshot!(notes(releases, "b"), @r"lowerCatalog: a 2.0.0 is of the catalog extra, because no answer is left with a release of the catalog main");
    insta::assert_snapshot!(notes(releases, "a (from extra)"), @"");
    insta::assert_snapshot!(notes(releases, "a"), @"");
    insta::assert_snapshot!(notes(releases, "b | installed a 2.0.0"), @"");
}

#[test]
fn where_a_release_does_not_go_is_said() {
    let releases = "db 1.0.0: lives a\n db 2.0.0: lives b\n db 3.0.0: lives b";
    insta::assert_snapshot!(notes(releases, "db =1"), @"otherNamespace: db 1.0.0 goes to the namespace b, as its newest release says, and says a itself");
    insta::assert_snapshot!(notes(releases, "db"), @"");
    insta::assert_snapshot!(notes(releases, "db >=2 | installed db 1.0.0 in a"), @"otherNamespace: db 3.0.0 goes to the namespace a, where it is installed, and says b itself");
    insta::assert_snapshot!(notes(releases, "db | installed db 1.0.0 in a"), @"");
}

#[test]
fn a_second_record_of_one_instance_is_ignored() {
    let releases = "lib 1.0.0\n lib 1.1.0";
    insta::assert_snapshot!(notes(releases, "| installed lib 1.0.0 | installed lib 1.1.0 in other"), @r"repeatedRecord: lib is recorded as installed twice: 1.0.0 in lib counts, and 1.1.0 in other does not");
}

#[test]
fn an_answer_that_may_not_be_the_best_says_so() {
    let universe = universe(
        "foo 1.0.0: needs lib <2\n foo 2.0.0: needs lib >=2; needs tool >=2\n lib 1.0.0\n lib 2.0.0\n tool 1.0.0\n tool 2.0.0",
    );
    let wanted = "foo >=2 | installed lib 1.0.0 | installed tool 1.0.0 | fewest changes";
    let notes =
        (1..80).find_map(
            |steps| match resolve(&universe, &request(wanted).budget(steps)) {
                Outcome::Resolved(resolution) => resolution.unproven().map(|_| resolution.notes()),
                _ => None,
            },
        );
    insta::assert_snapshot!(lines(&notes.unwrap()), @r"whether there is a better answer was not settled: the budget ended at lib");
}

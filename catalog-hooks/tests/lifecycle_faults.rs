//! An upgrade with two hooks, with a fault at each of its effects, and with two.
#![cfg(feature = "simulator")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod lifecycle;

use catalog_hooks::Outcome;
use catalog_hooks::simulator::{Fault, Injection, PodScript};
use lifecycle::{UNDO, cluster, expect_nothing, hook, script, seconds, upgrade, upgrade_in};
use proptest::prelude::*;

fn two_hooks() -> String {
    format!(
        "pre-upgrade:\n{}post-upgrade:\n{}",
        hook("backup", ""),
        hook("migrate", "")
    )
}

#[test]
fn without_faults_an_upgrade_is_done() {
    let scenario = upgrade(&two_hooks());
    let run = scenario.run(&[]);
    assert_eq!(run.outcome, Some(Outcome::Done));
    assert_eq!(run.runners, 1);
    assert_eq!(scenario.violations(&run), [""; 0]);
    let writes: Vec<&str> = run
        .effects
        .iter()
        .filter(|(words, is_write)| *is_write && words != "write the journal")
        .filter_map(|(words, _)| words.rsplit_once(' ').map(|(what, _)| what))
        .collect();
    let hook = ["create Job", "patch Job", "create Secret", "patch Job"];
    let expected = [
        &["create Secret"],
        &hook[..2],
        &hook[2..],
        &["apply ConfigMap"],
        &hook[..2],
        &hook[2..],
        &["create Secret"],
    ]
    .concat();
    assert_eq!(
        without_repeats(&writes),
        without_repeats(&expected),
        "{writes:?}"
    );
}

/// What was tried again after a change by a controller counts once.
fn without_repeats<'t>(all: &[&'t str]) -> Vec<&'t str> {
    let mut all = all.to_vec();
    all.dedup();
    all
}

#[test]
fn one_fault_breaks_nothing() {
    let exploration = upgrade(&two_hooks()).singles(|_| true);
    expect_nothing("one fault", &exploration);
    assert!(exploration.runs > 400, "{}", exploration.runs);
    let done = exploration
        .outcomes
        .get("Done")
        .copied()
        .unwrap_or_default();
    assert!(
        done * 10 > exploration.runs * 8,
        "{:?}",
        exploration.outcomes
    );
}

/// Whether more is asked for than there is time for every day: `CATALOG_ALL_FAULTS=1`, with `--release`.
fn all() -> bool {
    std::env::var_os("CATALOG_ALL_FAULTS").is_some()
}

/// All pairs are too many for every day: those that begin with a crash at the first hook's writes, and all if it is asked for.
#[test]
fn two_faults_break_nothing() {
    let scenario = upgrade(&two_hooks());
    let base = scenario.run(&[]);
    let is_write = |at: usize| {
        base.effects
            .get(at)
            .is_some_and(|(words, is_write)| *is_write && !words.contains("journal"))
    };
    let exploration = scenario.pairs(|first| {
        all() || first.fault == Fault::CrashAfter && is_write(first.at) && first.at < 12
    });
    expect_nothing("two faults", &exploration);
    assert!(exploration.runs > 300, "{}", exploration.runs);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    /// Three faults anywhere; a server that says 404 of what is there leaves things behind that nobody can find, and is tried alone.
    #[test]
    fn three_faults_break_nothing(places in proptest::array::uniform3((0_usize..90, 0_usize..9))) {
        let faults = places
            .map(|(at, fault)| Injection { at, fault: Fault::ALL[fault] })
            .into_iter()
            .filter(|one| one.fault != Fault::NotFound)
            .collect::<Vec<_>>();
        let scenario = upgrade(&two_hooks());
        let run = scenario.run(&faults);
        prop_assert_eq!(scenario.violations(&run), [""; 0], "{:?}", faults);
    }
}

#[test]
fn a_failing_upgrade_is_taken_back_through_any_fault() {
    let mut cluster = cluster();
    script(&mut cluster, "migrate", [PodScript::fails(seconds(2), 1)]);
    let hooks = format!(
        "pre-upgrade:\n{}{}",
        hook("backup", UNDO),
        hook("migrate", UNDO)
    );
    let scenario = upgrade_in(cluster, &hooks);
    let base = scenario.run(&[]);
    assert_eq!(
        base.outcome,
        Some(Outcome::Unchanged),
        "{}",
        base.cluster.journal().unwrap()
    );
    let exploration = scenario.singles(|one| all() || one.fault.is_done());
    expect_nothing("a failing hook", &exploration);
    assert!(exploration.runs > 60, "{}", exploration.runs);
}

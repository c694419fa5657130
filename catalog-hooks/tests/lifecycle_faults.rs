//! An upgrade with two hooks, with a fault at each of its effects, and with two.
#![cfg(feature = "simulator")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod lifecycle;

use std::collections::BTreeMap;

use catalog_hooks::Outcome;
use catalog_hooks::api::{ObjectRef, PatchKind, Request};
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::simulator::{FOREIGN, Fault, Happening, Injection, PodScript, Run, Scenario};
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
        .filter(|one| one.is_write && &*one.words != "write the journal")
        .filter_map(|one| one.words.rsplit_once(' ').map(|(what, _)| what))
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
    println!(
        "one fault: {} runs, {:?}",
        exploration.runs, exploration.outcomes
    );
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
            .is_some_and(|one| one.is_write && !one.words.contains("journal"))
    };
    let exploration = scenario.pairs(|first| {
        all() || first.fault == Fault::CrashAfter && is_write(first.at) && first.at < 12
    });
    println!(
        "two faults: {} runs, {:?}",
        exploration.runs, exploration.outcomes
    );
    expect_nothing("two faults", &exploration);
    assert!(exploration.runs > 300, "{}", exploration.runs);
}

/// The same upgrade where what it changes is somebody else's, which is found after each run that comes so far.
fn upgrade_of_what_is_foreign() -> Scenario {
    let scenario = upgrade(&two_hooks());
    let mut cluster = scenario.cluster().clone();
    let request = Request::Patch {
        target: ObjectRef::namespaced("v1", "ConfigMap", "storage", "db"),
        patch: serde_json::json!({"metadata": {"labels": {FOREIGN: "yes"}}}),
        kind: PatchKind::Merge,
    };
    cluster.meddle(&request).unwrap();
    Scenario::new(cluster, PinnedPlan::clone(scenario.plan()))
}

/// Pairs go on from where the second fault happens, with a copy of the runner that was told the same, and of what was looked at by then: that
/// has to come to what the whole run from the beginning comes to.
#[test]
fn a_pair_comes_to_what_the_whole_run_comes_to() {
    let scenario = upgrade_of_what_is_foreign();
    let is_foreign = |violation: &&String| violation.starts_with("foreign objects");
    let base = scenario.run(&[]);
    let writes = (0..base.effects.len()).filter(|at| base.effects[*at].is_write);
    let faults = [Fault::CrashAfter, Fault::AnswerLost];
    for (at, fault) in writes.skip(4).step_by(5).zip(faults) {
        let first = Injection { at, fault };
        let pairs = scenario.pairs(|one| one == first);
        let after_one = scenario.run(&[first]);
        let mut outcomes = BTreeMap::<String, usize>::new();
        let mut found = Vec::new();
        for at in first.at + 1..after_one.effects.len() {
            let effect = &after_one.effects[at];
            for fault in Fault::ALL {
                if !effect.is_write && fault.is_done()
                    || effect.is_next && fault == Fault::CrashBefore
                {
                    continue;
                }
                let run = scenario.run(&[first, Injection { at, fault }]);
                let outcome = match &run.outcome {
                    Some(Outcome::Stopped(stop)) => stop.to_string(),
                    other => format!("{:?}", other.as_ref().unwrap()),
                };
                *outcomes.entry(outcome).or_default() += 1;
                found.extend(scenario.violations(&run).iter().find(is_foreign).cloned());
            }
        }
        let pairs_found: Vec<String> = pairs
            .findings
            .iter()
            .filter_map(|one| one.violations.iter().find(is_foreign).cloned())
            .collect();
        assert!(!found.is_empty(), "{first:?}");
        assert_eq!(pairs_found, found, "{first:?}");
        assert!(pairs.runs > 150, "{}", pairs.runs);
        assert_eq!(pairs.outcomes, outcomes, "{first:?}");
    }
}

/// What happened, when, and by whom. Names and uids come from a counter, which what is only tried moves too.
fn events(run: &Run) -> Vec<String> {
    let trace = run.cluster.trace().iter();
    let events = trace.map(|event| match &event.what {
        Happening::Changed { object, after, .. } => {
            let spec = after.as_ref().map(|after| after["status"]["phase"].clone());
            format!("{:?} {} {} {spec:?}", event.at, event.who, object.kind())
        }
        Happening::Asked { request, refused } => {
            let kind = request.to_string();
            let kind = kind.split(' ').take(2).collect::<Vec<_>>();
            format!("{:?} {} {kind:?} {refused:?}", event.at, event.who)
        }
        _ => format!("{:?} {}", event.at, event.who),
    });
    events.collect()
}

/// A crash before an effect that is left out leaves the same cluster as one after the effect before it.
#[test]
fn a_crash_that_is_left_out_is_one_that_is_tried() {
    let scenario = upgrade(&two_hooks());
    let base = scenario.run(&[]);
    let mut left_out = 0;
    for at in 1..base.effects.len() {
        if !base.effects[at].is_next {
            continue;
        }
        let crash = |at, fault| scenario.run(&[Injection { at, fault }]);
        let before = crash(at, Fault::CrashBefore);
        let tried = match base.effects[at - 1].is_write {
            true => crash(at - 1, Fault::CrashAfter),
            false => crash(at - 1, Fault::CrashBefore),
        };
        assert_eq!(events(&before), events(&tried), "{at}");
        left_out += 1;
    }
    assert!(left_out > 20, "{left_out}");
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

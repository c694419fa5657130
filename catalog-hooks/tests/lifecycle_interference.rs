//! What others do to a cluster while an upgrade runs, at each moment of it.
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
use catalog_hooks::simulator::{FakeCluster, PodScript, Scenario};
use lifecycle::{cluster, hook, jobs, script, seconds, upgrade_in};

fn scenario(more: &str) -> Scenario {
    let mut cluster = cluster();
    script(&mut cluster, "migrate", [PodScript::succeeds(seconds(20))]);
    upgrade_in(cluster, &format!("pre-upgrade:\n{}", hook("migrate", more)))
}

/// Meddles before each effect of the upgrade, one at a time; gives how often which outcome came of it.
fn check(scenario: &Scenario, meddle: impl Fn(&mut FakeCluster)) -> BTreeMap<String, usize> {
    let effects = scenario.run(&[]).effects.len();
    let mut outcomes = BTreeMap::new();
    let mut found = Vec::new();
    for when in 0..effects {
        let run = scenario.run_with(&[], &mut |at, cluster| {
            if at == when {
                meddle(cluster);
            }
        });
        let effect = run.effects.get(when).map(|one| one.words.clone());
        let violations = scenario.violations(&run);
        found.extend(
            violations
                .iter()
                .map(|one| format!("at {when} {effect:?}: {one}")),
        );
        let outcome = run
            .outcome
            .map_or("none".to_owned(), |one| format!("{one:?}"));
        *outcomes.entry(outcome).or_default() += 1;
    }
    assert!(found.is_empty(), "{outcomes:?}\n{}", found.join("\n"));
    outcomes
}

fn each_job(
    cluster: &mut FakeCluster,
    act: impl Fn(&mut FakeCluster, &catalog_hooks::api::ObjectRef),
) {
    for job in jobs(cluster) {
        act(cluster, &job);
    }
}

#[test]
fn somebody_deletes_the_job() {
    let outcomes = check(&scenario(""), |cluster| {
        each_job(cluster, FakeCluster::delete_object)
    });
    assert!(outcomes.contains_key("Done"), "{outcomes:?}");
}

#[test]
fn somebody_deletes_the_job_at_once() {
    check(&scenario(""), |cluster| {
        each_job(cluster, FakeCluster::force_delete)
    });
}

#[test]
fn somebody_deletes_a_job_that_may_run_once() {
    let once = "semantics: at-most-once";
    check(&scenario(once), |cluster| {
        each_job(cluster, FakeCluster::force_delete)
    });
}

#[test]
fn somebody_puts_another_job_in_its_place() {
    check(&scenario(""), |cluster| {
        each_job(cluster, |cluster, job| {
            cluster.recreate_foreign(job);
        });
    });
}

#[test]
fn somebody_suspends_the_job() {
    check(&scenario("timeout: 1m"), |cluster| {
        each_job(cluster, |cluster, job| cluster.suspend(job, true));
    });
}

#[test]
fn somebody_resumes_the_job_before_us() {
    let outcomes = check(&scenario(""), |cluster| {
        each_job(cluster, |cluster, job| cluster.suspend(job, false));
    });
    assert_eq!(outcomes.keys().collect::<Vec<_>>(), ["Done"]);
}

#[test]
fn somebody_takes_off_our_finalizer() {
    let outcomes = check(&scenario(""), |cluster| {
        each_job(cluster, FakeCluster::strip_finalizers)
    });
    assert_eq!(outcomes.keys().collect::<Vec<_>>(), ["Done"]);
}

#[test]
fn somebody_deletes_the_pods() {
    check(&scenario(""), |cluster| cluster.delete_pods("storage"));
}

#[test]
fn somebody_loses_the_journal() {
    let outcomes = check(&scenario(""), FakeCluster::lose_journal);
    assert!(
        outcomes
            .keys()
            .any(|outcome| outcome.contains("JournalGone")),
        "{outcomes:?}"
    );
    assert!(
        !outcomes.contains_key(&format!("{:?}", Outcome::Partial)),
        "{outcomes:?}"
    );
}

#[test]
fn the_namespace_goes() {
    check(&scenario(""), |cluster| {
        cluster.terminate_namespace("storage")
    });
}

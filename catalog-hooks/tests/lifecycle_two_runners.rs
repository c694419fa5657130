//! Two runners of one upgrade: the second takes over after each effect of the first, and the first wakes up again.
#![cfg(feature = "simulator")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod lifecycle;

use catalog_hooks::api::FailureClass;

use catalog_hooks::journal::{Journal, OperationStatus};
use catalog_hooks::simulator::{FakeCluster, Happening, PodScript, Runner, Scenario};
use catalog_hooks::{Effect, Settings, Timestamp};
use lifecycle::{cluster, expect_nothing, hook, script, seconds, upgrade_in};

#[test]
fn a_runner_that_wakes_up_starts_nothing() {
    let mut cluster = cluster();
    script(&mut cluster, "migrate", [PodScript::succeeds(seconds(40))]);
    let hooks = format!(
        "pre-upgrade:\n{}",
        hook("migrate", "semantics: at-most-once")
    );
    let exploration = upgrade_in(cluster, &hooks).interleavings(12);
    expect_nothing("two runners", &exploration);
    assert!(exploration.runs > 300, "{}", exploration.runs);
}

const ENDLESS: Timestamp = Timestamp::from_millis(u64::MAX);

fn start(scenario: &Scenario, cluster: &mut FakeCluster, name: &str) -> Runner {
    Runner::start(cluster, scenario.plan(), name, (None, Settings::default())).unwrap()
}

/// Lets a runner go on until it is about to do this.
fn until(runner: &mut Runner, cluster: &mut FakeCluster, what: &str) -> Effect {
    loop {
        let effect = runner.next(cluster, ENDLESS).unwrap();
        if effect.task.to_string().starts_with(what) {
            return effect;
        }
        runner.carry_out(cluster, effect, None);
    }
}

fn pods(cluster: &FakeCluster) -> usize {
    cluster
        .objects()
        .filter(|object| object["kind"] == "Pod")
        .count()
}

/// The first runner is about to let its Job run. The second takes over and is told to stop: it says that the hook never ran, and that has to
/// stay so, whenever the first one's call arrives.
#[test]
fn a_job_that_a_taker_says_never_ran_is_not_let_run_by_the_one_before() {
    let scenario = upgrade_in(cluster(), &format!("pre-upgrade:\n{}", hook("migrate", "")));
    let mut said_so = 0;
    for after in 0..40 {
        let mut cluster = scenario.cluster().clone();
        let mut first = start(&scenario, &mut cluster, "first");
        let late = until(&mut first, &mut cluster, "patch Job");
        let mut second = start(&scenario, &mut cluster, "second");
        second.cancel();
        for _ in 0..after {
            let Some(effect) = second.next(&mut cluster, ENDLESS) else {
                break;
            };
            second.carry_out(&mut cluster, effect, None);
        }
        first.carry_out(&mut cluster, late, None);
        cluster.advance(seconds(1));
        let ran = pods(&cluster) > 0;
        while let Some(effect) = second.next(&mut cluster, ENDLESS) {
            second.carry_out(&mut cluster, effect, None);
        }
        let journal = Journal::parse(cluster.journal().unwrap()).unwrap();
        let attempt = &journal.operations()[0].attempts()[0];
        let never_ran = attempt.verdict().unwrap().message.contains("before it ran");
        assert!(
            !(ran && never_ran),
            "{after}: a pod ran, and the journal says that none did"
        );
        said_so += usize::from(never_ran);
    }
    assert!(said_so > 20, "{said_so}");
}

/// Before a runner that takes over does anything else, no Job starts any more that the one before lets run.
#[test]
fn a_taker_looks_after_open_jobs_first() {
    let scenario = upgrade_in(cluster(), &format!("pre-upgrade:\n{}", hook("migrate", "")));
    let mut cluster = scenario.cluster().clone();
    let mut first = start(&scenario, &mut cluster, "first");
    let late = until(&mut first, &mut cluster, "patch Job");
    let mut second = start(&scenario, &mut cluster, "second");
    let look = loop {
        let effect = second.next(&mut cluster, ENDLESS).unwrap();
        let words = effect.task.to_string();
        if effect.task.is_write() && words != "write the journal" {
            second.carry_out(&mut cluster, effect, None);
            break words;
        }
        second.carry_out(&mut cluster, effect, None);
    };
    assert!(look.starts_with("patch Job"), "{look}");
    let job = cluster.objects().find(|object| object["kind"] == "Job");
    assert_eq!(job.unwrap()["spec"]["suspend"], true);
    first.carry_out(&mut cluster, late, None);
    let last = cluster.trace().last().unwrap();
    assert!(
        matches!(&last.what, Happening::Asked { refused: Some(why), .. } if why.class() == FailureClass::Outdated),
        "{last:?}"
    );
}

/// A run that was told to stop, and whose runner died: whoever takes over brings the hook that runs to its end, wherever that was.
#[test]
fn a_cancelled_run_whose_runner_died_comes_to_rest() {
    let mut world = cluster();
    script(&mut world, "migrate", [PodScript::runs()]);
    let scenario = upgrade_in(world, &format!("pre-upgrade:\n{}", hook("migrate", "")));
    for after in 0..20 {
        let mut cluster = scenario.cluster().clone();
        let mut first = start(&scenario, &mut cluster, "first");
        while pods(&cluster) == 0 {
            let effect = first.next(&mut cluster, ENDLESS).unwrap();
            first.carry_out(&mut cluster, effect, None);
            cluster.advance(seconds(2));
        }
        first.cancel();
        for _ in 0..after {
            let Some(effect) = first.next(&mut cluster, ENDLESS) else {
                break;
            };
            first.carry_out(&mut cluster, effect, None);
        }
        drop(first);
        let stored = Journal::parse(cluster.journal().unwrap()).unwrap();
        if stored.ended().is_none() {
            let mut second = start(&scenario, &mut cluster, "second");
            if stored.cancelled().is_none() {
                // What was said to the first one died with it.
                second.cancel();
            }
            while let Some(effect) = second.next(&mut cluster, ENDLESS) {
                second.carry_out(&mut cluster, effect, None);
            }
        }
        let journal = Journal::parse(cluster.journal().unwrap()).unwrap();
        let operation = &journal.operations()[0];
        assert_eq!(operation.status(), OperationStatus::Unchanged, "{after}");
        let held = cluster.objects().filter(|object| {
            !object["metadata"]["finalizers"].is_null() && object["kind"] == "Job"
        });
        assert_eq!(held.count(), 0, "{after}");
    }
}

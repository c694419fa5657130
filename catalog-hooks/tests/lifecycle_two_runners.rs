//! Two runners of one operation: the second takes over after each effect of the first, and the first wakes up again.
#![cfg(feature = "simulator")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

mod lifecycle;

use catalog_hooks::api::{FailureClass, ObjectRef, Request};

use catalog_hooks::journal::{Journal, OperationStatus, VerdictKind};
use catalog_hooks::plan::OperationOptions;
use catalog_hooks::record::InstalledRecord;
use catalog_hooks::simulator::{FOREIGN, FakeCluster, Happening, PodScript, Runner, Scenario};
use catalog_hooks::{Decision, Effect, Outcome, Settings, Task, Timestamp};
use catalog_model::version::Version;
use catalog_model::{Operation, PackageName};
use lifecycle::{
    UNDO, catalog, cluster, expect_nothing, hook, plan, plan_of, script, seconds, upgrade_in,
};
use serde_json::json;

/// Whether more is asked for than there is time for every day: `CATALOG_ALL_FAULTS=1`, with `--release`.
fn all() -> bool {
    std::env::var_os("CATALOG_ALL_FAULTS").is_some()
}

/// An operation with a hook, on a cluster where what it begins with is; with one before and one after what it does, if all is asked for.
fn scenario((place, kind): (&str, &str), operation: &Operation) -> Scenario {
    let hooks: String = [("pre", "semantics: at-most-once"), ("post", UNDO)]
        .iter()
        .filter(|(one, _)| all() || *one == place)
        .map(|(place, policy)| {
            let name = format!("{place}-hook");
            format!("{place}-{kind}:\n{}", hook(&name, policy))
        })
        .collect();
    let catalog = catalog(&hooks);
    let mut cluster = cluster();
    if let Some(from) = operation.from() {
        let mut options = OperationOptions::default();
        options.skip_hooks = true;
        let install = plan(&catalog, (None, Some(from.as_str())), options);
        cluster = Scenario::new(cluster, install).run(&[]).cluster;
        cluster.lose_journal();
    }
    let record = cluster.object(&InstalledRecord::secret_ref("runner", "db", "storage"));
    let record = record.and_then(|secret| InstalledRecord::from_secret(&secret));
    script(&mut cluster, "pre-hook", [PodScript::succeeds(seconds(40))]);
    let options = OperationOptions::default();
    let plan = plan_of(&catalog, operation, (record.as_ref(), options));
    Scenario::new(cluster, plan)
}

/// The second runner takes over after each effect of the first, and the first wakes up after each of the second.
fn interleaved((place, kind): (&str, &str), operation: &Operation) {
    let scenario = scenario((place, kind), operation);
    let base = scenario.run(&[]);
    assert_eq!(base.outcome, Some(Outcome::Done));
    let exploration = scenario.interleavings(usize::MAX);
    println!(
        "two runners, {kind}: {} effects, {} runs, {:?}",
        base.effects.len(),
        exploration.runs,
        exploration.outcomes
    );
    expect_nothing(kind, &exploration);
    // The second of each pair makes about as many effects as the first had left.
    let least = base.effects.len() * base.effects.len() * 2 / 5;
    assert!(exploration.runs > least, "{}", exploration.runs);
}

fn db() -> PackageName {
    PackageName::parse("db").unwrap()
}

fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

#[test]
fn a_runner_of_an_install_that_wakes_up_starts_nothing() {
    interleaved(
        ("post", "install"),
        &Operation::install(db(), version("2.0"), "storage"),
    );
}

#[test]
fn a_runner_of_an_upgrade_that_wakes_up_starts_nothing() {
    let upgrade = Operation::upgrade(db(), version("1.0"), version("2.0"), "storage");
    interleaved(("pre", "upgrade"), &upgrade);
}

#[test]
fn a_runner_of_a_rollback_that_wakes_up_starts_nothing() {
    // The hooks before are of the release that is left, those after of the one that comes: here the same release has both.
    let rollback = Operation::rollback(db(), version("2.0"), version("2.0"), "storage");
    interleaved(("post", "rollback"), &rollback);
}

#[test]
fn a_runner_of_an_uninstall_that_wakes_up_starts_nothing() {
    interleaved(
        ("pre", "uninstall"),
        &Operation::uninstall(db(), version("2.0"), "storage"),
    );
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

/// A runner dies when it is about to create a Job, and somebody makes one of that name. Who takes over finds it, and neither takes it for its own nor
/// touches it.
#[test]
fn a_job_of_others_is_not_taken_for_what_the_runner_before_made() {
    let cases = [
        ("semantics: at-most-once", None, VerdictKind::Failed),
        ("", Some(Decision::Abandon), VerdictKind::Cancelled),
        ("", Some(Decision::TakeBack), VerdictKind::Cancelled),
    ];
    for (policy, decision, expected) in cases {
        let hooks = format!("pre-upgrade:\n{}", hook("migrate", policy));
        let scenario = upgrade_in(cluster(), &hooks);
        let mut cluster = scenario.cluster().clone();
        let mut first = start(&scenario, &mut cluster, "first");
        let Task::Call(request) = until(&mut first, &mut cluster, "create Job").task else {
            panic!("it creates no Job");
        };
        let Request::Create { object, .. } = &*request else {
            panic!("{request}");
        };
        drop(first);
        let target = ObjectRef::of(object).unwrap();
        let mut theirs = object.clone();
        theirs["metadata"] = json!({"name": target.name(), "namespace": target.namespace(), "labels": {FOREIGN: "yes"}});
        let request = Request::Create {
            object: theirs,
            dry_run: false,
        };
        cluster.meddle(&request).unwrap();
        cluster.advance(seconds(1));
        let before = cluster.object(&target);
        let how = (decision, Settings::default());
        let mut second = Runner::start(&mut cluster, scenario.plan(), "second", how).unwrap();
        while let Some(effect) = second.next(&mut cluster, ENDLESS) {
            second.carry_out(&mut cluster, effect, None);
        }
        let journal = Journal::parse(cluster.journal().unwrap()).unwrap();
        let attempt = &journal.operations()[0].attempts()[0];
        assert_eq!(attempt.verdict().unwrap().kind, expected, "{decision:?}");
        assert_eq!(cluster.object(&target), before, "{decision:?}");
    }
}

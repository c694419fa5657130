//! Several packages in one run.

use std::time::Duration;

use catalog_hooks::journal::{JOURNAL_VERSION, Journal, JournalErrorKind, OperationStatus};
use catalog_hooks::plan::{PinnedPlan, PlanErrorKind};
use catalog_hooks::simulator::PodScript;
use catalog_hooks::{Decision, Decisions, JournalStore, Machine, Outcome, Settings, Stop};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::package::{Version, config, job};
use crate::world::{Run, World, fails, install, uninstall, upgrade};

/// Three packages, each with a hook of its own.
fn three() -> World {
    let version = |package: &str, version: &str| {
        Version::new(package, version)
            .object(config(package, version))
            .hook("post-install", &format!("hook-{package}"), json!({}))
            .hook("post-upgrade", &format!("hook-{package}"), json!({}))
    };
    World::new(
        ["a", "b", "c"]
            .into_iter()
            .flat_map(|package| [version(package, "1.0"), version(package, "2.0")]),
    )
}

/// All three, `b` and `c` in a level after `a`.
fn installs() -> [crate::world::Wish; 3] {
    [
        install("a", "1.0"),
        install("b", "1.0").at_level(1),
        install("c", "1.0").at_level(1),
    ]
}

#[test]
fn levels_follow_each_other_and_what_is_of_one_may_run_at_a_time() {
    for (parallel, overlap) in [(1, false), (2, true)] {
        let mut world = three();
        for hook in ["hook-b", "hook-c"] {
            world.script(hook, PodScript::succeeds(Duration::from_secs(60)));
        }
        let plan = world.plan(&installs()).with_parallel(parallel);
        let run = world.begin(plan);
        assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
        let [a, b, c] = ["hook-a", "hook-b", "hook-c"].map(|hook| {
            let attempts = run
                .journal
                .operations()
                .iter()
                .flat_map(|one| one.attempts());
            let one = attempts.into_iter().find(|one| one.hook() == hook).unwrap();
            (one.running().unwrap().since, one.verdict().unwrap().at)
        });
        assert!(a.1 <= b.0 && a.1 <= c.0);
        assert_eq!(c.0 < b.1, overlap);
    }
}

#[test]
fn a_failure_starts_nothing_more_and_what_is_done_stays() {
    let mut world = three();
    world.script_attempt("hook-b", 1, fails());
    let run = world.run(&[
        install("a", "1.0"),
        install("b", "1.0").at_level(1),
        install("c", "1.0").at_level(2),
    ]);
    assert_snapshot!(run.story(), @"
    Partial
    install a 1.0 in a: Done
      post-install hook-a run 1: succeeded
    install b 1.0 in b: Degraded
      post-install hook-b run 1: failed
      failed in post-install hooks: post-install hook `hook-b` failed: its container ended with 3: working
      next: mend the cause and resume (the hook runs again), skip it, take back what was done, or abandon
    install c 1.0 in c: NotStarted
    ");
    assert_snapshot!(run.journal.history().join("\n"), @"run-1: 3 operations: not finished");
    assert_snapshot!(world.objects().join("\n"), @"
    ConfigMap a/a
    ConfigMap b/b
    Namespace a
    Namespace b
    Job b/b-hook-b-vonjpdbetirtjg53
    ");
    let run = world.resume(&run, Some(Decision::Resume));
    assert_snapshot!(run.story(), @"
    Done
    install a 1.0 in a: Done
      post-install hook-a run 1: succeeded
    install b 1.0 in b: Done
      post-install hook-b run 1: failed
      post-install hook-b run 2: succeeded
    install c 1.0 in c: Done
      post-install hook-c run 1: succeeded
    ");
}

#[test]
fn what_a_run_did_is_unwound_if_asked_and_nothing_else() {
    let mut world = three();
    world.run(&[install("a", "1.0")]);
    world.run(&[install("b", "1.0")]);
    world.script("hook-c", fails());
    let wishes = [
        upgrade("a", "1.0", "2.0"),
        install("c", "1.0").at_level(1),
        upgrade("b", "1.0", "2.0").at_level(2),
    ];
    let plan = world.plan(&wishes).unwinding();
    let run = world.begin(plan);
    assert_snapshot!(run.story(), @"
    Unchanged
    upgrade a 1.0 -> 2.0 in a: RolledBack
      post-upgrade hook-a run 1: succeeded
    install c 1.0 in c: RolledBack
      post-install hook-c run 1: failed
      failed in post-install hooks: post-install hook `hook-c` failed: its container ended with 3: working
      next: what it had done is taken back: mend the cause, and begin again
      Namespace c stays: its deletion was not asked for
    upgrade b 1.0 -> 2.0 in b: NotStarted
    ");
    assert_snapshot!(world.objects().join("\n"), @"
    ConfigMap a/a
    ConfigMap b/b
    Namespace a
    Namespace b
    Namespace c
    Job c/c-hook-c-rhg7txe5su6ej27b
    ");
    assert_eq!(world.record("a").unwrap().version(), "1.0");
    assert_eq!(world.record("b").unwrap().version(), "1.0");
    assert!(world.record("c").is_none());
}

#[test]
fn all_gates_are_asked_before_the_first_step() {
    let mut world = three();
    let why = vec![
        "condition `memory`: not satisfied".to_owned(),
        "condition `cpu`: unknown".to_owned(),
    ];
    world.gates.0.insert(2, why);
    let run = world.run(&installs());
    assert_snapshot!(run.story(), @"
    Unchanged
    install a 1.0 in a: NotStarted
    install b 1.0 in b: NotStarted
    install c 1.0 in c: Unchanged
      failed in conditions: condition `memory`: not satisfied; condition `cpu`: unknown
      next: meet the conditions, and begin again
    ");
    assert!(world.objects().is_empty());
    assert!(
        !run.told.iter().any(|told| told.starts_with("create")),
        "{:?}",
        run.told
    );
}

#[test]
fn a_gate_that_shuts_on_the_way_stops_its_own_operation() {
    let mut world = three();
    let plan = world.plan(&installs());
    let machine = world.machine(plan);
    // The gates are asked for all first; then each once more.
    let mut world = Shutting(world);
    let run = world.drive(machine);
    assert_snapshot!(run.story(), @"
    Partial
    install a 1.0 in a: Done
      post-install hook-a run 1: succeeded
    install b 1.0 in b: Unchanged
      failed in conditions: it shut on the way
      next: meet the conditions, and begin again
    install c 1.0 in c: NotStarted
    ");
}

/// Shuts the gate of the second operation as soon as the first is done.
struct Shutting(World);

impl Shutting {
    fn drive(&mut self, machine: Machine) -> Run {
        let shut = std::rc::Rc::new(std::cell::Cell::new(false));
        let seen = std::rc::Rc::clone(&shut);
        self.0.gates.1 = Some((1, shut));
        self.0.drive(machine, |_, machine, _| {
            let done = machine.journal().operations()[0].status() == OperationStatus::Done;
            seen.set(done);
        })
    }
}

#[test]
fn the_last_ten_runs_are_remembered_and_the_evidence_of_three() {
    let mut world = three();
    for _ in 0..6 {
        world.run(&[install("a", "1.0")]);
        assert_eq!(world.kept()["catalog.dev/installed"], 1);
        world.run(&[uninstall("a", "1.0")]);
    }
    // An uninstall leaves no journal; installs and upgrades do.
    assert!(world.cluster.load().unwrap().is_none());
    world.run(&[install("b", "1.0")]);
    for _ in 0..12 {
        let run = world.run(&[upgrade("b", "1.0", "2.0")]);
        assert_eq!(run.outcome, Outcome::Done);
        world.run(&[upgrade("b", "2.0", "1.0")]);
    }
    let journal = Journal::parse(&world.cluster.load().unwrap().unwrap().text).unwrap();
    assert_eq!(journal.history().len(), 10);
    let record = world.record("b").unwrap();
    assert_eq!(
        record.release()["history"].as_array().map(Vec::len),
        Some(10)
    );
    assert_eq!(world.kept()["catalog.dev/evidence"], 3 + 3);
}

#[test]
fn a_journal_that_is_lost_stops_the_run_and_is_not_made_again() {
    let version = Version::new("db", "1.0").hook("pre-install", "check", json!({}));
    let mut world = World::new([version]);
    world.script("check", PodScript::succeeds(Duration::from_secs(60)));
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan.clone());
    let mut lost = false;
    let run = world.drive(machine, |cluster, machine, _| {
        let journal = machine.journal();
        let runs = journal.operations()[0]
            .attempts()
            .first()
            .is_some_and(|one| one.running().is_some());
        if runs && !lost {
            lost = true;
            cluster.lose_journal();
        }
    });
    assert_eq!(run.outcome, Outcome::Stopped(Stop::JournalGone));
    assert!(world.cluster.load().unwrap().is_none());
    // A run that begins anew finds what the other held.
    let machine = world.machine(plan);
    let run = world.drive(machine, |_, _, _| {});
    let Outcome::Stopped(stop) = &run.outcome else {
        panic!("{}", run.story())
    };
    assert_snapshot!(stop, @"there is no journal, but what a run left: Job db/db-check-qiu437tf6vuxzvwc; look at what they did, and let them go (`release_all`)");
}

#[test]
fn a_journal_of_others_is_not_written_over() {
    let mut world = three();
    let plan = world.plan(&[install("a", "1.0")]);
    let machine = world.machine(plan);
    let mut done = false;
    let run = world.drive(machine, |cluster, machine, _| {
        if machine.journal().sequence() > 3 && !done {
            done = true;
            let text = cluster
                .journal()
                .unwrap()
                .replace("runner-1", "other")
                .replace("\"epoch\":1", "\"epoch\":2");
            cluster.overwrite_journal(&text);
        }
    });
    let Outcome::Stopped(stop) = &run.outcome else {
        panic!("{}", run.story())
    };
    assert_snapshot!(stop, @"another runner holds the journal: `other`, epoch 2");
}

#[test]
fn journals_and_plans_that_are_not_ours_are_refused() {
    let mut world = three();
    world.script("hook-a", fails());
    let run = world.run(&[install("a", "1.0")]);
    let stored = world.cluster.load().unwrap().unwrap();
    let with = |key: &str, value: Value| {
        let mut journal: Value = serde_json::from_str(&stored.text).unwrap();
        journal[key] = value;
        Journal::parse(&journal.to_string()).unwrap_err()
    };
    let newer = with("version", (JOURNAL_VERSION + 1).into());
    assert_eq!(newer.kind(), JournalErrorKind::OtherVersion);
    let versions = format!(
        "the version {}, and this program reads none above {JOURNAL_VERSION}",
        JOURNAL_VERSION + 1
    );
    assert_snapshot!(newer.to_string().replace(&versions, "VERSIONS"), @"it has VERSIONS: use the program that wrote it");
    let damaged = with("writer", 3.into());
    assert_eq!(damaged.kind(), JournalErrorKind::Damaged);
    assert_snapshot!(damaged, @"it cannot be read: invalid type: integer `3`, expected a string; give up the run that needs it, and let go of the Jobs that it held (`release_all`)");
    // A newer version may have another limit, and is no damage.
    let long = json!({"version": JOURNAL_VERSION + 1, "history": " ".repeat(300_000)});
    assert_eq!(Journal::parse(&long.to_string()).unwrap_err(), newer);
    let long = Journal::parse(&" ".repeat(300_000)).unwrap_err();
    assert_eq!(long.kind(), JournalErrorKind::TooLong);
    assert_snapshot!(long, @"the journal has 300000 bytes, and may have 262144: split the plan into several runs");

    let other = std::sync::Arc::new(world.plan(&[install("b", "1.0")]));
    let (decision, settings) = (Decision::Resume, Settings::default());
    let error = Machine::resume(other, stored, "other", decision, settings).unwrap_err();
    assert_snapshot!(error.to_string().replace(run.plan.digest(), "DIGEST").split(" and the").next().unwrap(), @"the journal belongs to the plan DIGEST,");
}

#[test]
fn plans_are_read_back_as_they_were() {
    let account =
        json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "checker"}});
    let policy = json!({
        "retries": 2, "timeout": "90s", "backoff": {"initial": "5s", "factor": 3, "max": "1m"}, "onFailure": "rollback", "irreversible": true,
        "undo": job("check"), "keep": "always", "stuckAfter": "3m", "resources": [account],
    });
    let whole = Version::new("db", "1.0")
        .crd("Widget", &["v1"])
        .object(config("settings", &"long ".repeat(500_000)))
        .chart("engine")
        .hook("pre-install", "check", policy)
        .hook(
            "post-install",
            "once",
            json!({"semantics": "at-most-once", "onFailure": "continue", "keep": "never"}),
        );
    let mut world = World::new([whole]);
    let plan = world
        .plan(&[install("db", "1.0").with(|options| options.rollback_on_failure = true)])
        .with_parallel(3)
        .unwinding();
    assert_eq!(PinnedPlan::parse(&plan.to_text()).unwrap(), plan);
    let mut secrets = plan.to_secrets();
    assert_eq!(secrets.len(), 3);
    secrets.reverse();
    assert_eq!(PinnedPlan::from_secrets(&secrets).unwrap(), plan);
    assert_snapshot!(PinnedPlan::from_secrets(&secrets[1..]).unwrap_err(), @"it cannot be read: parts of the plan are missing; give up the run that needs it, and let go of the Jobs that it held (`release_all`)");
    secrets[0]["data"]["plan"] = "%".into();
    assert_snapshot!(PinnedPlan::from_secrets(&secrets).unwrap_err(), @"it cannot be read: a part of the plan is damaged; give up the run that needs it, and let go of the Jobs that it held (`release_all`)");
}

#[test]
fn plans_that_cannot_be_carried_out_are_refused() {
    let mut world = three();
    let error = world.try_plan(&[]).unwrap_err();
    assert_eq!(error.kind(), PlanErrorKind::Empty);
    assert_snapshot!(error, @"the plan has no operation");
    let error = world
        .try_plan(&[install("a", "1.0"), upgrade("a", "2.0", "1.0")])
        .unwrap_err();
    assert_eq!(error.kind(), PlanErrorKind::Order);
    assert_snapshot!(error, @"`upgrade a 2.0 -> 1.0 in a` does not follow `install a 1.0 in a`: an instance is at one version at a time");
}

#[test]
fn each_operation_can_be_decided_by_itself() {
    let mut world = three();
    for hook in ["hook-a", "hook-b"] {
        world.script(hook, fails());
    }
    let wishes = [
        install("a", "1.0"),
        install("b", "1.0"),
        install("c", "1.0").at_level(1),
    ];
    let plan = world.plan(&wishes).with_parallel(2);
    let run = world.begin(plan);
    for hook in ["hook-a", "hook-b"] {
        world.script(hook, PodScript::default());
    }
    let decisions = Decisions::from(Decision::Resume).with(1, Decision::Abandon);
    let run = world.resume(&run, decisions);
    assert_snapshot!(run.story(), @r"
    Partial
    install a 1.0 in a: Done
      post-install hook-a run 1: failed
      post-install hook-a run 2: succeeded
    install b 1.0 in b: Abandoned
      post-install hook-b run 1: failed
      failed in post-install hooks: post-install hook `hook-b` failed: its container ended with 3: working
      next: it was given up, and what is done stays: install it again, or uninstall what is there of it
    install c 1.0 in c: NotStarted
    ");
    assert!(!world.record("a").unwrap().is_unfinished());
    assert!(world.record("b").unwrap().is_unfinished());

    // What none is made of stays as it is.
    let mut world = three();
    world.script("hook-a", fails());
    world.script("hook-b", fails());
    let plan = world.plan(&wishes).with_parallel(2);
    let run = world.begin(plan);
    let run = world.resume(&run, Decisions::default().with(0, Decision::TakeBack));
    let status = |place: usize| run.journal.operations()[place].status();
    assert_eq!(status(0), OperationStatus::RolledBack);
    assert_eq!(status(1), OperationStatus::Degraded);
    assert_eq!(status(2), OperationStatus::NotStarted);
}

#[test]
fn operations_of_one_instance_follow_each_other_in_one_level_too() {
    let mut world = three();
    let wishes = [
        install("a", "1.0"),
        upgrade("a", "1.0", "2.0"),
        install("b", "1.0"),
    ];
    let plan = world.plan(&wishes).with_parallel(3);
    let run = world.begin(plan);
    assert_snapshot!(run.story(), @"
    Done
    install a 1.0 in a: Done
      post-install hook-a run 1: succeeded
    upgrade a 1.0 -> 2.0 in a: Done
      post-upgrade hook-a run 1: succeeded
    install b 1.0 in b: Done
      post-install hook-b run 1: succeeded
    ");
    assert_eq!(world.record("a").unwrap().version(), "2.0");
}

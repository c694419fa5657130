//! How runs that came to rest go on, and how runs are stopped.

use std::sync::Arc;
use std::time::Duration;

use catalog_hooks::api::{ObjectRef, PatchKind, Request};
use catalog_hooks::journal::{Journal, OperationStatus};
use catalog_hooks::simulator::{PodScript, Readiness};
use catalog_hooks::{Decision, Machine, Outcome, Poll, Settings, StartErrorKind, Stop, Task};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::beside::Then;
use crate::package::{Version, config, crd, job};
use crate::world::{Run, World, fails, install, is_next, rollback, uninstall, upgrade};

const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// Two versions: the second comes with hooks around it, each with an undo.
fn db() -> World {
    let undo = |name: &str| json!({"undo": job(name)});
    World::new([
        Version::new("db", "1.0")
            .object(config("settings", "one"))
            .object(config("old", "one"))
            .hook("pre-install", "prepare", undo("prepare"))
            .hook("post-install", "announce", undo("announce"))
            .hook("post-rollback", "settle", json!({})),
        Version::new("db", "2.0")
            .object(config("settings", "two"))
            .object(config("new", "two"))
            .hook("pre-upgrade", "backup", undo("backup"))
            .hook("post-upgrade", "migrate", undo("migrate"))
            .hook("pre-rollback", "drain", json!({})),
    ])
}

/// An upgrade whose last hook fails once.
fn degraded() -> (World, Run) {
    let mut world = db();
    world.run(&[install("db", "1.0")]);
    world.script_attempt("migrate", 1, fails());
    world.script_undo("migrate", PodScript::default());
    let run = world.run(&[upgrade("db", "1.0", "2.0")]);
    assert_eq!(
        run.journal.operations()[0].status(),
        OperationStatus::Degraded
    );
    (world, run)
}

fn settings(world: &World) -> Value {
    let object = ObjectRef::namespaced("v1", "ConfigMap", "db", "settings");
    world
        .object(&object)
        .map_or(Value::Null, |object| object["data"]["text"].clone())
}

#[test]
fn a_degraded_upgrade_goes_on_as_it_is_told() {
    let (mut world, run) = degraded();
    assert_snapshot!(world.resume(&run, Some(Decision::Resume)).story(), @"
    Done
    upgrade db 1.0 -> 2.0 in db: Done
      pre-upgrade backup run 1: succeeded
      post-upgrade migrate run 1: failed
      post-upgrade migrate run 2: succeeded
    ");
    assert_eq!(world.record("db").unwrap().version(), "2.0");

    let (mut world, run) = degraded();
    assert_snapshot!(world.resume(&run, Some(Decision::Skip)).story(), @r"
    Done
    upgrade db 1.0 -> 2.0 in db: Done
      pre-upgrade backup run 1: succeeded
      post-upgrade migrate run 1: failed
      post-upgrade migrate was skipped, and counts as done
    ");
    assert_eq!(world.record("db").unwrap().version(), "2.0");

    let (mut world, run) = degraded();
    assert_snapshot!(world.resume(&run, Some(Decision::TakeBack)).story(), @"
    Unchanged
    upgrade db 1.0 -> 2.0 in db: RolledBack
      pre-upgrade backup run 1: succeeded
      post-upgrade migrate run 1: failed
      pre-rollback drain run 1: succeeded
      post-upgrade migrate undo 1: succeeded
      pre-upgrade backup undo 1: succeeded
      post-rollback settle run 1: succeeded
      failed in post-upgrade hooks: post-upgrade hook `migrate` failed: its container ended with 3: working
      next: what it had done is taken back: mend the cause, and begin again
    ");
    assert_eq!(world.record("db").unwrap().version(), "1.0");
    assert_eq!(settings(&world), "one");
    assert_snapshot!(world.objects().join("\n"), @"
    ConfigMap db/old
    ConfigMap db/settings
    Namespace db
    Job db/db-migrate-rmwtkv6q4pjhshhr
    ");

    let (mut world, run) = degraded();
    assert_snapshot!(world.resume(&run, Some(Decision::Abandon)).story(), @"
    Partial
    upgrade db 1.0 -> 2.0 in db: Abandoned
      pre-upgrade backup run 1: succeeded
      post-upgrade migrate run 1: failed
      failed in post-upgrade hooks: post-upgrade hook `migrate` failed: its container ended with 3: working
      next: it was given up, and what is done stays: upgrade to 2.0 again, or go back to 1.0 with a rollback
    ");
    assert_eq!(world.record("db").unwrap().version(), "1.0");
    assert_eq!(settings(&world), "two");
}

#[test]
fn a_run_that_rests_is_not_resumed_without_a_decision() {
    let (mut world, run) = degraded();
    let stored = catalog_hooks::JournalStore::load(&mut world.cluster)
        .unwrap()
        .unwrap();
    let plan = Arc::new(run.plan.clone());
    let error = Machine::resume(plan, stored, "other", None, Settings::default()).unwrap_err();
    assert_eq!(error.kind(), StartErrorKind::Undecided);
    assert_snapshot!(error, @"the run `run-2` has come to rest, and goes on only when it is told how: resume, skip, take back or abandon");
}

#[test]
fn another_operation_takes_the_place_of_one_that_rests() {
    let (mut world, _) = degraded();
    let run = world.run(&[rollback("db", "2.0", "1.0")]);
    assert_snapshot!(run.story(), @"
    Done
    rollback db 2.0 -> 1.0 in db: Done
      pre-rollback drain run 1: succeeded
      post-rollback settle run 1: succeeded
    ");
    assert_snapshot!(run.journal.history().join("\n"), @"
    run-1: install db 1.0 in db: done
    run-2: upgrade db 1.0 -> 2.0 in db: not finished
    run-2: superseded by run-3
    run-3: rollback db 2.0 -> 1.0 in db: done
    ");
    assert_snapshot!(world.objects().join("\n"), @"
    ConfigMap db/old
    ConfigMap db/settings
    Namespace db
    Job db/db-migrate-rmwtkv6q4pjhshhr
    ");

    let (mut world, _) = degraded();
    let run = world.run(&[uninstall("db", "1.0").with(|options| options.delete_namespace = true)]);
    assert_snapshot!(run.story(), @"
    Done
    uninstall db 1.0 in db: Done
    ");
    assert!(world.objects().is_empty(), "{:?}", world.objects());
}

#[test]
fn an_install_that_rests_can_be_uninstalled() {
    let mut world = db();
    world.script("announce", fails());
    let run = world.run(&[install("db", "1.0")]);
    assert_snapshot!(run.story(), @"
    Partial
    install db 1.0 in db: Degraded
      pre-install prepare run 1: succeeded
      post-install announce run 1: failed
      failed in post-install hooks: post-install hook `announce` failed: its container ended with 3: working
      next: mend the cause and resume (the hook runs again), skip it, take back what was done, or abandon
    ");
    let run = world.run(&[uninstall("db", "1.0").with(|options| options.delete_namespace = true)]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert!(world.objects().is_empty(), "{:?}", world.objects());
}

#[test]
fn a_hook_can_take_an_upgrade_back_by_itself() {
    let mut world = db();
    world.run(&[install("db", "1.0")]);
    world.script_attempt("migrate", 1, fails());
    world.script_undo("migrate", PodScript::default());
    let wish = upgrade("db", "1.0", "2.0").with(|options| options.rollback_on_failure = true);
    let run = world.run(&[wish]);
    assert_snapshot!(run.story(), @"
    Unchanged
    upgrade db 1.0 -> 2.0 in db: RolledBack
      pre-upgrade backup run 1: succeeded
      post-upgrade migrate run 1: failed
      pre-rollback drain run 1: succeeded
      post-upgrade migrate undo 1: succeeded
      pre-upgrade backup undo 1: succeeded
      post-rollback settle run 1: succeeded
      failed in post-upgrade hooks: post-upgrade hook `migrate` failed: its container ended with 3: working
      next: what it had done is taken back: mend the cause, and begin again
    ");
    assert_snapshot!(world.objects().join("\n"), @"
    ConfigMap db/old
    ConfigMap db/settings
    Namespace db
    Job db/db-migrate-rmwtkv6q4pjhshhr
    ");
    assert_eq!(settings(&world), "one");
    assert_eq!(world.record("db").unwrap().version(), "1.0");
}

#[test]
fn a_rollback_whose_first_hook_fails_asks() {
    let mut world = db();
    world.run(&[install("db", "1.0")]);
    world.script_attempt("migrate", 1, fails());
    world.script_undo("migrate", PodScript::default());
    world.script("drain", fails());
    let wish = upgrade("db", "1.0", "2.0").with(|options| options.rollback_on_failure = true);
    let run = world.run(&[wish]);
    assert_snapshot!(run.story(), @"
    Partial
    upgrade db 1.0 -> 2.0 in db: NeedsDecision
      pre-upgrade backup run 1: succeeded
      post-upgrade migrate run 1: failed
      pre-rollback drain run 1: failed
      failed in pre-rollback hooks: pre-rollback hook `drain` failed: its container ended with 3: working
      next: mend the cause and resume (the hook runs again), skip it, or abandon
    ");
    let run = world.resume(&run, Some(Decision::Skip));
    assert_snapshot!(run.story(), @r"
    Unchanged
    upgrade db 1.0 -> 2.0 in db: RolledBack
      pre-upgrade backup run 1: succeeded
      post-upgrade migrate run 1: failed
      pre-rollback drain run 1: failed
      post-upgrade migrate undo 1: succeeded
      pre-upgrade backup undo 1: succeeded
      post-rollback settle run 1: succeeded
      failed in pre-rollback hooks: pre-rollback hook `drain` failed: its container ended with 3: working
      next: what it had done is taken back: mend the cause, and begin again
      pre-rollback drain was skipped, and counts as done
    ");
    assert_eq!(settings(&world), "one");
}

/// What is to be left may be in no state to run its hooks: that keeps nobody in it.
#[test]
fn a_rollback_that_was_asked_for_goes_on_without_its_first_hook() {
    let mut world = db();
    world.run(&[install("db", "1.0")]);
    world.run(&[upgrade("db", "1.0", "2.0")]);
    world.script("drain", fails());
    let run = world.run(&[rollback("db", "2.0", "1.0")]);
    let operation = &run.journal.operations()[0];
    assert_eq!(operation.status(), OperationStatus::NeedsDecision);
    for decision in [
        Decision::Resume,
        Decision::Skip,
        Decision::TakeBack,
        Decision::Abandon,
    ] {
        let refused = run.plan.operations()[0].refuses(operation, decision);
        assert_eq!(refused, None, "{decision:?}");
    }
    let run = world.resume(&run, Some(Decision::Skip));
    assert_eq!(run.outcome, Outcome::Done);
    assert_eq!(settings(&world), "one");
}

#[test]
fn a_hook_that_may_run_once_is_not_run_again() {
    let version = Version::new("db", "1.0").hook(
        "post-install",
        "once",
        json!({"semantics": "at-most-once"}),
    );
    let mut world = World::new([version]);
    world.script("once", PodScript::succeeds(seconds(60)));
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    let run = world.drive(machine, |cluster, machine, _| {
        let journal = machine.journal();
        let attempts = journal.operations()[0].attempts();
        if let Some(one) = attempts.first().filter(|one| one.running().is_some()) {
            cluster.force_delete(&ObjectRef::namespaced("batch/v1", "Job", "db", one.job()));
        }
    });
    assert_snapshot!(run.story(), @"
    Partial
    install db 1.0 in db: NeedsDecision
      post-install once run 1: was lost
      failed in post-install hooks: post-install hook `once` was lost: its Job is gone, and nothing says how it ended
      next: find out what it did, then skip it (it counts as done), take back what was done, or abandon
    ");
    let run = world.resume(&run, Some(Decision::Resume));
    assert_snapshot!(run.story(), @"
    Partial
    install db 1.0 in db: NeedsDecision
      post-install once run 1: was lost
      failed in post-install hooks: post-install hook `once` was lost: its Job is gone, and nothing says how it ended
      next: find out what it did, then skip it (it counts as done), take back what was done, or abandon
    ");
    let run = world.resume(&run, Some(Decision::Skip));
    assert_snapshot!(run.story(), @r"
    Done
    install db 1.0 in db: Done
      post-install once run 1: was lost
      post-install once was skipped, and counts as done
    ");
}

/// The story of an install that is told to stop once its hook runs, so many times.
fn cancelled(phase: &str, times: usize) -> (Run, World) {
    let version = Version::new("db", "1.0")
        .object(config("settings", "one"))
        .hook(phase, "check", json!({"undo": job("check")}))
        .hook(phase, "next", json!({}));
    let mut world = World::new([version]);
    world.script("check", PodScript::succeeds(seconds(60)));
    world.script_undo("check", PodScript::default());
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    let mut told = 0;
    let run = world.drive(machine, |cluster, machine, _| {
        let journal = machine.journal();
        let Some(attempt) = journal.operations()[0].attempts().first() else {
            return;
        };
        let runs = |running: &catalog_hooks::journal::Running| {
            cluster.now().since(running.since) > seconds(15)
        };
        if attempt.running().as_ref().is_some_and(runs) && told < times {
            told += 1;
            machine.cancel();
        }
    });
    (run, world)
}

#[test]
fn a_run_can_be_told_to_stop() {
    let (run, _) = cancelled("pre-install", 1);
    assert_snapshot!(run.story(), @"
    Unchanged
    install db 1.0 in db: Unchanged
      pre-install check run 1: was cancelled
      pre-install check undo 1: succeeded
      failed in pre-install hooks: pre-install hook `check` was cancelled: told to stop
      next: what it had done is taken back: mend the cause, and begin again
      Namespace db stays: its deletion was not asked for
    ");
    let (run, mut world) = cancelled("post-install", 1);
    assert_snapshot!(run.story(), @"
    Partial
    install db 1.0 in db: Degraded
      post-install check run 1: was cancelled
      failed in post-install hooks: post-install hook `check` was cancelled: told to stop
      next: mend the cause and resume (the hook runs again), skip it, take back what was done, or abandon
    ");
    assert_snapshot!(world.resume(&run, Some(Decision::Resume)).story(), @"
    Done
    install db 1.0 in db: Done
      post-install check run 1: was cancelled
      post-install check run 2: succeeded
      post-install next run 1: succeeded
    ");
}

#[test]
fn told_twice_the_runner_leaves_at_once_and_another_goes_on() {
    let (run, mut world) = cancelled("post-install", 2);
    assert_eq!(run.outcome, Outcome::Stopped(Stop::Detached));
    let run = world.resume(&run, None);
    assert_snapshot!(run.story(), @"
    Done
    install db 1.0 in db: Done
      post-install check run 1: succeeded
      post-install next run 1: succeeded
    ");
}

/// What a runner before was told counts for nothing when its successor is told for the first time.
#[test]
fn each_runner_is_told_for_itself() {
    let version = Version::new("db", "1.0").hook("pre-install", "check", json!({}));
    let mut world = World::new([version]);
    world.script("check", PodScript::succeeds(seconds(60)));
    let plan = Arc::new(world.plan(&[install("db", "1.0")]));
    let mut first = world.begin_beside(&plan, "first");
    let mut is_told = false;
    let lives = world.drive_beside(&mut first, |machine, next| {
        let is_running = |journal: &Journal| {
            let attempt = journal.operations()[0].attempts().first();
            attempt.is_some_and(|attempt| attempt.running().is_some())
        };
        match next {
            Poll::Wait(_) if !is_told && is_running(&machine.journal()) => {
                is_told = true;
                machine.cancel();
                Then::GoesOn
            }
            Poll::Do(effect) if is_told && matches!(effect.task, Task::SaveJournal { .. }) => {
                Then::StopsAfter
            }
            _ => Then::GoesOn,
        }
    });
    assert!(!lives);
    let mut second = world
        .resume_beside((&plan, &first.secret), "second", None)
        .unwrap();
    assert!(second.machine.journal().cancelled().is_some());
    second.machine.cancel();
    world.end_beside(&mut second);
    assert_eq!(second.statuses(), [OperationStatus::Unchanged]);
    assert!(second.machine.journal().ended().is_some());
}

#[test]
fn modules_that_fail_or_never_become_ready_degrade() {
    let mut told = Vec::new();
    for (readiness, decision) in [
        (
            Readiness::Fails(seconds(5), "image not found".to_owned()),
            Decision::Resume,
        ),
        (Readiness::Never, Decision::TakeBack),
    ] {
        let mut world = World::new([Version::new("db", "1.0").chart("engine")]);
        world
            .cluster
            .get()
            .module_readiness("engine", readiness.clone());
        let run = world.run(&[install("db", "1.0")]);
        told.push(run.story());
        world
            .cluster
            .get()
            .module_readiness("engine", Readiness::After(seconds(1)));
        let run = world.resume(&run, Some(decision));
        told.push(run.story());
    }
    assert_snapshot!(told.join("\n"), @"
    Partial
    install db 1.0 in db: Degraded
      failed in readiness: module `engine` failed: image not found
      next: mend the cause and resume, take back what was done, or abandon
    Done
    install db 1.0 in db: Done
    Partial
    install db 1.0 in db: Degraded
      failed in readiness: module `engine` is not ready after 10 minutes: waiting for its workloads
      next: mend the cause and resume, take back what was done, or abandon
    Unchanged
    install db 1.0 in db: RolledBack
      failed in readiness: module `engine` is not ready after 10 minutes: waiting for its workloads
      next: what it had done is taken back: mend the cause, and begin again
      Namespace db stays: its deletion was not asked for
    ");
}

#[test]
fn fields_of_others_are_not_taken() {
    let mut world = db();
    world.run(&[install("db", "1.0")]);
    let target = ObjectRef::namespaced("v1", "ConfigMap", "db", "settings");
    let patch = json!({"data": {"text": "theirs"}});
    let request = Request::Patch {
        target,
        patch,
        kind: PatchKind::Merge,
    };
    world.cluster.get().meddle(&request).unwrap();
    let run = world.run(&[upgrade("db", "1.0", "2.0")]);
    assert_snapshot!(run.story(), @r#"
    Unchanged
    upgrade db 1.0 -> 2.0 in db: Unchanged
      failed in conditions: ConfigMap db/settings could not be applied: Apply failed with 1 conflict: conflict with "somebody" using v1: .data.text (409)
      next: have whoever has the fields let them go, or plan it again with `force_conflicts`
    "#);
    assert_eq!(settings(&world), "theirs");
}

#[test]
fn fields_that_others_take_meanwhile_are_not_taken_back() {
    let mut world = db();
    world.run(&[install("db", "1.0")]);
    let plan = world.plan(&[upgrade("db", "1.0", "2.0")]);
    let machine = world.machine(plan);
    let run = world.drive(machine, |cluster, _, next| {
        if matches!(next, Poll::Do(effect) if effect.task.to_string().starts_with("create Job")) {
            let request = Request::Patch {
                target: ObjectRef::namespaced("v1", "ConfigMap", "db", "settings"),
                patch: json!({"data": {"text": "theirs"}}),
                kind: PatchKind::Merge,
            };
            cluster.meddle(&request).unwrap();
        }
    });
    assert_snapshot!(run.story(), @r#"
    Partial
    upgrade db 1.0 -> 2.0 in db: Degraded
      pre-upgrade backup run 1: succeeded
      failed in modules: ConfigMap db/settings has fields that somebody else manages: .data.text (conflict with "somebody" using v1)
      next: mend the cause and resume, take back what was done, or abandon
    "#);
    assert_eq!(settings(&world), "theirs");
}

#[test]
fn a_step_that_is_skipped_is_told_of() {
    let mut world = db();
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    let run = world.drive(machine, |cluster, _, next| {
        if matches!(next, Poll::Do(effect) if effect.task.to_string().starts_with("apply ")) {
            cluster.deny("patch", "ConfigMap");
        }
    });
    assert_eq!(run.outcome, Outcome::Partial, "{}", run.story());
    world.cluster.get().allow_all();
    let run = world.resume(&run, Decision::Skip);
    assert_snapshot!(run.story(), @r"
    Partial
    install db 1.0 in db: Degraded
      pre-install prepare run 1: succeeded
      failed in readiness: ConfigMap db/settings was deleted by somebody else
      next: mend the cause and resume, take back what was done, or abandon
      modules was skipped: what of it was not done is left out
    ");
}

#[test]
fn a_kind_whose_names_are_taken_is_found_out_at_once() {
    let mut world = World::new([Version::new("db", "1.0").crd("Widget", &["v1"])]);
    let mut theirs = crd("Widget", &["v1"]);
    theirs["metadata"]["name"] = "gizmos.example.com".into();
    theirs["spec"]["names"]["plural"] = "gizmos".into();
    theirs["spec"]["names"]["singular"] = "gizmo".into();
    let request = Request::Create {
        object: theirs,
        dry_run: false,
    };
    world.cluster.get().meddle(&request).unwrap();
    world.cluster.get().advance(seconds(5));
    let run = world.run(&[install("db", "1.0")]);
    assert_snapshot!(run.story(), @r#"
    Partial
    install db 1.0 in db: Degraded
      failed in readiness: CustomResourceDefinition widgets.example.com failed: ListKindConflict: "WidgetList" is already in use
      next: mend the cause and resume, take back what was done, or abandon
    "#);
}

#[test]
fn a_namespace_that_is_going_is_waited_for() {
    let mut world = db();
    world.cluster.get().add_namespace("db");
    let held = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "held", "namespace": "db", "finalizers": ["example.com/hold"]}});
    let request = Request::Create {
        object: held,
        dry_run: false,
    };
    world.cluster.get().meddle(&request).unwrap();
    world.cluster.get().terminate_namespace("db");
    let run = world.run(&[install("db", "1.0")]);
    assert_snapshot!(run.story(), @"
    Unchanged
    install db 1.0 in db: Unchanged
      failed in namespace: Namespace db is deleted, and does not go: Some content in the namespace has finalizers remaining: example.com/hold
      next: what it had done is taken back: mend the cause, and begin again
    ");
    let held = ObjectRef::namespaced("v1", "ConfigMap", "db", "held");
    world.cluster.get().strip_finalizers(&held);
    let run = world.run(&[install("db", "1.0")]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
}

/// A release of which somebody's finalizer holds an object.
fn held() -> (World, ObjectRef) {
    let mut world = db();
    world.run(&[install("db", "1.0")]);
    let target = ObjectRef::namespaced("v1", "ConfigMap", "db", "old");
    let patch = json!({"metadata": {"finalizers": ["example.com/hold"]}});
    let request = Request::Patch {
        target: target.clone(),
        patch,
        kind: PatchKind::Merge,
    };
    world.cluster.get().meddle(&request).unwrap();
    (world, target)
}

#[test]
fn what_does_not_go_is_named() {
    let (mut world, target) = held();
    let run = world.run(&[uninstall("db", "1.0")]);
    assert_snapshot!(run.story(), @"
    Partial
    uninstall db 1.0 in db: UninstallIncomplete
      failed in wait until all is gone: ConfigMap db/old is deleted, and does not go: its finalizers example.com/hold hold it: whoever set them must take them off
      next: mend the cause and resume, or abandon
    ");
    world.cluster.get().strip_finalizers(&target);
    let run = world.resume(&run, Some(Decision::Resume));
    assert_snapshot!(run.story(), @"
    Done
    uninstall db 1.0 in db: Done
      Namespace db stays: its deletion was not asked for
    ");
}

#[test]
fn a_wait_for_what_does_not_go_ends_when_it_is_told_to_stop() {
    let (mut world, target) = held();
    let plan = world.plan(&[uninstall("db", "1.0")]);
    let machine = world.machine(plan);
    let began = world.cluster.get().now();
    let mut told = false;
    let run = world.drive(machine, |_, machine, next| {
        if let Poll::Wait(wait) = next
            && !told
            && wait.reasons.iter().any(|why| why.contains("is gone"))
        {
            told = true;
            machine.cancel();
        }
    });
    let took = world.cluster.get().now().since(began);
    assert!(told && took < seconds(60), "{took:?}");
    assert_snapshot!(run.story(), @r"
    Partial
    uninstall db 1.0 in db: UninstallIncomplete
      failed in wait until all is gone: it was told to stop
      next: resume, or abandon
    ");
    world.cluster.get().strip_finalizers(&target);
    let run = world.resume(&run, Some(Decision::Resume));
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
}

/// What takes things away is not passed over: they would be on no record.
#[test]
fn a_deletion_cannot_be_skipped() {
    let mut world = World::new([Version::new("db", "1.0").object(config("settings", "one"))]);
    world.run(&[install("db", "1.0")]);
    world.cluster.get().deny("delete", "ConfigMap");
    let run = world.run(&[uninstall("db", "1.0")]);
    assert_eq!(
        run.journal.operations()[0].status(),
        OperationStatus::UninstallIncomplete
    );
    world.cluster.get().allow_all();
    let run = world.resume(&run, Some(Decision::Skip));
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert!(
        run.story()
            .contains("cannot be skipped, and is tried again"),
        "{}",
        run.story()
    );
    let settings = ObjectRef::namespaced("v1", "ConfigMap", "db", "settings");
    assert!(world.object(&settings).is_none() && world.record("db").is_none());
}

/// A run that has only ended before it came to all of its operations can be given up, and then it is over.
#[test]
fn what_was_not_begun_can_be_given_up() {
    let version = |package| Version::new(package, "1.0").object(config("settings", "one"));
    let mut world = World::new(["a", "b"].map(version));
    let plan = world.plan(&[install("a", "1.0"), install("b", "1.0").at_level(1)]);
    let machine = world.machine(plan);
    let run = world.drive(machine, |_, machine, next| {
        if is_next(next, "apply ConfigMap a/settings") {
            machine.cancel();
        }
    });
    let status = |run: &Run, place: usize| run.journal.operations()[place].status();
    assert_eq!(status(&run, 1), OperationStatus::NotStarted);
    let run = world.resume(&run, Some(Decision::Abandon));
    assert_eq!(status(&run, 1), OperationStatus::Unchanged);
    assert!(
        run.story().contains("it was given up before it began"),
        "{}",
        run.story()
    );
    assert!(
        world
            .objects()
            .iter()
            .all(|object| !object.contains("b/settings"))
    );
}

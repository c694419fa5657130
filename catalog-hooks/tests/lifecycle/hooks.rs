//! Hooks that succeed late, fail, hang, never begin, or vanish.

use std::sync::Arc;
use std::time::Duration;

use catalog_hooks::Outcome;
use catalog_hooks::api::{ObjectRef, Request};
use catalog_hooks::simulator::{FakeCluster, Happening, PodScript};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::package::{Version, config, job};
use crate::world::{HOME, Run, World, install, upgrade};

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// An install whose only hook, `check`, has this policy, and whose pods do this.
fn one_hook(phase: &str, policy: Value, script: PodScript) -> World {
    let version = Version::new("db", "1.0")
        .object(config("settings", "one"))
        .hook(phase, "check", policy);
    let world = World::new([version]);
    world.script("check", script);
    world
}

fn run(mut world: World) -> (Run, World) {
    let run = world.run(&[install("db", "1.0")]);
    (run, world)
}

/// The story of an install with one hook before it.
fn before(policy: Value, script: PodScript) -> String {
    run(one_hook("pre-install", policy, script)).0.story()
}

/// The same with the hook after it.
fn after(policy: Value, script: PodScript) -> String {
    run(one_hook("post-install", policy, script)).0.story()
}

#[test]
fn a_hook_is_tried_again_after_its_backoff() {
    let policy = json!({"retries": 2, "backoff": {"initial": "20s", "factor": 3, "max": "5m"}});
    let world = one_hook("pre-install", policy, PodScript::default());
    world.script_attempt("check", 1, PodScript::fails(seconds(1), 3));
    world.script_attempt("check", 2, PodScript::fails(seconds(1), 4));
    let (run, world) = run(world);
    assert_snapshot!(run.story(), @"
    Done
    install db 1.0 in db: Done
      pre-install check run 1: failed
      pre-install check run 2: failed
      pre-install check run 3: succeeded
    ");
    let attempts = run.journal.operations()[0].attempts();
    let begun: Vec<_> = attempts
        .iter()
        .map(|one| one.running().unwrap().since)
        .collect();
    let ended: Vec<_> = attempts
        .iter()
        .map(|one| one.verdict().unwrap().at)
        .collect();
    let pauses = [begun[1].since(ended[0]), begun[2].since(ended[1])];
    assert!(
        pauses[0] >= seconds(20) && pauses[0] < seconds(21),
        "{pauses:?}"
    );
    assert!(
        pauses[1] >= seconds(60) && pauses[1] < seconds(61),
        "{pauses:?}"
    );
    // One log for each attempt, and one record, and one plan.
    assert_eq!(world.kept()["catalog.dev/evidence"], 3);
}

#[test]
fn a_hook_that_fails_before_leaves_all_as_it_was() {
    let (run, world) = run(one_hook(
        "pre-install",
        json!({}),
        PodScript::fails(seconds(1), 3).with_log("no space left on device\n"),
    ));
    assert_snapshot!(run.story(), @"
    Unchanged
    install db 1.0 in db: Unchanged
      pre-install check run 1: failed
      failed in pre-install hooks: pre-install hook `check` failed: its container ended with 3: no space left on device
      next: what it had done is taken back: mend the cause, and begin again
      Namespace db stays: its deletion was not asked for
    ");
    let evidence = run.journal.operations()[0].attempts()[0]
        .evidence()
        .unwrap()
        .clone();
    assert!(
        evidence.tail.contains("no space left on device"),
        "{evidence:?}"
    );
    assert_snapshot!(world.objects().join("\n"), @"
    Namespace db
    Job db/db-check-qiu437tf6vuxzvwc
    ");
    assert!(world.record("db").is_none());
}

#[test]
fn a_hook_that_fails_after_stops_unless_it_says_otherwise() {
    let fails = || PodScript::fails(seconds(1), 3);
    assert_snapshot!(after(json!({}), fails()), @"
    Partial
    install db 1.0 in db: Degraded
      post-install check run 1: failed
      failed in post-install hooks: post-install hook `check` failed: its container ended with 3: working
      next: mend the cause and resume (the hook runs again), skip it, take back what was done, or abandon
    ");
    assert_snapshot!(after(json!({"onFailure": "continue"}), fails()), @"
    Done
    install db 1.0 in db: Done
      post-install check run 1: failed
      post-install hook `check` failed: its container ended with 3: working
    ");
    assert_snapshot!(after(json!({"onFailure": "rollback"}), fails()), @"
    Unchanged
    install db 1.0 in db: RolledBack
      post-install check run 1: failed
      failed in post-install hooks: post-install hook `check` failed: its container ended with 3: working
      next: what it had done is taken back: mend the cause, and begin again
      Namespace db stays: its deletion was not asked for
    ");
    assert_snapshot!(before(json!({"onFailure": "continue"}), fails()), @"
    Done
    install db 1.0 in db: Done
      pre-install check run 1: failed
      pre-install hook `check` failed: its container ended with 3: working
    ");
}

#[test]
fn a_hook_has_its_time() {
    let runs = || PodScript::runs();
    assert_snapshot!(before(json!({"timeout": "90s"}), runs()), @"
    Unchanged
    install db 1.0 in db: Unchanged
      pre-install check run 1: timed out
      failed in pre-install hooks: pre-install hook `check` timed out: it took longer than 90 s
      next: what it had done is taken back: mend the cause, and begin again
      Namespace db stays: its deletion was not asked for
    ");
    assert_snapshot!(before(json!({"timeout": "90s", "retries": 1}), runs()), @"
    Unchanged
    install db 1.0 in db: Unchanged
      pre-install check run 1: timed out
      pre-install check run 2: timed out
      failed in pre-install hooks: pre-install hook `check` timed out: it took longer than 90 s
      next: what it had done is taken back: mend the cause, and begin again
      Namespace db stays: its deletion was not asked for
    ");
    // A pod that does not go when it is told to is waited for.
    let stubborn = PodScript::runs().stops_after(seconds(25));
    assert_snapshot!(before(json!({"timeout": "90s"}), stubborn), @"
    Unchanged
    install db 1.0 in db: Unchanged
      pre-install check run 1: timed out
      failed in pre-install hooks: pre-install hook `check` timed out: it took longer than 90 s
      next: what it had done is taken back: mend the cause, and begin again
      Namespace db stays: its deletion was not asked for
    ");
}

#[test]
fn after_an_irreversible_hook_somebody_has_to_decide() {
    let fails = PodScript::fails(seconds(1), 3);
    assert_snapshot!(before(json!({"irreversible": true}), fails.clone()), @"
    Partial
    install db 1.0 in db: NeedsDecision
      pre-install check run 1: failed
      failed in pre-install hooks: pre-install hook `check` failed: its container ended with 3: working
      next: mend the cause and resume (the hook runs again), skip it, or abandon
    ");
    assert_snapshot!(after(json!({"irreversible": true, "onFailure": "rollback"}), fails), @"
    Partial
    install db 1.0 in db: NeedsDecision
      post-install check run 1: failed
      failed in post-install hooks: post-install hook `check` failed: its container ended with 3: working
      next: mend the cause and resume (the hook runs again), skip it, or abandon
    ");
}

#[test]
fn hooks_that_began_are_undone_in_reverse() {
    let undo = |name: &str| json!({"undo": job(name)});
    let version = Version::new("db", "1.0")
        .hook("pre-install", "one", undo("one"))
        .hook("pre-install", "two", json!({}))
        .hook("pre-install", "three", undo("three"))
        .hook("pre-install", "four", undo("four"));
    let world = World::new([version]);
    world.script_attempt("three", 1, PodScript::fails(seconds(1), 3));
    world.script_undo("three", PodScript::default());
    assert_snapshot!(run(world).0.story(), @"
    Unchanged
    install db 1.0 in db: Unchanged
      pre-install one run 1: succeeded
      pre-install two run 1: succeeded
      pre-install three run 1: failed
      pre-install three undo 1: succeeded
      pre-install one undo 1: succeeded
      failed in pre-install hooks: pre-install hook `three` failed: its container ended with 3: working
      next: what it had done is taken back: mend the cause, and begin again
      Namespace db stays: its deletion was not asked for
    ");
}

#[test]
fn an_undo_that_fails_leaves_it_broken() {
    let policy = json!({"undo": job("check")});
    let world = one_hook("pre-install", policy, PodScript::fails(seconds(1), 3));
    assert_snapshot!(run(world).0.story(), @"
    Partial
    install db 1.0 in db: Broken
      pre-install check run 1: failed
      pre-install check undo 1: failed
      failed in undo of pre-install hooks: the undo of pre-install hook `check` failed: its container ended with 3: working
      next: resume (the undo runs again), skip it (it counts as done), or abandon
    ");
}

#[test]
fn what_a_hook_needs_comes_before_it_and_goes_after_it() {
    let account =
        json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "checker"}});
    let mut job = job("check");
    job["spec"]["template"]["spec"]["serviceAccountName"] = "checker".into();
    let policy = json!({"resources": [account], "job": job, "retries": 1});
    for script in [PodScript::default(), PodScript::fails(seconds(1), 3)] {
        let (run, world) = run(one_hook("pre-install", policy.clone(), script));
        let about: Vec<&str> = run
            .told
            .iter()
            .map(String::as_str)
            .filter(|told| told.contains("ServiceAccount"))
            .collect();
        assert_eq!(
            about,
            [
                "create ServiceAccount db/checker",
                "delete ServiceAccount db/checker"
            ]
        );
        let accounts = ObjectRef::namespaced("v1", "ServiceAccount", "db", "checker");
        assert!(world.object(&accounts).is_none());
    }
}

#[test]
fn pods_that_are_refused_or_find_no_place_are_told_of() {
    let refused = PodScript::refused("exceeded quota: pods");
    assert_snapshot!(before(json!({}), refused.clone()), @r#"
    Unchanged
    install db 1.0 in db: Unchanged
      pre-install check run 1: failed
      failed in pre-install hooks: pre-install hook `check` failed: stuck: Error creating: pods "db-check-qiu437tf6vuxzvwc-" is forbidden: exceeded quota: pods
      next: what it had done is taken back: mend the cause, and begin again
      Namespace db stays: its deletion was not asked for
    "#);
    assert_snapshot!(before(json!({"stuckAfter": "30s", "retries": 1}), refused), @r#"
    Unchanged
    install db 1.0 in db: Unchanged
      pre-install check run 1: failed
      pre-install check run 2: failed
      failed in pre-install hooks: pre-install hook `check` failed: stuck: Error creating: pods "db-check-bhlo3sk5kwy2tyun-" is forbidden: exceeded quota: pods
      next: what it had done is taken back: mend the cause, and begin again
      Namespace db stays: its deletion was not asked for
    "#);
    let unschedulable = PodScript::unschedulable();
    assert_snapshot!(before(json!({"timeout": "5m"}), unschedulable.clone()), @"
    Unchanged
    install db 1.0 in db: Unchanged
      pre-install check run 1: timed out
      failed in pre-install hooks: pre-install hook `check` timed out: its pod did not run within 300 s: Unschedulable: 0/1 nodes are available: 1 Insufficient cpu.
      next: what it had done is taken back: mend the cause, and begin again
      Namespace db stays: its deletion was not asked for
    ");
    assert_snapshot!(before(json!({"stuckAfter": "1m"}), unschedulable), @"
    Unchanged
    install db 1.0 in db: Unchanged
      pre-install check run 1: failed
      failed in pre-install hooks: pre-install hook `check` failed: stuck: Unschedulable: 0/1 nodes are available: 1 Insufficient cpu.
      next: what it had done is taken back: mend the cause, and begin again
      Namespace db stays: its deletion was not asked for
    ");
    // Room turns up in time.
    let later = PodScript::default().scheduled_after(seconds(400));
    assert_snapshot!(before(json!({}), later), @"
    Done
    install db 1.0 in db: Done
      pre-install check run 1: succeeded
    ");
}

#[test]
fn a_quota_is_found_out_before_the_hook_runs() {
    let mut world = one_hook("pre-install", json!({}), PodScript::default());
    world.cluster.get().add_namespace("db");
    let quota = json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "none", "namespace": "db"}, "spec": {"hard": {"pods": "0"}}});
    let request = Request::Create {
        object: quota,
        dry_run: false,
    };
    world.cluster.get().meddle(&request).unwrap();
    assert_snapshot!(world.run(&[install("db", "1.0")]).story(), @r#"
    Unchanged
    install db 1.0 in db: Unchanged
      pre-install check run 1: failed
      failed in pre-install hooks: pre-install hook `check` failed: its pod would be refused: pods "db-check-qiu437tf6vuxzvwc-try" is forbidden: exceeded quota: none, requested: pods=1, used: pods=0, limited: pods=0 (403)
      next: what it had done is taken back: mend the cause, and begin again
    "#);
}

#[test]
fn without_a_controller_a_hook_is_stuck() {
    let mut world = one_hook("pre-install", json!({}), PodScript::default());
    world.cluster.get().run_job_controller(false);
    assert_snapshot!(world.run(&[install("db", "1.0")]).story(), @"
    Unchanged
    install db 1.0 in db: Unchanged
      pre-install check run 1: failed
      failed in pre-install hooks: pre-install hook `check` failed: stuck: no controller looks after Jobs: it has no start time
      next: what it had done is taken back: mend the cause, and begin again
      Namespace db stays: its deletion was not asked for
    ");
}

#[test]
fn a_pod_on_a_lost_node_is_not_taken_for_dead() {
    let lost = PodScript::node_lost(seconds(5));
    assert_snapshot!(before(json!({"timeout": "2m", "retries": 3}), lost), @"
    Partial
    install db 1.0 in db: NeedsDecision
      pre-install check run 1: timed out
      failed in pre-install hooks: pre-install hook `check` timed out: it took longer than 120 s; whether a pod of it still runs on node `node-1` is not known
      next: resume (the hook runs again), skip it (it counts as done), or abandon
    ");
}

#[test]
fn an_evicted_pod_is_replaced_by_its_job() {
    let world = one_hook("pre-install", json!({}), PodScript::default());
    world.cluster.get().script(
        &[(catalog_hooks::label::HOOK, "check")],
        [PodScript::evicted(seconds(5)), PodScript::default()],
    );
    assert_snapshot!(run(world).0.story(), @"
    Done
    install db 1.0 in db: Done
      pre-install check run 1: succeeded
    ");
    let policy = json!({"semantics": "at-most-once"});
    assert_snapshot!(before(policy, PodScript::evicted(seconds(5))), @"
    Unchanged
    install db 1.0 in db: Unchanged
      pre-install check run 1: failed
      failed in pre-install hooks: pre-install hook `check` failed: Job has reached the specified backoff limit (BackoffLimitExceeded)
      next: what it had done is taken back: mend the cause, and begin again
      Namespace db stays: its deletion was not asked for
    ");
}

/// The story of an install whose hook runs for a minute, and into which somebody reaches once it runs.
fn meddled(policy: Value, meddle: impl Fn(&mut FakeCluster, &ObjectRef)) -> String {
    let mut world = one_hook("pre-install", policy, PodScript::succeeds(seconds(60)));
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    let mut done = false;
    let run = world.drive(machine, |cluster, machine, _| {
        let journal = machine.journal();
        let Some(attempt) = journal.operations()[0].attempts().first() else {
            return;
        };
        let runs_long = attempt
            .running()
            .is_some_and(|running| cluster.now().since(running.since) > seconds(15));
        if runs_long && !done {
            done = true;
            meddle(
                cluster,
                &ObjectRef::namespaced("batch/v1", "Job", "db", attempt.job()),
            );
        }
    });
    assert!(done);
    run.story()
}

#[test]
fn a_job_that_somebody_meddles_with_is_never_taken_for_a_success() {
    assert_snapshot!(meddled(json!({}), |cluster, job| cluster.delete_object(job)), @"
    Unchanged
    install db 1.0 in db: Unchanged
      pre-install check run 1: was cancelled
      failed in pre-install hooks: pre-install hook `check` was cancelled: somebody deleted its Job while it ran
      next: what it had done is taken back: mend the cause, and begin again
      Namespace db stays: its deletion was not asked for
    ");
    assert_snapshot!(meddled(json!({}), |cluster, job| cluster.force_delete(job)), @"
    Unchanged
    install db 1.0 in db: Unchanged
      pre-install check run 1: was lost
      failed in pre-install hooks: pre-install hook `check` was lost: its Job is gone, and nothing says how it ended
      next: what it had done is taken back: mend the cause, and begin again
      Namespace db stays: its deletion was not asked for
    ");
    assert_snapshot!(meddled(json!({}), |cluster, job| { cluster.recreate_foreign(job); }), @"
    Unchanged
    install db 1.0 in db: Unchanged
      pre-install check run 1: was lost
      failed in pre-install hooks: pre-install hook `check` was lost: its Job is gone, and nothing says how it ended
      next: what it had done is taken back: mend the cause, and begin again
      Namespace db stays: its deletion was not asked for
    ");
    let once = json!({"semantics": "at-most-once"});
    assert_snapshot!(meddled(once, |cluster, job| cluster.force_delete(job)), @"
    Partial
    install db 1.0 in db: NeedsDecision
      pre-install check run 1: was lost
      failed in pre-install hooks: pre-install hook `check` was lost: its Job is gone, and nothing says how it ended
      next: find out what it did, then skip it (it counts as done), take back what was done, or abandon
    ");
    assert_snapshot!(meddled(json!({}), |cluster, _| cluster.terminate_namespace("db")), @"
    Unchanged
    install db 1.0 in db: Unchanged
      pre-install check run 1: was lost
      failed in pre-install hooks: pre-install hook `check` was lost: somebody deleted its Job, and no pod says how it ended
      next: what it had done is taken back: mend the cause, and begin again
      Namespace db stays: its deletion was not asked for
    ");
}

#[test]
fn a_job_that_somebody_suspends_keeps_its_time() {
    let policy = json!({"timeout": "3m"});
    assert_snapshot!(meddled(policy, |cluster, job| cluster.suspend(job, true)), @"
    Unchanged
    install db 1.0 in db: Unchanged
      pre-install check run 1: timed out
      failed in pre-install hooks: pre-install hook `check` timed out: it took longer than 180 s
      next: what it had done is taken back: mend the cause, and begin again
      Namespace db stays: its deletion was not asked for
      Job db/db-check-qiu437tf6vuxzvwc was suspended by somebody else; its time goes on
    ");
    assert_snapshot!(meddled(json!({}), |cluster, job| cluster.strip_finalizers(job)), @"
    Done
    install db 1.0 in db: Done
      pre-install check run 1: succeeded
    ");
    assert_snapshot!(meddled(json!({}), |cluster, _| cluster.delete_pods("db")), @"
    Unchanged
    install db 1.0 in db: Unchanged
      pre-install check run 1: failed
      failed in pre-install hooks: pre-install hook `check` failed: Job has reached the specified backoff limit (BackoffLimitExceeded)
      next: what it had done is taken back: mend the cause, and begin again
      Namespace db stays: its deletion was not asked for
    ");
}

#[test]
fn a_foreign_job_of_the_same_name_is_left_alone() {
    let mut world = one_hook("pre-install", json!({}), PodScript::default());
    let plan = world.plan(&[install("db", "1.0")]);
    let name = plan.operations()[0].hooks()[0].name().to_owned();
    world.cluster.get().add_namespace("db");
    let mut theirs = job("theirs");
    theirs["metadata"] = json!({"name": name, "namespace": "db"});
    theirs["spec"]["template"]["spec"]["restartPolicy"] = "Never".into();
    let request = Request::Create {
        object: theirs,
        dry_run: false,
    };
    world.cluster.get().meddle(&request).unwrap();
    let run = world.begin(plan);
    assert_snapshot!(run.story(), @"
    Unchanged
    install db 1.0 in db: Unchanged
      pre-install check run 1: failed
      failed in pre-install hooks: pre-install hook `check` failed: there is another Job db/db-check-qiu437tf6vuxzvwc, which is not this hook's
      next: what it had done is taken back: mend the cause, and begin again
    ");
    let target = ObjectRef::namespaced("batch/v1", "Job", "db", &name);
    assert!(world.object(&target).is_some());
    assert_eq!(run.outcome, Outcome::Unchanged);
}

/// A runner that was taken for dead wakes up when all is over, and creates the Job of a hook that has long succeeded: it never runs, and goes with
/// the next operation.
#[test]
fn a_job_that_comes_after_the_end_goes_with_the_next_operation() {
    let version = |version: &str| {
        Version::new("db", version).hook("post-install", "tell", json!({"keep": "never"}))
    };
    let mut world = World::new(["1.0", "2.0"].map(version));
    world.run(&[install("db", "1.0")]);
    let create = |happening: &Happening| match happening {
        Happening::Asked { request, .. } if request.to_string().starts_with("create Job") => {
            Some(Arc::clone(request))
        }
        _ => None,
    };
    let late = {
        let cluster = world.cluster.get();
        let mut trace = cluster.trace().iter();
        trace.find_map(|event| create(&event.what)).unwrap()
    };
    world.cluster.get().late("runner-1", &late).unwrap();
    world.cluster.get().advance(Duration::from_secs(3600));
    assert!(world.objects().join(" ").contains("Job db/db-tell"));
    let run = world.run(&[upgrade("db", "1.0", "2.0")]);
    assert_eq!(run.outcome, Outcome::Done);
    assert_snapshot!(world.objects().join("\n"), @"Namespace db");
}

/// A node takes its pods and their logs with it: what was read while they ran is kept.
#[test]
fn logs_are_read_while_a_hook_runs() {
    let script = PodScript::succeeds(seconds(60)).with_log("half way\n");
    let mut world = one_hook("pre-install", json!({}), script);
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    let mut is_gone = false;
    let run = world.drive(machine, |cluster, machine, _| {
        let journal = machine.journal();
        let attempts = journal.operations()[0].attempts();
        let Some(running) = attempts.first().and_then(|one| one.running()) else {
            return;
        };
        if !is_gone && cluster.now().since(running.since) > seconds(25) {
            is_gone = true;
            cluster.force_delete(&ObjectRef::namespaced(
                "batch/v1",
                "Job",
                "db",
                attempts[0].job(),
            ));
            let pods = cluster.objects().filter(|one| one["kind"] == "Pod");
            let pods: Vec<ObjectRef> = pods.filter_map(|pod| ObjectRef::of(pod)).collect();
            pods.iter().for_each(|pod| cluster.force_delete(pod));
        }
    });
    assert!(run.story().contains("was lost"), "{}", run.story());
    let evidence = run.journal.operations()[0].attempts()[0]
        .evidence()
        .unwrap()
        .clone();
    assert!(evidence.tail.contains("half way"), "{evidence:?}");
    assert_snapshot!(evidence.missing, @"it had no pod any more; this was read 10 s before");
    let secret = ObjectRef::namespaced("v1", "Secret", HOME, evidence.secret.unwrap());
    assert!(world.object(&secret).is_some());
}

//! What is somebody else's, or has become so while nobody looked, stays as it is.

use std::time::Duration;

use catalog_hooks::api::{ObjectRef, Request};
use catalog_hooks::simulator::{FakeCluster, PodScript};
use catalog_hooks::{Decision, Outcome, Poll, Task};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::package::{Version, config, job};
use crate::world::{World, fails, install, uninstall};

fn create(cluster: &mut FakeCluster, object: Value) {
    let request = Request::Create {
        object,
        dry_run: false,
    };
    cluster.meddle(&request).unwrap();
}

/// Somebody takes an object away, and makes another one under its name, which another release of theirs is labelled with.
fn replace(cluster: &mut FakeCluster, target: &ObjectRef) {
    let mut object = Value::clone(&cluster.object(target).unwrap());
    cluster.force_delete(target);
    let metadata = json!({
        "name": target.name(), "namespace": target.namespace(),
        "labels": {"catalog.dev/release-uid": "theirs", "catalog.dev/package": "theirs"},
        "annotations": {"catalog.dev/existed": "true"},
    });
    object["metadata"] = metadata;
    create(cluster, object);
}

fn settings(namespace: &str) -> ObjectRef {
    ObjectRef::namespaced("v1", "ConfigMap", namespace, "settings")
}

fn role() -> Value {
    json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "shared"}, "rules": []})
}

#[test]
fn what_took_the_place_of_something_that_was_there_before_keeps_its_labels() {
    let version = Version::new("db", "1.0").object(config("settings", "one"));
    let mut world = World::new([version]);
    world.cluster.get().add_namespace("db");
    let mut theirs = config("settings", "one");
    theirs["metadata"]["namespace"] = "db".into();
    create(&mut world.cluster.get(), theirs);
    world.run(&[install("db", "1.0")]);
    replace(&mut world.cluster.get(), &settings("db"));
    let before = world.object(&settings("db"));
    let run = world.run(&[uninstall("db", "1.0")]);
    assert_eq!(run.outcome, Outcome::Done);
    assert_eq!(world.object(&settings("db")), before);
}

#[test]
fn what_took_the_place_of_something_shared_is_handed_to_nobody() {
    let sharing = |package| Version::new(package, "1.0").definition("role", &role());
    let mut world = World::new(["a", "b"].map(sharing));
    world.run(&[install("a", "1.0")]);
    world.run(&[install("b", "1.0")]);
    let shared = ObjectRef::of(&role()).unwrap();
    replace(&mut world.cluster.get(), &shared);
    let before = world.object(&shared);
    world.run(&[uninstall("a", "1.0")]);
    assert_eq!(world.object(&shared), before);
}

/// Whatever is about to be deleted or applied, somebody puts another object in its place first, once for each.
#[test]
fn what_takes_the_place_of_something_just_before_it_is_deleted_stays() {
    let version = Version::new("db", "1.0")
        .definition("role", &role())
        .object(config("settings", "one"));
    let mut world = World::new([version]);
    world.run(&[install("db", "1.0")]);
    let wish = uninstall("db", "1.0").with(|options| options.delete_namespace = true);
    let plan = world.plan(&[wish]);
    let machine = world.machine(plan);
    let mut replaced = Vec::new();
    world.drive(machine, |cluster, _, next| {
        let Poll::Do(effect) = next else { return };
        let Task::Call(request) = &effect.task else {
            return;
        };
        let Request::Delete { target, .. } = &**request else {
            return;
        };
        if matches!(target.kind(), "ConfigMap" | "ClusterRole") {
            replace(cluster, target);
            replaced.push((target.clone(), cluster.object(target).unwrap()));
        }
    });
    assert_eq!(replaced.len(), 2);
    let (role, before) = &replaced[1];
    assert_eq!(world.object(role).as_ref(), Some(before));
}

#[test]
fn what_takes_the_place_of_something_just_before_it_is_applied_stays() {
    let version = |version: &str| Version::new("db", version).object(config("settings", version));
    let mut world = World::new(["1.0", "2.0"].map(version));
    world.run(&[install("db", "1.0")]);
    let plan = world.plan(&[crate::world::upgrade("db", "1.0", "2.0")]);
    let machine = world.machine(plan);
    let mut before = None;
    let run = world.drive(machine, |cluster, _, next| {
        let Poll::Do(effect) = next else { return };
        if effect.task.to_string() == "apply ConfigMap db/settings" && before.is_none() {
            // It has no field that the apply could be in conflict with.
            cluster.force_delete(&settings("db"));
            let metadata = json!({"name": "settings", "namespace": "db"});
            create(
                cluster,
                json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}),
            );
            before = cluster.object(&settings("db"));
        }
    });
    assert!(before.is_some());
    assert_eq!(world.object(&settings("db")), before, "{}", run.story());
}

#[test]
fn a_namespace_that_somebody_made_anew_stays() {
    let mut world = World::new([Version::new("db", "1.0")]);
    world.run(&[install("db", "1.0")]);
    {
        let mut cluster = world.cluster.get();
        cluster.terminate_namespace("db");
        cluster.advance(Duration::from_secs(60));
        cluster.add_namespace("db");
    }
    let namespace = ObjectRef::cluster("v1", "Namespace", "db");
    let before = world.object(&namespace).unwrap();
    world.run(&[uninstall("db", "1.0").with(|options| options.delete_namespace = true)]);
    assert_eq!(world.object(&namespace), Some(before));
}

#[test]
fn a_namespace_has_gone_when_its_uninstall_is_done() {
    let mut world = World::new([Version::new("db", "1.0").object(config("settings", "one"))]);
    world.run(&[install("db", "1.0")]);
    let wish = uninstall("db", "1.0").with(|options| options.delete_namespace = true);
    let plan = world.plan(&[wish]);
    let machine = world.machine(plan);
    let namespace = ObjectRef::cluster("v1", "Namespace", "db");
    let mut was_there = Vec::new();
    world.drive(machine, |cluster, _, next| {
        if matches!(next, Poll::Do(effect) if effect.task.to_string().starts_with("delete Secret catalog-system/catalog-installed")) {
            was_there.push(cluster.object(&namespace).is_some());
        }
    });
    assert_eq!(was_there, [false]);
}

#[test]
fn what_a_hook_needs_is_not_taken_from_others() {
    let account =
        json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "checker"}});
    let version =
        Version::new("db", "1.0").hook("pre-install", "check", json!({"resources": [account]}));
    let mut world = World::new([version]);
    world.cluster.get().add_namespace("db");
    let mut theirs = account;
    theirs["metadata"]["namespace"] = "db".into();
    let target = ObjectRef::of(&theirs).unwrap();
    create(&mut world.cluster.get(), theirs);
    let before = world.object(&target);
    let run = world.run(&[install("db", "1.0")]);
    assert_snapshot!(run.story(), @"
    Unchanged
    install db 1.0 in db: Unchanged
      failed in pre-install hooks: there is another ServiceAccount db/checker, which a hook needs and does not own
      next: what it had done is taken back: mend the cause, and begin again
    ");
    assert_eq!(world.object(&target), before);
}

/// The Job of a hook that may run once is there already when it is to be created, and is being deleted: what it did is not known.
#[test]
fn beside_a_job_that_goes_none_is_made_that_may_run_once() {
    let once = json!({"semantics": "at-most-once"});
    let mut world = World::new([Version::new("db", "1.0").hook("pre-install", "check", once)]);
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    let mut made = 0;
    let run = world.drive(machine, |cluster, _, next| {
        let Poll::Do(effect) = next else { return };
        let Task::Call(request) = &effect.task else {
            return;
        };
        let Request::Create { object, .. } = &**request else {
            return;
        };
        if object["kind"] == "Job" {
            made += 1;
            if made == 1 {
                cluster.late("runner-0", request).unwrap();
                cluster.delete_object(&ObjectRef::of(object).unwrap());
            }
        }
    });
    assert_snapshot!(run.story(), @"
    Partial
    install db 1.0 in db: NeedsDecision
      pre-install check run 1: was lost
      failed in pre-install hooks: pre-install hook `check` was lost: its Job was deleted, and it may run once at most
      next: find out what it did, then skip it (it counts as done), take back what was done, or abandon
    ");
    assert_eq!(made, 1);
}

#[test]
fn an_undo_that_fails_is_not_passed_over_whatever_its_hook_is() {
    let version = Version::new("db", "1.0")
        .hook(
            "pre-install",
            "one",
            json!({"onFailure": "continue", "undo": job("one")}),
        )
        .hook("pre-install", "two", json!({}));
    let mut world = World::new([version]);
    world.script("two", fails());
    world.script_undo("one", fails());
    let run = world.run(&[install("db", "1.0")]);
    assert_snapshot!(run.story(), @"
    Partial
    install db 1.0 in db: Broken
      pre-install one run 1: succeeded
      pre-install two run 1: failed
      pre-install one undo 1: failed
      failed in undo of pre-install hooks: the undo of pre-install hook `one` failed: its container ended with 3: working
      next: resume (the undo runs again), skip it (it counts as done), or abandon
    ");
}

#[test]
fn nothing_is_undone_beside_a_pod_that_may_still_run() {
    let undo = json!({"undo": job("check"), "timeout": "30s"});
    let mut world = World::new([Version::new("db", "1.0").hook("pre-install", "check", undo)]);
    world.script("check", PodScript::node_lost(Duration::from_secs(5)));
    let run = world.run(&[install("db", "1.0")]);
    let run = world.resume(&run, Some(Decision::TakeBack));
    assert_snapshot!(run.story(), @"
    Partial
    install db 1.0 in db: NeedsDecision
      pre-install check run 1: timed out
      failed in undo of pre-install hooks: whether a pod of pre-install hook `check` still runs on node `node-1` is not known
      next: resume (the hook runs again), skip it (it counts as done), or abandon
    ");
}

#[test]
fn nothing_is_unwound_past_a_hook_that_cannot_be() {
    let once = Version::new("a", "1.0").hook("post-install", "send", json!({"irreversible": true}));
    let failing = Version::new("b", "1.0").hook("post-install", "check", json!({}));
    let mut world = World::new([once, failing]);
    world.script("check", fails());
    let wishes = [install("a", "1.0"), install("b", "1.0").at_level(1)];
    let plan = world.plan(&wishes).unwinding();
    let run = world.begin(plan);
    assert_snapshot!(run.story(), @"
    Partial
    install a 1.0 in a: Done
      post-install send run 1: succeeded
      `install a 1.0 in a` cannot be taken back by itself
    install b 1.0 in b: RolledBack
      post-install check run 1: failed
      failed in post-install hooks: post-install hook `check` failed: its container ended with 3: working
      next: what it had done is taken back: mend the cause, and begin again
      Namespace b stays: its deletion was not asked for
    ");
}

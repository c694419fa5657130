//! Two packages that have something in common.

use std::time::Duration;

use catalog_hooks::api::{ObjectRef, PatchKind, Request};
use catalog_hooks::simulator::PodScript;
use catalog_hooks::{Decision, Outcome, Poll, label};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::package::{Version, config, job};
use crate::world::{Run, World, fails, install, uninstall};

fn role(rules: &[&str]) -> Value {
    let rules: Vec<Value> = rules
        .iter()
        .map(|verb| json!({"apiGroups": [""], "resources": ["pods"], "verbs": [verb]}))
        .collect();
    json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "shared"}, "rules": rules})
}

fn shared(world: &World) -> Option<std::sync::Arc<Value>> {
    world.object(&ObjectRef::of(&role(&[])).unwrap())
}

/// Two packages that bring a ClusterRole of one name, each its own; the second fails after that.
fn differing() -> World {
    World::new([
        Version::new("a", "1.0").definition("role", &role(&["get"])),
        Version::new("b", "1.0")
            .definition("role", &role(&["get", "list"]))
            .hook("post-install", "announce", json!({})),
    ])
}

#[test]
fn what_passes_on_is_as_the_other_wrote_it() {
    for is_taken_back in [true, false] {
        let mut world = differing();
        world.run(&[install("a", "1.0")]);
        if is_taken_back {
            world.script("announce", fails());
        }
        let run = world.run(&[install("b", "1.0")]);
        assert_eq!(
            shared(&world).unwrap()["rules"].as_array().unwrap().len(),
            2
        );
        let run = match is_taken_back {
            true => world.resume(&run, Some(Decision::TakeBack)),
            false => world.run(&[uninstall("b", "1.0")]),
        };
        assert!(run.story().contains("`a` has it too"), "{}", run.story());
        let there = shared(&world).unwrap();
        assert_eq!(there["rules"], role(&["get"])["rules"]);
        assert_eq!(there["metadata"]["labels"][label::PACKAGE], "a");
        world.run(&[uninstall("a", "1.0")]);
        assert!(shared(&world).is_none());
    }
}

#[test]
fn what_passes_on_and_cannot_be_written_is_told_of() {
    let mut world = differing();
    world.run(&[install("a", "1.0")]);
    world.run(&[install("b", "1.0")]);
    let plan = world.plan(&[uninstall("b", "1.0")]);
    let machine = world.machine(plan);
    let run = world.drive(machine, |cluster, _, next| {
        // Labels can be changed, and the rest cannot.
        if let Poll::Do(effect) = next {
            match effect.task.to_string() {
                told if told.starts_with("apply ClusterRole") => {
                    cluster.deny("patch", "ClusterRole")
                }
                _ => cluster.allow_all(),
            }
        }
    });
    assert_snapshot!(run.story(), @r#"
    Done
    uninstall b 1.0 in b: Done
      ClusterRole shared stays: `a` has it too
      Namespace b stays: its deletion was not asked for
      ClusterRole shared is that of `a` now, but stays as `b` wrote it: clusterroles.rbac.authorization.k8s.io "shared" is forbidden: User "runner" cannot patch resource "clusterroles" in API group "rbac.authorization.k8s.io" at the cluster scope (403)
    "#);
    let there = shared(&world).unwrap();
    assert_eq!(there["rules"].as_array().unwrap().len(), 2);
    assert_eq!(there["metadata"]["labels"][label::PACKAGE], "a");
}

/// Of two that come in one run, one is taken back by itself, and what it has in common with the other stays, as the other wrote it.
#[test]
fn what_comes_in_one_run_is_shared_too() {
    for (order, level) in [(["a", "b"], 1), (["b", "a"], 1), (["a", "b"], 0)] {
        let mut world = World::new([
            Version::new("a", "1.0").definition("role", &role(&["get"])),
            Version::new("b", "1.0")
                .definition("role", &role(&["get", "list"]))
                .hook("post-install", "announce", json!({"onFailure": "rollback"})),
        ]);
        world.script("announce", fails());
        let [first, second] = order.map(|package| install(package, "1.0"));
        let run = world.run(&[first, second.at_level(level)]);
        let is_there = run.story().contains("install a 1.0 in a: Done");
        assert_eq!(is_there, order[0] == "a", "{}", run.story());
        let there = shared(&world);
        assert_eq!(there.is_some(), is_there, "{}", run.story());
        if let Some(there) = there {
            assert_eq!(there["rules"], role(&["get"])["rules"]);
            assert_eq!(there["metadata"]["labels"][label::PACKAGE], "a");
        }
    }
}

/// An uninstall of which somebody patches the object just before it is deleted, so often; what patches say is up to their number.
fn patched_at_the_last_moment(times: usize, patch: impl Fn(usize) -> Value) -> (Run, World) {
    let mut world = World::new([Version::new("db", "1.0").object(config("settings", "1"))]);
    world.run(&[install("db", "1.0")]);
    let plan = world.plan(&[uninstall("db", "1.0")]);
    let machine = world.machine(plan);
    let mut done = 0;
    let run = world.drive(machine, |cluster, _, next| {
        let Poll::Do(effect) = next else { return };
        if done < times && effect.task.to_string() == "delete ConfigMap db/settings" {
            done += 1;
            let request = Request::Patch {
                target: settings(),
                patch: patch(done),
                kind: PatchKind::Merge,
            };
            cluster.meddle(&request).unwrap();
        }
    });
    assert_eq!(done, times);
    (run, world)
}

fn settings() -> ObjectRef {
    ObjectRef::namespaced("v1", "ConfigMap", "db", "settings")
}

#[test]
fn what_another_takes_over_at_the_last_moment_stays() {
    let labels = json!({label::RELEASE_UID: "another", label::PACKAGE: "another"});
    let takes = |_| json!({"metadata": {"labels": labels}});
    let (run, world) = patched_at_the_last_moment(1, takes);
    assert_snapshot!(run.story(), @r"
    Done
    uninstall db 1.0 in db: Done
      ConfigMap db/settings stays: it is another's by now
      Namespace db stays: its deletion was not asked for
    ");
    assert!(world.object(&settings()).is_some());
}

#[test]
fn what_somebody_only_changes_at_the_last_moment_goes_all_the_same() {
    let changes = |times: usize| json!({"data": {"text": format!("changed {times}")}});
    let (run, world) = patched_at_the_last_moment(3, changes);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert!(world.object(&settings()).is_none());
}

/// What was there before was deleted by hand: what is made in its place is ours.
#[test]
fn what_replaces_something_that_was_there_before_goes_with_the_release() {
    let theirs = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": "db"}});
    let target = ObjectRef::of(&theirs).unwrap();
    let version = |text: &str| Version::new("db", text).object(config("settings", text));
    let mut world = World::new([version("1.0"), version("2.0")]);
    world.cluster.get().add_namespace("db");
    let request = Request::Create {
        object: theirs,
        dry_run: false,
    };
    world.cluster.get().meddle(&request).unwrap();
    world.run(&[install("db", "1.0")]);
    let delete = Request::delete(target.clone(), None);
    world.cluster.get().meddle(&delete).unwrap();
    world.run(&[crate::world::upgrade("db", "1.0", "2.0")]);
    world.run(&[uninstall("db", "2.0")]);
    assert!(world.object(&target).is_none());
}

/// What two hooks of a level both need is there for one after the other.
#[test]
fn hooks_that_need_the_same_object_do_not_run_at_a_time() {
    let needs = |package: &str, names: &[&str]| {
        let roles: Vec<Value> = names
            .iter()
            .map(|name| json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": []}))
            .collect();
        let policy = json!({"resources": roles, "job": job("check")});
        Version::new(package, "1.0").hook("pre-install", "check", policy)
    };
    let mut world = World::new([
        needs("a", &["one", "two"]),
        needs("b", &["two", "one"]),
        needs("c", &["two"]),
    ]);
    let wishes = ["a", "b", "c"].map(|package| install(package, "1.0"));
    let plan = world.plan(&wishes).with_parallel(3);
    let run = world.begin(plan);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    let mut ends: Vec<_> = run
        .journal
        .operations()
        .iter()
        .map(|one| {
            let attempt = &one.attempts()[0];
            (
                attempt.running().unwrap().since,
                attempt.verdict().unwrap().at,
            )
        })
        .collect();
    ends.sort();
    assert!(
        ends.windows(2).all(|pair| pair[0].1 <= pair[1].0),
        "{ends:?}"
    );
}

/// Who waits for what another has needs nothing of it any more when it is told to stop.
#[test]
fn a_hook_that_waits_for_what_another_has_can_be_cancelled() {
    let role = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "one"}, "rules": []});
    let needs = |package: &str| {
        let policy = json!({"resources": [role]});
        Version::new(package, "1.0").hook("pre-install", "check", policy)
    };
    let mut world = World::new(["a", "b"].map(needs));
    world.script("check", PodScript::succeeds(Duration::from_secs(100)));
    let wishes = ["a", "b"].map(|package| install(package, "1.0"));
    let plan = world.plan(&wishes).with_parallel(2);
    let machine = world.machine(plan);
    let mut cancelled = false;
    let mut made = 0;
    let run = world.drive(machine, |_, machine, poll| match poll {
        Poll::Wait(wait) if !cancelled => {
            let mut reasons = wait.reasons.iter();
            cancelled = reasons.any(|why| why.contains("needs ClusterRole one too"));
            if cancelled {
                machine.cancel();
            }
        }
        Poll::Do(effect) => {
            let told = effect.task.to_string();
            made += usize::from(told == "create ClusterRole one");
        }
        _ => {}
    });
    assert!(cancelled);
    assert_eq!(made, 1, "{}", run.story());
}

/// It has as long as its author says: who waits for it has to wait as long.
#[test]
fn a_hook_is_waited_for_as_long_as_it_may_run() {
    let role = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "one"}, "rules": []});
    let needs = |package: &str, policy: Value| {
        let mut policy = policy;
        policy["resources"] = json!([role]);
        Version::new(package, "1.0").hook("pre-install", &format!("check-{package}"), policy)
    };
    let backoff = json!({"initial": "7m", "factor": 2, "max": "7m"});
    for slow in [
        json!({"timeout": "20m"}),
        json!({"timeout": "20m", "retries": 1, "backoff": backoff}),
    ] {
        let is_tried_again = slow.get("retries").is_some();
        let mut world = World::new([needs("a", slow), needs("b", json!({}))]);
        let end = PodScript::succeeds(Duration::from_secs(9 * 60));
        if is_tried_again {
            world.script_attempt("check-a", 1, fails());
            world.script_attempt("check-a", 2, end);
        } else {
            world.script("check-a", end);
        }
        let wishes = ["a", "b"].map(|package| install(package, "1.0"));
        let plan = world.plan(&wishes).with_parallel(2);
        let run = world.begin(plan);
        assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    }
}

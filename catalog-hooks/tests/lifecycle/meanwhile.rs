//! What others do between the look at an object and its write, and between two runs.

use std::time::Duration;

use catalog_hooks::api::{ObjectRef, PatchKind, Request};
use catalog_hooks::simulator::{FakeCluster, PodScript};
use catalog_hooks::{Cluster, Decision, Machine, Outcome, Poll, Task};
use serde_json::{Value, json};

use crate::hops::create;
use crate::package::{Version, config};
use crate::world::{World, install, is_next, refused, uninstall, upgrade};

fn settings() -> ObjectRef {
    ObjectRef::namespaced("v1", "ConfigMap", "db", "settings")
}

fn db() -> World {
    World::new([Version::new("db", "1.0").object(config("settings", "ours"))])
}

/// Somebody's object of the same name, in which these fields are set.
fn theirs(data: Value) -> Value {
    let mut object = config("settings", "");
    object["metadata"]["namespace"] = "db".into();
    object["data"] = data;
    object
}

fn make_theirs(cluster: &mut FakeCluster) {
    create(cluster, theirs(json!({"other": "keep"})));
}

/// Drives a machine until the effect that begins with these words, which is carried out, and which the runner does not live to hear of.
fn crash_after(world: &mut World, mut machine: Machine, words: &str, meddle: fn(&mut FakeCluster)) {
    loop {
        let now = world.cluster.get().now();
        let next = machine.poll(now);
        let is_it = is_next(&next, words);
        match next {
            Poll::Do(effect) => {
                if is_it {
                    meddle(&mut world.cluster.get());
                }
                let id = effect.id;
                let answer = world.surroundings(|all| all.carry_out(effect));
                if is_it {
                    return;
                }
                machine.answer(id, answer);
            }
            Poll::Wait(wait) => world.surroundings(|all| all.clock.wait(&wait)),
            _ => panic!("it ended before `{words}`"),
        }
    }
}

/// What somebody made between the look and the apply is theirs also for the runner that goes on after a crash.
#[test]
fn what_came_meanwhile_is_known_after_a_crash() {
    let mut world = db();
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan.clone());
    crash_after(
        &mut world,
        machine,
        "apply ConfigMap db/settings",
        make_theirs,
    );
    let machine = world.resumed(&plan, None::<Decision>);
    let run = world.drive(machine, |_, _, _| {});
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    world.run(&[uninstall("db", "1.0")]);
    let after = world.object(&settings());
    assert!(after.is_some(), "somebody's object is deleted");
}

/// An object is the release's whose answer was lost, and in which a controller set a field before the next try.
#[test]
fn what_a_controller_adds_before_an_answer_came_makes_it_nobody_elses() {
    let mut world = db();
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    let mut lost = false;
    let run = world.drive_or_answer(machine, |cluster, _, next| {
        if lost || !is_next(next, "apply ConfigMap db/settings") {
            return None;
        }
        lost = true;
        let Poll::Do(effect) = next else { return None };
        let Task::Call(request) = &effect.task else {
            return None;
        };
        Cluster::call(cluster, request).unwrap();
        let kind = PatchKind::Merge;
        cluster
            .meddle(&Request::Patch {
                target: settings(),
                patch: json!({"metadata": {"finalizers": ["operator.example.com/f"]}}),
                kind,
            })
            .unwrap();
        Some(refused(504, "Timeout", "the request timed out"))
    });
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    world.run(&[uninstall("db", "1.0")]);
    let after = world.object(&settings());
    let is_going = after.is_none_or(|after| after["metadata"].get("deletionTimestamp").is_some());
    assert!(is_going, "what was made for the release is not deleted");
}

/// A field of somebody's object that a release has taken by force is not emptied, whichever release goes last.
#[test]
fn what_one_took_by_force_stays_when_the_other_goes() {
    for order in [["a", "b"], ["b", "a"]] {
        let mut shared = config("shared", "ours");
        shared["metadata"]["namespace"] = "common".into();
        let version = |package| Version::new(package, "1.0").definition("shared", &shared);
        let mut world = World::new(["a", "b"].map(version));
        world.cluster.get().add_namespace("common");
        let mut theirs = config("shared", "theirs");
        theirs["metadata"]["namespace"] = "common".into();
        let (object, dry_run) = (theirs, false);
        world
            .cluster
            .get()
            .meddle(&Request::Create { object, dry_run })
            .unwrap();
        let forced = install("a", "1.0").with(|options| options.force_conflicts = true);
        let run = world.run(&[forced]);
        assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
        let run = world.run(&[install("b", "1.0")]);
        assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
        for package in order {
            world.run(&[uninstall(package, "1.0")]);
        }
        let target = ObjectRef::namespaced("v1", "ConfigMap", "common", "shared");
        let after = world.object(&target).unwrap();
        assert!(after["data"].get("text").is_some(), "{order:?}: {after}");
    }
}

/// What a runner of another home made after the verdict is not written over, and is not deleted.
#[test]
fn what_another_runner_made_meanwhile_is_not_written_over() {
    let version = Version::new("db", "1.0")
        .object(config("settings", "ours"))
        .hook("pre-install", "prepare", json!({}));
    let mut world = World::new([version]);
    world.script("prepare", PodScript::succeeds(Duration::from_secs(1)));
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    let mut done = false;
    world.drive(machine, |cluster, _, next| {
        if !done && is_next(next, "create Job") {
            done = true;
            let object = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": "db",
                "labels": {"catalog.dev/release-uid": "theirs", "catalog.dev/package": "db"},
                "annotations": {"catalog.dev/home": "elsewhere"}}, "data": {"theirs": "x", "text": "ours"}});
            let apply = Request::Apply { object, force: false, dry_run: false };
            cluster.call_from_elsewhere(&apply).unwrap();
        }
    });
    let between = world.object(&settings()).unwrap();
    world.run(&[uninstall("db", "1.0")]);
    let after = world.object(&settings());
    assert_eq!(between["data"]["theirs"], "x");
    assert!(after.is_some_and(|after| after["data"]["theirs"] == "x"));
}

/// What a release was refused to write, and somebody made by hand then, is theirs.
#[test]
fn what_was_refused_and_made_by_hand_is_somebodys() {
    let version = Version::new("db", "1.0")
        .object(config("one", "ours"))
        .object(config("settings", "ours"));
    let mut world = World::new([version]);
    world.cluster.get().add_namespace("db");
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    world.drive_or_answer(machine, |_, _, next| {
        is_next(next, "apply ConfigMap db/settings")
            .then(|| refused(403, "Forbidden", "not allowed"))
    });
    make_theirs(&mut world.cluster.get());
    let run = world.run(&[install("db", "1.0")]);
    assert_eq!(run.outcome, Outcome::Done);
    world.run(&[uninstall("db", "1.0")]);
    let after = world.object(&settings());
    assert!(after.is_some(), "somebody's object is deleted");
}

/// Of the modules that drivers deploy, whoever goes on asks again only for those that are not deployed.
#[test]
fn a_module_that_is_deployed_is_not_deployed_again() {
    let version = Version::new("db", "1.0").chart("one").chart("two");
    let mut world = World::new([version]);
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan.clone());
    crash_after(&mut world, machine, "deploy module two", |_| {});
    let machine = world.resumed(&plan, None::<Decision>);
    let run = world.drive(machine, |_, _, _| {});
    let deploys = run.told.iter().filter(|told| told.starts_with("deploy "));
    assert_eq!(deploys.collect::<Vec<_>>(), [""; 0]);
}

/// What goes while it is applied, and is made again by its owner at once, is its owner's.
#[test]
fn what_its_owner_makes_again_is_its_owners() {
    let mut world = db();
    world.cluster.get().add_namespace("db");
    let mut object = theirs(json!({"other": "keep"}));
    object["metadata"]["finalizers"] = json!(["example.com/f"]);
    create(&mut world.cluster.get(), object);
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    let (mut going, mut again) = (false, false);
    world.drive(machine, |cluster, _, next| {
        if !going && is_next(next, "apply ConfigMap db/settings") {
            going = true;
            cluster.delete_object(&settings());
        }
        if !again && matches!(next, Poll::Wait(wait) if wait.reasons.iter().any(|one| one.contains("is gone"))) {
            again = true;
            cluster.force_delete(&settings());
            make_theirs(cluster);
        }
    });
    world.run(&[uninstall("db", "1.0")]);
    assert!(
        world.object(&settings()).is_some(),
        "somebody's object is deleted"
    );
}

/// Another home's runner takes the object over by force.
fn taken_from_elsewhere(cluster: &mut FakeCluster) {
    let mut object = theirs(json!({"text": "theirs"}));
    object["metadata"]["labels"] =
        json!({"catalog.dev/release-uid": "of-elsewhere", "catalog.dev/package": "other"});
    object["metadata"]["annotations"] = json!({"catalog.dev/home": "elsewhere"});
    let request = Request::Apply {
        object,
        force: true,
        dry_run: false,
    };
    cluster.call_from_elsewhere(&request).unwrap();
}

fn upgrading() -> (World, Machine) {
    let version = |name, text| Version::new("db", name).object(config("settings", text));
    let mut world = World::new([version("1.0", "one"), version("2.0", "two")]);
    world.run(&[install("db", "1.0")]);
    let plan = world.plan(&[upgrade("db", "1.0", "2.0")]);
    let machine = world.machine(plan);
    (world, machine)
}

fn is_theirs(world: &World) -> bool {
    let there = world.object(&settings()).unwrap();
    there["data"]["text"] == "theirs"
        && there["metadata"]["annotations"]["catalog.dev/home"] == "elsewhere"
}

/// All runners of a cluster are one field manager, so that no server says of another home's fields that they are in conflict: an apply is to the
/// version of the object that was looked at.
#[test]
fn what_another_home_takes_between_look_and_apply_is_not_written_over() {
    let (mut world, machine) = upgrading();
    let mut taken = false;
    let run = world.drive(machine, |cluster, _, next| {
        if !taken && is_next(next, "apply ConfigMap db/settings") {
            taken = true;
            taken_from_elsewhere(cluster);
        }
    });
    assert!(taken && is_theirs(&world), "{}", run.story());
    assert!(
        run.story().contains("belongs to `other`"),
        "{}",
        run.story()
    );
}

/// A runner that goes on looks again at what the one before has written.
#[test]
fn what_another_home_takes_while_a_run_is_dead_is_not_written_over() {
    let (mut world, machine) = upgrading();
    let plan = machine.plan().clone();
    crash_after(&mut world, machine, "apply ConfigMap db/settings", |_| ());
    taken_from_elsewhere(&mut world.cluster.get());
    let machine = world.resumed(&plan, None);
    let run = world.drive(machine, |_, _, _| {});
    assert!(is_theirs(&world), "{}", run.story());
}

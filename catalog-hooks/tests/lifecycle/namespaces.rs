//! Namespaces that modules go to beside that of their instance: who has them, and what becomes of them.

use std::time::Duration;

use catalog_hooks::api::{ObjectRef, Request};
use catalog_hooks::{Cluster, Decision, Outcome, Poll};
use serde_json::json;

use crate::package::{Version, config};
use crate::world::{World, fails, install, uninstall};

fn mon() -> ObjectRef {
    ObjectRef::cluster("v1", "Namespace", "mon")
}

/// A package with a module that goes to the namespace `mon`, and an object there.
fn monitored(package: &str) -> Version {
    let mut there = config(package, "1");
    there["metadata"]["namespace"] = "mon".into();
    Version::new(package, "1.0")
        .object(there)
        .chart_in(&format!("{package}-chart"), "mon")
}

#[test]
fn a_namespace_that_was_there_before_and_goes_in_the_middle_is_made_again() {
    let mut world = World::new([monitored("db")]);
    world.cluster.get().add_namespace("mon");
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    let run = world.drive(machine, |cluster, _, next| {
        if matches!(next, Poll::Do(effect) if effect.task.to_string() == "apply ConfigMap mon/db") {
            cluster.terminate_namespace("mon");
            cluster.advance(Duration::from_secs(60));
        }
    });
    assert_eq!(run.outcome, Outcome::Partial, "{}", run.story());
    assert!(world.object(&mon()).is_none());
    let run = world.resume(&run, Some(Decision::Resume));
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    // It is that of the release by now.
    let going = uninstall("db", "1.0").with(|options| options.delete_namespace = true);
    let run = world.run(&[going]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert!(world.object(&mon()).is_none(), "{}", run.story());
}

/// It was made for the first, which is on record with it.
#[test]
fn a_namespace_of_an_installed_release_is_not_taken_over_by_a_module_of_another() {
    let going = || uninstall("a", "1.0").with(|options| options.delete_namespace = true);
    let coming = monitored("b").hook("post-install", "announce", json!({"onFailure": "rollback"}));
    for is_taken_back in [true, false] {
        let mut world = World::new([monitored("a"), coming.clone()]);
        if is_taken_back {
            world.script("announce", fails());
        }
        world.run(&[install("a", "1.0")]);
        let whose = |world: &World| world.object(&mon()).unwrap()["metadata"]["labels"].clone();
        let before = whose(&world);
        let run = world.run(&[install("b", "1.0")]);
        assert_eq!(
            run.outcome == Outcome::Unchanged,
            is_taken_back,
            "{}",
            run.story()
        );
        assert_eq!(whose(&world), before, "{}", run.story());
        let run = world.run(&[going()]);
        assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
        // The other has it still, if it is there.
        assert_eq!(
            world.object(&mon()).is_none(),
            is_taken_back,
            "{}",
            run.story()
        );
        assert_eq!(world.object(&mon()).is_some(), world.record("b").is_some());
    }
}

/// Both come in one run: whichever makes the namespace, it is there as long as one of them.
#[test]
fn a_namespace_that_modules_of_two_go_to_goes_with_the_last() {
    let going = |package| uninstall(package, "1.0").with(|options| options.delete_namespace = true);
    for first in ["a", "b"] {
        let last = if first == "a" { "b" } else { "a" };
        let mut world = World::new(["a", "b"].map(monitored));
        let both = ["a", "b"].map(|package| install(package, "1.0"));
        let plan = world.plan(&both).with_parallel(2);
        assert_eq!(world.begin(plan).outcome, Outcome::Done);
        world.run(&[going(first)]);
        assert!(world.object(&mon()).is_some(), "{first}");
        world.run(&[going(last)]);
        assert!(world.object(&mon()).is_none(), "{last}");
    }
}

/// What never was made does not stay.
#[test]
fn a_namespace_that_could_not_be_made_is_not_said_to_stay() {
    let mut world = World::new([Version::new("db", "1.0").object(config("settings", "one"))]);
    world.cluster.get().deny("create", "Namespace");
    let run = world.run(&[install("db", "1.0").with(|options| options.rollback_on_failure = true)]);
    assert_ne!(run.outcome, Outcome::Done, "{}", run.story());
    assert!(
        !run.story().contains("Namespace db stays"),
        "{}",
        run.story()
    );
    let run = world.run(&[uninstall("db", "1.0")]);
    assert!(
        !run.story().contains("Namespace db stays"),
        "{}",
        run.story()
    );
}

/// It is not in the namespace, and has something there.
#[test]
fn a_namespace_stays_for_an_object_of_another_package() {
    let mut theirs = config("theirs", "b");
    theirs["metadata"]["namespace"] = "a".into();
    let going = |package| uninstall(package, "1.0").with(|options| options.delete_namespace = true);
    let mut world = World::new([
        Version::new("a", "1.0").object(config("own", "a")),
        Version::new("b", "1.0").object(theirs),
    ]);
    let target = ObjectRef::namespaced("v1", "ConfigMap", "a", "theirs");
    world.run(&[install("a", "1.0")]);
    world.run(&[install("b", "1.0")]);
    let run = world.run(&[going("a")]);
    assert!(world.object(&target).is_some(), "{}", run.story());
    assert_eq!(
        run.journal.operations()[0].kept(),
        [
            "Namespace a stays: ConfigMap a/theirs of `b` would go with it: uninstall that first, or delete the namespace by hand"
        ]
    );
    world.run(&[going("b")]);
    let run = world.run(&[going("a")]);
    assert_eq!(world.objects(), [""; 0], "{}", run.story());
}

/// Of a namespace that somebody else deletes nobody says that it stays, be it gone already or still on its way.
#[test]
fn a_namespace_that_somebody_else_deletes_is_not_said_to_stay() {
    for seconds in [0, 600] {
        let mut world = World::new([Version::new("db", "1.0").object(config("db", "1"))]);
        world.run(&[install("db", "1.0")]);
        let target = ObjectRef::cluster("v1", "Namespace", "db");
        let mut cluster = world.cluster.get();
        cluster.call(&Request::delete(target, None)).unwrap();
        cluster.advance(Duration::from_secs(seconds));
        drop(cluster);
        let run = world.run(&[uninstall("db", "1.0")]);
        assert_eq!(run.outcome, Outcome::Done);
        let kept = run.journal.operations()[0].kept();
        assert_eq!(kept, Vec::<String>::new(), "{seconds}");
    }
}

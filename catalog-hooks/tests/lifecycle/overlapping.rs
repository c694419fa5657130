//! Runs of sets of packages that overlap: what one has begun, has not come to, or has given up, while another goes on.

use std::sync::Arc;
use std::time::Duration;

use catalog_hooks::api::ObjectRef;
use catalog_hooks::journal::OperationStatus;
use catalog_hooks::simulator::PodScript;
use catalog_hooks::{Decision, Machine, Outcome, Poll, Settings};
use serde_json::json;

use crate::bare::bare_role;
use crate::beside::{OwnRun, Then};
use crate::package::{Version, config};
use crate::world::{World, fails, install, is_next, uninstall};

/// A world in which these packages are, each with an object.
fn packages(names: &[&str]) -> World {
    World::new(
        names
            .iter()
            .map(|name| Version::new(name, "1.0").object(config("settings", name))),
    )
}

/// Tells a run to stop as soon as its first operation is put on record: it does not come to the next.
fn cancel_between(world: &World, run: &mut OwnRun) {
    world.drive_beside(run, |machine, next| {
        if is_next(next, "create Secret catalog-system/catalog-installed") {
            machine.cancel();
        }
        Then::GoesOn
    });
    let statuses = [OperationStatus::Done, OperationStatus::NotStarted];
    assert_eq!(run.statuses(), statuses);
}

/// An operation that a run did not come to is not begun while another run is under way on its instance.
#[test]
fn an_operation_does_not_begin_beside_another_run_of_its_instance() {
    let version = |name: &str| {
        Version::new(name, "1.0")
            .object(config("settings", name))
            .hook("pre-install", "prepare", json!({}))
    };
    let mut world = World::new(["a", "b"].map(version));
    world.script("prepare", PodScript::succeeds(Duration::from_secs(1)));
    let both = Arc::new(world.plan(&[install("a", "1.0"), install("b", "1.0").at_level(1)]));
    let mut first = world.begin_beside(&both, "r1");
    cancel_between(&world, &mut first);
    let alone = Arc::new(world.plan(&[install("b", "1.0")]));
    let mut second = world.begin_beside(&alone, "r2");
    world.drive_beside(&mut second, |_, next| {
        match is_next(next, "apply ConfigMap b/settings") {
            true => Then::StopsAfter,
            false => Then::GoesOn,
        }
    });
    let resumed = world.resume_beside((&both, &first.secret), "r3", Decision::Resume);
    let mut resumed = resumed.unwrap();
    world.end_beside(&mut resumed);
    assert_ne!(resumed.statuses()[1], OperationStatus::Done);
    world.end_beside(&mut second);
    assert_eq!(second.statuses(), [OperationStatus::Done]);
}

/// An operation that a run did not come to is not begun over something newer that another run has put on record since.
#[test]
fn what_was_not_begun_is_not_begun_over_something_newer() {
    let version = |name: &str, v: &str| Version::new(name, v).object(config("settings", v));
    let mut world = World::new([
        version("a", "1.0"),
        version("b", "1.0"),
        version("b", "2.0"),
    ]);
    let both = Arc::new(world.plan(&[install("a", "1.0"), install("b", "1.0").at_level(1)]));
    let mut first = world.begin_beside(&both, "r1");
    cancel_between(&world, &mut first);
    let second = world.run_beside(&[install("b", "2.0")], "r2");
    assert_eq!(second.statuses(), [OperationStatus::Done]);
    let resumed = world.resume_beside((&both, &first.secret), "r3", Decision::Resume);
    world.end_beside(&mut resumed.unwrap());
    let b = ObjectRef::namespaced("v1", "ConfigMap", "b", "settings");
    assert_eq!(world.object(&b).unwrap()["data"]["text"], "2.0");
    assert_eq!(world.record("b").unwrap().version(), "2.0");
}

/// A journal whose history the next run takes over goes when that one is kept, and not before.
#[test]
fn no_journal_goes_before_the_next_is_there() {
    let mut world = packages(&["a", "b"]);
    let both = world.run_beside(
        &[install("a", "1.0"), install("b", "1.0").at_level(1)],
        "r1",
    );
    assert_eq!(both.machine.outcome(), Some(Outcome::Done));
    let plan = Arc::new(world.plan(&[uninstall("a", "1.0")]));
    let place = world.journals().place(&plan).unwrap();
    // Its runner stops before it has written anything.
    let machine = Machine::begin_at(plan, &place, "r2", Settings::default()).unwrap();
    let mut cluster = world.cluster.clone();
    place
        .delete_obsolete(&mut cluster, &machine.journal())
        .unwrap();
    assert_eq!(world.journals().iter().count(), 1);
}

/// The place that was found for one plan is none for another.
#[test]
fn a_place_is_that_of_its_plan() {
    let mut world = packages(&["a", "b", "c"]);
    world.run_beside(&[install("a", "1.0"), install("b", "1.0")], "r1");
    let of_a = world.plan(&[uninstall("a", "1.0")]);
    let of_c = Arc::new(world.plan(&[install("c", "1.0")]));
    let place = world.journals().place(&of_a).unwrap();
    assert!(Machine::begin_at(of_c, &place, "r2", Settings::default()).is_err());
}

/// What was given up is told of until something else is done with its instance, whatever names journals have by then.
#[test]
fn what_was_given_up_outlives_a_journal_of_its_name() {
    let version = |name: &str| {
        Version::new(name, "1.0")
            .object(config("settings", name))
            .hook("post-install", &format!("announce-{name}"), json!({}))
    };
    let mut world = World::new(["a", "c"].map(version));
    world.script("announce-a", fails());
    world.script("announce-c", fails());
    world.run_beside(&[install("a", "1.0")], "r1");
    world.script("announce-a", PodScript::succeeds(Duration::from_secs(1)));
    world.run_beside(
        &[install("a", "1.0"), install("c", "1.0").at_level(1)],
        "r2",
    );
    let of_c = world.run_beside(&[install("c", "1.0")], "r3");
    let plan = Arc::new(of_c.machine.plan().clone());
    let given_up = world.resume_beside((&plan, &of_c.secret), "r4", Decision::Abandon);
    world.end_beside(&mut given_up.unwrap());
    world.run_beside(&[uninstall("a", "1.0")], "r5");
    let is_told = world.journals().iter().any(|kept| {
        let mut operations = kept.journal().operations().iter();
        operations.any(|one| one.status() == OperationStatus::Abandoned)
    });
    assert!(is_told, "nobody is told of `c` any more");
}

fn has_the_role(world: &World) -> bool {
    world
        .objects()
        .iter()
        .any(|one| one == "ClusterRole shared")
}

/// What another instance has got since a plan was made stays when the operation of that plan is taken back.
#[test]
fn what_another_one_got_since_the_plan_was_made_stays() {
    let alone = Version::new("b", "1.0").definition("role", &bare_role(None));
    let failing = Version::new("a", "1.0")
        .definition("role", &bare_role(None))
        .hook("post-install", "announce", json!({"onFailure": "rollback"}));
    let mut world = World::new([failing, alone]);
    world.script("announce", fails());
    let a = Arc::new(world.plan(&[install("a", "1.0")]));
    world.run_beside(&[install("b", "1.0")], "r1");
    let mut run = world.begin_beside(&a, "r2");
    world.end_beside(&mut run);
    assert_eq!(run.statuses(), [OperationStatus::RolledBack]);
    assert!(has_the_role(&world));
}

/// So does what it has got while a run rested that is taken back then.
#[test]
fn what_another_one_got_while_the_run_rested_stays() {
    let alone = Version::new("b", "1.0").object(bare_role(None));
    let failing = Version::new("a", "1.0")
        .object(bare_role(None))
        .object(config("settings", "a"));
    let mut world = World::new([failing, alone]);
    let a = Arc::new(world.plan(&[install("a", "1.0")]));
    let refuse = |world: &World, run: &mut OwnRun| {
        let cluster = world.cluster.clone();
        world.drive_beside(run, |_, next: &Poll| {
            if is_next(next, "apply ConfigMap") {
                cluster.get().deny("patch", "ConfigMap");
            }
            Then::GoesOn
        });
        world.cluster.get().allow_all();
    };
    let mut run = world.begin_beside(&a, "r1");
    refuse(&world, &mut run);
    let other = world.run_beside(&[install("b", "1.0")], "r2");
    assert_eq!(other.statuses(), [OperationStatus::Done]);
    for decision in [Decision::Resume, Decision::TakeBack] {
        let writer = format!("{decision:?}");
        let resumed = world.resume_beside((&a, &run.secret), &writer, decision);
        refuse(&world, &mut resumed.unwrap());
    }
    assert!(has_the_role(&world));
}

//! A package that is uninstalled and installed in one run, and an object of it that another package is to have.

use std::sync::Arc;

use catalog_hooks::api::ObjectRef;
use catalog_hooks::record::InstalledRecord;
use catalog_hooks::simulator::PodScript;
use catalog_hooks::{Decision, Outcome};
use serde_json::{Value, json};

use crate::package::{Version, config, job};
use crate::world::{Wish, World, fails, install, uninstall, upgrade};

fn moving(of: &str) -> Value {
    let mut object = config("moving", of);
    object["metadata"]["namespace"] = "default".into();
    object
}

fn target() -> ObjectRef {
    ObjectRef::namespaced("v1", "ConfigMap", "default", "moving")
}

fn uninstall_whole(package: &str, version: &str) -> Wish {
    uninstall(package, version).with(|options| options.delete_namespace = true)
}

fn world() -> World {
    let mut world = World::new([
        Version::new("a", "1.0")
            .object(moving("a"))
            .object(config("own", "1")),
        Version::new("a", "3.0")
            .object(config("own", "3"))
            .object(config("other", "3"))
            .hook("post-install", "announce", json!({"undo": job("announce")})),
        Version::new("b", "1.0").object(config("own", "b")),
        Version::new("b", "2.0").object(moving("b")).hook(
            "pre-upgrade",
            "before",
            json!({"undo": job("before")}),
        ),
    ]);
    world.run_beside(
        &[install("a", "1.0"), install("b", "1.0").at_level(1)],
        "first",
    );
    world
}

/// `a` is uninstalled and installed, as one release or another, and `b` is to have the object.
fn wishes(is_another: bool) -> [Wish; 3] {
    let again = install("a", "3.0").at_level(1);
    let again = match is_another {
        true => again.of_another_release(),
        false => again,
    };
    let upgrade = upgrade("b", "1.0", "2.0").at_level(2);
    [uninstall_whole("a", "1.0"), again, upgrade]
}

fn uid(world: &World) -> Value {
    let there = world.object(&target());
    there.map_or(Value::Null, |there| there["metadata"]["uid"].clone())
}

/// Who has the object on record.
fn owners(world: &World) -> Vec<String> {
    let has = |record: &InstalledRecord| {
        let mut ledger = record.ledger().iter();
        ledger.any(|entry| entry.object.is_same_object(&target()))
    };
    let records = world.records().into_iter().filter(has);
    records.map(|record| record.package().to_owned()).collect()
}

fn nothing_is_left(world: &mut World, place: &str) {
    assert_eq!(
        world.uninstalled(&["a", "b"]),
        Vec::<String>::new(),
        "{place}"
    );
}

#[test]
fn it_moves_past_the_release_that_comes_in_its_place() {
    for is_another in [false, true] {
        let mut world = world();
        let before = uid(&world);
        let run = world.run_beside(&wishes(is_another), "second");
        assert_eq!(run.machine.outcome(), Some(Outcome::Done));
        assert_eq!(
            (uid(&world), owners(&world)),
            (before, vec!["b".to_owned()])
        );
        let journal = run.machine.journal();
        let line = "ConfigMap default/moving stays: `b` has it too".to_owned();
        assert!(
            journal.operations()[0].kept().contains(&line),
            "{is_another}"
        );
        nothing_is_left(&mut world, &format!("moved, {is_another}"));
    }
}

/// It is on record of what came in its place, and goes with the next operation on that.
#[test]
fn what_nobody_brought_is_of_the_release_that_came_in_its_place() {
    for is_another in [false, true] {
        let mut world = world();
        let before = uid(&world);
        world.script("before", fails());
        world.script_undo("before", PodScript::default());
        world.run_beside(&wishes(is_another), "second");
        assert_eq!(
            (uid(&world), owners(&world)),
            (before, vec!["a".to_owned()])
        );
        assert!(!world.record("a").unwrap().is_unfinished(), "{is_another}");
        world.run_beside(&[upgrade("a", "3.0", "3.0")], "third");
        assert_eq!(uid(&world), Value::Null, "{is_another}");
        nothing_is_left(&mut world, &format!("not brought, {is_another}"));
    }
}

/// The release that comes in its place fails, and is taken back, kept or given up: the object is on the record that names it, or gone with it.
#[test]
fn what_waits_is_on_record_though_what_comes_in_its_place_is_taken_back() {
    for is_another in [false, true] {
        for decision in [Decision::Resume, Decision::TakeBack, Decision::Abandon] {
            let place = format!("{is_another}, {decision:?}");
            let mut world = world();
            let before = uid(&world);
            world.script("announce", fails());
            let plan = Arc::new(world.plan(&wishes(is_another)));
            let mut run = world.begin_beside(&plan, "second");
            world.end_beside(&mut run);
            assert_eq!(
                (uid(&world), owners(&world)),
                (before.clone(), vec!["a".to_owned()]),
                "{place}"
            );
            world.script("announce", PodScript::default());
            let mut run = world
                .resume_beside((&plan, &run.secret), "third", decision)
                .unwrap();
            world.end_beside(&mut run);
            let owner = if decision == Decision::Resume {
                "b"
            } else {
                "a"
            };
            assert_eq!(
                (uid(&world), owners(&world)),
                (before, vec![owner.to_owned()]),
                "{place}"
            );
            nothing_is_left(&mut world, &place);
        }
    }
}

/// Killed before any effect, and gone on with or given up, nothing is lost and nothing is left.
#[test]
fn nothing_is_lost_though_runners_die() {
    let cases = [
        (true, Decision::Resume),
        (true, Decision::TakeBack),
        (true, Decision::Abandon),
        (false, Decision::TakeBack),
    ];
    for (is_another, decision) in cases {
        let mut effects = 0;
        while killed(is_another, (effects, decision)) {
            effects += 1;
        }
        assert!(effects > 80, "{effects}");
    }
}

/// Kills a runner after so many effects, and has another go on. Whether it was killed before its end.
fn killed(is_another: bool, (effects, decision): (usize, Decision)) -> bool {
    let place = format!("{is_another}, {effects}, {decision:?}");
    let mut world = world();
    let before = uid(&world);
    let plan = Arc::new(world.plan(&wishes(is_another)));
    let mut run = world.begin_beside(&plan, "second");
    let is_over = world.drive_for(&mut run, effects, |_| ());
    let is_begun = |world: &World| {
        let journals = world.journals();
        let mut kept = journals.iter();
        kept.any(|kept| kept.name() == run.secret.name() && !kept.is_over())
    };
    if is_begun(&world) {
        let at = (&plan, &run.secret);
        let mut again = world.resume_beside(at, "third", decision).unwrap();
        world.end_beside(&mut again);
        // What came and is taken back is nobody's: what has come in the place of the first has it not.
        if decision != Decision::TakeBack {
            assert_eq!(uid(&world), before, "{place}");
        }
        assert_eq!(owners(&world).is_empty(), uid(&world).is_null(), "{place}");
        nothing_is_left(&mut world, &place);
    }
    !is_over
}

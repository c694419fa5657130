//! An object that moves to another package in one run and stands in the namespace that was made for the first.

use std::sync::Arc;

use catalog_hooks::Decision;
use catalog_hooks::api::ObjectRef;
use catalog_hooks::simulator::PodScript;
use serde_json::{Value, json};

use crate::package::{Version, config, job};
use crate::world::{Wish, World, fails, install, uninstall, upgrade};

fn moving(of: &str) -> Value {
    let mut object = config("moving", of);
    object["metadata"]["namespace"] = "a".into();
    object
}

fn target() -> ObjectRef {
    ObjectRef::namespaced("v1", "ConfigMap", "a", "moving")
}

fn namespace() -> ObjectRef {
    ObjectRef::cluster("v1", "Namespace", "a")
}

fn uninstall_whole(package: &str, version: &str) -> Wish {
    uninstall(package, version).with(|options| options.delete_namespace = true)
}

fn world() -> World {
    let mut world = World::new([
        Version::new("a", "1.0").object(moving("a")),
        Version::new("b", "1.0").object(config("own", "b")),
        Version::new("b", "2.0")
            .object(moving("b"))
            .hook("pre-upgrade", "before", json!({"undo": job("before")}))
            .hook("post-upgrade", "after", json!({})),
    ]);
    world.run(&[install("a", "1.0"), install("b", "1.0").at_level(1)]);
    world
}

/// `a` is uninstalled with its namespace, and `b` is to have the object.
fn moves() -> [Wish; 2] {
    let upgrade = upgrade("b", "1.0", "2.0").at_level(1);
    [uninstall_whole("a", "1.0"), upgrade]
}

fn is_there(world: &World) -> [bool; 2] {
    [target(), namespace()].map(|object| world.object(&object).is_some())
}

fn nothing_is_left(world: &mut World, place: &str) {
    assert_eq!(
        world.uninstalled(&["a", "b"]),
        Vec::<String>::new(),
        "{place}"
    );
}

#[test]
fn the_namespace_stays_with_it() {
    let mut world = world();
    let run = world.run_beside(&moves(), "first");
    assert_eq!(is_there(&world), [true, true]);
    assert_eq!(world.record("a"), None);
    assert_eq!(
        run.machine.journal().operations()[0].kept(),
        [
            "ConfigMap a/moving stays: `b` has it too",
            "Namespace a stays: ConfigMap a/moving would go with it",
        ]
    );
    nothing_is_left(&mut world, "moved");
}

/// What waits is on record, and the namespace that stays for it.
#[test]
fn the_namespace_goes_with_what_nobody_brought() {
    let mut world = world();
    world.script("before", fails());
    world.script_undo("before", PodScript::default());
    world.run_beside(&moves(), "first");
    assert_eq!(is_there(&world), [true, true]);
    let record = world.record("a").unwrap();
    let mut ledger = record.ledger().iter();
    assert!(ledger.any(|entry| entry.object.is_same_object(&namespace())));
    let run = world.run_beside(&[uninstall_whole("a", "1.0")], "second");
    let kept = run.machine.journal().operations()[0].kept().to_vec();
    assert_eq!((is_there(&world), kept), ([false, false], vec![]));
    nothing_is_left(&mut world, "not brought");
}

/// The namespace was not asked for at first: whoever asks for it later gets it.
#[test]
fn a_namespace_that_was_not_asked_for_can_be_later() {
    let mut world = world();
    world.script("before", fails());
    world.script_undo("before", PodScript::default());
    let [_, upgrade] = moves();
    world.run_beside(&[uninstall("a", "1.0"), upgrade], "first");
    assert_eq!(is_there(&world), [true, true]);
    world.run_beside(&[uninstall_whole("a", "1.0")], "second");
    assert_eq!(is_there(&world), [false, false]);
}

#[test]
fn nothing_is_left_however_it_ends() {
    for fails_in in ["before", "after"] {
        for decision in [Decision::Resume, Decision::TakeBack, Decision::Abandon] {
            let place = format!("{fails_in} {decision:?}");
            let mut world = world();
            world.script(fails_in, fails());
            let plan = Arc::new(world.plan(&moves()));
            let mut run = world.begin_beside(&plan, "first");
            world.end_beside(&mut run);
            assert_eq!(is_there(&world), [true, true], "{place}");
            world.script(fails_in, PodScript::default());
            let at = (&plan, &run.secret);
            let mut again = world.resume_beside(at, "second", decision).unwrap();
            world.end_beside(&mut again);
            nothing_is_left(&mut world, &place);
        }
    }
}

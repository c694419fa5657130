//! Several operations on one instance in one run.

use catalog_hooks::api::{ObjectRef, Request};
use catalog_hooks::simulator::FakeCluster;
use serde_json::{Value, json};

use crate::package::{Version, config};
use crate::world::{World, fails, install, uninstall, upgrade};

pub(crate) fn create(cluster: &mut FakeCluster, object: Value) {
    cluster
        .meddle(&Request::Create {
            object,
            dry_run: false,
        })
        .unwrap();
}

pub(crate) fn role(verbs: &[&str]) -> Value {
    json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "shared"}, "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": verbs}]})
}

/// An install, and an upgrade whose hook fails and has it taken back.
fn hops() -> World {
    let world = World::new([
        Version::new("db", "1.0").object(config("settings", "1")),
        Version::new("db", "2.0")
            .object(config("settings", "1"))
            .hook("post-upgrade", "migrate", json!({"onFailure": "rollback"})),
    ]);
    world.script("migrate", fails());
    world
}

#[test]
fn hop_taken_back_keeps_what_was_there_before() {
    let mut world = hops();
    world.cluster.get().add_namespace("db");
    let mut theirs = config("settings", "1");
    theirs["metadata"]["namespace"] = "db".into();
    create(&mut world.cluster.get(), theirs);
    world.run(&[
        install("db", "1.0"),
        upgrade("db", "1.0", "2.0").at_level(1),
    ]);
    world.run(&[uninstall("db", "1.0")]);
    let there = world.object(&ObjectRef::namespaced("v1", "ConfigMap", "db", "settings"));
    assert!(there.is_some(), "a foreign object was deleted");
}

#[test]
fn hop_taken_back_keeps_its_plan() {
    let mut world = hops();
    let run = world.run(&[
        install("db", "1.0"),
        upgrade("db", "1.0", "2.0").at_level(1),
    ]);
    let record = world.record("db").unwrap();
    assert!(
        record.plans().contains(&run.plan.digest().to_owned()),
        "{:?}",
        record.plans()
    );
}

#[test]
fn hop_unwound_leaves_no_record() {
    let mut world = hops();
    let plan = world
        .plan(&[
            install("db", "1.0"),
            upgrade("db", "1.0", "2.0").at_level(1),
        ])
        .unwinding();
    world.begin(plan);
    assert!(
        world.record("db").is_none(),
        "{:#?} {:?}",
        world.record("db"),
        world.objects()
    );
}

#[test]
fn what_came_back_in_a_later_hop_is_shared_again() {
    let mut world = World::new([
        Version::new("a", "1.0").definition("role", &role(&["get"])),
        Version::new("b", "1.0").definition("role", &role(&["get"])),
        Version::new("b", "2.0").object(config("x", "1")),
        Version::new("b", "3.0").definition("role", &role(&["get"])),
    ]);
    world.run(&[install("a", "1.0")]);
    world.run(&[install("b", "1.0")]);
    world.run(&[
        upgrade("b", "1.0", "2.0"),
        upgrade("b", "2.0", "3.0").at_level(1),
        uninstall("a", "1.0").at_level(2),
    ]);
    assert!(
        world.object(&ObjectRef::of(&role(&[])).unwrap()).is_some(),
        "what b 3.0 has was deleted"
    );
}

#[test]
fn what_came_back_by_unwinding_is_shared_again() {
    let mut world = World::new([
        Version::new("a", "1.0").definition("role", &role(&["get"])),
        Version::new("b", "1.0").definition("role", &role(&["get"])),
        Version::new("b", "2.0").object(config("x", "1")).hook(
            "post-upgrade",
            "migrate",
            json!({}),
        ),
    ]);
    world.script("migrate", fails());
    world.run(&[install("b", "1.0")]);
    let plan = world
        .plan(&[install("a", "1.0"), upgrade("b", "1.0", "2.0").at_level(1)])
        .unwinding();
    world.begin(plan);
    assert!(
        world.object(&ObjectRef::of(&role(&[])).unwrap()).is_some(),
        "what b 1.0 has was deleted"
    );
}

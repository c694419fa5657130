//! What is on record of what was written, so that it can be found again, and nothing else is deleted.

use std::sync::Arc;
use std::time::Duration;

use catalog_hooks::Decision;
use catalog_hooks::api::{ObjectRef, Request};
use catalog_hooks::journal::OperationStatus;
use catalog_hooks::simulator::PodScript;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::package::{Version, config};
use crate::world::{Run, World, changing, install, uninstall, upgrade};

fn role() -> Value {
    json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "shared"}, "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]})
}

/// Two packages that bring the same ClusterRole.
fn sharing() -> World {
    World::new(["a", "b"].map(|package| Version::new(package, "1.0").definition("role", &role())))
}

#[test]
fn what_was_there_before_outlives_all_that_share_it() {
    for order in [["a", "b"], ["b", "a"]] {
        let mut world = sharing();
        let request = Request::Create {
            object: role(),
            dry_run: false,
        };
        world.cluster.get().meddle(&request).unwrap();
        world.run(&[install("a", "1.0")]);
        world.run(&[install("b", "1.0")]);
        for package in order {
            world.run(&[uninstall(package, "1.0")]);
        }
        let shared = ObjectRef::of(&role()).unwrap();
        let there = world.object(&shared).unwrap();
        // It is as it was before, too.
        assert_eq!(there["rules"], role()["rules"]);
        let metadata = &there["metadata"];
        for (map, key) in [
            ("labels", "release-uid"),
            ("labels", "package"),
            ("annotations", "existed"),
        ] {
            assert!(
                metadata[map][format!("catalog.dev/{key}")].is_null(),
                "{there}"
            );
        }
    }
}

#[test]
fn what_may_not_be_deleted_is_deleted_by_the_next_upgrade() {
    let mut world = changing();
    world.run(&[install("db", "1.0")]);
    world.cluster.get().deny("delete", "ConfigMap");
    let run = world.run(&[upgrade("db", "1.0", "2.0")]);
    assert!(run.story().contains("failed in prune"), "{}", run.story());
    world.cluster.get().allow_all();
    world.run(&[upgrade("db", "1.0", "3.0")]);
    assert_snapshot!(world.objects().join("\n"), @"
    ConfigMap db/three
    Namespace db
    ");
}

#[test]
fn what_may_not_be_deleted_is_deleted_by_the_next_uninstall() {
    let mut world = changing();
    world.run(&[install("db", "1.0")]);
    world.cluster.get().deny("delete", "ConfigMap");
    let run = world.run(&[uninstall("db", "1.0")]);
    assert!(
        run.story().contains("UninstallIncomplete"),
        "{}",
        run.story()
    );
    world.cluster.get().allow_all();
    world.run(&[uninstall("db", "1.0")]);
    assert_snapshot!(world.objects().join("\n"), @"Namespace db");
}

/// An upgrade to 2.0 that came to rest in its hook.
fn at_rest() -> (World, Run) {
    let mut world = changing();
    let fails = PodScript::fails(Duration::from_secs(1), 3);
    world.script("migrate", fails);
    world.run(&[install("db", "1.0")]);
    let run = world.run(&[upgrade("db", "1.0", "2.0")]);
    assert!(run.story().contains("Degraded"), "{}", run.story());
    (world, run)
}

fn ledger(world: &World) -> String {
    let record = world.record("db").unwrap();
    let entries = record.ledger().iter().map(|entry| entry.object.to_string());
    let entries: Vec<String> = entries.collect();
    format!("{}: {}", record.version(), entries.join(", "))
}

#[test]
fn what_an_upgrade_wrote_that_was_given_up_is_found_again() {
    let (mut world, run) = at_rest();
    world.resume(&run, Some(Decision::Abandon));
    assert_snapshot!(ledger(&world), @"1.0: ConfigMap db/two, Namespace db");
    world.run(&[upgrade("db", "1.0", "3.0")]);
    let objects = world.objects().join("\n");
    assert!(!objects.contains("ConfigMap db/two"), "{objects}");

    let (mut world, run) = at_rest();
    world.resume(&run, Some(Decision::Abandon));
    world.run(&[uninstall("db", "1.0")]);
    let objects = world.objects().join("\n");
    assert!(!objects.contains("ConfigMap"), "{objects}");
}

#[test]
fn what_an_upgrade_wrote_is_found_after_one_in_its_place_that_changed_nothing() {
    let (mut world, _) = at_rest();
    world.gates.0.insert(0, vec!["no".to_owned()]);
    world.run(&[upgrade("db", "1.0", "3.0")]);
    world.gates.0.clear();
    world.run(&[upgrade("db", "1.0", "3.0")]);
    let objects = world.objects().join("\n");
    assert!(!objects.contains("ConfigMap db/two"), "{objects}");
}

#[test]
fn what_an_install_wrote_that_was_given_up_can_be_uninstalled() {
    let failing = Version::new("db", "1.0").object(config("one", "1")).hook(
        "post-install",
        "announce",
        json!({}),
    );
    let mut world = World::new([failing]);
    world.script("announce", PodScript::fails(Duration::from_secs(1), 3));
    let run = world.run(&[install("db", "1.0")]);
    assert!(world.record("db").unwrap().is_unfinished());
    world.resume(&run, Some(Decision::Abandon));
    assert!(world.record("db").unwrap().is_unfinished());
    let wish = uninstall("db", "1.0").with(|options| options.delete_namespace = true);
    let run = world.run(&[wish]);
    assert_snapshot!(run.story(), @"
    Done
    uninstall db 1.0 in db: Done
    ");
    assert!(world.objects().is_empty(), "{:?}", world.objects());
}

#[test]
fn what_was_remembered_is_as_before_when_the_upgrade_is_taken_back() {
    let (mut world, run) = at_rest();
    world.resume(&run, Some(Decision::TakeBack));
    assert_snapshot!(ledger(&world), @"1.0: Namespace db, ConfigMap db/one");
}

#[test]
fn what_two_share_goes_with_the_second_of_them() {
    for order in [["a", "b"], ["b", "a"]] {
        for (parallel, level) in [(1, 1), (2, 0)] {
            let mut world = sharing();
            world.run(&[install("a", "1.0")]);
            world.run(&[install("b", "1.0")]);
            let [first, second] = order.map(|package| uninstall(package, "1.0"));
            let plan = world.plan(&[first, second.at_level(level)]);
            let run = world.begin(plan.with_parallel(parallel));
            let objects = world.objects().join("\n");
            assert!(!objects.contains("ClusterRole"), "{}", run.story());
        }
    }
}

#[test]
fn what_two_share_stays_if_the_first_of_them_does() {
    let hooked = Version::new("a", "1.0").definition("role", &role()).hook(
        "pre-uninstall",
        "ask",
        json!({"onFailure": "stop"}),
    );
    let alone = Version::new("b", "1.0").definition("role", &role());
    let mut world = World::new([hooked, alone]);
    world.script("ask", PodScript::fails(Duration::from_secs(60), 3));
    world.run(&[install("a", "1.0")]);
    world.run(&[install("b", "1.0")]);
    let plan = world.plan(&[uninstall("a", "1.0"), uninstall("b", "1.0")]);
    let run = world.begin(plan.with_parallel(2));
    assert!(
        run.story().contains("uninstall b 1.0 in b: Done"),
        "{}",
        run.story()
    );
    assert!(world.object(&ObjectRef::of(&role()).unwrap()).is_some());
    world.script("ask", PodScript::default());
    world.run(&[uninstall("a", "1.0")]);
    assert!(world.object(&ObjectRef::of(&role()).unwrap()).is_none());
}

/// An upgrade leaves what it does not have any more to another package, comes to rest after that, and is given up: it is on the record of the other one alone.
#[test]
fn what_was_handed_on_is_not_put_on_record_again_when_that_is_given_up() {
    let mut world = World::new([
        Version::new("a", "1.0").definition("role", &role()),
        Version::new("a", "2.0")
            .object(config("settings", "a"))
            .hook("post-upgrade", "announce", json!({})),
        Version::new("b", "1.0").definition("role", &role()),
    ]);
    world.script("announce", PodScript::fails(Duration::from_secs(1), 3));
    for package in ["a", "b"] {
        world.run_beside(&[install(package, "1.0")], package);
    }
    let has_role = |world: &World, package: &str| {
        let record = world.record(package).unwrap();
        let role = ObjectRef::of(&role()).unwrap();
        record.ledger().iter().any(|entry| entry.object == role)
    };
    let run = world.run_beside(&[upgrade("a", "1.0", "2.0")], "upgrades");
    let known = (&Arc::new(run.machine.plan().clone()), &run.secret);
    assert!(!has_role(&world, "a"));
    let mut run = world
        .resume_beside(known, "gives up", Decision::Abandon)
        .unwrap();
    world.end_beside(&mut run);
    assert_eq!(run.statuses(), [OperationStatus::Abandoned]);
    assert_eq!(
        ["a", "b"].map(|package| has_role(&world, package)),
        [false, true]
    );
}

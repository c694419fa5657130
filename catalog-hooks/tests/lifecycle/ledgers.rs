//! What is on record of what was written, so that it can be found again, and nothing else is deleted.

use catalog_hooks::api::{ObjectRef, Request};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::package::{Version, config};
use crate::world::{World, install, uninstall, upgrade};

fn role() -> Value {
    json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "shared"}, "rules": []})
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

/// Three versions, each with an object of its own. The second has a hook after it.
fn changing() -> World {
    World::new([
        Version::new("db", "1.0").object(config("one", "1")),
        Version::new("db", "2.0").object(config("two", "2")).hook(
            "post-upgrade",
            "migrate",
            json!({}),
        ),
        Version::new("db", "3.0").object(config("three", "3")),
    ])
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

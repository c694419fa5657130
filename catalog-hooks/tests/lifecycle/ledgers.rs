//! What is on record of what was written, so that it can be found again, and nothing else is deleted.

use catalog_hooks::api::{ObjectRef, Request};
use serde_json::{Value, json};

use crate::package::Version;
use crate::world::{World, install, uninstall};

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

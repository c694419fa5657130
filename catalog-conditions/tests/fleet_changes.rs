//! Every change that is claimed to open gates is made for real, to the documents that a cluster is read from, and each set is asked
//! again in the ordinary way.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod fleet_world;

use catalog_conditions::fleet::{Fleet, Matrix, NamedCluster, NamedSet};
use catalog_conditions::{Gate, Snapshot, evaluate};
use fleet_world::{Asking, World, worlds};
use proptest::prelude::*;
use serde_json::{Value, json};

fn matrix(askings: &[Asking], snapshots: &[Snapshot]) -> Matrix {
    let sets: Vec<_> = askings
        .iter()
        .map(|asking| NamedSet::new("set", &asking.conditions).with_context(asking.context.clone()))
        .collect();
    let clusters: Vec<_> = snapshots
        .iter()
        .map(|snapshot| NamedCluster::new("cluster", snapshot))
        .collect();
    Fleet::new(&sets, &clusters).evaluate()
}

/// The cluster after a change, as its JSON says what is done.
fn changed(world: &World, change: &Value) -> World {
    let mut world = world.clone();
    match change["kind"].as_str().unwrap() {
        "raiseVersion" => {
            let version = format!("v{}", change["version"].as_str().unwrap());
            world.version = version.leak();
        }
        "createObject" => {
            let object = &change["object"];
            let mut metadata = json!({"name": object["name"]});
            if let Some(namespace) = object.get("namespace") {
                metadata["namespace"] = namespace.clone();
            }
            let mut created = json!({
                "apiVersion": object["apiVersion"], "kind": object["kind"], "metadata": metadata,
            });
            for field in change["fields"].as_array().unwrap() {
                set(&mut created, field);
            }
            world.objects.push(created);
        }
        "setField" | "removeField" => {
            let of = &change["object"];
            let is_it = |object: &&mut Value| {
                let metadata = &object["metadata"];
                object["apiVersion"] == of["apiVersion"]
                    && object["kind"] == of["kind"]
                    && metadata["name"] == of["name"]
                    && metadata.get("namespace") == of.get("namespace")
            };
            let object = world.objects.iter_mut().find(is_it);
            set(object.expect("the object is there"), &change["fields"][0]);
        }
        "serveApi" => {
            let api = &change["api"];
            let version = api.get("version").and_then(Value::as_str).unwrap_or("v9");
            serve(
                &mut world,
                api["group"].as_str().unwrap(),
                version,
                api["kind"].as_str().unwrap(),
            );
        }
        "createCrd" => install(&mut world, &change["crd"]),
        other => panic!("{other}"),
    }
    world
}

/// Sets a field whose path has plain or quoted keys only.
fn set(object: &mut Value, field: &Value) {
    let path = field["fieldPath"].as_str().unwrap();
    let path = path.replace("['", "\u{0}").replace("']", "");
    let mut keys = Vec::new();
    for (at, piece) in path.split('\u{0}').enumerate() {
        match at {
            0 => keys.extend(piece.split('.')),
            _ => keys.push(piece),
        }
    }
    let last = keys.pop().unwrap();
    let mut at = object;
    for key in keys {
        if at.get(key).is_none() {
            at[key] = json!({});
        }
        at = &mut at[key];
    }
    match field.get("value") {
        Some(value) => at[last] = value.clone(),
        None => {
            at.as_object_mut().unwrap().remove(last).unwrap();
        }
    }
}

fn serve(world: &mut World, group: &str, version: &str, kind: &str) {
    let api = (group.to_owned(), version.to_owned(), kind.to_owned());
    match &mut world.served {
        Some(served) if served.contains(&api) => {}
        Some(served) => served.push(api),
        None => {}
    }
}

fn install(world: &mut World, crd: &Value) {
    let name = crd["name"].as_str().unwrap();
    let (plural, group) = name.split_once('.').unwrap();
    let versions: Vec<&str> = crd["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one.as_str().unwrap())
        .collect();
    let served = |version: &&str| json!({"name": version, "served": true, "storage": false});
    let existing = world
        .objects
        .iter_mut()
        .find(|object| object["metadata"]["name"] == name);
    match existing {
        Some(existing) => {
            let list = existing["spec"]["versions"].as_array_mut().unwrap();
            list.extend(versions.iter().map(served));
        }
        None => {
            let mut names = json!({"plural": plural});
            if let Some(kind) = crd.get("kind") {
                names["kind"] = kind.clone();
            }
            world.objects.push(json!({
                "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": name},
                "spec": {"group": group, "names": names, "versions": versions.iter().map(served).collect::<Vec<_>>()},
                "status": {"conditions": [{"type": "Established", "status": "True"}], "storedVersions": [versions[0]]},
            }));
        }
    }
    if let Some(kind) = crd.get("kind").and_then(Value::as_str) {
        for version in versions {
            serve(world, group, version, kind);
        }
    }
}

fn gates(askings: &[Asking], snapshot: &Snapshot) -> Vec<Gate> {
    let gate = |asking: &Asking| evaluate(&asking.conditions, snapshot, &asking.context).gate();
    askings.iter().map(gate).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_change_does_what_is_claimed(worlds in worlds(), askings in fleet_world::askings()) {
        let snapshots: Vec<Snapshot> = worlds.iter().map(World::snapshot).collect();
        let matrix = matrix(&askings, &snapshots);
        for effect in matrix.changes() {
            let change = effect.change().to_json();
            let mut shut = 0;
            for (cluster, world) in worlds.iter().enumerate() {
                let claimed: Vec<usize> = effect
                    .opens()
                    .iter()
                    .filter(|(_, of)| *of == cluster)
                    .map(|(set, _)| *set)
                    .collect();
                if claimed.is_empty() {
                    continue;
                }
                let before = gates(&askings, &snapshots[cluster]);
                let after = gates(&askings, &changed(world, &change).snapshot());
                let pairs = || before.iter().zip(&after).enumerate();
                let opened: Vec<usize> = pairs()
                    .filter(|(_, (before, after))| !before.is_open() && after.is_open())
                    .map(|(set, _)| set)
                    .collect();
                prop_assert_eq!(&opened, &claimed, "{} in {:?}", effect.change(), world);
                shut += pairs().filter(|(_, (before, after))| before.is_open() && !after.is_open()).count();
                let is_green = after.iter().all(|gate| gate.is_open());
                prop_assert_eq!(effect.turns_green().contains(&cluster), is_green);
            }
            prop_assert_eq!(effect.shuts(), shut);
        }
    }
}

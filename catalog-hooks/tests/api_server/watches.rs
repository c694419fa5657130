//! Watches of single objects on a real server.

use std::time::Duration;

use catalog_hooks::api::PatchKind;
use catalog_hooks::kube::{Change, ObjectWatch};
use serde_json::{Value, json};

use crate::world::{World, text};

async fn next(watch: &mut ObjectWatch) -> Change {
    let change = tokio::time::timeout(Duration::from_secs(20), watch.changed()).await;
    change.expect("a change in time")
}

async fn silent(watch: &mut ObjectWatch) {
    let change = tokio::time::timeout(Duration::from_secs(1), watch.changed()).await;
    assert!(change.is_err(), "{change:?}");
}

async fn label(world: &World, object: &Value, value: &str) -> Value {
    let patch = json!({"metadata": {"labels": {"value": value}}});
    world.patch(object, PatchKind::Merge, patch).await
}

#[tokio::test]
async fn changes_after_what_is_known() {
    let Some(world) = World::new("watched").await else {
        return;
    };
    let made = world.create(world.manifest("v1", "ConfigMap", "one")).await;
    world
        .create(world.manifest("v1", "ConfigMap", "other"))
        .await;
    let target = world.named("v1", "ConfigMap", "one");
    let version = text(&made, "/metadata/resourceVersion").to_owned();

    // What changed between the reading and the watching is told.
    let missed = label(&world, &made, "missed").await;
    let mut watch = world.cluster.watch(target.clone(), Some(version));
    assert_eq!(next(&mut watch).await, Change::Changed(missed.clone()));
    silent(&mut watch).await;
    let second = label(&world, &made, "second").await;
    assert_eq!(next(&mut watch).await, Change::Changed(second.clone()));
    world.delete(&made).await;
    let Change::Deleted(last) = next(&mut watch).await else {
        panic!("it was deleted")
    };
    assert_eq!(
        text(&last, "/metadata/labels/value"),
        "second",
        "what it was like last"
    );
    let again = world.create(world.manifest("v1", "ConfigMap", "one")).await;
    assert_eq!(next(&mut watch).await, Change::Changed(again.clone()));

    // Of what is not known, the first is how it is.
    let mut fresh = world.cluster.watch(target.clone(), None);
    assert_eq!(next(&mut fresh).await, Change::Changed(again.clone()));
    silent(&mut fresh).await;
    world.delete(&again).await;
    let mut absent = world.cluster.watch(target.clone(), None);
    silent(&mut absent).await;
    let third = world.create(world.manifest("v1", "ConfigMap", "one")).await;
    assert_eq!(next(&mut absent).await, Change::Changed(third));
}

#[tokio::test]
async fn a_version_that_the_server_never_had() {
    let Some(world) = World::new("watched-late").await else {
        return;
    };
    let made = world.create(world.manifest("v1", "ConfigMap", "one")).await;
    let target = world.named("v1", "ConfigMap", "one");
    // Older than all that the server remembers.
    let mut watch = world.cluster.watch(target.clone(), Some("1".to_owned()));
    assert_eq!(next(&mut watch).await, Change::Changed(made));
}

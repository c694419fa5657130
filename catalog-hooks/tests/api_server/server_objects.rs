//! How the server treats objects in general: what goes with what, what an apply meets, and how much fits.

use std::time::{Duration, Instant};

use catalog_hooks::api::{FailureClass, ObjectRef, PatchKind, Request};
use serde_json::{Value, json};

use crate::hook::hook;
use crate::world::{World, text};

fn apply(object: &Value) -> Request {
    Request::Apply {
        object: object.clone(),
        force: false,
        dry_run: false,
    }
}

/// A CustomResourceDefinition of one version, whose objects may hold anything.
pub(crate) fn crd(group: &str, plural: &str, kind: &str, version: &str) -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.{group}")},
        "spec": {
            "group": group, "scope": "Namespaced", "names": {"kind": kind, "plural": plural},
            "versions": [{
                "name": version, "served": true, "storage": true,
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}},
            }],
        },
    })
}

/// Waits until a condition of a CustomResourceDefinition is true.
async fn established(world: &World, crd: &Value) -> Value {
    let target = ObjectRef::of(crd).expect("a CRD");
    let is_established =
        |crd: Option<&Value>| crd.is_some_and(|crd| crate::hook::has(crd, "Established"));
    let crd = world.until("the CRD", &target, is_established).await;
    crd.expect("it is there")
}

/// The first object of a kind comes within the patience of an apply, though the server may take its time. One that is held holds the kind.
#[tokio::test]
async fn objects_come_and_go_with_their_definition() {
    let Some(world) = World::new("crd-objects").await else {
        return;
    };
    let crd = world
        .create(crd("objects.example.com", "carts", "Cart", "v1"))
        .await;
    let crd = established(&world, &crd).await;
    let cart = world.manifest("objects.example.com/v1", "Cart", "first");
    let started = Instant::now();
    let cart = loop {
        let made = Request::Create {
            object: cart.clone(),
            dry_run: false,
        };
        match world.call(made).await {
            Ok(cart) => break cart,
            Err(failure) if failure.class() == FailureClass::NoSuchKind => {}
            Err(failure) => panic!("{failure}"),
        }
        assert!(started.elapsed() < Duration::from_secs(30));
        tokio::time::sleep(Duration::from_millis(50)).await;
    };

    let held = json!({"metadata": {"finalizers": ["example.com/held"]}});
    world.patch(&cart, PatchKind::Merge, held).await;
    world.delete(&crd).await;
    crate::hook::stays("one finalizer holds the definition", async || {
        world.read(&ObjectRef::of(&crd).unwrap()).await.is_some()
    })
    .await;
    let free = json!({"metadata": {"finalizers": null}});
    world.patch(&cart, PatchKind::Merge, free).await;
    let target = ObjectRef::of(&crd).unwrap();
    world.until("its end", &target, |crd| crd.is_none()).await;
}

/// Why what a hook needs is never owned by its Job, which may be elsewhere: the server collects it.
#[tokio::test]
async fn an_owner_in_another_namespace_is_no_owner() {
    let Some(world) = World::new("owned").await else {
        return;
    };
    let Some(elsewhere) = World::new("owner").await else {
        return;
    };
    let owner = elsewhere
        .create(elsewhere.manifest("v1", "ConfigMap", "owner"))
        .await;
    let mut owned = world.manifest("v1", "ConfigMap", "owned");
    owned["metadata"]["ownerReferences"] = json!([{
        "apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["metadata"]["uid"],
    }]);
    let owned = world.create(owned).await;
    let target = ObjectRef::of(&owned).unwrap();
    world
        .until("its collection", &target, |owned| owned.is_none())
        .await;
    let owner = ObjectRef::of(&owner).unwrap();
    assert!(elsewhere.read(&owner).await.is_some(), "its owner is there");
}

#[tokio::test]
async fn an_apply_meets_other_managers_and_wrong_fields() {
    let Some(world) = World::new("managers").await else {
        return;
    };
    let mut settings = world.manifest("v1", "ConfigMap", "settings");
    settings["data"] = json!({"a": "theirs", "b": "theirs"});
    let path = "/api/v1/namespaces/managers/configmaps?fieldManager=somebody";
    world.send("POST", path, &settings).await;
    settings["data"] = json!({"a": "theirs"});
    let same = world.call(apply(&settings)).await;
    same.expect("the same value is no conflict");
    settings["data"] = json!({"a": "ours"});
    let failure = world.call(apply(&settings)).await.unwrap_err();
    assert_eq!(failure.code(), Some(409), "{failure}");
    let [cause] = failure.causes() else {
        panic!("{failure:#?}")
    };
    assert_eq!(
        (cause.reason.as_str(), cause.field.as_str()),
        ("FieldManagerConflict", ".data.a")
    );
    assert!(cause.message.contains("somebody"), "{}", cause.message);

    for wrong in [json!({"dota": {}}), json!({"data": ["a"]})] {
        let mut manifest = world.manifest("v1", "ConfigMap", "wrong");
        for (key, value) in wrong.as_object().unwrap() {
            manifest[key] = value.clone();
        }
        let failure = world.call(apply(&manifest)).await.unwrap_err();
        assert_eq!(failure.code(), Some(500), "{failure}");
        assert!(
            failure
                .message()
                .contains("failed to create typed patch object"),
            "{failure}"
        );
        assert!(!failure.may_pass(), "it is the same at each try");
    }
}

/// How much fits: the bounds that plans, evidence and labels are cut to.
#[tokio::test]
async fn what_is_too_long() {
    let Some(world) = World::new("bounds").await else {
        return;
    };
    let create = async |pointer: [&str; 2], value: Value| {
        let mut secret = world.manifest("v1", "Secret", "bounds");
        match pointer {
            ["metadata", key] => secret["metadata"][key] = value,
            [key, inner] => secret[key] = json!({inner: value}),
        }
        let object = secret;
        world
            .call(Request::Create {
                object,
                dry_run: true,
            })
            .await
    };
    let long = |length: usize| "a".repeat(length);
    const MIB: usize = 1 << 20;
    for (what, pointer, of_length, longest) in [
        (
            "data",
            ["stringData", "a"],
            (|text: String| json!(text)) as fn(String) -> Value,
            MIB,
        ),
        (
            "annotations",
            ["metadata", "annotations"],
            |text| json!({"a": text}),
            256 * 1024 - 1,
        ),
        (
            "a label",
            ["metadata", "labels"],
            |text| json!({"a": text}),
            63,
        ),
    ] {
        let fits = create(pointer, of_length(long(longest))).await;
        fits.unwrap_or_else(|failure| panic!("{what}: {failure}"));
        let failure = create(pointer, of_length(long(longest + 1)))
            .await
            .unwrap_err();
        assert_eq!(failure.class(), FailureClass::Invalid, "{what}: {failure}");
    }
}

/// A time to live is counted from the finish, and not from when it is set.
#[tokio::test]
async fn a_time_to_live_that_is_over_when_it_is_set() {
    let Some(world) = World::new("job-ttl").await else {
        return;
    };
    let job = world.run(&hook(&world, "timeout: 5m")).await;
    let pod = world.pod_of(&job).await;
    world.start(&pod).await;
    world.end(&pod, 0).await;
    let job = world.job_with(&job, "Complete").await;
    let target = ObjectRef::of(&job).unwrap();
    tokio::time::sleep(Duration::from_secs(6)).await;
    let free = json!({"metadata": {"finalizers": null}, "spec": {"ttlSecondsAfterFinished": 5}});
    world.patch(&job, PatchKind::Merge, free).await;
    let set = Instant::now();
    world.until("its end", &target, |job| job.is_none()).await;
    assert!(
        set.elapsed() < Duration::from_secs(4),
        "{:?}",
        set.elapsed()
    );
}

/// Names of Jobs and pods; and what can be done to a Job through its status alone.
#[tokio::test]
async fn names_of_pods_and_statuses_that_change_more() {
    let Some(world) = World::new("job-names").await else {
        return;
    };
    let mut manifest = hook(&world, "timeout: 5m").job().clone();
    let named = |length: usize| format!("{}-", "a".repeat(length - 2)) + "b";
    for (length, is_taken) in [(63, true), (64, false)] {
        manifest["metadata"]["name"] = named(length).into();
        let tried = Request::Create {
            object: manifest.clone(),
            dry_run: true,
        };
        assert_eq!(world.call(tried).await.is_ok(), is_taken, "{length}");
    }
    manifest["metadata"]["name"] = named(63).into();
    let job = world.create(manifest).await;
    let pod = world.pod_of(&job).await;
    let name = text(&pod, "/metadata/name");
    assert_eq!(name.len(), 63);
    assert!(!name.starts_with(&named(63)), "cut: {name}");
    assert!(name.starts_with(&"a".repeat(57)), "{name}");

    let path = format!(
        "/apis/batch/v1/namespaces/job-names/jobs/{}/status",
        named(63)
    );
    let more = json!({"metadata": {"finalizers": null, "labels": {"through": "status"}}});
    world.send("PATCH", &path, &more).await;
    let job = world.job(&job).await;
    assert_eq!(job["metadata"]["labels"]["through"], "status");
    assert!(job["metadata"].get("finalizers").is_none(), "{job:#}");
}

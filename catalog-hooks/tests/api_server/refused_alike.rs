//! What the server refuses of objects that are too large or of other types, the fake one refuses in the same words.

use catalog_hooks::api::{Failure, ObjectRef, Request};
use catalog_hooks::simulator::FakeCluster;
use catalog_hooks::{Cluster, Timestamp};
use serde_json::{Value, json};

use crate::world::World;

const NAMESPACE: &str = "refused-alike";
const MIB: usize = 1 << 20;

fn object(kind: (&str, &str), fields: Value) -> Value {
    let mut object = json!({
        "apiVersion": kind.0, "kind": kind.1, "metadata": {"name": "w", "namespace": NAMESPACE},
    });
    for (key, value) in fields.as_object().unwrap() {
        match (key.as_str(), value) {
            ("metadata", Value::Object(more)) => {
                let metadata = object["metadata"].as_object_mut().unwrap();
                metadata.extend(more.clone());
            }
            _ => object[key] = value.clone(),
        }
    }
    object
}

fn deployment(spec: &Value) -> Value {
    let labels = json!({"a": "b"});
    let containers = json!([{"name": "c", "image": "i"}]);
    let mut whole = json!({
        "replicas": 1, "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}},
    });
    for (key, value) in spec.as_object().unwrap() {
        whole[key] = value.clone();
    }
    object(("apps/v1", "Deployment"), json!({"spec": whole}))
}

/// A Deployment with an argument of so many bytes.
fn large(bytes: usize) -> Value {
    let containers = json!([{"name": "c", "image": "i", "args": ["a".repeat(bytes)]}]);
    let template = json!({"metadata": {"labels": {"a": "b"}}, "spec": {"containers": containers}});
    deployment(&json!({"template": template}))
}

fn objects() -> Vec<Value> {
    let config = |fields: Value| object(("v1", "ConfigMap"), fields);
    let secret = |fields: Value| object(("v1", "Secret"), fields);
    let account = |fields: Value| object(("v1", "ServiceAccount"), fields);
    let long = |bytes: usize| "a".repeat(bytes);
    vec![
        deployment(&json!({"replicas": "three"})),
        deployment(&json!({"paused": "yes"})),
        deployment(&json!({"template": {"spec": {"containers": {}}}})),
        object(("apps/v1", "Deployment"), json!({"spec": []})),
        config(json!({"data": ["a"]})),
        config(json!({"data": "a"})),
        config(json!({"data": {"a": 1}})),
        config(json!({"data": {"a": null}})),
        config(json!({"data": null})),
        config(json!({"immutable": "yes"})),
        config(json!({"immutable": 1})),
        secret(json!({"data": {"a": 1}})),
        secret(json!({"type": 1})),
        secret(json!({"stringData": {"a": true}})),
        config(json!({"metadata": {"labels": {"a": 1}}})),
        config(json!({"metadata": {"labels": ["a"]}})),
        config(json!({"metadata": {"annotations": {"a": true}}})),
        config(json!({"metadata": {"finalizers": "a"}})),
        account(json!({"secrets": "a"})),
        account(json!({"automountServiceAccountToken": "a"})),
        object(("v1", "Service"), json!({"spec": {"ports": {}}})),
        config(json!({"data": {"a": long(MIB)}})),
        config(json!({"data": {"a": long(MIB + 1)}})),
        config(json!({"data": {"a": long(MIB), "b": "x"}})),
        config(json!({"binaryData": {"a": long(MIB / 3 * 4 + 8)}})),
        large(MIB * 3 / 2 - 4000),
        large(MIB * 3 / 2),
        large(MIB * 31 / 10),
    ]
}

/// Code, reason and words, or that it is taken.
fn said(answer: Result<(), Failure>) -> String {
    match answer {
        Ok(()) => "taken".to_owned(),
        Err(failure) => format!("{:?} {} {}", failure.code(), failure.reason(), failure),
    }
}

#[tokio::test]
async fn what_is_refused_is_refused_alike() {
    let Some(world) = World::new(NAMESPACE).await else {
        return;
    };
    let mut refused = 0;
    for object in objects() {
        for dry_run in [true, false] {
            let apply = Request::Apply {
                object: object.clone(),
                force: false,
                dry_run,
            };
            let create = Request::Create {
                object: object.clone(),
                dry_run,
            };
            for request in [apply, create] {
                let real = said(world.call(request.clone()).await.map(drop));
                let mut fake = FakeCluster::new(Timestamp::from_millis(1_790_000_000_000));
                fake.add_namespace(NAMESPACE);
                let faked = said(fake.call(&request).map(drop));
                let shown: String = object.to_string().chars().take(200).collect();
                assert_eq!(faked, real, "dry run {dry_run}: {request} of {shown}");
                refused += usize::from(real != "taken");
                let gone = Request::Delete {
                    target: ObjectRef::of(&object).unwrap(),
                    uid: None,
                    resource_version: None,
                };
                // Of what was not made, there is nothing to delete.
                let _ = world.call(gone).await;
                world
                    .until("its end", &ObjectRef::of(&object).unwrap(), |there| {
                        there.is_none()
                    })
                    .await;
            }
        }
    }
    assert!(refused > 80, "{refused}");
}

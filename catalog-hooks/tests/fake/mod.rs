//! A fake cluster, and short words for what tests do to it.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::time::Duration;

use catalog_hooks::api::{Failure, ListRequest, ObjectRef, PatchKind, Reply, Request};
use catalog_hooks::simulator::FakeCluster;
use catalog_hooks::{Cluster, Timestamp};
use serde_json::{Value, json};

pub(crate) fn cluster() -> FakeCluster {
    FakeCluster::new(Timestamp::from_millis(1_795_000_000_000))
}

pub(crate) fn job_ref(name: &str) -> ObjectRef {
    ObjectRef::namespaced("batch/v1", "Job", "default", name)
}

pub(crate) fn config_ref(name: &str) -> ObjectRef {
    ObjectRef::namespaced("v1", "ConfigMap", "default", name)
}

/// A Job as hooks make them; `spec` goes over its spec.
pub(crate) fn job(name: &str, spec: Value) -> Value {
    let mut job = json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "backoffLimit": 0, "podReplacementPolicy": "Failed",
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]},
            },
        },
    });
    for (key, value) in spec.as_object().unwrap() {
        job["spec"][key] = value.clone();
    }
    job
}

pub(crate) fn config(name: &str, data: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "default"}, "data": data})
}

pub(crate) fn create(cluster: &mut FakeCluster, object: Value) -> Result<Value, Failure> {
    object_of(cluster.call(&Request::Create {
        object,
        dry_run: false,
    }))
}

pub(crate) fn apply(cluster: &mut FakeCluster, object: Value) -> Result<Value, Failure> {
    object_of(cluster.call(&Request::Apply {
        object,
        force: false,
        dry_run: false,
    }))
}

pub(crate) fn merge(
    cluster: &mut FakeCluster,
    target: ObjectRef,
    patch: Value,
) -> Result<Value, Failure> {
    let kind = PatchKind::Merge;
    object_of(cluster.call(&Request::Patch {
        target,
        patch,
        kind,
    }))
}

pub(crate) fn strategic(
    cluster: &mut FakeCluster,
    target: ObjectRef,
    patch: Value,
) -> Result<Value, Failure> {
    let kind = PatchKind::Strategic;
    object_of(cluster.call(&Request::Patch {
        target,
        patch,
        kind,
    }))
}

pub(crate) fn delete(
    cluster: &mut FakeCluster,
    target: ObjectRef,
    uid: Option<&str>,
) -> Result<(), Failure> {
    let uid = uid.map(str::to_owned);
    cluster.call(&Request::delete(target, uid)).map(|_| ())
}

pub(crate) fn read(cluster: &mut FakeCluster, target: ObjectRef) -> Result<Value, Failure> {
    object_of(cluster.call(&Request::Read(target)))
}

/// All objects of a kind in `default`, by labels and fields.
pub(crate) fn list(
    cluster: &mut FakeCluster,
    kind: (&str, &str),
    labels: &[(&str, &str)],
    fields: &[(&str, &str)],
) -> Result<Vec<Value>, Failure> {
    let owned = |pairs: &[(&str, &str)]| {
        let owned = pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        owned.collect()
    };
    let reply = cluster.call(&Request::List(ListRequest {
        api_version: kind.0.to_owned(),
        kind: kind.1.to_owned(),
        namespace: Some("default".to_owned()),
        labels: owned(labels),
        fields: owned(fields),
    }))?;
    match reply {
        Reply::Objects(objects) => Ok(objects),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn pods(cluster: &mut FakeCluster, job: &str) -> Vec<Value> {
    let labels = [("batch.kubernetes.io/job-name", job)];
    list(cluster, ("v1", "Pod"), &labels, &[]).unwrap()
}

pub(crate) fn uid(object: &Value) -> &str {
    object["metadata"]["uid"].as_str().unwrap()
}

pub(crate) fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn object_of(reply: Result<Reply, Failure>) -> Result<Value, Failure> {
    match reply? {
        Reply::Object(object) => Ok(object),
        other => panic!("{other:?}"),
    }
}

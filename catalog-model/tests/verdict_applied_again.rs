//! Of two documents that are applied one after the other, the second changes nothing if and only if both say the same to a server: on objects
//! whose keys authors choose, named as the fields that the tables of the comparison know.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::conditions::snapshot::Snapshot;
use catalog_model::verdict::{ClusterComparison, DefinitionVerdict};
use catalog_model::version::Version;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// Keys that mean something as fields, and nothing where authors choose them.
const KEYS: [&str; 24] = [
    "status",
    "creationTimestamp",
    "storage",
    "divisor",
    "labels",
    "annotations",
    "metadata",
    "data",
    "default",
    "limits",
    "protocol",
    "replicas",
    "type",
    "caBundle",
    "name",
    "managed-by",
    "app.kubernetes.io/managed-by",
    "catalog.dev/package",
    "env",
    "restartPolicy",
    "apiGroup",
    "paused",
    "spec",
    "plain",
];

/// Values that are defaults of some of these, nothing, or amounts written in two ways.
const TEXTS: [&str; 12] = [
    "",
    "a",
    "1",
    "1000m",
    "1Gi",
    "1024Mi",
    "TCP",
    "ClusterIP",
    "Always",
    "Cg==",
    "443",
    "rbac.authorization.k8s.io",
];

fn texts() -> impl Strategy<Value = Value> {
    let pair = (select(&KEYS[..]), select(&TEXTS[..]));
    proptest::collection::vec(pair, 0..3).prop_map(|pairs| {
        let pairs = pairs
            .into_iter()
            .map(|(key, text)| (key.to_owned(), text.into()));
        Value::Object(pairs.collect())
    })
}

/// Items with names of their own, in any order.
fn named(field: &'static str) -> impl Strategy<Value = Value> {
    let names = proptest::sample::subsequence(vec!["A", "B", "C"], 0..=3).prop_shuffle();
    let texts = proptest::collection::vec(select(&TEXTS[..3]), 3);
    (names, texts).prop_map(move |(names, texts)| {
        let items = names.iter().zip(texts);
        items
            .map(|(name, text)| json!({"name": name, field: text}))
            .collect()
    })
}

fn object(api_version: &str, kind: &str, more: Value) -> Value {
    let mut object = json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": "one", "namespace": "agent"}});
    object
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    object
}

fn config_map() -> BoxedStrategy<Value> {
    texts()
        .prop_map(|data| object("v1", "ConfigMap", json!({"data": data})))
        .boxed()
}

fn service() -> BoxedStrategy<Value> {
    texts()
        .prop_map(|selector| object("v1", "Service", json!({"spec": {"selector": selector}})))
        .boxed()
}

fn deployment() -> BoxedStrategy<Value> {
    (texts(), texts(), named("value"), named("image"))
        .prop_map(|(labels, nodes, env, init)| {
            let pod = json!({"nodeSelector": nodes, "initContainers": init, "containers": [{"name": "a", "env": env}]});
            let template = json!({"metadata": {"labels": labels}, "spec": pod});
            object("apps/v1", "Deployment", json!({"spec": {"template": template}}))
        })
        .boxed()
}

/// An object of a kind of which nothing is known.
fn thing() -> BoxedStrategy<Value> {
    let value = prop_oneof![select(&TEXTS[..]).prop_map(Value::from), texts()];
    let pair = (select(&KEYS[..]), value);
    proptest::collection::vec(pair, 0..4)
        .prop_map(|pairs| {
            let pairs = pairs
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value));
            let spec: Map<String, Value> = pairs.collect();
            object("example.com/v1", "Thing", json!({ "spec": spec }))
        })
        .boxed()
}

/// What the server keeps of a document: no empty map, list or text of Kubernetes' own types.
fn kept(document: &Value) -> Value {
    if document["kind"] == "Thing" {
        return document.clone();
    }
    let mut kept = document.clone();
    for pointer in [
        "/data",
        "/spec/selector",
        "/spec/template/metadata/labels",
        "/spec/template/spec/nodeSelector",
        "/spec/template/spec/initContainers",
        "/spec/template/spec/containers/0/env",
    ] {
        let (around, key) = pointer.rsplit_once('/').unwrap();
        for item in kept
            .pointer_mut(pointer)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            item.as_object_mut().unwrap().retain(|_, value| value != "");
        }
        let is_empty = kept
            .pointer(pointer)
            .is_some_and(|value| *value == json!({}) || *value == json!([]));
        if let (true, Some(around)) = (is_empty, kept.pointer_mut(around)) {
            around.as_object_mut().unwrap().remove(key);
        }
    }
    kept
}

/// The fields of a value, as `managedFields` have them.
fn owned(value: &Value, is_built_in: bool) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter();
            fields
                .map(|(key, value)| (format!("f:{key}"), owned(value, is_built_in)))
                .collect::<Map<_, _>>()
                .into()
        }
        Value::Array(items) if is_built_in => {
            let key = |item: &Value| format!("k:{}", json!({"name": item["name"]}));
            items
                .iter()
                .map(|item| (key(item), owned(item, true)))
                .collect::<Map<_, _>>()
                .into()
        }
        _ => json!({}),
    }
}

/// The object of a cluster after our apply of a document.
fn applied(document: &Value) -> Value {
    let mut live = kept(document);
    live["metadata"]["labels"] = json!({"catalog.dev/package": "agent"});
    let mut fields = live.clone();
    for key in ["apiVersion", "kind"] {
        fields.as_object_mut().unwrap().remove(key);
    }
    for key in ["name", "namespace"] {
        fields["metadata"].as_object_mut().unwrap().remove(key);
    }
    let fields = owned(&fields, document["kind"] != "Thing");
    live["metadata"]["managedFields"] =
        json!([{"manager": "catalog-hooks", "operation": "Apply", "fieldsV1": fields}]);
    live
}

fn judge(document: &Value, live: Value) -> DefinitionVerdict {
    let snapshot = Snapshot::builder().object(live).complete().build();
    let version = Version::parse("1.2.0").unwrap();
    ClusterComparison::new(&snapshot, "agent", &version, "agent").judge(document)
}

fn two(one: BoxedStrategy<Value>) -> BoxedStrategy<(Value, Value)> {
    // Half of the second documents say the same in some parts, since they are made of two.
    (one.clone(), one, any::<[bool; 3]>())
        .prop_map(|(old, mut new, same)| {
            let parts = [
                "/spec/template/metadata",
                "/spec/template/spec/nodeSelector",
                "/spec/template/spec/containers",
            ];
            for (pointer, _) in parts.iter().zip(same).filter(|(_, same)| *same) {
                if let (Some(old), Some(new)) = (old.pointer(pointer), new.pointer_mut(pointer)) {
                    *new = old.clone();
                }
            }
            (old, new)
        })
        .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn a_second_apply_is_told_if_it_changes_something(
        (old, new) in prop_oneof![two(config_map()), two(service()), two(deployment()), two(thing())]
    ) {
        let judged = judge(&new, applied(&old));
        prop_assert_eq!(judged.changes().is_empty(), kept(&old) == kept(&new), "{:?}", judged.changes());
        let again = judge(&new, applied(&new));
        prop_assert!(again.changes().is_empty(), "{:?}", again.changes());
    }
}

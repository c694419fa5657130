//! What holds of all verdicts: on the table, and on made-up objects beside an apply that knows nothing of the comparison.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

#[path = "verdict/mod.rs"]
mod table;

use catalog_model::conditions::snapshot::Snapshot;
use catalog_model::verdict::{Caveat, ClusterComparison, DefinitionVerdict, Verdict};
use catalog_model::version::Version;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use self::table::{PACKAGE, cases, merge};

fn judge(document: &Value, live: Value) -> DefinitionVerdict {
    let snapshot = Snapshot::builder().object(live).complete().build();
    let version = Version::parse("1.2.0").unwrap();
    ClusterComparison::new(&snapshot, PACKAGE, &version, "agent").judge(document)
}

fn marked(mut object: Value) -> Value {
    merge(
        &mut object,
        &json!({"metadata": {"labels": {"catalog.dev/package": PACKAGE}}}),
    );
    object
}

/// What a server sets, and controllers write, beside what authors do.
fn server_set() -> impl Strategy<Value = Value> {
    let metadata = json!({
        "uid": "11-22", "resourceVersion": "991", "generation": 7, "creationTimestamp": "2026-02-01T00:00:00Z",
        "selfLink": "/x", "finalizers": ["example.com/keep"],
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}", "deployment.kubernetes.io/revision": "9"},
    });
    let keys: Vec<String> = metadata.as_object().unwrap().keys().cloned().collect();
    let keys = proptest::sample::subsequence(keys.clone(), 0..=keys.len());
    (keys, any::<bool>()).prop_map(move |(keys, status)| {
        let chosen: Map<String, Value> = keys.iter().map(|key| (key.clone(), metadata[key].clone())).collect();
        let mut set = json!({"metadata": chosen});
        if status {
            set["status"] = json!({"conditions": [{"type": "Ready", "status": "True"}], "observedGeneration": 7});
        }
        set
    })
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        (0..5).prop_map(Value::from),
        "[a-c]{1,2}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::btree_map("[a-d]", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn thing(spec: Value) -> Value {
    json!({"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "one", "namespace": "agent"}, "spec": spec})
}

/// What a server-side apply makes of a kind without a schema: maps are merged, all else is replaced.
fn applied(live: &Value, document: &Value) -> Value {
    match (live, document) {
        (Value::Object(live), Value::Object(document)) => {
            let mut all = live.clone();
            for (key, value) in document {
                let there = all.get(key).cloned().unwrap_or(Value::Null);
                all.insert(key.clone(), applied(&there, value));
            }
            Value::Object(all)
        }
        _ => document.clone(),
    }
}

#[test]
fn what_a_server_keeps_as_it_is_written_is_up_to_date() {
    for case in cases()
        .iter()
        .filter(|case| case.document["metadata"]["name"].is_string())
    {
        if case.document["kind"].is_null() {
            continue;
        }
        let mut live = marked(case.document.clone());
        if case.document["kind"] == "Service" && live["metadata"]["namespace"].is_null() {
            live["metadata"]["namespace"] = json!("agent");
        }
        let judged = case.judge(&case.document, live);
        if !(case.says("absent") || case.says("twice") || case.case.get("installed").is_some()) {
            assert_eq!(
                *judged.verdict(),
                Verdict::UpToDate,
                "{}: {judged:?}",
                case.name
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_server_sets_changes_no_verdict(which in 0usize..1000, set in server_set()) {
        let cases = cases();
        let case = &cases[which % cases.len()];
        let before = case.judge(&case.document, case.live.clone());
        let mut live = case.live.clone();
        let versions = live["status"]["storedVersions"].clone();
        merge(&mut live, &set);
        if !versions.is_null() {
            live["status"]["storedVersions"] = versions;
        }
        let after = case.judge(&case.document, live);
        prop_assert_eq!((before.verdict(), before.changes()), (after.verdict(), after.changes()), "{}", &case.name);
        // An annotation of a CRD that nobody says who set may be one that goes.
        let seen = |judged: &DefinitionVerdict| -> Vec<Caveat> {
            let caveats = judged.caveats().iter().cloned();
            caveats.filter(|one| *one != Caveat::MetadataRemovalsUnseen).collect()
        };
        prop_assert_eq!((before.owner(), seen(&before)), (after.owner(), seen(&after)), "{}", &case.name);
    }

    #[test]
    fn a_change_is_told_if_an_apply_makes_one(there in value(), stated in value()) {
        let (live, document) = (marked(thing(there)), thing(stated));
        let after = applied(&live, &document);
        let judged = judge(&document, live.clone());
        prop_assert_eq!(judged.changes().is_empty(), after == live, "{:?}", judged);
        let again = judge(&document, after);
        prop_assert_eq!(again.verdict(), &Verdict::UpToDate);
    }

    #[test]
    fn whatever_managed_fields_say_nothing_fails(fields in value(), stated in value(), key in "[fkvi.]:?.{0,6}") {
        let mut live = marked(thing(stated.clone()));
        let mut fields = fields;
        merge(&mut fields, &json!({key: {"f:a": {}}}));
        live["metadata"]["managedFields"] = json!([{"manager": "catalog-hooks", "operation": "Apply", "fieldsV1": fields}]);
        let judged = judge(&thing(stated), live);
        prop_assert!(matches!(judged.verdict(), Verdict::UpToDate | Verdict::Upgrade(_)));
    }
}

#[test]
fn deep_and_wide_objects_are_compared_in_time() {
    let mut deep = json!(1);
    for _ in 0..1_000 {
        deep = Value::Object([("a".to_owned(), deep)].into_iter().collect());
    }
    let judged = judge(&thing(deep.clone()), marked(thing(deep)));
    assert_eq!(*judged.verdict(), Verdict::UpToDate);

    let ports = |from: u64| {
        let ports =
            (from..from + 20_000).map(|port| json!({"port": port, "name": format!("p{port}")}));
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "wide", "namespace": "agent"}, "spec": {"ports": ports.collect::<Value>()}})
    };
    let judged = judge(&ports(1), marked(ports(0)));
    assert_eq!(judged.changes().len(), 1, "one port is new");
}

#[test]
fn wide_sets_and_lists_that_are_owned_are_compared_in_time() {
    let crd = |values: Value| {
        let schema =
            json!({"type": "object", "properties": {"a": {"type": "string", "enum": values}}});
        let version = json!({"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}});
        json!({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "as.example.com"},
            "spec": {"group": "example.com", "scope": "Namespaced", "names": {"kind": "A", "plural": "as"}, "versions": [version]},
        })
    };
    let names = || (0..50_000).map(|at| Value::from(format!("n{at}")));
    let started = std::time::Instant::now();
    let judged = judge(
        &crd(names().collect()),
        marked(crd(names().rev().collect())),
    );
    assert_eq!(judged.changes(), []);

    let service = |from: u64| {
        let ports = (from..20_000).map(|port| json!({"port": port, "protocol": "TCP"}));
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "wide", "namespace": "agent"}, "spec": {"ports": ports.collect::<Value>()}})
    };
    let mut live = marked(service(0));
    let owned = (0..20_000).map(|port| {
        let key = json!({"port": port, "protocol": "TCP"});
        (format!("k:{key}"), json!({".": {}, "f:port": {}}))
    });
    let fields: Map<String, Value> = owned.collect();
    live["metadata"]["managedFields"] = json!([{"manager": "catalog-hooks", "operation": "Apply", "fieldsV1": {"f:spec": {"f:ports": fields}}}]);
    let judged = judge(&service(10), live);
    assert_eq!(judged.changes().len(), 10, "ten ports go");
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn many_managers_of_a_wide_object_are_compared_in_time() {
    let service = |target: u64| {
        let ports =
            (0..10_000).map(|port| json!({"port": port, "protocol": "TCP", "targetPort": target}));
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "wide", "namespace": "agent"}, "spec": {"ports": ports.collect::<Value>()}})
    };
    let managers = (0..10_000).map(|at| {
        let key = format!("k:{}", json!({"port": at, "protocol": "TCP"}));
        let fields = json!({"f:spec": {"f:ports": {key: {".": {}, "f:targetPort": {}}}}});
        json!({"manager": format!("m{at}"), "operation": "Update", "apiVersion": "v1", "fieldsV1": fields})
    });
    let mut live = marked(service(1));
    live["metadata"]["managedFields"] = managers.collect();
    let started = std::time::Instant::now();
    let judged = judge(&service(2), live);
    assert_eq!(judged.breaks().len(), 10_000);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

//! Laws of normalising, on Jobs with any fields.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod catalog;

use catalog::{hooks, package, version};
use catalog_hooks::HookJob;
use catalog_model::Operation;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Any JSON without `null`, which stands for absence and may go.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[ -~]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,6}", inner, 0..4).prop_map(Value::from_iter),
        ]
    })
}

/// Fields that no API knows.
fn unknown() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::btree_map("x-[a-z]{1,6}", values(), 0..4).prop_map(Map::from_iter)
}

/// Where [`unknown`] fields are put.
const PLACES: [&str; 5] = [
    "",
    "/metadata",
    "/spec",
    "/spec/template/spec",
    "/spec/template/spec/containers/0",
];

/// Values of fields that are normalised, some as they end up, most not.
fn known() -> impl Strategy<Value = Vec<(&'static str, &'static str, Value)>> {
    let pool = vec![
        ("/spec", "parallelism", json!(4)),
        ("/spec", "completions", json!(1)),
        ("/spec", "backoffLimit", json!(0)),
        ("/spec", "suspend", json!(true)),
        ("/spec", "ttlSecondsAfterFinished", json!(5)),
        ("/spec", "completionMode", json!("Indexed")),
        ("/spec", "managedBy", json!("example.com/own")),
        (
            "/spec",
            "podFailurePolicy",
            json!({"rules": [{"action": "FailJob", "onExitCodes": {"operator": "In", "values": [3]}}]}),
        ),
        ("/metadata", "name", json!("mine")),
        (
            "/metadata",
            "labels",
            json!({"app": "db", "catalog.dev/spec-hash": "0"}),
        ),
        ("/metadata", "finalizers", json!(["example.com/keep"])),
        (
            "/spec/template",
            "metadata",
            json!({"labels": {"app": "db"}, "annotations": {"a": "b"}}),
        ),
        ("/spec/template/spec", "restartPolicy", json!("OnFailure")),
        (
            "/spec/template/spec",
            "initContainers",
            json!([{"name": "i", "image": "i:1", "env": [{"name": "A", "value": "b"}]}]),
        ),
        (
            "/spec/template/spec/containers/0",
            "env",
            json!([{"name": "TO_VERSION", "value": "9"}, {"name": "B", "value": "$(A)"}]),
        ),
    ];
    prop::sample::subsequence(pool, 0..15)
}

fn job(unknown: &[Map<String, Value>], known: &[(&str, &str, Value)]) -> Value {
    let mut job = json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {},
        "spec": {"template": {"spec": {"containers": [{"name": "run", "image": "run:1"}]}}},
    });
    for (place, fields) in PLACES.iter().zip(unknown) {
        job.pointer_mut(place)
            .unwrap()
            .as_object_mut()
            .unwrap()
            .extend(fields.clone());
    }
    for (place, key, value) in known {
        job.pointer_mut(place).unwrap()[*key] = value.clone();
    }
    job
}

fn normalised(job: &Value) -> HookJob {
    let text = json!({"pre-install": [{"name": "check", "job": job}]}).to_string();
    let catalog = catalog::catalog(&[("1.0", &text)]);
    let operation = Operation::install(package(), version("1.0"), "storage");
    let hooks = hooks(&catalog, &operation).unwrap();
    hooks.jobs().next().unwrap().clone()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn normalising_twice_changes_nothing(unknown in prop::collection::vec(unknown(), 5), known in known()) {
        let once = normalised(&job(&unknown, &known));
        prop_assert_eq!(&normalised(once.job()), &once);
    }

    #[test]
    fn other_fields_stay_as_they_are(unknown in prop::collection::vec(unknown(), 5), known in known()) {
        let normalised = normalised(&job(&unknown, &known));
        for (place, fields) in PLACES.iter().zip(&unknown) {
            for (key, value) in fields {
                prop_assert_eq!(&normalised.job().pointer(place).unwrap()[key], value);
            }
        }
        for (place, key, value) in known.iter().filter(|(_, key, _)| ["managedBy", "completionMode", "finalizers"].contains(key)) {
            prop_assert_eq!(&normalised.job().pointer(place).unwrap()[*key], value);
        }
    }

    #[test]
    fn the_hash_is_that_of_the_rest_as_sorted_json(unknown in prop::collection::vec(unknown(), 5), known in known()) {
        let normalised = normalised(&job(&unknown, &known));
        let mut rest = normalised.job().clone();
        let label = rest["metadata"]["labels"].as_object_mut().unwrap().remove("catalog.dev/spec-hash");
        let hash: String = Sha256::digest(rest.to_string()).iter().map(|byte| format!("{byte:02x}")).collect();
        prop_assert_eq!(label, hash.get(..32).map(Value::from));
    }
}

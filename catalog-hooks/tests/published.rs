//! Helm's published order of hooks.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod catalog;

use catalog::{hooks, package, version};
use catalog_model::Operation;
use serde_json::{Value, json};

/// Rows of kind `delete-record` name the hooks of one event with their weights, in the order that Helm runs them.
#[test]
fn hooks_run_in_helms_order() {
    let folder = std::env::var("CATALOG_TEST_DATA")
        .unwrap_or_else(|_| format!("{}/../../shared/data", env!("CARGO_MANIFEST_DIR")));
    let Ok(text) = std::fs::read_to_string(format!("{folder}/tables/helm_hooks_published.json"))
    else {
        println!("the published table is not here: nothing compared");
        return;
    };
    let table: Value = serde_json::from_str(&text).unwrap();
    let rows = table["cases"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["kind"] == "delete-record");
    let mut compared = 0;
    for row in rows {
        let job = json!({"apiVersion": "batch/v1", "kind": "Job", "spec": {"template": {"spec": {"containers": [{"name": "run", "image": "run:1"}]}}}});
        let expected = row["hooks"].as_array().unwrap();
        let written: Vec<Value> = expected
            .iter()
            .rev()
            .map(|hook| json!({"name": hook["name"], "weight": hook["weight"], "job": job}))
            .collect();
        let text = json!({row["event"].as_str().unwrap(): written}).to_string();
        let catalog = catalog::catalog(&[("1.0", &text)]);
        let operation = Operation::install(package(), version("1.0"), "storage");
        let hooks = hooks(&catalog, &operation).unwrap();
        let names: Vec<&str> = hooks.jobs().map(|job| job.hook()).collect();
        let expected: Vec<&str> = expected
            .iter()
            .map(|hook| hook["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, expected);
        compared += 1;
    }
    assert!(compared >= 1, "the table has no such row");
}

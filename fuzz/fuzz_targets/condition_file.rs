//! Any text is a file of conditions, perhaps with mistakes; what has a mistake opens no gate, and what has none can be asked.
#![no_main]

use std::sync::LazyLock;

use catalog_conditions::condition::ConditionSet;
use catalog_conditions::document::Limits;
use catalog_conditions::evaluate::{Context, evaluate};
use catalog_conditions::report::Gate;
use catalog_conditions::snapshot::Snapshot;
use catalog_conditions::{Severity, SourceFile};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

static CLUSTER: LazyLock<Snapshot> = LazyLock::new(|| {
    Snapshot::builder()
        .server_version("v1.31.2-gke.100")
        .taken_at("2026-03-01T12:00:00Z")
        .complete()
        .object(json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": "x", "namespace": "web", "labels": {"app": "x"}, "generation": 2},
            "spec": {"x": "1Gi", "list": [{"name": "a", "n": 1}, {"name": "b", "n": null}]},
            "status": {"conditions": [{"type": "Ready", "status": "True", "observedGeneration": 2}]},
        }))
        .object(json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x", "namespace": "web"},
            "data": {"password": "aHVudGVyMg=="},
        }))
        .object(json!({
            "apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"},
            "status": {"allocatable": {"memory": "8Gi"}, "conditions": [{"type": "Ready", "status": "True"}]},
        }))
        .build()
});

fuzz_target!(|text: &str| {
    let file = SourceFile::new("conditions.yaml", text);
    let (set, diagnostics) = ConditionSet::parse(&file, &Limits::default());
    let context = Context::new()
        .with_namespace("web")
        .with_parameters(json!({"metrics": {"enabled": true}}))
        .explaining();
    let report = evaluate(&set, &CLUSTER, &context);
    let mistaken = diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity() == Severity::Error);
    assert!(!mistaken || report.gate() >= Gate::Indeterminate);
    let told = format!("{report}{}", report.to_json());
    assert!(!told.contains("aHVudGVyMg==") || text.contains("aHVudGVyMg"));
    let _ = set.requirements(&context).kubectl_script(&CLUSTER);
    let _ = set.check_schemas(CLUSTER.crds());
});

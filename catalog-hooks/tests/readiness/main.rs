//! Whether objects are ready, by statuses as `kubectl get -o json` shows them.

use catalog_hooks::{ModuleStatus, readiness};
use serde_json::{Value, json};

mod cluster;
mod custom;
mod workloads;

/// Each object, at generation 2, is as the text says: `ready`, or `progressing:` or `failed:` and why.
#[track_caller]
fn check(api_version: &str, kind: &str, cases: &[(Value, Value, &str)]) {
    for (spec, status, expected) in cases {
        let object = json!({
            "apiVersion": api_version, "kind": kind,
            "metadata": {"name": "web", "namespace": "shop", "generation": 2},
            "spec": spec, "status": status,
        });
        assert_eq!(told(&object), *expected, "{object:#}");
    }
}

fn told(object: &Value) -> String {
    match readiness(object) {
        ModuleStatus::Ready => "ready".to_owned(),
        ModuleStatus::Progressing(why) => format!("progressing: {why}"),
        ModuleStatus::Failed(why) => format!("failed: {why}"),
        other => format!("{other:?}"),
    }
}

/// The status with this condition alone beside the observed generation.
fn condition(name: &str, status: &str, reason: &str, message: &str) -> Value {
    json!({"observedGeneration": 2, "conditions": [{"type": name, "status": status, "reason": reason, "message": message}]})
}

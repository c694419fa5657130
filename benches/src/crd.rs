//! A CustomResourceDefinition as large as those get.

use serde_json::{Map, Value, json};

/// Fields in the `spec` of each version.
const FIELDS: usize = 18;

/// A CRD that has so many versions, `v0`, `v1` and on; with 200 it is 494 KB of JSON, half of what etcd takes.
pub fn crd(versions: usize) -> Value {
    let versions: Vec<Value> = (0..versions)
        .map(|at| version(at, at + 1 == versions))
        .collect();
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": "widgets.example.com",
            "uid": "0a1b2c3d-0000-4000-8000-000000000001",
            "resourceVersion": "123456",
            "generation": 7,
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "labels": {"app.kubernetes.io/name": "widgets", "app.kubernetes.io/part-of": "examples"},
            "annotations": {"controller-gen.kubebuilder.io/version": "v0.16.1", "example.com/owner": "team-a"},
        },
        "spec": {
            "group": "example.com",
            "names": {"kind": "Widget", "listKind": "WidgetList", "plural": "widgets", "singular": "widget", "shortNames": ["wd"]},
            "scope": "Namespaced",
            "versions": versions,
        },
        "status": {
            "conditions": [
                {"type": "NamesAccepted", "status": "True", "reason": "NoConflicts", "message": "no conflicts found"},
                {"type": "Established", "status": "True", "reason": "InitialNamesAccepted", "message": "the initial names have been accepted"},
            ],
            "storedVersions": ["v0", "v1"],
        },
    })
}

fn version(at: usize, last: bool) -> Value {
    let mut version = json!({
        "name": format!("v{at}"),
        "served": !at.is_multiple_of(3),
        "storage": last,
        "schema": {"openAPIV3Schema": {
            "type": "object",
            "description": "Widget is the Schema for the widgets API.",
            "properties": {
                "apiVersion": {"type": "string"},
                "kind": {"type": "string"},
                "metadata": {"type": "object"},
                "spec": {"type": "object", "properties": fields(at), "required": ["field00", "field01"]},
                "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
            },
        }},
        "subresources": {"status": {}},
        "additionalPrinterColumns": [{"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}],
    });
    if let (true, Value::Object(version)) = (at.is_multiple_of(10), &mut version) {
        version.insert("deprecated".to_owned(), Value::Bool(true));
    }
    version
}

fn fields(version: usize) -> Map<String, Value> {
    (0..FIELDS)
        .map(|field| {
            let description =
                format!("What part {field:02} of the widget is for version {version:03}.");
            let schema =
                json!({"type": "string", "description": description, "maxLength": 1024 + field});
            (format!("field{field:02}"), schema)
        })
        .collect()
}

//! What becomes of the objects that a hook's Job needs.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod catalog;

use catalog::{hooks, package, version};
use catalog_model::Operation;
use serde_json::{Value, json};

/// The resource as it is created for a hook of a package in `storage`, and what the author is told.
fn resource(written: &Value) -> (Value, Vec<String>) {
    let job = json!({"apiVersion": "batch/v1", "kind": "Job", "spec": {"template": {"spec": {"containers": [{"name": "run", "image": "run:1"}]}}}});
    let hook = json!({"name": "check", "job": job, "undo": job, "resources": [written]});
    let text = json!({"pre-install": [hook]}).to_string();
    let catalog = catalog::catalog(&[("1.0", &text)]);
    let operation = Operation::install(package(), version("1.0"), "storage");
    let hooks = hooks(&catalog, &operation).unwrap();
    let run = hooks.jobs().next().unwrap();
    assert_eq!(run.resources(), run.undo().unwrap().resources());
    let said = hooks.diagnostics().iter().map(ToString::to_string);
    (run.resources()[0].clone(), said.collect())
}

#[test]
fn labels_and_namespace_are_added() {
    let written = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "reader", "labels": {"app": "db"}}, "extra": 1});
    let (resource, said) = resource(&written);
    assert_eq!(said, [""; 0]);
    insta::assert_snapshot!(serde_json::to_string_pretty(&resource).unwrap(), @r#"
    {
      "apiVersion": "v1",
      "extra": 1,
      "kind": "ServiceAccount",
      "metadata": {
        "annotations": {
          "catalog.dev/hook": "check",
          "catalog.dev/operation": "operation-1",
          "catalog.dev/release-uid": "release-1",
          "catalog.dev/version": "1.0"
        },
        "labels": {
          "app": "db",
          "app.kubernetes.io/managed-by": "catalog-hooks",
          "catalog.dev/hook": "check",
          "catalog.dev/operation": "operation-1",
          "catalog.dev/package": "db",
          "catalog.dev/phase": "pre-install",
          "catalog.dev/release-uid": "release-1",
          "catalog.dev/version": "1.0"
        },
        "name": "reader",
        "namespace": "storage"
      }
    }
    "#);
}

#[test]
fn only_what_stands_in_a_namespace_gets_one() {
    let cases = [
        ("v1", "ConfigMap", None, Some("storage")),
        ("v1", "ConfigMap", Some("elsewhere"), Some("elsewhere")),
        (
            "rbac.authorization.k8s.io/v1",
            "Role",
            None,
            Some("storage"),
        ),
        ("rbac.authorization.k8s.io/v1", "ClusterRole", None, None),
        ("v1", "Namespace", None, None),
        (
            "admissionregistration.k8s.io/v1",
            "ValidatingAdmissionPolicy",
            None,
            None,
        ),
        ("example.com/v1", "ClusterRole", None, Some("storage")),
    ];
    for (api_version, kind, written, expected) in cases {
        let mut metadata = json!({"name": "x"});
        if let Some(namespace) = written {
            metadata["namespace"] = namespace.into();
        }
        let (resource, _) =
            resource(&json!({"apiVersion": api_version, "kind": kind, "metadata": metadata}));
        let found = resource["metadata"]
            .get("namespace")
            .and_then(Value::as_str);
        assert_eq!(found, expected, "{api_version} {kind}");
    }
}

#[test]
fn accounts_of_a_binding_are_the_instances() {
    let binding = |api_version: &str| {
        let subjects = json!([
            {"kind": "ServiceAccount", "name": "a"},
            {"kind": "ServiceAccount", "name": "b", "namespace": "kept"},
            {"kind": "Group", "name": "c"},
        ]);
        json!({"apiVersion": api_version, "kind": "ClusterRoleBinding", "metadata": {"name": "x"}, "subjects": subjects})
    };
    let namespaces = |binding: &Value| {
        let (resource, _) = resource(binding);
        let subjects = resource["subjects"].as_array().unwrap().clone();
        subjects
            .iter()
            .map(|subject| subject.get("namespace").cloned())
            .collect::<Vec<_>>()
    };
    let some = |text: &str| Some(Value::from(text));
    assert_eq!(
        namespaces(&binding("rbac.authorization.k8s.io/v1")),
        [some("storage"), some("kept"), None]
    );
    assert_eq!(
        namespaces(&binding("example.com/v1")),
        [None, some("kept"), None]
    );
}

#[test]
fn what_is_wrong_with_a_resource_is_said() {
    let written = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s", "resourceVersion": "7", "labels": {"app.kubernetes.io/managed-by": "Helm"}},
    });
    let (found, said) = resource(&written);
    assert_eq!(found["metadata"].get("resourceVersion"), None);
    insta::assert_snapshot!(said.join("\n"), @r#"
    db/1.0/hooks/run.yaml:1:1: warning[hooks.field.removed]: Secret `s` of pre-install hook `check`: `metadata.resourceVersion` is left out
    db/1.0/hooks/run.yaml:1:1: warning[hooks.field.replaced]: Secret `s` of pre-install hook `check`: `metadata.labels[app.kubernetes.io/managed-by]` becomes `catalog-hooks` instead of `Helm`
    "#);
}

//! The rights that reading needs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use catalog_conditions::SourceFile;
use catalog_conditions::condition::ConditionSet;
use catalog_conditions::document::Limits;
use catalog_conditions::evaluate::Context;
use catalog_conditions::requirements::Rbac;
use catalog_conditions::snapshot::Snapshot;
use insta::assert_snapshot;
use serde_json::json;

fn rbac_in(conditions: &str, snapshot: &Snapshot) -> Rbac {
    let file = SourceFile::new("conditions.yaml", format!("conditions:\n{conditions}"));
    let (set, diagnostics) = ConditionSet::parse(&file, &Limits::default());
    assert_eq!(diagnostics, [], "{conditions}");
    set.requirements(&Context::new().with_namespace("shop"))
        .rbac(snapshot)
}

fn yaml(conditions: &str) -> String {
    rbac_in(conditions, &Snapshot::default()).to_yaml("checks")
}

#[test]
fn what_every_user_may_ask_needs_no_rule() {
    let free = "\
- { target: { kubeVersion: {} }, op: range, value: '>=1.28' }
- target: { apiAvailable: { group: cert-manager.io, kind: Certificate } }
";
    assert_eq!(yaml(free), "");
}

#[test]
fn rules_name_verbs_and_objects_in_their_places() {
    let varied = "\
- target: { crd: { name: widgets.example.com } }
- target: { crd: { name: gadgets.example.com } }
- target: { storageClass: { default: true } }
- { target: { apiVersion: v1, kind: Namespace, name: $namespace }, op: exists }
- { target: { apiVersion: v1, kind: Secret, name: 'on', namespace: vault }, op: exists }
- { target: { apiVersion: v1, kind: ConfigMap, name: 'on', namespace: vault }, op: exists }
- { target: { apiVersion: v1, kind: ConfigMap, name: settings }, op: exists }
- { target: { apiVersion: v1, kind: Pod, selector: app=x, namespaces: [shop, vault] }, op: exists }
- { target: { apiVersion: v1, kind: Service, selector: '' }, op: exists }
- { target: { apiVersion: apps/v1, kind: Deployment, selector: 'a=b', namespaces: all }, op: exists }
- { target: { apiVersion: apps/v1, kind: Deployment, selector: 'c', namespaces: [shop] }, op: exists }
- { target: { apiVersion: apps/v1, kind: Deployment, name: web }, op: exists }
- { target: { apiVersion: autoscaling/v1, kind: HorizontalPodAutoscaler, name: web }, op: exists }
- { target: { apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, name: web }, op: exists }
";
    assert_snapshot!(yaml(varied), @r#"
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata:
      name: "checks"
    rules:
    - apiGroups: [""]
      resources: ["namespaces"]
      resourceNames: ["shop"]
      verbs: ["get"]
    - apiGroups: ["apiextensions.k8s.io"]
      resources: ["customresourcedefinitions"]
      resourceNames: ["gadgets.example.com", "widgets.example.com"]
      verbs: ["get"]
    - apiGroups: ["apps"]
      resources: ["deployments"]
      verbs: ["list"]
    - apiGroups: ["storage.k8s.io"]
      resources: ["storageclasses"]
      verbs: ["list"]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata:
      name: "checks"
      namespace: "shop"
    rules:
    - apiGroups: [""]
      resources: ["configmaps"]
      resourceNames: ["settings"]
      verbs: ["get"]
    - apiGroups: [""]
      resources: ["pods", "services"]
      verbs: ["list"]
    - apiGroups: ["apps"]
      resources: ["deployments"]
      resourceNames: ["web"]
      verbs: ["get"]
    - apiGroups: ["autoscaling"]
      resources: ["horizontalpodautoscalers"]
      resourceNames: ["web"]
      verbs: ["get"]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata:
      name: "checks"
      namespace: "vault"
    rules:
    - apiGroups: [""]
      resources: ["configmaps", "secrets"]
      resourceNames: ["on"]
      verbs: ["get"]
    - apiGroups: [""]
      resources: ["pods"]
      verbs: ["list"]
    "#);
}

#[test]
fn plurals_come_from_the_cluster_or_are_not_guessed() {
    let widgets = "\
- { target: { apiVersion: example.com/v1, kind: Widget, name: w }, op: exists }
- { target: { apiVersion: example.com/v1, kind: Mouse, selector: '' }, op: exists }
";
    let rbac = rbac_in(widgets, &Snapshot::default());
    assert_eq!(
        rbac.unresolved().collect::<Vec<_>>(),
        [("example.com", "Mouse"), ("example.com", "Widget")]
    );
    assert_eq!(rbac.cluster_rules(), []);
    assert_eq!(rbac.namespace_rules().count(), 0);
    let resource = |name: &str, kind: &str, namespaced: bool| json!({"name": name, "singularName": "", "namespaced": namespaced, "kind": kind, "verbs": ["get"]});
    let known = Snapshot::builder()
        .object(json!({
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "example.com/v1",
            "resources": [resource("mice", "Mouse", false), resource("widgets", "Widget", true)],
        }))
        .build();
    assert_snapshot!(rbac_in(widgets, &known).to_yaml("it's \"on\"\n"), @r#"
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata:
      name: "it's \"on\"\u000a"
    rules:
    - apiGroups: ["example.com"]
      resources: ["mice"]
      verbs: ["list"]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata:
      name: "it's \"on\"\u000a"
      namespace: "shop"
    rules:
    - apiGroups: ["example.com"]
      resources: ["widgets"]
      resourceNames: ["w"]
      verbs: ["get"]
    "#);
}

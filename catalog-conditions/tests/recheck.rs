//! What became otherwise between two reports on the same conditions.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_conditions::document::Limits;
use catalog_conditions::report::Recheck;
use catalog_conditions::{ConditionSet, Context, Report, Snapshot, SourceFile, evaluate};
use serde_json::{Value, json};

fn conditions(yaml: &str) -> ConditionSet {
    let file = SourceFile::new("conditions.yaml", yaml);
    ConditionSet::parse(&file, &Limits::default()).0
}

const CONDITIONS: &str = "
conditions:
- name: web runs
  target: { apiVersion: apps/v1, kind: Deployment, name: web, namespace: shop, fieldPath: status.readyReplicas }
  op: ge
  value: 1
- name: all run
  target: { apiVersion: apps/v1, kind: Deployment, selector: \"\", namespaces: all, fieldPath: status.readyReplicas }
  each: any
  op: ge
  value: 1
- name: either
  any:
  - target: { apiVersion: apps/v1, kind: Deployment, name: web, namespace: shop }
    op: exists
  - target: { apiVersion: apps/v1, kind: Deployment, name: api, namespace: shop }
    op: exists
";

fn deployment(name: &str, uid: &str, version: Option<&str>, ready: u64) -> Value {
    let mut object = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": "shop", "uid": uid},
        "status": {"readyReplicas": ready},
    });
    if let Some(version) = version {
        object["metadata"]["resourceVersion"] = version.into();
    }
    object
}

fn report(yaml: &str, objects: Vec<Value>) -> Report {
    let cluster = objects
        .into_iter()
        .fold(Snapshot::builder().complete(), |cluster, object| {
            cluster.object(object)
        });
    evaluate(&conditions(yaml), &cluster.build(), &Context::new())
}

fn check(before: Vec<Value>, now: Vec<Value>, expected: &[&str]) {
    let changes = report(CONDITIONS, now).changes_since(&report(CONDITIONS, before));
    let told: Vec<String> = changes.iter().map(Recheck::to_string).collect();
    assert_eq!(told, expected);
}

#[test]
fn nothing_changed() {
    let objects = || {
        vec![
            deployment("web", "w", Some("1"), 1),
            deployment("api", "a", Some("2"), 1),
        ]
    };
    check(objects(), objects(), &[]);
    check(Vec::new(), Vec::new(), &[]);
}

#[test]
fn an_object_changes() {
    check(
        vec![deployment("web", "w", Some("1"), 1)],
        vec![deployment("web", "w", Some("2"), 0)],
        &[
            "\"web runs\" is not satisfied and was satisfied; Deployment/shop/web changed",
            "\"all run\" is not satisfied and was satisfied; Deployment/shop/web changed",
            "\"either\" is satisfied as before; Deployment/shop/web changed",
        ],
    );
}

#[test]
fn an_object_without_a_version_may_have_changed() {
    let object = || vec![deployment("web", "w", None, 1)];
    check(
        object(),
        object(),
        &[
            "\"web runs\" is satisfied as before; Deployment/shop/web changed",
            "\"all run\" is satisfied as before; Deployment/shop/web changed",
            "\"either\" is satisfied as before; Deployment/shop/web changed",
        ],
    );
}

#[test]
fn objects_come_go_and_are_replaced() {
    check(
        vec![
            deployment("web", "w", Some("1"), 1),
            deployment("api", "a", Some("2"), 1),
        ],
        vec![
            deployment("web", "new", Some("1"), 1),
            deployment("db", "d", Some("3"), 1),
        ],
        &[
            "\"web runs\" is satisfied as before; Deployment/shop/web was replaced",
            "\"all run\" is satisfied as before; Deployment/shop/api went; Deployment/shop/db came; Deployment/shop/web was replaced",
            "\"either\" is satisfied as before; Deployment/shop/api went; Deployment/shop/web was replaced",
        ],
    );
}

#[test]
fn conditions_come_and_go_and_share_names() {
    let one = "conditions:\n- { name: a, target: { kubeVersion: {} }, op: range, value: '>=1' }\n";
    let other = "conditions:\n- { name: b, target: { kubeVersion: {} }, op: range, value: '>=1' }\n- { name: b, target: { storageClass: { default: true } } }\n";
    let (before, now) = (report(one, Vec::new()), report(other, Vec::new()));
    let told: Vec<String> = now
        .changes_since(&before)
        .iter()
        .map(Recheck::to_string)
        .collect();
    assert_eq!(
        told,
        [
            "\"b\" is unknown and was not asked",
            "\"b\" is not satisfied and was not asked",
            "\"a\" is not asked and was unknown",
        ]
    );
    assert!(now.changes_since(&now).is_empty());
}

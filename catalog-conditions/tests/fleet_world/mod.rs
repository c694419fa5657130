//! Small random clusters and condition sets for the tests of fleets. A cluster is kept as the JSON that it is read from, so that a
//! change can be made to it for real.

use catalog_conditions::document::Limits;
use catalog_conditions::evaluate::Context;
use catalog_conditions::{ConditionSet, Snapshot, SourceFile};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

/// A set of conditions and what it is asked with.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    pub(crate) conditions: ConditionSet,
    pub(crate) context: Context,
}

/// A cluster as documents.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) version: &'static str,
    pub(crate) objects: Vec<Value>,
    /// Group, version, kind of what discovery lists; `None`: there are no discovery documents.
    pub(crate) served: Option<Vec<(String, String, String)>>,
    pub(crate) complete: bool,
}

impl World {
    pub(crate) fn snapshot(&self) -> Snapshot {
        let mut builder = Snapshot::builder().server_version(self.version);
        if self.complete {
            builder = builder.complete();
        }
        for object in &self.objects {
            builder = builder.object(object.clone());
        }
        for document in self.served.iter().flat_map(|served| discovery(served)) {
            builder = builder.object(document);
        }
        builder.build()
    }
}

/// `/apis`, and the kinds of each version of each group.
fn discovery(served: &[(String, String, String)]) -> Vec<Value> {
    let mut groups: Vec<&str> = served.iter().map(|(group, ..)| group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    let mut documents = Vec::new();
    let mut list = Vec::new();
    for group in groups {
        let of_group = served.iter().filter(|(own, ..)| own == group);
        let mut versions: Vec<&str> = of_group.map(|(_, version, _)| version.as_str()).collect();
        versions.sort_unstable();
        versions.dedup();
        let named: Vec<Value> = versions
            .iter()
            .map(
                |version| json!({"version": version, "groupVersion": format!("{group}/{version}")}),
            )
            .collect();
        list.push(json!({"name": group, "versions": named}));
        for version in versions {
            let kinds = served
                .iter()
                .filter(|(g, v, _)| (g.as_str(), v.as_str()) == (group, version));
            let resources: Vec<Value> = kinds
                .map(|(_, _, kind)| json!({"name": kind.to_lowercase(), "kind": kind}))
                .collect();
            documents.push(json!({
                "kind": "APIResourceList", "groupVersion": format!("{group}/{version}"), "resources": resources,
            }));
        }
    }
    documents.push(json!({"kind": "APIGroupList", "groups": list}));
    documents
}

pub(crate) fn condition_set(yaml: &str) -> ConditionSet {
    let (set, diagnostics) = ConditionSet::parse(
        &SourceFile::new("conditions.yaml", yaml),
        &Limits::default(),
    );
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    set
}

/// Conditions of every sort, each of which some worlds satisfy.
const CONDITIONS: [&str; 18] = [
    r#"{ target: { kubeVersion: {} }, op: range, value: ">=1.29" }"#,
    r#"{ target: { kubeVersion: {} }, op: range, value: ">=1.30, <1.32" }"#,
    r#"{ target: { kubeVersion: {} }, op: lt, value: "1.31" }"#,
    r#"{ target: { apiAvailable: { group: example.com, version: v1, kind: Widget } } }"#,
    r#"{ target: { crd: { name: widgets.example.com, served: v1 } } }"#,
    r#"{ target: { crd: { name: gadgets.example.com } } }"#,
    r#"{ target: { crd: { name: gadgets.example.com } }, op: notExists, severity: warning }"#,
    r#"{ target: { storageClass: { default: true } } }"#,
    r#"{ target: { apiVersion: storage.k8s.io/v1, kind: StorageClass, selector: "" }, each: any, satisfies: { fieldPath: allowVolumeExpansion, op: eq, value: true } }"#,
    r#"{ target: { apiVersion: storage.k8s.io/v1, kind: StorageClass, selector: "", fieldPath: "metadata.labels.tier" }, each: all, allowEmpty: true, op: in, value: [gold, silver] }"#,
    r#"{ target: { apiVersion: v1, kind: ConfigMap, name: settings, namespace: $namespace, fieldPath: data.mode }, op: eq, value: fast }"#,
    r#"{ target: { apiVersion: v1, kind: ConfigMap, name: settings, fieldPath: data.mode }, op: ne, value: slow, onUnknown: warn }"#,
    r#"{ target: { apiVersion: v1, kind: Namespace, name: web, fieldPath: "metadata.labels.locked" }, op: notExists }"#,
    r#"{ target: { apiVersion: v1, kind: Namespace, name: web } , op: exists }"#,
    r#"{ target: { apiVersion: apps/v1, kind: Deployment, name: api, namespace: web, fieldPath: spec.replicas }, op: ge, value: 2 }"#,
    r#"{ any: [ { target: { crd: { name: widgets.example.com } } }, { target: { apiVersion: v1, kind: Namespace, name: widgets }, op: exists } ] }"#,
    r#"{ not: { target: { apiVersion: apps/v1, kind: Deployment, name: api, namespace: web, fieldPath: spec.paused }, op: eq, value: true } }"#,
    r#"{ target: { nodes: { count: true } }, op: ge, value: 1 }"#,
];

pub(crate) fn askings() -> impl Strategy<Value = Vec<Asking>> {
    let namespace = select(vec![None, Some("web"), Some("db")]);
    let asking =
        (subsequence(CONDITIONS.to_vec(), 1..5), namespace).prop_map(|(conditions, namespace)| {
            let items = conditions.iter().enumerate();
            let items = items.map(|(at, item)| {
                let item = item.trim_start_matches('{');
                format!("- {{ name: c{at}, {item}\n")
            });
            let context = Context::new();
            Asking {
                conditions: condition_set(&format!("conditions:\n{}", items.collect::<String>())),
                context: match namespace {
                    Some(namespace) => context.with_namespace(namespace),
                    None => context,
                },
            }
        });
    prop::collection::vec(asking, 1..5)
}

pub(crate) fn worlds() -> impl Strategy<Value = Vec<World>> {
    prop::collection::vec(world(), 1..6)
}

fn world() -> impl Strategy<Value = World> {
    let objects = objects();
    let count = objects.len();
    let apis = [
        ("apps", "v1", "Deployment"),
        ("storage.k8s.io", "v1", "StorageClass"),
        ("apiextensions.k8s.io", "v1", "CustomResourceDefinition"),
        ("example.com", "v1", "Widget"),
    ]
    .map(|(group, version, kind)| (group.to_owned(), version.to_owned(), kind.to_owned()));
    (
        select(vec!["v1.28.3-gke.100", "v1.30.1", "v1.32.0"]),
        subsequence(objects, 0..=count),
        prop::option::of(subsequence(apis.to_vec(), 3..=4)),
        prop::bool::weighted(0.8),
    )
        .prop_map(|(version, objects, served, complete)| World {
            version,
            objects,
            served,
            complete,
        })
}

fn objects() -> Vec<Value> {
    let crd = |name: &str, kind: &str, versions: &[&str]| {
        let (plural, group) = name.split_once('.').unwrap();
        let versions: Vec<Value> = versions
            .iter()
            .map(|version| json!({"name": version, "served": true}))
            .collect();
        json!({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": name},
            "spec": {"group": group, "names": {"kind": kind, "plural": plural}, "versions": versions},
            "status": {"conditions": [{"type": "Established", "status": "True"}], "storedVersions": ["v1beta1"]},
        })
    };
    vec![
        crd("widgets.example.com", "Widget", &["v1beta1"]),
        crd("gadgets.example.com", "Gadget", &["v1"]),
        json!({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "fast", "labels": {"tier": "gold"}}}),
        json!({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "slow"}, "allowVolumeExpansion": false}),
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": "web"}, "data": {"mode": "slow"}}),
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": "db"}}),
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "web", "labels": {"locked": "yes"}}}),
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "api", "namespace": "web"}, "spec": {"replicas": 1, "paused": true}}),
        json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}),
    ]
}

//! Fleets of any size, the same each time.

use catalog_conditions::document::Limits;
use catalog_conditions::{ConditionSet, Snapshot, SourceFile};
use serde_json::{Value, json};

/// How many groups of APIs, and namespaces with workloads, there are in a cluster.
const GROUPS: u64 = 12;
const NAMESPACES: u64 = 6;

/// A number below `below` that is as good as random, and the same for the same seed.
fn pick(seed: [u64; 3], below: u64) -> u64 {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for part in seed {
        state = (state ^ part).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state ^= state >> 29;
        state = state.wrapping_mul(0x94d0_49bb_1331_11eb);
        state ^= state >> 32;
    }
    state % below.max(1)
}

/// A cluster of some 60 objects with its discovery: nodes, storage classes, CRDs, deployments, settings.
pub fn cluster(number: u64) -> Snapshot {
    let minor = 26 + pick([number, 1, 0], 9);
    let mut builder = Snapshot::builder()
        .server_version(&format!("v1.{minor}.{}-eks-1", pick([number, 2, 0], 9)))
        .complete();
    for object in objects(number) {
        builder = builder.object(object);
    }
    for document in discovery(number) {
        builder = builder.object(document);
    }
    builder.build()
}

fn objects(number: u64) -> Vec<Value> {
    let nodes = (0..6).map(|at| {
        json!({
            "apiVersion": "v1", "kind": "Node",
            "metadata": {"name": format!("node-{at}"), "labels": {"zone": format!("z{}", at % 3)}},
            "status": {"conditions": [{"type": "Ready", "status": "True"}], "allocatable": {"cpu": "4", "memory": "16Gi"}},
        })
    });
    let default = pick([number, 3, 0], 4);
    let classes = (0..4).map(|at| {
        json!({
            "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
            "metadata": {"name": format!("class-{at}"), "annotations": {
                "storageclass.kubernetes.io/is-default-class": (at == default).to_string(),
            }},
            "provisioner": "ebs.csi.aws.com", "allowVolumeExpansion": pick([number, 4, at], 10) > 0,
        })
    });
    let crds = groups(number).map(crd);
    let deployments = (0..30).map(move |at| deployment(number, at));
    let settings = (0..8).map(move |at| {
        json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": format!("settings-{at}"), "namespace": format!("ns-{}", at % NAMESPACES)},
            "data": {"mode": if pick([number, 5, at], 12) == 0 { "slow" } else { "fast" }},
        })
    });
    let objects = nodes.chain(classes).chain(crds).chain(deployments);
    objects.chain(settings).collect()
}

/// The groups whose CRDs a cluster has: most.
fn groups(number: u64) -> impl Iterator<Item = u64> {
    (0..GROUPS).filter(move |group| pick([number, 6, *group], 15) > 0)
}

fn crd(group: u64) -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("widgets.g{group}.example.com")},
        "spec": {
            "group": format!("g{group}.example.com"), "scope": "Namespaced",
            "names": {"plural": "widgets", "kind": "Widget"},
            "versions": [{"name": "v1beta1", "served": true, "storage": false}, {"name": "v1", "served": true, "storage": true}],
        },
        "status": {"storedVersions": ["v1"], "conditions": [{"type": "Established", "status": "True"}]},
    })
}

fn deployment(number: u64, at: u64) -> Value {
    let ready = if pick([number, 7, at], 25) == 0 { 0 } else { 2 };
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {
            "name": format!("app-{at}"), "namespace": format!("ns-{}", at % NAMESPACES), "generation": 3,
            "uid": format!("{number}-{at}"), "resourceVersion": "1", "labels": {"app": format!("app-{at}"), "tier": format!("t{}", at % 4)},
        },
        "spec": {"replicas": 2, "paused": pick([number, 8, at], 30) == 0, "template": {"spec": {"containers": [
            {"name": "main", "image": format!("registry.example.com/app-{at}:v1.{}.0", pick([number, 9, at], 5))},
            {"name": "side", "image": "registry.example.com/side:v2.0.0"},
        ]}}},
        "status": {"observedGeneration": 3, "readyReplicas": ready, "conditions": [{"type": "Available", "status": "True"}]},
    })
}

fn discovery(number: u64) -> Vec<Value> {
    let kinds = |group_version: &str, kinds: &[(&str, &str, bool)]| {
        let resources = kinds.iter().map(|(name, kind, namespaced)| json!({"name": name, "kind": kind, "namespaced": namespaced}));
        json!({"kind": "APIResourceList", "groupVersion": group_version, "resources": resources.collect::<Vec<_>>()})
    };
    let own = [
        ("apps", "v1"),
        ("storage.k8s.io", "v1"),
        ("apiextensions.k8s.io", "v1"),
    ];
    let own = own.map(|(group, version)| (group.to_owned(), version));
    let brought = groups(number).map(|group| (format!("g{group}.example.com"), "v1"));
    let listed: Vec<Value> = own
        .into_iter()
        .chain(brought)
        .map(|(name, version)| json!({"name": name, "versions": [{"version": version, "groupVersion": format!("{name}/{version}")}]}))
        .collect();
    let mut documents = vec![
        json!({"kind": "APIGroupList", "groups": listed}),
        kinds(
            "apps/v1",
            &[
                ("deployments", "Deployment", true),
                ("daemonsets", "DaemonSet", true),
            ],
        ),
        kinds(
            "storage.k8s.io/v1",
            &[("storageclasses", "StorageClass", false)],
        ),
        kinds(
            "apiextensions.k8s.io/v1",
            &[(
                "customresourcedefinitions",
                "CustomResourceDefinition",
                false,
            )],
        ),
    ];
    documents.extend(groups(number).map(|group| {
        kinds(
            &format!("g{group}.example.com/v1"),
            &[("widgets", "Widget", true)],
        )
    }));
    documents
}

/// What a package asks: four to six conditions of different kinds. Some questions many packages share, most are a package's own.
pub fn package(number: u64) -> ConditionSet {
    let count = 4 + pick([number, 10, 0], 3);
    let text: String = (0..count).map(|at| condition(number, at)).collect();
    let file = SourceFile::new("conditions.yaml", format!("conditions:\n{text}"));
    ConditionSet::parse(&file, &Limits::default()).0
}

fn condition(package: u64, at: u64) -> String {
    let app = pick([package, 11, at], 30);
    let (namespace, tier) = (app % NAMESPACES, pick([package, 12, at], 4));
    let group = pick([package, 13, at], GROUPS);
    let setting = pick([package, 14, at], 8);
    let question = match (package + at * 7) % 9 {
        0 => format!(
            "target: {{ kubeVersion: {{}} }}\n  op: range\n  value: \">=1.{}\"",
            24 + package % 5
        ),
        1 => format!(
            "target: {{ apiAvailable: {{ group: g{group}.example.com, version: v1, kind: Widget }} }}"
        ),
        2 => format!("target: {{ crd: {{ name: widgets.g{group}.example.com, served: v1 }} }}"),
        3 => "target: { storageClass: { default: true } }".to_owned(),
        4 => format!(
            "target: {{ apiVersion: apps/v1, kind: Deployment, name: app-{app}, namespace: ns-{namespace}, fieldPath: \"spec.template.spec.containers[name=main].image\" }}\n  op: range\n  as: imageVersion\n  value: \">=1.{}\"",
            package % 3
        ),
        5 => format!(
            "target: {{ apiVersion: apps/v1, kind: Deployment, selector: \"tier=t{tier}\", namespaces: all, fieldPath: status.readyReplicas }}\n  each: {{ atLeast: {} }}\n  op: ge\n  value: 1",
            1 + package % 5
        ),
        6 => format!(
            "any:\n  - target: {{ apiVersion: v1, kind: ConfigMap, name: settings-{setting}, namespace: ns-{}, fieldPath: data.mode }}\n    op: eq\n    value: fast\n  - not: {{ target: {{ crd: {{ name: widgets.g{group}.example.com }} }} }}",
            setting % NAMESPACES
        ),
        7 => format!(
            "not: {{ target: {{ apiVersion: apps/v1, kind: Deployment, name: app-{app}, namespace: ns-{namespace}, fieldPath: spec.paused }}, op: eq, value: true }}"
        ),
        _ => format!(
            "target: {{ apiVersion: storage.k8s.io/v1, kind: StorageClass, name: class-{tier}, fieldPath: allowVolumeExpansion }}\n  op: eq\n  value: true"
        ),
    };
    format!("- name: condition {at} of package {package}\n  {question}\n")
}

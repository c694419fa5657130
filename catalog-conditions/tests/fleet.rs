//! Many sets and many clusters at once: the same gates as one by one, causes put together, whatever the number of threads.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod fleet_world;

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use catalog_conditions::fleet::{Asker, Effect, Fleet, Matrix, NamedCluster, NamedSet};
use catalog_conditions::report::{Answer, ConditionReport};
use catalog_conditions::{ConditionSet, Gate, Snapshot, evaluate};
use fleet_world::{Asking, World, condition_set, worlds};
use proptest::prelude::*;

fn matrix(askings: &[Asking], snapshots: &[Snapshot], threads: usize) -> Matrix {
    let (sets, clusters) = named(askings, snapshots);
    Fleet::new(&sets, &clusters)
        .with_threads(NonZeroUsize::new(threads).unwrap())
        .evaluate()
}

fn named<'a>(
    askings: &'a [Asking],
    snapshots: &'a [Snapshot],
) -> (Vec<NamedSet<'a>>, Vec<NamedCluster<'a>>) {
    let sets = askings.iter().enumerate().map(|(at, asking)| {
        let set = NamedSet::new(format!("set {at}"), &asking.conditions);
        set.with_context(asking.context.clone())
    });
    let clusters = snapshots.iter().enumerate();
    let clusters = clusters.map(|(at, of)| NamedCluster::new(format!("cluster {at}"), of));
    (sets.collect(), clusters.collect())
}

/// Set, cluster, condition, position, code and effect of every answer that a report shows to be in the way.
type Standing = BTreeSet<(usize, usize, String, String, &'static str)>;

/// What single reports say is not as it should be. Of a condition that joins questions, which of them are to blame is told by hand for
/// `all` and `any` alone: those that are not satisfied.
fn standing(askings: &[Asking], snapshots: &[Snapshot]) -> Standing {
    let mut all = Standing::new();
    for (set, asking) in askings.iter().enumerate() {
        for (cluster, snapshot) in snapshots.iter().enumerate() {
            let report = evaluate(&asking.conditions, snapshot, &asking.context);
            for condition in report.conditions() {
                if condition.gate() == Gate::Pass {
                    continue;
                }
                let blamed = blamed(condition).into_iter();
                all.extend(blamed.map(|(position, answer)| {
                    let name = condition.name().to_owned();
                    (set, cluster, name, position, answer.reason().as_str())
                }));
            }
        }
    }
    all
}

fn blamed(condition: &ConditionReport) -> Vec<(String, &Answer)> {
    if condition.leaves().is_empty() {
        return vec![(String::new(), condition.answer())];
    }
    let leaves = condition.leaves().iter();
    let wrong = leaves.filter(|leaf| {
        let negated = leaf.position().matches("not").count() % 2 == 1;
        let outcome = leaf.answer().outcome().as_str();
        outcome == "unknown" || (outcome == "satisfied") == negated
    });
    wrong
        .map(|leaf| (leaf.position().to_owned(), leaf.answer()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_gates_are_those_of_single_evaluations(worlds in worlds(), askings in fleet_world::askings()) {
        let snapshots: Vec<Snapshot> = worlds.iter().map(World::snapshot).collect();
        let matrix = matrix(&askings, &snapshots, 2);
        for (set, asking) in askings.iter().enumerate() {
            for (cluster, snapshot) in snapshots.iter().enumerate() {
                let single = evaluate(&asking.conditions, snapshot, &asking.context).gate();
                prop_assert_eq!(matrix.gate(set, cluster), Some(single));
            }
        }
    }

    #[test]
    fn causes_leave_nothing_out(worlds in worlds(), askings in fleet_world::askings()) {
        let snapshots: Vec<Snapshot> = worlds.iter().map(World::snapshot).collect();
        let matrix = matrix(&askings, &snapshots, 1);
        let expected = standing(&askings, &snapshots);
        for (set, cluster, condition, position, code) in &expected {
            let caused = matrix.causes().iter().any(|cause| {
                let asks = |asker: &Asker| {
                    (asker.set(), asker.condition(), asker.position()) == (*set, condition, position)
                };
                cause.code() == *code && cause.clusters().contains(cluster) && cause.askers().iter().any(asks)
            });
            prop_assert!(caused, "{} {} {}", set, cluster, condition);
        }
        // Nor does a cause name a cluster or an asker for nothing: each is right with at least one of the other.
        for cause in matrix.causes() {
            let stands = |asker: &Asker, cluster: usize| {
                let (condition, position) = (asker.condition().to_owned(), asker.position().to_owned());
                expected.contains(&(asker.set(), cluster, condition, position, cause.code()))
            };
            for cluster in cause.clusters() {
                prop_assert!(cause.askers().iter().any(|asker| stands(asker, *cluster)));
            }
            for asker in cause.askers() {
                prop_assert!(cause.clusters().iter().any(|cluster| stands(asker, *cluster)));
            }
        }
    }

    #[test]
    fn the_number_of_threads_changes_nothing(worlds in worlds(), askings in fleet_world::askings()) {
        let snapshots: Vec<Snapshot> = worlds.iter().map(World::snapshot).collect();
        let one = matrix(&askings, &snapshots, 1);
        for threads in [2, 3, 64] {
            let other = matrix(&askings, &snapshots, threads);
            prop_assert_eq!(one.to_json(), other.to_json());
            prop_assert_eq!(one.to_string(), other.to_string());
        }
    }
}

const VERSION: &str = "
conditions:
- name: new enough
  target: { kubeVersion: {} }
  op: range
  value: \">=1.30\"
";

fn versioned(version: &str) -> Snapshot {
    Snapshot::builder()
        .server_version(version)
        .complete()
        .build()
}

fn asking(yaml: &str) -> Asking {
    Asking {
        conditions: condition_set(yaml),
        context: Default::default(),
    }
}

#[test]
fn one_question_of_many_sets_is_one_cause() {
    let askings: Vec<Asking> = (0..40).map(|_| asking(VERSION)).collect();
    let snapshots = ["v1.28.1", "v1.31.0", "v1.29.4"].map(versioned);
    let matrix = matrix(&askings, &snapshots, 2);
    let [cause] = matrix.causes() else {
        panic!("{matrix}")
    };
    assert_eq!(cause.effect(), Effect::Shuts);
    assert_eq!(cause.askers().len(), 40);
    assert_eq!(cause.clusters(), [0, 2]);
    assert_eq!(cause.found()[1], (2, "\"v1.29.4\"".to_owned()));
    assert_eq!(matrix.best_change().unwrap().turns_green(), [0, 2]);
}

#[test]
fn a_matrix_reads_like_this() {
    let askings = [
        asking(VERSION),
        asking(
            "
conditions:
- name: certificates
  message: cert-manager must be installed first
  target: { apiAvailable: { group: cert-manager.io, kind: Certificate } }
- name: a default class
  severity: warning
  target: { storageClass: { default: true } }
",
        ),
    ];
    let snapshots = ["v1.28.1", "v1.31.0"].map(|version| {
        Snapshot::builder()
            .server_version(version)
            .object(serde_json::json!({"kind": "APIGroupList", "groups": []}))
            .complete()
            .build()
    });
    let matrix = matrix(&askings, &snapshots, 1);
    insta::assert_snapshot!(matrix, @r#"
           ┌ cluster 0
           │ ┌ cluster 1
    set 0  F P
    set 1  F F
    P pass, W pass with warnings, ? indeterminate, F fail

    0 of 2 clusters green, 1 of 4 gates open

    1. condition.not-satisfied.kind-absent shuts in 2 clusters: cluster 0, cluster 1
      asked by set 1 "certificates"
      object   API cert-manager.io/Certificate
      expected exists
      actual   not served
      help     the cluster does not serve it: install what brings the group cert-manager.io
      help     cert-manager must be installed first

    2. condition.not-satisfied.value shuts in 1 cluster: cluster 0
      asked by set 0 "new enough"
      object   the cluster's version
      expected range ">=1.30" (kubeVersion)
      actual   "v1.28.1"

    3. condition.not-satisfied.object-absent warns in 2 clusters: cluster 0, cluster 1
      asked by set 1 "a default class"
      object   the default StorageClass (storage.k8s.io/v1)
      expected exists
      actual   absent
      help     annotate a StorageClass with storageclass.kubernetes.io/is-default-class: "true"

    best single change: install what serves cert-manager.io/Certificate
      turns    1 cluster green: cluster 1
      opens    2 gates

    other changes
      raise Kubernetes to 1.30.0: turns 0 clusters green, opens 1 gate
    "#);
}

#[test]
fn an_object_is_created_with_all_that_is_asked_of_it() {
    let field = |key: &str| {
        format!(
            "- {{ target: {{ apiVersion: v1, kind: ConfigMap, name: c, namespace: web, fieldPath: data.{key} }}, op: eq, value: {key}s }}\n"
        )
    };
    let askings = [asking(&format!(
        "conditions:\n{}{}",
        field("region"),
        field("provider")
    ))];
    let matrix = matrix(&askings, &[versioned("v1.30.0")], 1);
    let best = matrix.best_change().unwrap();
    assert_eq!(
        best.change().to_string(),
        "create ConfigMap/web/c (v1) with data.provider = \"providers\" and data.region = \"regions\""
    );
    assert_eq!(best.turns_green(), [0]);
    assert_eq!(matrix.changes().len(), 1, "neither field alone is enough");
}

#[test]
fn what_something_else_brings_closes_no_gate() {
    let asked = asking(
        "
conditions:
- name: widgets
  target: { crd: { name: widgets.example.com } }
",
    );
    let missing = asked.conditions.conditions()[0].can_miss().remove(0);
    let snapshots = [versioned("v1.30.0"), Snapshot::default()];
    let clusters: Vec<_> = snapshots
        .iter()
        .map(|snapshot| NamedCluster::new("c", snapshot))
        .collect();
    let sets = [
        NamedSet::new("alone", &asked.conditions),
        NamedSet::new("brought", &asked.conditions).with_brought([("widgets".to_owned(), missing)]),
    ];
    let matrix = Fleet::new(&sets, &clusters).evaluate();
    assert_eq!(matrix.gate(0, 0), Some(Gate::Fail));
    assert_eq!(matrix.gate(1, 0), Some(Gate::Pass));
    assert_eq!(
        matrix.gate(1, 1),
        Some(Gate::Indeterminate),
        "not known to be missed"
    );
}

#[test]
fn what_the_crds_refuse_has_no_answer() {
    let asked = asking(
        "
conditions:
- target: { apiVersion: example.com/v1, kind: Widget, name: main, namespace: shop, fieldPath: spec.replica }
  op: notExists
",
    );
    let crd = serde_json::json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "widgets.example.com"},
        "spec": {"group": "example.com", "names": {"kind": "Widget", "plural": "widgets"}, "versions": [
            {"name": "v1", "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": {"type": "object", "properties": {}}}}}},
        ]},
    });
    let snapshots = [
        versioned("v1.30.0"),
        Snapshot::builder().object(crd).complete().build(),
    ];
    let matrix = matrix(&[asked], &snapshots, 1);
    assert_eq!(matrix.gate(0, 0), Some(Gate::Pass));
    assert_eq!(matrix.gate(0, 1), Some(Gate::Indeterminate));
    assert_eq!(matrix.causes()[0].code(), "condition.unknown.definition");
}

#[test]
fn nobody_asks_and_nobody_is_asked() {
    let nothing = matrix(&[], &[], 4);
    assert_eq!((nothing.worst(), nothing.open_gates()), (Gate::Pass, 0));
    assert_eq!(
        nothing.to_string(),
        "0 of 0 clusters green, 0 of 0 gates open"
    );
}

#[test]
fn ten_thousand_clusters_answer_one_set() {
    let askings = [asking(VERSION)];
    let snapshots: Vec<Snapshot> = (0..10_000)
        .map(|at| versioned(if at % 2 == 0 { "v1.29.0" } else { "v1.30.0" }))
        .collect();
    let matrix = matrix(&askings, &snapshots, 2);
    assert_eq!(matrix.open_gates(), 5_000);
    assert_eq!(matrix.best_change().unwrap().turns_green().len(), 5_000);
    assert!(matrix.to_string().contains("… 4994 more"));
}

#[test]
fn ten_thousand_sets_ask_one_cluster() {
    // No two ask the same, all fail, and each change touches all: to try every one would be to ask a hundred million times.
    let conditions: Vec<ConditionSet> = (0..10_000)
        .map(|at| {
            condition_set(&format!(
                "
conditions:
- target: {{ apiVersion: v1, kind: ConfigMap, name: c, namespace: web, fieldPath: data.k{at} }}
  op: eq
  value: \"on\"
"
            ))
        })
        .collect();
    let askings: Vec<Asking> = conditions
        .into_iter()
        .map(|conditions| Asking {
            conditions,
            context: Default::default(),
        })
        .collect();
    let snapshots = [versioned("v1.30.0")];
    let matrix = matrix(&askings, &snapshots, 2);
    assert_eq!(matrix.open_gates(), 0);
    assert_eq!(matrix.causes().len(), 10_000);
    let [all_at_once] = matrix.changes() else {
        panic!("one change can be tried")
    };
    assert_eq!(all_at_once.opens().len(), 10_000);
    assert_eq!(matrix.untried(), 10_000, "each key alone is not");
}

#[test]
fn names_that_repeat_are_told_apart_by_place() {
    let asked = asking(VERSION);
    let snapshots = ["v1.28.1", "v1.31.0"].map(versioned);
    let sets = [0, 1].map(|_| NamedSet::new("web", &asked.conditions));
    let clusters: Vec<_> = snapshots
        .iter()
        .map(|snapshot| NamedCluster::new("same", snapshot))
        .collect();
    let matrix = Fleet::new(&sets, &clusters).evaluate();
    assert_eq!(matrix.gate(1, 0), Some(Gate::Fail));
    assert_eq!(matrix.gate(1, 1), Some(Gate::Pass));
    assert_eq!(matrix.gate(2, 0), None);
    assert_eq!(matrix.gate(0, 2), None);
}

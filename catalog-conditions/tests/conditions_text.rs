//! The text of reports: what a person reads when a gate is shut.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_conditions::SourceFile;
use catalog_conditions::condition::{Condition, ConditionSet};
use catalog_conditions::document::Limits;
use catalog_conditions::evaluate::{Context, evaluate};
use catalog_conditions::report::Report;
use catalog_conditions::snapshot::Snapshot;
use catalog_conditions::version::{KubeVersionRange, VersionRange};
use serde_json::{Value, json};

fn ask(conditions: &str, snapshot: &Snapshot) -> Report {
    let file = SourceFile::new("t.yaml", format!("conditions:\n{conditions}\n"));
    let (set, diagnostics) = ConditionSet::parse(&file, &Limits::default());
    assert_eq!(diagnostics, []);
    evaluate(&set, snapshot, &Context::new().with_namespace("web"))
}

/// The report on one condition; the rest of the item is `target` and what is asked.
fn told(item: &str, snapshot: &Snapshot) -> String {
    ask(
        &format!("- name: it holds\n  {}", item.replace('\n', "\n  ")),
        snapshot,
    )
    .conditions()[0]
        .to_string()
}

fn cluster() -> Snapshot {
    let deployment = |namespace: &str, name: &str, ready: Value| {
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": name, "namespace": namespace, "labels": {"app": "web"}, "uid": "u-1", "resourceVersion": "7"},
            "spec": {"replicas": "3", "paused": null, "template": {"spec": {"containers": [
                {"name": "web", "image": "web:1.2"}, {"name": "side\u{202e}car", "image": "reg:5000/side"},
            ]}}},
            "status": {"readyReplicas": ready},
        })
    };
    let resource = |kind: &str| json!({"resource": "x", "scope": "Namespaced", "responseKind": {"kind": kind}});
    Snapshot::builder()
        .complete()
        .server_version("v1.27.3-gke.100")
        .object(json!({"kind": "APIGroupDiscoveryList", "items": [
            {"metadata": {"name": "monitoring.coreos.com"}, "versions": [{"version": "v1", "resources": [resource("ServiceMonitor"), resource("PodMonitor")]}]},
            {"metadata": {"name": "apps"}, "versions": [{"version": "v1", "resources": [resource("Deployment")]}]},
            {"metadata": {"name": "apiextensions.k8s.io"}, "versions": [{"version": "v1", "resources": [{"scope": "Cluster", "responseKind": {"kind": "CustomResourceDefinition"}}]}]},
        ]}))
        .object(json!({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "widgets.example.com"},
            "spec": {"versions": [{"name": "v1beta1", "served": true}, {"name": "v1", "served": true}]},
            "status": {"conditions": [{"type": "Established", "status": "True"}]},
        }))
        .object(deployment("web", "front", json!(2)))
        .object(deployment("web", "back", json!(0)))
        .object(deployment("db", "store", json!(1)))
        .object(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "web"}, "data": {"size": "5"}}))
        .object(json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "web", "annotations": {"hint": "hunter3"}},
            "data": {"password": "aHVudGVyMg==", "user": "cm9vdA=="},
        }))
        .build()
}

#[test]
fn the_samples_of_the_specification() {
    let crd = "target: { apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, name: widgets.example.com, fieldPath: \"spec.versions[0].name\" }\nop: eq\nvalue: v1";
    insta::assert_snapshot!(told(crd, &cluster()), @r#"
    error[condition.not-satisfied.value]: "it holds" is not satisfied
      object   CustomResourceDefinition/widgets.example.com (apiextensions.k8s.io/v1)
      field    spec.versions[0].name
      expected eq "v1" (string)
      actual   "v1beta1" (string)
      help     spec.versions[1].name is "v1"; did you mean spec.versions[name=v1].served eq true?
    "#);
}

#[test]
fn values_that_are_others() {
    let field = |path: &str, question: &str| {
        told(
            &format!(
                "target: {{ apiVersion: apps/v1, kind: Deployment, name: front, fieldPath: \"{path}\" }}\n{question}"
            ),
            &cluster(),
        )
    };
    insta::assert_snapshot!(field("status.readyReplicas", "op: ge\nvalue: 3\nmessage: scale it up"), @r#"
    error[condition.not-satisfied.value]: "it holds" is not satisfied
      object   Deployment/web/front (apps/v1)
      field    status.readyReplicas
      expected ge 3 (number)
      actual   2 (number)
      help     scale it up
    "#);
    insta::assert_snapshot!(field("spec.template.spec.containers[1].name", "op: eq\nvalue: web"), @r#"
    error[condition.not-satisfied.value]: "it holds" is not satisfied
      object   Deployment/web/front (apps/v1)
      field    spec.template.spec.containers[1].name
      expected eq "web" (string)
      actual   "side\u202ecar" (string)
      help     spec.template.spec.containers[0].name is "web"; did you mean spec.template.spec.containers[name=web]?
    "#);
    insta::assert_snapshot!(field("spec.paused", "op: eq\nvalue: true"), @r#"
    error[condition.not-satisfied.field-null]: "it holds" is not satisfied
      object   Deployment/web/front (apps/v1)
      field    spec.paused
      expected eq true (boolean)
      actual   null
    "#);
    insta::assert_snapshot!(field("spec.replicas", "op: between\nvalue: [1, 3]"), @r#"
    error[condition.unknown.type-mismatch]: "it holds" could not be evaluated
      object   Deployment/web/front (apps/v1)
      field    spec.replicas
      expected between 1 and 3 (number)
      actual   "3" (string)
      help     the field holds a string: quote the value, or read both sides alike with `as: number`
    "#);
    insta::assert_snapshot!(field("spec.template.spec.containers[1].image", "op: range\nvalue: \">=1\"\nas: imageVersion"), @r#"
    error[condition.unknown.type-mismatch]: "it holds" could not be evaluated
      object   Deployment/web/front (apps/v1)
      field    spec.template.spec.containers[1].image
      expected range ">=1" (imageVersion)
      actual   "reg:5000/side" (string)
      help     it has no tag that reads as a version
    "#);
    insta::assert_snapshot!(field("spec.replicas", "op: notIn\nvalue: [\"1\", \"3\"]\nseverity: warning"), @r#"
    warning[condition.not-satisfied.value]: "it holds" is not satisfied
      object   Deployment/web/front (apps/v1)
      field    spec.replicas
      expected notIn ["1", "3"]
      actual   "3" (string)
    "#);
}

#[test]
fn fields_that_are_not_there() {
    let field = |path: &str| {
        told(
            &format!(
                "target: {{ apiVersion: apps/v1, kind: Deployment, name: front, fieldPath: \"{path}\" }}\nop: exists"
            ),
            &cluster(),
        )
    };
    insta::assert_snapshot!(field("spec.replica"), @r#"
    error[condition.not-satisfied.field-absent]: "it holds" is not satisfied
      object   Deployment/web/front (apps/v1)
      field    spec.replica
      expected exists
      actual   absent
      help     spec has no `replica`; did you mean `replicas`?
    "#);
    insta::assert_snapshot!(field("spec.strategy.type"), @r#"
    error[condition.not-satisfied.field-absent]: "it holds" is not satisfied
      object   Deployment/web/front (apps/v1)
      field    spec.strategy.type
      expected exists
      actual   absent
      help     spec has no `strategy`, but paused, replicas, template
    "#);
    insta::assert_snapshot!(field("statuses"), @r#"
    error[condition.not-satisfied.field-absent]: "it holds" is not satisfied
      object   Deployment/web/front (apps/v1)
      field    statuses
      expected exists
      actual   absent
      help     the object has no `statuses`; did you mean `status`?
    "#);
    insta::assert_snapshot!(field("spec.template.spec.containers[5].name"), @r#"
    error[condition.not-satisfied.field-absent]: "it holds" is not satisfied
      object   Deployment/web/front (apps/v1)
      field    spec.template.spec.containers[5].name
      expected exists
      actual   absent
      help     spec.template.spec.containers has 2 elements: spec.template.spec.containers[0] to [1]
    "#);
    insta::assert_snapshot!(field("spec.template.spec.containers[name=wob].image"), @r#"
    error[condition.not-satisfied.field-absent]: "it holds" is not satisfied
      object   Deployment/web/front (apps/v1)
      field    spec.template.spec.containers[name=wob].image
      expected exists
      actual   absent
      help     no element of spec.template.spec.containers matches; `name` there is web, side\u{202e}car
    "#);
    insta::assert_snapshot!(field("spec.paused.since"), @r#"
    error[condition.not-satisfied.field-absent]: "it holds" is not satisfied
      object   Deployment/web/front (apps/v1)
      field    spec.paused.since
      expected exists
      actual   absent
      help     spec.paused is null
    "#);
    insta::assert_snapshot!(field("spec.template.spec.containers.name"), @r#"
    error[condition.unknown.path-mismatch]: "it holds" could not be evaluated
      object   Deployment/web/front (apps/v1)
      field    spec.template.spec.containers.name
      expected exists
      actual   the path does not fit the object
      help     spec.template.spec.containers is a list: write spec.template.spec.containers[0] for one element, spec.template.spec.containers[name=x] to select one, or spec.template.spec.containers[*] with `each`
    "#);
    insta::assert_snapshot!(field("spec.replicas.x"), @r#"
    error[condition.unknown.path-mismatch]: "it holds" could not be evaluated
      object   Deployment/web/front (apps/v1)
      field    spec.replicas.x
      expected exists
      actual   the path does not fit the object
      help     spec.replicas is a string: nothing lies below it
    "#);
    insta::assert_snapshot!(field("spec[0]"), @r#"
    error[condition.unknown.path-mismatch]: "it holds" could not be evaluated
      object   Deployment/web/front (apps/v1)
      field    spec[0]
      expected exists
      actual   the path does not fit the object
      help     spec is a map: name one of its keys, or write spec[*] with `each`
    "#);
}

#[test]
fn objects_and_kinds_that_are_not_there() {
    insta::assert_snapshot!(told("target: { apiVersion: apps/v1, kind: Deployment, name: fronts }\nop: exists", &cluster()), @r#"
    error[condition.not-satisfied.object-absent]: "it holds" is not satisfied
      object   Deployment/web/fronts (apps/v1)
      expected exists
      actual   absent
      help     did you mean `front`?
    "#);
    insta::assert_snapshot!(told("target: { apiVersion: apps/v1, kind: Deployment, name: store }\nop: exists", &cluster()), @r#"
    error[condition.not-satisfied.object-absent]: "it holds" is not satisfied
      object   Deployment/web/store (apps/v1)
      expected exists
      actual   absent
      help     one of that name is in db
    "#);
    insta::assert_snapshot!(told("target: { apiAvailable: { group: monitoring.coreos.com, kind: ServiceMonitors } }", &cluster()), @r#"
    error[condition.not-satisfied.kind-absent]: "it holds" is not satisfied
      object   API monitoring.coreos.com/ServiceMonitors
      expected exists
      actual   not served
      help     did you mean `ServiceMonitor`?
    "#);
    insta::assert_snapshot!(told("target: { apiAvailable: { group: monitoring.coreos.com, version: v2, kind: ServiceMonitor } }", &cluster()), @r#"
    error[condition.not-satisfied.kind-absent]: "it holds" is not satisfied
      object   API monitoring.coreos.com/v2/ServiceMonitor
      expected exists
      actual   not served
      help     the cluster serves ServiceMonitor in v1
    "#);
    insta::assert_snapshot!(told("target: { apiVersion: example.com/v1, kind: Widget, name: x }\nop: exists", &cluster()), @r#"
    error[condition.not-satisfied.kind-absent]: "it holds" is not satisfied
      object   Widget/web/x (example.com/v1)
      expected exists
      actual   the cluster does not serve the kind
      help     the cluster does not serve it: install what brings the group example.com
    "#);
    insta::assert_snapshot!(told("target: { crd: { name: widget.example.com } }", &cluster()), @r#"
    error[condition.not-satisfied.object-absent]: "it holds" is not satisfied
      object   CustomResourceDefinition/widget.example.com (apiextensions.k8s.io/v1)
      expected exists
      actual   absent
      help     did you mean `widgets.example.com`?
    "#);
    insta::assert_snapshot!(told("target: { crd: { name: widgets.example.com, served: v2 } }", &cluster()), @r#"
    error[condition.not-satisfied.value]: "it holds" is not satisfied
      object   CustomResourceDefinition/widgets.example.com (apiextensions.k8s.io/v1)
      expected exists
      actual   serves v1, v1beta1, not v2
    "#);
    insta::assert_snapshot!(told("target: { storageClass: { default: true } }", &cluster()), @r#"
    error[condition.not-satisfied.object-absent]: "it holds" is not satisfied
      object   the default StorageClass (storage.k8s.io/v1)
      expected exists
      actual   absent
      help     annotate a StorageClass with storageclass.kubernetes.io/is-default-class: "true"
    "#);
}

#[test]
fn sets() {
    let set = |each: &str| {
        told(
            &format!(
                "target: {{ apiVersion: apps/v1, kind: Deployment, selector: app=web, namespaces: all, fieldPath: status.readyReplicas }}\neach: {each}\nop: ge\nvalue: 1"
            ),
            &cluster(),
        )
    };
    insta::assert_snapshot!(set("all"), @r#"
    error[condition.not-satisfied.count]: "it holds" is not satisfied
      object   every Deployment with app=web (apps/v1)
      field    status.readyReplicas
      expected all: ge 1 (number)
      actual   2 of 3 satisfied
      help     Deployment/web/back: status.readyReplicas is 0 (number)
    "#);
    insta::assert_snapshot!(set("{ atMost: 1 }"), @r#"
    error[condition.not-satisfied.count]: "it holds" is not satisfied
      object   every Deployment with app=web (apps/v1)
      field    status.readyReplicas
      expected at most 1: ge 1 (number)
      actual   2 of 3 satisfied
      help     Deployment/db/store: status.readyReplicas is 1 (number)
      help     Deployment/web/front: status.readyReplicas is 2 (number)
    "#);
    insta::assert_snapshot!(told("target: { apiVersion: apps/v1, kind: Deployment, selector: app=none, fieldPath: spec.x }\neach: all\nop: exists", &cluster()), @r#"
    error[condition.unknown.nothing-selected]: "it holds" could not be evaluated
      object   every Deployment with app=none in web (apps/v1)
      field    spec.x
      expected all: exists
      actual   nothing is selected
      help     nothing is selected, and `all` of nothing proves nothing: mend the selector, or write `allowEmpty: true`
    "#);
    insta::assert_snapshot!(told("target: { apiVersion: apps/v1, kind: Deployment, name: front, fieldPath: \"spec.template.spec.containers[*].image\" }\neach: all\nop: range\nvalue: \">=1\"\nas: imageVersion", &cluster()), @r#"
    error[condition.unknown.type-mismatch]: "it holds" could not be evaluated
      object   Deployment/web/front (apps/v1)
      field    spec.template.spec.containers[*].image
      expected all: range ">=1" (imageVersion)
      actual   1 of 2 satisfied, 1 unknown
      help     spec.template.spec.containers[1].image is "reg:5000/side" (string)
    "#);
}

#[test]
fn what_is_not_known() {
    let nothing = Snapshot::builder().build();
    insta::assert_snapshot!(told("target: { kubeVersion: {} }\nop: range\nvalue: \">=1.28\"\nonUnknown: warn", &nothing), @r#"
    warning[condition.unknown.not-in-snapshot]: "it holds" could not be evaluated
      object   the cluster's version
      expected range ">=1.28" (kubeVersion)
      help     add what `kubectl version -o yaml` prints to the snapshot
    "#);
    insta::assert_snapshot!(told("target: { apiAvailable: { group: a.io, kind: B } }\nonUnknown: pass", &nothing), @r#"
    note[condition.unknown.not-in-snapshot]: "it holds" could not be evaluated
      object   API a.io/B
      expected exists
      actual   not in the snapshot
      help     add the discovery documents to the snapshot: what `kubectl get --raw /api` and `kubectl get --raw /apis` print
    "#);
    insta::assert_snapshot!(told("target: { apiVersion: apps/v1, kind: Deployment, name: front, fieldPath: spec.x }\nop: ne\nvalue: 1", &nothing), @r#"
    error[condition.unknown.not-in-snapshot]: "it holds" could not be evaluated
      object   Deployment/web/front (apps/v1)
      field    spec.x
      expected ne 1 (number)
      help     the snapshot does not say: add what `kubectl get deployment.apps front -n web -o yaml` prints, and a SnapshotCoverage document for Deployment
    "#);
    let other = Snapshot::builder()
        .complete()
        .object(json!({"apiVersion": "a.io/v1beta1", "kind": "B", "metadata": {"name": "x"}}))
        .build();
    insta::assert_snapshot!(told("target: { apiVersion: a.io/v1, kind: B, name: x }\nop: exists", &other), @r#"
    error[condition.unknown.other-version]: "it holds" could not be evaluated
      object   B/x (a.io/v1)
      expected exists
      actual   in the snapshot in version v1beta1 only
      help     save it in the version asked for, as in `kubectl get <plural>.<version>.<group>`, or ask for the version that is there
    "#);
    let leaving = Snapshot::builder().object(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x", "deletionTimestamp": "2024-01-01T00:00:00Z"}})).build();
    insta::assert_snapshot!(told("target: { apiVersion: v1, kind: Namespace, name: x }\nop: notExists", &leaving), @r#"
    error[condition.unknown.terminating]: "it holds" could not be evaluated
      object   Namespace/x (v1)
      expected notExists
      actual   being deleted
      help     wait until it is gone or made anew, and ask again
    "#);
}

#[test]
fn compositions_show_every_question() {
    let text = "any:\n- target: { crd: { name: gadgets.example.com } }\n- not: { target: { apiAvailable: { group: monitoring.coreos.com, kind: PodMonitor } } }\n- all:\n  - { target: { kubeVersion: {} }, op: ge, value: \"1.27\" }\n  - { target: { apiVersion: batch/v1, kind: Job, name: x, namespace: web, fieldPath: spec.x }, op: exists }\nmessage: see the manual";
    insta::assert_snapshot!(told(text, &cluster()), @r#"
    error[condition.not-satisfied.parts]: "it holds" is not satisfied
      any[0] is not satisfied (condition.not-satisfied.object-absent)
        object   CustomResourceDefinition/gadgets.example.com (apiextensions.k8s.io/v1)
        expected exists
        actual   absent
        help     did you mean `widgets.example.com`?
      any[1].not is satisfied (condition.satisfied)
      any[2].all[0] is satisfied (condition.satisfied)
      any[2].all[1] is not satisfied (condition.not-satisfied.kind-absent)
        object   Job/web/x (batch/v1)
        field    spec.x
        expected exists
        actual   the cluster does not serve the kind
        help     the cluster does not serve it: install what brings the group batch
      actual   2 satisfied, 2 not satisfied, 0 unknown
      help     see the manual
    "#);
}

#[test]
fn a_whole_report_and_its_json() {
    let conditions = "- { name: fine, target: { crd: { name: widgets.example.com } } }\n- { name: wrong, target: { kubeVersion: {} }, op: range, value: \">=1.28\", message: upgrade first }\n- { name: open, target: { apiVersion: a.io/v1, kind: B, selector: {}, fieldPath: spec.x }, each: all, op: exists, severity: note }\n- { name: either, any: [ { target: { crd: { name: a.b } } }, { target: { crd: { name: c.d } } } ] }";
    let mut report = ask(conditions, &cluster());
    insta::assert_snapshot!(report, @r#"
    ok[condition.satisfied]: "fine" is satisfied

    error[condition.not-satisfied.value]: "wrong" is not satisfied
      object   the cluster's version
      expected range ">=1.28" (kubeVersion)
      actual   "v1.27.3-gke.100"
      help     upgrade first

    note[condition.unknown.nothing-selected]: "open" could not be evaluated
      object   every B (a.io/v1)
      field    spec.x
      expected all: exists
      actual   nothing is selected
      help     the cluster does not serve it: install what brings the group a.io

    error[condition.not-satisfied.parts]: "either" is not satisfied
      any[0] is not satisfied (condition.not-satisfied.object-absent)
        object   CustomResourceDefinition/a.b (apiextensions.k8s.io/v1)
        expected exists
        actual   absent
      any[1] is not satisfied (condition.not-satisfied.object-absent)
        object   CustomResourceDefinition/c.d (apiextensions.k8s.io/v1)
        expected exists
        actual   absent
      actual   0 satisfied, 2 not satisfied, 0 unknown

    gate: fail (1 satisfied, 2 not satisfied, 1 unknown)
    "#);
    insta::assert_snapshot!(serde_json::to_string_pretty(&report.to_json()).unwrap(), @r#"
    {
      "conditions": [
        {
          "actual": "established",
          "code": "condition.satisfied",
          "expected": "exists",
          "gate": "pass",
          "message": "\"fine\" is satisfied",
          "name": "fine",
          "object": "CustomResourceDefinition/widgets.example.com (apiextensions.k8s.io/v1)",
          "outcome": "satisfied",
          "severity": "error"
        },
        {
          "actual": "\"v1.27.3-gke.100\"",
          "code": "condition.not-satisfied.value",
          "expected": "range \">=1.28\" (kubeVersion)",
          "gate": "fail",
          "help": "upgrade first",
          "message": "\"wrong\" is not satisfied",
          "name": "wrong",
          "object": "the cluster's version",
          "outcome": "notSatisfied",
          "severity": "error"
        },
        {
          "actual": "nothing is selected",
          "code": "condition.unknown.nothing-selected",
          "expected": "all: exists",
          "field": "spec.x",
          "gate": "pass",
          "help": "the cluster does not serve it: install what brings the group a.io",
          "message": "\"open\" could not be evaluated",
          "name": "open",
          "object": "every B (a.io/v1)",
          "outcome": "unknown",
          "severity": "note"
        },
        {
          "actual": "0 satisfied, 2 not satisfied, 0 unknown",
          "code": "condition.not-satisfied.parts",
          "gate": "fail",
          "leaves": [
            {
              "actual": "absent",
              "code": "condition.not-satisfied.object-absent",
              "expected": "exists",
              "message": "any[0] is not satisfied",
              "name": "any[0]",
              "object": "CustomResourceDefinition/a.b (apiextensions.k8s.io/v1)",
              "outcome": "notSatisfied",
              "severity": "error"
            },
            {
              "actual": "absent",
              "code": "condition.not-satisfied.object-absent",
              "expected": "exists",
              "message": "any[1] is not satisfied",
              "name": "any[1]",
              "object": "CustomResourceDefinition/c.d (apiextensions.k8s.io/v1)",
              "outcome": "notSatisfied",
              "severity": "error"
            }
          ],
          "message": "\"either\" is not satisfied",
          "name": "either",
          "outcome": "notSatisfied",
          "severity": "error"
        }
      ],
      "gate": "fail"
    }
    "#);
    assert!(
        !report.defer("wrong", "p 1.0"),
        "nothing brings a newer cluster"
    );
    assert!(
        !report.defer("either", "p 1.0"),
        "what stands in `any` may not decide"
    );
    assert!(!report.defer("fine", "p 1.0"));
    assert_eq!(
        Report::gate(&evaluate(&ConditionSet::new(), &cluster(), &Context::new())).as_str(),
        "pass"
    );
}

#[test]
fn what_another_release_brings_is_deferred() {
    let mut report = ask(
        "- { name: widgets, target: { crd: { name: gadgets.example.com } } }",
        &cluster(),
    );
    assert_eq!(report.gate().as_str(), "fail");
    assert!(report.defer("widgets", "gadget-operator 1.2.0"));
    assert_eq!(report.gate().as_str(), "pass");
    assert!(!report.defer("widgets", "gadget-operator 1.2.0"), "once");
    insta::assert_snapshot!(report, @r#"
    ok[condition.deferred]: "widgets" waits for gadget-operator 1.2.0
      object   CustomResourceDefinition/gadgets.example.com (apiextensions.k8s.io/v1)
      expected exists
      actual   absent
      help     did you mean `widgets.example.com`?

    gate: pass (1 deferred)
    "#);
}

#[test]
fn system_requirements() {
    let mut set = ConditionSet::new();
    set.push(Condition::kubernetes_version(
        KubeVersionRange::parse(">=1.28").unwrap(),
    ));
    set.push(Condition::vela_version(
        VersionRange::parse(">=1.9").unwrap(),
    ));
    let report = |snapshot: &Snapshot| evaluate(&set, snapshot, &Context::new()).to_string();
    insta::assert_snapshot!(report(&cluster()), @r#"
    error[condition.not-satisfied.value]: "system.kubernetes" is not satisfied
      object   the cluster's version
      expected range ">=1.28" (kubeVersion)
      actual   "v1.27.3-gke.100"

    error[condition.not-satisfied.empty-set]: "system.vela" is not satisfied
      object   every Deployment with controller.oam.dev/name=vela-core (apps/v1)
      field    spec.template.spec.containers[name=kubevela].image
      expected any: range ">=1.9" (imageVersion)
      actual   nothing is selected

    gate: fail (2 not satisfied)
    "#);
    let vela = |tag: &str| {
        Snapshot::builder().server_version("v1.28.0").object(json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "kubevela-vela-core", "namespace": "vela-system", "labels": {"controller.oam.dev/name": "vela-core"}},
            "spec": {"template": {"spec": {"containers": [{"name": "other", "image": "x"}, {"name": "kubevela", "image": format!("oamdev/vela-core:{tag}")}]}}},
        })).complete().build()
    };
    insta::assert_snapshot!(report(&vela("v1.9.11")), @r#"
    ok[condition.satisfied]: "system.kubernetes" is satisfied

    ok[condition.satisfied]: "system.vela" is satisfied

    gate: pass (2 satisfied)
    "#);
    insta::assert_snapshot!(report(&vela("v1.8.0")), @r#"
    ok[condition.satisfied]: "system.kubernetes" is satisfied

    error[condition.not-satisfied.count]: "system.vela" is not satisfied
      object   every Deployment with controller.oam.dev/name=vela-core (apps/v1)
      field    spec.template.spec.containers[name=kubevela].image
      expected any: range ">=1.9" (imageVersion)
      actual   0 of 1 satisfied
      help     Deployment/vela-system/kubevela-vela-core: spec.template.spec.containers[name=kubevela].image is "oamdev/vela-core:v1.8.0" (string)

    gate: fail (1 satisfied, 1 not satisfied)
    "#);
    insta::assert_snapshot!(report(&vela("latest")), @r#"
    ok[condition.satisfied]: "system.kubernetes" is satisfied

    error[condition.unknown.type-mismatch]: "system.vela" could not be evaluated
      object   every Deployment with controller.oam.dev/name=vela-core (apps/v1)
      field    spec.template.spec.containers[name=kubevela].image
      expected any: range ">=1.9" (imageVersion)
      actual   0 of 1 satisfied, 1 unknown
      help     Deployment/vela-system/kubevela-vela-core: spec.template.spec.containers[name=kubevela].image is "oamdev/vela-core:latest" (string)

    gate: indeterminate (1 satisfied, 1 unknown)
    "#);
}

#[test]
fn nothing_read_from_a_secret_is_shown() {
    let questions = [
        "fieldPath: data.password }\nop: eq\nvalue: other",
        "fieldPath: data.password }\nop: ge\nvalue: 5\nas: number",
        "fieldPath: data.passwort }\nop: exists",
        "fieldPath: \"data[*]\" }\neach: none\nop: exists",
        "fieldPath: \"data[*]\" }\neach: all\nop: eq\nvalue: other",
        "fieldPath: metadata.annotations.hint }\nop: eq\nvalue: other",
        "fieldPath: data }\nop: eq\nvalue: { a: b }",
        "fieldPath: data }\nop: isNull",
        "fieldPath: type }\nop: exists",
    ];
    let told: Vec<String> = questions
        .iter()
        .flat_map(|question| {
            ["name: s".to_owned(), "selector: {}".to_owned()].map(|which| {
                let each = if which.starts_with("sel") && !question.contains("each") {
                    "\neach: all"
                } else {
                    ""
                };
                told(
                    &format!("target: {{ apiVersion: v1, kind: Secret, {which}, {question}{each}"),
                    &cluster(),
                )
            })
        })
        .collect();
    let told = told.join("\n");
    for secret in ["hunter", "aHVudGVyMg", "root", "cm9vd", "user", "hint\""] {
        assert!(!told.contains(secret), "{secret} is in\n{told}");
    }
    insta::assert_snapshot!(told.lines().take(12).collect::<Vec<_>>().join("\n"), @r#"
    error[condition.not-satisfied.value]: "it holds" is not satisfied
      object   Secret/web/s (v1)
      field    data.password
      expected eq "other" (string)
      actual   not shown, being read from a Secret (string, 7 bytes)
    error[condition.not-satisfied.count]: "it holds" is not satisfied
      object   every Secret in web (v1)
      field    data.password
      expected all: eq "other" (string)
      actual   0 of 1 satisfied
      help     Secret/web/s: data.password is not shown, being read from a Secret (string, 7 bytes)
    error[condition.unknown.type-mismatch]: "it holds" could not be evaluated
    "#);
}

#[test]
fn what_was_read_is_kept_for_a_recheck() {
    let report = ask(
        "- { target: { apiVersion: apps/v1, kind: Deployment, name: front }, op: exists }",
        &cluster(),
    );
    let read = &report.conditions()[0].answer().reads()[0];
    assert_eq!(
        (read.uid(), read.resource_version()),
        (Some("u-1"), Some("7"))
    );
}

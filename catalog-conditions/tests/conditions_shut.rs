//! Gates that must stay shut: what once opened one, or seems to.
#![cfg(feature = "json-path")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_conditions::SourceFile;
use catalog_conditions::condition::ConditionSet;
use catalog_conditions::document::Limits;
use catalog_conditions::evaluate::{Context, evaluate};
use catalog_conditions::report::ConditionReport;
use catalog_conditions::snapshot::Snapshot;
use serde_json::{Value, json};

fn parse(item: &str) -> (ConditionSet, Vec<String>) {
    let file = SourceFile::new("s.yaml", format!("conditions:\n- {item}\n"));
    let (set, diagnostics) = ConditionSet::parse(&file, &Limits::default());
    let codes = diagnostics
        .iter()
        .map(|one| one.code().to_owned())
        .collect();
    (set, codes)
}

fn ask(item: &str, objects: &[Value]) -> ConditionReport {
    let (set, codes) = parse(item);
    assert_eq!(codes, [""; 0], "{item}");
    let builder = Snapshot::builder().complete();
    let snapshot = objects
        .iter()
        .fold(builder, |builder, object| builder.object(object.clone()))
        .build();
    let context = Context::new().with_namespace("web");
    evaluate(&set, &snapshot, &context).conditions()[0].clone()
}

#[track_caller]
fn check(item: &str, objects: &[Value], expected: &str) {
    let report = ask(item, objects);
    assert_eq!(
        report.code().strip_prefix("condition.").unwrap(),
        expected,
        "{item}\n{report}"
    );
}

fn widget(version: &str, name: &str, metadata: Value, spec: Value) -> Value {
    let mut object = json!({
        "apiVersion": format!("example.com/{version}"), "kind": "Widget",
        "metadata": {"name": name, "namespace": "web"}, "spec": spec,
    });
    for (key, value) in metadata.as_object().unwrap() {
        object["metadata"][key] = value.clone();
    }
    object
}

/// How many elements an object has that cannot be looked at, nobody knows.
#[test]
fn an_object_that_cannot_be_read_may_hold_any_number_of_elements() {
    let spec = json!({"items": ["bad", "bad", "bad"]});
    let leaving = json!({"deletionTimestamp": "2026-01-01T00:00:00Z"});
    let rows = [
        (
            vec![widget("v2", "a", json!({}), spec.clone())],
            "unknown.other-version",
        ),
        (
            vec![widget("v1", "a", leaving, spec.clone())],
            "unknown.terminating",
        ),
        (
            vec![
                widget("v1", "a", json!({}), spec.clone()),
                widget("v1", "a", json!({}), json!({})),
            ],
            "unknown.contradictory",
        ),
    ];
    for (objects, expected) in rows {
        for path in [
            "fieldPath: \"spec.items[*]\"",
            "jsonPath: \"$.spec.items[*]\"",
        ] {
            for each in [
                "{atMost: 1}",
                "{atLeast: 2}",
                "{exactly: 1}",
                "none",
                "any",
                "all",
            ] {
                let item = format!(
                    "{{ target: {{ apiVersion: example.com/v1, kind: Widget, selector: {{}}, {path} }}, each: {each}, op: eq, value: bad }}"
                );
                check(&item, &objects, expected);
            }
        }
    }
}

#[test]
fn elements_of_an_absent_object_are_none() {
    let item = |each: &str, question: &str| {
        format!(
            "{{ target: {{ apiVersion: v1, kind: Pod, name: x, fieldPath: \"spec.items[*].a\" }}, each: {each}, {question} }}"
        )
    };
    for each in ["any", "{atLeast: 2}", "{exactly: 2}"] {
        check(&item(each, "op: notExists"), &[], "not-satisfied.empty-set");
    }
    check(
        &item("all", "op: notExists"),
        &[],
        "unknown.nothing-selected",
    );
    check(&item("none", "op: notExists"), &[], "satisfied");
    for each in ["any", "all", "none", "{atMost: 2}"] {
        check(
            &item(each, "op: eq, value: a"),
            &[],
            "not-satisfied.object-absent",
        );
    }
}

#[test]
fn a_namespace_without_a_name_is_none() {
    let (set, _) =
        parse("{ target: { apiVersion: apps/v1, kind: Deployment, name: web }, op: notExists }");
    let snapshot = Snapshot::builder()
        .complete()
        .object(json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "default"}}))
        .build();
    let report = evaluate(&set, &snapshot, &Context::new().with_namespace(""));
    assert_eq!(
        report.conditions()[0].code(),
        "condition.unknown.no-namespace"
    );
}

#[test]
fn a_generation_that_is_null_hides_no_other() {
    let object = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", "namespace": "web", "generation": 7},
        "status": {"observedGeneration": 3, "conditions": [{"type": "Ready", "status": "True", "observedGeneration": null}]},
    });
    let item =
        "{ target: { apiVersion: v1, kind: Pod, name: x }, op: condition, value: { type: Ready } }";
    check(item, &[object], "unknown.condition-stale");
}

#[test]
fn a_pattern_of_lines_says_nothing_of_the_text() {
    for pattern in [
        "(?m)^safe$",
        "(?m:^safe$)",
        "(?im)^safe$",
        "^(?m:a|^safe$)$",
    ] {
        let item = format!(
            "{{ target: {{ apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }}, op: matches, value: '{pattern}' }}"
        );
        let (_, codes) = parse(&item);
        assert_eq!(codes, ["conditions.value.pattern"], "{pattern}");
    }
    let (_, codes) = parse(
        "{ target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: matches, value: '(?i-m)^safe$' }",
    );
    assert_eq!(codes, [""; 0]);
}

#[test]
fn facts_below_a_path_have_a_structure_too() {
    for (kind, path, fact) in [
        (
            "Pod",
            "metadata",
            "{ fieldPath: labels.a.b, op: notExists }",
        ),
        ("Secret", "data", "{ fieldPath: tls.crt, op: notExists }"),
        (
            "Pod",
            "metadata.labels",
            "{ fieldPath: a, op: eq, value: 5 }",
        ),
        (
            "Pod",
            "metadata",
            "{ fieldPath: name, op: eq, valueFrom: { fieldPath: labels.a.b } }",
        ),
    ] {
        let item = format!(
            "{{ target: {{ apiVersion: v1, kind: {kind}, name: x, fieldPath: {path} }}, satisfies: {fact} }}"
        );
        let (_, codes) = parse(&item);
        let refused = ["conditions.path.structure", "conditions.value.type"];
        assert!(
            codes.iter().any(|code| refused.contains(&code.as_str())),
            "{item}: {codes:?}"
        );
    }
}

#[test]
fn a_class_in_another_version_is_no_contradiction() {
    let class = json!({
        "apiVersion": "storage.k8s.io/v1beta1", "kind": "StorageClass",
        "metadata": {"name": "a", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
    });
    check(
        "{ target: { storageClass: { default: true } } }",
        &[class],
        "unknown.other-version",
    );
}

#[test]
fn what_satisfies_for_want_of_anything_is_noted() {
    let discovery = json!({"kind": "APIGroupList", "groups": []});
    let all = [
        ask(
            "{ name: no widgets, target: { apiVersion: example.com/v1, kind: Widget, selector: {}, namespaces: all, fieldPath: spec.x }, each: none, op: exists }",
            &[],
        ),
        ask(
            "{ name: no widget, target: { apiVersion: example.com/v1, kind: Widget, name: x }, op: notExists }",
            &[discovery],
        ),
    ];
    let told: Vec<String> = all.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    ok[condition.satisfied]: "no widgets" is satisfied
      note     nothing is selected
    ok[condition.satisfied]: "no widget" is satisfied
      note     the cluster does not serve example.com/v1 Widget
    "#);
}

#[test]
fn the_authors_message_is_not_cut() {
    let message = format!("{} end", "word ".repeat(100));
    let report = ask(
        &format!(
            "{{ message: '{message}', target: {{ apiVersion: v1, kind: Namespace, name: x }}, op: exists }}"
        ),
        &[],
    );
    assert!(report.to_string().ends_with(" end"), "{report}");
}

#[test]
fn selections_and_facts_are_explained() {
    let objects = [
        widget("v1", "a", json!({}), json!({"x": 1, "y": 2})),
        widget("v1", "b", json!({}), json!({"y": 2})),
    ];
    let builder = Snapshot::builder().complete();
    let snapshot = objects
        .into_iter()
        .fold(builder, |builder, object| builder.object(object))
        .build();
    let explained = |item: &str| {
        let (set, codes) = parse(item);
        assert_eq!(codes, [""; 0], "{item}");
        let context = Context::new().with_namespace("web").explaining();
        evaluate(&set, &snapshot, &context).conditions()[0]
            .answer()
            .explanation()
            .join("\n")
    };
    let all = [
        explained(
            "{ target: { apiVersion: example.com/v1, kind: Widget, selector: {}, fieldPath: spec.x }, each: all, op: exists }",
        ),
        explained(
            "{ target: { apiVersion: example.com/v1, kind: Widget, name: b }, satisfies: { all: [ { fieldPath: spec.x, op: exists }, { fieldPath: spec.y, op: exists } ] } }",
        ),
    ];
    insta::assert_snapshot!(all.join("\n"), @r"
    reached  spec.x: beside it y (Widget/web/a)
    reached  spec: has y (Widget/web/b)
    reached  spec: has y
    reached  spec.y: nothing is beside it
    ");
}

/// Under `notExists`, a path that no object can have would be satisfied for ever.
#[test]
fn what_a_crd_of_the_cluster_refuses_is_not_answered() {
    let crd = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "widgets.example.com"},
        "spec": {"group": "example.com", "scope": "Namespaced", "names": {"kind": "Widget", "plural": "widgets"}, "versions": [{
            "name": "v1", "served": true, "schema": {"openAPIV3Schema": {
                "type": "object", "properties": {"spec": {"type": "object", "properties": {"mode": {"type": "string"}}}},
            }},
        }]},
        "status": {"conditions": [{"type": "Established", "status": "True"}]},
    });
    let objects = [crd, widget("v1", "x", json!({}), json!({}))];
    let item = |path: &str| {
        format!(
            "{{ name: no mode, target: {{ apiVersion: example.com/v1, kind: Widget, name: x, fieldPath: {path} }}, op: notExists }}"
        )
    };
    check(&item("spec.mode"), &objects, "satisfied");
    check(&item("spec.mdoe"), &objects, "unknown.definition");
    insta::assert_snapshot!(ask(&item("spec.mdoe"), &objects), @r#"
    error[condition.unknown.definition]: "no mode" could not be evaluated
      help     `spec.mdoe` is no path of Widget (example.com/v1): `spec` has no field `mdoe`
      help     did you mean `mode`?
    "#);
}

/// A version that is not served has no objects; that there is one in another version is noted.
#[test]
fn an_object_in_another_version_is_noted() {
    let discovery = json!({
        "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2",
        "items": [{"metadata": {"name": "example.com"}, "versions": [
            {"version": "v1beta1", "resources": [{"resource": "widgets", "scope": "Namespaced", "responseKind": {"kind": "Widget"}}]},
        ]}],
    });
    let there = [discovery, widget("v1beta1", "x", json!({}), json!({}))];
    let all = ["exists", "notExists"].map(|op| {
        let item = format!("{{ name: {op}, target: {{ apiVersion: example.com/v1, kind: Widget, name: x }}, op: {op} }}");
        ask(&item, &there).to_string()
    });
    insta::assert_snapshot!(all.join("\n"), @r#"
    error[condition.not-satisfied.kind-absent]: "exists" is not satisfied
      object   Widget/web/x (example.com/v1)
      expected exists
      actual   the cluster does not serve the kind
      help     the cluster serves Widget in v1beta1
      note     the object is there in version v1beta1
    ok[condition.satisfied]: "notExists" is satisfied
      note     the cluster does not serve example.com/v1 Widget
      note     the object is there in version v1beta1
    "#);
}

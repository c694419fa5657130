//! Sets: selectors, `*`, `each`, and what is not seen; and the built-in targets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::collections::BTreeSet;

use catalog_conditions::SourceFile;
use catalog_conditions::condition::ConditionSet;
use catalog_conditions::document::Limits;
use catalog_conditions::evaluate::{Context, evaluate};
use catalog_conditions::report::{ConditionReport, Missing};
use catalog_conditions::snapshot::{Namespaces, Snapshot, SnapshotBuilder};
use serde_json::{Value, json};

fn ask(item: &str, snapshot: &Snapshot) -> ConditionReport {
    let file = SourceFile::new("s.yaml", format!("conditions:\n- {item}\n"));
    let (set, diagnostics) = ConditionSet::parse(&file, &Limits::default());
    assert_eq!(diagnostics, [], "{item}");
    evaluate(&set, snapshot, &Context::new().with_namespace("web")).conditions()[0].clone()
}

#[track_caller]
fn check(snapshot: &Snapshot, item: &str, code: &str) {
    let report = ask(item, snapshot);
    assert_eq!(
        report.code().strip_prefix("condition."),
        Some(code),
        "{item}\n{report}"
    );
}

fn deployment(namespace: &str, name: &str, ready: Value) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": "x"}}, "status": {"readyReplicas": ready},
    })
}

fn with(objects: impl IntoIterator<Item = Value>) -> SnapshotBuilder {
    objects
        .into_iter()
        .fold(Snapshot::builder(), SnapshotBuilder::object)
}

fn ready(namespaces: &str, each: &str) -> String {
    format!(
        "{{ target: {{ apiVersion: apps/v1, kind: Deployment, selector: app=x, {namespaces}fieldPath: status.readyReplicas }}, each: {each}, op: ge, value: 1 }}"
    )
}

/// Satisfied, not satisfied and unknown members, and whether others may exist.
fn members(satisfied: usize, not: usize, unknown: usize, unseen: bool) -> Snapshot {
    let many = |count: usize, prefix: &'static str, value: Value| {
        (0..count).map(move |at| deployment("web", &format!("{prefix}{at}"), value.clone()))
    };
    let builder = with(
        many(satisfied, "s", json!(1))
            .chain(many(not, "n", json!(0)))
            .chain(many(unknown, "u", json!("?"))),
    );
    if unseen {
        builder.build()
    } else {
        builder.complete().build()
    }
}

/// The count intervals, taken literally: try every number of further satisfied members that what is unknown allows.
fn expected(each: &str, satisfied: usize, not: usize, unknown: usize, unseen: bool) -> char {
    let extra = if unseen { 6 } else { 0 };
    let mut answers = BTreeSet::new();
    for more_satisfied in 0..=extra {
        for more_not in 0..=extra {
            for of_unknown in 0..=unknown {
                let yes = satisfied + more_satisfied + of_unknown;
                let no = not + more_not + unknown - of_unknown;
                answers.insert(match each {
                    "all" => no == 0,
                    "any" => yes > 0,
                    "none" => yes == 0,
                    "{ atLeast: 2 }" => yes >= 2,
                    "{ atMost: 1 }" => yes <= 1,
                    "{ exactly: 0 }" => yes == 0,
                    "{ exactly: 2 }" => yes == 2,
                    other => panic!("{other}"),
                });
            }
        }
    }
    let nothing = satisfied + not + unknown == 0;
    match (answers.contains(&true), answers.contains(&false)) {
        // Whether there is anything at all is part of the question.
        (true, false) if each == "all" && nothing => 'U',
        (true, false) => 'S',
        (false, true) => 'N',
        _ => 'U',
    }
}

#[test]
fn counts_decide_what_no_unknown_member_can_change() {
    for each in [
        "all",
        "any",
        "none",
        "{ atLeast: 2 }",
        "{ atMost: 1 }",
        "{ exactly: 0 }",
        "{ exactly: 2 }",
    ] {
        for satisfied in 0..4 {
            for not in 0..3 {
                for unknown in 0..3 {
                    for unseen in [false, true] {
                        let report =
                            ask(&ready("", each), &members(satisfied, not, unknown, unseen));
                        let letter = match report.outcome().as_str() {
                            "satisfied" => 'S',
                            "notSatisfied" => 'N',
                            _ => 'U',
                        };
                        let expected = expected(each, satisfied, not, unknown, unseen);
                        assert_eq!(
                            letter, expected,
                            "{each}: {satisfied} {not} {unknown} {unseen}\n{report}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn an_empty_set_has_its_own_rules() {
    let nothing = Snapshot::builder().complete().build();
    check(&nothing, &ready("", "all"), "unknown.nothing-selected");
    check(&nothing, &ready("", "all, allowEmpty: true"), "satisfied");
    check(&nothing, &ready("", "any"), "not-satisfied.empty-set");
    check(
        &nothing,
        &ready("", "{ atLeast: 1 }"),
        "not-satisfied.empty-set",
    );
    check(
        &nothing,
        &ready("", "{ exactly: 1 }"),
        "not-satisfied.empty-set",
    );
    for each in ["none", "{ atMost: 3 }", "{ exactly: 0 }"] {
        check(&nothing, &ready("", each), "satisfied");
    }
    check(
        &nothing,
        &ready("", "all, whenAbsent: satisfied"),
        "unknown.nothing-selected",
    );
}

#[test]
fn a_member_whose_path_is_absent_is_still_a_member() {
    let mut bare = deployment("web", "bare", json!(1));
    bare.as_object_mut().unwrap().remove("status");
    let snapshot = with([deployment("web", "a", json!(1)), bare])
        .complete()
        .build();
    check(&snapshot, &ready("", "all"), "not-satisfied.count");
    check(&snapshot, &ready("", "any"), "satisfied");
    check(&snapshot, &ready("", "{ exactly: 1 }"), "satisfied");
    check(
        &snapshot,
        &ready("", "all, whenAbsent: satisfied"),
        "satisfied",
    );
}

#[test]
fn namespaces_bound_what_is_selected_and_what_must_be_covered() {
    let objects = || {
        with([
            deployment("web", "a", json!(1)),
            deployment("db", "b", json!(0)),
        ])
    };
    let web = BTreeSet::from(["web".to_owned()]);
    let one = objects()
        .covers("apps", "Deployment", Namespaces::Named(web))
        .build();
    check(&one, &ready("", "all"), "satisfied");
    check(
        &one,
        &ready("namespace: db, ", "all"),
        "not-satisfied.count",
    );
    check(
        &one,
        &ready("namespaces: [web, db], ", "all"),
        "not-satisfied.count",
    );
    check(&one, &ready("namespaces: [web, db], ", "any"), "satisfied");
    check(
        &one,
        &ready("namespaces: [web, db], ", "{ atMost: 1 }"),
        "unknown.not-in-snapshot",
    );
    check(
        &one,
        &ready("namespaces: all, ", "{ atLeast: 2 }"),
        "unknown.not-in-snapshot",
    );
    check(
        &one,
        &ready("namespace: other, ", "any"),
        "unknown.not-in-snapshot",
    );
    let all = objects()
        .covers("apps", "Deployment", Namespaces::All)
        .build();
    check(
        &all,
        &ready("namespaces: all, ", "{ atLeast: 2 }"),
        "not-satisfied.count",
    );
    check(
        &all,
        &ready("namespace: other, ", "any"),
        "not-satisfied.empty-set",
    );
}

#[test]
fn a_selection_may_be_asked_whether_it_is_there() {
    let item = |op: &str| {
        format!(
            "{{ target: {{ apiVersion: apps/v1, kind: Deployment, selector: app=x }}, op: {op} }}"
        )
    };
    let there = with([deployment("web", "a", json!(1))]).build();
    check(&there, &item("exists"), "satisfied");
    check(&there, &item("notExists"), "not-satisfied.value");
    check(
        &with([deployment("db", "a", json!(1))]).complete().build(),
        &item("exists"),
        "not-satisfied.object-absent",
    );
    check(
        &with([deployment("db", "a", json!(1))]).complete().build(),
        &item("notExists"),
        "satisfied",
    );
    check(
        &Snapshot::builder().build(),
        &item("exists"),
        "unknown.not-in-snapshot",
    );
    check(
        &Snapshot::builder().build(),
        &item("notExists"),
        "unknown.not-in-snapshot",
    );
    let mut leaving = deployment("web", "a", json!(1));
    leaving["metadata"]["deletionTimestamp"] = "2024-01-01T00:00:00Z".into();
    let leaving = with([leaving]).complete().build();
    check(&leaving, &item("exists"), "unknown.terminating");
    check(&leaving, &item("notExists"), "unknown.terminating");
}

#[test]
fn stars_give_pairs_of_object_and_element() {
    let pod = |name: &str, images: Value| json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "web"}, "spec": {"containers": images}});
    let image = |image: &str| json!({"image": image});
    let snapshot = with([
        pod("a", json!([image("x:1"), image("x:2")])),
        pod("b", json!([image("y:1"), {"name": "no image"}])),
        pod("c", json!([])),
        pod("d", Value::Null),
    ])
    .complete()
    .build();
    let asks = |which: &str, each: &str, question: &str| {
        format!(
            "{{ target: {{ apiVersion: v1, kind: Pod, {which}, fieldPath: 'spec.containers[*].image' }}, each: {each}, {question} }}"
        )
    };
    check(
        &snapshot,
        &asks("selector: {}", "{ exactly: 3 }", "op: exists"),
        "satisfied",
    );
    check(
        &snapshot,
        &asks("selector: {}", "{ exactly: 1 }", "op: notExists"),
        "satisfied",
    );
    check(
        &snapshot,
        &asks(
            "selector: {}",
            "{ exactly: 2 }",
            "op: in, value: ['x:1', 'y:1']",
        ),
        "satisfied",
    );
    check(
        &snapshot,
        &asks(
            "name: a",
            "all",
            "op: range, value: '>=1', as: imageVersion",
        ),
        "satisfied",
    );
    check(
        &snapshot,
        &asks("name: b", "all", "op: exists"),
        "not-satisfied.count",
    );
    check(
        &snapshot,
        &asks("name: c", "all", "op: exists"),
        "unknown.nothing-selected",
    );
    check(
        &snapshot,
        &asks("name: d", "none", "op: exists"),
        "satisfied",
    );
    // The object itself is no part of the set: without it, the matrix answers.
    check(
        &snapshot,
        &asks("name: missing", "none", "op: eq, value: a"),
        "not-satisfied.object-absent",
    );
    check(
        &snapshot,
        &asks("name: missing", "all, allowEmpty: true", "op: eq, value: a"),
        "not-satisfied.object-absent",
    );
    let odd = with([pod("a", json!("not a list"))]).complete().build();
    for each in ["all", "any", "none", "{ atMost: 5 }"] {
        check(
            &odd,
            &asks("name: a", each, "op: exists"),
            "unknown.path-mismatch",
        );
    }
}

#[test]
fn a_kind_that_is_absent_is_an_empty_set() {
    let snapshot = Snapshot::builder()
        .object(json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": [{"name": "apps", "versions": [{"groupVersion": "apps/v1", "version": "v1"}]}]}))
        .build();
    let item = |each: &str, op: &str| {
        let path = if each.is_empty() {
            ""
        } else {
            ", fieldPath: spec.x"
        };
        format!(
            "{{ target: {{ apiVersion: example.com/v1, kind: Widget, selector: {{}}, namespaces: all{path} }}, {each}op: {op} }}"
        )
    };
    check(
        &snapshot,
        &item("each: all, ", "exists"),
        "unknown.nothing-selected",
    );
    check(
        &snapshot,
        &item("each: any, ", "exists"),
        "not-satisfied.kind-absent",
    );
    check(&snapshot, &item("each: none, ", "exists"), "satisfied");
    check(&snapshot, &item("", "exists"), "not-satisfied.kind-absent");
    check(&snapshot, &item("", "notExists"), "satisfied");
    let noted = ask(&item("", "notExists"), &snapshot);
    assert_eq!(
        noted.answer().help(),
        ["note: the cluster does not serve example.com/v1 Widget"]
    );
    let missing = Missing::Api {
        group: "example.com".into(),
        version: Some("v1".into()),
        kind: "Widget".into(),
    };
    assert_eq!(
        ask(&item("", "exists"), &snapshot).missing(),
        Some(&missing)
    );
}

fn crd(name: &str, established: &str, versions: Value) -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": name},
        "spec": {"group": "example.com", "scope": "Namespaced", "names": {"kind": "Widget"}, "versions": versions},
        "status": {"conditions": [{"type": "Established", "status": established}], "storedVersions": ["v1beta1"]},
    })
}

#[test]
fn crds() {
    let versions = json!([{"name": "v1", "served": true}, {"name": "v1beta1", "served": false}]);
    let snapshot = |crd: Value| with([crd]).complete().build();
    let there = snapshot(crd("widgets.example.com", "True", versions.clone()));
    let item = |rest: &str, op: &str| {
        format!("{{ target: {{ crd: {{ name: widgets.example.com{rest} }} }}, op: {op} }}")
    };
    let both = |snapshot: &Snapshot, rest: &str, exists: &str, not_exists: &str| {
        check(snapshot, &item(rest, "exists"), exists);
        check(snapshot, &item(rest, "notExists"), not_exists);
    };
    both(&there, "", "satisfied", "not-satisfied.value");
    both(&there, ", served: v1", "satisfied", "not-satisfied.value");
    both(
        &there,
        ", served: v1beta1",
        "not-satisfied.value",
        "satisfied",
    );
    both(
        &there,
        ", stored: v1beta1",
        "satisfied",
        "not-satisfied.value",
    );
    both(&there, ", stored: v1", "not-satisfied.value", "satisfied");
    both(
        &snapshot(crd("widgets.example.com", "False", versions.clone())),
        "",
        "not-satisfied.value",
        "satisfied",
    );
    let mut twice = crd("widgets.example.com", "False", versions.clone());
    let conditions = twice["status"]["conditions"].as_array_mut().unwrap();
    conditions.push(json!({"type": "Established", "status": "True"}));
    let mut new = crd("widgets.example.com", "True", versions.clone());
    new["status"] = json!({});
    for doubtful in [
        twice,
        new,
        crd("widgets.example.com", "Unknown", versions.clone()),
    ] {
        let doubtful = snapshot(doubtful);
        let unknown = "unknown.condition-unknown";
        both(&doubtful, "", unknown, unknown);
        both(&doubtful, ", served: v1", unknown, unknown);
        let api = "{ target: { apiAvailable: { group: example.com, kind: Widget } } }";
        check(&doubtful, api, "unknown.not-in-snapshot");
    }
    both(
        &snapshot(crd("gadgets.example.com", "True", versions.clone())),
        "",
        "not-satisfied.object-absent",
        "satisfied",
    );
    both(
        &Snapshot::builder().build(),
        "",
        "unknown.not-in-snapshot",
        "unknown.not-in-snapshot",
    );
    let mut leaving = crd("widgets.example.com", "True", versions);
    leaving["metadata"]["deletionTimestamp"] = "2024-01-01T00:00:00Z".into();
    both(
        &snapshot(leaving),
        "",
        "unknown.terminating",
        "unknown.terminating",
    );
    let absent = ask(&item("", "exists"), &Snapshot::builder().complete().build());
    assert_eq!(
        absent.missing(),
        Some(&Missing::Crd {
            name: "widgets.example.com".into()
        })
    );
}

#[test]
fn a_default_storage_class() {
    let class = |name: &str, key: &str, value: &str| json!({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name, "annotations": {key: value}}});
    let both = |snapshot: &Snapshot, exists: &str, not_exists: &str| {
        check(
            snapshot,
            "{ target: { storageClass: { default: true } } }",
            exists,
        );
        check(
            snapshot,
            "{ target: { storageClass: { default: true } }, op: notExists }",
            not_exists,
        );
    };
    let stable = "storageclass.kubernetes.io/is-default-class";
    both(
        &with([class("a", stable, "true")]).build(),
        "satisfied",
        "not-satisfied.value",
    );
    both(
        &with([class(
            "a",
            "storageclass.beta.kubernetes.io/is-default-class",
            "true",
        )])
        .build(),
        "satisfied",
        "not-satisfied.value",
    );
    both(
        &with([class("a", stable, "false")]).complete().build(),
        "not-satisfied.object-absent",
        "satisfied",
    );
    both(
        &with([class("a", stable, "false")]).build(),
        "unknown.not-in-snapshot",
        "unknown.not-in-snapshot",
    );
    let mut leaving = class("a", stable, "true");
    leaving["metadata"]["deletionTimestamp"] = "2024-01-01T00:00:00Z".into();
    both(
        &with([leaving]).complete().build(),
        "unknown.terminating",
        "unknown.terminating",
    );
}

#[test]
fn what_is_missing_is_named_for_single_questions_only() {
    let nothing = Snapshot::builder()
        .complete()
        .object(json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": []}))
        .build();
    let missing = |item: &str| ask(item, &nothing).missing().map(ToString::to_string);
    assert_eq!(
        missing("{ target: { apiAvailable: { group: example.com, kind: Widget } } }").unwrap(),
        "API example.com/Widget"
    );
    assert_eq!(
        missing("{ target: { apiAvailable: { group: example.com, version: v1, kind: Widget } } }")
            .unwrap(),
        "API example.com/v1/Widget"
    );
    assert_eq!(
        missing("{ target: { apiVersion: example.com/v1, kind: Widget, name: x }, op: exists }")
            .unwrap(),
        "API example.com/v1/Widget"
    );
    assert_eq!(
        missing("{ all: [{ target: { crd: { name: a.b } } }] }"),
        None
    );
    assert_eq!(
        missing("{ target: { crd: { name: a.b } }, op: notExists }"),
        None
    );
    assert_eq!(
        missing("{ target: { apiVersion: v1, kind: ConfigMap, name: x }, op: exists }"),
        None
    );
    let oam = with([]).complete().build();
    let definition = "{ target: { apiVersion: core.oam.dev/v1beta1, kind: TraitDefinition, name: scaler, namespace: vela-system }, op: exists }";
    assert_eq!(
        ask(definition, &oam).missing().unwrap().to_string(),
        "TraitDefinition scaler"
    );
    let crd = "{ target: { apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, name: a.b, fieldPath: 'spec.group' }, op: eq, value: b }";
    assert_eq!(ask(crd, &oam).missing().unwrap().to_string(), "CRD a.b");
}

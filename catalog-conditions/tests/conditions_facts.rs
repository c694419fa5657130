//! Several facts about one object, fields that are compared with fields, and conditions that apply only sometimes.
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

fn ask(item: &str, snapshot: &Snapshot, context: &Context) -> ConditionReport {
    let text = format!(
        "conditions:\n- name: it holds\n  {}\n",
        item.replace('\n', "\n  ")
    );
    let (set, diagnostics) =
        ConditionSet::parse(&SourceFile::new("f.yaml", text), &Limits::default());
    assert_eq!(diagnostics, [], "{item}");
    evaluate(&set, snapshot, context).conditions()[0].clone()
}

#[track_caller]
fn check(item: &str, snapshot: &Snapshot, expected: &str) {
    let report = ask(item, snapshot, &Context::new().with_namespace("web"));
    assert_eq!(
        report.code().strip_prefix("condition.").unwrap(),
        expected,
        "{item}\n{report}"
    );
}

fn class(name: &str, default: &str, expands: Value) -> Value {
    json!({
        "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
        "metadata": {"name": name, "annotations": {"storageclass.kubernetes.io/is-default-class": default}},
        "allowVolumeExpansion": expands,
    })
}

fn classes(classes: impl IntoIterator<Item = Value>) -> Snapshot {
    let builder = Snapshot::builder().complete();
    classes
        .into_iter()
        .fold(builder, |builder, class| builder.object(class))
        .build()
}

/// The specification's own example.
const EXPANDS: &str = "target: { apiVersion: storage.k8s.io/v1, kind: StorageClass, selector: \"\" }
each: any
satisfies:
  all:
  - { fieldPath: \"metadata.annotations['storageclass.kubernetes.io/is-default-class']\", op: eq, value: \"true\" }
  - { fieldPath: allowVolumeExpansion, op: eq, value: true }";

#[test]
fn facts_hold_of_one_object_together() {
    let both = class("a", "true", json!(true));
    let one = class("b", "true", json!(false));
    let other = class("c", "false", json!(true));
    check(EXPANDS, &classes([both]), "satisfied");
    check(
        EXPANDS,
        &classes([one.clone(), other.clone()]),
        "not-satisfied.count",
    );
    check(EXPANDS, &classes([]), "not-satisfied.empty-set");
    let unclear = class("d", "true", json!("yes"));
    check(EXPANDS, &classes([unclear.clone()]), "unknown.parts");
    // Not being the default decides, whatever else is not known.
    let decided = class("e", "false", json!("yes"));
    check(EXPANDS, &classes([decided]), "not-satisfied.count");
    let report = ask(EXPANDS, &classes([one, other, unclear]), &Context::new());
    insta::assert_snapshot!(report, @r#"
    error[condition.unknown.parts]: "it holds" could not be evaluated
      object   every StorageClass (storage.k8s.io/v1)
      expected any: metadata.annotations['storageclass.kubernetes.io/is-default-class'] eq "true" (string); allowVolumeExpansion eq true (boolean)
      actual   0 of 3 satisfied, 1 unknown
      help     StorageClass/b: `allowVolumeExpansion eq true (boolean)` does not hold: false (boolean)
      help     StorageClass/c: `metadata.annotations['storageclass.kubernetes.io/is-default-class'] eq "true" (string)` does not hold: "false" (string)
      help     StorageClass/d: `allowVolumeExpansion eq true (boolean)` is unknown (condition.unknown.type-mismatch): "yes" (string)
    "#);
}

#[test]
fn facts_about_a_named_object_and_about_elements() {
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", "namespace": "web"},
        "spec": {"containers": [
            {"name": "a", "image": "a:1", "ports": [{"port": 80}, {"port": 443}]},
            {"name": "b", "image": "b:2"},
        ]},
        "status": {"conditions": [{"type": "Ready", "status": "True"}]},
    });
    let snapshot = classes([pod]);
    let of_pod = |rest: &str| format!("target: {{ apiVersion: v1, kind: Pod, name: x{rest}");
    let whole = |facts: &str| format!("{}}}\nsatisfies: {facts}", of_pod(" "));
    check(
        &whole("{ fieldPath: spec.containers, op: length, value: {op: eq, value: 2} }"),
        &snapshot,
        "satisfied",
    );
    check(
        &whole("{ op: condition, value: {type: Ready} }"),
        &snapshot,
        "satisfied",
    );
    check(
        &whole(
            "{ fieldPath: \"spec.containers[*].ports[*].port\", each: any, op: eq, value: 443 }",
        ),
        &snapshot,
        "satisfied",
    );
    check(
        &whole(
            "{ fieldPath: \"spec.containers[*].ports[*].port\", each: all, op: eq, value: 443 }",
        ),
        &snapshot,
        "not-satisfied.count",
    );
    check(
        &whole("{ not: { fieldPath: spec.nodeName, op: exists } }"),
        &snapshot,
        "satisfied",
    );
    check(
        &whole("{ jsonPath: \"$.spec.containers[?@.name == 'b'].image\", op: eq, value: 'b:2' }"),
        &snapshot,
        "satisfied",
    );
    check(
        &whole(
            "{ any: [ { fieldPath: spec.x, op: exists }, { fieldPath: spec.containers.x, op: exists } ] }",
        ),
        &snapshot,
        "unknown.parts",
    );
    let element = |facts: &str, each: &str| {
        format!(
            "{}, fieldPath: \"spec.containers[*]\" }}\neach: {each}\nsatisfies: {facts}",
            of_pod("")
        )
    };
    let ported =
        "{ all: [ { fieldPath: name, op: eq, value: a }, { fieldPath: ports, op: exists } ] }";
    check(&element(ported, "{exactly: 1}"), &snapshot, "satisfied");
    check(&element(ported, "all"), &snapshot, "not-satisfied.count");
    insta::assert_snapshot!(ask(&element(ported, "all"), &snapshot, &Context::new().with_namespace("web")), @r#"
    error[condition.not-satisfied.count]: "it holds" is not satisfied
      object   Pod/web/x (v1)
      field    spec.containers[*]
      expected all: name eq "a" (string); ports exists
      actual   1 of 2 satisfied
      help     spec.containers[1]: `name eq "a" (string)` does not hold: "b" (string); `ports exists` does not hold: absent
    "#);
    let named = whole(
        "{ all: [ { fieldPath: spec.nodeName, op: exists }, { fieldPath: metadata.name, op: eq, value: other } ] }",
    );
    insta::assert_snapshot!(ask(&named, &snapshot, &Context::new().with_namespace("web")), @r#"
    error[condition.not-satisfied.parts]: "it holds" is not satisfied
      object   Pod/web/x (v1)
      expected spec.nodeName exists; metadata.name eq "other" (string)
      actual   0 of 2 facts hold
      help     `spec.nodeName exists` does not hold: absent
      help     `metadata.name eq "other" (string)` does not hold: "x" (string)
    "#);
}

fn daemons(ready: Value, desired: Value) -> Snapshot {
    classes([json!({
        "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "agent", "namespace": "web"},
        "status": {"numberReady": ready, "desiredNumberScheduled": desired},
    })])
}

#[test]
fn a_field_is_compared_with_another() {
    let item = |op: &str| {
        format!(
            "target: {{ apiVersion: apps/v1, kind: DaemonSet, name: agent, namespace: $namespace, fieldPath: status.numberReady }}\nop: {op}\nvalueFrom: {{ fieldPath: status.desiredNumberScheduled }}"
        )
    };
    check(&item("eq"), &daemons(json!(3), json!(3.0)), "satisfied");
    check(
        &item("eq"),
        &daemons(json!(2), json!(3)),
        "not-satisfied.value",
    );
    check(&item("ne"), &daemons(json!(2), json!(3)), "satisfied");
    check(&item("lt"), &daemons(json!(2), json!(3)), "satisfied");
    for nothing in [Value::Null, json!([3])] {
        let code = if nothing.is_null() {
            "unknown.value-from"
        } else {
            "unknown.type-mismatch"
        };
        for op in ["eq", "ne", "gt"] {
            check(&item(op), &daemons(json!(2), nothing.clone()), code);
        }
    }
    // Texts have no order of their own.
    check(
        &item("ge"),
        &daemons(json!("b"), json!("a")),
        "unknown.type-mismatch",
    );
    check(&item("eq"), &daemons(json!("a"), json!("a")), "satisfied");
    let report = ask(
        &item("eq"),
        &daemons(json!(2), json!(3)),
        &Context::new().with_namespace("web"),
    );
    insta::assert_snapshot!(report, @r#"
    error[condition.not-satisfied.value]: "it holds" is not satisfied
      object   DaemonSet/web/agent (apps/v1)
      field    status.numberReady
      expected eq the value of status.desiredNumberScheduled
      actual   2 (number)
      help     status.desiredNumberScheduled is 3 (number)
    "#);
}

#[test]
fn headroom() {
    let quota = |hard: &str, used: &str| {
        classes([json!({
            "apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q", "namespace": "web"},
            "spec": {"need": "2Gi"}, "status": {"hard": {"requests.memory": hard}, "used": {"requests.memory": used}},
        })])
    };
    let item = |reading: &str| {
        format!(
            "target: {{ apiVersion: v1, kind: ResourceQuota, name: q, fieldPath: spec.need }}\nop: le\n{reading}valueFrom: {{ fieldPath: \"status.hard['requests.memory']\", minus: {{ fieldPath: \"status.used['requests.memory']\" }} }}"
        )
    };
    check(&item("as: quantity\n"), &quota("10Gi", "8Gi"), "satisfied");
    check(
        &item("as: quantity\n"),
        &quota("10Gi", "8193Mi"),
        "not-satisfied.value",
    );
    check(
        &item("as: quantity\n"),
        &quota("10Gi", "much"),
        "unknown.value-from",
    );
    check(&item(""), &quota("10", "8"), "unknown.value-from");
    let numbers = |hard: Value, used: Value, need: Value| {
        classes([json!({
            "apiVersion": "example.com/v1", "kind": "Pool", "metadata": {"name": "p", "namespace": "web"},
            "spec": {"hard": hard, "used": used, "need": need},
        })])
    };
    let item = "target: { apiVersion: example.com/v1, kind: Pool, name: p, fieldPath: spec.need }\nop: le\nvalueFrom: { fieldPath: spec.hard, minus: { fieldPath: spec.used } }";
    check(item, &numbers(json!(10), json!(8), json!(2)), "satisfied");
    check(
        item,
        &numbers(json!(0.3), json!(0.1), json!(0.2)),
        "satisfied",
    );
    check(
        item,
        &numbers(json!(10), json!(9), json!(2)),
        "not-satisfied.value",
    );
    check(
        item,
        &numbers(json!(10), json!(9), json!("2")),
        "unknown.type-mismatch",
    );
}

#[test]
fn a_condition_applies_only_when_it_is_said_to() {
    let item = "when: { parameter: metrics.enabled, op: eq, value: true }\ntarget: { apiVersion: v1, kind: Namespace, name: missing }\nop: exists";
    let code = |context: Context| ask(item, &classes([]), &context).code().to_owned();
    let with = |parameters| code(Context::new().with_parameters(parameters));
    assert_eq!(
        with(json!({"metrics": {"enabled": true}})),
        "condition.not-satisfied.object-absent"
    );
    assert_eq!(
        with(json!({"metrics": {"enabled": false}})),
        "condition.not-applicable"
    );
    assert_eq!(with(json!({"metrics": {}})), "condition.not-applicable");
    assert_eq!(with(json!({})), "condition.not-applicable");
    assert_eq!(
        with(json!({"metrics": {"enabled": "yes"}})),
        "condition.unknown.when"
    );
    assert_eq!(with(json!({"metrics": true})), "condition.unknown.when");
    assert_eq!(code(Context::new()), "condition.unknown.no-parameters");
    let report = |parameters| {
        ask(
            item,
            &classes([]),
            &Context::new().with_parameters(parameters),
        )
        .to_string()
    };
    let told = [
        report(json!({"metrics": {"enabled": false}})),
        report(json!({"metrics": {"enabled": "yes"}})),
        ask(item, &classes([]), &Context::new()).to_string(),
    ];
    insta::assert_snapshot!(told.join("\n"), @r#"
    ok[condition.not-applicable]: "it holds" does not apply
      expected when metrics.enabled eq true (boolean)
      actual   metrics.enabled is false (boolean)
    error[condition.unknown.when]: "it holds" could not be evaluated
      expected when metrics.enabled eq true (boolean)
      actual   metrics.enabled is "yes" (string)
      help     `metrics.enabled eq true (boolean)` is unknown (condition.unknown.type-mismatch): "yes" (string)
    error[condition.unknown.no-parameters]: "it holds" could not be evaluated
      help     say the parameters of the installation: the condition depends on them
    "#);
}

#[test]
fn parameters_are_withheld_where_some_may_be_secret() {
    let item = "when: { parameter: db.password, op: eq, value: changeme }\ntarget: { apiVersion: v1, kind: Namespace, name: missing }\nop: exists";
    let told = |parameters: Value| {
        let context = Context::new()
            .with_parameters(parameters)
            .withholding_parameters()
            .explaining();
        let report = ask(item, &classes([]), &context);
        let text = format!("{context:?} {report:?} {report}");
        assert!(
            !text.contains("hunter2") && !text.contains("81239"),
            "{text}"
        );
        report.to_string()
    };
    let told = [
        told(json!({"db": {"password": "hunter2"}})),
        told(json!({"db": {"password": 81239}})),
        told(json!({"db": {"password": null}})),
        told(json!({"db": "hunter2"})),
        told(json!({"db": {}})),
    ];
    insta::assert_snapshot!(told.join("\n"), @r#"
    ok[condition.not-applicable]: "it holds" does not apply
      expected when db.password eq "changeme" (string)
      actual   db.password is not shown
    error[condition.unknown.when]: "it holds" could not be evaluated
      expected when db.password eq "changeme" (string)
      actual   db.password is not shown
    ok[condition.not-applicable]: "it holds" does not apply
      expected when db.password eq "changeme" (string)
      actual   db.password is null
    error[condition.unknown.when]: "it holds" could not be evaluated
      expected when db.password eq "changeme" (string)
      actual   db.password is the path does not fit the object
    ok[condition.not-applicable]: "it holds" does not apply
      expected when db.password eq "changeme" (string)
      actual   db.password is absent
    "#);
}

#[test]
fn what_does_not_apply_shuts_no_gate() {
    let text = "conditions:\n- when: { parameter: x, op: exists }\n  target: { apiVersion: v1, kind: Namespace, name: missing }\n  op: exists\n";
    let (set, _) = ConditionSet::parse(&SourceFile::new("f.yaml", text), &Limits::default());
    let gate = |parameters| {
        evaluate(
            &set,
            &classes([]),
            &Context::new().with_parameters(parameters),
        )
        .gate()
        .as_str()
    };
    assert_eq!(gate(json!({})), "pass");
    assert_eq!(gate(json!({"x": 1})), "fail");
    assert_eq!(
        evaluate(&set, &classes([]), &Context::new())
            .gate()
            .as_str(),
        "indeterminate"
    );
}

#[test]
fn permissions() {
    let review = |namespace: Value, allowed: bool| {
        json!({
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {"verb": "create", "group": "apps", "resource": "deployments", "namespace": namespace}},
            "status": {"allowed": allowed},
        })
    };
    let item = |rest: &str, op: &str| {
        format!(
            "target: {{ canI: {{ verb: create, group: apps, resource: deployments{rest} }} }}\nop: {op}"
        )
    };
    let own = item(", namespace: $namespace", "exists");
    check(&own, &classes([review(json!("web"), true)]), "satisfied");
    check(
        &own,
        &classes([review(json!("web"), false)]),
        "not-satisfied.value",
    );
    check(
        &own,
        &classes([review(json!("db"), true)]),
        "unknown.not-in-snapshot",
    );
    check(
        &own,
        &classes([review(json!("web"), true), review(json!("web"), false)]),
        "unknown.undecided",
    );
    check(
        &item(", namespace: web", "notExists"),
        &classes([review(json!("web"), true)]),
        "not-satisfied.value",
    );
    check(
        &item("", "exists"),
        &classes([review(json!(""), true)]),
        "satisfied",
    );
    check(
        &item(", name: x", "exists"),
        &classes([review(json!(""), true)]),
        "unknown.not-in-snapshot",
    );
    let nowhere = ask(&own, &classes([]), &Context::new());
    assert_eq!(nowhere.code(), "condition.unknown.no-namespace");
    let denied = ask(
        &own,
        &classes([review(json!("web"), false)]),
        &Context::new().with_namespace("web"),
    );
    insta::assert_snapshot!(denied, @r#"
    error[condition.not-satisfied.value]: "it holds" is not satisfied
      object   permission to create deployments.apps in $namespace
      expected exists
      actual   denied
      help     grant the permission to create deployments.apps in $namespace
    "#);
}

fn node(name: &str, memory: Value, ready: &str, unschedulable: bool) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": {"pool": name.get(..1)}},
        "spec": {"unschedulable": unschedulable},
        "status": {"allocatable": {"memory": memory, "nvidia.com/gpu": "1"}, "conditions": [{"type": "Ready", "status": ready}]},
    })
}

#[test]
fn nodes_that_are_perhaps_ready() {
    let mut twice = node("a3", json!("64Gi"), "True", false);
    let ready = json!({"type": "Ready", "status": "False"});
    twice["status"]["conditions"]
        .as_array_mut()
        .unwrap()
        .push(ready);
    let unheard = node("a3", json!("64Gi"), "Unknown", false);
    let mut new = node("a3", json!("64Gi"), "True", false);
    new["status"]["conditions"] = json!([]);
    for perhaps in [twice, unheard, new] {
        let snapshot = classes(vec![
            node("a1", json!("8Gi"), "True", false),
            node("a2", json!("16Gi"), "True", false),
            perhaps,
            node("a4", json!("64Gi"), "Unknown", true),
        ]);
        for (nodes, test, expected) in [
            ("count: true", "op: ge\nvalue: 2", "satisfied"),
            ("count: true", "op: lt\nvalue: 4", "satisfied"),
            ("count: true", "op: ge\nvalue: 4", "not-satisfied.value"),
            (
                "count: true",
                "op: ge\nvalue: 3",
                "unknown.condition-unknown",
            ),
            (
                "count: true",
                "op: le\nvalue: 2",
                "unknown.condition-unknown",
            ),
            (
                "count: true",
                "op: eq\nvalue: 2",
                "unknown.condition-unknown",
            ),
            ("count: true, ready: false", "op: eq\nvalue: 3", "satisfied"),
            (
                "sum: allocatable.memory",
                "op: ge\nvalue: 24Gi",
                "satisfied",
            ),
            (
                "max: allocatable.memory",
                "op: le\nvalue: 16Gi",
                "unknown.condition-unknown",
            ),
            ("min: allocatable.memory", "op: ge\nvalue: 8Gi", "satisfied"),
        ] {
            check(
                &format!("target: {{ nodes: {{ {nodes} }} }}\n{test}"),
                &snapshot,
                expected,
            );
        }
    }
    let nobody = classes(vec![node("a1", json!("8Gi"), "Unknown", false)]);
    check(
        "target: { nodes: { min: allocatable.memory } }\nop: ge\nvalue: 16Gi",
        &nobody,
        "unknown.condition-unknown",
    );
}

#[test]
fn nodes_together() {
    let cluster = || {
        vec![
            node("a1", json!("8Gi"), "True", false),
            node("a2", json!("16Gi"), "True", false),
            node("b1", json!("32Gi"), "True", true),
            node("b2", json!("64Gi"), "False", false),
        ]
    };
    let item = |of: &str, rest: &str| format!("target: {{ nodes: {{ {of} }} }}\n{rest}");
    let snapshot = classes(cluster());
    for (of, rest) in [
        ("count: true", "op: eq\nvalue: 2"),
        ("count: true, schedulable: false", "op: eq\nvalue: 3"),
        (
            "count: true, ready: false, schedulable: false",
            "op: in\nvalue: [4]",
        ),
        (
            "count: true, selector: pool=a",
            "op: between\nvalue: [2, 2]",
        ),
        ("count: true, selector: pool=z", "op: eq\nvalue: 0"),
        ("sum: allocatable.memory", "op: eq\nvalue: 24Gi"),
        ("min: allocatable.memory", "op: ge\nvalue: 8Gi"),
        ("max: allocatable.memory", "op: lt\nvalue: 17Gi"),
        (
            "max: allocatable.memory, ready: false",
            "op: eq\nvalue: 64Gi",
        ),
        (
            "sum: \"allocatable['nvidia.com/gpu']\"",
            "op: eq\nvalue: \"2\"",
        ),
        ("sum: capacity.cpu", "op: eq\nvalue: \"0\""),
        (
            "sum: allocatable.memory, selector: pool=z",
            "op: eq\nvalue: \"0\"",
        ),
    ] {
        check(&item(of, rest), &snapshot, "satisfied");
    }
    check(
        &item("min: allocatable.memory", "op: gt\nvalue: 8Gi"),
        &snapshot,
        "not-satisfied.value",
    );
    for of in [
        "min: allocatable.memory, selector: pool=z",
        "max: allocatable.memory, selector: pool=z",
    ] {
        check(
            &item(of, "op: ge\nvalue: \"0\""),
            &snapshot,
            "not-satisfied.empty-set",
        );
    }
    let count = item("count: true", "op: ge\nvalue: 1");
    let part = cluster()
        .into_iter()
        .fold(Snapshot::builder(), |builder, node| builder.object(node))
        .build();
    check(&count, &part, "unknown.not-in-snapshot");
    let mut odd = cluster();
    odd.push(node("a3", json!("8 GB"), "True", false));
    check(
        &item("sum: allocatable.memory", "op: ge\nvalue: 1Gi"),
        &classes(odd.clone()),
        "unknown.type-mismatch",
    );
    check(&count, &classes(odd), "satisfied");
    let mut leaving = cluster();
    leaving[0]["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
    check(&count, &classes(leaving.clone()), "unknown.terminating");
    check(
        &item(
            "count: true, selector: pool=b, schedulable: false",
            "op: ge\nvalue: 1",
        ),
        &classes(leaving),
        "satisfied",
    );
    let small = ask(
        &item("sum: allocatable.memory", "op: ge\nvalue: 100Gi"),
        &snapshot,
        &Context::new(),
    );
    insta::assert_snapshot!(small, @r#"
    error[condition.not-satisfied.value]: "it holds" is not satisfied
      object   every ready schedulable Node (v1)
      field    sum of allocatable.memory
      expected ge "100Gi" (quantity)
      actual   "24Gi" over 2 nodes
    "#);
}

#[test]
fn explanations() {
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", "namespace": "web"},
        "spec": {"containers": [{"name": "a", "image": "a:1"}], "nodeName": "n"},
    });
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "web"},
        "data": {"password": "aHVudGVyMg=="},
    });
    let snapshot = classes([pod, secret]);
    let context = Context::new().with_namespace("web").explaining();
    let explained = |target: &str, question: &str| {
        ask(
            &format!("target: {{ {target} }}\n{question}"),
            &snapshot,
            &context,
        )
        .answer()
        .explanation()
        .join("\n")
    };
    let pod = |path: &str| format!("apiVersion: v1, kind: Pod, name: x, fieldPath: \"{path}\"");
    let all = [
        explained(&pod("spec.nodeName"), "op: exists"),
        explained(&pod("spec.nodeNam"), "op: exists"),
        explained(&pod("spec.containers[0].imag"), "op: exists"),
        explained(&pod("spec.containers[name=b].image"), "op: exists"),
        explained(&pod("spec.nodeName.x"), "op: exists"),
        explained(&pod("spec.containers[*].image"), "op: exists\neach: all"),
        explained(
            "apiVersion: v1, kind: Pod, name: x, jsonPath: $.spec.x",
            "op: exists",
        ),
        explained(
            "apiVersion: v1, kind: Secret, name: s, fieldPath: data.password",
            "op: eq\nvalue: x",
        ),
    ];
    insta::assert_snapshot!(all.join("\n"), @r#"
    reached  spec.nodeName: beside it containers
    reached  spec: has containers, nodeName
    reached  spec.containers[0]: has image, name
    reached  spec.containers: a list of 1 element
    reached  spec.nodeName: "n" (string)
    reached  spec.containers[0].image: "a:1" (string)
    reached  the object: has apiVersion, kind, metadata, spec
    reached  not shown, being read from a Secret (string, 7 bytes)
    "#);
}

#[test]
fn nothing_of_a_secret_is_told() {
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret",
        "metadata": {"name": "s", "namespace": "web", "labels": {"app": "x"}, "annotations": {"hint": "hunter2"}},
        "data": {"password": "aHVudGVyMg==", "hunter2": "eA=="},
        "status": {"conditions": [{"type": "hunter2", "status": "True"}]},
    });
    let snapshot = classes([secret]);
    let context = Context::new().with_namespace("web").explaining();
    let which = ["name: s", "selector: app=x"];
    let questions = [
        ("fieldPath: data.password", "op: eq\nvalue: x"),
        ("fieldPath: data.password", "op: matches\nvalue: '^x$'"),
        (
            "fieldPath: data.password",
            "op: length\nvalue: {op: eq, value: 1}",
        ),
        ("fieldPath: data.password", "op: hasItem\nvalue: x"),
        (
            "fieldPath: data.password",
            "op: eq\nvalueFrom: { fieldPath: metadata.annotations.hint }",
        ),
        ("fieldPath: data.pasword", "op: exists"),
        ("jsonPath: $.data", "op: eq\nvalue: x"),
        (
            "jsonPath: \"$.metadata.annotations[?@ != 'z']\"",
            "op: eq\nvalue: x",
        ),
        (
            "jsonPath: \"$.data.*\"",
            "op: eq\nvalue: x\neach: {exactly: 5}",
        ),
        (
            "fieldPath: \"data[*]\"",
            "op: eq\nvalue: x\neach: {exactly: 5}",
        ),
        ("", "op: condition\nvalue: {type: Ready}"),
        (
            "",
            "satisfies: { all: [ { fieldPath: data.password, op: eq, value: x }, { jsonPath: $.metadata, op: exists }, { fieldPath: metadata.annotations.hint, op: isNull } ] }",
        ),
        ("", "satisfies: { op: condition, value: {type: Ready} }"),
        (
            "fieldPath: metadata.annotations",
            "satisfies: { fieldPath: hint, op: eq, value: x }",
        ),
    ];
    for which in which {
        for (path, question) in questions {
            let many = which.starts_with("selector") && !question.contains("each:");
            let each = if many { "\neach: all" } else { "" };
            let comma = if path.is_empty() { "" } else { ", " };
            let item = format!(
                "target: {{ apiVersion: v1, kind: Secret, {which}{comma}{path} }}\n{question}{each}"
            );
            let report = ask(&item, &snapshot, &context);
            let told = format!(
                "{report}\n{}\n{:?}",
                report.to_json(),
                report.answer().explanation()
            );
            assert!(
                !told.contains("hunter2") && !told.contains("aHVudGVyMg"),
                "{item}\n{told}"
            );
        }
    }
}

//! Every operator on values of every type.

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
use catalog_conditions::report::{ConditionReport, Outcome};
use catalog_conditions::snapshot::Snapshot;
use serde_json::{Value, json};

fn report(item: &str, object: Value) -> ConditionReport {
    let file = SourceFile::new("o.yaml", format!("conditions:\n- {item}\n"));
    let (set, diagnostics) = ConditionSet::parse(&file, &Limits::default());
    assert_eq!(diagnostics, [], "{item}");
    let snapshot = Snapshot::builder()
        .taken_at("2026-03-01T12:00:00Z")
        .object(object)
        .build();
    assert_eq!(snapshot.diagnostics(), []);
    let context = Context::new().with_namespace("web");
    evaluate(&set, &snapshot, &context).conditions()[0].clone()
}

fn pod(rest: Value) -> Value {
    let mut pod =
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", "namespace": "web"}});
    for (key, value) in rest.as_object().unwrap() {
        pod[key] = value.clone();
    }
    pod
}

fn letter(outcome: Outcome) -> char {
    match outcome {
        Outcome::Satisfied => 'S',
        Outcome::NotSatisfied => 'N',
        Outcome::Unknown => 'U',
        Outcome::NotApplicable | Outcome::Deferred => '-',
    }
}

/// What a question says of each of several values, a letter each.
#[track_caller]
fn values(question: &str, actual: &[Value], expected: &str) {
    let item = format!(
        "{{ target: {{ apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }}, {question} }}"
    );
    let letters: String = actual
        .iter()
        .map(|value| letter(report(&item, pod(json!({"spec": {"x": value}}))).outcome()))
        .collect();
    assert_eq!(letters, expected, "{question} of {actual:?}");
}

/// One value of each type: a string, a number, a boolean, a list, a map.
fn one_of_each() -> [Value; 5] {
    [
        json!("a"),
        json!(1),
        json!(true),
        json!(["a"]),
        json!({"a": 1}),
    ]
}

#[test]
fn patterns() {
    values("op: matches, value: '^a$'", &one_of_each(), "SUUUU");
    values("op: notMatches, value: '^a$'", &one_of_each(), "NUUUU");
    let texts = [
        json!("web-1"),
        json!("xweb-1"),
        json!("web-"),
        json!("web-1\n"),
        json!(""),
    ];
    values("op: matches, value: '^web-[0-9]+$'", &texts, "SNNNN");
    values("op: matches, value: '.*web-[0-9]+.*'", &texts, "SSNSN");
    values("op: matches, value: '^web.*'", &texts, "SNSSN");
    values("op: matches, value: '(?i)^WEB-1$'", &texts, "SNNNN");
    values("op: matches, value: '^(web-1|)$'", &texts, "SNNNS");
    values("op: matches, value: '^web-1$|^$'", &texts, "SNNNS");
    values("op: notMatches, value: '^web-[0-9]+$'", &texts, "NSSSS");
}

#[test]
fn texts() {
    values("op: startsWith, value: a", &one_of_each(), "SUUUU");
    values("op: endsWith, value: a", &one_of_each(), "SUUUU");
    values("op: containsText, value: a", &one_of_each(), "SUUUU");
    let texts = [
        json!("abc"),
        json!("cab"),
        json!("bca"),
        json!("c"),
        json!(""),
    ];
    values("op: startsWith, value: ab", &texts, "SNNNN");
    values("op: endsWith, value: ab", &texts, "NSNNN");
    values("op: containsText, value: a", &texts, "SSSNN");
    values("op: containsText, value: '.*'", &texts, "NNNNN");
}

#[test]
fn lists() {
    for op in [
        "hasItem, value: a",
        "hasAll, value: [a]",
        "hasAny, value: [a]",
    ] {
        values(&format!("op: {op}"), &one_of_each(), "UUUSU");
    }
    values("op: hasNone, value: [a]", &one_of_each(), "UUUNU");
    let lists = [
        json!(["a", "b"]),
        json!(["b"]),
        json!([]),
        json!([1, "b"]),
        json!([null]),
        json!([1, "a"]),
    ];
    values("op: hasItem, value: a", &lists, "SNNUUS");
    values("op: hasAll, value: [a, b]", &lists, "SNNUUU");
    values("op: hasAny, value: [a, c]", &lists, "SNNUUS");
    values("op: hasNone, value: [a, c]", &lists, "NSSUUN");
    let amounts = [json!(["1Gi"]), json!(["1024Mi", "x"]), json!(["x"])];
    values("op: hasItem, value: 1Gi, as: quantity", &amounts, "SSU");
    values(
        "op: hasItem, value: {k: 1}",
        &[json!([{"k": 1.0}]), json!([{"k": 2}])],
        "SN",
    );
}

#[test]
fn lengths() {
    values(
        "op: length, value: {op: eq, value: 1}",
        &one_of_each(),
        "SUUSS",
    );
    let lists = [
        json!([]),
        json!([1]),
        json!([1, 2]),
        json!("äö"),
        json!({"a": 1, "b": 2, "c": 3}),
    ];
    values("op: length, value: {op: ge, value: 2}", &lists, "NNSSS");
    values("op: length, value: {op: lt, value: 2}", &lists, "SSNNN");
    values("op: length, value: {op: ne, value: 2}", &lists, "SSNNS");
    values(
        "op: length, value: {op: between, value: [1, 2]}",
        &lists,
        "NSSSN",
    );
    values("op: length, value: {op: le, value: 0}", &lists, "SNNNN");
}

#[test]
fn ages() {
    values("op: olderThan, value: 1h", &one_of_each(), "UUUUU");
    let times = [
        json!("2026-03-01T10:59:59Z"),
        json!("2026-03-01T11:00:00Z"),
        json!("2026-03-01T12:00:00+01:00"),
        json!("2026-03-01T12:00:01Z"),
        json!("yesterday"),
    ];
    values("op: olderThan, value: 1h", &times, "SNNNU");
    values("op: newerThan, value: 1h", &times, "NNNSU");
    values("op: newerThan, value: 1h0.000000001s", &times, "NSSSU");
    values("op: olderThan, value: 0s, as: timestamp", &times, "SSSNU");
}

#[test]
fn nobody_reads_a_clock() {
    let item = "- { target: { apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }, op: olderThan, value: 1h }\n";
    let (set, _) = ConditionSet::parse(
        &SourceFile::new("o.yaml", format!("conditions:\n{item}")),
        &Limits::default(),
    );
    let object = pod(json!({"spec": {"x": "2020-01-01T00:00:00Z"}}));
    let snapshot = Snapshot::builder().object(object).build();
    let report = evaluate(&set, &snapshot, &Context::new().with_namespace("web"));
    insta::assert_snapshot!(report.conditions()[0], @r#"
    error[condition.unknown.no-time]: "o[0]" could not be evaluated
      object   Pod/web/x (v1)
      field    spec.x
      expected olderThan 1h
      actual   "2020-01-01T00:00:00Z" (string)
      help     the snapshot does not say when it was taken: add `takenAt` to its SnapshotCoverage
    "#);
}

#[test]
fn amounts_durations_and_times() {
    let amounts = [
        json!("1Gi"),
        json!("1024Mi"),
        json!(1_073_741_824),
        json!("1G"),
        json!("1 GB"),
        json!(true),
    ];
    values("op: eq, value: 1Gi, as: quantity", &amounts, "SSSNUU");
    values("op: ge, value: 1Gi, as: quantity", &amounts, "SSSNUU");
    values(
        "op: in, value: ['1000M', '2Gi'], as: quantity",
        &amounts,
        "NNNSUU",
    );
    values(
        "op: between, value: [500M, 1G], as: quantity",
        &amounts,
        "NNNSUU",
    );
    values(
        "op: eq, value: 500m, as: quantity",
        &[json!(0.5), json!("0.5")],
        "SS",
    );
    values(
        "op: gt, value: 90s, as: duration",
        &[json!("2m"), json!("1m30s"), json!("x")],
        "SNU",
    );
    let times = [
        json!("2026-03-01T12:00:00Z"),
        json!("2026-03-01T13:00:00+01:00"),
        json!("now"),
    ];
    values(
        "op: eq, value: '2026-03-01T12:00:00Z', as: timestamp",
        &times,
        "SSU",
    );
    values(
        "op: lt, value: '2026-03-01T12:00:01Z', as: timestamp",
        &times,
        "SSU",
    );
}

/// The answers to `condition` about a status, with the last part of the code.
#[track_caller]
fn condition(value: &str, status: Value, expected: &str) {
    let item = format!(
        "{{ target: {{ apiVersion: v1, kind: Pod, name: x }}, op: condition, value: {value} }}"
    );
    let mut object = pod(json!({"status": status}));
    object["metadata"]["generation"] = 3.into();
    let report = report(&item, object);
    let code = report.code().rsplit('.').next().unwrap().to_owned();
    assert_eq!(
        format!("{} {code}", letter(report.outcome())),
        expected,
        "{item}\n{report}"
    );
}

#[test]
fn conditions_of_a_status() {
    let ready = |status: &str| json!({"conditions": [{"type": "Other", "status": "False"}, {"type": "Ready", "status": status, "reason": "Why"}]});
    for wanted in [
        "{type: Ready}",
        "{type: Ready, status: 'True'}",
        "{type: Ready, status: True}",
    ] {
        condition(wanted, ready("True"), "S satisfied");
        condition(wanted, ready("False"), "N value");
        condition(wanted, ready("Unknown"), "U condition-unknown");
        condition(wanted, ready("true"), "U condition-unknown");
    }
    condition(
        "{type: Ready, status: False}",
        ready("False"),
        "S satisfied",
    );
    condition(
        "{type: Ready, status: Unknown}",
        ready("Unknown"),
        "S satisfied",
    );
    condition("{type: Ready, status: Unknown}", ready("True"), "N value");
    condition("{type: Ready, reason: Why}", ready("True"), "S satisfied");
    condition("{type: Ready, reason: Because}", ready("True"), "N value");
    condition("{type: Gone}", ready("True"), "U condition-unknown");
    condition(
        "{type: Gone, status: Unknown}",
        ready("True"),
        "U condition-unknown",
    );
    for nothing in [
        json!({}),
        json!({"conditions": []}),
        json!({"conditions": {"Ready": "True"}}),
        Value::Null,
    ] {
        condition("{type: Ready}", nothing, "U condition-unknown");
    }
    let twice = json!({"conditions": [{"type": "Ready", "status": "True"}, {"type": "Ready", "status": "True"}]});
    condition("{type: Ready}", twice, "U condition-unknown");
}

#[test]
fn conditions_older_than_the_last_change_say_nothing() {
    let observed = |own: Value, status: Value| json!({"observedGeneration": status, "conditions": [{"type": "Ready", "status": "True", "observedGeneration": own}]});
    let rows = [
        (json!(3), json!(1), "S satisfied"),
        (json!(2), json!(3), "U condition-stale"),
        (Value::Null, json!(2), "U condition-stale"),
        (Value::Null, json!(3), "S satisfied"),
        (json!("2"), json!(3), "U condition-stale"),
    ];
    for (own, status, expected) in rows {
        let mut status = observed(own.clone(), status);
        if own.is_null() {
            let condition = status["conditions"][0].as_object_mut().unwrap();
            condition.remove("observedGeneration");
        }
        condition("{type: Ready}", status.clone(), expected);
        condition("{type: Ready, fresh: false}", status, "S satisfied");
    }
    condition(
        "{type: Ready}",
        json!({"conditions": [{"type": "Ready", "status": "True"}]}),
        "S satisfied",
    );
}

#[test]
fn what_is_said_when_a_type_does_not_fit() {
    let told = |question: &str, value: Value| {
        let item = format!(
            "{{ name: it holds, target: {{ apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }}, {question} }}"
        );
        report(&item, pod(json!({"spec": {"x": value}}))).to_string()
    };
    let all = [
        told("op: matches, value: '^a$'", json!(5)),
        told("op: hasItem, value: a", json!("a")),
        told("op: hasAny, value: [a]", json!([1])),
        told("op: length, value: {op: ge, value: 2}", json!(5)),
        told("op: length, value: {op: ge, value: 2}", json!([5])),
        told("op: olderThan, value: 1h", json!("yesterday")),
        told("op: ge, value: 1Gi, as: quantity", json!("1 GB")),
        told("op: startsWith, value: web", json!("api")),
    ];
    insta::assert_snapshot!(all.join("\n"), @r#"
    error[condition.unknown.type-mismatch]: "it holds" could not be evaluated
      object   Pod/web/x (v1)
      field    spec.x
      expected matches "^a$"
      actual   5 (number)
      help     the field holds a number, and the operator reads strings
    error[condition.unknown.type-mismatch]: "it holds" could not be evaluated
      object   Pod/web/x (v1)
      field    spec.x
      expected hasItem "a" (string)
      actual   "a" (string)
      help     the field holds a string, and the operator reads lists
    error[condition.unknown.type-mismatch]: "it holds" could not be evaluated
      object   Pod/web/x (v1)
      field    spec.x
      expected hasAny ["a"]
      actual   [1] (list)
      help     the list has items of another type than the value
    error[condition.unknown.type-mismatch]: "it holds" could not be evaluated
      object   Pod/web/x (v1)
      field    spec.x
      expected length ge 2
      actual   5 (number)
      help     a number has no length
    error[condition.not-satisfied.value]: "it holds" is not satisfied
      object   Pod/web/x (v1)
      field    spec.x
      expected length ge 2
      actual   [5] (list)
      help     its length is 1
    error[condition.unknown.type-mismatch]: "it holds" could not be evaluated
      object   Pod/web/x (v1)
      field    spec.x
      expected olderThan 1h
      actual   "yesterday" (string)
      help     it is no time in RFC 3339, such as 2026-01-31T12:00:00Z
    error[condition.unknown.type-mismatch]: "it holds" could not be evaluated
      object   Pod/web/x (v1)
      field    spec.x
      expected ge "1Gi" (quantity)
      actual   "1 GB" (string)
      help     `1 GB` is not a quantity: white space is not allowed; write the unit right behind the number
    error[condition.not-satisfied.value]: "it holds" is not satisfied
      object   Pod/web/x (v1)
      field    spec.x
      expected startsWith "web"
      actual   "api" (string)
    "#);
}

//! What `as: quantity`, `as: duration` and `as: timestamp` make of both sides.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_conditions::condition::ConditionSet;
use catalog_conditions::document::Limits;
use catalog_conditions::evaluate::{Context, evaluate};
use catalog_conditions::report::{ConditionReport, Outcome};
use catalog_conditions::{Snapshot, SourceFile};
use serde_json::{Value, json};

/// The report on a field that holds a value.
#[track_caller]
fn ask(value: &Value, question: &str) -> ConditionReport {
    let target = "apiVersion: v1, kind: ConfigMap, name: c, namespace: web, fieldPath: spec.x";
    let item = format!("conditions:\n- {{ name: it holds, target: {{ {target} }}, {question} }}\n");
    let (set, diagnostics) =
        ConditionSet::parse(&SourceFile::new("r.yaml", item), &Limits::default());
    assert_eq!(diagnostics, [], "{question}");
    let object = json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "c", "namespace": "web"},
        "spec": {"x": value},
    });
    let snapshot = Snapshot::builder().complete().object(object).build();
    evaluate(&set, &snapshot, &Context::new()).conditions()[0].clone()
}

/// Asks each question of each value, read as one thing.
#[track_caller]
fn check(reading: &str, cases: &[(Value, &str, Outcome)]) {
    for (value, question, outcome) in cases {
        let report = ask(value, &format!("{question}, as: {reading}"));
        assert_eq!(report.outcome(), *outcome, "{value} {question}\n{report}");
    }
}

use Outcome::{NotSatisfied as N, Satisfied as S, Unknown as U};

#[test]
fn quantities() {
    check(
        "quantity",
        &[
            (json!("1Gi"), "op: ge, value: 1024Mi", S),
            (json!("1Gi"), "op: eq, value: 1024Mi", S),
            (json!("1Gi"), "op: gt, value: 1G", S),
            (json!("1Gi"), "op: lt, value: 1100M", S),
            (json!("1Gi"), "op: le, value: 1073741823", N),
            (json!("500m"), "op: eq, value: 0.5", S),
            (json!("500m"), "op: eq, value: 0.50", S),
            (json!("500m"), "op: ne, value: '.5'", N),
            (json!(0.5), "op: eq, value: 500m", S),
            (json!(2), "op: gt, value: 1999999999n", S),
            (
                json!("9007199254740993"),
                "op: gt, value: '9007199254740992'",
                S,
            ),
            (json!(" 8Ei "), "op: eq, value: 9Ei", S),
            (json!("1e999999999"), "op: gt, value: 1E", S),
            (json!("16Gi"), "op: between, value: [8Gi, 17G]", N),
            (json!("16Gi"), "op: between, value: [8Gi, 18G]", S),
            (json!("1000m"), "op: in, value: ['1', 2k]", S),
            (json!("1000m"), "op: notIn, value: ['1', 2k]", N),
            (json!("3k"), "op: notIn, value: ['1', 2k]", S),
            // Kubernetes takes what has no number for zero.
            (json!("Gi"), "op: lt, value: 1m", S),
            (json!("1 Gi"), "op: lt, value: 1Ti", U),
            (json!("lots"), "op: ne, value: 1Ti", U),
            (json!(true), "op: notIn, value: [1Ti]", U),
            (json!(["1Gi"]), "op: lt, value: 1Ti", U),
            (json!(null), "op: lt, value: 1Ti", N),
        ],
    );
}

#[test]
fn durations() {
    check(
        "duration",
        &[
            (json!("90s"), "op: eq, value: 1m30s", S),
            (json!("1.5h"), "op: ge, value: 90m", S),
            (json!("720h"), "op: lt, value: 721h", S),
            (json!("-5s"), "op: lt, value: '0'", S),
            (json!("10m"), "op: between, value: [5m, 600s]", S),
            (json!("60s"), "op: in, value: [1m, 1h]", S),
            (json!(90), "op: eq, value: 1m30s", U),
            (json!("30d"), "op: gt, value: 1h", U),
        ],
    );
}

#[test]
fn timestamps() {
    check(
        "timestamp",
        &[
            (
                json!("2026-01-31T12:00:00Z"),
                "op: eq, value: '2026-01-31T14:00:00+02:00'",
                S,
            ),
            (
                json!("2026-01-31T12:00:00Z"),
                "op: lt, value: '2026-01-31T13:00:00-02:00'",
                S,
            ),
            (
                json!("2026-01-31T12:00:00.5Z"),
                "op: gt, value: '2026-01-31T12:00:00Z'",
                S,
            ),
            (
                json!("2026-02-01T00:30:00+01:00"),
                "op: between, value: ['2026-01-31T23:00:00Z', '2026-02-01T00:00:00Z']",
                S,
            ),
            (
                json!("9999-12-31T23:59:59Z"),
                "op: gt, value: '2026-01-31T12:00:00Z'",
                S,
            ),
            (
                json!("2026-01-31"),
                "op: gt, value: '2026-01-31T12:00:00Z'",
                U,
            ),
            (
                json!("2026-01-31 12:00:00Z"),
                "op: gt, value: '2026-01-31T12:00:00Z'",
                U,
            ),
            (
                json!(1769860800),
                "op: gt, value: '2026-01-31T12:00:00Z'",
                U,
            ),
        ],
    );
}

#[test]
fn what_does_not_fit_says_why() {
    let cases = [
        (json!("2GB"), "op: ge, value: 1Gi, as: quantity"),
        (json!(true), "op: ge, value: 1Gi, as: quantity"),
        (json!("30d"), "op: ge, value: 1h, as: duration"),
        (json!(30), "op: ge, value: 1h, as: duration"),
        (
            json!("2026-06-31T12:00:00Z"),
            "op: gt, value: '2026-01-31T12:00:00Z', as: timestamp",
        ),
        (json!("5\u{1b}[31mGi\n"), "op: ge, value: 1Gi, as: quantity"),
    ];
    let told: Vec<String> = cases
        .iter()
        .map(|(value, question)| ask(value, question).to_string())
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    error[condition.unknown.type-mismatch]: "it holds" could not be evaluated
      object   ConfigMap/web/c (v1)
      field    spec.x
      expected ge "1Gi" (quantity)
      actual   "2GB" (string)
      help     `2GB` is not a quantity: `GB` is no unit; write `G` for powers of 1000 or `Gi` for powers of 1024
    error[condition.unknown.type-mismatch]: "it holds" could not be evaluated
      object   ConfigMap/web/c (v1)
      field    spec.x
      expected ge "1Gi" (quantity)
      actual   true (boolean)
      help     a boolean is not a quantity: write a number or a string, as in "1.5Gi"
    error[condition.unknown.type-mismatch]: "it holds" could not be evaluated
      object   ConfigMap/web/c (v1)
      field    spec.x
      expected ge "1h" (duration)
      actual   "30d" (string)
      help     `30d` is not a duration: write a number and a unit, as `90s`, `10m` or `1h30m` (units: ns, us, ms, s, m, h)
    error[condition.unknown.type-mismatch]: "it holds" could not be evaluated
      object   ConfigMap/web/c (v1)
      field    spec.x
      expected ge "1h" (duration)
      actual   30 (number)
      help     it cannot be read as duration
    error[condition.unknown.type-mismatch]: "it holds" could not be evaluated
      object   ConfigMap/web/c (v1)
      field    spec.x
      expected gt "2026-01-31T12:00:00Z" (timestamp)
      actual   "2026-06-31T12:00:00Z" (string)
      help     `2026-06-31T12:00:00Z` is not a time: there is no such day in the calendar
    error[condition.unknown.type-mismatch]: "it holds" could not be evaluated
      object   ConfigMap/web/c (v1)
      field    spec.x
      expected ge "1Gi" (quantity)
      actual   "5\u001b[31mGi\n" (string)
      help     `5\u{1b}[31mGi` is not a quantity: `\u{1b}[31mGi` is no unit; the units are n, u, m, k, M, G, T, P, E and Ki, Mi, Gi, Ti, Pi, Ei
    "#);
}

/// A quantity that a condition is written with keeps its spelling in the report.
#[test]
fn a_report_shows_both_sides_as_they_are_written() {
    insta::assert_snapshot!(ask(&json!("1000Mi"), "op: ge, value: 1.5Gi, as: quantity"), @r#"
    error[condition.not-satisfied.value]: "it holds" is not satisfied
      object   ConfigMap/web/c (v1)
      field    spec.x
      expected ge "1.5Gi" (quantity)
      actual   "1000Mi" (string)
    "#);
}

//! The outcome matrix, a row a cell, and what the types of values mean.
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
use catalog_conditions::report::{ConditionReport, Outcome};
use catalog_conditions::snapshot::{FailureKind, ReadFailure, Snapshot};
use serde_json::{Value, json};

fn ask(item: &str, snapshot: &Snapshot, context: &Context) -> ConditionReport {
    let file = SourceFile::new("m.yaml", format!("conditions:\n- {item}\n"));
    let (set, diagnostics) = ConditionSet::parse(&file, &Limits::default());
    assert_eq!(diagnostics, [], "{item}");
    evaluate(&set, snapshot, context).conditions()[0].clone()
}

/// The last part of the code, which names the situation.
fn situation(report: &ConditionReport) -> &str {
    report.code().rsplit('.').next().unwrap()
}

fn letter(outcome: Outcome) -> char {
    match outcome {
        Outcome::Satisfied => 'S',
        Outcome::NotSatisfied => 'N',
        Outcome::Unknown => 'U',
        Outcome::NotApplicable | Outcome::Deferred => '-',
    }
}

/// What kind of cluster the situations are set in.
fn cluster() -> Snapshot {
    let widget = |name: &str, version: &str, rest: Value| {
        let mut object = json!({
            "apiVersion": format!("example.com/{version}"), "kind": "Widget",
            "metadata": {"name": name, "namespace": "web"}, "spec": rest,
        });
        if name == "leaving" {
            object["metadata"]["deletionTimestamp"] = "2024-01-01T00:00:00Z".into();
        }
        object
    };
    let resources = |kind: &str, scope: &str| json!({"resource": "x", "scope": scope, "responseKind": {"kind": kind}});
    let discovery = json!({
        "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2",
        "items": [
            {"metadata": {"name": "example.com"}, "versions": [
                {"version": "v1", "resources": [resources("Widget", "Namespaced"), resources("Gadget", "Namespaced")]},
                {"version": "v2", "resources": [resources("Widget", "Namespaced")]},
            ]},
            {"metadata": {"name": "stale.example.com"}, "versions": [{"version": "v1", "freshness": "Stale", "resources": []}]},
        ],
    });
    let contradiction = |value: i64| widget("contradictory", "v1", json!({"x": value}));
    Snapshot::builder()
        .object(discovery)
        .object(json!({"kind": "SnapshotCoverage", "covers": [{"group": "example.com", "kind": "Widget", "namespaces": ["web"]}]}))
        .object(widget("there", "v1", json!({
            "x": "a", "number": 5, "text": "5", "nothing": null, "list": [{"k": 1}, {"k": 1}], "yes": true,
        })))
        .object(widget("leaving", "v1", json!({"x": "a"})))
        .object(widget("other", "v2", json!({"x": "a"})))
        .object(contradiction(1))
        .object(contradiction(2))
        .build()
}

const WEB: &str = "web";

/// One cell: a target and path, an operator, and the outcome with its situation.
#[track_caller]
fn cell(target: &str, question: &str, expected: &str) {
    let item = format!("{{ target: {{ {target} }}, {question} }}");
    let report = ask(&item, &cluster(), &Context::new().with_namespace(WEB));
    assert_eq!(
        format!("{} {}", letter(report.outcome()), situation(&report)),
        expected,
        "{item}\n{report}"
    );
}

const POSITIVE: [&str; 20] = [
    "op: eq, value: a",
    "op: in, value: [a, b]",
    "op: gt, value: a, as: string",
    "op: ge, value: a, as: string",
    "op: lt, value: z, as: string",
    "op: le, value: z, as: string",
    "op: between, value: [a, b], as: string",
    "op: range, value: '>=0', as: semver",
    "op: range, value: '>=0', as: kubeVersion",
    "op: range, value: '>=0', as: imageVersion",
    "op: matches, value: ^a$",
    "op: startsWith, value: a",
    "op: endsWith, value: a",
    "op: containsText, value: a",
    "op: hasItem, value: a",
    "op: hasAll, value: [a]",
    "op: hasAny, value: [a]",
    "op: length, value: {op: ge, value: 1}",
    "op: olderThan, value: 1h",
    "op: newerThan, value: 1h",
];
const NEGATIVE: [&str; 4] = [
    "op: ne, value: z",
    "op: notIn, value: [w, z]",
    "op: notMatches, value: ^z$",
    "op: hasNone, value: [z]",
];

/// A row of the matrix: the outcome under each group of operators.
#[track_caller]
fn row(
    target: &str,
    positive: &str,
    negative: &str,
    exists: &str,
    not_exists: &str,
    is_null: &str,
) {
    for question in POSITIVE {
        cell(target, question, positive);
    }
    for question in NEGATIVE {
        cell(target, question, negative);
    }
    cell(target, "op: exists", exists);
    cell(target, "op: notExists", not_exists);
    if target.contains("fieldPath") {
        cell(target, "op: isNull", is_null);
    }
}

/// A row that is the same under every operator.
#[track_caller]
fn unknown(target: &str, situation: &str) {
    let cell = format!("U {situation}");
    row(target, &cell, &cell, &cell, &cell, &cell);
}

fn widget(name: &str, path: &str) -> String {
    format!("apiVersion: example.com/v1, kind: Widget, name: {name}, fieldPath: \"{path}\"")
}

#[test]
fn object_absent() {
    row(
        &widget("missing", "spec.x"),
        "N object-absent",
        "N object-absent",
        "N object-absent",
        "S satisfied",
        "N object-absent",
    );
    cell(
        "apiVersion: example.com/v1, kind: Widget, name: missing",
        "op: exists",
        "N object-absent",
    );
    cell(
        "apiVersion: example.com/v1, kind: Widget, name: missing",
        "op: notExists",
        "S satisfied",
    );
}

#[test]
fn kind_version_or_group_absent() {
    for (api_version, kind) in [
        ("example.com/v1", "Wodget"),
        ("example.com/v3", "Widget"),
        ("example.com/v2", "Gadget"),
        ("nowhere.example.com/v1", "Widget"),
    ] {
        let target = format!(
            "apiVersion: {api_version}, kind: {kind}, name: x, namespace: web, fieldPath: spec.x"
        );
        row(
            &target,
            "N kind-absent",
            "N kind-absent",
            "N kind-absent",
            "S satisfied",
            "N kind-absent",
        );
    }
}

#[test]
fn field_absent() {
    for path in [
        "spec.missing",
        "spec.missing.below",
        "spec.list[7]",
        "spec.list[k=2]",
        "spec.nothing.below",
        "status.x",
    ] {
        row(
            &widget("there", path),
            "N field-absent",
            "N field-absent",
            "N field-absent",
            "S satisfied",
            "N field-absent",
        );
    }
}

#[test]
fn field_null() {
    row(
        &widget("there", "spec.nothing"),
        "N field-null",
        "N field-null",
        "N field-null",
        "S satisfied",
        "S satisfied",
    );
}

#[test]
fn type_does_not_fit() {
    let mismatched = widget("there", "spec.number");
    row(
        &mismatched,
        "U type-mismatch",
        "U type-mismatch",
        "S satisfied",
        "N value",
        "N value",
    );
    cell(
        &widget("there", "spec.list"),
        "op: eq, value: {k: 1}",
        "U type-mismatch",
    );
    cell(
        &widget("there", "spec.yes"),
        "op: ne, value: 'true'",
        "U type-mismatch",
    );
    cell(
        &widget("there", "spec.x"),
        "op: ge, value: 1, as: number",
        "U type-mismatch",
    );
    cell(
        &widget("there", "spec.x"),
        "op: range, value: '*', as: imageVersion",
        "U type-mismatch",
    );
    // It fits if it is that of one of the values, or `as` can read it.
    cell(
        &widget("there", "spec.number"),
        "op: in, value: [a, 5]",
        "S satisfied",
    );
    cell(
        &widget("there", "spec.number"),
        "op: notIn, value: [a, 6]",
        "S satisfied",
    );
    cell(
        &widget("there", "spec.text"),
        "op: eq, value: 5.0, as: number",
        "S satisfied",
    );
    cell(
        &widget("there", "spec.text"),
        "op: eq, value: 5",
        "U type-mismatch",
    );
}

#[test]
fn path_mismatch_and_ambiguous() {
    for path in ["spec.x.below", "spec.list.k", "spec[0]", "spec.x[k=1]"] {
        unknown(&widget("there", path), "path-mismatch");
    }
    unknown(&widget("there", "spec.list[k=1].k"), "ambiguous");
}

#[test]
fn object_is_being_deleted() {
    unknown(&widget("leaving", "spec.x"), "terminating");
    unknown(&widget("leaving", "spec.missing"), "terminating");
    cell(
        "apiVersion: example.com/v1, kind: Widget, name: leaving",
        "op: exists",
        "U terminating",
    );
    cell(
        "apiVersion: example.com/v1, kind: Widget, name: leaving",
        "op: notExists",
        "U terminating",
    );
    cell(
        &widget("leaving", "metadata.deletionTimestamp"),
        "op: exists",
        "S satisfied",
    );
    cell(
        &widget("there", "metadata.deletionTimestamp"),
        "op: notExists",
        "S satisfied",
    );
}

#[test]
fn outside_what_is_known() {
    let elsewhere =
        "apiVersion: example.com/v1, kind: Widget, name: x, namespace: default, fieldPath: spec.x";
    unknown(elsewhere, "not-in-snapshot");
    unknown(
        "apiVersion: example.com/v1, kind: Gadget, name: x, fieldPath: spec.x",
        "not-in-snapshot",
    );
    unknown(
        "apiVersion: stale.example.com/v1, kind: X, name: x, fieldPath: spec.x",
        "discovery",
    );
    unknown(
        "apiVersion: v1, kind: ConfigMap, name: x, fieldPath: data.x",
        "not-in-snapshot",
    );
    unknown(&widget("other", "spec.x"), "other-version");
    unknown(&widget("contradictory", "spec.x"), "contradictory");
}

/// The reads that failed: whatever was asked, nobody knows.
#[test]
fn reads_that_failed() {
    let failed = |kind| {
        let failure = ReadFailure::new(kind, "GET widgets.example.com \"there\"");
        Snapshot::builder()
            .object(json!({"kind": "APIGroupList", "groups": [{"name": "example.com", "versions": [{"version": "v1"}]}]}))
            .object(json!({"kind": "APIResourceList", "groupVersion": "example.com/v1", "resources": [{"name": "widgets", "kind": "Widget", "namespaced": true}]}))
            .read_failed("example.com", "Widget", Some(WEB), Some("there"), failure)
            .build()
    };
    let kinds = [
        (FailureKind::Unauthorized, "unauthorized"),
        (FailureKind::Forbidden, "forbidden"),
        (FailureKind::Unavailable, "unavailable"),
        (FailureKind::Discovery, "discovery"),
    ];
    for (kind, situation) in kinds {
        let snapshot = failed(kind);
        let presence = ["op: exists", "op: notExists", "op: isNull"];
        for question in POSITIVE.iter().chain(&NEGATIVE).chain(&presence) {
            for absent in ["", ", whenAbsent: satisfied"] {
                if presence.contains(question) && !absent.is_empty() {
                    continue;
                }
                let target = widget("there", "spec.x");
                let item = format!("{{ target: {{ {target} }}, {question}{absent} }}");
                let report = ask(&item, &snapshot, &Context::new().with_namespace(WEB));
                assert_eq!(report.outcome(), Outcome::Unknown, "{item}");
                assert_eq!(report.code(), format!("condition.unknown.{situation}"));
                let request = report.answer().request();
                assert_eq!(request, Some("GET widgets.example.com \"there\""), "{item}");
            }
        }
        let whole =
            "{ target: { apiVersion: example.com/v1, kind: Widget, name: there }, op: notExists }";
        let report = ask(whole, &snapshot, &Context::new().with_namespace(WEB));
        assert_eq!(report.code(), format!("condition.unknown.{situation}"));
        let condition = "{ target: { apiVersion: example.com/v1, kind: Widget, name: there }, op: condition, value: {type: Ready} }";
        let report = ask(condition, &snapshot, &Context::new().with_namespace(WEB));
        assert_eq!(report.code(), format!("condition.unknown.{situation}"));
    }
}

/// `condition` looks at the whole object, and so meets these situations only.
#[test]
fn the_conditions_of_a_status() {
    let ask = "op: condition, value: {type: Ready}";
    let object = |name: &str| format!("apiVersion: example.com/v1, kind: Widget, name: {name}");
    cell(&object("missing"), ask, "N object-absent");
    cell(
        "apiVersion: example.com/v3, kind: Widget, name: x",
        ask,
        "N kind-absent",
    );
    cell(&object("there"), ask, "U condition-unknown");
    cell(&object("leaving"), ask, "U terminating");
    cell(&object("other"), ask, "U other-version");
    cell(&object("contradictory"), ask, "U contradictory");
    cell(
        "apiVersion: example.com/v1, kind: Gadget, name: x",
        ask,
        "U not-in-snapshot",
    );
}

/// A query sees members only: what it does not lead to is absent, whatever stands in its way.
#[test]
fn queries() {
    let query = |name: &str, query: &str| {
        format!("apiVersion: example.com/v1, kind: Widget, name: {name}, jsonPath: \"{query}\"")
    };
    let presence = |target: &str, eq: &str, ne: &str, exists: &str| {
        cell(target, "op: eq, value: a", eq);
        cell(target, "op: ne, value: z", ne);
        cell(target, "op: exists", exists);
    };
    presence(
        &query("there", "$.spec.x"),
        "S satisfied",
        "S satisfied",
        "S satisfied",
    );
    for absent in ["$.spec.missing", "$.spec.x.below", "$.spec.list[?@.k == 2]"] {
        let cell = "N field-absent";
        presence(&query("there", absent), cell, cell, cell);
    }
    let null = "N field-null";
    presence(&query("there", "$.spec.nothing"), null, null, null);
    let several = "U ambiguous";
    presence(
        &query("there", "$.spec.list[*].k"),
        several,
        several,
        several,
    );
    let gone = "N object-absent";
    presence(&query("missing", "$.spec.x"), gone, gone, gone);
    let leaving = "U terminating";
    presence(&query("leaving", "$.spec.x"), leaving, leaving, leaving);
    cell(
        &query("there", "$.spec.list[*].k"),
        "op: eq, value: 1, each: any",
        "S satisfied",
    );
    cell(
        &query("there", "$.spec.list[*]"),
        "op: exists, each: {exactly: 2}",
        "S satisfied",
    );
    cell(
        &query("there", "$..k"),
        "op: eq, value: 1, each: {atLeast: 3}",
        "N count",
    );
    cell(
        &query("there", "$.spec.none[*]"),
        "op: eq, value: 1, each: all",
        "U nothing-selected",
    );
}

#[test]
fn a_namespace_that_nobody_said() {
    for target in [
        "apiVersion: example.com/v1, kind: Widget, name: there, fieldPath: spec.x",
        "apiVersion: example.com/v1, kind: Widget, name: there, namespace: $namespace, fieldPath: spec.x",
        "apiVersion: example.com/v1, kind: Widget, name: $namespace, namespace: web, fieldPath: spec.x",
    ] {
        for question in [
            "op: eq, value: a",
            "op: ne, value: z",
            "op: exists",
            "op: notExists",
            "op: isNull",
        ] {
            let report = ask(
                &format!("{{ target: {{ {target} }}, {question} }}"),
                &cluster(),
                &Context::new(),
            );
            assert_eq!(
                report.code(),
                "condition.unknown.no-namespace",
                "{target} {question}"
            );
        }
    }
}

#[test]
fn when_absent_stands_in_for_absence_alone() {
    for (word, expected) in [("satisfied", 'S'), ("notSatisfied", 'N'), ("unknown", 'U')] {
        for absent in [
            widget("missing", "spec.x"),
            widget("there", "spec.missing"),
            widget("there", "spec.nothing"),
        ] {
            for question in [
                "op: eq, value: a",
                "op: ne, value: a",
                "op: notIn, value: [a]",
                "op: ge, value: 1",
            ] {
                let item = format!("{{ target: {{ {absent} }}, {question}, whenAbsent: {word} }}");
                let report = ask(&item, &cluster(), &Context::new().with_namespace(WEB));
                assert_eq!(letter(report.outcome()), expected, "{item}");
            }
        }
    }
    let stands = |target: &str, expected: &str| {
        cell(target, "op: eq, value: a, whenAbsent: satisfied", expected)
    };
    stands(
        "apiVersion: example.com/v3, kind: Widget, name: x, fieldPath: spec.x",
        "N kind-absent",
    );
    stands(&widget("there", "spec.x.below"), "U path-mismatch");
    stands(&widget("there", "spec.number"), "U type-mismatch");
    stands(&widget("leaving", "spec.missing"), "U terminating");
    stands(&widget("other", "spec.x"), "U other-version");
    stands(
        "apiVersion: example.com/v1, kind: Gadget, name: x, fieldPath: spec.x",
        "U not-in-snapshot",
    );
}

/// Whether a value satisfies a question.
#[track_caller]
fn value(actual: Value, question: &str, expected: char) {
    let object = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", "namespace": "web"}, "spec": {"x": actual}});
    let snapshot = Snapshot::builder().object(object.clone()).build();
    let item = format!(
        "{{ target: {{ apiVersion: v1, kind: Pod, name: x, fieldPath: spec.x }}, {question} }}"
    );
    let report = ask(&item, &snapshot, &Context::new().with_namespace(WEB));
    assert_eq!(
        letter(report.outcome()),
        expected,
        "{question} of {object}\n{report}"
    );
}

#[test]
fn values_compare_by_type_and_exactly() {
    value(json!(1), "op: eq, value: 1", 'S');
    value(json!(1.0), "op: eq, value: 1", 'S');
    value(
        serde_json::from_str("1e0").unwrap(),
        "op: eq, value: 1",
        'S',
    );
    value(
        json!(9_007_199_254_740_993_i64),
        "op: eq, value: 9007199254740993",
        'S',
    );
    value(
        json!(9_007_199_254_740_993_i64),
        "op: eq, value: 9007199254740992",
        'N',
    );
    value(json!(0.1), "op: eq, value: 0.1", 'S');
    value(json!(u64::MAX), "op: gt, value: 9223372036854775807", 'S');
    value(json!(i64::MIN), "op: lt, value: -9223372036854775807", 'S');
    value(
        json!({"a": 1, "b": [1, 2]}),
        "op: eq, value: {b: [1, 2], a: 1}",
        'S',
    );
    value(
        json!({"a": 1.0, "b": [1, 2]}),
        "op: eq, value: {b: [1, 2], a: 1}",
        'S',
    );
    value(
        json!({"a": 1, "b": [2, 1]}),
        "op: eq, value: {b: [1, 2], a: 1}",
        'N',
    );
    value(json!({"a": 1}), "op: eq, value: {a: '1'}", 'N');
    value(json!([1, null]), "op: eq, value: [1, null]", 'S');
    value(json!([1]), "op: ne, value: [1, 2]", 'S');
    value(json!(true), "op: eq, value: true", 'S');
    value(json!(""), "op: eq, value: ''", 'S');
    value(json!("5"), "op: between, value: [1, 5], as: number", 'S');
    value(json!(5.5), "op: between, value: [1, 5]", 'N');
    value(json!("10"), "op: gt, value: '9', as: number", 'S');
    value(json!("10"), "op: gt, value: '9', as: string", 'N');
    value(json!("b"), "op: in, value: [a, b]", 'S');
    value(json!("c"), "op: notIn, value: [a, b]", 'S');
    value(json!(" 5"), "op: eq, value: 5, as: number", 'U');
}

#[test]
fn versions_compare_as_said() {
    value(json!("v1.10.0"), "op: gt, value: '1.9', as: semver", 'S');
    value(json!("1.2.3+5"), "op: eq, value: 1.2.3, as: semver", 'S');
    value(json!("1.2.3"), "op: eq, value: 1.2.3+5, as: semver", 'N');
    value(
        json!("1.2.3-rc.1"),
        "op: range, value: '>=1.2', as: semver",
        'N',
    );
    value(
        json!("latest"),
        "op: range, value: '>=1.2', as: semver",
        'U',
    );
    value(
        json!("v1.28.3-gke.100"),
        "op: range, value: '=1.28.3', as: kubeVersion",
        'S',
    );
    value(
        json!("v1.28.3-gke.100"),
        "op: eq, value: 1.28.3, as: kubeVersion",
        'S',
    );
    value(
        json!("v1.29.0-rc.1"),
        "op: range, value: '>=1.29', as: kubeVersion",
        'N',
    );
    value(
        json!("reg.example.com:5000/oamdev/vela-core:v1.9.11"),
        "op: range, value: '>=1.9', as: imageVersion",
        'S',
    );
    value(
        json!("reg.example.com:5000/oamdev/vela-core"),
        "op: range, value: '>=1.9', as: imageVersion",
        'U',
    );
    value(
        json!("oamdev/vela-core:latest"),
        "op: range, value: '>=1.9', as: imageVersion",
        'U',
    );
    value(
        json!("nginx:1.27.1"),
        "op: ge, value: '1.27', as: imageVersion",
        'S',
    );
    value(
        json!("nginx:1.27.1"),
        "op: lt, value: 'nginx:1.28.0', as: imageVersion",
        'S',
    );
    value(
        json!("apps/v1"),
        "op: ge, value: v1beta2, as: apiVersion",
        'S',
    );
    value(json!("v1beta1"), "op: ge, value: v1, as: apiVersion", 'N');
    value(
        json!("apps/v1"),
        "op: eq, value: batch/v1, as: apiVersion",
        'N',
    );
    value(
        json!("apps/v1"),
        "op: ne, value: batch/v1, as: apiVersion",
        'S',
    );
    value(json!("banana"), "op: ne, value: v1, as: apiVersion", 'U');
}

/// Comparisons of cluster versions obey the rules of ranges for their bounds.
#[test]
fn cluster_versions_compare_as_ranges_have_it() {
    let rows = [
        ("v1.29.0-rc.1", "op: lt, value: '1.29.0-0'", 'N'),
        ("v1.29.0-rc.1", "op: ge, value: '1.29.0-0'", 'S'),
        (
            "v1.29.0-rc.1",
            "op: between, value: ['1.28', '1.29.0-0']",
            'N',
        ),
        (
            "v1.29.0-rc.1",
            "op: between, value: ['1.29.0-0', '1.30']",
            'S',
        ),
        ("v1.29.0-rc.1", "op: lt, value: '1.29'", 'N'),
        ("v1.29.0-rc.1", "op: ge, value: '1.29'", 'N'),
        ("v1.29.0-rc.1", "op: ge, value: '1.28'", 'S'),
        ("v1.29.0-rc.1", "op: eq, value: 1.29.0-rc.1", 'S'),
        ("v1.29.0-rc.1", "op: ne, value: 1.29.0", 'S'),
        ("v1.28.3-gke.100", "op: eq, value: 1.28.3", 'S'),
        ("v1.28.3-gke.100", "op: eq, value: '1.28'", 'N'),
        ("v1.28.3-gke.100", "op: gt, value: '1.28'", 'S'),
        ("v1.28.3-gke.100", "op: le, value: 1.28.3", 'S'),
        ("v1.28.3-gke.100", "op: ne, value: 1.28.3", 'N'),
        (
            "v1.28.3-gke.100",
            "op: between, value: [1.28.3, 1.28.3]",
            'S',
        ),
    ];
    for (version, question, expected) in rows {
        value(
            json!(version),
            &format!("{question}, as: kubeVersion"),
            expected,
        );
        let cluster = Snapshot::builder().server_version(version).build();
        let item = format!("{{ target: {{ kubeVersion: {{}} }}, {question} }}");
        let report = ask(&item, &cluster, &Context::new());
        assert_eq!(letter(report.outcome()), expected, "{item} of {version}");
    }
}

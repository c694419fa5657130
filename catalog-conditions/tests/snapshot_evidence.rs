//! Documents of a snapshot that do not go together, or are not what they are called: they open no gate.

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
use catalog_conditions::report::Outcome;
use catalog_conditions::snapshot::Snapshot;

fn read(text: &str) -> Snapshot {
    Snapshot::builder()
        .read(&SourceFile::new("s.yaml", text), &Limits::snapshot())
        .build()
}

/// The outcome of a condition and the situation it names, asked for a package that goes to `prod`.
fn answer(snapshot: &Snapshot, item: &str) -> String {
    let file = SourceFile::new("c.yaml", format!("conditions:\n- {{{item}}}\n"));
    let (set, diagnostics) = ConditionSet::parse(&file, &Limits::default());
    assert_eq!(diagnostics, [], "{item}");
    let report = evaluate(&set, snapshot, &Context::new().with_namespace("prod"));
    let condition = &report.conditions()[0];
    let letter = match condition.outcome() {
        Outcome::Satisfied => 'S',
        Outcome::NotSatisfied => 'N',
        Outcome::Unknown => 'U',
        Outcome::NotApplicable | Outcome::Deferred => '-',
    };
    format!("{letter} {}", condition.code().rsplit('.').next().unwrap())
}

/// Checks what conditions on a snapshot answer, and the codes of what is said about it.
#[track_caller]
fn check(what: &str, documents: &[&str], codes: &[&str], answers: &[(&str, &str)]) {
    let snapshot = read(&documents.join("\n---\n"));
    let told: Vec<String> = snapshot
        .diagnostics()
        .iter()
        .map(ToString::to_string)
        .collect();
    let found: Vec<&str> = snapshot.diagnostics().iter().map(|d| d.code()).collect();
    assert_eq!(found, codes, "{what}: {told:?}");
    for (item, expected) in answers {
        assert_eq!(
            answer(&snapshot, item),
            *expected,
            "{what}: {item}\n{told:?}"
        );
    }
}

const EVERYTHING: &str = "{kind: SnapshotCoverage, covers: everything}";
const HOMELESS_A: &str = "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}}";
const B_IN_PROD: &str =
    "{apiVersion: example.com/v1, kind: Widget, metadata: {name: b, namespace: prod}}";
const B_IN_DEV: &str = "{apiVersion: example.com/v1, kind: Widget, metadata: {name: b, namespace: dev, labels: {app: x}}}";
const CRD: &str = "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: widgets.example.com}, spec: {group: example.com, scope: Namespaced, names: {kind: Widget, plural: widgets}, versions: [{name: v1, served: true}]}, status: {conditions: [{type: Established, status: 'True'}]}}";
const CLUSTER_CRD: &str = "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: widgets.example.com}, spec: {group: example.com, scope: Cluster, names: {kind: Widget, plural: widgets}, versions: [{name: v1, served: true}]}, status: {conditions: [{type: Established, status: 'True'}]}}";
const CLUSTER_DISCOVERY: &str = "{kind: APIGroupDiscoveryList, items: [{metadata: {name: example.com}, versions: [{version: v1, resources: [{resource: widgets, scope: Cluster, responseKind: {kind: Widget}}]}]}]}";

const A_EXISTS: &str =
    "target: {apiVersion: example.com/v1, kind: Widget, name: a, namespace: prod}, op: exists";
const A_NOT_EXISTS: &str =
    "target: {apiVersion: example.com/v1, kind: Widget, name: a}, op: notExists";
const B_NOT_EXISTS: &str =
    "target: {apiVersion: example.com/v1, kind: Widget, name: b, namespace: prod}, op: notExists";
const NONE_IN_PROD: &str = "target: {apiVersion: example.com/v1, kind: Widget, selector: '', namespaces: [prod]}, op: notExists";
const X_IN_PROD: &str = "target: {apiVersion: example.com/v1, kind: Widget, selector: app=x, namespaces: [prod]}, op: exists";

#[test]
fn one_object_without_namespace_does_not_move_the_others() {
    let unknown = [
        (A_EXISTS, "U not-in-snapshot"),
        (A_NOT_EXISTS, "U not-in-snapshot"),
        (X_IN_PROD, "U not-in-snapshot"),
    ];
    for (what, more) in [("no CRD", EVERYTHING), ("a CRD", CRD)] {
        check(
            what,
            &[EVERYTHING, more, HOMELESS_A, B_IN_PROD],
            &["snapshot.identity"],
            &[
                unknown.as_slice(),
                &[(B_NOT_EXISTS, "N value"), (NONE_IN_PROD, "N value")],
            ]
            .concat(),
        );
        check(
            what,
            &[EVERYTHING, more, HOMELESS_A, B_IN_DEV],
            &["snapshot.identity"],
            &[
                unknown.as_slice(),
                &[
                    (B_NOT_EXISTS, "U not-in-snapshot"),
                    (NONE_IN_PROD, "U not-in-snapshot"),
                ],
            ]
            .concat(),
        );
    }
    check(
        "it alone, and a CRD",
        &[EVERYTHING, CRD, HOMELESS_A],
        &["snapshot.identity"],
        &[(A_NOT_EXISTS, "U not-in-snapshot")],
    );
}

#[test]
fn a_namespace_does_not_hide_what_lives_in_none() {
    let crd_in_default = CRD.replace("{name: widgets", "{namespace: default, name: widgets");
    let no_crd = "target: {crd: {name: widgets.example.com}}, op: notExists";
    let role = "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: r, namespace: default}}";
    let no_role = "target: {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, name: r}, op: notExists";
    check(
        "a CRD and a ClusterRole",
        &[EVERYTHING, &crd_in_default, role],
        &["snapshot.identity"; 2],
        &[(no_crd, "N value"), (no_role, "N value")],
    );
    check(
        "two that differ",
        &[EVERYTHING, &role.replace(", namespace: default", ""), role],
        &["snapshot.identity"],
        &[(no_role, "U contradictory")],
    );
    let removed = "target: {apiVersion: example.com/v1, kind: Widget, name: b}, op: notExists";
    for (what, says_cluster) in [("a CRD", CLUSTER_CRD), ("discovery", CLUSTER_DISCOVERY)] {
        check(
            what,
            &[EVERYTHING, says_cluster, B_IN_DEV],
            &["snapshot.identity"],
            &[(removed, "N value"), (NONE_IN_PROD, "N value")],
        );
    }
    let failure = "{kind: SnapshotFailure, failures: [{group: apiextensions.k8s.io, kind: CustomResourceDefinition, namespace: x, name: widgets.example.com, reason: forbidden, request: GET}]}";
    check(
        "a read that failed",
        &[EVERYTHING, failure],
        &[],
        &[(no_crd, "U forbidden")],
    );
}

#[test]
fn a_kind_of_two_scopes_is_not_known() {
    check(
        "discovery against a CRD",
        &[EVERYTHING, CRD, CLUSTER_DISCOVERY, B_IN_PROD],
        &["snapshot.contradiction"],
        &[
            (A_NOT_EXISTS, "U not-in-snapshot"),
            (NONE_IN_PROD, "N value"),
        ],
    );
}

#[test]
fn objects_that_sound_like_documents_are_objects() {
    let group_list = "{apiVersion: evil.com/v1, kind: APIGroupList, metadata: {name: x, namespace: e}, groups: []}";
    let coverage = "{apiVersion: evil.com/v1, kind: SnapshotCoverage, metadata: {name: x, namespace: e}, covers: everything}";
    let review = "{apiVersion: authorization.k8s.io/v1, kind: SelfSubjectAccessReview, metadata: {name: x}, spec: {resourceAttributes: {verb: get, resource: pods}}, status: {allowed: true}}";
    let aggregated = "{kind: APIGroupDiscoveryList, items: [{metadata: {name: a.io}, versions: [{version: v1, resources: []}]}]}";
    let bare = [
        "{gitVersion: v1.30.0}",
        "{kind: SnapshotCoverage, covers: everything}",
        "{kind: APIGroupList, groups: []}",
        aggregated,
    ];
    let list = |items: &[&str]| {
        format!(
            "{{apiVersion: v1, kind: List, items: [{}]}}",
            items.join(", ")
        )
    };
    let unknown = [
        (NONE_IN_PROD, "U not-in-snapshot"),
        (
            "target: {apiAvailable: {group: policy.example.com, kind: Guard}}, op: notExists",
            "U not-in-snapshot",
        ),
        (
            "target: {kubeVersion: {}}, op: range, value: '>=1.28'",
            "U not-in-snapshot",
        ),
        (
            "target: {canI: {verb: get, group: '', resource: pods}}",
            "U not-in-snapshot",
        ),
    ];
    let alone = [group_list, coverage];
    check("alone", &alone, &[], &unknown);
    check("in a list", &[&list(&alone)], &[], &unknown);
    let (reviews, others) = (list(&[review]), list(&bare));
    check(
        "documents in a list",
        &[&reviews, &others],
        &["snapshot.identity"; 4],
        &unknown,
    );
}

#[test]
fn a_statement_with_an_unknown_key_says_nothing() {
    let statement = "{kind: SnapshotCoverage, covers: everything, namespaces: [prod]}";
    check(
        "coverage",
        &[statement],
        &["snapshot.coverage"],
        &[
            (A_NOT_EXISTS, "U not-in-snapshot"),
            (NONE_IN_PROD, "U not-in-snapshot"),
        ],
    );
}

#[test]
fn a_list_that_is_not_whole_covers_nothing() {
    let no_b = "target: {apiVersion: v1, kind: Node, name: b}, op: notExists";
    let list = |metadata: &str, items: &str| {
        format!("{{apiVersion: v1, kind: NodeList, metadata: {metadata}, items: [{items}]}}")
    };
    for (metadata, items, expected) in [
        ("null", "", "S satisfied"),
        (
            "{resourceVersion: '1', remainingItemCount: 0}",
            "",
            "S satisfied",
        ),
        (
            "{}",
            "{metadata: {name: a}, apiVersion: v1, kind: Node}",
            "S satisfied",
        ),
        (
            "{remainingItemCount: 5}",
            "{metadata: {name: a}}",
            "U not-in-snapshot",
        ),
        (
            "{remainingItemCount: '5'}",
            "{metadata: {name: a}}",
            "U not-in-snapshot",
        ),
        (
            "{continue: 5}",
            "{metadata: {name: a}}",
            "U not-in-snapshot",
        ),
        ("nonsense", "", "U not-in-snapshot"),
        (
            "{}",
            "{metadata: {name: b, namespace: d}, kind: Pod}",
            "U not-in-snapshot",
        ),
        (
            "{}",
            "{metadata: {name: b}, apiVersion: x.io/v1}",
            "U not-in-snapshot",
        ),
    ] {
        check(
            metadata,
            &[&list(metadata, items)],
            &[],
            &[(no_b, expected)],
        );
    }
}

#[test]
fn a_key_that_is_there_twice_is_refused() {
    let no_b = "target: {apiVersion: v1, kind: Node, name: b}, op: notExists";
    let node = r#"{"metadata":{"name":"b"}}"#;
    let yaml = "{apiVersion: v1, kind: NodeList, items: [], items: []}";
    for (what, text, code) in [
        (
            "items",
            format!(r#"{{"apiVersion":"v1","kind":"NodeList","items":[{node}],"items":[]}}"#),
            "json.duplicate-key",
        ),
        (
            "written otherwise",
            format!(r#"{{"apiVersion":"v1","kind":"NodeList","items":[{node}],"\u0069tems":[]}}"#),
            "json.duplicate-key",
        ),
        (
            "deep inside",
            r#"{"apiVersion":"v1","kind":"NodeList","items":[{"metadata":{"name":"b","name":"a"}}]}"#.to_owned(),
            "json.duplicate-key",
        ),
        ("YAML", yaml.to_owned(), "yaml.duplicate-key"),
    ] {
        check(what, &[&text], &[code], &[(no_b, "U not-in-snapshot")]);
    }
}

#[test]
fn json_is_read_whole() {
    let text = r#"{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "a"}, "spec": [null, true, -5, 9007199254740993,
        18446744073709551615, 0.1, 1e3, "a\u0041\"b", "plain", {}, [], {"$serde_json::private::Number": "5"}]}"#;
    let snapshot = read(text);
    let expected: serde_json::Value = serde_json::from_str(text).unwrap();
    assert_eq!(snapshot.object("", "Node", None, "a"), Some(&expected));
}

#[test]
fn discovery_alone_proves_no_absence_of_what_is_there() {
    let discovery = "{kind: APIGroupList, groups: []}";
    let bad = "{apiVersion: example.com/v1, kind: Widget, metadata: {name: b, namespace: prod}, spec: {bad: true}}";
    let no_api = "target: {apiAvailable: {group: example.com, kind: Widget}}, op: notExists";
    let some_api = "target: {apiAvailable: {group: example.com, version: v1, kind: Widget}}";
    let none_bad = "target: {apiVersion: example.com/v1, kind: Widget, selector: '', namespaces: all, fieldPath: spec.bad}, each: none, op: eq, value: true";
    let other_version =
        "target: {apiAvailable: {group: example.com, version: v2, kind: Widget}}, op: notExists";
    let questions = [
        no_api,
        some_api,
        none_bad,
        A_EXISTS,
        B_NOT_EXISTS,
        NONE_IN_PROD,
    ];
    for (what, shown) in [("an object", bad), ("a CRD", CRD)] {
        let mut answers = questions
            .map(|question| (question, "U contradictory"))
            .to_vec();
        answers.push((other_version, "S satisfied"));
        check(what, &[discovery, shown], &[], &answers);
        check(what, &[EVERYTHING, discovery, shown], &[], &answers);
    }
    check(
        "neither",
        &[discovery, CRD.replace("'True'", "'False'").as_str()],
        &[],
        &[(no_api, "S satisfied"), (B_NOT_EXISTS, "S satisfied")],
    );
}

//! What a snapshot covers, which reads failed, and what it was told besides objects.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::collections::BTreeSet;

use catalog_conditions::SourceFile;
use catalog_conditions::document::Limits;
use catalog_conditions::selector::LabelSelector;
use catalog_conditions::snapshot::{
    Access, AccessQuery, FailureKind, Namespaces, ReadFailure, Snapshot, SnapshotBuilder,
};
use serde_json::json;

fn read(text: &str) -> Snapshot {
    Snapshot::builder()
        .read(&SourceFile::new("s.yaml", text), &Limits::snapshot())
        .build()
}

fn told(snapshot: &Snapshot) -> Vec<String> {
    let lines = snapshot.diagnostics().iter();
    lines
        .map(|line| match line.help_lines() {
            [] => line.to_string(),
            help => format!("{line} ({})", help.join("; ")),
        })
        .collect()
}

fn selector(text: &str) -> LabelSelector {
    text.parse().unwrap()
}

fn named(names: &[&str]) -> Namespaces {
    Namespaces::Named(names.iter().map(|name| (*name).to_owned()).collect())
}

fn forbidden(request: &str) -> ReadFailure {
    ReadFailure::new(FailureKind::Forbidden, request)
}

/// Asks about kind `D` of group `g`: `NAMESPACE`, `NAMESPACE/NAME` or `NAMESPACE?SELECTOR`, where `*` is all namespaces or none.
fn known(snapshot: &Snapshot, question: &str) -> bool {
    let place = |namespace: &'_ str| (namespace != "*").then(|| namespace.to_owned());
    if let Some((namespace, name)) = question.split_once('/') {
        return snapshot.covers_name("g", "D", place(namespace).as_deref(), name);
    }
    if let Some((namespace, text)) = question.split_once('?') {
        let selector = selector(text);
        return snapshot.covers_selection("g", "D", place(namespace).as_deref(), &selector);
    }
    snapshot.covers("g", "D", place(question).as_deref())
}

/// Checks which questions a snapshot answers; those with a leading `!` it must not.
fn check(what: &str, snapshot: &Snapshot, questions: &[&str]) {
    for question in questions {
        let (expected, asked) = match question.strip_prefix('!') {
            Some(asked) => (false, asked),
            None => (true, *question),
        };
        assert_eq!(known(snapshot, asked), expected, "{what}: {asked}");
    }
}

/// The same coverage from a document and from code.
fn both(entry: &str, code: impl FnOnce(SnapshotBuilder) -> SnapshotBuilder) -> [Snapshot; 2] {
    let document = read(&format!("kind: SnapshotCoverage\ncovers: [{entry}]\n"));
    assert_eq!(told(&document), [""; 0], "{entry}");
    [document, code(Snapshot::builder()).build()]
}

#[test]
fn names_are_covered_where_they_were_read() {
    for snapshot in both("{group: g, kind: D, namespaces: [a], names: [x, z]}", |b| {
        b.covers_names("g", "D", Some("a"), ["x", "z"])
    }) {
        let questions = ["a/x", "a/z", "!a/w", "!b/x", "!*/x", "!a", "!*", "!a?app=x"];
        check("in a", &snapshot, &questions);
    }
    for snapshot in both("{group: g, kind: D, names: [x]}", |b| {
        b.covers_names("g", "D", None, ["x"])
    }) {
        check("in none", &snapshot, &["*/x", "!a/x", "!*/y", "!*"]);
    }
}

#[test]
fn selections_cover_what_asks_for_more() {
    let entry = "{group: g, kind: D, namespaces: [a], selector: 'tier in (x, y), app'}";
    for snapshot in both(entry, |b| {
        b.covers_selection("g", "D", named(&["a"]), selector("app,tier in (y,x)"))
    }) {
        check(
            "two requirements in a",
            &snapshot,
            &[
                "a?app,tier in (x,y)",
                "a?zone,tier in (y,x),app,big=yes,app",
                "!a?app",
                "!a?tier in (x,y)",
                "!a?app,tier in (x)",
                "!a?",
                "!a",
                "!a/x",
                "!b?app,tier in (x,y)",
                "!*?app,tier in (x,y)",
            ],
        );
    }
    for snapshot in both("{group: g, kind: D, selector: app=x}", |b| {
        b.covers_selection("g", "D", Namespaces::All, selector("app in (x)"))
    }) {
        check(
            "everywhere",
            &snapshot,
            &["*?app==x", "b?app=x,c", "!b?app!=x", "!*"],
        );
    }
    for snapshot in both("{group: g, kind: D, selector: ''}", |b| {
        b.covers_selection("g", "D", Namespaces::All, LabelSelector::default())
    }) {
        check("the empty selector", &snapshot, &["*?app=x", "*?"]);
    }
}

#[test]
fn failures_take_back_what_is_as_wide() {
    let all = || Snapshot::builder().covers("g", "D", Namespaces::All);
    let everything = || Snapshot::builder().complete();
    let web = || Snapshot::builder().covers("g", "D", named(&["web"]));
    let one = || Snapshot::builder().covers_names("g", "D", Some("web"), ["x"]);
    let some = || Snapshot::builder().covers_selection("g", "D", Namespaces::All, selector("l"));
    let list =
        |b: SnapshotBuilder, namespace| b.read_failed("g", "D", namespace, None, forbidden("GET"));
    let name =
        |b: SnapshotBuilder| b.read_failed("g", "D", Some("web"), Some("x"), forbidden("GET"));
    for (what, builder, questions) in [
        (
            "all, list",
            list(all(), None),
            &["!*", "!web", "!web/x", "!*?l"][..],
        ),
        (
            "all, list of web",
            list(all(), Some("web")),
            &["!*", "!web", "!web/x", "db", "db/x", "!*?l", "db?l"],
        ),
        (
            "all, one object",
            name(all()),
            &["*", "web", "!web/x", "web/y"],
        ),
        (
            "everything, list",
            list(everything(), None),
            &["!*", "!web", "!web/x"],
        ),
        (
            "everything, list of web",
            list(everything(), Some("web")),
            &["!*", "!web", "!web/x", "db", "db/x"],
        ),
        (
            "everything, one object",
            name(everything()),
            &["!*", "!web", "!web?l", "!web/x", "web/y", "db"],
        ),
        ("web, list", list(web(), None), &["web", "web/x", "!db"]),
        (
            "web, list of web",
            list(web(), Some("web")),
            &["!web", "!web/x"],
        ),
        ("an object, list", list(one(), None), &["web/x", "!web"]),
        (
            "an object, list of web",
            list(one(), Some("web")),
            &["web/x"],
        ),
        ("an object, that object", name(one()), &["!web/x"]),
        ("a selection, list", list(some(), None), &["!*?l", "!web?l"]),
        (
            "a selection, list of web",
            list(some(), Some("web")),
            &["!*?l", "!web?l", "db?l"],
        ),
        ("a selection, one object", name(some()), &["*?l", "web?l"]),
    ] {
        let snapshot = builder.build();
        check(what, &snapshot, questions);
        assert!(!snapshot.covers("g", "Other", None) || what.starts_with("everything"));
    }
}

#[test]
fn the_narrowest_failure_is_told() {
    let text = "\
kind: SnapshotFailure
failures:
- {group: g, kind: D, reason: unavailable, request: LIST all}
- {group: g, kind: D, namespace: b, reason: forbidden, request: LIST b}
- {group: g, kind: D, namespace: b, name: x, reason: unauthorized, request: GET b/x}
- {group: g, kind: E, namespace: b, reason: discovery, request: LIST E b}
- {group: g, kind: E, namespace: c, reason: discovery, request: LIST E c}
- {kind: Node, name: one, reason: forbidden, request: GET one}
";
    let snapshot = read(text);
    assert_eq!(told(&snapshot), [""; 0]);
    let request = |group, kind, namespace, name| {
        let failure = snapshot.failure(group, kind, namespace, name);
        failure.map_or("-", ReadFailure::request)
    };
    assert_eq!(request("g", "D", Some("b"), Some("x")), "GET b/x");
    assert_eq!(request("g", "D", Some("b"), Some("y")), "LIST b");
    assert_eq!(request("g", "D", Some("a"), Some("x")), "LIST all");
    assert_eq!(request("g", "D", Some("b"), None), "LIST b");
    assert_eq!(request("g", "D", None, None), "LIST all");
    assert_eq!(request("g", "E", None, None), "LIST E b");
    assert_eq!(request("g", "E", Some("c"), None), "LIST E c");
    assert_eq!(request("g", "E", Some("d"), None), "-");
    assert_eq!(request("", "Node", None, Some("one")), "GET one");
    assert_eq!(request("", "Node", None, Some("m")), "-");
    assert_eq!(
        request("", "Node", None, None),
        "-",
        "no list of nodes failed"
    );
    let vouched = Snapshot::builder()
        .complete()
        .read(&SourceFile::new("s.yaml", text), &Limits::snapshot())
        .build();
    let failure = vouched.failure("", "Node", None, None).unwrap();
    assert_eq!(
        failure.request(),
        "GET one",
        "that is why not all nodes are known"
    );
    assert_eq!(failure.kind(), FailureKind::Forbidden);
}

#[test]
fn the_order_of_failures_does_not_show() {
    let one = ReadFailure::new(FailureKind::Unavailable, "GET x -> 503");
    let other = forbidden("GET x -> 403");
    let built = |failures: [&ReadFailure; 2]| {
        let builder = failures
            .iter()
            .fold(Snapshot::builder(), |builder, failure| {
                builder
                    .read_failed("g", "D", None, None, (*failure).clone())
                    .read_failed("g", "D", Some("a"), Some("x"), (*failure).clone())
                    .version_failed((*failure).clone())
                    .access_failed((*failure).clone())
                    .discovery_failed(Some("g"), Some("v1"), (*failure).clone())
                    .discovery_failed(Some("h"), None, (*failure).clone())
                    .discovery_failed(None, None, (*failure).clone())
            });
        let snapshot = builder.build();
        [
            snapshot.failure("g", "D", None, None).cloned(),
            snapshot.failure("g", "D", Some("a"), Some("x")).cloned(),
            snapshot.version_failure().cloned(),
            snapshot.access_failure().cloned(),
            snapshot.discovery_failure("g", Some("v1")).cloned(),
            snapshot.discovery_failure("h", Some("v1")).cloned(),
            snapshot.discovery_failure("i", None).cloned(),
        ]
    };
    let kept: BTreeSet<_> = built([&one, &other]).into_iter().collect();
    assert_eq!(
        kept,
        BTreeSet::from([Some(other.clone())]),
        "the least of the two"
    );
    assert_eq!(built([&one, &other]), built([&other, &one]));
}

#[test]
fn discovery_that_failed_proves_no_absence() {
    let snapshot = read("\
kind: APIGroupDiscoveryList
items:
- metadata: {name: apps}
  versions: [{version: v1, resources: [{resource: deployments, scope: Namespaced, responseKind: {kind: Deployment}}]}]
- metadata: {name: metrics.k8s.io}
  versions: [{version: v1beta1, freshness: Stale}, {version: v1, resources: []}]
---
kind: SnapshotFailure
failures:
- {what: discovery, group: batch, version: v1, reason: unavailable, request: GET /apis/batch/v1 -> 503}
- {what: discovery, group: policy, reason: unavailable, request: GET /apis/policy -> 503}
- {what: version, reason: unavailable, request: GET /version -> 503}
- {what: access, reason: unauthorized, request: POST selfsubjectaccessreviews -> 401}
");
    assert_eq!(told(&snapshot), [""; 0]);
    for (group, version, failed) in [
        ("apps", None, false),
        ("apps", Some("v1"), false),
        ("metrics.k8s.io", None, true),
        ("metrics.k8s.io", Some("v1beta1"), true),
        ("metrics.k8s.io", Some("v1"), false),
        ("batch", Some("v1"), true),
        ("batch", None, true),
        ("batch", Some("v2"), false),
        ("policy", Some("v1"), true),
        ("policy", None, true),
        ("other", None, false),
        ("", None, false),
    ] {
        assert_eq!(
            snapshot.discovery_failed(group, version),
            failed,
            "{group} {version:?}"
        );
    }
    let failure = snapshot.discovery_failure("batch", None).unwrap();
    assert_eq!(failure.request(), "GET /apis/batch/v1 -> 503");
    assert!(snapshot.discovery_failure("metrics.k8s.io", None).is_none());
    assert_eq!(
        snapshot.version_failure().unwrap().kind(),
        FailureKind::Unavailable
    );
    assert_eq!(
        snapshot.access_failure().unwrap().kind(),
        FailureKind::Unauthorized
    );
    let none = Snapshot::builder()
        .discovery_failed(None, None, forbidden("GET /apis -> 403"))
        .build();
    assert!(none.discovery_failed("apps", None) && !none.discovery_failed("", None));
}

#[test]
fn access_reviews_are_answers() {
    let review = |name: &str, status: serde_json::Value| {
        json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "metadata": {"creationTimestamp": null},
            "spec": {"resourceAttributes": {"verb": "get", "resource": "nodes", "name": name}}, "status": status})
    };
    let snapshot = Snapshot::builder()
        .object(review("yes", json!({"allowed": true, "reason": "RBAC"})))
        .object(review(
            "erred",
            json!({"allowed": true, "evaluationError": "a role is missing"}),
        ))
        .object(review("no", json!({"allowed": false})))
        .object(review(
            "never",
            json!({"allowed": false, "denied": true, "evaluationError": "x"}),
        ))
        .object(review(
            "open",
            json!({"allowed": false, "evaluationError": "x"}),
        ))
        .object(review("odd", json!({"allowed": true, "denied": true})))
        .object(review("twice", json!({"allowed": true})))
        .object(review("twice", json!({"allowed": false})))
        .object(review("same", json!({"allowed": true})))
        .object(review("same", json!({"allowed": true})))
        .object(review("unanswered", json!({})))
        .build();
    let access = |name: &str| {
        snapshot.access(&AccessQuery {
            verb: "get".to_owned(),
            resource: "nodes".to_owned(),
            name: name.to_owned(),
            ..AccessQuery::default()
        })
    };
    for (name, answer) in [
        ("yes", Some(Access::Allowed)),
        ("erred", Some(Access::Allowed)),
        ("no", Some(Access::Denied)),
        ("never", Some(Access::Denied)),
        ("open", Some(Access::Undecided)),
        ("odd", Some(Access::Undecided)),
        ("twice", Some(Access::Undecided)),
        ("same", Some(Access::Allowed)),
        ("unanswered", None),
        ("", None),
    ] {
        assert_eq!(access(name), answer, "{name}");
    }
    assert_eq!(
        told(&snapshot),
        [
            "warning[snapshot.access]: this access review has no answer yet, and says nothing",
            "error[snapshot.contradiction]: this access review is here twice, and the answers differ",
        ]
    );
    let narrow = read(
        "{apiVersion: authorization.k8s.io/v1, kind: SelfSubjectAccessReview, spec: {resourceAttributes: {verb: list, resource: pods, labelSelector: {rawSelector: a}}}, status: {allowed: true}}",
    );
    let pods = AccessQuery {
        verb: "list".into(),
        resource: "pods".into(),
        ..AccessQuery::default()
    };
    assert_eq!(narrow.access(&pods), None, "some pods are not all pods");
    let path = read(
        "{apiVersion: authorization.k8s.io/v1, kind: SelfSubjectAccessReview, spec: {nonResourceAttributes: {verb: get, path: /}}, status: {allowed: true}}",
    );
    assert_eq!(
        told(&path),
        [
            "s.yaml:1:1: warning[snapshot.access]: this access review asks for no resource, and says nothing"
        ]
    );
}

#[test]
fn a_snapshot_has_one_time() {
    let timed = read("kind: SnapshotCoverage\ntakenAt: 2026-01-31T08:00:00Z\n");
    assert_eq!(timed.taken_at(), "2026-01-31T08:00:00Z".parse().ok());
    let same = read(
        "kind: SnapshotCoverage\ntakenAt: 2026-01-31T08:00:00Z\n---\nkind: SnapshotCoverage\ntakenAt: '2026-01-31T09:00:00+01:00'\n",
    );
    assert_eq!(same.taken_at(), timed.taken_at(), "one instant");
    assert_eq!(told(&same), [""; 0]);
    assert_eq!(told(&timed), [""; 0]);
    let twice = read(
        "kind: SnapshotCoverage\ntakenAt: 2026-01-31T08:00:00Z\n---\nkind: SnapshotCoverage\ntakenAt: 2026-01-31T08:00:01Z\ncovers: []\n",
    );
    assert_eq!(twice.taken_at(), None);
    assert_eq!(
        told(&twice),
        [
            "s.yaml:5:1: error[snapshot.coverage]: the snapshot is given two times, and has none while they differ"
        ]
    );
    assert_eq!(
        Snapshot::builder()
            .taken_at("2026-01-31T08:00:00Z")
            .build()
            .taken_at(),
        timed.taken_at()
    );
}

#[test]
fn resources_have_plural_names() {
    let snapshot = read("\
{kind: APIResourceList, groupVersion: template.openshift.io/v1, resources: [{name: processedtemplates, kind: Template, namespaced: true, verbs: [create]}, {name: templates, kind: Template, namespaced: true, verbs: [get, list]}]}
---
kind: APIGroupDiscoveryList
items: [{metadata: {name: x.io}, versions: [{version: v1, resources: [{resource: geese, scope: Namespaced, responseKind: {kind: Goose}}]}]}]
---
{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: mice.y.io}, spec: {group: y.io, names: {kind: Mouse, plural: mice}, versions: []}}
");
    for (group, kind, resource) in [
        ("template.openshift.io", "Template", Some("templates")),
        ("x.io", "Goose", Some("geese")),
        ("y.io", "Mouse", Some("mice")),
        (
            "networking.k8s.io",
            "NetworkPolicy",
            Some("networkpolicies"),
        ),
        ("", "Endpoints", Some("endpoints")),
        ("", "Deployment", None),
        ("x.io", "Mouse", None),
    ] {
        assert_eq!(snapshot.resource(group, kind), resource, "{group} {kind}");
    }
}

#[test]
fn nothing_in_a_statement_is_passed_over() {
    for (text, expected) in [
        (
            "kind: SnapshotCoverage\ncovers:\n- {group: g, kind: D, namespace: a}\n",
            "s.yaml:3:23: error[snapshot.coverage]: `covers[0]`: `namespace` is not a key of this map (did you mean `namespaces`?)",
        ),
        (
            "kind: SnapshotCoverage\ncover: everything\n",
            "s.yaml:2:1: error[snapshot.coverage]: `cover` is not a key of this map (did you mean `covers`?)",
        ),
        (
            "kind: SnapshotCoverage\ncovers: everything\nnamespaces: [prod]\n",
            "s.yaml:3:1: error[snapshot.coverage]: `namespaces` is not a key of this map (known keys: apiVersion, kind, covers, takenAt)",
        ),
        (
            "kind: SnapshotCoverage\ncovers: all\n",
            "s.yaml:2:1: error[snapshot.coverage]: `covers` is neither `everything` nor a list of `{group, kind, namespaces, names, selector}`",
        ),
        (
            "kind: SnapshotCoverage\ncovers: [x, {kind: D}]\n",
            "s.yaml:2:1: error[snapshot.coverage]: `covers[0]`: an entry is a map `{group, kind, namespaces, names, selector}`",
        ),
        (
            "kind: SnapshotCoverage\ncovers: [{group: g}]\n",
            "s.yaml:2:10: error[snapshot.coverage]: `covers[0]`: `kind` is missing",
        ),
        (
            "kind: SnapshotCoverage\ncovers: [{group: g, kind: D, names: [x], selector: a}]\n",
            "s.yaml:2:42: error[snapshot.coverage]: `covers[0]`: `names` and `selector` are two reads: write an entry for each",
        ),
        (
            "kind: SnapshotCoverage\ncovers: [{group: apps, kind: Deployment, names: [x]}]\n",
            "s.yaml:2:42: error[snapshot.coverage]: `covers[0]`: `names` are those of one namespace: write an entry for each namespace (write `namespaces: [name]` beside `names`)",
        ),
        (
            "kind: SnapshotCoverage\ncovers: [{kind: D, selector: a b}]\n",
            "s.yaml:2:20: error[snapshot.coverage]: `covers[0]`: `b` is no operator of a selector: write =, ==, !=, in, notin, > or <",
        ),
        (
            "kind: SnapshotCoverage\ncovers: []\ntakenAt: 5\n",
            "s.yaml:3:1: error[snapshot.coverage]: `takenAt` must be a text (put quotes around each text)",
        ),
        (
            "kind: SnapshotCoverage\ncovers: []\ntakenAt: yesterday\n",
            "s.yaml:3:1: error[snapshot.coverage]: `yesterday` is not a time: write it as RFC 3339 does, as in `2026-01-31T12:00:00Z` or `2026-01-31T14:00:00.5+02:00`",
        ),
        (
            "kind: SnapshotFailure\nfailures:\n- {kind: D, reason: forbiden, request: x}\n",
            "s.yaml:3:13: error[snapshot.failure]: `failures[0]`: `reason` is one of unauthorized, forbidden, unavailable, discovery, not `forbiden` (did you mean `forbidden`?)",
        ),
        (
            "kind: SnapshotFailure\nfailures:\n- {what: version, kind: D, reason: forbidden, request: x}\n",
            "s.yaml:3:19: error[snapshot.failure]: `failures[0]`: `kind` is not a key of this map (known keys: what, reason, request)",
        ),
        (
            "kind: SnapshotFailure\nfailures:\n- {what: discovery, version: v1, reason: forbidden, request: x}\n",
            "s.yaml:3:21: error[snapshot.failure]: `failures[0]`: `version` is that of a `group`, which is missing",
        ),
        (
            "{\"kind\": \"SnapshotFailure\", \"group\": \"g\"}",
            "s.yaml:1:1: error[snapshot.failure]: `failures` must be a list of `{group, kind, namespace, name, reason, request}`\ns.yaml:1:1: error[snapshot.failure]: `group` is not a key of this map (known keys: apiVersion, kind, failures)",
        ),
    ] {
        let snapshot = Snapshot::builder()
            .read(&SourceFile::new("s.yaml", text), &Limits::snapshot())
            .build();
        let mut expected: Vec<&str> = expected.split('\n').collect();
        expected.sort_unstable();
        let mut lines = told(&snapshot);
        lines.sort_unstable();
        assert_eq!(lines, expected, "{text}");
        assert!(!snapshot.covers("g", "D", Some("a")), "{text}");
        let vouched = Snapshot::builder()
            .complete()
            .read(&SourceFile::new("s.yaml", text), &Limits::snapshot())
            .build();
        let is_failure = text.contains("SnapshotFailure");
        assert_eq!(
            vouched.covers("", "Node", None),
            !is_failure,
            "what failed may be anything: {text}"
        );
    }
}

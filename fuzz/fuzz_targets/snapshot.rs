//! Any text is a snapshot, perhaps of nothing, and every condition on it has an answer.
#![no_main]

use std::sync::LazyLock;

use catalog_conditions::SourceFile;
use catalog_conditions::condition::ConditionSet;
use catalog_conditions::document::Limits;
use catalog_conditions::evaluate::{Context, evaluate};
use catalog_conditions::snapshot::{AccessQuery, FailureKind, ReadFailure, Snapshot};
use libfuzzer_sys::fuzz_target;

static CONDITIONS: LazyLock<ConditionSet> = LazyLock::new(|| {
    let file = SourceFile::new(
        "c.yaml",
        "conditions:
- {target: {kubeVersion: {}}, op: range, value: '>=1.28'}
- {target: {apiVersion: apps/v1, kind: Deployment, name: a, namespace: b, fieldPath: 'spec.containers[name=x].image'}, op: eq, value: y}
- {target: {apiVersion: v1, kind: Node, selector: {}, fieldPath: metadata.name}, each: all, op: exists}
- {target: {crd: {name: a.b.c}}}
",
    );
    ConditionSet::parse(&file, &Limits::default()).0
});

fuzz_target!(|text: &str| {
    let file = SourceFile::new("snapshot.yaml", text);
    let builder = Snapshot::builder().read(&file, &Limits::default());
    let snapshot = builder.clone().build();
    more_is_known_of_less(&snapshot);
    let failure = ReadFailure::new(FailureKind::Forbidden, "GET");
    let failed = builder
        .read_failed("apps", "Deployment", Some("b"), None, failure)
        .build();
    more_is_known_of_less(&failed);
    assert!(!failed.covers("apps", "Deployment", Some("b")));
    assert!(!failed.covers("apps", "Deployment", None));
    assert!(failed.failure("apps", "Deployment", None, None).is_some());
    let report = evaluate(&CONDITIONS, &snapshot, &Context::new().with_namespace("b"));
    let _ = (
        report.to_json(),
        report.to_string(),
        snapshot.apis().count(),
        snapshot.taken_at(),
        snapshot.resource("apps", "Deployment"),
        snapshot.discovery_failed("apps", Some("v1")),
        snapshot.access(&AccessQuery::default()),
    );
});

/// Who knows all objects of a kind knows those that a selector selects, and any by its name unless the read of just that one failed.
fn more_is_known_of_less(snapshot: &Snapshot) {
    for (group, kind, namespace) in [
        ("apps", "Deployment", Some("b")),
        ("apps", "Deployment", None),
        ("", "Node", None),
    ] {
        let covers = |text: &str| {
            let selector = text.parse().expect("a selector");
            snapshot.covers_selection(group, kind, namespace, &selector)
        };
        let whole = snapshot.covers(group, kind, namespace);
        let one = snapshot.covers_name(group, kind, namespace, "m");
        assert!(covers("") || !whole);
        assert!(covers("disk=ssd") || !covers(""));
        assert!(covers("disk=ssd,!old") || !covers("disk=ssd"));
        let failed = snapshot.failure(group, kind, namespace, Some("m"));
        assert!(one || !whole || failed.is_some());
    }
}

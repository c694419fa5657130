//! Any text is a snapshot, perhaps of nothing, and every condition on it has an answer.
#![no_main]

use std::sync::LazyLock;

use catalog_conditions::SourceFile;
use catalog_conditions::condition::ConditionSet;
use catalog_conditions::document::Limits;
use catalog_conditions::evaluate::{Context, evaluate};
use catalog_conditions::snapshot::Snapshot;
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
    let snapshot = Snapshot::builder().read(&file, &Limits::default()).build();
    let report = evaluate(&CONDITIONS, &snapshot, &Context::new().with_namespace("b"));
    let _ = (
        report.to_json(),
        report.to_string(),
        snapshot.apis().count(),
    );
});

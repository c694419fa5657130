//! Input meant to break or to stall: everything ends soon, in an answer or a diagnostic.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail loudly"
)]

use std::time::{Duration, Instant};

use catalog_conditions::SourceFile;
use catalog_conditions::condition::ConditionSet;
use catalog_conditions::document::Limits;
use catalog_conditions::evaluate::{Context, evaluate};
use catalog_conditions::report::{Gate, Outcome};
use catalog_conditions::snapshot::Snapshot;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Generous for a slow and busy machine without optimisation; what is quadratic takes far longer.
const SOON: Duration = Duration::from_secs(120);

fn soon<T>(what: &str, act: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = act();
    assert!(start.elapsed() < SOON, "{what} took {:?}", start.elapsed());
    done
}

fn parse(text: String, limits: &Limits) -> (ConditionSet, usize) {
    let (set, diagnostics) = ConditionSet::parse(&SourceFile::new("h.yaml", text), limits);
    (set, diagnostics.len())
}

#[test]
fn a_hundred_thousand_conditions() {
    let item = |at: usize| format!("- {{ name: n{at}, target: {{ crd: {{ name: a{at}.b }} }} }}\n");
    let text: String = "conditions:\n".to_owned() + &(0..100_000).map(item).collect::<String>();
    let (set, diagnostics) = soon("a file over its limit", || {
        parse(text.clone(), &Limits::default())
    });
    assert_eq!(diagnostics, 1, "the limit on nodes");
    let nothing = Snapshot::builder().complete().build();
    assert!(evaluate(&set, &nothing, &Context::new()).gate() >= Gate::Indeterminate);
    let mut wide = Limits::default();
    (wide.file_bytes, wide.document_bytes, wide.nodes) = (64 << 20, 64 << 20, 10_000_000);
    let (set, diagnostics) = soon("reading them", || parse(text, &wide));
    assert_eq!((set.conditions().len(), diagnostics), (100_000, 0));
    let report = soon("asking them", || evaluate(&set, &nothing, &Context::new()));
    assert_eq!(report.gate(), Gate::Fail);
}

#[test]
fn a_hundred_thousand_mistakes() {
    let mut wide = Limits::default();
    (wide.file_bytes, wide.document_bytes, wide.nodes) = (64 << 20, 64 << 20, 10_000_000);
    let text = "conditions:\n".to_owned()
        + &"- { name: same, target: { crd: { nam: x } }, oops: 1, value: [1.10, on] }\n"
            .repeat(50_000);
    let (_, diagnostics) = soon("reading mistakes", || parse(text, &wide));
    assert!(diagnostics >= 150_000, "{diagnostics}");
}

#[test]
fn long_texts() {
    let megabyte = "x".repeat(1 << 20);
    for item in [
        format!("{{ target: {{ crd: {{ name: {megabyte}.y }} }} }}"),
        format!(
            "{{ target: {{ apiVersion: v1, kind: Pod, name: x, fieldPath: \"{megabyte}\" }}, op: exists }}"
        ),
        format!(
            "{{ target: {{ apiVersion: v1, kind: Pod, selector: \"{megabyte}\" }}, op: exists }}"
        ),
        format!("{{ target: {{ kubeVersion: {{}} }}, op: range, value: \">={megabyte}\" }}"),
        format!(
            "{{ target: {{ apiVersion: v1, kind: Pod, name: x, fieldPath: a }}, op: {megabyte} }}"
        ),
        format!(
            "{{ target: {{ apiVersion: v1, kind: Pod, name: x, fieldPath: a }}, op: eq, value: 1e{megabyte} }}"
        ),
        format!("{{ name: {megabyte}, target: {{ crd: {{ name: a.b }} }} }}"),
    ] {
        soon("a long text", || {
            let (set, _) = parse(format!("conditions:\n- {item}\n"), &Limits::default());
            let report = evaluate(
                &set,
                &Snapshot::builder().complete().build(),
                &Context::new(),
            );
            assert_ne!(report.gate(), Gate::Pass);
            assert!(report.to_string().len() < 2000, "a report stays short");
        });
    }
    let shown = format!(
        "{{ target: {{ apiVersion: v1, kind: Node, name: n, fieldPath: spec.x }}, op: eq, value: \"{megabyte}\" }}"
    );
    let (set, _) = parse(format!("conditions:\n- {shown}\n"), &Limits::default());
    let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}, "spec": {"x": [megabyte]}});
    let report = evaluate(
        &set,
        &Snapshot::builder().object(node).build(),
        &Context::new(),
    );
    assert!(report.to_string().len() < 2000, "a report stays short");
}

#[test]
fn numbers_of_any_size() {
    let numbers = [
        "1e400",
        "-1e-400",
        "1e999999999999999999999",
        "123456789012345678901234567890.5",
    ];
    for number in numbers {
        let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}, "spec": {"x": number}});
        let snapshot = Snapshot::builder().object(node).build();
        for op in ["gt", "le", "eq"] {
            let item = format!(
                "{{ target: {{ apiVersion: v1, kind: Node, name: n, fieldPath: spec.x }}, op: {op}, value: \"{number}\", as: number }}"
            );
            let (set, _) = parse(format!("conditions:\n- {item}\n"), &Limits::default());
            let outcome = evaluate(&set, &snapshot, &Context::new()).conditions()[0].outcome();
            let readable = !number.contains("999999999999999999999");
            assert_eq!(
                outcome == Outcome::Satisfied,
                readable && op != "gt",
                "{op} {number}"
            );
        }
    }
}

#[test]
fn deep_documents_are_refused_not_followed() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = open.repeat(100_000) + "1" + &close.repeat(100_000);
        for name in ["d.json", "d.yaml"] {
            let snapshot = soon("a deep document", || {
                Snapshot::builder()
                    .complete()
                    .read(&SourceFile::new(name, deep.clone()), &Limits::snapshot())
                    .build()
            });
            assert!(!snapshot.diagnostics().is_empty());
            assert!(
                !snapshot.covers("", "Pod", None),
                "what was not read covers nothing"
            );
        }
        parse(format!("conditions:\n- {deep}\n"), &Limits::default());
    }
    let nested =
        "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[".repeat(40) + &"]}".repeat(40);
    assert!(
        Snapshot::builder()
            .read(&SourceFile::new("n.json", nested), &Limits::snapshot())
            .build()
            .diagnostics()
            .is_empty()
    );
}

/// A cluster of many objects: `CATALOG_MANY_OBJECTS=200000` for the whole of it.
#[test]
fn many_objects() {
    let count: usize = std::env::var("CATALOG_MANY_OBJECTS")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(5_000);
    let object = |at: usize| {
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": format!("d{at}"), "namespace": format!("n{}", at % 100), "labels": {"app": format!("a{}", at % 7)}},
            "spec": {"template": {"spec": {"containers": [{"name": "main", "image": format!("reg:5000/app:1.{}", at % 50)}]}}},
            "status": {"readyReplicas": at % 3},
        })
    };
    let list = json!({"apiVersion": "v1", "kind": "List", "items": (0..count).map(object).collect::<Vec<Value>>()});
    let conditions = "\
conditions:
- { target: { apiVersion: apps/v1, kind: Deployment, selector: app=a1, namespaces: all, fieldPath: status.readyReplicas }, each: { atLeast: 10 }, op: ge, value: 1 }
- { target: { apiVersion: apps/v1, kind: Deployment, selector: {}, namespaces: all, fieldPath: 'spec.template.spec.containers[*].image' }, each: all, op: range, value: '>=1', as: imageVersion }
- { target: { apiVersion: apps/v1, kind: Deployment, name: d17, namespace: n17 }, op: exists }
";
    let (set, _) = parse(conditions.to_owned(), &Limits::default());
    let as_json = SourceFile::new("c.json", list.to_string());
    let as_yaml = SourceFile::new("c.yaml", format!("# not JSON\n{list}"));
    for file in [as_json, as_yaml] {
        let start = Instant::now();
        let snapshot = Snapshot::builder()
            .complete()
            .read(&file, &Limits::snapshot())
            .build();
        let read = start.elapsed();
        assert_eq!(snapshot.diagnostics(), []);
        assert_eq!(snapshot.objects("apps", "Deployment").count(), count);
        let report = soon("asking", || evaluate(&set, &snapshot, &Context::new()));
        assert_eq!(report.gate(), Gate::Pass, "{report}");
        eprintln!(
            "{}: {count} objects read in {read:?}, asked in {:?}",
            file.path(),
            start.elapsed() - read
        );
    }
}

proptest! {
    #[test]
    fn any_text_ends_in_diagnostics(text in "\\PC{0,80}", yaml in "(conditions:|target:|op:|any:|- |  |\\{|\\}|\\[|\\]|name: x|eq|value: 1|\n|\"|'|: |, |crd|kubeVersion|each){0,30}") {
        for text in [text, format!("conditions:\n{yaml}"), yaml] {
            let (set, count) = parse(text.clone(), &Limits::default());
            let gate = evaluate(&set, &Snapshot::builder().build(), &Context::new()).gate();
            prop_assert!(count > 0 || gate >= Gate::Indeterminate, "{}", text);
            let file = SourceFile::new("c", text);
            let _snapshot = Snapshot::builder().read(&file, &Limits::snapshot()).build();
        }
    }
}

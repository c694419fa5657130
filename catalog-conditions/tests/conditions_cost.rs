//! What asking costs beside many objects, many conditions and many elements: in proportion to each, and not to their product.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod cost;

use std::time::Duration;

use catalog_conditions::SourceFile;
use catalog_conditions::condition::ConditionSet;
use catalog_conditions::document::Limits;
use catalog_conditions::evaluate::{Context, evaluate};
use catalog_conditions::report::{Gate, Report};
use catalog_conditions::snapshot::{Snapshot, SnapshotBuilder};
use serde_json::{Value, json};

use self::cost::computed;

/// A cluster and what is asked of it.
struct Case {
    snapshot: Snapshot,
    set: ConditionSet,
}

impl Case {
    fn new(objects: impl Iterator<Item = Value>, items: impl Iterator<Item = String>) -> Self {
        let builder = Snapshot::builder().complete();
        let builder = objects.fold(builder, |builder, object| builder.object(object));
        Self::of(builder, items)
    }

    fn of(snapshot: SnapshotBuilder, items: impl Iterator<Item = String>) -> Self {
        let snapshot = snapshot.build();
        assert_eq!(snapshot.diagnostics().first(), None);
        let text: String = items.map(|item| format!("- {item}\n")).collect();
        let file = SourceFile::new("cost.yaml", format!("conditions:\n{text}"));
        let (set, diagnostics) = ConditionSet::parse(&file, &Limits::default());
        assert_eq!(diagnostics.first(), None);
        Self { snapshot, set }
    }

    fn ask(&self) -> Report {
        let context = Context::new().with_namespace("n0");
        evaluate(&self.set, &self.snapshot, &context)
    }

    /// What asking takes. Linux counts in its own steps of some milliseconds, so that it is asked until many of them are over.
    fn time(&self, gate: Gate) -> Duration {
        let (start, mut rounds) = (computed(), 0);
        loop {
            assert_eq!(self.ask().gate(), gate);
            rounds += 1;
            let took = computed() - start;
            if took > Duration::from_millis(60) {
                return took / rounds;
            }
        }
    }
}

/// Holds that a case takes at most so many times as long as another. The shortest times count, of three rounds or, where the caches
/// are shared with other work, of more.
fn check_ratio(gate: Gate, most: f64, base: &Case, case: &Case) {
    let (mut shortest_base, mut shortest) = (Duration::MAX, Duration::MAX);
    for round in 1..=30 {
        shortest_base = shortest_base.min(base.time(gate));
        shortest = shortest.min(case.time(gate));
        if round >= 3 && shortest.as_secs_f64() < most * shortest_base.as_secs_f64() {
            return;
        }
    }
    panic!("{shortest:?} beside {shortest_base:?}, where {most} times as long is too long");
}

/// Holds that a case four times as large takes some four times as long. What is quadratic takes sixteen times as long.
fn check_linear(small: usize, gate: Gate, case: impl Fn(usize) -> Case) {
    check_ratio(gate, 9.0, &case(small), &case(4 * small));
}

fn config_map(namespace: usize, name: usize, data: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": format!("m{name}"), "namespace": format!("n{namespace}")},
        "data": data,
    })
}

#[test]
fn many_questions_about_a_version_that_no_object_shows() {
    let widget = |at: usize| json!({"apiVersion": "example.com/v2", "kind": "Widget", "metadata": {"name": format!("w{at}"), "namespace": "n0"}});
    let item = |_| {
        "target: { apiAvailable: { group: example.com, version: v1, kind: Widget } }".to_owned()
    };
    check_linear(500, Gate::Indeterminate, |count| {
        Case::new((0..count).map(widget), (0..count).map(item))
    });
}

#[test]
fn many_selectors_each_in_its_own_namespace() {
    let item = |at: usize| {
        format!(
            "target: {{ apiVersion: v1, kind: ConfigMap, selector: '', namespaces: [n{at}], fieldPath: data.x }}\n  each: all\n  op: eq\n  value: z"
        )
    };
    check_linear(200, Gate::Pass, |count| {
        let maps = (0..count).map(|at| config_map(at, at, &json!({"x": "z"})));
        Case::new(maps, (0..count).map(item))
    });
}

#[test]
fn answers_share_the_objects_that_they_rest_on() {
    let item = |at: usize| {
        format!(
            "target: {{ apiVersion: v1, kind: ConfigMap, selector: '', namespaces: all, fieldPath: data.x }}\n  each: all\n  op: ne\n  value: w{at}"
        )
    };
    let maps = (0..300).map(|at| config_map(0, at, &json!({"x": "z"})));
    let report = Case::new(maps, (0..20).map(item)).ask();
    let reads = |at: usize| report.conditions()[at].answer().reads();
    for at in 1..20 {
        assert_eq!((reads(at), reads(at).len()), (reads(0), 300));
        let mut pairs = reads(at).iter().zip(reads(0));
        assert!(pairs.all(|(one, first)| std::ptr::eq(one.name(), first.name())));
    }
}

/// Names that nothing has.
fn absent_name(at: usize) -> String {
    format!("target: {{ apiVersion: v1, kind: ConfigMap, name: q{at} }}\n  op: exists")
}

#[test]
fn absent_names_beside_many_objects() {
    let case = |count: usize| {
        let maps = (0..count).map(|at| config_map(0, at, &json!({})));
        Case::new(maps, (0..20).map(absent_name))
    };
    check_ratio(Gate::Fail, 2.0, &case(2_000), &case(8_000));
}

#[test]
fn absent_names_beside_many_namespaces() {
    let case = |count: usize| {
        let maps = (0..count).map(|at| config_map(at, at, &json!({})));
        Case::new(maps, (0..200).map(absent_name))
    };
    check_ratio(Gate::Fail, 2.0, &case(2_000), &case(8_000));
}

/// An object with a list of so many elements, each with a name and a value.
fn list_of(count: usize, value: &str) -> Value {
    let element = |at: usize| json!({"name": format!("e{at}"), "v": value});
    let items: Vec<Value> = (0..count).map(element).collect();
    json!({
        "apiVersion": "example.com/v1", "kind": "List1",
        "metadata": {"name": "l", "namespace": "n0"},
        "spec": {"items": items},
    })
}

const LIST: &str = "apiVersion: example.com/v1, kind: List1, name: l, namespace: n0";

#[test]
fn elements_compared_with_another_field() {
    let item = format!(
        "target: {{ {LIST}, fieldPath: 'spec.items[*].v' }}\n  each: all\n  op: eq\n  valueFrom: {{ fieldPath: 'spec.items[name=e3].v' }}"
    );
    check_linear(400, Gate::Pass, |count| {
        Case::new(
            [list_of(count, "x")].into_iter(),
            [item.clone()].into_iter(),
        )
    });
}

#[test]
fn elements_compared_with_another_field_in_facts() {
    let item = format!(
        "target: {{ {LIST} }}\n  satisfies: {{ fieldPath: 'spec.items[*].v', each: all, op: eq, valueFrom: {{ fieldPath: 'spec.items[name=e3].v' }} }}"
    );
    check_linear(400, Gate::Pass, |count| {
        Case::new(
            [list_of(count, "x")].into_iter(),
            [item.clone()].into_iter(),
        )
    });
}

#[test]
fn elements_compared_with_many_quantities() {
    let case = |op: &str, count: usize| {
        let values: Vec<String> = (0..count).map(|at| format!("'{at}Mi'")).collect();
        let item = format!(
            "target: {{ {LIST}, fieldPath: 'spec.items[*].v' }}\n  each: none\n  op: {op}\n  as: quantity\n  value: [{}]",
            values.join(", ")
        );
        Case::new([list_of(500, "100Gi")].into_iter(), [item].into_iter())
    };
    check_ratio(Gate::Pass, 12.0, &case("in", 1), &case("in", 60));
}

/// Of facts about an object, as of so many questions, each is asked once, the words about them included.
#[test]
fn facts_are_asked_once() {
    let values = || (0..40).map(|at| if at < 39 { "x" } else { "w" });
    let facts: Vec<String> = values()
        .map(|value| {
            format!("{{ fieldPath: 'spec.items[*].v', each: all, op: eq, value: {value} }}")
        })
        .collect();
    let questions: Vec<String> = values()
        .map(|value| {
            format!("{{ target: {{ {LIST}, fieldPath: 'spec.items[*].v' }}, each: all, op: eq, value: {value} }}")
        })
        .collect();
    let facts = format!(
        "target: {{ {LIST} }}\n  satisfies: {{ all: [{}] }}",
        facts.join(", ")
    );
    let questions = format!("all: [{}]", questions.join(", "));
    let case = |item: String| Case::new([list_of(500, "x")].into_iter(), [item].into_iter());
    check_ratio(Gate::Fail, 1.6, &case(questions), &case(facts));
}

#[test]
fn many_questions_about_a_kind_that_a_crd_defines() {
    let text = json!({"type": "string"});
    let spec = json!({"type": "object", "properties": {"v": text}});
    let schema = json!({"type": "object", "properties": {"spec": spec}});
    let crd = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.com"},
        "spec": {
            "group": "example.com", "scope": "Namespaced",
            "names": {"kind": "Widget", "plural": "widgets"},
            "versions": [{"name": "v1", "served": true, "schema": {"openAPIV3Schema": schema}}],
        },
        "status": {"conditions": [{"type": "Established", "status": "True"}]},
    });
    let question = "{ target: { apiVersion: example.com/v1, kind: Widget, name: w, namespace: n0, fieldPath: spec.v }, op: eq, value: x }";
    check_linear(100, Gate::Fail, |count| {
        let item = format!("all: [{}]", vec![question; count].join(", "));
        Case::new([crd.clone()].into_iter(), [item].into_iter())
    });
}

#[test]
fn many_absent_kinds_beside_many_kinds() {
    let kind = |at: usize| json!({"name": format!("k{at}s"), "kind": format!("K{at}"), "namespaced": true, "verbs": ["get", "list"]});
    let item = |at: usize| {
        format!(
            "target: {{ apiAvailable: {{ group: example.com, version: v1, kind: Absent{at} }} }}"
        )
    };
    check_linear(1_000, Gate::Fail, |count| {
        let kinds: Vec<Value> = (0..count).map(kind).collect();
        let list = json!({"apiVersion": "v1", "kind": "APIResourceList", "groupVersion": "example.com/v1", "resources": kinds});
        let file = SourceFile::new("kinds.json", list.to_string());
        let builder = Snapshot::builder().complete();
        Case::of(
            builder.read(&file, &Limits::snapshot()),
            (0..count).step_by(40).map(item),
        )
    });
}

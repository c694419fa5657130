//! Laws: strong Kleene logic, the gate's table, exact numbers, and an order of objects that decides nothing.
#![cfg(feature = "json-path")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_conditions::condition::{Condition, ConditionSet, Expression, OnUnknown};
use catalog_conditions::document::Limits;
use catalog_conditions::evaluate::{Context, evaluate};
use catalog_conditions::report::{Gate, Outcome};
use catalog_conditions::snapshot::Snapshot;
use catalog_conditions::{Severity, SourceFile};
use proptest::prelude::*;
use serde_json::{Value, json};

const TRUTHS: [Outcome; 3] = [Outcome::Satisfied, Outcome::NotSatisfied, Outcome::Unknown];

/// A question with this answer in [`cluster`].
fn leaf(outcome: Outcome) -> Expression {
    match outcome {
        Outcome::Satisfied => Expression::object_exists("v1", "Namespace", None, "there"),
        Outcome::NotSatisfied => Expression::object_exists("v1", "Namespace", None, "missing"),
        _ => Expression::object_exists("v1", "Node", None, "unseen"),
    }
}

fn cluster() -> Snapshot {
    let covers = json!([{"group": "", "kind": "Namespace"}]);
    Snapshot::builder()
        .object(json!({"kind": "SnapshotCoverage", "covers": covers}))
        .object(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "there"}}))
        .build()
}

fn outcome(expression: Expression) -> Outcome {
    let mut set = ConditionSet::new();
    set.push(Condition::new("x", expression));
    evaluate(&set, &cluster(), &Context::new()).conditions()[0].outcome()
}

/// The worst and the best of truth values, false below unknown below true.
fn rank(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::NotSatisfied => 0,
        Outcome::Unknown => 1,
        _ => 2,
    }
}

#[test]
fn all_is_the_least_any_the_greatest_and_not_turns_them_round() {
    let all = |parts: &[Outcome]| {
        outcome(Expression::all(parts.iter().copied().map(leaf).collect()).unwrap())
    };
    let any = |parts: &[Outcome]| {
        outcome(Expression::any(parts.iter().copied().map(leaf).collect()).unwrap())
    };
    for a in TRUTHS {
        assert_eq!(
            rank(outcome(Expression::not(leaf(a)).unwrap())),
            2 - rank(a)
        );
        for b in TRUTHS {
            for c in TRUTHS {
                let ranks = [rank(a), rank(b), rank(c)];
                assert_eq!(
                    rank(all(&[a, b, c])),
                    *ranks.iter().min().unwrap(),
                    "{a} {b} {c}"
                );
                assert_eq!(
                    rank(any(&[a, b, c])),
                    *ranks.iter().max().unwrap(),
                    "{a} {b} {c}"
                );
                let pair = |x, y| Expression::any(vec![leaf(x), leaf(y)]).unwrap();
                let left = Expression::all(vec![leaf(a), pair(b, c)]).unwrap();
                let both = |x, y| Expression::all(vec![leaf(x), leaf(y)]).unwrap();
                let right = Expression::any(vec![both(a, b), both(a, c)]).unwrap();
                assert_eq!(
                    outcome(left.clone()),
                    outcome(right),
                    "distribution of {a} over {b} {c}"
                );
                let inside = |x| Expression::not(leaf(x)).unwrap();
                let de_morgan =
                    Expression::any(vec![inside(a), Expression::not(pair(b, c)).unwrap()]).unwrap();
                assert_eq!(
                    outcome(Expression::not(left).unwrap()),
                    outcome(de_morgan),
                    "De Morgan of {a} {b} {c}"
                );
            }
        }
    }
}

#[test]
fn nothing_is_skipped() {
    let mut set = ConditionSet::new();
    let parts = vec![
        leaf(Outcome::Satisfied),
        leaf(Outcome::Unknown),
        leaf(Outcome::NotSatisfied),
    ];
    set.push(Condition::new("any", Expression::any(parts).unwrap()));
    let report = evaluate(&set, &cluster(), &Context::new());
    let answers: Vec<Outcome> = report.conditions()[0]
        .leaves()
        .iter()
        .map(|leaf| leaf.answer().outcome())
        .collect();
    assert_eq!(
        answers,
        [Outcome::Satisfied, Outcome::Unknown, Outcome::NotSatisfied]
    );
    let positions: Vec<&str> = report.conditions()[0]
        .leaves()
        .iter()
        .map(|leaf| leaf.position())
        .collect();
    assert_eq!(positions, ["any[0]", "any[1]", "any[2]"]);
}

#[test]
fn the_table_of_the_gate() {
    use Gate::{Fail, Indeterminate, Pass, PassWithWarnings};
    let rows = [
        (
            Severity::Error,
            [Fail, Indeterminate, PassWithWarnings, Pass],
        ),
        (
            Severity::Warning,
            [PassWithWarnings, PassWithWarnings, PassWithWarnings, Pass],
        ),
        (Severity::Note, [Pass, Pass, Pass, Pass]),
    ];
    for (severity, [not, fail, warn, pass]) in rows {
        for (on_unknown, unknown) in [
            (OnUnknown::Fail, fail),
            (OnUnknown::Warn, warn),
            (OnUnknown::Pass, pass),
        ] {
            let gate = |of| {
                let mut set = ConditionSet::new();
                set.push(
                    Condition::new("x", leaf(of))
                        .with_severity(severity)
                        .with_on_unknown(on_unknown),
                );
                evaluate(&set, &cluster(), &Context::new()).gate()
            };
            assert_eq!(
                gate(Outcome::NotSatisfied),
                not,
                "{severity} {on_unknown:?}"
            );
            assert_eq!(gate(Outcome::Unknown), unknown, "{severity} {on_unknown:?}");
            assert_eq!(gate(Outcome::Satisfied), Pass);
            for outcome in [Outcome::NotApplicable, Outcome::Deferred] {
                assert_eq!(Gate::of(outcome, severity, on_unknown), Pass);
            }
        }
    }
    let mut set = ConditionSet::new();
    for (at, of) in TRUTHS.into_iter().enumerate() {
        set.push(Condition::new(format!("{at}"), leaf(of)));
    }
    assert_eq!(
        evaluate(&set, &cluster(), &Context::new()).gate(),
        Fail,
        "the worst counts"
    );
}

fn any_object() -> impl Strategy<Value = Value> {
    let parts = (
        0_u8..3,
        0_u8..3,
        prop::sample::select(vec!["a", "b"]),
        0_i64..4,
        any::<bool>(),
    );
    parts.prop_map(|(namespace, name, app, ready, leaving)| {
        let mut object = json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": format!("d{name}"), "namespace": format!("n{namespace}"), "labels": {"app": app}},
            "status": {"readyReplicas": ready},
        });
        if leaving {
            object["metadata"]["deletionTimestamp"] = "2024-01-01T00:00:00Z".into();
        }
        object
    })
}

const QUESTIONS: &str = "\
conditions:
- { target: { apiVersion: apps/v1, kind: Deployment, name: d0, fieldPath: status.readyReplicas }, op: ge, value: 2 }
- { target: { apiVersion: apps/v1, kind: Deployment, selector: app=a, namespaces: all, fieldPath: status.readyReplicas }, each: { atLeast: 2 }, op: ge, value: 1 }
- { target: { apiVersion: apps/v1, kind: Deployment, selector: app!=a }, op: exists }
- { target: { kubeVersion: {} }, op: range, value: '>=1.30' }
- { target: { apiVersion: apps/v1, kind: Deployment, selector: {}, namespaces: all }, each: any, satisfies: { all: [ { fieldPath: status.readyReplicas, op: ge, value: 2 }, { fieldPath: metadata.labels.app, op: eq, value: a } ] } }
- { target: { apiVersion: apps/v1, kind: Deployment, selector: {}, namespaces: all, jsonPath: '$.metadata.labels.*' }, each: { atMost: 3 }, op: matches, value: ^a$ }
- { target: { apiVersion: apps/v1, kind: Deployment, selector: {}, namespaces: [n0, n2], fieldPath: 'metadata.labels[*]' }, each: none, op: eq, valueFrom: { fieldPath: metadata.name } }
";

/// Outcomes joined in any way, at most six deep.
fn any_tree() -> impl Strategy<Value = Joined> {
    let leaf = prop::sample::select(TRUTHS.to_vec()).prop_map(Joined::Leaf);
    leaf.prop_recursive(6, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Joined::All),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Joined::Any),
            inner.prop_map(|part| Joined::Not(Box::new(part))),
        ]
    })
}

#[derive(Clone, Debug)]
enum Joined {
    All(Vec<Joined>),
    Any(Vec<Joined>),
    Not(Box<Joined>),
    Leaf(Outcome),
}

impl Joined {
    fn expression(&self) -> Expression {
        let parts = |parts: &[Self]| parts.iter().map(Self::expression).collect();
        match self {
            Self::All(all) => Expression::all(parts(all)).unwrap(),
            Self::Any(any) => Expression::any(parts(any)).unwrap(),
            Self::Not(part) => Expression::not(part.expression()).unwrap(),
            Self::Leaf(outcome) => leaf(*outcome),
        }
    }

    /// The least of all, the greatest of any.
    fn rank(&self) -> u8 {
        match self {
            Self::All(all) => all.iter().map(Self::rank).min().unwrap(),
            Self::Any(any) => any.iter().map(Self::rank).max().unwrap(),
            Self::Not(part) => 2 - part.rank(),
            Self::Leaf(outcome) => rank(*outcome),
        }
    }

    /// With every unknown decided in one way.
    fn decided(&self, by: Outcome) -> Self {
        let parts = |parts: &[Self]| parts.iter().map(|part| part.decided(by)).collect();
        match self {
            Self::All(all) => Self::All(parts(all)),
            Self::Any(any) => Self::Any(parts(any)),
            Self::Not(part) => Self::Not(Box::new(part.decided(by))),
            Self::Leaf(Outcome::Unknown) => Self::Leaf(by),
            Self::Leaf(outcome) => Self::Leaf(*outcome),
        }
    }
}

proptest! {
    #[test]
    fn trees_of_any_shape_are_kleenes(tree in any_tree()) {
        let answer = outcome(tree.expression());
        prop_assert_eq!(rank(answer), tree.rank());
        // What is known stays so, whatever becomes of the unknown.
        if answer != Outcome::Unknown {
            for by in [Outcome::Satisfied, Outcome::NotSatisfied] {
                prop_assert_eq!(outcome(tree.decided(by).expression()), answer);
            }
        }
    }

    #[test]
    fn the_order_of_objects_decides_nothing(objects in prop::collection::vec(any_object(), 0..8), seed in any::<u64>()) {
        let (set, diagnostics) = ConditionSet::parse(&SourceFile::new("q.yaml", QUESTIONS), &Limits::default());
        prop_assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let mut documents = objects;
        documents.push(json!({"serverVersion": {"gitVersion": "v1.31.0"}}));
        documents.push(json!({"kind": "SnapshotCoverage", "covers": [{"group": "apps", "kind": "Deployment", "namespaces": ["n0", "n1"]}]}));
        let report = |documents: &[Value]| {
            let snapshot = documents.iter().cloned().fold(Snapshot::builder(), |builder, document| builder.object(document)).build();
            evaluate(&set, &snapshot, &Context::new().with_namespace("n0")).to_string()
        };
        let first = report(&documents);
        let mut state = seed;
        for at in (1..documents.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            documents.swap(at, usize::try_from(state >> 33).unwrap() % (at + 1));
        }
        prop_assert_eq!(report(&documents), first);
    }

    #[test]
    fn numbers_compare_as_their_digits_do(whole in -10_000_i64..10_000, fraction in 0_u32..1000, other in -10_000_i64..10_000, other_fraction in 0_u32..1000) {
        let text = |whole: i64, fraction: u32| format!("{whole}.{fraction:03}");
        let thousandths = |whole: i64, fraction: u32| whole * 1000 + if whole < 0 { -i64::from(fraction) } else { i64::from(fraction) };
        let actual = text(whole, fraction);
        let snapshot = Snapshot::builder().object(json!({
            "apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1"},
            "spec": {"number": serde_json::from_str::<Value>(&actual).unwrap(), "text": actual},
        })).build();
        let order = thousandths(whole, fraction).cmp(&thousandths(other, other_fraction));
        for (op, holds) in [("lt", order.is_lt()), ("le", order.is_le()), ("gt", order.is_gt()), ("ge", order.is_ge()), ("eq", order.is_eq()), ("ne", order.is_ne())] {
            for field in ["number", "text"] {
                let text = format!("conditions:\n- {{ target: {{ apiVersion: v1, kind: Node, name: node-1, fieldPath: spec.{field} }}, op: {op}, value: \"{}\", as: number }}\n", text(other, other_fraction));
                let (set, diagnostics) = ConditionSet::parse(&SourceFile::new("q.yaml", text), &Limits::default());
                prop_assert!(diagnostics.is_empty(), "{diagnostics:?}");
                let outcome = evaluate(&set, &snapshot, &Context::new()).conditions()[0].outcome();
                prop_assert_eq!(outcome == Outcome::Satisfied, holds);
            }
        }
    }
}

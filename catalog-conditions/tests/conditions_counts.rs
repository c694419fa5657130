//! Counting members against the meaning of unknown: an answer is known if it is the same however the unknown turns out.

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
use catalog_conditions::snapshot::{Namespaces, Snapshot};
use proptest::prelude::*;
use serde_json::{Value, json};

#[derive(Clone, Copy, Debug)]
enum Each {
    All,
    Any,
    None,
    AtLeast(usize),
    AtMost(usize),
    Exactly(usize),
}

impl Each {
    fn text(self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::Any => "any".to_owned(),
            Self::None => "none".to_owned(),
            Self::AtLeast(count) => format!("{{ atLeast: {count} }}"),
            Self::AtMost(count) => format!("{{ atMost: {count} }}"),
            Self::Exactly(count) => format!("{{ exactly: {count} }}"),
        }
    }

    /// Whether so many of so many members do.
    fn holds(self, satisfied: usize, members: usize) -> bool {
        match self {
            Self::All => satisfied == members,
            Self::Any => satisfied >= 1,
            Self::None => satisfied == 0,
            Self::AtLeast(count) => satisfied >= count,
            Self::AtMost(count) => satisfied <= count,
            Self::Exactly(count) => satisfied == count,
        }
    }
}

fn any_each() -> impl Strategy<Value = Each> {
    prop_oneof![
        Just(Each::All),
        Just(Each::Any),
        Just(Each::None),
        (1_usize..4).prop_map(Each::AtLeast),
        (0_usize..4).prop_map(Each::AtMost),
        (0_usize..4).prop_map(Each::Exactly),
    ]
}

/// Every way in which the unknown may turn out: members that do or do not, and of those unseen any number, here up to five.
fn expected(members: &[Option<bool>], unseen: bool, each: Each) -> Outcome {
    let satisfied = members
        .iter()
        .filter(|member| **member == Some(true))
        .count();
    let unknown = members.iter().filter(|member| member.is_none()).count();
    let more = if unseen { 5 } else { 0 };
    let mut answers = Vec::new();
    for turned in 0..=unknown {
        for others in 0..=more {
            for of_others in 0..=others {
                answers.push(each.holds(satisfied + turned + of_others, members.len() + others));
            }
        }
    }
    let first = answers[0];
    match answers.iter().all(|answer| *answer == first) {
        true if first => Outcome::Satisfied,
        true => Outcome::NotSatisfied,
        false => Outcome::Unknown,
    }
}

fn value(member: Option<bool>) -> Value {
    member.map_or(json!("no number"), |satisfied| json!(i32::from(satisfied)))
}

fn ask(item: &str, snapshot: &Snapshot) -> Outcome {
    let file = SourceFile::new("s.yaml", format!("conditions:\n- {item}\n"));
    let (set, diagnostics) = ConditionSet::parse(&file, &Limits::default());
    assert_eq!(diagnostics, [], "{item}");
    evaluate(&set, snapshot, &Context::new().with_namespace("web")).conditions()[0].outcome()
}

fn any_members() -> impl Strategy<Value = Vec<Option<bool>>> {
    prop::collection::vec(
        prop::sample::select(vec![Some(true), Some(false), None]),
        1..5,
    )
}

proptest! {
    #[test]
    fn objects(members in any_members(), unseen in any::<bool>(), each in any_each()) {
        let objects = members.iter().enumerate().map(|(at, member)| json!({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": format!("c{at}"), "namespace": "web"}, "x": value(*member),
        }));
        let mut builder = objects.fold(Snapshot::builder(), |builder, object| builder.object(object));
        if !unseen {
            builder = builder.covers("", "ConfigMap", Namespaces::Named(["web".to_owned()].into()));
        }
        let item = format!("{{ target: {{ apiVersion: v1, kind: ConfigMap, selector: {{}}, fieldPath: x }}, each: {}, op: eq, value: 1 }}", each.text());
        prop_assert_eq!(ask(&item, &builder.build()), expected(&members, unseen, each), "{}", item);
    }

    #[test]
    fn elements(members in any_members(), leaving in any::<bool>(), each in any_each()) {
        let object = |name: &str, items: &[Option<bool>], metadata: Value| {
            let items: Vec<Value> = items.iter().map(|member| value(*member)).collect();
            let mut object = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "web"}, "items": items});
            if let Some(at) = metadata.as_str() {
                object["metadata"]["deletionTimestamp"] = at.into();
            }
            object
        };
        let mut builder = Snapshot::builder().complete().object(object("a", &members, Value::Null));
        if leaving {
            builder = builder.object(object("b", &[Some(true)], json!("2026-01-01T00:00:00Z")));
        }
        let item = format!("{{ target: {{ apiVersion: v1, kind: ConfigMap, selector: {{}}, fieldPath: \"items[*]\" }}, each: {}, op: eq, value: 1 }}", each.text());
        prop_assert_eq!(ask(&item, &builder.build()), expected(&members, leaving, each), "{}", item);
    }
}

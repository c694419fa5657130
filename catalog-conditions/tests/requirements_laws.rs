//! Laws of what conditions read: it is enough, and none of it is superfluous.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::collections::BTreeMap;

use catalog_conditions::SourceFile;
use catalog_conditions::condition::ConditionSet;
use catalog_conditions::document::Limits;
use catalog_conditions::evaluate::{Context, evaluate};
use catalog_conditions::report::Outcome;
use catalog_conditions::requirements::{Read, Requirements};
use catalog_conditions::snapshot::{Namespaces, Snapshot, SnapshotBuilder};
use proptest::prelude::*;
use serde_json::{Value, json};

/// `apiVersion`, kind, plural, and whether the kind lives in namespaces.
const KINDS: [(&str, &str, &str, bool); 4] = [
    ("v1", "ConfigMap", "configmaps", true),
    ("example.com/v1", "Widget", "widgets", true),
    ("example.com/v1", "Mouse", "mice", false),
    ("storage.k8s.io/v1", "StorageClass", "storageclasses", false),
];
const NAMES: [&str; 3] = ["a", "b", "c"];
const NAMESPACES: [&str; 3] = ["own", "x", "z"];
const LABELS: [[&str; 2]; 4] = [["app", "p"], ["app", "q"], ["tier", "1"], ["tier", "2"]];
/// Selectors by their requirements; none of two of them follows from others.
const SELECTORS: [&str; 6] = [
    "",
    "app=p",
    "app=q",
    "tier=1",
    "tier=1,app=p",
    "app=p,tier=2",
];

/// A cluster by its objects: kind, namespace, name, labels, number.
type Cluster = BTreeMap<(usize, &'static str, &'static str), (Vec<usize>, u8)>;

fn cluster() -> impl Strategy<Value = Cluster> {
    let place = (0..KINDS.len(), select(&NAMESPACES), select(&NAMES));
    let content = (prop::collection::vec(0..LABELS.len(), 0..3), 0..3_u8);
    prop::collection::btree_map(place, content, 0..24).prop_map(|objects| {
        let home = |(kind, namespace, name): (usize, &'static str, &'static str)| {
            (kind, if KINDS[kind].3 { namespace } else { "" }, name)
        };
        objects
            .into_iter()
            .map(|(place, content)| (home(place), content))
            .collect()
    })
}

fn select(among: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(among)
}

fn object(place: (usize, &str, &str), labels: &[usize], number: u8) -> Value {
    let (api_version, kind, _, _) = KINDS[place.0];
    let labels: BTreeMap<&str, &str> = labels
        .iter()
        .map(|at| (LABELS[*at][0], LABELS[*at][1]))
        .collect();
    let mut object = json!({
        "apiVersion": api_version, "kind": kind,
        "metadata": {"name": place.2, "labels": labels}, "spec": {"number": number},
    });
    if !place.1.is_empty() {
        object["metadata"]["namespace"] = place.1.into();
    }
    object
}

/// A condition as one line of a file.
fn condition() -> impl Strategy<Value = String> {
    let places = prop_oneof![
        2 => Just(String::new()),
        2 => select(&NAMESPACES).prop_map(|name| format!(", namespace: {name}")),
    ];
    let several = prop_oneof![
        1 => Just(String::new()),
        1 => Just(", namespaces: all".to_owned()),
        2 => prop::sample::subsequence(NAMESPACES.to_vec(), 1..3).prop_map(|names| format!(", namespaces: [{}]", names.join(", "))),
    ];
    let named =
        (select(&NAMES), places).prop_map(|(name, place)| (format!("name: {name}{place}"), ""));
    let selected = (select(&SELECTORS), several)
        .prop_map(|(selector, places)| (format!("selector: '{selector}'{places}"), "each: any, "));
    let which = prop_oneof![named, selected];
    let asked = prop_oneof![
        Just("op: exists"),
        Just("op: notExists"),
        Just("op: eq, value: 1"),
        Just("op: ne, value: 1")
    ];
    (0..KINDS.len(), which, asked).prop_map(|(kind, (which, each), asked)| {
        let (api_version, kind, _, namespaced) = KINDS[kind];
        let which = match which.split_once(", namespace") {
            // A StorageClass is known to live in no namespace, and then a namespace is a mistake.
            Some((which, _)) if !namespaced && kind == "StorageClass" => which.to_owned(),
            _ => which,
        };
        let path = if asked.contains("value") { ", fieldPath: spec.number" } else { "" };
        let each = if path.is_empty() { "" } else { each };
        format!("- {{ target: {{ apiVersion: {api_version}, kind: {kind}, {which}{path} }}, {each}{asked} }}\n")
    })
}

fn set(conditions: &[String]) -> ConditionSet {
    if conditions.is_empty() {
        return ConditionSet::new();
    }
    let file = SourceFile::new(
        "conditions.yaml",
        format!("conditions:\n{}", conditions.concat()),
    );
    let (set, diagnostics) = ConditionSet::parse(&file, &Limits::default());
    assert_eq!(diagnostics, [], "{conditions:?}");
    set
}

fn context() -> Context {
    Context::new().with_namespace("own")
}

/// What the API server says of its kinds.
fn apis() -> SnapshotBuilder {
    let mut groups: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (api_version, kind, plural, namespaced) in KINDS {
        let resource = json!({"name": plural, "kind": kind, "namespaced": namespaced});
        groups.entry(api_version).or_default().push(resource);
    }
    groups
        .into_iter()
        .fold(Snapshot::builder(), |builder, (version, resources)| {
            builder.object(
                json!({"kind": "APIResourceList", "groupVersion": version, "resources": resources}),
            )
        })
}

/// Whether a read brings an object, read naively. A namespace means nothing to a kind without.
fn brings(read: &Read, place: (usize, &str, &str), object: &Value) -> bool {
    let (api_version, kind, _, namespaced) = KINDS[place.0];
    let (read_group, read_kind) = match read {
        Read::Object { group, kind, .. } | Read::List { group, kind, .. } => (group, kind),
        _ => return false,
    };
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    let of_kind = (read_group.as_str(), read_kind.as_str()) == (group, kind);
    of_kind
        && match read {
            Read::Object {
                namespace, name, ..
            } => name == place.2 && (!namespaced || namespace.as_deref() == Some(place.1)),
            Read::List {
                namespaces: Namespaces::Named(names),
                selector,
                ..
            } => selector.matches(object) && (!namespaced || names.contains(place.1)),
            Read::List { selector, .. } => selector.matches(object),
            _ => false,
        }
}

/// What a reader that does these reads knows of a cluster.
fn read(requirements: &Requirements, cluster: &Cluster) -> Snapshot {
    let mut builder = apis();
    for (place, (labels, number)) in cluster {
        let object = object(*place, labels, *number);
        if requirements
            .reads()
            .any(|read| brings(read, *place, &object))
        {
            builder = builder.object(object);
        }
    }
    for read in requirements.reads() {
        let namespaced = |kind: &str| KINDS.iter().any(|known| known.1 == kind && known.3);
        builder = match read {
            Read::Object {
                group,
                kind,
                namespace,
                name,
                ..
            } => {
                let namespace = namespace.as_deref().filter(|_| namespaced(kind));
                builder.covers_names(group, kind, namespace, [name.as_str()])
            }
            Read::List {
                group,
                kind,
                namespaces,
                selector,
                ..
            } => {
                let namespaces = if namespaced(kind) {
                    namespaces.clone()
                } else {
                    Namespaces::All
                };
                builder.covers_selection(group, kind, namespaces, selector.clone())
            }
            _ => builder,
        };
    }
    builder.build()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whoever did these reads answers each condition as whoever knows the whole cluster.
    #[test]
    fn what_is_read_is_enough(conditions in prop::collection::vec(condition(), 1..12), cluster in cluster()) {
        let set = set(&conditions);
        let whole = cluster.iter().fold(apis(), |builder, (place, (labels, number))| {
            builder.object(object(*place, labels, *number))
        });
        let whole = evaluate(&set, &whole.complete().build(), &context());
        let requirements = set.requirements(&context());
        let report = evaluate(&set, &read(&requirements, &cluster), &context());
        for (condition, known) in report.conditions().iter().zip(whole.conditions()) {
            // Only the advice may differ: it looks at what stands beside the object.
            prop_assert_eq!(condition.code(), known.code(), "{} {}", condition, known);
            prop_assert_eq!(condition.answer().actual(), known.answer().actual());
            prop_assert_ne!(condition.outcome(), Outcome::Unknown, "{}", condition);
        }
    }

    /// Each read brings an object that no other read brings, if the cluster has it.
    #[test]
    fn no_read_is_superfluous(conditions in prop::collection::vec(condition(), 1..12)) {
        let requirements = set(&conditions).requirements(&context());
        let reads: Vec<&Read> = requirements.reads().filter(|read| !matches!(read, Read::Discovery { .. })).collect();
        for read in &reads {
            let needed = possible().any(|(place, object)| {
                let bring: Vec<&&Read> = reads.iter().filter(|read| brings(read, place, &object)).collect();
                // What is read of a kind without namespaces is not known before the cluster is asked: then two reads may be one.
                bring.contains(&read) && (bring.len() == 1 || !KINDS[place.0].3)
            });
            prop_assert!(needed, "{read} of {reads:?}");
        }
    }

    /// Sets that are read together read the same as one set of all their conditions.
    #[test]
    fn reads_of_several_sets_are_those_of_one(conditions in prop::collection::vec(condition(), 2..12), at in 0..12_usize) {
        let (some, others) = conditions.split_at(at.min(conditions.len()));
        let mut together = set(some).requirements(&context());
        together.extend(set(others).requirements(&context()));
        prop_assert_eq!(together, set(&conditions).requirements(&context()));
    }
}

/// Every object that a cluster could have.
fn possible() -> impl Iterator<Item = ((usize, &'static str, &'static str), Value)> {
    let labels = [
        vec![],
        vec![0],
        vec![1],
        vec![2],
        vec![0, 2],
        vec![0, 3],
        vec![1, 2],
    ];
    let kinds = 0..KINDS.len();
    kinds.flat_map(move |kind| {
        let labels = labels.clone();
        NAMESPACES
            .into_iter()
            .chain(["elsewhere"])
            .flat_map(move |namespace| {
                let labels = labels.clone();
                NAMES.into_iter().chain(["other"]).flat_map(move |name| {
                    let place = (kind, if KINDS[kind].3 { namespace } else { "" }, name);
                    labels
                        .clone()
                        .into_iter()
                        .map(move |labels| (place, object(place, &labels, 0)))
                })
            })
    })
}

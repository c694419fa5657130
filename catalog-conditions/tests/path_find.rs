//! What a path leads to: the table of the rules, and a second, plainer walk that must agree.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_conditions::path::{FieldPath, Finding, Pair, Segment, Wanted};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A finding in words.
fn told(finding: &Finding<'_>) -> String {
    match finding {
        Finding::Found(value) => value.to_string(),
        Finding::Null => "null".to_owned(),
        Finding::Absent(place) => format!("absent after `{place}`"),
        Finding::Mismatch(mismatch) => format!("mismatch at `{}`", mismatch.place),
        Finding::Ambiguous(place) => format!("ambiguous at `{place}`"),
        Finding::Many(members) => {
            let mut parts: Vec<String> = members
                .iter()
                .map(|member| format!("{}: {}", member.place(), told(&member.found())))
                .collect();
            parts.extend(
                members
                    .uncounted()
                    .iter()
                    .map(|finding| format!("uncounted: {}", told(finding))),
            );
            format!("[{}]", parts.join("; "))
        }
        other => panic!("unknown finding {other:?}"),
    }
}

#[track_caller]
fn leads(object: &Value, path: &str, to: &str) {
    assert_eq!(
        told(&FieldPath::parse(path).unwrap().find(object)),
        to,
        "{path}"
    );
}

#[test]
fn each_row_of_the_table() {
    let object = json!({
        "metadata": {"labels": {"app.kubernetes.io/name": "web"}},
        "spec": {
            "replicas": 3, "paused": null, "text": "x", "empty": [], "none": {},
            "ports": [{"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53, "protocol": "TCP"}, {"port": "53"}, 5, null],
            "flags": [{"on": true, "n": 1.5}, {"on": "true"}],
        },
    });
    leads(&object, "spec.replicas", "3");
    leads(
        &object,
        "metadata.labels['app.kubernetes.io/name']",
        "\"web\"",
    );
    leads(&object, "spec.ports[1].name", "\"dns-tcp\"");
    leads(&object, "spec.ports[name=dns].port", "53");
    leads(
        &object,
        "spec.ports[port=53,protocol=TCP].name",
        "\"dns-tcp\"",
    );

    leads(&object, "spec.missing", "absent after `spec`");
    leads(&object, "status.phase", "absent after ``");
    leads(
        &object,
        "spec.missing.deeper[0].still",
        "absent after `spec`",
    );
    leads(&object, "spec.ports[9]", "absent after `spec.ports`");
    leads(
        &object,
        "spec.ports[name=http].port",
        "absent after `spec.ports`",
    );
    leads(&object, "spec.paused.below", "absent after `spec.paused`");
    leads(
        &object,
        "spec.ports[4].name",
        "absent after `spec.ports[4]`",
    );
    leads(&object, "spec.paused", "null");

    leads(&object, "spec.replicas.x", "mismatch at `spec.replicas`");
    leads(&object, "spec.ports.name", "mismatch at `spec.ports`");
    leads(&object, "spec[0]", "mismatch at `spec`");
    leads(&object, "spec.text[0]", "mismatch at `spec.text`");
    leads(&object, "spec[name=x]", "mismatch at `spec`");
    leads(&object, "spec.text[name=x]", "mismatch at `spec.text`");
    leads(
        &object,
        "spec.text[*]",
        "[uncounted: mismatch at `spec.text`]",
    );

    leads(
        &object,
        "spec.ports[port=53].name",
        "ambiguous at `spec.ports`",
    );
    leads(&object, "spec.ports[port='53']", r#"{"port":"53"}"#);
    leads(
        &object,
        "spec.flags[on=true].n",
        "ambiguous at `spec.flags`",
    );
    leads(&object, "spec.flags[n=1.5].on", "true");
    leads(
        &object,
        "spec.flags[n=1.50].on",
        "absent after `spec.flags`",
    );
    leads(
        &object,
        "spec.flags[n='1.5'].on",
        "absent after `spec.flags`",
    );

    leads(
        &object,
        "spec.flags[*].n",
        "[spec.flags[0].n: 1.5; spec.flags[1]: absent after `spec.flags[1]`]",
    );
    leads(
        &object,
        "metadata.labels[*]",
        "[metadata.labels['app.kubernetes.io/name']: \"web\"]",
    );
    leads(&object, "spec.empty[*].x", "[]");
    leads(&object, "spec.none[*]", "[]");
    leads(&object, "spec.paused[*]", "[]");
    leads(&object, "spec.missing[*].x", "[]");
    leads(
        &object,
        "spec.ports[3,name]".replace(",name", "").as_str(),
        "5",
    );
    leads(
        &object,
        "spec.ports[*].name.x",
        "[spec.ports[0].name: mismatch at `spec.ports[0].name`; spec.ports[1].name: mismatch at `spec.ports[1].name`; spec.ports[2]: absent after `spec.ports[2]`; spec.ports[3]: mismatch at `spec.ports[3]`; spec.ports[4]: absent after `spec.ports[4]`]",
    );
}

#[test]
fn nested_stars_keep_the_order_of_the_document() {
    let object =
        json!({"a": [{"b": [1, 2]}, {"b": {"y": 3, "x": 4}}, {}, {"b": null}, {"b": "no"}]});
    leads(
        &object,
        "a[*].b[*]",
        "[a[0].b[0]: 1; a[0].b[1]: 2; a[1].b.x: 4; a[1].b.y: 3; uncounted: mismatch at `a[4].b`]",
    );
}

/// The table once more, as a recursive function of one step at a time that returns words.
fn naive(value: &Value, segments: &[Segment], place: &str) -> Vec<String> {
    let Some((segment, rest)) = segments.split_first() else {
        return vec![format!("{place}: {value}")];
    };
    let stars = segments.contains(&Segment::Every);
    let none = || {
        if stars {
            Vec::new()
        } else {
            vec![format!("{place}: absent")]
        }
    };
    let wrong = || {
        vec![format!(
            "{}{place}: mismatch",
            if stars { "uncounted " } else { "" }
        )]
    };
    match (segment, value) {
        (_, Value::Null) => none(),
        (Segment::Every, Value::Array(items)) => items
            .iter()
            .enumerate()
            .flat_map(|(at, item)| naive(item, rest, &format!("{place}/{at}")))
            .collect(),
        (Segment::Every, Value::Object(map)) => map
            .iter()
            .flat_map(|(key, item)| naive(item, rest, &format!("{place}/{key}")))
            .collect(),
        (Segment::Key(key), Value::Object(map)) => match map.get(key) {
            Some(item) => naive(item, rest, &format!("{place}/{key}")),
            None => none(),
        },
        (Segment::Index(index), Value::Array(items)) => match items.get(*index as usize) {
            Some(item) => naive(item, rest, &format!("{place}/{index}")),
            None => none(),
        },
        (Segment::Select(pairs), Value::Array(items)) => {
            let equal = |item: &Value, pair: &Pair| match (&pair.wanted, item.get(&pair.key)) {
                (Wanted::Text(text) | Wanted::Quoted(text), Some(Value::String(string))) => {
                    text == string
                }
                (Wanted::Text(text), Some(other @ (Value::Number(_) | Value::Bool(_)))) => {
                    other.to_string().as_str() == text
                }
                _ => false,
            };
            let matching: Vec<usize> = (0..items.len())
                .filter(|&at| pairs.iter().all(|pair| equal(&items[at], pair)))
                .collect();
            match matching.as_slice() {
                [] => none(),
                [at] => naive(&items[*at], rest, &format!("{place}/{at}")),
                _ => vec![format!(
                    "{}{place}: ambiguous",
                    if stars { "uncounted " } else { "" }
                )],
            }
        }
        _ => wrong(),
    }
}

/// The same words from the real walk.
fn real(value: &Value, path: &FieldPath) -> Vec<String> {
    fn pointer(place: &catalog_conditions::path::Place<'_>) -> String {
        let step = |step: &catalog_conditions::path::Step<'_>| match step {
            catalog_conditions::path::Step::Key(key) => format!("/{key}"),
            catalog_conditions::path::Step::Index(index) => format!("/{index}"),
        };
        place.steps().iter().map(step).collect()
    }
    fn words(place: &str, finding: &Finding<'_>) -> Vec<String> {
        vec![match finding {
            Finding::Found(value) => format!("{place}: {value}"),
            Finding::Null => format!("{place}: null"),
            Finding::Absent(at) => format!("{}: absent", pointer(at)),
            Finding::Mismatch(mismatch) => format!("{}: mismatch", pointer(&mismatch.place)),
            Finding::Ambiguous(at) => format!("{}: ambiguous", pointer(at)),
            Finding::Many(members) => {
                let counted = members
                    .iter()
                    .flat_map(|member| words(&pointer(&member.place()), &member.found()));
                let uncounted = members
                    .uncounted()
                    .iter()
                    .flat_map(|finding| words("", finding));
                return counted
                    .chain(uncounted.map(|text| format!("uncounted {text}")))
                    .collect();
            }
            other => panic!("unknown finding {other:?}"),
        }]
    }
    let finding = path.find(value);
    match &finding {
        // Where a single value stands is the path itself, which the naive walk spells out.
        Finding::Found(_) | Finding::Null => {
            let place: String = naive(value, path.segments(), "").remove(0);
            words(place.split(": ").next().unwrap(), &finding)
        }
        _ => words("", &finding),
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0_i64..3).prop_map(Value::from),
        "[ab1]{0,1}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        let keys = prop_oneof!["a", "b", "c"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((keys, inner), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn any_path() -> impl Strategy<Value = FieldPath> {
    let one_of =
        |texts: &'static [&'static str]| prop::sample::select(texts).prop_map(str::to_owned);
    let segment = prop_oneof![
        4 => one_of(&["a", "b", "c", "d"]),
        2 => one_of(&["[0]", "[1]"]),
        2 => one_of(&["[*]"]),
        1 => one_of(&["[a=1]", "[b=true]", "[a='1']", "[a=b]", "[a=1,b=1]"]),
    ];
    let spell = |segments: Vec<String>| {
        let bracketed = segments.iter().map(|segment| {
            if segment.starts_with('[') {
                segment.clone()
            } else {
                format!("['{segment}']")
            }
        });
        FieldPath::parse(&bracketed.collect::<String>()).unwrap()
    };
    prop::collection::vec(segment, 1..5).prop_map(spell)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]
    #[test]
    fn a_plainer_walk_agrees(value in any_value(), path in any_path()) {
        let mut expected = naive(&value, path.segments(), "");
        let mut found = real(&value, &path);
        // What could not be counted is told apart from the members, not in between.
        expected.sort();
        found.sort();
        prop_assert_eq!(found, expected, "{} in {}", path, value);
    }
}

//! Laws of following a path, on documents that are made so that the answer is known.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use catalog_conditions::path::{FieldPath, Finding};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A step of a path, and the value that it leads out of.
#[derive(Clone, Debug)]
enum Turn {
    Key(String),
    Index(usize),
    /// `[name=…]` and a key behind it: the element wanted, and one before it that is not.
    Select(String),
}

impl Turn {
    fn around(&self, inner: Value) -> Value {
        match self {
            Self::Key(key) => json!({ "beside": [1], key.as_str(): inner, "zz": null }),
            Self::Index(at) => {
                let mut items = vec![Value::Null; *at];
                items.extend([inner, json!("behind")]);
                Value::Array(items)
            }
            Self::Select(name) => {
                json!([{"name": format!("not {name}")}, {"name": name, "in": inner}])
            }
        }
    }

    fn written(&self) -> String {
        match self {
            Self::Key(key) => format!("['{key}']"),
            Self::Index(at) => format!("[{at}]"),
            Self::Select(name) => format!("[name={name}]['in']"),
        }
    }

    /// The same as the place of what it leads to.
    fn stands(&self) -> String {
        match self {
            Self::Select(_) => "[1]['in']".to_owned(),
            other => other.written(),
        }
    }
}

fn any_turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        "[a-c./']{1,3}".prop_map(|key| Turn::Key(key.replace('\'', "x"))),
        (0_usize..4).prop_map(Turn::Index),
        "[a-c]".prop_map(Turn::Select),
    ]
}

fn document(turns: &[Turn], leaf: Value) -> Value {
    turns
        .iter()
        .rev()
        .fold(leaf, |inner, turn| turn.around(inner))
}

fn path(turns: &[Turn], end: &str) -> FieldPath {
    let text: String = turns.iter().map(Turn::written).collect();
    FieldPath::parse(&format!("{text}{end}")).unwrap()
}

/// The place at which a turn's value stands, spelled as a place spells itself.
fn place(turns: &[Turn], end: &str) -> String {
    let text: String = turns.iter().map(Turn::stands).collect();
    FieldPath::parse(&format!("{text}{end}"))
        .unwrap()
        .to_string()
}

/// Every object of a value with its keys the other way round; the same value unless the order of keys is kept, which it is where
/// `preserve_order` of serde_json is on.
fn reversed(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(reversed).collect(),
        Value::Object(map) => {
            let entries = map
                .iter()
                .rev()
                .map(|(key, value)| (key.clone(), reversed(value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_path_leads_to_what_its_document_was_made_around(turns in prop::collection::vec(any_turn(), 1..24)) {
        let leaf = json!({"deepest": true});
        let object = document(&turns, leaf.clone());
        prop_assert_eq!(path(&turns, "").find(&object), Finding::Found(&leaf));
        let nulled = document(&turns, Value::Null);
        prop_assert_eq!(path(&turns, "").find(&nulled), Finding::Null);
    }

    #[test]
    fn a_walk_that_stops_says_how_far_it_came(turns in prop::collection::vec(any_turn(), 1..24)) {
        let here = place(&turns, "");
        let object = document(&turns, json!({"list": [{"a": 1}, {"a": 1}], "number": 1}));
        match path(&turns, ".missing.below").find(&object) {
            Finding::Absent(at) => prop_assert_eq!(at.to_string(), here),
            other => panic!("{other:?}"),
        }
        match path(&turns, ".number[0].below").find(&object) {
            Finding::Mismatch(mismatch) => prop_assert_eq!(mismatch.place.to_string(), place(&turns, ".number")),
            other => panic!("{other:?}"),
        }
        match path(&turns, ".list[a=1].below").find(&object) {
            Finding::Ambiguous(at) => prop_assert_eq!(at.to_string(), place(&turns, ".list")),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_member_says_where_it_stands(
        turns in prop::collection::vec(any_turn(), 1..12),
        between in prop::collection::vec(any_turn(), 0..12),
    ) {
        let below = |leaf: i32| document(&between, json!([leaf]));
        let object = document(&turns, json!({"b": below(1), "a": below(2), "c": null, "d": 4}));
        let tail: String = between.iter().map(Turn::written).collect();
        let path = path(&turns, &format!("[*]{tail}[0]"));
        let Finding::Many(members) = path.find(&object) else {
            panic!("{path}");
        };
        let told: Vec<String> = members
            .iter()
            .map(|member| match member.found() {
                Finding::Found(value) => format!("{} is {value}", member.place()),
                Finding::Absent(at) => format!("nothing below {at}"),
                Finding::Mismatch(mismatch) => format!("misfit at {}", mismatch.place),
                other => panic!("{other:?}"),
            })
            .collect();
        let inner: String = between.iter().map(Turn::stands).collect();
        let expected = vec![
            format!("{} is 2", place(&turns, &format!(".a{inner}[0]"))),
            format!("{} is 1", place(&turns, &format!(".b{inner}[0]"))),
            format!("nothing below {}", place(&turns, ".c")),
            format!("misfit at {}", place(&turns, ".d")),
        ];
        prop_assert_eq!(told, expected);
    }

    /// Run it also with `--features serde_json/preserve_order`.
    #[test]
    fn the_order_of_keys_is_nothing(turns in prop::collection::vec(any_turn(), 0..6)) {
        let object = document(&turns, json!({"b": {"y": [1], "x": 2}, "a": {"y": "text", "z": null}}));
        let other = reversed(&object);
        for end in ["[*]", "[*].y", "[*][*]", "[*][*][*]", "[*].y[0]", "['a'].z.w"] {
            let path = path(&turns, end);
            prop_assert_eq!(path.find(&object), path.find(&other), "{}", path);
        }
    }
}

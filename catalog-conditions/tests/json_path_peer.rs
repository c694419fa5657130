//! JSONPath: another library, which shares no code with the one that reads our queries, must find the same nodes.
//!
//! Left out of the queries is where that library departs from RFC 9535: white space before `..`, `<=` and `>=` between two absent
//! values, an index from the end in a comparison, and whole numbers compared with others.
#![cfg(feature = "json-path")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use catalog_conditions::json_path::JsonPath;
use catalog_conditions::path::Step;
use proptest::prelude::*;
use serde_json::{Value, json};

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    proptest::sample::select(texts).prop_map(str::to_owned)
}

fn singular() -> impl Strategy<Value = String> + Clone {
    let steps = proptest::collection::vec(one_of(&[".a", ".b", "['c']", "[0]", "[1]"]), 0..3);
    (one_of(&["@", "@", "$"]), steps).prop_map(|(start, steps)| start + &steps.concat())
}

fn comparable(query: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    // That library finds nothing at an index from the end where a function is given it.
    let query = query.prop_map(|of| of.replace("-1", "1")).boxed();
    let literal = one_of(&["1", "2", "'a'", "\"ab\"", "'\\u0061'", "true", "null"]);
    prop_oneof![
        3 => singular(),
        2 => literal,
        1 => singular().prop_map(|of| format!("length({of})")),
        1 => query.clone().prop_map(|of| format!("count( {of} )")),
        1 => query.prop_map(|of| format!("value({of})")),
    ]
}

/// A test in a filter, whose own queries are these.
fn test(query: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    let compared = (
        comparable(query.clone()),
        one_of(&["==", " != "]),
        comparable(query.clone()),
    );
    let pattern = one_of(&["'a.*'", "'[ab]'", "'(a|b)+'", "'\\\\p{Ll}'", "'x.y'", "$.b"]);
    let searched = (one_of(&["match", "!search"]), singular(), pattern);
    let atom = prop_oneof![
        3 => compared.prop_map(|(left, relation, right)| left + &relation + &right),
        2 => (one_of(&["", "!"]), query).prop_map(|(not, query)| not + &query),
        1 => searched.prop_map(|(name, text, pattern)| format!("{name}({text}, {pattern})")),
    ];
    let atom = atom.boxed();
    prop_oneof![
        4 => atom.clone(),
        1 => (atom.clone(), one_of(&[" && ", "||"]), atom.clone()).prop_map(|(left, and, right)| left + &and + &right),
        1 => (atom.clone(), atom).prop_map(|(left, right)| format!("!({left} || {right})")),
    ]
}

fn query(start: &'static [&'static str], depth: u32) -> BoxedStrategy<String> {
    let plain = one_of(&[
        "*",
        "0",
        "-1",
        "1:",
        ":-1",
        "::-1",
        "-3:9:2",
        "::0",
        "'a'",
        "\"b\"",
        "'a b'",
        "'\\u00e9'",
    ]);
    let selector = match depth {
        0 => plain.boxed(),
        _ => {
            let filter = test(query(&["@", "@", "$"], depth - 1));
            prop_oneof![1 => plain, 1 => filter.prop_map(|test| format!("?{test}"))].boxed()
        }
    };
    let segment = prop_oneof![
        2 => one_of(&[".a", ".b", ".é", ".*", "..a", "..*"]),
        2 => selector.clone().prop_map(|one| format!("[{one}]")),
        1 => selector.clone().prop_map(|one| format!("..[{one}]")),
        1 => (selector.clone(), selector).prop_map(|(one, other)| format!("[{one} , {other}]")),
    ];
    (one_of(start), proptest::collection::vec(segment, 0..3))
        .prop_map(|(start, segments)| start + &segments.concat())
        .boxed()
}

fn value() -> impl Strategy<Value = Value> {
    let leaves = [
        json!(null),
        json!(true),
        json!(1),
        json!(2),
        json!("a"),
        json!("ab"),
        json!("x\ny"),
        json!("[ab]+"),
    ];
    let leaf = proptest::sample::select(leaves.to_vec());
    leaf.prop_recursive(4, 32, 4, |inner| {
        let list = proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from);
        let key = one_of(&["a", "b", "c", "a b", "é"]);
        let map = proptest::collection::btree_map(key, inner, 0..4);
        prop_oneof![list, map.prop_map(|map| map.into_iter().collect())]
    })
}

fn ours(query: &JsonPath, object: &Value) -> Vec<(Vec<String>, Value)> {
    let nodes = query.nodes(object).unwrap();
    let step = |step: &Step<'_>| match step {
        Step::Key(key) => format!("{key:?}"),
        Step::Index(index) => index.to_string(),
    };
    let told = nodes
        .into_iter()
        .map(|(place, value)| (place.steps().iter().map(step).collect(), value.clone()));
    told.collect()
}

fn theirs(query: &str, object: &Value) -> Vec<(Vec<String>, Value)> {
    let query = serde_json_path::JsonPath::parse(query).unwrap();
    let nodes = query.query_located(object);
    let told = nodes.into_iter().map(|node| {
        let steps = node.location().iter().map(|step| match step.as_name() {
            Some(key) => format!("{key:?}"),
            None => step.as_index().unwrap().to_string(),
        });
        (steps.collect(), node.node().clone())
    });
    told.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn another_library_finds_the_same(text in query(&["$"], 2), object in value()) {
        match JsonPath::parse(&text) {
            Ok(query) => prop_assert_eq!(ours(&query, &object), theirs(&text, &object)),
            Err(error) => prop_assert!(error.to_string().contains("more than 4"), "{}", error),
        }
    }
}

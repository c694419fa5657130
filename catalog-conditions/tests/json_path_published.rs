//! JSONPath: the compliance suite of RFC 9535, case by case.
#![cfg(feature = "json-path")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::fmt::Write as _;
use std::path::PathBuf;

use catalog_conditions::json_path::JsonPath;
use catalog_conditions::path::{Place, Step};
use serde_json::Value;

/// Valid queries that are refused, and why: none.
const REFUSED: [(&str, &str); 0] = [];

#[test]
fn the_compliance_suite_agrees() {
    let folder = std::env::var_os("CATALOG_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let Ok(text) = std::fs::read_to_string(folder.join("tables/rfc9535_cts.json")) else {
        eprintln!("skipped: no published table at hand");
        return;
    };
    let table: Value = serde_json::from_str(&text).unwrap();
    let cases = table["tests"].as_array().unwrap();
    let (mut right, mut invalid, mut refused) = (0, 0, Vec::new());
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let selector = case["selector"].as_str().unwrap();
        match (JsonPath::parse(selector), case["invalid_selector"] == true) {
            (Err(_), true) => invalid += 1,
            (Ok(_), true) => panic!("{name}: `{selector}` is invalid, and was read"),
            (Err(error), false) => refused.push((name, error.to_string())),
            (Ok(query), false) => {
                check(name, case, &query);
                right += 1;
            }
        }
    }
    let refused: Vec<(&str, &str)> = refused
        .iter()
        .map(|(name, reason)| (*name, reason.as_str()))
        .collect();
    assert_eq!(refused, REFUSED);
    assert_eq!((cases.len(), right, invalid), (703, 456, 247));
}

fn check(name: &str, case: &Value, query: &JsonPath) {
    let nodes = query.nodes(&case["document"]).unwrap();
    let values: Value = nodes.iter().map(|(_, value)| (*value).clone()).collect();
    let paths: Value = nodes
        .iter()
        .map(|(place, _)| Value::from(normalized(place)))
        .collect();
    if let Some(allowed) = case.get("results") {
        let either = allowed.as_array().unwrap().iter();
        let mut either = either.zip(case["results_paths"].as_array().unwrap());
        assert!(
            either.any(|found| found == (&values, &paths)),
            "{name}: {values} {paths}"
        );
        return;
    }
    assert_eq!(values, case["result"], "{name}: values");
    assert_eq!(paths, case["result_paths"], "{name}: places");
}

/// A place as the RFC writes it (section 2.7).
fn normalized(place: &Place<'_>) -> String {
    let mut path = "$".to_owned();
    for step in place.steps() {
        match step {
            Step::Index(index) => write!(path, "[{index}]").unwrap(),
            Step::Key(key) => write!(path, "['{}']", escaped(key)).unwrap(),
        }
    }
    path
}

fn escaped(key: &str) -> String {
    let escape = |c: char| match c {
        '\u{8}' => "\\b".to_owned(),
        '\u{c}' => "\\f".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        '\'' => "\\'".to_owned(),
        '\\' => "\\\\".to_owned(),
        c if c < ' ' => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    };
    key.chars().map(escape).collect()
}

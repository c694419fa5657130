//! Label selectors: Kubernetes' own published cases, and what is said about bad ones.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::path::PathBuf;

use catalog_conditions::selector::{LabelSelector, Relation, Requirement};
use proptest::prelude::*;
use serde_json::{Value, json};

#[test]
fn kubernetes_published_cases_agree() {
    let folder = std::env::var_os("CATALOG_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let Ok(text) = std::fs::read_to_string(folder.join("tables/k8s_label_selector.json")) else {
        eprintln!("skipped: no published table at hand");
        return;
    };
    let table: Value = serde_json::from_str(&text).unwrap();
    let cases = table["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 76);
    for case in cases {
        let selector = read(&case["selector"]);
        match case["kind"].as_str() {
            Some("parse") => {
                assert_eq!(selector.is_ok(), case["ok"] == true, "{case}: {selector:?}")
            }
            Some("match") => {
                let object = json!({"metadata": {"labels": case["labels"]}});
                assert_eq!(
                    selector.unwrap().matches(&object),
                    case["match"] == true,
                    "{case}"
                );
            }
            other => panic!("a new kind of case: {other:?}"),
        }
    }
}

/// Text, or a map of labels that must be equal.
fn read(selector: &Value) -> Result<LabelSelector, String> {
    match selector {
        Value::Object(labels) => {
            let one = |(key, value): (&String, &Value)| {
                Requirement::new(key, Relation::In, [value.as_str().unwrap()])
            };
            let requirements: Result<Vec<Requirement>, _> = labels.iter().map(one).collect();
            requirements
                .map(LabelSelector::new)
                .map_err(|error| error.to_string())
        }
        text => LabelSelector::parse(text.as_str().unwrap()).map_err(|error| error.to_string()),
    }
}

#[test]
fn what_is_refused_says_why() {
    let refused = [
        "x,,y",
        ",x",
        "x,",
        "x=a||y=b",
        "x==a==b",
        "!x=a",
        "x<a",
        "x nott in (y)",
        "a in (xyz)b notin ()",
        "a in (xyz abc)",
        "a notin(",
        "a (",
        "(",
        "-x",
        "x/y/z",
        "UPPER.example/x",
        "x=-a",
        "x in a",
        "x y",
    ];
    let told: Vec<String> = refused
        .iter()
        .map(|text| format!("{text}: {}", LabelSelector::parse(text).expect_err(text)))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    x,,y: a label key is missing before `,`
    ,x: a label key is missing before `,`
    x,: a label key is missing at the end: remove the comma
    x=a||y=b: `a||y` is no label value: at most 63 letters, digits, `-`, `_`, `.`, beginning and ending with a letter or digit
    x==a==b: `==` stands where a comma or the end should: join requirements with commas
    !x=a: `!x` stands alone: write `x notin (value)` or `x!=value` to refuse a value
    x<a: `a` is no whole number, which `x >` and `x <` compare
    x nott in (y): `nott` is no operator of a selector: write =, ==, !=, in, notin, > or <
    a in (xyz)b notin (): `b` stands where a comma or the end should: join requirements with commas
    a in (xyz abc): `a in` and `a notin` take values in parentheses: `a in (a, b)`
    a notin(: `a in` and `a notin` take values in parentheses: `a in (a, b)`
    a (: `(` is no operator of a selector: write =, ==, !=, in, notin, > or <
    (: a label key is missing before `(`
    -x: `-x` is no label key: write letters, digits, `-`, `_`, `.`, with an optional DNS name and `/` before them
    x/y/z: `x/y/z` is no label key: write letters, digits, `-`, `_`, `.`, with an optional DNS name and `/` before them
    UPPER.example/x: `UPPER.example/x` is no label key: write letters, digits, `-`, `_`, `.`, with an optional DNS name and `/` before them
    x=-a: `-a` is no label value: at most 63 letters, digits, `-`, `_`, `.`, beginning and ending with a letter or digit
    x in a: `x in` and `x notin` take values in parentheses: `x in (a, b)`
    x y: `y` is no operator of a selector: write =, ==, !=, in, notin, > or <
    ");
    assert!(
        LabelSelector::parse(&"x,".repeat(4000))
            .unwrap_err()
            .to_string()
            .starts_with("the selector has 8000 bytes")
    );
    assert!(Requirement::new("x", Relation::In, []).is_err());
    assert!(Requirement::new("x", Relation::Exists, ["a"]).is_err());
    assert!(Requirement::new("x", Relation::GreaterThan, ["1", "2"]).is_err());
}

proptest! {
    #[test]
    fn the_text_of_a_selector_parses_back(text in "[ab!=<>(), \t]{0,12}|[ab] (in|notin) \\([ab,]{0,4}\\)|[ab][<>][0-9]") {
        if let Ok(selector) = LabelSelector::parse(&text) {
            prop_assert_eq!(LabelSelector::parse(&selector.to_string()), Ok(selector));
        }
    }
}

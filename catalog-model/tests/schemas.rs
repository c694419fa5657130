//! The schemas are those that are committed, valid themselves, and say of every file of the corpus what the strict loader says.
#![cfg(all(feature = "schema", feature = "json-path"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail loudly, and say what it counted"
)]

mod corpus;
mod editor;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use editor::{EXCEPTIONS, Editor};

#[test]
fn the_committed_schemas_are_those_of_the_types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    for (kind, schema) in catalog_model::schema::all() {
        let committed = fs::read_to_string(folder.join(format!("{kind}.json"))).unwrap_or_default();
        assert!(
            committed == format!("{schema:#}\n"),
            "schemas/{kind}.json is not that of the types: run `cargo run --example schemas -- --out schemas`"
        );
    }
}

#[test]
fn the_schemas_are_draft_07() {
    for (kind, schema) in catalog_model::schema::all() {
        let checked = jsonschema::draft7::meta::validate(&schema);
        assert!(checked.is_ok(), "{kind}: {checked:?}");
        assert!(
            schema["title"].is_string() && schema["description"].is_string(),
            "{kind}"
        );
    }
}

/// Editors show descriptions: every key has one.
#[test]
fn every_key_is_described() {
    for (kind, schema) in catalog_model::schema::all() {
        let definitions = schema["definitions"].as_object().into_iter().flatten();
        let maps = definitions.map(|(name, map)| (name.as_str(), map));
        for (name, map) in maps.chain([(kind, &schema)]) {
            for (key, value) in map["properties"].as_object().into_iter().flatten() {
                assert!(value["description"].is_string(), "{kind}: {name}.{key}");
            }
        }
    }
}

#[test]
fn the_schemas_agree_with_the_strict_loader_on_the_corpus() {
    let editor = Editor::new();
    let (mut wrong, mut needed) = (Vec::new(), BTreeSet::new());
    let cases = corpus::cases();
    for case in &cases {
        let problems = editor.problems(case.kind, &case.text);
        let accepts = case.expected().is_none() || case.exception().is_some();
        if accepts != problems.is_empty() {
            wrong.push(format!("{}: {problems:?}", case.name));
        }
        if let (Some(code), Some(reason)) = (case.expected(), case.exception()) {
            needed.insert((code.to_owned(), reason.to_owned()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let listed: BTreeSet<(String, String)> = EXCEPTIONS
        .iter()
        .map(|(code, reason)| ((*code).to_owned(), (*reason).to_owned()))
        .collect();
    assert_eq!(
        listed, needed,
        "each exception is listed, and none without need"
    );
    println!(
        "{} files, {} codes that the schemas do not see",
        cases.len(),
        needed.len()
    );
}

//! A file of the corpus with one node removed, renamed or retyped: schema and strict loader agree on it, but for what schemas cannot see.
#![cfg(all(feature = "schema", feature = "json-path"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test may fail loudly, and say what it counted"
)]

mod corpus;
mod editor;

use std::collections::BTreeMap;

use catalog_model::{LoadOptions, Severity, load};
use editor::{EXCEPTIONS, Editor};
use serde_json::{Value, json};

/// One in so many mutants is tried; a build for release, which is faster, tries all.
const STRIDE: usize = if cfg!(debug_assertions) { 13 } else { 1 };

/// Every mutant of a document that differs in one node.
fn mutants(document: &Value) -> Vec<Value> {
    let mut pointers = Vec::new();
    places(document, &mut String::new(), &mut pointers);
    pointers
        .iter()
        .flat_map(|pointer| at(document, pointer))
        .collect()
}

fn places(value: &Value, pointer: &mut String, found: &mut Vec<String>) {
    found.push(pointer.clone());
    let length = pointer.len();
    let mut below = |key: &str, value: &Value| {
        pointer.push('/');
        pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
        places(value, pointer, found);
        pointer.truncate(length);
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| below(key, value)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(at, item)| below(&at.to_string(), item)),
        _ => {}
    }
}

/// Mutants of one place: other types, other values, and the key removed, renamed or joined by another.
fn at(document: &Value, pointer: &str) -> Vec<Value> {
    let replaced = |value: Value| {
        let mut mutant = document.clone();
        *mutant.pointer_mut(pointer).unwrap() = value;
        mutant
    };
    let old = document.pointer(pointer).unwrap();
    let mut mutants: Vec<Value> = [
        json!(null),
        json!(true),
        json!(7),
        json!(-3),
        json!(1.5),
        json!(""),
        json!("a b"),
        json!("x"),
        json!("1.2.3"),
        json!([]),
        json!({}),
        json!([null]),
        json!(["x"]),
        json!({ "x": "y" }),
    ]
    .into_iter()
    .filter(|value| value != old)
    .map(replaced)
    .collect();
    mutants.push(replaced(json!([old])));
    if let Some((parent, key)) = pointer.rsplit_once('/') {
        let key = key.replace("~1", "/").replace("~0", "~");
        let mut changed = |change: &dyn Fn(&mut Value)| {
            let mut mutant = document.clone();
            change(mutant.pointer_mut(parent).unwrap());
            mutants.push(mutant);
        };
        changed(&|parent| match parent {
            Value::Object(map) => drop(map.remove(&key)),
            Value::Array(items) => drop(items.remove(key.parse().unwrap())),
            _ => {}
        });
        for other in ["x", "name", "kind", "value", "fieldPath", "any"] {
            changed(&|parent| {
                if let Value::Object(map) = parent {
                    let value = map.remove(&key).unwrap();
                    map.insert(other.to_owned(), value);
                }
            });
        }
    }
    mutants
}

fn error_codes(case: &corpus::Case, text: &str) -> Vec<String> {
    let mut options = LoadOptions::default();
    options.strict = true;
    let loaded = load(&case.catalog_with(text), &options).unwrap();
    let errors = loaded.diagnostics().iter();
    let errors = errors.filter(|diagnostic| diagnostic.severity() == Severity::Error);
    errors
        .map(|diagnostic| diagnostic.code().to_owned())
        .collect()
}

#[test]
fn schema_and_loader_agree_on_files_with_one_node_changed() {
    let editor = Editor::new();
    let mut wrong: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut met, mut tried) = (0, 0);
    for case in corpus::cases()
        .iter()
        .filter(|case| case.expected().is_none())
    {
        let documents = editor::documents(&case.text).unwrap();
        let [document] = documents.as_slice() else {
            continue;
        };
        for mutant in mutants(document) {
            met += 1;
            if met % STRIDE != 0 {
                continue;
            }
            tried += 1;
            // JSON is YAML, and says what every scalar is.
            let text = mutant.to_string();
            let accepts = editor.accepts(case.kind, &mutant);
            let codes = error_codes(case, &text);
            let unseen = codes
                .iter()
                .all(|code| EXCEPTIONS.iter().any(|(name, _)| name == code));
            if accepts == codes.is_empty() || accepts && unseen {
                continue;
            }
            let problems = editor.problems_of(case.kind, &mutant);
            let key = match codes.as_slice() {
                [] => "the schema is stricter".to_owned(),
                codes => codes.join(" "),
            };
            let found = format!("{}\n    {text}\n    {problems:?}", case.name);
            wrong.entry(key).or_default().push(found);
        }
    }
    let report: Vec<String> = wrong
        .iter()
        .map(|(key, files)| {
            format!(
                "{} × {key}\n  {}",
                files.len(),
                files
                    .iter()
                    .take(2)
                    .cloned()
                    .collect::<Vec<_>>()
                    .join("\n  ")
            )
        })
        .collect();
    println!("{tried} of {met} mutants");
    assert!(tried > 1_000, "too few mutants");
    assert!(wrong.is_empty(), "{}", report.join("\n"));
}

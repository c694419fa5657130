//! Misspelt keys in every kind of map that the format has: one gets the name that was meant, of two that may mean the same neither does.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test may fail loudly"
)]

mod corpus;

use std::collections::BTreeSet;

use catalog_model::document::{Limits, parse};
use catalog_model::{Diagnostic, LoadOptions, SourceFile, load};
use corpus::Case;
use serde_json::{Map, Value};

/// Two slips of the finger.
fn misspelt(key: &str) -> [String; 2] {
    let (first, last) = (&key[..1], &key[key.len() - 1..]);
    [format!("{first}{key}"), format!("{key}{last}")]
}

/// The pointers of all maps.
fn maps(value: &Value, pointer: &str, found: &mut Vec<String>) {
    let below = |key: &str| format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Object(map) => {
            found.push(pointer.to_owned());
            map.iter()
                .for_each(|(key, value)| maps(value, &below(key), found));
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(at, item)| maps(item, &below(&at.to_string()), found)),
        _ => {}
    }
}

/// What is said where the map at `pointer` has other keys.
fn said(
    case: &Case,
    document: &Value,
    pointer: &str,
    change: impl FnOnce(&mut Map<String, Value>),
) -> Vec<Diagnostic> {
    let mut document = document.clone();
    change(
        document
            .pointer_mut(pointer)
            .unwrap()
            .as_object_mut()
            .unwrap(),
    );
    let source = case.catalog_with(&document.to_string());
    load(&source, &LoadOptions::default())
        .unwrap()
        .diagnostics()
        .to_vec()
}

/// How many would write `key` for something else.
fn renamings(diagnostics: &[Diagnostic], key: &str) -> usize {
    let fixes = diagnostics.iter().filter_map(Diagnostic::clear_fix);
    let edits = fixes.flat_map(|fix| fix.edits());
    edits
        .filter(|edit| edit.replacement == format!("\"{key}\""))
        .count()
}

/// The keys that something is said of.
fn keys_told(diagnostics: &[Diagnostic], keys: &[String; 2]) -> usize {
    let told = |key: &&String| {
        diagnostics.iter().any(|found| {
            let location = found.location();
            location.is_some_and(|at| at.file().slice(at.span()) == format!("\"{key}\""))
        })
    };
    keys.iter().filter(told).count()
}

/// The kind of a map: its place without indices and names that people choose.
fn kind(case: &Case, pointer: &str) -> String {
    let words = pointer
        .split('/')
        .filter(|word| word.parse::<usize>().is_err());
    format!("{}{}", case.kind, words.collect::<Vec<_>>().join("/"))
}

#[test]
fn of_two_misspellings_of_a_key_neither_is_taken_for_it() {
    let (mut kinds, mut keys) = (BTreeSet::new(), 0);
    let valid = corpus::cases();
    let valid = valid
        .iter()
        .filter(|case| case.expected().is_none() && case.kind != "definitions");
    for case in valid {
        let file = SourceFile::new("file.yaml", case.text.as_str());
        let documents = parse(&file, &Limits::default()).documents;
        let Some(document) = documents.first().map(|node| node.to_json()) else {
            continue;
        };
        let mut pointers = Vec::new();
        maps(&document, "", &mut pointers);
        for pointer in pointers {
            let map = document.pointer(&pointer).unwrap().as_object().unwrap();
            for (key, value) in map {
                if !key.is_ascii() || key.is_empty() {
                    continue;
                }
                let names = misspelt(key);
                let one = said(case, &document, &pointer, |map| {
                    map.remove(key);
                    map.insert(names[0].clone(), value.clone());
                });
                let around = format!("{} {pointer}/{key}", case.name);
                let fixes = renamings(&one, key);
                assert!(fixes <= 1, "{around}: {one:#?}");
                let two = said(case, &document, &pointer, |map| {
                    map.remove(key);
                    map.extend(names.clone().map(|name| (name, value.clone())));
                });
                assert_eq!(renamings(&two, key), 0, "{around}: {two:#?}");
                let beside = said(case, &document, &pointer, |map| {
                    map.insert(names[0].clone(), value.clone());
                });
                assert_eq!(renamings(&beside, key), 0, "{around}: {beside:#?}");
                if fixes == 1 {
                    keys += 1;
                    kinds.insert(kind(case, &pointer));
                    // Several kinds of a module are one mistake.
                    let is_kind = ["chart", "terraform", "manifests"].contains(&key.as_str());
                    let expected = if is_kind { 0 } else { 2 };
                    assert_eq!(keys_told(&two, &names), expected, "{around}: {two:#?}");
                }
            }
        }
    }
    for expected in [
        "metadata",
        "metadata/conflicts",
        "metadata/dependencies",
        "metadata/requires",
        "metadata/system",
        "modules",
        "modules/modules",
        "modules/modules/chart",
        "modules/modules/chart/remote",
        "modules/modules/manifests",
        "modules/modules/manifests/remote",
        "modules/modules/terraform",
        "modules/modules/terraform/remote",
        "hooks",
        "hooks/actions",
        "hooks/pre-upgrade",
        "hooks/pre-upgrade/backoff",
        "conditions",
        "conditions/conditions",
        "conditions/conditions/target",
    ] {
        assert!(
            kinds.contains(expected),
            "{expected} is not among {kinds:#?}"
        );
    }
    assert!(keys > 500, "{keys}");
}

#[test]
fn short_keys_and_parts_of_codes_are_held_to_short_ones() {
    let text = "name: web\nversion: 1.0.0\nul: https://example.com\nxy: 1\n";
    let source = catalog_model::MemorySource::from_iter([("web/1.0.0/metadata.yaml", text)]);
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    let help = loaded.diagnostics().iter();
    let help: Vec<&str> = help.map(|found| found.help_lines()[0].as_str()).collect();
    assert_eq!(help[0], "did you mean `url`?");
    assert!(help[1].starts_with("known keys: "), "{}", help[1]);

    let levels = catalog_model::Levels::new();
    for (code, near) in [
        ("metadata.nam", None),
        ("metadata.ulr", Some("metadata.url")),
        ("metadata.unknow-key", Some("metadata.unknown-key")),
    ] {
        let error = levels.clone().with(code, catalog_model::Level::Error);
        let near = near.map(|near| format!("; did you mean `{near}`?"));
        let said = format!("there is no rule `{code}`{}", near.unwrap_or_default());
        assert_eq!(error.unwrap_err().to_string(), said);
    }
}

//! What an upgrade of a CRD breaks: a table of changes in both directions, and laws.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

#[path = "crd_safety/mod.rs"]
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use catalog_model::crd_safety::{Break, compare, reference, rules};
use catalog_model::rule::Example;

use self::table::{Change, changes};

/// What the library says of a change that is not what the table says.
fn check(change: &Change) -> Option<String> {
    let found = change.found("example.com");
    let mut told: BTreeMap<String, Vec<&Break>> = BTreeMap::new();
    for one in &found {
        told.entry(one.code().to_owned()).or_default().push(one);
    }
    let said: BTreeSet<&String> = change.breaks.keys().collect();
    let is_right = said == told.keys().collect()
        && change.breaks.iter().all(|(code, (audience, reason))| {
            told[code].iter().any(|one| {
                one.hits().to_string() == *audience && one.reason().contains(reason.as_str())
            })
        });
    let shown: Vec<String> = found.iter().map(|one| format!("\n    {one}")).collect();
    (!is_right).then(|| {
        format!(
            "{}\n  said {:?}\n  found{}",
            change.name,
            change.breaks,
            shown.concat()
        )
    })
}

#[test]
fn every_change_breaks_what_the_table_says() {
    let changes = changes();
    let wrong: Vec<String> = changes.iter().filter_map(check).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(changes.len() >= 2 * 120, "{} directions", changes.len());
}

#[test]
fn the_table_has_every_rule_but_the_limit() {
    let changes = changes();
    let tried: BTreeSet<&str> = changes
        .iter()
        .flat_map(|change| change.breaks.keys())
        .map(String::as_str)
        .collect();
    let missing: Vec<&str> = rules()
        .map(|rule| rule.code())
        .filter(|code| !tried.contains(code))
        .collect();
    // Of a CRD alone, nothing is compared.
    assert_eq!(missing, ["crd.gone", "crd.limit"]);
}

#[test]
fn nothing_breaks_between_a_crd_and_itself() {
    for change in changes() {
        let (old, new) = change.crds("example.com");
        for crd in [old, new] {
            assert_eq!(compare(&crd, &crd), [], "{}", change.name);
        }
    }
}

#[test]
fn pointers_lead_to_something() {
    for change in changes() {
        let (old, new) = change.crds("example.com");
        for found in change.found("example.com") {
            let leads = |crd: &serde_json::Value, pointer: Option<&str>| {
                pointer.is_none_or(|pointer| crd.pointer(pointer).is_some())
            };
            let parent = |crd: &serde_json::Value, pointer: Option<&str>| {
                pointer.is_none_or(|pointer| {
                    let mut pointer = pointer;
                    while let Some((before, _)) = pointer.rsplit_once('/') {
                        if crd.pointer(pointer).is_some() {
                            return pointer.len() > "/spec".len() || !pointer.is_empty();
                        }
                        pointer = before;
                    }
                    false
                })
            };
            assert!(
                parent(&old, found.old_pointer()),
                "{}: {found:?}",
                change.name
            );
            assert!(
                parent(&new, found.new_pointer()),
                "{}: {found:?}",
                change.name
            );
            assert!(
                found.other_version().is_some()
                    || leads(&old, found.old_pointer())
                    || leads(&new, found.new_pointer()),
                "{}: {found:?}",
                change.name
            );
            assert!(
                !found.hits().is_empty() && !found.remedy().is_empty(),
                "{found:?}"
            );
            assert!(
                !found.reason().ends_with('.') && !found.reason().contains("  "),
                "{found:?}"
            );
        }
    }
}

#[test]
fn every_example_breaks_its_rule_and_the_other_nothing() {
    let read = |text: &str| {
        let file = catalog_model::SourceFile::new("crd.yaml", text);
        let (crds, diagnostics) = catalog_model::crd_safety::CrdFile::read(
            &file,
            &catalog_model::document::Limits::default(),
        );
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        crds[0].object().clone()
    };
    for rule in rules() {
        let Some(Example::Catalog { wrong, right }) = rule.shown() else {
            assert!(["crd.gone", "crd.limit"].contains(&rule.code()));
            continue;
        };
        let breaks = |files: &[(&str, &str)]| compare(&read(files[0].1), &read(files[1].1));
        let codes: Vec<&str> = breaks(wrong).iter().map(Break::code).collect();
        assert!(codes.contains(&rule.code()), "{}: {codes:?}", rule.code());
        assert_eq!(breaks(right), [], "{}", rule.code());
    }
}

/// Whoever changes a rule runs this test with `UPDATE_RULES=1`, and commits the page.
#[test]
fn the_page_is_what_the_rules_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("CRD-BREAKS.md");
    let page = reference();
    if std::env::var_os("UPDATE_RULES").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "CRD-BREAKS.md is not what the rules say: run `UPDATE_RULES=1 cargo test -p catalog-model --test crd_safety`"
    );
}

//! Registries that are stored and restored.

use catalog_model::document::Limits;
use catalog_model::registry::Registry;
use catalog_model::{LoadOptions, SourceFile};

use super::made::{answers, break_down, descriptor, key, registry, source, sync};

fn restore(text: &str) -> (Registry, Vec<String>) {
    let file = SourceFile::new("registry.json", text);
    let (registry, diagnostics) =
        Registry::restore(&file, &Limits::default(), LoadOptions::default());
    let told = diagnostics.iter();
    let told = told.map(|one| format!("{} {}", one.code(), one.message()));
    (registry, told.collect())
}

#[test]
fn what_was_stored_is_restored_and_answers_once_it_is_synced() {
    let releases: [&[&str]; 2] = [&["loki@1.0.0"], &["loki@2.0.0"]];
    let mut first = registry(&[("a", 3, releases[0]), ("x/b", 0, releases[1])]);
    first.register(descriptor("c", 0)).unwrap();
    break_down(&mut first, "c");
    let (mut restored, told) = restore(&first.to_json().to_string());
    assert!(told.is_empty(), "{told:?}");
    assert_eq!(restored.to_json(), first.to_json());
    assert_eq!(restored.view(Some("x")).packages().len(), 0);
    let task = restored.begin_sync(&key("x/b")).unwrap();
    assert_eq!(task.last_commit(), Some("commit-of-x/b"));
    let c = restored.catalog(&key("c")).unwrap();
    assert_eq!(c.problem(), Some("/: the disk is on fire"));
    for (name, releases) in ["a", "x/b"].into_iter().zip(releases) {
        sync(&mut restored, name, source(releases)).unwrap();
    }
    assert_eq!(answers(&restored, Some("x")), answers(&first, Some("x")));
}

#[test]
fn what_is_not_understood_of_a_state_is_told() {
    let cases = [
        ("", 0, "registry.type a registry is one document"),
        (
            "[]",
            0,
            "registry.type `the registry` must be a map, not a list",
        ),
        ("{catalogs: []}", 0, "registry.registryVersion.missing "),
        ("{registryVersion: 1}", 0, "registry.catalogs.missing "),
        (
            "{registryVersion: 2, catalogs: []}",
            0,
            "registry.registryVersion.unknown ",
        ),
        (
            "{registryVersion: 1, catalogs: [], more: 1}",
            0,
            "registry.unknown-key ",
        ),
        (
            "{registryVersion: 1, catalogs: [{name: a, address: a}, {name: a, address: b}]}",
            1,
            "registry.twice the catalog `a` is registered already",
        ),
        (
            "{registryVersion: 1, catalogs: [{name: A, address: a}, {name: b, address: b}]}",
            1,
            "registry.name ",
        ),
    ];
    let mut wrong = Vec::new();
    for (text, catalogs, expected) in cases {
        let (registry, told) = restore(text);
        assert_eq!(registry.catalogs().count(), catalogs, "{text}");
        let first = told.first().map_or("", String::as_str);
        if !first.starts_with(expected) {
            wrong.push(format!("{text}: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

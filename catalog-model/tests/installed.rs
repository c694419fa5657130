//! Records of what is installed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::document::Limits;
use catalog_model::{InstalledDefinition, InstalledRelease, SourceFile};

/// The records read, as JSON, and the codes with their lines.
#[track_caller]
fn check(text: &str, records: &[&str], codes: &[&str]) {
    let file = SourceFile::new("installed.json", text);
    let (found, diagnostics) = InstalledRelease::read(&file, &Limits::default());
    let found: Vec<String> = found
        .iter()
        .map(|record| record.to_json().to_string())
        .collect();
    assert_eq!(found, records, "{text}");
    let told = diagnostics.iter().map(|diagnostic| {
        let line = diagnostic.location().map_or(0, |place| place.start().line);
        format!("{}:{line}", diagnostic.code())
    });
    assert_eq!(told.collect::<Vec<_>>(), codes, "{text}\n{diagnostics:#?}");
}

#[test]
fn records_are_read_and_written_alike() {
    let full = r#"{"alsoIn":["extra","mirror"],"catalog":"main","definitions":[{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","name":"carts.example.com"},{"apiVersion":"core.oam.dev/v1beta1","kind":"TraitDefinition","name":"cart","namespace":"vela-system"}],"digest":"sha256:05614b49afcc66b48208acdafe96692a03b33b86463a4e91ec306efa91b49fb6","history":["1.0","latest"],"namespace":"shop","neededBy":["front","back"],"package":"web","pinned":true,"requestedByUser":true,"valuesHash":"1f","version":"1.1"}"#;
    let bare = r#"{"namespace":"loki","package":"loki","version":"2.9.0"}"#;
    check(&format!("[{full}, {bare}]"), &[full, bare], &[]);
    check("[]", &[], &[]);
    check(
        "- {package: loki, version: 2.9.0, namespace: loki, pinned: false}\n",
        &[bare],
        &[],
    );
}

#[test]
fn a_record_that_is_wrong_is_left_out_and_told() {
    let bare = r#"{"namespace":"loki","package":"loki","version":"2.9.0"}"#;
    let cases = [
        ("{\"package\": 1}", "installed.type:1"),
        ("[1]", "installed.type:1"),
        (
            "[{\"package\": [], \"version\": \"1\", \"namespace\": \"a\"}]",
            "installed.type:1",
        ),
        (
            "[\n{\"version\": \"1\", \"namespace\": \"a\"}]",
            "installed.package.missing:2",
        ),
        (
            "[\n{\"package\": \"a\", \"namespace\": \"a\"}]",
            "installed.version.missing:2",
        ),
        (
            "[\n{\"package\": \"a\", \"version\": \"1\"}]",
            "installed.namespace.missing:2",
        ),
        (
            "[{\"package\": \"a\", \"version\": \"1\", \"namespace\": \"a\",\n\"pined\": true}]",
            "installed.unknown-key:2",
        ),
        (
            "[{\"package\": \"a\", \"version\": \"1\", \"namespace\": \"a\", \"pinned\": \"yes\"}]",
            "installed.type:1",
        ),
        (
            "- {package: a, version: 1, namespace: a,\n   neededBy: front}",
            "installed.type:2",
        ),
        (
            "- {package: a, version: 1, namespace: a,\n   alsoIn: [{}]}",
            "installed.type:2",
        ),
        (
            "- {package: a, version: 1, namespace: a,\n   digest: [1]}",
            "installed.type:2",
        ),
        (
            "- {package: a, version: 1, namespace: a, definitions: [\n   {kind: A, name: a}]}",
            "installed.apiVersion.missing:2",
        ),
        (
            "- {package: a, version: 1, namespace: a, definitions: [\n   {apiVersion: v1, name: a}]}",
            "installed.kind.missing:2",
        ),
        (
            "- {package: a, version: 1, namespace: a, definitions: [\n   {apiVersion: v1, kind: A}]}",
            "installed.name.missing:2",
        ),
        (
            "- {package: a, version: 1, namespace: a, definitions: [{apiVersion: v1, kind: A, name: a,\n   group: b}]}",
            "installed.unknown-key:2",
        ),
        (
            "- {package: a, version: 1, namespace: a,\n   neededby: [front]}",
            "installed.unknown-key:2",
        ),
    ];
    for (text, code) in cases {
        check(text, &[], &[code]);
    }
    check(
        &format!("[{bare},\n{bare}]"),
        &[bare],
        &["installed.twice:2"],
    );
    check(
        &format!("[{bare}]\n---\n[{bare}]"),
        &[bare],
        &["installed.second-document:3"],
    );
}

#[test]
fn what_a_record_is_made_of() {
    let crd = InstalledDefinition::new(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        "carts.example.com",
    );
    let cart = InstalledDefinition::new("core.oam.dev/v1beta1", "TraitDefinition", "cart");
    let record = InstalledRelease::new("web", "1.1", "shop")
        .with_digest("sha256:00")
        .with_values_hash("1f")
        .with_needed_by(["front"])
        .with_definitions([crd, cart.in_namespace("vela-system")]);
    let text = format!("[{}]", record.to_json());
    let file = SourceFile::new("installed.json", text);
    let (records, diagnostics) = InstalledRelease::read(&file, &Limits::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(records, [record]);
    let record = &records[0];
    assert_eq!(
        (record.digest(), record.values_hash(), record.needed_by()),
        (Some("sha256:00"), Some("1f"), &["front".to_owned()][..])
    );
    let cart = &record.definitions()[1];
    assert_eq!(
        (
            cart.api_version(),
            cart.kind(),
            cart.namespace(),
            cart.name()
        ),
        (
            "core.oam.dev/v1beta1",
            "TraitDefinition",
            Some("vela-system"),
            "cart"
        )
    );
}

//! Records of what is installed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use catalog_model::document::Limits;
use catalog_model::{InstalledRelease, SourceFile};

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
    let full = r#"{"catalog":"main","history":["1.0","latest"],"namespace":"shop","package":"web","pinned":true,"requestedByUser":true,"version":"1.1"}"#;
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

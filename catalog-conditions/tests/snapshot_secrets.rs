//! What is wrong with a saved cluster is said without a word of its Secrets.
#![cfg(feature = "render")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use catalog_conditions::document::Limits;
use catalog_conditions::render::Colour;
use catalog_conditions::snapshot::Snapshot;
use catalog_conditions::{Diagnostic, SourceFile};

/// All that people and programs are shown of a diagnostic.
fn shown(diagnostic: &Diagnostic) -> String {
    let rendered = [Colour::Never, Colour::Always].map(|colour| diagnostic.render(colour));
    format!(
        "{diagnostic}\n{}\n{}\n{}",
        diagnostic.help_lines().join("\n"),
        diagnostic.to_json(),
        rendered.join("\n")
    )
}

#[test]
fn nothing_of_a_secret_is_shown() {
    let secret = |rest: &str| {
        format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: s, namespace: p}}\n{rest}")
    };
    for text in [
        secret("data:\n  password: Hunter2\n  password: Hunter3\n"),
        "{apiVersion: v1, kind: Secret, data: {password: Hunter2}}".to_owned(),
        format!(
            "{}---\n{}",
            secret("stringData: {password: Hunter2}\n"),
            secret("stringData: {password: Hunter3}\n")
        ),
        r#"{"apiVersion": "v1", "kind": "Secret", "data": {"password": "Hunter2"},, }"#.to_owned(),
        r#"{"kind": "Secret", "data": {"password": "Hunter2", "password": "Hunter3"}}"#.to_owned(),
        secret("stringData:\n  password: [Hunter2\n"),
        secret("stringData:\n  password: *Hunter2\n"),
        secret("stringData:\n  password: &Hunter2 [*Hunter2]\n"),
        secret("stringData:\n  password: !Hunter2 x\n  a: 1\n  a: 2\n"),
        secret("stringData:\n  password: %Hunter2\n"),
        secret("stringData:\n  password: @Hunter2\n"),
        secret("stringData:\n  password: \"Hunter2\\q\"\n"),
        secret("stringData:\n  password: |x Hunter2\n"),
        secret("stringData:\n  password: 'Hunter2\nHunter3'\n"),
        secret("stringData:\n  <<: Hunter2\n"),
    ] {
        let file = SourceFile::new("s.yaml", text.as_str());
        let snapshot = Snapshot::builder().read(&file, &Limits::snapshot()).build();
        assert!(!snapshot.diagnostics().is_empty(), "{text}");
        for diagnostic in snapshot.diagnostics() {
            let shown = shown(diagnostic);
            assert!(!shown.contains("Hunter"), "{text}\n{shown}");
            let at = diagnostic.location().unwrap();
            let place = format!("--> s.yaml:{}", at.start());
            assert!(shown.contains(&place), "{place}\n{shown}");
        }
    }
}

//! No value that may be secret is told of two states of a catalog, at whatever level the change is told.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::fmt::Write as _;

use catalog_model::diff::{CatalogState, diff};
use catalog_model::{LoadOptions, MemorySource, Severity, load};

const HOOK: &str = "pre-install:\n- name: one\n  job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: 'a:1'}]}}}}\n";
const RESOURCES: &str = "  resources: [{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {token: hunter2}}]\n";

/// What is told of a package with these files besides its metadata, in every form.
fn told(path: &str, old: &str, new: &str) -> String {
    let [before, after] = [old, new].map(|text| {
        let files = [
            ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
            (path, text),
        ];
        MemorySource::from_iter(files)
    });
    let [one, other] = [&before, &after].map(|source| {
        let loaded = load(source, &LoadOptions::default()).unwrap();
        let is_error = |one: &catalog_model::Diagnostic| one.severity() == Severity::Error;
        let error = loaded.diagnostics().iter().find(|one| is_error(one));
        assert!(error.is_none(), "{error:?}");
        loaded.into_catalog()
    });
    let found = diff(
        CatalogState::new(&one).files(&before),
        CatalogState::new(&other).files(&after),
    );
    let comparison = found.releases().first().unwrap().comparison().unwrap();
    assert!(!comparison.changes().is_empty());
    let mut text = String::new();
    for change in comparison.changes() {
        assert!(!change.details().is_empty(), "{change}");
        let _ = writeln!(text, "{change}");
        for detail in change.details() {
            let _ = writeln!(
                text,
                "{detail:?} {:?} {:?}",
                detail.before(),
                detail.after()
            );
        }
    }
    text
}

#[test]
fn no_value_that_may_be_secret_is_told() {
    let deployment = |containers: &str, annotations: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: a, annotations: {{{annotations}}}}}\nspec: {{template: {{spec: {{containers: [{containers}]}}}}}}\n"
        )
    };
    let plain = "{name: a, image: 'a:1'}";
    let sidecar = "{name: a, image: 'a:1'}, {name: b, env: [{name: PASSWORD, value: hunter2}]}";
    let given = "{name: a, image: 'a:1', env: [{name: PASSWORD, value: hunter2}]}";
    let many = |value: u8| {
        (0..120)
            .map(|at| format!("a{at}: x{value}, "))
            .collect::<String>()
    };
    let definition = "web/1.0.0/definitions/a.yaml";
    let cases = [
        (
            "a container more",
            definition,
            deployment(plain, ""),
            deployment(sidecar, ""),
        ),
        (
            "a container less",
            definition,
            deployment(sidecar, ""),
            deployment(plain, ""),
        ),
        (
            "a variable",
            definition,
            deployment(plain, ""),
            deployment(given, ""),
        ),
        (
            "after many changes",
            definition,
            deployment(plain, &many(1)),
            deployment(sidecar, &many(2)),
        ),
        (
            "an object of a hook",
            "web/1.0.0/hooks/one.yaml",
            HOOK.to_owned(),
            format!("{HOOK}{RESOURCES}"),
        ),
        (
            "a copy of the object",
            definition,
            deployment(plain, "a: b"),
            deployment(
                plain,
                "a: b, kubectl.kubernetes.io/last-applied-configuration: hunter2",
            ),
        ),
    ];
    for (name, path, old, new) in cases {
        let told = told(path, &old, &new);
        assert!(!told.contains("hunter2"), "{name}: {told}");
    }
}

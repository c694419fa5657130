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

/// What is called as a secret, or has the form of one, is told of no kind of object.
#[test]
fn no_value_that_is_called_or_looks_like_a_secret_is_told() {
    let custom = |spec: &str| {
        format!(
            "apiVersion: example.com/v1\nkind: Database\nmetadata: {{name: a}}\nspec: {{{spec}}}\n"
        )
    };
    let component = |default: &str| {
        format!(
            "apiVersion: core.oam.dev/v1beta1\nkind: ComponentDefinition\nmetadata: {{name: a}}\nspec:\n  workload: {{type: a}}\n  \
            schematic:\n    cue:\n      template: |\n        parameter: password: *\"{default}\" | string\n        output: {{}}\n"
        )
    };
    let cases = [
        (custom("password: other"), custom("password: hunter2")),
        (custom("apiToken: hunter2"), custom("apiToken: other")),
        (custom("a: 1"), custom("a: 2, connectionString: hunter2")),
        (
            custom("url: 'https://a.example.com'"),
            custom("url: 'https://web:hunter2@a.example.com'"),
        ),
        (
            custom("vars: [{name: PGPASSWORD, value: other}]"),
            custom("vars: [{name: PGPASSWORD, value: hunter2}]"),
        ),
        (
            custom("config: 'level: info'"),
            custom(r#"config: "level: info\npassword: hunter2""#),
        ),
        (component("other"), component("hunter2")),
        (
            "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n".to_owned(),
            "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, annotations: {example.com/api-token: hunter2}}\n".to_owned(),
        ),
    ];
    for (old, new) in cases {
        for (old, new) in [(&old, &new), (&new, &old)] {
            let told = told("web/1.0.0/definitions/a.yaml", old, new);
            assert!(!told.contains("hunter2"), "{new}: {told}");
        }
    }
    let shown = told(
        "web/1.0.0/definitions/a.yaml",
        &custom("secretName: one"),
        &custom("secretName: two"),
    );
    assert!(shown.contains("two"), "{shown}");
}

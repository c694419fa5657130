//! A package of two versions, with all that an operation can be about but what is the whole cluster's: the runs of many tests are under way on
//! one server at a time.

use catalog_model::Catalog;

use crate::runner::catalog;

/// A hook that succeeds, with a ServiceAccount of its own if it is to `prepare`.
fn hook(phase: &str, name: &str) -> String {
    let (resources, account) = match name {
        "prepare" => (
            "  resources:\n  - {apiVersion: v1, kind: ServiceAccount, metadata: {name: preparer}}\n",
            "          serviceAccountName: preparer\n",
        ),
        _ => ("", ""),
    };
    format!(
        "{phase}:\n- name: {name}\n  timeout: 30s\n{resources}  job:\n    apiVersion: batch/v1\n    kind: Job\n    spec:\n      template:\n        spec:\n{account}          containers:\n          - {{name: main, image: 'main:v1'}}\n"
    )
}

fn config_map(name: &str, value: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{a: {value}}}\n")
}

fn modules(name: &str) -> String {
    format!(
        "modules:\n- name: {name}\n  chart: {{remote: {{repo: 'https://charts.example.com', name: {name}, version: 1.0.0}}}}\n"
    )
}

/// Each operation on it has a hook before and one after. The versions have one ConfigMap in common, and one and a module each of their
/// own.
pub(crate) fn shop() -> Catalog {
    let hooks = |phases: &[&str]| -> String {
        let name = |phase: &str| match phase.starts_with("pre-") {
            true => "prepare",
            false => "check",
        };
        phases
            .iter()
            .map(|phase| hook(phase, name(phase)))
            .collect()
    };
    let of_one = hooks(&[
        "pre-install",
        "post-install",
        "post-rollback",
        "pre-uninstall",
        "post-uninstall",
    ]);
    let of_two = hooks(&["pre-upgrade", "post-upgrade", "pre-rollback"]);
    catalog(&[
        ("shop/1.0.0/metadata.yaml", "name: shop\nversion: 1.0.0\n"),
        (
            "shop/1.0.0/definitions/settings.yaml",
            &config_map("settings", "b"),
        ),
        ("shop/1.0.0/definitions/old.yaml", &config_map("old", "b")),
        ("shop/1.0.0/modules.yaml", &modules("cache")),
        ("shop/1.0.0/hooks/all.yaml", &of_one),
        ("shop/2.0.0/metadata.yaml", "name: shop\nversion: 2.0.0\n"),
        (
            "shop/2.0.0/definitions/settings.yaml",
            &config_map("settings", "c"),
        ),
        ("shop/2.0.0/definitions/new.yaml", &config_map("new", "b")),
        ("shop/2.0.0/modules.yaml", &modules("queue")),
        ("shop/2.0.0/hooks/all.yaml", &of_two),
    ])
}

//! What deploys a module has a name of its own: two packages may stand in one namespace.

use std::collections::BTreeMap;

use catalog_hooks::module::{FluxRenderer, ModuleRenderer};
use catalog_model::{MemorySource, Package};
use serde_json::json;

use crate::{loaded, objects_of};

/// The name of the release of Helm that deploys a module of a package.
fn name(package: &str, module: &str) -> String {
    let remote = json!({"repo": "https://charts.example.com", "name": "web", "version": "1.0.0"});
    let modules = json!({"modules": [{"name": module, "chart": {"remote": remote}}]});
    let metadata = json!({"name": package, "version": "1.0.0"});
    let source = MemorySource::from_iter([
        (
            format!("{package}/1.0.0/metadata.yaml"),
            metadata.to_string(),
        ),
        (format!("{package}/1.0.0/modules.yaml"), modules.to_string()),
    ]);
    let catalog = loaded(&source);
    let release = &catalog
        .packages()
        .flat_map(Package::releases)
        .next()
        .unwrap();
    let module = &release.modules()[0];
    let rendered = FluxRenderer::new().render(release, module, "here");
    let rendered = rendered.unwrap().unwrap();
    let objects = objects_of(rendered.content());
    let object = objects
        .iter()
        .find(|object| object["kind"] == "HelmRelease");
    object.unwrap()["metadata"]["name"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn no_two_modules_share_a_name() {
    let long = "m".repeat(50);
    let packages = ["a", "b", "a-b", "a-b-c", "b-c", "a--b", "a-b--c", "a--b--c"];
    let modules = [
        "a", "b", "c", "b-c", "a-b", "a-b-c", "b--c", "a--b", "B-c", "b.c", "c-", &long,
    ];
    let mut known: BTreeMap<String, (&str, &str)> = BTreeMap::new();
    for package in packages {
        for module in modules {
            let name = name(package, module);
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            let is_label = name.chars().all(fits) && !name.starts_with('-') && !name.ends_with('-');
            assert!(is_label && name.len() <= 53, "{package} {module}: {name}");
            let other = known.insert(name.clone(), (package, module));
            assert_eq!(other, None, "{package} {module}: {name}");
        }
    }
}

#[test]
fn names_stay_as_they_are() {
    for (package, module, expected) in [
        ("shop", "shop", "shop"),
        ("shop", "web", "shop--web"),
        ("a-b", "c", "a-b--c"),
        ("a", "b-c", "a--b-c"),
        ("a", "b--c", "a-b-c-"),
        ("a--b", "a--b", "a-b-"),
        ("shop", "Web", "shop-web-"),
    ] {
        let name = name(package, module);
        let hash = name.strip_prefix(expected).unwrap();
        let is_hashed = expected.ends_with('-');
        assert_eq!(hash.len(), if is_hashed { 16 } else { 0 }, "{name}");
    }
}

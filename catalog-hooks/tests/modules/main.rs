//! What renderers make of modules.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod flux;
mod manifests;
mod names;
mod observability;
mod schema;
mod terraform;

use catalog_hooks::module::{ModuleRenderer, RenderedContent};
use catalog_model::{Catalog, LoadOptions, MemorySource, Release, load};
use serde_json::Value;

/// The files of version 1.0.0 of the package `shop`, with this `modules.yaml` and what else stands in its folder.
fn shop(modules: &str, others: &[(&str, &str)]) -> MemorySource {
    with_metadata("", modules, others)
}

fn with_metadata(metadata: &str, modules: &str, others: &[(&str, &str)]) -> MemorySource {
    let metadata = format!("name: shop\nversion: 1.0.0\n{metadata}");
    let own = [
        ("metadata.yaml", metadata.as_str()),
        ("modules.yaml", modules),
    ];
    let files = own.into_iter().chain(others.iter().copied());
    MemorySource::from_iter(
        files.map(|(path, text)| (format!("shop/1.0.0/{path}"), text.to_owned())),
    )
}

fn loaded(source: &MemorySource) -> Catalog {
    let loaded = load(source, &LoadOptions::default()).unwrap();
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics());
    loaded.into_catalog()
}

fn only(catalog: &Catalog) -> &Release {
    &catalog.packages().next().unwrap().releases()[0]
}

/// All modules of the package as objects, when it is installed in `here`; or why one of them cannot be deployed.
fn try_rendered(
    source: &MemorySource,
    renderer: &dyn ModuleRenderer,
) -> Result<Vec<Value>, String> {
    let catalog = loaded(source);
    let release = only(&catalog);
    let mut objects = Vec::new();
    for module in release.modules() {
        let rendered = renderer.render(release, module, "here");
        let rendered = rendered.map_err(|error| error.to_string())?.unwrap();
        assert_eq!(rendered.name(), module.name());
        objects.extend(objects_of(rendered.content()).iter().cloned());
    }
    Ok(objects)
}

#[track_caller]
fn rendered(source: &MemorySource, renderer: &dyn ModuleRenderer) -> Vec<Value> {
    try_rendered(source, renderer).unwrap()
}

#[track_caller]
fn refused(source: &MemorySource, renderer: &dyn ModuleRenderer) -> String {
    try_rendered(source, renderer).unwrap_err()
}

fn objects_of(content: &RenderedContent) -> &[Value] {
    match content {
        RenderedContent::Objects(objects) => objects,
        other => panic!("{other:?}"),
    }
}

fn pretty(objects: &[Value]) -> String {
    let objects: Vec<String> = objects
        .iter()
        .map(|object| serde_json::to_string_pretty(object).unwrap())
        .collect();
    objects.join("\n")
}

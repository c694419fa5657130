//! Where the files of a release set values. Releases keep the values and not the places, of which a catalog has far more.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_conditions::document::{Entry, Limits, Mapping, Node, parse};
use catalog_conditions::suggest::near;
use catalog_conditions::{SourceFile, Span};
use serde_json::{Map, Value};

use super::layer::Layer;
use super::located::Located;
use super::origin::{Asker, LayerOrigin};
use crate::module::Module;
use crate::release::Release;
use crate::source::{Source, join};

/// A file of a release, and its document.
pub(super) struct Written<'a> {
    file: Arc<SourceFile>,
    root: Cow<'a, Node>,
}

/// The `values` of the modules that a file names, a layer each.
pub(super) fn modules(written: Option<&Written<'_>>, modules: &[Module]) -> Vec<Layer> {
    let items = written.map(Written::items_by_span).unwrap_or_default();
    let layers = modules.iter().filter_map(|module| {
        // Items that are no modules are left out, so that the place is sure and the number is not.
        let item = items.get(&module.origin().span()).copied();
        let (file, values) = placed(written, item, module.values());
        Layer::of_module(LayerOrigin::Module, file, module.name(), values)
    });
    layers.collect()
}

/// What stands in the file as the values of modules, whatever it is, and the bytes of what does so in items that are no modules.
pub(super) fn meant(written: &Written<'_>, modules: &[Module]) -> (Vec<Layer>, Vec<Span>) {
    let names: BTreeMap<Span, &str> = modules
        .iter()
        .map(|module| (module.origin().span(), module.name()))
        .collect();
    let (mut layers, mut stray) = (Vec::new(), Vec::new());
    for (span, item) in written.items_by_span() {
        let entries = item.as_mapping().map(Mapping::entries).unwrap_or_default();
        // A misspelt key does not make secrets less secret.
        let is_meant = |name: &str| name == "values" || near(name, ["values"]).is_some();
        let values = entries
            .iter()
            .filter(|entry| entry.name().is_some_and(is_meant));
        for value in values.map(Entry::value) {
            match names.get(&span) {
                Some(name) => layers.push(Layer::of_modules(
                    LayerOrigin::Module,
                    Some(Arc::clone(&written.file)),
                    Located::from_node(value).under((*name).to_owned()),
                )),
                None => stray.push(value.span()),
            }
        }
    }
    (layers, stray)
}

/// What one dependency of a release sets in the package it asks for.
pub(super) fn dependency(
    source: &dyn Source,
    release: &Release,
    index: usize,
    asker: Asker,
    limits: &Limits,
) -> Option<Layer> {
    let dependency = release.metadata().dependencies().get(index)?;
    if dependency.values().is_empty() {
        return None;
    }
    let written = Written::read(source, release.folder(), "metadata", limits);
    let item = written
        .as_ref()
        .and_then(|written| written.item("dependencies", index));
    let (file, values) = placed(written.as_ref(), item, dependency.values());
    let origin = LayerOrigin::Dependency(asker);
    Some(Layer::of_modules(origin, file, values))
}

impl<'a> Written<'a> {
    pub(super) fn of(file: &Arc<SourceFile>, root: &'a Node) -> Self {
        Self {
            file: Arc::clone(file),
            root: Cow::Borrowed(root),
        }
    }

    pub(super) fn read(
        source: &dyn Source,
        folder: &str,
        stem: &str,
        limits: &Limits,
    ) -> Option<Self> {
        let paths = ["yaml", "yml"].map(|ending| join(folder, &format!("{stem}.{ending}")));
        let mut texts = paths.iter().filter_map(|path| {
            let bytes = source.read(path, limits.file_bytes).ok()?;
            SourceFile::from_bytes(source.display(path), bytes).ok()
        });
        let file = texts.next()?;
        let root = parse(&file, limits).documents.into_iter().next()?;
        let root = Cow::Owned(root);
        Some(Self { file, root })
    }

    pub(super) fn file(&self) -> &Arc<SourceFile> {
        &self.file
    }

    fn item(&self, list: &str, index: usize) -> Option<&Node> {
        self.root.value(list)?.as_sequence()?.get(index)
    }

    /// The items of `modules`, by where they stand.
    fn items_by_span(&self) -> BTreeMap<Span, &Node> {
        let items = self.root.value("modules").and_then(Node::as_sequence);
        let items = items.unwrap_or_default().iter();
        items.map(|item| (item.span(), item)).collect()
    }
}

/// The values with their places, if the file still says what it said when the release was loaded; else without.
fn placed(
    written: Option<&Written<'_>>,
    item: Option<&Node>,
    values: &Map<String, Value>,
) -> (Option<Arc<SourceFile>>, Located) {
    let node = item.and_then(|item| item.value("values"));
    if let (Some(written), Some(node)) = (written, node)
        && node.to_json().as_object() == Some(values)
    {
        return (Some(Arc::clone(&written.file)), Located::from_node(node));
    }
    (None, Located::parsed(&Value::Object(values.clone())))
}

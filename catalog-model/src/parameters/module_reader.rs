//! Reads the modules of a release.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_conditions::{Diagnostic, SourceFile};

use super::budget::{Budget, Exhausted};
use super::files::ModuleFolder;
use super::layer::Layer;
use super::limits::ParameterLimits;
use super::located::Located;
use super::origin::LayerOrigin;
use super::pointer;
use super::read::ContentKind;
use super::schema::{DefaultPlaces, ParameterSchema};
use crate::module::Module;
use crate::source::{Source, join};

/// Reads the modules of one version folder: each folder once, however many modules name it, and within what all may cost together.
pub(super) struct ModuleReader<'a> {
    source: &'a dyn Source,
    folder: &'a str,
    limits: &'a ParameterLimits,
    budget: Budget,
    known: BTreeMap<(String, ContentKind), ModuleParameters>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// What the folder of a module says. Clones share it.
#[derive(Clone)]
pub(super) struct ModuleParameters {
    pub(super) schema: Arc<ParameterSchema>,
    /// The defaults, by the file they stand in.
    defaults: Arc<[(Option<Arc<SourceFile>>, Located)]>,
    values: usize,
}

impl<'a> ModuleReader<'a> {
    pub(super) fn new(
        source: &'a dyn Source,
        folder: &'a str,
        limits: &'a ParameterLimits,
    ) -> Self {
        Self {
            source,
            folder,
            limits,
            budget: Budget::new(limits),
            known: BTreeMap::new(),
            diagnostics: Vec::new(),
        }
    }

    /// The parameters of a module; of one whose content is not here, nothing is known.
    ///
    /// # Errors
    ///
    /// This module, or one before it, is more than is allowed to all together.
    pub(super) fn read(&mut self, module: &Module) -> Result<ModuleParameters, Exhausted> {
        let Some((path, kind)) = ContentKind::of(module) else {
            return Ok(ModuleParameters::unknown());
        };
        if let Some(exhausted) = self.budget.exhausted() {
            return Err(exhausted);
        }
        // A module may be the version folder itself.
        let path = match path.as_str() {
            "" => self.folder.to_owned(),
            path => join(self.folder, path),
        };
        if kind.may_be_missing() && self.source.list(&path).is_err() {
            return Ok(ModuleParameters::unknown());
        }
        let key = (path, kind);
        let parameters = match self.known.get(&key) {
            Some(known) => known.clone(),
            None => self.read_folder(key),
        };
        // Each module has values of its own once they are merged.
        self.budget.take_values(parameters.values);
        match self.budget.exhausted() {
            None => Ok(parameters),
            Some(exhausted) => Err(exhausted),
        }
    }

    fn read_folder(&mut self, (path, kind): (String, ContentKind)) -> ModuleParameters {
        let folder = ModuleFolder::new(self.source, self.folder, &path, &mut self.budget);
        let (schema, diagnostics) = ParameterSchema::read_folder(folder, kind, self.limits);
        self.diagnostics.extend(diagnostics);
        self.budget.take_schema(schema.size());
        let parameters = match self.budget.exhausted() {
            None => ModuleParameters::new(schema),
            Some(_) => ModuleParameters::unknown(),
        };
        self.known.insert((path, kind), parameters.clone());
        parameters
    }
}

impl ModuleParameters {
    fn new(schema: ParameterSchema) -> Self {
        let defaults = defaults(&schema);
        Self {
            values: defaults.iter().map(|(_, values)| values.count()).sum(),
            defaults: defaults.into(),
            schema: Arc::new(schema),
        }
    }

    pub(super) fn unknown() -> Self {
        Self::new(ParameterSchema::unknown())
    }

    /// The defaults of a module that has these parameters, with the places where they were written: a layer for each file.
    pub(super) fn defaults(&self, module: &str) -> impl Iterator<Item = Layer> {
        self.defaults.iter().filter_map(move |(file, values)| {
            Layer::of_module(LayerOrigin::Defaults, file.clone(), module, values.clone())
        })
    }
}

fn defaults(schema: &ParameterSchema) -> Vec<(Option<Arc<SourceFile>>, Located)> {
    if let DefaultPlaces::Document(file, node) = &schema.places
        && node.to_json() == *schema.defaults()
    {
        return vec![(Some(Arc::clone(file)), Located::from_node(node))];
    }
    let place = |key: &str| schema.default_place(&pointer::push("", key));
    let mut files: BTreeMap<Option<&str>, BTreeMap<String, Located>> = BTreeMap::new();
    for (key, value) in schema.defaults().as_object().into_iter().flatten() {
        let place = place(key);
        let mut value = Located::parsed(value);
        value.span = place.map(|(_, span)| span);
        let values = files.entry(place.map(|(file, _)| file.path())).or_default();
        values.insert(key.clone(), value);
    }
    let placed = files.into_values().map(|values| {
        let file = values.keys().next().and_then(|key| place(key));
        let file = file.map(|(file, _)| Arc::clone(file));
        (file, Located::map(values))
    });
    placed.collect()
}

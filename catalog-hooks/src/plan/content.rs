//! What a release consists of in a cluster.

use std::collections::BTreeSet;

use catalog_model::Release;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::error::PlanError;
use crate::api::ObjectRef;
use crate::context::OperationContext;
use crate::journal::{LedgerEntry, Origin, Part};
use crate::label;
use crate::module::{ModuleRenderer, RenderedContent, RenderedModule, Scopes};

/// The definitions and modules of a release, as they are sent to a cluster.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Content {
    definitions: Vec<Value>,
    modules: Vec<RenderedModule>,
}

impl Content {
    /// What `release` consists of in `namespace`, with our marks on each object.
    pub(crate) fn of(
        release: &Release,
        namespace: &str,
        context: &OperationContext,
        renderer: &dyn ModuleRenderer,
    ) -> Result<Self, PlanError> {
        let marks = Marks::of(release, context);
        let mut content = Self::default();
        let scopes = Scopes::of(release, [].into_iter());
        for definition in release.definitions() {
            let object = placed(definition.object(), (namespace, &scopes), &marks);
            content.definitions.push(object.ok_or_else(|| {
                PlanError::nameless(release, &format!("a definition in {}", definition.file()))
            })?);
        }
        content.definitions.sort_by_key(rank);
        for module in release.modules() {
            let rendered = renderer
                .render(release, module, namespace)
                .map_err(PlanError::module)?;
            let rendered = rendered.ok_or_else(|| PlanError::no_renderer(release, module))?;
            content.modules.push(marked(release, rendered, &marks)?);
        }
        Ok(content)
    }

    /// The definitions.
    #[must_use]
    pub fn definitions(&self) -> &[Value] {
        &self.definitions
    }

    /// The modules.
    #[must_use]
    pub fn modules(&self) -> &[RenderedModule] {
        &self.modules
    }

    /// The modules that a driver deploys, in order.
    pub(crate) fn driven_modules(&self) -> impl Iterator<Item = &RenderedModule> {
        let modules = self.modules.iter();
        modules.filter(|module| module.driver_name().is_some())
    }

    /// The namespaces that its modules go to; that of the instance is among them if one goes there.
    pub(crate) fn namespaces(&self) -> BTreeSet<&str> {
        self.modules.iter().map(RenderedModule::namespace).collect()
    }

    /// The objects of modules that are deployed as objects, in order.
    pub(crate) fn module_objects(&self) -> impl Iterator<Item = &Value> {
        self.modules.iter().flat_map(RenderedModule::applied)
    }

    /// An object as it is sent.
    pub(crate) fn manifest(&self, object: &ObjectRef) -> Option<&Value> {
        let mut objects = self.definitions.iter().chain(self.module_objects());
        objects.find(|one| ObjectRef::of(one).is_some_and(|one| one.is_same_object(object)))
    }

    /// All objects, as entries of a ledger.
    pub(crate) fn entries(&self) -> Vec<LedgerEntry> {
        let entry = |part: Part| {
            move |object: &Value| {
                Some(LedgerEntry {
                    object: ObjectRef::of(object)?,
                    part,
                    origin: Origin::Release,
                    uid: None,
                })
            }
        };
        let definitions = self.definitions.iter().filter_map(entry(Part::Definition));
        definitions
            .chain(self.module_objects().filter_map(entry(Part::Module)))
            .collect()
    }
}

/// What others of a release need goes before them, whatever its file is called; of the rest, the order is the author's.
fn rank(definition: &Value) -> u8 {
    match definition.get("kind").and_then(Value::as_str) {
        Some("Namespace") => 0,
        Some("CustomResourceDefinition") => 1,
        _ => 2,
    }
}

/// What each object says of the release that it is of: labels, by which it is found again, and annotations.
struct Marks {
    labels: [(&'static str, String); 2],
    annotations: [(&'static str, String); 1],
}

impl Marks {
    fn of(release: &Release, context: &OperationContext) -> Self {
        Self {
            labels: [
                (label::PACKAGE, release.package().to_string()),
                (label::RELEASE_UID, label::value(context.release_uid())),
            ],
            annotations: [(label::VERSION, release.version().to_string())],
        }
    }
}

fn marked(
    release: &Release,
    module: RenderedModule,
    marks: &Marks,
) -> Result<RenderedModule, PlanError> {
    let RenderedContent::Objects(objects) = module.content() else {
        return Ok(module);
    };
    let scopes = Scopes::of(release, objects.iter());
    let placed: Option<Vec<Value>> = objects
        .iter()
        .map(|object| placed(object, (module.namespace(), &scopes), marks))
        .collect();
    let objects = placed.ok_or_else(|| {
        PlanError::nameless(release, &format!("an object of module `{}`", module.name()))
    })?;
    Ok(RenderedModule::objects(
        module.name(),
        module.namespace(),
        objects,
    ))
}

/// The object in its namespace and with marks; `None` if it has no name.
fn placed(object: &Value, (namespace, scopes): (&str, &Scopes), marks: &Marks) -> Option<Value> {
    let mut object = object.as_object()?.clone();
    let namespaced = !scopes.is_cluster_scoped(&object);
    object.remove("status");
    let metadata = object.get_mut("metadata")?.as_object_mut()?;
    if namespaced && metadata.get("namespace").is_none_or(Value::is_null) {
        metadata.insert("namespace".to_owned(), namespace.into());
    }
    put(metadata, "labels", &marks.labels);
    put(metadata, "annotations", &marks.annotations);
    let object = Value::Object(object);
    ObjectRef::of(&object).is_some().then_some(object)
}

/// Puts texts into a map of the metadata, in the place of what is there and no map.
fn put(metadata: &mut Map<String, Value>, map: &str, texts: &[(&'static str, String)]) {
    let entry = metadata.entry(map).or_insert(Value::Null);
    if !entry.is_object() {
        *entry = Value::Object(Map::new());
    }
    if let Some(map) = entry.as_object_mut() {
        let texts = texts.iter();
        map.extend(texts.map(|(key, value)| ((*key).to_owned(), value.as_str().into())));
    }
}

//! Modules of plain manifests, applied as they are.

use std::collections::BTreeMap;
use std::fmt;

use catalog_model::document::{Limits, parse};
use catalog_model::source::Source;
use catalog_model::{ManifestsRemote, Module, ModuleContent, Release, Scope, Severity, SourceFile};
use serde_json::{Map, Value};

use super::files::ModuleFiles;
use super::scope::Scopes;
use super::{ModuleError, ModuleRenderer, RenderedModule, order, place};
use crate::api::ObjectRef;
use crate::digest;
use crate::resource;

/// Renders modules of plain manifests: the objects in the package's own files, or in texts that were downloaded before.
///
/// Each object gets the module's namespace, unless it names one, or its kind is known to stand in none: from Kubernetes itself, or from a
/// CustomResourceDefinition of the package. A ServiceAccount that a binding names without a namespace is the module's.
/// They are applied in Helm's order: namespaces, definitions, what workloads need, workloads, custom resources, webhooks. Lists are their items. Files end in `.yaml`, `.yml` or `.json`; others in the folder are passed over.
#[derive(Clone)]
pub struct ManifestsRenderer<'s> {
    source: &'s dyn Source,
    downloads: BTreeMap<String, String>,
}

impl<'s> ManifestsRenderer<'s> {
    /// A renderer of manifests that lie in a catalog, which is read from here.
    #[must_use]
    pub fn new(source: &'s dyn Source) -> Self {
        Self {
            source,
            downloads: BTreeMap::new(),
        }
    }

    /// What was found at the address that a module names as `remote.url`.
    #[must_use]
    pub fn with_download(mut self, url: impl Into<String>, text: impl Into<String>) -> Self {
        self.downloads.insert(url.into(), text.into());
        self
    }

    fn texts(
        &self,
        release: &Release,
        module: &Module,
        (path, remote): (Option<&str>, Option<&ManifestsRemote>),
    ) -> Result<Vec<(String, String)>, ModuleError> {
        let error = |message: &str| Err(ModuleError::new(release, module, message));
        match (path, remote) {
            (Some(path), _) => {
                let files = ModuleFiles::new(self.source, release, module).read(path)?;
                let files = files.into_iter().filter(|file| is_manifest(&file.path));
                Ok(files
                    .map(|file| (format!("{path}/{}", file.path), file.text))
                    .collect())
            }
            (None, Some(remote)) => {
                let text = self.download(remote);
                let text = text.map_err(|message| ModuleError::new(release, module, message))?;
                Ok(vec![(remote.url.clone(), text.to_owned())])
            }
            (None, None) => {
                error("it has neither a usable `path` nor a `remote`: say where its manifests are")
            }
        }
    }

    fn download(&self, remote: &ManifestsRemote) -> Result<&str, String> {
        let url = &remote.url;
        let Some(text) = self.downloads.get(url) else {
            return Err(format!(
                "`{url}` was not downloaded: give its text to the renderer"
            ));
        };
        let found = digest::of_bytes(text.as_bytes());
        match &remote.sha256 {
            Some(wanted) if *wanted != found => Err(format!(
                "what `{url}` holds has changed: its SHA-256 is {found}, and the package asks for {wanted}"
            )),
            _ => Ok(text),
        }
    }
}

impl ModuleRenderer for ManifestsRenderer<'_> {
    fn render(
        &self,
        release: &Release,
        module: &Module,
        namespace: &str,
    ) -> Result<Option<RenderedModule>, ModuleError> {
        let ModuleContent::Manifests { path, remote } = module.content() else {
            return Ok(None);
        };
        let namespace = place::namespace(release, module, namespace)?;
        let texts = self.texts(release, module, (path.as_deref(), remote.as_ref()))?;
        let error = |message| ModuleError::new(release, module, message);
        let mut objects = Vec::new();
        for (file, text) in texts {
            objects.extend(read(&file, text).map_err(error)?);
        }
        let scopes = Scopes::of(release, objects.iter().map(|(_, object)| object));
        let placed = placed(objects, &scopes, (release, &namespace)).map_err(error)?;
        Ok(Some(RenderedModule::objects(
            module.name(),
            namespace,
            placed,
        )))
    }
}

impl fmt::Debug for ManifestsRenderer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManifestsRenderer")
            .field("downloads", &self.downloads.keys())
            .finish_non_exhaustive()
    }
}

/// A single file has no path below its own, and is one whatever it is called.
fn is_manifest(path: &str) -> bool {
    let endings = [".yaml", ".yml", ".json"];
    path.is_empty() || endings.iter().any(|ending| path.ends_with(ending))
}

/// The objects of a file, each with where it stands.
fn read(path: &str, text: String) -> Result<Vec<(String, Value)>, String> {
    let path = path.trim_end_matches('/');
    let file = SourceFile::new(path, text);
    let read = parse(&file, &Limits::default());
    let mut errors = read.diagnostics.iter();
    if let Some(error) = errors.find(|said| said.severity() == Severity::Error) {
        return Err(error.to_string());
    }
    let mut objects = Vec::new();
    for document in read.documents.iter().filter(|node| !node.is_null()) {
        let line = file.line(document.span().start);
        let place = format!("{path}:{line}");
        match document.to_json() {
            Value::Object(list) if is_list(&list) => {
                let items = list.get("items").and_then(Value::as_array).cloned();
                let items = items.into_iter().flatten();
                objects.extend(items.map(|item| (place.clone(), item)));
            }
            object => objects.push((place, object)),
        }
    }
    Ok(objects)
}

/// As kubectl has it: `List`, and the list of one kind.
fn is_list(object: &Map<String, Value>) -> bool {
    let kind = object.get("kind").and_then(Value::as_str);
    kind.is_some_and(|kind| kind.ends_with("List"))
        && object.get("items").is_some_and(Value::is_array)
}

/// The objects with their namespaces, in the order they are applied. No two are one object.
fn placed(
    objects: Vec<(String, Value)>,
    scopes: &Scopes,
    (release, namespace): (&Release, &str),
) -> Result<Vec<Value>, String> {
    let mut seen: BTreeMap<(String, String, Option<String>, String), String> = BTreeMap::new();
    let mut placed = Vec::with_capacity(objects.len());
    for (place, mut object) in objects {
        put(&mut object, scopes, (release, namespace))
            .map_err(|problem| format!("{place}: {problem}"))?;
        let Some(known) = ObjectRef::of(&object) else {
            return Err(format!(
                "{place}: this is no object of Kubernetes: it needs `apiVersion`, `kind` and `metadata.name`"
            ));
        };
        let own = known.namespace().map(str::to_owned);
        let identity = (
            known.group().to_owned(),
            known.kind().to_owned(),
            own,
            known.name().to_owned(),
        );
        if let Some(first) = seen.insert(identity, place.clone()) {
            return Err(format!(
                "{place}: {known} is in {first} already: take one out"
            ));
        }
        placed.push(object);
    }
    placed.sort_by_key(order::rank);
    Ok(placed)
}

fn put(
    object: &mut Value,
    scopes: &Scopes,
    (release, namespace): (&Release, &str),
) -> Result<(), String> {
    let no_object =
        "this is no object of Kubernetes: it needs `apiVersion`, `kind` and `metadata.name`";
    let object = object.as_object_mut().ok_or(no_object)?;
    let is_cluster_scoped = scopes.is_cluster_scoped(object);
    let metadata = object.get_mut("metadata").and_then(Value::as_object_mut);
    let metadata = metadata.ok_or(no_object)?;
    let own = metadata.get("namespace").and_then(Value::as_str);
    match own.filter(|own| !own.is_empty()) {
        _ if is_cluster_scoped => {
            metadata.remove("namespace");
        }
        None => {
            metadata.insert("namespace".to_owned(), namespace.into());
        }
        Some(own) if own != namespace && release.metadata().scope() == Scope::Namespace => {
            return Err(format!(
                "this object goes to namespace `{own}`, but the package may be installed in any, and goes to `{namespace}`: leave out `metadata.namespace`"
            ));
        }
        Some(_) => {}
    }
    resource::name_subjects(object, namespace);
    Ok(())
}

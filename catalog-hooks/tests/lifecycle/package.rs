//! Packages, written in a test.

use catalog_hooks::module::{ManifestsRenderer, ModuleError, ModuleRenderer, RenderedModule};
use catalog_model::{MemorySource, Module, Release};
use serde_json::{Value, json};

/// The files of one version of a package.
#[derive(Clone)]
pub(crate) struct Version {
    folder: String,
    files: Vec<(String, String)>,
    manifests: Vec<Value>,
    charts: Vec<(String, Option<String>)>,
    hooks: serde_json::Map<String, Value>,
}

impl Version {
    pub(crate) fn new(package: &str, version: &str) -> Self {
        let metadata = json!({"name": package, "version": version});
        Self {
            folder: format!("{package}/{version}"),
            files: vec![("metadata.yaml".to_owned(), metadata.to_string())],
            manifests: Vec::new(),
            charts: Vec::new(),
            hooks: serde_json::Map::new(),
        }
    }

    /// With an object of its own module of manifests.
    pub(crate) fn object(mut self, object: Value) -> Self {
        self.manifests.push(object);
        self
    }

    /// With a module that a driver deploys.
    pub(crate) fn chart(mut self, name: &str) -> Self {
        self.charts.push((name.to_owned(), None));
        self
    }

    /// With a module that a driver deploys, in a namespace of its own.
    pub(crate) fn chart_in(mut self, name: &str, namespace: &str) -> Self {
        let namespace = Some(namespace.to_owned());
        self.charts.push((name.to_owned(), namespace));
        self
    }

    /// With the definition of a kind, in these versions, the last of them stored.
    pub(crate) fn crd(self, kind: &str, versions: &[&str]) -> Self {
        let name = format!("{}s.example.com", kind.to_lowercase());
        self.definition(&name, &crd(kind, versions))
    }

    pub(crate) fn definition(mut self, file: &str, object: &Value) -> Self {
        let path = format!("definitions/{file}.yaml");
        self.files.push((path, object.to_string()));
        self
    }

    /// With a hook whose policy has these fields beyond the default.
    pub(crate) fn hook(mut self, phase: &str, name: &str, policy: Value) -> Self {
        let mut hook = json!({"name": name, "job": job(name)});
        if let (Some(hook), Value::Object(policy)) = (hook.as_object_mut(), policy) {
            hook.extend(policy);
        }
        let hooks = self.hooks.entry(phase).or_insert_with(|| json!([]));
        hooks.as_array_mut().unwrap().push(hook);
        self
    }

    fn into_files(self) -> Vec<(String, String)> {
        let mut files = self.files;
        let mut modules = Vec::new();
        if !self.manifests.is_empty() {
            let list = json!({"apiVersion": "v1", "kind": "List", "items": self.manifests});
            files.push(("manifests/all.yaml".to_owned(), list.to_string()));
            modules.push(json!({"name": "manifests", "manifests": {"path": "./manifests"}}));
        }
        for (name, namespace) in &self.charts {
            let remote =
                json!({"repo": "https://charts.example.com", "name": name, "version": "1.0.0"});
            let mut module = json!({"name": name, "chart": {"remote": remote}});
            if let Some(namespace) = namespace {
                module["namespace"] = namespace.as_str().into();
            }
            modules.push(module);
        }
        if !modules.is_empty() {
            let modules = json!({"modules": modules});
            files.push(("modules.yaml".to_owned(), modules.to_string()));
        }
        if !self.hooks.is_empty() {
            let hooks = Value::Object(self.hooks);
            files.push(("hooks/hooks.yaml".to_owned(), hooks.to_string()));
        }
        let folder = self.folder;
        let whole = files
            .into_iter()
            .map(|(path, text)| (format!("{folder}/{path}"), text));
        whole.collect()
    }
}

/// A catalog of these versions.
pub(crate) fn source(versions: impl IntoIterator<Item = Version>) -> MemorySource {
    versions
        .into_iter()
        .flat_map(Version::into_files)
        .collect::<MemorySource>()
}

/// A Job that does what the script for its hook says.
pub(crate) fn job(name: &str) -> Value {
    let container = json!({"name": "run", "image": format!("{name}:1")});
    json!({"apiVersion": "batch/v1", "kind": "Job", "spec": {"template": {"spec": {"containers": [container]}}}})
}

pub(crate) fn config(name: &str, text: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"text": text}})
}

pub(crate) fn crd(kind: &str, versions: &[&str]) -> Value {
    let singular = kind.to_lowercase();
    let schema = json!({"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}});
    let version = |(place, name): (usize, &&str)| {
        let is_last = place + 1 == versions.len();
        json!({"name": name, "served": true, "storage": is_last, "schema": schema})
    };
    let versions: Vec<Value> = versions.iter().enumerate().map(version).collect();
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{singular}s.example.com")},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"plural": format!("{singular}s"), "singular": singular, "kind": kind, "listKind": format!("{kind}List")},
            "versions": versions,
        },
    })
}

/// Manifests are applied, charts have a driver.
pub(crate) struct Renderer<'s>(pub(crate) &'s MemorySource);

impl ModuleRenderer for Renderer<'_> {
    fn render(
        &self,
        release: &Release,
        module: &Module,
        namespace: &str,
    ) -> Result<Option<RenderedModule>, ModuleError> {
        if let Some(objects) = ManifestsRenderer::new(self.0).render(release, module, namespace)? {
            return Ok(Some(objects));
        }
        let mut input = json!({"version": release.version().as_str()});
        if module.name().starts_with("large") {
            input["chart"] = "x".repeat(600 * 1024).into();
        }
        let name = module.name();
        let namespace = module.namespace().unwrap_or(namespace);
        Ok(Some(RenderedModule::driver(name, namespace, "fake", input)))
    }
}

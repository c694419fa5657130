//! Terraform modules, deployed by KubeVela's Terraform controller.

mod carried;
mod hcl;
mod remote;
mod variables;

use std::collections::BTreeMap;
use std::fmt;

use catalog_model::source::Source;
use catalog_model::{Module, ModuleContent, Release, TerraformRemote};
use serde_json::{Map, Value, json};

use self::remote::Origin;
use super::files::ModuleFiles;
use super::values::ModuleValues;
use super::{ModuleError, ModuleRenderer, RenderedModule, place};

/// Renders Terraform modules as `Configuration` (`terraform.core.oam.dev/v1beta2`), named after package and module in the module's namespace.
///
/// A module that the package carries goes in as it is; a git repository over HTTPS without a version is named, for the controller to
/// clone; any other address is called as a module from a few lines of HCL, which is how Terraform itself knows registries and versions.
/// Values become variables. Outputs go to the Secret `<name>-outputs`; of a module that is called, those that are asked for.
///
/// What the module has made in a cloud stays when the package goes (`deleteResource: false`), unless
/// [`deleting_resources`](Self::deleting_resources) was asked for.
#[derive(Clone)]
pub struct TerraformRenderer<'s> {
    source: &'s dyn Source,
    values: ModuleValues,
    outputs: BTreeMap<[String; 2], Vec<String>>,
    provider: Option<[String; 2]>,
    deletes_resources: bool,
}

/// Whether the controller leaves alone what an object, a `Configuration` of its, has made in a cloud when that one goes.
pub(crate) fn leaves_resources(object: &Value) -> bool {
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
    let is_deleting = object.pointer("/spec/deleteResource") == Some(&Value::Bool(true));
    text("apiVersion").starts_with("terraform.core.oam.dev/")
        && text("kind") == "Configuration"
        && !is_deleting
}

impl<'s> TerraformRenderer<'s> {
    /// A renderer for the modules of a catalog, whose carried ones are read from here. They get the values of their packages, and the
    /// controller's default `Provider`.
    #[must_use]
    pub fn new(source: &'s dyn Source) -> Self {
        Self {
            source,
            values: ModuleValues::new(),
            outputs: BTreeMap::new(),
            provider: None,
            deletes_resources: false,
        }
    }

    /// What users set.
    #[must_use]
    pub fn with_values(mut self, values: ModuleValues) -> Self {
        self.values = values;
        self
    }

    /// The `Provider` with the credentials.
    #[must_use]
    pub fn with_provider(mut self, namespace: impl Into<String>, name: impl Into<String>) -> Self {
        self.provider = Some([namespace.into(), name.into()]);
        self
    }

    /// The outputs of a module in a registry or repository that somebody needs. The controller shows their values in the status of the
    /// `Configuration` too: name none that is secret.
    #[must_use]
    pub fn with_outputs(
        mut self,
        package: impl Into<String>,
        module: impl Into<String>,
        outputs: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let outputs = outputs.into_iter().map(Into::into).collect();
        self.outputs
            .insert([package.into(), module.into()], outputs);
        self
    }

    /// Deleting a `Configuration` destroys what it made: databases, buckets, and all that is in them. What counts is how the `Configuration` was
    /// applied last: an uninstall deletes it as it is.
    #[must_use]
    pub fn deleting_resources(mut self) -> Self {
        self.deletes_resources = true;
        self
    }

    /// The part of the `Configuration` that says what runs.
    fn content(
        &self,
        (release, module): (&Release, &Module),
        (path, remote): (Option<&str>, Option<&TerraformRemote>),
        variables: &Map<String, Value>,
    ) -> Result<Map<String, Value>, ModuleError> {
        let error = |message: String| ModuleError::new(release, module, message);
        let content = match (path, remote) {
            (Some(path), _) => {
                let files = ModuleFiles::new(self.source, release, module).read(path)?;
                json!({"hcl": carried::hcl(files).map_err(error)?})
            }
            (None, Some(remote)) => match Origin::of(remote).map_err(error)? {
                Origin::Repository { url, folder: None } => json!({"remote": url}),
                Origin::Repository {
                    url,
                    folder: Some(folder),
                } => json!({"remote": url, "path": folder}),
                Origin::Called { source, version } => {
                    let outputs = self.outputs(release, module);
                    json!({"hcl": hcl::call((module.name(), source, version), variables, outputs).map_err(error)?})
                }
            },
            (None, None) => {
                let message =
                    "it has neither a usable `path` nor a `remote`: say where the module is";
                return Err(error(message.to_owned()));
            }
        };
        Ok(content.as_object().cloned().unwrap_or_default())
    }

    fn outputs(&self, release: &Release, module: &Module) -> &[String] {
        let key = [release.package().as_str(), module.name()].map(str::to_owned);
        self.outputs
            .get(&key)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }
}

impl ModuleRenderer for TerraformRenderer<'_> {
    fn render(
        &self,
        release: &Release,
        module: &Module,
        namespace: &str,
    ) -> Result<Option<RenderedModule>, ModuleError> {
        let ModuleContent::Terraform { path, remote } = module.content() else {
            return Ok(None);
        };
        let values = self.values.of(release, module, namespace);
        let variables = variables::of(values);
        let variables = variables.map_err(|message| ModuleError::new(release, module, message))?;
        let namespace = place::namespace(release, module, namespace)?;
        let name = place::name(release, module);
        let origin = (path.as_deref(), remote.as_ref());
        let mut spec = self.content((release, module), origin, &variables)?;
        if !variables.is_empty() {
            spec.insert("variable".to_owned(), Value::Object(variables));
        }
        spec.insert("deleteResource".to_owned(), self.deletes_resources.into());
        let outputs = json!({"name": format!("{name}-outputs"), "namespace": namespace});
        spec.insert("writeConnectionSecretToRef".to_owned(), outputs);
        if let Some([namespace, name]) = &self.provider {
            spec.insert(
                "providerRef".to_owned(),
                json!({"name": name, "namespace": namespace}),
            );
        }
        let configuration = json!({
            "apiVersion": "terraform.core.oam.dev/v1beta2",
            "kind": "Configuration",
            "metadata": {"name": name, "namespace": namespace},
            "spec": spec,
        });
        Ok(Some(RenderedModule::objects(
            module.name(),
            namespace,
            vec![configuration],
        )))
    }
}

impl fmt::Debug for TerraformRenderer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values may be secret.
        f.debug_struct("TerraformRenderer")
            .field("outputs", &self.outputs)
            .field("provider", &self.provider)
            .field("deletes_resources", &self.deletes_resources)
            .finish_non_exhaustive()
    }
}

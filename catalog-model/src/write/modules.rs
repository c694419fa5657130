//! `modules.yaml`.

use serde_json::{Map, Value};

use super::document::write;
use super::tree::{Fields, Tree};
use crate::module::{Module, ModuleContent};

/// What a `modules.yaml` says.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ModulesFile {
    /// The modules, in the order in which they are deployed.
    pub modules: Vec<ModuleEntry>,
}

/// One item of `modules`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ModuleEntry {
    /// Its name, unique in the file.
    pub name: String,
    /// Where it goes; `None`: where the package goes.
    pub namespace: Option<String>,
    /// The values that the package sets.
    pub values: Map<String, Value>,
    /// Its kind and content; paths are relative to the version folder.
    pub content: ModuleContent,
}

impl ModuleEntry {
    /// A module without a namespace or values of its own.
    pub fn new(name: impl Into<String>, content: ModuleContent) -> Self {
        Self {
            name: name.into(),
            namespace: None,
            values: Map::new(),
            content,
        }
    }

    fn of(module: &Module) -> Self {
        Self {
            name: module.name().to_owned(),
            namespace: module.namespace().map(str::to_owned),
            values: module.values().clone(),
            content: module.content().clone(),
        }
    }

    fn tree(&self) -> Tree<'_> {
        let mut fields = Fields::new();
        fields.put(self.content.kind(), content(&self.content));
        fields.text("name", self.name.as_str());
        fields.optional("namespace", self.namespace.as_deref());
        fields.values("values", &self.values);
        Tree::Fields(fields)
    }
}

impl ModulesFile {
    /// A file of modules.
    pub fn new(modules: Vec<ModuleEntry>) -> Self {
        Self { modules }
    }

    /// What the file of a release says.
    #[must_use]
    pub fn of(modules: &[Module]) -> Self {
        Self::new(modules.iter().map(ModuleEntry::of).collect())
    }

    /// The text of the file.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        let mut fields = Fields::new();
        let modules = self.modules.iter().map(ModuleEntry::tree).collect();
        fields.put("modules", Tree::List(modules));
        write(Tree::Fields(fields))
    }
}

fn content(content: &ModuleContent) -> Tree<'_> {
    let (path, remote) = match content {
        ModuleContent::Chart { path, remote } => {
            let remote = remote.as_ref().map(|remote| {
                let mut fields = Fields::new();
                fields.text("repo", remote.repo.as_str());
                fields.text("name", remote.name.as_str());
                fields.optional("version", remote.version.as_deref());
                fields
            });
            (path, remote)
        }
        ModuleContent::Terraform { path, remote } => {
            let remote = remote.as_ref().map(|remote| {
                let mut fields = Fields::new();
                fields.text("source", remote.source.as_str());
                fields.optional("version", remote.version.as_deref());
                fields
            });
            (path, remote)
        }
        ModuleContent::Manifests { path, remote } => {
            let remote = remote.as_ref().map(|remote| {
                let mut fields = Fields::new();
                fields.text("url", remote.url.as_str());
                fields.optional("sha256", remote.sha256.as_deref());
                fields
            });
            (path, remote)
        }
        ModuleContent::Opaque { value, .. } => return Tree::Value(value),
    };
    let mut fields = Fields::new();
    if let Some(path) = path {
        fields.text("path", format!("./{}", path.trim_start_matches("./")));
    }
    fields.fields("remote", remote.unwrap_or_default());
    Tree::Fields(fields)
}

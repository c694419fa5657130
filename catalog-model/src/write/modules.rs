//! `modules.yaml`.

use serde_json::{Map, Value};

use super::document::write;
use super::tree::{Fields, Tree};
use crate::module::{Module, ModuleContent};
use crate::release::Release;
use crate::unknown::UnknownFields;

/// What a `modules.yaml` says.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ModulesFile {
    /// The modules, in the order in which they are deployed.
    pub modules: Vec<ModuleEntry>,
    /// Keys beside `modules` that the format does not know.
    pub unknown: UnknownFields,
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
    /// Keys beside the kind, `name`, `namespace` and `values` that the format does not know.
    ///
    /// Only beside a kind that the format knows: beside another, nothing tells which of two keys is the kind unless one is nearly a
    /// key of the format.
    pub unknown: UnknownFields,
    /// Keys beside `path` and `remote` that the format does not know.
    pub unknown_in_content: UnknownFields,
    /// Keys of `remote` that the format does not know.
    pub unknown_in_remote: UnknownFields,
}

impl ModuleEntry {
    /// A module without a namespace or values of its own.
    pub fn new(name: impl Into<String>, content: ModuleContent) -> Self {
        Self {
            name: name.into(),
            namespace: None,
            values: Map::new(),
            content,
            unknown: UnknownFields::default(),
            unknown_in_content: UnknownFields::default(),
            unknown_in_remote: UnknownFields::default(),
        }
    }

    fn of(module: &Module) -> Self {
        Self {
            name: module.name().to_owned(),
            namespace: module.namespace().map(str::to_owned),
            values: module.values().clone(),
            content: module.content().clone(),
            unknown: module.unknown().clone(),
            unknown_in_content: module.unknown_in_content().clone(),
            unknown_in_remote: module.unknown_in_remote().clone(),
        }
    }

    fn content(&self) -> Tree<'_> {
        if let ModuleContent::Opaque { value, .. } = &self.content {
            return Tree::Value(value);
        }
        let (path, remote) = places(&self.content);
        let mut fields = Fields::new();
        if let Some(path) = path {
            fields.text("path", format!("./{}", path.trim_start_matches("./")));
        }
        if let Some(mut remote) = remote {
            remote.unknown(&self.unknown_in_remote);
            fields.fields("remote", remote);
        }
        fields.unknown(&self.unknown_in_content);
        Tree::Fields(fields)
    }

    fn tree(&self) -> Tree<'_> {
        let mut fields = Fields::new();
        fields.put(self.content.kind(), self.content());
        fields.text("name", self.name.as_str());
        fields.optional("namespace", self.namespace.as_deref());
        fields.values("values", &self.values);
        fields.unknown(&self.unknown);
        Tree::Fields(fields)
    }
}

impl ModulesFile {
    /// A file of modules.
    pub fn new(modules: Vec<ModuleEntry>) -> Self {
        Self {
            modules,
            unknown: UnknownFields::default(),
        }
    }

    /// What the file of a release says, the keys that the format does not know included.
    #[must_use]
    pub fn of(release: &Release) -> Self {
        Self {
            modules: release.modules().iter().map(ModuleEntry::of).collect(),
            unknown: release.unknown_in_modules().clone(),
        }
    }

    /// The text of the file.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        let mut fields = Fields::new();
        let modules = self.modules.iter().map(ModuleEntry::tree).collect();
        fields.put("modules", Tree::List(modules));
        fields.unknown(&self.unknown);
        write(Tree::Fields(fields))
    }
}

/// The path and the remote of a kind that the format knows.
fn places(content: &ModuleContent) -> (Option<&str>, Option<Fields<'_>>) {
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
        ModuleContent::Opaque { .. } => return (None, None),
    };
    (path.as_deref(), remote)
}

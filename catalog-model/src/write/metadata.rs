//! `metadata.yaml`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::document::write;
use super::tree::{Fields, Tree};
use crate::capability::Capability;
use crate::metadata::{Dependency, PackageConflict, Plane, Scope};
use crate::release::Release;
use crate::unknown::UnknownFields;

/// What a `metadata.yaml` says, as text: nothing here is checked before somebody reads the file. [`MetadataFile::new`] begins one.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct MetadataFile {
    /// The package's name.
    pub name: String,
    /// The version's source text.
    pub version: String,
    /// What the package is for.
    pub description: Option<String>,
    /// Who maintains it.
    pub maintainers: Vec<String>,
    /// Its licence.
    pub license: Option<String>,
    /// Its home page.
    pub url: Option<String>,
    /// A picture for it.
    pub icon: Option<String>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// How many instances a cluster can have.
    pub scope: Scope,
    /// Where its modules and hooks go.
    pub namespace: Option<String>,
    /// On which clusters of several it is installed.
    pub plane: Plane,
    /// The group whose packages may depend on each other in a cycle.
    pub group: Option<String>,
    /// Free text for searching.
    pub tags: Vec<String>,
    /// Other packages it needs.
    pub dependencies: Vec<DependencyEntry>,
    /// What it needs from whoever provides it.
    pub requires: Vec<Capability>,
    /// What it provides beyond its definitions.
    pub provides: Vec<Capability>,
    /// What cannot be beside it.
    pub conflicts: Vec<ConflictEntry>,
    /// Ranges of what it runs on, under `kubernetes` and `vela`.
    pub system: BTreeMap<String, String>,
    /// The version it replaces.
    pub replaces: Option<String>,
    /// Versions that may be upgraded to it directly.
    pub skips: Vec<String>,
    /// The same as a range.
    pub skip_range: Option<String>,
    /// Why it was withdrawn.
    pub yanked: Option<String>,
    /// What to use instead of it.
    pub deprecated: Option<String>,
    /// Keys that the format does not know.
    pub unknown: UnknownFields,
    /// The same of the entries of `requires`, by index.
    pub unknown_in_requires: BTreeMap<usize, UnknownFields>,
    /// The same of the entries of `provides`, by index.
    pub unknown_in_provides: BTreeMap<usize, UnknownFields>,
}

/// One entry of `dependencies`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct DependencyEntry {
    /// The package needed.
    pub name: String,
    /// The versions that will do; `None`: any.
    pub version: Option<String>,
    /// The catalog it must come from.
    pub catalog: Option<String>,
    /// Whether it is only obeyed where it is there.
    pub optional: bool,
    /// What is set in it.
    pub values: Map<String, Value>,
    /// Keys that the format does not know.
    pub unknown: UnknownFields,
}

/// One entry of `conflicts`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ConflictEntry {
    /// The package.
    pub name: String,
    /// The versions that cannot be beside it; `None`: any.
    pub version: Option<String>,
    /// Keys that the format does not know.
    pub unknown: UnknownFields,
}

impl DependencyEntry {
    /// A dependency on the versions of `name` in a range; `*` takes any.
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            version: narrowed(version),
            ..Self::default()
        }
    }

    fn of(dependency: &Dependency) -> Self {
        Self {
            catalog: dependency.catalog().map(str::to_owned),
            optional: dependency.is_optional(),
            values: dependency.values().clone(),
            unknown: dependency.unknown().clone(),
            ..Self::new(dependency.package().as_str(), dependency.range().as_str())
        }
    }

    fn tree(&self) -> Tree<'_> {
        let mut fields = Fields::new();
        fields.text("name", self.name.as_str());
        fields.optional("version", self.version.as_deref());
        fields.optional("catalog", self.catalog.as_deref());
        if self.optional {
            fields.put("optional", Tree::Value(&Value::Bool(true)));
        }
        fields.values("values", &self.values);
        fields.unknown(&self.unknown);
        Tree::Fields(fields)
    }
}

impl ConflictEntry {
    /// A conflict with the versions of `name` in a range; `*` takes any.
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            version: narrowed(version),
            unknown: UnknownFields::default(),
        }
    }

    fn of(conflict: &PackageConflict) -> Self {
        Self {
            unknown: conflict.unknown().clone(),
            ..Self::new(conflict.package().as_str(), conflict.range().as_str())
        }
    }

    fn tree(&self) -> Tree<'_> {
        let mut fields = Fields::new();
        fields.text("name", self.name.as_str());
        fields.optional("version", self.version.as_deref());
        fields.unknown(&self.unknown);
        Tree::Fields(fields)
    }
}

/// A range, unless it takes every version, which is the default.
fn narrowed(version: impl Into<String>) -> Option<String> {
    Some(version.into()).filter(|version| !matches!(version.trim(), "" | "*"))
}

impl MetadataFile {
    /// A file of a name and a version.
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            version: version.into(),
            ..Self::default()
        }
    }

    /// What the file of a release says, the keys that the format does not know included.
    #[must_use]
    pub fn of(release: &Release) -> Self {
        let metadata = release.metadata();
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Self {
            name: release.package().as_str().to_owned(),
            version: release.version().as_str().to_owned(),
            description: owned(metadata.description()),
            maintainers: metadata.maintainers().to_vec(),
            license: owned(metadata.license()),
            url: owned(metadata.url()),
            icon: owned(metadata.icon()),
            labels: metadata.labels().clone(),
            scope: metadata.scope(),
            namespace: owned(metadata.namespace()),
            plane: metadata.plane(),
            group: owned(metadata.group()),
            tags: metadata.tags().to_vec(),
            dependencies: metadata
                .dependencies()
                .iter()
                .map(DependencyEntry::of)
                .collect(),
            requires: metadata.requires().to_vec(),
            provides: metadata.provides().to_vec(),
            conflicts: metadata.conflicts().iter().map(ConflictEntry::of).collect(),
            system: metadata.system().clone(),
            replaces: metadata
                .replaces()
                .map(|version| version.as_str().to_owned()),
            skips: metadata
                .skips()
                .iter()
                .map(|version| version.as_str().to_owned())
                .collect(),
            skip_range: metadata.skip_range().map(|range| range.as_str().to_owned()),
            yanked: owned(metadata.yanked()),
            deprecated: owned(metadata.deprecated()),
            unknown: metadata.unknown().clone(),
            unknown_in_requires: metadata.unknown_in_requires().clone(),
            unknown_in_provides: metadata.unknown_in_provides().clone(),
        }
    }

    /// The text of the file. Keys stand in the order of the fields above, those that the format does not know behind them; what is
    /// empty or the default is left out, and so are comments.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        let mut fields = Fields::new();
        fields.text("name", self.name.as_str());
        fields.text("version", self.version.as_str());
        self.describe(&mut fields);
        self.place(&mut fields);
        fields.texts("tags", &self.tags);
        self.relate(&mut fields);
        fields.fields("system", texts_by_key(&self.system));
        fields.optional("replaces", self.replaces.as_deref());
        fields.texts("skips", &self.skips);
        fields.optional("skipRange", self.skip_range.as_deref());
        fields.optional("yanked", self.yanked.as_deref());
        fields.optional("deprecated", self.deprecated.as_deref());
        fields.unknown(&self.unknown);
        write(Tree::Fields(fields))
    }

    fn describe<'a>(&'a self, fields: &mut Fields<'a>) {
        fields.optional("description", self.description.as_deref());
        fields.texts("maintainer", &self.maintainers);
        fields.optional("license", self.license.as_deref());
        fields.optional("url", self.url.as_deref());
        fields.optional("icon", self.icon.as_deref());
        fields.fields("label", texts_by_key(&self.labels));
    }

    fn place<'a>(&'a self, fields: &mut Fields<'a>) {
        if self.scope == Scope::Namespace {
            fields.text("scope", "namespace");
        }
        fields.optional("namespace", self.namespace.as_deref());
        if self.plane == Plane::Control {
            fields.text("plane", "control");
        }
        fields.optional("group", self.group.as_deref());
    }

    fn relate<'a>(&'a self, fields: &mut Fields<'a>) {
        let dependencies = self.dependencies.iter().map(DependencyEntry::tree);
        fields.list("dependencies", dependencies.collect());
        fields.list(
            "requires",
            capabilities(&self.requires, &self.unknown_in_requires),
        );
        fields.list(
            "provides",
            capabilities(&self.provides, &self.unknown_in_provides),
        );
        let conflicts = self.conflicts.iter().map(ConflictEntry::tree);
        fields.list("conflicts", conflicts.collect());
    }
}

fn texts_by_key(texts: &BTreeMap<String, String>) -> Fields<'_> {
    let mut fields = Fields::new();
    for (key, text) in texts {
        fields.text(key, text.as_str());
    }
    fields
}

fn capabilities<'a>(
    capabilities: &'a [Capability],
    unknown: &'a BTreeMap<usize, UnknownFields>,
) -> Vec<Tree<'a>> {
    let entries = capabilities.iter().enumerate();
    let entries = entries.map(|(index, capability)| {
        let mut fields = Fields::new();
        fields.text(key(capability), capability.to_string());
        if let Some(unknown) = unknown.get(&index) {
            fields.unknown(unknown);
        }
        Tree::Fields(fields)
    });
    entries.collect()
}

fn key(capability: &Capability) -> &'static str {
    match capability {
        Capability::Api { .. } => "api",
        Capability::Definition { .. } => "definition",
        Capability::Name(_) => "name",
    }
}

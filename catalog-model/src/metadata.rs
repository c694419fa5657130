//! What `metadata.yaml` says of a package version, read and checked.

use std::collections::BTreeMap;

use catalog_conditions::version::{Version, VersionRange};
use serde_json::{Map, Value};

use crate::capability::Capability;
use crate::name::PackageName;
use crate::unknown::UnknownFields;

/// What `metadata.yaml` says, beyond name and version. Made by loading a catalog.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    pub(crate) description: Option<String>,
    pub(crate) maintainers: Vec<String>,
    pub(crate) license: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) icon: Option<String>,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) scope: Scope,
    pub(crate) namespace: Option<String>,
    pub(crate) plane: Plane,
    pub(crate) group: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) requires: Vec<Capability>,
    pub(crate) provides: Vec<Capability>,
    pub(crate) conflicts: Vec<PackageConflict>,
    pub(crate) replaces: Option<Version>,
    pub(crate) skips: Vec<Version>,
    pub(crate) skip_range: Option<VersionRange>,
    pub(crate) yanked: Option<String>,
    pub(crate) deprecated: Option<String>,
    pub(crate) system: BTreeMap<String, String>,
    pub(crate) unknown: UnknownFields,
    pub(crate) unknown_in_requires: BTreeMap<usize, UnknownFields>,
    pub(crate) unknown_in_provides: BTreeMap<usize, UnknownFields>,
}

/// How many instances of a package one cluster can have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// At most one, shared by all.
    #[default]
    Cluster,
    /// Any number, one a namespace.
    Namespace,
}

/// Where a package goes when several clusters are run from one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Plane {
    /// On every selected cluster.
    #[default]
    Data,
    /// On the main cluster only.
    Control,
}

/// Another package that this one needs, or has an opinion on.
#[derive(Clone, Debug, PartialEq)]
pub struct Dependency {
    pub(crate) package: PackageName,
    pub(crate) range: VersionRange,
    pub(crate) catalog: Option<String>,
    pub(crate) optional: bool,
    pub(crate) values: Map<String, Value>,
    pub(crate) unknown: UnknownFields,
}

/// Versions of another package that cannot be beside this one.
#[derive(Clone, Debug, PartialEq)]
pub struct PackageConflict {
    pub(crate) package: PackageName,
    pub(crate) range: VersionRange,
    pub(crate) unknown: UnknownFields,
}

impl Scope {
    /// As the format writes it: `cluster` or `namespace`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Namespace => "namespace",
        }
    }
}

impl Plane {
    /// As the format writes it: `data` or `control`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Control => "control",
        }
    }
}

impl Metadata {
    /// What the package is for.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Who maintains it.
    #[must_use]
    pub fn maintainers(&self) -> &[String] {
        &self.maintainers
    }

    /// Its licence: an SPDX expression, or free text.
    #[must_use]
    pub fn license(&self) -> Option<&str> {
        self.license.as_deref()
    }

    /// Its home page.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// A picture for it: an address or a path.
    #[must_use]
    pub fn icon(&self) -> Option<&str> {
        self.icon.as_deref()
    }

    /// Its labels, in Kubernetes syntax.
    #[must_use]
    pub fn labels(&self) -> &BTreeMap<String, String> {
        &self.labels
    }

    /// How many instances a cluster can have.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Where its modules and hooks go; `None`: a namespace of the package's name.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// On which clusters of several it is installed.
    #[must_use]
    pub fn plane(&self) -> Plane {
        self.plane
    }

    /// Packages of one group may depend on each other in a cycle.
    #[must_use]
    pub fn group(&self) -> Option<&str> {
        self.group.as_deref()
    }

    /// Free text for searching.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        &self.tags
    }

    /// Other packages it needs, in the order written.
    #[must_use]
    pub fn dependencies(&self) -> &[Dependency] {
        &self.dependencies
    }

    /// What it needs from whoever provides it.
    #[must_use]
    pub fn requires(&self) -> &[Capability] {
        &self.requires
    }

    /// What it says it provides; definitions provide more ([`Release::provides`](crate::Release::provides)).
    #[must_use]
    pub fn provides(&self) -> &[Capability] {
        &self.provides
    }

    /// What cannot be beside it.
    #[must_use]
    pub fn conflicts(&self) -> &[PackageConflict] {
        &self.conflicts
    }

    /// The version it replaces.
    #[must_use]
    pub fn replaces(&self) -> Option<&Version> {
        self.replaces.as_ref()
    }

    /// Versions that may be upgraded to it past the ones between.
    #[must_use]
    pub fn skips(&self) -> &[Version] {
        &self.skips
    }

    /// The same as a range.
    #[must_use]
    pub fn skip_range(&self) -> Option<&VersionRange> {
        self.skip_range.as_ref()
    }

    /// Why it was withdrawn: it is chosen only where it is locked or asked for exactly.
    #[must_use]
    pub fn yanked(&self) -> Option<&str> {
        self.yanked.as_deref()
    }

    /// Why it should be used no more, and what instead.
    #[must_use]
    pub fn deprecated(&self) -> Option<&str> {
        self.deprecated.as_deref()
    }

    /// The ranges of what it runs on, as written, under `kubernetes` and `vela`. They are asked as conditions
    /// ([`Release::conditions`](crate::Release::conditions)).
    #[must_use]
    pub fn system(&self) -> &BTreeMap<String, String> {
        &self.system
    }

    /// The keys beside the format's own.
    #[must_use]
    pub fn unknown(&self) -> &UnknownFields {
        &self.unknown
    }

    /// The keys beside the format's own in the entries of [`requires`](Self::requires), by index.
    #[must_use]
    pub fn unknown_in_requires(&self) -> &BTreeMap<usize, UnknownFields> {
        &self.unknown_in_requires
    }

    /// The keys beside the format's own in the entries of [`provides`](Self::provides), by index.
    #[must_use]
    pub fn unknown_in_provides(&self) -> &BTreeMap<usize, UnknownFields> {
        &self.unknown_in_provides
    }
}

impl Dependency {
    /// The package needed.
    #[must_use]
    pub fn package(&self) -> &PackageName {
        &self.package
    }

    /// The versions that will do.
    #[must_use]
    pub fn range(&self) -> &VersionRange {
        &self.range
    }

    /// The catalog it must come from; `None`: by priority.
    #[must_use]
    pub fn catalog(&self) -> Option<&str> {
        self.catalog.as_deref()
    }

    /// Whether it is not pulled in, but obeyed when present.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        self.optional
    }

    /// The values that the asker sets in it, by module.
    #[must_use]
    pub fn values(&self) -> &Map<String, Value> {
        &self.values
    }

    /// The keys beside the format's own.
    #[must_use]
    pub fn unknown(&self) -> &UnknownFields {
        &self.unknown
    }
}

impl PackageConflict {
    /// The other package.
    #[must_use]
    pub fn package(&self) -> &PackageName {
        &self.package
    }

    /// Its versions that cannot be beside this one.
    #[must_use]
    pub fn range(&self) -> &VersionRange {
        &self.range
    }

    /// The keys beside the format's own.
    #[must_use]
    pub fn unknown(&self) -> &UnknownFields {
        &self.unknown
    }
}

//! One version in the index.

use std::collections::HashSet;
use std::fmt;

use catalog_conditions::version::Version;

use super::layer::{DependencyRow, Layer, VersionRow};
use super::order::Place;
use super::{Index, NAMESPACED};
use crate::capability::Capability;
use crate::metadata::Scope;

/// A version of a package, as its index knows it. As cheap to copy as a reference.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    pub(super) index: &'a Index,
    pub(super) layer: &'a Layer,
    pub(super) row: &'a VersionRow,
    pub(super) version: &'a Version,
    pub(super) at: u32,
}

/// Another package that an indexed version needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexedDependency<'a> {
    /// The package needed.
    pub package: &'a str,
    /// The versions that will do, as written: [`VersionRange::parse`](crate::version::VersionRange::parse) reads it.
    pub range: &'a str,
    /// The catalog it must come from; `None`: by priority.
    pub catalog: Option<&'a str>,
    /// Whether it is not pulled in, but obeyed when present.
    pub optional: bool,
}

impl<'a> Entry<'a> {
    /// The package.
    #[must_use]
    pub fn package(self) -> &'a str {
        self.layer.package_name(self.row.package)
    }

    /// The version, with the text that `metadata.yaml` gives it.
    #[must_use]
    pub fn version(self) -> &'a Version {
        self.version
    }

    /// The version folder, relative to the root of the source.
    #[must_use]
    pub fn folder(self) -> &'a str {
        self.layer.strings.of(self.row.folder)
    }

    /// What the package is for.
    #[must_use]
    pub fn description(self) -> Option<&'a str> {
        let text = self.row.description?;
        Some(self.layer.strings.of(text))
    }

    /// Why it was withdrawn.
    #[must_use]
    pub fn yanked(self) -> Option<&'a str> {
        let text = self.row.yanked?;
        Some(self.layer.strings.of(text))
    }

    /// Why it should be used no more, and what instead.
    #[must_use]
    pub fn deprecated(self) -> Option<&'a str> {
        let text = self.row.deprecated?;
        Some(self.layer.strings.of(text))
    }

    /// Its labels by key.
    pub fn labels(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.layer.labels.of(&self.layer.strings, self.at)
    }

    /// Its tags, in the order written.
    pub fn tags(self) -> impl Iterator<Item = &'a str> {
        let tags = self.layer.tags.of(self.at).iter();
        tags.map(move |text| self.layer.strings.of(*text))
    }

    /// Other packages it needs, in the order written.
    pub fn dependencies(self) -> impl Iterator<Item = IndexedDependency<'a>> {
        let rows = self.layer.dependencies.of(self.at).iter();
        rows.map(move |row| self.layer.dependency(row))
    }

    /// What it needs from whoever provides it, in the order written.
    pub fn requires(self) -> impl Iterator<Item = &'a Capability> {
        let numbers = self.layer.requires.of(self.at).iter();
        numbers.filter_map(move |at| self.layer.capabilities.get(&self.layer.strings, *at))
    }

    /// What its metadata says it provides, in the order written; then what its definitions provide, if they were read. Each once.
    ///
    /// Cost: for the latter, a search for each capability of the index.
    pub fn provides(self) -> impl Iterator<Item = &'a Capability> {
        let numbers = self.layer.provides.of(self.at).iter();
        let said =
            numbers.filter_map(move |at| self.layer.capabilities.get(&self.layer.strings, *at));
        let known: HashSet<&Capability> = said.clone().collect();
        let definitions = self.layer.definitions.get().into_iter();
        let defined = definitions
            .flat_map(move |definitions| definitions.capabilities(&self.layer.strings, self.at));
        said.chain(defined.filter(move |capability| !known.contains(capability)))
    }

    /// How many instances one cluster can have.
    pub(super) fn scope(self) -> Scope {
        let flags = self.layer.flags.get(self.at as usize);
        if flags.is_some_and(|flags| flags & NAMESPACED != 0) {
            Scope::Namespace
        } else {
            Scope::Cluster
        }
    }
}

impl Layer {
    fn dependency<'a>(&'a self, row: &DependencyRow) -> IndexedDependency<'a> {
        IndexedDependency {
            package: self.strings.of(row.package),
            range: self.strings.of(row.range),
            catalog: row.catalog.map(|text| self.strings.of(text)),
            optional: row.optional,
        }
    }
}

impl Index {
    pub(super) fn entry_at<'a>(&'a self, place: Place<'a>) -> Option<Entry<'a>> {
        let (row, version) = place.layer.version(place.at)?;
        Some(Entry {
            index: self,
            layer: place.layer,
            row,
            version,
            at: place.at,
        })
    }
}

impl PartialEq for Entry<'_> {
    /// Whether both are the same version of the same index.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.index, other.index)
            && std::ptr::eq(self.layer, other.layer)
            && self.at == other.at
    }
}

impl Eq for Entry<'_> {}

impl fmt::Display for Entry<'_> {
    /// `package@version`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.package(), self.version())
    }
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({self})")
    }
}

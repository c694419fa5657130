//! Columns out of summaries.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use super::capabilities::Capabilities;
use super::column::{Lists, row};
use super::definitions::Definitions;
use super::labels::Labels;
use super::layer::{DependencyRow, Layer, PackageRow, VersionCell, VersionRow};
use super::strings::{Interner, Text};
use super::summary::{DependencySummary, Summary, VersionSummary};
use super::{Index, NAMESPACED, PRERELEASE, Shown, YANKED};
use crate::capability::Capability;
use crate::catalog::{Catalog, UnusableRelease};
use crate::load::LoadOptions;
use crate::metadata::Scope;

#[derive(Default)]
struct Builder<'a> {
    strings: Interner,
    packages: Vec<PackageRow>,
    versions: Vec<VersionRow>,
    flags: Vec<u8>,
    labels: Lists<(Text, Text)>,
    tags: Lists<Text>,
    dependencies: Lists<DependencyRow>,
    capabilities: Vec<Capability>,
    numbers: HashMap<Capability, u32>,
    provides: Lists<u32>,
    requires: Lists<u32>,
    unusable: Vec<UnusableRelease>,
    defines: Vec<(Cow<'a, Capability>, u32)>,
}

impl Index {
    /// The index of a catalog that is there, its definitions included. It keeps the options, which are those that the catalog was loaded
    /// with, and reads [releases](super::Entry::load) with the same.
    #[must_use]
    pub fn of(catalog: &Catalog, options: &LoadOptions) -> Self {
        let summaries = catalog.packages().map(Summary::of);
        Self::of_layer(Layer::of(summaries), options.clone())
    }

    pub(super) fn of_layer(layer: Layer, options: LoadOptions) -> Self {
        let layers = vec![Shown {
            layer: Arc::new(layer),
            hidden: None,
        }];
        Self { layers, options }
    }

    /// The index of summaries in order of their names; what their definitions provide is not known.
    pub(super) fn without_definitions(summaries: Vec<Summary<'_>>, options: LoadOptions) -> Self {
        let mut builder = Builder::default();
        for summary in summaries {
            builder.package(summary);
        }
        Self::of_layer(builder.finish(), options)
    }
}

impl Layer {
    /// Summaries in order of their names, with what their definitions provide.
    pub(super) fn of<'a>(summaries: impl IntoIterator<Item = Summary<'a>>) -> Self {
        let mut builder = Builder::default();
        for summary in summaries {
            builder.package(summary);
        }
        let defines = std::mem::take(&mut builder.defines);
        let layer = builder.finish();
        // They are there: nothing will be read.
        let definitions = Definitions::of(layer.versions.len(), defines);
        let _ = layer.definitions.set(definitions);
        layer
    }
}

impl<'a> Builder<'a> {
    fn package(&mut self, summary: Summary<'a>) {
        let package = row(self.packages.len());
        for version in summary.versions {
            self.version(package, version);
        }
        self.unusable.extend(summary.unusable);
        self.packages.push(PackageRow {
            name: self.strings.text(&summary.name),
            versions_end: row(self.versions.len()),
            unusable_end: row(self.unusable.len()),
        });
    }

    fn version(&mut self, package: u32, summary: VersionSummary<'a>) {
        let at = row(self.versions.len());
        let mut flags = 0;
        if summary.version.is_prerelease() {
            flags |= PRERELEASE;
        }
        if summary.yanked.is_some() {
            flags |= YANKED;
        }
        if summary.scope == Scope::Namespace {
            flags |= NAMESPACED;
        }
        self.flags.push(flags);
        let strings = &mut self.strings;
        // Mostly that of the same package before it, which says the same in the same places.
        let before = self.versions.last();
        let mut optional = |text: Option<Cow<'_, str>>, before: Option<Text>| {
            text.map(|text| strings.text_as(&text, before))
        };
        let (description, yanked, deprecated) = (
            optional(
                summary.description,
                before.and_then(|before| before.description),
            ),
            optional(summary.yanked, before.and_then(|before| before.yanked)),
            optional(
                summary.deprecated,
                before.and_then(|before| before.deprecated),
            ),
        );
        self.labels
            .push_like(&summary.labels, |(key, value), before| {
                let (of_key, of_value) = before.unzip();
                (
                    strings.text_as(key, of_key),
                    strings.text_as(value, of_value),
                )
            });
        self.tags
            .push_like(&summary.tags, |tag, before| strings.text_as(tag, before));
        self.dependencies
            .push_like(&summary.dependencies, |dependency, before| {
                dependency.row(strings, before)
            });
        let version = VersionCell::new(strings.text(summary.version.as_str()), summary.version);
        self.versions.push(VersionRow {
            version,
            package,
            folder: strings.text(&summary.folder),
            description,
            yanked,
            deprecated,
        });
        let mut said = HashSet::new();
        let mut provides = self.numbers(summary.provides);
        provides.retain(|number| said.insert(*number));
        self.provides.push(provides);
        let requires = self.numbers(summary.requires);
        self.requires.push(requires);
        let defines = summary.defines.into_iter();
        self.defines
            .extend(defines.map(|capability| (capability, at)));
    }

    /// Capabilities by number, each kept once.
    fn numbers(&mut self, capabilities: Vec<Cow<'_, Capability>>) -> Vec<u32> {
        let number = |capability: Cow<'_, Capability>| {
            if let Some(number) = self.numbers.get(&*capability) {
                return *number;
            }
            let number = row(self.capabilities.len());
            self.capabilities.push(Capability::clone(&capability));
            self.numbers.insert(capability.into_owned(), number);
            number
        };
        capabilities.into_iter().map(number).collect()
    }

    fn finish(mut self) -> Layer {
        let labels = Labels::new(self.labels, self.versions.len(), &self.strings);
        self.packages.shrink_to_fit();
        self.versions.shrink_to_fit();
        self.flags.shrink_to_fit();
        self.tags.shrink();
        self.dependencies.shrink();
        self.provides.shrink();
        self.requires.shrink();
        Layer {
            labels,
            strings: self.strings.finish(),
            packages: self.packages,
            versions: self.versions,
            flags: self.flags,
            tags: self.tags,
            dependencies: self.dependencies,
            capabilities: Capabilities::new(self.capabilities),
            provides: self.provides,
            requires: self.requires,
            unusable: self.unusable,
            definitions: OnceLock::new(),
        }
    }
}

impl DependencySummary<'_> {
    fn row(&self, strings: &mut Interner, before: Option<DependencyRow>) -> DependencyRow {
        DependencyRow {
            package: strings.text_as(&self.package, before.map(|before| before.package)),
            range: strings.text_as(&self.range, before.map(|before| before.range)),
            catalog: self.catalog.as_deref().map(|name| strings.text(name)),
            optional: self.optional,
        }
    }
}

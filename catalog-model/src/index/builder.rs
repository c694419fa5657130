//! Columns out of summaries.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
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
struct Builder {
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
    defines: Vec<BTreeSet<Capability>>,
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
        let _ = layer.definitions.set(Definitions::of(defines));
        layer
    }
}

impl Builder {
    fn package(&mut self, summary: Summary<'_>) {
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

    fn version(&mut self, package: u32, summary: VersionSummary<'_>) {
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
        let mut optional = |text: Option<Cow<'_, str>>| text.map(|text| strings.text(&text));
        let (description, yanked, deprecated) = (
            optional(summary.description),
            optional(summary.yanked),
            optional(summary.deprecated),
        );
        let labels = summary.labels.iter();
        let labels: Vec<_> = labels
            .map(|(key, value)| (strings.text(key), strings.text(value)))
            .collect();
        self.labels.push(labels);
        let tags: Vec<_> = summary.tags.iter().map(|tag| strings.text(tag)).collect();
        self.tags.push(tags);
        let dependencies = summary.dependencies.iter();
        let dependencies: Vec<_> = dependencies
            .map(|dependency| dependency.row(strings))
            .collect();
        self.dependencies.push(dependencies);
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
        self.defines.push(summary.defines);
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
    fn row(&self, strings: &mut Interner) -> DependencyRow {
        DependencyRow {
            package: strings.text(&self.package),
            range: strings.text(&self.range),
            catalog: self.catalog.as_deref().map(|name| strings.text(name)),
            optional: self.optional,
        }
    }
}

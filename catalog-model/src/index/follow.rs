//! An index brought up to date by the packages that changed.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use catalog_conditions::version::Version;

use super::column::{Rows, row};
use super::layer::Layer;
use super::summary::{DependencySummary, Summary, VersionSummary};
use super::{Entry, Hidden, Index, Shown};
use crate::capability::Capability;
use crate::catalog::Package;

impl Index {
    /// The index with packages as they are now: all that have one of these names, and no other, are in `now`, sorted by name.
    ///
    /// Cost: that of these packages, and a bit for each version of the index. From time to time layers are laid together, each version as
    /// often as the index can be halved.
    pub(crate) fn with<'p>(
        &self,
        names: &BTreeSet<&str>,
        now: impl Iterator<Item = &'p Package>,
    ) -> Self {
        self.with_layer(names, Layer::of(now.map(Summary::of)))
    }

    /// The index with the packages of a layer in the place of those of all these names.
    pub(super) fn with_layer(&self, names: &BTreeSet<&str>, now: Layer) -> Self {
        let layers = self.layers.iter().map(|shown| shown.without(names));
        let mut layers: Vec<Shown> = layers.filter(|shown| shown.weight() > 0).collect();
        if !now.packages.is_empty() {
            let layer = Arc::new(now);
            layers.push(Shown {
                layer,
                hidden: None,
            });
        }
        while let [.., before, last] = layers.as_slice()
            && before.weight() < 2 * last.weight()
        {
            let merged = Shown::merged(before, last);
            layers.truncate(layers.len() - 2);
            layers.push(merged);
        }
        Self {
            layers,
            options: self.options.clone(),
        }
    }

    /// What the index holds of packages, by name; nothing of those that it does not have.
    pub(super) fn summaries(&self, names: &BTreeSet<&str>) -> Vec<Summary<'_>> {
        let mut summaries = BTreeMap::new();
        for shown in &self.layers {
            let rows = names.iter().filter_map(|name| shown.layer.package(name));
            let rows = rows.filter(|row| shown.shows(*row));
            summaries.extend(shown.layer.summaries(self, rows.collect()));
        }
        summaries.into_values().collect()
    }
}

impl Shown {
    pub(super) fn shows(&self, package: u32) -> bool {
        let hidden = self.hidden.as_ref();
        hidden.is_none_or(|hidden| !hidden.packages.contains(package))
    }

    /// How many packages and versions this layer shows.
    fn weight(&self) -> usize {
        let (packages, versions) = (self.layer.packages.len(), self.layer.versions.len());
        let hidden = self.hidden.as_ref();
        let hidden = hidden.map_or(0, |hidden| hidden.packages.len() + hidden.versions.len());
        packages + versions - hidden
    }

    /// The same without some packages.
    fn without(&self, names: &BTreeSet<&str>) -> Self {
        let layer = &self.layer;
        let found = names.iter().filter_map(|name| layer.package(name));
        let mut hidden = self.hidden.clone();
        for package in found {
            let hidden = hidden.get_or_insert_with(|| Hidden {
                packages: Rows::none(layer.packages.len()),
                versions: Rows::none(layer.versions.len()),
            });
            hidden.packages.insert(package);
            let versions = layer.versions_of(package);
            versions.for_each(|version| hidden.versions.insert(version));
        }
        Self {
            layer: Arc::clone(layer),
            hidden,
        }
    }

    /// One layer with all that two show.
    fn merged(one: &Self, other: &Self) -> Self {
        let both = Index {
            layers: vec![one.clone(), other.clone()],
            options: crate::load::LoadOptions::default(),
        };
        Self {
            layer: Arc::new(both.compacted()),
            hidden: None,
        }
    }
}

impl Index {
    /// All of the index in one layer.
    pub(super) fn compacted(&self) -> Layer {
        let mut summaries = BTreeMap::new();
        for shown in &self.layers {
            summaries.extend(shown.layer.summaries(self, shown.packages().collect()));
        }
        Layer::of(summaries.into_values())
    }
}

impl Layer {
    /// What the columns hold of packages.
    fn summaries<'a>(
        &'a self,
        index: &'a Index,
        packages: Vec<u32>,
    ) -> Vec<(&'a str, Summary<'a>)> {
        let versions = packages.iter().flat_map(|at| self.versions_of(*at));
        let versions = Rows::of(self.versions.len(), versions);
        let mut defined: HashMap<u32, Vec<Cow<'_, Capability>>> = HashMap::new();
        if let Some(definitions) = self.definitions.get() {
            let all = definitions.defined.all(&self.strings).iter().enumerate();
            for (at, capability) in all {
                let holders = definitions.providers.of(row(at)).iter();
                for holder in holders.filter(|holder| versions.contains(**holder)) {
                    let defines = defined.entry(*holder).or_default();
                    defines.push(Cow::Borrowed(capability));
                }
            }
        }
        let mut summary = |at: u32| {
            let name = self.package_name(at);
            let entries = self.usable_of(at).filter_map(|at| {
                let layer = self;
                index.entry_at(super::order::Place { layer, at })
            });
            let versions = entries.map(|entry| {
                let defines = defined.remove(&entry.at).unwrap_or_default();
                VersionSummary::of_entry(entry, defines)
            });
            let summary = Summary {
                name: name.into(),
                versions: versions.collect(),
                unusable: self.unusable_of(at).to_vec(),
            };
            (name, summary)
        };
        packages.into_iter().map(&mut summary).collect()
    }
}

impl<'a> VersionSummary<'a> {
    fn of_entry(entry: Entry<'a>, defines: Vec<Cow<'a, Capability>>) -> Self {
        // What definitions provide comes behind what is said, and is another column.
        let said = entry.layer.provides.of(entry.at).iter();
        let capability = |at: &u32| {
            let capabilities = &entry.layer.capabilities;
            capabilities.get(&entry.layer.strings, *at)
        };
        Self {
            version: Version::clone(entry.version()),
            scope: entry.scope(),
            folder: entry.folder().into(),
            description: entry.description().map(Cow::from),
            yanked: entry.yanked().map(Cow::from),
            deprecated: entry.deprecated().map(Cow::from),
            labels: entry
                .labels()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
            tags: entry.tags().map(Cow::from).collect(),
            dependencies: entry
                .dependencies()
                .map(|dependency| DependencySummary {
                    package: dependency.package.into(),
                    range: dependency.range.into(),
                    catalog: dependency.catalog.map(Cow::from),
                    optional: dependency.optional,
                })
                .collect(),
            requires: entry.requires().map(Cow::Borrowed).collect(),
            provides: said.filter_map(capability).map(Cow::Borrowed).collect(),
            defines,
        }
    }
}

//! What definitions provide, once somebody asks.

use std::collections::{BTreeMap, BTreeSet};

use catalog_conditions::Diagnostic;

use super::DefinitionsRead;
use super::column::{Lists, Rows, row};
use crate::capability::Capability;
use crate::catalog::UnusableRelease;
use crate::load::Told;

/// What the definitions of all versions provide, and which versions can be used now that they are known.
#[derive(Debug)]
pub(super) struct Definitions {
    /// The versions that define a capability, in order.
    providers: BTreeMap<Capability, Vec<u32>>,
    /// Versions that are usable no more: their definitions have errors, or they have another scope than the newest without.
    broken: Rows,
    usable: usize,
    /// For each package all that cannot be used, by folder; nothing where that is what was known without definitions.
    unusable: Option<Lists<UnusableRelease>>,
    pub(super) told: Told,
}

/// What the definitions of one package say.
pub(super) struct PackageDefinitions {
    /// What those of each version provide, oldest first; `None` where the version cannot be used.
    pub(super) defines: Vec<Option<BTreeSet<Capability>>>,
    /// All versions that cannot be used, by folder.
    pub(super) unusable: Vec<UnusableRelease>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Definitions {
    /// What each version's definitions provide, all of them usable.
    pub(super) fn of(defines: Vec<BTreeSet<Capability>>) -> Self {
        let mut definitions = Self::none(defines.len());
        for (version, defines) in defines.into_iter().enumerate() {
            definitions.add(row(version), defines);
        }
        definitions
    }

    /// What was read of each package, of all versions together.
    pub(super) fn read(versions: usize, packages: Vec<PackageDefinitions>) -> Self {
        let mut definitions = Self::none(versions);
        let mut unusable = Lists::default();
        let mut diagnostics = Vec::new();
        let mut version = 0;
        for package in packages {
            for defines in package.defines {
                match defines {
                    Some(defines) => definitions.add(version, defines),
                    None => {
                        definitions.broken.insert(version);
                        definitions.usable -= 1;
                    }
                }
                version += 1;
            }
            unusable.push(package.unusable);
            diagnostics.extend(package.diagnostics);
        }
        unusable.shrink();
        definitions.unusable = Some(unusable);
        definitions.told = Told::new(diagnostics);
        definitions
    }

    fn none(versions: usize) -> Self {
        Self {
            providers: BTreeMap::new(),
            broken: Rows::none(versions),
            usable: versions,
            unusable: None,
            told: Told::default(),
        }
    }

    fn add(&mut self, version: u32, defines: BTreeSet<Capability>) {
        for capability in defines {
            self.providers.entry(capability).or_default().push(version);
        }
    }

    /// What was told when they were read, by the call that asks or before.
    pub(super) fn told(&self, now: bool) -> DefinitionsRead<'_> {
        DefinitionsRead {
            told: &self.told,
            now,
        }
    }

    /// How many versions are usable.
    pub(super) fn usable(&self) -> usize {
        self.usable
    }

    /// All of a package that cannot be used; `None` where definitions changed nothing.
    pub(super) fn unusable(&self, package: u32) -> Option<&[UnusableRelease]> {
        let unusable = self.unusable.as_ref()?;
        Some(unusable.of(package))
    }

    /// The versions that are usable no more.
    pub(super) fn broken(&self) -> &Rows {
        &self.broken
    }

    pub(super) fn is_broken(&self, version: u32) -> bool {
        self.broken.contains(version)
    }

    pub(super) fn providers(&self, capability: &Capability) -> &[u32] {
        self.providers
            .get(capability)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    pub(super) fn capabilities(&self, version: u32) -> impl Iterator<Item = &Capability> {
        let of_version = move |holders: &Vec<u32>| holders.binary_search(&version).is_ok();
        let found = self.providers.iter();
        found
            .filter(move |(_, holders)| of_version(holders))
            .map(|(capability, _)| capability)
    }

    /// About what it holds, without diagnostics: a map's nodes are counted as if full by two thirds.
    pub(super) fn heap_bytes(&self) -> usize {
        let entry = size_of::<Capability>() + size_of::<Vec<u32>>();
        let entries = self.providers.iter();
        let held: usize = entries
            .map(|(capability, holders)| {
                entry * 3 / 2 + capability.heap_bytes() + holders.capacity() * size_of::<u32>()
            })
            .sum();
        let unusable = self.unusable.as_ref().map_or(0, |unusable| {
            let texts = unusable.items().iter().map(UnusableRelease::heap_bytes);
            unusable.heap_bytes() + texts.sum::<usize>()
        });
        held + self.broken.heap_bytes() + unusable
    }
}

//! What definitions provide, once somebody asks.

use std::collections::{BTreeMap, BTreeSet};

use catalog_conditions::Diagnostic;

use super::column::{Rows, row};
use crate::capability::Capability;

/// What the definitions of all versions provide.
#[derive(Debug)]
pub(super) struct Definitions {
    /// The versions that define a capability, in order.
    providers: BTreeMap<Capability, Vec<u32>>,
    /// Versions whose definitions have errors: they are usable no more.
    broken: Rows,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Definitions {
    /// What each version's definitions provide, none of them broken.
    pub(super) fn of(defines: Vec<BTreeSet<Capability>>) -> Self {
        let sound = defines.into_iter().map(Some);
        Self::read(sound.collect(), Vec::new())
    }

    /// What each version's definitions provide; `None` for those with errors.
    pub(super) fn read(
        defines: Vec<Option<BTreeSet<Capability>>>,
        diagnostics: Vec<Diagnostic>,
    ) -> Self {
        let mut broken = Rows::none(defines.len());
        let mut providers: BTreeMap<Capability, Vec<u32>> = BTreeMap::new();
        for (version, defines) in defines.into_iter().enumerate() {
            if defines.is_none() {
                broken.insert(row(version));
            }
            for capability in defines.into_iter().flatten() {
                providers.entry(capability).or_default().push(row(version));
            }
        }
        Self {
            providers,
            broken,
            diagnostics,
        }
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

    /// About what it holds: a map's nodes are counted as if full by two thirds.
    pub(super) fn heap_bytes(&self) -> usize {
        let entry = size_of::<Capability>() + size_of::<Vec<u32>>();
        let texts = |capability: &Capability| match capability {
            Capability::Api {
                group,
                version,
                kind,
            } => group.len() + version.len() + kind.len(),
            Capability::Definition { group, kind, name } => group.len() + kind.len() + name.len(),
            Capability::Name(name) => name.len(),
        };
        let entries = self.providers.iter();
        let held: usize = entries
            .map(|(capability, holders)| {
                entry * 3 / 2 + texts(capability) + holders.capacity() * size_of::<u32>()
            })
            .sum();
        held + self.broken.heap_bytes()
    }
}

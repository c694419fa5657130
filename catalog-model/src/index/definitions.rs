//! What definitions provide, once somebody asks.

use std::borrow::Cow;

use catalog_conditions::Diagnostic;

use super::DefinitionsRead;
use super::capabilities::Capabilities;
use super::column::{Lists, Rows, row};
use super::strings::Strings;
use crate::capability::Capability;
use crate::catalog::UnusableRelease;
use crate::load::Told;

/// What the definitions of all versions provide, and which versions can be used now that they are known.
#[derive(Debug)]
pub(super) struct Definitions {
    /// What any version defines, sorted.
    pub(super) defined: Capabilities,
    /// The versions that define each, in order.
    pub(super) providers: Lists<u32>,
    /// Versions that are usable no more: their definitions have errors, or they have another scope than the newest without.
    pub(super) broken: Rows,
    usable: usize,
    /// For each package all that cannot be used, by folder; nothing where that is what was known without definitions.
    unusable: Option<Lists<UnusableRelease>>,
    pub(super) told: Told,
}

/// A capability, and a version that defines it.
type Defined<'a> = (Cow<'a, Capability>, u32);

/// What the definitions of one package say.
pub(super) struct PackageDefinitions {
    /// What those of each version provide, oldest first; `None` where the version cannot be used.
    pub(super) defines: Vec<Option<Vec<Capability>>>,
    /// All versions that cannot be used, by folder.
    pub(super) unusable: Vec<UnusableRelease>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Definitions {
    /// What definitions provide, each with its version, all of which are usable.
    pub(super) fn of(versions: usize, found: Vec<Defined<'_>>) -> Self {
        Self::new(versions, found)
    }

    /// Those that were stored: all versions are usable.
    #[cfg(feature = "sync")]
    pub(super) fn stored(versions: usize, defined: Capabilities, providers: Lists<u32>) -> Self {
        Self {
            defined,
            providers,
            ..Self::new(versions, Vec::new())
        }
    }

    /// What was read of each package, of all versions together.
    pub(super) fn read(versions: usize, packages: Vec<PackageDefinitions>) -> Self {
        let mut found: Vec<Defined<'_>> = Vec::new();
        let mut broken = Vec::new();
        let mut unusable = Lists::default();
        let mut diagnostics = Vec::new();
        let mut version = 0;
        for package in packages {
            for defines in package.defines {
                match defines {
                    Some(defines) => {
                        let defines = defines.into_iter().map(Cow::Owned);
                        found.extend(defines.map(|capability| (capability, version)));
                    }
                    None => broken.push(version),
                }
                version += 1;
            }
            unusable.push(package.unusable);
            diagnostics.extend(package.diagnostics);
        }
        unusable.shrink();
        Self {
            usable: versions - broken.len(),
            broken: Rows::of(versions, broken),
            unusable: Some(unusable),
            told: Told::new(diagnostics),
            ..Self::new(versions, found)
        }
    }

    fn new(versions: usize, mut found: Vec<Defined<'_>>) -> Self {
        found.sort_unstable();
        found.dedup();
        let mut providers = Lists::default();
        let mut defined = Vec::new();
        for of_one in found.chunk_by(|(one, _), (other, _)| one == other) {
            let first = of_one.first();
            defined.extend(first.map(|(capability, _)| Capability::clone(capability)));
            providers.push(of_one.iter().map(|(_, version)| *version));
        }
        providers.shrink();
        Self {
            defined: Capabilities::new(defined),
            providers,
            broken: Rows::none(versions),
            usable: versions,
            unusable: None,
            told: Told::default(),
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

    pub(super) fn providers(&self, strings: &Strings, capability: &Capability) -> &[u32] {
        let found = self.defined.all(strings).binary_search(capability);
        found
            .map(|at| self.providers.of(row(at)))
            .unwrap_or_default()
    }

    /// What the definitions of a version provide. Cost: a search for each capability that there is.
    pub(super) fn capabilities<'a>(
        &'a self,
        strings: &'a Strings,
        version: u32,
    ) -> impl Iterator<Item = &'a Capability> {
        let all = self.defined.all(strings).iter().enumerate();
        let of_version =
            move |at: usize| self.providers.of(row(at)).binary_search(&version).is_ok();
        all.filter(move |(at, _)| of_version(*at))
            .map(|(_, capability)| capability)
    }

    /// About what it holds, without diagnostics.
    pub(super) fn heap_bytes(&self) -> usize {
        let held = self.defined.heap_bytes() + self.providers.heap_bytes();
        let unusable = self.unusable.as_ref().map_or(0, |unusable| {
            let texts = unusable.items().iter().map(UnusableRelease::heap_bytes);
            unusable.heap_bytes() + texts.sum::<usize>()
        });
        held + self.broken.heap_bytes() + unusable
    }
}

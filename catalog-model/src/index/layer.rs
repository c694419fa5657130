//! Packages in columns.

use std::ops::Range;
use std::sync::OnceLock;

use catalog_conditions::version::Version;

use super::capabilities::Capabilities;
use super::column::{Lists, row};
use super::definitions::Definitions;
use super::labels::Labels;
use super::strings::{Strings, Text};
use super::{PRERELEASE, YANKED};
use crate::catalog::UnusableRelease;

/// Packages with all their versions, in columns. A package is found by its name, and its versions lie behind each other.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) strings: Strings,
    pub(super) packages: Vec<PackageRow>,
    pub(super) versions: Vec<VersionRow>,
    /// One byte a version, apart from the rest: what is newest is asked of every package at once.
    pub(super) flags: Vec<u8>,
    pub(super) labels: Labels,
    pub(super) tags: Lists<Text>,
    pub(super) dependencies: Lists<DependencyRow>,
    pub(super) capabilities: Capabilities,
    pub(super) provides: Lists<u32>,
    pub(super) requires: Lists<u32>,
    pub(super) unusable: Vec<UnusableRelease>,
    pub(super) definitions: OnceLock<Definitions>,
}

/// A package; its versions and unusable ones end here and begin where those of the package before end.
#[derive(Debug)]
pub(super) struct PackageRow {
    pub(super) name: Text,
    pub(super) versions_end: u32,
    pub(super) unusable_end: u32,
}

#[derive(Debug)]
pub(super) struct VersionRow {
    pub(super) version: VersionCell,
    pub(super) package: u32,
    pub(super) folder: Text,
    pub(super) description: Option<Text>,
    pub(super) yanked: Option<Text>,
    pub(super) deprecated: Option<Text>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct DependencyRow {
    pub(super) package: Text,
    pub(super) range: Text,
    pub(super) catalog: Option<Text>,
    pub(super) optional: bool,
}

/// A version that is read when it is asked for.
#[derive(Debug)]
pub(super) struct VersionCell {
    pub(super) text: Text,
    pub(super) read: OnceLock<Version>,
}

impl VersionCell {
    pub(super) fn new(text: Text, version: Version) -> Self {
        let read = OnceLock::from(version);
        Self { text, read }
    }

    /// `None` where the text is no version, as that of a damaged column may be.
    fn version(&self, strings: &Strings) -> Option<&Version> {
        if let Some(version) = self.read.get() {
            return Some(version);
        }
        let version = Version::parse(strings.of(self.text)).ok()?;
        Some(self.read.get_or_init(|| version))
    }
}

impl Layer {
    pub(super) fn package_name(&self, package: u32) -> &str {
        let row = self.packages.get(package as usize);
        row.map(|row| self.strings.of(row.name)).unwrap_or_default()
    }

    /// The row of a package.
    pub(super) fn package(&self, name: &str) -> Option<u32> {
        let found = self
            .packages
            .binary_search_by(|package| self.strings.of(package.name).cmp(name));
        found.ok().map(row)
    }

    /// A version and its row.
    pub(super) fn version(&self, at: u32) -> Option<(&VersionRow, &Version)> {
        let row = self.versions.get(at as usize)?;
        Some((row, row.version.version(&self.strings)?))
    }

    pub(super) fn newest_of(&self, package: u32) -> Option<u32> {
        let versions = self.versions_of(package);
        let flags = self
            .flags
            .get(versions.start as usize..versions.end as usize)?;
        let definitions = self.definitions.get();
        let offered = versions.zip(flags).rev().filter(|(at, flags)| {
            **flags & YANKED == 0
                && definitions.is_none_or(|definitions| !definitions.is_broken(*at))
        });
        let stable = offered.clone().find(|(_, flags)| **flags & PRERELEASE == 0);
        let mut offered = offered;
        stable.or_else(|| offered.next()).map(|(at, _)| at)
    }

    /// The usable versions of a package, oldest first.
    pub(super) fn usable_of(&self, package: u32) -> impl DoubleEndedIterator<Item = u32> {
        let definitions = self.definitions.get();
        let usable =
            move |at: &u32| definitions.is_none_or(|definitions| !definitions.is_broken(*at));
        self.versions_of(package).filter(usable)
    }

    /// What of a package cannot be used, as far as is known now.
    pub(super) fn unusable_of(&self, package: u32) -> &[UnusableRelease] {
        let definitions = self.definitions.get();
        let known = definitions.and_then(|definitions| definitions.unusable(package));
        known.unwrap_or_else(|| self.unusable_without_definitions(package))
    }

    pub(super) fn unusable_without_definitions(&self, package: u32) -> &[UnusableRelease] {
        let (before, this) = self.around(package);
        let start = before.map_or(0, |row| row.unusable_end);
        let end = this.map_or(0, |row| row.unusable_end);
        self.unusable
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }

    pub(super) fn versions_of(&self, package: u32) -> Range<u32> {
        let (before, this) = self.around(package);
        before.map_or(0, |row| row.versions_end)..this.map_or(0, |row| row.versions_end)
    }

    fn around(&self, package: u32) -> (Option<&PackageRow>, Option<&PackageRow>) {
        let at = package as usize;
        let before = at
            .checked_sub(1)
            .and_then(|before| self.packages.get(before));
        (before, self.packages.get(at))
    }

    pub(super) fn heap_bytes(&self) -> usize {
        let versions = self.versions.iter();
        // A version's text has two reference counts before it, and all three are aligned as they are.
        let texts: usize = versions
            .filter_map(|row| row.version.read.get())
            .map(|version| version.as_str().len().next_multiple_of(8) + 16)
            .sum();
        let unusable = self.unusable.iter().map(UnusableRelease::heap_bytes);
        texts
            + unusable.sum::<usize>()
            + self.strings.heap_bytes()
            + self.packages.capacity() * size_of::<PackageRow>()
            + self.versions.capacity() * size_of::<VersionRow>()
            + self.flags.capacity()
            + self.labels.heap_bytes()
            + self.tags.heap_bytes()
            + self.dependencies.heap_bytes()
            + self.capabilities.heap_bytes()
            + self.provides.heap_bytes()
            + self.requires.heap_bytes()
            + self.unusable.capacity() * size_of::<UnusableRelease>()
            + self.definitions.get().map_or(0, Definitions::heap_bytes)
    }
}

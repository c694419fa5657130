//! Packages and versions by name.

use std::ops::Range;

use catalog_conditions::suggest::near_names;
use catalog_conditions::version::Version;

use super::column::row;
use super::{Entry, Index, IndexError, IndexErrorKind};
use crate::capability::Capability;
use crate::catalog::UnusableRelease;

/// How many near names an error has.
const NEAR: usize = 3;

impl Index {
    /// The names of the packages, sorted.
    pub fn packages(&self) -> impl Iterator<Item = &str> {
        self.packages
            .iter()
            .map(|package| self.strings.of(package.name))
    }

    /// How many usable versions there are of all packages, as far as is known now: [definitions](Self::definitions_are_read), once read,
    /// may make it less.
    #[must_use]
    pub fn len(&self) -> usize {
        let definitions = self.definitions.get();
        definitions.map_or(self.versions.len(), super::Definitions::usable)
    }

    /// Whether no package has a usable version.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The usable versions of a package, oldest first, yanked ones and prereleases included. Before
    /// [definitions are read](Self::definitions_are_read), those with errors in definitions or of a refused scope are among them.
    ///
    /// # Errors
    ///
    /// There is no such package; the error has names like it.
    pub fn versions(
        &self,
        package: &str,
    ) -> Result<impl DoubleEndedIterator<Item = Entry<'_>>, IndexError> {
        let package = self.package(package)?;
        Ok(self.entries_of(package))
    }

    /// The [newest](Self::newest) version of a package, as far as is known; `None` where all are yanked or unusable.
    ///
    /// # Errors
    ///
    /// There is no such package; the error has names like it.
    pub fn newest_version(&self, package: &str) -> Result<Option<Entry<'_>>, IndexError> {
        let package = self.package(package)?;
        Ok(self.newest_of(package).and_then(|at| self.entry_at(at)))
    }

    /// A version of a package: the one with this text, else the only one equal in precedence and build (`1.0` finds `v1.0.0`).
    ///
    /// # Errors
    ///
    /// There is no such package or version; the error has names like it. Or the version is there and not usable: its error is of the kind
    /// [`Unusable`](IndexErrorKind::Unusable), and what is wrong with it was told when it was read.
    pub fn release(&self, package: &str, version: &Version) -> Result<Entry<'_>, IndexError> {
        let at = self.package(package)?;
        let same = |entry: &Entry<'_>| entry.version().same_precedence_and_build(version);
        let exact = self.entries_of(at).find(|entry| entry.version() == version);
        if let Some(entry) = exact.or_else(|| self.entries_of(at).find(same)) {
            return Ok(entry);
        }
        let known: Vec<&str> = self
            .entries_of(at)
            .map(|entry| entry.version().as_str())
            .collect();
        let near = near_names(version.as_str(), known.iter().copied(), NEAR);
        let mut unusable = self.unusable_of(at).iter();
        let broken = unusable.any(|one| {
            Version::parse(one.version()).is_ok_and(|one| one.same_precedence_and_build(version))
        });
        let (kind, why) = if broken {
            (IndexErrorKind::Unusable, "has errors and cannot be used")
        } else {
            (IndexErrorKind::NotFound, "is not there")
        };
        let message = format!("version {version} of `{package}` {why}");
        Err(IndexError::new(kind, message).with_near(near))
    }

    /// The version folders of a package that cannot be used as far as is known, by folder name: once
    /// [definitions are read](Self::definitions_are_read), all of them.
    ///
    /// # Errors
    ///
    /// There is no such package; the error has names like it.
    pub fn unusable(&self, package: &str) -> Result<&[UnusableRelease], IndexError> {
        let package = self.package(package)?;
        Ok(self.unusable_of(package))
    }

    /// About how many bytes of heap it holds, within a tenth; not counted are the diagnostics that
    /// [`read_definitions`](Self::read_definitions) tells, which share the texts of their files.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        let versions = self.versions.iter();
        // A version's text has two reference counts before it, and all three are aligned as they are.
        let texts: usize = versions
            .map(|row| row.version.as_str().len().next_multiple_of(8) + 16)
            .sum();
        let capabilities = self.capabilities.iter().map(Capability::heap_bytes);
        let unusable = self.unusable.iter().map(UnusableRelease::heap_bytes);
        texts
            + capabilities.sum::<usize>()
            + unusable.sum::<usize>()
            + self.strings.heap_bytes()
            + self.packages.capacity() * size_of::<super::PackageRow>()
            + self.versions.capacity() * size_of::<super::VersionRow>()
            + self.flags.capacity()
            + self.labels.heap_bytes()
            + self.tags.heap_bytes()
            + self.dependencies.heap_bytes()
            + self.capabilities.capacity() * size_of::<Capability>()
            + self.provides.heap_bytes()
            + self.requires.heap_bytes()
            + self.unusable.capacity() * size_of::<UnusableRelease>()
            + self
                .definitions
                .get()
                .map_or(0, super::Definitions::heap_bytes)
    }

    pub(super) fn package_name(&self, package: u32) -> &str {
        let row = self.packages.get(package as usize);
        row.map(|row| self.strings.of(row.name)).unwrap_or_default()
    }

    /// The usable versions of a package, oldest first.
    fn entries_of(&self, package: u32) -> impl DoubleEndedIterator<Item = Entry<'_>> {
        let definitions = self.definitions.get();
        let usable =
            move |at: &u32| definitions.is_none_or(|definitions| !definitions.is_broken(*at));
        let rows = self.versions_of(package).filter(usable);
        rows.filter_map(|at| self.entry_at(at))
    }

    /// What of a package cannot be used, as far as is known now.
    fn unusable_of(&self, package: u32) -> &[UnusableRelease] {
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

    fn around(&self, package: u32) -> (Option<&super::PackageRow>, Option<&super::PackageRow>) {
        let at = package as usize;
        let before = at
            .checked_sub(1)
            .and_then(|before| self.packages.get(before));
        (before, self.packages.get(at))
    }

    pub(super) fn entry_at(&self, at: u32) -> Option<Entry<'_>> {
        let row = self.versions.get(at as usize)?;
        Some(Entry {
            index: self,
            row,
            at,
        })
    }

    fn package(&self, name: &str) -> Result<u32, IndexError> {
        let found = self
            .packages
            .binary_search_by(|package| self.strings.of(package.name).cmp(name));
        found.map(row).map_err(|_| {
            let message = format!("there is no package `{name}` in this catalog");
            let near = near_names(name, self.packages(), NEAR);
            IndexError::new(IndexErrorKind::NotFound, message).with_near(near)
        })
    }
}

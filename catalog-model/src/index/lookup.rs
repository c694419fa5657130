//! Packages and versions by name.

use catalog_conditions::suggest::near_names;
use catalog_conditions::version::Version;

use super::order::Place;
use super::{Entry, Index, IndexError, IndexErrorKind, Shown};
use crate::catalog::UnusableRelease;

/// How many near names an error has.
const NEAR: usize = 3;

impl Index {
    /// The names of the packages, sorted.
    pub fn packages(&self) -> impl Iterator<Item = &str> {
        self.places()
            .map(|place| place.layer.package_name(place.at))
    }

    /// How many usable versions there are of all packages, as far as is known now: [definitions](Self::definitions_are_read), once read,
    /// may make it less.
    #[must_use]
    pub fn len(&self) -> usize {
        self.layers.iter().map(Shown::usable).sum()
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
        Ok(self.newest_of(package))
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
        let mut unusable = at.layer.unusable_of(at.at).iter();
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
        Ok(package.layer.unusable_of(package.at))
    }

    /// About how many bytes of heap it holds, within a tenth; not counted are the diagnostics that
    /// [`read_definitions`](Self::read_definitions) tells, which share the texts of their files.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        let layers = self.layers.iter();
        let held = layers.map(|shown| shown.layer.heap_bytes() + shown.heap_bytes());
        held.sum::<usize>() + self.layers.capacity() * size_of::<Shown>()
    }

    /// The usable versions of a package, oldest first.
    pub(super) fn entries_of<'a>(
        &'a self,
        package: Place<'a>,
    ) -> impl DoubleEndedIterator<Item = Entry<'a>> {
        let layer = package.layer;
        let rows = layer.usable_of(package.at);
        rows.filter_map(move |at| self.entry_at(Place { layer, at }))
    }

    fn package(&self, name: &str) -> Result<Place<'_>, IndexError> {
        // What is newest hides the rest.
        let found = self.layers.iter().rev().find_map(|shown| {
            let at = shown.layer.package(name)?;
            Some((shown, at))
        });
        let is_shown = |(shown, at): &(&Shown, u32)| {
            let hidden = shown.hidden.as_ref();
            hidden.is_none_or(|hidden| !hidden.packages.contains(*at))
        };
        let found = found.filter(is_shown).map(|(shown, at)| Place {
            layer: &shown.layer,
            at,
        });
        found.ok_or_else(|| {
            let message = format!("there is no package `{name}` in this catalog");
            let near = near_names(name, self.packages(), NEAR);
            IndexError::new(IndexErrorKind::NotFound, message).with_near(near)
        })
    }
}

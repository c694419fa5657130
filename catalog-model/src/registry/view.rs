//! Several catalogs asked as one.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use catalog_conditions::suggest::near;
use catalog_conditions::version::Version;

use super::error::{RegistryError, RegistryErrorKind};
use super::member::{Answering, Member};
use super::offered::{OfferedRelease, difference};
use super::registered::RegisteredCatalog;
use crate::catalog::{Catalog, Package};
use crate::digest::{DigestLimits, ReleaseDigest};
use crate::fetch::{ExpectedContent, fetch};
use crate::index::Query;
use crate::location::ReleaseLocation;
use crate::release::Release;
use crate::source::MemorySource;

/// What requests of one namespace see of a [`Registry`](super::Registry).
#[derive(Clone, Debug)]
pub struct RegistryView<'a> {
    catalogs: Vec<RegisteredCatalog<'a>>,
}

impl<'a> RegistryView<'a> {
    /// Those that are seen. Of two that have a name, the one of the namespace hides the other.
    pub(super) fn new(members: impl Iterator<Item = &'a Member>) -> Self {
        let mut by_name: BTreeMap<&str, &Member> = BTreeMap::new();
        for member in members {
            // Keys of global catalogs come first.
            by_name.insert(member.descriptor.key.name(), member);
        }
        let mut catalogs: Vec<_> = by_name.into_values().map(RegisteredCatalog::new).collect();
        catalogs.sort_by_key(|catalog| {
            let descriptor = catalog.descriptor();
            let is_global = descriptor.key().namespace().is_none();
            (Reverse(descriptor.priority()), is_global)
        });
        Self { catalogs }
    }

    /// The catalogs by falling priority, those that have not answered yet included.
    pub fn catalogs(&self) -> impl Iterator<Item = RegisteredCatalog<'a>> + '_ {
        self.catalogs.iter().copied()
    }

    /// A catalog by its name, which is that of one.
    #[must_use]
    pub fn catalog(&self, name: &str) -> Option<RegisteredCatalog<'a>> {
        self.catalogs().find(|catalog| catalog.name() == name)
    }

    /// Name and content of each catalog that answers, by falling priority: what a resolution takes, which asks [`are_same`](Self::are_same) what of it is
    /// one release.
    pub fn answering(&self) -> impl Iterator<Item = (&'a str, &'a Catalog)> + '_ {
        self.catalogs()
            .filter_map(|catalog| Some((catalog.name(), catalog.catalog()?)))
    }

    /// The names of all packages, each once.
    #[must_use]
    pub fn packages(&self) -> BTreeSet<&'a str> {
        let packages = self.answering().flat_map(|(_, catalog)| catalog.packages());
        packages.map(|package| package.name().as_str()).collect()
    }

    /// The releases that a query asks for, by package and version. Each catalog is asked for the newest that it has of each package, and of
    /// those that fit, the answer is that of the first catalog; with [every version](Query::every_version), all that fit are. What another
    /// release of the same version hides, in a catalog that is asked earlier, is not found.
    ///
    /// Cost: each catalog is indexed when this is first asked after a sync; else as for [`versions`](Self::versions).
    ///
    /// # Errors
    ///
    /// The query asks what an index cannot say.
    pub fn select(&self, query: &Query) -> Result<Vec<OfferedRelease<'a>>, RegistryError> {
        let mut packages: BTreeMap<&str, Vec<OfferedRelease<'a>>> = BTreeMap::new();
        for catalog in self.catalogs() {
            let index = catalog.answering().map(Answering::index);
            let selected = index.map(|index| index.select(query)).transpose();
            let selected = selected
                .map_err(|error| RegistryError::new(RegistryErrorKind::Query, error.to_string()))?;
            for entry in selected.into_iter().flatten() {
                let known = packages.entry(entry.package()).or_default();
                let is_known = |one: &OfferedRelease<'_>| {
                    let version = one.release.version();
                    !query.asks_every_version()
                        || version.same_precedence_and_build(entry.version())
                };
                if known.iter().any(is_known) {
                    continue;
                }
                let offered = self.offered(entry.package(), entry.version());
                known.extend(offered.filter(|offered| offered.is_of(catalog)));
            }
        }
        let mut offered: Vec<_> = packages.into_values().flatten().collect();
        offered.sort_by(|a, b| {
            (a.release.package(), a.release.version())
                .cmp(&(b.release.package(), b.release.version()))
        });
        Ok(offered)
    }

    /// The usable versions of a package in all catalogs, oldest first, each once.
    ///
    /// Cost: a version that several catalogs have is read in all of them once, unless their sources tell by ids that it is the same.
    ///
    /// # Errors
    ///
    /// No catalog has the package.
    pub fn versions(&self, package: &str) -> Result<Vec<OfferedRelease<'a>>, RegistryError> {
        let mut versions: Vec<&Version> = self
            .having(package)?
            .into_iter()
            .flat_map(Package::releases)
            .map(|release| release.version())
            .collect();
        versions.sort();
        versions.dedup_by(|a, b| a.same_precedence_and_build(b));
        let offered = versions.into_iter();
        Ok(offered
            .filter_map(|version| self.offered(package, version))
            .collect())
    }

    /// The newest usable version of the first catalog that has one: a lower catalog may have a newer one. `None` where all are yanked or cannot be
    /// used.
    ///
    /// # Errors
    ///
    /// No catalog has the package.
    pub fn newest(&self, package: &str) -> Result<Option<OfferedRelease<'a>>, RegistryError> {
        let newest = self.having(package)?.into_iter().find_map(Package::newest);
        Ok(newest.and_then(|release| self.offered(package, release.version())))
    }

    /// A release of the first catalog that has it, as [`Catalog::release`] finds it, and which others do.
    ///
    /// # Errors
    ///
    /// No catalog has the package, or none has the version.
    pub fn release(
        &self,
        package: &str,
        version: &Version,
    ) -> Result<OfferedRelease<'a>, RegistryError> {
        let packages = self.having(package)?;
        self.offered(package, version).ok_or_else(|| {
            let known = packages.into_iter().flat_map(Package::releases);
            let near = near(
                version.as_str(),
                known.map(|release| release.version().as_str()),
            );
            let message = format!("version {version} of `{package}` is in no catalog");
            RegistryError::new(RegistryErrorKind::NotFound, message).with_near(near)
        })
    }

    /// A release of the catalog of a name, whichever is asked first, and which others have it: of an answer that was not chosen by priority
    /// alone.
    ///
    /// # Errors
    ///
    /// There is no such catalog, or it has no such release.
    pub fn release_in(
        &self,
        catalog: &str,
        package: &str,
        version: &Version,
    ) -> Result<OfferedRelease<'a>, RegistryError> {
        let having = |one: RegisteredCatalog<'a>| {
            let release = one.catalog()?.release(package, version)?;
            Some((one, release))
        };
        let first = self.catalog(catalog).and_then(having);
        let others = self.catalogs().filter(|one| one.name() != catalog);
        let found = first.map(|first| std::iter::once(first).chain(others.filter_map(having)));
        found.and_then(OfferedRelease::of).ok_or_else(|| {
            let message = format!("the catalog `{catalog}` has no {package} {version}");
            RegistryError::new(RegistryErrorKind::NotFound, message)
        })
    }

    /// Whether releases of two catalogs, each given with the name of its catalog, are one: package and version are the same, and so are the digests.
    ///
    /// Cost: if their sources tell by ids that the files are the same, those of one are listed; else they are read, if they were not since the last sync.
    #[must_use]
    pub fn are_same(&self, one: (&str, &Release), other: (&str, &Release)) -> bool {
        let name = |release: &Release| (release.package().clone(), release.version().clone());
        let (Some(first), Some(second)) = (self.catalog(one.0), self.catalog(other.0)) else {
            return false;
        };
        name(one.1) == name(other.1) && difference((first, one.1), (second, other.1)).is_none()
    }

    /// The digest of a release, which is given with the name of its catalog; `None`: there is no such catalog, or the release has none, because of a link
    /// among its files or one that cannot be read.
    ///
    /// Cost: its files are read, if they were not since the last sync.
    #[must_use]
    pub fn digest(&self, catalog: &str, release: &Release) -> Option<ReleaseDigest> {
        let content = self.catalog(catalog)?.answering()?.content(release);
        content.ok().map(|content| content.digest().clone())
    }

    /// The releases that differ between catalogs, by package and version.
    ///
    /// Cost: as for [`versions`](Self::versions), of all packages that are in several catalogs.
    #[must_use]
    pub fn conflicts(&self) -> Vec<OfferedRelease<'a>> {
        let packages = self.packages().into_iter();
        let offered = packages.flat_map(|package| self.versions(package).unwrap_or_default());
        offered
            .filter(|release| !release.differing.is_empty())
            .collect()
    }

    /// The files of a release, by their paths in its folder, if they are those that the location was given for.
    ///
    /// # Errors
    ///
    /// There is no such catalog, or it does not answer; the location has no digest; the release holds anything else by now, or cannot be read.
    pub fn fetch(
        &self,
        location: &ReleaseLocation,
        limits: &DigestLimits,
    ) -> Result<MemorySource, RegistryError> {
        let refuse = |message: String| RegistryError::new(RegistryErrorKind::Fetch, message);
        let name = location.catalog();
        let catalog = self.catalog(name).ok_or_else(|| {
            let near = near(name, self.catalogs().map(RegisteredCatalog::name));
            let message = format!("there is no catalog `{name}`");
            RegistryError::new(RegistryErrorKind::NotFound, message).with_near(near)
        })?;
        let source = catalog.source().ok_or_else(|| {
            let message = format!("the catalog `{name}` has not answered yet");
            RegistryError::new(RegistryErrorKind::NotSynced, message)
        })?;
        let digest = location.digest().ok_or_else(|| {
            let message =
                "the location has no digest, and nothing is taken that cannot be verified";
            refuse(format!("{name}: {message}"))
        })?;
        let digest = ReleaseDigest::parse(digest).map_err(|error| refuse(error.to_string()))?;
        // Which file changed can be said where its release was looked into.
        let known = catalog
            .answering()
            .and_then(|state| state.known(location.path()));
        let expected = match known.filter(|content| *content.digest() == digest) {
            Some(content) => ExpectedContent::from(content.as_ref()),
            None => ExpectedContent::new(digest),
        };
        let files = fetch(source, location.path(), &expected, limits);
        files.map_err(|error| refuse(format!("catalog {name}: {error}")))
    }

    /// What all catalogs have of a version.
    fn offered(&self, package: &str, version: &Version) -> Option<OfferedRelease<'a>> {
        let found = self.catalogs().filter_map(|catalog| {
            let release = catalog.catalog()?.release(package, version)?;
            Some((catalog, release))
        });
        OfferedRelease::of(found)
    }

    /// A package as each catalog has it.
    fn having(&self, package: &str) -> Result<Vec<&'a Package>, RegistryError> {
        let found = self.answering();
        let found: Vec<_> = found
            .filter_map(|(_, catalog)| catalog.package(package))
            .collect();
        if !found.is_empty() {
            return Ok(found);
        }
        let message = match self
            .catalogs()
            .find(|catalog| catalog.answering().is_none())
        {
            Some(silent) => format!(
                "there is no package `{package}` in the catalogs that answer; `{}` does not",
                silent.name()
            ),
            None => format!("there is no package `{package}` in any catalog"),
        };
        let near = near(package, self.packages());
        Err(RegistryError::new(RegistryErrorKind::NotFound, message).with_near(near))
    }
}

//! Packages and their releases.

use std::fmt;
use std::sync::Arc;

use catalog_conditions::suggest::near;
use catalog_conditions::version::Version;

use crate::metadata::{Metadata, Scope};
use crate::name::PackageName;
use crate::release::Release;

/// The packages of one source, read and checked. Immutable; made by [`load`](crate::load::load). Clones share their packages.
#[derive(Clone, Default)]
pub struct Catalog {
    /// By name, in chunks that catalogs share which differ elsewhere; none is empty.
    chunks: Vec<Arc<[Arc<Package>]>>,
}

/// A package: its usable releases, and what else was found in its folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Package {
    pub(crate) name: PackageName,
    pub(crate) releases: Vec<Release>,
    pub(crate) unusable: Vec<UnusableRelease>,
}

/// A version folder that cannot be resolved or installed; the diagnostics of its catalog say more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnusableRelease {
    pub(crate) version: String,
    pub(crate) folder: String,
    pub(crate) reason: UnusableReason,
}

/// Why a release cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnusableReason {
    /// Its version cannot be read as one, so nothing can be said about its order.
    UnreadableVersion,
    /// It is the same version as another folder of its package, or its files have errors, or its scope is not that of its package. This
    /// is the message of the first of them, in this order; of files, those of `definitions/` come last.
    Broken(String),
}

impl Catalog {
    /// Packages in order of their names.
    pub(crate) fn of(packages: Vec<Arc<Package>>) -> Self {
        Self::of_chunks(std::iter::once(packages.into()))
    }

    /// The same in chunks, which may be empty.
    pub(crate) fn of_chunks(chunks: impl Iterator<Item = Arc<[Arc<Package>]>>) -> Self {
        Self {
            chunks: chunks.filter(|chunk| !chunk.is_empty()).collect(),
        }
    }

    /// The packages by name.
    pub fn packages(&self) -> impl Iterator<Item = &Package> {
        let packages = self.chunks.iter().flat_map(|chunk| chunk.iter());
        packages.map(AsRef::as_ref)
    }

    /// A package by name.
    #[must_use]
    pub fn package(&self, name: &str) -> Option<&Package> {
        let is_below = |chunk: &Arc<[Arc<Package>]>| {
            let last = chunk.last();
            last.is_some_and(|package| package.name.as_str() < name)
        };
        let chunk = self.chunks.get(self.chunks.partition_point(is_below))?;
        let at = chunk.binary_search_by(|package| package.name.as_str().cmp(name));
        chunk.get(at.ok()?).map(AsRef::as_ref)
    }

    /// A release by package and version: the one with this text, else the only one equal in precedence and build (`1.0` finds `v1.0.0`).
    #[must_use]
    pub fn release(&self, package: &str, version: &Version) -> Option<&Release> {
        let releases = self.package(package)?.releases();
        let exact = releases
            .iter()
            .find(|release| release.version().as_str() == version.as_str());
        exact.or_else(|| {
            releases
                .iter()
                .find(|release| release.version().same_precedence_and_build(version))
        })
    }

    /// The package whose name is nearest to one that is not there.
    #[must_use]
    pub fn near(&self, name: &str) -> Option<&str> {
        near(name, self.packages().map(|package| package.name.as_str()))
    }
}

impl PartialEq for Catalog {
    /// Whether the packages are equal, in whatever chunks.
    fn eq(&self, other: &Self) -> bool {
        self.packages().eq(other.packages())
    }
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.packages()).finish()
    }
}

impl Package {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &PackageName {
        &self.name
    }

    /// The usable releases, oldest first.
    #[must_use]
    pub fn releases(&self) -> &[Release] {
        &self.releases
    }

    /// The version folders that cannot be used, by folder name.
    #[must_use]
    pub fn unusable(&self) -> &[UnusableRelease] {
        &self.unusable
    }

    /// Where an instance of the package lives, whatever its release: one of scope `cluster` in `namespace` of the metadata, else in a
    /// namespace of the package's name; one of scope `namespace` in `home`, where it is asked for. Scope and namespace are the
    /// package's, as its newest release says.
    #[must_use]
    pub fn namespace<'a>(&'a self, home: &'a str) -> &'a str {
        let newest = self.most_recent().map(Release::metadata);
        match newest.map(Metadata::scope) {
            Some(Scope::Namespace) => home,
            _ => newest
                .and_then(Metadata::namespace)
                .unwrap_or(self.name.as_str()),
        }
    }

    /// The release that speaks for the package: the newest stable one, else the newest.
    pub(crate) fn most_recent(&self) -> Option<&Release> {
        most_recent(&self.releases, |release| release.version())
    }

    /// The newest release that is stable and not yanked; where all that are not yanked are prereleases, the newest of them.
    #[must_use]
    pub fn newest(&self) -> Option<&Release> {
        let mut offered = self
            .releases
            .iter()
            .rev()
            .filter(|release| release.metadata().yanked().is_none());
        offered
            .clone()
            .find(|release| !release.version().is_prerelease())
            .or_else(|| offered.next())
    }
}

/// The newest stable one of what has versions and stands oldest first, else the newest.
pub(crate) fn most_recent<T>(oldest_first: &[T], version: impl Fn(&T) -> &Version) -> Option<&T> {
    let newest_first = oldest_first.iter().rev();
    let mut stable = newest_first.filter(|one| !version(one).is_prerelease());
    stable.next().or_else(|| oldest_first.last())
}

impl UnusableRelease {
    /// The bytes of its texts.
    pub(crate) fn heap_bytes(&self) -> usize {
        let reason = match &self.reason {
            UnusableReason::Broken(message) => message.capacity(),
            UnusableReason::UnreadableVersion => 0,
        };
        self.version.capacity() + self.folder.capacity() + reason
    }

    /// A release that turned out to have an error.
    pub(crate) fn broken(version: &Version, folder: &str, message: &str) -> Self {
        Self {
            version: version.as_str().to_owned(),
            folder: folder.to_owned(),
            reason: UnusableReason::Broken(message.to_owned()),
        }
    }

    /// The version as `metadata.yaml` writes it, else as the folder is named.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The version folder, relative to the catalog.
    #[must_use]
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> &UnusableReason {
        &self.reason
    }
}

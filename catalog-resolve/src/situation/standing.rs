//! What is said of one instance.

use std::sync::Arc;

use catalog_model::InstalledRelease;
use catalog_model::version::{Version, VersionRange};

use crate::request::LockedRelease;
use crate::stated::StatedVersion;
use crate::universe::{Package, Release, ReleaseId, Universe};

/// What the request says of one instance, besides its items.
#[derive(Debug, Default)]
pub(crate) struct Standing<'a> {
    pub(crate) installed: Option<(&'a InstalledRelease, Occupant)>,
    pub(crate) locked: Option<Occupant>,
    pub(crate) is_removed: bool,
}

/// What an instance can be at: a release of the universe, or one that no catalog has any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Occupant {
    Release(ReleaseId),
    Opaque(Arc<Opaque>),
}

/// A release of which nothing but its version is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opaque {
    /// One that cannot be read is in no range but `*`, and neither above nor below another.
    pub(crate) version: StatedVersion,
    pub(crate) catalog: Option<String>,
    /// Other catalogs that had it.
    pub(crate) also_in: Vec<String>,
}

impl Opaque {
    /// Whether it is in an interval; the prerelease rule does not apply to what is installed.
    pub(crate) fn is_in(&self, range: &VersionRange) -> bool {
        match self.version.read() {
            Some(version) => range.set().contains(version),
            None => range.is_any(),
        }
    }

    /// The catalogs that had it; none is one without a name, or that nobody knows.
    pub(crate) fn catalogs(&self) -> impl Iterator<Item = Option<&str>> {
        let others = self.also_in.iter().map(|name| Some(name.as_str()));
        std::iter::once(self.catalog.as_deref()).chain(others)
    }

    pub(crate) fn was_in(&self, catalog: Option<&str>) -> bool {
        self.catalogs().any(|one| one == catalog)
    }
}

impl Standing<'_> {
    pub(crate) fn opaque(&self) -> Option<&Arc<Opaque>> {
        match &self.installed {
            Some((_, Occupant::Opaque(opaque))) => Some(opaque),
            _ => None,
        }
    }
}

impl Occupant {
    /// What an installed version means.
    pub(super) fn of(universe: &Universe, package: &Package, record: &InstalledRelease) -> Self {
        match Earlier::from(record).release(universe, package) {
            Some(release) => Self::Release(release),
            None => Self::Opaque(Arc::new(Opaque {
                version: StatedVersion::new(record.version()),
                catalog: record.catalog().map(str::to_owned),
                also_in: record.other_catalogs().to_vec(),
            })),
        }
    }

    /// The version, if it can be read.
    pub(crate) fn version<'p>(&'p self, package: &'p Package) -> Option<&'p Version> {
        match self {
            Self::Release(release) => Some(&package.releases[*release].version),
            Self::Opaque(opaque) => opaque.version.read(),
        }
    }
}

/// What a record or a lock says of a release.
pub(super) struct Earlier<'r> {
    pub(super) version: &'r str,
    /// None: whichever has it.
    pub(super) catalog: Option<&'r str>,
    /// Other catalogs that had it.
    pub(super) also_in: &'r [String],
    /// Of what was in it.
    pub(super) digest: Option<&'r str>,
}

impl<'r> From<&'r InstalledRelease> for Earlier<'r> {
    fn from(record: &'r InstalledRelease) -> Self {
        Self {
            version: record.version(),
            catalog: record.catalog(),
            also_in: record.other_catalogs(),
            digest: record.digest(),
        }
    }
}

impl<'r> From<&'r LockedRelease> for Earlier<'r> {
    fn from(locked: &'r LockedRelease) -> Self {
        Self {
            version: &locked.version,
            catalog: locked.catalog.as_deref(),
            also_in: &locked.also_in,
            digest: locked.digest.as_deref(),
        }
    }
}

impl Earlier<'_> {
    /// The release that it means now: of those with the same text, one that holds the same, in whatever catalog, else one of its catalogs; of several, that
    /// of the catalog that is named first. If there is none, the only one of equal precedence and build that the first of the catalogs has which has just
    /// one.
    pub(super) fn release(&self, universe: &Universe, package: &Package) -> Option<ReleaseId> {
        self.of_its_text(universe, package).or_else(|| {
            let version = StatedVersion::new(self.version);
            let equal = package.releases.ids();
            let equal = equal.filter(|id| version.is(&package.releases[*id].version));
            let equal = Vec::from_iter(equal);
            self.catalogs().find_map(|catalog| {
                let is_there = |id: &&ReleaseId| is_of(universe, &package.releases[**id], catalog);
                let mut there = equal.iter().filter(is_there);
                let only = there.next()?;
                there.next().is_none().then_some(*only)
            })
        })
    }

    fn of_its_text(&self, universe: &Universe, package: &Package) -> Option<ReleaseId> {
        let ranked = package.with_text(self.version).filter_map(|id| {
            let release = &package.releases[id];
            let place = self
                .catalogs()
                .position(|one| is_of(universe, release, one));
            let holds_another = self.digest.is_none() || release.digest.as_deref() != self.digest;
            let is_it = place.is_some() || !holds_another;
            is_it.then_some(((holds_another, place.is_none(), place), id))
        });
        ranked.min().map(|(_, id)| id)
    }

    fn catalogs(&self) -> impl Iterator<Item = Option<&str>> {
        let others = self.also_in.iter().map(|name| Some(name.as_str()));
        std::iter::once(self.catalog).chain(others)
    }
}

/// Whether a release will do for whoever names a catalog, or none.
fn is_of(universe: &Universe, release: &Release, catalog: Option<&str>) -> bool {
    catalog.is_none() || universe.is_in(release, catalog)
}

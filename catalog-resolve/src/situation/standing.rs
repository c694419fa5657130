//! What is said of one instance.

use catalog_model::InstalledRelease;
use catalog_model::version::{Version, VersionRange};

use crate::stated::StatedVersion;
use crate::universe::{Package, ReleaseId, Universe};

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
    Opaque(Opaque),
}

/// A release of which nothing but its version is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opaque {
    /// One that cannot be read is in no range but `*`, and neither above nor below another.
    pub(crate) version: StatedVersion,
    pub(crate) catalog: Option<String>,
}

impl Opaque {
    /// Whether it is in an interval; the prerelease rule does not apply to what is installed.
    pub(crate) fn is_in(&self, range: &VersionRange) -> bool {
        match self.version.read() {
            Some(version) => range.set().contains(version),
            None => range.is_any(),
        }
    }
}

impl Standing<'_> {
    pub(crate) fn opaque(&self) -> Option<&Opaque> {
        match &self.installed {
            Some((_, Occupant::Opaque(opaque))) => Some(opaque),
            _ => None,
        }
    }
}

impl Occupant {
    /// What an installed version means.
    pub(super) fn of(universe: &Universe, package: &Package, record: &InstalledRelease) -> Self {
        let catalog = record.catalog();
        match release(universe, package, record.version(), catalog) {
            Some(release) => Self::Release(release),
            None => Self::Opaque(Opaque {
                version: StatedVersion::new(record.version()),
                catalog: record.catalog().map(str::to_owned),
            }),
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

/// The release that a text means: the one with that text, of the first catalog that has it, else the only one of equal precedence and
/// build.
pub(super) fn release(
    universe: &Universe,
    package: &Package,
    version: &str,
    catalog: Option<&str>,
) -> Option<ReleaseId> {
    let is_there =
        |id: &ReleaseId| catalog.is_none() || universe.is_in(&package.releases[*id], catalog);
    let text = |id: &ReleaseId| package.releases[*id].version.as_str();
    let mut ids = package.releases.ids().filter(is_there);
    if let Some(id) = ids.find(|id| text(id) == version) {
        return Some(id);
    }
    let version = StatedVersion::new(version);
    let ids = package.releases.ids().filter(is_there);
    let mut equal = ids.filter(|id| version.is(&package.releases[*id].version));
    let only = equal.next()?;
    equal.next().is_none().then_some(only)
}

//! Whether a release will do for somebody.

use catalog_model::version::{Prereleases, VersionRange};

use crate::universe::{CatalogId, Package, Release};

/// Whether a release is in a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// It is.
    Taken,
    /// It would be, but it is a prerelease that nobody named or allowed.
    Prerelease,
    /// It is not.
    Outside,
}

/// Who asks for a package, and for what of it.
pub(crate) struct Asked<'a> {
    pub(crate) range: &'a VersionRange,
    /// The only catalog that will do; an error is one that nobody has.
    pub(crate) catalog: Option<Result<CatalogId, &'a str>>,
    /// Whether the request allows prereleases of the package.
    pub(crate) allows_prereleases: bool,
}

impl Asked<'_> {
    /// Applies range, catalog and the prerelease rule: a prerelease is taken if a bound names it, the request allows it,
    /// or the range is `*` and the package has no stable release.
    pub(crate) fn admits(&self, package: &Package, release: &Release) -> Admission {
        let from_there = match &self.catalog {
            None => true,
            Some(Ok(catalog)) => *catalog == release.catalog,
            Some(Err(_)) => false,
        };
        let version = &release.version;
        if !from_there || !self.range.set().contains(version) {
            Admission::Outside
        } else if !version.is_prerelease()
            || self.allows_prereleases
            || (self.range.is_any() && !package.has_stable)
            || self.range.matches(version, Prereleases::Named)
        {
            Admission::Taken
        } else {
            Admission::Prerelease
        }
    }
}

/// Whether a release may provide a capability: who requires one asks for any version of whoever provides it.
pub(crate) fn may_provide(package: &Package, release: &Release, allows_prereleases: bool) -> bool {
    !release.version.is_prerelease() || allows_prereleases || !package.has_stable
}

//! Releases that must not be chosen.

use crate::stated::StatedVersion;
use crate::universe::{Release, Universe};

/// A release that must not be chosen, with the reason.
///
/// ```
/// use catalog_resolve::{Exclusion, Request};
///
/// let broken = Exclusion::new("loki", "3.1.0", "policy: it leaks (CVE-2024-0001)").even_if_installed();
/// let request = Request::new().exclusion(broken);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    pub(crate) package: String,
    pub(crate) version: StatedVersion,
    pub(crate) catalog: Option<String>,
    pub(crate) reason: String,
    pub(crate) is_even_if_installed: bool,
}

impl Exclusion {
    /// Rules out a release of any catalog, for a reason that an explanation will repeat: a finished phrase such as
    /// `condition "kubernetes below 1.32" is not satisfied (cluster is v1.34.1)`. A release that does not exist may be
    /// ruled out too. The version need not be spelled as its author does: `1.0.0` rules out `v1.0`.
    pub fn new(
        package: impl Into<String>,
        version: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        Self {
            package: package.into(),
            version: StatedVersion::new(version),
            catalog: None,
            reason: reason.into(),
            is_even_if_installed: false,
        }
    }

    /// Only the release of this catalog, be it that others have the same one too.
    #[must_use]
    pub fn catalog(mut self, name: impl Into<String>) -> Self {
        self.catalog = Some(name.into());
        self
    }

    /// Also where it is installed: then it has to move. Without this, what is installed may stay as it is.
    #[must_use]
    pub fn even_if_installed(mut self) -> Self {
        self.is_even_if_installed = true;
        self
    }

    /// Whether it is about a release of its package.
    pub(crate) fn rules_out(&self, universe: &Universe, release: &Release) -> bool {
        let catalog = self.catalog.as_deref();
        (catalog.is_none() || universe.is_in(release, catalog)) && self.version.is(&release.version)
    }

    /// The same of a release that no catalog has.
    pub(crate) fn rules_out_stated(&self, catalog: Option<&str>, version: &StatedVersion) -> bool {
        let is_about = self.catalog.is_none() || self.catalog.as_deref() == catalog;
        is_about && self.version.is_same(version)
    }
}

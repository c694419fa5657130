//! Releases that must not be chosen.

use crate::stated::StatedVersion;

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

    /// Only the release of this catalog. One that others have too is ruled out if each of them is named, by an exclusion of its own: what one catalog has
    /// is not taken away by another one that copies it. Until then it is called by, and ranked by, the first of its catalogs that is not named; it will do for
    /// whoever asks for that of this catalog, as what is in it is the same.
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
}

/// Those of some exclusions of a package that rule out what several catalogs have, or one: each that names no catalog; and if each of the catalogs is named
/// by one, that of the first.
pub(crate) fn ruling_out<'e, 'c>(
    exclusions: impl Iterator<Item = &'e Exclusion>,
    catalogs: impl Iterator<Item = Option<&'c str>>,
) -> Vec<&'e Exclusion> {
    let (named, mut found): (Vec<_>, Vec<_>) = exclusions.partition(|one| one.catalog.is_some());
    let of = |catalog| {
        named
            .iter()
            .copied()
            .find(|one| one.catalog.as_deref() == catalog)
    };
    let of_each = catalogs.map(of).collect::<Option<Vec<_>>>();
    found.extend(of_each.and_then(|of_each| of_each.first().copied()));
    found
}

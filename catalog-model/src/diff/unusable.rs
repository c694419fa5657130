//! Versions that cannot be used.

use std::collections::BTreeSet;
use std::fmt;

use catalog_conditions::show::one_line;

use crate::catalog::{Package, UnusableReason, UnusableRelease};
use crate::name::PackageName;

/// A version of the second state that cannot be used there, and could not in the first, or was not there. What it says is not compared.
#[derive(Clone, Copy, Debug)]
pub struct UnusableVersion<'c> {
    package: &'c PackageName,
    release: &'c UnusableRelease,
    is_new: bool,
}

/// Those of a package. What the first state could use is told as broken.
pub(super) fn unusable<'c>(old: Option<&Package>, new: &'c Package) -> Vec<UnusableVersion<'c>> {
    let releases = old.map(Package::releases).unwrap_or_default();
    let usable: BTreeSet<&str> = releases.iter().map(|one| one.folder()).collect();
    let unusable = old.map(Package::unusable).unwrap_or_default();
    let unusable: BTreeSet<&str> = unusable.iter().map(|one| one.folder()).collect();
    let all = new.unusable().iter();
    all.filter(|one| !usable.contains(one.folder()))
        .map(|release| UnusableVersion {
            package: new.name(),
            release,
            is_new: !unusable.contains(release.folder()),
        })
        .collect()
}

impl<'c> UnusableVersion<'c> {
    /// The package.
    #[must_use]
    pub fn package(&self) -> &'c PackageName {
        self.package
    }

    /// The version as its folder is called; it may be none.
    #[must_use]
    pub fn version(&self) -> &'c str {
        self.release.version()
    }

    /// Whether the first state has no folder of it.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// Why it cannot be used, as far as the catalog has it.
    #[must_use]
    pub fn reason(&self) -> String {
        reason(self.release.reason())
    }
}

impl fmt::Display for UnusableVersion<'_> {
    /// `new and unusable web 1.1.0`, `unusable as before web 1.0.0`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.is_new {
            true => "new and unusable",
            false => "unusable as before",
        };
        write!(f, "{what} {} {}", self.package, one_line(self.version()))
    }
}

/// Why a release cannot be used.
pub(super) fn reason(reason: &UnusableReason) -> String {
    match reason {
        UnusableReason::UnreadableVersion => "its version cannot be read".to_owned(),
        UnusableReason::Broken(message) => message.clone(),
    }
}

//! Versions that are there and cannot be chosen.

use std::collections::BTreeMap;

use catalog_model::{Diagnostic, Severity};
use catalog_resolve::Universe;

use crate::program::note;

/// Versions of a package that are told of when they cannot be chosen; how many more there are is said.
const TOLD: usize = 5;

/// The code of what is said of a version that is none: a warning to those who check the catalog.
const NO_VERSION: &str = "metadata.version.unreadable";

/// The versions that cannot be chosen of what there is to choose from, and what keeps each out.
pub struct Unusable<'o> {
    universe: &'o Universe,
    /// By package and version.
    reasons: BTreeMap<(&'o str, &'o str), &'o Diagnostic>,
}

impl<'o> Unusable<'o> {
    /// Those of a universe, with what is wrong in the catalogs that it was made of.
    pub(crate) fn new(
        universe: &'o Universe,
        in_catalogs: impl Iterator<Item = &'o Diagnostic>,
    ) -> Self {
        let mut reasons: BTreeMap<_, &Diagnostic> = BTreeMap::new();
        for one in universe.diagnostics().iter().chain(in_catalogs) {
            let is_error = one.severity() == Severity::Error;
            let (Some(package), Some(version)) = (one.package(), one.version()) else {
                continue;
            };
            if is_error || one.code() == NO_VERSION {
                let known = reasons.entry((package, version)).or_insert(one);
                if is_error && known.severity() != Severity::Error {
                    *known = one;
                }
            }
        }
        Self { universe, reasons }
    }

    /// Those of a package, each with the first reason, if one is known.
    pub fn of(&self, package: &str) -> impl Iterator<Item = (&'o str, Option<&'o Diagnostic>)> {
        let versions = self.universe.unusable_versions(package).iter();
        versions.map(move |version| {
            let reason = self.reasons.get(&(package, version.as_str()));
            (version.as_str(), reason.copied())
        })
    }

    /// Says on standard error which versions of a package cannot be chosen, and the first reason of each.
    pub fn tell_of(&self, package: &str) {
        let mut versions = self.of(package);
        for (version, why) in versions.by_ref().take(TOLD) {
            let why = why.map_or_else(String::new, |error| format!(": {error}"));
            note(format!(
                "warning: {package} {version} cannot be chosen{why}"
            ));
        }
        match versions.count() {
            0 => {}
            more => note(format!(
                "warning: nor can {more} more versions of {package}"
            )),
        }
    }
}

//! Putting a universe together.

use std::collections::BTreeMap;

use catalog_model::Diagnostic;

use super::Universe;
use super::compile::compile;
use super::spec::ReleaseSpec;

/// Collects releases, in any order.
#[derive(Clone, Debug, Default)]
pub struct UniverseBuilder {
    pub(super) catalogs: Vec<String>,
    pub(super) releases: BTreeMap<String, Vec<ReleaseSpec>>,
    pub(super) unusable: Vec<(String, String)>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl UniverseBuilder {
    /// Declares a catalog: those declared first have priority. Releases that name no catalog come before all, releases of
    /// catalogs that are not declared come last, by name.
    pub fn catalog(&mut self, name: impl Into<String>) -> &mut Self {
        let name = name.into();
        if !self.catalogs.contains(&name) {
            self.catalogs.push(name);
        }
        self
    }

    /// Adds a release.
    pub fn add(&mut self, release: ReleaseSpec) -> &mut Self {
        let releases = self.releases.entry(release.package.clone());
        releases.or_default().push(release);
        self
    }

    /// Mentions a version that is there but cannot be read, so that an explanation can say so.
    pub fn add_unusable(
        &mut self,
        package: impl Into<String>,
        version: impl Into<String>,
    ) -> &mut Self {
        self.unusable.push((package.into(), version.into()));
        self
    }

    /// Compiles what was added. Takes time linear in the releases and what they say, but for sorting.
    #[must_use]
    pub fn build(self) -> Universe {
        compile(self)
    }
}

//! The newest release of a package.

use catalog_model::version::Version;

use super::Universe;

impl Universe {
    /// The names of all packages that have a release, be it one that cannot be chosen, by name.
    pub fn package_names(&self) -> impl Iterator<Item = &str> {
        self.packages()
            .filter(|p| p.is_known() || !p.unusable.is_empty())
            .map(|p| &*p.name)
    }

    /// The versions of a package that can be chosen, newest first, whatever their catalog.
    ///
    /// Empty if no catalog has the package.
    #[must_use]
    pub fn versions(&self, package: &str) -> Vec<&Version> {
        let package = self.find(package).map(|id| self.package(id));
        let mut versions: Vec<_> = package
            .iter()
            .flat_map(|p| p.releases.iter())
            .map(|r| &r.version)
            .collect();
        versions.sort_unstable_by(|a, b| b.cmp(a));
        versions.dedup();
        versions
    }

    /// The versions of a package that are there and cannot be chosen, because they or what they say cannot be read.
    #[must_use]
    pub fn unusable_versions(&self, package: &str) -> &[String] {
        self.find(package)
            .map_or(&[], |id| self.package(id).unusable.as_slice())
    }

    /// The newest version of a package: stable if it has a stable one, and not yanked if it has one that is not.
    #[must_use]
    pub fn newest_version(&self, package: &str) -> Option<&Version> {
        let package = self.package(self.find(package)?);
        let rank = |r: &&super::Release| {
            (
                r.yanked.is_none(),
                !r.version.is_prerelease(),
                r.version.clone(),
            )
        };
        package.releases.iter().max_by_key(rank).map(|r| &r.version)
    }
}

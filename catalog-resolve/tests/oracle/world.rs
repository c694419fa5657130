//! A small universe and a request, as plain data that both sides are built from.

use super::instances::is_same_version;

#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) packages: Vec<Package>,
    /// Catalogs by falling priority.
    pub(crate) catalogs: Vec<&'static str>,
    pub(crate) items: Vec<WantedItem>,
    pub(crate) removals: Vec<Removal>,
    /// Packages whose best release is asked for.
    pub(crate) upgrades: Vec<String>,
    pub(crate) upgrades_all: bool,
    pub(crate) installed: Vec<Installed>,
    pub(crate) locked: Vec<Locked>,
    pub(crate) autoremoves: bool,
    pub(crate) wants_fewest_changes: bool,
    pub(crate) prereleases: Vec<String>,
    pub(crate) all_prereleases: bool,
    pub(crate) exclusions: Vec<Exclusion>,
    pub(crate) cluster: Vec<&'static str>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) is_namespaced: bool,
    /// Where a cluster-wide one lives.
    pub(crate) namespace: &'static str,
    pub(crate) releases: Vec<Release>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Release {
    pub(crate) version: &'static str,
    pub(crate) catalog: Option<&'static str>,
    /// Other catalogs that have the same release.
    pub(crate) also_in: Vec<&'static str>,
    /// What is in it; if nothing is said, what only its first catalog has.
    pub(crate) content: Option<&'static str>,
    /// It is installed, and no catalog has it: its catalogs are those of the record, in that order.
    pub(crate) is_opaque: bool,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) conflicts: Vec<(String, &'static str)>,
    pub(crate) requires: Vec<&'static str>,
    pub(crate) provides: Vec<&'static str>,
    /// Objects, each with its content: in no namespace, in `NAMESPACE:`, or, as `own:`, where the instance lives.
    pub(crate) definitions: Vec<(&'static str, &'static str)>,
    /// The first one `replaces`, the others `skips`.
    pub(crate) replaces: Vec<&'static str>,
    pub(crate) skip_range: Option<&'static str>,
    pub(crate) group: Option<&'static str>,
    pub(crate) is_yanked: bool,
    pub(crate) is_deprecated: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Dependency {
    pub(crate) package: String,
    pub(crate) range: &'static str,
    pub(crate) catalog: Option<&'static str>,
    pub(crate) is_optional: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct WantedItem {
    pub(crate) package: String,
    pub(crate) range: &'static str,
    pub(crate) catalog: Option<&'static str>,
    pub(crate) namespace: Option<&'static str>,
    pub(crate) is_declaration: bool,
    pub(crate) is_rollback: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Removal {
    pub(crate) package: String,
    pub(crate) namespace: Option<&'static str>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Installed {
    pub(crate) package: String,
    pub(crate) version: &'static str,
    pub(crate) catalog: Option<&'static str>,
    /// Other catalogs that had it.
    pub(crate) also_in: Vec<&'static str>,
    /// What was in it, if that is known.
    pub(crate) content: Option<&'static str>,
    pub(crate) namespace: &'static str,
    pub(crate) is_pinned: bool,
    pub(crate) is_requested: bool,
    pub(crate) history: Vec<&'static str>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Locked {
    pub(crate) package: String,
    pub(crate) version: &'static str,
    pub(crate) catalog: Option<&'static str>,
    /// Other catalogs that had it.
    pub(crate) also_in: Vec<&'static str>,
    /// What was in it, if that is known.
    pub(crate) content: Option<&'static str>,
    pub(crate) namespace: Option<&'static str>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Exclusion {
    pub(crate) package: String,
    pub(crate) version: &'static str,
    pub(crate) catalog: Option<&'static str>,
    pub(crate) is_even_if_installed: bool,
}

pub(crate) const HOME: &str = "home";

impl Release {
    /// The catalogs that have it, in any order.
    pub(crate) fn catalogs(&self) -> impl Iterator<Item = Option<&'static str>> {
        std::iter::once(self.catalog).chain(self.also_in.iter().copied().map(Some))
    }

    pub(crate) fn content(&self) -> &'static str {
        self.content.or(self.catalog).unwrap_or_default()
    }

    /// Whether it will do for somebody who names a catalog, or none.
    pub(crate) fn is_of(&self, catalog: Option<&'static str>) -> bool {
        catalog.is_none() || self.catalogs().any(|one| one == catalog)
    }
}

impl World {
    /// Lower has priority: releases that name no catalog, then catalogs as they are declared, then others by name.
    pub(crate) fn catalog_rank(&self, catalog: Option<&'static str>) -> (usize, &'static str) {
        let Some(name) = catalog else { return (0, "") };
        let declared = self.catalogs.iter().position(|c| *c == name);
        match declared {
            Some(position) => (1 + position, ""),
            None => (usize::MAX, name),
        }
    }

    /// The catalogs that have a release, by falling priority, and behind them those of which it is excluded; those that had one that is opaque as its
    /// record has them.
    pub(crate) fn catalogs_of(
        &self,
        package: &str,
        release: &Release,
    ) -> Vec<Option<&'static str>> {
        let mut catalogs: Vec<_> = release.catalogs().collect();
        let is_excluded = |catalog: Option<&'static str>| {
            self.exclusions.iter().any(|exclusion| {
                exclusion.package == package
                    && is_same_version(exclusion.version, release.version)
                    && exclusion.catalog.is_some()
                    && exclusion.catalog == catalog
            })
        };
        if !release.is_opaque {
            catalogs.sort_by_key(|one| (is_excluded(*one), self.catalog_rank(*one)));
        }
        catalogs
    }

    /// The catalog that a release is named after: the first of those that have it.
    pub(crate) fn catalog_of(&self, package: &str, release: &Release) -> Option<&'static str> {
        self.catalogs_of(package, release)[0]
    }

    pub(crate) fn package(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|p| p.name == name)
    }

    /// Whether a package is known to be one of scope `namespace`. One that no catalog knows counts as cluster-wide.
    pub(crate) fn is_namespaced(&self, name: &str) -> bool {
        self.package(name).is_some_and(|p| p.is_namespaced)
    }

    /// Whether `upgrade` lists the package or is `all`.
    pub(crate) fn names(&self, package: &str) -> bool {
        self.upgrades_all || self.upgrades.iter().any(|name| name == package)
    }

    /// A world must not say two things of one place, and a package in it has a release.
    pub(crate) fn is_sound(&self) -> bool {
        let place = |package: &str, namespace: &'static str| {
            let namespace = self.is_namespaced(package).then_some(namespace);
            (package.to_owned(), namespace)
        };
        let installed = self.installed.iter();
        let installed: Vec<_> = installed.map(|i| place(&i.package, i.namespace)).collect();
        let locked = self.locked.iter();
        let locked: Vec<_> = locked
            .map(|l| place(&l.package, l.namespace.unwrap_or(HOME)))
            .collect();
        let is_once = |places: &Vec<(String, Option<&'static str>)>| {
            (1..places.len()).all(|i| !places[..i].contains(&places[i]))
        };
        let releases = |package: &Package| {
            let releases = package.releases.iter();
            let places = releases
                .flat_map(|release| release.catalogs().map(move |one| (release.version, one)));
            Vec::from_iter(places)
        };
        let has_each_once = |package: &Package| {
            let places = releases(package);
            (1..places.len()).all(|i| !places[..i].contains(&places[i]))
        };
        // Else they would be one release.
        let has_each_content_once = |package: &Package| {
            let releases = package.releases.iter();
            let contents = releases.map(|release| (release.version, release.content()));
            let contents = Vec::from_iter(contents);
            (1..contents.len()).all(|i| !contents[..i].contains(&contents[i]))
        };
        is_once(&installed)
            && is_once(&locked)
            && self.packages.iter().all(|p| !p.releases.is_empty())
            && self.packages.iter().all(has_each_once)
            && self.packages.iter().all(has_each_content_once)
    }
}

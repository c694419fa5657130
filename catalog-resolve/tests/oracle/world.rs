//! A small universe and a request, as plain data that both sides are built from.

use catalog_model::{Capability, Scope};
use catalog_resolve::{Item, ReleaseSpec, Request, Universe};

#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) packages: Vec<Package>,
    /// Catalogs by falling priority.
    pub(crate) catalogs: Vec<&'static str>,
    pub(crate) items: Vec<WantedItem>,
    pub(crate) prereleases: Vec<String>,
    pub(crate) exclusions: Vec<(String, String)>,
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
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) conflicts: Vec<(String, &'static str)>,
    pub(crate) requires: Vec<&'static str>,
    pub(crate) provides: Vec<&'static str>,
    pub(crate) definitions: Vec<(&'static str, &'static str)>,
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
}

pub(crate) const HOME: &str = "home";

impl World {
    /// The universe under test.
    pub(crate) fn universe(&self) -> Universe {
        let mut builder = Universe::builder();
        for catalog in &self.catalogs {
            builder.catalog(*catalog);
        }
        for package in &self.packages {
            for release in &package.releases {
                builder.add(spec(package, release));
            }
        }
        let universe = builder.build();
        assert!(
            universe.diagnostics().is_empty(),
            "{:?}",
            universe.diagnostics()
        );
        universe
    }

    /// The request under test.
    pub(crate) fn request(&self) -> Request {
        let mut request = Request::new()
            .home(HOME)
            .cluster(self.cluster.iter().map(|c| named(c)));
        for item in &self.items {
            let mut asked = Item::new(&item.package, item.range.parse().unwrap());
            if let Some(catalog) = item.catalog {
                asked = asked.catalog(catalog);
            }
            if let Some(namespace) = item.namespace {
                asked = asked.namespace(namespace);
            }
            request = request.item(asked);
        }
        for package in &self.prereleases {
            request = request.prereleases_of(package);
        }
        for (package, version) in &self.exclusions {
            request = request.exclude(package, version, format!("{package} is unwanted"));
        }
        request
    }
}

fn named(name: &str) -> Capability {
    Capability::parse_name(name).unwrap()
}

fn spec(package: &Package, release: &Release) -> ReleaseSpec {
    let mut spec = ReleaseSpec::new(&package.name, release.version).namespace(package.namespace);
    if package.is_namespaced {
        spec = spec.scope(Scope::Namespace);
    }
    if let Some(catalog) = release.catalog {
        spec = spec.catalog(catalog);
    }
    if let Some(group) = release.group {
        spec = spec.group(group);
    }
    if release.is_yanked {
        spec = spec.yanked(format!("{} is broken", release.version));
    }
    if release.is_deprecated {
        spec = spec.deprecated();
    }
    for d in &release.dependencies {
        spec = match (d.is_optional, d.catalog) {
            (false, None) => spec.dependency(&d.package, d.range),
            (true, None) => spec.optional_dependency(&d.package, d.range),
            (false, Some(catalog)) => spec.dependency_from(catalog, &d.package, d.range),
            (true, Some(catalog)) => spec.optional_dependency_from(catalog, &d.package, d.range),
        };
    }
    for (package, range) in &release.conflicts {
        spec = spec.conflict(package, *range);
    }
    for name in &release.requires {
        spec = spec.requires(named(name));
    }
    for name in &release.provides {
        spec = spec.provides(named(name));
    }
    for (identity, digest) in &release.definitions {
        spec = spec.definition(*identity, *digest);
    }
    spec
}

//! A small universe and a request, as plain data that both sides are built from.

use catalog_model::{Capability, Scope};
use catalog_resolve::{Item, ReleaseSpec, Request, Universe};

#[derive(Clone, Debug, Default)]
pub struct World {
    pub packages: Vec<Package>,
    /// Catalogs by falling priority.
    pub catalogs: Vec<&'static str>,
    pub items: Vec<WantedItem>,
    pub prereleases: Vec<String>,
    pub exclusions: Vec<(String, String)>,
    pub cluster: Vec<&'static str>,
}

#[derive(Clone, Debug, Default)]
pub struct Package {
    pub name: String,
    pub is_namespaced: bool,
    /// Where a cluster-wide one lives.
    pub namespace: &'static str,
    pub releases: Vec<Release>,
}

#[derive(Clone, Debug, Default)]
pub struct Release {
    pub version: &'static str,
    pub catalog: Option<&'static str>,
    pub dependencies: Vec<Dependency>,
    pub conflicts: Vec<(String, &'static str)>,
    pub requires: Vec<&'static str>,
    pub provides: Vec<&'static str>,
    pub definitions: Vec<(&'static str, &'static str)>,
    pub group: Option<&'static str>,
    pub is_yanked: bool,
    pub is_deprecated: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Dependency {
    pub package: String,
    pub range: &'static str,
    pub catalog: Option<&'static str>,
    pub is_optional: bool,
}

#[derive(Clone, Debug, Default)]
pub struct WantedItem {
    pub package: String,
    pub range: &'static str,
    pub catalog: Option<&'static str>,
    pub namespace: Option<&'static str>,
}

pub const HOME: &str = "home";

impl World {
    /// The universe under test.
    pub fn universe(&self) -> Universe {
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
    pub fn request(&self) -> Request {
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

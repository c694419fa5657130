//! The universe and the request under test, built from a world.

use catalog_model::{Capability, InstalledRelease, Scope};
use catalog_resolve::{Exclusion, Item, LockedRelease, Mode, ReleaseSpec, Request, Universe};

use super::world::{self, HOME, Package, Release, WantedItem, World};

impl World {
    /// The universe under test.
    pub(crate) fn universe(&self) -> Universe {
        let universe = self.compiled();
        let diagnostics = universe.diagnostics();
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        universe
    }

    /// Whether it says something that cannot be understood. Worlds do not; smaller ones may.
    pub(crate) fn is_faulty(&self) -> bool {
        !self.is_sound() || !self.compiled().diagnostics().is_empty()
    }

    fn compiled(&self) -> Universe {
        let mut builder = Universe::builder();
        for catalog in &self.catalogs {
            builder.catalog(*catalog);
        }
        for package in &self.packages {
            for release in &package.releases {
                // What several catalogs have comes from each of them, and is known by its digest.
                let digest = digest(release.version, release.content());
                for catalog in release.catalogs() {
                    let spec = spec(package, release).digest(&digest);
                    builder.add(match catalog {
                        Some(catalog) => spec.catalog(catalog),
                        None => spec,
                    });
                }
            }
        }
        builder.build()
    }

    /// The request under test.
    pub(crate) fn request(&self) -> Request {
        let request = Request::new()
            .home(HOME)
            .cluster(self.cluster.iter().map(|c| named(c)));
        let mut request = self.items.iter().map(item).fold(request, Request::item);
        for removal in &self.removals {
            request = match removal.namespace {
                Some(namespace) => request.remove_from(namespace, &removal.package),
                None => request.remove(&removal.package),
            };
        }
        request = self.upgrades.iter().fold(request, Request::upgrade);
        request = self
            .installed
            .iter()
            .map(installed)
            .fold(request, Request::installed);
        request = self
            .locked
            .iter()
            .map(locked)
            .fold(request, Request::locked);
        request = self
            .prereleases
            .iter()
            .fold(request, Request::prereleases_of);
        request = self
            .exclusions
            .iter()
            .map(exclusion)
            .fold(request, Request::exclusion);
        self.switches(request)
    }

    fn switches(&self, mut request: Request) -> Request {
        if self.upgrades_all {
            request = request.upgrade_all();
        }
        if self.autoremoves {
            request = request.autoremove();
        }
        if self.wants_fewest_changes {
            request = request.mode(Mode::FewestChanges);
        }
        if self.all_prereleases {
            request = request.all_prereleases();
        }
        request
    }
}

pub(crate) fn digest(version: &str, content: &str) -> String {
    format!("of {version} of {content}")
}

fn item(wanted: &WantedItem) -> Item {
    let mut item = Item::new(&wanted.package, wanted.range.parse().unwrap());
    if let Some(catalog) = wanted.catalog {
        item = item.catalog(catalog);
    }
    if let Some(namespace) = wanted.namespace {
        item = item.namespace(namespace);
    }
    if wanted.is_declaration {
        item = item.declaration();
    }
    if wanted.is_rollback {
        item = item.rollback();
    }
    item
}

fn installed(record: &world::Installed) -> InstalledRelease {
    let mut release = InstalledRelease::new(&record.package, record.version, record.namespace)
        .with_history(record.history.iter().copied())
        .also_in(record.also_in.iter().copied());
    if let Some(content) = record.content {
        release = release.with_digest(digest(record.version, content));
    }
    if let Some(catalog) = record.catalog {
        release = release.from_catalog(catalog);
    }
    if record.is_pinned {
        release = release.pinned();
    }
    if record.is_requested {
        release = release.requested();
    }
    release
}

fn locked(record: &world::Locked) -> LockedRelease {
    let mut release = LockedRelease::new(&record.package, record.version);
    if let Some(catalog) = record.catalog {
        release = release.catalog(catalog);
    }
    if let Some(namespace) = record.namespace {
        release = release.namespace(namespace);
    }
    if let Some(content) = record.content {
        release = release.digest(digest(record.version, content));
    }
    record
        .also_in
        .iter()
        .copied()
        .fold(release, LockedRelease::also_in)
}

fn exclusion(excluded: &world::Exclusion) -> Exclusion {
    let reason = format!("{} is unwanted", excluded.package);
    let mut exclusion = Exclusion::new(&excluded.package, excluded.version, reason);
    if let Some(catalog) = excluded.catalog {
        exclusion = exclusion.catalog(catalog);
    }
    if excluded.is_even_if_installed {
        exclusion = exclusion.even_if_installed();
    }
    exclusion
}

fn named(name: &str) -> Capability {
    Capability::parse_name(name).unwrap()
}

fn spec(package: &Package, release: &Release) -> ReleaseSpec {
    let mut spec = ReleaseSpec::new(&package.name, release.version).namespace(package.namespace);
    if package.is_namespaced {
        spec = spec.scope(Scope::Namespace);
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
    relations(edges(spec, release), release)
}

fn edges(mut spec: ReleaseSpec, release: &Release) -> ReleaseSpec {
    for (position, version) in release.replaces.iter().enumerate() {
        spec = match position {
            0 => spec.replaces(*version),
            _ => spec.skips(*version),
        };
    }
    match release.skip_range {
        Some(range) => spec.skip_range(range),
        None => spec,
    }
}

fn relations(mut spec: ReleaseSpec, release: &Release) -> ReleaseSpec {
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
        spec = match identity.split_once(':') {
            Some(("own", name)) => spec.own_definition(name, *digest),
            Some((namespace, name)) => spec.definition_in(namespace, name, *digest),
            None => spec.definition(*identity, *digest),
        };
    }
    spec
}

//! Everything there is to choose from, compiled once and shared by all requests.

mod builder;
mod compile;
mod index;
mod json;
mod newest;
mod release;
mod spec;

pub use self::builder::UniverseBuilder;
pub use self::json::UniverseError;
pub use self::spec::ReleaseSpec;

pub(crate) use self::index::Index;
pub(crate) use self::release::{
    Admitted, CapabilityId, Carriers, CatalogId, DefinitionId, Dependency, ObjectPlace, Package,
    PackageConflict, PackageId, Relation, RelationId, Release, ReleaseId, Shipped,
};

use std::collections::BTreeMap;

use catalog_model::{Capability, Diagnostic};

/// The releases of all catalogs with what they need, conflict with and provide.
///
/// A universe is immutable, and may be shared by threads. Releases that cannot be understood are not in it; its
/// [diagnostics](Self::diagnostics) say which and why.
///
/// ```
/// use catalog_resolve::{Outcome, ReleaseSpec, Request, Universe, resolve};
///
/// let mut builder = Universe::builder();
/// builder.add(ReleaseSpec::new("loki", "3.2.0"));
/// builder.add(ReleaseSpec::new("observability", "2.0.0").dependency("loki", ">=3"));
/// let universe = builder.build();
///
/// let Outcome::Resolved(resolution) = resolve(&universe, &Request::new().install("observability", "*")?) else {
///     panic!("there is an answer");
/// };
/// let chosen: Vec<_> = resolution.releases().iter().map(|r| (r.package(), r.version())).collect();
/// assert_eq!(chosen, [("loki", "3.2.0"), ("observability", "2.0.0")]);
/// # Ok::<(), catalog_resolve::RequestError>(())
/// ```
#[derive(Debug, Default)]
pub struct Universe {
    /// By name. A package that is only mentioned is here too, without releases.
    packages: Index<PackageId, Package>,
    by_name: BTreeMap<String, PackageId>,
    /// By text, so that identifiers order as texts do.
    capabilities: Index<CapabilityId, Capability>,
    by_capability: BTreeMap<Capability, CapabilityId>,
    /// The packages of which some release provides the capability, by name.
    providers: Index<CapabilityId, Vec<PackageId>>,
    /// By falling priority; the first is that of releases that name none.
    catalogs: Index<CatalogId, Option<String>>,
    definitions: Index<DefinitionId, String>,
    diagnostics: Vec<Diagnostic>,
}

impl Universe {
    /// Begins a universe.
    #[must_use]
    pub fn builder() -> UniverseBuilder {
        UniverseBuilder::default()
    }

    /// What could not be understood, in the order of the releases it was found in.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// How many packages have a release that can be chosen.
    #[must_use]
    pub fn package_count(&self) -> usize {
        self.packages.iter().filter(|p| p.is_known()).count()
    }

    /// How many releases can be chosen.
    #[must_use]
    pub fn release_count(&self) -> usize {
        self.packages.iter().map(|p| p.releases.len()).sum()
    }

    pub(crate) fn package(&self, id: PackageId) -> &Package {
        &self.packages[id]
    }

    pub(crate) fn packages(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter()
    }

    pub(crate) fn package_ids(&self) -> impl Iterator<Item = PackageId> {
        self.packages.ids()
    }

    /// How many packages are known or mentioned.
    pub(crate) fn mentioned_count(&self) -> usize {
        self.packages.len()
    }

    pub(crate) fn find(&self, name: &str) -> Option<PackageId> {
        self.by_name.get(name).copied()
    }

    pub(crate) fn capability(&self, id: CapabilityId) -> &Capability {
        &self.capabilities[id]
    }

    pub(crate) fn find_capability(&self, capability: &Capability) -> Option<CapabilityId> {
        self.by_capability.get(capability).copied()
    }

    pub(crate) fn providers(&self, id: CapabilityId) -> &[PackageId] {
        &self.providers[id]
    }

    pub(crate) fn catalog(&self, id: CatalogId) -> Option<&str> {
        self.catalogs[id].as_deref()
    }

    /// The names of the catalogs that have a release beside the one that it is named after.
    pub(crate) fn also_in(&self, release: &Release) -> Vec<String> {
        let others = release.also_in.iter().filter_map(|id| self.catalog(*id));
        others.map(str::to_owned).collect()
    }

    /// Whether a catalog of this name has a release; of none, whether it names no catalog.
    pub(crate) fn is_in(&self, release: &Release, catalog: Option<&str>) -> bool {
        release.catalogs().any(|id| self.catalog(id) == catalog)
    }

    pub(crate) fn find_catalog(&self, name: &str) -> Option<CatalogId> {
        self.catalogs
            .ids()
            .find(|id| self.catalog(*id) == Some(name))
    }

    pub(crate) fn catalogs(&self) -> impl Iterator<Item = &str> {
        self.catalogs.iter().filter_map(Option::as_deref)
    }

    /// What an object is called that stands in a namespace, or in none.
    pub(crate) fn object(&self, name: DefinitionId, namespace: Option<&str>) -> String {
        let name = &self.definitions[name];
        match (namespace, name.split_once('/')) {
            (Some(namespace), Some((kind, name))) => format!("{kind}/{namespace}/{name}"),
            (Some(namespace), None) => format!("{namespace}/{name}"),
            (None, _) => name.clone(),
        }
    }
}

//! Who asks for a package, and from how far.

use std::collections::{BTreeMap, BTreeSet};

use catalog_conditions::document::Limits;

use super::layer::Layer;
use super::origin::Asker;
use super::written;
use crate::release::Release;
use crate::source::Source;

/// The releases of an installation, each with its distance from what the user asked for: what they set in each other.
///
/// ```
/// use catalog_model::document::Limits;
/// use catalog_model::parameters::Askers;
/// use catalog_model::{LoadOptions, MemorySource, Package, load};
///
/// let source = MemorySource::from_iter([
///     ("stack/1.0.0/metadata.yaml", "name: stack\nversion: 1.0.0\ndependencies:\n- {name: grafana}\n- name: loki\n  values: {loki: {replicas: 3}}\n"),
///     ("grafana/12.0.0/metadata.yaml", "name: grafana\nversion: 12.0.0\ndependencies:\n- {name: loki, values: {loki: {replicas: 1}}}\n"),
///     ("loki/3.0.0/metadata.yaml", "name: loki\nversion: 3.0.0\n"),
/// ]);
/// let loaded = load(&source, &LoadOptions::default())?;
/// let chosen = loaded.catalog().packages().filter_map(Package::newest);
/// let askers = Askers::new(chosen, ["stack"]);
/// let origins: Vec<String> = askers
///     .layers(&source, "loki", &Limits::default())
///     .iter()
///     .map(|layer| layer.origin().to_string())
///     .collect();
/// assert_eq!(origins, ["the dependency of grafana 12.0.0", "the dependency of stack 1.0.0"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Askers<'r> {
    /// Farthest first, of one distance by name.
    releases: Vec<(usize, &'r Release)>,
}

impl<'r> Askers<'r> {
    /// The releases that are installed together, one a package, of which the user asked for `roots`.
    ///
    /// The distance counts dependencies on the shortest way, optional ones included. A release that no such way leads to (it came as
    /// the provider of a capability) is farther than all that one leads to. Cost: linear in the dependencies, but for sorting.
    pub fn new<'n>(
        releases: impl IntoIterator<Item = &'r Release>,
        roots: impl IntoIterator<Item = &'n str>,
    ) -> Self {
        let releases: BTreeMap<&str, &Release> = releases
            .into_iter()
            .map(|release| (release.package().as_str(), release))
            .collect();
        let distances = distances(&releases, roots);
        let beyond = distances.values().max().map_or(0, |farthest| farthest + 1);
        let distance = |name: &str| distances.get(name).copied().unwrap_or(beyond);
        let mut releases: Vec<(usize, &Release)> = releases
            .into_iter()
            .map(|(name, release)| (distance(name), release))
            .collect();
        releases.sort_by_key(|(distance, _)| std::cmp::Reverse(*distance));
        Self { releases }
    }

    /// What the releases set in `package`, a layer each, the weakest first. `source` is the one that they were loaded from: where it
    /// still holds their `metadata.yaml`, values know their places.
    #[must_use]
    pub fn layers(&self, source: &dyn Source, package: &str, limits: &Limits) -> Vec<Layer> {
        let mut layers = Vec::new();
        for (distance, release) in &self.releases {
            for (index, dependency) in release.metadata().dependencies().iter().enumerate() {
                if dependency.package().as_str() == package {
                    let (name, version) = (release.package(), release.version());
                    let asker = Asker::new(name.as_str(), version.as_str(), *distance);
                    layers.extend(written::dependency(source, release, index, asker, limits));
                }
            }
        }
        layers
    }
}

/// How many dependencies each package is away from the nearest root.
fn distances<'r, 'n>(
    releases: &BTreeMap<&'r str, &'r Release>,
    roots: impl IntoIterator<Item = &'n str>,
) -> BTreeMap<&'r str, usize> {
    let mut distances = BTreeMap::new();
    let roots = roots.into_iter();
    let roots = roots.filter_map(|root| releases.get_key_value(root));
    let mut ring: BTreeSet<&str> = roots.map(|(name, _)| *name).collect();
    let mut distance = 0;
    while !ring.is_empty() {
        distances.extend(ring.iter().map(|name| (*name, distance)));
        let asked = ring
            .iter()
            .filter_map(|name| releases.get(name))
            .flat_map(|release| release.metadata().dependencies());
        let asked = asked.filter_map(|asked| releases.get_key_value(asked.package().as_str()));
        ring = asked
            .map(|(name, _)| *name)
            .filter(|name| !distances.contains_key(name))
            .collect();
        distance += 1;
    }
    distances
}

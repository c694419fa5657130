//! The way from one release of a package to a higher one.

use std::collections::BTreeMap;

use catalog_model::version::Version;

use crate::encode::Encoder;
use crate::engine::{Value, Var};
use crate::universe::{Package, ReleaseId};

/// A release that an upgrade passes through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    version: Version,
    catalog: Option<String>,
}

impl Hop {
    /// The version, as its author wrote it.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The catalog it comes from, if that has a name.
    #[must_use]
    pub fn catalog(&self) -> Option<&str> {
        self.catalog.as_deref()
    }
}

/// The releases between what is installed and a higher release: fewest, then highest. Hops are neither yanked nor excluded.
pub(super) fn hops(encoder: &Encoder<'_>, var: Var, value: Value) -> Vec<Hop> {
    let (instance, package) = (encoder.instance(var), encoder.package(var));
    let standing = encoder.situation.standing(&instance.key());
    let installed = standing.and_then(|standing| standing.installed.as_ref());
    let from = installed.and_then(|(_, occupant)| occupant.version(package));
    let (Some(from), Some(to)) = (from, instance.release(value)) else {
        return Vec::new();
    };
    let may_pass = |id: &ReleaseId| {
        let release = &package.releases[*id];
        release.yanked.is_none() && !encoder.situation.is_excluded(package, release)
    };
    let way = way(package, from, to, may_pass);
    let hop = |id: ReleaseId| {
        let release = &package.releases[id];
        Hop {
            version: release.version.clone(),
            catalog: encoder.universe.catalog(release.catalog).map(str::to_owned),
        }
    };
    way.into_iter().map(hop).collect()
}

/// Breadth first from where it ends, so that each release knows how far it still is; then forward, the highest of the nearest each time.
fn way(
    package: &Package,
    from: &Version,
    to: ReleaseId,
    may_pass: impl Fn(&ReleaseId) -> bool,
) -> Vec<ReleaseId> {
    let version = |id: ReleaseId| &package.releases[id].version;
    if version(to) <= from || package.releases[to].is_reached_from(&[from]) {
        return Vec::new();
    }
    let mut between: Vec<ReleaseId> = package.releases.ids().filter(&may_pass).collect();
    between.retain(|id| version(*id) > from && version(*id) < version(to));
    between.sort_by(|a, b| version(*b).cmp(version(*a)));
    let mut left = BTreeMap::from([(to, 0)]);
    let mut frontier = vec![to];
    let mut distance = 0;
    while !frontier.is_empty()
        && !frontier
            .iter()
            .any(|id| package.releases[*id].is_reached_from(&[from]))
    {
        distance += 1;
        let is_next = |id: &ReleaseId| {
            let mut ahead = frontier.iter();
            !left.contains_key(id)
                && ahead.any(|next| package.releases[*next].is_reached_from(&[version(*id)]))
        };
        let next: Vec<ReleaseId> = between.iter().copied().filter(is_next).collect();
        left.extend(next.iter().map(|id| (*id, distance)));
        frontier = next;
    }
    let mut way = Vec::new();
    let mut at = from;
    while distance > 0 {
        let is_next = |id: &&ReleaseId| {
            left.get(*id) == Some(&distance) && package.releases[**id].is_reached_from(&[at])
        };
        let Some(next) = between.iter().find(is_next) else {
            break;
        };
        way.push(*next);
        at = version(*next);
        distance -= 1;
    }
    way
}

//! The upgrades of a catalog, each pair of different CRDs compared once.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::compare;
use super::finding::Break;
use super::upgrade::{CrdUpgrade, Edge};
use crate::catalog::{Catalog, Package};
use crate::definition::{Definition, ObjectIdentity};
use crate::release::Release;

/// Which upgrades are looked at.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct EdgeOptions {
    /// Only those from one version to the next, whatever the metadata say. Otherwise all that metadata allow: a release that states
    /// `replaces`, `skips` or `skipRange` is reached from those, one that states none from every lower one.
    pub consecutive: bool,
    /// Several threads: those of the pool in which it is called. Does nothing without the feature `parallel`. The answer is the same.
    pub parallel: bool,
}

/// A release with its CRDs.
struct Crds<'c> {
    release: &'c Release,
    by_identity: BTreeMap<&'c ObjectIdentity, &'c Definition>,
}

/// Where two definitions lie in memory, which tells them from others while their releases are there.
type Pair = (usize, usize);

/// What breaks between two definitions that do not say the same.
type Known = BTreeMap<Pair, Arc<Vec<Break>>>;

/// The upgrades of all packages, by package, then by the release that is come to, then by the one that is left.
///
/// Cost: each CRD that is not the same in both releases of an upgrade is read once, and compared once for each pair of different contents.
/// Without edges in the metadata a package of n releases has n (n - 1) / 2 upgrades; with `consecutive` n - 1. With `parallel` reading and
/// comparing are shared by the threads, whatever package they are of.
#[must_use]
pub fn edges<'c>(catalog: &'c Catalog, options: &EdgeOptions) -> Vec<Edge<'c>> {
    let packages: Vec<Vec<Crds<'c>>> = catalog.packages().map(crds_of_package).collect();
    let hops: Vec<(&Crds<'c>, &Crds<'c>)> = packages
        .iter()
        .flat_map(|releases| hops(releases, options.consecutive))
        .collect();
    let known = compare_all(&hops, options.parallel);
    let edge = |(from, to): &(&Crds<'c>, &Crds<'c>)| assemble(from, to, &known);
    hops.iter().map(edge).collect()
}

/// One upgrade, whether metadata allow it or not, and whichever of the two versions is higher.
///
/// Cost: reads and compares the CRDs that both have and that are not the same.
#[must_use]
pub fn edge<'c>(from: &'c Release, to: &'c Release) -> Edge<'c> {
    let (from, to) = (Crds::of(from), Crds::of(to));
    let known = compare_all(&[(&from, &to)], false);
    assemble(&from, &to, &known)
}

impl<'c> Crds<'c> {
    fn of(release: &'c Release) -> Self {
        let definitions = release.definitions().iter();
        let crds = definitions.filter(|definition| definition.identity().is_crd());
        Self {
            release,
            by_identity: crds.map(|crd| (crd.identity(), crd)).collect(),
        }
    }
}

fn crds_of_package(package: &Package) -> Vec<Crds<'_>> {
    package.releases().iter().map(Crds::of).collect()
}

/// The upgrades of a package, whose releases ascend.
fn hops<'r, 'c>(
    releases: &'r [Crds<'c>],
    consecutive: bool,
) -> impl Iterator<Item = (&'r Crds<'c>, &'r Crds<'c>)> {
    releases.iter().enumerate().flat_map(move |(at, to)| {
        let first = if consecutive { at.saturating_sub(1) } else { 0 };
        let lower = releases.get(first..at).unwrap_or_default().iter();
        let lower = lower.filter(move |from| consecutive || leads(from.release, to.release));
        lower.map(move |from| (from, to))
    })
}

/// Whether a release is reached from a lower one.
fn leads(from: &Release, to: &Release) -> bool {
    let metadata = to.metadata();
    let (replaces, skips, range) = (metadata.replaces(), metadata.skips(), metadata.skip_range());
    if replaces.is_none() && skips.is_empty() && range.is_none() {
        return true;
    }
    let from = from.version();
    replaces == Some(from)
        || skips.contains(from)
        || range.is_some_and(|range| range.set().contains(from))
}

/// Compares each pair of definitions that do not say the same, once.
fn compare_all(hops: &[(&Crds<'_>, &Crds<'_>)], parallel: bool) -> Known {
    let mut pairs: BTreeMap<Pair, (&Definition, &Definition)> = BTreeMap::new();
    for (from, to) in hops {
        for (identity, old) in &from.by_identity {
            if let Some(new) = to.by_identity.get(identity) {
                pairs.insert((old.address(), new.address()), (old, new));
            }
        }
    }
    pairs.retain(|_, (old, new)| !old.is_same_text(new));
    let mut single: BTreeMap<usize, &Definition> = BTreeMap::new();
    for ((before, now), (old, new)) in &pairs {
        single.extend([(*before, *old), (*now, *new)]);
    }
    let pairs: Vec<_> = pairs.into_iter().collect();
    let breaks = |(pair, (old, new)): &(Pair, (&Definition, &Definition))| {
        (*pair, Arc::new(compare(old.object(), new.object())))
    };
    #[cfg(feature = "parallel")]
    if parallel {
        use rayon::prelude::*;
        // What is asked for twice at the same time is read by one thread while the other waits, so all is read before it is compared.
        let single: Vec<&Definition> = single.into_values().collect();
        single.par_iter().for_each(|one| {
            let _ = one.object();
        });
        let found: Vec<_> = pairs.par_iter().map(breaks).collect();
        return found.into_iter().collect();
    }
    let _ = (single, parallel);
    pairs.iter().map(breaks).collect()
}

fn assemble<'c>(from: &Crds<'c>, to: &Crds<'c>, known: &Known) -> Edge<'c> {
    let mut edge = Edge {
        from: from.release,
        to: to.release,
        upgrades: Vec::new(),
        gone: Vec::new(),
    };
    for (identity, old) in &from.by_identity {
        let Some(new) = to.by_identity.get(identity) else {
            edge.gone.push(old);
            continue;
        };
        let breaks = known.get(&(old.address(), new.address()));
        let breaks = breaks.map(Arc::clone).unwrap_or_default();
        edge.upgrades.push(CrdUpgrade { old, new, breaks });
    }
    edge
}

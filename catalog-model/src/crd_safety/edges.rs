//! The upgrades of a catalog, each pair of different CRDs compared once.

use std::collections::BTreeMap;

use super::pairs::{Compared, compare_all};
use super::upgrade::{CrdUpgrade, Edge};
use crate::catalog::{Catalog, Package};
use crate::definition::{Definition, ObjectIdentity};
use crate::release::Release;

/// Which upgrades are looked at.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EdgeOptions {
    /// Only those from one version to the next, whatever the metadata say. Otherwise all that metadata allow: a release that states
    /// `replaces`, `skips` or `skipRange` is reached from those, one that states none from every lower one.
    pub consecutive: bool,
    /// Several threads: those of the pool in which it is called. Does nothing without the feature `parallel`. The answer is the same.
    pub parallel: bool,
    /// How many upgrades of one package are looked at, together with the CRDs in them: 20,000 unless said otherwise, which is some 140 versions of one
    /// CRD that are all reached from each other. Of a package that has more, only those from one version to the next are, and
    /// [`Edges::thinned`] names it.
    pub limit: usize,
}

/// The upgrades of a catalog.
#[derive(Clone, Debug)]
pub struct Edges<'c> {
    all: Vec<Edge<'c>>,
    thinned: Vec<&'c Package>,
}

/// A release with its CRDs.
pub(super) struct Crds<'c> {
    release: &'c Release,
    pub(super) by_identity: BTreeMap<&'c ObjectIdentity, &'c Definition>,
}

/// From one release to another.
pub(super) type Hop<'r, 'c> = (&'r Crds<'c>, &'r Crds<'c>);

impl Default for EdgeOptions {
    fn default() -> Self {
        Self {
            consecutive: false,
            parallel: false,
            limit: 20_000,
        }
    }
}

impl<'c> Edges<'c> {
    /// By package, then by the release that is come to, then by the one that is left.
    #[must_use]
    pub fn all(&self) -> &[Edge<'c>] {
        &self.all
    }

    /// The packages that have more upgrades than [`EdgeOptions::limit`], of which only those from one version to the next were looked at.
    #[must_use]
    pub fn thinned(&self) -> &[&'c Package] {
        &self.thinned
    }
}

/// The upgrades of all packages.
///
/// Cost: each CRD that is not the same text in both releases of an upgrade is read once, and compared once for each pair of different contents.
/// Without edges in the metadata a package of n releases has n (n - 1) / 2 upgrades, within [`EdgeOptions::limit`]; with `consecutive`
/// n - 1. With `parallel` reading and comparing are shared by the threads, whatever package they are of.
#[must_use]
pub fn edges<'c>(catalog: &'c Catalog, options: &EdgeOptions) -> Edges<'c> {
    let packages: Vec<(&Package, Vec<Crds<'c>>)> = catalog
        .packages()
        .map(|package| (package, crds_of_package(package)))
        .collect();
    let (mut taken, mut thinned): (Vec<Hop<'_, 'c>>, Vec<&Package>) = Default::default();
    for (package, releases) in &packages {
        let is_thinned = !options.consecutive && is_beyond(options.limit, releases);
        thinned.extend(is_thinned.then_some(*package));
        taken.extend(hops(releases, options.consecutive || is_thinned));
    }
    let compared = compare_all(&taken, options.parallel);
    let edge = |(from, to): &Hop<'_, 'c>| assemble(from, to, &compared);
    Edges {
        all: taken.iter().map(edge).collect(),
        thinned,
    }
}

/// One upgrade, whether metadata allow it or not, and whichever of the two versions is higher.
///
/// Cost: reads and compares the CRDs that both have and that are not the same.
#[must_use]
pub fn edge<'c>(from: &'c Release, to: &'c Release) -> Edge<'c> {
    let (from, to) = (Crds::of(from), Crds::of(to));
    let compared = compare_all(&[(&from, &to)], false);
    assemble(&from, &to, &compared)
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
fn hops<'r, 'c>(releases: &'r [Crds<'c>], consecutive: bool) -> impl Iterator<Item = Hop<'r, 'c>> {
    releases.iter().enumerate().flat_map(move |(at, to)| {
        let first = if consecutive { at.saturating_sub(1) } else { 0 };
        let lower = releases.get(first..at).unwrap_or_default().iter();
        let lower = lower.filter(move |from| consecutive || leads(from.release, to.release));
        lower.map(move |from| (from, to))
    })
}

/// Whether a package with CRDs has more upgrades, and CRDs in them, than are looked at.
fn is_beyond(limit: usize, releases: &[Crds<'_>]) -> bool {
    if releases.iter().all(|one| one.by_identity.is_empty()) {
        return releases.len() > limit;
    }
    let mut count = 0_usize;
    hops(releases, false).any(|(from, _)| {
        count = count.saturating_add(1 + from.by_identity.len());
        count > limit
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

fn assemble<'c>(from: &Crds<'c>, to: &Crds<'c>, compared: &Compared) -> Edge<'c> {
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
        let breaks = compared.breaks(old, new);
        edge.upgrades.push(CrdUpgrade { old, new, breaks });
    }
    edge
}

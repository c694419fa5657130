//! The upgrades of a catalog.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_conditions::{Diagnostic, SourceFile};

use super::compare;
use super::file::CrdFile;
use super::finding::Break;
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
    /// Several threads: those of the pool in which it is called. Does nothing without the feature `parallel`.
    pub parallel: bool,
}

/// An upgrade from one release of a package to another.
#[derive(Clone, Debug)]
pub struct Edge<'c> {
    from: &'c Release,
    to: &'c Release,
    upgrades: Vec<CrdUpgrade<'c>>,
    gone: Vec<&'c Definition>,
}

/// A CRD that both releases have.
#[derive(Clone, Debug)]
pub struct CrdUpgrade<'c> {
    old: &'c Definition,
    new: &'c Definition,
    breaks: Arc<Vec<Break>>,
}

impl<'c> Edge<'c> {
    /// The release that is left.
    #[must_use]
    pub fn from(&self) -> &'c Release {
        self.from
    }

    /// The release that is come to.
    #[must_use]
    pub fn to(&self) -> &'c Release {
        self.to
    }

    /// The CRDs of both, by name, with what breaks; those that say the same are among them.
    #[must_use]
    pub fn upgrades(&self) -> &[CrdUpgrade<'c>] {
        &self.upgrades
    }

    /// The CRDs that only the release that is left has. Who removes them removes all objects of their kinds.
    #[must_use]
    pub fn gone(&self) -> &[&'c Definition] {
        &self.gone
    }

    /// Whether anything breaks.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        self.upgrades
            .iter()
            .any(|upgrade| !upgrade.breaks.is_empty())
    }

    /// The old and the new file of one of its CRDs, under the paths that they have in the catalog; `None` if they no longer read as they
    /// did. Cost: reads both once more.
    #[must_use]
    pub fn files(&self, upgrade: &CrdUpgrade<'_>) -> Option<(CrdFile, CrdFile)> {
        Some((file(self.from, upgrade.old)?, file(self.to, upgrade.new)?))
    }

    /// All breaks as diagnostics, in the files of both releases. Cost: reads those files once more.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let breaking = self
            .upgrades
            .iter()
            .filter(|upgrade| !upgrade.breaks.is_empty());
        let (package, version) = (self.to.package().as_str(), self.to.version().as_str());
        let told = breaking.filter_map(|upgrade| {
            let (old, new) = self.files(upgrade)?;
            let told = upgrade.breaks.iter();
            let told = told.map(move |found| {
                CrdFile::diagnostic(found, &old, &new).about(package, Some(version))
            });
            Some(told.collect::<Vec<_>>())
        });
        told.flatten().collect()
    }
}

impl<'c> CrdUpgrade<'c> {
    /// The CRD of the release that is left.
    #[must_use]
    pub fn old(&self) -> &'c Definition {
        self.old
    }

    /// The CRD of the release that is come to.
    #[must_use]
    pub fn new_one(&self) -> &'c Definition {
        self.new
    }

    /// What breaks.
    #[must_use]
    pub fn breaks(&self) -> &[Break] {
        &self.breaks
    }
}

/// The upgrades of all packages, by package, then by the release that is come to, then by the one that is left.
///
/// Cost: each CRD that is not the same in both releases is read once, and compared once for each pair of different contents.
#[must_use]
pub fn edges<'c>(catalog: &'c Catalog, options: &EdgeOptions) -> Vec<Edge<'c>> {
    let packages: Vec<&Package> = catalog.packages().collect();
    let of = |package: &&'c Package| of_package(package, options);
    #[cfg(feature = "parallel")]
    if options.parallel {
        use rayon::prelude::*;
        return packages.par_iter().flat_map_iter(of).collect();
    }
    packages.iter().flat_map(of).collect()
}

/// Where a definition lies in memory, which tells it from others while its release is there.
type Pair = (usize, usize);

fn of_package<'c>(package: &'c Package, options: &EdgeOptions) -> Vec<Edge<'c>> {
    let mut known: BTreeMap<Pair, Arc<Vec<Break>>> = BTreeMap::new();
    let releases = package.releases();
    let mut found = Vec::new();
    for (at, to) in releases.iter().enumerate() {
        let lower = releases.get(..at).unwrap_or_default();
        let from = if options.consecutive {
            lower.get(at.saturating_sub(1)..).unwrap_or_default()
        } else {
            lower
        };
        for from in from
            .iter()
            .filter(|from| options.consecutive || leads(from, to))
        {
            found.push(edge(from, to, &mut known));
        }
    }
    found
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

fn edge<'c>(
    from: &'c Release,
    to: &'c Release,
    known: &mut BTreeMap<Pair, Arc<Vec<Break>>>,
) -> Edge<'c> {
    let (before, now) = (crds(from), crds(to));
    let mut edge = Edge {
        from,
        to,
        upgrades: Vec::new(),
        gone: Vec::new(),
    };
    for (identity, old) in before {
        let Some(new) = now.get(identity).copied() else {
            edge.gone.push(old);
            continue;
        };
        let breaks = known.entry((old.address(), new.address()));
        let breaks = breaks.or_insert_with(|| Arc::new(breaks_of(old, new)));
        let breaks = Arc::clone(breaks);
        edge.upgrades.push(CrdUpgrade { old, new, breaks });
    }
    edge
}

fn breaks_of(old: &Definition, new: &Definition) -> Vec<Break> {
    if old.is_same_text(new) {
        return Vec::new();
    }
    compare(old.object(), new.object())
}

fn crds(release: &Release) -> BTreeMap<&ObjectIdentity, &Definition> {
    let definitions = release.definitions().iter();
    let crds = definitions.filter(|definition| definition.identity().is_crd());
    crds.map(|crd| (crd.identity(), crd)).collect()
}

/// The file of a definition under the path that it has in this release: files that are equal are kept once, under one of their paths.
fn file(release: &Release, definition: &Definition) -> Option<CrdFile> {
    let path = format!("{}/{}", release.folder(), definition.file());
    definition
        .reread(|text, limits, index| CrdFile::nth(&SourceFile::new(path, text), limits, index))
}

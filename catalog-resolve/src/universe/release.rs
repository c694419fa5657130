//! Packages and releases as they are compiled.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use catalog_model::Scope;
use catalog_model::version::{Version, VersionRange, VersionSet};

use super::index::{Index, identifier};
use crate::engine::ValueSet;
use crate::stated::StatedVersion;

identifier!(
    /// A package; identifiers order as names do.
    PackageId
);
identifier!(
    /// A release of one package; lower is better when nothing is known of the request.
    ReleaseId
);
identifier!(
    /// Something that releases of one package say of others.
    RelationId
);
identifier!(
    /// A capability; identifiers order as texts do.
    CapabilityId
);
identifier!(
    /// A catalog; lower has priority.
    CatalogId
);
identifier!(
    /// An object that releases ship.
    DefinitionId
);

/// A package: known to a catalog, or only mentioned.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: Arc<str>,
    pub(crate) scope: Scope,
    /// Where a cluster-wide instance lives.
    pub(crate) namespace: Arc<str>,
    /// The releases that say it lives elsewhere.
    pub(crate) elsewhere: BTreeMap<ReleaseId, Arc<str>>,
    pub(crate) is_deprecated: bool,
    pub(crate) has_stable: bool,
    pub(crate) has_prerelease: bool,
    pub(crate) has_yanked: bool,
    /// Whether a release says from where it can be reached.
    pub(crate) has_edges: bool,
    /// Runs of releases in which versions only fall: mostly one for the stable ones of a catalog, and one for the others.
    pub(crate) falling: Vec<Range<u32>>,
    /// By catalog, stable ones first, newest first.
    pub(crate) releases: Index<ReleaseId, Release>,
    /// The same releases, by the texts of their versions.
    pub(super) by_text: Box<[ReleaseId]>,
    /// Everything that releases say of others, once for all releases that say the same.
    pub(crate) relations: Index<RelationId, Relation>,
    /// Who says so: the releases that have the relation.
    pub(crate) carriers: Index<RelationId, Carriers>,
    /// The texts of versions that were found but cannot be chosen.
    pub(crate) unusable: Vec<String>,
}

impl Package {
    /// A package that nobody has said anything about.
    pub(crate) fn mentioned(name: &str) -> Self {
        Self {
            name: Arc::from(name),
            scope: Scope::Cluster,
            namespace: Arc::from(name),
            elsewhere: BTreeMap::new(),
            is_deprecated: false,
            has_stable: false,
            has_prerelease: false,
            has_yanked: false,
            has_edges: false,
            falling: Vec::new(),
            releases: Index::default(),
            by_text: Box::default(),
            relations: Index::default(),
            carriers: Index::default(),
            unusable: Vec::new(),
        }
    }

    /// The releases whose version was written like this.
    pub(crate) fn with_text<'t>(
        &'t self,
        text: &'t str,
    ) -> impl Iterator<Item = ReleaseId> + use<'t> {
        let of = |id: &ReleaseId| self.releases[*id].version.as_str();
        let start = self.by_text.partition_point(|id| of(id) < text);
        let from = self.by_text.get(start..).unwrap_or_default().iter();
        from.take_while(move |id| of(id) == text).copied()
    }

    /// The releases within some intervals, as runs of their numbers.
    pub(crate) fn runs(&self, set: &VersionSet) -> impl Iterator<Item = Range<u32>> {
        self.falling.iter().flat_map(move |group| {
            // Versions fall with the numbers, and a set wants them to rise.
            let (len, end) = (group.len(), group.end);
            let version =
                move |at: usize| &self.releases[ReleaseId::from(end - 1 - at as u32)].version;
            let runs = set.runs(len, version);
            runs.map(move |run| end - run.end as u32..end - run.start as u32)
        })
    }

    /// The releases whose versions are no higher than one, as runs of their numbers.
    pub(crate) fn at_most(&self, version: &Version) -> impl Iterator<Item = Range<u32>> {
        self.falling.iter().map(move |group| {
            let (mut low, mut high) = (group.start, group.end);
            while low < high {
                let middle = low + (high - low) / 2;
                match self.releases[ReleaseId::from(middle)].version > *version {
                    true => low = middle + 1,
                    false => high = middle,
                }
            }
            low..group.end
        })
    }

    /// Whether there is a release to choose.
    pub(crate) fn is_known(&self) -> bool {
        !self.releases.is_empty()
    }

    /// The catalog of highest priority that has the package, if a release is not from there but from another one.
    pub(crate) fn preferred_catalog(&self, catalog: CatalogId) -> Option<CatalogId> {
        if catalog == CatalogId::from(0) {
            // No catalog comes before the first, and that is where nearly everything is from.
            return None;
        }
        let first = self.releases.iter().map(|release| release.catalog).min();
        first.filter(|first| *first != catalog)
    }

    pub(crate) fn relation_ids(
        &self,
        release: ReleaseId,
    ) -> impl Iterator<Item = (RelationId, &Relation)> {
        let ids = self.releases[release].relations.iter();
        ids.map(|id| (*id, &self.relations[*id]))
    }
}

/// An object that a release ships.
#[derive(Debug)]
pub(crate) struct Shipped {
    /// What it is called, in whatever namespace.
    pub(crate) name: DefinitionId,
    pub(crate) place: ObjectPlace,
    pub(crate) digest: String,
}

/// Where an object stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ObjectPlace {
    /// In no namespace, or in one that is not told apart from its name.
    Anywhere,
    /// In this namespace.
    Namespace(Arc<str>),
    /// In that of the instance.
    OfInstance,
}

/// One release that can be chosen.
#[derive(Debug)]
pub(crate) struct Release {
    pub(crate) version: Version,
    /// The catalog of highest priority that has it.
    pub(crate) catalog: CatalogId,
    /// The others that do, by falling priority.
    pub(crate) also_in: Box<[CatalogId]>,
    pub(crate) group: Option<String>,
    pub(crate) relations: Vec<RelationId>,
    /// Whether they are dependencies that it cannot be without, all of them: so it is with most.
    pub(crate) only_needs: bool,
    pub(crate) provides: Vec<CapabilityId>,
    /// What it ships, each with a digest of its content.
    pub(crate) definitions: Vec<Shipped>,
    /// From where it can be reached, if it says so.
    pub(crate) upgrades_from: Option<Box<UpgradesFrom>>,
    pub(crate) yanked: Option<String>,
    /// Of what is in it.
    pub(crate) digest: Option<Box<str>>,
}

impl Release {
    /// The catalogs that have it, by falling priority.
    pub(crate) fn catalogs(&self) -> impl Iterator<Item = CatalogId> {
        std::iter::once(self.catalog).chain(self.also_in.iter().copied())
    }

    pub(crate) fn is_in(&self, catalog: CatalogId) -> bool {
        self.catalog == catalog || self.also_in.contains(&catalog)
    }
}

/// Some releases of a package.
#[derive(Debug)]
pub(crate) enum Carriers {
    /// Of a package whose releases fit into a word with a bit each, with room for one more.
    Few(u64),
    /// Ascending.
    Many(Vec<ReleaseId>),
}

impl Carriers {
    /// How many releases a package has at most whose carriers are few.
    const FEW: usize = 63;

    /// Of a package that has so many releases.
    pub(super) fn new(ids: Vec<ReleaseId>, releases: usize) -> Self {
        match releases <= Self::FEW {
            true => Self::Few(ids.iter().fold(0, |few, id| few | 1 << u32::from(*id))),
            false => Self::Many(ids),
        }
    }

    pub(crate) fn contains(&self, release: ReleaseId) -> bool {
        match self {
            Self::Few(few) => few
                .checked_shr(release.into())
                .is_some_and(|few| few & 1 == 1),
            Self::Many(ids) => ids.binary_search(&release).is_ok(),
        }
    }
}

/// The versions of its package that a release can be reached from.
#[derive(Debug)]
pub(crate) struct UpgradesFrom {
    pub(crate) versions: Vec<StatedVersion>,
    pub(crate) range: Option<VersionRange>,
}

/// What some releases of a package say of others.
#[derive(Debug)]
pub(crate) enum Relation {
    Dependency(Dependency),
    Conflict(PackageConflict),
    Requires(CapabilityId),
}

/// A need for a package.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) package: PackageId,
    pub(crate) range: VersionRange,
    /// The only catalog it may come from; one that nobody has declared has no releases.
    pub(crate) catalog: Option<Box<Result<CatalogId, String>>>,
    pub(crate) is_optional: bool,
    /// What it admits where the request says nothing of the package.
    pub(crate) admitted: OnceLock<Admitted>,
}

/// Releases of one package, release `n` as value `n + 1`: found out once, when somebody first asks, for all requests.
#[derive(Debug)]
pub(crate) struct Admitted {
    pub(crate) taken: ValueSet,
    /// What only the prerelease rule keeps out, if that is anything.
    pub(crate) prereleases: Option<Box<ValueSet>>,
}

/// Versions of another package that cannot be there at the same time.
#[derive(Debug)]
pub(crate) struct PackageConflict {
    pub(crate) package: PackageId,
    pub(crate) range: VersionRange,
    /// The releases in its range, release `n` as value `n + 1`.
    pub(crate) inside: OnceLock<ValueSet>,
}

//! Upgrades that break what uses the CRDs of a package.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use catalog_model::conditions::snapshot::Snapshot;
use catalog_model::crd_safety::{
    Audience, Break, CrdUpgrade, Edge, Hit, Stored, compare_stored, edge,
};
use catalog_model::version::Version;
use catalog_model::{Catalog, InstalledRelease};

use super::UpgradeSafety;
use super::storage::ClusterStorage;

/// Upgrades that break something for users of the CRDs among the definitions of a catalog, by [`crd_safety`](catalog_model::crd_safety).
///
/// Cost: each upgrade that is asked about is compared once, as [`edge`] does. Objects are kept with the catalog.
///
/// ```
/// use std::sync::Arc;
///
/// use catalog_model::{InstalledRelease, LoadOptions, MemorySource, load};
/// use catalog_resolve::{ClusterView, CrdBreaks, Outcome, Request, resolve};
///
/// let crd = |versions: &str| format!("
/// apiVersion: apiextensions.k8s.io/v1
/// kind: CustomResourceDefinition
/// metadata: {{name: things.example.com}}
/// spec: {{group: example.com, scope: Namespaced, names: {{kind: Thing, plural: things}}, versions: [{versions}]}}
/// ");
/// let version = |name: &str, is_stored: bool| format!("{{name: {name}, served: true, storage: {is_stored}, schema: {{openAPIV3Schema: {{type: object}}}}}}");
/// let (old, new) = (crd(&version("v1", true)), crd(&version("v2", true)));
/// let source = MemorySource::from_iter([
///     ("p/1.0.0/metadata.yaml", "name: p\nversion: 1.0.0\n"),
///     ("p/1.0.0/definitions/crd.yaml", old.as_str()),
///     ("p/2.0.0/metadata.yaml", "name: p\nversion: 2.0.0\n"),
///     ("p/2.0.0/definitions/crd.yaml", new.as_str()),
/// ]);
/// let catalog = load(&source, &LoadOptions::default())?.into_catalog();
/// let view = ClusterView::without_cluster(&catalog);
/// let request = Request::new().installed(InstalledRelease::new("p", "1.0.0", "p")).upgrade("p");
/// let request = request.upgrade_safety(Arc::new(CrdBreaks::of([&catalog])));
/// let Outcome::Resolved(answer) = resolve(view.universe(), &request) else { panic!("there is a way") };
/// let plan = answer.plan();
/// let [found] = plan.steps()[0].breaks() else { panic!("v1 is gone") };
/// assert!(found.reason().starts_with("CRD things.example.com: "));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct CrdBreaks {
    catalogs: Vec<Catalog>,
    hits: Audience,
    storage: ClusterStorage,
    known: Mutex<BTreeMap<(String, String, String), Option<String>>>,
}

impl CrdBreaks {
    /// Those of some catalogs, of which the first that has both versions answers, or else the first that has the one and the first that has the
    /// other. What hits only whoever creates new objects does not count: see [`hitting`](Self::hitting).
    pub fn of<'c>(catalogs: impl IntoIterator<Item = &'c Catalog>) -> Self {
        Self {
            catalogs: catalogs.into_iter().cloned().collect(),
            hits: [Hit::Apply, Hit::Read, Hit::Update].into(),
            storage: ClusterStorage::default(),
            known: Mutex::default(),
        }
    }

    /// Counts what hits one of these.
    #[must_use]
    pub fn hitting(mut self, hits: impl IntoIterator<Item = Hit>) -> Self {
        self.hits = hits.into_iter().collect();
        self
    }

    /// Takes `status.storedVersions` of the CRDs in a cluster for what is stored there. That a version goes breaks nothing where no object is stored in
    /// it, and is certain to be refused where one is; nobody has to guess. `installed` says where upgrades begin: what a way may have passed since, its CRDs
    /// may have stored too. Of a CRD that the snapshot has not, nothing is known.
    ///
    /// Cost: linear in the CRDs of the snapshot; each upgrade on which something depends on what is stored is compared twice more.
    #[must_use]
    pub fn stored_in<'i>(
        mut self,
        snapshot: &Snapshot,
        installed: impl IntoIterator<Item = &'i InstalledRelease>,
    ) -> Self {
        self.storage = ClusterStorage::of(snapshot, installed);
        self
    }

    fn compare(&self, package: &str, from: &Version, to: &Version) -> Option<String> {
        let catalogs = || self.catalogs.iter();
        let both = catalogs().find_map(|catalog| {
            let release = |version| catalog.release(package, version);
            release(from).zip(release(to))
        });
        let of_any = |version| catalogs().find_map(|catalog| catalog.release(package, version));
        let (from, to) = both.or_else(|| of_any(from).zip(of_any(to)))?;
        self.reason(&edge(from, to))
    }

    /// The gravest break that counts, and how many others there are. A CRD that is gone breaks most: if it goes, its objects go with it, and if it
    /// stays, it stands in the way of what comes later. Then comes what makes the upgrade itself fail, then what hits whoever reads, creates and changes.
    fn reason(&self, edge: &Edge<'_>) -> Option<String> {
        if let Some(gone) = edge.gone().first() {
            let name = gone.identity().name();
            return Some(format!(
                "CRD {name}: it is gone, and whoever removes it removes all its objects"
            ));
        }
        let breaks = edge.upgrades().iter().flat_map(|upgrade| {
            let name = upgrade.new_one().identity().name();
            let breaks = self.breaks_of(edge, upgrade).into_owned();
            breaks.into_iter().map(move |found| (name, found))
        });
        let counts = |found: &Break| found.hits().iter().find(|hit| self.hits.contains(*hit));
        let mut counting: Vec<_> = breaks
            .filter_map(|(name, found)| Some((counts(&found)?, name, found)))
            .collect();
        counting.sort_by_key(|(hit, _, found)| (*hit, !found.is_certain()));
        let (_, name, worst) = counting.first()?;
        let version = worst.version().map(|version| format!("{version}: "));
        let (version, hits) = (version.unwrap_or_default(), worst.hits());
        let more = match counting.len() - 1 {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        let reason = worst.reason();
        Some(format!("CRD {name}: {version}{reason} (hits {hits}){more}"))
    }

    /// The breaks of a CRD: by what is stored, where some depend on that and the answer is the same whatever way led here.
    fn breaks_of<'u>(&self, edge: &Edge<'_>, upgrade: &'u CrdUpgrade<'_>) -> Cow<'u, [Break]> {
        let unsure = Cow::Borrowed(upgrade.breaks());
        if unsure.iter().all(Break::is_certain) {
            return unsure;
        }
        let name = upgrade.old().identity().name();
        let stored = self
            .storage
            .versions(self.catalogs.iter(), edge.from(), name);
        let Some(stored) = stored else {
            return unsure;
        };
        let (old, new) = (upgrade.old().object(), upgrade.new_one().object());
        let with = |versions: &[String]| {
            compare_stored(old, new, Stored::unknown().with_versions(versions))
        };
        let at_least = with(&stored.certain);
        match at_least == with(&stored.possible) {
            true => Cow::Owned(at_least),
            false => unsure,
        }
    }
}

impl UpgradeSafety for CrdBreaks {
    fn breaks(&self, package: &str, from: &Version, to: &Version) -> Option<String> {
        let key = [package, from.as_str(), to.as_str()]
            .map(str::to_owned)
            .into();
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reason) = known.get(&key) {
            return reason.clone();
        }
        drop(known);
        let reason = self.compare(package, from, to);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(key, reason.clone());
        reason
    }
}

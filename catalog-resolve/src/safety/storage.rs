//! Which versions of CRDs objects of a cluster are stored in when an upgrade begins.

use std::collections::{BTreeMap, BTreeSet};

use catalog_model::conditions::snapshot::Snapshot;
use catalog_model::version::Version;
use catalog_model::{Catalog, InstalledRelease, Release};
use serde_json::Value;

/// What a cluster says of the CRDs that it has, and from where the ways of upgrades begin.
#[derive(Debug, Default)]
pub(super) struct ClusterStorage {
    /// `status.storedVersions` by the name of the CRD.
    stored: BTreeMap<String, BTreeSet<String>>,
    /// Of each package that is installed, the lowest version: a CRD is one for all instances, and each of them goes a way of its own.
    installed: BTreeMap<String, Version>,
}

/// The versions of a CRD that objects are stored in.
pub(super) struct StoredVersions {
    /// These, whatever way led here.
    pub(super) certain: Vec<String>,
    /// These and those of releases that may have been passed.
    pub(super) possible: Vec<String>,
}

impl ClusterStorage {
    pub(super) fn of<'i>(
        snapshot: &Snapshot,
        installed: impl IntoIterator<Item = &'i InstalledRelease>,
    ) -> Self {
        let mut storage = Self::default();
        for crd in snapshot.objects("apiextensions.k8s.io", "CustomResourceDefinition") {
            let name = crd.pointer("/metadata/name").and_then(Value::as_str);
            let stored = crd.pointer("/status/storedVersions");
            if let (Some(name), Some(stored)) = (name, stored.and_then(Value::as_array)) {
                let stored = stored.iter().filter_map(Value::as_str).map(str::to_owned);
                let known = storage.stored.entry(name.to_owned()).or_default();
                known.extend(stored);
            }
        }
        for release in installed {
            let Ok(version) = Version::parse(release.version()) else {
                continue;
            };
            let lowest = storage.installed.entry(release.package().to_owned());
            let lowest = lowest.or_insert_with(|| version.clone());
            if version < *lowest {
                *lowest = version;
            }
        }
        storage
    }

    /// What objects of a CRD are stored in when an upgrade leaves this release; `None` if the cluster does not say. A server adds the storage version
    /// of each CRD that it takes, and removes none by itself.
    pub(super) fn versions<'c>(
        &self,
        catalogs: impl Iterator<Item = &'c Catalog>,
        from: &Release,
        crd: &str,
    ) -> Option<StoredVersions> {
        let known = self.stored.get(crd).filter(|known| !known.is_empty())?;
        let mut certain = known.clone();
        certain.extend(storage_version(from, crd));
        let package = from.package().as_str();
        let installed = self.installed.get(package);
        let is_passed = |release: &&Release| {
            release.version() < from.version()
                && installed.is_none_or(|installed| release.version() > installed)
        };
        let releases = catalogs.filter_map(|catalog| catalog.package(package));
        let passed = releases.flat_map(|package| package.releases().iter().filter(is_passed));
        let mut possible = certain.clone();
        possible.extend(passed.filter_map(|release| storage_version(release, crd)));
        Some(StoredVersions {
            certain: certain.into_iter().collect(),
            possible: possible.into_iter().collect(),
        })
    }
}

fn storage_version(release: &Release, crd: &str) -> Option<String> {
    let mut definitions = release.definitions().iter();
    let definition = definitions
        .find(|definition| definition.identity().is_crd() && definition.identity().name() == crd)?;
    let version = definition.crd()?.storage_version()?.name()?;
    Some(version.to_owned())
}

//! Where an installed release can move to.

use std::collections::BTreeSet;

use catalog_model::version::Version;

use super::Situation;
use super::standing::Standing;
use crate::encode::InstanceKey;
use crate::request::same_version;
use crate::universe::{Package, Release, ReleaseId};

/// Some of the releases of a package.
pub(crate) type Releases = BTreeSet<ReleaseId>;

impl Situation<'_> {
    /// The releases that can be reached from an installed version by moving up along edges, one hop after the other.
    /// Hops are neither yanked nor excluded; where the way ends is not looked at.
    pub(crate) fn ways_up(&self, key: &InstanceKey, from: &Version) -> Releases {
        let package = self.package(key.0);
        let mut above: Vec<ReleaseId> = package.releases.ids().collect();
        above.retain(|id| package.releases[*id].version > *from);
        above.sort_by(|a, b| {
            let version = |id: &ReleaseId| &package.releases[*id].version;
            version(a).cmp(version(b))
        });
        let mut hops: Vec<&Version> = vec![from];
        let mut reached = Releases::new();
        for id in above {
            let release = &package.releases[id];
            if !release.is_reached_from(&hops) {
                continue;
            }
            reached.insert(id);
            if release.yanked.is_none() && !self.is_excluded(package, release) {
                hops.push(&release.version);
            }
        }
        reached
    }

    /// The lower releases that an installed instance may go back to: with a rollback item those of its history; in a namespace all, if an
    /// item for it rules out what is installed.
    pub(crate) fn ways_down(
        &self,
        key: &InstanceKey,
        standing: &Standing<'_>,
        is_ruled_out: bool,
    ) -> Releases {
        let package = self.package(key.0);
        let Some((record, occupant)) = &standing.installed else {
            return Releases::new();
        };
        let Some(from) = occupant.version(package) else {
            return Releases::new();
        };
        let mut items = self.request.items.iter();
        let rolls_back =
            items.any(|item| item.is_rollback && self.item_key(item).as_ref() == Some(key));
        let mut below = package.releases.ids().collect::<Releases>();
        below.retain(|id| {
            let version = &package.releases[*id].version;
            let is_known = || {
                let mut history = record.history().iter();
                history.any(|earlier| same_version(earlier, version.as_str()))
            };
            version < from && (is_ruled_out || (rolls_back && is_known()))
        });
        below
    }

    pub(crate) fn is_excluded(&self, package: &Package, release: &Release) -> bool {
        let catalog = self.universe.catalog(release.catalog);
        let mut exclusions = self.request.exclusions.iter();
        exclusions
            .any(|e| e.package == package.name && e.rules_out(catalog, release.version.as_str()))
    }
}

impl Release {
    /// Whether a release can be reached in one hop from one of some lower versions.
    pub(crate) fn is_reached_from(&self, hops: &[&Version]) -> bool {
        let Some(from) = &self.upgrades_from else {
            return hops.iter().any(|hop| **hop < self.version);
        };
        let mut lower = hops.iter().filter(|hop| ***hop < self.version);
        lower.any(|hop| {
            let mut versions = from.versions.iter();
            versions.any(|version| same_version(version, hop.as_str()))
                || from
                    .range
                    .as_ref()
                    .is_some_and(|range| range.set().contains(hop))
        })
    }
}

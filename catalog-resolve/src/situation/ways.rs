//! Where an installed release can move to.

use std::collections::BTreeSet;

use catalog_model::version::Version;

use super::Situation;
use super::standing::Standing;
use crate::encode::InstanceKey;
use crate::stated::StatedVersion;
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
        let rolls_back = self.items_for(key).any(|item| item.is_rollback);
        let history = record.history().iter().map(StatedVersion::new);
        let history: Vec<StatedVersion> = history.filter(|_| rolls_back).collect();
        if history.is_empty() && !is_ruled_out {
            return Releases::new();
        }
        let mut below = package.releases.ids().collect::<Releases>();
        below.retain(|id| {
            let version = &package.releases[*id].version;
            let is_known = || history.iter().any(|earlier| earlier.is(version));
            version < from && (is_ruled_out || is_known())
        });
        below
    }

    pub(crate) fn is_excluded(&self, package: &Package, release: &Release) -> bool {
        self.has_exclusions(package) && !self.ruling_out(package, release, |_| true).is_empty()
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
            from.versions.iter().any(|version| version.is(hop))
                || from
                    .range
                    .as_ref()
                    .is_some_and(|range| range.set().contains(hop))
        })
    }
}

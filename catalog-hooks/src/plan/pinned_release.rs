//! A release as it is found in a pinned plan.

use catalog_model::version::Version;
use catalog_model::{PackageName, Release};

use super::{Content, PinnedPlan, PlanLoadError, PlanLoadErrorKind, PlannedOperation};
use crate::edge::Cluster;
use crate::record::InstalledRecord;

/// A release as it is found in a pinned plan: with it an instance can be uninstalled, or go back, when no catalog has the release any more.
#[derive(Clone, Debug, PartialEq)]
pub struct PinnedRelease {
    release: Release,
    content: Content,
}

impl PinnedRelease {
    /// Looks for the release that an instance has, or had, or of which something was attempted, in the plans that brought it there, the newest first.
    /// `None`: none of them brought it, or they are gone; an instance that was not installed by this crate has none.
    ///
    /// Cost: one list of Secrets for each plan that is read; at most 12 are on record.
    ///
    /// # Errors
    ///
    /// The Secrets cannot be read now; or a plan is damaged, and no other has the release.
    pub fn find(
        cluster: &mut dyn Cluster,
        home: &str,
        record: &InstalledRecord,
        version: &Version,
    ) -> Result<Option<Self>, PlanLoadError> {
        let namespace = record.namespace();
        let mut damaged = None;
        for digest in record.known_plans().rev() {
            match PinnedPlan::load(cluster, home, digest) {
                Ok(plan) => {
                    let found =
                        plan.and_then(|plan| plan.brings(record.package(), namespace, version));
                    if found.is_some() {
                        return Ok(found);
                    }
                }
                Err(error) if error.kind() == PlanLoadErrorKind::Damaged => damaged = Some(error),
                Err(error) => return Err(error),
            }
        }
        damaged.map_or(Ok(None), Err)
    }

    /// The release: its package, version, hooks and conditions. It has no definitions and no modules: those are in [`content`](Self::content).
    #[must_use]
    pub fn release(&self) -> &Release {
        &self.release
    }

    /// What it consists of in its namespace, as it was sent.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.content
    }

    pub(super) fn is(&self, package: &PackageName, version: Option<&Version>) -> bool {
        let is_version =
            |version: &Version| version.same_precedence_and_build(self.release.version());
        self.release.package() == package && version.is_some_and(is_version)
    }

    pub(super) fn of(planned: &PlannedOperation) -> Option<Self> {
        Some(Self {
            release: planned.texts()?.release(planned.operation().package())?,
            content: planned.target()?.clone(),
        })
    }
}

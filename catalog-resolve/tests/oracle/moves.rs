//! Which releases an instance may be at, by what is excluded, yanked, and installed: rule 2.

use catalog_model::version::{Version, VersionRange};

use super::instances::is_same_version;
use super::rules::Rules;
use super::world::Exclusion;

impl Rules<'_> {
    /// Rule 2: what is not kept is not excluded, nor yanked unless locked or an item asks for it exactly; an installed instance
    /// moves only up or, if it may, down. `even_if_installed` excludes the kept release too.
    pub(super) fn rule_2(&self, i: usize, release: usize) -> bool {
        if self.instances.is_kept(i, release) {
            return !self.is_excluded(i, release, |exclusion| exclusion.is_even_if_installed);
        }
        !self.is_excluded(i, release, |_| true)
            && (!self.instances.release(i, release).is_yanked
                || self.instances.is_locked(i, release)
                || self.is_asked_for_exactly(i, release))
            && (!self.instances.is_installed(i)
                || self.goes_up(i, release)
                || self.goes_down(i, release))
    }

    fn is_excluded(&self, i: usize, release: usize, counts: impl Fn(&Exclusion) -> bool) -> bool {
        let this = self.instances.release(i, release);
        let is_from = |catalog: Option<&'static str>| {
            let mut exclusions = self.world().exclusions.iter();
            exclusions.any(|exclusion| {
                exclusion.package == self.instances.all[i].package
                    && is_same_version(exclusion.version, this.version)
                    && (exclusion.catalog.is_none() || exclusion.catalog == catalog)
                    && counts(exclusion)
            })
        };
        this.catalogs().all(is_from)
    }

    fn is_asked_for_exactly(&self, i: usize, release: usize) -> bool {
        let Some(version) = self.instances.version(i, release) else {
            return false;
        };
        let mut items = self
            .items_of(i)
            .filter(|item| !self.is_declared_lower(item, i));
        items.any(|item| {
            VersionRange::parse(item.range)
                .unwrap()
                .asks_exactly(version)
        })
    }

    /// The installed version and that of a release; none if nothing is above or below the installed one.
    fn versions_of_move(&self, i: usize, release: usize) -> Option<(&Version, &Version)> {
        let installed = self.instances.version(i, self.instances.kept[i]?)?;
        Some((installed, self.instances.version(i, release)?))
    }

    /// Up along upgrade edges, by way of hops that are neither yanked nor excluded.
    fn goes_up(&self, i: usize, release: usize) -> bool {
        let Some((installed, _)) = self.versions_of_move(i, release) else {
            return false;
        };
        let mut reached = vec![installed];
        loop {
            if reached.iter().any(|from| self.is_edge(i, from, release)) {
                return true;
            }
            let hops = self
                .instances
                .releases(i)
                .filter(|hop| self.may_pass(i, *hop));
            let next: Vec<&Version> = hops
                .filter(|hop| reached.iter().any(|from| self.is_edge(i, from, *hop)))
                .filter_map(|hop| self.instances.version(i, hop))
                .filter(|version| !reached.contains(version))
                .collect();
            if next.is_empty() {
                return false;
            }
            reached.extend(next);
        }
    }

    /// Whether a release can be a hop: in a catalog, neither yanked nor excluded.
    pub(super) fn may_pass(&self, i: usize, hop: usize) -> bool {
        !self.instances.release(i, hop).is_opaque
            && !self.instances.release(i, hop).is_yanked
            && !self.is_excluded(i, hop, |_| true)
    }

    /// Whether a release can be reached from a lower version in one step: one that states `replaces`, `skips` or `skipRange`
    /// only from those, one that states none from any.
    pub(crate) fn is_edge(&self, i: usize, from: &Version, release: usize) -> bool {
        let this = self.instances.release(i, release);
        let is_higher = self
            .instances
            .version(i, release)
            .is_some_and(|to| to > from);
        let states_none = this.replaces.is_empty() && this.skip_range.is_none();
        let replaces = |version: &&str| is_same_version(version, from.as_str());
        let skips = |range: &str| VersionRange::parse(range).unwrap().set().contains(from);
        is_higher
            && (states_none
                || this.replaces.iter().any(replaces)
                || this.skip_range.is_some_and(skips))
    }

    /// Down by a `rollback` item, to a version of the history; in a namespace also if an item rules the installed version out.
    fn goes_down(&self, i: usize, release: usize) -> bool {
        let is_lower = self
            .versions_of_move(i, release)
            .is_some_and(|(installed, to)| to < installed);
        let (Some(record), Some(kept)) = (self.instances.records[i], self.instances.kept[i]) else {
            return false;
        };
        let text = self.instances.release(i, release).version;
        let was_there = || record.history.iter().any(|v| is_same_version(v, text));
        let is_in_namespace = self.instances.all[i].namespace.is_some();
        is_lower
            && ((self.items_of(i).any(|item| item.is_rollback) && was_there())
                || (is_in_namespace && self.items_of(i).any(|item| !self.admits(item, i, kept))))
    }
}

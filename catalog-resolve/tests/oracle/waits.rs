//! Who waits for whom: rule 6.

use std::collections::BTreeSet;

use super::rules::{Assignment, Rules};
use super::world::Dependency;

impl Rules<'_> {
    /// Rule 6: no cycle waits. A cycle is allowed if all its members name the same `group`.
    pub(super) fn rule_6(&self, chosen: &Assignment) -> bool {
        let mut path = Vec::new();
        !self
            .all()
            .any(|start| self.has_bad_cycle(chosen, start, &mut path))
    }

    /// A release not kept waits for each non-optional dependency that the installed state does not satisfy.
    pub(super) fn rule_6_waits(
        &self,
        d: &Dependency,
        i: usize,
        release: usize,
        target: usize,
    ) -> bool {
        !self.instances.is_kept(i, release) && !self.is_met_already(d, target)
    }

    fn has_bad_cycle(&self, chosen: &Assignment, at: usize, path: &mut Vec<usize>) -> bool {
        let Some(release) = chosen[at] else {
            return false;
        };
        if let Some(begin) = path.iter().position(|p| *p == at) {
            let group = |i: &usize| chosen[*i].and_then(|r| self.instances.release(*i, r).group);
            let groups: BTreeSet<_> = path[begin..].iter().map(group).collect();
            return groups.len() != 1 || groups.contains(&None);
        }
        path.push(at);
        let mut targets = self.demands[at][release].waits_for.iter();
        let found = targets.any(|target| self.has_bad_cycle(chosen, *target, path));
        path.pop();
        found
    }
}

//! What a plan has to do, and in which order.

use std::collections::BTreeSet;

use super::rules::{Assignment, Rules};

impl Rules<'_> {
    /// What is done to an instance; none if nothing is there before or after.
    pub(crate) fn action(&self, chosen: &Assignment, i: usize) -> Option<&'static str> {
        let instances = &self.instances;
        match (instances.kept[i], chosen[i]) {
            (None, None) => None,
            (None, Some(_)) => Some("install"),
            (Some(_), None) => Some("uninstall"),
            (Some(kept), Some(release)) if kept == release => Some("keep"),
            (Some(kept), Some(release)) => {
                let is_down = instances.version(i, release) < instances.version(i, kept);
                Some(if is_down { "rollback" } else { "upgrade" })
            }
        }
    }

    /// Pairs of instances of which the first is done before the second: what is waited for, and whatever needs what goes.
    pub(crate) fn befores(&self, chosen: &Assignment) -> BTreeSet<(usize, usize)> {
        let mut befores = BTreeSet::new();
        for i in 0..chosen.len() {
            if let Some(release) = chosen[i] {
                let waits_for = self.demands[i][release].waits_for.iter();
                befores.extend(waits_for.map(|target| (*target, i)));
            }
            let (Some(kept), None) = (self.instances.kept[i], chosen[i]) else {
                continue;
            };
            for other in 0..chosen.len() {
                let moves = self.action(chosen, other) != Some("keep");
                if other != i && moves && self.needs_as_installed(other, i, kept) {
                    befores.insert((other, i));
                }
            }
        }
        befores
    }

    /// Whether what is installed at an instance needs what is installed at another.
    fn needs_as_installed(&self, asker: usize, target: usize, at: usize) -> bool {
        let Some(kept) = self.instances.kept[asker] else {
            return false;
        };
        let demands = &self.demands[asker][kept];
        let mut requires = demands.requires.iter().flat_map(|(_, givers)| givers);
        self.names(asker, kept).contains(&target)
            || requires.any(|(giver, gives)| *giver == target && gives[at])
    }

    /// The instances that a release names as dependencies, whether or not they are asked for any more.
    fn names(&self, i: usize, release: usize) -> Vec<usize> {
        let needed = self.instances.release(i, release).dependencies.iter();
        let needed = needed.filter(|dependency| !dependency.is_optional);
        let here = self.instances.lives(i);
        needed
            .filter_map(|dependency| self.instances.place(&dependency.package, here))
            .collect()
    }
}

//! The best answer, by its definition, over the list of all answers.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::rules::{Assignment, Rules};

/// The decisions made, and the answers they leave.
struct Decisions<'r, 'w> {
    rules: &'r Rules<'w>,
    left: Vec<Assignment>,
    made: BTreeMap<usize, usize>,
}

/// The best answer; none if there is no answer.
pub(crate) fn best(rules: &Rules<'_>) -> Option<BTreeMap<usize, usize>> {
    let left = rules.answers();
    if left.is_empty() {
        return None;
    }
    let mut decisions = Decisions {
        rules,
        left,
        made: BTreeMap::new(),
    };
    decisions.run();
    Some(decisions.made)
}

impl Decisions<'_, '_> {
    fn run(&mut self) {
        let items = self.rules.world.items.iter();
        let items: Vec<_> = items
            .filter_map(|i| self.rules.item_instance(&i.package, i.namespace))
            .collect();
        for item in items {
            self.pick(item);
        }
        loop {
            let lacking: BTreeSet<usize> = self
                .made
                .iter()
                .flat_map(|(i, r)| self.rules.needs(*i, *r))
                .filter(|needed| !self.made.contains_key(needed))
                .collect();
            if !lacking.is_empty() {
                for needed in lacking {
                    self.pick(needed);
                }
            } else if !self.provide() {
                return;
            }
        }
    }

    /// The releases of an instance, best first: by catalog, stable ones first unless prereleases are allowed, newest.
    fn preferences(&self, instance: usize) -> Vec<usize> {
        let rules = self.rules;
        let mut all: Vec<usize> = (0..rules.releases(instance)).collect();
        all.sort_by_key(|r| {
            let version = rules.version(instance, *r);
            let is_late = version.is_prerelease() && !rules.allows_prereleases(instance);
            (
                self.catalog(instance, *r),
                is_late,
                Reverse(version.clone()),
            )
        });
        all
    }

    fn catalog(&self, instance: usize, release: usize) -> usize {
        let catalog = self.rules.release(instance, release).catalog;
        let known = |name| {
            self.rules
                .world
                .catalogs
                .iter()
                .position(|c| *c == name)
                .unwrap()
        };
        catalog.map_or(0, |name| 1 + known(name))
    }

    fn pick(&mut self, instance: usize) {
        if self.made.contains_key(&instance) {
            return;
        }
        for release in self.preferences(instance) {
            if self.keep(|answer| answer[instance] == Some(release)) {
                self.made.insert(instance, release);
                return;
            }
        }
        panic!("an instance that all answers have has a release");
    }

    /// Keeps the answers for which something holds, if there are any.
    fn keep(&mut self, holds: impl Fn(&Assignment) -> bool) -> bool {
        let kept: Vec<_> = self
            .left
            .iter()
            .filter(|answer| holds(answer))
            .cloned()
            .collect();
        let found = !kept.is_empty();
        if found {
            self.left = kept;
        }
        found
    }

    fn provide(&mut self) -> bool {
        let rules = self.rules;
        let mut unmet: BTreeSet<(&str, &str)> = BTreeSet::new();
        for (asker, release) in &self.made {
            for capability in rules.requires(*asker, *release) {
                let mut made = self.made.iter();
                if !made.any(|(i, r)| rules.sees(*asker, *i) && rules.gives(*i, *r, capability)) {
                    unmet.insert((capability, rules.lives(*asker)));
                }
            }
        }
        for (is_first, is_alone) in [(true, true), (false, true), (false, false)] {
            for (capability, here) in &unmet {
                let providers = self.providers(capability, here);
                for provider in &providers {
                    let first = self.preferences(*provider)[0];
                    let others: Vec<_> = providers
                        .iter()
                        .filter(|p| *p != provider)
                        .copied()
                        .collect();
                    let gives = |answer: &Assignment, i: usize| {
                        answer[i].is_some_and(|r| rules.gives(i, r, capability))
                    };
                    let found = self.keep(|answer| {
                        gives(answer, *provider)
                            && (!is_first || answer[*provider] == Some(first))
                            && (!is_alone || !others.iter().any(|other| gives(answer, *other)))
                    });
                    if found {
                        self.pick(*provider);
                        return true;
                    }
                }
            }
        }
        assert!(unmet.is_empty(), "every answer provides what is required");
        false
    }

    /// Who can give a capability to those who live somewhere, best first: optional dependencies of who asks, not deprecated,
    /// by catalog, name, place.
    fn providers(&self, capability: &str, here: &str) -> Vec<usize> {
        let rules = self.rules;
        let giving =
            |i: usize| (0..rules.releases(i)).filter(move |r| rules.gives(i, *r, capability));
        let is_seen = |i: &usize| {
            rules.instances[*i]
                .namespace
                .is_none_or(|namespace| namespace == here)
        };
        let all = (0..rules.instances.len()).filter(|i| is_seen(i) && giving(*i).next().is_some());
        let mut all: Vec<usize> = all.collect();
        all.sort_by_key(|provider| {
            let mut askers = self.made.iter().filter(|(asker, release)| {
                rules.lives(**asker) == here
                    && rules.requires(**asker, **release).contains(&capability)
            });
            let is_wanted = askers.any(|(asker, release)| {
                rules
                    .release(*asker, *release)
                    .dependencies
                    .iter()
                    .any(|d| {
                        d.is_optional
                            && rules.place(&d.package, rules.lives(*asker)) == Some(*provider)
                    })
            });
            let catalog = giving(*provider).map(|r| self.catalog(*provider, r)).min();
            (
                !is_wanted,
                self.is_deprecated(*provider),
                catalog,
                *provider,
            )
        });
        all
    }

    /// What the newest release says.
    fn is_deprecated(&self, instance: usize) -> bool {
        let rules = self.rules;
        let newest = (0..rules.releases(instance)).max_by_key(|r| {
            let version = rules.version(instance, *r);
            (
                !version.is_prerelease(),
                version.clone(),
                Reverse(self.catalog(instance, *r)),
            )
        });
        newest.is_some_and(|r| rules.release(instance, r).is_deprecated)
    }
}

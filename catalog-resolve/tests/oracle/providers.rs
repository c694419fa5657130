//! Who is chosen to provide what is required.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::best::Decisions;
use super::rules::Assignment;

/// Who must provide a requirement: at its first preference, and as the only one.
const DEMANDS_ON_PROVIDERS: [(bool, bool); 3] = [(true, true), (false, true), (false, false)];

impl Decisions<'_, '_> {
    /// `if R = requirements of F that neither cluster nor F meets`: one more provider is picked.
    pub(super) fn provide(&mut self) -> bool {
        let unmet = self.unmet();
        for (is_first, is_alone) in DEMANDS_ON_PROVIDERS {
            for (capability, here) in &unmet {
                for provider in self.providers(capability, here) {
                    if self.keep_provided(capability, here, provider, is_first, is_alone) {
                        self.pick(provider);
                        return true;
                    }
                }
            }
        }
        assert!(unmet.is_empty(), "every answer provides what is required");
        false
    }

    /// What is required, and where the one lives who requires it.
    fn unmet(&self) -> BTreeSet<(&'static str, &'static str)> {
        let rules = self.rules;
        let mut unmet = BTreeSet::new();
        for (asker, release) in &self.made {
            for capability in rules.requires(*asker, *release) {
                let mut made = self.made.iter();
                let is_met = made.any(|(i, r)| {
                    rules.instances.sees(*asker, *i) && rules.gives(*i, *r, capability)
                });
                if !is_met {
                    unmet.insert((capability, rules.instances.lives(*asker)));
                }
            }
        }
        unmet
    }

    /// Keeps the answers in which a provider gives a capability, if there are any.
    fn keep_provided(
        &mut self,
        capability: &str,
        here: &str,
        provider: usize,
        is_first: bool,
        is_alone: bool,
    ) -> bool {
        let rules = self.rules;
        let first = self.preferences(provider)[0];
        let seen = self.seen_from(here).filter(|other| *other != provider);
        let others: Vec<usize> = seen.collect();
        let gives = |answer: &Assignment, i: usize| {
            answer[i].is_some_and(|release| rules.gives(i, release, capability))
        };
        self.keep(|answer| {
            gives(answer, provider)
                && (!is_first || answer[provider] == Some(first))
                && (!is_alone || !others.iter().any(|other| gives(answer, *other)))
        })
    }

    fn seen_from(&self, here: &str) -> impl Iterator<Item = usize> {
        let instances = &self.rules.instances;
        let is_seen = move |i: &usize| instances.all[*i].namespace.is_none_or(|n| n == here);
        self.rules.all().filter(is_seen)
    }

    /// Who can give a capability to those who live somewhere, best first: installed, locked, an optional dependency of one who
    /// asks, not deprecated, by catalog, name, place. A lock on what is named is no preference.
    fn providers(&self, capability: &str, here: &str) -> Vec<usize> {
        let (rules, instances) = (self.rules, &self.rules.instances);
        let giving = |i: usize| {
            let all = instances.releases(i);
            all.filter(move |release| rules.gives(i, *release, capability))
        };
        let all = self.seen_from(here).filter(|i| giving(*i).next().is_some());
        let mut all: Vec<usize> = all.collect();
        all.sort_by_key(|provider| {
            let catalogs = giving(*provider).map(|r| instances.preference(*provider, r));
            (
                !instances.is_installed(*provider),
                instances.locked[*provider].is_none(),
                !self.is_optional_dependency(*provider, capability, here),
                self.is_deprecated(*provider),
                catalogs.min(),
                *provider,
            )
        });
        all
    }

    /// Whether one of those who ask for a capability somewhere names a provider as an optional dependency.
    fn is_optional_dependency(&self, provider: usize, capability: &str, here: &str) -> bool {
        let (rules, instances) = (self.rules, &self.rules.instances);
        self.made.iter().any(|(asker, release)| {
            let mut dependencies = instances.release(*asker, *release).dependencies.iter();
            instances.lives(*asker) == here
                && rules.requires(*asker, *release).contains(&capability)
                && dependencies
                    .any(|d| d.is_optional && instances.place(&d.package, here) == Some(provider))
        })
    }

    /// What the newest release says.
    fn is_deprecated(&self, i: usize) -> bool {
        let instances = &self.rules.instances;
        let known = instances
            .releases(i)
            .filter(|r| !instances.release(i, *r).is_opaque);
        let newest = known.max_by_key(|r| {
            let version = instances.version(i, *r).unwrap();
            let rank = instances.rank(instances.release(i, *r));
            (!version.is_prerelease(), version.clone(), Reverse(rank))
        });
        newest.is_some_and(|release| instances.release(i, release).is_deprecated)
    }
}

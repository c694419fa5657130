//! What an answer is: the seven rules, on a complete choice of releases.
//!
//! Rules 1, 2 and 4 look at one instance alone, rules 3, 6 and 7 at all of them; rule 5 spares what is kept some demands of rule 3.

use std::collections::BTreeSet;

use catalog_model::version::{Prereleases, VersionRange};

use super::demands::Demands;
use super::instances::{Instances, at_least};
use super::world::{HOME, WantedItem, World};

/// For each instance the position of its release, or none.
pub(crate) type Assignment = Vec<Option<usize>>;

/// A world with everything looked up that the rules ask for again and again.
pub(crate) struct Rules<'w> {
    pub(crate) instances: Instances<'w>,
    /// What the cluster provides by itself.
    pub(crate) cluster: BTreeSet<&'static str>,
    /// What each instance may be, by the rules that look at it alone.
    pub(crate) choices: Vec<Vec<Option<usize>>>,
    /// For each instance and release: what it demands of others.
    pub(crate) demands: Vec<Vec<Demands>>,
}

impl<'w> Rules<'w> {
    pub(crate) fn new(world: &'w World) -> Self {
        let mut rules = Self {
            instances: Instances::new(world),
            cluster: BTreeSet::new(),
            choices: Vec::new(),
            demands: Vec::new(),
        };
        rules.cluster = rules.remaining_cluster();
        for i in rules.all() {
            let releases = rules.instances.releases(i);
            let choices = std::iter::once(None).chain(releases.clone().map(Some));
            let choices = choices.filter(|choice| rules.is_allowed_alone(i, *choice));
            let choices = choices.collect();
            let demands = releases.map(|release| rules.demands_of(i, release));
            let demands = demands.collect();
            rules.choices.push(choices);
            rules.demands.push(demands);
        }
        rules
    }

    pub(crate) fn world(&self) -> &'w World {
        self.instances.world
    }

    pub(crate) fn all(&self) -> std::ops::Range<usize> {
        0..self.instances.all.len()
    }

    /// How many choices there are to look at.
    pub(crate) fn size(&self) -> usize {
        let each = self.choices.iter().map(Vec::len);
        each.fold(1, usize::saturating_mul)
    }

    /// All answers.
    pub(crate) fn answers(&self) -> Vec<Assignment> {
        let mut answers = Vec::new();
        let mut items = self.world().items.iter();
        if items.all(|item| self.instance_of(item).is_some()) {
            self.extend(&mut Assignment::new(), &mut answers);
        }
        answers
    }

    fn extend(&self, partial: &mut Assignment, answers: &mut Vec<Assignment>) {
        let Some(choices) = self.choices.get(partial.len()) else {
            if self.is_consistent(partial) {
                answers.push(partial.clone());
            }
            return;
        };
        for choice in choices {
            partial.push(*choice);
            self.extend(partial, answers);
            partial.pop();
        }
    }

    /// All rules.
    pub(crate) fn is_answer(&self, chosen: &Assignment) -> bool {
        let mut choices = chosen.iter().enumerate();
        choices.all(|(i, choice)| self.choices[i].contains(choice)) && self.is_consistent(chosen)
    }

    fn is_allowed_alone(&self, i: usize, choice: Option<usize>) -> bool {
        self.rule_1(i, choice)
            && choice.is_none_or(|release| {
                self.rule_2(i, release) && self.rule_4_of_what_nobody_asks_for(i, release)
            })
    }

    fn is_consistent(&self, chosen: &Assignment) -> bool {
        self.rule_3(chosen) && self.rule_6(chosen) && self.rule_7(chosen)
    }

    /// Rule 1: items are present in range and catalog, removed instances absent, all other installed ones present (with
    /// `autoremove` only those pinned or requested by a user), pinned ones kept.
    fn rule_1(&self, i: usize, choice: Option<usize>) -> bool {
        let Some(release) = choice else {
            return !self.must_be_present(i) && !self.is_pinned(i);
        };
        !self.is_removed(i)
            && (!self.is_pinned(i) || self.instances.is_kept(i, release))
            && self.items_of(i).all(|item| self.admits(item, i, release))
    }

    pub(crate) fn must_be_present(&self, i: usize) -> bool {
        let stays = self.instances.records[i].is_some_and(|record| {
            !self.world().autoremoves || record.is_pinned || record.is_requested
        });
        self.items_of(i).next().is_some() || (stays && !self.is_removed(i))
    }

    fn is_pinned(&self, i: usize) -> bool {
        self.instances.records[i].is_some_and(|record| record.is_pinned)
    }

    fn is_removed(&self, i: usize) -> bool {
        let mut removals = self.world().removals.iter();
        removals.any(|removal| {
            let here = removal.namespace.unwrap_or(HOME);
            self.instances.place(&removal.package, here) == Some(i)
        })
    }

    pub(crate) fn instance_of(&self, item: &WantedItem) -> Option<usize> {
        let here = item.namespace.unwrap_or(HOME);
        self.instances.place(&item.package, here)
    }

    pub(crate) fn items_of(&self, i: usize) -> impl Iterator<Item = &'w WantedItem> {
        let items = self.world().items.iter();
        items.filter(move |item| self.instance_of(item) == Some(i))
    }

    /// Whether a release is in the range and the catalog of an item; a declaration of less than is installed is met by that and by
    /// whatever is higher.
    pub(crate) fn admits(&self, item: &WantedItem, i: usize, release: usize) -> bool {
        let version = |release| self.instances.version(i, release);
        let is_no_less = || version(release) >= self.instances.kept[i].and_then(version);
        (self.is_declared_lower(item, i) && is_no_less())
            || (self.rule_4(item.range, i, release)
                && self.instances.release(i, release).is_of(item.catalog))
    }

    /// Whether an item is met by a higher installed cluster instance: it is a declaration, and its range has neither the
    /// installed version nor any that is higher.
    pub(crate) fn is_declared_lower(&self, item: &WantedItem, i: usize) -> bool {
        let (Some(kept), None) = (self.instances.kept[i], self.instances.all[i].namespace) else {
            return false;
        };
        let range = VersionRange::parse(item.range).unwrap();
        item.is_declaration
            && self
                .instances
                .version(i, kept)
                .is_some_and(|installed| range.set().is_disjoint(&at_least(installed)))
    }

    /// Rule 4: a prerelease is in a range only if a bound names it, the request allows prereleases of the package, or the range
    /// is `*` and the package has no stable release. Kept and locked releases pass.
    pub(crate) fn rule_4(&self, range: &str, i: usize, release: usize) -> bool {
        let range = VersionRange::parse(range).unwrap();
        let instances = &self.instances;
        let passes = instances.is_kept(i, release)
            || instances.is_locked(i, release)
            || instances.allows_prereleases(i)
            || (range.is_any() && !self.has_stable(i));
        let is_named = || {
            let version = instances.version(i, release);
            version.is_some_and(|version| range.matches(version, Prereleases::Named))
        };
        instances.is_in_interval(&range, i, release) && (passes || is_named())
    }

    fn has_stable(&self, i: usize) -> bool {
        let mut candidates = self.instances.candidates[i].iter();
        candidates
            .any(|c| !c.release.is_opaque && c.version.as_ref().is_some_and(|v| !v.is_prerelease()))
    }

    /// Rule 4: an installed instance without an item counts as `*`, and so does one whose items are all declared lower.
    fn rule_4_of_what_nobody_asks_for(&self, i: usize, release: usize) -> bool {
        !self.instances.is_installed(i)
            || self
                .items_of(i)
                .any(|item| !self.is_declared_lower(item, i))
            || self.rule_4("*", i, release)
    }

    /// Rule 7: nothing is present that neither rule 1 nor something present needs, which itself is needed.
    fn rule_7(&self, chosen: &Assignment) -> bool {
        let mut needed: BTreeSet<usize> = self.all().filter(|i| self.must_be_present(*i)).collect();
        loop {
            let before = needed.len();
            for (asker, demands) in self.present(chosen) {
                if !needed.contains(&asker) {
                    continue;
                }
                needed.extend(demands.needs.iter().filter_map(|(target, _)| *target));
                for (_, givers) in &demands.requires {
                    let giving = givers
                        .iter()
                        .filter(|(i, gives)| chosen[*i].is_some_and(|release| gives[release]));
                    needed.extend(giving.map(|(i, _)| *i));
                }
            }
            if needed.len() == before {
                break;
            }
        }
        self.all()
            .all(|i| chosen[i].is_none() || needed.contains(&i))
    }

    /// What is chosen, with what it demands.
    pub(super) fn present<'a>(
        &'a self,
        chosen: &'a Assignment,
    ) -> impl Iterator<Item = (usize, &'a Demands)> {
        let all = chosen.iter().enumerate();
        all.filter_map(|(i, choice)| choice.map(|release| (i, &self.demands[i][release])))
    }
}

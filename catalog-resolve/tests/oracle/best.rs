//! The best answer, by its definition, over the list of all answers.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::rules::{Assignment, Rules};

/// The decisions made (F), and the answers they leave (A).
pub(super) struct Decisions<'r, 'w> {
    pub(super) rules: &'r Rules<'w>,
    pub(super) left: Vec<Assignment>,
    pub(super) made: BTreeMap<usize, usize>,
    /// The answers that were left when each of them was made.
    before: BTreeMap<usize, Vec<Assignment>>,
}

/// The best answer; none if there is no answer.
pub(crate) fn best(rules: &Rules<'_>) -> Option<BTreeMap<usize, usize>> {
    decided(rules).map(|decided| decided.made)
}

/// The decisions that lead to the best answer.
pub(crate) struct Decided {
    pub(crate) made: BTreeMap<usize, usize>,
    /// The answers that were left when each of them was made.
    pub(crate) before: BTreeMap<usize, Vec<Assignment>>,
    /// The releases of each instance that they are about, best first.
    pub(crate) preferences: BTreeMap<usize, Vec<usize>>,
}

/// The decisions that lead to the best answer; none if there is no answer.
pub(crate) fn decided(rules: &Rules<'_>) -> Option<Decided> {
    let left = rules.answers();
    if left.is_empty() {
        return None;
    }
    let mut decisions = Decisions {
        rules,
        left,
        made: BTreeMap::new(),
        before: BTreeMap::new(),
    };
    decisions.run();
    let instances = decisions.made.keys();
    Some(Decided {
        preferences: instances.map(|i| (*i, decisions.preferences(*i))).collect(),
        made: decisions.made,
        before: decisions.before,
    })
}

impl Decisions<'_, '_> {
    fn run(&mut self) {
        let rules = self.rules;
        if rules.world().wants_fewest_changes {
            self.change_fewest();
        }
        for i in self.named() {
            self.pick(i);
        }
        self.keep_or_not();
        for i in self.items() {
            self.pick(i);
        }
        while self.add_a_layer() || self.provide() || self.decide_what_stays() {}
    }

    /// `if mode is fewest changes`: those with the fewest installed, not named instances present and not kept.
    fn change_fewest(&mut self) {
        let instances = &self.rules.instances;
        let changes = |answer: &Assignment| {
            let counted = |i: &usize| instances.is_installed(*i) && !instances.is_named(*i);
            let is_changed =
                |i: &usize| answer[*i].is_some_and(|release| !instances.is_kept(*i, release));
            let all = self.rules.all().filter(counted);
            all.filter(is_changed).count()
        };
        let fewest = self.left.iter().map(changes).min();
        let left = self.left.iter();
        let left = left.filter(|answer| Some(changes(answer)) == fewest);
        self.left = left.cloned().collect();
    }

    /// `named items in order, then named installed (for all: those a user requested)`, of which each must be present: what may go
    /// is not kept for being named.
    fn named(&self) -> Vec<usize> {
        let rules = self.rules;
        let installed = self
            .installed()
            .into_iter()
            .filter(|i| !rules.world().upgrades_all || self.is_requested(*i));
        let all = self.items().into_iter().chain(installed);
        all.filter(|i| rules.instances.is_named(*i) && rules.must_be_present(*i))
            .collect()
    }

    /// `for i in installed (user-requested first), then only locked; not named, not in F`: keep or not.
    fn keep_or_not(&mut self) {
        let instances = &self.rules.instances;
        let is_only_locked =
            |i: &usize| instances.locked[*i].is_some() && !instances.is_installed(*i);
        let only_locked = self.rules.all().filter(is_only_locked);
        for i in self.installed().into_iter().chain(only_locked) {
            if instances.is_named(i) || self.made.contains_key(&i) {
                continue;
            }
            let there = |v: &usize| self.left.iter().any(|answer| answer[i] == Some(*v));
            let first = [instances.locked[i], instances.kept[i]];
            let Some(v) = first.into_iter().flatten().find(there) else {
                continue;
            };
            let must_be_present = self.rules.must_be_present(i);
            let left = self.left.clone();
            self.keep(|answer| answer[i] == Some(v) || (!must_be_present && answer[i].is_none()));
            if must_be_present {
                self.before.insert(i, left);
                self.made.insert(i, v);
            }
        }
    }

    /// `if D = dependencies (not optional) of F that F lacks: for i in D: pick(i)`.
    fn add_a_layer(&mut self) -> bool {
        let made = self.made.iter();
        let needed = made.flat_map(|(i, release)| self.rules.needs(*i, *release));
        let lacking = needed.filter(|i| !self.made.contains_key(i));
        let lacking: BTreeSet<usize> = lacking.collect();
        for i in &lacking {
            self.pick(*i);
            assert!(self.made.contains_key(i), "all answers have what is needed");
        }
        !lacking.is_empty()
    }

    /// `if i = installed, must be present, not in F (user-requested first): pick(i)`.
    fn decide_what_stays(&mut self) -> bool {
        let mut installed = self.installed().into_iter();
        let next = installed.find(|i| self.rules.must_be_present(*i) && !self.made.contains_key(i));
        next.inspect(|i| self.pick(*i)).is_some()
    }

    fn items(&self) -> Vec<usize> {
        let items = self.rules.world().items.iter();
        items
            .filter_map(|item| self.rules.instance_of(item))
            .collect()
    }

    /// Those a user requested first, each by name and place.
    fn installed(&self) -> Vec<usize> {
        let all = self
            .rules
            .all()
            .filter(|i| self.rules.instances.is_installed(*i));
        let mut all: Vec<usize> = all.collect();
        all.sort_by_key(|i| (!self.is_requested(*i), *i));
        all
    }

    fn is_requested(&self, i: usize) -> bool {
        self.rules.instances.records[i].is_some_and(|record| record.is_requested)
    }

    /// By catalog, what is in one that an item names before all others.
    fn rank(&self, i: usize, release: usize) -> (bool, (usize, &'static str)) {
        let preference = self.rules.instances.preference(i, release);
        let release = self.rules.instances.release(i, release);
        let mut items = self.rules.items_of(i);
        match items.any(|item| item.catalog.is_some() && release.is_of(item.catalog)) {
            true => (false, (0, "")),
            false => (true, preference),
        }
    }

    /// The releases of an instance, best first: locked, kept (neither when named), by catalog, stable ones first unless
    /// prereleases are allowed, newest. What no catalog has comes last.
    pub(super) fn preferences(&self, i: usize) -> Vec<usize> {
        let instances = &self.rules.instances;
        let counts = !instances.is_named(i);
        let mut all: Vec<usize> = instances.releases(i).collect();
        all.sort_by_key(|release| {
            let version = instances.version(i, *release);
            let is_prerelease = version.is_some_and(|version| version.is_prerelease());
            (
                !(counts && instances.is_locked(i, *release)),
                !(counts && instances.is_kept(i, *release)),
                instances.candidates[i][*release].release.is_opaque,
                self.rank(i, *release),
                is_prerelease && !instances.allows_prereleases(i),
                Reverse(version.cloned()),
            )
        });
        all
    }

    /// `pick(i)`: the first release that an answer left has. If none has any, nothing is decided.
    pub(super) fn pick(&mut self, i: usize) {
        if self.made.contains_key(&i) {
            return;
        }
        let left = self.left.clone();
        for release in self.preferences(i) {
            if self.keep(|answer| answer[i] == Some(release)) {
                self.before.insert(i, left);
                self.made.insert(i, release);
                return;
            }
        }
    }

    /// Keeps the answers for which something holds, if there are any.
    pub(super) fn keep(&mut self, holds: impl Fn(&Assignment) -> bool) -> bool {
        let kept = self.left.iter().filter(|answer| holds(answer));
        let kept: Vec<_> = kept.cloned().collect();
        let found = !kept.is_empty();
        if found {
            self.left = kept;
        }
        found
    }
}

//! The smallest reason against one release, and whom else it is a reason against.

use std::collections::BTreeMap;

use super::inquiry::{Inquiry, Picked};
use crate::conflict::{Core, CoreClause};
use crate::encode::{Encoder, Fact, Preference};
use crate::engine::{Value, ValueSet, Var};

/// Releases that are asked about one by one where another is preferred.
const QUESTIONS: usize = 32;

/// A reason of so few facts is told though the decisions before make a shorter one: it holds whatever is decided.
const FEW: usize = 5;

/// A proof of so many facts is not likely to become a reason of few.
const LONG: usize = 25;

impl<'a> Inquiry<'_, 'a> {
    /// Those of some releases that no answer had any more when the instance came up, and the others by why another is preferred to them.
    pub(super) fn sorted(
        &mut self,
        picked: Picked,
        newer: ValueSet,
    ) -> (ValueSet, BTreeMap<Preference, ValueSet>) {
        let count = self.encoder.instance(picked.var).count();
        // The search asked for anything better, and there was no answer.
        let mut impossible = ValueSet::of(count, newer.iter().filter(|v| *v < picked.value));
        let mut left = newer;
        left.subtract(&impossible);
        let mut beaten: BTreeMap<Preference, ValueSet> = BTreeMap::new();
        let mut beat = |encoder: &Encoder<'_>, value: Value| {
            let values = beaten.entry(picked.preference(encoder, value));
            values
                .or_insert_with(|| ValueSet::none(count))
                .insert(value);
        };
        for _ in 0..QUESTIONS {
            if left.is_empty() {
                break;
            }
            match self.is_left(picked, left.clone()) {
                Ok(Some(value)) => {
                    beat(self.encoder, value);
                    left.subtract(&ValueSet::of(count, [value]));
                }
                Ok(None) => impossible.unite(&std::mem::replace(&mut left, ValueSet::none(count))),
                Err(_) => break,
            }
        }
        for value in left.iter() {
            beat(self.encoder, value);
        }
        (impossible, beaten)
    }

    /// What is against one release, and which of the impossible ones it rules out as well. A reason that holds whatever is decided comes
    /// first if it is short, then a fact that what was decided before breaks at once. None if the budget ends.
    pub(super) fn reason(
        &mut self,
        picked: Picked,
        value: Value,
        impossible: &ValueSet,
    ) -> Option<(Core<'a>, ValueSet)> {
        self.read_clauses();
        let at_once = self.broken_at_once(picked, value);
        let is_alone = at_once.as_ref().is_some_and(|broken| broken.len() == 1);
        let core = match is_alone {
            true => None,
            false => self.whatever_is_decided(picked.var, value, at_once.is_some()),
        };
        match (core, at_once) {
            (Some(core), _) => {
                let alike = self.alike(&core, picked.var, value, impossible);
                Some((core, alike))
            }
            (None, Some(broken)) => {
                let mut alike = impossible.clone();
                if let Some(term) = broken.first().and_then(|clause| clause.term(picked.var)) {
                    alike.subtract(term);
                }
                let supposed = self.supposed(picked.var, value);
                Some((Core::minimal([vec![supposed], broken].concat()), alike))
            }
            (None, None) => {
                let decisions = self.decisions_before(picked);
                let core = self.contradicting(picked.var, value, decisions);
                let core = Core::proof(core, self.engine, &mut self.budget)?;
                let core = core.shrunk(self.engine, &mut self.budget);
                let alike = self.alike(&core, picked.var, value, impossible);
                Some((core, alike))
            }
        }
    }

    fn supposed(&self, var: Var, value: Value) -> CoreClause<'a> {
        let only = ValueSet::of(self.encoder.instance(var).count(), [value]);
        CoreClause::about(Fact::Supposed(var), var, only)
    }

    /// A release that is supposed, all clauses, and some decisions.
    fn contradicting(
        &mut self,
        var: Var,
        value: Value,
        decisions: Vec<CoreClause<'a>>,
    ) -> Vec<CoreClause<'a>> {
        self.read_clauses();
        let mut clauses = vec![self.supposed(var, value)];
        clauses.extend_from_slice(&self.clauses);
        clauses.extend(decisions);
        clauses
    }

    /// A reason that needs no decision; where there is another one, only if it is short.
    fn whatever_is_decided(&mut self, var: Var, value: Value, has_other: bool) -> Option<Core<'a>> {
        let only = ValueSet::of(self.encoder.instance(var).count(), [value]);
        if self.is_possible(var, only).ok()? {
            return None;
        }
        let core = self.contradicting(var, value, Vec::new());
        let budget = match has_other {
            true => &mut self.extra,
            false => &mut self.budget,
        };
        let core = Core::proof(core, self.engine, budget)?;
        if has_other && core.told().count() > LONG {
            return None;
        }
        let core = core.shrunk(self.engine, budget);
        (!has_other || core.told().count() <= FEW).then_some(core)
    }

    /// A clause that a release breaks by itself or together with what was decided before, and those decisions: as few as can be.
    fn broken_at_once(&self, picked: Picked, value: Value) -> Option<Vec<CoreClause<'a>>> {
        let about = self.about.get(&picked.var)?;
        let mut best: Option<Vec<CoreClause<'a>>> = None;
        for clause in about.iter().filter_map(|at| self.clauses.get(*at)) {
            if clause
                .term(picked.var)
                .is_none_or(|set| set.contains(value))
            {
                continue;
            }
            let others = clause.terms.iter().filter(|(var, _)| *var != picked.var);
            let decisions = others.map(|(var, set)| self.decision_against(picked, *var, set));
            let Some(mut broken) = decisions.collect::<Option<Vec<_>>>() else {
                continue;
            };
            broken.insert(0, clause.clone());
            if best.as_ref().is_none_or(|best| broken.len() < best.len()) {
                best = Some(broken);
            }
        }
        best
    }

    /// A decision before a release was picked that leaves an instance none of some values.
    fn decision_against(&self, picked: Picked, var: Var, set: &ValueSet) -> Option<CoreClause<'a>> {
        let decisions = self.decided.get(&var)?.iter();
        let mut before = decisions.take_while(|(at, _)| *at < picked.at);
        let against = before.find(|(_, decision)| {
            let left = decision.term(var);
            left.is_some_and(|left| !left.intersects(set))
        });
        against.map(|(_, decision)| decision.clone())
    }

    /// Those of some releases that a reason against one of them rules out as well, as far as the budget tells.
    pub(super) fn alike(
        &mut self,
        core: &Core<'a>,
        var: Var,
        value: Value,
        all: &ValueSet,
    ) -> ValueSet {
        let count = self.encoder.instance(var).count();
        let mut alike = ValueSet::of(count, [value]);
        let mut left = vec![all.clone()];
        while let Some(values) = left.pop() {
            let supposed = (var, &values);
            let Ok(is_alike) = core.contradicts(supposed, self.engine, &mut self.budget) else {
                break;
            };
            if is_alike {
                alike.unite(&values);
            } else if values.single().is_none() {
                let members: Vec<Value> = values.iter().collect();
                let (one, other) = members.split_at(members.len() / 2);
                for half in [one, other].into_iter().filter(|half| !half.is_empty()) {
                    left.push(ValueSet::of(count, half.iter().copied()));
                }
            }
        }
        alike
    }
}

impl Picked {
    /// Why what was picked is preferred to another release that some answer has.
    fn preference(self, encoder: &Encoder<'_>, other: Value) -> Preference {
        let instance = encoder.instance(self.var);
        let is_named = encoder.situation.names(instance.package);
        let rank = |value| {
            let release = encoder.release(self.var, value)?;
            Some(encoder.situation.catalog_rank(&instance.key(), release))
        };
        let picked = Some(self.value);
        match is_named {
            false if instance.kept == picked => Preference::Installed,
            false if instance.locked == picked => Preference::Locked,
            _ if rank(self.value) < rank(other) => Preference::Catalog,
            _ => Preference::Stable,
        }
    }

    /// That what was picked is preferred.
    pub(super) fn preferred<'a>(self, encoder: &Encoder<'a>, preference: Preference) -> Core<'a> {
        let count = encoder.instance(self.var).count();
        let only = ValueSet::of(count, [self.value]);
        let none = ValueSet::none(count);
        Core::minimal(vec![
            CoreClause::about(Fact::Supposed(self.var), self.var, none),
            CoreClause::about(Fact::Preferred(self.var, preference), self.var, only),
        ])
    }
}

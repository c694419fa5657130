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

impl<'a> Inquiry<'_, 'a> {
    /// Those of some releases that no answer had any more when the instance came up, and the others by why another is preferred to them.
    pub(super) fn sorted(
        &mut self,
        picked: &Picked<'a>,
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
            match self.is_possible(&picked.before, (picked.var, left.clone())) {
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

    /// What is against one release. A reason that holds whatever is decided comes first if it is short, then a fact that what was decided
    /// before breaks at once. None if the budget ends.
    pub(super) fn core(&mut self, picked: &Picked<'a>, value: Value) -> Option<Core<'a>> {
        let var = picked.var;
        let only = ValueSet::of(self.encoder.instance(var).count(), [value]);
        let supposed = CoreClause::about(Fact::Supposed(var), var, only.clone());
        self.read_clauses();
        let at_once = self.broken_at_once(picked, value);
        if at_once.as_ref().is_some_and(|clauses| clauses.len() == 1) {
            return at_once.map(|clauses| told_of(supposed, clauses));
        }
        if self.is_possible(&[], (var, only)).ok()?.is_none() {
            self.read_clauses();
            let mut clauses = vec![supposed.clone()];
            clauses.extend_from_slice(&self.clauses);
            let core = Core::of(clauses, self.engine, &mut self.budget)?;
            if at_once.is_none() || core.told().count() <= FEW {
                return Some(core);
            }
        }
        if let Some(clauses) = at_once {
            return Some(told_of(supposed, clauses));
        }
        self.read_clauses();
        let mut clauses = vec![supposed];
        clauses.extend_from_slice(&self.clauses);
        clauses.extend_from_slice(&picked.decisions);
        Core::of(clauses, self.engine, &mut self.budget)
    }

    /// A clause that a release breaks by itself or together with what was decided before, and those decisions: as few as can be.
    fn broken_at_once(&self, picked: &Picked<'a>, value: Value) -> Option<Vec<CoreClause<'a>>> {
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
            let decisions = others.map(|(var, set)| picked.decision_against(*var, set));
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

    /// Those of some releases that a reason against one of them rules out as well.
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
            if core.contradicts((var, &values), self.engine, &mut self.budget) {
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

/// A reason that is known to be one, and to have no fact too many.
fn told_of<'a>(supposed: CoreClause<'a>, mut clauses: Vec<CoreClause<'a>>) -> Core<'a> {
    clauses.insert(0, supposed);
    Core::minimal(clauses)
}

impl<'a> Picked<'a> {
    /// An earlier decision that leaves an instance none of some values.
    fn decision_against(&self, var: Var, set: &ValueSet) -> Option<CoreClause<'a>> {
        let mut decisions = self.decisions.iter();
        let against =
            decisions.find(|decision| decision.term(var).is_some_and(|left| !left.intersects(set)));
        against.cloned()
    }

    /// Why what was picked is preferred to another release that some answer has.
    fn preference(&self, encoder: &Encoder<'_>, other: Value) -> Preference {
        let instance = encoder.instance(self.var);
        let is_named = encoder.situation.names(instance.package);
        let catalog = |value| encoder.release(self.var, value).map(|r| r.catalog);
        let picked = Some(self.value);
        match is_named {
            false if instance.kept == picked => Preference::Installed,
            false if instance.locked == picked => Preference::Locked,
            _ if catalog(self.value) < catalog(other) => Preference::Catalog,
            _ => Preference::Stable,
        }
    }

    /// That what was picked is preferred.
    pub(super) fn preferred(&self, encoder: &Encoder<'a>, preference: Preference) -> Core<'a> {
        let count = encoder.instance(self.var).count();
        let only = ValueSet::of(count, [self.value]);
        let none = ValueSet::none(count);
        Core::minimal(vec![
            CoreClause::about(Fact::Supposed(self.var), self.var, none),
            CoreClause::about(Fact::Preferred(self.var, preference), self.var, only),
        ])
    }
}

//! Arc consistency: of a package that must be present, each version that is left needs some of another, and so one of all these is needed.
//!
//! A dependency is a clause for the versions that state it, and says nothing as long as others are left. Where each version that is left is
//! in some clause about the same package, these clauses together say that one of their sets is met. That is worked out only for variables
//! that conflicts are about again and again, whose versions are all expanded for it, and kept as a clause where it tells something.

#![expect(
    clippy::indexing_slicing,
    reason = "there is an entry for every variable"
)]

use std::collections::BTreeMap;

use super::Engine;
use super::clauses::{ClauseId, Origin};
use super::literal::Var;
use super::values::{ABSENT, Value, ValueSet};

/// Conflicts that a variable takes part in before its arcs are looked at. With them, chains that have to be walked version by version take a
/// quarter of the time; puzzles, in which they say little, take up to a third more.
const WARM: u32 = 2;

/// The clauses that arcs are made of, and which of them to look at.
#[derive(Default)]
pub(super) struct Arcs {
    /// For each variable, the clauses by which some of its values need another.
    needs: Vec<Vec<(Var, ClauseId)>>,
    /// The same of each watched variable, by the other.
    watched: BTreeMap<Var, BTreeMap<Var, Vec<ClauseId>>>,
    /// How many conflicts each variable took part in.
    conflicts: Vec<u32>,
    is_watched: Vec<bool>,
    /// Variables that are to be watched once all their values are expanded.
    warm: Vec<Var>,
    /// Watched variables whose domains changed.
    changed: Vec<Var>,
    is_changed: Vec<bool>,
}

impl Arcs {
    pub(super) fn add_var(&mut self) {
        self.needs.push(Vec::new());
        self.conflicts.push(0);
        self.is_watched.push(false);
        self.is_changed.push(false);
    }

    /// Takes note of a clause of two literals by which some values of one variable need the other.
    pub(super) fn add(&mut self, id: ClauseId, whose: Var, of: Var) {
        self.needs[whose.index()].push((of, id));
        if let Some(needs) = self.watched.get_mut(&whose) {
            needs.entry(of).or_default().push(id);
            self.change(whose);
        }
    }

    /// A variable took part in a conflict.
    pub(super) fn warm_up(&mut self, var: Var) {
        let conflicts = &mut self.conflicts[var.index()];
        *conflicts += 1;
        if *conflicts == WARM {
            self.warm.push(var);
        }
    }

    fn watch(&mut self, var: Var) {
        let mut needs: BTreeMap<Var, Vec<ClauseId>> = BTreeMap::new();
        for (of, id) in &self.needs[var.index()] {
            needs.entry(*of).or_default().push(*id);
        }
        self.watched.insert(var, needs);
        self.is_watched[var.index()] = true;
        self.change(var);
    }

    /// The domain of a variable changed.
    pub(super) fn change(&mut self, var: Var) {
        if self.is_watched[var.index()] && !self.is_changed[var.index()] {
            self.is_changed[var.index()] = true;
            self.changed.push(var);
        }
    }

    pub(super) fn has_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    fn pop(&mut self) -> Option<Var> {
        let var = self.changed.pop()?;
        self.is_changed[var.index()] = false;
        Some(var)
    }
}

impl Engine {
    /// A value to expand of a variable that is to be watched; what has all its values expanded is watched from here on.
    pub(super) fn next_warm(&mut self) -> Option<(Var, Value)> {
        while let Some(var) = self.arcs.warm.last().copied() {
            let domain = self.domain(var);
            let expanded = &self.expanded[var.index()];
            let is_left = |value: &Value| *value != ABSENT && !expanded.contains(*value);
            let left = domain.iter().find(is_left);
            if let Some(value) = left {
                return Some((var, value));
            }
            self.arcs.warm.pop();
            self.arcs.watch(var);
        }
        None
    }

    /// Works out what the arcs of one changed variable say, a clause at a time; false if no variable changed.
    pub(super) fn look_at_arcs(&mut self) -> bool {
        let Some(var) = self.arcs.pop() else {
            return false;
        };
        let domain = self.domain(var).clone();
        if domain.contains(ABSENT) || domain.is_empty() || domain.single().is_some() {
            return true;
        }
        let others = self.arcs.watched.get(&var).into_iter().flatten();
        let others: Vec<Var> = others.map(|(other, _)| *other).collect();
        for other in others {
            self.look_at_arc(var, &domain, other);
            if self.pending.is_some() {
                break;
            }
        }
        true
    }

    fn look_at_arc(&mut self, var: Var, domain: &ValueSet, other: Var) {
        let ids = self
            .arcs
            .watched
            .get(&var)
            .and_then(|needs| needs.get(&other));
        let Some(ids) = ids else {
            return;
        };
        let mut left = domain.clone();
        let mut allowed = ValueSet::none(self.count(other));
        for id in ids {
            let Some((own, its)) = self.sides(*id, var) else {
                continue;
            };
            if left.is_subset(own) {
                continue;
            }
            left.intersect(own);
            allowed.unite(its);
        }
        if !left.is_empty() || self.domain(other).is_subset(&allowed) {
            return;
        }
        // As strong as it can be: what it says of these versions holds of all whose clause says no less.
        let mut covered = ValueSet::none(self.count(var));
        let mut parents = Vec::new();
        for id in ids {
            if let Some((own, its)) = self.sides(*id, var)
                && its.is_subset(&allowed)
            {
                let mut carriers = ValueSet::all(self.count(var));
                carriers.subtract(own);
                covered.unite(&carriers);
                parents.push(*id);
            }
        }
        let mut unless = ValueSet::all(self.count(var));
        unless.subtract(&covered);
        let literals = vec![self.literal((other, allowed)), self.literal((var, unless))];
        let id = self.clauses.add(literals, Origin::Learnt { levels: 3 });
        if let Some(proof) = &mut self.proof {
            proof.learnt(id, parents);
        }
        self.take_up(id);
    }

    /// The set of a variable in a clause of two literals, and that of the other one.
    fn sides(&self, id: ClauseId, var: Var) -> Option<(&ValueSet, &ValueSet)> {
        match &*self.clauses.clause(id).literals {
            [one, other] if one.var == var => Some((&self.pool[one.set], &self.pool[other.set])),
            [other, one] if one.var == var => Some((&self.pool[one.set], &self.pool[other.set])),
            _ => None,
        }
    }
}

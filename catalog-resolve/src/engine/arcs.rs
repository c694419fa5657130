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
use super::values::{ABSENT, SetView, Value, ValueSet};

/// Conflicts that a variable takes part in before its arcs are looked at. With them, chains that have to be walked version by version take a
/// quarter of the time; puzzles, in which they say little, take up to a third more.
const WARM: u32 = 2;

/// The clauses by which values of one variable need another.
struct Arc {
    of: Var,
    /// The values that some of them is about.
    covered: ValueSet,
    clauses: Vec<ClauseId>,
}

/// The clauses that arcs are made of, and which of them to look at.
#[derive(Default)]
pub(super) struct Arcs {
    /// For each watched variable, the others that it needs, in the order they came up.
    watched: BTreeMap<Var, Vec<Arc>>,
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
    /// A variable took part in a conflict.
    pub(super) fn warm_up(&mut self, var: Var) {
        if self.conflicts.len() <= var.index() {
            self.conflicts.resize(var.index() + 1, 0);
        }
        let conflicts = &mut self.conflicts[var.index()];
        *conflicts += 1;
        if *conflicts == WARM {
            self.warm.push(var);
        }
    }

    fn watch(&mut self, var: Var) {
        self.watched.insert(var, Vec::new());
        if self.is_watched.len() <= var.index() {
            self.is_watched.resize(var.index() + 1, false);
            self.is_changed.resize(var.index() + 1, false);
        }
        self.is_watched[var.index()] = true;
        self.change(var);
    }

    /// Takes note of a clause by which some values of a watched variable need another.
    fn add(&mut self, whose: Var, of: Var, id: ClauseId, covered: ValueSet) {
        let Some(arcs) = self.watched.get_mut(&whose) else {
            return;
        };
        match arcs.iter_mut().find(|arc| arc.of == of) {
            Some(arc) => {
                arc.covered.unite(&covered);
                arc.clauses.push(id);
            }
            None => arcs.push(Arc {
                of,
                covered,
                clauses: vec![id],
            }),
        }
        self.change(whose);
    }

    /// The domain of a variable changed.
    pub(super) fn change(&mut self, var: Var) {
        if self.is_watched(var) && !self.is_changed[var.index()] {
            self.is_changed[var.index()] = true;
            self.changed.push(var);
        }
    }

    fn is_watched(&self, var: Var) -> bool {
        self.is_watched.get(var.index()).is_some_and(|it| *it)
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
            // Both literals of a clause of two are always watched.
            let clauses: Vec<ClauseId> =
                self.clauses.watches(var).iter().map(|w| w.clause).collect();
            for id in clauses {
                self.add_arc(id, var);
            }
        }
        None
    }

    /// Takes note of a new clause, where it is an arc of a watched variable.
    pub(super) fn add_arcs(&mut self, id: ClauseId) {
        let [one, other] = *self.clauses.literals(id) else {
            return;
        };
        for whose in [one.var, other.var] {
            if self.arcs.is_watched(whose) {
                self.add_arc(id, whose);
            }
        }
    }

    /// An arc is a clause of two literals that was handed in, by which some values of one variable need the other.
    fn add_arc(&mut self, id: ClauseId, whose: Var) {
        let (one, other) = match *self.clauses.literals(id) {
            [one, other] if self.clauses.is_given(id) => (one, other),
            _ => return,
        };
        let (own, its) = if one.var == whose {
            (one, other)
        } else {
            (other, one)
        };
        if !self.set(its).contains(ABSENT) {
            let mut covered = ValueSet::all(self.count(whose));
            covered.subtract(self.set(own));
            self.arcs.add(whose, its.var, id, covered);
        }
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
        let Some(arcs) = self.arcs.watched.remove(&var) else {
            return true;
        };
        for arc in &arcs {
            if domain.is_subset(&arc.covered) {
                self.look_at_arc(var, &domain, arc);
            }
            if self.pending.is_some() {
                break;
            }
        }
        self.arcs.watched.insert(var, arcs);
        true
    }

    fn look_at_arc(&mut self, var: Var, domain: &ValueSet, arc: &Arc) {
        let mut left = domain.clone();
        let mut allowed = ValueSet::none(self.count(arc.of));
        for id in &arc.clauses {
            let Some((own, its)) = self.sides(*id, var) else {
                continue;
            };
            if left.is_subset(own) {
                continue;
            }
            left.intersect(own);
            allowed.unite(its);
        }
        if !left.is_empty() || self.domain(arc.of).is_subset(&allowed) {
            return;
        }
        // As strong as it can be: what it says of these versions holds of all whose clause says no less.
        let mut covered = ValueSet::none(self.count(var));
        let mut parents = Vec::new();
        for id in &arc.clauses {
            if let Some((own, its)) = self.sides(*id, var)
                && its.to_set().is_subset(&allowed)
            {
                let mut carriers = ValueSet::all(self.count(var));
                carriers.subtract(own);
                covered.unite(&carriers);
                parents.push(*id);
            }
        }
        let mut unless = ValueSet::all(self.count(var));
        unless.subtract(&covered);
        let literals = [
            self.literal(&(arc.of, allowed)),
            self.literal(&(var, unless)),
        ];
        let id = self.clauses.add(&literals, Origin::Learnt { levels: 3 });
        if let Some(proof) = &mut self.proof {
            proof.learnt(id, parents);
        }
        self.take_up(id);
    }

    /// The set of a variable in a clause of two literals, and that of the other one.
    fn sides(&self, id: ClauseId, var: Var) -> Option<(SetView<'_>, SetView<'_>)> {
        match *self.clauses.literals(id) {
            [one, other] if one.var == var => Some((self.set(one), self.set(other))),
            [other, one] if one.var == var => Some((self.set(one), self.set(other))),
            _ => None,
        }
    }
}

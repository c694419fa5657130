//! Unit propagation: when all literals of a clause but one are false, that one must be true.

#![expect(
    clippy::indexing_slicing,
    reason = "watched clauses have two literals, and positions are within the list"
)]

use super::Engine;
use super::clauses::{ClauseId, Watch};
use super::literal::{SetPool, Var};
use super::trail::Reason;
use super::values::{Value, ValueSet};

/// What became of a clause whose watched literal is false.
enum Visit {
    /// It is satisfied, or was unit and has propagated: it stays on the list.
    Stays,
    /// It watches another literal now.
    Moved,
    /// It is false.
    Conflict,
}

impl Engine {
    /// Draws every conclusion; gives a clause that is false if there is one.
    pub(super) fn propagate(&mut self) -> Option<ClauseId> {
        if let Some(pending) = self.pending.take() {
            return Some(pending);
        }
        loop {
            while self.head < self.trail.len() {
                let var = self.trail.event(self.head as u32).var;
                self.head += 1;
                if let Some(conflict) = self.visit_watches(var) {
                    return Some(conflict);
                }
            }
            if !self.look_at_arcs() {
                return None;
            }
            if let Some(pending) = self.pending.take() {
                return Some(pending);
            }
        }
    }

    fn visit_watches(&mut self, var: Var) -> Option<ClauseId> {
        // No visit changes the domain: a clause has one literal a variable, and what is enforced is another one.
        match self.domain(var).clone() {
            ValueSet::Word(word) => {
                let domain = ValueSet::Word(word);
                self.visit_those(var, |pool, watch| {
                    domain.intersects(pool.view(&domain, watch.set))
                })
            }
            domain @ ValueSet::Words(_) => self.visit_those(var, |pool, watch| {
                domain.contains(watch.witness) || finds_witness(&domain, pool, watch)
            }),
        }
    }

    /// Visits the clauses that watch a variable, but for those whose literal `is_met` can still be true: one loop for each kind of set, as it
    /// is what a search does most.
    #[inline]
    fn visit_those(
        &mut self,
        var: Var,
        is_met: impl Fn(&SetPool, &mut Watch) -> bool,
    ) -> Option<ClauseId> {
        let mut list = self.clauses.take_watches(var);
        let mut conflict = None;
        list.retain_mut(|watch| {
            if conflict.is_some() || is_met(&self.pool, watch) || self.is_true(watch.other) {
                return true;
            }
            match self.visit(var, watch.clause) {
                Visit::Stays => true,
                Visit::Moved => false,
                Visit::Conflict => {
                    conflict = Some(watch.clause);
                    true
                }
            }
        });
        self.clauses.put_watches(var, list);
        conflict
    }

    fn visit(&mut self, var: Var, id: ClauseId) -> Visit {
        let literals = self.clauses.literals_mut(id);
        if literals[0].var == var {
            literals.swap(0, 1);
        }
        let literals = self.clauses.literals(id);
        let other = literals[0];
        if self.is_true(other) {
            return Visit::Stays;
        }
        let mut rest = literals.iter().skip(2);
        if let Some(free) = rest.position(|literal| !self.is_false(*literal)) {
            let literals = self.clauses.literals_mut(id);
            literals.swap(1, free + 2);
            let watched = literals[1];
            self.clauses.watch(id, watched, other);
            return Visit::Moved;
        }
        if self.is_false(other) {
            return Visit::Conflict;
        }
        self.enforce(other, Reason::Clause(id));
        Visit::Stays
    }
}

/// Whether a watched literal about many values can still be true of such a domain, and by which value.
#[inline(never)]
fn finds_witness(domain: &ValueSet, pool: &SetPool, watch: &mut Watch) -> bool {
    let witness = domain.last_in(pool.view(domain, watch.set));
    watch.witness = witness.unwrap_or(Value::MAX);
    witness.is_some()
}

//! Unit propagation: when all literals of a clause but one are false, that one must be true.

#![expect(clippy::indexing_slicing, reason = "watched clauses have two literals")]

use super::Engine;
use super::clauses::{ClauseId, Watch};
use super::literal::Var;
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
        let mut list = self.clauses.take_watches(var);
        // No visit changes the domain: a clause has one literal a variable, and what is enforced is another one.
        let domain = self.domain(var).clone();
        let mut conflict = None;
        list.retain_mut(|watch| {
            if conflict.is_some() || self.is_met(&domain, watch) || self.is_true(watch.other) {
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

    /// Whether a watched literal can still be true of a variable that has this domain.
    #[inline]
    fn is_met(&self, domain: &ValueSet, watch: &mut Watch) -> bool {
        if matches!(domain, ValueSet::Words(_)) && domain.contains(watch.witness) {
            return true;
        }
        let set = self.pool.view(domain, watch.set);
        if matches!(domain, ValueSet::Word(_)) {
            return domain.intersects(set);
        }
        let witness = domain.last_in(set);
        watch.witness = witness.unwrap_or(Value::MAX);
        witness.is_some()
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

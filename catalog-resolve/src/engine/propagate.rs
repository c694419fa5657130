//! Unit propagation: when all literals of a clause but one are false, that one must be true.

#![expect(
    clippy::indexing_slicing,
    reason = "watch lists are walked by position while they are compacted, and watched clauses have two literals"
)]

use super::Engine;
use super::clauses::{ClauseId, Origin, Watch};
use super::literal::Var;
use super::trail::Reason;

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
        let mut conflict = None;
        let (mut kept, mut at) = (0, 0);
        while at < list.len() {
            let watch = list[at];
            at += 1;
            let stays = self.domain(var).intersects(&self.pool[watch.set])
                || match self.visit(var, watch) {
                    Visit::Stays => true,
                    Visit::Moved => false,
                    Visit::Conflict => {
                        conflict = Some(watch.clause);
                        true
                    }
                };
            if stays {
                list[kept] = watch;
                kept += 1;
            }
            if conflict.is_some() {
                break;
            }
        }
        list.drain(kept..at);
        self.clauses.put_watches(var, list);
        conflict
    }

    fn visit(&mut self, var: Var, watch: Watch) -> Visit {
        let id = watch.clause;
        let clause = self.clauses.clause_mut(id);
        if clause.origin == Origin::Forgotten {
            return Visit::Moved;
        }
        if clause.literals[0].var == var {
            clause.literals.swap(0, 1);
        }
        let other = clause.literals[0];
        if self.is_true(other) {
            return Visit::Stays;
        }
        let rest = self.clauses.clause(id).literals.iter().enumerate().skip(2);
        let free = rest
            .filter(|(_, l)| !self.is_false(**l))
            .map(|(at, _)| at)
            .next();
        if let Some(free) = free {
            let literals = &mut self.clauses.clause_mut(id).literals;
            literals.swap(1, free);
            let watched = literals[1];
            self.clauses.watch(id, watched);
            return Visit::Moved;
        }
        if self.is_false(other) {
            return Visit::Conflict;
        }
        self.enforce(other, Reason::Clause(id));
        Visit::Stays
    }
}

//! Which variable to decide next.

#![expect(
    clippy::indexing_slicing,
    reason = "there is an entry for every variable"
)]

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::literal::Var;

/// The variables that may need a decision, the one of the lowest rank first, and of those the one that was made first; but where decisions were
/// taken back, in the order in which they had been made.
///
/// Ranks follow the order of the answer's preferences: a request without conflicts gets its best answer at the first attempt, and others one that
/// is close. The order is kept after conflicts too. Preferring variables of recent conflicts, as SAT solvers do, was measured: on
/// random problems near the threshold of having an answer it takes three to seven times as many steps, on large bundles up to twice as many.
#[derive(Default)]
pub(super) struct Agenda {
    heap: BinaryHeap<Reverse<(u64, Var)>>,
    /// Those whose decisions were taken back, the latest first: mostly, and without harm if not, from high rank to low.
    returned: Vec<Var>,
    /// By variable.
    ranks: Vec<u64>,
    is_inside: Vec<bool>,
}

impl Agenda {
    pub(super) fn add_var(&mut self, rank: u64) {
        self.ranks.push(rank);
        self.is_inside.push(false);
    }

    pub(super) fn insert(&mut self, var: Var) {
        if !std::mem::replace(&mut self.is_inside[var.index()], true) {
            self.heap.push(Reverse((self.ranks[var.index()], var)));
        }
    }

    /// The same of a variable of which a decision or conclusion is taken back, the latest one first.
    pub(super) fn give_back(&mut self, var: Var) {
        if !std::mem::replace(&mut self.is_inside[var.index()], true) {
            self.returned.push(var);
        }
    }

    /// The variable to decide next.
    pub(super) fn first(&self) -> Option<Var> {
        let new = self.heap.peek().map(|Reverse(first)| *first);
        let back = self.returned.last();
        let back = back.map(|var| (self.ranks[var.index()], *var));
        let first = match (new, back) {
            (Some(new), Some(back)) => Some(new.min(back)),
            (new, back) => new.or(back),
        };
        first.map(|(_, var)| var)
    }

    /// Takes out the variable that was [`first`](Self::first).
    pub(super) fn remove(&mut self, first: Var) {
        self.is_inside[first.index()] = false;
        match self.returned.last() == Some(&first) {
            true => self.returned.pop(),
            false => self.heap.pop().map(|Reverse((_, var))| var),
        };
    }
}

//! Which variable to decide next.

#![expect(
    clippy::indexing_slicing,
    reason = "there is an entry for every variable"
)]

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::literal::Var;

/// The variables that may need a decision, the one of the lowest rank before all others, and of those the one that came up first.
///
/// Ranks follow the order of the answer's preferences: a request without conflicts gets its best answer at the first attempt, and others one that
/// is close. The order is kept after conflicts too. Preferring variables of recent conflicts, as SAT solvers do, was measured: on
/// random problems near the threshold of having an answer it takes three to seven times as many steps, on large bundles up to twice as many.
#[derive(Default)]
pub(super) struct Agenda {
    heap: BinaryHeap<Reverse<(u64, Var)>>,
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

    /// The variable to decide next.
    pub(super) fn first(&self) -> Option<Var> {
        self.heap.peek().map(|Reverse((_, var))| *var)
    }

    /// Takes that variable out.
    pub(super) fn pop(&mut self) {
        if let Some(Reverse((_, var))) = self.heap.pop() {
            self.is_inside[var.index()] = false;
        }
    }
}

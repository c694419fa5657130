//! Choices: which of them may have to be made.

#![expect(
    clippy::indexing_slicing,
    reason = "there is an entry for every variable, and positions are those of choices that are there"
)]

use std::collections::BTreeSet;

use super::literal::{Literal, Var};

/// A disjunction of which, once its guard is false, some option has to be tried: options in order of preference.
pub(super) struct Choice {
    pub(super) guard: Literal,
    pub(super) options: Box<[Literal]>,
}

/// All choices, in the order in which they came, and those that may be due: looking at all of them for each that is made would take the square
/// of their number.
#[derive(Default)]
pub(super) struct Choices {
    all: Vec<Choice>,
    /// By variable: the choices that it is the guard of, and those of which it is an option. None beyond the last one that has any.
    guarded: Vec<Vec<u32>>,
    offered: Vec<Vec<u32>>,
    /// Those whose guard may have become false, or of which an option may no longer be true, since they were last looked at.
    maybe_due: BTreeSet<u32>,
}

impl Choices {
    pub(super) fn add(&mut self, choice: Choice) {
        let position = self.all.len() as u32;
        note(&mut self.guarded, choice.guard.var, position);
        for option in &choice.options {
            note(&mut self.offered, option.var, position);
        }
        self.maybe_due.insert(position);
        self.all.push(choice);
    }

    /// A domain shrank: a guard may be false now.
    pub(super) fn narrowed(&mut self, var: Var) {
        if let Some(guarded) = self.guarded.get(var.index()) {
            self.maybe_due.extend(guarded);
        }
    }

    /// A domain grew again: an option may no longer be true.
    pub(super) fn widened(&mut self, var: Var) {
        if let Some(offered) = self.offered.get(var.index()) {
            self.maybe_due.extend(offered);
        }
    }

    /// The first that may be due.
    pub(super) fn first(&self) -> Option<(u32, &Choice)> {
        let position = *self.maybe_due.first()?;
        Some((position, &self.all[position as usize]))
    }

    /// It is not due, until something becomes of its variables.
    pub(super) fn set_aside(&mut self, position: u32) {
        self.maybe_due.remove(&position);
    }
}

fn note(lists: &mut Vec<Vec<u32>>, var: Var, position: u32) {
    if lists.len() <= var.index() {
        lists.resize(var.index() + 1, Vec::new());
    }
    lists[var.index()].push(position);
}

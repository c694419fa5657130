//! Variables, literals, and the sets that literals share.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::values::{SetView, ValueSet};

/// A variable: one package at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Var(pub(super) u32);

impl Var {
    /// The variable that has this position.
    pub(crate) fn at(index: usize) -> Self {
        Self(index as u32)
    }

    /// The position in lists that have an entry a variable.
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A set of values as literals hold it: in place if one word will do, which is so of nearly every package there is, else as its position in
/// the pool. Which of the two the variable's domain says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HeldSet(u64);

/// "The variable has one of these values."
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Literal {
    pub(super) var: Var,
    pub(super) set: HeldSet,
}

/// The same with its set in hand: how literals are handed in and out.
pub(crate) type Term = (Var, ValueSet);

/// The sets of more than one word, each kept once however many literals use it.
#[derive(Default)]
pub(super) struct SetPool {
    sets: Vec<Box<[u64]>>,
    known: HashMap<Box<[u64]>, HeldSet, RandomState>,
}

impl SetPool {
    pub(super) fn hold(&mut self, set: &ValueSet) -> HeldSet {
        let words = match set {
            ValueSet::Word(word) => return HeldSet(*word),
            ValueSet::Words(words) => words,
        };
        if let Some(held) = self.known.get(words) {
            return *held;
        }
        let held = HeldSet(self.sets.len() as u64);
        self.sets.push(words.clone());
        self.known.insert(words.clone(), held);
        held
    }

    /// A set of values of a variable that has this domain.
    #[expect(
        clippy::indexing_slicing,
        reason = "only the pool makes identifiers, and it never forgets a set"
    )]
    #[inline]
    pub(super) fn view(&self, domain: &ValueSet, set: HeldSet) -> SetView<'_> {
        match domain {
            ValueSet::Word(_) => SetView::Word(set.0),
            ValueSet::Words(_) => SetView::Words(&self.sets[set.0 as usize]),
        }
    }
}

//! Variables, literals, and the sets that literals share.

use std::collections::HashMap;

use super::values::{SetView, ValueSet};

/// A variable: one package at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Var(pub(super) u32);

impl Var {
    /// The position in lists that have an entry a variable.
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A set of values as literals hold it: in place if one word will do, which is so of nearly every package there is, else in the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HeldSet {
    Word(u64),
    Pooled(u32),
}

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
    known: HashMap<Box<[u64]>, u32>,
}

impl SetPool {
    pub(super) fn hold(&mut self, set: &ValueSet) -> HeldSet {
        let words = match set {
            ValueSet::Word(word) => return HeldSet::Word(*word),
            ValueSet::Words(words) => words,
        };
        if let Some(id) = self.known.get(words) {
            return HeldSet::Pooled(*id);
        }
        let id = self.sets.len() as u32;
        self.sets.push(words.clone());
        self.known.insert(words.clone(), id);
        HeldSet::Pooled(id)
    }

    /// Whether a domain has a member in a set: the question that is asked most.
    #[inline]
    pub(super) fn reaches(&self, domain: &ValueSet, set: HeldSet) -> bool {
        match (domain, set) {
            (ValueSet::Word(domain), HeldSet::Word(word)) => domain & word != 0,
            _ => domain.intersects(self.view(set)),
        }
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "only the pool makes identifiers, and it never forgets a set"
    )]
    pub(super) fn view(&self, set: HeldSet) -> SetView<'_> {
        match set {
            HeldSet::Word(word) => SetView::Word(word),
            HeldSet::Pooled(id) => SetView::Words(&self.sets[id as usize]),
        }
    }
}

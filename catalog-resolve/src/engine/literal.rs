//! Variables, literals, and the sets that literals share.

use std::collections::HashMap;

use super::values::ValueSet;

/// A variable: one package at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Var(pub(super) u32);

impl Var {
    /// The position in lists that have an entry a variable.
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A set of values, kept once however many literals use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SetId(u32);

/// "The variable has one of these values."
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Literal {
    pub(super) var: Var,
    pub(super) set: SetId,
}

/// The same with its set in hand: how literals are handed in and out.
pub(crate) type Term = (Var, ValueSet);

/// All sets in use.
#[derive(Default)]
pub(super) struct SetPool {
    sets: Vec<ValueSet>,
    known: HashMap<ValueSet, SetId>,
}

impl SetPool {
    pub(super) fn intern(&mut self, set: ValueSet) -> SetId {
        if let Some(id) = self.known.get(&set) {
            return *id;
        }
        let id = SetId(self.sets.len() as u32);
        self.sets.push(set.clone());
        self.known.insert(set, id);
        id
    }
}

impl std::ops::Index<SetId> for SetPool {
    type Output = ValueSet;

    #[expect(
        clippy::indexing_slicing,
        reason = "only the pool makes identifiers, and it never forgets a set"
    )]
    fn index(&self, id: SetId) -> &ValueSet {
        &self.sets[id.0 as usize]
    }
}

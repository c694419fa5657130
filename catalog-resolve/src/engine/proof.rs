//! What a contradiction follows from.

use std::collections::{BTreeMap, BTreeSet};

use super::Engine;
use super::clauses::ClauseId;

/// For each learnt clause, the clauses it was resolved from; and those that the contradiction was.
#[derive(Default)]
pub(super) struct Proof {
    parents: BTreeMap<ClauseId, Vec<ClauseId>>,
    contradiction: Vec<ClauseId>,
}

impl Proof {
    pub(super) fn learnt(&mut self, id: ClauseId, parents: Vec<ClauseId>) {
        self.parents.insert(id, parents);
    }

    pub(super) fn contradiction(&mut self, parents: Vec<ClauseId>) {
        self.contradiction = parents;
    }
}

impl Engine {
    /// After a [proving](Engine::proving) engine answered no without assumptions: the given clauses that its
    /// contradiction was derived from, which contradict each other alone.
    pub(crate) fn core(&self) -> BTreeSet<ClauseId> {
        let mut given = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let Some(proof) = &self.proof else {
            return given;
        };
        let mut left = proof.contradiction.clone();
        while let Some(id) = left.pop() {
            if !seen.insert(id) {
                continue;
            }
            match proof.parents.get(&id) {
                Some(parents) => left.extend(parents),
                None => {
                    given.insert(id);
                }
            }
        }
        given
    }
}

//! The clauses: what must hold of every answer.

use super::literal::{Literal, SetId, Var};

/// Position of a clause in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ClauseId(pub(super) u32);

/// A disjunction of literals, one a variable at most. The first two literals are the watched ones.
pub(super) struct Clause {
    pub(super) literals: Box<[Literal]>,
    pub(super) origin: Origin,
}

/// Where a clause comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// It was handed in.
    Given,
    /// It was derived from others, over this many levels: the fewer, the more it is worth.
    Learnt { levels: u32 },
    /// It was derived and has been forgotten.
    Forgotten,
}

/// A clause to look at when its watched literal may have become false.
#[derive(Clone, Copy)]
pub(super) struct Watch {
    pub(super) clause: ClauseId,
    /// The watched literal's set, so that most visits need not touch the clause.
    pub(super) set: SetId,
}

/// All clauses, and for each variable those that watch it.
#[derive(Default)]
pub(super) struct ClauseStore {
    clauses: Vec<Clause>,
    watches: Vec<Vec<Watch>>,
    pub(super) learnt: usize,
}

#[expect(
    clippy::indexing_slicing,
    reason = "only the store makes clause identifiers, and every variable is announced to it"
)]
impl ClauseStore {
    pub(super) fn add_var(&mut self) {
        self.watches.push(Vec::new());
    }

    /// Keeps a clause; if it has two literals or more, its first two are watched.
    pub(super) fn add(&mut self, literals: Vec<Literal>, origin: Origin) -> ClauseId {
        let id = ClauseId(self.clauses.len() as u32);
        if let [first, second, ..] = literals.as_slice() {
            self.watch(id, *first);
            self.watch(id, *second);
        }
        if matches!(origin, Origin::Learnt { .. }) {
            self.learnt += 1;
        }
        self.clauses.push(Clause {
            literals: literals.into(),
            origin,
        });
        id
    }

    pub(super) fn clause(&self, id: ClauseId) -> &Clause {
        &self.clauses[id.0 as usize]
    }

    pub(super) fn is_forgotten(&self, id: ClauseId) -> bool {
        self.clause(id).origin == Origin::Forgotten
    }

    pub(super) fn clause_mut(&mut self, id: ClauseId) -> &mut Clause {
        &mut self.clauses[id.0 as usize]
    }

    pub(super) fn watch(&mut self, clause: ClauseId, literal: Literal) {
        let set = literal.set;
        self.watches[literal.var.index()].push(Watch { clause, set });
    }

    pub(super) fn take_watches(&mut self, var: Var) -> Vec<Watch> {
        std::mem::take(&mut self.watches[var.index()])
    }

    pub(super) fn put_watches(&mut self, var: Var, watches: Vec<Watch>) {
        self.watches[var.index()] = watches;
    }

    /// Clauses that were handed in, in that order.
    pub(super) fn given(&self) -> impl Iterator<Item = (ClauseId, &Clause)> {
        self.numbered()
            .filter(|(_, clause)| clause.origin == Origin::Given)
    }

    fn numbered(&self) -> impl Iterator<Item = (ClauseId, &Clause)> {
        (0..).map(ClauseId).zip(&self.clauses)
    }

    /// Forgets the worse half of the learnt clauses that span more than two levels and that `needed` does not name.
    pub(super) fn forget_weak(&mut self, needed: impl Fn(ClauseId) -> bool) {
        let mut weak: Vec<(u32, ClauseId)> = self
            .numbered()
            .filter_map(|(id, clause)| match clause.origin {
                Origin::Learnt { levels } if levels > 2 && !needed(id) => Some((levels, id)),
                _ => None,
            })
            .collect();
        weak.sort_unstable_by(|a, b| b.cmp(a).then_with(|| a.1.cmp(&b.1)));
        weak.truncate(weak.len().div_ceil(2));
        for (_, id) in &weak {
            let clause = self.clause_mut(*id);
            clause.literals = Box::default();
            clause.origin = Origin::Forgotten;
        }
        self.learnt -= weak.len();
        for list in &mut self.watches {
            list.retain(|watch| self.clauses[watch.clause.0 as usize].origin != Origin::Forgotten);
        }
    }
}

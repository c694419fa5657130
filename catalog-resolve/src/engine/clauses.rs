//! The clauses: what must hold of every answer.

use super::literal::{HeldSet, Literal, Var};
use super::values::Value;

/// Position of a clause in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ClauseId(pub(super) u32);

/// Where a clause comes from, and where its literals are.
struct Clause {
    start: u32,
    len: u32,
    origin: Origin,
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
    /// A value of the set that the variable had when this was last looked at: as long as it has it, nothing else need be looked at. No value at
    /// first, and where sets are one word, which is looked at as fast. The last one: the first ones are tried first.
    pub(super) witness: Value,
    /// The watched literal's set, so that most visits need not touch the clause.
    pub(super) set: HeldSet,
    /// Another literal of the clause, for the same: the only other one of a clause of two.
    pub(super) other: Literal,
}

/// Room for so many watches is made for a variable at first, so that the few that most have are not moved again and again.
const WATCHES: usize = 8;

/// All clauses, and for each variable those that watch it. A clause is a disjunction of literals, one a variable at most; its first two are
/// the watched ones.
#[derive(Default)]
pub(super) struct ClauseStore {
    clauses: Vec<Clause>,
    /// Of all clauses, one clause after the other.
    literals: Vec<Literal>,
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
    pub(super) fn add(&mut self, literals: &[Literal], origin: Origin) -> ClauseId {
        let id = ClauseId(self.clauses.len() as u32);
        if let [first, second, ..] = literals {
            self.watch(id, *first, *second);
            self.watch(id, *second, *first);
        }
        if matches!(origin, Origin::Learnt { .. }) {
            self.learnt += 1;
        }
        self.clauses.push(Clause {
            start: self.literals.len() as u32,
            len: literals.len() as u32,
            origin,
        });
        self.literals.extend_from_slice(literals);
        id
    }

    pub(super) fn literals(&self, id: ClauseId) -> &[Literal] {
        let Clause { start, len, .. } = self.clauses[id.0 as usize];
        &self.literals[start as usize..][..len as usize]
    }

    pub(super) fn literals_mut(&mut self, id: ClauseId) -> &mut [Literal] {
        let Clause { start, len, .. } = self.clauses[id.0 as usize];
        &mut self.literals[start as usize..][..len as usize]
    }

    pub(super) fn is_forgotten(&self, id: ClauseId) -> bool {
        self.clauses[id.0 as usize].origin == Origin::Forgotten
    }

    pub(super) fn is_given(&self, id: ClauseId) -> bool {
        self.clauses[id.0 as usize].origin == Origin::Given
    }

    pub(super) fn watch(&mut self, clause: ClauseId, literal: Literal, other: Literal) {
        let set = literal.set;
        let watches = &mut self.watches[literal.var.index()];
        if watches.capacity() == 0 {
            watches.reserve_exact(WATCHES);
        }
        watches.push(Watch {
            clause,
            witness: Value::MAX,
            set,
            other,
        });
    }

    /// The clauses that watch a variable.
    pub(super) fn watches(&self, var: Var) -> &[Watch] {
        &self.watches[var.index()]
    }

    pub(super) fn take_watches(&mut self, var: Var) -> Vec<Watch> {
        std::mem::take(&mut self.watches[var.index()])
    }

    pub(super) fn put_watches(&mut self, var: Var, watches: Vec<Watch>) {
        self.watches[var.index()] = watches;
    }

    /// Clauses that were handed in, in that order.
    pub(super) fn given(&self) -> impl Iterator<Item = (ClauseId, &[Literal])> {
        let ids = (0..self.clauses.len() as u32).map(ClauseId);
        ids.filter(|id| self.is_given(*id))
            .map(|id| (id, self.literals(id)))
    }

    /// Forgets the worse half of the learnt clauses that span more than two levels and that `needed` does not name.
    pub(super) fn forget_weak(&mut self, needed: impl Fn(ClauseId) -> bool) {
        let numbered = (0..).map(ClauseId).zip(&self.clauses);
        let mut weak: Vec<(u32, ClauseId)> = numbered
            .filter_map(|(id, clause)| match clause.origin {
                Origin::Learnt { levels } if levels > 2 && !needed(id) => Some((levels, id)),
                _ => None,
            })
            .collect();
        weak.sort_unstable_by(|a, b| b.cmp(a).then_with(|| a.1.cmp(&b.1)));
        weak.truncate(weak.len().div_ceil(2));
        for (_, id) in &weak {
            self.clauses[id.0 as usize].origin = Origin::Forgotten;
        }
        self.learnt -= weak.len();
        for list in &mut self.watches {
            list.retain(|watch| self.clauses[watch.clause.0 as usize].origin != Origin::Forgotten);
        }
        self.close_gaps();
    }

    /// Gives the room of forgotten clauses back.
    fn close_gaps(&mut self) {
        let mut end = 0;
        for clause in &mut self.clauses {
            let start = clause.start as usize;
            if clause.origin == Origin::Forgotten {
                clause.len = 0;
            }
            let len = clause.len as usize;
            self.literals.copy_within(start..start + len, end);
            clause.start = end as u32;
            end += len;
        }
        self.literals.truncate(end);
    }
}

//! Which questions of a condition keep it from being satisfied.

use crate::condition::{Leaf, Part, Tree};
use crate::evaluate::{LeafPosition, Truth, join};

/// A question that has not the answer that its condition needs.
pub(super) struct Blamed {
    /// Its place among the leaves of the condition.
    pub(super) ordinal: usize,
    /// The answer that is needed: not satisfied, for one below `not`.
    pub(super) wanted: Truth,
}

/// The truth of a condition whose leaves have these truths, in the order written.
pub(super) fn truth(tree: &Tree<Leaf>, mut truth_of: impl FnMut(usize) -> Truth) -> Truth {
    let mut ordinal = 0;
    join(tree, &LeafPosition::Root, &mut |_, _| {
        ordinal += 1;
        truth_of(ordinal - 1)
    })
}

/// The leaves whose answers stand in the way. Of `any` that is every part: one of them would do.
pub(super) fn blamed(tree: &Tree<Leaf>, truth_of: &dyn Fn(usize) -> Truth) -> Vec<Blamed> {
    let mut found = Vec::new();
    walk(tree, Truth::Satisfied, 0, truth_of, &mut found);
    found
}

/// Recursion is bounded by the depth of a tree.
fn walk(
    tree: &Tree<Leaf>,
    wanted: Truth,
    first: usize,
    truth_of: &dyn Fn(usize) -> Truth,
    found: &mut Vec<Blamed>,
) {
    if truth(tree, |ordinal| truth_of(first + ordinal)) == wanted {
        return;
    }
    match tree.part() {
        Part::All(parts) | Part::Any(parts) => {
            let mut first = first;
            for part in parts {
                walk(part, wanted, first, truth_of, found);
                first += part.leaves().count();
            }
        }
        Part::Not(part) => walk(part, wanted.not(), first, truth_of, found),
        Part::Leaf(_) => found.push(Blamed {
            ordinal: first,
            wanted,
        }),
    }
}

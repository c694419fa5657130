//! Single questions, for whoever asks many clusters the same and reads few of the answers.

use super::hypothesis::Hypothesis;
use super::judge::Judgment;
use super::locate::Located;
use super::truth::Truth;
use super::{Asking, Context, Detail};
use crate::condition::{Condition, Leaf, Name, ObjectTarget};
use crate::report::{Answer, Outcome};
use crate::snapshot::Snapshot;

/// Outcome and reason of a question, without any words; `supposed` is a change that is thought to be made.
pub(crate) fn judge(
    leaf: &Leaf,
    snapshot: &Snapshot,
    context: &Context,
    supposed: Option<&Hypothesis>,
) -> Judgment {
    let asking = Asking {
        supposed,
        ..Asking::new(snapshot, context, Detail::Brief)
    };
    let answer = asking.leaf(leaf);
    Judgment {
        truth: Truth::of(answer.outcome),
        reason: answer.reason,
    }
}

/// The answer to a question in words.
pub(crate) fn tell(leaf: &Leaf, snapshot: &Snapshot, context: &Context) -> Answer {
    Asking::new(snapshot, context, Detail::Told).leaf(leaf)
}

/// The answer of a condition that asks the cluster nothing: its definition has errors, or it does not apply.
pub(crate) fn unasked(
    condition: &Condition,
    snapshot: &Snapshot,
    context: &Context,
) -> Option<Answer> {
    Asking::new(snapshot, context, Detail::Told).unasked(condition)
}

/// The outcome of a condition that asks the cluster nothing, without any words.
pub(crate) fn unasked_outcome(
    condition: &Condition,
    snapshot: &Snapshot,
    context: &Context,
) -> Option<Outcome> {
    let asking = Asking::new(snapshot, context, Detail::Brief);
    asking.unasked(condition).map(|answer| answer.outcome)
}

/// A named object, as far as the snapshot knows, and its namespace: empty for a kind without, `None` if it is not known.
pub(crate) fn locate<'s>(
    target: &'s ObjectTarget,
    name: &Name,
    snapshot: &'s Snapshot,
    context: &'s Context,
) -> (Located<'s>, Option<&'s str>) {
    let asking = Asking::new(snapshot, context, Detail::Brief);
    (asking.locate(target, name), asking.namespace_of(target))
}

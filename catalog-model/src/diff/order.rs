//! Orders that mean something.

use super::change::{Change, ChangeKind, Detail, Part};

/// That what both have stands in another order; nothing where it does not.
pub(super) fn reordered(
    part: Part,
    subject: &str,
    (old, new): (&[&str], &[&str]),
) -> Option<Change> {
    let in_both = |these: &[&str], others: &[&str]| -> Vec<serde_json::Value> {
        let kept = these.iter().filter(|one| others.contains(one));
        kept.map(|one| (*one).into()).collect()
    };
    let (before, after) = (in_both(old, new), in_both(new, old));
    (before != after).then(|| Change {
        details: vec![Detail::shown((Some(before.into()), Some(after.into())))],
        ..Change::new(part, subject, ChangeKind::Changed)
    })
}

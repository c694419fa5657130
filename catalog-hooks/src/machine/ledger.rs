//! Writes down which objects are written for a release, before they are.

use serde_json::Value;

use super::marks::{is_of_somebody_else, uid};
use super::operation_desk::{Halt, OperationDesk};
use crate::api::ObjectRef;
use crate::journal::{LedgerEntry, Part};

/// Puts objects into the ledger before they are written, each with whether it was there before, of somebody else.
pub(super) async fn register(
    cx: &OperationDesk,
    objects: &[Value],
    part: Part,
) -> Result<(), Halt> {
    let previous = cx.previous();
    for manifest in objects {
        let Some(object) = ObjectRef::of(manifest) else {
            return Err(Halt::failed("an object of the plan has no name"));
        };
        if cx.look(|operation| {
            operation
                .ledger
                .iter()
                .any(|entry| entry.object.is_same_object(&object))
        }) {
            continue;
        }
        let there = cx.read(&object).await?;
        let before = previous
            .iter()
            .find(|entry| entry.object.is_same_object(&object));
        let existed = there
            .as_ref()
            .is_some_and(|there| existed(cx, before, there));
        let forces = cx.planned().options().force_conflicts;
        let was_forced = before.is_some_and(|before| before.forced);
        let entry = LedgerEntry {
            part,
            existed,
            forced: existed && (forces || was_forced),
            uid: there.as_ref().and_then(uid),
            object,
        };
        cx.record(|operation| operation.ledger.push(entry));
    }
    Ok(())
}

/// Whether an object that is there was there before the release was. What the ledger says of it holds of that very object: one that was made since
/// in its place is another one.
fn existed(cx: &OperationDesk, before: Option<&LedgerEntry>, there: &Value) -> bool {
    let is_same = |before: &&LedgerEntry| before.uid.is_none() || before.uid == uid(there);
    match before.filter(is_same) {
        Some(before) => before.existed,
        None => is_of_somebody_else(cx, there),
    }
}

pub(super) fn note_uid(cx: &OperationDesk, object: &ObjectRef, made: &Value) {
    let Some(uid) = uid(made) else { return };
    let known = cx.look(|operation| {
        let mut entries = operation.ledger.iter();
        entries
            .any(|entry| entry.object.is_same_object(object) && entry.uid.as_deref() == Some(&uid))
    });
    if known {
        return;
    }
    cx.record(|operation| {
        let mut entries = operation.ledger.iter_mut();
        if let Some(entry) = entries.find(|entry| entry.object.is_same_object(object)) {
            entry.uid = Some(uid);
        }
    });
}

/// The object that the ledger knew is gone: the one of its name with this uid, or the next one, is made for the release.
pub(super) fn made_for_the_release(cx: &OperationDesk, object: &ObjectRef, uid: Option<String>) {
    let is_it = |entry: &LedgerEntry| entry.object.is_same_object(object);
    let is_other = |entry: &LedgerEntry| is_it(entry) && (entry.existed || entry.uid != uid);
    if !cx.look(|operation| operation.ledger.iter().any(is_other)) {
        return;
    }
    cx.record(|operation| {
        let mut entries = operation.ledger.iter_mut();
        if let Some(entry) = entries.find(|entry| is_it(entry)) {
            entry.uid = uid;
            entry.existed = false;
        }
    });
}

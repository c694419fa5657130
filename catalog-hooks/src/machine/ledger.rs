//! Writes down which objects are written for a release, before they are.

use serde_json::Value;

use super::marks::{is_of_somebody_else, is_ours, marked_origin, uid};
use super::operation_desk::OperationDesk;
use crate::api::ObjectRef;
use crate::journal::{LedgerEntry, Origin, Part};

/// What the ledger says of an object.
pub(super) fn entry(cx: &OperationDesk, object: &ObjectRef) -> Option<LedgerEntry> {
    cx.look(|operation| {
        let mut entries = operation.ledger.iter();
        entries
            .find(|entry| entry.object.is_same_object(object))
            .cloned()
    })
}

/// Puts an object into the ledger before it is written, with whether it was there before, of somebody else: to be done right before, as it may come
/// at any time. One that is in the ledger, but of which it is not known that it was written, may have come since.
pub(super) fn register(cx: &OperationDesk, object: &ObjectRef, part: Part, there: Option<&Value>) {
    match entry(cx, object) {
        None => {
            let entry = entry_of(cx, object, part, there);
            cx.record(|operation| operation.ledger.push(entry));
        }
        Some(known) if known.uid.is_none() => {
            if there.is_some_and(|there| !is_ours(cx, there)) {
                replace(cx, entry_of(cx, object, part, there));
            }
        }
        Some(_) => {}
    }
}

/// Notes of an object that others have fields in it, which came while it was written.
pub(super) fn was_there_after_all(cx: &OperationDesk, object: &ObjectRef, there: &Value) {
    if let Some(known) = entry(cx, object) {
        replace(
            cx,
            LedgerEntry {
                origin: of_others(cx.planned().options().force_conflicts),
                uid: uid(there),
                ..known
            },
        );
    }
}

fn entry_of(
    cx: &OperationDesk,
    object: &ObjectRef,
    part: Part,
    there: Option<&Value>,
) -> LedgerEntry {
    let previous = cx.previous();
    let mut entries = previous.iter();
    let before = entries.find(|entry| entry.object.is_same_object(object));
    let existed = there.is_some_and(|there| existed(cx, before, there));
    let forces = cx.planned().options().force_conflicts;
    let is_forced = forces
        || before.is_some_and(|before| before.origin == Origin::OthersForced)
        || there.is_some_and(|there| marked_origin(there) == Origin::OthersForced);
    LedgerEntry {
        part,
        origin: match existed {
            true => of_others(is_forced),
            false => Origin::Release,
        },
        uid: there.and_then(uid),
        object: object.clone(),
    }
}

fn of_others(is_forced: bool) -> Origin {
    match is_forced {
        true => Origin::OthersForced,
        false => Origin::Others,
    }
}

/// Puts an entry in the place of the one of its object.
fn replace(cx: &OperationDesk, new: LedgerEntry) {
    cx.record(|operation| {
        let mut entries = operation.ledger.iter_mut();
        if let Some(entry) = entries.find(|entry| entry.object.is_same_object(&new.object)) {
            *entry = new;
        }
    });
}

/// Whether an object that is there was there before the release was. What the ledger says of it holds of that very object: one that was made since
/// in its place is another one, and one that was to be written and never was is not the release's because it is there.
fn existed(cx: &OperationDesk, before: Option<&LedgerEntry>, there: &Value) -> bool {
    let is_same = |before: &&LedgerEntry| match &before.uid {
        Some(known) => uid(there).as_ref() == Some(known),
        None => is_ours(cx, there),
    };
    match before.filter(is_same) {
        Some(before) => before.origin.is_others(),
        None => is_of_somebody_else(cx, there),
    }
}

/// Notes the uid that an object was made with, and whether it stands in a namespace: what its author wrote does not say.
pub(super) fn note_uid(cx: &OperationDesk, object: &ObjectRef, made: &Value) {
    let (Some(uid), Some(known)) = (uid(made), entry(cx, object)) else {
        return;
    };
    let stands = ObjectRef::of(made).filter(|made| made.namespace().is_none());
    let object = stands.unwrap_or_else(|| known.object.clone());
    if known.uid.as_deref() != Some(&uid) || known.object != object {
        let uid = Some(uid);
        replace(
            cx,
            LedgerEntry {
                uid,
                object,
                ..known
            },
        );
    }
}

/// The object that the ledger knew is gone: what has its name next is to be looked at like any other.
pub(super) fn forget(cx: &OperationDesk, object: &ObjectRef) {
    now_ours(cx, object, None);
}

/// The object that the ledger knew is gone, and the one of its name with this uid was made for the release.
pub(super) fn made_anew(cx: &OperationDesk, object: &ObjectRef, made: &Value) {
    now_ours(cx, object, uid(made));
}

fn now_ours(cx: &OperationDesk, object: &ObjectRef, uid: Option<String>) {
    let is_news = |known: &LedgerEntry| known.origin.is_others() || known.uid != uid;
    if let Some(known) = entry(cx, object).filter(is_news) {
        replace(
            cx,
            LedgerEntry {
                uid,
                origin: Origin::Release,
                ..known
            },
        );
    }
}

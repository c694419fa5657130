//! Objects that move from one instance to another in a run.

use catalog_model::OperationKind;

use super::claims;
use super::delete::{has_it_too, keep, make_anothers, went};
use super::operation_desk::{Halt, OperationDesk};
use super::record::take_off;
use crate::api::ObjectRef;
use crate::journal::{LedgerEntry, OperationJournal, OperationStatus, Part};
use crate::plan::PlannedOperation;
use crate::record::ledger_after;

/// Takes off the record of an instance what its release has no more, and another operation of the run has written since: it stayed there until that was
/// done. Nothing is deleted, and nothing depends on it: what stays on record is asked about by the next operation.
pub(super) async fn settle(cx: &OperationDesk) {
    if let Err(Halt::Failed { message, .. }) = settle_moved(cx).await {
        cx.warn(format!(
            "what other operations of the run have now is still on its record: {message}"
        ));
    }
}

async fn settle_moved(cx: &OperationDesk) -> Result<(), Halt> {
    let is_done = cx.look(OperationJournal::status) == OperationStatus::Done;
    // What is taken back goes the way it came.
    if !is_done || !is_last_of_instance(cx) || cx.desk().look(|journal| journal.unwinding) {
        return Ok(());
    }
    let mut moved = awaited(cx);
    moved.retain(|entry| {
        claims::has_come(cx, &entry.object).is_some() || claims::has_gone(cx, &entry.object)
    });
    // What is applied carries the label of who applied it. A namespace that was there was not.
    for entry in moved.iter().filter(|entry| entry.part == Part::Namespace) {
        if let Some(claim) = claims::has_come(cx, &entry.object) {
            make_anothers(cx, claim).await?;
        }
    }
    if moved.is_empty() || !take_off(cx, on_record(cx), &moved).await? {
        return Ok(());
    }
    for entry in moved {
        match claims::has_come(cx, &entry.object) {
            Some(claim) => {
                cx.record(|operation| operation.hand_on(&entry.object));
                keep(cx, &entry.object, &has_it_too(claim));
            }
            None => went(cx, &entry, entry.uid.clone()),
        }
    }
    Ok(())
}

/// What the operation has put on record when it was done.
fn on_record(cx: &OperationDesk) -> Vec<LedgerEntry> {
    if cx.planned().operation().kind() == OperationKind::Uninstall {
        return awaited(cx);
    }
    let previous = cx.previous().into_owned();
    cx.look(|operation| ledger_after(previous, operation))
}

/// What operations on the instance have left to others of the run, as far as nothing has become of it since.
pub(super) fn awaited(cx: &OperationDesk) -> Vec<LedgerEntry> {
    let mut entries = cx.previous().into_owned();
    entries.retain(|entry| {
        let is_it = |object: &ObjectRef| object.is_same_object(&entry.object);
        cx.look(|operation| {
            operation.awaited.iter().any(is_it) && !operation.has_let_go(&entry.object)
        })
    });
    entries
}

/// Whether no operation after it is on the same instance: what it has put on record is there still.
fn is_last_of_instance(cx: &OperationDesk) -> bool {
    let uid = |planned: &PlannedOperation| planned.context().release_uid().to_owned();
    let own = uid(cx.planned());
    let mut later = cx.plan().operations().iter().skip(cx.index() + 1);
    !later.any(|planned| uid(planned) == own)
}

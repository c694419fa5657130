//! Objects that move from one instance to another in a run.

use super::claims;
use super::delete::{has_it_too, keep, make_anothers, stays_no_more};
use super::operation_desk::{Halt, OperationDesk};
use super::record::take_off;
use crate::api::ObjectRef;
use crate::journal::{LedgerEntry, OperationJournal, OperationStatus, Part};
use crate::plan::Claim;
use crate::record::{InstalledRecord, ledger_done};

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
    let moved = moved(cx);
    if moved.is_empty() {
        return Ok(());
    }
    // What is applied carries the label of who applied it. A namespace that was there was not.
    for (entry, claim) in &moved {
        if let Some(claim) = claim.filter(|_| entry.part == Part::Namespace) {
            make_anothers(cx, claim).await?;
        }
    }
    let settle = |operation: &mut OperationJournal| {
        for (entry, claim) in &moved {
            match claim {
                Some(_) => operation.hand_on(&entry.object),
                None => operation.note_deleted(entry.clone()),
            }
        }
    };
    let mut settled = cx.look(OperationJournal::clone);
    settle(&mut settled);
    let previous = cx.previous().into_owned();
    let before = cx.look(|operation| ledger_done(cx.planned(), previous.clone(), operation));
    let after = ledger_done(cx.planned(), previous, &settled);
    if !take_off(cx, before, after).await? {
        return Ok(());
    }
    cx.record(settle);
    for one in cx.of_instance_so_far() {
        let awaits = |object: &ObjectRef| one.look(|operation| operation.awaits(object));
        for (entry, claim) in moved.iter().filter(|(entry, _)| awaits(&entry.object)) {
            match claim {
                Some(claim) => keep(&one, &entry.object, &has_it_too(claim)),
                None => stays_no_more(&one, &entry.object),
            }
        }
    }
    Ok(())
}

/// Whether what is on record is what the operation has put there, without what it has left to others of the run since: a runner that took that off the
/// record died before the journal said so. It says so now.
pub(super) fn was_settled(cx: &OperationDesk, known: &InstalledRecord) -> bool {
    let previous = cx.previous().into_owned();
    let is_on_record = |entry: &LedgerEntry| {
        let mut ledger = known.ledger().iter();
        ledger.any(|one| one.object.is_same_object(&entry.object))
    };
    let ledger = cx.look(|operation| ledger_done(cx.planned(), previous, operation));
    let is_awaited = |entry: &LedgerEntry| cx.look(|operation| operation.awaits(&entry.object));
    let (taken_off, rest): (Vec<LedgerEntry>, Vec<LedgerEntry>) = ledger
        .into_iter()
        .partition(|entry| is_awaited(entry) && !is_on_record(entry));
    let settled = cx.so_far(|so_far| so_far.done_with(rest));
    let is_it = settled.is_some_and(|settled| known.is_as(&settled));
    if is_it {
        cx.record(|operation| {
            let taken_off = taken_off.iter();
            taken_off.for_each(|entry| operation.hand_on(&entry.object));
        });
    }
    is_it
}

/// What the instance has left to others of the run, and is not to have on record any more: each with the instance that has it now, or without one if it
/// is gone.
fn moved(cx: &OperationDesk) -> Vec<(LedgerEntry, Option<&Claim>)> {
    let all: Vec<OperationDesk> = cx.of_instance_so_far().collect();
    let mut awaited = cx.previous().into_owned();
    awaited.retain(|entry| {
        let is_it = |own: &LedgerEntry| own.object.is_same_object(&entry.object);
        let is_own = cx.look(|operation| {
            operation.ledger.iter().any(is_it) || operation.has_let_go(&entry.object)
        });
        !is_own
            && all
                .iter()
                .any(|one| one.look(|operation| operation.awaits(&entry.object)))
    });
    let settled = awaited.into_iter().filter_map(|entry| {
        let claim = claims::has_come(cx, &entry.object);
        let is_settled = claim.is_some() || claims::has_gone(cx, &entry.object);
        is_settled.then_some((entry, claim))
    });
    settled.collect()
}

/// Whether no operation after it is on the same instance: what it has put on record is there still.
pub(super) fn is_last_of_instance(cx: &OperationDesk) -> bool {
    let mut later = cx.plan().operations().iter().skip(cx.index() + 1);
    !later.any(|planned| planned.is_of_instance(cx.planned()))
}

//! Objects that several installed instances have, of which the last deletes them.

use catalog_model::OperationKind;
use serde_json::Value;

use super::apply::{is_of, is_ours};
use super::operation::OperationDesk;
use crate::api::ObjectRef;
use crate::journal::{OperationJournal, OperationStatus};
use crate::plan::{Claim, PlannedOperation};

/// Another instance that has the object too, and has not let it go in this very run.
pub(super) fn standing<'d>(cx: &'d OperationDesk, object: &ObjectRef) -> Option<&'d Claim> {
    let mut claims = cx.planned().claims_on(object);
    claims.find(|claim| !is_void(cx, claim))
}

/// Whether an object carries our label, or that of an instance that has let it go: which of them wrote it last is chance.
pub(super) fn is_ours_alone(cx: &OperationDesk, object: &ObjectRef, there: &Value) -> bool {
    let mut claims = cx.planned().claims_on(object);
    is_ours(cx, there) || claims.any(|claim| is_of(there, &claim.release_uid) && is_void(cx, claim))
}

/// Whether the other instance has let the object go since this was planned. Two operations of a run never both find that the other has not: each
/// puts it on record before anything else can happen.
fn is_void(cx: &OperationDesk, claim: &Claim) -> bool {
    let has_let_go = |planned: &PlannedOperation, operation: &OperationJournal| {
        let is_gone = planned.operation().kind() == OperationKind::Uninstall
            && operation.status() == OperationStatus::Done;
        planned.context().release_uid() == claim.release_uid
            && (is_gone || operation.has_let_go(&claim.object))
    };
    cx.desk().look(|journal| {
        let operations = cx.plan().operations().iter();
        let mut both = operations.zip(journal.operations());
        both.any(|(planned, operation)| has_let_go(planned, operation))
    })
}

//! What is done before the first change: all conditions, and pinning the plan.

use std::sync::Arc;

use catalog_model::OperationKind;

use super::desk::Desk;
use super::operation_desk::{Halt, OperationDesk};
use super::patience::Patience;
use super::{moved, plans, record, verdicts};
use crate::api::{Failure, FailureClass, Request};
use crate::effect::{Answer, Task};
use crate::journal::{FailureNote, Journal, OperationStatus};
use crate::plan::{PinnedPlan, PlannedOperation, Step, Track};
use crate::record::InstalledRecord;

/// What can be done next where conditions are not met.
const MEET_THEM: &str = "meet the conditions, and begin again";

/// What can be done next where something else is in the way.
pub(super) const MEND_IT: &str = "mend the cause, and begin again";

/// What can be done next where a plan is out of date.
const PLAN_AGAIN: &str = "plan it again from what is on record now";

/// Why an operation does not begin.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) message: String,
    pub(super) next: &'static str,
}

impl Refusal {
    /// What is on record is not what it was when this was planned.
    pub(super) fn plan_again(message: String) -> Self {
        Self {
            message,
            next: PLAN_AGAIN,
        }
    }
}

/// Evaluates the conditions of all operations. Whether all gates are open; if not, nothing has been changed, and the journal says why.
pub(super) async fn all_gates(desk: &Desk, plan: &Arc<PinnedPlan>) -> bool {
    if desk.look(|journal| journal.gates_open) {
        return true;
    }
    let mut open = true;
    for (index, planned) in plan.operations().iter().enumerate() {
        let cx = OperationDesk::new(desk.clone(), Arc::clone(plan), index);
        let why = match is_as_planned(&cx).await {
            Err(refusal) => Err(refusal),
            Ok(()) if planned.steps(Track::Forward).contains(&Step::Conditions) => {
                both_gates(&cx, true).await
            }
            Ok(()) if planned.operation().kind() == OperationKind::Uninstall => {
                verdicts::still_ours(&cx).await
            }
            Ok(()) => Ok(()),
        };
        if let Err(refusal) = why {
            open = false;
            desk.record(|journal| refuse(journal, index, refusal));
        }
    }
    desk.record(|journal| journal.gates_open = open);
    open
}

/// Why an operation does not begin at its turn.
pub(super) enum Waits {
    /// Something is in its way, or it was planned from what is not so any more: it never begins.
    Refused(Refusal),
    /// Whether it may cannot be told.
    Unknown(String),
}

/// Whether an operation may begin at its turn: nothing else was done with its instance since the run began, which may be long ago, and no other run
/// is about it.
///
/// # Errors
///
/// Why it does not.
pub(super) async fn may_begin(cx: &OperationDesk) -> Result<(), Waits> {
    // What begins a run was asked for just now.
    if cx.index() == 0 && !cx.desk().is_resumed() {
        return Ok(());
    }
    if is_first_on_instance(cx) {
        let known = record::known(cx).await;
        let known = known.map_err(|refusal| Waits::Unknown(refusal.message))?;
        record::is_still(cx, known.as_ref()).map_err(Waits::Refused)?;
    }
    if !cx.desk().is_resumed() {
        return Ok(());
    }
    match plans::other_run(cx).await {
        Ok(None) => Ok(()),
        Ok(Some(other)) => Err(Waits::Refused(Refusal::plan_again(other))),
        Err(why) => Err(Waits::Unknown(why)),
    }
}

/// Why an operation that is done is not taken back.
pub(super) enum Stays {
    /// Others have had its instance since, or have it now.
    OfOthers(String),
    /// Whether they have cannot be told.
    Unknown(String),
}

/// Whether an operation that is done, maybe long ago, may be taken back: what it has put on record is there still, and no other run is about its
/// instance.
///
/// # Errors
///
/// Why it may not.
pub(super) async fn may_be_taken_back(cx: &OperationDesk) -> Result<(), Stays> {
    let known = record::known(cx).await;
    let known = known.map_err(|refusal| Stays::Unknown(refusal.message))?;
    let is_own = match &known {
        Some(known) => is_own(cx, known),
        None => false,
    };
    if !is_own {
        let why = "what it put on record is not there any more".to_owned();
        return Err(Stays::OfOthers(why));
    }
    if !cx.desk().is_resumed() {
        return Ok(());
    }
    match plans::other_run(cx).await {
        Ok(None) => Ok(()),
        Ok(Some(other)) => Err(Stays::OfOthers(other)),
        Err(why) => Err(Stays::Unknown(why)),
    }
}

/// Whether what is on record is what the operation has put there, or what its run has made of that since.
fn is_own(cx: &OperationDesk, known: &InstalledRecord) -> bool {
    let Some(done) = cx.done() else { return false };
    if known.is_as(&done) || moved::was_settled(cx, known) {
        return true;
    }
    // What the later ones of the run on the instance left when they were taken back is on record, too.
    !moved::is_last_of_instance(cx)
        && known.version() == done.version()
        && known.is_committed_by(cx.plan().digest())
}

/// Notes that an operation does not begin: where that is only because nobody could tell whether it may, nothing more begins, and the run waits.
pub(super) fn does_not_begin(cx: &OperationDesk, why: Waits) {
    let (desk, index) = (cx.desk(), cx.index());
    match why {
        Waits::Refused(refusal) => desk.record(|journal| refuse(journal, index, refusal)),
        Waits::Unknown(why) => desk.record(|journal| {
            let refusal = Refusal {
                message: format!("whether it may begin cannot be told: {why}"),
                next: "see to that, then resume the run, or abandon it",
            };
            journal.begins_nothing = true;
            note(journal, index, OperationStatus::NotStarted, refusal);
        }),
    }
}

/// Whether what is on record of the instance is what the operation was planned for. Of several operations on one instance, the first one's
/// alone can be.
async fn is_as_planned(cx: &OperationDesk) -> Result<(), Refusal> {
    if !is_first_on_instance(cx) {
        return Ok(());
    }
    let known = record::known(cx).await?;
    record::is_still(cx, known.as_ref())
}

fn is_first_on_instance(cx: &OperationDesk) -> bool {
    let operation = cx.planned().operation();
    let is_same = |other: &PlannedOperation| {
        let other = other.operation();
        other.package() == operation.package() && other.namespace() == operation.namespace()
    };
    let mut before = cx.plan().operations().iter().take(cx.index());
    !before.any(is_same)
}

fn refuse(journal: &mut Journal, index: usize, refusal: Refusal) {
    note(journal, index, OperationStatus::Unchanged, refusal);
}

fn note(
    journal: &mut Journal,
    index: usize,
    status: OperationStatus,
    Refusal { message, next }: Refusal,
) {
    if let Some(operation) = journal.operation_mut(index) {
        let note = FailureNote {
            step: Step::Conditions.to_string(),
            message,
            next: next.to_owned(),
            hook: None,
        };
        operation.rest(status, note);
    }
}

/// The conditions of one operation, once more before its own first step: those before it may have changed the cluster.
pub(super) async fn conditions(cx: &OperationDesk) -> Result<(), Halt> {
    both_gates(cx, false).await.map_err(Halt::Refused)
}

/// What the release's conditions say, and what the server says of its objects.
async fn both_gates(cx: &OperationDesk, is_ahead: bool) -> Result<(), Refusal> {
    let gate = gate(cx.desk(), cx.index(), is_ahead).await;
    gate.map_err(|message| Refusal {
        message,
        next: MEET_THEM,
    })?;
    // What begins a run was asked for just now.
    let is_known = !is_ahead && cx.index() == 0 && !cx.desk().is_resumed();
    match is_known {
        true => Ok(()),
        false => verdicts::objects(cx, is_ahead).await,
    }
}

async fn gate(desk: &Desk, operation: usize, is_ahead: bool) -> Result<(), String> {
    let mut patience = Patience::new(desk);
    loop {
        let question = Task::Conditions {
            operation,
            is_ahead,
        };
        let failure = match desk.ask(question).await {
            Answer::Gate(Ok(shut)) if shut.is_empty() => return Ok(()),
            Answer::Gate(Ok(shut)) => return Err(shut.join("; ")),
            Answer::Gate(Err(failure)) => failure,
            _ => Failure::unanswered("the answer is of another kind than the question"),
        };
        let reason = format!("to evaluate the conditions again: {failure}");
        if !failure.may_pass() || !patience.again(failure.retry_after(), reason).await {
            return Err(format!("the cluster cannot be read: {failure}"));
        }
    }
}

/// Writes the plan where a resumed run finds it.
pub(super) async fn pin(desk: &Desk, plan: &PinnedPlan) {
    if desk.look(|journal| journal.pinned) {
        return;
    }
    for secret in plan.to_secrets() {
        let request = Request::Create {
            object: secret,
            dry_run: false,
        };
        match desk.call(request).await {
            Ok(_) => {}
            // The name comes from what is in it.
            Err(failure) if failure.class() == FailureClass::AlreadyExists => {}
            Err(failure) => {
                let message = format!("the plan cannot be pinned: {failure}");
                desk.stop(super::Stop::JournalRefused(message)).await;
            }
        }
    }
    desk.record(|journal| journal.pinned = true);
}

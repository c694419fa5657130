//! One operation: its steps in order, forward or back.

use catalog_model::Phase;

use super::conditions::Stays;
use super::operation_desk::{Halt, OperationDesk};
use super::rest::{TAKEN_BACK, given_up, halted, irreversible};
use super::{
    apply, conditions, custom_resources, delete, hook, namespaces, record, remove, sweep, verdicts,
    wait_ready,
};
use crate::hook_job::HookJob;
use crate::journal::{FailureNote, LedgerEntry, OperationJournal, OperationStatus, Part};
use crate::plan::{Content, Step, Track};
use crate::record::Extent;

/// Carries out what of an operation is not done yet, until it is, or comes to rest.
pub(super) async fn run_operation(cx: OperationDesk) {
    match cx.look(OperationJournal::status) {
        OperationStatus::NotStarted => {
            if let Err(why) = conditions::may_begin(&cx).await {
                return conditions::does_not_begin(&cx, why);
            }
            cx.record(|operation| {
                operation.status = OperationStatus::Running;
                operation.failure = None;
            });
        }
        OperationStatus::Running => {}
        _ => return,
    }
    while cx.look(OperationJournal::status) == OperationStatus::Running {
        match steps(&cx).await {
            Ok(()) => {
                let before = cx.planned().before().map(Content::entries);
                cx.record(|operation| {
                    end(operation, &before.unwrap_or_default());
                    if operation.status() == OperationStatus::Abandoned {
                        let next = given_up(cx.planned(), operation);
                        let why = operation.failure.take();
                        operation.failure = why.map(|note| note.followed_by(&next));
                    }
                });
            }
            Err(halt) => halted(&cx, halt),
        }
    }
}

/// Takes back an operation that this run carried out, unless others have had its instance since. Whether nothing of it is left that others could
/// stand on.
pub(super) async fn take_back(cx: OperationDesk) -> bool {
    use OperationStatus::{Degraded, Done, NotStarted, RolledBack, Running, Unchanged};
    let is_complete = cx.look(|operation| operation.is_complete(cx.planned()));
    if is_complete && cx.look(OperationJournal::status) == Degraded {
        // Whether others have had its instance could not be told before: it is done, and that is asked again.
        cx.record(|operation| {
            operation.status = Done;
            operation.failure = None;
        });
    }
    let (status, track) = cx.look(|operation| (operation.status(), operation.track()));
    match (status, track) {
        (NotStarted | Unchanged | RolledBack, _) => return true,
        (Running, Track::Undo | Track::Back) => {}
        (Done | Degraded | Running, _) if cx.planned().can_go_back() && !irreversible(&cx) => {
            if status == Done
                && let Err(stays) = conditions::may_be_taken_back(&cx).await
            {
                is_not_taken_back(&cx, stays);
                return false;
            }
            cx.record(|operation| {
                if let Some(note) = &mut operation.failure {
                    TAKEN_BACK.clone_into(&mut note.next);
                }
                operation.turn(Track::Back);
            });
        }
        _ => {
            let operation = cx.planned().operation();
            cx.warn(format!("`{operation}` cannot be taken back by itself"));
            return false;
        }
    }
    run_operation(cx.clone()).await;
    matches!(cx.look(OperationJournal::status), Unchanged | RolledBack)
}

/// An operation that is done stays so, or rests where it cannot be told whether it may be taken back: when it goes on, it is done, and that is asked again.
fn is_not_taken_back(cx: &OperationDesk, stays: Stays) {
    let operation = cx.planned().operation().to_string();
    match stays {
        Stays::OfOthers(why) => {
            cx.warn(format!(
                "`{operation}` cannot be taken back by itself: {why}"
            ));
        }
        Stays::Unknown(why) => {
            let note = FailureNote {
                message: format!("it cannot be told whether it may be taken back: {why}"),
                step: operation,
                next: "mend the cause and resume, or abandon: then what is done stays".to_owned(),
                hook: None,
            };
            cx.record(|operation| operation.rest(OperationStatus::Degraded, note));
        }
    }
}

/// All steps of the present track are done. A namespace that was made on the way stays, whatever became of the rest; what the release has that is
/// there again has not stayed over.
fn end(operation: &mut OperationJournal, before: &[LedgerEntry]) {
    operation.status = match operation.track() {
        Track::Forward => OperationStatus::Done,
        Track::Undo => OperationStatus::Unchanged,
        Track::Back => OperationStatus::RolledBack,
        Track::GiveUp => OperationStatus::Abandoned,
    };
    if !matches!(operation.track(), Track::Undo | Track::Back) {
        return;
    }
    if operation.track() == Track::Back {
        let there = before
            .iter()
            .map(|entry| format!("{} stays: ", entry.object));
        let there: Vec<String> = there.collect();
        let is_there = |line: &String| there.iter().any(|begin| line.starts_with(begin));
        operation.kept.retain(|line| !is_there(line));
    }
    // One that has no uid was to be made, and is not known to have been.
    let made = |entry: &&LedgerEntry| {
        entry.part == Part::Namespace && !entry.origin.is_others() && entry.uid.is_some()
    };
    for entry in operation.ledger.iter().filter(made) {
        let line = format!("{} stays: its deletion was not asked for", entry.object);
        if !operation.kept.contains(&line) {
            operation.kept.push(line);
        }
    }
}

/// The steps of the present track, from where it is. What was being deleted is looked after before any of them, whoever left it so: they may be about
/// other objects. Jobs are let go before that: nothing is to keep them held.
async fn steps(cx: &OperationDesk) -> Result<(), Halt> {
    let track = cx.look(OperationJournal::track);
    let steps = cx.planned().steps(track);
    loop {
        let at = cx.look(OperationJournal::step);
        let Some(step) = steps.get(at) else {
            return Ok(());
        };
        if cx.must_stop() && may_stop_before(*step) {
            return Err(Halt::Cancelled);
        }
        if *step != Step::Close {
            delete::look_after_deletion(cx).await?;
        }
        perform(cx, *step).await?;
        cx.record(OperationJournal::advance);
    }
}

/// What is committed is swept, too, and what is forgotten is forgotten whole.
fn may_stop_before(step: Step) -> bool {
    !matches!(step, Step::Sweep | Step::Forget | Step::Conditions)
}

async fn perform(cx: &OperationDesk, step: Step) -> Result<(), Halt> {
    match step {
        Step::Close => hook::close(cx, None).await,
        Step::Conditions => conditions::conditions(cx).await,
        Step::Namespace => namespace(cx).await,
        Step::Hooks(phase) => hooks(cx, phase).await,
        Step::Action => action(cx).await,
        Step::UndoHooks(phase) => undo_hooks(cx, phase).await,
        Step::Definitions(side) => apply::definitions(cx, side).await,
        Step::Modules(side) => apply::modules(cx, side).await,
        Step::Ready(side) => wait_ready::ready(cx, side).await,
        Step::Prune => remove::prune(cx).await,
        Step::CustomResources => custom_resources::delete(cx).await,
        Step::DeleteModules => remove::modules(cx).await,
        Step::DeleteDefinitions => remove::definitions(cx).await,
        Step::Gone => remove::gone(cx).await,
        Step::DeleteNamespace => remove::namespaces(cx).await,
        Step::Commit => record::commit(cx).await,
        Step::Restore => record::restore(cx).await,
        Step::Sweep => sweep::sweep(cx).await,
        Step::Forget => record::forget_what_is_gone(cx).await,
    }
}

/// The namespace, and what the server says now of what is to stand in it.
async fn namespace(cx: &OperationDesk) -> Result<(), Halt> {
    if namespaces::of_instance(cx).await? {
        verdicts::objects(cx, false).await.map_err(Halt::Refused)?;
    }
    Ok(())
}

/// The hooks of a phase, one after the other.
async fn hooks(cx: &OperationDesk, phase: Phase) -> Result<(), Halt> {
    if cx.look(OperationJournal::track) == Track::Back
        && phase == Phase::PreRollback
        && cx.look(|operation| operation.extent(cx.planned())) < Extent::Modules
    {
        return Ok(());
    }
    for job in cx.planned().hooks_of(phase) {
        hook::run(cx, job).await?;
    }
    Ok(())
}

/// The action that was asked for.
async fn action(cx: &OperationDesk) -> Result<(), Halt> {
    match cx.planned().action_job() {
        Some(job) => hook::run(cx, job).await,
        None => Ok(()),
    }
}

/// The undo Jobs of the hooks of a phase that began, last first.
async fn undo_hooks(cx: &OperationDesk, phase: Phase) -> Result<(), Halt> {
    let hooks: Vec<&HookJob> = cx.planned().hooks_of(phase).collect();
    for job in hooks.into_iter().rev() {
        let key = hook::key(job);
        let began =
            cx.look(|operation| operation.attempts_of(&key).any(|(_, one)| one.is_started()));
        if let Some(undo) = job.undo().filter(|_| began) {
            hook::is_confirmed(cx, job).await?;
            hook::run(cx, undo).await?;
        }
    }
    Ok(())
}

//! One operation: its steps in order, and what a failure of each leads to.

use std::sync::Arc;

use catalog_model::{OperationKind, Phase, Semantics};
use serde_json::Value;

use super::decision::Decision;
use super::desk::Desk;
use super::{apply, conditions, custom_resources, hook, record, remove, sweep, wait_ready};
use crate::api::{Failure, ObjectRef};
use crate::hook_job::HookJob;
use crate::journal::{FailureNote, HookKey, LedgerEntry, OperationJournal, OperationStatus, Part};
use crate::plan::first_phase;
use crate::plan::{PinnedPlan, PlannedOperation, Step, Track};
use crate::record::ledger_after;
use crate::role::Role;

/// What can be done next where nothing is left of an operation.
const TAKEN_BACK: &str = "what it had done is taken back: mend the cause, and begin again";

/// The same where what is done stays.
const GIVEN_UP: &str = "it was given up, and what is done stays: begin another operation";

/// One operation's view of what the coroutines share.
#[derive(Clone)]
pub(super) struct OperationDesk {
    desk: Desk,
    plan: Arc<PinnedPlan>,
    index: usize,
}

/// Why an operation does not go on by itself.
#[derive(Debug)]
pub(super) enum Halt {
    /// A step failed.
    Failed {
        message: String,
        /// The hook that failed.
        hook: Option<HookKey>,
        /// Whether its author wants the operation taken back.
        back: bool,
    },
    /// Only a person can say how it goes on.
    Decide {
        message: String,
        hook: Option<HookKey>,
    },
    /// The run was told to stop.
    Cancelled,
}

impl Halt {
    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self::Failed {
            message: message.into(),
            hook: None,
            back: false,
        }
    }

    /// The same, with the hook that it is about.
    pub(super) fn of_hook(mut self, key: &HookKey) -> Self {
        if let Self::Failed { hook, .. } | Self::Decide { hook, .. } = &mut self {
            hook.get_or_insert_with(|| key.clone());
        }
        self
    }

    /// A call that failed.
    pub(super) fn of(what: &str, failure: &Failure) -> Self {
        Self::failed(format!("{what}: {failure}"))
    }
}

impl OperationDesk {
    pub(super) fn new(desk: Desk, plan: Arc<PinnedPlan>, index: usize) -> Self {
        let desk = desk.of_operation(index);
        Self { desk, plan, index }
    }

    pub(super) fn desk(&self) -> &Desk {
        &self.desk
    }

    pub(super) fn plan(&self) -> &PinnedPlan {
        &self.plan
    }

    pub(super) fn index(&self) -> usize {
        self.index
    }

    /// The operation as it was planned. A machine makes a desk for operations of its plan only.
    #[expect(
        clippy::indexing_slicing,
        reason = "the index is one of the plan's own"
    )]
    pub(super) fn planned(&self) -> &PlannedOperation {
        &self.plan.operations()[self.index]
    }

    /// Reads something of what the operation has done.
    #[expect(
        clippy::indexing_slicing,
        reason = "a journal has as many operations as its plan: `resume` checks it"
    )]
    pub(super) fn look<T>(&self, look: impl FnOnce(&OperationJournal) -> T) -> T {
        self.desk
            .look(|journal| look(&journal.operations[self.index]))
    }

    /// Changes what the journal says of the operation.
    #[expect(
        clippy::indexing_slicing,
        reason = "a journal has as many operations as its plan: `resume` checks it"
    )]
    pub(super) fn record<T>(&self, change: impl FnOnce(&mut OperationJournal) -> T) -> T {
        self.desk
            .record(|journal| change(&mut journal.operations[self.index]))
    }

    /// What the release before had written: what is on record of it, and what operations before this one of the same run did to it.
    pub(super) fn previous(&self) -> Vec<LedgerEntry> {
        let uid = self.planned().context().release_uid();
        self.desk.look(|journal| {
            let operations = self.plan.operations().iter().zip(journal.operations());
            let mut before = operations.take(self.index).filter(|(planned, operation)| {
                planned.context().release_uid() == uid
                    && operation.status() == OperationStatus::Done
            });
            let Some((first, done)) = before.next() else {
                return self.planned().previous().to_vec();
            };
            let after_first = ledger_after(first.previous().to_vec(), done);
            before.fold(after_first, |previous, (_, done)| {
                ledger_after(previous, done)
            })
        })
    }

    /// Reads an object; `None` if it is not there.
    pub(super) async fn read(&self, object: &ObjectRef) -> Result<Option<Value>, Halt> {
        let there = self.desk.read(object).await;
        there.map_err(|failure| Halt::of(&format!("{object} cannot be read"), &failure))
    }

    /// Waits a moment before something is tried again.
    pub(super) async fn pause(&self, reason: String) {
        let next = self.desk.now().after(self.desk.settings().first_pause);
        self.desk.wait(next, Vec::new(), reason).await;
    }

    /// Whether the run was told to stop. What takes back goes on even so.
    pub(super) fn must_stop(&self) -> bool {
        self.desk.is_cancelled() && self.look(OperationJournal::track) == Track::Forward
    }

    pub(super) fn warn(&self, warning: String) {
        self.record(|operation| operation.warn(warning));
    }
}

/// Carries out what of an operation is not done yet, until it is, or comes to rest.
pub(super) async fn run_operation(cx: OperationDesk) {
    match cx.look(OperationJournal::status) {
        OperationStatus::NotStarted => {
            cx.record(|operation| operation.status = OperationStatus::Running)
        }
        OperationStatus::Running => {}
        _ => return,
    }
    while cx.look(OperationJournal::status) == OperationStatus::Running {
        match steps(&cx).await {
            Ok(()) => cx.record(end),
            Err(halt) => halted(&cx, halt),
        }
    }
}

/// Takes back an operation that this run carried out. Whether nothing of it is left that others could stand on.
pub(super) async fn take_back(cx: OperationDesk) -> bool {
    use OperationStatus::{Degraded, Done, NotStarted, RolledBack, Running, Unchanged};
    let (status, track) = cx.look(|operation| (operation.status(), operation.track()));
    match (status, track) {
        (NotStarted | Unchanged | RolledBack, _) => return true,
        (Running, Track::Undo | Track::Back) => {}
        (Done | Degraded | Running, _) if cx.planned().can_go_back() && !irreversible(&cx) => {
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

/// All steps of the present track are done. A namespace that was made on the way stays, whatever became of the rest.
fn end(operation: &mut OperationJournal) {
    operation.status = match operation.track {
        Track::Forward => OperationStatus::Done,
        Track::Undo => OperationStatus::Unchanged,
        Track::Back => OperationStatus::RolledBack,
        Track::GiveUp => OperationStatus::Abandoned,
    };
    if !matches!(operation.track, Track::Undo | Track::Back) {
        return;
    }
    let made = |entry: &&LedgerEntry| entry.part == Part::Namespace && !entry.existed;
    for entry in operation.ledger.iter().filter(made) {
        let line = format!("{} stays: its deletion was not asked for", entry.object);
        if !operation.kept.contains(&line) {
            operation.kept.push(line);
        }
    }
}

/// The steps of the present track, from where it is.
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
        perform(cx, *step).await?;
        cx.record(|operation| operation.step = at + 1);
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
        Step::Namespace => apply::namespace(cx).await,
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
        Step::Forget => record::forget(cx).await,
    }
}

/// The hooks of a phase, one after the other.
async fn hooks(cx: &OperationDesk, phase: Phase) -> Result<(), Halt> {
    if cx.look(OperationJournal::track) == Track::Back
        && phase == Phase::PreRollback
        && !reached_modules(cx)
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

/// Whether the operation had come to its modules before it turned back.
fn reached_modules(cx: &OperationDesk) -> bool {
    let turned_at = cx.look(|operation| operation.turned_at).unwrap_or_default();
    let forward = cx.planned().steps(Track::Forward);
    forward
        .iter()
        .take(turned_at + 1)
        .any(|step| matches!(step, Step::Modules(_)))
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

/// Carries a person's decision into what the journal says of an operation that came to rest.
pub(super) fn decide(
    operation: &mut OperationJournal,
    planned: &PlannedOperation,
    decision: Decision,
) {
    let hook = operation
        .failure
        .as_ref()
        .and_then(|note| note.hook.clone());
    match decision {
        // What was given up before goes on where it is.
        Decision::Abandon if operation.track == Track::GiveUp => {}
        Decision::Abandon => operation.turn(Track::GiveUp),
        Decision::Skip => match hook {
            Some(key) => operation.passed.push(key),
            // What is under way is stopped before anything else, and that cannot be skipped.
            None if !may_skip(planned.steps(operation.track).get(operation.step)) => {}
            None => operation.step += 1,
        },
        Decision::TakeBack if operation.track == Track::Forward => {
            let is_past = is_past_first_hooks(planned, operation.step);
            if !may_go_back(planned, operation) {
                return operation.warn("it cannot be taken back".to_owned());
            }
            operation.turn(if is_past { Track::Back } else { Track::Undo });
        }
        Decision::TakeBack | Decision::Resume => {}
    }
    let why = operation.failure.take();
    operation.go_on();
    // Of what is not tried again it stays on record why.
    operation.failure = match decision {
        Decision::TakeBack => why.map(|note| note.followed_by(TAKEN_BACK)),
        Decision::Abandon => why.map(|note| note.followed_by(GIVEN_UP)),
        Decision::Resume | Decision::Skip => None,
    };
}

/// Whether a step can be passed over as a whole: not the end of what is under way, and of hooks only the one that failed.
fn may_skip(step: Option<&Step>) -> bool {
    !matches!(
        step,
        Some(Step::Close | Step::Hooks(_) | Step::UndoHooks(_) | Step::Action)
    )
}

/// What a step's end leads to that was not its success.
fn halted(cx: &OperationDesk, halt: Halt) {
    let track = cx.look(OperationJournal::track);
    let step = cx
        .planned()
        .steps(track)
        .get(cx.look(OperationJournal::step))
        .copied();
    let note = note(cx, &halt, step);
    match track {
        Track::Forward => halted_forward(cx, &halt, step, note),
        Track::Undo | Track::Back | Track::GiveUp => {
            let status = match (&halt, step) {
                (Halt::Decide { .. }, _) | (_, Some(Step::Hooks(Phase::PreRollback))) => {
                    OperationStatus::NeedsDecision
                }
                (_, Some(Step::UndoHooks(_))) => OperationStatus::Broken,
                _ => OperationStatus::Degraded,
            };
            cx.record(|operation| operation.rest(status, note));
        }
    }
}

fn halted_forward(cx: &OperationDesk, halt: &Halt, step: Option<Step>, mut note: FailureNote) {
    let kind = cx.planned().operation().kind();
    let is_first = matches!(step, Some(Step::Conditions | Step::Namespace))
        || step.is_some() && step == first_phase(kind).map(Step::Hooks)
        || step == Some(Step::Action) && !has_started(cx);
    let wants_back = cx.planned().options().rollback_on_failure
        || matches!(halt, Halt::Failed { back: true, .. });
    let (status, turn) = match () {
        () if irreversible(cx) || matches!(halt, Halt::Decide { .. }) => {
            (OperationStatus::NeedsDecision, None)
        }
        () if is_first => (OperationStatus::Running, Some(Track::Undo)),
        // What is committed stays: a sweep that fails is tried again.
        () if wants_back && cx.planned().can_go_back() && step != Some(Step::Sweep) => {
            (OperationStatus::Running, Some(Track::Back))
        }
        () if kind == OperationKind::Uninstall => (OperationStatus::UninstallIncomplete, None),
        () => (OperationStatus::Degraded, None),
    };
    if step == Some(Step::Conditions) {
        conditions::MEET_THEM.clone_into(&mut note.next);
    } else if turn.is_some() {
        TAKEN_BACK.clone_into(&mut note.next);
    }
    cx.record(|operation| {
        operation.rest(status, note);
        if let Some(track) = turn {
            operation.turn(track);
        }
    });
}

/// Whether an operation came to rest with nothing left to do but to sweep.
pub(super) fn is_only_unswept(planned: &PlannedOperation, operation: &OperationJournal) -> bool {
    let forward = planned.steps(Track::Forward);
    operation.track() == Track::Forward
        && forward.contains(&Step::Commit)
        && forward.get(operation.step()) == Some(&Step::Sweep)
}

/// Whether a Job of the operation was ever let run.
fn has_started(cx: &OperationDesk) -> bool {
    cx.look(|operation| operation.attempts().iter().any(|one| one.is_started()))
}

/// Whether a hook after which nothing can be taken back may have had its effects.
fn irreversible(cx: &OperationDesk) -> bool {
    cx.look(|operation| is_irreversible(cx.planned(), operation))
}

fn is_irreversible(planned: &PlannedOperation, operation: &OperationJournal) -> bool {
    operation.is_irreversible(|phase: &str, hook: &str| {
        let mut jobs = planned.hooks().iter();
        jobs.any(|job| job.occasion() == phase && job.hook() == hook && job.policy().irreversible)
    })
}

fn note(cx: &OperationDesk, halt: &Halt, step: Option<Step>) -> FailureNote {
    let (message, hook) = match halt {
        Halt::Failed { message, hook, .. } | Halt::Decide { message, hook } => {
            (message.clone(), hook.clone())
        }
        Halt::Cancelled => ("it was told to stop".to_owned(), None),
    };
    let operation = cx.planned().operation();
    FailureNote {
        step: step.map_or_else(|| operation.to_string(), |step| step.to_string()),
        message,
        next: next(cx, halt, hook.as_ref()),
        hook,
    }
}

/// Whether a hook may run once at most.
fn runs_once(cx: &OperationDesk, key: &HookKey) -> bool {
    let planned = hook::planned(cx, key);
    planned.is_some_and(|job| job.policy().semantics == Semantics::AtMostOnce)
}

/// What a person can do about an operation that rests.
fn next(cx: &OperationDesk, halt: &Halt, hook: Option<&HookKey>) -> String {
    let may_turn = cx.look(|operation| {
        operation.track() == Track::Forward && may_go_back(cx.planned(), operation)
    });
    let take_back = if may_turn {
        "take back what was done, "
    } else {
        ""
    };
    let again = match hook {
        Some(key) if key.role == Role::Action => "the action runs again",
        _ => "the hook runs again",
    };
    match (hook, halt) {
        (Some(key), _) if runs_once(cx, key) => {
            format!("find out what it did, then skip it (it counts as done), {take_back}or abandon")
        }
        (Some(key), _) if key.role == Role::Undo => {
            "resume (the undo runs again), skip it (it counts as done), or abandon".to_owned()
        }
        (Some(_), Halt::Decide { .. }) => {
            format!("resume ({again}), skip it (it counts as done), or abandon")
        }
        (Some(_), _) => {
            format!("mend the cause and resume ({again}), skip it, {take_back}or abandon")
        }
        (None, Halt::Cancelled) => format!("resume, {take_back}or abandon"),
        (None, _) => format!("mend the cause and resume, {take_back}or abandon"),
    }
}

/// Whether what was done can be taken back: nothing can that comes after a hook which cannot.
fn may_go_back(planned: &PlannedOperation, operation: &OperationJournal) -> bool {
    !is_irreversible(planned, operation)
        && (planned.can_go_back() || !is_past_first_hooks(planned, operation.step()))
}

/// Whether an operation that goes forward has come past what changes nothing of the release: up to there its hooks alone have to be undone.
fn is_past_first_hooks(planned: &PlannedOperation, step: usize) -> bool {
    let first = first_phase(planned.operation().kind()).map(Step::Hooks);
    let is_before =
        |step: &Step| matches!(step, Step::Conditions | Step::Namespace) || Some(*step) == first;
    let steps = planned.steps(Track::Forward);
    steps.get(step).is_none_or(|step| !is_before(step))
}

//! What an operation comes to that did not end by itself, and what a person's decision makes of it.

use catalog_model::version::Version;
use catalog_model::{OperationKind, Phase, Semantics};

use super::decision::Decision;
use super::hook;
use super::operation_desk::{Halt, OperationDesk};
use crate::journal::{FailureNote, HookKey, OperationJournal, OperationStatus};
use crate::plan::{PlannedOperation, Step, Track, first_phase};
use crate::record::InstalledRecord;
use crate::role::Role;

/// What can be done next where nothing is left of an operation.
pub(super) const TAKEN_BACK: &str =
    "what it had done is taken back: mend the cause, and begin again";

/// The same while something is given up: what it leaves is known when it is.
const GIVING_UP: &str = "it is being given up: what was under way is brought to its end first";

/// The same where what is done stays.
pub(super) fn given_up(planned: &PlannedOperation, so_far: &OperationJournal) -> String {
    let next = ways_from(planned, so_far);
    format!("it was given up, and what is done stays: {next}")
}

/// That what is done cannot be taken back, and what can be done instead.
fn no_way_back(planned: &PlannedOperation, so_far: &OperationJournal) -> String {
    let next = ways_from(planned, so_far);
    format!("it cannot be taken back; it can be given up, and then: {next}")
}

/// What can be done next of what an operation left that was given up, by what is on record then.
fn ways_from(planned: &PlannedOperation, so_far: &OperationJournal) -> String {
    let operation = planned.operation();
    if !so_far.leaves_something(planned) {
        return "nothing of it is on record, begin again".to_owned();
    }
    let Some(way) = so_far.last_way() else {
        return "what is on record of it is as it was, begin another operation".to_owned();
    };
    let versions = operation.from().zip(operation.to());
    let before = planned.installed().map(InstalledRecord::version);
    let version = match way {
        Track::Forward => operation.to().map(Version::as_str),
        Track::Undo | Track::Back | Track::GiveUp => {
            before.or(operation.from().map(Version::as_str))
        }
    };
    if let Some(version) = version.filter(|_| so_far.is_on_record(planned)) {
        return format!("{version} is on record, begin another operation");
    }
    let begun = planned.irreversible_hooks(so_far);
    let own = begun.iter().map(|hook| format!("`{}`", hook.hook()));
    let before = planned.irreversible_before().iter();
    let before = before.filter(|hook| !begun.contains(hook));
    let hooks: Vec<String> = own.chain(before.map(ToString::to_string)).collect();
    let stays = match hooks.is_empty() {
        true => String::new(),
        false => format!(
            "; what {} did cannot be undone, and stays",
            hooks.join(" and ")
        ),
    };
    match (operation.kind(), versions) {
        (OperationKind::Install, _) => {
            "install it again, or uninstall what is there of it".to_owned()
        }
        (OperationKind::Uninstall, _) => "uninstall what is left of it, or install it".to_owned(),
        (OperationKind::Upgrade, Some((from, to))) => {
            format!("upgrade to {to} again, or go back to {from} with a rollback{stays}")
        }
        (OperationKind::Rollback, Some((from, to))) => {
            format!("roll back to {to} again, or go on to {from} with an upgrade{stays}")
        }
        _ => "begin another operation".to_owned(),
    }
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
    let under_way = under_way(planned, operation);
    match decision {
        // What was given up before goes on where it is.
        Decision::Abandon if operation.track() == Track::GiveUp => {}
        Decision::Abandon => operation.turn(Track::GiveUp),
        Decision::Skip => skip(operation, planned, hook),
        Decision::TakeBack if operation.is_complete(planned) => {}
        Decision::TakeBack if operation.track() == Track::Forward => {
            let is_past = is_past_first_hooks(planned, operation.step());
            if !may_go_back(planned, operation) {
                let no_way = no_way_back(planned, operation);
                return operation.warn(no_way);
            }
            operation.turn(if is_past { Track::Back } else { Track::Undo });
        }
        Decision::TakeBack | Decision::Resume => {}
    }
    let why = operation.failure.take();
    operation.go_on();
    // Of what does not go forward it stays on record why.
    operation.failure = match operation.track() {
        Track::Forward => None,
        Track::Undo | Track::Back => why.map(|note| note.followed_by(TAKEN_BACK)),
        Track::GiveUp => Some(why.unwrap_or(under_way).followed_by(GIVING_UP)),
    };
}

/// Where an operation is that did not fail.
fn under_way(planned: &PlannedOperation, operation: &OperationJournal) -> FailureNote {
    let steps = planned.steps(operation.track());
    let step = steps.get(operation.step());
    FailureNote {
        step: step.map_or_else(|| planned.operation().to_string(), Step::to_string),
        message: "it was under way when its runner went".to_owned(),
        next: String::new(),
        hook: None,
    }
}

/// Gives up an operation that did not begin.
pub(super) fn withdraw(operation: &mut OperationJournal, why: &str) {
    let note = FailureNote {
        step: Step::Conditions.to_string(),
        message: why.to_owned(),
        next: "plan it again".to_owned(),
        hook: None,
    };
    operation.rest(OperationStatus::Unchanged, note);
    operation.withdrawn = true;
}

/// Passes over the hook that failed, else over the step. What is left out is told: it is nowhere else to be seen.
fn skip(operation: &mut OperationJournal, planned: &PlannedOperation, hook: Option<HookKey>) {
    if let Some(key) = hook {
        let what = match key.role {
            Role::Undo => "the undo of ",
            Role::Run | Role::Action => "",
        };
        let (phase, name) = (&key.phase, &key.hook);
        operation.warn(format!(
            "{what}{phase} {name} was skipped, and counts as done"
        ));
        return operation.passed.push(key);
    }
    let Some(step) = planned
        .steps(operation.track())
        .get(operation.step())
        .copied()
    else {
        return;
    };
    // What is under way is stopped before anything else, and that cannot be skipped.
    if !may_skip(step) {
        return operation.warn(format!("{step} cannot be skipped, and is tried again"));
    }
    operation.warn(format!(
        "{step} was skipped: what of it was not done is left out"
    ));
    operation.advance();
}

/// Whether a step can be passed over as a whole: not the end of what is under way, and of hooks only the one that failed; not what says whether it
/// may begin, not what takes away what is on no record afterwards, and not what is put on record.
fn may_skip(step: Step) -> bool {
    !matches!(
        step,
        Step::Close
            | Step::Conditions
            | Step::Hooks(_)
            | Step::UndoHooks(_)
            | Step::Action
            | Step::DeleteModules
            | Step::DeleteDefinitions
            | Step::DeleteNamespace
            | Step::Commit
            | Step::Restore
            | Step::Forget
    )
}

/// What a step's end leads to that was not its success.
pub(super) fn halted(cx: &OperationDesk, halt: Halt) {
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
        || step == Some(Step::Action) && !cx.look(OperationJournal::has_started_hooks);
    let before = cx.planned().irreversible_before().iter();
    let before = before.filter(|_| cx.planned().knows_way_back());
    let before: Vec<String> = before.map(ToString::to_string).collect();
    let wants_back = cx.planned().options().rollback_on_failure
        || matches!(halt, Halt::Failed { back: true, .. });
    let (status, turn) = match () {
        () if irreversible(cx) || matches!(halt, Halt::Decide { .. }) => {
            (OperationStatus::NeedsDecision, None)
        }
        // What is to be left may be in no state to run its hooks.
        () if is_to_leave(halt, step) => (OperationStatus::NeedsDecision, None),
        () if is_first => (OperationStatus::Running, Some(Track::Undo)),
        () if !before.is_empty() => {
            let hooks = before.join(" and ");
            let stays = format!(" (it cannot be taken back: what {hooks} did stays)");
            note.next.push_str(&stays);
            (OperationStatus::NeedsDecision, None)
        }
        // What is committed stays: a sweep that fails is tried again.
        () if wants_back && cx.planned().can_go_back() && step != Some(Step::Sweep) => {
            (OperationStatus::Running, Some(Track::Back))
        }
        () if kind == OperationKind::Uninstall => (OperationStatus::UninstallIncomplete, None),
        () => (OperationStatus::Degraded, None),
    };
    if turn.is_some() && !matches!(halt, Halt::Refused(_)) {
        TAKEN_BACK.clone_into(&mut note.next);
    }
    cx.record(|operation| {
        operation.rest(status, note);
        if let Some(track) = turn {
            operation.turn(track);
        }
    });
}

/// Whether a hook failed that the version has which a rollback leaves.
fn is_to_leave(halt: &Halt, step: Option<Step>) -> bool {
    matches!(halt, Halt::Failed { hook: Some(_), .. })
        && step == Some(Step::Hooks(Phase::PreRollback))
}

/// Whether an operation came to rest with nothing left to do but to sweep.
pub(super) fn is_only_unswept(planned: &PlannedOperation, operation: &OperationJournal) -> bool {
    let forward = planned.steps(Track::Forward);
    operation.track() == Track::Forward
        && forward.contains(&Step::Commit)
        && forward.get(operation.step()) == Some(&Step::Sweep)
}

/// Whether a hook after which nothing can be taken back may have had its effects.
pub(super) fn irreversible(cx: &OperationDesk) -> bool {
    cx.look(|operation| is_irreversible(cx.planned(), operation))
}

fn is_irreversible(planned: &PlannedOperation, operation: &OperationJournal) -> bool {
    !planned.irreversible_hooks(operation).is_empty()
}

fn note(cx: &OperationDesk, halt: &Halt, step: Option<Step>) -> FailureNote {
    let (message, hook) = match halt {
        Halt::Failed { message, hook, .. } | Halt::Decide { message, hook } => {
            (message.clone(), hook.clone())
        }
        Halt::Refused(refusal) => (refusal.message.clone(), None),
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
        (_, Halt::Refused(refusal)) => refusal.next.to_owned(),
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

impl PlannedOperation {
    /// Whether [`TakeBack`](Decision::TakeBack) takes back what of the operation is done so far. Nothing can be taken back that comes after a hook
    /// which is irreversible, nor, past its first hooks, an operation of which it is not known what was there before. What can not can be
    /// [given up](Decision::Abandon), and another operation begin where it stands.
    #[must_use]
    pub fn can_be_taken_back(&self, so_far: &OperationJournal) -> bool {
        match so_far.track() {
            Track::Forward => may_go_back(self, so_far),
            Track::Undo | Track::Back => true,
            Track::GiveUp => false,
        }
    }
}

impl PlannedOperation {
    /// Why a decision changes nothing of an operation that came to rest, and what does; `None`: it changes something.
    #[must_use]
    pub fn refuses(&self, so_far: &OperationJournal, decision: Decision) -> Option<String> {
        let note = so_far.failure().filter(|_| so_far.status().is_open())?;
        let why = match (decision, &note.hook) {
            (Decision::Resume, Some(key)) if has_run_once(self, so_far, key) => {
                format!(
                    "{} {} may run once at most, and has run",
                    key.phase, key.hook
                )
            }
            (Decision::Skip, None) => {
                let step = self.steps(so_far.track()).get(so_far.step()).copied();
                let step = step.filter(|step| !may_skip(*step))?;
                format!("{step} cannot be skipped")
            }
            (Decision::TakeBack, _) if so_far.track() == Track::GiveUp => {
                "it is being given up".to_owned()
            }
            (Decision::TakeBack, _) if !self.can_be_taken_back(so_far) => {
                return Some(no_way_back(self, so_far));
            }
            _ => return None,
        };
        Some(format!("{why}: {}", note.next))
    }
}

/// Whether a hook that may run once at most did, without success: it does not run again.
fn has_run_once(planned: &PlannedOperation, so_far: &OperationJournal, key: &HookKey) -> bool {
    let once = hook::job_of(planned, key)
        .is_some_and(|job| job.policy().semantics == Semantics::AtMostOnce);
    let mut attempts = so_far.attempts_of(key);
    let last = attempts.next_back().map(|(_, one)| one);
    let verdict = last
        .filter(|one| one.released && !one.succeeded())
        .and_then(|one| one.verdict());
    once && verdict.is_some_and(|verdict| verdict.unconfirmed().is_none())
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

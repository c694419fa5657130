//! How a run begins, and how one goes on that did not end.

use std::sync::Arc;

use catalog_model::OperationKind;
use thiserror::Error;

use super::Machine;
use super::decision::{Decision, Decisions};
use super::desk::Desk;
use super::leftovers::{self, HeldBy, Known};
use super::rest::withdraw;
use super::settings::Settings;
use crate::effect::StoredJournal;
use crate::journal::{
    Journal, JournalError, JournalPlace, Journals, OperationJournal, OperationStatus, RunState,
};
use crate::plan::{PinnedPlan, PlannedOperation, Track};

/// Why a run cannot begin or go on.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(transparent)]
pub struct StartError {
    problem: Problem,
}

/// What kind of [`StartError`] it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StartErrorKind {
    /// The journal cannot be read.
    Journal,
    /// The journal is that of another plan.
    OtherPlan,
    /// The run before has not ended.
    NotEnded,
    /// The run before came to rest on an instance of which this plan does not take the place, or what it did there is not on record.
    Rests,
    /// The run has ended.
    Ended,
    /// The run has come to rest or waits, and nothing that it was told changes that.
    Undecided,
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
enum Problem {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the journal in Secret `{name}` may be of any run, because {error}")]
    Unreadable { name: String, error: JournalError },
    #[error(
        "the run `{0}` has not come to rest, or Jobs of it are still held: resume or abandon it first"
    )]
    NotEnded(String),
    #[error(
        "`{package}` in `{namespace}` came to rest in the run `{run}`, and this plan does not take its place: go on with that first, or give it up"
    )]
    Rests {
        run: String,
        package: String,
        namespace: String,
    },
    #[error(
        "what the run `{run}` did to `{package}` in `{namespace}` could not be put on record, and nobody else knows of it: go on with that first, abandon it, or uninstall `{package}`"
    )]
    Unrecorded {
        run: String,
        package: String,
        namespace: String,
    },
    #[error(
        "the runs `{0}` and `{1}` came to rest, and this plan can take the place of one: go on with the other first, or give it up"
    )]
    SeveralRest(String, String),
    #[error(
        "the run `{0}` is over, and there is nothing to go on with: begin again what it has not done"
    )]
    Ended(String),
    #[error(
        "the run `{0}` has come to rest, and goes on only when it is told how: resume, skip, take back or abandon"
    )]
    Undecided(String),
    #[error(
        "the run `{0}` was told to stop, and waits with what it has not begun: resume or abandon that"
    )]
    Waits(String),
}

impl StartError {
    /// What kind of error it is.
    #[must_use]
    pub fn kind(&self) -> StartErrorKind {
        match &self.problem {
            Problem::Journal(error)
                if error.kind() == crate::journal::JournalErrorKind::OtherPlan =>
            {
                StartErrorKind::OtherPlan
            }
            Problem::Journal(_) | Problem::Unreadable { .. } => StartErrorKind::Journal,
            Problem::NotEnded(_) => StartErrorKind::NotEnded,
            Problem::Rests { .. } | Problem::Unrecorded { .. } | Problem::SeveralRest(..) => {
                StartErrorKind::Rests
            }
            Problem::Ended(_) => StartErrorKind::Ended,
            Problem::Undecided(_) | Problem::Waits(_) => StartErrorKind::Undecided,
        }
    }

    pub(crate) fn unreadable(name: &str, error: &JournalError) -> Self {
        Self {
            problem: Problem::Unreadable {
                name: name.to_owned(),
                error: error.clone(),
            },
        }
    }

    pub(crate) fn several_rest((one, other): (&str, &str)) -> Self {
        Self {
            problem: Problem::SeveralRest(one.to_owned(), other.to_owned()),
        }
    }
}

impl From<JournalError> for StartError {
    fn from(error: JournalError) -> Self {
        Self {
            problem: error.into(),
        }
    }
}

impl Machine {
    /// Begins a run where there is no journal yet: for a service that keeps one journal itself. Whether another run of the home is about the same
    /// instances is not looked at; [`begin_at`](Self::begin_at) does that.
    ///
    /// `writer` names the runner: it must be another one for each process that ever runs.
    #[must_use]
    pub fn begin(plan: Arc<PinnedPlan>, writer: &str, settings: Settings) -> Self {
        let journal = Journal::new(&plan, writer);
        Self::new(Desk::new(journal, None, settings), plan)
    }

    /// Lets Jobs go of which there is no journal any more, or none that can be read: takes our finalizer off them, and then deletes those of these journals
    /// that cannot be read, as nobody can go on with their runs. Nothing else is changed: what a run made stays, and an install with `take_ownership` takes
    /// it over. Jobs that a journal of the runner's namespace holds which can be read are left to its run, and those of another runner's namespace to that
    /// one. What came of each is in [`Journal::history`](crate::journal::Journal::history) of the machine, which has no plan and stores no journal.
    ///
    /// The journals are as they were when they were read: a Lease is to keep all runs of the namespace away from before that until this has ended.
    ///
    /// # Errors
    ///
    /// A newer version of this crate wrote one of the journals: it may hold any of the Jobs, and that one can go on with it.
    pub fn release_all(
        held: HeldBy<'_>,
        journals: &Journals,
        settings: Settings,
    ) -> Result<Self, StartError> {
        journals.are_not_newer()?;
        let plan = Arc::new(PinnedPlan::empty());
        let desk = Desk::new(Journal::new(&plan, ""), None, settings).without_journal();
        let known = Known {
            home: journals.home().to_owned(),
            held: journals.held_jobs(),
            lost: journals.lost().to_vec(),
        };
        let run = leftovers::release_all(desk.clone(), held.request(), known);
        Ok(Self::of(desk, plan, Box::pin(run)))
    }

    /// Begins a run whose journal is kept at a [place](crate::journal::Journals::place): in the place of the one that is there, if one is. What the
    /// journals of runs say that are over goes on in it: their lines of history, and which plans may be deleted.
    ///
    /// # Errors
    ///
    /// Those of [`begin_after`](Self::begin_after); or the place is that of another plan.
    pub fn begin_at(
        plan: Arc<PinnedPlan>,
        place: &JournalPlace,
        writer: &str,
        settings: Settings,
    ) -> Result<Self, StartError> {
        place.is_for(&plan)?;
        let mut journal = match place.replaced() {
            None => Journal::new(&plan, writer),
            Some(stored) => {
                let old = Journal::parse(&stored.text)?;
                may_take_place(&old, &plan)?;
                Journal::after(&old, &plan, writer)
            }
        };
        for over in place.obsolete() {
            journal.go_on_from(over);
        }
        let stored = place.replaced().cloned();
        Ok(Self::new(Desk::new(journal, stored, settings), plan))
    }

    /// Begins a run in the place of one that came to rest: its journal is replaced, and its history goes on. Operations of it that are not
    /// done are closed as superseded. As with [`begin`](Self::begin), no other journal is looked at.
    ///
    /// # Errors
    ///
    /// The journal cannot be read, or its run is still under way, or came to rest beside a Job that it could not look after: it must be resumed or
    /// abandoned first. Or an operation of it rests on an instance that the plan leaves as it is, or runs only an action of: nobody could go on with
    /// it any more.
    pub fn begin_after(
        plan: Arc<PinnedPlan>,
        stored: StoredJournal,
        writer: &str,
        settings: Settings,
    ) -> Result<Self, StartError> {
        let old = Journal::parse(&stored.text)?;
        may_take_place(&old, &plan)?;
        let journal = Journal::after(&old, &plan, writer);
        Ok(Self::new(Desk::new(journal, Some(stored), settings), plan))
    }

    /// Goes on with a run from its journal, whoever wrote that last, unless it is [over](RunState::Over). The first thing it asks for is to write the journal
    /// with a higher epoch: of several that try at a time, one gets it.
    ///
    /// `decisions` say what to do with operations that do not go on by themselves: one [`Decision`] for all of them, or [`Decisions`]. Those of which
    /// none is made stay as they are. With `None` only what was under way goes on; and of a run that [waits](RunState::Waits), what it has not begun.
    ///
    /// # Errors
    ///
    /// The journal cannot be read, is that of another plan, or of a run that is over; or the run rests or waits, and no decision changes anything of it.
    pub fn resume(
        plan: Arc<PinnedPlan>,
        stored: StoredJournal,
        writer: &str,
        decisions: impl Into<Decisions>,
        settings: Settings,
    ) -> Result<Self, StartError> {
        let mut journal = Journal::parse(&stored.text)?;
        if journal.plan() != plan.digest() || journal.operations().len() != plan.operations().len()
        {
            return Err(JournalError::other_plan(journal.plan(), plan.digest()).into());
        }
        journal.complete(&plan);
        go_on(&mut journal, &plan, &decisions.into())?;
        journal.take_over(writer);
        journal.ended = None;
        let desk = Desk::new(journal, Some(stored), settings);
        Ok(Self::new(desk.resumed(), plan))
    }
}

/// Carries decisions into the journal of a run that is to go on.
///
/// # Errors
///
/// It does not: it is over, or it rests or waits, and is not told what would change anything.
fn go_on(
    journal: &mut Journal,
    plan: &PinnedPlan,
    decisions: &Decisions,
) -> Result<(), StartError> {
    let state = journal.state();
    let is_open = |one: &OperationJournal| one.status().is_open();
    let rests_on_decision = journal.operations().iter().any(is_open);
    let problem = match state {
        RunState::Over => Problem::Ended,
        RunState::Waits => Problem::Waits,
        RunState::UnderWay | RunState::Rests => Problem::Undecided,
    };
    let decided = state != RunState::Over && decide(journal, plan, decisions);
    let begins = !decided && begins(journal, decisions, state == RunState::Waits);
    if begins {
        journal.begins_nothing = false;
        journal.cancelled = None;
    }
    let goes_on = match state {
        RunState::Over => false,
        RunState::UnderWay => true,
        // What could not be put on record is tried again, whatever is decided.
        RunState::Rests => decided || !rests_on_decision,
        RunState::Waits => decided || begins,
    };
    match goes_on {
        true => Ok(()),
        false => Err(StartError {
            problem: problem(journal.run().to_owned()),
        }),
    }
}

/// That a run of this plan may take the place of one.
///
/// # Errors
///
/// It is under way, or still holds Jobs; or an operation of it rests on an instance that the plan leaves as it is, or runs only an action of; or has done
/// what is on no record, and no uninstall of the plan begins with that.
pub(crate) fn may_take_place(old: &Journal, plan: &PinnedPlan) -> Result<(), StartError> {
    let is_held = |one: &OperationJournal| one.attempts().iter().any(|attempt| !attempt.released);
    if old.ended().is_none() || old.operations().iter().any(is_held) {
        let problem = Problem::NotEnded(old.run().to_owned());
        return Err(StartError { problem });
    }
    let takes_place = |rests: &OperationJournal, one: &PlannedOperation| {
        let operation = one.operation();
        let instance = (operation.package().as_str(), operation.namespace());
        operation.kind() != OperationKind::Action
            && instance == (rests.package(), rests.namespace())
    };
    let begins_with_remains = |rests: &OperationJournal| {
        let begins_with = |one: &PlannedOperation| {
            let known = one.installed();
            one.operation().kind() == OperationKind::Uninstall
                && takes_place(rests, one)
                && known.is_some_and(|known| known.is_unrecorded() && known.is_left_by(old.plan()))
        };
        plan.operations().iter().any(begins_with)
    };
    let mut resting = old.operations().iter().filter(|one| one.is_in_the_way());
    let is_lost = |one: &&OperationJournal| one.unrecorded && !begins_with_remains(one);
    if let Some(one) = resting.clone().find(is_lost) {
        let problem = Problem::Unrecorded {
            run: old.run().to_owned(),
            package: one.package().to_owned(),
            namespace: one.namespace().to_owned(),
        };
        return Err(StartError { problem });
    }
    let is_left = |rests: &&OperationJournal| {
        let mut operations = plan.operations().iter();
        !operations.any(|one| takes_place(rests, one))
    };
    match resting.find(is_left) {
        None => Ok(()),
        Some(left) => {
            let problem = Problem::Rests {
                run: old.run().to_owned(),
                package: left.package().to_owned(),
                namespace: left.namespace().to_owned(),
            };
            Err(StartError { problem })
        }
    }
}

/// Carries decisions into the journal. Whether there was anything to decide.
fn decide(journal: &mut Journal, plan: &PinnedPlan, decisions: &Decisions) -> bool {
    let mut decided = false;
    let ends = decisions.end_something();
    let operations = journal.operations.iter_mut().zip(plan.operations());
    for (place, (operation, planned)) in operations.enumerate() {
        let Some(decision) = decisions.of_operation(place) else {
            continue;
        };
        // What goes back already can only be given up.
        let is_under_way = operation.status() == OperationStatus::Running
            && (operation.track() == Track::Forward || decision == Decision::Abandon);
        if operation.status() == OperationStatus::NotStarted && decision == Decision::Abandon {
            withdraw(operation, "it was given up before it began");
            decided = true;
        }
        if operation.status().is_open() || decision.ends() && is_under_way {
            super::rest::decide(operation, planned, decision);
            decided = true;
        }
    }
    if decided {
        withdraw_what_follows(journal, plan);
        journal.unwinding = false;
        let goes_forward = |one: &OperationJournal| {
            one.status() == OperationStatus::Running && one.track() == Track::Forward
        };
        // Who takes back or gives up wants nothing more begun; but what is to go on goes on.
        let goes_on =
            journal.operations.iter().any(goes_forward) || begins(journal, decisions, false);
        journal.begins_nothing = ends && !goes_on;
        journal.cancelled = None;
    }
    decided
}

/// Gives up what was to come after an operation that never begins.
fn withdraw_what_follows(journal: &mut Journal, plan: &PinnedPlan) {
    let mut operations = journal.operations.iter_mut().zip(plan.operations());
    let Some((_, first)) = operations.find(|(one, _)| one.withdrawn) else {
        return;
    };
    let follows = |planned: &PlannedOperation| planned.level() > first.level();
    let waiting = operations.filter(|(one, _)| one.status() == OperationStatus::NotStarted);
    for (operation, _) in waiting.filter(|(_, planned)| follows(planned)) {
        let what = first.operation();
        withdraw(
            operation,
            &format!("it comes after `{what}`, which was given up before it began"),
        );
    }
}

/// Whether something that has not begun is told to begin, or is told nothing and does so untold.
fn begins(journal: &Journal, decisions: &Decisions, untold: bool) -> bool {
    let operations = journal.operations().iter().enumerate();
    let mut waiting = operations.filter(|(_, one)| one.status() == OperationStatus::NotStarted);
    waiting.any(|(place, _)| match decisions.of_operation(place) {
        None => untold,
        Some(decision) => decision == Decision::Resume,
    })
}

//! The lifecycle as a machine without I/O: answers and time go in, effects come out.

mod apply;
mod begin;
mod claims;
mod conditions;
mod custom_resources;
mod decision;
mod delete;
mod desk;
mod driven;
mod evidence;
mod gone;
mod held;
mod hook;
mod inhabitants;
mod ledger;
mod leftovers;
mod marks;
mod moved;
mod namespaces;
mod operation;
mod operation_desk;
mod outcome;
mod patience;
mod plans;
mod record;
mod remove;
mod rest;
mod run;
mod scribe;
mod settings;
mod sweep;
mod verdicts;
mod wait_ready;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll as Turn, Waker};
use std::time::Duration;

use serde_json::Value;

pub(crate) use self::begin::may_take_place;
pub use self::begin::{StartError, StartErrorKind};
pub use self::decision::{Decision, Decisions};
pub use self::leftovers::HeldBy;
pub use self::outcome::{Outcome, Stop};
pub use self::settings::Settings;

use self::desk::Desk;
use crate::api::ObjectRef;
use crate::effect::{Answer, Poll, Wait};
use crate::journal::{EndedRun, Journal};
use crate::plan::PinnedPlan;
use crate::time::Timestamp;

/// How long before its lease runs out a runner stops writing.
const LEASE_MARGIN: Duration = Duration::from_secs(5);

/// Carries out a plan: says what to do next, and is told what came of it.
///
/// It does nothing by itself. Whoever drives it asks [`poll`](Self::poll), does what it says, hands in the answer with
/// [`answer`](Self::answer), and asks again. All that has to survive a crash is in the journal, which it asks to have written before each
/// call that cannot be taken back; dropping a machine at any moment is what a crash is. [`begin`](Self::begin) starts a run, and
/// [`resume`](Self::resume) goes on with one from its journal.
pub struct Machine {
    desk: Desk,
    plan: Arc<PinnedPlan>,
    run: Option<Coroutine>,
    scribe: Coroutine,
    write_until: Option<Timestamp>,
}

type Coroutine = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Machine {
    fn new(desk: Desk, plan: Arc<PinnedPlan>) -> Self {
        let run: Coroutine = Box::pin(run::run(desk.clone(), Arc::clone(&plan)));
        Self::of(desk, plan, run)
    }

    fn of(desk: Desk, plan: Arc<PinnedPlan>, run: Coroutine) -> Self {
        let scribe: Coroutine = Box::pin(scribe::scribe(desk.clone()));
        Self {
            desk,
            plan,
            run: Some(run),
            scribe,
            write_until: None,
        }
    }

    /// What to do now. To be asked until it says [`Poll::Wait`], and again after each answer and when the time it waits for has come.
    ///
    /// `now` must not go back. Cost: microseconds and some fifteen allocations on average, most of them of the objects that it asks to send
    /// (`cargo bench --bench lifecycle`; catalog-benches' `tests/machine_heap.rs` holds it to the allocations).
    pub fn poll(&mut self, now: Timestamp) -> Poll {
        self.advance(now);
        loop {
            if self.desk.state().stop.is_some() {
                return Poll::Done;
            }
            if let Some(next) = self.next_effect() {
                return next;
            }
            let ticks = self.desk.state().ticks;
            self.turn();
            let state = self.desk.state();
            if state.stop.is_none() && state.outbox.is_empty() && state.ticks == ticks {
                break;
            }
        }
        if self.run.is_none() {
            Poll::Done
        } else {
            Poll::Wait(self.waiting())
        }
    }

    /// Hands in the answer to the effect of this number. An answer that nobody waits for is passed over.
    pub fn answer(&mut self, id: u64, answer: Answer) {
        let mut state = self.desk.state();
        if let Some(place) = state.asked.get_mut(&id) {
            *place = Some(answer);
            state.ticks += 1;
        }
    }

    /// Tells that an object has changed: whoever waits for it looks at it.
    pub fn changed(&mut self, object: ObjectRef) {
        self.desk.state().observed(object, None);
    }

    /// Tells that an object is gone, and what it was like last. A Job's end may stand there and nowhere else.
    pub fn deleted(&mut self, last: Value) {
        if let Some(object) = ObjectRef::of(&last) {
            self.desk.state().observed(object, Some(last));
        }
    }

    /// Tells the run to stop: the hook that runs is cancelled, and nothing more begins; what is taken back or given up goes on. Told a second time, the
    /// runner stops at once and leaves all as it is, to be resumed. A run whose end is stored only clears up, and that is brought to its end.
    pub fn cancel(&mut self) {
        let now = self.desk.now();
        let mut state = self.desk.state();
        let is_stored = state.stored == state.changes;
        if is_stored && state.journal.ended().is_some() {
            return;
        }
        if std::mem::replace(&mut state.is_told, true) {
            state.stop.get_or_insert(Stop::Detached);
            return;
        }
        drop(state);
        // The runner before may have been told already.
        self.desk.record(|journal| {
            journal.cancelled.get_or_insert(now);
        });
    }

    /// Tells until when the runner's lease lasts, in its own time. Five seconds before, it stops writing and ends, unless it is told of a
    /// later time.
    pub fn lease_until(&mut self, until: Timestamp) {
        self.write_until = Some(until);
    }

    /// The plan that is carried out.
    #[must_use]
    pub fn plan(&self) -> &PinnedPlan {
        &self.plan
    }

    /// The journal as it is now, which may be ahead of what is stored.
    #[must_use]
    pub fn journal(&self) -> Journal {
        self.desk.look(Clone::clone)
    }

    /// How the run ended; `None` as long as it has not.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        let state = self.desk.state();
        match &state.stop {
            Some(stop) => Some(Outcome::Stopped(stop.clone())),
            None if self.run.is_none() => Some(Outcome::of(&state.journal)),
            None => None,
        }
    }

    /// The run, once it has ended and its end is stored: what nobody needs any more can be [deleted](EndedRun::delete_unneeded) then. `None`: it has not
    /// ended, its runner stopped before it was known that the end is stored, or it is none of a plan.
    #[must_use]
    pub fn ended(&self) -> Option<EndedRun> {
        let is_stored = {
            let state = self.desk.state();
            let has_ended = state.journal.ended().is_some() && self.run.is_none();
            has_ended && state.stop.is_none() && state.stored == state.changes
        };
        is_stored.then(|| {
            let achieved = self.desk.achieved(&self.plan);
            EndedRun::new((&self.plan, &self.journal()), achieved)
        })
    }

    fn advance(&self, now: Timestamp) {
        let mut state = self.desk.state();
        state.now = state.now.max(now);
        state.began.get_or_insert(now);
        let margin = |until: Timestamp| now.after(LEASE_MARGIN) >= until;
        if self.write_until.is_some_and(margin) && self.run.is_some() {
            state.stop.get_or_insert(Stop::LeaseLost);
        }
    }

    fn next_effect(&self) -> Option<Poll> {
        self.desk.state().outbox.pop_front().map(Poll::Do)
    }

    /// Lets each coroutine go as far as it can.
    fn turn(&mut self) {
        let mut context = Context::from_waker(Waker::noop());
        let is_over = |turn| matches!(turn, Turn::Ready(()));
        if self
            .run
            .as_mut()
            .is_some_and(|run| is_over(run.as_mut().poll(&mut context)))
        {
            self.run = None;
        }
        // It never ends: it writes what the others ask for.
        let _pending = self.scribe.as_mut().poll(&mut context);
    }

    /// What all coroutines wait for, together.
    fn waiting(&self) -> Wait {
        let state = self.desk.state();
        let mut all = Wait::default();
        for wait in state.waits.values() {
            all.until = match (all.until, wait.until) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
            all.watching.extend(wait.watching.iter().cloned());
            all.reasons.extend(wait.reasons.iter().cloned());
        }
        all
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine")
            .field("run", &self.plan.run())
            .finish_non_exhaustive()
    }
}

//! Runs a plan again and again, each time with other faults, and looks at what came of it.

use std::sync::Arc;
use std::time::Duration;

use catalog_model::Semantics;

use super::cluster::FakeCluster;
use super::exploration::Exploration;
use super::fault::Fault;
use super::invariants::sameness::{self, Course};
use super::invariants::{Journals, LEFT, OWNED, Watch};
use super::parallel;
use super::progress::{Meter, Progress};
use super::runner::Runner;
use super::trace::{Event, Happening};
use crate::effect::Effect;
use crate::journal::{Journal, OperationJournal, OperationStatus};
use crate::machine::{Decision, Outcome, Settings, Stop};
use crate::plan::PinnedPlan;
use crate::time::Timestamp;

/// How long after a runner died another one begins: what a lease takes to run out.
const TAKE_OVER: Duration = Duration::from_secs(20);
/// More effects than any run can need.
const MOST_EFFECTS: usize = 5000;
/// How often a decision is tried that does not help.
const MOST_DECISIONS: usize = 2;
/// More runners than any run can need: one for each fault, one for each decision, one to find that all is over.
const MOST_RUNNERS: usize = 12;

/// A plan, the cluster it meets, and how patient its runner is.
#[derive(Clone, Debug)]
pub struct Scenario {
    cluster: FakeCluster,
    plan: Arc<PinnedPlan>,
    settings: Settings,
    decision: Option<Decision>,
    longest: Duration,
    most: usize,
}

/// A fault at one effect, counted from 0 over all runners of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Injection {
    /// The effect.
    pub at: usize,
    /// What goes wrong there.
    pub fault: Fault,
}

/// One run of a scenario.
#[derive(Clone, Debug)]
pub struct Run {
    /// What it left behind, with the trace.
    pub cluster: FakeCluster,
    /// How the last runner ended; `None`: it never did.
    pub outcome: Option<Outcome>,
    /// All effects that were asked for, in order.
    pub effects: Vec<Asked>,
    /// How many runners it took.
    pub runners: usize,
    /// How often it had to be decided how it goes on.
    pub decisions: usize,
}

/// An effect that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// In words: `create Job here/x`.
    pub words: Arc<str>,
    /// Whether it writes.
    pub is_write: bool,
    /// Whether nothing has happened since the effect before it: a runner that dies now leaves what one leaves that died after that.
    pub is_next: bool,
    /// When, and after how many events.
    moment: (Timestamp, usize),
}

/// What is done before each effect of a run: something to its cluster, or a look at it; and what goes wrong with the effect.
struct Hand<'h> {
    before: &'h mut dyn FnMut(&mut Run, &Runner, &Effect) -> Option<Fault>,
    /// Whether runners are forked on the way.
    forks: bool,
}

impl Scenario {
    /// A plan that is carried out in a cluster that is as this one.
    #[must_use]
    pub fn new(cluster: FakeCluster, plan: PinnedPlan) -> Self {
        Self {
            cluster,
            plan: Arc::new(plan),
            settings: Settings::default(),
            decision: Some(Decision::Resume),
            longest: Duration::from_secs(24 * 3600),
            most: usize::MAX,
        }
    }

    /// The same, with another answer to what does not go on by itself, or none: then the run ends there. Without, it is tried again, twice
    /// at most.
    #[must_use]
    pub fn deciding(mut self, decision: Option<Decision>) -> Self {
        self.decision = decision;
        self
    }

    /// The same; a run that takes longer than this has missed its deadline. Without, a day.
    #[must_use]
    pub fn within(mut self, longest: Duration) -> Self {
        self.longest = longest;
        self
    }

    /// The same, of which about so many runs at most are explored, spread over all. Without, all are.
    #[must_use]
    pub fn at_most(mut self, runs: usize) -> Self {
        self.most = runs.max(1);
        self
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Arc<PinnedPlan> {
        &self.plan
    }

    /// The cluster as it is before the run.
    #[must_use]
    pub fn cluster(&self) -> &FakeCluster {
        &self.cluster
    }

    /// Runs the plan with these faults, until it is done or nothing more can be decided.
    #[must_use]
    pub fn run(&self, faults: &[Injection]) -> Run {
        self.run_with(faults, &mut |_, _| {})
    }

    /// The same, with something done to the cluster before each effect, whose number is told.
    #[must_use]
    pub fn run_with(
        &self,
        faults: &[Injection],
        meddle: &mut dyn FnMut(usize, &mut FakeCluster),
    ) -> Run {
        let before = &mut |run: &mut Run, _: &Runner, _: &Effect| {
            let at = run.effects.len() - 1;
            meddle(at, &mut run.cluster);
            faults.iter().find(|one| one.at == at).map(|one| one.fault)
        };
        let forks = false;
        self.go_on(self.begin(), None, &mut Hand { before, forks })
    }

    /// A run of which nothing has been done.
    pub(super) fn begin(&self) -> Run {
        Run {
            cluster: self.cluster.clone(),
            outcome: None,
            effects: Vec::new(),
            runners: 0,
            decisions: 0,
        }
    }

    /// Lets further runners end what runners before them did not.
    pub(super) fn finish(&self, run: Run, outcome: Option<Outcome>) -> Run {
        match self.next_decision(&run, outcome.as_ref()) {
            None => Run { outcome, ..run },
            Some(decision) => self.undisturbed(run, decision),
        }
    }

    fn undisturbed(&self, run: Run, decision: Option<Decision>) -> Run {
        let (before, forks) = (&mut |_: &mut Run, _: &Runner, _: &Effect| None, false);
        self.go_on(run, decision, &mut Hand { before, forks })
    }

    /// Whether another runner is needed, and what it is told to do; of a runner that died, there is no outcome.
    fn next_decision(&self, run: &Run, outcome: Option<&Outcome>) -> Option<Option<Decision>> {
        match outcome {
            Some(Outcome::Done | Outcome::Stopped(Stop::JournalGone)) => None,
            Some(Outcome::Unchanged) if !statuses(&run.cluster).iter().any(|one| one.is_open()) => {
                None
            }
            None | Some(Outcome::Stopped(_)) => Some(None),
            Some(_) if run.decisions < MOST_DECISIONS => self.decision.map(Some),
            Some(_) => None,
        }
    }

    fn go_on(&self, mut run: Run, mut decision: Option<Decision>, hand: &mut Hand<'_>) -> Run {
        while run.runners < MOST_RUNNERS {
            let Some(runner) = self.start(&mut run, decision) else {
                run.outcome = self.ended(&run.cluster);
                break;
            };
            let mut runner = match hand.forks {
                true => runner.remembering(),
                false => runner,
            };
            let lives = self.drive(&mut run, &mut runner, hand);
            match self.after(&mut run, lives.then_some(&runner)) {
                None => break,
                Some(next) => decision = next,
            }
        }
        run
    }

    /// Whether there is another runner after one that came to its end, or died, and what that one is told.
    fn after(&self, run: &mut Run, lives: Option<&Runner>) -> Option<Option<Decision>> {
        run.outcome = lives.and_then(Runner::outcome);
        if lives.is_some() && run.outcome.is_none() {
            return None;
        }
        let next = self.next_decision(run, run.outcome.as_ref())?;
        run.decisions += usize::from(next.is_some());
        run.cluster.advance(TAKE_OVER);
        Some(next)
    }

    /// What becomes of a run from an effect on at which something goes wrong.
    fn branch(&self, run: &Run, runner: &Runner, (effect, fault): (&Effect, Fault)) -> Run {
        let mut run = run.clone();
        let effect = effect.clone();
        let lives = if fault.is_crash() {
            runner.crash(&mut run.cluster, effect, fault);
            None
        } else {
            let Some(mut fork) = runner.fork() else {
                // Without an outcome it counts as a run that does not end, which is found.
                return Run {
                    outcome: None,
                    ..run
                };
            };
            fork.carry_out(&mut run.cluster, effect, Some(fault));
            done(&mut run);
            let (before, forks) = (&mut |_: &mut Run, _: &Runner, _: &Effect| None, false);
            let lives = self.drive(&mut run, &mut fork, &mut Hand { before, forks });
            lives.then_some(fork)
        };
        match self.after(&mut run, lives.as_ref()) {
            None => run,
            Some(decision) => self.undisturbed(run, decision),
        }
    }

    /// The next runner, unless the run has ended.
    pub(super) fn start(&self, run: &mut Run, decision: Option<Decision>) -> Option<Runner> {
        if run.cluster.journal().is_none() && self.journal_gone(&run.cluster).is_some() {
            // A journal that is gone is never made again.
            return None;
        }
        run.runners += 1;
        let name = format!("runner-{}", run.runners);
        let how = (decision, self.settings.clone());
        Runner::start(&mut run.cluster, &self.plan, &name, how).ok()
    }

    /// Drives a runner to its end; whether it lives to see it.
    fn drive(&self, run: &mut Run, runner: &mut Runner, hand: &mut Hand<'_>) -> bool {
        let until = self.deadline();
        while run.effects.len() < MOST_EFFECTS {
            let Some(effect) = runner.next(&mut run.cluster, until) else {
                return true;
            };
            note(run, &effect);
            let fault = (hand.before)(run, runner, &effect);
            if !runner.carry_out(&mut run.cluster, effect, fault) {
                return false;
            }
            done(run);
        }
        true
    }

    /// How a run ended whose last runner did not live to say it.
    fn ended(&self, cluster: &FakeCluster) -> Option<Outcome> {
        let statuses = statuses(cluster);
        let all = |wanted: &[OperationStatus]| statuses.iter().all(|one| wanted.contains(one));
        if statuses.is_empty() {
            self.journal_gone(cluster)
        } else if all(&[OperationStatus::Done]) {
            Some(Outcome::Done)
        } else if all(&[OperationStatus::Unchanged, OperationStatus::RolledBack]) {
            Some(Outcome::Unchanged)
        } else {
            Some(Outcome::Partial)
        }
    }

    /// How a run ended whose journal is gone: removed by its own runner, as the last thing; or by others.
    fn journal_gone(&self, cluster: &FakeCluster) -> Option<Outcome> {
        let before = self.cluster.trace().len();
        let events = cluster.trace().get(before..).unwrap_or_default();
        let is_of_journal = |event: &&Arc<Event>| matches!(event.what, Happening::Journal { .. });
        let last = events.iter().rev().find(is_of_journal)?;
        match &last.what {
            Happening::Journal { after: None, .. } if last.who.starts_with("runner") => {
                Some(Outcome::Done)
            }
            Happening::Journal { after: None, .. } => Some(Outcome::Stopped(Stop::JournalGone)),
            _ => None,
        }
    }

    /// When the run must have ended.
    pub(super) fn deadline(&self) -> Timestamp {
        self.cluster.now().after(self.longest)
    }

    /// What does not hold after a run.
    #[must_use]
    pub fn violations(&self, run: &Run) -> Vec<String> {
        Self::violations_of(run, (Watch::new(self), &mut Journals::default()))
    }

    /// The same, where some of the run has been looked at.
    fn violations_of(run: &Run, (watch, journals): (Watch<'_>, &mut Journals)) -> Vec<String> {
        let mut found = watch.end(&run.cluster, journals);
        found.extend(run.cluster.violations().iter().cloned());
        if run.outcome.is_none() {
            let effects = run.effects.len();
            found.push(format!(
                "it does not end: {effects} effects, {} runners",
                run.runners
            ));
        }
        found
    }

    /// All runs with one fault that `is_one` takes.
    #[must_use]
    pub fn singles(&self, is_one: impl Fn(Injection) -> bool) -> Exploration {
        self.singles_telling(is_one, &|_| {})
    }

    /// The same; `tell` hears how far that is: before the first run, and whenever some are over, on the threads that run them.
    #[must_use]
    pub fn singles_telling(
        &self,
        is_one: impl Fn(Injection) -> bool,
        tell: &(dyn Fn(Progress) + Sync),
    ) -> Exploration {
        let base = self.run(&[]);
        let all: Vec<Injection> = injections(&base).filter(|one| is_one(*one)).collect();
        let base = Course::of(&base.cluster);
        let every = all.len().div_ceil(self.most).max(1);
        let some: Vec<Injection> = all.iter().copied().step_by(every).collect();
        let meter = Meter::new(tell, (some.len(), all.len()));
        let look = |one: &Injection, exploration: &mut Exploration| {
            let run = self.run(&[*one]);
            let watched = (Watch::new(self), &mut Journals::default());
            self.look(&[*one], (&base, &run), exploration, watched);
        };
        parallel::explore(&some, look, |_, runs| meter.over(runs, 1))
    }

    /// All runs with two faults of which the first is one that `is_first` takes: the second one is at each effect after it, those of the
    /// recovery too.
    #[must_use]
    pub fn pairs(&self, is_first: impl Fn(Injection) -> bool) -> Exploration {
        self.pairs_telling(is_first, &|_| {})
    }

    /// The same; `tell` hears how far that is, as in [`singles_telling`](Self::singles_telling).
    #[must_use]
    pub fn pairs_telling(
        &self,
        is_first: impl Fn(Injection) -> bool,
        tell: &(dyn Fn(Progress) + Sync),
    ) -> Exploration {
        let base = self.run(&[]);
        let all: Vec<Injection> = injections(&base).filter(|one| is_first(*one)).collect();
        // As many as if nothing came of the first fault.
        let expected =
            |first: &Injection| injections(&base).filter(|one| one.at > first.at).count();
        let of_all: usize = all.iter().map(expected).sum();
        let every = of_all.div_ceil(self.most).max(1);
        let meter = Meter::new(tell, (of_all / every, of_all));
        let course = Course::of(&base.cluster);
        let firsts = all.iter().enumerate();
        let firsts: Vec<(usize, Injection, usize)> = firsts
            .map(|(number, first)| (number, *first, expected(first).div_ceil(every)))
            .collect();
        let look = |one: &(usize, Injection, usize), exploration: &mut Exploration| {
            let (number, first, expected) = *one;
            let (mut watch, mut journals) = (Watch::new(self), Journals::default());
            let mut seconds = number..;
            let before = &mut |run: &mut Run, runner: &Runner, effect: &Effect| {
                let at = run.effects.len() - 1;
                watch.see(&run.cluster, &mut journals);
                for fault in faults(run.effects.last()).filter(|_| at > first.at) {
                    if seconds.next().is_none_or(|number| number % every != 0) {
                        continue;
                    }
                    let second = Injection { at, fault };
                    let ended = self.branch(run, runner, (effect, fault));
                    let watched = (watch.clone(), &mut journals);
                    self.look(&[first, second], (&course, &ended), exploration, watched);
                    meter.over(1, usize::from(exploration.runs <= expected));
                }
                (at == first.at).then_some(first.fault)
            };
            let forks = true;
            self.go_on(self.begin(), None, &mut Hand { before, forks });
        };
        let over = |(_, _, expected): &(usize, Injection, usize), runs: usize| {
            meter.over(0, expected.saturating_sub(runs));
        };
        parallel::explore(&firsts, look, over)
    }

    /// Whether a person has to say how a hook goes on that may run once at most: no crashed runner can know that.
    fn is_undecidable(&self, run: &Run) -> bool {
        let mut hooks = self.plan.operations().iter().flat_map(|one| one.hooks());
        run.outcome == Some(Outcome::Partial)
            && hooks.any(|job| job.policy().semantics == Semantics::AtMostOnce)
    }

    /// Holds a run against all that must hold, and against one that nothing went wrong in.
    fn look(
        &self,
        faults: &[Injection],
        (base, run): (&Course, &Run),
        found: &mut Exploration,
        watched: (Watch<'_>, &mut Journals),
    ) {
        let mut violations = Self::violations_of(run, watched);
        if faults.iter().any(is_lie) {
            violations.retain(|one| !one.starts_with(LEFT) && !one.starts_with(OWNED));
        }
        if faults.iter().all(|one| one.fault.may_pass()) && !self.is_undecidable(run) {
            violations.extend(sameness::differences(base, &Course::of(&run.cluster)));
        }
        let hit = |one: &Injection| {
            let effect = run.effects.get(one.at).map_or("", |effect| &effect.words);
            format!("{} at {} ({effect})", one.fault, one.at)
        };
        let described: Vec<String> = faults.iter().map(hit).collect();
        found.add_described(&described.join(", "), run, violations);
    }
}

/// Whether a runner was told that something is not there, though it is. Then it cannot know that it is left.
fn is_lie(fault: &Injection) -> bool {
    fault.fault == Fault::NotFound
}

/// How the operations stand, by the journal.
fn statuses(cluster: &FakeCluster) -> Vec<OperationStatus> {
    let journal = cluster.journal().and_then(|text| Journal::parse(text).ok());
    let operations = journal.iter().flat_map(|journal| journal.operations());
    operations.map(OperationJournal::status).collect()
}

/// Counts an effect.
pub(super) fn note(run: &mut Run, effect: &Effect) {
    let moment = moment(&run.cluster);
    let before = run.effects.last();
    run.effects.push(Asked {
        words: effect.task.to_string().into(),
        is_write: effect.task.is_write(),
        is_next: before.is_some_and(|before| before.moment == moment),
        moment,
    });
}

/// The effect asked for last is over, and its answer is there.
fn done(run: &mut Run) {
    let now = moment(&run.cluster);
    if let Some(last) = run.effects.last_mut() {
        last.moment = now;
    }
}

fn moment(cluster: &FakeCluster) -> (Timestamp, usize) {
    (cluster.now(), cluster.trace().len())
}

/// All faults at the effects of a run.
fn injections(run: &Run) -> impl Iterator<Item = Injection> {
    let effects = run.effects.iter().enumerate();
    effects.flat_map(|(at, effect)| faults(Some(effect)).map(move |fault| Injection { at, fault }))
}

/// The faults at one effect, but for those that come to what another one comes to: where nothing is written there is nothing that may be done
/// or not, and a runner that dies before an effect has died after the one before it, if nothing happened in between.
fn faults(effect: Option<&Asked>) -> impl Iterator<Item = Fault> + use<> {
    let is_write = effect.is_some_and(|effect| effect.is_write);
    let is_next = effect.is_some_and(|effect| effect.is_next);
    Fault::ALL.into_iter().filter(move |fault| {
        (is_write || !fault.is_done()) && !(is_next && *fault == Fault::CrashBefore)
    })
}

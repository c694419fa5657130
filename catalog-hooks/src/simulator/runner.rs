//! A runner of a plan in the fake cluster, one effect at a time.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::cluster::FakeCluster;
use super::fault::Fault;
use super::trace::Happening;
use crate::api::ObjectRef;
use crate::edge::{Cluster, JournalStore, ModuleDriver, REQUEST_TIMEOUT};
use crate::effect::{Answer, Effect, Poll, StoredJournal, Task, Wait};
use crate::journal::Journal;
use crate::machine::{Decision, Machine, Outcome, Settings, StartError};
use crate::plan::PinnedPlan;
use crate::time::Timestamp;

/// How long a write takes to reach the server. What only reads takes no time: nothing would be other than without it.
const LATENCY: Duration = Duration::from_millis(5);

/// A runner: a machine, and a name under which it acts.
#[derive(Debug)]
pub struct Runner {
    name: String,
    machine: Machine,
    beginning: Beginning,
    /// All that the machine was told, if it is kept.
    told: Option<Vec<Told>>,
}

/// What a machine begins with.
#[derive(Clone, Debug)]
struct Beginning {
    plan: Arc<PinnedPlan>,
    stored: Option<StoredJournal>,
    decision: Option<Decision>,
    settings: Settings,
}

/// Something that a machine was told.
#[derive(Clone, Debug)]
enum Told {
    Time(Timestamp),
    Answer(u64, Answer),
    Changed(ObjectRef),
    Deleted(Arc<Value>),
}

impl Runner {
    /// Begins a run where there is no journal, or in the place of one of another plan, and otherwise goes on with the one that is there.
    ///
    /// # Errors
    ///
    /// The run has ended, or one of another plan has not.
    pub fn start(
        cluster: &mut FakeCluster,
        plan: &Arc<PinnedPlan>,
        name: &str,
        (decision, settings): (Option<Decision>, Settings),
    ) -> Result<Self, StartError> {
        let beginning = Beginning {
            plan: Arc::clone(plan),
            // The fake's own journal is always there to be read.
            stored: JournalStore::load(cluster).unwrap_or_default(),
            decision,
            settings,
        };
        Ok(Self {
            name: name.to_owned(),
            machine: beginning.machine(name)?,
            beginning,
            told: None,
        })
    }

    /// The same, and it can be [forked](Self::fork).
    pub(super) fn remembering(mut self) -> Self {
        self.told = Some(Vec::new());
        self
    }

    /// Another runner that knows what this one does, and wants the same next: a machine is determined by what it is told.
    pub(super) fn fork(&self) -> Option<Self> {
        let mut fork = Self {
            name: self.name.clone(),
            machine: self.beginning.machine(&self.name).ok()?,
            beginning: self.beginning.clone(),
            told: None,
        };
        for told in self.told.as_ref()? {
            fork.hear(told.clone());
        }
        Some(fork)
    }

    /// Tells the machine of something; what it wants then, if it was the time.
    fn hear(&mut self, told: Told) -> Option<Poll> {
        if let Some(all) = &mut self.told {
            all.push(told.clone());
        }
        match told {
            Told::Time(now) => return Some(self.machine.poll(now)),
            Told::Answer(id, answer) => self.machine.answer(id, answer),
            Told::Changed(object) => self.machine.changed(object),
            Told::Deleted(last) => self.machine.deleted(Value::clone(&last)),
        }
        None
    }

    /// The effect that it wants next, once nothing more is to be waited for; `None`: it has ended, or `until` has come.
    pub fn next(&mut self, cluster: &mut FakeCluster, until: Timestamp) -> Option<Effect> {
        while cluster.now() < until {
            match self.hear(Told::Time(cluster.now())) {
                Some(Poll::Do(effect)) => return Some(effect),
                Some(Poll::Wait(wait)) => self.wait(cluster, &wait, until),
                Some(Poll::Done) | None => return None,
            }
        }
        None
    }

    /// Carries out an effect and hands in the answer; with a fault, what comes of that. Whether the runner lives.
    pub fn carry_out(
        &mut self,
        cluster: &mut FakeCluster,
        effect: Effect,
        fault: Option<Fault>,
    ) -> bool {
        let id = effect.id;
        let answer = match fault {
            None => {
                cluster.advance(latency(&effect));
                self.perform(cluster, effect)
            }
            Some(fault) if fault.is_crash() => {
                self.crash(cluster, effect, fault);
                return false;
            }
            Some(fault) => {
                let told = fault.answer(&effect.task);
                cluster.advance(latency(&effect));
                if fault.is_done() {
                    self.perform(cluster, effect);
                }
                if matches!(fault, Fault::Timeout | Fault::AnswerLost) {
                    cluster.advance(REQUEST_TIMEOUT);
                }
                told
            }
        };
        self.hear(Told::Answer(id, answer));
        true
    }

    /// What is left of an effect in whose course the runner dies.
    pub(super) fn crash(&self, cluster: &mut FakeCluster, effect: Effect, fault: Fault) {
        if fault.is_done() {
            cluster.advance(latency(&effect));
            self.perform(cluster, effect);
        }
    }

    /// Tells it to stop what it does.
    pub fn cancel(&mut self) {
        self.machine.cancel();
    }

    /// How it ended, if it has.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        self.machine.outcome()
    }

    fn perform(&self, cluster: &mut FakeCluster, effect: Effect) -> Answer {
        cluster.act_as(&self.name);
        match effect.task {
            Task::SaveJournal { text, replaces } => {
                Answer::Saved(cluster.save(&text, replaces.as_ref()))
            }
            Task::LoadJournal => Answer::Loaded(cluster.load()),
            Task::RemoveJournal(version) => Answer::Removed(cluster.remove(&version)),
            Task::Call(request) => Answer::Called(Cluster::call(cluster, &request)),
            Task::Conditions { .. } => Answer::Gate(Ok(Vec::new())),
            Task::Module(call) => Answer::Module(ModuleDriver::call(cluster, &call)),
        }
    }

    /// Waits as one does who watches: until a watched object changes, or the time has come.
    fn wait(&mut self, cluster: &mut FakeCluster, wait: &Wait, limit: Timestamp) {
        let until = wait.until.unwrap_or(limit).min(limit);
        while cluster.now() < until {
            let seen = cluster.trace().len();
            let next = cluster.next_change().unwrap_or(until).min(until);
            cluster.advance_to(next);
            if self.tell(cluster, seen, wait) {
                return;
            }
        }
    }

    /// Tells the machine of changes of what it watches; whether there were any.
    fn tell(&mut self, cluster: &FakeCluster, seen: usize, wait: &Wait) -> bool {
        let mut told = false;
        for event in cluster.trace().iter().skip(seen) {
            let Happening::Changed {
                object,
                before,
                after,
            } = &event.what
            else {
                continue;
            };
            if !wait.watching.contains(object) {
                continue;
            }
            told = true;
            match (before, after) {
                (Some(last), None) => self.hear(Told::Deleted(Arc::clone(last))),
                _ => self.hear(Told::Changed(object.clone())),
            };
        }
        told
    }
}

fn latency(effect: &Effect) -> Duration {
    match effect.task.is_write() {
        true => LATENCY,
        false => Duration::ZERO,
    }
}

impl Beginning {
    fn machine(&self, name: &str) -> Result<Machine, StartError> {
        let (plan, settings) = (Arc::clone(&self.plan), self.settings.clone());
        match &self.stored {
            None => Ok(Machine::begin(plan, name, settings)),
            Some(stored) if is_of_another(stored, &plan) => {
                Machine::begin_after(plan, stored.clone(), name, settings)
            }
            Some(stored) => Machine::resume(plan, stored.clone(), name, self.decision, settings),
        }
    }
}

fn is_of_another(stored: &StoredJournal, plan: &PinnedPlan) -> bool {
    Journal::parse(&stored.text).is_ok_and(|journal| journal.plan() != plan.digest())
}

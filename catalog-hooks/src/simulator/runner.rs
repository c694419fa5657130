//! A runner of a plan in the fake cluster, one effect at a time.

use std::sync::Arc;
use std::time::Duration;

use super::cluster::FakeCluster;
use super::fault::Fault;
use super::trace::Happening;
use crate::edge::{Cluster, JournalStore, ModuleDriver, REQUEST_TIMEOUT};
use crate::effect::{Answer, Effect, Poll, Task, Wait};
use crate::machine::{Decision, Machine, Outcome, Settings, StartError};
use crate::plan::PinnedPlan;
use crate::time::Timestamp;

/// How long an effect takes.
const LATENCY: Duration = Duration::from_millis(5);

/// A runner: a machine, and a name under which it acts.
#[derive(Debug)]
pub struct Runner {
    name: String,
    machine: Machine,
}

impl Runner {
    /// Begins a run where there is no journal, and otherwise goes on with the one that is there.
    ///
    /// # Errors
    ///
    /// The run has ended, or the journal is no journal of this plan.
    pub fn start(
        cluster: &mut FakeCluster,
        plan: &Arc<PinnedPlan>,
        name: &str,
        (decision, settings): (Option<Decision>, Settings),
    ) -> Result<Self, StartError> {
        // The fake's own journal is always there to be read.
        let stored = JournalStore::load(cluster).unwrap_or_default();
        let plan = Arc::clone(plan);
        let machine = match stored {
            None => Machine::begin(plan, name, settings),
            Some(stored) => Machine::resume(plan, stored, name, (decision, settings))?,
        };
        let name = name.to_owned();
        Ok(Self { name, machine })
    }

    /// The effect that it wants next, once nothing more is to be waited for; `None`: it has ended, or `until` has come.
    pub fn next(&mut self, cluster: &mut FakeCluster, until: Timestamp) -> Option<Effect> {
        while cluster.now() < until {
            match self.machine.poll(cluster.now()) {
                Poll::Do(effect) => return Some(effect),
                Poll::Wait(wait) => self.wait(cluster, &wait, until),
                Poll::Done => return None,
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
            None => self.perform(cluster, effect),
            Some(fault) => {
                let told = fault.answer(&effect.task);
                if fault.is_done() {
                    self.perform(cluster, effect);
                }
                if fault.is_crash() {
                    return false;
                }
                if matches!(fault, Fault::Timeout | Fault::AnswerLost) {
                    cluster.advance(REQUEST_TIMEOUT);
                }
                told
            }
        };
        cluster.advance(LATENCY);
        self.machine.answer(id, answer);
        true
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
                (Some(last), None) => self.machine.deleted(serde_json::Value::clone(last)),
                _ => self.machine.changed(object.clone()),
            }
        }
        told
    }
}

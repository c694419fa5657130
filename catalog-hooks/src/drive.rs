//! Drives a machine with calls that block.

use crate::edge::{Clock, Cluster, Gate, JournalStore, ModuleDriver};
use crate::effect::{Answer, Effect, ModuleFailure, Poll, Task};
use crate::machine::{Machine, Outcome, Stop};

/// What a run acts on, as a service supplies it.
pub struct Surroundings<'a> {
    /// The cluster.
    pub cluster: &'a mut dyn Cluster,
    /// Where the journal is kept.
    pub journal: &'a mut dyn JournalStore,
    /// Who deploys modules that are no objects; `None`: the plan has none.
    pub modules: Option<&'a mut dyn ModuleDriver>,
    /// Who evaluates conditions.
    pub gate: &'a mut dyn Gate,
    /// The time.
    pub clock: &'a mut dyn Clock,
}

impl Surroundings<'_> {
    /// Drives a machine until its run ends, and says how it did. `watch` is shown each effect before it is carried out, and each time that
    /// something is waited for.
    pub fn drive(&mut self, machine: &mut Machine, watch: &mut dyn FnMut(&Poll)) -> Outcome {
        loop {
            let now = self.clock.now();
            let next = machine.poll(now);
            watch(&next);
            match next {
                Poll::Do(effect) => {
                    let id = effect.id;
                    let answer = self.carry_out(effect);
                    machine.answer(id, answer);
                }
                Poll::Wait(wait) => self.clock.wait(&wait),
                // Somebody told it to stop, or it ended: either way there is an outcome.
                Poll::Done => {
                    return machine
                        .outcome()
                        .unwrap_or(Outcome::Stopped(Stop::Detached));
                }
            }
        }
    }

    /// Carries out one effect.
    pub fn carry_out(&mut self, effect: Effect) -> Answer {
        match effect.task {
            Task::SaveJournal { text, replaces } => {
                Answer::Saved(self.journal.save(&text, replaces.as_ref()))
            }
            Task::LoadJournal => Answer::Loaded(self.journal.load()),
            Task::RemoveJournal(version) => Answer::Removed(self.journal.remove(&version)),
            Task::Call(request) => Answer::Called(self.cluster.call(&request)),
            Task::Conditions {
                operation,
                is_ahead,
            } => Answer::Gate(match is_ahead {
                true => self.gate.evaluate_ahead(operation),
                false => self.gate.evaluate(operation),
            }),
            Task::Module(call) => Answer::Module(match &mut self.modules {
                Some(modules) => modules.call(&call),
                None => Err(ModuleFailure {
                    message: format!("nobody is there to be the driver `{}`", call.driver),
                    may_pass: false,
                }),
            }),
        }
    }
}

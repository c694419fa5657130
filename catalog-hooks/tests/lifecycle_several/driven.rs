//! A machine that is driven to its end, with one thing that goes wrong.

use std::sync::Arc;
use std::time::Duration;

use catalog_hooks::api::Failure;
use catalog_hooks::journal::Journal;
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::simulator::{FakeCluster, PodScript};
use catalog_hooks::{
    Answer, Clock, Cluster, Decision, Effect, JournalStore, Machine, ModuleDriver, ModuleStatus,
    ModuleVerb, Outcome, Poll, Settings, Task, label,
};
use catalog_model::OperationKind;
use serde_json::json;

use crate::shape::{PACKAGES, Stage};

/// Something that goes wrong once.
pub(crate) struct Wrong {
    place: usize,
    stage: Stage,
    /// Whether what comes before the stage has happened.
    armed: bool,
    over: bool,
}

impl Wrong {
    pub(crate) fn new(
        (place, kind): (usize, OperationKind),
        stage: Stage,
        cluster: &mut FakeCluster,
    ) -> Self {
        let place_of_hook = match stage {
            Stage::HooksBefore => Some("pre"),
            Stage::HooksAfter => Some("post"),
            _ => None,
        };
        if let Some(which) = place_of_hook {
            // Of the operation itself, and not of its way back.
            let phase = format!("{which}-{kind:?}").to_lowercase();
            let labels = [
                (label::PACKAGE, PACKAGES[place]),
                (label::PHASE, phase.as_str()),
                (label::ROLE, "run"),
                (label::ATTEMPT, "1"),
            ];
            cluster.script(&labels, [PodScript::fails(Duration::from_secs(1), 3)]);
        }
        Self {
            place,
            stage,
            armed: false,
            // Pods do it.
            over: place_of_hook.is_some(),
        }
    }

    /// What an effect is answered with that is not carried out.
    fn answer(&mut self, task: &Task) -> Option<Answer> {
        if self.over || !self.is_meant(task) {
            return None;
        }
        self.over = true;
        Some(match task {
            Task::Conditions { .. } => Answer::Gate(Ok(vec!["it has no memory".to_owned()])),
            Task::Module(_) => {
                Answer::Module(Ok(ModuleStatus::Failed("it has no image".to_owned())))
            }
            _ => {
                let status = json!({"kind": "Status", "status": "Failure", "code": 403, "reason": "Forbidden", "message": "nobody may"});
                Answer::Called(Err(Failure::from_status(403, &status)))
            }
        })
    }

    fn is_meant(&mut self, task: &Task) -> bool {
        let package = PACKAGES[self.place];
        let words = task.to_string();
        let is = |what: &str| words == format!("{what}{package}");
        let of_object =
            |verb: &str, name: &str| words == format!("{verb} ConfigMap {package}/{name}");
        let of_record = |verb: &str| {
            words.starts_with(&format!(
                "{verb} Secret catalog-system/catalog-installed-{package}-"
            ))
        };
        match self.stage {
            Stage::Gates | Stage::Conditions => {
                matches!(task, Task::Conditions { operation, is_ahead }
                    if *operation == self.place && *is_ahead == (self.stage == Stage::Gates))
            }
            Stage::Namespace => is("create Namespace "),
            Stage::Definitions => of_object("apply", "definition"),
            Stage::Modules => of_object("apply", "settings"),
            Stage::Ready => {
                matches!(task, Task::Module(call) if call.verb == ModuleVerb::Status && call.namespace == package)
            }
            Stage::Prune => words.starts_with(&format!("delete ConfigMap {package}/only-")),
            Stage::DeleteModules => of_object("delete", "settings"),
            Stage::DeleteDefinitions => of_object("delete", "definition"),
            Stage::Gone => {
                let is_read = words.starts_with(&format!("read ConfigMap {package}/"));
                let was_armed = self.armed;
                self.armed |= of_object("delete", "definition");
                was_armed && is_read
            }
            Stage::Sweep => {
                // Before the journal is written, leftovers of others are looked for.
                self.armed |= matches!(task, Task::SaveJournal { .. });
                self.armed && is("list Job in ")
            }
            Stage::Commit => of_record("create") || of_record("replace"),
            Stage::Forget => of_record("delete"),
            Stage::HooksBefore | Stage::HooksAfter => false,
        }
    }
}

/// Carries a plan out, or goes on with it if there is a journal of it.
pub(crate) fn drive(
    cluster: &mut FakeCluster,
    plan: &Arc<PinnedPlan>,
    (decision, mut wrong): (Option<Decision>, Option<Wrong>),
) -> (Outcome, Journal) {
    let stored = cluster.load().unwrap();
    let is_own = |text: &str| Journal::parse(text).unwrap().plan() == plan.digest();
    let settings = Settings::default();
    let plan = Arc::clone(plan);
    let mut machine = match stored {
        None => Machine::begin(plan, "runner-1", settings),
        Some(stored) if is_own(&stored.text) => {
            Machine::resume(plan, stored, "runner-2", decision, settings).unwrap()
        }
        Some(stored) => Machine::begin_after(plan, stored, "runner-1", settings).unwrap(),
    };
    cluster.act_as("runner-1");
    loop {
        match machine.poll(cluster.now()) {
            Poll::Do(effect) => {
                let id = effect.id;
                let told = wrong.as_mut().and_then(|wrong| wrong.answer(&effect.task));
                machine.answer(id, told.unwrap_or_else(|| perform(cluster, effect)));
            }
            Poll::Wait(wait) => Clock::wait(cluster, &wait),
            _ => break,
        }
    }
    assert!(
        wrong.as_ref().is_none_or(|wrong| wrong.over),
        "it did not come to {:?}",
        wrong.map(|wrong| wrong.stage)
    );
    (machine.outcome().unwrap(), machine.journal())
}

fn perform(cluster: &mut FakeCluster, effect: Effect) -> Answer {
    match effect.task {
        Task::SaveJournal { text, replaces } => {
            Answer::Saved(cluster.save(&text, replaces.as_ref()))
        }
        Task::LoadJournal => Answer::Loaded(cluster.load()),
        Task::RemoveJournal(version) => Answer::Removed(cluster.remove(&version)),
        Task::Call(request) => Answer::Called(Cluster::call(cluster, &request)),
        Task::Conditions { .. } => Answer::Gate(Ok(Vec::new())),
        Task::Module(call) => Answer::Module(ModuleDriver::call(cluster, &call)),
        other => panic!("{other}"),
    }
}

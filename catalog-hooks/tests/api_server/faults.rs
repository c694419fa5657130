//! Faults at the effects of a runner on a real server: it is killed, an answer is lost, a call is denied. Whoever resumes the run brings it
//! to the same end.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use catalog_hooks::api::Failure;
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::{
    Answer, Decision, Effect, Machine, ModuleFailure, ModuleStatus, ModuleVerb, Outcome, Poll,
    Settings, StartErrorKind, Task, Timestamp,
};
use catalog_model::{Operation, OperationKind};
use serde_json::json;

use crate::runner::{Runner, settings};

/// How far lost answers of one run are apart.
const APART: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The runner ends after the effect, before its answer. To end before an effect is to end after the one before it.
    Killed,
    /// The effect is there, and its answer does not come. The runner itself goes on, and so meets the same again eight writes later.
    Lost,
    /// 403, and nothing is done.
    Denied,
    /// The same, of writes alone.
    WriteDenied,
}

impl Fault {
    /// Whether it can befall a task. After a read, all is as it was before it: only a denial makes a difference there.
    fn can_befall(self, task: &Task) -> bool {
        self == Self::Denied || task.is_write()
    }

    /// Whether the runner is told that it may not do something.
    pub(crate) fn is_denial(self) -> bool {
        matches!(self, Self::Denied | Self::WriteDenied)
    }

    /// In how many places of a run it can begin.
    pub(crate) fn places(self, effects: Effects) -> usize {
        match self {
            Self::Lost => APART.min(effects.writes),
            _ => self.passed(effects),
        }
    }

    /// How many of these effects it could have befallen.
    fn passed(self, effects: Effects) -> usize {
        match self {
            Self::Denied => effects.all,
            Self::Killed | Self::Lost | Self::WriteDenied => effects.writes,
        }
    }

    /// Whether it befalls a task after these effects, if this is its place.
    fn befalls(self, at: usize, task: &Task, effects: Effects) -> bool {
        let passed = self.passed(effects);
        let is_its_place = match self {
            Self::Lost => passed % APART == at,
            _ => passed == at,
        };
        self.can_befall(task) && is_its_place
    }
}

/// A fault, and before how many others that it can befall there is the one that it does.
pub(crate) type Place = (usize, Fault);

/// Of a run that meets no fault.
pub(crate) const NOWHERE: Place = (usize::MAX, Fault::Killed);

/// How many effects a runner had.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Effects {
    all: usize,
    writes: usize,
}

/// As for other tests, but a server with so many runs is slow, and nothing is stuck for that.
pub(crate) fn patient() -> Settings {
    let mut settings = settings();
    settings.stuck_after = Duration::from_secs(60);
    settings.gone_timeout = Duration::from_secs(90);
    settings
}

fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    Timestamp::from_millis(u64::try_from(since.as_millis()).expect("before the end of time"))
}

async fn carry_out(runner: &Runner, effect: Effect) -> Answer {
    match effect.task {
        Task::SaveJournal { text, replaces } => {
            Answer::Saved(runner.journal().save(&text, replaces.as_ref()).await)
        }
        Task::LoadJournal => Answer::Loaded(runner.journal().load().await),
        Task::RemoveJournal(version) => Answer::Removed(runner.journal().remove(&version).await),
        Task::Call(request) => Answer::Called(runner.world.cluster.call(&request).await),
        Task::Conditions { .. } => Answer::Gate(Ok(Vec::new())),
        Task::Module(call) if call.verb == ModuleVerb::Delete => {
            Answer::Module(Ok(ModuleStatus::Absent))
        }
        _ => Answer::Module(Ok(ModuleStatus::Ready)),
    }
}

/// The answer in which a failure comes instead of what the task brings.
fn failed(task: &Task, failure: Failure) -> Answer {
    match task {
        Task::SaveJournal { .. } => Answer::Saved(Err(failure)),
        Task::LoadJournal => Answer::Loaded(Err(failure)),
        Task::RemoveJournal(_) => Answer::Removed(Err(failure)),
        Task::Call(_) => Answer::Called(Err(failure)),
        Task::Conditions { .. } => Answer::Gate(Err(failure)),
        _ => Answer::Module(Err(ModuleFailure {
            message: failure.to_string(),
            may_pass: failure.may_pass(),
        })),
    }
}

fn denied() -> Failure {
    let words = "jobs.batch is forbidden: User \"runner\" cannot do this";
    Failure::from_status(
        403,
        &json!({"kind": "Status", "reason": "Forbidden", "message": words}),
    )
}

/// Drives a machine, and lets the fault befall an effect; how many effects there were. No outcome: the runner was killed.
pub(crate) async fn drive(
    runner: &Runner,
    machine: &mut Machine,
    (at, fault): Place,
) -> (Option<Outcome>, Effects) {
    let mut effects = Effects::default();
    loop {
        match machine.poll(now()) {
            Poll::Do(effect) => {
                let (id, task) = (effect.id, effect.task.clone());
                let befalls = fault.befalls(at, &task, effects);
                effects.all += 1;
                effects.writes += usize::from(task.is_write());
                let answer = match (befalls, fault) {
                    (true, Fault::Denied | Fault::WriteDenied) => failed(&task, denied()),
                    (true, Fault::Killed) => {
                        carry_out(runner, effect).await;
                        return (None, effects);
                    }
                    (true, Fault::Lost) => {
                        carry_out(runner, effect).await;
                        failed(&task, Failure::unanswered("lost"))
                    }
                    (false, _) => carry_out(runner, effect).await,
                };
                machine.answer(id, answer);
            }
            Poll::Wait(wait) => {
                tokio::time::sleep(Duration::from_millis(250)).await;
                for object in wait.watching {
                    machine.changed(object);
                }
            }
            _ => return (machine.outcome(), effects),
        }
    }
}

/// Goes on with a run until it is done.
pub(crate) async fn finish(
    runner: &mut Runner,
    operation: &Operation,
    mut plan: Arc<PinnedPlan>,
    mut last: Option<Outcome>,
) {
    for turn in 0..5 {
        let decision = match &last {
            Some(Outcome::Done) => return,
            Some(Outcome::Partial) => Some(Decision::Resume),
            _ => None,
        };
        if last == Some(Outcome::Unchanged) {
            plan = runner.plan(operation).await;
        }
        let writer = format!("writer-{turn}");
        let stored = runner.journal().load().await.expect("the journal");
        let mut machine = match stored {
            // The journal of an uninstall goes last.
            None if is_gone(runner, operation).await => return,
            None => Machine::begin(Arc::clone(&plan), &writer, patient()),
            Some(stored) if last == Some(Outcome::Unchanged) => {
                Machine::begin_after(Arc::clone(&plan), stored, &writer, patient()).expect("a run")
            }
            Some(stored) => {
                match Machine::resume(Arc::clone(&plan), stored, &writer, decision, patient()) {
                    Ok(machine) => machine,
                    // Killed after the last writing.
                    Err(error) if error.kind() == StartErrorKind::Ended => return,
                    // Killed after it had come to rest.
                    Err(error) if error.kind() == StartErrorKind::Undecided => {
                        last = Some(Outcome::Partial);
                        continue;
                    }
                    // Killed before the first, where there was a run before.
                    Err(error) if error.kind() == StartErrorKind::OtherPlan => {
                        runner.machine(Arc::clone(&plan)).await
                    }
                    Err(error) => panic!("{error}"),
                }
            }
        };
        last = drive(runner, &mut machine, NOWHERE).await.0;
        if last != Some(Outcome::Done) {
            println!(
                "{last:?}: {:#?}",
                machine.journal().operations()[0].failure()
            );
        }
    }
    panic!("it is not done after five runners: {last:?}");
}

async fn is_gone(runner: &Runner, operation: &Operation) -> bool {
    let package = operation.package().as_str();
    operation.kind() == OperationKind::Uninstall && runner.installed(package).await.is_none()
}

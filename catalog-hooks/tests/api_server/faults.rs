//! One fault at each effect of an install, on a real server: the runner is killed, an answer is lost, a call is denied. Whoever resumes the
//! run brings it to the same end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use catalog_hooks::api::Failure;
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::{
    Answer, Decision, Effect, Machine, ModuleStatus, Outcome, Poll, Settings, StartErrorKind, Task,
    Timestamp,
};
use catalog_model::Operation;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use serde_json::json;

use crate::runner::{Runner, Script, catalog, nodes, package, settings, version};
use crate::world::{World, text};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// The runner ends after the effect, before its answer.
    Killed,
    /// The effect is there, and its answer does not come.
    Lost,
    /// 403, and nothing is done.
    Denied,
}

impl Fault {
    /// Whether it can befall a task. After a read, all is as it was before it: only a denial makes a difference there.
    fn can_befall(self, task: &Task) -> bool {
        self == Self::Denied || task.is_write()
    }
}

/// A fault, and before how many others that it can befall there is the one that it does.
type Place = (usize, Fault);

/// How many runs are under way on the server at a time.
const AT_ONCE: usize = 24;

/// As for other tests, but a server with so many runs is slow, and nothing is stuck for that.
pub(crate) fn patient() -> Settings {
    let mut settings = settings();
    settings.stuck_after = Duration::from_secs(60);
    settings
}

const HOOKS: &str = "
pre-install:
- name: prepare
  timeout: 30s
  resources:
  - {apiVersion: v1, kind: ServiceAccount, metadata: {name: preparer}}
  job:
    apiVersion: batch/v1
    kind: Job
    spec:
      template:
        spec:
          serviceAccountName: preparer
          containers:
          - {name: main, image: 'main:v1'}
post-install:
- name: check
  timeout: 30s
  job:
    apiVersion: batch/v1
    kind: Job
    spec:
      template:
        spec:
          containers:
          - {name: main, image: 'main:v1'}
";

/// Of an install that meets no fault.
const NOWHERE: Place = (usize::MAX, Fault::Killed);

pub(crate) fn shop() -> catalog_model::Catalog {
    catalog(&[
        ("shop/1.0.0/metadata.yaml", "name: shop\nversion: 1.0.0\n"),
        (
            "shop/1.0.0/definitions/settings.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: b}\n",
        ),
        ("shop/1.0.0/hooks/install.yaml", HOOKS),
    ])
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
        _ => Answer::Module(Ok(ModuleStatus::Ready)),
    }
}

/// The answer in which a failure comes instead of what the task brings.
fn failed(task: &Task, failure: Failure) -> Option<Answer> {
    Some(match task {
        Task::SaveJournal { .. } => Answer::Saved(Err(failure)),
        Task::LoadJournal => Answer::Loaded(Err(failure)),
        Task::RemoveJournal(_) => Answer::Removed(Err(failure)),
        Task::Call(_) => Answer::Called(Err(failure)),
        _ => return None,
    })
}

fn denied() -> Failure {
    let words = "jobs.batch is forbidden: User \"runner\" cannot do this";
    Failure::from_status(
        403,
        &json!({"kind": "Status", "reason": "Forbidden", "message": words}),
    )
}

/// Drives a machine, and lets the fault befall an effect; how many it could befall. No outcome: the runner was killed.
async fn drive(runner: &Runner, machine: &mut Machine, place: Place) -> (Option<Outcome>, usize) {
    let (at, fault) = place;
    let mut passed = 0;
    loop {
        match machine.poll(now()) {
            Poll::Do(effect) => {
                let (id, task) = (effect.id, effect.task.clone());
                let befalls = fault.can_befall(&task) && passed == at;
                passed += usize::from(fault.can_befall(&task));
                let denial = failed(&task, denied()).filter(|_| befalls && fault == Fault::Denied);
                let mut answer = match denial {
                    Some(denial) => denial,
                    None => carry_out(runner, effect).await,
                };
                match fault {
                    Fault::Killed if befalls => return (None, passed),
                    Fault::Lost if befalls => {
                        let unanswered = Failure::unanswered("lost");
                        answer = failed(&task, unanswered).unwrap_or(answer);
                    }
                    _ => {}
                }
                machine.answer(id, answer);
            }
            Poll::Wait(wait) => {
                tokio::time::sleep(Duration::from_millis(100)).await;
                for object in wait.watching {
                    machine.changed(object);
                }
            }
            _ => return (machine.outcome(), passed),
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
            None => Machine::begin(Arc::clone(&plan), &writer, patient()),
            Some(stored) if last == Some(Outcome::Unchanged) => {
                Machine::begin_after(Arc::clone(&plan), stored, &writer, patient()).expect("a run")
            }
            Some(stored) => {
                match Machine::resume(Arc::clone(&plan), stored, &writer, (decision, patient())) {
                    Ok(machine) => machine,
                    // Killed after the last writing.
                    Err(error) if error.kind() == StartErrorKind::Ended => return,
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

/// Runs the install with a fault, and holds its end to what an undisturbed one brings. How many effects it could befall.
async fn install(name: &str, place: Place) -> usize {
    let mut runner = Runner::new(name, shop()).await.expect("a server");
    let seen = Mutex::new(BTreeMap::new());
    let operation = Operation::install(package("shop"), version("1.0.0"), name);
    let script = Script::new();
    let nodes_world = runner.nodes.beside(name);
    let work = async {
        let plan = runner.plan(&operation).await;
        let mut machine = Machine::begin(Arc::clone(&plan), "the first", patient());
        let (outcome, effects) = drive(&runner, &mut machine, place).await;
        finish(&mut runner, &operation, plan, outcome).await;
        effects
    };
    let effects = tokio::select! {
        effects = work => effects,
        () = nodes(&nodes_world, &script) => panic!("nodes never end"),
        () = count_pods(&nodes_world, &seen) => panic!("counting never ends"),
        () = tokio::time::sleep(Duration::from_secs(180)) => panic!("{name} takes too long"),
    };
    assert_installed(&runner).await;
    if place.1 != Fault::Denied {
        let pods = seen.lock().expect("no panic").clone();
        let counts: Vec<usize> = pods.values().map(BTreeSet::len).collect();
        assert_eq!(counts, [1, 1], "{name}: each hook has one pod: {pods:?}");
    }
    effects
}

/// Asserts that the shop is there, and nothing else.
pub(crate) async fn assert_installed(runner: &Runner) {
    let nodes = &runner.nodes;
    let record = runner.installed("shop").await.expect("a record");
    assert_eq!(record.version(), "1.0.0");
    assert!(nodes.has("v1", "ConfigMap", "settings").await);
    assert!(
        !nodes.has("v1", "ServiceAccount", "preparer").await,
        "it was for the hook"
    );
    runner.assert_released().await;
}

/// Notes which pods each hook has, for ever.
async fn count_pods(world: &World, seen: &Mutex<BTreeMap<String, BTreeSet<String>>>) {
    loop {
        for pod in world.list("v1", "Pod").await {
            let hook = text(&pod, "/metadata/labels/catalog.dev~1hook").to_owned();
            let uid = format!(
                "{} {}",
                text(&pod, "/metadata/name"),
                text(&pod, "/metadata/uid")
            );
            seen.lock()
                .expect("no panic")
                .entry(hook)
                .or_default()
                .insert(uid);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn one_fault_at_each_effect() {
    if crate::server::shared().is_none() {
        return;
    }
    let mut runs = Vec::new();
    for (name, fault) in [
        ("killed", Fault::Killed),
        ("lost", Fault::Lost),
        ("denied", Fault::Denied),
    ] {
        let effects = install(&format!("{name}-never"), (usize::MAX, fault)).await;
        assert!(effects > 20, "{effects}");
        let run = move |at| {
            async move {
                install(&format!("{name}-{at}"), (at, fault)).await;
            }
            .boxed()
        };
        runs.extend((0..effects).map(run));
    }
    stream::iter(runs)
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<()>>()
        .await;
}

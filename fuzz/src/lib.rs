//! What the targets about the lifecycle share: a plan, and a way to drive a machine beside faults.

use std::slice::Iter;

use catalog_hooks::api::{Failure, Reply};
use catalog_hooks::module::ManifestsRenderer;
use catalog_hooks::plan::{OperationInput, OperationOptions, PinnedPlan, PlannedOperation};
use catalog_hooks::simulator::FakeCluster;
use catalog_hooks::{Answer, Cluster, Effect, JournalStore, Machine, OperationContext, Poll, Task};
use catalog_model::version::Version;
use catalog_model::{LoadOptions, MemorySource, Operation, PackageName, load};
use serde_json::{Value, json};

const HOOKS: &str = "
pre-install:
- name: check
  retries: 1
  resources: [{apiVersion: v1, kind: ServiceAccount, metadata: {name: check}}]
  job: &job {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: c, image: 'a:v1'}]}}}}
  undo: *job
post-install:
- {name: tell, semantics: at-most-once, job: *job}
";

const CRD: &str = "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Widget, plural: widgets, singular: widget, listKind: WidgetList}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
";

/// Installs a package with hooks before and after, a definition and a module.
pub fn plan() -> PinnedPlan {
    let source = MemorySource::from_iter([
        ("app/1.0.0/metadata.yaml", "name: app\nversion: 1.0.0\n"),
        ("app/1.0.0/hooks/install.yaml", HOOKS),
        ("app/1.0.0/definitions/widgets.yaml", CRD),
        (
            "app/1.0.0/modules.yaml",
            "modules:\n- name: config\n  manifests: {path: config.yaml}\n",
        ),
        (
            "app/1.0.0/config.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\n",
        ),
    ]);
    let catalog = load(&source, &LoadOptions::default())
        .expect("a catalog in memory")
        .into_catalog();
    let version = Version::parse("1.0.0").expect("a version");
    let package = PackageName::parse("app").expect("a name");
    let operation = Operation::install(package, version.clone(), "apps");
    let context = OperationContext::new("operation", "release").expect("ids");
    let input = OperationInput {
        operation: &operation,
        context: &context,
        from: None,
        to: catalog.release("app", &version),
        installed: None,
        record: None,
        others: &[],
        renderer: &ManifestsRenderer::new(&source),
        level: 0,
        options: OperationOptions::default(),
    };
    let (planned, _) = PlannedOperation::new(input).expect("an operation");
    PinnedPlan::new("run", "default", vec![planned]).expect("a plan")
}

/// More effects than any end needs.
const EFFECTS: usize = 5_000;

/// Drives a machine until it ends or a fault kills it. Each byte of `faults` is what becomes of one effect; when there are no more, all goes well.
pub fn drive(machine: &mut Machine, cluster: &mut FakeCluster, faults: &mut Iter<'_, u8>) {
    for _ in 0..EFFECTS {
        match machine.poll(cluster.now()) {
            Poll::Do(effect) => {
                let id = effect.id;
                match answer(cluster, effect, faults.next().copied().unwrap_or_default()) {
                    Some(answer) => machine.answer(id, answer),
                    None => return,
                }
            }
            Poll::Wait(wait) => {
                let until = wait.until.expect("every effect is answered at once");
                cluster.advance_to(until);
            }
            _ => return,
        }
    }
    panic!("it does not come to an end: {:?}", machine.journal());
}

/// What comes of an effect; `None`: its runner dies.
fn answer(cluster: &mut FakeCluster, effect: Effect, fault: u8) -> Option<Answer> {
    let refused = |code: u16| {
        let status =
            json!({"kind": "Status", "reason": "Fuzzed", "message": "so it was", "code": code});
        Some(failed(&effect.task, Failure::from_status(code, &status)))
    };
    match fault {
        0..=199 => Some(perform(cluster, effect.task)),
        200..=204 => None,
        205..=209 => {
            perform(cluster, effect.task);
            None
        }
        210..=214 => {
            perform(cluster, effect.task.clone());
            Some(failed(&effect.task, Failure::unanswered("it was lost")))
        }
        215..=219 => Some(failed(
            &effect.task,
            Failure::unanswered("it took too long"),
        )),
        220 => refused(403),
        221 => refused(404),
        222 => refused(409),
        223 => refused(410),
        224 => refused(422),
        225 => refused(429),
        226 => refused(500),
        227..=240 => Some(odd(&effect.task, fault)),
        _ => Some(Answer::Gate(Ok(Vec::new()))),
    }
}

/// An answer of the right kind that no server gives.
fn odd(task: &Task, fault: u8) -> Answer {
    let Task::Call(_) = task else {
        return Answer::Loaded(Ok(None));
    };
    Answer::Called(Ok(match fault % 5 {
        0 => Reply::Done,
        1 => Reply::Objects(vec![Value::Null, json!({"metadata": []}), json!(1)]),
        2 => Reply::Object(Value::Null),
        3 => Reply::Object(
            json!({"metadata": {"uid": 1, "finalizers": {}, "labels": []}, "status": {"conditions": [1, {"type": 2}]}}),
        ),
        _ => Reply::Log(String::new()),
    }))
}

fn failed(task: &Task, failure: Failure) -> Answer {
    match task {
        Task::SaveJournal { .. } => Answer::Saved(Err(failure)),
        Task::LoadJournal => Answer::Loaded(Err(failure)),
        Task::RemoveJournal(_) => Answer::Removed(Err(failure)),
        Task::Conditions { .. } => Answer::Gate(Err(failure)),
        _ => Answer::Called(Err(failure)),
    }
}

fn perform(cluster: &mut FakeCluster, task: Task) -> Answer {
    match task {
        Task::SaveJournal { text, replaces } => {
            Answer::Saved(cluster.save(&text, replaces.as_ref()))
        }
        Task::LoadJournal => Answer::Loaded(cluster.load()),
        Task::RemoveJournal(version) => Answer::Removed(cluster.remove(&version)),
        Task::Call(request) => Answer::Called(Cluster::call(cluster, &request)),
        Task::Conditions { .. } => Answer::Gate(Ok(Vec::new())),
        task => panic!("{task} in a plan without drivers"),
    }
}

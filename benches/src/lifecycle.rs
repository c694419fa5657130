//! A package with two hooks, a definition and a module, to run the lifecycle's machine on.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark may fail loudly"
)]

use std::sync::Arc;

use catalog_hooks::module::ManifestsRenderer;
use catalog_hooks::plan::{OperationInput, OperationOptions, PinnedPlan, PlannedOperation};
use catalog_hooks::simulator::FakeCluster;
use catalog_hooks::{
    Answer, Cluster, Effect, JournalStore, Machine, OperationContext, Outcome, Poll, Settings,
    Task, Timestamp,
};
use catalog_model::version::Version;
use catalog_model::{LoadOptions, MemorySource, Operation, PackageName, load};

const HOOKS: &str = "
pre-install: [{name: check, job: &job {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: c, image: 'a:v1'}]}}}}}]
post-install: [{name: tell, job: *job}]
pre-upgrade: [{name: check, job: *job}]
post-upgrade: [{name: tell, job: *job}]
";

/// What looks on while a machine runs.
pub trait Onlooker {
    /// Lets the machine do a step, and gives what came of it.
    fn step<T>(&mut self, step: impl FnOnce() -> T) -> T;

    /// Sees what the machine wants.
    fn effect(&mut self, _effect: &Effect) {}
}

/// The cluster before anything is done.
#[must_use]
pub fn fake_cluster() -> FakeCluster {
    let mut cluster = FakeCluster::new(Timestamp::from_millis(1_790_000_000_000));
    cluster.add_namespace("apps");
    cluster
}

/// Carries a plan out.
///
/// # Panics
///
/// It comes to something else than its end.
pub fn carry_out(plan: &Arc<PinnedPlan>, onlooker: &mut impl Onlooker) {
    let mut cluster = fake_cluster();
    let mut machine = Machine::begin(Arc::clone(plan), "bench", Settings::default());
    loop {
        let now = cluster.now();
        match onlooker.step(|| machine.poll(now)) {
            Poll::Do(effect) => {
                onlooker.effect(&effect);
                let answer = answer(&mut cluster, effect.task);
                onlooker.step(|| machine.answer(effect.id, answer));
            }
            Poll::Wait(wait) => cluster.advance_to(wait.until.expect("all effects are answered")),
            _ => break,
        }
    }
    assert_eq!(machine.outcome(), Some(Outcome::Done));
}

fn answer(cluster: &mut FakeCluster, task: Task) -> Answer {
    match task {
        Task::SaveJournal { text, replaces } => {
            Answer::Saved(cluster.save(&text, replaces.as_ref()))
        }
        Task::LoadJournal => Answer::Loaded(cluster.load()),
        Task::Call(request) => Answer::Called(Cluster::call(cluster, &request)),
        Task::Conditions { .. } => Answer::Gate(Ok(Vec::new())),
        task => panic!("{task} without a fault"),
    }
}

/// The plan of an install.
#[must_use]
pub fn install() -> PinnedPlan {
    plan(&Operation::install(package(), version("1.0.0"), "apps"))
}

/// The plan of an upgrade.
#[must_use]
pub fn upgrade() -> PinnedPlan {
    let (from, to) = (version("0.9.0"), version("1.0.0"));
    plan(&Operation::upgrade(package(), from, to, "apps"))
}

fn version(text: &str) -> Version {
    Version::parse(text).expect("a version")
}

fn package() -> PackageName {
    PackageName::parse("app").expect("a name")
}

fn plan(operation: &Operation) -> PinnedPlan {
    let source = MemorySource::from_iter([
        ("app/0.9.0/metadata.yaml", "name: app\nversion: 0.9.0\n"),
        ("app/1.0.0/metadata.yaml", "name: app\nversion: 1.0.0\n"),
        ("app/1.0.0/hooks/install.yaml", HOOKS),
        (
            "app/1.0.0/definitions/config.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: definition}\n",
        ),
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
    let release = |version: Option<&Version>| catalog.release("app", version?);
    let context = OperationContext::new("operation", "release").expect("ids");
    let (planned, _) = PlannedOperation::new(OperationInput {
        operation,
        context: &context,
        from: release(operation.from()),
        to: release(operation.to()),
        installed: None,
        record: None,
        others: &[],
        renderer: &ManifestsRenderer::new(&source),
        level: 0,
        options: OperationOptions::default(),
    })
    .expect("an operation");
    PinnedPlan::new("run", "default", vec![planned]).expect("a plan")
}

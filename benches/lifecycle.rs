//! What a step of the lifecycle's machine costs: a package with two hooks, a definition and a module is installed on a cluster that is a value, and
//! only the machine's own time counts; beside it, what the same steps cost with a journal that is written and read again as text each time, which
//! is the least that any store does.
//!
//! `cargo bench --bench lifecycle`. The run is looked at before anything is timed.
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark reports and may fail loudly"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use catalog_hooks::journal::Journal;
use catalog_hooks::module::ManifestsRenderer;
use catalog_hooks::plan::{OperationInput, OperationOptions, PinnedPlan, PlannedOperation};
use catalog_hooks::simulator::FakeCluster;
use catalog_hooks::{
    Answer, Cluster, JournalStore, Machine, OperationContext, Outcome, Poll, Settings, Task,
    Timestamp,
};
use catalog_model::version::Version;
use catalog_model::{LoadOptions, MemorySource, Operation, PackageName, load};

const RUNS: u32 = 200;

const HOOKS: &str = "
pre-install: [{name: check, job: &job {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: c, image: 'a:v1'}]}}}}}]
post-install: [{name: tell, job: *job}]
";

/// What a run took, and how much it was.
#[derive(Default)]
struct Took {
    machine: Duration,
    journal: Duration,
    effects: u32,
    saves: u32,
    longest_journal: usize,
}

fn main() {
    let plan = Arc::new(plan());
    let once = run(&plan);
    println!(
        "one run: {} effects, {} of them writings of the journal, which comes to {} bytes; the plan has {}",
        once.effects,
        once.saves,
        once.longest_journal,
        plan.to_text().len()
    );
    let mut all = Took::default();
    for _ in 0..RUNS {
        let took = run(&plan);
        all.machine += took.machine;
        all.journal += took.journal;
        all.effects += took.effects;
    }
    let each = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(all.effects);
    println!(
        "{RUNS} runs: {:.1} µs of machine an effect; reading each journal that it wrote took {:.1} µs an effect",
        each(all.machine),
        each(all.journal)
    );
    println!(
        "the machine takes {:.2} times as long as parsing its journals",
        all.machine.as_secs_f64() / all.journal.as_secs_f64()
    );
}

fn run(plan: &Arc<PinnedPlan>) -> Took {
    let mut took = Took::default();
    let mut cluster = FakeCluster::new(Timestamp::from_millis(1_790_000_000_000));
    let mut machine = Machine::begin(Arc::clone(plan), "bench", Settings::default());
    loop {
        let now = cluster.now();
        let begun = Instant::now();
        let next = machine.poll(now);
        took.machine += begun.elapsed();
        match next {
            Poll::Do(effect) => {
                took.effects += 1;
                let answer = answer(&mut cluster, effect.task, &mut took);
                let begun = Instant::now();
                machine.answer(effect.id, answer);
                took.machine += begun.elapsed();
            }
            Poll::Wait(wait) => cluster.advance_to(wait.until.expect("all effects are answered")),
            _ => break,
        }
    }
    assert_eq!(machine.outcome(), Some(Outcome::Done));
    took
}

fn answer(cluster: &mut FakeCluster, task: Task, took: &mut Took) -> Answer {
    match task {
        Task::SaveJournal { text, replaces } => {
            took.saves += 1;
            took.longest_journal = took.longest_journal.max(text.len());
            let begun = Instant::now();
            let journal = Journal::parse(&text);
            took.journal += begun.elapsed();
            assert!(journal.is_ok());
            Answer::Saved(cluster.save(&text, replaces.as_ref()))
        }
        Task::Call(request) => Answer::Called(Cluster::call(cluster, &request)),
        Task::Conditions { .. } => Answer::Gate(Ok(Vec::new())),
        task => panic!("{task} without a fault"),
    }
}

fn plan() -> PinnedPlan {
    let source = MemorySource::from_iter([
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
    let version = Version::parse("1.0.0").expect("a version");
    let package = PackageName::parse("app").expect("a name");
    let operation = Operation::install(package, version.clone(), "apps");
    let context = OperationContext::new("operation", "release").expect("ids");
    let (planned, _) = PlannedOperation::new(OperationInput {
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
    })
    .expect("an operation");
    PinnedPlan::new("run", "default", vec![planned]).expect("a plan")
}

//! What a step of the lifecycle's machine costs: a package with two hooks, a definition and a module is installed on a cluster that is a value, and
//! only the machine's own time counts; beside it, what the same steps cost with a journal that is written and read again as text each time, which
//! is the least that any store does.
//!
//! `cargo bench --bench lifecycle`. The run is looked at before anything is timed. With `-- --faults`, instead: an upgrade with two hooks, with
//! each fault at each of its effects and with each pair of them, how many runs that are, and how long they take. Fails if one of them is other than
//! it should be, or if there are fewer of them than there were.
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
use catalog_hooks::simulator::{Exploration, FakeCluster, Scenario};
use catalog_hooks::{
    Answer, Cluster, JournalStore, Machine, OperationContext, Outcome, Poll, Settings, Task,
    Timestamp,
};
use catalog_model::version::Version;
use catalog_model::{LoadOptions, MemorySource, Operation, PackageName, load};

const RUNS: u32 = 200;

/// Explored runs make and drop objects of a cluster all the time, and half of their time was the allocator of the system.
#[global_allocator]
static HEAP: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many runs all single faults of the upgrade come to, and all pairs.
const SINGLES: usize = 477;
const PAIRS: usize = 106_926;

const HOOKS: &str = "
pre-install: [{name: check, job: &job {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: c, image: 'a:v1'}]}}}}}]
post-install: [{name: tell, job: *job}]
pre-upgrade: [{name: check, job: *job}]
post-upgrade: [{name: tell, job: *job}]
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
    if std::env::args().any(|argument| argument == "--faults") {
        return faults();
    }
    let plan = Arc::new(install());
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

/// All single faults, and all pairs.
fn faults() {
    let mut cluster = FakeCluster::new(Timestamp::from_millis(1_790_000_000_000));
    cluster.add_namespace("apps");
    let scenario = Scenario::new(cluster, upgrade());
    let timed = |what: &str, explore: &dyn Fn() -> Exploration| {
        let begun = Instant::now();
        let found = explore();
        let took = begun.elapsed().as_secs_f64();
        println!(
            "{what}: {} runs in {took:.1} s, {:?}",
            found.runs, found.outcomes
        );
        let wrong = found.findings.first();
        assert!(wrong.is_none(), "{wrong:?}");
        found.runs
    };
    let singles = timed("single faults", &|| scenario.singles(|_| true));
    let pairs = timed("pairs of faults", &|| scenario.pairs(|_| true));
    assert_eq!(
        (singles, pairs),
        (SINGLES, PAIRS),
        "the counts are other ones"
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
        Task::LoadJournal => Answer::Loaded(cluster.load()),
        Task::Call(request) => Answer::Called(Cluster::call(cluster, &request)),
        Task::Conditions { .. } => Answer::Gate(Ok(Vec::new())),
        task => panic!("{task} without a fault"),
    }
}

fn install() -> PinnedPlan {
    let version = Version::parse("1.0.0").expect("a version");
    plan(&Operation::install(package(), version, "apps"))
}

fn upgrade() -> PinnedPlan {
    let [from, to] = ["0.9.0", "1.0.0"].map(|text| Version::parse(text).expect("a version"));
    plan(&Operation::upgrade(package(), from, to, "apps"))
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

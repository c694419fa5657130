//! What a step of the lifecycle's machine costs: a package with two hooks, a definition and a module is installed on a cluster that is a value, and
//! only the machine's own time counts; beside it, what it takes to read each journal that it wrote, which is the least that any store does. What
//! a step allocates, catalog-benches' `tests/machine_heap.rs` says.
//!
//! `cargo bench --bench lifecycle`. The run is looked at before anything is timed. With `-- --faults`, instead: an upgrade with two hooks, with
//! each fault at each of its effects and with each pair of them, how many runs that are, and how long they take. With `-- --meddling`: whatever
//! somebody does to an object of a release, at each effect of each operation. Fails if one of them is other than it should be, or if there are fewer
//! of them than there were.
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark reports and may fail loudly"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use catalog_benches::lifecycle::{Onlooker, carry_out, fake_cluster, install, upgrade};
use catalog_hooks::journal::Journal;
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::simulator::{Exploration, Scenario};
use catalog_hooks::{Effect, Task};
use mimalloc::MiMalloc;

#[path = "../catalog-hooks/tests/lifecycle_several/acts.rs"]
mod acts;
#[path = "../catalog-hooks/tests/lifecycle_several/fleet.rs"]
#[allow(dead_code, reason = "tests use the rest")]
mod fleet;
#[path = "../catalog-hooks/tests/lifecycle_several/meddled.rs"]
mod meddled;
#[path = "../catalog-hooks/tests/lifecycle/package.rs"]
#[allow(dead_code, reason = "tests use the rest")]
mod package;
#[path = "../catalog-hooks/tests/lifecycle_several/plots.rs"]
mod plots;

/// Explored runs make and drop objects of a cluster all the time, and half of that was the allocator of the system.
#[global_allocator]
static HEAP: MiMalloc = MiMalloc;

const RUNS: u32 = 200;

/// How many runs all single faults of the upgrade come to, and all pairs.
const SINGLES: usize = 477;
const PAIRS: usize = 108_592;

/// What a run took, and how much it was.
#[derive(Default)]
struct Took {
    machine: Duration,
    journal: Duration,
    steps: u32,
    effects: u32,
    saves: u32,
    longest_journal: usize,
}

fn main() {
    if std::env::args().any(|argument| argument == "--faults") {
        return faults();
    }
    if std::env::args().any(|argument| argument == "--meddling") {
        return meddling();
    }
    let plan = Arc::new(install());
    let once = run(&plan, 1);
    println!(
        "one run: {} steps for {} effects, {} of them writings of the journal, which comes to {} bytes; the plan has {}",
        once.steps,
        once.effects,
        once.saves,
        once.longest_journal,
        plan.to_text().len()
    );
    let all = run(&plan, RUNS);
    let micros = |time: Duration, count: u32| time.as_secs_f64() * 1e6 / f64::from(count);
    println!(
        "{RUNS} runs: {:.1} µs of machine a step, {:.1} an effect; reading each journal that it wrote took {:.1} µs an effect",
        micros(all.machine, all.steps),
        micros(all.machine, all.effects),
        micros(all.journal, all.effects)
    );
    println!(
        "the machine takes {:.2} times as long as parsing its journals",
        all.machine.as_secs_f64() / all.journal.as_secs_f64()
    );
}

/// All single faults, and all pairs.
fn faults() {
    let scenario = Scenario::new(fake_cluster(), upgrade());
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

/// Whatever somebody does to objects of releases; told of in parts, each of which is spread over all.
fn meddling() {
    const PARTS: usize = 20;
    let begun = Instant::now();
    let stage = meddled::Stage::new();
    let all = stage.cases();
    assert!(all.len() >= meddled::LEAST, "{} only", all.len());
    let mut found = meddled::Found::default();
    for part in 0..PARTS {
        let some: Vec<_> = all.iter().skip(part).step_by(PARTS).copied().collect();
        found.merge(stage.look_at_all(&some));
        println!(
            "acts: {} of {}, of which {} could be done, in {:.1} s, {:?}; known: {:?}",
            (part + 1) * all.len() / PARTS,
            all.len(),
            found.cases,
            begun.elapsed().as_secs_f64(),
            found.outcomes,
            found.known,
        );
    }
    found.check();
}

fn run(plan: &Arc<PinnedPlan>, times: u32) -> Took {
    let mut took = Took::default();
    for _ in 0..times {
        carry_out(plan, &mut took);
    }
    took
}

impl Onlooker for Took {
    fn step<T>(&mut self, step: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let came = step();
        self.machine += begun.elapsed();
        self.steps += 1;
        came
    }

    fn effect(&mut self, effect: &Effect) {
        self.effects += 1;
        let Task::SaveJournal { text, .. } = &effect.task else {
            return;
        };
        self.saves += 1;
        self.longest_journal = self.longest_journal.max(text.len());
        let begun = Instant::now();
        let journal = Journal::parse(text);
        self.journal += begun.elapsed();
        assert!(journal.is_ok());
    }
}

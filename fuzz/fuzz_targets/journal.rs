//! Any text is a journal or an error; a journal is written as it was read, and a run goes on from it to an end, wherever it says that the run is.
#![no_main]

use std::sync::{Arc, LazyLock};

use catalog_fuzz::{drive, plan};
use catalog_hooks::journal::Journal;
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::simulator::FakeCluster;
use catalog_hooks::{Decision, JournalStore, Machine, Settings, Timestamp};
use libfuzzer_sys::fuzz_target;

static PLAN: LazyLock<Arc<PinnedPlan>> = LazyLock::new(|| Arc::new(plan()));

/// What the fuzzer begins with: of each version, and of each way that a run can stand.
const SEEDS: [&str; 7] = [
    include_str!("../seeds/journal/broken.json"),
    include_str!("../seeds/journal/degraded.json"),
    include_str!("../seeds/journal/needs-decision.json"),
    include_str!("../seeds/journal/running.json"),
    include_str!("../seeds/journal/undoing.json"),
    include_str!("../seeds/journal/version-1.json"),
    include_str!("../seeds/journal/version-2.json"),
];

/// Seeds name a plan that is not there: they are about this one.
fn of_the_plan(text: &str) -> String {
    text.replace("PLAN", PLAN.digest())
}

/// A seed that is no journal any more would leave the fuzzer to find out what one is.
fn seeds_are_journals() {
    for seed in SEEDS {
        let read = Journal::parse(&of_the_plan(seed));
        assert!(read.is_ok(), "{read:?}: {seed}");
    }
}

fuzz_target!(init: seeds_are_journals(), |text: &str| {
    let text = of_the_plan(text);
    let Ok(journal) = Journal::parse(&text) else {
        return;
    };
    let Ok(written) = journal.to_text() else {
        return;
    };
    assert_eq!(Journal::parse(&written).as_ref(), Ok(&journal));
    let decisions = [
        None,
        Some(Decision::Resume),
        Some(Decision::Skip),
        Some(Decision::TakeBack),
        Some(Decision::Abandon),
    ];
    for decision in decisions {
        let mut cluster = FakeCluster::new(Timestamp::from_millis(1_790_000_000_000));
        cluster.save(&written, None).expect("there is no journal");
        let stored = cluster.load().expect("it is there").expect("it is there");
        let settings = Settings::default();
        let plan = Arc::clone(&PLAN);
        if let Ok(mut machine) = Machine::resume(plan, stored, "fuzz", decision, settings) {
            let mut faults = [].iter();
            drive(&mut machine, &mut cluster, &mut faults);
            assert!(machine.outcome().is_some());
        }
    }
});

//! Whatever a server answers, and whenever a runner dies, a run comes to an end when nothing is wrong any more.
#![no_main]

use std::sync::{Arc, LazyLock};

use catalog_fuzz::{drive, plan};
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::simulator::FakeCluster;
use catalog_hooks::{Decision, JournalStore, Machine, Settings, Timestamp};
use libfuzzer_sys::fuzz_target;

static PLAN: LazyLock<Arc<PinnedPlan>> = LazyLock::new(|| Arc::new(plan()));

fuzz_target!(|faults: &[u8]| {
    let mut cluster = FakeCluster::new(Timestamp::from_millis(1_790_000_000_000));
    let mut faults = faults.iter();
    let mut machine = Machine::begin(Arc::clone(&PLAN), "first", Settings::default());
    // Each round but the last ends with a crash, or with a run that rests.
    for round in 0..20 {
        drive(&mut machine, &mut cluster, &mut faults);
        let Some(stored) = cluster.load().expect("the fake's journal can be read") else {
            return;
        };
        let (plan, writer) = (Arc::clone(&PLAN), format!("runner {round}"));
        let next = Machine::resume(plan, stored, &writer, Decision::Resume, Settings::default());
        match next {
            Ok(next) => machine = next,
            Err(_) => break,
        }
    }
    assert_eq!(cluster.violations(), [""; 0]);
});

//! Two runners of one upgrade: the second takes over after each effect of the first, and the first wakes up again.
#![cfg(feature = "simulator")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod lifecycle;

use catalog_hooks::simulator::PodScript;
use lifecycle::{cluster, expect_nothing, hook, script, seconds, upgrade_in};

#[test]
fn a_runner_that_wakes_up_starts_nothing() {
    let mut cluster = cluster();
    script(&mut cluster, "migrate", [PodScript::succeeds(seconds(40))]);
    let hooks = format!(
        "pre-upgrade:\n{}",
        hook("migrate", "semantics: at-most-once")
    );
    let exploration = upgrade_in(cluster, &hooks).interleavings(12);
    expect_nothing("two runners", &exploration);
    assert!(exploration.runs > 300, "{}", exploration.runs);
}

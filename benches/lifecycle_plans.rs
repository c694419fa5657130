//! Every shape of plan for one, two and three packages is carried out on a cluster that is a value: each package is installed, upgraded, rolled back or
//! uninstalled, in all levels, one to three at a time, unwound or not, with nothing that fails and with each operation failing at each of its stages.
//! Each run is held against a model, and the lifecycle's invariants; what came to rest is resumed. And histories of several runs, some with each fault at
//! each effect of each: what is left in the end.
//!
//! `cargo bench --bench lifecycle_plans`: how many runs that is, how they end, and how long they take; `-- --plans` and `-- --histories`: one of the
//! two. Fails if one of them is other than it should be, or if there are fewer of them than there were.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark reports and may fail loudly"
)]

use std::collections::BTreeMap;
use std::time::Instant;

#[path = "../catalog-hooks/tests/lifecycle_several/carried_out.rs"]
mod carried_out;
#[path = "../catalog-hooks/tests/lifecycle_several/driven.rs"]
mod driven;
#[path = "../catalog-hooks/tests/lifecycle_several/fleet.rs"]
mod fleet;
#[path = "../catalog-hooks/tests/lifecycle_several/history.rs"]
mod history;
#[path = "../catalog-hooks/tests/lifecycle_several/model.rs"]
mod model;
#[path = "../catalog-hooks/tests/lifecycle/package.rs"]
#[allow(dead_code, reason = "tests use the rest")]
mod package;
#[path = "../catalog-hooks/tests/lifecycle_several/shape.rs"]
mod shape;

use self::shape::Shape;

/// How many shapes there are, by packages.
const SHAPES: [(usize, usize); 3] = [(1, 246), (2, 3_744), (3, 44_160)];

/// How many shapes are carried out before it is told how they ended: whoever has less time than all take has tried some that are spread over all.
const PART: usize = 1000;

/// Of how many histories one is tried with all faults, and how many that makes at least: the effects that they have one at may become fewer for good
/// reasons.
const HISTORIES: (usize, usize) = (17, 10_000);

fn main() {
    let is_asked = |what: &str| std::env::args().any(|argument| argument == what);
    if !is_asked("--histories") {
        plans();
    }
    if !is_asked("--plans") {
        histories();
    }
}

fn plans() {
    for (packages, count) in SHAPES {
        let all = shape::shapes(packages);
        assert_eq!(all.len(), count, "the count is another one");
        let begun = Instant::now();
        let mut outcomes = BTreeMap::<String, usize>::new();
        let parts = count.div_ceil(PART);
        for part in 0..parts {
            let some: Vec<Shape> = all.iter().skip(part).step_by(parts).cloned().collect();
            for (outcome, count) in carried_out::look_at_all(&some) {
                *outcomes.entry(outcome).or_default() += count;
            }
            let (done, took) = (outcomes.values().sum::<usize>(), begun.elapsed());
            let took = took.as_secs_f64();
            println!("plans of {packages}: {done} of {count} in {took:.1} s, {outcomes:?}");
        }
    }
}

fn histories() {
    let fleet = history::packages();
    let begun = Instant::now();
    let (step, least) = HISTORIES;
    let all = history::with_single_faults(&fleet, step);
    assert!(all.len() >= least, "there are {} only", all.len());
    history::look_at_all(&fleet, &all);
    let took = begun.elapsed().as_secs_f64();
    println!("histories with a fault: {} in {took:.1} s", all.len());
}

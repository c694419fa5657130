//! What solvers hold at most while they answer, beyond the catalog: a bundle of 10,000 packages with 20 versions.
//!
//! `cargo bench -p catalog-benches --bench resolver_heap`. A program of its own, as an allocator that counts takes time.
#![allow(clippy::print_stdout, reason = "a benchmark reports")]

use std::time::Duration;

use catalog_benches::resolver::families::{Bundle, bundle};
use catalog_benches::resolver::{LANES, Lane};
use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// The most that ours may hold, in MB.
const LIMIT: f64 = 40.0;

fn main() {
    let (problem, questions) = bundle(Bundle {
        packages: 10_000,
        versions: 20,
        stale_per_mille: 5,
        seed: 0,
    });
    let lanes = Lane::all(&problem, &questions, Duration::from_secs(3));
    for (name, lane) in LANES.iter().zip(&lanes) {
        HEAP.reset_peak_usage();
        let before = HEAP.current_usage();
        let reply = lane.reply(&problem, 0).is_solvable();
        let held = HEAP.peak_usage().saturating_sub(before) as f64 / 1e6;
        let limit = match *name {
            "ours" if held <= LIMIT => format!("at most {LIMIT}  met"),
            "ours" => format!("at most {LIMIT}  MISSED"),
            _ => String::new(),
        };
        println!("{name:<16} {held:>8.1} MB  {limit} (has an answer: {reply:?})");
    }
}

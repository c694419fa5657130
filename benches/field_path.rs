//! Following a field path, parsed once, through a CRD of 200 versions: against a walk written by hand, `jsonpath-rust` and
//! `serde_json_path`.
//!
//! `cargo bench --bench field_path`. The answers are compared before anything is timed. Where a path has a `*`, the field path also says
//! which elements lack the field; where each stands is worked out only when asked for, and not timed.
#![allow(
    clippy::print_stdout,
    reason = "a benchmark reports and may fail loudly"
)]

use std::hint::black_box;

use catalog_benches::{ByHand, Lane, Question, crd, questions, race, way};
use jsonpath_rust::query::js_path_process;
use serde_json::Value;

/// How often each way runs, some hundred microseconds each time.
const ROUNDS: usize = 60;

fn main() {
    let crd = crd(200);
    println!(
        "a CRD of 200 versions, {} bytes of JSON; equal answers",
        crd.to_string().len()
    );
    println!(
        "{:>8} {:>12} {:>14} {:>16}   ratio to a hand-written walk",
        "by hand", "field path", "jsonpath-rust", "serde_json_path"
    );
    let mut worst: f64 = 0.0;
    for question in questions() {
        let [ours, others @ ..] = question.answers(&crd);
        for other in others {
            assert_eq!(ours, other, "{}", question.text);
        }
        let lanes = timed(&question, &crd);
        let cells: Vec<String> = lanes
            .iter()
            .map(|lane| format!("{:.0} ns", lane.nanos))
            .collect();
        let ratios: Vec<String> = lanes
            .iter()
            .skip(1)
            .map(|lane| format!("{:.2}", lane.ratio))
            .collect();
        if let [hand, path, rust, serde] = cells.as_slice() {
            println!(
                "{hand:>8} {path:>12} {rust:>14} {serde:>16}   {:<22} {}",
                ratios.join("  "),
                question.text
            );
        }
        worst = lanes.get(1).map_or(worst, |lane| worst.max(lane.ratio));
    }
    println!("ratio to a hand-written walk, the worst: {worst:.2}");
}

fn timed(question: &Question, crd: &Value) -> Vec<Lane> {
    let by_hand = match question.by_hand {
        ByHand::One(walk) => way(move || walk(black_box(crd))),
        ByHand::Many(walk) => way(move || walk(black_box(crd))),
    };
    race(
        ROUNDS,
        &mut [
            by_hand,
            way(|| question.path.find(black_box(crd))),
            way(|| js_path_process(&question.jsonpath_rust, black_box(crd))),
            way(|| question.serde_json_path.query(black_box(crd))),
        ],
    )
}

//! catalog-resolve against the crates `resolvo` and `pubgrub`, over families of problems.
//!
//! `cargo bench -p catalog-benches --bench resolver -- [--quick] [--family NAME] [--seconds N] [--ours]`. Every solver answers every question
//! first, within [`PATIENCE`]: all have to agree on whether there is an answer, and each answer is looked over by a checker that knows no
//! solver. If one differs, the program says which and exits with 1. Then all answer all questions of a row in turn, for about `--seconds` (6,
//! and 1 with `--quick`) in all, and the median of each round's ratio is the row: how many times as long as ours the best peer takes. A
//! missed limit is shown and changes nothing else. `--ours` answers with ours alone for so many seconds, for a profiler.
//!
//! Times are CPU times of this thread. What is timed is one call with a compiled universe: for ours [`catalog_resolve::resolve`], the best
//! answer included; for the peers all that their views of the problem do not hold. The peers are resolvo with and without the hint that
//! all dependencies are at hand, and pubgrub with its own sets of versions and with sets that know that versions are numbered.
//!
//! | family | is |
//! |---|---|
//! | `bundle` | catalogs of 1,000 packages with 30 versions and of 10,000 with 20, about five dependencies each, of a hundred ranges five stale |
//! | `backtracking` | chains that must be walked for every version: `singletons`, `disjoint`, `ranges` |
//! | `hard` | 50 packages with 20 versions, random, near the threshold of having an answer |
//! | `free` | the bundles with no stale range: the newest versions fit |
//! | `charts` | the history of a chart repository: requests of several charts, and each release alone; with the dependencies that the data calls optional as they are, and all needed |
//! | `puzzles` | sudoku, and more pigeons than holes |
//! | `installed` | a bundle that is installed, and one more package |
//! | `growth` | the bundle from 300 to 10,000 packages: the exponent of ours |
//! | `threads` | 1,000 requests on two threads over one universe, by the clock |
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark reports and may fail loudly"
)]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use catalog_benches::resolver::families::{
    Bundle, bundle, chart_requests, charts, disjoint, each_release, hard, pigeons, ranges,
    singletons, sudoku,
};
use catalog_benches::resolver::{Case, LANES, Problem, Question, race};

/// How long a peer may take for one question.
const PATIENCE: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let behind = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let is_quick = arguments.iter().any(|argument| argument == "--quick");
    let seconds = behind("--seconds").and_then(|text| text.parse().ok());
    let mut bench = Bench {
        is_quick,
        seconds: seconds.unwrap_or(if is_quick { 1.0 } else { 6.0 }),
        is_ours_alone: arguments.iter().any(|argument| argument == "--ours"),
        family: behind("--family"),
        differs: false,
    };
    for (name, family) in FAMILIES {
        if bench.family.as_deref().is_none_or(|wanted| wanted == name) {
            println!("\n{name}");
            family(&mut bench);
        }
    }
    if bench.differs {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

type Family = (&'static str, fn(&mut Bench));

const FAMILIES: [Family; 6] = [
    ("bundle", bundles),
    ("backtracking", backtracking),
    ("hard", near_the_threshold),
    ("free", free),
    ("charts", chart_history),
    ("puzzles", puzzles),
];

/// What is wanted, and what came out.
struct Bench {
    is_quick: bool,
    seconds: f64,
    is_ours_alone: bool,
    family: Option<String>,
    differs: bool,
}

impl Bench {
    /// Checks and times one row: the best peer has to take at least `limit` times as long as ours.
    fn row(&mut self, what: &str, limit: f64, cases: Vec<(Problem, Vec<Question>)>) {
        let cases = cases.into_iter();
        let cases: Vec<Case> = cases
            .map(|(problem, questions)| Case::new(problem, questions, PATIENCE))
            .collect();
        if self.is_ours_alone {
            self.profile(what, &cases);
            return;
        }
        let (mut solvable, mut unsolvable, mut given_up) = (0, 0, [0; LANES.len()]);
        for case in &cases {
            match case.check() {
                Ok(agreement) => {
                    solvable += agreement.solvable;
                    unsolvable += agreement.unsolvable;
                    for (sum, one) in given_up.iter_mut().zip(agreement.given_up) {
                        *sum += one;
                    }
                }
                Err(what) => {
                    println!("  DIFFERS: {what}");
                    self.differs = true;
                }
            }
        }
        let result = race(&cases, self.seconds);
        let times = LANES.iter().zip(result.seconds).zip(given_up);
        let times: Vec<String> = times
            .map(|((lane, seconds), given_up)| match (seconds, given_up) {
                (_, 1..) => format!("{lane} gave up on {given_up}"),
                (seconds, _) if seconds.is_infinite() => format!("{lane} far behind"),
                _ => format!("{lane} {:.3} ms", seconds * 1e3),
            })
            .collect();
        verdict(what, result.ratio, limit);
        println!(
            "    {solvable} solvable, {unsolvable} not; {}",
            times.join(", ")
        );
    }

    fn profile(&self, what: &str, cases: &[Case]) {
        let (start, mut times) = (Instant::now(), 0);
        let mut took = 0.0;
        while start.elapsed().as_secs_f64() < self.seconds {
            for case in cases {
                took += case.lanes()[0].seconds(0..case.questions().len());
            }
            times += 1;
        }
        println!("  {what}: ours {:.3} ms", took / f64::from(times) * 1e3);
    }

    /// How many, of the wanted number.
    fn some<T: std::ops::Div<Output = T> + From<u8>>(&self, all: T) -> T {
        if self.is_quick { all / T::from(5) } else { all }
    }
}

fn verdict(what: &str, ratio: f64, limit: f64) {
    let met = if ratio >= limit { "met" } else { "MISSED" };
    println!("  {what:<58} {ratio:>8.2}×  at least {limit:.2}×  {met}");
}

fn of(packages: usize, versions: u32, stale_percent: u32, seed: u64) -> (Problem, Vec<Question>) {
    bundle(Bundle {
        packages,
        versions,
        stale_percent,
        seed,
    })
}

fn bundles(bench: &mut Bench) {
    let small = (0..bench.some(10_u64)).map(|seed| of(1_000, 30, 5, seed));
    bench.row("bundle, 1,000 packages × 30", 4.0, small.collect());
    bench.row(
        "bundle, 10,000 packages × 20",
        10.0,
        vec![of(10_000, 20, 5, 0)],
    );
}

fn free(bench: &mut Bench) {
    let small = (0..bench.some(10_u64)).map(|seed| of(1_000, 30, 0, seed));
    bench.row("conflict-free, 1,000 packages × 30", 1.0, small.collect());
    bench.row(
        "conflict-free, 10,000 packages × 20",
        1.0,
        vec![of(10_000, 20, 0, 0)],
    );
}

fn backtracking(bench: &mut Bench) {
    bench.row("singletons, 100 × 500", 10.0, vec![singletons(100, 500)]);
    bench.row("disjoint, 300 × 200", 10.0, vec![disjoint(300, 200)]);
    bench.row("ranges, 5 × 200", 10.0, vec![ranges(5, 200)]);
}

fn near_the_threshold(bench: &mut Bench) {
    let seeds = (0..bench.some(50_u64)).map(|seed| hard(50, 20, 3, seed));
    bench.row("random hard, 50 × 20", 10.0, seeds.collect());
}

fn chart_history(bench: &mut Bench) {
    for (which, are_all_needed) in [("as declared", false), ("all needed", true)] {
        let problem = || {
            let problem = charts(are_all_needed);
            if problem.is_none() {
                println!("  skipped: the data is not there");
            }
            problem
        };
        for (requests, each) in [(200, 3), (100, 6)] {
            let Some(mut problem) = problem() else { return };
            let questions = chart_requests(&mut problem, requests, each);
            let what = format!("charts {which}, {requests} requests of {each}");
            bench.row(&what, 5.0, vec![(problem, questions)]);
        }
        let Some(mut problem) = problem() else { return };
        let step = if bench.is_quick { 20 } else { 1 };
        let questions: Vec<_> = each_release(&mut problem)
            .into_iter()
            .step_by(step)
            .collect();
        let what = format!("charts {which}, each of {} releases alone", questions.len());
        bench.row(&what, 1.0, vec![(problem, questions)]);
    }
}

fn puzzles(bench: &mut Bench) {
    bench.row("sudoku, 9 × 9", 2.0, vec![sudoku(bench.some(20))]);
    for holes in 4..=8 {
        let what = format!("pigeonhole, {} in {holes}", holes + 1);
        bench.row(&what, 1.0 / 6.0, vec![pigeons(holes)]);
    }
}

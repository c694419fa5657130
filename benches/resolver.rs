//! catalog-resolve against the crates `resolvo` and `pubgrub`, over families of problems.
//!
//! `cargo bench -p catalog-benches --bench resolver -- [--quick] [--family NAME] [--seconds N] [--ours] [--packages N] [--versions N]
//! [--stale N] [--needs N] [--widest N] [--seeds N]`. Every solver answers every question
//! first, within [`PATIENCE`]: all have to agree on whether there is an answer, and each answer is looked over by a checker that knows no
//! solver. If one differs, the program says which and exits with 1. Then all answer all questions of a row in turn, for about `--seconds` (6,
//! and 1 with `--quick`) in all, and the median of each round's ratio is the row: how many times as long as ours the best peer takes. A
//! missed limit is shown and changes nothing else. `--ours` answers with ours alone for so many seconds, for a profiler. The other numbers
//! replace those of the families `bundle`, `free` and `hard`.
//!
//! Times are CPU times of this thread. What is timed is one call with a compiled universe: for ours [`catalog_resolve::resolve`], the best
//! answer included; for the peers all that their views of the problem do not hold. The peers are resolvo with and without the hint that
//! all dependencies are at hand, and pubgrub with its own sets of versions and with sets that know that versions are numbered.
//!
//! | family | is |
//! |---|---|
//! | `bundle` | catalogs of 1,000 packages with 30 versions and of 10,000 with 20, about five dependencies each; of a thousand ranges 50 and 5 are stale |
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

use std::hint::black_box;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use catalog_benches::resolver::families::{
    Bundle, bundle, chart_requests, charts, disjoint, each_release, hard, one_more, pigeons,
    ranges, singletons, sudoku,
};
use catalog_benches::resolver::{Case, LANES, Lane, Ours, Problem, Question, Reply, changes, race};
use catalog_resolve::Mode;

/// How long a peer may take for one question, in seconds; and with `--quick`.
const PATIENCE: [u64; 2] = [20, 2];

fn main() -> ExitCode {
    let mut bench = Bench {
        is_quick: is_given("--quick"),
        differs: false,
    };
    let wanted = behind("--family");
    for (name, family) in FAMILIES {
        if wanted.as_deref().is_none_or(|wanted| wanted == name) {
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

const FAMILIES: [Family; 9] = [
    ("bundle", bundles),
    ("backtracking", backtracking),
    ("hard", near_the_threshold),
    ("free", free),
    ("charts", chart_history),
    ("puzzles", puzzles),
    ("installed", installed),
    ("growth", growth),
    ("threads", threads),
];

/// What is wanted, and what came out.
struct Bench {
    is_quick: bool,
    differs: bool,
}

fn is_given(name: &str) -> bool {
    std::env::args().any(|argument| argument == name)
}

/// What stands behind an option.
fn behind(name: &str) -> Option<String> {
    std::env::args()
        .skip_while(|argument| argument != name)
        .nth(1)
}

fn number(name: &str) -> Option<u32> {
    behind(name)?.parse().ok()
}

impl Bench {
    /// Checks and times one row: the best peer has to take at least `limit` times as long as ours.
    fn row(&mut self, what: &str, limit: f64, cases: Vec<(Problem, Vec<Question>)>) {
        let cases = cases.into_iter();
        let cases: Vec<Case> = cases
            .map(|(problem, questions)| Case::new(problem, questions, self.patience()))
            .collect();
        if is_given("--ours") {
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
        let result = race(&cases, self.seconds());
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
        while start.elapsed().as_secs_f64() < self.seconds() {
            for case in cases {
                took += case.lanes()[0].seconds(0..case.questions().len());
            }
            times += 1;
        }
        println!("  {what}: ours {:.3} ms", took / f64::from(times) * 1e3);
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(PATIENCE[usize::from(self.is_quick)])
    }

    fn seconds(&self) -> f64 {
        let given = behind("--seconds").and_then(|text| text.parse().ok());
        given.unwrap_or(if self.is_quick { 1.0 } else { 6.0 })
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

fn of(packages: usize, versions: u32, stale_per_mille: u32, seed: u64) -> (Problem, Vec<Question>) {
    bundle(Bundle {
        packages,
        versions,
        stale_per_mille,
        seed,
    })
}

fn bundles(bench: &mut Bench) {
    two_sizes(bench, "bundle", [50, 5], [4.0, 10.0]);
}

fn free(bench: &mut Bench) {
    two_sizes(bench, "conflict-free", [0, 0], [1.0, 1.0]);
}

fn two_sizes(bench: &mut Bench, what: &str, stale: [u32; 2], limits: [f64; 2]) {
    let given = number("--packages").zip(number("--versions"));
    let sizes = given.map_or(vec![(1_000, 30), (10_000, 20)], |size| vec![size]);
    for (at, (packages, versions)) in sizes.into_iter().enumerate() {
        let stale = number("--stale").unwrap_or(stale[at]);
        let seeds = if packages > 1_000 {
            1
        } else {
            bench.some(10_u32)
        };
        let seeds = 0..number("--seeds").unwrap_or(seeds);
        let problems = seeds.map(|seed| of(packages as usize, versions, stale, seed.into()));
        let what = format!("{what}, {packages} packages × {versions}");
        bench.row(&what, limits[at], problems.collect());
    }
}

fn backtracking(bench: &mut Bench) {
    bench.row("singletons, 100 × 500", 10.0, vec![singletons(100, 500)]);
    bench.row("disjoint, 300 × 200", 10.0, vec![disjoint(300, 200)]);
    bench.row("ranges, 5 × 200", 10.0, vec![ranges(5, 200)]);
}

fn near_the_threshold(bench: &mut Bench) {
    let given = |name, usual| number(name).unwrap_or(usual);
    let (packages, versions) = (given("--packages", 50), given("--versions", 20));
    let needs = given("--needs", 2) as usize;
    // On both sides of the threshold: at it, single problems take peers minutes.
    let widest = |seed: u32| given("--widest", if seed.is_multiple_of(2) { 4 } else { 10 });
    let seeds = 0..given("--seeds", bench.some(20));
    let problems = seeds.map(|seed| {
        hard(
            packages as usize,
            versions,
            needs,
            widest(seed),
            seed.into(),
        )
    });
    let what = format!("random hard, {packages} × {versions}");
    bench.row(&what, 10.0, problems.collect());
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

fn installed(bench: &mut Bench) {
    let mut cases = Vec::new();
    for seed in 0..bench.some(10) {
        let (problem, questions) = of(1_000, 30, 50, seed);
        if let Some(question) = one_more(&problem, &questions[0]) {
            cases.push((problem, vec![question]));
        }
    }
    let fewest: usize = cases
        .iter()
        .map(|(problem, questions)| {
            let ours = Ours::new(problem, questions, Mode::FewestChanges);
            changed(&questions[0], &ours.read(&ours.solve(0)))
        })
        .sum();
    let all: usize = cases.iter().map(|(_, q)| q[0].installed.len()).sum();
    let mut counts = [0; LANES.len()];
    for (problem, questions) in &cases {
        let lanes = Lane::all(problem, questions, bench.patience());
        for (count, lane) in counts.iter_mut().zip(&lanes) {
            *count += changed(&questions[0], &lane.reply(problem, 0));
        }
    }
    bench.row(
        "re-solve with everything installed and one more",
        1.0,
        cases,
    );
    let counts: Vec<String> = LANES
        .iter()
        .zip(counts)
        .map(|(lane, count)| format!("{lane} {count}"))
        .collect();
    println!(
        "    changes of {all} installed: {}, ours with fewest changes {fewest}",
        counts.join(", ")
    );
}

fn changed(question: &Question, reply: &Reply) -> usize {
    match reply {
        Reply::Answer(answer) => changes(question, answer),
        _ => 0,
    }
}

/// The exponent of the line through the times of the sizes, both on a logarithmic scale.
fn growth(bench: &mut Bench) {
    let mut points = Vec::new();
    for packages in [300, 1_000, 3_000, 10_000] {
        let (problem, questions) = of(packages, 20, number("--stale").unwrap_or(5), 0);
        let ours = Lane::all(&problem, &questions, bench.patience())
            .into_iter()
            .next();
        let Some(ours) = ours else { return };
        let mut times: Vec<f64> = (0..if bench.is_quick { 3 } else { 9 })
            .map(|_| ours.seconds([0]))
            .collect();
        times.sort_by(f64::total_cmp);
        let median = times[times.len() / 2];
        println!("    {packages} packages: {:.3} ms", median * 1e3);
        points.push(((packages as f64).ln(), median.ln()));
    }
    let count = points.len() as f64;
    let middle = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (middle(|point| point.0), middle(|point| point.1));
    let rise: f64 = points
        .iter()
        .map(|point| (point.0 - x) * (point.1 - y))
        .sum();
    let run: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
    let exponent = rise / run;
    let met = if exponent <= 1.2 { "met" } else { "MISSED" };
    println!("  growth of the bundle, exponent {exponent:.2}, at most 1.20  {met}");
}

/// By the clock, the better of several runs each: what else the machine does only adds.
fn threads(bench: &mut Bench) {
    let Some(mut problem) = charts(true) else {
        println!("  skipped: the data is not there");
        return;
    };
    let questions = chart_requests(&mut problem, bench.some(1_000), 3);
    let ours = Ours::new(&problem, &questions, Mode::Newest);
    let by = |threads: usize| {
        let runs = (0..3).map(|_| {
            let (start, next) = (Instant::now(), AtomicUsize::new(0));
            std::thread::scope(|scope| {
                for _ in 0..threads {
                    scope.spawn(|| {
                        while let Some(at) = Some(next.fetch_add(1, Ordering::Relaxed))
                            .filter(|at| *at < questions.len())
                        {
                            drop(black_box(ours.solve(at)));
                        }
                    });
                }
            });
            start.elapsed().as_secs_f64()
        });
        runs.fold(f64::INFINITY, f64::min)
    };
    let what = format!("{} requests on two threads", questions.len());
    verdict(&what, by(1) / by(2), 1.8);
}

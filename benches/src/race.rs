//! Times ways to one answer against each other.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// How two ways compare.
pub struct Comparison {
    /// The median time of the first.
    pub ours: Duration,
    /// The median time of the second.
    pub theirs: Duration,
    /// The median of the ratios of neighbouring runs, second to first: above 1, the first is faster.
    pub ratio: f64,
}

/// Runs two ways in turn, `rounds` times each after one that is not counted.
///
/// Neighbours are compared with each other, so that a machine whose speed drifts does not favour one of them.
pub fn compare(rounds: usize, mut ours: impl FnMut(), mut theirs: impl FnMut()) -> Comparison {
    let time = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    time(&mut ours);
    time(&mut theirs);
    let pairs: Vec<(Duration, Duration)> = (0..rounds.max(1))
        .map(|_| (time(&mut ours), time(&mut theirs)))
        .collect();
    let seconds = |times: fn(&(Duration, Duration)) -> Duration| {
        Duration::from_secs_f64(median(
            pairs.iter().map(|pair| times(pair).as_secs_f64()).collect(),
        ))
    };
    Comparison {
        ours: seconds(|pair| pair.0),
        theirs: seconds(|pair| pair.1),
        ratio: median(
            pairs
                .iter()
                .map(|(ours, theirs)| theirs.as_secs_f64() / ours.as_secs_f64())
                .collect(),
        ),
    }
}

/// A way to an answer, taken as many times as it is told: what takes nanoseconds cannot be timed once.
pub type Way<'a> = Box<dyn FnMut(u32) + 'a>;

/// The way that does this work. The loop is compiled around it, so that no indirect call is timed.
pub fn way<'a, T>(mut work: impl FnMut() -> T + 'a) -> Way<'a> {
    Box::new(move |times| {
        for _ in 0..times {
            // By reference: an answer is not moved again for the measurement.
            black_box(&work());
        }
    })
}

/// How one of several ways did.
pub struct Lane {
    /// The median time in nanoseconds.
    pub nanos: f64,
    /// The median of its ratios, round by round, to the first way: above 1, it is slower.
    pub ratio: f64,
}

/// How long a way runs in each round.
const TURN: Duration = Duration::from_micros(300);

/// Lets ways run in turn, `rounds` times each after some that are not counted, and compares each with the first of its round.
pub fn race(rounds: usize, ways: &mut [Way<'_>]) -> Vec<Lane> {
    let times: Vec<u32> = ways.iter_mut().map(times_in_a_turn).collect();
    let rounds: Vec<Vec<f64>> = (0..rounds.max(1))
        .map(|_| {
            ways.iter_mut()
                .zip(&times)
                .map(|(way, times)| nanos(way, *times))
                .collect()
        })
        .collect();
    (0..ways.len())
        .map(|lane| Lane {
            nanos: median(
                rounds
                    .iter()
                    .filter_map(|round| round.get(lane).copied())
                    .collect(),
            ),
            ratio: median(
                rounds
                    .iter()
                    .filter_map(|round| Some(round.get(lane)? / round.first()?))
                    .collect(),
            ),
        })
        .collect()
}

fn times_in_a_turn(way: &mut Way<'_>) -> u32 {
    let mut times = 1;
    while nanos(way, times) * f64::from(times) < TURN.as_secs_f64() * 1e9 && times < 1 << 24 {
        times *= 2;
    }
    times
}

/// The time that a way takes once, measured over several.
fn nanos(way: &mut Way<'_>, times: u32) -> f64 {
    let start = Instant::now();
    way(times);
    start.elapsed().as_secs_f64() * 1e9 / f64::from(times)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

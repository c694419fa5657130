//! Timing that compares: two ways to one answer, in turn, in one run.

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
    let mut ratios: Vec<f64> = pairs
        .iter()
        .map(|(ours, theirs)| theirs.as_secs_f64() / ours.as_secs_f64())
        .collect();
    ratios.sort_by(f64::total_cmp);
    let median = |mut times: Vec<Duration>| {
        times.sort();
        times.get(times.len() / 2).copied().unwrap_or_default()
    };
    Comparison {
        ours: median(pairs.iter().map(|pair| pair.0).collect()),
        theirs: median(pairs.iter().map(|pair| pair.1).collect()),
        ratio: ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN),
    }
}

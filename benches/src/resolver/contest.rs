//! Solvers in turn: first whether they agree, then how long they take.

use std::time::Duration;

use super::lane::{LANES, Lane};
use super::problem::{Problem, Question};
use super::reply::Reply;
use super::verify::{unneeded, verify};

/// A problem, its questions, and a lane for each solver.
#[derive(Debug)]
pub struct Case {
    problem: Problem,
    questions: Vec<Question>,
    lanes: [Lane; LANES.len()],
}

/// How the answers of a case compare, before anything is timed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Agreement {
    /// Questions that have an answer.
    pub solvable: usize,
    /// Questions that have none.
    pub unsolvable: usize,
    /// Questions for which each lane took too long.
    pub given_up: [usize; LANES.len()],
}

/// What a contest found out.
#[derive(Clone, Debug)]
pub struct Result {
    /// The median time of each lane for all questions, in seconds; infinite for one that was left out as too slow.
    pub seconds: [f64; LANES.len()],
    /// The peer that took the least time.
    pub best_peer: usize,
    /// The median of how many times as long it took as ours, round by round.
    pub ratio: f64,
}

impl Case {
    /// Makes the views of all solvers; `patience` is how long a peer may take for one question.
    #[must_use]
    pub fn new(problem: Problem, questions: Vec<Question>, patience: Duration) -> Self {
        let lanes = Lane::all(&problem, &questions, patience);
        Self {
            problem,
            questions,
            lanes,
        }
    }

    /// The problem.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// The questions.
    #[must_use]
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// The solvers.
    #[must_use]
    pub fn lanes(&self) -> &[Lane; LANES.len()] {
        &self.lanes
    }

    /// Lets every solver answer every question, and compares.
    ///
    /// # Errors
    ///
    /// Two do not agree on whether there is an answer, an answer is none, or ours has something that nobody needs.
    pub fn check(&self) -> std::result::Result<Agreement, String> {
        let mut agreement = Agreement::default();
        for (number, question) in self.questions.iter().enumerate() {
            let mut is_solvable = None;
            for (at, lane) in self.lanes.iter().enumerate() {
                let reply = lane.reply(&self.problem, number);
                let wrong = |what| Err(format!("question {number}, {}: {what}", LANES[at]));
                if let Reply::Answer(answer) = &reply {
                    if let Err(what) = verify(&self.problem, question, answer) {
                        return wrong(what);
                    }
                    if at == 0 && !unneeded(&self.problem, question, answer).is_empty() {
                        return wrong("something is present that nobody needs".to_owned());
                    }
                }
                match reply.is_solvable() {
                    None => agreement.given_up[at] += 1,
                    says if is_solvable.is_some() && says != is_solvable => {
                        return wrong(format!("{reply:?}, and others say otherwise"));
                    }
                    says => is_solvable = says,
                }
            }
            match is_solvable {
                Some(true) => agreement.solvable += 1,
                Some(false) => agreement.unsolvable += 1,
                None => {}
            }
        }
        Ok(agreement)
    }
}

/// How much longer than the best peer another may take before it is left out.
const HOPELESS: f64 = 3.0;

/// The shortest time that is measured at once: below, all questions are asked several times.
const TURN: f64 = 2e-3;

/// Lets the solvers answer all questions of all cases in turn, for about so many seconds. A peer that cannot be the best is left out
/// after the first round.
#[must_use]
pub fn race(cases: &[Case], budget: f64) -> Result {
    let first: Vec<f64> = (0..LANES.len()).map(|at| once(cases, at, 1)).collect();
    let best = first.iter().skip(1).copied().fold(f64::INFINITY, f64::min);
    let is_in = |at: usize| at == 0 || first[at] <= best * HOPELESS;
    let times: Vec<usize> = first
        .iter()
        .map(|seconds| (TURN / seconds.max(1e-9)).ceil() as usize)
        .collect();
    let round: f64 = (0..LANES.len())
        .filter(|at| is_in(*at))
        .map(|at| first[at] * times[at] as f64)
        .sum();
    let rounds = ((budget / round).round() as usize).clamp(1, 31);
    let mut seconds: [Vec<f64>; LANES.len()] = Default::default();
    for number in 0..rounds {
        for turn in 0..LANES.len() {
            let at = (turn + number) % LANES.len();
            seconds[at].push(if is_in(at) {
                once(cases, at, times[at])
            } else {
                f64::INFINITY
            });
        }
    }
    let medians = std::array::from_fn(|at| median(std::mem::take(&mut seconds[at].clone())));
    let best_peer = (1..LANES.len())
        .min_by(|one, other| medians[*one].total_cmp(&medians[*other]))
        .unwrap_or(1);
    let ratios = seconds[best_peer].iter().zip(&seconds[0]);
    Result {
        seconds: medians,
        best_peer,
        ratio: median(ratios.map(|(peer, ours)| peer / ours).collect()),
    }
}

/// The seconds that a lane takes for all questions of all cases, asked so many times over.
fn once(cases: &[Case], lane: usize, times: usize) -> f64 {
    let cases = cases.iter().map(|case| {
        let all = (0..times).flat_map(|_| 0..case.questions.len());
        case.lanes[lane].seconds(all)
    });
    cases.sum::<f64>() / times as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

//! One solver with everything it is asked.

use std::hint::black_box;
use std::time::Duration;

use catalog_resolve::Mode;
use pubgrub::Ranges;
use rustix::time::{ClockId, clock_gettime};

use super::by_pubgrub::ByPubgrub;
use super::by_resolvo::ByResolvo;
use super::ours::Ours;
use super::problem::{Problem, Question};
use super::reply::Reply;
use super::runs::Runs;

/// A solver, ready to answer the questions of one problem.
#[derive(Debug)]
pub struct Lane(Solver);

#[derive(Debug)]
enum Solver {
    Ours(Ours),
    Resolvo(ByResolvo),
    /// With the sets of versions that come with it.
    Pubgrub(ByPubgrub<Ranges<u32>>),
    /// With [sets of ranks](Runs).
    PubgrubRuns(ByPubgrub<Runs>),
}

/// The names of the lanes that [`Lane::all`] gives, in order: ours, and then the peers.
pub const LANES: [&str; 5] = [
    "ours",
    "resolvo lazy",
    "resolvo eager",
    "pubgrub",
    "pubgrub, runs",
];

impl Lane {
    /// Every solver; `patience` is how long a peer may take for one question.
    #[must_use]
    pub fn all(problem: &Problem, questions: &[Question], patience: Duration) -> [Self; 5] {
        let solvers = [
            Solver::Ours(Ours::new(problem, questions, Mode::Newest)),
            Solver::Resolvo(ByResolvo::new(problem, questions, false, patience)),
            Solver::Resolvo(ByResolvo::new(problem, questions, true, patience)),
            Solver::Pubgrub(ByPubgrub::new(problem, questions, patience)),
            Solver::PubgrubRuns(ByPubgrub::new(problem, questions, patience)),
        ];
        solvers.map(Self)
    }

    /// Answers a question, and says what came of it.
    #[must_use]
    pub fn reply(&self, problem: &Problem, question: usize) -> Reply {
        match &self.0 {
            Solver::Ours(lane) => lane.read(&lane.solve(question)),
            Solver::Resolvo(lane) => lane.read(&lane.solve(question)),
            Solver::Pubgrub(lane) => lane.read(&lane.solve(question), problem.packages().len()),
            Solver::PubgrubRuns(lane) => lane.read(&lane.solve(question), problem.packages().len()),
        }
    }

    /// The seconds of this thread that it takes to answer questions and to forget the answers.
    #[must_use]
    pub fn seconds(&self, questions: impl IntoIterator<Item = usize>) -> f64 {
        let start = own_seconds();
        for question in questions {
            match &self.0 {
                Solver::Ours(lane) => drop(black_box(lane.solve(question))),
                Solver::Resolvo(lane) => drop(black_box(lane.solve(question))),
                Solver::Pubgrub(lane) => drop(black_box(lane.solve(question))),
                Solver::PubgrubRuns(lane) => drop(black_box(lane.solve(question))),
            }
        }
        own_seconds() - start
    }
}

/// The time that this thread had on a processor.
fn own_seconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

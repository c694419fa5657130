//! Small random problems with all that every solver here can be told: needs, optional dependencies, conflicts, cycles.

use super::super::problem::{Problem, Question};
use super::super::random::Random;

/// Ten to forty packages of one to eight versions, some with an answer and some without. Without cycles, releases need packages of higher
/// numbers only; what is optional and what conflicts is any package.
#[must_use]
pub fn mixed(seed: u64, has_cycles: bool) -> (Problem, Vec<Question>) {
    let mut random = Random::new(seed);
    let mut problem = Problem::default();
    problem.has_cycles = has_cycles;
    let packages = 10 + random.at(31);
    let versions = 1 + random.below(8);
    problem.add_many(packages, versions);
    let needs = 2 + random.below(4);
    for package in 0..packages {
        for rank in 0..versions {
            for _ in 0..random.below(needs + 1) {
                let first = if has_cycles { 0 } else { package + 1 };
                if let Some(range) = range(&mut random, &mut problem, first, package) {
                    problem.release(package, rank).dependencies.push(range);
                }
            }
            if random.percent(10)
                && let Some(range) = range(&mut random, &mut problem, 0, package)
            {
                problem.release(package, rank).optional.push(range);
            }
            if random.percent(15)
                && let Some(range) = range(&mut random, &mut problem, 0, package)
            {
                problem.release(package, rank).conflicts.push(range);
            }
        }
    }
    let items = (0..2 + random.at(5)).map(|package| problem.any(package));
    let question = Question {
        items: items.collect(),
        installed: Vec::new(),
    };
    (problem, vec![question])
}

/// A range of a package from `first` on, but not of this one.
fn range(random: &mut Random, problem: &mut Problem, first: usize, not: usize) -> Option<usize> {
    let packages = problem.packages().len();
    let other = first + random.at(packages.saturating_sub(first));
    if other >= packages || other == not {
        return None;
    }
    let count = problem.count(other);
    let low = random.below(count);
    let high = low + random.below(count.div_ceil(2));
    Some(problem.between(other, low, high))
}

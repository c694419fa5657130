//! Random problems near the threshold at which answers cease to be.

use super::super::problem::{Problem, Question};
use super::super::random::Random;

/// So many packages with so many versions. Each release needs `needs` of the twelve packages that follow, each in an interval of random
/// place and of `widest` versions at most: the wider, the more of the seeds have an answer. Asked for are the first five packages.
#[must_use]
pub fn hard(
    packages: usize,
    versions: u32,
    needs: usize,
    widest: u32,
    seed: u64,
) -> (Problem, Vec<Question>) {
    let mut random = Random::new(seed);
    let mut problem = Problem::default();
    problem.add_many(packages, versions);
    for package in 0..packages {
        let behind = (packages - package - 1).min(12);
        for rank in 0..versions {
            for _ in 0..needs.min(behind) {
                let other = package + 1 + random.at(behind);
                let width = 1 + random.below(widest);
                let low = random.below(versions + 1 - width);
                let range = problem.between(other, low, low + width - 1);
                problem.release(package, rank).dependencies.push(range);
            }
        }
    }
    let items = (0..5).map(|package| problem.any(package)).collect();
    let question = Question {
        items,
        installed: Vec::new(),
    };
    (problem, vec![question])
}

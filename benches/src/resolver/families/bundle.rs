//! Bundles as catalogs of packages have them: about five dependencies each, with ranges that move as versions do.

use super::super::problem::{Problem, Question};
use super::super::random::Random;

/// How large a bundle is, and how much of it does not fit.
#[derive(Clone, Copy, Debug)]
pub struct Bundle {
    /// Packages.
    pub packages: usize,
    /// Versions of each.
    pub versions: u32,
    /// Of a thousand ranges, how many end before the versions of their time. With none, the newest versions of all packages
    /// fit together.
    pub stale_per_mille: u32,
    /// The seed.
    pub seed: u64,
}

/// A bundle, and one question: for a hundredth of its packages, at least three, which need most of the others.
///
/// Each package needs three to seven packages of higher numbers. A range stays for one to five versions; it asks for at least
/// a version of about its time, or for a line around it, or, if it is stale, for an older line. One set of releases that fits
/// together is planted, so that there is always an answer.
#[must_use]
pub fn bundle(shape: Bundle) -> (Problem, Vec<Question>) {
    let mut random = Random::new(shape.seed);
    let mut problem = Problem::default();
    problem.add_many(shape.packages, shape.versions);
    let planted: Vec<u32> = (0..shape.packages)
        .map(|_| shape.versions - 1 - random.below(shape.versions / 3))
        .collect();
    for package in 0..shape.packages {
        for needed in needed(&mut random, package, shape.packages) {
            let since = if random.percent(10) {
                random.below(shape.versions / 2)
            } else {
                0
            };
            let mut rank = since;
            while rank < shape.versions {
                let end = (rank + 1 + random.below(5)).min(shape.versions);
                let (mut low, mut high) = range(&mut random, shape, rank);
                if (rank..end).contains(&planted[package]) {
                    low = low.min(planted[needed]);
                    high = high.max(planted[needed]);
                }
                let range = problem.between(needed, low, high);
                for rank in rank..end {
                    problem.release(package, rank).dependencies.push(range);
                }
                rank = end;
            }
        }
    }
    let asked = (shape.packages / 100).max(3);
    let items = (0..asked).map(|package| problem.any(package)).collect();
    let question = Question {
        items,
        installed: Vec::new(),
    };
    (problem, vec![question])
}

/// Three to seven packages of higher numbers, as far as there are so many.
fn needed(random: &mut Random, package: usize, packages: usize) -> Vec<usize> {
    let behind = packages - package - 1;
    let mut needed = Vec::new();
    for _ in 0..3 + random.below(5) {
        let other = package + 1 + random.at(behind);
        if behind > 0 && !needed.contains(&other) {
            needed.push(other);
        }
    }
    needed
}

/// The lowest and the highest version that a release of a time asks for.
fn range(random: &mut Random, shape: Bundle, time: u32) -> (u32, u32) {
    let (versions, third) = (shape.versions, shape.versions / 3);
    if random.below(1_000) < shape.stale_per_mille {
        let high = time.saturating_sub(1 + random.below(third));
        (high.saturating_sub(random.below(third)), high)
    } else if random.percent(35) {
        (time.saturating_sub(random.below(third)), time + third)
    } else {
        (time.saturating_sub(random.below(versions / 2)), versions)
    }
}

//! Chains that have to be walked to their ends for every version: the shapes of pubgrub's own benchmark of backtracking.
//!
//! None has an answer. In each, `p0` is asked for in any version, and every version of a package needs the next package.

use super::super::problem::{Problem, Question, version_name};

/// Each version needs the same version of the next package; the last package has no versions.
#[must_use]
pub fn singletons(packages: usize, versions: u32) -> (Problem, Vec<Question>) {
    chain((packages, versions), 0, |problem, package, rank| {
        problem.exactly(package + 1, rank)
    })
}

/// Each version needs the same version of the next package, and each of the last one of those another version of a package
/// whose lowest version is asked for, which none needs.
#[must_use]
pub fn disjoint(packages: usize, versions: u32) -> (Problem, Vec<Question>) {
    let (mut problem, mut questions) = chain(
        (packages, versions),
        versions + 1,
        |problem, package, rank| {
            let is_last = package + 1 == packages;
            problem.exactly(package + 1, if is_last { rank + 1 } else { rank })
        },
    );
    questions[0].items.push(problem.exactly(packages, 0));
    (problem, questions)
}

/// The higher a version, the lower versions of the next package will do; the last package has no versions.
#[must_use]
pub fn ranges(packages: usize, versions: u32) -> (Problem, Vec<Question>) {
    chain((packages, versions), 0, |problem, package, rank| {
        problem.between(package + 1, versions - 1 - rank, versions)
    })
}

/// A chain of so many packages with so many versions each, and a last one with `last` versions.
fn chain(
    (packages, versions): (usize, u32),
    last: u32,
    needs: impl Fn(&mut Problem, usize, u32) -> usize,
) -> (Problem, Vec<Question>) {
    let mut problem = Problem::default();
    problem.add_many(packages, versions);
    problem.add("last", (0..last).map(version_name).collect());
    for package in 0..packages {
        for rank in 0..versions {
            let needed = needs(&mut problem, package, rank);
            problem.release(package, rank).dependencies.push(needed);
        }
    }
    let items = vec![problem.any(0)];
    let question = Question {
        items,
        installed: Vec::new(),
    };
    (problem, vec![question])
}

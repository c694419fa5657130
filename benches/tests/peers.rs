//! Ours and two other solvers agree on whether there is an answer, on thousands of universes larger than an oracle could look through; and
//! each answer is one, says a checker that knows no solver.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

use std::time::Duration;

use catalog_benches::resolver::families::{
    Bundle, bundle, chart_requests, charts, disjoint, hard, mixed, one_more, pigeons, ranges,
    singletons, sudoku,
};
use catalog_benches::resolver::{Case, Problem, Question};
use catalog_model::version::{Prereleases, Version, VersionRange};

/// No peer comes near this in a release build; one that does says nothing, and must be the exception.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks at all problems. Of their questions, at least `least` of a hundred have an answer, and as many have none.
fn check(what: &str, least: usize, problems: impl IntoIterator<Item = (Problem, Vec<Question>)>) {
    let (mut universes, mut solvable, mut unsolvable, mut silent) = (0, 0, 0, 0);
    for (number, (problem, questions)) in problems.into_iter().enumerate() {
        let case = Case::new(problem, questions, PATIENCE);
        match case.check() {
            Ok(agreement) => {
                universes += 1;
                solvable += agreement.solvable;
                unsolvable += agreement.unsolvable;
                silent += agreement.given_up.iter().sum::<usize>();
            }
            Err(what_differs) => panic!("{what} {number}: {what_differs}"),
        }
    }
    println!(
        "{what}: {universes} universes, {solvable} questions with an answer and {unsolvable} without; {silent} times a solver gave up"
    );
    let all = solvable + unsolvable;
    assert!(solvable * 100 >= all * least && unsolvable * 100 >= all * least);
    assert!(silent * 100 <= all, "{silent}");
}

#[test]
fn universes_as_catalogs_have_them() {
    let shape = |seed: u64| Bundle {
        packages: 20 + (seed % 30) as usize,
        versions: 6 + (seed % 10) as u32,
        stale_per_mille: (seed % 30) as u32 * 10,
        seed,
    };
    check("bundles", 0, (0..40).map(|seed| bundle(shape(seed))));
}

#[test]
fn universes_with_everything_that_all_three_can_say() {
    check("mixed", 5, (0..1_000).map(|seed| mixed(seed, false)));
}

#[test]
fn universes_with_cycles() {
    check(
        "mixed, with cycles",
        10,
        (0..600).map(|seed| mixed(seed, true)),
    );
}

#[test]
fn universes_near_the_threshold() {
    check(
        "hard",
        5,
        (0..200).map(|seed| hard(12, 8, 2, 3 + (seed % 4) as u32, seed)),
    );
}

#[test]
fn adversarial_universes() {
    let chains = (2..8).flat_map(|size| {
        let versions = size as u32 * 3;
        [
            singletons(size, versions),
            disjoint(size, versions),
            ranges(size.min(4), versions),
        ]
    });
    check("chains", 0, chains);
    check("pigeons", 0, (1..5).map(pigeons));
    check("sudoku", 0, [sudoku(1)]);
}

#[test]
fn one_more_beside_what_is_installed() {
    let universes = (0..100).filter_map(|seed| {
        let (problem, questions) = bundle(Bundle {
            packages: 40,
            versions: 10,
            stale_per_mille: 80,
            seed,
        });
        let question = one_more(&problem, &questions[0])?;
        Some((problem, vec![question]))
    });
    check("installed", 0, universes);
}

#[test]
fn requests_of_real_charts() {
    for are_all_needed in [false, true] {
        let Some(mut problem) = charts(are_all_needed) else {
            println!("skipped: the charts are not there");
            return;
        };
        let mut questions = chart_requests(&mut problem, 40, 3);
        questions.extend(chart_requests(&mut problem, 20, 6));
        check("charts", 5, [(problem, questions)]);
    }
}

/// What the peers and the checker are told that a range takes is what its text takes.
#[test]
fn ranges_mean_what_their_texts_say() {
    let mut compared = 0;
    for (problem, _) in (0..40).map(|seed| mixed(seed, false)) {
        for range in problem.ranges() {
            let read = VersionRange::parse(&range.text).unwrap();
            let versions = &problem.packages()[range.package].versions;
            for (rank, version) in (0..).zip(versions) {
                let version = Version::parse(version).unwrap();
                let takes = read.matches(&version, Prereleases::Named);
                assert_eq!(
                    range.ranks.contains(rank),
                    takes,
                    "{} {version}",
                    range.text
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 10_000, "{compared}");
}

//! Whether an answer is one: a checker that knows no solver.

use super::problem::{Answer, Problem, Question};

/// Says what is wrong with an answer, if anything is.
///
/// # Errors
///
/// An item or something that is installed is missing or at a wrong version, a dependency is not met, or a conflict is present.
pub fn verify(problem: &Problem, question: &Question, answer: &Answer) -> Result<(), String> {
    let mut chosen: Vec<Option<u32>> = vec![None; problem.packages().len()];
    for (package, rank) in answer {
        if chosen[*package].replace(*rank).is_some() {
            return Err(format!("{} twice", problem.packages()[*package].name));
        }
    }
    let at = |range: usize| chosen[problem.ranges()[range].package];
    let is_in = |range: usize, rank: u32| problem.ranges()[range].ranks.contains(rank);
    let is_met = |range: &usize| at(*range).is_some_and(|rank| is_in(*range, rank));
    let said = |range: usize| {
        let range = &problem.ranges()[range];
        format!("{} {}", problem.packages()[range.package].name, range.text)
    };
    if let Some(item) = question.items.iter().find(|item| !is_met(item)) {
        return Err(format!("{} is asked for", said(*item)));
    }
    for (package, rank) in &question.installed {
        if chosen[*package].is_none_or(|chosen| chosen < *rank) {
            return Err(format!(
                "{} is installed",
                problem.packages()[*package].name
            ));
        }
    }
    for (package, rank) in answer {
        let package = &problem.packages()[*package];
        let release = &package.releases[*rank as usize];
        let unmet = release.dependencies.iter().find(|range| !is_met(range));
        let mut optional = release.optional.iter();
        let outside = optional.find(|range| at(**range).is_some() && !is_met(range));
        let conflict = release.conflicts.iter().find(|range| is_met(range));
        if let Some(range) = unmet.or(outside).or(conflict) {
            let version = &package.versions[*rank as usize];
            return Err(format!("{} {version}: {}", package.name, said(*range)));
        }
    }
    Ok(())
}

/// The packages of an answer that neither the question nor anything present needs.
#[must_use]
pub fn unneeded(problem: &Problem, question: &Question, answer: &Answer) -> Vec<usize> {
    let mut chosen: Vec<Option<u32>> = vec![None; problem.packages().len()];
    for (package, rank) in answer {
        chosen[*package] = Some(*rank);
    }
    let asked = question
        .items
        .iter()
        .map(|item| problem.ranges()[*item].package);
    let installed = question.installed.iter().map(|(package, _)| *package);
    let mut reached: Vec<usize> = asked.chain(installed).collect();
    let mut next = 0;
    while let Some(package) = reached.get(next).copied() {
        next += 1;
        let Some(rank) = chosen[package].take() else {
            continue;
        };
        let release = &problem.packages()[package].releases[rank as usize];
        reached.extend(
            release
                .dependencies
                .iter()
                .map(|range| problem.ranges()[*range].package),
        );
    }
    (0..chosen.len())
        .filter(|package| chosen[*package].is_some())
        .collect()
}

/// How many of the packages that are installed change: go, or get another version.
#[must_use]
pub fn changes(question: &Question, answer: &Answer) -> usize {
    let installed = question.installed.iter();
    installed
        .filter(|release| !answer.contains(release))
        .count()
}

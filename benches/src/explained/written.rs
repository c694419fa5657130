//! Releases and requests as short texts.

use catalog_model::version::{Prereleases, Version, VersionRange};

use crate::resolver::{Package, Problem, Question, Ranks};

/// The universe of a text in which each line is a release: `app 2.0.0: needs lib >=3; needs tool`.
#[must_use]
pub fn read(releases: &str) -> Problem {
    let mut problem = Problem::default();
    let lines = releases.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty()).map(|line| {
        let (release, says) = line.split_once(": ").unwrap_or((line, ""));
        let (name, version) = release.split_once(' ').unwrap();
        (name, version, says)
    });
    let lines: Vec<(&str, &str, &str)> = lines.collect();
    for (name, ..) in &lines {
        if find(&problem, name).is_some() {
            continue;
        }
        let own = lines.iter().filter(|(other, ..)| other == name);
        let mut versions: Vec<Version> = own.map(|(_, version, _)| parsed(version)).collect();
        versions.sort();
        problem.add(*name, versions.iter().map(Version::to_string).collect());
    }
    for (name, version, says) in lines {
        let package = find(&problem, name).unwrap();
        let versions = &problem.packages()[package].versions;
        let rank = versions.iter().position(|other| other == version).unwrap();
        for needed in says.split(';').filter(|needed| !needed.is_empty()) {
            let needed = needed.trim().strip_prefix("needs ").unwrap();
            let range = range(&mut problem, needed);
            let release = problem.release(package, u32::try_from(rank).unwrap());
            release.dependencies.push(range);
        }
    }
    problem
}

/// A question from a text like `app >=1, tool`.
pub fn ask(problem: &mut Problem, wanted: &str) -> Question {
    let items = wanted.split(',').map(|item| range(problem, item.trim()));
    Question {
        items: items.collect(),
        installed: Vec::new(),
    }
}

/// The number of a range like `app >=1`; `app` alone is in any version.
fn range(problem: &mut Problem, wanted: &str) -> usize {
    let (name, range) = wanted.split_once(' ').unwrap_or((wanted, "*"));
    let package = find(problem, name).unwrap();
    problem.range(package, range.to_owned(), |package: &Package| {
        let range = VersionRange::parse(range).unwrap();
        let versions = (0..).zip(&package.versions);
        let taken = versions
            .filter(|(_, version)| range.matches(&parsed(version), Prereleases::Named))
            .map(|(rank, _)| rank);
        Ranks::rising(taken)
    })
}

fn find(problem: &Problem, name: &str) -> Option<usize> {
    let mut packages = problem.packages().iter();
    packages.position(|package| package.name == name)
}

fn parsed(version: &str) -> Version {
    Version::parse(version).unwrap()
}

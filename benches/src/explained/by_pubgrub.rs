//! The crate `pubgrub`, with its own provider and its own reporter.

use std::collections::HashMap;
use std::sync::Arc;

use catalog_model::version::{Version, VersionRange};
use pubgrub::{
    DefaultStringReporter, DerivationTree, External, OfflineDependencyProvider, PubGrubError,
    Ranges, Reporter, Term, resolve,
};

use crate::resolver::{Problem, Question};

/// What stands for the request: the package that pubgrub begins with.
const REQUEST: (&str, &str) = ("request", "1");

/// What pubgrub prints of a question that has no answer: nothing if it finds one.
///
/// Versions are versions here, and ranges are intervals of them with the bounds that their authors wrote. What pubgrub found out
/// of versions that are not there is merged with the rest, as its documentation advises, and the sets of versions that it came upon are
/// simplified with its own method for that: they would name hundreds of versions one by one otherwise.
#[must_use]
pub fn by_pubgrub(problem: &Problem, question: &Question) -> Option<String> {
    let mut provider = OfflineDependencyProvider::<String, Ranges<Version>>::new();
    for package in problem.packages() {
        for (version, release) in package.versions.iter().zip(&package.releases) {
            let needs = needs(problem, &release.dependencies);
            provider.add_dependencies(package.name.clone(), parsed(version), needs);
        }
    }
    let (name, version) = REQUEST;
    let needs = needs(problem, &question.items);
    provider.add_dependencies(name.to_owned(), parsed(version), needs);
    match resolve(&provider, name.to_owned(), parsed(version)) {
        Err(PubGrubError::NoSolution(mut derivation)) => {
            derivation.collapse_no_versions();
            simplify(&mut derivation, &versions(problem));
            Some(DefaultStringReporter::report(&derivation))
        }
        _ => None,
    }
}

/// What is needed twice is needed in both ranges.
fn needs(problem: &Problem, ranges: &[usize]) -> Vec<(String, Ranges<Version>)> {
    let mut needs: Vec<(String, Ranges<Version>)> = Vec::new();
    for range in ranges.iter().map(|range| &problem.ranges()[*range]) {
        let name = &problem.packages()[range.package].name;
        let intervals = intervals(&range.text);
        match needs.iter_mut().find(|(needed, _)| needed == name) {
            Some((_, both)) => *both = both.intersection(&intervals),
            None => needs.push((name.clone(), intervals)),
        }
    }
    needs
}

type Derivation = DerivationTree<String, Ranges<Version>, String>;

/// The versions of each package, rising.
fn versions(problem: &Problem) -> HashMap<&str, Vec<Version>> {
    let packages = problem.packages().iter();
    let versions = packages.map(|package| {
        let versions = package.versions.iter().map(|version| parsed(version));
        (package.name.as_str(), versions.collect())
    });
    versions.collect()
}

/// Says of releases which they are in as few bounds as will do; what they need stays as their authors wrote it.
fn simplify(derivation: &mut Derivation, versions: &HashMap<&str, Vec<Version>>) {
    let shorten = |package: &String, set: &mut Ranges<Version>| {
        if let Some(all) = versions.get(package.as_str()) {
            *set = set.simplify(all.iter());
        }
    };
    match derivation {
        DerivationTree::External(External::FromDependencyOf(asker, set, ..)) => shorten(asker, set),
        DerivationTree::External(_) => {}
        DerivationTree::Derived(derived) => {
            for (package, term) in &mut derived.terms {
                if let Term::Positive(set) = term {
                    shorten(package, set);
                }
            }
            simplify(Arc::make_mut(&mut derived.cause1), versions);
            simplify(Arc::make_mut(&mut derived.cause2), versions);
        }
    }
}

/// A range as intervals: `^1.2 || 3.x` is from 1.2.0 to below 2.0.0, and from 3.0.0 to below 4.0.0. Of prereleases of the version where an
/// interval ends, no difference is made.
#[must_use]
pub fn intervals(range: &str) -> Ranges<Version> {
    let set = VersionRange::parse(range).unwrap().set().to_string();
    let alternatives = set.split("||").map(|alternative| {
        let bounds = alternative.split(',').map(|bound| half(bound.trim()));
        bounds.fold(Ranges::full(), |all, half| all.intersection(&half))
    });
    alternatives.fold(Ranges::empty(), |all, interval| all.union(&interval))
}

/// What a set of versions prints of one of its bounds.
fn half(bound: &str) -> Ranges<Version> {
    let split = bound.find(|c: char| c.is_ascii_digit());
    let (operator, version) = bound.split_at(split.unwrap_or(bound.len()));
    let version = version.strip_suffix("-0").unwrap_or(version);
    match operator {
        "*" => Ranges::full(),
        ">=" => Ranges::higher_than(parsed(version)),
        ">" => Ranges::strictly_higher_than(parsed(version)),
        "<=" => Ranges::lower_than(parsed(version)),
        "<" => Ranges::strictly_lower_than(parsed(version)),
        "=" => Ranges::singleton(parsed(version)),
        _ => panic!("a bound with {operator}"),
    }
}

fn parsed(version: &str) -> Version {
    Version::parse(version).unwrap()
}

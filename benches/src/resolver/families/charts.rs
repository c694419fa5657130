//! The history of a large chart repository, where its data is there.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use catalog_model::version::{Prereleases, Version, VersionRange};
use serde_json::{Map, Value};

use super::super::problem::{Package, Problem, Question};
use super::super::random::Random;
use super::super::ranks::Ranks;

/// Every version of every chart, read from `charts-bitnami.json.gz` in the folder that the variable `CATALOG_TEST_DATA` names, or else beside
/// the project; nothing if it is not there.
///
/// Nearly all dependencies of charts are optional as the data has it, and are only looked at if the other chart is present. `are_all_needed`
/// takes them all for needed, as an installation with default values does.
#[must_use]
pub fn charts(are_all_needed: bool) -> Option<Problem> {
    let folder = std::env::var_os("CATALOG_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let file = File::open(folder.join("charts-bitnami.json.gz")).ok()?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(file)
        .read_to_string(&mut text)
        .unwrap();
    let charts: Map<String, Value> = serde_json::from_str(&text).unwrap();
    Some(read(&charts, are_all_needed))
}

fn read(charts: &Map<String, Value>, are_all_needed: bool) -> Problem {
    let mut problem = Problem::default();
    let mut numbers = BTreeMap::new();
    for (name, releases) in charts {
        let texts = releases.as_object().unwrap().keys();
        let mut versions: Vec<Version> = texts.map(|text| Version::parse(text).unwrap()).collect();
        versions.sort();
        let texts = versions.iter().map(|version| version.as_str().to_owned());
        let number = problem.add(name, texts.collect());
        numbers.insert(name.as_str(), (number, versions));
    }
    for (name, releases) in charts {
        let (number, versions) = &numbers[name.as_str()];
        for (rank, version) in (0..).zip(versions) {
            let dependencies = releases[version.as_str()]["dependencies"].as_array();
            for dependency in dependencies.into_iter().flatten() {
                let (other, versions) = &numbers[dependency["name"].as_str().unwrap()];
                let text = dependency["version"].as_str().unwrap_or_default();
                let range = problem.range(*other, text.to_owned(), |_| ranks(text, versions));
                let release = problem.release(*number, rank);
                if dependency["optional"] == true && !are_all_needed {
                    release.optional.push(range);
                } else {
                    release.dependencies.push(range);
                }
            }
        }
    }
    problem
}

/// The versions that a range takes: prereleases if it names them, or takes everything of a package that has nothing else.
fn ranks(text: &str, versions: &[Version]) -> Ranks {
    let range = VersionRange::parse(text).unwrap();
    let prereleases = if range.is_any() && versions.iter().all(Version::is_prerelease) {
        Prereleases::Allowed
    } else {
        Prereleases::Named
    };
    let all = (0..).zip(versions);
    let taken = all.filter(|(_, version)| range.matches(version, prereleases));
    Ranks::rising(taken.map(|(rank, _)| rank))
}

/// Requests of so many charts each. Of ten charts one is asked for in any version, six in the line of a random major version, and three are
/// pinned to a random version.
pub fn chart_requests(problem: &mut Problem, requests: usize, charts: usize) -> Vec<Question> {
    let mut random = Random::new(charts as u64);
    let mut questions = Vec::new();
    for _ in 0..requests {
        let mut question = Question::default();
        for _ in 0..charts {
            let chart = random.at(problem.packages().len());
            let version = random.below(problem.count(chart));
            let text = &problem.packages()[chart].versions[version as usize];
            let text = match random.below(10) {
                0 => "*".to_owned(),
                1..=6 => format!("{}.x.x", Version::parse(text).unwrap().major()),
                _ => format!("={text}"),
            };
            question.items.push(range_of(problem, chart, text));
        }
        questions.push(question);
    }
    questions
}

/// A question for each release alone.
pub fn each_release(problem: &mut Problem) -> Vec<Question> {
    let mut questions = Vec::new();
    for package in 0..problem.packages().len() {
        for rank in 0..problem.count(package) {
            let text = format!("={}", problem.packages()[package].versions[rank as usize]);
            let item = range_of(problem, package, text);
            questions.push(Question {
                items: vec![item],
                installed: Vec::new(),
            });
        }
    }
    questions
}

fn range_of(problem: &mut Problem, package: usize, text: String) -> usize {
    problem.range(package, text.clone(), |package: &Package| {
        let versions = package
            .versions
            .iter()
            .map(|text| Version::parse(text).unwrap());
        ranks(&text, &versions.collect::<Vec<_>>())
    })
}

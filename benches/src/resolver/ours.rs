//! catalog-resolve.

use std::collections::HashMap;

use catalog_model::InstalledRelease;
use catalog_resolve::{Mode, Outcome, ReleaseSpec, Request, Universe, resolve};

use super::problem::{Answer, Problem, Question};
use super::reply::Reply;

/// A universe with the requests that are made of it.
#[derive(Debug)]
pub struct Ours {
    universe: Universe,
    requests: Vec<Request>,
    /// The number of each package, and the rank of each version.
    numbers: HashMap<String, (usize, HashMap<String, u32>)>,
}

impl Ours {
    /// Compiles a problem. All releases name one group, if cycles are to be allowed, as they are by other solvers.
    #[must_use]
    pub fn new(problem: &Problem, questions: &[Question], mode: Mode) -> Self {
        Self {
            universe: universe(problem),
            requests: questions
                .iter()
                .map(|question| request(problem, question, mode))
                .collect(),
            numbers: numbers(problem),
        }
    }

    /// The universe and the requests.
    #[must_use]
    pub fn parts(&self) -> (&Universe, &[Request]) {
        (&self.universe, &self.requests)
    }

    /// Answers a question.
    #[must_use]
    pub fn solve(&self, question: usize) -> Outcome<'_> {
        resolve(&self.universe, &self.requests[question])
    }

    /// What an outcome says.
    #[must_use]
    pub fn read(&self, outcome: &Outcome<'_>) -> Reply {
        match outcome {
            Outcome::Resolved(resolution) => {
                let releases = resolution.releases().iter();
                let mut answer: Answer = releases
                    .map(|release| {
                        let (package, ranks) = &self.numbers[release.package()];
                        (*package, ranks[release.version()])
                    })
                    .collect();
                answer.sort_unstable();
                Reply::Answer(answer)
            }
            Outcome::Conflict(_) => Reply::NoAnswer,
            _ => Reply::GaveUp,
        }
    }
}

fn universe(problem: &Problem) -> Universe {
    let mut builder = Universe::builder();
    for package in problem.packages() {
        for (version, release) in package.versions.iter().zip(&package.releases) {
            let named = |range: &usize| {
                let range = &problem.ranges()[*range];
                let name = problem.packages()[range.package].name.clone();
                (name, range.text.clone())
            };
            let mut spec = ReleaseSpec::new(&package.name, version);
            if problem.has_cycles {
                spec = spec.group("all");
            }
            for (name, range) in release.dependencies.iter().map(named) {
                spec = spec.dependency(name, range);
            }
            for (name, range) in release.optional.iter().map(named) {
                spec = spec.optional_dependency(name, range);
            }
            for (name, range) in release.conflicts.iter().map(named) {
                spec = spec.conflict(name, range);
            }
            builder.add(spec);
        }
    }
    builder.build()
}

fn request(problem: &Problem, question: &Question, mode: Mode) -> Request {
    let mut request = Request::new().mode(mode);
    for item in &question.items {
        let range = &problem.ranges()[*item];
        let name = &problem.packages()[range.package].name;
        request = request.install(name, &range.text).unwrap();
    }
    for (package, rank) in &question.installed {
        let package = &problem.packages()[*package];
        let version = &package.versions[*rank as usize];
        request = request.installed(InstalledRelease::new(&package.name, version, &package.name));
    }
    request
}

fn numbers(problem: &Problem) -> HashMap<String, (usize, HashMap<String, u32>)> {
    let packages = problem.packages().iter().enumerate();
    packages
        .map(|(number, package)| {
            let ranks = package.versions.iter().cloned().zip(0..).collect();
            (package.name.clone(), (number, ranks))
        })
        .collect()
}

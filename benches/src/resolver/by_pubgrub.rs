//! The crate `pubgrub`.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fmt;
use std::time::Duration;

use pubgrub::{
    Dependencies, DependencyConstraints, DependencyProvider, PackageResolutionStatistics,
    PubGrubError, SelectedDependencies,
};

use super::patience::Patience;
use super::problem::{Problem, Question, Release};
use super::rank_set::RankSet;
use super::ranks::Ranks;
use super::reply::Reply;

/// The view that pubgrub has of a problem, and the questions. All of it is made before anything is timed.
///
/// Versions are ranks, and a range is an interval of them, open to a side on which no version follows. A conflict with what
/// need not be present is said through a package of two versions: the release needs the one, and what it conflicts with the
/// other. One with what is always present is a dependency on the other versions, as in pubgrub's own benchmark of sudoku.
#[derive(Debug)]
pub(super) struct ByPubgrub<S> {
    /// How many versions each package has.
    counts: Vec<u32>,
    releases: Vec<Vec<Constraints<S>>>,
    questions: Vec<Asked<S>>,
    patience: Duration,
}

type Constraints<S> = DependencyConstraints<u32, S>;

#[derive(Debug)]
struct Asked<S> {
    root: Constraints<S>,
    preferred: BTreeMap<u32, u32>,
}

/// The package that a question is.
const ROOT: u32 = u32::MAX;

/// What pubgrub gives.
pub(super) type Solved = Result<SelectedDependencies<u32, u32>, Unsolved>;

/// Why it gives no answer.
#[derive(Debug)]
pub(super) enum Unsolved {
    /// There is none.
    NoSolution,
    /// It took too long.
    GaveUp,
}

impl<S: RankSet> ByPubgrub<S> {
    /// Makes the view.
    pub(super) fn new(problem: &Problem, questions: &[Question], patience: Duration) -> Self {
        let mut view = View::new(problem);
        for (number, package) in problem.packages().iter().enumerate() {
            for (rank, release) in package.releases.iter().enumerate() {
                view.say(number, rank, release);
            }
        }
        let questions = questions.iter().map(|question| view.ask(question));
        Self {
            questions: questions.collect(),
            counts: view.counts,
            releases: view
                .says
                .into_iter()
                .map(|releases| releases.into_iter().map(Constraints::from_iter).collect())
                .collect(),
            patience,
        }
    }

    /// Answers a question.
    ///
    /// # Errors
    ///
    /// As pubgrub: there is no answer, or it took too long.
    pub(super) fn solve(&self, question: usize) -> Solved {
        let provider = Provider {
            view: self,
            asked: &self.questions[question],
            patience: Patience::new(self.patience),
        };
        pubgrub::resolve(&provider, ROOT, 0_u32).map_err(|error| match error {
            PubGrubError::NoSolution(_) => Unsolved::NoSolution,
            _ => Unsolved::GaveUp,
        })
    }

    /// What that says. Packages that only stand for a conflict are left out; `packages` is how many others there are.
    pub(super) fn read(&self, solved: &Solved, packages: usize) -> Reply {
        match solved {
            Ok(chosen) => {
                let chosen = chosen
                    .iter()
                    .map(|(package, rank)| (*package as usize, *rank));
                let mut answer: Vec<_> = chosen.filter(|(at, _)| *at < packages).collect();
                answer.sort_unstable();
                Reply::Answer(answer)
            }
            Err(Unsolved::NoSolution) => Reply::NoAnswer,
            Err(Unsolved::GaveUp) => Reply::GaveUp,
        }
    }
}

/// A view in the making.
struct View<'a, S> {
    problem: &'a Problem,
    counts: Vec<u32>,
    says: Vec<Vec<BTreeMap<u32, S>>>,
    /// The package that stands for what cannot be with the ranks of a package.
    markers: HashMap<(usize, Ranks), u32>,
}

impl<'a, S: RankSet> View<'a, S> {
    fn new(problem: &'a Problem) -> Self {
        let packages = problem.packages().iter();
        Self {
            problem,
            counts: (0..problem.packages().len())
                .map(|package| problem.count(package))
                .collect(),
            says: packages
                .map(|package| vec![BTreeMap::new(); package.releases.len()])
                .collect(),
            markers: HashMap::new(),
        }
    }

    fn say(&mut self, package: usize, rank: usize, release: &Release) {
        for number in &release.dependencies {
            let range = &self.problem.ranges()[*number];
            self.need(package, rank, (range.package, &range.ranks));
        }
        let ranges = self.problem.ranges();
        for number in &release.optional {
            let range = &ranges[*number];
            let outside = range.ranks.complement(self.counts[range.package]);
            self.exclude(package, rank, (range.package, outside));
        }
        for number in &release.conflicts {
            let range = &ranges[*number];
            self.exclude(package, rank, (range.package, range.ranks.clone()));
        }
    }

    /// Says that a release needs a package.
    fn need(&mut self, package: usize, rank: usize, needed: (usize, &Ranks)) {
        let ranges = S::of(needed.1, self.counts[needed.0]);
        narrow(&mut self.says[package][rank], needed.0, &ranges);
    }

    /// Says that a release cannot be with others.
    fn exclude(&mut self, package: usize, rank: usize, excluded: (usize, Ranks)) {
        let (other, ranks) = &excluded;
        if self.problem.is_all_asked {
            let rest = ranks.complement(self.counts[*other]);
            self.need(package, rank, (*other, &rest));
            return;
        }
        let next = self.counts.len();
        let marker = *self
            .markers
            .entry(excluded.clone())
            .or_insert_with(|| u32::try_from(next).unwrap());
        if marker as usize == next {
            self.counts.push(2);
            self.says.push(vec![BTreeMap::new(); 2]);
            for rank in ranks.runs().iter().flat_map(|(low, high)| *low..*high) {
                let says = &mut self.says[*other][rank as usize];
                narrow(says, next, &S::singleton(1_u32));
            }
        }
        let says = &mut self.says[package][rank];
        narrow(says, marker as usize, &S::singleton(0_u32));
    }

    fn ask(&self, question: &Question) -> Asked<S> {
        let mut root = BTreeMap::new();
        for item in &question.items {
            let range = &self.problem.ranges()[*item];
            let ranges = S::of(&range.ranks, self.counts[range.package]);
            narrow(&mut root, range.package, &ranges);
        }
        for (package, rank) in &question.installed {
            narrow(&mut root, *package, &<S as RankSet>::from(*rank));
        }
        let installed = question.installed.iter();
        Asked {
            root: root.into_iter().collect(),
            preferred: installed
                .map(|(package, rank)| (u32::try_from(*package).unwrap(), *rank))
                .collect(),
        }
    }
}

/// Adds a need; what is needed twice is needed in both ranges.
fn narrow<S: RankSet>(needs: &mut BTreeMap<u32, S>, package: usize, ranges: &S) {
    needs
        .entry(u32::try_from(package).unwrap())
        .and_modify(|there| *there = there.intersection(ranges))
        .or_insert_with(|| ranges.clone());
}

struct Provider<'a, S> {
    view: &'a ByPubgrub<S>,
    asked: &'a Asked<S>,
    patience: Patience,
}

impl<S> Provider<'_, S> {
    /// How many versions a package has; the question itself has one.
    fn count(&self, package: u32) -> u32 {
        self.view
            .counts
            .get(package as usize)
            .map_or(1, |count| *count)
    }
}

impl<S: RankSet> DependencyProvider for Provider<'_, S> {
    type P = u32;
    type V = u32;
    type VS = S;
    type Priority = (u32, Reverse<u32>);
    type M = String;
    type Err = OutOfPatience;

    /// As pubgrub's own provider: what has no version first, then what met most conflicts, then what has fewest versions.
    fn prioritize(
        &self,
        package: &u32,
        range: &S,
        statistics: &PackageResolutionStatistics,
    ) -> Self::Priority {
        let count = range.size(self.count(*package));
        if count == 0 {
            return (u32::MAX, Reverse(0));
        }
        (statistics.conflict_count(), Reverse(count))
    }

    fn choose_version(&self, package: &u32, range: &S) -> Result<Option<u32>, OutOfPatience> {
        let preferred = self.asked.preferred.get(package).copied();
        let preferred = preferred.filter(|rank| range.contains(rank));
        Ok(preferred.or_else(|| range.last(self.count(*package))))
    }

    fn get_dependencies(
        &self,
        package: &u32,
        version: &u32,
    ) -> Result<Dependencies<u32, S, String>, OutOfPatience> {
        let constraints = match self.view.releases.get(*package as usize) {
            Some(releases) => &releases[*version as usize],
            None => &self.asked.root,
        };
        Ok(Dependencies::Available(constraints.clone()))
    }

    fn should_cancel(&self) -> Result<(), OutOfPatience> {
        if self.patience.is_over() {
            return Err(OutOfPatience);
        }
        Ok(())
    }
}

/// A question took too long.
#[derive(Debug)]
pub(super) struct OutOfPatience;

impl fmt::Display for OutOfPatience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("took too long")
    }
}

impl Error for OutOfPatience {}

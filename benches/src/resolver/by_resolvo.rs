//! The crate `resolvo`.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::time::Duration;

use resolvo::{
    Candidates, Condition, ConditionId, ConditionalRequirement, Dependencies, DependencyProvider,
    HintDependenciesAvailable, Interner, KnownDependencies, NameId, Problem as Asking, SolvableId,
    Solver, SolverCache, StringId, UnsolvableOrCancelled, VersionSetId, VersionSetUnionId,
};

use super::patience::Patience;
use super::problem::{Problem, Question};
use super::ranks::Ranks;
use super::reply::Reply;

/// The view that resolvo has of a problem, and the questions. All of it is made before anything is timed: version sets are
/// runs of ranks, and the dependencies of each release lie ready to be copied.
#[derive(Debug)]
pub(super) struct ByResolvo {
    view: View,
    questions: Vec<Asked>,
    /// Whether the solver is told that the dependencies of all candidates are at hand.
    is_eager: bool,
    patience: Duration,
}

#[derive(Debug)]
struct View {
    /// The solvable of each package's first version; the others follow it.
    first: Vec<u32>,
    package_of: Vec<u32>,
    sets: Vec<(u32, Ranks)>,
    known: Vec<KnownDependencies>,
}

#[derive(Debug)]
struct Asked {
    requirements: Vec<ConditionalRequirement>,
    favored: BTreeMap<u32, SolvableId>,
}

/// What resolvo gives.
pub(super) type Solved = Result<Vec<SolvableId>, UnsolvableOrCancelled>;

impl ByResolvo {
    /// Makes the view.
    pub(super) fn new(
        problem: &Problem,
        questions: &[Question],
        is_eager: bool,
        patience: Duration,
    ) -> Self {
        let mut view = View::new(problem);
        let questions = questions
            .iter()
            .map(|question| view.ask(problem, question))
            .collect();
        Self {
            view,
            questions,
            is_eager,
            patience,
        }
    }

    /// Answers a question.
    ///
    /// # Errors
    ///
    /// As resolvo: there is no answer, or it took too long.
    pub(super) fn solve(&self, question: usize) -> Solved {
        let asked = &self.questions[question];
        let provider = Provider {
            view: &self.view,
            favored: &asked.favored,
            is_eager: self.is_eager,
            patience: Patience::new(self.patience),
        };
        Solver::new(provider).solve(Asking::new().requirements(asked.requirements.clone()))
    }

    /// What that says.
    pub(super) fn read(&self, solved: &Solved) -> Reply {
        match solved {
            Ok(solvables) => {
                let mut answer: Vec<(usize, u32)> = solvables
                    .iter()
                    .map(|solvable| {
                        let (package, rank) = self.view.release(*solvable);
                        (package as usize, rank)
                    })
                    .collect();
                answer.sort_unstable();
                Reply::Answer(answer)
            }
            Err(UnsolvableOrCancelled::Unsolvable(_)) => Reply::NoAnswer,
            Err(UnsolvableOrCancelled::Cancelled(_)) => Reply::GaveUp,
        }
    }
}

impl View {
    fn new(problem: &Problem) -> Self {
        let (mut first, mut package_of) = (Vec::new(), Vec::new());
        for (number, package) in (0..).zip(problem.packages()) {
            first.push(u32::try_from(package_of.len()).unwrap());
            package_of.resize(package_of.len() + package.versions.len(), number);
        }
        first.push(u32::try_from(package_of.len()).unwrap());
        let ranges = problem.ranges().iter();
        let mut view = Self {
            first,
            package_of,
            sets: ranges
                .map(|range| (u32::try_from(range.package).unwrap(), range.ranks.clone()))
                .collect(),
            known: Vec::new(),
        };
        let mut complements = BTreeMap::new();
        let releases = problem.packages().iter().flat_map(|p| &p.releases);
        let known = releases.map(|release| {
            let mut constrains: Vec<VersionSetId> =
                release.optional.iter().map(|range| set(*range)).collect();
            constrains.extend(release.conflicts.iter().map(|range| {
                *complements
                    .entry(*range)
                    .or_insert_with(|| view.complement(*range))
            }));
            KnownDependencies {
                requirements: release
                    .dependencies
                    .iter()
                    .map(|range| set(*range).into())
                    .collect(),
                constrains,
            }
        });
        view.known = known.collect();
        view
    }

    /// A set of all versions that a range does not take.
    fn complement(&mut self, range: usize) -> VersionSetId {
        let (package, ranks) = &self.sets[range];
        let complement = (*package, ranks.complement(self.count(*package)));
        self.sets.push(complement);
        set(self.sets.len() - 1)
    }

    fn ask(&mut self, problem: &Problem, question: &Question) -> Asked {
        let mut requirements: Vec<ConditionalRequirement> = question
            .items
            .iter()
            .map(|item| set(*item).into())
            .collect();
        let mut favored = BTreeMap::new();
        for (package, rank) in &question.installed {
            let number = u32::try_from(*package).unwrap();
            self.sets
                .push((number, Ranks::run(*rank, problem.count(*package))));
            requirements.push(set(self.sets.len() - 1).into());
            favored.insert(number, self.solvable(number, *rank));
        }
        Asked {
            requirements,
            favored,
        }
    }

    fn count(&self, package: u32) -> u32 {
        self.first[package as usize + 1] - self.first[package as usize]
    }

    fn solvable(&self, package: u32, rank: u32) -> SolvableId {
        SolvableId::from_raw(self.first[package as usize] + rank)
    }

    fn release(&self, solvable: SolvableId) -> (u32, u32) {
        let solvable = solvable.into_raw();
        let package = self.package_of[solvable as usize];
        (package, solvable - self.first[package as usize])
    }

    /// The solvables of these ranks, the newest first.
    fn solvables(&self, package: u32, ranks: &Ranks) -> Vec<SolvableId> {
        let (runs, count) = (ranks.runs().iter().rev(), self.count(package));
        runs.flat_map(|(low, high)| (*low..count.min(*high)).rev())
            .map(|rank| self.solvable(package, rank))
            .collect()
    }
}

fn set(range: usize) -> VersionSetId {
    VersionSetId(u32::try_from(range).unwrap())
}

struct Provider<'a> {
    view: &'a View,
    favored: &'a BTreeMap<u32, SolvableId>,
    is_eager: bool,
    patience: Patience,
}

impl Interner for Provider<'_> {
    type NameId = NameId;
    type SolvableId = SolvableId;

    fn display_solvable(&self, solvable: SolvableId) -> impl Display + '_ {
        let (package, rank) = self.view.release(solvable);
        format!("{package} {rank}")
    }

    fn display_name(&self, name: NameId) -> impl Display + '_ {
        name.into_raw()
    }

    fn display_version_set(&self, version_set: VersionSetId) -> impl Display + '_ {
        version_set.0
    }

    fn display_string(&self, string_id: StringId) -> impl Display + '_ {
        string_id.0
    }

    fn version_set_name(&self, version_set: VersionSetId) -> NameId {
        NameId::from_raw(self.view.sets[version_set.0 as usize].0)
    }

    fn solvable_name(&self, solvable: SolvableId) -> NameId {
        NameId::from_raw(self.view.package_of[solvable.into_raw() as usize])
    }

    /// There are no unions.
    fn version_sets_in_union(
        &self,
        _version_set_union: VersionSetUnionId,
    ) -> impl Iterator<Item = VersionSetId> {
        std::iter::empty()
    }

    /// There are no conditions.
    fn resolve_condition(&self, condition: ConditionId) -> Condition {
        Condition::Requirement(VersionSetId(condition.as_u32()))
    }
}

impl DependencyProvider for Provider<'_> {
    /// The candidates are always all of a package, as given below.
    async fn filter_candidates(
        &self,
        _candidates: &[SolvableId],
        version_set: VersionSetId,
        inverse: bool,
    ) -> Vec<SolvableId> {
        let (package, ranks) = &self.view.sets[version_set.0 as usize];
        if inverse {
            let complement = ranks.complement(self.view.count(*package));
            self.view.solvables(*package, &complement)
        } else {
            self.view.solvables(*package, ranks)
        }
    }

    async fn get_candidates(&self, name: NameId) -> Option<Candidates> {
        let package = name.into_raw();
        let all = Ranks::run(0, self.view.count(package));
        Some(Candidates {
            candidates: self.view.solvables(package, &all),
            favored: self.favored.get(&package).copied(),
            hint_dependencies_available: if self.is_eager {
                HintDependenciesAvailable::All
            } else {
                HintDependenciesAvailable::None
            },
            ..Candidates::default()
        })
    }

    /// They come newest first, so that this is one comparison each.
    async fn sort_candidates(&self, _solver: &SolverCache<Self>, solvables: &mut [SolvableId]) {
        solvables.sort_unstable_by(|one, other| other.cmp(one));
    }

    async fn get_dependencies(&self, solvable: SolvableId) -> Dependencies {
        Dependencies::Known(self.view.known[solvable.into_raw() as usize].clone())
    }

    fn should_cancel_with_value(&self) -> Option<Box<dyn Any>> {
        self.patience
            .is_over()
            .then(|| Box::new(()) as Box<dyn Any>)
    }
}

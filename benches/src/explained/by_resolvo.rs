//! The crate `resolvo`, with names, versions and ranges as they are written.

use std::fmt::Display;

use resolvo::{
    Candidates, Condition, ConditionId, Dependencies, DependencyProvider,
    HintDependenciesAvailable, Interner, KnownDependencies, NameId, Problem as Asking, SolvableId,
    Solver, SolverCache, StringId, UnsolvableOrCancelled, VersionSetId, VersionSetUnionId,
};

use crate::resolver::{Problem, Question, Range, Ranks};

/// What resolvo prints of a question that has no answer: nothing if it finds one.
#[must_use]
pub fn by_resolvo(problem: &Problem, question: &Question) -> Option<String> {
    let items = question.items.iter().map(|item| set(*item).into());
    let asking = Asking::new().requirements(items.collect());
    let mut solver = Solver::new(Provider::new(problem));
    match solver.solve(asking) {
        Err(UnsolvableOrCancelled::Unsolvable(conflict)) => {
            Some(conflict.display_user_friendly(&solver).to_string())
        }
        _ => None,
    }
}

struct Provider<'a> {
    problem: &'a Problem,
    /// Package and rank of each solvable: all of one package, rising, then those of the next.
    releases: Vec<(usize, u32)>,
    /// The solvable of each package's first version.
    first: Vec<usize>,
}

impl<'a> Provider<'a> {
    fn new(problem: &'a Problem) -> Self {
        let (mut releases, mut first) = (Vec::new(), Vec::new());
        for package in 0..problem.packages().len() {
            first.push(releases.len());
            releases.extend((0..problem.count(package)).map(|rank| (package, rank)));
        }
        Self {
            problem,
            releases,
            first,
        }
    }

    fn release(&self, solvable: SolvableId) -> (usize, u32) {
        self.releases[solvable.into_raw() as usize]
    }

    fn version(&self, solvable: SolvableId) -> &'a str {
        let (package, rank) = self.release(solvable);
        &self.problem.packages()[package].versions[rank as usize]
    }

    fn range(&self, set: VersionSetId) -> &'a Range {
        &self.problem.ranges()[set.0 as usize]
    }

    /// The solvables of these ranks, the newest first.
    fn solvables(&self, package: usize, ranks: &Ranks) -> Vec<SolvableId> {
        let all = (0..self.problem.count(package)).rev();
        let taken = all.filter(|rank| ranks.contains(*rank));
        let solvables = taken.map(|rank| self.first[package] + rank as usize);
        solvables
            .map(|solvable| SolvableId::from_raw(u32::try_from(solvable).unwrap()))
            .collect()
    }
}

fn set(range: usize) -> VersionSetId {
    VersionSetId(u32::try_from(range).unwrap())
}

fn name(package: usize) -> NameId {
    NameId::from_raw(u32::try_from(package).unwrap())
}

impl Interner for Provider<'_> {
    type NameId = NameId;
    type SolvableId = SolvableId;

    fn display_solvable(&self, solvable: SolvableId) -> impl Display + '_ {
        let name = self.display_name(self.solvable_name(solvable));
        format!("{name} {}", self.version(solvable))
    }

    /// The name once, and then the versions in rising order: what resolvo does unasked repeats the name for each and sorts texts.
    fn display_merged_solvables(&self, solvables: &[SolvableId]) -> impl Display + '_ {
        let mut solvables = solvables.to_vec();
        solvables.sort_unstable();
        solvables.dedup();
        let name = solvables
            .first()
            .map(|solvable| self.display_name(self.solvable_name(*solvable)).to_string());
        let versions = solvables.iter().map(|solvable| self.version(*solvable));
        let versions: Vec<&str> = versions.collect();
        format!("{} {}", name.unwrap_or_default(), versions.join(" | "))
    }

    fn display_name(&self, name: NameId) -> impl Display + '_ {
        &self.problem.packages()[name.into_raw() as usize].name
    }

    fn display_version_set(&self, version_set: VersionSetId) -> impl Display + '_ {
        &self.range(version_set).text
    }

    fn display_string(&self, string_id: StringId) -> impl Display + '_ {
        string_id.0
    }

    fn version_set_name(&self, version_set: VersionSetId) -> NameId {
        name(self.range(version_set).package)
    }

    fn solvable_name(&self, solvable: SolvableId) -> NameId {
        name(self.release(solvable).0)
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
    async fn filter_candidates(
        &self,
        candidates: &[SolvableId],
        version_set: VersionSetId,
        inverse: bool,
    ) -> Vec<SolvableId> {
        let ranks = &self.range(version_set).ranks;
        let is_taken = |solvable: &&SolvableId| ranks.contains(self.release(**solvable).1);
        let taken = candidates.iter().filter(|one| is_taken(one) != inverse);
        taken.copied().collect()
    }

    async fn get_candidates(&self, name: NameId) -> Option<Candidates> {
        let package = name.into_raw() as usize;
        let all = Ranks::run(0, self.problem.count(package));
        Some(Candidates {
            candidates: self.solvables(package, &all),
            hint_dependencies_available: HintDependenciesAvailable::None,
            ..Candidates::default()
        })
    }

    async fn sort_candidates(&self, _solver: &SolverCache<Self>, solvables: &mut [SolvableId]) {
        solvables.sort_unstable_by(|one, other| other.cmp(one));
    }

    async fn get_dependencies(&self, solvable: SolvableId) -> Dependencies {
        let (package, rank) = self.release(solvable);
        let release = &self.problem.packages()[package].releases[rank as usize];
        let requirements = release.dependencies.iter().map(|range| set(*range).into());
        Dependencies::Known(KnownDependencies {
            requirements: requirements.collect(),
            constrains: Vec::new(),
        })
    }
}

//! Who asks, and who is asked.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::thread;

use super::agenda::Agenda;
use super::answers::{Answers, answers};
use super::matrix::Matrix;
use crate::condition::ConditionSet;
use crate::evaluate::Context;
use crate::report::Missing;
use crate::snapshot::Snapshot;

/// Conditions under a name, such as that of a package and its version.
#[derive(Clone, Debug)]
pub struct NamedSet<'a> {
    pub(super) name: String,
    pub(super) conditions: &'a ConditionSet,
    pub(super) context: Context,
    pub(super) brought: BTreeSet<(String, Missing)>,
}

/// A snapshot under the name of its cluster.
#[derive(Clone, Debug)]
pub struct NamedCluster<'a> {
    pub(super) name: String,
    pub(super) snapshot: &'a Snapshot,
}

/// Sets of conditions, and the clusters that are asked.
///
/// Names are for people: two sets or clusters of one name are told apart by their places.
#[derive(Clone, Debug)]
pub struct Fleet<'a> {
    sets: &'a [NamedSet<'a>],
    clusters: &'a [NamedCluster<'a>],
    threads: Option<NonZeroUsize>,
}

impl<'a> NamedSet<'a> {
    /// Conditions that know nothing beside the cluster.
    #[must_use]
    pub fn new(name: impl Into<String>, conditions: &'a ConditionSet) -> Self {
        Self {
            name: name.into(),
            conditions,
            context: Context::new(),
            brought: BTreeSet::new(),
        }
    }

    /// The same, asked in a context: where the package goes, and with which parameters.
    #[must_use]
    pub fn with_context(self, context: Context) -> Self {
        Self { context, ..self }
    }

    /// The same, where something else brings what conditions of these names miss: then they do not close the gate, as if each report
    /// were told to [`defer`](crate::Report::defer) them.
    #[must_use]
    pub fn with_brought(self, brought: impl IntoIterator<Item = (String, Missing)>) -> Self {
        Self {
            brought: brought.into_iter().collect(),
            ..self
        }
    }
}

impl<'a> NamedCluster<'a> {
    /// A cluster as far as its snapshot knows it.
    #[must_use]
    pub fn new(name: impl Into<String>, snapshot: &'a Snapshot) -> Self {
        Self {
            name: name.into(),
            snapshot,
        }
    }
}

impl<'a> Fleet<'a> {
    /// Every set is asked of every cluster.
    #[must_use]
    pub fn new(sets: &'a [NamedSet<'a>], clusters: &'a [NamedCluster<'a>]) -> Self {
        Self {
            sets,
            clusters,
            threads: None,
        }
    }

    /// The same with so many threads, which changes nothing but the time it takes; by default as many as there are processors.
    #[must_use]
    pub fn with_threads(self, threads: NonZeroUsize) -> Self {
        Self {
            threads: Some(threads),
            ..self
        }
    }

    /// Asks every set of every cluster, groups what keeps gates shut by cause, and tries the changes that could open them.
    ///
    /// A question that several sets share is asked once a cluster. Cost: the questions of a cluster, and for each change that is tried
    /// there the questions that it touches, of which no more than 20,000 are asked again; changes that are left out for that are
    /// [counted](Matrix::untried). Memory: one byte a set and cluster, and what is said about causes.
    #[must_use]
    pub fn evaluate(&self) -> Matrix {
        let agenda = Agenda::new(self.sets);
        let answers = self.answers(&agenda);
        Matrix::new(self.sets, self.clusters, &agenda, answers)
    }

    fn answers(&self, agenda: &Agenda<'_>) -> Vec<Answers> {
        let threads = self
            .threads
            .or_else(|| thread::available_parallelism().ok())
            .map_or(1, NonZeroUsize::get)
            .min(self.clusters.len().max(1));
        let share = self.clusters.len().div_ceil(threads).max(1);
        let ask = |clusters: &[NamedCluster<'_>]| -> Vec<Answers> {
            let asked = clusters.iter().map(|one| answers(agenda, one));
            asked.collect()
        };
        if threads == 1 {
            return ask(self.clusters);
        }
        thread::scope(|scope| {
            let shares: Vec<_> = self
                .clusters
                .chunks(share)
                .map(|clusters| scope.spawn(move || ask(clusters)))
                .collect();
            let joined = shares.into_iter().map(thread::ScopedJoinHandle::join);
            joined
                .flat_map(|answers| {
                    answers.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                })
                .collect()
        })
    }
}

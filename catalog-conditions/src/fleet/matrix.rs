//! All gates, why they are shut, and what would open them.

use std::collections::BTreeMap;

use super::agenda::Agenda;
use super::answers::Answers;
use super::cause::{Cause, causes};
use super::input::{NamedCluster, NamedSet};
use super::trial::ChangeEffect;
use crate::report::Gate;

/// How many changes are kept.
const KEPT: usize = 10;

/// What a fleet answers: a gate for each set and cluster, the causes, and the changes that open most. Sets and clusters are meant by
/// their places in the lists that were asked, from 0.
///
/// `Display` writes it for people; names and values are cut where there are many.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    sets: Vec<String>,
    clusters: Vec<String>,
    /// Cluster by cluster.
    gates: Vec<Gate>,
    causes: Vec<Cause>,
    changes: Vec<ChangeEffect>,
    untried: usize,
}

impl Matrix {
    pub(super) fn new(
        sets: &[NamedSet<'_>],
        clusters: &[NamedCluster<'_>],
        agenda: &Agenda<'_>,
        answers: Vec<Answers>,
    ) -> Self {
        let causes = causes(agenda, clusters, &answers);
        let untried = answers.iter().map(|one| one.untried).sum();
        let mut gates = Vec::with_capacity(sets.len() * clusters.len());
        for one in &answers {
            gates.extend(&one.gates);
        }
        Self {
            sets: sets.iter().map(|set| set.name.clone()).collect(),
            clusters: clusters.iter().map(|one| one.name.clone()).collect(),
            gates,
            causes,
            changes: changes(answers),
            untried,
        }
    }

    /// The names of the sets.
    #[must_use]
    pub fn sets(&self) -> &[String] {
        &self.sets
    }

    /// The names of the clusters.
    #[must_use]
    pub fn clusters(&self) -> &[String] {
        &self.clusters
    }

    /// The gate of a set in a cluster; `None` if there is no such set or cluster.
    #[must_use]
    pub fn gate(&self, set: usize, cluster: usize) -> Option<Gate> {
        if set >= self.sets.len() {
            return None;
        }
        self.of_cluster(cluster)?.get(set).copied()
    }

    /// The worst gate of all.
    #[must_use]
    pub fn worst(&self) -> Gate {
        self.gates.iter().copied().max().unwrap_or(Gate::Pass)
    }

    /// Whether all gates are open in a cluster that was asked.
    #[must_use]
    pub fn is_green(&self, cluster: usize) -> bool {
        let gates = self.of_cluster(cluster);
        gates.is_some_and(|gates| gates.iter().all(|gate| gate.is_open()))
    }

    /// How many gates are open.
    #[must_use]
    pub fn open_gates(&self) -> usize {
        self.gates.iter().filter(|gate| gate.is_open()).count()
    }

    /// What keeps gates shut, then what warns; in each, the cause of most clusters first.
    #[must_use]
    pub fn causes(&self) -> &[Cause] {
        &self.causes
    }

    /// The changes that open a gate, at most ten: those that turn most clusters green first, then those that open most gates, less
    /// those that they shut, then by their text.
    #[must_use]
    pub fn changes(&self) -> &[ChangeEffect] {
        &self.changes
    }

    /// The first of the [changes](Self::changes).
    #[must_use]
    pub fn best_change(&self) -> Option<&ChangeEffect> {
        self.changes.first()
    }

    /// How many changes were thought of and not tried, over all clusters, since trying them would have taken too long.
    #[must_use]
    pub fn untried(&self) -> usize {
        self.untried
    }

    fn of_cluster(&self, cluster: usize) -> Option<&[Gate]> {
        if cluster >= self.clusters.len() {
            return None;
        }
        let first = cluster.checked_mul(self.sets.len())?;
        self.gates.get(first..first.checked_add(self.sets.len())?)
    }
}

fn changes(answers: Vec<Answers>) -> Vec<ChangeEffect> {
    let mut effects: BTreeMap<String, ChangeEffect> = BTreeMap::new();
    for (cluster, answers) in answers.into_iter().enumerate() {
        for trial in answers.trials {
            effects
                .entry(trial.key.clone())
                .or_insert_with(|| ChangeEffect::new(trial.change.clone()))
                .add(cluster, &trial);
        }
    }
    let mut effects: Vec<ChangeEffect> = effects.into_values().collect();
    effects.sort_by_cached_key(|effect| {
        let gained = effect.opens().len() as i128 - effect.shuts() as i128;
        let green = effect.turns_green().len() as i128;
        (-green, -gained, effect.change().to_string())
    });
    effects.truncate(KEPT);
    effects
}

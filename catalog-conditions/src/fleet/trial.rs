//! Tries changes: asks again what a change touches, of the snapshot with the change laid over it.

use std::collections::{BTreeMap, BTreeSet};

use super::agenda::Agenda;
use super::answers::{Asking, Blame, Fault};
use super::candidates::Candidates;
use super::change::Change;
use super::effect::Effect;
use super::input::NamedCluster;
use crate::evaluate::{Hypothesis, Judgment, Truth, judge};
use crate::report::Gate;
use crate::snapshot::Snapshot;

/// How many questions may be asked again in one cluster. Trying every change that ten thousand failing questions suggest would take
/// the square of that.
const ASKED_AGAIN: usize = 20_000;

/// A change that opens a gate in one cluster.
pub(super) struct Trial {
    pub(super) change: Change,
    /// Tells changes apart, and orders them.
    pub(super) key: String,
    pub(super) turns_green: bool,
    pub(super) opened: Vec<usize>,
    pub(super) shut: usize,
}

/// What a change does to the fleet, as asking again showed. Made in every cluster in which it might open a gate.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeEffect {
    change: Change,
    turns_green: Vec<usize>,
    opens: Vec<(usize, usize)>,
    shuts: usize,
}

impl ChangeEffect {
    pub(super) fn new(change: Change) -> Self {
        Self {
            change,
            turns_green: Vec::new(),
            opens: Vec::new(),
            shuts: 0,
        }
    }

    pub(super) fn add(&mut self, cluster: usize, trial: &Trial) {
        if trial.turns_green {
            self.turns_green.push(cluster);
        }
        let opened = trial.opened.iter().map(|set| (*set, cluster));
        self.opens.extend(opened);
        self.shuts += trial.shut;
    }

    /// The change.
    #[must_use]
    pub fn change(&self) -> &Change {
        &self.change
    }

    /// The clusters in which all gates are open after it and were not before, in order.
    #[must_use]
    pub fn turns_green(&self) -> &[usize] {
        &self.turns_green
    }

    /// The gates that it opens, as set and cluster.
    #[must_use]
    pub fn opens(&self) -> &[(usize, usize)] {
        &self.opens
    }

    /// How many gates it shuts that were open.
    #[must_use]
    pub fn shuts(&self) -> usize {
        self.shuts
    }
}

/// The changes that open a gate in a cluster, and how many were not tried.
pub(super) fn trials(
    agenda: &Agenda<'_>,
    cluster: &NamedCluster<'_>,
    (judgments, gates): (Vec<Judgment>, &[Gate]),
    blames: &[Blame],
) -> (Vec<Trial>, usize) {
    let mut changes: Vec<_> = candidates(agenda, cluster.snapshot, blames)
        .into_iter()
        .collect();
    // Those that most conditions call for come first, should not all be tried.
    changes.sort_by(|(one, (one_count, _)), (other, (other_count, _))| {
        other_count.cmp(one_count).then_with(|| one.cmp(other))
    });
    let mut trying = Trying {
        agenda,
        cluster,
        judgments,
        gates,
        left: ASKED_AGAIN,
    };
    let mut untried = 0;
    let mut trials = Vec::new();
    for (key, (_, change)) in changes {
        match trying.attempt(change, key) {
            Some(trial) => trials.extend(trial),
            None => untried += 1,
        }
    }
    (trials, untried)
}

/// The changes that questions suggest which keep gates shut, and how many conditions call for each.
fn candidates(
    agenda: &Agenda<'_>,
    snapshot: &Snapshot,
    blames: &[Blame],
) -> BTreeMap<String, (usize, Change)> {
    let mut wanted: BTreeMap<(usize, bool), usize> = BTreeMap::new();
    let shutting = blames.iter().filter(|blame| blame.effect == Effect::Shuts);
    // What is not known is to be found out: nobody can tell what a change would do to it.
    let known = |fault: &Fault| fault.judgment.truth != Truth::Unknown;
    for fault in shutting.filter_map(|blame| blame.of).filter(known) {
        let key = (fault.question, fault.wanted == Truth::Satisfied);
        *wanted.entry(key).or_default() += 1;
    }
    let mut changes: BTreeMap<String, (usize, Change)> = BTreeMap::new();
    for ((question, satisfied), count) in wanted {
        let candidates = Candidates {
            agenda,
            snapshot,
            wanted: if satisfied {
                Truth::Satisfied
            } else {
                Truth::NotSatisfied
            },
        };
        let question = agenda.questions.get(question);
        for change in question.into_iter().flat_map(|one| candidates.of(one)) {
            let key = change.to_json().to_string();
            changes.entry(key).or_insert((0, change)).0 += count;
        }
    }
    for (count, change) in Change::joined(changes.values()) {
        let key = change.to_json().to_string();
        changes.entry(key).or_insert((count, change));
    }
    changes
}

struct Trying<'a> {
    agenda: &'a Agenda<'a>,
    cluster: &'a NamedCluster<'a>,
    /// As they are; changed while a change is tried.
    judgments: Vec<Judgment>,
    gates: &'a [Gate],
    left: usize,
}

impl Trying<'_> {
    /// `None`: it was not tried. `Some(None)`: it opens nothing.
    fn attempt(&mut self, change: Change, key: String) -> Option<Option<Trial>> {
        let touched: Vec<usize> = change
            .touches()
            .into_iter()
            .flat_map(|subject| self.agenda.about(subject))
            .copied()
            .collect();
        self.left = self.left.checked_sub(touched.len())?;
        let Some(supposed) = change.suppose(self.cluster.snapshot) else {
            return Some(None);
        };
        let before = self.ask_again(&touched, &supposed);
        let changed = before.iter().map(|(question, _)| *question);
        let sets = self.sets_of(changed);
        let size: usize = sets.iter().map(|set| self.size(*set)).sum();
        let left = self.left.checked_sub(size);
        let trial = left.map(|_| self.compare(&sets, change, key));
        for (question, judgment) in before {
            if let Some(place) = self.judgments.get_mut(question) {
                *place = judgment;
            }
        }
        self.left = left?;
        trial
    }

    /// Asks again, and returns the earlier answers of those questions whose answer is another now.
    fn ask_again(&mut self, touched: &[usize], supposed: &Hypothesis) -> Vec<(usize, Judgment)> {
        let mut before = Vec::new();
        for &at in touched {
            let Some(question) = self.agenda.questions.get(at) else {
                continue;
            };
            let now = judge(
                question.leaf,
                self.cluster.snapshot,
                &question.context,
                Some(supposed),
            );
            let decides_otherwise = |earlier: &&mut Judgment| earlier.truth != now.truth;
            if let Some(place) = self.judgments.get_mut(at).filter(decides_otherwise) {
                before.push((at, std::mem::replace(place, now)));
            }
        }
        before
    }

    fn sets_of(&self, questions: impl Iterator<Item = usize>) -> BTreeSet<usize> {
        let questions = questions.filter_map(|at| self.agenda.questions.get(at));
        questions.flat_map(|one| &one.sets).copied().collect()
    }

    fn size(&self, set: usize) -> usize {
        self.agenda.sets.get(set).map_or(0, |set| set.size)
    }

    /// What became of the gates of the sets that the change touches.
    fn compare(&self, sets: &BTreeSet<usize>, change: Change, key: String) -> Option<Trial> {
        let asking = Asking {
            cluster: self.cluster,
            judgments: &self.judgments,
        };
        let mut opened = Vec::new();
        let mut shut = 0;
        for &at in sets {
            let (Some(set), Some(before)) = (self.agenda.sets.get(at), self.gates.get(at)) else {
                continue;
            };
            match (before.is_open(), asking.gate(set).is_open()) {
                (false, true) => opened.push(at),
                (true, false) => shut += 1,
                _ => {}
            }
        }
        let were_shut = self.gates.iter().filter(|gate| !gate.is_open()).count();
        let turns_green = shut == 0 && opened.len() == were_shut;
        (!opened.is_empty()).then_some(Trial {
            change,
            key,
            turns_green,
            opened,
            shut,
        })
    }
}

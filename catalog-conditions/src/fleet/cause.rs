//! What keeps gates shut, once for all that it is the same for.

use std::collections::{BTreeMap, BTreeSet};

use super::agenda::{Agenda, AskedCondition};
use super::answers::{Answers, Blame, Fault};
use super::effect::Effect;
use super::input::NamedCluster;
use crate::evaluate::{LeafPosition, Truth, join, tell, unasked};
use crate::report::{Answer, Outcome, Reason};

/// In how many clusters what was found is shown.
const SHOWN: usize = 3;
/// Of how many conditions the authors' own advice is given.
const ADVISERS: usize = 3;

/// One question with one answer, in all clusters in which it has that answer and for all sets that ask it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cause {
    effect: Effect,
    answer: Answer,
    unwanted: bool,
    askers: Vec<Asker>,
    clusters: Vec<usize>,
    found: Vec<(usize, String)>,
}

/// A condition that asks the question of a cause.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asker {
    set: usize,
    condition: String,
    position: String,
}

impl Cause {
    /// Whether it keeps gates shut or only warns.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Why, as a stable code such as `condition.not-satisfied.value`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.answer.reason().as_str()
    }

    /// The answer as the first cluster gave it.
    #[must_use]
    pub fn answer(&self) -> &Answer {
        &self.answer
    }

    /// Whether the answer is not known: then something is to be granted or saved, and nothing in the cluster to be changed.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.answer.outcome() == Outcome::Unknown
    }

    /// Whether what was asked holds and must not, since it stands below `not`.
    #[must_use]
    pub fn is_unwanted(&self) -> bool {
        self.unwanted
    }

    /// The conditions that ask it, by set.
    #[must_use]
    pub fn askers(&self) -> &[Asker] {
        &self.askers
    }

    /// The clusters, in order.
    #[must_use]
    pub fn clusters(&self) -> &[usize] {
        &self.clusters
    }

    /// What was found in the first clusters: at most three.
    #[must_use]
    pub fn found(&self) -> &[(usize, String)] {
        &self.found
    }
}

impl Asker {
    /// The place of the set in the fleet.
    #[must_use]
    pub fn set(&self) -> usize {
        self.set
    }

    /// The condition's name.
    #[must_use]
    pub fn condition(&self) -> &str {
        &self.condition
    }

    /// Where in the condition the question stands, as `any[1].not`; empty for a condition that asks nothing else.
    #[must_use]
    pub fn position(&self) -> &str {
        &self.position
    }
}

/// What is the same: the question (or the condition of a set that asks nothing), the reason, whether it holds, the effect.
type Key = (Result<usize, (usize, usize)>, u8, bool, Effect);

#[derive(Default)]
struct Group {
    clusters: BTreeSet<usize>,
    /// Set, condition and leaf.
    askers: BTreeSet<(usize, usize, usize)>,
    fault: Option<Fault>,
}

/// The causes: those that shut gates first, then those of most clusters, of most conditions, then by their text.
pub(super) fn causes(
    agenda: &Agenda<'_>,
    clusters: &[NamedCluster<'_>],
    answers: &[Answers],
) -> Vec<Cause> {
    let telling = Telling { agenda, clusters };
    let mut causes: BTreeMap<_, Cause> = BTreeMap::new();
    for ((asked, reason, holds, effect), group) in groups(answers) {
        let Some(cause) = telling.cause(&group, effect) else {
            continue;
        };
        let alike = asked.map(|at| agenda.questions.get(at).map_or(at, |one| one.alike));
        let object = cause.answer.object().map(str::to_owned);
        let key = (alike, object, reason, holds, effect);
        match causes.get_mut(&key) {
            Some(same) => same.join(cause),
            None => {
                causes.insert(key, cause);
            }
        }
    }
    let mut causes: Vec<Cause> = causes.into_values().collect();
    causes.sort_by_cached_key(|cause| {
        (
            cause.effect,
            usize::MAX - cause.clusters.len(),
            usize::MAX - cause.askers.len(),
            cause.answer.object().map(str::to_owned),
            cause.answer.expected().map(str::to_owned),
        )
    });
    causes
}

fn groups(answers: &[Answers]) -> BTreeMap<Key, Group> {
    let mut groups: BTreeMap<Key, Group> = BTreeMap::new();
    for (cluster, answers) in answers.iter().enumerate() {
        for blame in &answers.blames {
            let group = groups.entry(key(blame)).or_default();
            group.clusters.insert(cluster);
            let ordinal = blame.of.map_or(0, |fault| fault.ordinal);
            group.askers.insert((blame.set, blame.condition, ordinal));
            group.fault = group.fault.or(blame.of);
        }
    }
    groups
}

fn key(blame: &Blame) -> Key {
    match blame.of {
        Some(fault) => {
            let holds = fault.judgment.truth == Truth::Satisfied;
            let reason = fault.judgment.reason as u8;
            (Ok(fault.question), reason, holds, blame.effect)
        }
        None => (
            Err((blame.set, blame.condition)),
            Reason::Definition as u8,
            false,
            blame.effect,
        ),
    }
}

impl Cause {
    fn join(&mut self, other: Self) {
        self.askers.extend(other.askers);
        self.askers.sort();
        let clusters: BTreeSet<usize> = self.clusters.drain(..).chain(other.clusters).collect();
        self.clusters = clusters.into_iter().collect();
        self.found.extend(other.found);
        self.found.sort();
        self.found.dedup();
        self.found.truncate(SHOWN);
    }
}

struct Telling<'a> {
    agenda: &'a Agenda<'a>,
    clusters: &'a [NamedCluster<'a>],
}

impl Telling<'_> {
    fn cause(&self, group: &Group, effect: Effect) -> Option<Cause> {
        let first = *group.clusters.first()?;
        let mut answer = self.answer(group, first)?;
        if group.fault.is_some() {
            answer.help.extend(self.messages(group));
        }
        let shown = group.clusters.iter().take(SHOWN);
        let found = shown.filter_map(|cluster| {
            let told = self.answer(group, *cluster)?;
            let words = told.actual().or(told.request())?;
            Some((*cluster, words.to_owned()))
        });
        Some(Cause {
            effect,
            unwanted: answer.outcome() == Outcome::Satisfied,
            found: found.collect(),
            answer,
            askers: group
                .askers
                .iter()
                .filter_map(|asker| self.asker(*asker))
                .collect(),
            clusters: group.clusters.iter().copied().collect(),
        })
    }

    fn answer(&self, group: &Group, cluster: usize) -> Option<Answer> {
        let cluster = self.clusters.get(cluster)?;
        let snapshot = cluster.snapshot;
        match group.fault {
            Some(fault) => {
                let question = self.agenda.questions.get(fault.question)?;
                Some(tell(question.leaf, snapshot, &question.context))
            }
            None => {
                let (at, condition, _) = *group.askers.first()?;
                let set = self.agenda.sets.get(at)?;
                let asked = set.conditions.get(condition)?;
                unasked(asked.condition, snapshot, set.context)
            }
        }
    }

    /// What the authors of the conditions advise: the first that differ.
    fn messages(&self, group: &Group) -> Vec<String> {
        let mut messages = Vec::new();
        for (set, condition, _) in group.askers.iter().take(ADVISERS) {
            let set = self.agenda.sets.get(*set);
            let asked = set.and_then(|set| set.conditions.get(*condition));
            let message = asked.and_then(|asked| asked.condition.message());
            let message = message.map(crate::show::plain);
            messages.extend(message.filter(|message| !messages.contains(message)));
        }
        messages
    }

    fn asker(&self, (set, condition, ordinal): (usize, usize, usize)) -> Option<Asker> {
        let asked = self.agenda.sets.get(set)?.conditions.get(condition)?;
        Some(Asker {
            set,
            condition: asked.condition.name().to_owned(),
            position: position(asked, ordinal),
        })
    }
}

/// Where a leaf stands in its condition.
fn position(asked: &AskedCondition<'_>, ordinal: usize) -> String {
    let mut next = 0;
    let mut found = String::new();
    if let Some(expression) = asked.condition.expression() {
        join(expression.tree(), &LeafPosition::Root, &mut |_, at| {
            if next == ordinal {
                found = at.to_string();
            }
            next += 1;
            Truth::Unknown
        });
    }
    found
}

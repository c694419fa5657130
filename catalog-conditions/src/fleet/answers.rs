//! What one cluster answers.

use super::agenda::{Agenda, AskedCondition, AskedSet};
use super::blame::{blamed, truth};
use super::effect::Effect;
use super::input::NamedCluster;
use super::trial::{Trial, trials};
use crate::evaluate::{Judgment, Truth, judge, unasked_outcome};
use crate::report::{Gate, Outcome};

/// The answers of one cluster.
pub(super) struct Answers {
    /// By set.
    pub(super) gates: Vec<Gate>,
    pub(super) blames: Vec<Blame>,
    pub(super) trials: Vec<Trial>,
    /// How many changes were not tried.
    pub(super) untried: usize,
}

/// A question that keeps a condition from being satisfied.
pub(super) struct Blame {
    /// `None`: the condition asks the cluster nothing.
    pub(super) of: Option<Fault>,
    pub(super) effect: Effect,
    pub(super) set: usize,
    pub(super) condition: usize,
}

/// A question with the wrong answer.
#[derive(Clone, Copy)]
pub(super) struct Fault {
    pub(super) question: usize,
    pub(super) ordinal: usize,
    pub(super) judgment: Judgment,
    pub(super) wanted: Truth,
}

pub(super) fn answers(agenda: &Agenda<'_>, cluster: &NamedCluster<'_>) -> Answers {
    let snapshot = cluster.snapshot;
    let questions = agenda.questions.iter();
    let judgments: Vec<Judgment> = questions
        .map(|question| judge(question.leaf, snapshot, &question.context, None))
        .collect();
    let asking = Asking {
        cluster,
        judgments: &judgments,
    };
    let mut blames = Vec::new();
    let gates: Vec<Gate> = agenda
        .sets
        .iter()
        .enumerate()
        .map(|(at, set)| asking.blame(set, at, &mut blames))
        .collect();
    let (trials, untried) = trials(agenda, cluster, (judgments, &gates), &blames);
    Answers {
        gates,
        blames,
        trials,
        untried,
    }
}

/// The answers to all questions, of which conditions are put together.
#[derive(Clone, Copy)]
pub(super) struct Asking<'a> {
    pub(super) cluster: &'a NamedCluster<'a>,
    pub(super) judgments: &'a [Judgment],
}

impl Asking<'_> {
    /// The gate of a set.
    pub(super) fn gate(self, set: &AskedSet<'_>) -> Gate {
        let conditions = 0..set.conditions.len();
        let gates = conditions.map(|condition| self.condition_gate(set, condition));
        gates.max().unwrap_or(Gate::Pass)
    }

    /// The gate of a set, and what keeps it from being passed.
    fn blame(self, set: &AskedSet<'_>, at: usize, blames: &mut Vec<Blame>) -> Gate {
        let mut worst = Gate::Pass;
        for condition in 0..set.conditions.len() {
            let gate = self.condition_gate(set, condition);
            worst = worst.max(gate);
            let effect = match gate {
                Gate::Pass => continue,
                Gate::PassWithWarnings => Effect::Warns,
                Gate::Indeterminate | Gate::Fail => Effect::Shuts,
            };
            self.blame_condition((set, at), condition, effect, blames);
        }
        worst
    }

    fn blame_condition(
        self,
        (set, at): (&AskedSet<'_>, usize),
        condition: usize,
        effect: Effect,
        blames: &mut Vec<Blame>,
    ) {
        let Some(asked) = set.conditions.get(condition) else {
            return;
        };
        let blame = |of| Blame {
            of,
            effect,
            set: at,
            condition,
        };
        let unasked = self.unasked(set, condition).is_some();
        let (false, Some(expression)) = (unasked, asked.condition.expression()) else {
            blames.push(blame(None));
            return;
        };
        let truth_of = |ordinal| self.truth(&asked.questions, ordinal);
        let found = blamed(expression.tree(), &truth_of).into_iter();
        blames.extend(found.filter_map(|found| {
            let question = *asked.questions.get(found.ordinal)?;
            Some(blame(Some(Fault {
                question,
                ordinal: found.ordinal,
                judgment: *self.judgments.get(question)?,
                wanted: found.wanted,
            })))
        }));
    }

    /// The outcome of a condition that asks the cluster nothing.
    fn unasked(self, set: &AskedSet<'_>, condition: usize) -> Option<Outcome> {
        let asked = set.conditions.get(condition)?;
        unasked_outcome(asked.condition, self.cluster.snapshot, set.context)
    }

    fn condition_gate(self, set: &AskedSet<'_>, condition: usize) -> Gate {
        let Some(asked) = set.conditions.get(condition) else {
            return Gate::Pass;
        };
        let own = asked.condition;
        let outcome = match self.unasked(set, condition) {
            Some(outcome) => outcome,
            None => self.outcome(asked),
        };
        Gate::of(outcome, own.severity(), own.on_unknown())
    }

    fn outcome(self, asked: &AskedCondition<'_>) -> Outcome {
        let Some(expression) = asked.condition.expression() else {
            return Outcome::Unknown;
        };
        let first = asked.questions.first();
        let first = first.and_then(|question| self.judgments.get(*question));
        if first.is_some_and(|judgment| asked.brought.mends(*judgment)) {
            return Outcome::Deferred;
        }
        let truth_of = |ordinal| self.truth(&asked.questions, ordinal);
        truth(expression.tree(), truth_of).outcome()
    }

    fn truth(self, questions: &[usize], ordinal: usize) -> Truth {
        let judgment = questions
            .get(ordinal)
            .and_then(|question| self.judgments.get(*question));
        judgment.map_or(Truth::Unknown, |judgment| judgment.truth)
    }
}

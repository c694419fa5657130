//! Asks a set of conditions of a snapshot.

mod access;
mod advice;
mod ask;
mod built_in;
mod context;
mod explain;
mod hypothesis;
mod judge;
mod known;
mod locate;
mod members;
mod nodes;
mod object;
mod position;
mod reads;
mod select;
mod single;
mod truth;
mod when;

use serde_json::Value;

use crate::condition::{Around, Condition, ConditionSet, Leaf, Part, Question, Target};
use crate::report::{Answer, ConditionReport, LeafReport, Outcome, Reason, Report};
use crate::schema;
use crate::snapshot::Snapshot;
use crate::timestamp::Timestamp;

pub(crate) use self::access::query as access_query;
use self::position::Position;
use self::reads::Reads;

pub use self::context::Context;
pub(crate) use self::hypothesis::Hypothesis;
pub(crate) use self::judge::Judgment;
pub(crate) use self::locate::Located;
pub(crate) use self::position::Position as LeafPosition;
pub(crate) use self::single::{judge, locate, tell, unasked, unasked_outcome};
pub(crate) use self::truth::{Truth, join};

/// Asks every question of every condition.
///
/// Pure: the same arguments give the same report. Nothing is skipped, whatever is decided already, so that one report shows all that is
/// wrong.
///
/// Cost: a question about a named object is a lookup; a selector, the nodes and the default StorageClass look at every object of their
/// kind, a selector in the namespaces that it names; a path with `*` looks at every element below it, and an operator with a list of
/// values compares each element with each of them. Each is linear, and they multiply. A `jsonPath` ends after
/// [`MAX_VISITS`](crate::json_path::JsonPath::MAX_VISITS) nodes of one object, each time that it is asked: nothing bounds the sum over
/// facts, questions and objects, so that who asks strangers' conditions of a large cluster bounds the time or the number of conditions.
/// Advice looks at a bounded number of names, and of the members of a set asks again about a few. Memory: an answer keeps a pointer to
/// each object that it rests on, and all answers of a report share the states.
///
/// ```
/// use catalog_conditions::condition::{Condition, ConditionSet, Expression};
/// use catalog_conditions::evaluate::{Context, evaluate};
/// use catalog_conditions::report::Gate;
/// use catalog_conditions::snapshot::Snapshot;
///
/// let mut set = ConditionSet::new();
/// set.push(Condition::new("widgets are there", Expression::crd("widgets.example.com")));
/// let report = evaluate(&set, &Snapshot::builder().complete().build(), &Context::new());
/// assert_eq!(report.gate(), Gate::Fail);
/// assert_eq!(report.conditions()[0].code(), "condition.not-satisfied.object-absent");
/// ```
#[must_use]
pub fn evaluate(conditions: &ConditionSet, snapshot: &Snapshot, context: &Context) -> Report {
    let detail = if context.is_explaining() {
        Detail::Explained
    } else {
        Detail::Told
    };
    let reads = Reads::default();
    let asking = Asking {
        reads: Some(&reads),
        ..Asking::new(snapshot, context, detail)
    };
    Report::new(
        conditions
            .conditions()
            .iter()
            .map(|condition| asking.condition(condition))
            .collect(),
    )
}

/// How much is said about an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    /// Outcome and reason: for many clusters, of which few answers are read.
    Brief,
    /// What was asked for, what was found, what to do.
    Told,
    /// And how far each path led.
    Explained,
}

/// Where questions are asked.
#[derive(Clone, Copy)]
struct Asking<'s> {
    snapshot: &'s Snapshot,
    context: &'s Context,
    detail: Detail,
    /// When the snapshot was taken.
    now: Option<Timestamp>,
    /// A change that is thought to be made.
    supposed: Option<&'s Hypothesis>,
    /// What many answers rest on together.
    reads: Option<&'s Reads>,
}

impl<'s> Asking<'s> {
    fn new(snapshot: &'s Snapshot, context: &'s Context, detail: Detail) -> Self {
        Self {
            snapshot,
            context,
            detail,
            now: snapshot.taken_at(),
            supposed: None,
            reads: None,
        }
    }

    fn condition(self, condition: &Condition) -> ConditionReport {
        if let Some(answer) = self.unasked(condition) {
            return ConditionReport::new(condition, answer, Vec::new());
        }
        let Some(expression) = condition.expression() else {
            return ConditionReport::new(condition, unreadable(), Vec::new());
        };
        if let Part::Leaf(leaf) = expression.tree().part() {
            return ConditionReport::new(condition, self.leaf(leaf), Vec::new());
        }
        let mut leaves = Vec::new();
        let truth = join(expression.tree(), &Position::Root, &mut |leaf, at| {
            let answer = self.leaf(leaf);
            let truth = Truth::of(answer.outcome);
            let position = self.say(|| at.to_string()).unwrap_or_default();
            leaves.push(LeafReport::new(position, answer));
            truth
        });
        let answer = self.joined(truth, &leaves);
        ConditionReport::new(condition, answer, leaves)
    }

    /// The answer of a condition that asks the cluster nothing.
    fn unasked(self, condition: &Condition) -> Option<Answer> {
        match condition.expression() {
            None => Some(unreadable()),
            Some(_) => condition
                .when()
                .and_then(|when| self.unless(when))
                .or_else(|| self.refused(condition)),
        }
    }

    /// What the cluster's own CRDs refuse to have is a mistake in the condition, and no answer.
    fn refused(self, condition: &Condition) -> Option<Answer> {
        let refused = schema::refused(condition, self.snapshot);
        if refused.is_empty() {
            return None;
        }
        let mut answer = Answer::new(Outcome::Unknown, Reason::Definition);
        for diagnostic in refused.iter().take(advice::LISTED) {
            answer.help.push(diagnostic.message().to_owned());
            answer.help.extend(diagnostic.help_lines().iter().cloned());
        }
        Some(answer)
    }

    fn leaf(self, leaf: &Leaf) -> Answer {
        let mut answer = match (&leaf.target, leaf.question.test()) {
            (Target::KubeVersion, Some(test)) => self.kube_version(test),
            (Target::Api(api), Some(test)) => self.api(api, test),
            (Target::Crd(crd), Some(test)) => self.crd(crd, test),
            (Target::DefaultStorageClass, Some(test)) => self.default_storage_class(test),
            (Target::Access(access), Some(test)) => self.access(access, test),
            (Target::Nodes(nodes), Some(test)) => self.nodes(nodes, test),
            (Target::Object(target), _) => self.object(leaf, target),
            // The reader of conditions refuses facts about what is no object.
            (_, None) => Answer::new(Outcome::Unknown, Reason::Definition),
        };
        answer.expected = self.say(|| expected(leaf));
        answer
    }

    fn joined(self, truth: Truth, leaves: &[LeafReport]) -> Answer {
        let reason = match truth {
            Truth::Satisfied => Reason::Satisfied,
            Truth::NotSatisfied => Reason::PartsNotSatisfied,
            Truth::Unknown => Reason::PartsUnknown,
        };
        let count = |outcome| {
            leaves
                .iter()
                .filter(|leaf| leaf.answer().outcome() == outcome)
                .count()
        };
        let mut answer = Answer::new(truth.outcome(), reason);
        answer.actual = self.say(|| {
            format!(
                "{} satisfied, {} not satisfied, {} unknown",
                count(Outcome::Satisfied),
                count(Outcome::NotSatisfied),
                count(Outcome::Unknown)
            )
        });
        answer
    }

    fn around<'v>(self, object: &'v Value) -> Around<'v>
    where
        's: 'v,
    {
        Around {
            object,
            now: self.now,
        }
    }

    /// Whether anybody reads the words of an answer.
    fn is_telling(self) -> bool {
        self.detail != Detail::Brief
    }

    fn say<T>(self, words: impl FnOnce() -> T) -> Option<T> {
        self.is_telling().then(words)
    }
}

fn unreadable() -> Answer {
    let mut answer = Answer::new(Outcome::Unknown, Reason::Definition);
    answer
        .help
        .push("its definition has errors, which reading it reported: mend them".to_owned());
    answer
}

fn expected(leaf: &Leaf) -> String {
    let wanted = match &leaf.question {
        Question::Test(asked) => asked.test.to_string(),
        Question::Satisfies(facts) => advice::facts(facts),
    };
    match leaf.each {
        Some(each) => format!("{each}: {wanted}"),
        None => wanted,
    }
}

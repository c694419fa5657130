//! Asks a set of conditions of a snapshot.

mod advice;
mod built_in;
mod judge;
mod locate;
mod members;
mod object;
mod select;
mod truth;

use crate::condition::{Condition, ConditionSet, Expression, Leaf, Part, Target};
use crate::report::{Answer, ConditionReport, LeafReport, Outcome, Reason, Report};
use crate::snapshot::Snapshot;

use self::truth::Truth;

/// What conditions depend on beside the cluster.
///
/// ```
/// use catalog_conditions::evaluate::Context;
///
/// let context = Context::new().with_namespace("monitoring");
/// assert_eq!(context.namespace(), Some("monitoring"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    namespace: Option<String>,
}

impl Context {
    /// Nothing is known: a condition that needs a namespace and names none is unknown.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, with the namespace that the package goes to (`$namespace`).
    #[must_use]
    pub fn with_namespace(self, namespace: impl Into<String>) -> Self {
        Self {
            namespace: Some(namespace.into()),
        }
    }

    /// The namespace that the package goes to.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }
}

/// Asks every question of every condition.
///
/// Pure: the same arguments give the same report. Nothing is skipped, whatever is decided already, so that one report shows all that is
/// wrong. Cost: a lookup a question; a selector looks at every object of its kind in its namespaces.
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
    let asking = Asking { snapshot, context };
    Report::new(
        conditions
            .conditions()
            .iter()
            .map(|condition| asking.condition(condition))
            .collect(),
    )
}

/// Where questions are asked.
#[derive(Clone, Copy)]
struct Asking<'s> {
    snapshot: &'s Snapshot,
    context: &'s Context,
}

impl<'s> Asking<'s> {
    fn condition(self, condition: &Condition) -> ConditionReport {
        let Some(expression) = condition.expression() else {
            let mut answer = Answer::new(Outcome::Unknown, Reason::Definition);
            answer
                .help
                .push("its definition has errors, which reading it reported: mend them".to_owned());
            return ConditionReport::new(condition, answer, Vec::new());
        };
        if let Part::Leaf(leaf) = expression.part() {
            return ConditionReport::new(condition, self.leaf(leaf), Vec::new());
        }
        let mut leaves = Vec::new();
        let truth = self.expression(expression, String::new(), &mut leaves);
        ConditionReport::new(condition, joined(truth, &leaves), leaves)
    }

    /// Recursion is bounded by [`Expression::MAX_DEPTH`].
    fn expression(
        self,
        expression: &Expression,
        position: String,
        leaves: &mut Vec<LeafReport>,
    ) -> Truth {
        let mut parts = |name: &str, parts: &[Expression]| -> Vec<Truth> {
            let answer = |(index, part)| {
                self.expression(part, below(&position, &format!("{name}[{index}]")), leaves)
            };
            parts.iter().enumerate().map(answer).collect()
        };
        match expression.part() {
            Part::All(all) => parts("all", all)
                .into_iter()
                .fold(Truth::Satisfied, Truth::and),
            Part::Any(any) => parts("any", any)
                .into_iter()
                .fold(Truth::NotSatisfied, Truth::or),
            Part::Not(part) => self.expression(part, below(&position, "not"), leaves).not(),
            Part::Leaf(leaf) => {
                let answer = self.leaf(leaf);
                let truth = Truth::of(answer.outcome);
                leaves.push(LeafReport::new(position, answer));
                truth
            }
        }
    }

    fn leaf(self, leaf: &Leaf) -> Answer {
        let mut answer = match &leaf.target {
            Target::KubeVersion => self.kube_version(&leaf.test),
            Target::Api(api) => self.api(api, &leaf.test),
            Target::Crd(crd) => self.crd(crd, &leaf.test),
            Target::DefaultStorageClass => self.default_storage_class(&leaf.test),
            Target::Object(target) => self.object(leaf, target),
        };
        answer.expected = Some(match leaf.each {
            Some(each) => format!("{each}: {}", leaf.test),
            None => leaf.test.to_string(),
        });
        answer
    }
}

fn below(position: &str, step: &str) -> String {
    if position.is_empty() {
        step.to_owned()
    } else {
        format!("{position}.{step}")
    }
}

fn joined(truth: Truth, leaves: &[LeafReport]) -> Answer {
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
    answer.actual = Some(format!(
        "{} satisfied, {} not satisfied, {} unknown",
        count(Outcome::Satisfied),
        count(Outcome::NotSatisfied),
        count(Outcome::Unknown)
    ));
    answer
}

//! The conditions of a plan, asked of a cluster.

use std::fmt;

use catalog_model::conditions::report::{ConditionReport, Outcome as ConditionOutcome, Reason};
use catalog_model::conditions::{ConditionSet, Context, Requirements, Snapshot, evaluate};
use serde_json::{Value, json};

use crate::api::Failure;
use crate::edge::Gate;
use crate::plan::{PinnedPlan, PlannedOperation};

/// Evaluates the conditions that a plan has pinned, on a cluster that is read anew each time.
///
/// How the cluster is read is the caller's: `read` is given what the conditions of one operation ask about, and gives a snapshot. With feature
/// `kube` of catalog-conditions that is `read_snapshot`; what it cannot read is unknown, and unknown keeps a gate shut.
///
/// The parameters of an installation are those that were pinned with its operation, if any were; values of them are never quoted.
///
/// Before the first step of a run, a condition that misses only an API, a CustomResourceDefinition or an OAM definition which an earlier
/// operation of the plan brings keeps no gate shut: it is asked again when its operation's own turn comes, and then it has to hold.
pub struct ConditionsGate<R> {
    operations: Vec<Asked>,
    read: R,
}

/// What is asked for one operation.
struct Asked {
    conditions: ConditionSet,
    context: Context,
    /// An empty cluster with what the operations before it bring.
    brought: Snapshot,
}

impl<R: FnMut(&Requirements) -> Snapshot> ConditionsGate<R> {
    /// The gates of all operations of `plan`.
    pub fn new(plan: &PinnedPlan, read: R) -> Self {
        let operations = plan.operations().iter().enumerate();
        let operations = operations.map(|(index, planned)| Asked {
            conditions: planned.conditions(),
            context: context(planned),
            brought: brought(plan.operations().iter().take(index)),
        });
        Self {
            operations: operations.collect(),
            read,
        }
    }

    /// The same with other parameters of the operation at this place of the plan than the pinned ones, defaults merged in: what conditions
    /// with `when` depend on.
    #[must_use]
    pub fn with_parameters(mut self, operation: usize, parameters: Value) -> Self {
        if let Some(asked) = self.operations.get_mut(operation) {
            asked.context = asked.context.clone().with_parameters(parameters);
        }
        self
    }

    fn ask(&mut self, operation: usize, is_ahead: bool) -> Result<Vec<String>, Failure> {
        let Some(asked) = self.operations.get(operation) else {
            return Ok(vec!["the plan has no such operation".to_owned()]);
        };
        let Asked {
            conditions,
            context,
            ..
        } = asked;
        if conditions.is_empty() {
            return Ok(Vec::new());
        }
        let snapshot = (self.read)(&conditions.requirements(context));
        let report = evaluate(conditions, &snapshot, context);
        let shut = report.conditions().iter();
        let shut = shut.filter(|one| !one.gate().is_open());
        let shut: Vec<&ConditionReport> = shut
            .filter(|one| !is_ahead || !asked.is_brought(one))
            .collect();
        // Where a server did not answer, nothing is decided yet, unless something else keeps the gate shut.
        match shut.iter().find(|one| !is_unavailable(one)) {
            None if !shut.is_empty() => Err(Failure::unanswered(words(&shut).join("; "))),
            _ => Ok(words(&shut)),
        }
    }
}

impl<R: FnMut(&Requirements) -> Snapshot> Gate for ConditionsGate<R> {
    fn evaluate(&mut self, operation: usize) -> Result<Vec<String>, Failure> {
        self.ask(operation, false)
    }

    fn evaluate_ahead(&mut self, operation: usize) -> Result<Vec<String>, Failure> {
        self.ask(operation, true)
    }
}

impl Asked {
    /// Whether what a condition misses comes with an operation before. That is not guessed from names: the condition is asked of what comes.
    fn is_brought(&self, shut: &ConditionReport) -> bool {
        if shut.outcome() != ConditionOutcome::NotSatisfied || shut.missing().is_none() {
            return false;
        }
        let conditions = self.conditions.conditions().iter();
        let mut conditions = conditions.filter(|one| one.name() == shut.name());
        let mut question = ConditionSet::new();
        // The only condition of a set has no namesake to complain of.
        let _ = conditions.next().map(|one| question.push(one.clone()));
        let report = evaluate(&question, &self.brought, &Context::new());
        let mut answers = report.conditions().iter();
        answers.any(|answer| answer.outcome() == ConditionOutcome::Satisfied)
    }
}

fn context(planned: &PlannedOperation) -> Context {
    let context = Context::new()
        .with_namespace(planned.operation().namespace())
        .withholding_parameters();
    match planned.parameters() {
        Some(parameters) => context.with_parameters(parameters.clone()),
        None => context,
    }
}

/// An empty cluster with the definitions that operations bring.
fn brought<'p>(operations: impl Iterator<Item = &'p PlannedOperation>) -> Snapshot {
    let contents = operations.filter_map(PlannedOperation::target);
    let objects = contents.flat_map(|content| content.definitions().iter().map(applied));
    objects
        .fold(Snapshot::builder(), |builder, object| {
            builder.object(object)
        })
        .complete()
        .build()
}

/// A definition as the API server shows it once it is applied: a CRD is established, and stores its storage version.
fn applied(definition: &Value) -> Value {
    let mut object = definition.clone();
    let is_crd = definition.get("kind").and_then(Value::as_str) == Some("CustomResourceDefinition");
    if let (true, Some(fields)) = (is_crd, object.as_object_mut()) {
        let versions = definition
            .pointer("/spec/versions")
            .and_then(Value::as_array);
        let stored = versions.into_iter().flatten();
        let stored = stored.filter(|version| version.get("storage") == Some(&Value::Bool(true)));
        let stored: Vec<&Value> = stored.filter_map(|version| version.get("name")).collect();
        let conditions = ["NamesAccepted", "Established"];
        let conditions = conditions.map(|kind| json!({"type": kind, "status": "True"}));
        let status = json!({"conditions": conditions, "storedVersions": stored});
        fields.insert("status".to_owned(), status);
    }
    object
}

impl<R> fmt::Debug for ConditionsGate<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConditionsGate")
            .field("operations", &self.operations.len())
            .finish_non_exhaustive()
    }
}

/// Whether it is not known because no answer came, or because a part of it is not for that reason.
fn is_unavailable(condition: &ConditionReport) -> bool {
    let reason = condition.answer().reason();
    let leaves = || condition.leaves().iter().map(|leaf| leaf.answer().reason());
    reason == Reason::Unavailable
        || reason == Reason::PartsUnknown && leaves().any(|leaf| leaf == Reason::Unavailable)
}

fn words(shut: &[&ConditionReport]) -> Vec<String> {
    shut.iter().map(|condition| sentence(condition)).collect()
}

/// One line: what does not hold, of what, and what its author or the API server says to do.
fn sentence(condition: &ConditionReport) -> String {
    let answer = condition.answer();
    let facts = [
        ("", answer.object()),
        ("", answer.request()),
        ("field ", answer.field()),
        ("expected ", answer.expected()),
        ("actual ", answer.actual()),
    ];
    let facts = facts
        .into_iter()
        .filter_map(|(label, fact)| Some(format!("{label}{}", fact?)));
    let facts: Vec<String> = facts.collect();
    let mut sentence = condition.message();
    if !facts.is_empty() {
        sentence = format!("{sentence} ({})", facts.join(", "));
    }
    for line in answer.help() {
        sentence = format!("{sentence}: {line}");
    }
    sentence
}

//! The conditions of a plan, asked of a cluster.

use std::fmt;

use catalog_model::conditions::report::{ConditionReport, Reason};
use catalog_model::conditions::{ConditionSet, Context, Requirements, Snapshot, evaluate};
use serde_json::Value;

use crate::api::Failure;
use crate::edge::Gate;
use crate::plan::PinnedPlan;

/// Evaluates the conditions that a plan has pinned, on a cluster that is read anew each time.
///
/// How the cluster is read is the caller's: `read` is given what the conditions of one operation ask about, and gives a snapshot. With feature
/// `kube` of catalog-conditions that is `read_snapshot`; what it cannot read is unknown, and unknown keeps a gate shut.
///
/// Nothing is deferred: what another package of the plan brings has to be there when an operation's own turn comes, and the machine asks once
/// before its first write, too.
pub struct ConditionsGate<R> {
    operations: Vec<(ConditionSet, Context)>,
    read: R,
}

impl<R: FnMut(&Requirements) -> Snapshot> ConditionsGate<R> {
    /// The gates of all operations of `plan`. The parameters of the installations are not known, and values of them are never quoted.
    pub fn new(plan: &PinnedPlan, read: R) -> Self {
        let context = |namespace| {
            Context::new()
                .with_namespace(namespace)
                .withholding_parameters()
        };
        let operations = plan.operations().iter();
        let operations =
            operations.map(|one| (one.conditions(), context(one.operation().namespace())));
        Self {
            operations: operations.collect(),
            read,
        }
    }

    /// The same with the parameters of the operation at this place of the plan, defaults merged in: what conditions with `when` depend on.
    #[must_use]
    pub fn with_parameters(mut self, operation: usize, parameters: Value) -> Self {
        if let Some((_, context)) = self.operations.get_mut(operation) {
            *context = context.clone().with_parameters(parameters);
        }
        self
    }
}

impl<R: FnMut(&Requirements) -> Snapshot> Gate for ConditionsGate<R> {
    fn evaluate(&mut self, operation: usize) -> Result<Vec<String>, Failure> {
        let Some((conditions, context)) = self.operations.get(operation) else {
            return Ok(vec!["the plan has no such operation".to_owned()]);
        };
        if conditions.is_empty() {
            return Ok(Vec::new());
        }
        let snapshot = (self.read)(&conditions.requirements(context));
        let report = evaluate(conditions, &snapshot, context);
        let shut = report.conditions().iter();
        let shut: Vec<&ConditionReport> = shut.filter(|one| !one.gate().is_open()).collect();
        // Where a server did not answer, nothing is decided yet, unless something else keeps the gate shut.
        match shut.iter().find(|one| !is_unavailable(one)) {
            None if !shut.is_empty() => Err(Failure::unanswered(words(&shut).join("; "))),
            _ => Ok(words(&shut)),
        }
    }
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

//! What a failed pod means for its Job.

use catalog_model::Semantics;
use serde_json::{Map, Value, json};

use crate::object;
use crate::remarks::Remarks;

/// Kubernetes' own limit on rules.
const MOST_RULES: usize = 20;

/// Lets a pod that was evicted, preempted or drained be followed by another one in the same Job, for at-least-once only, and leaves
/// nothing else that starts a second pod. An author's rules that end the Job stay, and so does what they say of disruptions.
pub(super) fn normalise(
    spec: &mut Map<String, Value>,
    semantics: Semantics,
    remarks: &mut Remarks<'_>,
) {
    let disruptions_are_free = semantics == Semantics::AtLeastOnce;
    let Some(policy) = object::map(spec, "spec.podFailurePolicy", remarks) else {
        return;
    };
    let written = object::list(policy, "spec.podFailurePolicy.rules", remarks);
    let mut rules = written.map(std::mem::take).unwrap_or_default();
    let before = rules.len();
    rules.retain(|rule| match rule.get("action").and_then(Value::as_str) {
        Some("Ignore") => disruptions_are_free && is_about_disruptions_alone(rule),
        Some("FailIndex") => false,
        _ => true,
    });
    if rules.len() < before {
        remarks.removed(
            "spec.podFailurePolicy.rules[].action: Ignore or FailIndex",
            "only an attempt may start another pod: state the hook's `retries`",
        );
    }
    if disruptions_are_free && !rules.iter().any(is_about_disruptions) {
        // The first rule that fits decides, and a rule on exit codes fits a pod that was evicted too.
        rules.insert(0, disruptions_ignored());
    }
    if rules.len() > MOST_RULES {
        remarks.refuse(
            "hooks.job.failure-policy",
            "it has more than 20 rules in `spec.podFailurePolicy` with the one for disruptions",
            "leave rules out; a rule with `action: Count` does nothing, because a hook's attempt has one failure",
        );
    }
    if rules.is_empty() {
        spec.remove("podFailurePolicy");
    } else {
        policy.insert("rules".to_owned(), rules.into());
    }
}

fn disruptions_ignored() -> Value {
    json!({"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]})
}

fn is_about_disruptions(rule: &Value) -> bool {
    conditions(rule).any(|condition| condition == "DisruptionTarget")
}

fn is_about_disruptions_alone(rule: &Value) -> bool {
    is_about_disruptions(rule) && conditions(rule).all(|condition| condition == "DisruptionTarget")
}

fn conditions(rule: &Value) -> impl Iterator<Item = &Value> {
    let conditions = rule.get("onPodConditions").and_then(Value::as_array);
    conditions
        .into_iter()
        .flatten()
        .map(|condition| condition.get("type").unwrap_or(&Value::Null))
}

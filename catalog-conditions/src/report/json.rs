//! Reports for scripts.

use serde_json::{Map, Value};

use super::Report;
use super::answer::Answer;
use super::condition::{ConditionReport, LeafReport};
use crate::diagnostic::Severity;

pub(super) fn report(report: &Report) -> Value {
    let conditions = report.conditions().iter().map(condition).collect();
    let mut object = Map::new();
    object.insert("gate".into(), report.gate().as_str().into());
    object.insert("conditions".into(), Value::Array(conditions));
    Value::Object(object)
}

pub(super) fn condition(condition: &ConditionReport) -> Value {
    let mut object = answer(
        condition.answer(),
        condition.name(),
        condition.message(),
        condition.severity(),
    );
    object.insert("gate".into(), condition.gate().as_str().into());
    if !condition.leaves().is_empty() {
        let leaves = condition
            .leaves()
            .iter()
            .map(|leaf| Value::Object(leaf_object(leaf, condition.severity())));
        object.insert("leaves".into(), leaves.collect());
    }
    Value::Object(object)
}

fn leaf_object(leaf: &LeafReport, severity: Severity) -> Map<String, Value> {
    let message = format!(
        "{} is {}",
        leaf.position(),
        super::display::outcome(leaf.answer().outcome())
    );
    answer(leaf.answer(), leaf.position(), message, severity)
}

fn answer(answer: &Answer, name: &str, message: String, severity: Severity) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("name".into(), name.into());
    object.insert("outcome".into(), answer.outcome().as_str().into());
    object.insert("code".into(), answer.reason().as_str().into());
    object.insert("message".into(), message.into());
    object.insert("severity".into(), severity.as_str().into());
    let parts = [
        ("object", answer.object()),
        ("request", answer.request()),
        ("field", answer.field()),
        ("expected", answer.expected()),
        ("actual", answer.actual()),
    ];
    for (key, value) in parts {
        if let Some(value) = value {
            object.insert(key.into(), value.into());
        }
    }
    if !answer.explanation().is_empty() {
        object.insert("explanation".into(), answer.explanation().join("\n").into());
    }
    if !answer.help().is_empty() {
        object.insert("help".into(), answer.help().join("\n").into());
    }
    object
}

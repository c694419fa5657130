//! `nodes`: what the nodes of a cluster have together.

use serde_json::Value;

use super::judge::{self, Judgment};
use super::object::failure_reason;
use super::{Asking, advice};
use crate::condition::{Measure, NodesTarget, Test};
use crate::path::Finding;
use crate::quantity::Quantity;
use crate::report::{Answer, Outcome, Reason};
use crate::snapshot::{Stored, is_terminating};

const NODE: (&str, &str, &str) = ("", "v1", "Node");

/// What the nodes that count give.
enum Measured {
    Value(Value),
    /// The least or greatest of none.
    OfNone,
    /// A node's amount is no quantity.
    Unreadable(String),
}

impl<'s> Asking<'s> {
    pub(super) fn nodes(self, target: &NodesTarget, test: &Test) -> Answer {
        let (group, version, kind) = NODE;
        let (nodes, doubt) = self.counted(target);
        let measured = measure(&target.measure, &nodes);
        let judgment = match (doubt, &measured) {
            (Some(reason), _) => Judgment::unknown(reason),
            (None, Measured::Value(value)) => judge::value(test, value, self.around(value)),
            (None, Measured::OfNone) => Judgment::not(Reason::EmptySet),
            (None, Measured::Unreadable(_)) => Judgment::unknown(Reason::TypeMismatch),
        };
        let mut answer = judgment.into_answer();
        if !self.is_telling() {
            return answer;
        }
        answer.object = Some(described(target, version));
        answer.reads = nodes.iter().map(|(_, node)| self.read(node)).collect();
        answer.field = Some(target.measure.to_string());
        answer.actual = Some(match &measured {
            Measured::Value(value) => {
                format!(
                    "{} over {}",
                    crate::show::bare(value),
                    nodes_text(nodes.len())
                )
            }
            Measured::OfNone => "no node counts".to_owned(),
            Measured::Unreadable(name) => format!("{name} has an amount that is no quantity"),
        });
        if answer.outcome == Outcome::Unknown {
            let failure = self.snapshot.failure(group, kind, None, None);
            answer.request = failure
                .filter(|failure| failure_reason(failure.kind()) == answer.reason)
                .map(|failure| crate::show::plain(failure.request()));
            answer.help = advice::presence(self.snapshot, answer.reason, (group, kind), ("", ""));
        }
        answer
    }

    /// The nodes that count, and why there may be others.
    fn counted(self, target: &NodesTarget) -> (Vec<(&'s str, &'s Value)>, Option<Reason>) {
        let (group, version, kind) = NODE;
        let mut nodes = Vec::new();
        let mut doubt = None;
        for (_, name, copies) in self.stored_of_kind(group, kind) {
            let Stored::Object(node) = copies.in_version(version) else {
                doubt.get_or_insert(Reason::Contradictory);
                continue;
            };
            if !target.selector.matches(node) || !target.counts(node) {
                continue;
            }
            if is_terminating(node) {
                doubt.get_or_insert(Reason::Terminating);
            }
            nodes.push((name, node));
        }
        if !self
            .snapshot
            .covers_selection(group, kind, None, &target.selector)
        {
            let failure = self.snapshot.failure(group, kind, None, None);
            doubt = Some(failure.map_or(Reason::NotInSnapshot, |failure| {
                failure_reason(failure.kind())
            }));
        }
        (nodes, doubt)
    }
}

impl NodesTarget {
    /// Whether a node is ready and takes pods, where that is asked for.
    fn counts(&self, node: &Value) -> bool {
        (!self.ready || is_ready(node)) && (!self.schedulable || is_schedulable(node))
    }
}

fn is_ready(node: &Value) -> bool {
    let conditions = node.pointer("/status/conditions").and_then(Value::as_array);
    let says = |condition: &Value, key: &str, text: &str| {
        condition.get(key).and_then(Value::as_str) == Some(text)
    };
    conditions
        .into_iter()
        .flatten()
        .any(|condition| says(condition, "type", "Ready") && says(condition, "status", "True"))
}

fn is_schedulable(node: &Value) -> bool {
    node.pointer("/spec/unschedulable") != Some(&Value::Bool(true))
}

fn measure(measure: &Measure, nodes: &[(&str, &Value)]) -> Measured {
    let Some(path) = measure.path() else {
        return Measured::Value(Value::from(nodes.len()));
    };
    let mut result: Option<Quantity> = None;
    for (name, node) in nodes {
        let status = node.get("status").unwrap_or(&Value::Null);
        let amount = match path.find(status) {
            Finding::Found(value) => Quantity::from_json(value).ok(),
            // A node without the key has nothing of it.
            Finding::Null | Finding::Absent(_) => Some(Quantity::default()),
            _ => None,
        };
        let Some(amount) = amount else {
            return Measured::Unreadable(crate::show::object("Node", "", name));
        };
        let so_far = result.take();
        result = match (measure, so_far) {
            (_, None) => Some(amount),
            (Measure::Min(_), Some(other)) => Some(amount.min(other)),
            (Measure::Max(_), Some(other)) => Some(amount.max(other)),
            (_, Some(other)) => match other.checked_add(&amount) {
                Some(sum) => Some(sum),
                None => return Measured::Unreadable(crate::show::object("Node", "", name)),
            },
        };
    }
    match (result, measure) {
        (Some(quantity), _) => Measured::Value(Value::from(quantity.to_string())),
        (None, Measure::Sum(_)) => Measured::Value(Value::from("0")),
        (None, _) => Measured::OfNone,
    }
}

fn described(target: &NodesTarget, version: &str) -> String {
    let mut words = vec!["every"];
    words.extend(target.ready.then_some("ready"));
    words.extend(target.schedulable.then_some("schedulable"));
    words.push("Node");
    let mut text = words.join(" ");
    if !target.selector.requirements().is_empty() {
        text.push_str(&format!(" with {}", target.selector));
    }
    format!("{text} ({version})")
}

fn nodes_text(count: usize) -> String {
    match count {
        1 => "1 node".to_owned(),
        count => format!("{count} nodes"),
    }
}

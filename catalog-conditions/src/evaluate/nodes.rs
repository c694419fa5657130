//! `nodes`: what the nodes of a cluster have together.

use serde_json::Value;

use super::judge::{self, Judgment};
use super::object::failure_reason;
use super::{Asking, advice};
use crate::condition::{Comparison, Measure, NodesTarget, StatusCondition, Test, Verdict};
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

/// The nodes that a target asks about.
struct Counted<'s> {
    nodes: Vec<(&'s str, &'s Value)>,
    /// Their conditions do not say whether they are ready: a node that nobody has heard of lately, or that is new.
    perhaps: Vec<(&'s str, &'s Value)>,
    /// Why there may be others.
    doubt: Option<Reason>,
}

impl<'s> Asking<'s> {
    pub(super) fn nodes(self, target: &NodesTarget, test: &Test) -> Answer {
        let (group, version, kind) = NODE;
        let Counted {
            nodes,
            perhaps,
            doubt,
        } = self.counted(target);
        let measured = measure(&target.measure, &nodes);
        let judgment = match doubt {
            Some(reason) => Judgment::unknown(reason),
            None if perhaps.is_empty() => self.judge_measured(test, &measured),
            None => {
                let all: Vec<_> = nodes.iter().chain(&perhaps).copied().collect();
                let at_most = measure(&target.measure, &all);
                self.judge_either(test, &measured, &at_most)
            }
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
            if let (Reason::ConditionUnknown, Some((name, _))) = (answer.reason, perhaps.first()) {
                let name = crate::show::object(kind, "", name);
                let who = match perhaps.len() {
                    1 => name,
                    more => format!("{name} and {} more", more - 1),
                };
                answer.help.push(format!("{who} may or may not be ready: wait until the condition `Ready` says so, or ask for `ready: false`"));
            }
        }
        answer
    }

    fn judge_measured(self, test: &Test, measured: &Measured) -> Judgment {
        match measured {
            Measured::Value(value) => judge::value(test, value, self.around(value)),
            Measured::OfNone => Judgment::not(Reason::EmptySet),
            Measured::Unreadable(_) => Judgment::unknown(Reason::TypeMismatch),
        }
    }

    /// Of nodes that count perhaps: what is measured lies between what it is without them and with all of them. Where a test for
    /// more or for less says the same of both ends, it says so of all between them.
    fn judge_either(self, test: &Test, without: &Measured, with: &Measured) -> Judgment {
        let both = [without, with].map(|measured| self.judge_measured(test, measured));
        let is_bounded = matches!((without, with), (Measured::Value(_), Measured::Value(_)));
        let [one, other] = both;
        if is_bounded && is_monotone(test) && one.truth == other.truth {
            one
        } else {
            Judgment::unknown(Reason::ConditionUnknown)
        }
    }

    /// The nodes that count, those that perhaps do, and why there may be others.
    fn counted(self, target: &NodesTarget) -> Counted<'s> {
        let (group, version, kind) = NODE;
        let mut nodes = Vec::new();
        let mut perhaps = Vec::new();
        let mut doubt = None;
        for (_, name, copies) in self.stored_of_kind(group, kind) {
            let Stored::Object(node) = copies.in_version(version) else {
                doubt.get_or_insert(Reason::Contradictory);
                continue;
            };
            if !target.selector.matches(node) {
                continue;
            }
            match target.counts(node) {
                Verdict::Holds => nodes.push((name, node)),
                Verdict::Unknown(_) => perhaps.push((name, node)),
                Verdict::Fails => continue,
            }
            if is_terminating(node) {
                doubt.get_or_insert(Reason::Terminating);
            }
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
        Counted {
            nodes,
            perhaps,
            doubt,
        }
    }
}

impl NodesTarget {
    /// Whether a node is ready and takes pods, where that is asked for.
    fn counts(&self, node: &Value) -> Verdict {
        if self.schedulable && !is_schedulable(node) {
            Verdict::Fails
        } else if self.ready {
            StatusCondition::is_true("Ready").check(node)
        } else {
            Verdict::Holds
        }
    }
}

/// Whether a test that holds of two numbers holds of all between them, and one that fails of both fails of all.
fn is_monotone(test: &Test) -> bool {
    use Comparison::{Ge, Gt, Le, Lt};
    matches!(test, Test::Compare(Ge | Gt | Le | Lt, _))
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

//! What an evaluation found: an answer a condition, the gate, and the text of both.

mod answer;
mod condition;
mod display;
mod gate;
mod json;
mod missing;
mod outcome;
mod read_object;
mod reason;
mod recheck;

use serde_json::Value;

pub use self::answer::Answer;
pub use self::condition::{ConditionReport, LeafReport};
pub use self::gate::Gate;
pub use self::missing::Missing;
pub use self::outcome::Outcome;
pub use self::read_object::ReadObject;
pub use self::reason::Reason;
pub use self::recheck::{ObjectChange, Recheck};

/// The answers to a set of conditions, in the order of the set. `Display` writes them for people, with the gate as the last line.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    conditions: Vec<ConditionReport>,
}

impl Report {
    pub(crate) fn new(conditions: Vec<ConditionReport>) -> Self {
        Self { conditions }
    }

    /// The answers.
    #[must_use]
    pub fn conditions(&self) -> &[ConditionReport] {
        &self.conditions
    }

    /// The answer to the first condition of a name.
    #[must_use]
    pub fn condition(&self, name: &str) -> Option<&ConditionReport> {
        self.conditions
            .iter()
            .find(|condition| condition.name() == name)
    }

    /// What all answers together mean: the worst of them. An empty report passes.
    #[must_use]
    pub fn gate(&self) -> Gate {
        self.conditions
            .iter()
            .map(ConditionReport::gate)
            .max()
            .unwrap_or(Gate::Pass)
    }

    /// Says that what a condition misses is brought by `brought_by` (such as `prometheus-operator 0.80.0`), so that it is asked again
    /// just before its step and does not close the gate now.
    ///
    /// Returns whether that was possible: only what [`ConditionReport::missing`] names can be brought.
    pub fn defer(&mut self, name: &str, brought_by: &str) -> bool {
        let condition = self
            .conditions
            .iter_mut()
            .find(|condition| condition.name() == name);
        condition.is_some_and(|condition| condition.defer(brought_by))
    }

    /// The report as JSON: `gate`, and `conditions` with the keys that [`ConditionReport::to_json`] says.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json::report(self)
    }
}

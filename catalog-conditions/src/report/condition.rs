//! The answer to a condition, and to each question in it.

use serde_json::Value;

use super::answer::Answer;
use super::gate::Gate;
use super::json;
use super::missing::Missing;
use super::outcome::Outcome;
use super::reason::Reason;
use crate::condition::{Condition, OnUnknown};
use crate::diagnostic::Severity;

/// The answer to a condition.
#[derive(Clone, Debug, PartialEq)]
pub struct ConditionReport {
    name: String,
    severity: Severity,
    on_unknown: OnUnknown,
    answer: Answer,
    leaves: Vec<LeafReport>,
    brought_by: Option<String>,
}

/// The answer to one question of a condition that joins several.
#[derive(Clone, Debug, PartialEq)]
pub struct LeafReport {
    position: String,
    answer: Answer,
}

impl LeafReport {
    pub(crate) fn new(position: String, answer: Answer) -> Self {
        Self { position, answer }
    }

    /// Where the question stands in its condition: `any[1].not`.
    #[must_use]
    pub fn position(&self) -> &str {
        &self.position
    }

    /// The answer.
    #[must_use]
    pub fn answer(&self) -> &Answer {
        &self.answer
    }
}

impl ConditionReport {
    pub(crate) fn new(condition: &Condition, mut answer: Answer, leaves: Vec<LeafReport>) -> Self {
        if answer.outcome != Outcome::Satisfied {
            answer
                .help
                .extend(condition.message().map(crate::show::one_line));
        }
        Self {
            name: condition.name().to_owned(),
            severity: condition.severity(),
            on_unknown: condition.on_unknown(),
            answer,
            leaves,
            brought_by: None,
        }
    }

    /// The condition's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How bad it is if it is not satisfied.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Whether it holds.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.answer.outcome
    }

    /// The stable code, such as `condition.not-satisfied.value`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.answer.reason.as_str()
    }

    /// The answer with what it rests on. For a condition that joins questions, each has its own: see [`leaves`](Self::leaves).
    #[must_use]
    pub fn answer(&self) -> &Answer {
        &self.answer
    }

    /// The answers to the questions joined by `all`, `any` and `not`, in the order written; empty for a single question.
    #[must_use]
    pub fn leaves(&self) -> &[LeafReport] {
        &self.leaves
    }

    /// One sentence, lower case but for the name.
    #[must_use]
    pub fn message(&self) -> String {
        let name = crate::show::text(&self.name);
        match (self.answer.outcome, &self.brought_by) {
            (Outcome::Satisfied, _) => format!("{name} is satisfied"),
            (Outcome::NotSatisfied, _) => format!("{name} is not satisfied"),
            (Outcome::Unknown, _) => format!("{name} could not be evaluated"),
            (Outcome::NotApplicable, _) => format!("{name} does not apply"),
            (Outcome::Deferred, by) => format!(
                "{name} waits for {}",
                by.as_deref().unwrap_or("another release")
            ),
        }
    }

    /// Whether some answer in it says how far its path led.
    pub(super) fn is_explained(&self) -> bool {
        let mut answers = self.leaves.iter().map(LeafReport::answer);
        !self.answer.explanation.is_empty() || answers.any(|answer| !answer.explanation.is_empty())
    }

    /// What this answer alone means.
    #[must_use]
    pub fn gate(&self) -> Gate {
        Gate::of(self.answer.outcome, self.severity, self.on_unknown)
    }

    /// What a release could bring to satisfy it: of a condition that is a single question, not satisfied because an API, a CRD or a
    /// definition is absent. What stands in `all`, `any` or `not` is never named, since bringing it may not decide anything.
    #[must_use]
    pub fn missing(&self) -> Option<&Missing> {
        self.answer
            .missing
            .as_ref()
            .filter(|_| self.leaves.is_empty())
    }

    pub(super) fn defer(&mut self, brought_by: &str) -> bool {
        if self.answer.outcome != Outcome::NotSatisfied || self.missing().is_none() {
            return false;
        }
        self.answer.outcome = Outcome::Deferred;
        self.answer.reason = Reason::Deferred;
        self.brought_by = Some(crate::show::plain(brought_by));
        true
    }

    /// The report as JSON: `name`, `outcome`, `code`, `message`, `severity`, `gate`, and where known `object`, `request`, `field`, `expected`, `actual`,
    /// `explanation` and `help` (lines joined by a newline), `leaves` (the same again, `name` being the position).
    #[must_use]
    pub fn to_json(&self) -> Value {
        json::condition(self)
    }
}

//! Reports for people.

use std::fmt;

use super::Report;
use super::answer::Answer;
use super::condition::ConditionReport;
use super::gate::Gate;
use super::outcome::Outcome;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for condition in self.conditions() {
            write!(f, "{condition}\n\n")?;
        }
        let count = |outcome| {
            self.conditions()
                .iter()
                .filter(|condition| condition.outcome() == outcome)
                .count()
        };
        let counts = [
            Outcome::Satisfied,
            Outcome::NotSatisfied,
            Outcome::Unknown,
            Outcome::NotApplicable,
            Outcome::Deferred,
        ]
        .map(|of| (of, count(of)))
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(of, count)| format!("{count} {}", outcome(of)))
        .collect::<Vec<_>>();
        let counts = if counts.is_empty() {
            "no conditions".to_owned()
        } else {
            counts.join(", ")
        };
        write!(f, "gate: {} ({counts})", self.gate())
    }
}

impl fmt::Display for ConditionReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match (self.outcome(), self.gate()) {
            (Outcome::Satisfied | Outcome::NotApplicable | Outcome::Deferred, _) => "ok",
            (_, Gate::Fail | Gate::Indeterminate) => "error",
            (_, Gate::PassWithWarnings) => "warning",
            (_, Gate::Pass) => "note",
        };
        write!(f, "{level}[{}]: {}", self.code(), self.message())?;
        if self.outcome() == Outcome::Satisfied && !self.is_explained() {
            return write_help(f, self.answer(), "  ");
        }
        for leaf in self.leaves() {
            let answer = leaf.answer();
            write!(
                f,
                "\n  {} is {} ({})",
                leaf.position(),
                outcome(answer.outcome()),
                answer.reason()
            )?;
            if answer.outcome() != Outcome::Satisfied || !answer.explanation().is_empty() {
                write_facts(f, answer, "    ")?;
                write_help(f, answer, "    ")?;
            }
        }
        write_facts(f, self.answer(), "  ")?;
        write_help(f, self.answer(), "  ")
    }
}

fn write_facts(f: &mut fmt::Formatter<'_>, answer: &Answer, indent: &str) -> fmt::Result {
    // Of an object that could not be read nothing is known but the request, which names it; of a set, something may be.
    let only_asked = answer.request().filter(|_| answer.actual().is_none());
    if let Some(request) = only_asked {
        return write!(f, "\n{indent}request  {request}");
    }
    let facts = [
        ("object", answer.object()),
        ("request", answer.request()),
        ("field", answer.field()),
        ("expected", answer.expected()),
        ("actual", answer.actual()),
    ];
    for (label, fact) in facts {
        if let Some(fact) = fact {
            write!(f, "\n{indent}{label:<8} {fact}")?;
        }
    }
    let mut lines = answer.explanation().iter();
    lines.try_for_each(|line| write!(f, "\n{indent}{line}"))
}

fn write_help(f: &mut fmt::Formatter<'_>, answer: &Answer, indent: &str) -> fmt::Result {
    let mut lines = answer.help().iter();
    lines.try_for_each(|line| match line.strip_prefix("note: ") {
        Some(note) => write!(f, "\n{indent}note     {note}"),
        None => write!(f, "\n{indent}help     {line}"),
    })
}

pub(super) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Satisfied => "satisfied",
        Outcome::NotSatisfied => "not satisfied",
        Outcome::Unknown => "unknown",
        Outcome::NotApplicable => "not applicable",
        Outcome::Deferred => "deferred",
    }
}

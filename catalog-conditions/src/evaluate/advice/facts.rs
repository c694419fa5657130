//! Facts, and what is found of them.

use serde_json::Value;

use super::shown::{LISTED, actual, place};
use super::status::whole;
use crate::condition::{Around, Fact, Part, Question, Tree};
use crate::evaluate::ask;
use crate::evaluate::judge::Judgment;
use crate::evaluate::truth::Truth;
use crate::path::{Finding, Member};

/// One member of a set, as the help lists it; `what` it was asked for is known.
pub(in crate::evaluate) fn member(
    question: &Question,
    member: &Member<'_, '_>,
    around: Around<'_>,
    secret: bool,
) -> String {
    let found = member.found();
    let place = place(&member.place(), secret);
    match (question, &found) {
        (Question::Satisfies(facts), Finding::Found(value)) if !secret => {
            format!(
                "{place}: {}",
                unmet(facts, around.of(value), secret).join("; ")
            )
        }
        _ => format!("{place} is {}", actual(&found, secret)),
    }
}

/// Facts as the line `expected` says them.
pub(in crate::evaluate) fn facts(facts: &Tree<Fact>) -> String {
    let mut texts: Vec<String> = facts.leaves().take(LISTED).map(fact).collect();
    let more = facts.question_count().saturating_sub(LISTED);
    if more > 0 {
        texts.push(format!("{more} more"));
    }
    match facts.part() {
        Part::Any(_) => format!("any of: {}", texts.join("; ")),
        Part::Not(_) => format!("not: {}", texts.join("; ")),
        Part::All(_) | Part::Leaf(_) => texts.join("; "),
    }
}

fn fact(fact: &Fact) -> String {
    let each = fact
        .each
        .map(|each| format!("{each}: "))
        .unwrap_or_default();
    match &fact.field {
        Some(field) => format!("{field} {each}{}", fact.asked.test),
        None => fact.asked.test.to_string(),
    }
}

/// How many of the facts hold, of which each said this.
pub(in crate::evaluate) fn count_of_facts(each: &[Judgment]) -> String {
    let holding = each
        .iter()
        .filter(|judgment| judgment.truth == Truth::Satisfied)
        .count();
    format!("{holding} of {} facts hold", each.len())
}

/// The facts that do not hold of a value, each with what was found. Asks them for it.
pub(in crate::evaluate) fn unmet(
    facts: &Tree<Fact>,
    around: Around<'_>,
    secret: bool,
) -> Vec<String> {
    let each = facts.leaves().map(|one| ask::fact(one, around));
    unmet_of(facts, each, around.object, secret)
}

/// The facts that do not hold of a value, of which each said this.
pub(in crate::evaluate) fn unmet_of(
    facts: &Tree<Fact>,
    each: impl Iterator<Item = Judgment>,
    value: &Value,
    secret: bool,
) -> Vec<String> {
    let unmet = facts.leaves().zip(each).filter_map(|(one, judgment)| {
        let holds = match judgment.truth {
            Truth::Satisfied => return None,
            Truth::NotSatisfied => "does not hold".to_owned(),
            Truth::Unknown => format!("is unknown ({})", judgment.reason),
        };
        let actual = match &one.field {
            Some(_) => fact_as_it_is(one, value, secret),
            None => whole(&one.asked.test, value, secret),
        };
        Some(format!("`{}` {holds}: {actual}", fact(one)))
    });
    unmet.take(LISTED).collect()
}

/// What a fact looks at.
pub(in crate::evaluate) fn fact_as_it_is(fact: &Fact, value: &Value, secret: bool) -> String {
    match ask::found(fact, value) {
        Ok(found) => actual(&found, secret),
        Err(error) => error.to_string(),
    }
}

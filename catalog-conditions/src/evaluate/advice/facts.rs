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

/// How many of the facts hold.
pub(in crate::evaluate) fn count_of_facts(
    facts: &Tree<Fact>,
    finding: &Finding<'_>,
    around: Around<'_>,
) -> String {
    let Finding::Found(value) = finding else {
        return actual(finding, true);
    };
    let holding = facts
        .leaves()
        .filter(|fact| ask::fact(fact, around.of(value)).truth == Truth::Satisfied)
        .count();
    format!("{holding} of {} facts hold", facts.question_count())
}

/// The facts that do not hold of a value, each with what was found.
pub(in crate::evaluate) fn unmet(
    facts: &Tree<Fact>,
    around: Around<'_>,
    secret: bool,
) -> Vec<String> {
    let value = around.object;
    let unmet = facts.leaves().filter_map(|one| {
        let Judgment { truth, reason } = ask::fact(one, around);
        let holds = match truth {
            Truth::Satisfied => return None,
            Truth::NotSatisfied => "does not hold".to_owned(),
            Truth::Unknown => format!("is unknown ({reason})"),
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

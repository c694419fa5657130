//! Asks a question, or facts joined by all, any and not, about one value.

use serde_json::Value;

use super::judge::{self, Judgment};
use super::members::Tally;
use super::position::Position;
use super::truth::{self, Truth};
use crate::condition::{Around, Fact, ObjectTest, Part, Question, Tree};
use crate::json_path::TooManyNodes;
use crate::path::Finding;
use crate::report::Reason;

/// What a question says of what its path led to; `around` holds what `valueFrom` looks into.
pub(super) fn question(question: &Question, finding: &Finding<'_>, around: Around<'_>) -> Judgment {
    match (question, finding) {
        (Question::Test(asked), finding) => {
            judge::finding(asked, finding, &ObjectTest::new(&asked.test, around))
        }
        (Question::Satisfies(facts), Finding::Found(value)) => of_facts(facts, around.of(value)),
        (Question::Satisfies(_), finding) => judge::no_value(finding, Judgment::not),
    }
}

/// The same of each value that a path led to in one object; what `valueFrom` comes to there is found once.
pub(super) fn each<'q>(
    question: &'q Question,
    around: Around<'q>,
) -> impl Fn(&Finding<'_>) -> Judgment {
    let test = question.test().map(|test| ObjectTest::new(test, around));
    move |finding| match (question, &test) {
        (Question::Test(asked), Some(test)) => judge::finding(asked, finding, test),
        _ => self::question(question, finding, around),
    }
}

/// Whether the facts hold of the object around. A single fact keeps its reason.
pub(super) fn of_facts(facts: &Tree<Fact>, around: Around<'_>) -> Judgment {
    join_facts(facts, &mut |one| fact(one, around))
}

/// Whether the facts hold, and what each of them says, in their order: for words about them that ask none of them again.
pub(super) fn facts_and_each(facts: &Tree<Fact>, around: Around<'_>) -> (Judgment, Vec<Judgment>) {
    let mut each = Vec::with_capacity(facts.question_count());
    let judgment = join_facts(facts, &mut |one| {
        let judgment = fact(one, around);
        each.push(judgment);
        judgment
    });
    (judgment, each)
}

fn join_facts(facts: &Tree<Fact>, ask: &mut impl FnMut(&Fact) -> Judgment) -> Judgment {
    if let Part::Leaf(only) = facts.part() {
        return ask(only);
    }
    match truth::join(facts, &Position::Root, &mut |one, _| ask(one).truth) {
        Truth::Satisfied => Judgment::SATISFIED,
        Truth::NotSatisfied => Judgment::not(Reason::PartsNotSatisfied),
        Truth::Unknown => Judgment::unknown(Reason::PartsUnknown),
    }
}

/// Whether one fact holds of the object around.
pub(super) fn fact(fact: &Fact, around: Around<'_>) -> Judgment {
    let Ok(found) = found(fact, around.object) else {
        return Judgment::unknown(Reason::TooMany);
    };
    let test = ObjectTest::new(&fact.asked.test, around);
    match (found, fact.each) {
        (Finding::Many(members), Some(each)) => {
            let mut tally = Tally::new(false);
            tally.add_members(
                &members,
                |found| judge::finding(&fact.asked, found, &test),
                |_| String::new(),
            );
            tally.decide(each, fact.allow_empty)
        }
        (found, _) => judge::finding(&fact.asked, &found, &test),
    }
}

/// What a fact looks at.
pub(super) fn found<'v>(fact: &Fact, value: &'v Value) -> Result<Finding<'v>, TooManyNodes> {
    match &fact.field {
        Some(field) => field.find(value, fact.each.is_some()),
        None => Ok(Finding::Found(value)),
    }
}

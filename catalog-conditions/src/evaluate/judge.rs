//! The matrix: what each situation means under each operator. Fail closed in every cell.

use serde_json::Value;

use super::truth::Truth;
use crate::condition::{Around, Asked, Doubt, ObjectTest, Question, Test, Verdict, WhenAbsent};
use crate::path::Finding;
use crate::report::{Answer, Reason};

/// A truth value and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Judgment {
    pub(crate) truth: Truth,
    pub(crate) reason: Reason,
}

impl Judgment {
    pub(super) const SATISFIED: Self = Self {
        truth: Truth::Satisfied,
        reason: Reason::Satisfied,
    };

    pub(super) fn not(reason: Reason) -> Self {
        Self {
            truth: Truth::NotSatisfied,
            reason,
        }
    }

    pub(super) fn unknown(reason: Reason) -> Self {
        Self {
            truth: Truth::Unknown,
            reason,
        }
    }

    pub(super) fn into_answer(self) -> Answer {
        Answer::new(self.truth.outcome(), self.reason)
    }
}

/// Something that may be there or not, asked for by `exists` or `notExists`; `absence` says what kind of thing is not there.
pub(super) fn presence(test: &Test, present: Truth, absence: Reason, doubt: Reason) -> Judgment {
    match (test, present) {
        (_, Truth::Unknown) => Judgment::unknown(doubt),
        (Test::NotExists, Truth::Satisfied) => Judgment::not(Reason::Value),
        (Test::NotExists, Truth::NotSatisfied) | (_, Truth::Satisfied) => Judgment::SATISFIED,
        (_, Truth::NotSatisfied) => Judgment::not(absence),
    }
}

/// A kind that the cluster does not serve. `whenAbsent` says nothing about that: it may be a misspelling.
pub(super) fn kind_absent(question: &Question) -> Judgment {
    match question.test() {
        Some(Test::NotExists) => Judgment::SATISFIED,
        _ => Judgment::not(Reason::KindAbsent),
    }
}

/// An object that is not there.
pub(super) fn object_absent(question: &Question) -> Judgment {
    match question {
        Question::Test(asked) => absent(asked, Reason::ObjectAbsent),
        Question::Satisfies(_) => Judgment::not(Reason::ObjectAbsent),
    }
}

/// An object or field that is not there, or a field that is null.
fn absent(asked: &Asked, reason: Reason) -> Judgment {
    match (&asked.test, asked.when_absent) {
        (Test::NotExists, _) => Judgment::SATISFIED,
        (Test::Exists | Test::IsNull, _) => Judgment::not(reason),
        (_, Some(WhenAbsent::Satisfied)) => Judgment::SATISFIED,
        (_, Some(WhenAbsent::Unknown)) => Judgment::unknown(Reason::Absent),
        (_, Some(WhenAbsent::NotSatisfied) | None) => Judgment::not(reason),
    }
}

/// What one operator says of what a path led to; `test` is the operator in the object where that is.
pub(super) fn finding(asked: &Asked, finding: &Finding<'_>, test: &ObjectTest<'_>) -> Judgment {
    match finding {
        Finding::Null if asked.test == Test::IsNull => Judgment::SATISFIED,
        Finding::Found(found) => decided(test.check(found)),
        other => no_value(other, |reason| absent(asked, reason)),
    }
}

/// What one operator says of a value.
pub(super) fn value(test: &Test, value: &Value, around: Around<'_>) -> Judgment {
    decided(test.check(value, around))
}

fn decided(verdict: Verdict) -> Judgment {
    match verdict {
        Verdict::Holds => Judgment::SATISFIED,
        Verdict::Fails => Judgment::not(Reason::Value),
        Verdict::Unknown(doubt) => Judgment::unknown(doubtful(doubt)),
    }
}

/// What a path means that led to no value.
pub(super) fn no_value(finding: &Finding<'_>, absent: impl Fn(Reason) -> Judgment) -> Judgment {
    match finding {
        Finding::Absent(_) => absent(Reason::FieldAbsent),
        Finding::Null => absent(Reason::FieldNull),
        Finding::Ambiguous(_) => Judgment::unknown(Reason::Ambiguous),
        // A set is judged member by member; whoever asks here has none.
        Finding::Mismatch(_) | Finding::Many(_) | Finding::Found(_) => {
            Judgment::unknown(Reason::PathMismatch)
        }
    }
}

fn doubtful(doubt: Doubt) -> Reason {
    match doubt {
        Doubt::Misfit => Reason::TypeMismatch,
        Doubt::Bound => Reason::ValueFrom,
        Doubt::NoCondition => Reason::ConditionUnknown,
        Doubt::NoTime => Reason::NoTime,
        Doubt::StaleCondition => Reason::ConditionStale,
    }
}

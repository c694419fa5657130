//! The matrix: what each situation means under each operator. Fail closed in every cell.

use super::truth::Truth;
use crate::condition::{Test, Verdict, WhenAbsent};
use crate::path::Finding;
use crate::report::{Answer, Reason};

/// A truth value and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Judgment {
    pub(super) truth: Truth,
    pub(super) reason: Reason,
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
pub(super) fn kind_absent(test: &Test) -> Judgment {
    match test {
        Test::NotExists => Judgment::SATISFIED,
        _ => Judgment::not(Reason::KindAbsent),
    }
}

/// An object or field that is not there.
pub(super) fn absent(test: &Test, when_absent: Option<WhenAbsent>, reason: Reason) -> Judgment {
    match (test, when_absent) {
        (Test::NotExists, _) => Judgment::SATISFIED,
        (Test::Exists | Test::IsNull, _) => Judgment::not(reason),
        (_, Some(WhenAbsent::Satisfied)) => Judgment::SATISFIED,
        (_, Some(WhenAbsent::Unknown)) => Judgment::unknown(Reason::Absent),
        (_, Some(WhenAbsent::NotSatisfied) | None) => Judgment::not(reason),
    }
}

/// What a path led to.
pub(super) fn finding(
    test: &Test,
    when_absent: Option<WhenAbsent>,
    finding: &Finding<'_>,
) -> Judgment {
    match finding {
        Finding::Absent(_) => absent(test, when_absent, Reason::FieldAbsent),
        Finding::Null if *test == Test::IsNull => Judgment::SATISFIED,
        Finding::Null => absent(test, when_absent, Reason::FieldNull),
        Finding::Ambiguous(_) => Judgment::unknown(Reason::Ambiguous),
        // A set is judged member by member; whoever asks here has none.
        Finding::Mismatch(_) | Finding::Many(_) => Judgment::unknown(Reason::PathMismatch),
        Finding::Found(value) => match test.check(value) {
            Verdict::Holds => Judgment::SATISFIED,
            Verdict::Fails => Judgment::not(Reason::Value),
            Verdict::Misfit => Judgment::unknown(Reason::TypeMismatch),
        },
    }
}

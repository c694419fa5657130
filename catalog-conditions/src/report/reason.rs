//! Why an answer is what it is, as stable codes.

use std::fmt;

/// The reason of an answer. [`as_str`](Self::as_str) is a code that keeps its meaning between versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// It holds.
    Satisfied,
    /// The value is another than asked for.
    Value,
    /// The object does not exist.
    ObjectAbsent,
    /// The cluster does not serve the kind, in that version.
    KindAbsent,
    /// The object has no such field.
    FieldAbsent,
    /// The field is null.
    FieldNull,
    /// The wrong number of members of a set is satisfied.
    Count,
    /// A set that must have members has none.
    EmptySet,
    /// Its parts say so.
    PartsNotSatisfied,
    /// The snapshot does not cover what was asked for.
    NotInSnapshot,
    /// The snapshot holds the object in another version of its API.
    OtherVersion,
    /// Documents of the snapshot contradict each other about the object.
    Contradictory,
    /// The type of the value does not fit what is asked.
    TypeMismatch,
    /// A step of the path does not fit what it meets.
    PathMismatch,
    /// A selection in the path matches several elements.
    Ambiguous,
    /// The field to compare with (`valueFrom`) holds nothing that could be compared.
    ValueFrom,
    /// `status.conditions` has no such condition, or it says Unknown.
    ConditionUnknown,
    /// The condition was observed before the object's last change.
    ConditionStale,
    /// The snapshot does not say when it was taken.
    NoTime,
    /// The path leads to more values than are looked at.
    TooMany,
    /// The API server did not know who asked (401).
    Unauthorized,
    /// The API server may not tell (403), whether or not the object exists.
    Forbidden,
    /// The API server did not answer in time, or could not.
    Unavailable,
    /// The API server could not ask the group's own server, or could not convert the object.
    Discovery,
    /// An access review came to no decision.
    Undecided,
    /// The object is being deleted.
    Terminating,
    /// `each: all` of nothing.
    NothingSelected,
    /// Absence counts as unknown, as the author says.
    Absent,
    /// The namespace that the package goes to was not said.
    NoNamespace,
    /// The parameters were not said.
    NoParameters,
    /// Whether it applies (`when`) could not be decided.
    When,
    /// Its parts leave it open.
    PartsUnknown,
    /// The condition's definition could not be read.
    Definition,
    /// It is not asked.
    NotApplicable,
    /// What it misses is brought by another release.
    Deferred,
}

impl Reason {
    /// The code, such as `condition.not-satisfied.value`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Satisfied => "condition.satisfied",
            Self::Value => "condition.not-satisfied.value",
            Self::ObjectAbsent => "condition.not-satisfied.object-absent",
            Self::KindAbsent => "condition.not-satisfied.kind-absent",
            Self::FieldAbsent => "condition.not-satisfied.field-absent",
            Self::FieldNull => "condition.not-satisfied.field-null",
            Self::Count => "condition.not-satisfied.count",
            Self::EmptySet => "condition.not-satisfied.empty-set",
            Self::PartsNotSatisfied => "condition.not-satisfied.parts",
            Self::NotInSnapshot => "condition.unknown.not-in-snapshot",
            Self::OtherVersion => "condition.unknown.other-version",
            Self::Contradictory => "condition.unknown.contradictory",
            Self::TypeMismatch => "condition.unknown.type-mismatch",
            Self::PathMismatch => "condition.unknown.path-mismatch",
            Self::Ambiguous => "condition.unknown.ambiguous",
            Self::ValueFrom => "condition.unknown.value-from",
            Self::ConditionUnknown => "condition.unknown.condition-unknown",
            Self::ConditionStale => "condition.unknown.condition-stale",
            Self::NoTime => "condition.unknown.no-time",
            Self::TooMany => "condition.unknown.too-many",
            Self::Unauthorized => "condition.unknown.unauthorized",
            Self::Forbidden => "condition.unknown.forbidden",
            Self::Unavailable => "condition.unknown.unavailable",
            Self::Discovery => "condition.unknown.discovery",
            Self::Undecided => "condition.unknown.undecided",
            Self::Terminating => "condition.unknown.terminating",
            Self::NothingSelected => "condition.unknown.nothing-selected",
            Self::Absent => "condition.unknown.absent",
            Self::NoNamespace => "condition.unknown.no-namespace",
            Self::NoParameters => "condition.unknown.no-parameters",
            Self::When => "condition.unknown.when",
            Self::PartsUnknown => "condition.unknown.parts",
            Self::Definition => "condition.unknown.definition",
            Self::NotApplicable => "condition.not-applicable",
            Self::Deferred => "condition.deferred",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

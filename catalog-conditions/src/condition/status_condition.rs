//! `condition`: what `status.conditions` says, by Kubernetes' conventions for it.

use std::fmt;

use serde_json::Value;

use super::test::{Doubt, Verdict};

/// What is asked of the condition of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StatusCondition {
    pub(crate) kind: String,
    pub(crate) status: ConditionStatus,
    pub(crate) reason: Option<String>,
    /// Whether a condition that was observed before the object's last change says nothing.
    pub(crate) fresh: bool,
}

/// The three values of a condition's `status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConditionStatus {
    True,
    False,
    Unknown,
}

impl StatusCondition {
    /// Whether the condition of a type is True, however long ago it was observed.
    pub(crate) fn is_true(kind: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            status: ConditionStatus::True,
            reason: None,
            fresh: false,
        }
    }

    /// No such condition, or one that says Unknown, says nothing: the conventions of the API have it so.
    pub(crate) fn check(&self, object: &Value) -> Verdict {
        let conditions = object
            .pointer("/status/conditions")
            .and_then(Value::as_array);
        let mut of_type = conditions.into_iter().flatten().filter(|condition| {
            condition.get("type").and_then(Value::as_str) == Some(self.kind.as_str())
        });
        let (Some(condition), None) = (of_type.next(), of_type.next()) else {
            return Verdict::Unknown(Doubt::NoCondition);
        };
        let status = condition.get("status").and_then(Value::as_str);
        let Some(status) = status.and_then(ConditionStatus::read) else {
            return Verdict::Unknown(Doubt::NoCondition);
        };
        if self.fresh && is_stale(condition, object) {
            return Verdict::Unknown(Doubt::StaleCondition);
        }
        if status == ConditionStatus::Unknown && self.status != status {
            return Verdict::Unknown(Doubt::NoCondition);
        }
        let reason = condition.get("reason").and_then(Value::as_str);
        let as_wanted = self.reason.is_none() || self.reason.as_deref() == reason;
        Verdict::of(status == self.status && as_wanted)
    }
}

/// Whether a condition was observed before the last change of the object's specification.
fn is_stale<'v>(condition: &'v Value, object: &'v Value) -> bool {
    let said = |value: Option<&'v Value>| value.filter(|value| !value.is_null());
    let observed = said(condition.get("observedGeneration"))
        .or_else(|| said(object.pointer("/status/observedGeneration")));
    let generation = object.pointer("/metadata/generation");
    let (Some(observed), Some(generation)) = (observed, generation) else {
        return false;
    };
    match (observed.as_i64(), generation.as_i64()) {
        (Some(observed), Some(generation)) => observed < generation,
        _ => true,
    }
}

impl ConditionStatus {
    pub(crate) const NAMES: [(&'static str, Self); 3] = [
        ("True", Self::True),
        ("False", Self::False),
        ("Unknown", Self::Unknown),
    ];

    fn read(text: &str) -> Option<Self> {
        let mut names = Self::NAMES.into_iter();
        names
            .find(|(name, _)| *name == text)
            .map(|(_, status)| status)
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

impl fmt::Display for StatusCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "condition {} is {}",
            crate::show::plain(&self.kind),
            self.status.as_str()
        )?;
        match &self.reason {
            Some(reason) => write!(f, " with reason {}", crate::show::text(reason)),
            None => Ok(()),
        }
    }
}

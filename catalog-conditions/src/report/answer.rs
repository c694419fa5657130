//! One answer with what it rests on.

use super::missing::Missing;
use super::outcome::Outcome;
use super::reason::Reason;

/// The answer to one question. What is shown of values is short, on one line, and holds nothing that was read from a Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub(crate) outcome: Outcome,
    pub(crate) reason: Reason,
    pub(crate) object: Option<String>,
    pub(crate) field: Option<String>,
    pub(crate) expected: Option<String>,
    pub(crate) actual: Option<String>,
    pub(crate) help: Vec<String>,
    pub(crate) missing: Option<Missing>,
    pub(crate) read: Option<ReadObject>,
}

/// The state of the object that an answer rests on: a recheck that reads another saw that something changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadObject {
    pub(crate) uid: Option<String>,
    pub(crate) resource_version: Option<String>,
}

impl Answer {
    pub(crate) fn new(outcome: Outcome, reason: Reason) -> Self {
        Self {
            outcome,
            reason,
            object: None,
            field: None,
            expected: None,
            actual: None,
            help: Vec::new(),
            missing: None,
            read: None,
        }
    }

    /// Satisfied, not satisfied, or unknown.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The object asked about, as `Kind/namespace/name (apiVersion)`.
    #[must_use]
    pub fn object(&self) -> Option<&str> {
        self.object.as_deref()
    }

    /// The path asked about, in canonical spelling.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// What was asked for.
    #[must_use]
    pub fn expected(&self) -> Option<&str> {
        self.expected.as_deref()
    }

    /// What was found.
    #[must_use]
    pub fn actual(&self) -> Option<&str> {
        self.actual.as_deref()
    }

    /// Lines of advice, most useful first.
    #[must_use]
    pub fn help(&self) -> &[String] {
        &self.help
    }

    /// The object's state as it was read; `None` where no single object was.
    #[must_use]
    pub fn read(&self) -> Option<&ReadObject> {
        self.read.as_ref()
    }
}

impl ReadObject {
    /// `metadata.uid`.
    #[must_use]
    pub fn uid(&self) -> Option<&str> {
        self.uid.as_deref()
    }

    /// `metadata.resourceVersion`.
    #[must_use]
    pub fn resource_version(&self) -> Option<&str> {
        self.resource_version.as_deref()
    }
}

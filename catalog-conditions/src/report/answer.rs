//! One answer with what it rests on.

use super::missing::Missing;
use super::outcome::Outcome;
use super::read_object::ReadObject;
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
    pub(crate) request: Option<String>,
    pub(crate) reads: Vec<ReadObject>,
    pub(crate) explanation: Vec<String>,
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
            request: None,
            reads: Vec::new(),
            explanation: Vec::new(),
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

    /// The request to the API server that failed, as in `GET secrets "x" -> 403 (user "ci")`.
    #[must_use]
    pub fn request(&self) -> Option<&str> {
        self.request.as_deref()
    }

    /// The objects that the answer rests on, in the state in which they were read, ordered by namespace and name.
    #[must_use]
    pub fn reads(&self) -> &[ReadObject] {
        &self.reads
    }

    /// How far the path led, and what lies there: lines for people, if the [`Context`](crate::Context) asked for them.
    #[must_use]
    pub fn explanation(&self) -> &[String] {
        &self.explanation
    }
}

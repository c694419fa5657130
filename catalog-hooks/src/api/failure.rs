//! Why a call failed, and what that means for whoever made it.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

/// A call that did not succeed: what the server's `Status` says, or that no answer came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    code: Option<u16>,
    reason: String,
    message: String,
    causes: Vec<Cause>,
    retry_after: Option<Duration>,
}

/// One of the causes that a `Status` lists under `details`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Such as `FieldManagerConflict` or `FieldValueInvalid`.
    pub reason: String,
    /// The field, as the server writes it.
    pub field: String,
    /// The server's words.
    pub message: String,
}

/// What a [`Failure`] means for whoever made the call.
///
/// Codes alone do not say it: 403 is RBAC, quota, admission and a namespace that is going; 409 is a name that is taken, a resource version,
/// a uid, or another field manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureClass {
    /// No answer came: the call may have had its effect or not, or may have it later.
    Unanswered,
    /// The server cannot now: waiting helps. It may have done what was asked even so, where it says 500 or 504.
    Transient,
    /// The object is not there; of a create, its namespace.
    NotFound,
    /// The server has no such kind, at least not yet.
    NoSuchKind,
    /// There is one of this name already.
    AlreadyExists,
    /// The object has changed since it was read.
    Outdated,
    /// The object of this name is another one than was meant; of an apply, or where a `PUT` may create, there may be none.
    OtherUid,
    /// Another field manager has a field that was to be applied; [`Failure::causes`] names it.
    FieldConflict,
    /// The namespace is being deleted.
    NamespaceTerminating,
    /// RBAC, a quota, or an admission rule says no.
    Forbidden,
    /// The credentials do not count.
    Unauthorized,
    /// What was sent is wrong, and stays so.
    Invalid,
    /// A watch or a page of a list is too old: read again from the beginning.
    Expired,
}

impl Failure {
    /// What a server said: its HTTP status, and its body, a `Status` if it is one.
    #[must_use]
    pub fn from_status(code: u16, body: &Value) -> Self {
        let text = |pointer| {
            body.pointer(pointer)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let is_status = text("/kind") == "Status";
        let causes = body.pointer("/details/causes").and_then(Value::as_array);
        let of = |cause: &Value, key| {
            cause
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let seconds = body
            .pointer("/details/retryAfterSeconds")
            .and_then(Value::as_u64);
        Self {
            code: Some(code),
            reason: if is_status {
                text("/reason").to_owned()
            } else {
                String::new()
            },
            message: match (is_status, body) {
                (true, _) => text("/message").to_owned(),
                (false, Value::String(words)) => words.clone(),
                (false, _) => String::new(),
            },
            causes: causes
                .into_iter()
                .flatten()
                .map(|cause| Cause {
                    reason: of(cause, "reason"),
                    field: of(cause, "field"),
                    message: of(cause, "message"),
                })
                .collect(),
            retry_after: seconds.map(Duration::from_secs),
        }
    }

    /// No answer came: the connection broke, or the time for it ran out.
    pub fn unanswered(message: impl Into<String>) -> Self {
        Self {
            code: None,
            reason: String::new(),
            message: message.into(),
            causes: Vec::new(),
            retry_after: None,
        }
    }

    /// What is not sent, because it is wrong and stays so: [`Invalid`](FailureClass::Invalid).
    pub(crate) fn refused(message: &str) -> Self {
        let status = json!({"kind": "Status", "reason": "Invalid", "message": message});
        Self::from_status(422, &status)
    }

    /// The same, where the server asked to wait in the `Retry-After` header of its answer: the longer of both counts.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = self.retry_after.max(Some(wait));
        self
    }

    /// The HTTP status; `None` if there was no answer.
    #[must_use]
    pub fn code(&self) -> Option<u16> {
        self.code
    }

    /// The `reason` of the `Status`; empty if the body was none.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The server's words, or why there was no answer.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The causes that the server lists.
    #[must_use]
    pub fn causes(&self) -> &[Cause] {
        &self.causes
    }

    /// How long the server asks to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// What it means for whoever made the call.
    #[must_use]
    pub fn class(&self) -> FailureClass {
        let Some(code) = self.code else {
            return FailureClass::Unanswered;
        };
        match code {
            401 => FailureClass::Unauthorized,
            403 if self.is_of_terminating_namespace() => FailureClass::NamespaceTerminating,
            403 => FailureClass::Forbidden,
            404 if self.is_of_unserved_path() => FailureClass::NoSuchKind,
            404 => FailureClass::NotFound,
            409 => self.conflict(),
            422 if self.is_of_uid() => FailureClass::OtherUid,
            410 => FailureClass::Expired,
            408 | 429 | 502..=504 => FailureClass::Transient,
            500 if self.is_of_what_was_sent() => FailureClass::Invalid,
            500..=599 => FailureClass::Transient,
            _ => FailureClass::Invalid,
        }
    }

    /// Whether the same call may succeed later, without anybody changing anything.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(
            self.class(),
            FailureClass::Unanswered | FailureClass::Transient
        )
    }

    /// Whether the server certainly did nothing.
    #[must_use]
    pub fn is_definite(&self) -> bool {
        match self.class() {
            FailureClass::Unanswered => false,
            FailureClass::Transient => self.code == Some(429),
            _ => true,
        }
    }

    fn is_of_terminating_namespace(&self) -> bool {
        let named = |cause: &Cause| cause.reason == "NamespaceTerminating";
        self.causes.iter().any(named) || self.message.contains("because it is being terminated")
    }

    /// Some of what is wrong with a request the server takes for a fault of its own.
    fn is_of_what_was_sent(&self) -> bool {
        [
            "failed to create typed patch object",
            "failed to convert new object",
            "etcdserver: request is too large",
            "resourceVersion should not be set on objects to be created",
        ]
        .iter()
        .any(|words| self.message.starts_with(words))
    }

    /// A path that no handler has gives plain text; the discovery of a version that a known group lacks gives a `Status` that names nothing.
    fn is_of_unserved_path(&self) -> bool {
        self.reason.is_empty()
            || self
                .message
                .starts_with("the server could not find the requested resource")
    }

    /// A patch or an apply with another uid than the object's is taken for an attempt to change it.
    fn is_of_uid(&self) -> bool {
        self.causes
            .iter()
            .any(|cause| cause.field == "metadata.uid")
    }

    fn conflict(&self) -> FailureClass {
        if self.reason == "AlreadyExists" {
            return FailureClass::AlreadyExists;
        }
        let of_fields = |cause: &Cause| cause.reason == "FieldManagerConflict";
        if self.causes.iter().any(of_fields) {
            return FailureClass::FieldConflict;
        }
        let of_uid = [
            "Precondition failed: UID",
            "the UID in the precondition",
            // An apply to an object that is gone.
            "uid mismatch",
        ];
        if of_uid.iter().any(|words| self.message.contains(words)) {
            return FailureClass::OtherUid;
        }
        FailureClass::Outdated
    }
}

impl fmt::Display for Failure {
    /// The server's words with its status in brackets, on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.message.split_whitespace().collect();
        let words = words.join(" ");
        match (self.code, words.is_empty()) {
            (Some(code), false) => write!(f, "{words} ({code})"),
            (Some(code), true) => write!(f, "the server answered {code} without saying why"),
            (None, false) => write!(f, "no answer: {words}"),
            (None, true) => write!(f, "no answer"),
        }
    }
}

//! Why a request brought nothing, and what that means for a snapshot.

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use super::request::Request;
use crate::show;
use crate::snapshot::{FailureKind, ReadFailure};

/// A request without an answer that could be used.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    cause: Cause,
    tries: u32,
}

/// What the last try ran into.
#[derive(Clone, Debug)]
pub(super) enum Cause {
    /// The server refused.
    Refused(Refusal),
    /// No connection, or one that broke off.
    Connection(String),
    /// The credentials that the client should have sent could not be had.
    Credentials(String),
    /// No whole answer in this time.
    Timeout(Duration),
    /// The answer cannot be read, or is of something else.
    Unreadable(String),
    /// The answer is longer than this many bytes.
    TooLarge(usize),
    /// A list that never ends.
    Endless,
    /// It was not asked at all.
    NotAsked(&'static str),
}

/// A status that is no success.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    message: String,
    /// The object that the server says it does not have.
    named: Option<String>,
    retry_after: Option<Duration>,
}

impl Failure {
    pub(super) fn new(cause: Cause, tries: u32) -> Self {
        Self { cause, tries }
    }

    pub(super) fn not_asked(reason: &'static str) -> Self {
        Self::new(Cause::NotAsked(reason), 0)
    }

    pub(super) fn unreadable(reason: impl Into<String>) -> Self {
        Self::new(Cause::Unreadable(reason.into()), 1)
    }

    /// Whether the server says that it has no object of this name. A path that it does not serve gives a 404 too, without the name.
    pub(super) fn is_absence_of(&self, name: &str) -> bool {
        self.refusal().is_some_and(|refusal| {
            refusal.status == StatusCode::NOT_FOUND && refusal.named.as_deref() == Some(name)
        })
    }

    /// Whether the token for the next page of a list has expired.
    pub(super) fn is_gone(&self) -> bool {
        self.refusal()
            .is_some_and(|refusal| refusal.status == StatusCode::GONE)
    }

    pub(super) fn kind(&self) -> FailureKind {
        match &self.cause {
            Cause::Credentials(_) => FailureKind::Unauthorized,
            Cause::Refused(refusal) => refusal.kind(),
            _ => FailureKind::Unavailable,
        }
    }

    /// As the failure of a read.
    pub(super) fn of(&self, request: &Request) -> ReadFailure {
        self.with_kind(self.kind(), request.line())
    }

    /// As the failure of the discovery of one group, unless it is the client's own doing.
    pub(super) fn of_discovery(&self, request: &Request) -> ReadFailure {
        let kind = match self.kind() {
            kind @ (FailureKind::Unauthorized | FailureKind::Forbidden) => kind,
            _ => FailureKind::Discovery,
        };
        self.with_kind(kind, request.line())
    }

    fn with_kind(&self, kind: FailureKind, line: &str) -> ReadFailure {
        ReadFailure::new(kind, format!("{line} -> {self}"))
    }

    fn refusal(&self) -> Option<&Refusal> {
        match &self.cause {
            Cause::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}

impl Cause {
    /// From what a client could not do. The innermost error says most: `Connection refused (os error 111)`.
    pub(super) fn of_client(error: &kube::Error) -> Self {
        let text = innermost(error);
        match error {
            kube::Error::Auth(_) => Self::Credentials(text),
            _ => Self::Connection(text),
        }
    }

    pub(super) fn of_body(error: &(dyn std::error::Error + 'static), limit: usize) -> Self {
        if error.is::<http_body_util::LengthLimitError>() {
            Self::TooLarge(limit)
        } else {
            Self::Connection(innermost(error))
        }
    }

    /// Whether another try may succeed.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Refused(refusal) => refusal.may_pass(),
            Self::Connection(_) | Self::Timeout(_) | Self::Unreadable(_) => true,
            Self::Credentials(_) | Self::TooLarge(_) | Self::Endless | Self::NotAsked(_) => false,
        }
    }

    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(refusal) => refusal.retry_after,
            _ => None,
        }
    }
}

impl Refusal {
    /// From an answer that is no success; its body is a `Status` document or some text.
    pub(super) fn new(status: StatusCode, body: &[u8], retry_after: Option<Duration>) -> Self {
        let document: Option<Value> = serde_json::from_slice(body).ok();
        let text = |pointer: &str| {
            let document = document.as_ref()?;
            document.pointer(pointer)?.as_str().map(str::to_owned)
        };
        let said = || String::from_utf8_lossy(body).into_owned();
        Self {
            status,
            message: text("/message").unwrap_or_else(said),
            named: text("/details/name"),
            retry_after,
        }
    }

    fn kind(&self) -> FailureKind {
        match self.status {
            StatusCode::UNAUTHORIZED => FailureKind::Unauthorized,
            StatusCode::FORBIDDEN => FailureKind::Forbidden,
            StatusCode::NOT_FOUND => FailureKind::Discovery,
            _ if self.is_conversion() => FailureKind::Discovery,
            _ => FailureKind::Unavailable,
        }
    }

    fn is_conversion(&self) -> bool {
        self.status.is_server_error() && self.message.contains("conversion webhook")
    }

    fn may_pass(&self) -> bool {
        self.status.is_server_error()
            || matches!(
                self.status,
                StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT
            )
    }

    /// Whom the server took the client for, as it says in `… is forbidden: User "ci" cannot get resource …`.
    fn user(&self) -> Option<&str> {
        let (_, rest) = self.message.split_once("User \"")?;
        rest.split_once('"').map(|(user, _)| user)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Cause::Refused(refusal) => refusal.fmt(f)?,
            Cause::Connection(cause) => write!(f, "connection failed: {}", show::plain(cause))?,
            Cause::Credentials(cause) => write!(f, "no credentials: {}", show::plain(cause))?,
            Cause::Timeout(time) => write!(f, "no answer in {time:.0?}")?,
            Cause::Unreadable(reason) => f.write_str(&show::plain(reason))?,
            Cause::TooLarge(bytes) => write!(f, "an answer of more than {bytes} bytes")?,
            Cause::Endless => f.write_str("a list without end")?,
            Cause::NotAsked(reason) => write!(f, "not asked: {reason}")?,
        }
        match self.tries {
            0 | 1 => Ok(()),
            tries => write!(f, " after {tries} tries"),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status.as_u16())?;
        match self.status {
            StatusCode::FORBIDDEN => match self.user() {
                Some(user) => write!(f, " (user {})", show::text(user)),
                None => Ok(()),
            },
            StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND => Ok(()),
            _ if self.message.trim().is_empty() => Ok(()),
            _ => write!(f, " ({})", show::plain(self.message.trim())),
        }
    }
}

/// The text of the error at the bottom. Bounded, because an error could name itself as its source.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let sources = std::iter::successors(Some(error), |error| error.source());
    sources
        .take(16)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

//! A read that failed, and of what kind the failure was.

use std::fmt;

/// Why something of a cluster is not known: a read of it was tried and failed.
///
/// ```
/// use catalog_conditions::snapshot::{FailureKind, ReadFailure, Snapshot};
///
/// let forbidden = ReadFailure::new(FailureKind::Forbidden, "GET deployments.apps -n web -> 403 (user \"ci\")");
/// let snapshot = Snapshot::builder()
///     .complete()
///     .read_failed("apps", "Deployment", Some("web"), None, forbidden)
///     .build();
/// assert!(!snapshot.covers("apps", "Deployment", Some("web")));
/// assert!(snapshot.covers("apps", "Deployment", Some("db")));
/// let failure = snapshot.failure("apps", "Deployment", Some("web"), Some("shop")).expect("the list that failed");
/// assert_eq!(failure.to_string(), "GET deployments.apps -n web -> 403 (user \"ci\")");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReadFailure {
    kind: FailureKind,
    request: String,
}

/// What made a read fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// 401: the API server does not know who asks.
    Unauthorized,
    /// 403: who asks may not read it. The API server answers so whether or not the object exists.
    Forbidden,
    /// A timeout, 429, 5xx or a broken connection.
    Unavailable,
    /// Discovery of the group failed, or a webhook that converts its objects.
    Discovery,
}

impl ReadFailure {
    /// A failure, and the request that met it as one line for people: `GET nodes -> 403 (user "ci")`.
    pub fn new(kind: FailureKind, request: impl Into<String>) -> Self {
        Self {
            kind,
            request: request.into(),
        }
    }

    /// What made the read fail.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        self.kind
    }

    /// The request and its answer, as given.
    #[must_use]
    pub fn request(&self) -> &str {
        &self.request
    }
}

impl fmt::Display for ReadFailure {
    /// The request on one line, with what is invisible in it escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::show::plain(&self.request))
    }
}

impl FailureKind {
    /// The words of `reason:` in a `SnapshotFailure`.
    pub(super) const WORDS: [(&str, Self); 4] = [
        ("unauthorized", Self::Unauthorized),
        ("forbidden", Self::Forbidden),
        ("unavailable", Self::Unavailable),
        ("discovery", Self::Discovery),
    ];

    /// `unauthorized`, `forbidden`, `unavailable` or `discovery`, as `reason:` of a `SnapshotFailure` says it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::Unavailable => "unavailable",
            Self::Discovery => "discovery",
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

//! One release that is not as it was locked.

use std::fmt;

use catalog_model::LockEntry;
use catalog_model::conditions::show::one_line;
use catalog_model::version::Version;

use super::reason::{ChangeReason, Reason};
use crate::conflict::ConflictFact;

/// What became of one release of a lock, or that there is one more, and why.
#[derive(Clone, Debug)]
pub struct LockChange {
    kind: ChangeKind,
    before: Option<LockEntry>,
    after: Option<LockEntry>,
    reason: Reason,
}

/// What became of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ChangeKind {
    /// It was not locked.
    Added,
    /// It is not chosen any more, nor is another release in its place.
    Removed,
    /// A higher version is chosen.
    Upgraded,
    /// A lower version is chosen.
    Downgraded,
    /// The same version of another catalog is chosen.
    OtherCatalog,
    /// The same release goes to another namespace.
    Relocated,
    /// The same version is spelt otherwise, or one of the versions cannot be read, so that nobody can say which is higher.
    Replaced,
}

impl LockChange {
    pub(super) fn new(
        kind: ChangeKind,
        before: Option<&LockEntry>,
        after: Option<&LockEntry>,
        reason: Reason,
    ) -> Self {
        Self {
            kind,
            before: before.cloned(),
            after: after.cloned(),
            reason,
        }
    }

    /// What became of it.
    #[must_use]
    pub fn kind(&self) -> ChangeKind {
        self.kind
    }

    /// The package.
    #[must_use]
    pub fn package(&self) -> &str {
        self.entry().map_or("", LockEntry::package)
    }

    /// Where it goes now, or where it went.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.entry().map_or("", LockEntry::namespace)
    }

    /// What was locked.
    #[must_use]
    pub fn before(&self) -> Option<&LockEntry> {
        self.before.as_ref()
    }

    /// What is chosen now.
    #[must_use]
    pub fn after(&self) -> Option<&LockEntry> {
        self.after.as_ref()
    }

    /// What kind of reason there is.
    #[must_use]
    pub fn reason(&self) -> ChangeReason {
        self.reason.kind
    }

    /// The reason as one sentence within a line, lower case, without a full stop.
    #[must_use]
    pub fn explanation(&self) -> String {
        one_line(&self.reason.text)
    }

    /// For [`ChangeReason::Conflict`]: the facts that keep the locked release from being chosen, each of which counts. Empty for all other reasons.
    #[must_use]
    pub fn facts(&self) -> &[ConflictFact] {
        &self.reason.facts
    }

    fn entry(&self) -> Option<&LockEntry> {
        self.after.as_ref().or(self.before.as_ref())
    }

    /// `from`, `by` and where: the change without its reason.
    fn told(&self) -> String {
        let version = |entry: &Option<LockEntry>| {
            entry
                .as_ref()
                .map_or_else(String::new, |entry| entry.version().to_owned())
        };
        let catalog = |entry: &Option<LockEntry>| {
            let catalog = entry.as_ref().and_then(LockEntry::catalog);
            catalog.map_or_else(
                || "no named catalog".to_owned(),
                |name| format!("the catalog {name}"),
            )
        };
        let namespace = |entry: &Option<LockEntry>| {
            entry
                .as_ref()
                .map_or_else(String::new, |entry| entry.namespace().to_owned())
        };
        let (package, place) = (self.package(), self.namespace());
        let (before, after) = (version(&self.before), version(&self.after));
        match self.kind {
            ChangeKind::Added => format!("added {package} {after} in {place}"),
            ChangeKind::Removed => format!("removed {package} {before} from {place}"),
            ChangeKind::Upgraded => format!("upgraded {package} {before} to {after} in {place}"),
            ChangeKind::Downgraded => {
                format!("downgraded {package} {before} to {after} in {place}")
            }
            ChangeKind::Replaced => format!("replaced {package} {before} by {after} in {place}"),
            ChangeKind::OtherCatalog => {
                let (from, to) = (catalog(&self.before), catalog(&self.after));
                format!("took {package} {after} in {place} from {to}, not from {from}")
            }
            ChangeKind::Relocated => {
                let from = namespace(&self.before);
                format!("moved {package} {after} from {from} to {place}")
            }
        }
    }
}

impl ChangeKind {
    /// What it takes to get from one release to another at the same place; none if they are one.
    pub(super) fn between(before: &LockEntry, after: &LockEntry) -> Option<Self> {
        let is_there = before.shares_catalog(after);
        if before.version() == after.version() {
            return match (is_there, before.namespace() == after.namespace()) {
                (false, _) => Some(Self::OtherCatalog),
                (true, false) => Some(Self::Relocated),
                (true, true) => None,
            };
        }
        let read = |entry: &LockEntry| Version::parse(entry.version()).ok();
        let (Some(from), Some(to)) = (read(before), read(after)) else {
            return Some(Self::Replaced);
        };
        Some(match (from.same_precedence_and_build(&to), from < to) {
            (true, _) if is_there => Self::Replaced,
            (true, _) => Self::OtherCatalog,
            (false, true) => Self::Upgraded,
            (false, false) => Self::Downgraded,
        })
    }

    /// A stable name in camel case, as `otherCatalog`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Upgraded => "upgraded",
            Self::Downgraded => "downgraded",
            Self::OtherCatalog => "otherCatalog",
            Self::Relocated => "relocated",
            Self::Replaced => "replaced",
        }
    }
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for LockChange {
    /// As `upgraded loki 2.9.0 to 3.5.7 in loki: no catalog has 2.9.0 any more`, within one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", one_line(&self.told()), self.explanation())
    }
}

//! What kind of reason a release has for not being as it was locked, and how it is told.

use std::fmt;

use catalog_model::LockEntry;

use crate::conflict::ConflictFact;
use crate::request::Item;

/// Names and facts that are spelt out; how many more there are is said.
pub(super) const TOLD: usize = 3;

/// What kind of reason a [`LockChange`](super::LockChange) has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ChangeReason {
    /// The request asks for it: for the package, another version or catalog, its upgrade or removal.
    Requested,
    /// Something that is chosen needs it, and not what was locked.
    Needed,
    /// Nothing that is chosen needs it any more.
    Unneeded,
    /// What is installed is kept, or does not go back.
    Installed,
    /// No catalog has it any more, or what is there cannot be used.
    Gone,
    /// The request rules it out.
    Excluded,
    /// It does not go together with the rest: [`LockChange::facts`](super::LockChange::facts) say why.
    Conflict,
    /// The package has another scope or another namespace now.
    Place,
    /// The same version is written otherwise.
    Spelling,
    /// Other answers were preferred, or the search for the reason was given up.
    Undetermined,
}

/// A reason, and how it is told.
#[derive(Clone, Debug)]
pub(super) struct Reason {
    pub(super) kind: ChangeReason,
    pub(super) text: String,
    pub(super) facts: Vec<ConflictFact>,
}

impl Reason {
    pub(super) fn new(kind: ChangeReason, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
            facts: Vec::new(),
        }
    }

    /// Of what was not locked.
    pub(super) fn added(entry: &LockEntry) -> Self {
        match (entry.is_requested(), entry.askers()) {
            (true, _) => Self::new(ChangeReason::Requested, "the request asks for it"),
            (false, []) => Self::new(ChangeReason::Installed, "it is installed"),
            (false, askers) => {
                let text = format!("{} need{} it", listed(askers), plural(askers));
                Self::new(ChangeReason::Needed, text)
            }
        }
    }

    pub(super) fn unknown() -> Self {
        let text = "the search for the reason was given up";
        Self::new(ChangeReason::Undetermined, text)
    }

    /// Of an item that what was locked does not meet.
    pub(super) fn asked(item: &Item) -> Self {
        let range = match item.range.as_str().trim() {
            "" | "*" => String::new(),
            range => format!(" {range}"),
        };
        let from = item.catalog.as_ref();
        let from = from.map_or_else(String::new, |name| format!(" of the catalog {name}"));
        let text = format!("the request asks for {}{range}{from}", item.package);
        Self::new(ChangeReason::Requested, text)
    }

    /// Of a package that had an instance in each namespace.
    pub(super) fn one_instance(entry: &LockEntry) -> Self {
        let text = format!("there is one {} for the whole cluster now", entry.package());
        Self::new(ChangeReason::Place, text)
    }
}

impl ChangeReason {
    /// A stable name in camel case, as `requested`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Needed => "needed",
            Self::Unneeded => "unneeded",
            Self::Installed => "installed",
            Self::Gone => "gone",
            Self::Excluded => "excluded",
            Self::Conflict => "conflict",
            Self::Place => "place",
            Self::Spelling => "spelling",
            Self::Undetermined => "undetermined",
        }
    }
}

impl fmt::Display for ChangeReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// "a", "a and b", "a, b, c and 5 more".
pub(super) fn listed(names: &[String]) -> String {
    let mut told: Vec<String> = names.iter().take(TOLD).cloned().collect();
    match (
        names.len().checked_sub(TOLD).filter(|more| *more > 0),
        told.pop(),
    ) {
        (_, None) => String::new(),
        (Some(more), Some(last)) => format!("{}, {last} and {more} more", told.join(", ")),
        (None, Some(last)) if told.is_empty() => last,
        (None, Some(last)) => format!("{} and {last}", told.join(", ")),
    }
}

/// How many names are left out.
pub(super) fn more(count: usize) -> String {
    match count.checked_sub(TOLD).filter(|more| *more > 0) {
        Some(more) => format!(" and {more} more"),
        None => String::new(),
    }
}

/// The end of a verb whose subject is these.
pub(super) fn plural(names: &[String]) -> &'static str {
    if names.len() == 1 { "s" } else { "" }
}

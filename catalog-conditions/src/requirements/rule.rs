//! One rule of a role.

use std::collections::BTreeSet;

/// A right, as a `PolicyRule` of RBAC says it: one verb, on resources of one group, for all objects or for those named.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule {
    pub(super) group: String,
    pub(super) verb: Verb,
    pub(super) resources: BTreeSet<String>,
    pub(super) names: BTreeSet<String>,
}

/// What a [`Rule`] allows to do. Reading needs no other verb; more may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Verb {
    /// To read an object by its name.
    Get,
    /// To read all objects. RBAC cannot narrow this to a selection of them.
    List,
}

impl Rule {
    /// The group of the API; empty for the core group.
    #[must_use]
    pub fn group(&self) -> &str {
        &self.group
    }

    /// What is allowed.
    #[must_use]
    pub fn verb(&self) -> Verb {
        self.verb
    }

    /// The resources by their plural names, in order.
    pub fn resources(&self) -> impl Iterator<Item = &str> {
        self.resources.iter().map(String::as_str)
    }

    /// The names of the objects that it is allowed for, in order; none if it is allowed for all.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }
}

impl Verb {
    /// `get` or `list`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::List => "list",
        }
    }
}

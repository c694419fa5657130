//! How far a snapshot's knowledge goes.

use std::collections::BTreeSet;

use super::{ByGroupAndKind, of};

/// The namespaces in which all objects of a kind are known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Namespaces {
    /// All of them; also for kinds that live in none.
    All,
    /// These.
    Named(BTreeSet<String>),
}

/// Where absence is an answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Coverage {
    everything: bool,
    kinds: ByGroupAndKind<Namespaces>,
    /// Something could not be read, and nobody knows what it was.
    damaged: bool,
}

impl Coverage {
    pub(super) fn cover_everything(&mut self) {
        self.everything = true;
    }

    pub(super) fn damage(&mut self) {
        self.damaged = true;
    }

    pub(super) fn cover(&mut self, group: &str, kind: &str, namespaces: Namespaces) {
        let known = self
            .kinds
            .entry(group.to_owned())
            .or_default()
            .entry(kind.to_owned())
            .or_insert_with(|| Namespaces::Named(BTreeSet::new()));
        match (known, namespaces) {
            (Namespaces::All, _) => {}
            (known, Namespaces::All) => *known = Namespaces::All,
            (Namespaces::Named(known), Namespaces::Named(more)) => known.extend(more),
        }
    }

    pub(super) fn covers(&self, group: &str, kind: &str, namespace: Option<&str>) -> bool {
        if self.damaged {
            return false;
        }
        self.everything
            || match (of(&self.kinds, group, kind), namespace) {
                (None, _) => false,
                (Some(Namespaces::All), _) => true,
                (Some(Namespaces::Named(names)), Some(namespace)) => names.contains(namespace),
                (Some(Namespaces::Named(_)), None) => false,
            }
    }

    pub(super) fn names_namespaces(&self, group: &str, kind: &str) -> bool {
        matches!(of(&self.kinds, group, kind), Some(Namespaces::Named(names)) if !names.is_empty())
    }
}

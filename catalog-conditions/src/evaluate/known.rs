//! What is known of a cluster: the snapshot, and what a change that was only supposed would make of it.

use super::Asking;
use super::hypothesis::Hypothesis;
use crate::snapshot::{Copies, Scope, Served, Stored};

impl<'s> Asking<'s> {
    pub(super) fn server_version(self) -> Option<&'s str> {
        let supposed = self.supposed.and_then(Hypothesis::server_version);
        supposed.or_else(|| self.snapshot.server_version())
    }

    pub(super) fn stored(
        self,
        identity: (&str, &str, &str, &str),
        version: &str,
    ) -> Option<Stored<'s>> {
        let supposed = self
            .supposed
            .and_then(|supposed| supposed.copies_of(identity));
        match supposed {
            Some(copies) => Some(copies.in_version(version)),
            None => self.snapshot.stored(identity, version),
        }
    }

    /// Namespace, name and what is stored of each object of a kind.
    pub(super) fn stored_of_kind(
        self,
        group: &str,
        kind: &str,
    ) -> impl Iterator<Item = (&'s str, &'s str, &'s Copies)> + use<'s> {
        let supposed = self
            .supposed
            .and_then(|supposed| supposed.of_kind(group, kind));
        replaced(self.snapshot.stored_of_kind(group, kind), supposed)
    }

    /// The same of the objects in one namespace.
    pub(super) fn stored_in(
        self,
        group: &str,
        kind: &str,
        namespace: &str,
    ) -> impl Iterator<Item = (&'s str, &'s str, &'s Copies)> + use<'s> {
        let supposed = self
            .supposed
            .and_then(|supposed| supposed.of_kind(group, kind))
            .filter(|(place, _, _)| *place == namespace);
        replaced(self.snapshot.stored_in(group, kind, namespace), supposed)
    }

    pub(super) fn serves(self, group: &str, version: Option<&str>, kind: &str) -> Served {
        let supposed = self.supposed;
        if supposed.is_some_and(|supposed| supposed.serves(group, version, kind)) {
            return Served::Yes;
        }
        match self.snapshot.serves(group, version, kind) {
            Served::Unknown
                if supposed.is_some_and(|supposed| supposed.shows(group, version, kind)) =>
            {
                Served::Yes
            }
            served => served,
        }
    }

    /// Whether a kind lives in namespaces; `None` if nothing says so.
    pub(super) fn scope(self, group: &str, kind: &str) -> Option<Scope> {
        let known = self.snapshot.scope(group, kind);
        known.or_else(|| self.supposed?.scope(group, kind))
    }
}

/// Objects with one in the place of its like, or added.
fn replaced<'s>(
    stored: impl Iterator<Item = (&'s str, &'s str, &'s Copies)>,
    supposed: Option<(&'s str, &'s str, &'s Copies)>,
) -> impl Iterator<Item = (&'s str, &'s str, &'s Copies)> {
    let identity = supposed.map(|(namespace, name, _)| (namespace, name));
    stored
        .filter(move |(namespace, name, _)| identity != Some((*namespace, *name)))
        .chain(supposed)
}

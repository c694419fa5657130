//! Finds a named object, or says why it cannot be found.

use serde_json::Value;

use super::Asking;
use crate::condition::{Name, ObjectTarget, Places};
use crate::report::Reason;
use crate::snapshot::{Scope, Served, Stored};

/// A named object, as far as the snapshot knows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Located<'s> {
    Object(&'s Value),
    KindAbsent,
    ObjectAbsent,
    OtherVersion(&'s str),
    /// Not known, and why.
    Unknown(Reason),
}

impl<'s> Asking<'s> {
    /// The namespace that a target's object is in: empty for a kind without, `None` if it is not known.
    pub(super) fn namespace_of<'a>(self, target: &'a ObjectTarget) -> Option<&'a str>
    where
        's: 'a,
    {
        let own = self.context.namespace();
        match (
            &target.places,
            self.snapshot.scope(&target.group, &target.kind),
        ) {
            (_, Some(Scope::Cluster)) => Some(""),
            (Places::These(names), _) => names.first().and_then(|name| name.resolve(own)),
            (Places::Default, Some(Scope::Namespaced)) => own,
            // Nothing says whether the kind lives in namespaces, so that no object of it is here.
            (Places::Default, None) => Some(own.unwrap_or_default()),
            (Places::All, _) => None,
        }
    }

    pub(super) fn locate(self, target: &ObjectTarget, name: &Name) -> Located<'s> {
        let (group, kind) = (target.group.as_str(), target.kind.as_str());
        let served = self.snapshot.serves(group, Some(&target.version), kind);
        if served == Served::No {
            return Located::KindAbsent;
        }
        let (Some(name), Some(namespace)) = (
            name.resolve(self.context.namespace()),
            self.namespace_of(target),
        ) else {
            return Located::Unknown(Reason::NoNamespace);
        };
        match self
            .snapshot
            .stored((group, kind, namespace, name), &target.version)
        {
            Some(Stored::Object(object)) => Located::Object(object),
            Some(Stored::OtherVersion(version)) => Located::OtherVersion(version),
            Some(Stored::Contradictory) => Located::Unknown(Reason::Contradictory),
            None if self.covers(target, namespace) => Located::ObjectAbsent,
            None => Located::Unknown(Reason::NotInSnapshot),
        }
    }

    /// Whether an object of the target's kind that is not in the snapshot is not in that namespace of the cluster either.
    pub(super) fn covers(self, target: &ObjectTarget, namespace: &str) -> bool {
        let (group, kind) = (target.group.as_str(), target.kind.as_str());
        let scope_known =
            self.snapshot.scope(group, kind).is_some() || matches!(target.places, Places::These(_));
        let place = Some(namespace).filter(|namespace| scope_known && !namespace.is_empty());
        self.snapshot.covers(group, kind, place)
    }
}

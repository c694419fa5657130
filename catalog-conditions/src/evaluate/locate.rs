//! Finds a named object, or says why it cannot be found.

use serde_json::Value;

use super::Asking;
use crate::condition::{Name, ObjectTarget, Places};
use crate::report::Reason;
use crate::snapshot::{ReadFailure, Scope, Served, Stored};

/// A named object, as far as the snapshot knows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Located<'s> {
    Object(&'s Value),
    KindAbsent,
    ObjectAbsent,
    OtherVersion(&'s str),
    /// Not known, and why.
    Unknown(Reason),
    /// Not known, since reading it failed.
    Failed(&'s ReadFailure),
}

impl<'s> Asking<'s> {
    /// The namespace that a target's object is in: empty for a kind without, `None` if it is not known.
    pub(super) fn namespace_of<'a>(self, target: &'a ObjectTarget) -> Option<&'a str>
    where
        's: 'a,
    {
        let own = self.context.namespace();
        match (&target.places, self.scope(&target.group, &target.kind)) {
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
        match self.serves(group, Some(&target.version), kind) {
            Served::No => return Located::KindAbsent,
            Served::Contradictory => return Located::Unknown(Reason::Contradictory),
            Served::Yes | Served::Unknown => {}
        }
        let (Some(name), Some(namespace)) = (
            name.resolve(self.context.namespace()),
            self.namespace_of(target),
        ) else {
            return Located::Unknown(Reason::NoNamespace);
        };
        match self.stored((group, kind, namespace, name), &target.version) {
            Some(Stored::Object(object)) => Located::Object(object),
            Some(Stored::OtherVersion(version)) => Located::OtherVersion(version),
            Some(Stored::Contradictory) => Located::Unknown(Reason::Contradictory),
            None => self.not_stored(target, namespace, name),
        }
    }

    /// The version in which the snapshot holds a named object, if it holds it in another version only.
    pub(super) fn other_version(self, target: &ObjectTarget, name: &Name) -> Option<&'s str> {
        let name = name.resolve(self.context.namespace())?;
        let namespace = self.namespace_of(target)?;
        let identity = (target.group.as_str(), target.kind.as_str(), namespace, name);
        match self.stored(identity, &target.version)? {
            Stored::OtherVersion(version) => Some(version),
            Stored::Object(_) | Stored::Contradictory => None,
        }
    }

    /// What is known of an object that is not in the snapshot.
    fn not_stored(self, target: &ObjectTarget, namespace: &str, name: &str) -> Located<'s> {
        let (group, kind) = (target.group.as_str(), target.kind.as_str());
        let scope_known =
            self.scope(group, kind).is_some() || matches!(target.places, Places::These(_));
        let place = Some(namespace).filter(|namespace| scope_known && !namespace.is_empty());
        if self.snapshot.covers_name(group, kind, place, name) {
            return Located::ObjectAbsent;
        }
        if let Some(failure) = self.snapshot.failure(group, kind, place, Some(name)) {
            return Located::Failed(failure);
        }
        let asked_in_vain = self.snapshot.discovery_failed(group, Some(&target.version));
        Located::Unknown(if asked_in_vain {
            Reason::Discovery
        } else {
            Reason::NotInSnapshot
        })
    }
}

//! How far a snapshot's knowledge goes.

use std::collections::{BTreeMap, BTreeSet};

use super::failure::ReadFailure;
use super::failures::Failures;
use super::selections::Selections;
use super::{ByGroupAndKind, of};
use crate::selector::LabelSelector;

/// The namespaces in which all objects of a kind are known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Namespaces {
    /// All of them; also for kinds that live in none.
    All,
    /// These.
    Named(BTreeSet<String>),
}

/// Where absence is an answer.
///
/// A read that failed takes back what its own place or a wider one was said to cover: that all objects of a kind are here is not
/// believed where listing them failed, while a narrower read may have succeeded beside it (a `get` is often allowed where `list`
/// is forbidden). To have everything is nobody's read, and yields to any failure.
#[derive(Clone, Debug, Default)]
pub(super) struct Coverage {
    everything: bool,
    kinds: ByGroupAndKind<OneKind>,
    failures: Failures,
    /// Something could not be read, and nobody knows what it was.
    damaged: bool,
}

#[derive(Clone, Debug, Default)]
struct OneKind {
    whole: Places,
    selections: Selections,
    /// By namespace, which is empty for kinds that live in none.
    names: BTreeMap<String, BTreeSet<String>>,
}

/// Where something was read: everywhere at once, and in single namespaces.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    all: bool,
    named: BTreeSet<String>,
}

/// A kind, and a namespace or all of them.
#[derive(Clone, Copy)]
pub(super) struct Place<'q> {
    pub(super) group: &'q str,
    pub(super) kind: &'q str,
    pub(super) namespace: Option<&'q str>,
}

impl Places {
    fn extend(&mut self, namespaces: Namespaces) {
        match namespaces {
            Namespaces::All => self.all = true,
            Namespaces::Named(names) => self.named.extend(names),
        }
    }
}

impl Coverage {
    pub(super) fn cover_everything(&mut self) {
        self.everything = true;
    }

    pub(super) fn damage(&mut self) {
        self.damaged = true;
    }

    pub(super) fn cover(&mut self, group: &str, kind: &str, namespaces: Namespaces) {
        self.kind_mut(group, kind).whole.extend(namespaces);
    }

    pub(super) fn cover_names(
        &mut self,
        group: &str,
        kind: &str,
        namespace: Option<&str>,
        names: impl IntoIterator<Item = String>,
    ) {
        let namespace = namespace.unwrap_or_default().to_owned();
        let known = &mut self.kind_mut(group, kind).names;
        known.entry(namespace).or_default().extend(names);
    }

    pub(super) fn cover_selection(
        &mut self,
        group: &str,
        kind: &str,
        namespaces: Namespaces,
        selector: &LabelSelector,
    ) {
        let one_kind = self.kind_mut(group, kind);
        if selector.requirements().is_empty() {
            one_kind.whole.extend(namespaces);
        } else if let Some(places) = one_kind.selections.places_mut(selector) {
            places.extend(namespaces);
        }
    }

    pub(super) fn fail(&mut self, place: Place<'_>, name: Option<&str>, failure: ReadFailure) {
        let kind = (place.group, place.kind);
        self.failures.add(kind, place.namespace, name, failure);
    }

    /// Whether all objects of a kind are known at a place.
    pub(super) fn covers(&self, place: Place<'_>) -> bool {
        !self.damaged
            && (self.vouched(place)
                || self
                    .kind(place)
                    .is_some_and(|kind| self.reaches(&kind.whole, place)))
    }

    /// Whether all objects that a selector selects are known at a place.
    pub(super) fn covers_selection(&self, place: Place<'_>, selector: &LabelSelector) -> bool {
        let held = |kind: &OneKind| {
            let reaches = |places: &Places| self.reaches(places, place);
            kind.selections.any(selector, reaches)
        };
        self.covers(place) || (!self.damaged && self.kind(place).is_some_and(held))
    }

    /// Whether an object of this name is known, or known to be absent.
    pub(super) fn covers_name(&self, place: Place<'_>, name: &str) -> bool {
        let failed = self
            .failures
            .of_name(place.group, place.kind, place.namespace, name);
        let read = |kind: &OneKind| {
            let names = kind.names.get(place.namespace.unwrap_or_default());
            names.is_some_and(|names| names.contains(name))
        };
        !self.damaged
            && failed.is_none()
            && (self.everything_but_lists(place)
                || self.covers(place)
                || self.kind(place).is_some_and(read))
    }

    /// The failed read that explains why an object, or for no name some object, is not known. The narrowest is told.
    pub(super) fn failure(&self, place: Place<'_>, name: Option<&str>) -> Option<&ReadFailure> {
        let Place {
            group,
            kind,
            namespace,
        } = place;
        let one = name.and_then(|name| self.failures.of_name(group, kind, namespace, name));
        let many = || self.failures.of_list(group, kind, namespace);
        let other = || self.failures.of_any_name(group, kind, namespace);
        // What was vouched for as a whole lacks what the read of any one object did not bring.
        let doubts_everything = self.everything && name.is_none();
        one.or_else(many)
            .or_else(|| other().filter(|_| doubts_everything))
    }

    pub(super) fn names_namespaces(&self, group: &str, kind: &str) -> bool {
        of(&self.kinds, group, kind)
            .is_some_and(|kind| !kind.whole.all && !kind.whole.named.is_empty())
    }

    /// Whether everything is here, and no read of anything at the place failed.
    fn vouched(&self, place: Place<'_>) -> bool {
        let Place {
            group,
            kind,
            namespace,
        } = place;
        self.everything_but_lists(place)
            && self.failures.of_any_name(group, kind, namespace).is_none()
    }

    /// Whether everything is here but for single objects.
    fn everything_but_lists(&self, place: Place<'_>) -> bool {
        let Place {
            group,
            kind,
            namespace,
        } = place;
        self.everything && self.failures.of_list(group, kind, namespace).is_none()
    }

    /// Whether what was read in some places includes this one.
    fn reaches(&self, places: &Places, place: Place<'_>) -> bool {
        let Place {
            group,
            kind,
            namespace,
        } = place;
        let everywhere = || places.all && self.failures.of_list(group, kind, namespace).is_none();
        let here = |namespace| {
            places.named.contains(namespace)
                && self.failures.of_namespace(group, kind, namespace).is_none()
        };
        everywhere() || namespace.is_some_and(here)
    }

    fn kind(&self, place: Place<'_>) -> Option<&OneKind> {
        of(&self.kinds, place.group, place.kind)
    }

    fn kind_mut(&mut self, group: &str, kind: &str) -> &mut OneKind {
        let groups = self.kinds.entry(group.to_owned()).or_default();
        groups.entry(kind.to_owned()).or_default()
    }
}

//! The objects of a snapshot, found by their identity.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use serde_json::Value;

use super::identity::Identity;
use super::scope::Scope;
use super::{ByGroupAndKind, of};

/// Objects by group, kind, namespace and name.
#[derive(Clone, Debug, Default)]
pub(super) struct Objects {
    kinds: ByGroupAndKind<OneKind>,
}

#[derive(Clone, Debug, Default)]
struct OneKind {
    by_namespace: BTreeMap<String, BTreeMap<String, Copies>>,
    /// The versions of its API in which some object is written. Whether a version is served is asked once a question.
    versions: BTreeSet<String>,
    /// Some object of the kind could not be read: what is not here may exist all the same.
    some_unread: bool,
}

/// One object, in each version of its API in which the snapshot holds it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Copies {
    by_version: BTreeMap<String, Value>,
    /// Two documents say different things about it.
    contradictory: bool,
}

/// What is held of one object, as seen by somebody who asks for one version of its API.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Stored<'s> {
    /// The object.
    Object(&'s Value),
    /// It is held in another version only.
    OtherVersion(&'s str),
    /// Two documents contradict each other.
    Contradictory,
}

/// What became of an object that was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Added {
    New,
    Same,
    Contradictory,
}

impl Objects {
    pub(super) fn add(&mut self, identity: &Identity, object: Value) -> Added {
        let one_kind = self.kind_mut(&identity.group, &identity.kind);
        if !one_kind.versions.contains(&identity.version) {
            one_kind.versions.insert(identity.version.clone());
        }
        one_kind
            .by_namespace
            .entry(identity.namespace.clone())
            .or_default()
            .entry(identity.name.clone())
            .or_default()
            .add(&identity.version, object)
    }

    pub(super) fn mark_unread(&mut self, group: &str, kind: &str) {
        self.kind_mut(group, kind).some_unread = true;
    }

    /// Takes out the objects of a kind that have no namespace, and returns their names: of a kind that lives in namespaces, nobody
    /// can tell where they belong.
    pub(super) fn remove_homeless(&mut self, group: &str, kind: &str) -> Vec<String> {
        let homeless = self.kind_mut(group, kind).take_homeless();
        homeless
            .map(|names| names.into_keys().collect())
            .unwrap_or_default()
    }

    /// Puts the objects of a kind that are in namespaces beside those that are in none, and returns the namespaces and names that
    /// they had. What two of one name say must agree.
    pub(super) fn take_out_of_namespaces(
        &mut self,
        group: &str,
        kind: &str,
    ) -> Vec<(String, String)> {
        let by_namespace = &mut self.kind_mut(group, kind).by_namespace;
        let mut in_none = by_namespace.remove("").unwrap_or_default();
        let mut moved = Vec::new();
        for (namespace, names) in std::mem::take(by_namespace) {
            for (name, copies) in names {
                in_none.entry(name.clone()).or_default().merge(copies);
                moved.push((namespace.clone(), name));
            }
        }
        by_namespace.insert(String::new(), in_none);
        moved
    }

    /// Whether some object of the kind is in a namespace.
    pub(super) fn is_namespaced(&self, group: &str, kind: &str) -> bool {
        of(&self.kinds, group, kind)
            .is_some_and(|kind| kind.by_namespace.keys().any(|name| !name.is_empty()))
    }

    pub(super) fn group_kinds(&self) -> impl Iterator<Item = (&str, &str)> {
        self.kinds.iter().flat_map(|(group, kinds)| {
            kinds
                .keys()
                .map(move |kind| (group.as_str(), kind.as_str()))
        })
    }

    pub(super) fn copies(
        &self,
        group: &str,
        kind: &str,
        namespace: &str,
        name: &str,
    ) -> Option<&Copies> {
        of(&self.kinds, group, kind)?
            .by_namespace
            .get(namespace)?
            .get(name)
    }

    pub(super) fn of_kind<'s>(
        &'s self,
        group: &str,
        kind: &str,
    ) -> impl Iterator<Item = (&'s str, &'s str, &'s Copies)> + use<'s> {
        let namespaces = of(&self.kinds, group, kind)
            .into_iter()
            .flat_map(|kind| &kind.by_namespace);
        namespaces.flat_map(|(namespace, names)| {
            names
                .iter()
                .map(move |(name, copies)| (namespace.as_str(), name.as_str(), copies))
        })
    }

    /// The objects of a kind in one namespace, as [`of_kind`](Self::of_kind).
    pub(super) fn of_namespace<'s>(
        &'s self,
        group: &str,
        kind: &str,
        namespace: &str,
    ) -> impl Iterator<Item = (&'s str, &'s str, &'s Copies)> + use<'s> {
        let place = of(&self.kinds, group, kind)
            .and_then(|kind| kind.by_namespace.get_key_value(namespace));
        place.into_iter().flat_map(|(namespace, names)| {
            names
                .iter()
                .map(move |(name, copies)| (namespace.as_str(), name.as_str(), copies))
        })
    }

    /// The first `count` namespaces of a kind, and of those the ones that have an object of this name.
    pub(super) fn namespaces_with<'s>(
        &'s self,
        (group, kind): (&str, &str),
        name: &str,
        count: usize,
    ) -> impl Iterator<Item = &'s str> {
        let kind = of(&self.kinds, group, kind).into_iter();
        let namespaces = kind.flat_map(|kind| &kind.by_namespace).take(count);
        namespaces
            .filter(move |(_, names)| names.contains_key(name))
            .map(|(namespace, _)| namespace.as_str())
    }

    /// Names in one namespace, in order: as many as `count` that come before a name, and as many that come after it.
    pub(super) fn names_around<'s>(
        &'s self,
        (group, kind): (&str, &str),
        namespace: &str,
        name: &str,
        count: usize,
    ) -> Vec<&'s str> {
        let Some(names) =
            of(&self.kinds, group, kind).and_then(|kind| kind.by_namespace.get(namespace))
        else {
            return Vec::new();
        };
        let bound = Bound::Excluded(name);
        let before = names.range::<str, _>((Bound::Unbounded, bound)).rev();
        let after = names.range::<str, _>((bound, Bound::Unbounded));
        let mut around: Vec<&str> = before.take(count).map(|(name, _)| name.as_str()).collect();
        around.reverse();
        around.extend(after.take(count).map(|(name, _)| name.as_str()));
        around
    }

    pub(super) fn all_read(&self, group: &str, kind: &str) -> bool {
        of(&self.kinds, group, kind).is_none_or(|kind| !kind.some_unread)
    }

    /// Whether an object proves that its API is served.
    pub(super) fn shows(&self, group: &str, version: Option<&str>, kind: &str) -> bool {
        of(&self.kinds, group, kind).is_some_and(|kind| match version {
            Some(version) => kind.versions.contains(version),
            None => !kind.versions.is_empty(),
        })
    }

    /// Whether the objects of the kind that are here are in namespaces; they are all alike once each is in its place.
    pub(super) fn scope(&self, group: &str, kind: &str) -> Option<Scope> {
        let (namespace, _, _) = self.of_kind(group, kind).next()?;
        Some(if namespace.is_empty() {
            Scope::Cluster
        } else {
            Scope::Namespaced
        })
    }

    fn kind_mut(&mut self, group: &str, kind: &str) -> &mut OneKind {
        self.kinds
            .entry(group.to_owned())
            .or_default()
            .entry(kind.to_owned())
            .or_default()
    }
}

impl OneKind {
    fn take_homeless(&mut self) -> Option<BTreeMap<String, Copies>> {
        let homeless = self.by_namespace.remove("")?;
        let left = self.by_namespace.values().flat_map(BTreeMap::values);
        let versions = left.flat_map(|copies| copies.by_version.keys().cloned());
        self.versions = versions.collect();
        Some(homeless)
    }
}

impl Copies {
    pub(crate) fn of_one(version: &str, object: Value) -> Self {
        Self {
            by_version: BTreeMap::from([(version.to_owned(), object)]),
            contradictory: false,
        }
    }

    fn add(&mut self, version: &str, object: Value) -> Added {
        match self.by_version.get(version) {
            None => {
                self.by_version.insert(version.to_owned(), object);
                Added::New
            }
            Some(same) if *same == object => Added::Same,
            Some(other) => {
                // Which of the two is kept must not depend on which came first.
                if compare(&object, other) == Ordering::Less {
                    self.by_version.insert(version.to_owned(), object);
                }
                self.contradictory = true;
                Added::Contradictory
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.contradictory |= other.contradictory;
        for (version, object) in other.by_version {
            self.add(&version, object);
        }
    }

    pub(crate) fn in_version(&self, version: &str) -> Stored<'_> {
        match self.by_version.get(version) {
            _ if self.contradictory => Stored::Contradictory,
            Some(object) => Stored::Object(object),
            None => Stored::OtherVersion(self.by_version.keys().next().map_or("", String::as_str)),
        }
    }

    pub(super) fn first(&self) -> Option<&Value> {
        self.by_version.values().next()
    }

    /// Whether two documents say different things about the object, so that neither its labels nor its fields are known.
    pub(crate) fn is_contradictory(&self) -> bool {
        self.contradictory
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Value> {
        self.by_version.values()
    }
}

/// Some order of values. It looks no further than to the first difference: of one large object and many small ones that all
/// contradict it, the large one is not walked each time.
fn compare(one: &Value, other: &Value) -> Ordering {
    match (one, other) {
        (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
        (Value::Number(one), Value::Number(other)) => one.to_string().cmp(&other.to_string()),
        (Value::String(one), Value::String(other)) => one.cmp(other),
        (Value::Array(one), Value::Array(other)) => {
            let mut pairs = one.iter().zip(other);
            let first = pairs.find_map(|(one, other)| difference(one, other));
            first.unwrap_or_else(|| one.len().cmp(&other.len()))
        }
        (Value::Object(one), Value::Object(other)) => {
            let mut pairs = one.iter().zip(other);
            let first = pairs.find_map(|((key, one), (other_key, other))| {
                let keys = key.cmp(other_key);
                if keys.is_ne() {
                    Some(keys)
                } else {
                    difference(one, other)
                }
            });
            first.unwrap_or_else(|| one.len().cmp(&other.len()))
        }
        _ => rank(one).cmp(&rank(other)),
    }
}

fn difference(one: &Value, other: &Value) -> Option<Ordering> {
    Some(compare(one, other)).filter(|order| order.is_ne())
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    }
}

//! Where the objects are.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::kind::Kind;
use super::owners::Owners;
use crate::api::ObjectRef;

/// Under which name an object is kept: one for all versions of its group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    pub(super) group: String,
    pub(super) kind: String,
    pub(super) namespace: Option<String>,
    pub(super) name: String,
}

#[derive(Clone, Debug)]
struct Entry {
    object: Arc<Value>,
    owners: Arc<Owners>,
}

/// All objects, and the counters from which their uids and resource versions come. A copy shares the objects.
#[derive(Clone, Debug, Default)]
pub(super) struct Store {
    entries: Arc<BTreeMap<Arc<Key>, Entry>>,
    early_kinds: Arc<BTreeSet<(String, Kind)>>,
    version: u64,
    uids: u64,
}

impl Key {
    pub(super) fn new(group: &str, kind: &str, namespace: Option<&str>, name: &str) -> Self {
        Self {
            group: group.to_owned(),
            kind: kind.to_owned(),
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
        }
    }

    pub(super) fn of(target: &ObjectRef) -> Self {
        Self::new(
            target.group(),
            target.kind(),
            target.namespace(),
            target.name(),
        )
    }

    /// An object of the core group in a namespace.
    pub(super) fn core(kind: &str, namespace: &str, name: &str) -> Self {
        Self::new("", kind, Some(namespace), name)
    }

    pub(super) fn namespace_object(name: &str) -> Self {
        Self::new("", "Namespace", None, name)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{} {namespace}/{}", self.kind, self.name),
            None => write!(f, "{} {}", self.kind, self.name),
        }
    }
}

impl Store {
    pub(super) fn get(&self, key: &Key) -> Option<&Arc<Value>> {
        self.entries.get(key).map(|entry| &entry.object)
    }

    pub(super) fn owners(&self, key: &Key) -> Arc<Owners> {
        let found = self.entries.get(key).map(|entry| Arc::clone(&entry.owners));
        found.unwrap_or_default()
    }

    /// All objects, by key.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Arc<Key>, &Arc<Value>)> {
        self.entries.iter().map(|(key, entry)| (key, &entry.object))
    }

    /// All objects of a kind.
    pub(super) fn of_kind(
        &self,
        group: &str,
        kind: &str,
    ) -> impl Iterator<Item = (&Arc<Key>, &Arc<Value>)> {
        let from = Key::new(group, kind, None, "");
        let (group, kind) = (group.to_owned(), kind.to_owned());
        self.entries
            .range::<Key, _>(from..)
            .take_while(move |(key, _)| key.group == group && key.kind == kind)
            .map(|(key, entry)| (key, &entry.object))
    }

    pub(super) fn insert(&mut self, key: Arc<Key>, object: Arc<Value>, owners: Arc<Owners>) {
        Arc::make_mut(&mut self.entries).insert(key, Entry { object, owners });
    }

    pub(super) fn remove(&mut self, key: &Key) -> Option<Arc<Value>> {
        let entry = Arc::make_mut(&mut self.entries).remove(key)?;
        Some(entry.object)
    }

    /// The next resource version: one counter for all objects, as etcd's.
    pub(super) fn next_version(&mut self) -> String {
        self.version += 1;
        // A real server has made objects of its own before the first of ours.
        (self.version + 200).to_string()
    }

    /// A uid that none had before.
    pub(super) fn next_uid(&mut self) -> String {
        self.uids += 1;
        format!("00000000-0000-4000-8000-{:012x}", self.uids)
    }

    /// A part of a name that none had before.
    pub(super) fn next_suffix(&mut self) -> String {
        self.uids += 1;
        format!("{:05x}", self.uids)
    }

    /// Serves a kind without a definition.
    pub(super) fn serve(&mut self, api_version: &str, kind: Kind) {
        Arc::make_mut(&mut self.early_kinds).insert((api_version.to_owned(), kind));
    }

    /// The kinds without a definition, each with its API version.
    pub(super) fn early_kinds(&self) -> impl Iterator<Item = &(String, Kind)> {
        self.early_kinds.iter()
    }

    pub(super) fn early_kind(&self, api_version: &str, kind: &str) -> Option<Kind> {
        let is_it =
            |(version, early): &&(String, Kind)| version == api_version && early.kind == kind;
        self.early_kinds
            .iter()
            .find(is_it)
            .map(|(_, kind)| kind.clone())
    }
}

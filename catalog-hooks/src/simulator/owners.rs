//! Who set which field: what server-side apply needs of `metadata.managedFields`.
//!
//! Lists count as one field, but for those of finalizers. A real server merges lists of maps by their keys too.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

/// A field: the keys on the way to it, and for an item of a set its value as `v:`.
pub(super) type Path = Arc<[String]>;

/// By field, its managers.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Owners(BTreeMap<Path, BTreeSet<Arc<str>>>);

/// Fields of `metadata` that nobody manages.
const UNMANAGED: [&str; 9] = [
    "name",
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "managedFields",
];

impl Owners {
    /// The managers of a field other than this one.
    pub(super) fn others(&self, path: &Path, manager: &str) -> impl Iterator<Item = &Arc<str>> {
        let found = self.0.get(path).into_iter().flatten();
        found.filter(move |owner| &***owner != manager)
    }

    /// The fields of a manager.
    pub(super) fn of<'o>(&'o self, manager: &'o str) -> impl Iterator<Item = &'o Path> {
        let has = move |owners: &BTreeSet<Arc<str>>| owners.iter().any(|owner| &**owner == manager);
        self.0
            .iter()
            .filter(move |(_, owners)| has(owners))
            .map(|(path, _)| path)
    }

    /// Adds a manager to a field, alone if it is `forced`.
    pub(super) fn add(&mut self, path: Path, manager: &Arc<str>, forced: bool) {
        let owners = self.0.entry(path).or_default();
        if forced {
            owners.clear();
        }
        owners.insert(Arc::clone(manager));
    }

    /// Takes a manager off a field; whether nobody has it any more.
    pub(super) fn leave(&mut self, path: &Path, manager: &str) -> bool {
        let Some(owners) = self.0.get_mut(path) else {
            return false;
        };
        owners.retain(|owner| &**owner != manager);
        let is_free = owners.is_empty();
        if is_free {
            self.0.remove(path);
        }
        is_free
    }

    /// What a write by other means than apply does: who changed a field has it alone.
    pub(super) fn written(&mut self, before: &Value, after: &Value, manager: &Arc<str>) {
        let old = leaves(before);
        let new = leaves(after);
        for (path, value) in &new {
            if old.get(path) != Some(value) {
                self.add(Arc::clone(path), manager, true);
            }
        }
        self.0.retain(|path, _| new.contains_key(path));
    }
}

/// The managed fields of an object with their values. The status is not among them: controllers write it by another door.
pub(super) fn leaves(object: &Value) -> BTreeMap<Path, Value> {
    let mut found = BTreeMap::new();
    let mut path = Vec::new();
    for (key, value) in object.as_object().into_iter().flatten() {
        if !matches!(key.as_str(), "apiVersion" | "kind" | "status") {
            collect(key, value, &mut path, &mut found);
        }
    }
    found
}

/// As a server writes a field: `.data.a`.
pub(super) fn shown(path: &Path) -> String {
    path.iter().map(|key| format!(".{key}")).collect()
}

fn collect(key: &str, value: &Value, path: &mut Vec<String>, found: &mut BTreeMap<Path, Value>) {
    let of_metadata = path.len() == 1 && path.first().is_some_and(|first| first == "metadata");
    if of_metadata && UNMANAGED.contains(&key) {
        return;
    }
    path.push(key.to_owned());
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                collect(key, value, path, found);
            }
        }
        Value::Array(items) if of_metadata && key == "finalizers" => {
            for item in items {
                let mut path = path.clone();
                path.push(format!("v:{}", item.as_str().unwrap_or_default()));
                found.insert(path.into(), item.clone());
            }
        }
        _ => {
            found.insert(path.as_slice().into(), value.clone());
        }
    }
    path.pop();
}

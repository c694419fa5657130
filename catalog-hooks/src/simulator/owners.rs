//! Who set which field: what server-side apply needs of `metadata.managedFields`.
//!
//! Lists count as one field, but for those of finalizers. A real server merges lists of maps by their keys too.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::label;

/// A field: the keys on the way to it, and for an item of a set its value as `v:`.
pub(super) type Path = Arc<[String]>;

/// By field, its managers; and by manager, when it changed something last.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Owners {
    fields: BTreeMap<Path, BTreeSet<Arc<str>>>,
    times: BTreeMap<Arc<str>, Arc<str>>,
}

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

/// Where the one list is of which each item is a field.
const FINALIZERS: [&str; 2] = ["metadata", "finalizers"];

impl Owners {
    /// The managers of a field other than this one.
    pub(super) fn others(&self, path: &Path, manager: &str) -> impl Iterator<Item = &Arc<str>> {
        let found = self.fields.get(path).into_iter().flatten();
        found.filter(move |owner| &***owner != manager)
    }

    /// Whether the fields of a manager are alike in two objects, but for the marks of releases: those are no values of anybody else's.
    pub(super) fn are_kept(&self, manager: &str, (before, after): (&Value, &Value)) -> bool {
        let mut fields = self.of(manager).filter(|path| !is_mark(path));
        fields.all(|path| field(before, path) == field(after, path))
    }

    /// All managers other than this one.
    pub(super) fn all_others(&self, manager: &str) -> impl Iterator<Item = &Arc<str>> {
        let all: BTreeSet<&Arc<str>> = self.fields.values().flatten().collect();
        all.into_iter().filter(move |owner| &***owner != manager)
    }

    /// The fields of a manager.
    pub(super) fn of<'o>(&'o self, manager: &'o str) -> impl Iterator<Item = &'o Path> {
        let has = move |owners: &BTreeSet<Arc<str>>| owners.iter().any(|owner| &**owner == manager);
        self.fields
            .iter()
            .filter(move |(_, owners)| has(owners))
            .map(|(path, _)| path)
    }

    /// Adds a manager to a field, alone if it is `forced`.
    pub(super) fn add(&mut self, path: Path, manager: &Arc<str>, forced: bool) {
        let owners = self.fields.entry(path).or_default();
        if forced {
            owners.clear();
        }
        owners.insert(Arc::clone(manager));
    }

    /// Takes a manager off a field; whether nobody has it any more.
    pub(super) fn leave(&mut self, path: &Path, manager: &str) -> bool {
        let Some(owners) = self.fields.get_mut(path) else {
            return false;
        };
        owners.retain(|owner| &**owner != manager);
        let is_free = owners.is_empty();
        if is_free {
            self.fields.remove(path);
        }
        is_free
    }

    /// When a manager changed something last.
    pub(super) fn time(&self, manager: &str) -> &str {
        self.times.get(manager).map_or("", |time| time)
    }

    /// Notes when a manager changed something.
    pub(super) fn touched(&mut self, manager: &Arc<str>, now: &str) {
        self.times.insert(Arc::clone(manager), now.into());
    }

    /// What a write by other means than apply does: who changed a field has it alone.
    pub(super) fn written(
        &mut self,
        before: &Value,
        after: &Value,
        (manager, now): (&Arc<str>, &str),
    ) {
        let mut has_changed = false;
        fields(after, &mut |path, value| {
            if field(before, path) != Some(value) {
                self.add(owned(path), manager, true);
                has_changed = true;
            }
        });
        if has_changed {
            self.touched(manager, now);
        }
        self.fields.retain(|path, _| field(after, path).is_some());
    }
}

/// The managed fields of an object with their values. The status is not among them: controllers write it by another door.
pub(super) fn leaves(object: &Value) -> BTreeMap<Path, &Value> {
    let mut found = BTreeMap::new();
    fields(object, &mut |path, value| {
        found.insert(owned(path), value);
    });
    found
}

/// Whether a field is a mark of releases.
pub(super) fn is_mark(path: &Path) -> bool {
    path.last()
        .is_some_and(|key| key.starts_with(label::PREFIX))
}

/// As a server writes a field: `.data.a`.
pub(super) fn shown(path: &Path) -> String {
    path.iter().map(|key| format!(".{key}")).collect()
}

/// The value of a managed field, which [`fields`] would tell of.
fn field<'v>(object: &'v Value, path: &[impl AsRef<str>]) -> Option<&'v Value> {
    let mut parents: [&str; 2] = [""; 2];
    let mut value = object;
    for (depth, key) in path.iter().map(AsRef::as_ref).enumerate() {
        let of_metadata = depth == 1 && parents == ["metadata", ""];
        if is_unmanaged(key, depth, of_metadata) {
            return None;
        }
        value = match value {
            Value::Object(map) => map.get(key)?,
            Value::Array(items) if depth == 2 && parents == FINALIZERS => {
                items.iter().rfind(|item| is_item(key, item))?
            }
            _ => return None,
        };
        if let Some(parent) = parents.get_mut(depth) {
            *parent = key;
        }
    }
    let is_list_of_items = path.len() == 2 && parents == FINALIZERS && value.is_array();
    let is_leaf = value.as_object().is_none_or(serde_json::Map::is_empty);
    (is_leaf && !is_list_of_items && !path.is_empty()).then_some(value)
}

/// Tells of each managed field.
fn fields<'v>(object: &'v Value, tell: &mut dyn FnMut(&[Cow<'v, str>], &'v Value)) {
    let mut path = Vec::new();
    for (key, value) in object.as_object().into_iter().flatten() {
        collect(key, value, &mut path, tell);
    }
}

fn collect<'v>(
    key: &'v str,
    value: &'v Value,
    path: &mut Vec<Cow<'v, str>>,
    tell: &mut dyn FnMut(&[Cow<'v, str>], &'v Value),
) {
    let of_metadata = path.len() == 1 && path.first().is_some_and(|first| first == "metadata");
    if is_unmanaged(key, path.len(), of_metadata) {
        return;
    }
    path.push(key.into());
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                collect(key, value, path, tell);
            }
        }
        Value::Array(items) if of_metadata && key == "finalizers" => {
            for item in items {
                path.push(format!("v:{}", item.as_str().unwrap_or_default()).into());
                tell(path, item);
                path.pop();
            }
        }
        _ => tell(path, value),
    }
    path.pop();
}

fn is_unmanaged(key: &str, depth: usize, of_metadata: bool) -> bool {
    let is_no_field = depth == 0 && matches!(key, "apiVersion" | "kind" | "status");
    is_no_field || of_metadata && UNMANAGED.contains(&key)
}

fn is_item(key: &str, item: &Value) -> bool {
    key.strip_prefix("v:") == Some(item.as_str().unwrap_or_default())
}

fn owned(path: &[Cow<'_, str>]) -> Path {
    path.iter().map(|key| key.clone().into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{field, leaves};

    #[test]
    fn fields_are_found_where_they_are_told_of() {
        let object = json!({
            "apiVersion": "v1", "kind": "Job", "status": {"active": 1}, "data": {}, "list": [1], "null": null,
            "metadata": {"name": "x", "uid": "u", "labels": {"a": "b"}, "finalizers": ["one", "two"], "annotations": {}},
            "spec": {"metadata": {"name": "y"}, "template": {"spec": {"containers": [{}]}}},
        });
        let all = leaves(&object);
        let shown: Vec<String> = all.keys().map(super::shown).collect();
        insta::assert_snapshot!(shown.join(" "), @".data .list .metadata.annotations .metadata.finalizers.v:one .metadata.finalizers.v:two .metadata.labels.a .null .spec.metadata.name .spec.template.spec.containers");
        for (path, value) in &all {
            assert_eq!(field(&object, path), Some(*value), "{path:?}");
        }
        for path in [
            &["kind"][..],
            &["status", "active"],
            &["metadata", "name"],
            &["metadata", "finalizers"],
            &["metadata", "finalizers", "v:three"],
            &["spec"],
            &["spec", "template"],
            &["list", "0"],
            &["x"],
            &[],
        ] {
            assert_eq!(field(&object, path), None, "{path:?}");
        }
    }
}

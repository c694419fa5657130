//! Merge patches and strategic merge patches.

use serde_json::{Map, Value};

use super::cluster::FakeCluster;
use super::{field, refusal};
use crate::api::{Failure, ObjectRef, PatchKind};

/// Lists that a strategic patch merges by a key.
const BY_KEY: [(&str, &str); 6] = [
    ("conditions", "type"),
    ("containers", "name"),
    ("env", "name"),
    ("initContainers", "name"),
    ("ownerReferences", "uid"),
    ("volumes", "name"),
];
/// The list that a strategic patch adds to.
const ADDED_TO: &str = "finalizers";
const DELETED_FROM: &str = "$deleteFromPrimitiveList/";

impl FakeCluster {
    pub(super) fn patch(
        &mut self,
        target: &ObjectRef,
        patch: &Value,
        kind: PatchKind,
    ) -> Result<Value, Failure> {
        let place = self.place(target)?;
        if place.kind.custom && kind == PatchKind::Strategic {
            return Err(refusal::unsupported_patch());
        }
        let before = self.there(&place)?;
        let mut after = Value::clone(&before);
        // What is not stated is no precondition.
        field::remove(&mut after, &["metadata", "resourceVersion"]);
        match kind {
            PatchKind::Merge => merge(&mut after, patch),
            PatchKind::Strategic => strategic(&mut after, patch),
        }
        let owners = self.written_by_hand(&place, &before, &after);
        self.update(&place, &before, after, owners, false)
    }
}

/// RFC 7386.
pub(super) fn merge(target: &mut Value, patch: &Value) {
    let Some(entries) = patch.as_object() else {
        *target = patch.clone();
        return;
    };
    let target = field::map(target, &[]);
    for (key, value) in entries {
        if value.is_null() {
            target.remove(key);
        } else {
            merge(target.entry(key.as_str()).or_insert(Value::Null), value);
        }
    }
}

/// Kubernetes' own merge, for the lists that lifecycle patches touch.
pub(super) fn strategic(target: &mut Value, patch: &Value) {
    let Some(entries) = patch.as_object() else {
        *target = patch.clone();
        return;
    };
    let target = field::map(target, &[]);
    for (key, value) in entries {
        if let Some(list) = key.strip_prefix(DELETED_FROM) {
            delete_from(target, list, value);
        } else if key.starts_with('$') {
            // Orders of lists do not matter to anyone here.
        } else if value.is_null() {
            target.remove(key);
        } else {
            strategic_entry(target, key, value);
        }
    }
}

fn strategic_entry(target: &mut Map<String, Value>, key: &str, value: &Value) {
    let there = target.entry(key).or_insert(Value::Null);
    let by = BY_KEY.iter().find(|(list, _)| *list == key);
    match (value, by, there) {
        (Value::Array(new), None, Value::Array(items)) if key == ADDED_TO => {
            let missing: Vec<Value> = new
                .iter()
                .filter(|one| !items.contains(one))
                .cloned()
                .collect();
            items.extend(missing);
        }
        (Value::Array(new), Some((_, by)), Value::Array(items)) => merge_by_key(items, new, by),
        (Value::Object(_), _, there) => strategic(there, value),
        (_, _, there) => *there = value.clone(),
    }
}

fn merge_by_key(items: &mut Vec<Value>, new: &[Value], by: &str) {
    for one in new {
        let name = one.get(by);
        if one.get("$patch").is_some_and(|what| what == "delete") {
            items.retain(|item| item.get(by) != name);
        } else if let Some(item) = items.iter_mut().find(|item| item.get(by) == name) {
            strategic(item, one);
        } else {
            items.push(one.clone());
        }
    }
}

fn delete_from(target: &mut Map<String, Value>, list: &str, gone: &Value) {
    let gone = gone.as_array().map_or(&[][..], Vec::as_slice);
    if let Some(items) = target.get_mut(list).and_then(Value::as_array_mut) {
        items.retain(|item| !gone.contains(item));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{merge, strategic};

    #[test]
    fn merge_patches_follow_rfc_7386() {
        let cases = [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (
                json!({"a": "b", "b": "c"}),
                json!({"a": null}),
                json!({"b": "c"}),
            ),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (
                json!({"a": [{"b": "c"}]}),
                json!({"a": [1]}),
                json!({"a": [1]}),
            ),
            (
                json!(["a", "b"]),
                json!({"a": "b", "c": null}),
                json!({"a": "b"}),
            ),
            (
                json!({}),
                json!({"a": {"bb": {"ccc": null}}}),
                json!({"a": {"bb": {}}}),
            ),
        ];
        for (target, patch, expected) in cases {
            let mut patched = target.clone();
            merge(&mut patched, &patch);
            assert_eq!(patched, expected, "{target} with {patch}");
        }
    }

    #[test]
    fn strategic_patches_merge_lists() {
        let cases = [
            (
                json!({"finalizers": ["a", "b"]}),
                json!({"$deleteFromPrimitiveList/finalizers": ["a", "x"]}),
                json!({"finalizers": ["b"]}),
            ),
            (
                json!({"finalizers": ["a"]}),
                json!({"finalizers": ["b", "a"]}),
                json!({"finalizers": ["a", "b"]}),
            ),
            (
                json!({"containers": [{"name": "a", "image": "1"}, {"name": "b"}]}),
                json!({"containers": [{"name": "a", "image": "2"}, {"name": "b", "$patch": "delete"}, {"name": "c"}]}),
                json!({"containers": [{"name": "a", "image": "2"}, {"name": "c"}]}),
            ),
            (
                json!({"args": [1, 2]}),
                json!({"args": [3]}),
                json!({"args": [3]}),
            ),
            (
                json!({"a": 1, "b": {"c": 2}}),
                json!({"a": null, "b": {"d": 3}}),
                json!({"b": {"c": 2, "d": 3}}),
            ),
        ];
        for (target, patch, expected) in cases {
            let mut patched = target.clone();
            strategic(&mut patched, &patch);
            assert_eq!(patched, expected, "{target} with {patch}");
        }
    }
}

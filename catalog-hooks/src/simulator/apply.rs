//! Server-side apply.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::cluster::FakeCluster;
use super::create::Place;
use super::kind::{Kind, named};
use super::owners::{Owners, Path, leaves, shown};
use super::{field, refusal, rfc3339, schema, size};
use crate::api::{FIELD_MANAGER, Failure, ObjectRef};
use crate::pointer::At;

/// How an apply is told from other writes by the same manager, which own their fields apart.
const APPLIED: &str = "catalog-hooks (apply)";

/// Kinds without a spec, and their fields.
const FIELDS: [(&str, &[&str]); 3] = [
    ("ConfigMap", &["binaryData", "data", "immutable"]),
    ("Secret", &["data", "immutable", "stringData", "type"]),
    (
        "ServiceAccount",
        &[
            "automountServiceAccountToken",
            "imagePullSecrets",
            "secrets",
        ],
    ),
];

impl FakeCluster {
    pub(super) fn apply(
        &mut self,
        manifest: &Value,
        force: bool,
        dry_run: bool,
    ) -> Result<Value, Failure> {
        size::of_request(manifest)?;
        let target = named(manifest)?;
        let place = self.place(&target)?;
        known_fields(&place.kind, &target, manifest)?;
        schema::applied(&place.kind, &target, manifest)?;
        let Some(before) = self.store.get(&place.key).cloned() else {
            return self.apply_new(&place, manifest, dry_run);
        };
        let mut owners = Owners::clone(&self.store.owners(&place.key));
        if !force {
            let conflicts = conflicts(&owners, &before, manifest);
            if !conflicts.is_empty() {
                return Err(refusal::field_conflict(&conflicts, target.api_version()));
            }
        }
        let after = applied(&mut owners, &before, manifest, force);
        if !is_same_but_version(&after, &before) || owners != *self.store.owners(&place.key) {
            owners.touched(&APPLIED.into(), &rfc3339::write(self.now));
        }
        let managers = managers(&owners);
        let mut after = self.update(&place, &before, after, owners, dry_run)?;
        field::set(&mut after, &["metadata", "managedFields"], managers);
        Ok(after)
    }

    fn apply_new(
        &mut self,
        place: &Place,
        manifest: &Value,
        dry_run: bool,
    ) -> Result<Value, Failure> {
        let uid = field::text(manifest, "/metadata/uid");
        if !uid.is_empty() {
            return Err(refusal::uid_of_nothing(&place.kind, &place.key.name, uid));
        }
        let manager: Arc<str> = APPLIED.into();
        let mut owners = Owners::default();
        let now = rfc3339::write(self.now);
        owners.written(&Value::Null, manifest, (&manager, &now));
        let managers = managers(&owners);
        let mut made = self.make(place, manifest.clone(), owners, dry_run)?;
        field::set(&mut made, &["metadata", "managedFields"], managers);
        Ok(made)
    }
}

/// What an answer says of those who have set fields: which, as far as their first key tells, and when. A read says nothing of them.
fn managers(owners: &Owners) -> Vec<Value> {
    let entry = |manager: &str, operation: &str, time: &str, fields: Value| {
        let kind = "FieldsV1";
        json!({"manager": manager, "operation": operation, "time": time, "fieldsType": kind, "fieldsV1": fields})
    };
    let others = owners.all_others(APPLIED).map(|manager| {
        let keys = owners.of(manager).filter_map(|path| path.first());
        let fields = keys.map(|key| (format!("f:{key}"), json!({})));
        let time = owners.time(manager);
        entry(
            manager,
            "Update",
            time,
            fields.collect::<Map<_, _>>().into(),
        )
    });
    let own = entry(FIELD_MANAGER, "Apply", owners.time(APPLIED), json!({}));
    std::iter::once(own).chain(others).collect()
}

/// Whether two objects are alike, but for the version that a manifest may not say.
fn is_same_but_version(one: &Value, other: &Value) -> bool {
    is_same_without((one, other), "metadata")
        && is_same_without((metadata(one), metadata(other)), "resourceVersion")
}

fn metadata(object: &Value) -> &Value {
    object.at("/metadata").unwrap_or(&Value::Null)
}

/// Whether two objects are alike, but for this key.
fn is_same_without((one, other): (&Value, &Value), key: &str) -> bool {
    let (Some(one), Some(other)) = (one.as_object(), other.as_object()) else {
        return one == other;
    };
    let others = |map: &Map<String, Value>| map.keys().filter(|name| *name != key).count();
    let mut own = one.iter().filter(|(name, _)| *name != key);
    others(one) == others(other) && own.all(|(name, value)| other.get(name) == Some(value))
}

/// Refuses top-level fields that the kind does not have.
fn known_fields(kind: &Kind, target: &ObjectRef, manifest: &Value) -> Result<(), Failure> {
    let known = FIELDS.iter().find(|(name, _)| kind.is(name));
    let Some((_, known)) = known else {
        return Ok(());
    };
    let is_known =
        |key: &str| matches!(key, "apiVersion" | "kind" | "metadata") || known.contains(&key);
    let fields = manifest.as_object().into_iter().flatten();
    match fields.map(|(key, _)| key).find(|key| !is_known(key)) {
        None => Ok(()),
        Some(key) => Err(refusal::no_such_field(kind, target, key)),
    }
}

/// The fields that others have and that would become something else, with who has them.
fn conflicts(owners: &Owners, before: &Value, manifest: &Value) -> Vec<(String, String)> {
    let now = leaves(before);
    let mut found = Vec::new();
    for (path, value) in leaves(manifest) {
        if now.get(&path).is_none_or(|there| *there == value) {
            continue;
        }
        let others = owners.others(&path, APPLIED);
        found.extend(others.map(|owner| (owner.to_string(), shown(&path))));
    }
    found
}

/// The object with the manifest's fields, and without those that were applied before and are no longer.
fn applied(owners: &mut Owners, before: &Value, manifest: &Value, force: bool) -> Value {
    let manager: Arc<str> = APPLIED.into();
    let wanted = leaves(manifest);
    let now = leaves(before);
    let mut after = before.clone();
    field::remove(&mut after, &["metadata", "resourceVersion"]);
    let dropped: Vec<Path> = owners
        .of(APPLIED)
        .filter(|path| !wanted.contains_key(*path))
        .cloned()
        .collect();
    for path in dropped {
        if owners.leave(&path, APPLIED) {
            remove(&mut after, &path);
        }
    }
    for (path, value) in wanted {
        let changes = now.get(&path) != Some(&value);
        put(&mut after, &path, value.clone());
        owners.add(path, &manager, force && changes);
    }
    for key in ["uid", "resourceVersion"] {
        let pointer = format!("/metadata/{key}");
        if let Some(stated) = manifest.at(&pointer) {
            field::set(&mut after, &["metadata", key], stated.clone());
        }
    }
    after
}

/// Puts a field where it belongs; an item of a set is added to its list.
fn put(object: &mut Value, path: &Path, value: Value) {
    let keys: Vec<&str> = path.iter().map(String::as_str).collect();
    match keys.split_last() {
        Some((last, parents)) if last.starts_with("v:") => {
            let Some((list, parents)) = parents.split_last() else {
                return;
            };
            let list = field::map(object, parents)
                .entry(*list)
                .or_insert(Value::Null);
            match list {
                Value::Array(items) if items.contains(&value) => {}
                Value::Array(items) => items.push(value),
                other => *other = Value::Array(vec![value]),
            }
        }
        _ => field::set(object, &keys, value),
    }
}

/// Takes a field out, and the maps that it leaves empty.
fn remove(object: &mut Value, path: &Path) {
    let keys: Vec<&str> = path.iter().map(String::as_str).collect();
    let Some((last, parents)) = keys.split_last() else {
        return;
    };
    if let Some(item) = last.strip_prefix("v:") {
        let pointer = format!("/{}", parents.join("/"));
        let list = object.pointer_mut(&pointer).and_then(Value::as_array_mut);
        if let Some(list) = list {
            list.retain(|one| one.as_str() != Some(item));
        }
        return;
    }
    field::remove(object, &keys);
    let empty = |object: &Value, keys: &[&str]| {
        let pointer: String = keys
            .iter()
            .map(|key| format!("/{}", escaped(key)))
            .collect();
        let map = object.at(&pointer).and_then(Value::as_object);
        map.is_some_and(Map::is_empty)
    };
    for length in (1..keys.len()).rev() {
        let Some(parents) = keys.get(..length).filter(|parents| empty(object, parents)) else {
            return;
        };
        field::remove(object, parents);
    }
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

//! How objects change, whichever way it was asked for.

use std::sync::Arc;

use serde_json::Value;

use super::cluster::FakeCluster;
use super::create::{Place, encode_strings, object_rules};
use super::interference::SOMEBODY;
use super::kind::{Kind, named};
use super::owners::Owners;
use super::refusal::Wrong;
use super::{definition, field, job, refusal, rfc3339, schema, size};
use crate::api::{FIELD_MANAGER, Failure};
use crate::pointer::At;

/// Kinds of the server's own whose status only controllers write.
const WITH_STATUS: [&str; 7] = [
    "CustomResourceDefinition",
    "DaemonSet",
    "Deployment",
    "Job",
    "Namespace",
    "Pod",
    "StatefulSet",
];

impl FakeCluster {
    pub(super) fn replace(&mut self, object: &Value) -> Result<Value, Failure> {
        size::of_request(object)?;
        let target = named(object)?;
        let place = self.place(&target)?;
        schema::written(&place.kind, &target, object)?;
        let before = self.there(&place)?;
        let asked = field::text(object, "/metadata/uid");
        let found = field::text(&before, "/metadata/uid");
        if !asked.is_empty() && asked != found {
            let uids = (asked, found);
            return Err(refusal::other_uid_in_storage(
                &place.kind,
                target.name(),
                uids,
            ));
        }
        let owners = self.written_by_hand(&place, &before, object);
        self.update(&place, &before, object.clone(), owners, false)
    }

    /// The object that is to be changed.
    pub(super) fn there(&self, place: &Place) -> Result<Arc<Value>, Failure> {
        let found = self.store.get(&place.key).cloned();
        found.ok_or_else(|| refusal::not_found(&place.kind, &place.key.name))
    }

    /// The owners of fields after a write that is no apply.
    pub(super) fn written_by_hand(&self, place: &Place, before: &Value, after: &Value) -> Owners {
        let mut owners = Owners::clone(&self.store.owners(&place.key));
        let now = rfc3339::write(self.now);
        owners.written(before, after, (&self.manager(), &now));
        owners
    }

    /// The name that who acts has as a manager of fields.
    pub(super) fn manager(&self) -> Arc<str> {
        match self.who() {
            who if &*who == SOMEBODY => who,
            _ => FIELD_MANAGER.into(),
        }
    }

    /// Puts `after` in the place of `before`, if the server's rules let it.
    pub(super) fn update(
        &mut self,
        place: &Place,
        before: &Value,
        mut after: Value,
        owners: Owners,
        dry_run: bool,
    ) -> Result<Value, Failure> {
        let (kind, name) = (&place.kind, place.key.name.as_str());
        let version = field::text(&after, "/metadata/resourceVersion");
        let is_stated = !matches!(version, "" | "0");
        if is_stated && version != field::text(before, "/metadata/resourceVersion") {
            return Err(refusal::outdated(kind, name));
        }
        restore(kind, before, &mut after);
        let wrong = rules(kind, before, &after);
        if !wrong.is_empty() {
            return Err(refusal::invalid(kind, name, &wrong));
        }
        if dry_run {
            return Ok(after);
        }
        if after == *before && owners == *self.store.owners(&place.key) {
            return Ok(after);
        }
        size::of_stored(&after)?;
        let object = self.put(&place.key, after, Arc::new(owners));
        self.remove_if_released(&place.key);
        Ok(Value::clone(&object))
    }
}

/// Puts back what only the server writes, and counts a change of the spec.
fn restore(kind: &Kind, before: &Value, after: &mut Value) {
    if kind.is("Secret") {
        encode_strings(after);
    }
    for key in [
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "generation",
        "name",
        "namespace",
        "resourceVersion",
    ] {
        put_back(before, after, &["metadata", key]);
    }
    if !field::has(after, "/metadata/uid") {
        put_back(before, after, &["metadata", "uid"]);
    }
    for key in ["finalizers", "labels", "annotations", "ownerReferences"] {
        drop_empty(after, &["metadata", key]);
    }
    if kind.custom || WITH_STATUS.contains(&kind.kind.as_str()) {
        put_back(before, after, &["status"]);
    }
    if kind.has_generation() && is_generation_new(kind, before, after) {
        let generation = field::count(before, "/metadata/generation") + 1;
        field::set(after, &["metadata", "generation"], generation);
    }
}

/// Whether there is a change of what `metadata.generation` counts the changes of.
fn is_generation_new(kind: &Kind, before: &Value, after: &Value) -> bool {
    if !kind.custom {
        return before.get("spec").unwrap_or(&Value::Null)
            != after.get("spec").unwrap_or(&Value::Null);
    }
    let is_as_before = |(key, value): (&String, &Value)| before.get(key) == Some(value);
    content(before).count() != content(after).count() || !content(after).all(is_as_before)
}

/// The fields of a custom resource that are its own.
fn content(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let fields = object.as_object().into_iter().flatten();
    fields.filter(|(key, _)| !matches!(key.as_str(), "apiVersion" | "kind" | "metadata" | "status"))
}

fn put_back(before: &Value, after: &mut Value, path: &[&str]) {
    let pointer = format!("/{}", path.join("/"));
    match before.at(&pointer) {
        Some(value) => field::set(after, path, value.clone()),
        None => {
            field::remove(after, path);
        }
    }
}

fn drop_empty(object: &mut Value, path: &[&str]) {
    let pointer = format!("/{}", path.join("/"));
    let is_empty = object.at(&pointer).is_some_and(|value| match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    });
    if is_empty {
        field::remove(object, path);
    }
}

/// What is wrong with a change.
fn rules(kind: &Kind, before: &Value, after: &Value) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let uid = |object: &Value| object.at("/metadata/uid").cloned().unwrap_or_default();
    if uid(before) != uid(after) {
        wrong.push(refusal::immutable("metadata.uid", &uid(after)));
    }
    wrong.extend(new_finalizers(before, after));
    wrong.extend(object_rules(after));
    let is_fixed = before.get("immutable").is_some_and(|fixed| *fixed == true);
    if is_fixed && before.get("data") != after.get("data") {
        wrong.push((
            "FieldValueForbidden",
            "data".to_owned(),
            "Forbidden: field is immutable when `immutable` is set".to_owned(),
        ));
    }
    if kind.is("Job") {
        wrong.extend(job::rules_of_change(before, after));
    }
    if kind.is("CustomResourceDefinition") {
        wrong.extend(definition::rules_of_change(before, after));
    }
    wrong
}

/// An object that is being deleted gets no new finalizers.
fn new_finalizers(before: &Value, after: &Value) -> Option<Wrong> {
    if !field::has(before, "/metadata/deletionTimestamp") {
        return None;
    }
    let had = field::list(before, "/metadata/finalizers");
    let new: Vec<String> = field::list(after, "/metadata/finalizers")
        .iter()
        .filter(|one| !had.contains(one))
        .map(Value::to_string)
        .collect();
    let message = format!(
        "Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
        new.join(", ")
    );
    (!new.is_empty()).then(|| {
        (
            "FieldValueForbidden",
            "metadata.finalizers".to_owned(),
            message,
        )
    })
}

//! Puts what depends on operation and attempt on a normalised Job: name, labels, annotations, environment, hash.
//!
//! Stamping replaces an earlier stamp, so that the Job of the n-th attempt is made from that of any other one.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use serde_json::{Map, Value, json};

use crate::digest;
use crate::identity::Identity;
use crate::label;
use crate::normalise::CONTAINER_LISTS;
use crate::object;

/// Where something else stood, what it was, and what stands there now.
pub(crate) struct Overwritten<'v> {
    pub(crate) path: String,
    pub(crate) old: &'v Value,
    pub(crate) new: &'v Value,
}

/// Stamps a Job whose `metadata` and `spec` are maps, and tells of each entry of the author's that had to go.
pub(crate) fn stamp(
    job: &mut Value,
    identity: &Identity,
    attempt: NonZeroU32,
    overwritten: &mut dyn FnMut(Overwritten<'_>),
) {
    let labels = identity.job_labels(attempt);
    if let Some(metadata) = job.get_mut("metadata").and_then(Value::as_object_mut) {
        put(
            metadata,
            "metadata",
            ("name", identity.job_name(attempt)),
            overwritten,
        );
        put_all(metadata, "metadata.labels", &labels, overwritten);
        put_all(
            metadata,
            "metadata.annotations",
            &identity.annotations(),
            overwritten,
        );
    }
    if let Some(metadata) = job
        .pointer_mut("/spec/template/metadata")
        .and_then(Value::as_object_mut)
    {
        put_all(
            metadata,
            "spec.template.metadata.labels",
            &labels,
            overwritten,
        );
    }
    variables(job, &identity.variables(attempt), overwritten);
    hash(job, overwritten);
}

/// Puts entries into the map under the last part of `path`.
pub(crate) fn put_all(
    metadata: &mut Map<String, Value>,
    path: &str,
    entries: &[(&'static str, String)],
    overwritten: &mut dyn FnMut(Overwritten<'_>),
) {
    let key = path.rsplit('.').next().unwrap_or(path);
    let Some(map) = object::child(metadata, key) else {
        return;
    };
    for (key, value) in entries {
        put(map, path, (key, value.clone()), overwritten);
    }
}

fn put(
    map: &mut Map<String, Value>,
    path: &str,
    (key, value): (&str, String),
    overwritten: &mut dyn FnMut(Overwritten<'_>),
) {
    let new = Value::from(value);
    let old = map.insert(key.to_owned(), new.clone());
    if let Some(old) = old.filter(|old| !old.is_null() && *old != new) {
        let path = format!("{path}[{key}]");
        overwritten(Overwritten {
            path,
            old: &old,
            new: &new,
        });
    }
}

/// Gives variables to every container of a Job, before those that are there.
pub(crate) fn variables(
    job: &mut Value,
    variables: &[(impl AsRef<str>, String)],
    overwritten: &mut dyn FnMut(Overwritten<'_>),
) {
    let ours: Vec<Value> = variables
        .iter()
        .map(|(name, value)| json!({"name": name.as_ref(), "value": value}))
        .collect();
    let pod = job.pointer_mut("/spec/template/spec");
    if let Some(pod) = pod.filter(|_| !ours.is_empty()) {
        environment(pod, &ours, overwritten);
    }
}

/// Puts our variables first, because a variable can refer only to those before it, and an author's may refer to ours.
fn environment(pod: &mut Value, ours: &[Value], overwritten: &mut dyn FnMut(Overwritten<'_>)) {
    for list in CONTAINER_LISTS {
        let containers = pod.get_mut(list).and_then(Value::as_array_mut);
        for (index, container) in containers.into_iter().flatten().enumerate() {
            let Some(container) = container.as_object_mut() else {
                continue;
            };
            let mut env = ours.to_vec();
            if let Some(Value::Array(written)) = container.remove("env") {
                let path = format!("spec.template.spec.{list}[{index}].env");
                env.extend(without(written, ours, &path, overwritten));
            }
            container.insert("env".to_owned(), env.into());
        }
    }
}

/// The variables that are not named like one of ours; each name is told of once.
fn without(
    written: Vec<Value>,
    ours: &[Value],
    path: &str,
    overwritten: &mut dyn FnMut(Overwritten<'_>),
) -> Vec<Value> {
    let mut told = BTreeSet::new();
    let mut kept = written;
    kept.retain(|variable| {
        let name = variable
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let Some(new) = ours
            .iter()
            .find(|ours| ours.get("name").is_some_and(|own| own == name))
        else {
            return true;
        };
        if variable != new && told.insert(name.to_owned()) {
            let path = format!("{path}[{name}]");
            let old = variable.get("value").unwrap_or(variable);
            let new = new.get("value").unwrap_or(new);
            overwritten(Overwritten { path, old, new });
        }
        false
    });
    kept
}

/// Labels the Job with the hash of all the rest of it.
fn hash(job: &mut Value, overwritten: &mut dyn FnMut(Overwritten<'_>)) {
    let written = labels_of(job).and_then(|labels| labels.remove(label::SPEC_HASH));
    let hash = digest::of_json(job);
    if let Some(labels) = labels_of(job) {
        labels.extend(written.map(|old| (label::SPEC_HASH.to_owned(), old)));
        put(
            labels,
            "metadata.labels",
            (label::SPEC_HASH, hash),
            overwritten,
        );
    }
}

fn labels_of(job: &mut Value) -> Option<&mut Map<String, Value>> {
    job.pointer_mut("/metadata/labels")?.as_object_mut()
}

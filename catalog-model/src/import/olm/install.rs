//! The install strategy of a CSV as manifests: what OLM itself makes of it.

use std::collections::BTreeSet;

use catalog_conditions::document::{Entry, Node};
use serde_json::{Map, Value, json};

use super::bundle::Bundle;
use crate::import::reading::{Reading, string};

/// Stands where the namespace is not known yet.
const NAMESPACE: &str = "\0namespace";

/// Why a key has no place.
const NOT_READ: &str = "it is not a key that OLM reads";

/// Makes objects of `spec.install`.
pub(super) fn strategy(bundle: &mut Bundle, reading: &mut Reading<'_>, entry: &Entry) {
    for entry in reading.entries(entry) {
        match entry.name() {
            Some("strategy") => {
                if reading.text(entry).is_some_and(|text| text != "deployment") {
                    reading.wrong(entry, "is not `deployment`");
                }
            }
            Some("spec") => {
                for entry in reading.entries(entry) {
                    part(bundle, reading, entry);
                }
            }
            _ => reading.lost(entry, NOT_READ),
        }
    }
}

fn part(bundle: &mut Bundle, reading: &mut Reading<'_>, entry: &Entry) {
    match entry.name() {
        Some("deployments") => {
            for item in reading.items(entry) {
                reading.only(item, &["name", "label", "spec"], NOT_READ);
                match deployment(item) {
                    Some(object) => bundle.installed.push(object),
                    None => reading.lose(item.span(), "deployment", "has no `name` or no `spec`"),
                }
            }
        }
        Some(key @ ("permissions" | "clusterPermissions")) => {
            for (number, item) in reading.items(entry).iter().enumerate() {
                reading.only(item, &["serviceAccountName", "rules"], NOT_READ);
                let made = permissions(bundle, item, key == "clusterPermissions", number);
                if !made {
                    reading.lose(
                        item.span(),
                        "permission",
                        "has no `serviceAccountName` or no `rules`",
                    );
                }
            }
        }
        _ => reading.lost(entry, NOT_READ),
    }
}

fn deployment(item: &Node) -> Option<Value> {
    let name = string(item, "name")?;
    let spec = item
        .value("spec")
        .map(Node::to_json)
        .filter(Value::is_object)?;
    let mut metadata = json!({"name": name});
    if let Some(labels) = item.value("label").map(Node::to_json)
        && let Some(metadata) = metadata.as_object_mut()
        && labels.is_object()
    {
        metadata.insert("labels".to_owned(), labels);
    }
    Some(json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}))
}

/// A service account, a role and its binding; false if the item is no permission.
fn permissions(bundle: &mut Bundle, item: &Node, in_cluster: bool, number: usize) -> bool {
    let rules = item
        .value("rules")
        .map(Node::to_json)
        .filter(Value::is_array);
    let (Some(account), Some(rules)) = (string(item, "serviceAccountName"), rules) else {
        return false;
    };
    let (role, binding) = if in_cluster {
        ("ClusterRole", "ClusterRoleBinding")
    } else {
        ("Role", "RoleBinding")
    };
    // Several items may name one account.
    let name = match number {
        0 => format!("{}-{account}", bundle.name()),
        _ => format!("{}-{account}-{number}", bundle.name()),
    };
    if account != "default" {
        bundle.installed.push(
            json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": account}}),
        );
    }
    let api = "rbac.authorization.k8s.io";
    let version = format!("{api}/v1");
    bundle.installed.push(
        json!({"apiVersion": version, "kind": role, "metadata": {"name": name}, "rules": rules}),
    );
    bundle.installed.push(json!({
        "apiVersion": version,
        "kind": binding,
        "metadata": {"name": name},
        "roleRef": {"apiGroup": api, "kind": role, "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": NAMESPACE}],
    }));
    true
}

/// The objects once each, for the namespace that they go to, accounts and roles first. Operators read from an annotation of their pods what they
/// are to watch: nothing there means all namespaces.
pub(super) fn placed(objects: Vec<Value>, namespace: &str, watched: &str) -> Vec<Value> {
    let mut seen = BTreeSet::new();
    let mut placed: Vec<Value> = objects
        .into_iter()
        .filter(|object| seen.insert(object.to_string()))
        .collect();
    placed.sort_by_key(|object| object["kind"] == "Deployment");
    for object in &mut placed {
        if let Some(subject) = object.pointer_mut("/subjects/0/namespace") {
            *subject = namespace.into();
        }
        if object["kind"] == "Deployment" {
            annotate(object, watched);
        }
    }
    placed
}

fn annotate(deployment: &mut Value, watched: &str) {
    let mut at = deployment;
    for key in ["spec", "template", "metadata", "annotations"] {
        let Some(map) = at.as_object_mut() else {
            return;
        };
        at = map.entry(key).or_insert_with(|| Value::Object(Map::new()));
        if at.is_null() {
            *at = Value::Object(Map::new());
        }
    }
    if let Some(annotations) = at.as_object_mut() {
        annotations.insert("olm.targetNamespaces".to_owned(), watched.into());
    }
}

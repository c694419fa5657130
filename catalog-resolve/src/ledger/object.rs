//! What an object adds to a cluster.

use catalog_model::{Capability, Crd, ResourceScope};
use serde_json::Value;

use super::effect::{Effect, ObjectRef};
use super::rbac;

/// The API group of CustomResourceDefinitions.
const CRDS: &str = "apiextensions.k8s.io";

/// Which object it is; none if it has no kind, and so is none.
pub(super) fn reference(object: &Value) -> Option<ObjectRef> {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str);
    let api_version = text("/apiVersion")?;
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    let name = match (text("/metadata/name"), text("/metadata/generateName")) {
        (Some(name), _) => name.to_owned(),
        (None, Some(begin)) => format!("{begin}*"),
        (None, None) => String::new(),
    };
    Some(ObjectRef {
        group: group.to_owned(),
        kind: text("/kind")?.to_owned(),
        namespace: text("/metadata/namespace").map(str::to_owned),
        name,
    })
}

/// The CustomResourceDefinition that an object is.
pub(super) fn crd<'o>(reference: &ObjectRef, object: &'o Value) -> Option<Crd<'o>> {
    let is_crd = reference.group == CRDS && reference.kind == "CustomResourceDefinition";
    is_crd.then(|| Crd::new(object))
}

/// The kind that a CustomResourceDefinition makes, with its group, and whether it is outside namespaces.
pub(super) fn made_kind(crd: Crd<'_>) -> Option<((String, String), bool)> {
    let key = (crd.group()?.to_owned(), crd.kind()?.to_owned());
    Some((key, crd.scope()? == ResourceScope::Cluster))
}

/// What an object brings besides itself: APIs, permissions, images.
pub(super) fn effects(reference: &ObjectRef, object: &Value) -> Vec<Effect> {
    if let Some(crd) = crd(reference, object) {
        let served = crd.served().filter_map(|capability| match capability {
            Capability::Api {
                group,
                version,
                kind,
            } => Some(Effect::Api {
                group,
                version,
                kind,
            }),
            _ => None,
        });
        return served.collect();
    }
    let is_rbac = reference.group == rbac::GROUP;
    match reference.kind.as_str() {
        "Role" | "ClusterRole" if is_rbac => rbac::permissions(reference, object),
        "RoleBinding" | "ClusterRoleBinding" if is_rbac => rbac::bindings(reference, object),
        _ => images(object),
    }
}

/// The images of an object: what stands under `image` as a text, wherever pods may be described. What stands under `data` is the content of
/// ConfigMaps and Secrets, and is not looked at.
pub(super) fn images(object: &Value) -> Vec<Effect> {
    let mut images = Vec::new();
    let mut open: Vec<&Value> = object
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, _)| {
            !matches!(
                key.as_str(),
                "metadata" | "data" | "stringData" | "binaryData"
            )
        })
        .map(|(_, value)| value)
        .collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => {
                for (key, value) in fields {
                    match (key.as_str(), value) {
                        ("image", Value::String(image)) if !image.is_empty() => {
                            images.push(Effect::Image {
                                image: image.clone(),
                            });
                        }
                        _ => open.push(value),
                    }
                }
            }
            _ => {}
        }
    }
    images
}

/// The objects of a document: a list stands for its items, as kubectl has it.
pub(super) fn expanded(document: &Value) -> Vec<&Value> {
    let (mut objects, mut open) = (Vec::new(), vec![document]);
    while let Some(value) = open.pop() {
        let kind = value.get("kind").and_then(Value::as_str);
        let items = value.get("items").and_then(Value::as_array);
        match items.filter(|_| kind.is_some_and(|kind| kind.ends_with("List"))) {
            Some(items) => open.extend(items.iter().rev()),
            None => objects.push(value),
        }
    }
    objects
}

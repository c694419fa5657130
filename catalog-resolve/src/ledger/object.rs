//! What an object adds to a cluster.

use catalog_model::{Capability, Crd, ResourceScope};
use serde_json::Value;

use super::effect::{Effect, ObjectRef};
use super::{host, rbac, webhook};

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

/// What an object brings besides itself, each with where in it that stands: APIs, permissions, webhooks, images, ways to the node.
pub(super) fn effects(reference: &ObjectRef, object: &Value) -> Vec<(Effect, String)> {
    if let Some(crd) = crd(reference, object) {
        let served = crd.served().filter_map(|capability| match capability {
            Capability::Api {
                group,
                version,
                kind,
            } => {
                let api = Effect::Api {
                    group,
                    version,
                    kind,
                };
                Some((api, "/spec/versions".to_owned()))
            }
            _ => None,
        });
        return served.collect();
    }
    let is_rbac = reference.group == rbac::GROUP;
    match reference.kind.as_str() {
        "Role" | "ClusterRole" if is_rbac => rbac::permissions(reference, object),
        "RoleBinding" | "ClusterRoleBinding" if is_rbac => rbac::bindings(reference, object),
        "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration"
            if reference.group == webhook::GROUP =>
        {
            webhook::webhooks(reference, object)
        }
        "PersistentVolume" if reference.group.is_empty() => {
            let reached = host::of_volume(object)
                .into_iter()
                .map(|(access, pointer)| {
                    let object = reference.clone();
                    (Effect::Host { object, access }, pointer)
                });
            reached.collect()
        }
        "APIService" if reference.group == "apiregistration.k8s.io" => api_service(object),
        _ => of_pods(reference, object),
    }
}

/// An APIService has whatever answers for it serve all kinds of a group's version.
fn api_service(object: &Value) -> Vec<(Effect, String)> {
    let text = |key: &str| object.pointer(key).and_then(Value::as_str);
    let spec = text("/spec/group").zip(text("/spec/version"));
    let served = spec.map(|(group, version)| {
        let (group, version) = (group.to_owned(), version.to_owned());
        let kind = "*".to_owned();
        let api = Effect::Api {
            group,
            version,
            kind,
        };
        (api, "/spec".to_owned())
    });
    served.into_iter().collect()
}

/// The images of an object, and what its pods reach: what stands under `image` as a text, and whatever has containers, wherever pods may be described.
/// What stands under `data` is the content of ConfigMaps and Secrets, and is not looked at.
pub(super) fn of_pods(reference: &ObjectRef, object: &Value) -> Vec<(Effect, String)> {
    let mut found = Vec::new();
    let is_content = |key: &str| !matches!(key, "metadata" | "data" | "stringData" | "binaryData");
    let fields = object.as_object().into_iter().flatten();
    let mut open: Vec<(String, &Value)> = fields
        .filter(|(key, _)| is_content(key))
        .map(|(key, value)| (format!("/{}", escaped(key)), value))
        .collect();
    while let Some((pointer, value)) = open.pop() {
        match value {
            Value::Array(items) => {
                let items = items.iter().enumerate().filter(|(_, item)| is_nested(item));
                open.extend(items.map(|(at, item)| (format!("{pointer}/{at}"), item)));
            }
            Value::Object(fields) => {
                if fields.get("containers").is_some_and(Value::is_array) {
                    let reached = host::of_pod(value).into_iter().map(|(access, below)| {
                        let object = reference.clone();
                        (Effect::Host { object, access }, format!("{pointer}{below}"))
                    });
                    found.extend(reached);
                }
                for (key, value) in fields {
                    match (key.as_str(), value) {
                        ("image", Value::String(image)) if !image.is_empty() => {
                            let image = image.clone();
                            found.push((Effect::Image { image }, format!("{pointer}/image")));
                        }
                        // A volume that is an image.
                        ("image", Value::Object(volume)) => {
                            if let Some(Value::String(image)) = volume.get("reference") {
                                let image = image.clone();
                                let pointer = format!("{pointer}/image/reference");
                                found.push((Effect::Image { image }, pointer));
                            }
                        }
                        _ if is_nested(value) => {
                            open.push((format!("{pointer}/{}", escaped(key)), value));
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    found
}

fn is_nested(value: &Value) -> bool {
    value.is_array() || value.is_object()
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

//! Reads the discovery documents of an API server: aggregated (`APIGroupDiscoveryList`), and the older lists of groups and resources.

use serde_json::Value;

use super::discovery::{Api, Discovery, Resource};
use super::scope::Scope;
use crate::api_version;

/// Whether a document of this group (empty where it says none, as those of the core group do) and kind is a discovery document.
pub(super) fn is_discovery(group: &str, kind: &str) -> bool {
    match kind {
        "APIGroupDiscoveryList" => matches!(group, "" | "apidiscovery.k8s.io"),
        "APIGroupList" | "APIGroup" | "APIResourceList" | "APIVersions" => group.is_empty(),
        _ => false,
    }
}

/// Adds what a document says; `Err` says what in it could not be read, and then nothing is held absent on its account.
pub(super) fn read(
    discovery: &mut Discovery,
    kind: &str,
    document: &Value,
) -> Result<(), &'static str> {
    match kind {
        "APIGroupDiscoveryList" => aggregated(discovery, document),
        "APIGroupList" => group_list(discovery, document),
        "APIGroup" => group(discovery, document),
        "APIVersions" => core_versions(discovery, document),
        _ => resource_list(discovery, document),
    }
}

/// `kubectl get --raw /apis` (every named group) or `/api` (the core group).
fn aggregated(discovery: &mut Discovery, document: &Value) -> Result<(), &'static str> {
    let mut all_read = true;
    let mut some_named = false;
    for item in items(document, "items").ok_or("items")? {
        let name = item
            .get("metadata")
            .and_then(|metadata| metadata.get("name"));
        let group = name.and_then(Value::as_str).unwrap_or_default();
        some_named |= !group.is_empty();
        let versions = items(item, "versions");
        let mut all_versions = versions.is_some();
        for version in versions.unwrap_or_default() {
            match text(version, "version") {
                Some(name) => aggregated_version(discovery, group, name, version),
                None => all_versions = false,
            }
        }
        all_read &= all_versions;
        if all_versions {
            discovery.all_versions_are_known(group);
        }
    }
    if !all_read {
        return Err("items[].versions[].version");
    }
    if some_named {
        discovery.all_named_groups_are_known();
    }
    Ok(())
}

fn aggregated_version(discovery: &mut Discovery, group: &str, version: &str, document: &Value) {
    discovery.version(group, version);
    // A stale entry is one that the API server could not ask about: what it lists may be old, and what it lacks may exist.
    let resources = items(document, "resources");
    let stale = text(document, "freshness") == Some("Stale");
    if stale {
        discovery.stale(group, version);
    }
    let mut all_kinds = resources.is_some() && !stale;
    for resource in resources.unwrap_or_default() {
        let response = resource.get("responseKind");
        match response.and_then(|response| text(response, "kind")) {
            Some(kind) => {
                let scope = match text(resource, "scope") {
                    Some("Namespaced") => Some(Scope::Namespaced),
                    Some("Cluster") => Some(Scope::Cluster),
                    _ => None,
                };
                let resource = resource_of(resource, "resource");
                discovery.kind(group, version, kind, Api { scope, resource });
            }
            // A resource with subresources only has no kind of its own.
            None if resource.get("subresources").is_some() => {}
            None => all_kinds = false,
        }
    }
    if all_kinds {
        discovery.all_kinds_are_known(group, version);
    }
}

/// `/apis` as older clients see it: groups and their versions, no kinds.
fn group_list(discovery: &mut Discovery, document: &Value) -> Result<(), &'static str> {
    for item in items(document, "groups").ok_or("groups")? {
        group(discovery, item)?;
    }
    discovery.all_named_groups_are_known();
    Ok(())
}

fn group(discovery: &mut Discovery, document: &Value) -> Result<(), &'static str> {
    let name = text(document, "name").ok_or("name")?;
    for version in items(document, "versions").ok_or("versions")? {
        discovery.version(name, text(version, "version").ok_or("versions[].version")?);
    }
    discovery.all_versions_are_known(name);
    Ok(())
}

/// `/api`: the versions of the core group.
fn core_versions(discovery: &mut Discovery, document: &Value) -> Result<(), &'static str> {
    for version in items(document, "versions").ok_or("versions")? {
        discovery.version("", version.as_str().ok_or("versions[]")?);
    }
    discovery.all_versions_are_known("");
    Ok(())
}

/// `/apis/<group>/<version>`: the kinds of one version of a group.
fn resource_list(discovery: &mut Discovery, document: &Value) -> Result<(), &'static str> {
    let (group, version) =
        api_version::split(text(document, "groupVersion").ok_or("groupVersion")?);
    for resource in items(document, "resources").ok_or("resources")? {
        let name = text(resource, "name").ok_or("resources[].name")?;
        let kind = text(resource, "kind").ok_or("resources[].kind")?;
        if name.contains('/') {
            // A subresource's kind (`deployments/scale` is a Scale) is no kind that has objects.
            continue;
        }
        let scope = resource.get("namespaced").and_then(Value::as_bool);
        let scope = scope.map(|namespaced| {
            if namespaced {
                Scope::Namespaced
            } else {
                Scope::Cluster
            }
        });
        let resource = resource_of(resource, "name");
        discovery.kind(group, version, kind, Api { scope, resource });
    }
    discovery.all_kinds_are_known(group, version);
    Ok(())
}

/// The plural name of a resource, and whether its objects can be read at all: of OpenShift's `templates` and `processedtemplates`,
/// both of kind `Template`, the latter can only be created.
fn resource_of(resource: &Value, key: &str) -> Option<Resource> {
    let verbs = resource.get("verbs").and_then(Value::as_array);
    Some(Resource {
        unreadable: verbs.is_some_and(|verbs| !verbs.iter().any(|verb| verb == "get")),
        name: text(resource, key)?.to_owned(),
    })
}

/// A list, for which Go writes null if it is empty.
fn items<'v>(value: &'v Value, key: &str) -> Option<&'v [Value]> {
    match value.get(key) {
        Some(Value::Array(items)) => Some(items),
        Some(Value::Null) => Some(&[]),
        _ => None,
    }
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

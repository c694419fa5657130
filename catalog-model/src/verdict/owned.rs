//! What we own of an object, and a document states no more.
//!
//! `fieldsV1` is Kubernetes' form of a set of paths: `f:name` is a key of a map, `k:{…}` an item of a list by its keys, `v:…` one by its
//! value, `.` the value itself.

use serde_json::{Map, Value};

use super::change::ChangeKind;
use super::defaults::is_default;
use super::json::same;
use super::owner::{MANAGED_BY, PREFIX, entries, is_ours};
use super::stated::Stated;

/// How deep is looked.
const DEEPEST: usize = 200;

/// What others own at a place.
type Others<'a> = Vec<&'a Map<String, Value>>;

/// Where something is owned.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// As in a comparison of what is stated: the key of the map around, and the key.
    parent: &'a str,
    key: &'a str,
    depth: usize,
}

/// Notes what goes, since we own it alone and the document does not state it. `skip` are keys of the object that are compared otherwise.
pub(super) fn removals(stated: &mut Stated, document: &Value, live: &Value, skip: &[&str]) {
    let others = entries(live).filter(|one| !is_ours(one));
    let others: Others<'_> = others
        .filter_map(|one| one.get("fieldsV1")?.as_object())
        .collect();
    for ours in entries(live).filter(|one| is_ours(one) && one.get("subresource").is_none()) {
        let Some(owned) = ours.get("fieldsV1").and_then(Value::as_object) else {
            continue;
        };
        let owned = owned.iter().filter(|(key, _)| {
            let key = key.strip_prefix("f:").unwrap_or(key);
            !skip.contains(&key) && !matches!(key, "status" | "apiVersion" | "kind")
        });
        let owned: Map<String, Value> = owned
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let place = Place {
            parent: "",
            key: "",
            depth: 0,
        };
        walk(stated, &owned, (Some(document), live), &others, place);
    }
}

fn walk(
    stated: &mut Stated,
    owned: &Map<String, Value>,
    (document, live): (Option<&Value>, &Value),
    others: &Others<'_>,
    place: Place<'_>,
) {
    for (key, below) in owned {
        let Some((step, live_child, document_child)) = step(key, document, live) else {
            continue;
        };
        let name = key.strip_prefix("f:");
        let place = Place {
            parent: if name.is_some() {
                place.key
            } else {
                place.parent
            },
            key: name.unwrap_or(place.key),
            depth: place.depth + 1,
        };
        if place.depth > DEEPEST || is_set_by_server(name, place) {
            continue;
        }
        let others: Others<'_> = others
            .iter()
            .filter_map(|one| one.get(key)?.as_object())
            .collect();
        let below = below
            .as_object()
            .filter(|below| below.keys().any(|key| key != "."));
        let goes = document_child.is_none() && others.is_empty() && !has_marks(place);
        stated.at(step, |stated| match below {
            _ if goes && is_default(place.parent, place.key, live_child) => {}
            _ if goes => stated.change(ChangeKind::Removed, Some(live_child), None),
            Some(below) => walk(stated, below, (document_child, live_child), &others, place),
            None => {}
        });
    }
}

/// Whether marks of ours may be in a map: what else goes of it is told one by one.
fn has_marks(place: Place<'_>) -> bool {
    matches!(place.key, "metadata" | "labels" | "annotations") && place.depth < 3
}

/// What a server or a runner sets by itself.
fn is_set_by_server(name: Option<&str>, place: Place<'_>) -> bool {
    let Some(name) = name else {
        return false;
    };
    match place.parent {
        "labels" => name == MANAGED_BY || name.starts_with(PREFIX),
        "annotations" => {
            name.starts_with(PREFIX) || name == "kubectl.kubernetes.io/last-applied-configuration"
        }
        "metadata" => !matches!(name, "labels" | "annotations" | "ownerReferences"),
        _ => false,
    }
}

/// Where a step of `fieldsV1` leads: its place in a pointer, what is there, and what the document states there.
fn step<'a>(
    key: &str,
    document: Option<&'a Value>,
    live: &'a Value,
) -> Option<(String, &'a Value, Option<&'a Value>)> {
    if let Some(name) = key.strip_prefix("f:") {
        let child = live.get(name)?;
        let stated = document.and_then(|document| document.get(name));
        return Some((
            name.to_owned(),
            child,
            stated.filter(|value| !value.is_null()),
        ));
    }
    let items = |value: &'a Value| value.as_array().map(Vec::as_slice).unwrap_or_default();
    let is_meant: Box<dyn Fn(&Value) -> bool> = if let Some(keys) = key.strip_prefix("k:") {
        let keys: Map<String, Value> = serde_json::from_str(keys).ok()?;
        Box::new(move |item: &Value| {
            keys.iter().all(|(key, value)| match item.get(key) {
                Some(found) => same(found, value),
                None => is_default("ports", key, value),
            })
        })
    } else {
        let value: Value = serde_json::from_str(key.strip_prefix("v:")?).ok()?;
        Box::new(move |item: &Value| same(item, &value))
    };
    let at = items(live).iter().position(&is_meant)?;
    let stated = document.and_then(|document| items(document).iter().find(|item| is_meant(item)));
    Some((at.to_string(), items(live).get(at)?, stated))
}

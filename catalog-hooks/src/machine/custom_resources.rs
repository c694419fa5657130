//! The objects of CustomResourceDefinitions.

use serde_json::Value;

use super::claims;
use super::delete::by_uid;
use super::gone::wait_until_gone;
use super::marks::uid;
use super::operation_desk::{Halt, OperationDesk};
use crate::api::{ListRequest, ObjectRef};
use crate::pointer::At;

/// The objects of a CRD; `None` if it is gone.
pub(super) async fn objects_of(
    cx: &OperationDesk,
    crd: &ObjectRef,
) -> Result<Option<Vec<Value>>, Halt> {
    let there = cx.read(crd).await?;
    let Some(there) = there else { return Ok(None) };
    let parsed = catalog_model::Crd::new(&there);
    let version = parsed
        .storage_version()
        .and_then(|version| version.name())
        .unwrap_or_default();
    let list = ListRequest {
        api_version: format!("{}/{version}", parsed.group().unwrap_or_default()),
        kind: parsed.kind().unwrap_or_default().to_owned(),
        namespace: None,
        labels: Vec::new(),
        fields: Vec::new(),
    };
    let (api_version, kind) = (list.api_version.clone(), list.kind.clone());
    // Of an established one, that there is no such kind is wrong, and does not say that there are no objects.
    let objects = match is_established(&there) {
        true => cx.desk().list_served(list).await,
        false => cx.desk().list(list).await,
    };
    let mut objects = objects
        .map_err(|failure| Halt::of(&format!("the objects of {crd} cannot be listed"), &failure))?;
    for object in objects.iter_mut().filter_map(Value::as_object_mut) {
        object.insert("apiVersion".to_owned(), api_version.clone().into());
        object.insert("kind".to_owned(), kind.clone().into());
    }
    Ok(Some(objects))
}

fn is_established(crd: &Value) -> bool {
    let conditions = crd.at("/status/conditions").and_then(Value::as_array);
    let holds = |condition: &Value| {
        condition.get("type").and_then(Value::as_str) == Some("Established")
            && condition.get("status").and_then(Value::as_str) == Some("True")
    };
    conditions.is_some_and(|conditions| conditions.iter().any(holds))
}

/// Deletes the custom resources of the release's CRDs, and waits until they are gone: their controllers still live. Those of a CRD that another
/// instance has too, or is to have in this run, stay with it.
pub(super) async fn delete(cx: &OperationDesk) -> Result<(), Halt> {
    let previous = cx.previous().into_owned().into_iter();
    let crds: Vec<ObjectRef> = previous
        .filter(|entry| {
            entry.object.kind() == "CustomResourceDefinition" && !entry.origin.is_others()
        })
        .map(|entry| entry.object)
        .collect();
    for crd in crds {
        if claims::other(cx, &crd).await?.is_some() {
            continue;
        }
        let there = cx.read(&crd).await?;
        // That of somebody else, in the place of ours, has objects of somebody else.
        if !there.is_some_and(|there| claims::is_ours_alone(cx, &crd, &there)) {
            continue;
        }
        let objects = objects_of(cx, &crd).await?.unwrap_or_default();
        for object in &objects {
            if let Some(target) = ObjectRef::of(object) {
                by_uid(cx, &target, uid(object)).await?;
            }
        }
        for object in &objects {
            if let (Some(target), Some(uid)) = (ObjectRef::of(object), uid(object)) {
                wait_until_gone(cx, &target, uid).await?;
            }
        }
    }
    Ok(())
}

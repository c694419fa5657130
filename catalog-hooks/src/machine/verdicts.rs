//! Whether the definitions of a release can be applied, found out before anything is.

use catalog_model::Crd;
use serde_json::Value;

use super::operation_desk::OperationDesk;
use crate::api::{Failure, FailureClass, ObjectRef, Request};

/// What keeps the definitions from being applied, as far as it can be known beforehand.
pub(super) async fn definitions(cx: &OperationDesk) -> Result<(), String> {
    let definitions = cx.planned().target().map(|content| content.definitions());
    for manifest in definitions.into_iter().flatten() {
        let Some(object) = ObjectRef::of(manifest) else {
            continue;
        };
        stored_versions(cx, &object, manifest).await?;
        try_apply(cx, &object, manifest).await?;
    }
    Ok(())
}

/// A version in which objects may still be stored cannot be taken out of a CRD: a server refuses it in the middle of the run.
async fn stored_versions(
    cx: &OperationDesk,
    object: &ObjectRef,
    manifest: &Value,
) -> Result<(), String> {
    if object.kind() != "CustomResourceDefinition" {
        return Ok(());
    }
    let there = cx.desk().read(object).await;
    let there = there.map_err(|failure| format!("{object} cannot be read: {failure}"))?;
    let stored = there
        .as_ref()
        .and_then(|there| there.pointer("/status/storedVersions")?.as_array());
    let dropped = stored.into_iter().flatten().filter_map(Value::as_str);
    let dropped: Vec<&str> = dropped
        .filter(|name| Crd::new(manifest).version(name).is_none())
        .collect();
    if dropped.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{object} would lose {}, in which objects are stored: rewrite them in a version that stays, and take the old one out of `status.storedVersions`",
        dropped.join(", ")
    ))
}

/// Lets the server try it without doing it.
async fn try_apply(cx: &OperationDesk, object: &ObjectRef, manifest: &Value) -> Result<(), String> {
    let request = Request::Apply {
        object: manifest.clone(),
        force: false,
        dry_run: true,
    };
    match cx.desk().call(request).await {
        Ok(_) => Ok(()),
        Err(failure) if comes_later(&failure) => Ok(()),
        Err(failure) => Err(format!("{object} could not be applied: {failure}")),
    }
}

/// What the run itself mends, or time does: the kind, or the namespace, is not there yet.
fn comes_later(failure: &Failure) -> bool {
    use FailureClass::{NamespaceTerminating, NoSuchKind, NotFound};
    failure.may_pass()
        || matches!(
            failure.class(),
            NamespaceTerminating | NoSuchKind | NotFound
        )
}

//! Makes the namespaces that a release is in.

use serde_json::{Value, json};

use super::ledger::{entry, forget, note_uid, register};
use super::marks::{is_going, is_left_over, uid};
use super::operation_desk::{Halt, OperationDesk};
use crate::api::{FailureClass, ObjectRef, PatchKind, Reply, Request};
use crate::journal::Part;
use crate::label;
use crate::plan::Content;

/// Makes the namespace of the instance, if it is not there. Whether it was made just now.
pub(super) async fn of_instance(cx: &OperationDesk) -> Result<bool, Halt> {
    make(cx, cx.planned().operation().namespace()).await
}

/// Makes the namespaces that modules go to beside that of the instance.
pub(super) async fn of_modules(cx: &OperationDesk, content: &Content) -> Result<(), Halt> {
    let home = cx.planned().operation().namespace();
    let others = content.namespaces().into_iter();
    for name in others.filter(|name| *name != home) {
        make(cx, name).await?;
    }
    Ok(())
}

async fn make(cx: &OperationDesk, name: &str) -> Result<bool, Halt> {
    let context = cx.planned().context();
    let manifest = json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": name,
            "labels": {label::RELEASE_UID: label::value(context.release_uid())},
            "annotations": {label::HOME: cx.plan().home()},
        },
    });
    let object = ObjectRef::cluster("v1", "Namespace", name);
    let there = standing(cx, &object).await?;
    if there.is_none() {
        forget(cx, &object);
    }
    register(cx, &object, Part::Namespace, there.as_ref());
    if entry(cx, &object).is_some_and(|entry| entry.origin.is_others()) {
        return Ok(false);
    }
    // One that stayed when the release was gone for which it was made is this one's from now on.
    if let Some(left) = there.filter(|there| is_left_over(cx, there)) {
        return take_over(cx, &object, &left).await.map(|()| false);
    }
    let request = Request::Create {
        object: manifest,
        dry_run: false,
    };
    match cx.desk().call(request).await {
        Ok(Reply::Object(made)) => note_uid(cx, &object, &made),
        Ok(_) => {}
        Err(failure) if failure.class() == FailureClass::AlreadyExists => {
            let there = cx.read(&object).await?;
            register(cx, &object, Part::Namespace, there.as_ref());
            return Ok(false);
        }
        Err(failure) => return Err(Halt::of(&format!("{object} cannot be created"), &failure)),
    }
    Ok(true)
}

/// The namespace, if it is there and stays: one that is going takes nothing new, and what comes is to be there after it.
async fn standing(cx: &OperationDesk, namespace: &ObjectRef) -> Result<Option<Value>, Halt> {
    let there = cx.read(namespace).await?;
    let Some(going) = there.as_ref().filter(|there| is_going(there)) else {
        return Ok(there);
    };
    super::gone::wait_until_gone(cx, namespace, uid(going).unwrap_or_default()).await?;
    cx.read(namespace).await
}

async fn take_over(cx: &OperationDesk, object: &ObjectRef, left: &Value) -> Result<(), Halt> {
    let release = label::value(cx.planned().context().release_uid());
    let metadata = json!({
        "uid": uid(left),
        "labels": {label::RELEASE_UID: release},
        "annotations": {label::HOME: cx.plan().home()},
    });
    let request = Request::Patch {
        target: object.clone(),
        patch: json!({"metadata": metadata}),
        kind: PatchKind::Merge,
    };
    match cx.desk().call(request).await {
        Ok(_) => Ok(()),
        Err(failure) => Err(Halt::of(
            &format!("{object} cannot be taken over"),
            &failure,
        )),
    }
}

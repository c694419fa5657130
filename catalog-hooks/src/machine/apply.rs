//! Brings definitions and modules to the cluster.

use serde_json::Value;

use super::driven::deploy;
use super::ledger::{self, entry, forget, note_uid, register, was_there_after_all};
use super::marks::{is_going, is_ours, uid, was_made_by_others, with_marks};
use super::namespaces;
use super::operation_desk::{Halt, OperationDesk};
use super::verdicts::{is_with_ourselves, ownership};
use crate::api::{Failure, FailureClass, ObjectRef, Reply, Request};
use crate::journal::Part;
use crate::module::RenderedContent;
use crate::plan::{Content, Side};

/// Applies the definitions of one side.
pub(super) async fn definitions(cx: &OperationDesk, side: Side) -> Result<(), Halt> {
    let Some(content) = content(cx, side) else {
        return Ok(());
    };
    for object in content.definitions() {
        apply(cx, object, Part::Definition).await?;
    }
    Ok(())
}

/// Deploys the modules of one side, in order.
pub(super) async fn modules(cx: &OperationDesk, side: Side) -> Result<(), Halt> {
    let Some(content) = content(cx, side) else {
        return Ok(());
    };
    namespaces::of_modules(cx, content).await?;
    for module in content.modules() {
        match module.content() {
            RenderedContent::Objects(objects) => {
                for object in objects {
                    apply(cx, object, Part::Module).await?;
                }
            }
            RenderedContent::Driver { .. } => deploy(cx, module).await?,
        }
    }
    Ok(())
}

pub(super) fn content(cx: &OperationDesk, side: Side) -> Option<&Content> {
    match side {
        Side::Target => cx.planned().target(),
        Side::Before => cx.planned().before(),
    }
}

/// Applies one object, and again if it turns out to be on its way out. It is in the ledger before.
async fn apply(cx: &OperationDesk, manifest: &Value, part: Part) -> Result<(), Halt> {
    let Some(object) = ObjectRef::of(manifest) else {
        return Err(Halt::failed("an object of the plan has no name"));
    };
    let until = cx.desk().now().after(cx.desk().settings().gone_timeout);
    loop {
        let is_new = is_new(cx, &object, part).await?;
        let made = apply_once(cx, manifest, &object).await?;
        if !is_going(&made) {
            if is_new && was_made_by_others(&made) {
                // Somebody made it between the look and the apply. It is applied once more, with the mark of what was there before.
                was_there_after_all(cx, &object, &made);
                continue;
            }
            note_uid(cx, &object, &made);
            return Ok(());
        }
        if cx.desk().now() >= until {
            return Err(Halt::failed(format!(
                "{object} is deleted whenever it is applied: find out who does that"
            )));
        }
        super::gone::wait_until_gone(cx, &object, uid(&made).unwrap_or_default()).await?;
        forget(cx, &object);
        cx.pause_or_stop(format!("to apply {object} again")).await?;
    }
}

/// Puts an object into the ledger unless it is known to have been written. Whether it is to be made: none is there that is another's, and it is not
/// known whether the release's is.
async fn is_new(cx: &OperationDesk, object: &ObjectRef, part: Part) -> Result<bool, Halt> {
    let is_written = || entry(cx, object).is_some_and(|entry| entry.uid.is_some());
    if is_written() {
        return Ok(false);
    }
    let there = cx.read(object).await?;
    if let Some(there) = &there {
        let theirs = ownership(cx, object, there);
        theirs.map_err(|refusal| Halt::failed(refusal.message))?;
    }
    register(cx, object, part, there.as_ref());
    Ok(!is_written())
}

async fn apply_once(
    cx: &OperationDesk,
    manifest: &Value,
    object: &ObjectRef,
) -> Result<Value, Halt> {
    let desk = cx.desk();
    let until = desk.now().after(desk.settings().kind_patience);
    let last = desk.now().after(desk.settings().patience);
    let mut force = cx.planned().options().force_conflicts;
    loop {
        let request = Request::Apply {
            object: as_known(cx, manifest, object),
            force,
            dry_run: false,
        };
        match desk.call(request).await {
            Ok(Reply::Object(made)) => return Ok(made),
            Err(failure) if !force && is_with_ourselves(&failure) => force = true,
            Ok(_) => return Err(Halt::failed("the server gave no object")),
            Err(failure) if failure.class() == FailureClass::NoSuchKind && desk.now() < until => {
                let next = desk.now().after(desk.settings().first_pause);
                desk.wait(
                    next,
                    Vec::new(),
                    format!("until the server knows {}", object.kind()),
                )
                .await;
            }
            Err(failure) if failure.class() == FailureClass::OtherUid && desk.now() < last => {
                made_anew(cx, object).await?;
                cx.pause_or_stop(format!("to apply {object} again: {failure}"))
                    .await?;
            }
            Err(failure) => return Err(refused(object, &failure)),
        }
    }
}

/// The manifest, with where the release is on record, and with the uid that the object is known by, because another one of its name is not changed;
/// and marked if it was there before, because another release that has it too cannot see that in the ledger of this one.
fn as_known(cx: &OperationDesk, manifest: &Value, object: &ObjectRef) -> Value {
    let mut manifest = manifest.clone();
    let known = entry(cx, object);
    let metadata = manifest
        .pointer_mut("/metadata")
        .and_then(Value::as_object_mut);
    let (Some(metadata), Some(known)) = (metadata, known) else {
        return manifest;
    };
    if let Some(uid) = known.uid {
        metadata.insert("uid".to_owned(), uid.into());
    }
    with_marks(manifest, cx.plan().home(), known.origin)
}

/// The object was deleted, and perhaps made again by somebody: if it is gone, it is ours to make.
async fn made_anew(cx: &OperationDesk, object: &ObjectRef) -> Result<(), Halt> {
    let there = cx.read(object).await?;
    if there.as_ref().is_some_and(|there| !is_ours(cx, there)) {
        return Err(Halt::failed(format!(
            "{object} was deleted and made again by somebody else"
        )));
    }
    match there {
        Some(there) => ledger::made_anew(cx, object, &there),
        None => forget(cx, object),
    }
    Ok(())
}

fn refused(object: &ObjectRef, failure: &Failure) -> Halt {
    if failure.class() == FailureClass::NoSuchKind {
        let (kind, version) = (object.kind(), object.api_version());
        return Halt::failed(format!(
            "{object} cannot be applied: the server knows no {kind} of {version}; what brings it must be installed first"
        ));
    }
    if failure.class() != FailureClass::FieldConflict {
        return Halt::of(&format!("{object} cannot be applied"), failure);
    }
    let fields: Vec<String> = failure
        .causes()
        .iter()
        .map(|cause| format!("{} ({})", cause.field, cause.message))
        .collect();
    Halt::failed(format!(
        "{object} has fields that somebody else manages: {}",
        fields.join(", ")
    ))
}

//! Brings definitions and modules to the cluster.

use serde_json::Value;

use super::driven::deploy;
use super::ledger::{self, entry, forget, note_uid, register, was_there_after_all};
use super::marks::{is_going, is_ours, resource_version, uid, was_made_by_others, with_marks};
use super::namespaces;
use super::operation_desk::{Halt, OperationDesk};
use super::patience::Patience;
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
    let mut patience = Patience::new(cx.desk());
    loop {
        let (there, is_new) = look(cx, &object, part).await?;
        let manifest = as_known(cx, manifest, (&object, there.as_ref()));
        let made = match apply_once(cx, &object, &manifest).await? {
            Ok(made) => made,
            Err(failure) => {
                changed(cx, &object, failure, &mut patience).await?;
                continue;
            }
        };
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

/// Looks at an object right before it is applied, and puts it into the ledger. What is there, and whether the release's is to be made: it is not known
/// to have been written, and none is there that is another's.
async fn look(
    cx: &OperationDesk,
    object: &ObjectRef,
    part: Part,
) -> Result<(Option<Value>, bool), Halt> {
    let there = cx.read(object).await?;
    if let Some(there) = &there {
        let theirs = ownership(cx, object, there);
        theirs.map_err(|refusal| Halt::failed(refusal.message))?;
    }
    register(cx, object, part, there.as_ref());
    let is_written = entry(cx, object).is_some_and(|entry| entry.uid.is_some());
    Ok((there, !is_written))
}

/// What came of an apply was that the object is not what it was when it was looked at: it is to be looked at again.
async fn changed(
    cx: &OperationDesk,
    object: &ObjectRef,
    failure: Failure,
    patience: &mut Patience<'_>,
) -> Result<(), Halt> {
    if failure.class() == FailureClass::OtherUid {
        made_anew(cx, object).await?;
    }
    let reason = format!("to apply {object} again: {failure}");
    match patience.again(None, reason).await {
        false => Err(refused(object, &failure)),
        true if cx.must_stop() => Err(Halt::Cancelled),
        true => Ok(()),
    }
}

/// Applies an object. `Err` within: it is not what was looked at.
async fn apply_once(
    cx: &OperationDesk,
    object: &ObjectRef,
    manifest: &Value,
) -> Result<Result<Value, Failure>, Halt> {
    let desk = cx.desk();
    let until = desk.now().after(desk.settings().kind_patience);
    let mut force = cx.planned().options().force_conflicts;
    loop {
        let request = Request::Apply {
            object: manifest.clone(),
            force,
            dry_run: false,
        };
        match desk.call(request).await {
            Ok(Reply::Object(made)) => return Ok(Ok(made)),
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
            Err(failure) if is_of_another_look(&failure) => return Ok(Err(failure)),
            Err(failure) => return Err(refused(object, &failure)),
        }
    }
}

fn is_of_another_look(failure: &Failure) -> bool {
    matches!(
        failure.class(),
        FailureClass::OtherUid | FailureClass::Outdated
    )
}

/// The manifest, with where the release is on record, and with the uid that the object is known by and the version that was looked at, because what
/// another one has taken over since is not changed; and marked if it was there before, because another release that has it too cannot see that in the
/// ledger of this one.
fn as_known(
    cx: &OperationDesk,
    manifest: &Value,
    (object, there): (&ObjectRef, Option<&Value>),
) -> Value {
    let mut manifest = manifest.clone();
    let known = entry(cx, object);
    let metadata = manifest
        .pointer_mut("/metadata")
        .and_then(Value::as_object_mut);
    let (Some(metadata), Some(known)) = (metadata, known) else {
        return manifest;
    };
    if let Some(uid) = known.uid {
        let version = there.and_then(resource_version);
        if let Some(version) = version {
            metadata.insert("resourceVersion".to_owned(), version.into());
        }
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

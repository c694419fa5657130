//! Deletes one object of a release, or says why it stays.

use serde_json::{Value, json};

use super::claims::{self, Other};
use super::custom_resources::objects_of;
use super::marks::{
    is_going, is_ours, marked_origin, resource_version, uid, version_of, with_marks,
};
use super::operation_desk::{Halt, OperationDesk};
use crate::api::{Failure, FailureClass, ObjectRef, PatchKind, Request};
use crate::journal::{LedgerEntry, OperationJournal, Origin};
use crate::label;
use crate::module::leaves_resources;
use crate::plan::Claim;

/// What came of an object that was to be deleted.
pub(super) enum Deletion {
    /// There is none.
    Absent,
    /// It goes, or is gone; as it was last.
    Deleted(Box<Value>),
    /// It is not to be deleted any more, as it is.
    Spared(Box<Value>),
}

/// Deletes an object as it was looked at: one that was changed since, perhaps by somebody who takes it over, is looked at again.
pub(super) async fn delete_while(
    cx: &OperationDesk,
    target: &ObjectRef,
    may_go: impl Fn(&Value) -> bool,
) -> Result<Deletion, Halt> {
    delete_as_seen(cx, (target, None), may_go).await
}

/// Deletes an object of the ledger in the same way. That the server is asked is in the journal before: what came of it, if a runner dies then and
/// nobody deletes anything more, is found out by [`look_after_deletion`].
pub(super) async fn delete_entry(
    cx: &OperationDesk,
    entry: &LedgerEntry,
    may_go: impl Fn(&Value) -> bool,
) -> Result<Deletion, Halt> {
    let deletion = delete_as_seen(cx, (&entry.object, Some(entry)), may_go).await?;
    match &deletion {
        Deletion::Absent => went(cx, entry, None),
        Deletion::Deleted(there) => went(cx, entry, uid(there)),
        Deletion::Spared(_) => stayed(cx, &entry.object),
    }
    Ok(deletion)
}

/// Finds out what came of a deletion that a runner before had asked for when it died, or of which the server did not say. Nothing else is deleted before.
pub(super) async fn look_after_deletion(cx: &OperationDesk) -> Result<(), Halt> {
    let Some(entry) = cx.look(|operation| operation.deleting.clone()) else {
        return Ok(());
    };
    let there = cx.read(&entry.object).await?;
    let is_it = |there: &Value| uid(there) == entry.uid && !is_going(there);
    match there.as_ref().is_some_and(is_it) {
        true => stayed(cx, &entry.object),
        false => went(cx, &entry, entry.uid.clone()),
    }
    Ok(())
}

async fn delete_as_seen(
    cx: &OperationDesk,
    (target, entry): (&ObjectRef, Option<&LedgerEntry>),
    may_go: impl Fn(&Value) -> bool,
) -> Result<Deletion, Halt> {
    let until = cx.desk().now().after(cx.desk().settings().patience);
    loop {
        let Some(there) = cx.read(target).await? else {
            return Ok(Deletion::Absent);
        };
        if !may_go(&there) {
            return Ok(Deletion::Spared(Box::new(there)));
        }
        if let Some(entry) = entry {
            let deleting = with_uid(entry, uid(&there));
            cx.record(|operation| operation.deleting = Some(deleting));
        }
        let request = Request::Delete {
            target: target.clone(),
            uid: uid(&there),
            resource_version: resource_version(&there),
        };
        let Err(failure) = cx.desk().call(request).await else {
            return Ok(Deletion::Deleted(there.into()));
        };
        if is_gone(&failure) {
            return Ok(Deletion::Deleted(there.into()));
        }
        if entry.is_some() && failure.is_definite() {
            stayed(cx, target);
        }
        if failure.class() != FailureClass::Outdated || cx.desk().now() >= until {
            return Err(Halt::of(&format!("{target} cannot be deleted"), &failure));
        }
        cx.pause(format!("to delete {target} again: {failure}"))
            .await;
    }
}

/// Has the server delete an object of this uid, whatever has become of it since.
pub(super) async fn by_uid(
    cx: &OperationDesk,
    target: &ObjectRef,
    uid: Option<String>,
) -> Result<(), Halt> {
    let request = Request::delete(target.clone(), uid);
    match cx.desk().call(request).await {
        Err(failure) if !is_gone(&failure) => {
            Err(Halt::of(&format!("{target} cannot be deleted"), &failure))
        }
        _ => Ok(()),
    }
}

/// Whether a deletion failed because there is nothing to delete.
fn is_gone(failure: &Failure) -> bool {
    matches!(
        failure.class(),
        FailureClass::NotFound | FailureClass::NoSuchKind | FailureClass::OtherUid
    )
}

/// Deletes one object of ours. What stays, and why, is on record.
pub(super) async fn delete(cx: &OperationDesk, entry: &LedgerEntry) -> Result<(), Halt> {
    let object = &entry.object;
    if let Some(why) = stays(cx, entry).await? {
        keep(cx, object, &why);
        return Ok(());
    }
    // What was not there a moment ago, and holds data after all, is not deleted unasked.
    let is_asked = is_asked(cx, entry);
    let may_go = claims::may_go(cx, object).await?;
    match delete_entry(cx, entry, |there| is_asked && may_go(there)).await? {
        Deletion::Absent => {}
        Deletion::Deleted(there) => {
            if leaves_resources(&there) {
                left_in_cloud(cx, object);
            }
        }
        Deletion::Spared(there) if may_go(&there) => {
            keep(cx, object, "its deletion was not asked for")
        }
        Deletion::Spared(_) => {
            let why = spared(cx, entry).await?;
            keep(cx, object, &why);
        }
    }
    Ok(())
}

/// Gives an object back that somebody has made anew, if it is that: the ledger knows the one before. Why it stays.
async fn spared(cx: &OperationDesk, entry: &LedgerEntry) -> Result<String, Halt> {
    let there = cx.read(&entry.object).await?;
    let there = there.filter(|there| is_ours(cx, there));
    let origin = there.as_ref().map_or(Origin::Release, marked_origin);
    if !origin.is_others() {
        return Ok("it is another's by now".to_owned());
    }
    let entry = LedgerEntry {
        origin,
        ..entry.clone()
    };
    let_go(cx, &entry).await
}

/// Notes that an object of the ledger is gone, or goes and cannot be held. Not before the server has said so: until then it is of the release.
pub(super) fn went(cx: &OperationDesk, entry: &LedgerEntry, uid: Option<String>) {
    let deleted = with_uid(entry, uid);
    let is_known = |operation: &OperationJournal| {
        !operation.is_deleting(&deleted.object) && operation.deleted.contains(&deleted)
    };
    if !cx.look(is_known) {
        cx.record(|operation| operation.note_deleted(deleted));
    }
}

/// Notes that an object is not being deleted.
fn stayed(cx: &OperationDesk, object: &ObjectRef) {
    if cx.look(|operation| operation.is_deleting(object)) {
        cx.record(|operation| operation.hear_of(object));
    }
}

fn with_uid(entry: &LedgerEntry, uid: Option<String>) -> LedgerEntry {
    LedgerEntry {
        uid,
        ..entry.clone()
    }
}

/// Notes that nothing in the cluster knows any more of what an object has made outside of it.
fn left_in_cloud(cx: &OperationDesk, object: &ObjectRef) {
    let line = format!(
        "what {object} has made in its cloud stays, and nothing knows of it any more: `spec.deleteResource` was not set when it was deleted"
    );
    if cx.look(|operation| !operation.kept.contains(&line)) {
        cx.record(|operation| operation.kept.push(line));
    }
}

/// What begins each line that says why an object stays.
pub(super) fn stays_for(object: &ObjectRef) -> String {
    format!("{object} stays: ")
}

/// Notes that an object is gone of which it was said that it stays.
pub(super) fn stays_no_more(cx: &OperationDesk, object: &ObjectRef) {
    let beginning = stays_for(object);
    cx.record(|operation| {
        let kept = &mut operation.kept;
        kept.retain(|line| !line.starts_with(&beginning));
    });
}

/// Notes that an object stays that might have been deleted. What was said of it before is out of date.
pub(super) fn keep(cx: &OperationDesk, object: &ObjectRef, why: &str) {
    let beginning = stays_for(object);
    let line = format!("{beginning}{why}");
    if cx.look(|operation| operation.kept.contains(&line)) {
        return;
    }
    cx.record(|operation| {
        let mut kept = operation.kept.iter_mut();
        match kept.find(|line| line.starts_with(&beginning)) {
            Some(before) => *before = line,
            None => operation.kept.push(line),
        }
    });
}

/// Why an object stays that another instance has too.
pub(super) fn has_it_too(claim: &Claim) -> String {
    format!("`{}` has it too", claim.package)
}

/// Notes that an object stays until another operation of the run has it.
fn await_object(cx: &OperationDesk, object: &ObjectRef) {
    if !cx.look(|operation| operation.awaits(object)) {
        cx.record(|operation| operation.awaited.push(object.clone()));
    }
}

/// Leaves an object to another instance that has it, or is to have it in this run. Why it stays, if it does.
pub(super) async fn leave_to_another(
    cx: &OperationDesk,
    entry: &LedgerEntry,
) -> Result<Option<String>, Halt> {
    match claims::other(cx, &entry.object).await? {
        Some(Other::Has(claim)) => {
            pass(cx, &claim).await?;
            Ok(Some(has_it_too(&claim)))
        }
        Some(Other::Awaited(claim)) => {
            await_object(cx, &entry.object);
            let otherwise = match () {
                () if entry.origin.is_others() => "and was there before",
                () if entry.holds_data() => {
                    "else it goes with the next operation that is asked to delete it"
                }
                () => "else it goes with the next operation",
            };
            let package = &claim.package;
            Ok(Some(format!(
                "it is on record here until `{package}` has it, {otherwise}"
            )))
        }
        None => Ok(None),
    }
}

/// Whether an object may be deleted by what was asked for: data only if that was.
fn is_asked(cx: &OperationDesk, entry: &LedgerEntry) -> bool {
    !entry.holds_data() || cx.planned().options().delete_data
}

/// Why an object is not deleted, if it is not.
async fn stays(cx: &OperationDesk, entry: &LedgerEntry) -> Result<Option<String>, Halt> {
    if let Some(why) = leave_to_another(cx, entry).await? {
        return Ok(Some(why));
    }
    // All releases are one field manager: what goes of an object is what any of them set.
    if entry.origin.is_others() {
        return let_go(cx, entry).await.map(Some);
    }
    if is_asked(cx, entry) {
        return Ok(None);
    }
    let mut count = None;
    if entry.object.kind() == "CustomResourceDefinition" {
        let Some(objects) = objects_of(cx, &entry.object).await? else {
            return Ok(None);
        };
        count = Some(objects.len());
    }
    Ok(Some(match count {
        Some(0) => "it has no objects, but its deletion was not asked for".to_owned(),
        Some(1) => "its one object would go with it, and that was not asked for".to_owned(),
        Some(count) => format!("its {count} objects would go with it, and that was not asked for"),
        None => "data would go with it, and that was not asked for".to_owned(),
    }))
}

/// Gives an object back that was there before: the fields that nobody but the release had set go, and our marks with them. Why it stays.
async fn let_go(cx: &OperationDesk, entry: &LedgerEntry) -> Result<String, Halt> {
    let object = &entry.object;
    let given_back = match entry.origin {
        Origin::OthersForced => Err("fields of others had been taken over".to_owned()),
        _ => give_back(cx, object, &object.manifest())
            .await?
            .map_err(|failure| failure.to_string()),
    };
    let metadata = json!({
        "labels": {label::PACKAGE: null, label::RELEASE_UID: null},
        "annotations": {label::EXISTED: null, label::HOME: null, label::VERSION: null},
    });
    mark(cx, object, &metadata).await?;
    Ok(match given_back {
        Ok(()) => "it was there before".to_owned(),
        Err(why) => format!("it was there before, and keeps what was set in it: {why}"),
    })
}

/// Makes an object that of the other instance that has it too, as that one wrote it if that is known. It is on record first: if that instance
/// goes in the same run, one of the two has to delete the object.
pub(super) async fn pass(cx: &OperationDesk, claim: &Claim) -> Result<(), Halt> {
    cx.record(|operation| operation.hand_on(&claim.object));
    make_anothers(cx, claim).await
}

/// The same of an object of which it is on record already, or will be.
pub(super) async fn make_anothers(cx: &OperationDesk, claim: &Claim) -> Result<(), Halt> {
    let object = &claim.object;
    let origin = origin(cx, object);
    let written = claims::manifest(cx, claim);
    // What was taken over by force stays as it is: what of it was whose is not known.
    if let Some(manifest) = written.filter(|_| origin != Origin::OthersForced) {
        let manifest = with_marks(manifest.clone(), cx.plan().home(), origin);
        match give_back(cx, object, &manifest).await? {
            Ok(()) => return Ok(()),
            Err(failure) => cx.warn(format!(
                "{object} is that of `{}` now, but stays as `{}` wrote it: {failure}",
                claim.package,
                cx.planned().operation().package()
            )),
        }
    }
    let labels = json!({
        label::PACKAGE: label::value(&claim.package),
        label::RELEASE_UID: label::value(&claim.release_uid),
    });
    // Where nothing says which version of the other one wrote it, it says of none.
    let annotations = json!({label::VERSION: written.and_then(version_of)});
    let metadata = json!({"labels": labels, "annotations": annotations});
    mark(cx, object, &metadata).await
}

/// Who made an object of which the release lets go, by what was on record of it before the operation or is now.
fn origin(cx: &OperationDesk, object: &ObjectRef) -> Origin {
    let of_others = |entries: &[LedgerEntry]| {
        let mut entries = entries.iter();
        let entry =
            entries.find(|entry| entry.origin.is_others() && entry.object.is_same_object(object));
        entry.map(|entry| entry.origin)
    };
    let known = of_others(&cx.previous());
    let known = known.or_else(|| cx.look(|operation| of_others(operation.ledger())));
    known.unwrap_or(Origin::Release)
}

/// Applies what another one wrote, or nothing, to an object of ours. `Err` within: the server does not take it.
async fn give_back(
    cx: &OperationDesk,
    object: &ObjectRef,
    manifest: &Value,
) -> Result<Result<(), Failure>, Halt> {
    change(cx, object, |there| {
        let mut manifest = manifest.clone();
        if let Some(metadata) = manifest
            .pointer_mut("/metadata")
            .and_then(Value::as_object_mut)
        {
            metadata.insert("uid".to_owned(), uid(there).into());
            metadata.insert("resourceVersion".to_owned(), resource_version(there).into());
        }
        Request::Apply {
            object: manifest,
            force: false,
            dry_run: false,
        }
    })
    .await
}

/// Changes the metadata of an object that carries our label: what is not deleted is ours no more.
async fn mark(cx: &OperationDesk, object: &ObjectRef, metadata: &Value) -> Result<(), Halt> {
    let marked = change(cx, object, |there| {
        let mut metadata = metadata.clone();
        if let Some(metadata) = metadata.as_object_mut() {
            metadata.insert("uid".to_owned(), uid(there).into());
            metadata.insert("resourceVersion".to_owned(), resource_version(there).into());
        }
        Request::Patch {
            target: object.clone(),
            patch: json!({"metadata": metadata}),
            kind: PatchKind::Merge,
        }
    });
    marked.await?.map_err(|failure| {
        Halt::of(
            &format!("the labels of {object} cannot be changed"),
            &failure,
        )
    })
}

/// Changes an object as long as it is the release's. `Err` within: the server does not take the change.
async fn change(
    cx: &OperationDesk,
    object: &ObjectRef,
    request: impl Fn(&Value) -> Request,
) -> Result<Result<(), Failure>, Halt> {
    let until = cx.desk().now().after(cx.desk().settings().patience);
    loop {
        let there = cx.read(object).await?;
        let is_ours = |there: &Value| claims::is_ours_by_record(cx, object, there);
        let Some(there) = there.filter(is_ours) else {
            return Ok(Ok(()));
        };
        let Err(failure) = cx.desk().call(request(&there)).await else {
            return Ok(Ok(()));
        };
        match failure.class() {
            FailureClass::NotFound | FailureClass::OtherUid => return Ok(Ok(())),
            FailureClass::Outdated if cx.desk().now() < until => {
                cx.pause(format!("to change {object} again: {failure}"))
                    .await;
            }
            _ => return Ok(Err(failure)),
        }
    }
}

//! What stands on objects: which release wrote them last, and which version of it, where that is on record, and whether they were there before any.

use serde_json::Value;

use super::operation_desk::OperationDesk;
use crate::api::FIELD_MANAGER;
use crate::journal::Origin;
use crate::pointer::At;
use crate::{label, object};

/// What the mark of what was there before says where fields of others may have been taken over.
const FORCED: &str = "forced";

/// Whether an object carries the label of this release.
pub(super) fn is_ours(cx: &OperationDesk, object: &Value) -> bool {
    is_of(object, cx.planned().context().release_uid())
}

/// Whether an object carries the label of the release of this uid.
pub(super) fn is_of(object: &Value, release_uid: &str) -> bool {
    self::release_uid(object) == Some(label::value(release_uid).as_str())
}

/// The release whose label an object carries.
pub(super) fn release_uid(object: &Value) -> Option<&str> {
    object
        .at("/metadata/labels")?
        .get(label::RELEASE_UID)?
        .as_str()
}

/// Whether an object carries the label of a release that is on no record.
pub(super) fn is_left_over(cx: &OperationDesk, there: &Value) -> bool {
    release_uid(there).is_some_and(|uid| !cx.planned().knows(uid))
}

/// Whether an object was made for a release of the same package that is on no record any more, and left by it: data that stayed when that was
/// uninstalled, or its namespace, which says of no package.
pub(super) fn is_left_by_package(cx: &OperationDesk, there: &Value) -> bool {
    !marked_origin(there).is_others() && is_of_package_before(cx, there)
}

/// Whether an object carries the label of a release of the same package that is on no record any more, whoever made it.
pub(super) fn is_of_package_before(cx: &OperationDesk, there: &Value) -> bool {
    let labels = there.at("/metadata/labels");
    let package = labels.and_then(|labels| labels.get(label::PACKAGE)?.as_str());
    let own = label::value(cx.planned().operation().package().as_str());
    package.is_none_or(|package| package == own)
        && home_of(there) == Some(cx.plan().home())
        && is_left_over(cx, there)
}

/// Whether an object carries the label of a release that is on record in another runner's namespace, as far as it says.
pub(super) fn is_taken_over(cx: &OperationDesk, there: &Value) -> bool {
    let is_elsewhere = home_of(there).is_some_and(|home| home != cx.plan().home());
    is_elsewhere && is_left_over(cx, there)
}

/// The runner's namespace of the release that an object carries the label of.
pub(super) fn home_of(there: &Value) -> Option<&str> {
    there
        .at("/metadata/annotations")?
        .get(label::HOME)?
        .as_str()
}

/// The version of the release that wrote an object last.
pub(super) fn version_of(object: &Value) -> Option<&str> {
    object
        .at("/metadata/annotations")?
        .get(label::VERSION)?
        .as_str()
}

/// Whether an object was there before any release of a catalog was written over it, or is that of a release which is on record elsewhere. One that
/// was made for a release goes with the last that has it.
pub(super) fn is_of_somebody_else(cx: &OperationDesk, object: &Value) -> bool {
    let has = |map: &str, key: &str| {
        let map = object.at(map).and_then(Value::as_object);
        map.is_some_and(|map| map.contains_key(key))
    };
    let is_kept = is_taken_over(cx, object) && !cx.planned().options().take_ownership;
    is_kept
        || !has("/metadata/labels", label::RELEASE_UID)
        || has("/metadata/annotations", label::EXISTED)
}

/// Whether an object was made by somebody else before it was applied for the first time, by what it says of who set which fields when. What only its
/// metadata and status tell of others is from controllers, which answer as soon as there is an object; so is what came a second or more after it was
/// made, unless our own fields came as late.
pub(super) fn was_made_by_others(object: &Value) -> bool {
    let created = object
        .at("/metadata/creationTimestamp")
        .and_then(Value::as_str);
    let is_late = |entry: &Value| {
        let time = entry.get("time").and_then(Value::as_str);
        time.zip(created)
            .is_some_and(|(time, created)| time > created)
    };
    let text = |entry: &Value, key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
    let is_ours = |entry: &&Value| text(entry, "manager").as_deref() == Some(FIELD_MANAGER);
    let entries = object
        .at("/metadata/managedFields")
        .and_then(Value::as_array);
    let entries = || entries.into_iter().flatten();
    let mut own = entries().filter(is_ours).peekable();
    // Without an entry of our own nobody knows when we came.
    let came_late = own.peek().is_some() && own.all(is_late);
    entries()
        .filter(|entry| !is_ours(entry))
        .any(|entry| sets_content(entry) && (came_late || !is_late(entry)))
}

/// Who made an object, by what stands on it: not what a ledger says that knew another one of its name.
pub(super) fn marked_origin(object: &Value) -> Origin {
    let annotations = object.at("/metadata/annotations");
    match annotations.and_then(|map| map.get(label::EXISTED)?.as_str()) {
        None => Origin::Release,
        Some(FORCED) => Origin::OthersForced,
        Some(_) => Origin::Others,
    }
}

/// Whether an entry of `managedFields` is about more than metadata and status.
fn sets_content(entry: &Value) -> bool {
    let fields = entry.get("fieldsV1").and_then(Value::as_object);
    fields.is_none_or(|fields| {
        let mut keys = fields.keys().map(String::as_str);
        keys.any(|key| !matches!(key, "f:metadata" | "f:status"))
    })
}

/// Whether its deletion was asked for.
pub(super) fn is_going(object: &Value) -> bool {
    object
        .at("/metadata/deletionTimestamp")
        .is_some_and(Value::is_string)
}

pub(super) fn uid(object: &Value) -> Option<String> {
    object
        .at("/metadata/uid")
        .and_then(Value::as_str)
        .map(str::to_owned)
}

pub(super) fn resource_version(object: &Value) -> Option<String> {
    let version = object.pointer("/metadata/resourceVersion");
    version.and_then(Value::as_str).map(str::to_owned)
}

/// The manifest with what else is to stand on an object of ours: where its release is on record, and who made it if that was not one.
pub(super) fn with_marks(mut manifest: Value, home: &str, origin: Origin) -> Value {
    let metadata = manifest
        .pointer_mut("/metadata")
        .and_then(Value::as_object_mut);
    if let Some(annotations) = metadata.and_then(|metadata| object::child(metadata, "annotations"))
    {
        annotations.insert(label::HOME.to_owned(), home.into());
        // An author who writes it would have the object stay for ever.
        annotations.remove(label::EXISTED);
        let mark = match origin {
            Origin::Release => None,
            Origin::OthersForced => Some(FORCED),
            Origin::Others => Some("true"),
        };
        if let Some(mark) = mark {
            annotations.insert(label::EXISTED.to_owned(), mark.into());
        }
    }
    manifest
}

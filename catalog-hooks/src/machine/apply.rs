//! Brings definitions and modules to the cluster.

use serde_json::{Value, json};

use super::operation_desk::{Halt, OperationDesk};
use crate::api::{Failure, FailureClass, ObjectRef, PatchKind, Reply, Request};
use crate::effect::{Answer, ModuleCall, ModuleFailure, ModuleStatus, ModuleVerb, Task};
use crate::journal::{LedgerEntry, ModuleJournal, Part};
use crate::label;
use crate::module::{RenderedContent, RenderedModule};
use crate::object;
use crate::plan::{Content, Side};
use crate::pointer::At;

/// Makes the namespace of the instance, if it is not there. Whether it was made just now.
pub(super) async fn namespace(cx: &OperationDesk) -> Result<bool, Halt> {
    make_namespace(cx, cx.planned().operation().namespace()).await
}

/// Makes the namespaces that modules go to beside that of the instance.
async fn module_namespaces(cx: &OperationDesk, content: &Content) -> Result<(), Halt> {
    let home = cx.planned().operation().namespace();
    let others = content.namespaces().into_iter();
    for name in others.filter(|name| *name != home) {
        make_namespace(cx, name).await?;
    }
    Ok(())
}

async fn make_namespace(cx: &OperationDesk, name: &str) -> Result<bool, Halt> {
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
        made_for_the_release(cx, &object, None);
    }
    register(cx, std::slice::from_ref(&manifest), Part::Namespace).await?;
    if cx.look(|operation| {
        operation
            .ledger
            .iter()
            .any(|entry| entry.object == object && entry.existed)
    }) {
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
        Err(failure) if failure.class() == FailureClass::AlreadyExists => return Ok(false),
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

/// Whether an object carries the label of a release that is on no record.
fn is_left_over(cx: &OperationDesk, there: &Value) -> bool {
    let labels = there.at("/metadata/labels");
    let uid = labels.and_then(|labels| labels.get(label::RELEASE_UID)?.as_str());
    uid.is_some_and(|uid| !cx.planned().knows(uid))
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

/// Applies the definitions of one side.
pub(super) async fn definitions(cx: &OperationDesk, side: Side) -> Result<(), Halt> {
    let Some(content) = content(cx, side) else {
        return Ok(());
    };
    register(cx, content.definitions(), Part::Definition).await?;
    for object in content.definitions() {
        apply(cx, object).await?;
    }
    Ok(())
}

/// Deploys the modules of one side, in order.
pub(super) async fn modules(cx: &OperationDesk, side: Side) -> Result<(), Halt> {
    let Some(content) = content(cx, side) else {
        return Ok(());
    };
    module_namespaces(cx, content).await?;
    let objects: Vec<Value> = content.module_objects().cloned().collect();
    register(cx, &objects, Part::Module).await?;
    for module in content.modules() {
        match module.content() {
            RenderedContent::Objects(objects) => {
                for object in objects {
                    apply(cx, object).await?;
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

/// Puts objects into the ledger before they are written, each with whether it was there before, of somebody else.
async fn register(cx: &OperationDesk, objects: &[Value], part: Part) -> Result<(), Halt> {
    let previous = cx.previous();
    for manifest in objects {
        let Some(object) = ObjectRef::of(manifest) else {
            return Err(Halt::failed("an object of the plan has no name"));
        };
        if cx.look(|operation| {
            operation
                .ledger
                .iter()
                .any(|entry| entry.object.is_same_object(&object))
        }) {
            continue;
        }
        let there = cx.read(&object).await?;
        let before = previous
            .iter()
            .find(|entry| entry.object.is_same_object(&object));
        let existed = there
            .as_ref()
            .is_some_and(|there| existed(cx, before, there));
        let forces = cx.planned().options().force_conflicts;
        let was_forced = before.is_some_and(|before| before.forced);
        let entry = LedgerEntry {
            part,
            existed,
            forced: existed && (forces || was_forced),
            uid: there.as_ref().and_then(uid),
            object,
        };
        cx.record(|operation| operation.ledger.push(entry));
    }
    Ok(())
}

/// Whether an object that is there was there before the release was. What the ledger says of it holds of that very object: one that was made since
/// in its place is another one.
fn existed(cx: &OperationDesk, before: Option<&LedgerEntry>, there: &Value) -> bool {
    let is_same = |before: &&LedgerEntry| before.uid.is_none() || before.uid == uid(there);
    match before.filter(is_same) {
        Some(before) => before.existed,
        None => is_of_somebody_else(cx, there),
    }
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

/// Whether an object was there before any release of a catalog was written over it, or is that of a release which is on record elsewhere. One that
/// was made for a release goes with the last that has it.
fn is_of_somebody_else(cx: &OperationDesk, object: &Value) -> bool {
    let has = |map: &str, key: &str| {
        let map = object.at(map).and_then(Value::as_object);
        map.is_some_and(|map| map.contains_key(key))
    };
    let is_kept = is_taken_over(cx, object) && !cx.planned().options().take_ownership;
    is_kept
        || !has("/metadata/labels", label::RELEASE_UID)
        || has("/metadata/annotations", label::EXISTED)
}

/// Whether an object carries the label of this release.
pub(super) fn is_ours(cx: &OperationDesk, object: &Value) -> bool {
    is_of(object, cx.planned().context().release_uid())
}

/// Whether an object carries the label of the release of this uid.
pub(super) fn is_of(object: &Value, release_uid: &str) -> bool {
    let labels = object.at("/metadata/labels");
    let uid = labels
        .and_then(|labels| labels.get(label::RELEASE_UID))
        .and_then(Value::as_str);
    uid == Some(label::value(release_uid).as_str())
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

fn note_uid(cx: &OperationDesk, object: &ObjectRef, made: &Value) {
    let Some(uid) = uid(made) else { return };
    let known = cx.look(|operation| {
        let mut entries = operation.ledger.iter();
        entries
            .any(|entry| entry.object.is_same_object(object) && entry.uid.as_deref() == Some(&uid))
    });
    if known {
        return;
    }
    cx.record(|operation| {
        let mut entries = operation.ledger.iter_mut();
        if let Some(entry) = entries.find(|entry| entry.object.is_same_object(object)) {
            entry.uid = Some(uid);
        }
    });
}

/// Applies one object, and again if it turns out to be on its way out.
async fn apply(cx: &OperationDesk, manifest: &Value) -> Result<(), Halt> {
    let Some(object) = ObjectRef::of(manifest) else {
        return Err(Halt::failed("an object of the plan has no name"));
    };
    let until = cx.desk().now().after(cx.desk().settings().gone_timeout);
    loop {
        let made = apply_once(cx, manifest, &object).await?;
        if !is_going(&made) {
            note_uid(cx, &object, &made);
            return Ok(());
        }
        if cx.desk().now() >= until {
            return Err(Halt::failed(format!(
                "{object} is deleted whenever it is applied: find out who does that"
            )));
        }
        super::gone::wait_until_gone(cx, &object, uid(&made).unwrap_or_default()).await?;
        made_for_the_release(cx, &object, None);
        cx.pause_or_stop(format!("to apply {object} again")).await?;
    }
}

async fn apply_once(
    cx: &OperationDesk,
    manifest: &Value,
    object: &ObjectRef,
) -> Result<Value, Halt> {
    let desk = cx.desk();
    let until = desk.now().after(desk.settings().kind_patience);
    let last = desk.now().after(desk.settings().patience);
    loop {
        let request = Request::Apply {
            object: as_known(cx, manifest, object),
            force: cx.planned().options().force_conflicts,
            dry_run: false,
        };
        match desk.call(request).await {
            Ok(Reply::Object(made)) => return Ok(made),
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
    let known = cx.look(|operation| {
        let mut entries = operation.ledger.iter();
        let known = entries.find(|entry| entry.object.is_same_object(object));
        known.cloned()
    });
    let metadata = manifest
        .pointer_mut("/metadata")
        .and_then(Value::as_object_mut);
    let (Some(metadata), Some(known)) = (metadata, known) else {
        return manifest;
    };
    if let Some(uid) = known.uid {
        metadata.insert("uid".to_owned(), uid.into());
    }
    with_marks(manifest, cx.plan().home(), known.existed)
}

/// The manifest with what else is to stand on an object of ours: where its release is on record, and whether it was there before any.
pub(super) fn with_marks(mut manifest: Value, home: &str, existed: bool) -> Value {
    let metadata = manifest
        .pointer_mut("/metadata")
        .and_then(Value::as_object_mut);
    if let Some(annotations) = metadata.and_then(|metadata| object::child(metadata, "annotations"))
    {
        annotations.insert(label::HOME.to_owned(), home.into());
        if existed {
            annotations.insert(label::EXISTED.to_owned(), "true".into());
        }
    }
    manifest
}

/// The object was deleted, and perhaps made again by somebody: if it is gone, it is ours to make.
async fn made_anew(cx: &OperationDesk, object: &ObjectRef) -> Result<(), Halt> {
    let there = cx.read(object).await?;
    if there.as_ref().is_some_and(|there| !is_ours(cx, there)) {
        return Err(Halt::failed(format!(
            "{object} was deleted and made again by somebody else"
        )));
    }
    made_for_the_release(cx, object, there.as_ref().and_then(uid));
    Ok(())
}

/// The object that the ledger knew is gone: the one of its name with this uid, or the next one, is made for the release.
fn made_for_the_release(cx: &OperationDesk, object: &ObjectRef, uid: Option<String>) {
    let is_it = |entry: &LedgerEntry| entry.object.is_same_object(object);
    let is_other = |entry: &LedgerEntry| is_it(entry) && (entry.existed || entry.uid != uid);
    if !cx.look(|operation| operation.ledger.iter().any(is_other)) {
        return;
    }
    cx.record(|operation| {
        let mut entries = operation.ledger.iter_mut();
        if let Some(entry) = entries.find(|entry| is_it(entry)) {
            entry.uid = uid;
            entry.existed = false;
        }
    });
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

/// Asks the driver of a module to deploy it. That it was asked is on record before.
async fn deploy(cx: &OperationDesk, module: &RenderedModule) -> Result<(), Halt> {
    let track = cx.look(|operation| operation.track());
    let asked = ModuleJournal {
        module: module.name().to_owned(),
        namespace: module.namespace().to_owned(),
        deploy: true,
        track,
    };
    if cx.look(|operation| !operation.modules.contains(&asked)) {
        cx.record(|operation| operation.modules.push(asked));
    }
    match ask_driver(cx, module, ModuleVerb::Deploy).await? {
        ModuleStatus::Failed(why) => Err(Halt::failed(format!(
            "module `{}` failed: {why}",
            module.name()
        ))),
        _ => Ok(()),
    }
}

/// Asks a driver, again and again while that may help.
pub(super) async fn ask_driver(
    cx: &OperationDesk,
    module: &RenderedModule,
    verb: ModuleVerb,
) -> Result<ModuleStatus, Halt> {
    let RenderedContent::Driver { driver, input } = module.content() else {
        return Ok(ModuleStatus::Ready);
    };
    let desk = cx.desk();
    let until = desk.now().after(desk.settings().patience);
    let mut pause = desk.settings().first_pause;
    loop {
        if verb != ModuleVerb::Status {
            desk.flush().await;
        }
        let call = ModuleCall {
            verb,
            driver: driver.clone(),
            module: module.name().to_owned(),
            namespace: module.namespace().to_owned(),
            input: input.clone(),
        };
        let failure = match desk.ask(Task::Module(call)).await {
            Answer::Module(Ok(status)) => return Ok(status),
            Answer::Module(Err(failure)) => failure,
            _ => ModuleFailure {
                message: "the answer is of another kind than the question".to_owned(),
                may_pass: true,
            },
        };
        let what = format!("{verb} module `{}`: {}", module.name(), failure.message);
        if !failure.may_pass || desk.now() >= until {
            return Err(Halt::failed(what));
        }
        desk.sleep(
            desk.now().after(pause),
            Vec::new(),
            format!("to try again: {what}"),
        )
        .await;
        pause = (pause * 2).min(desk.settings().longest_pause);
    }
}

//! Takes away what is not wanted any more, and nothing that holds data unless that was asked for.

use catalog_model::OperationKind;
use serde_json::{Value, json};

use super::apply::{ask_driver, is_ours, uid};
use super::claims;
use super::held::{held_by, held_objects};
use super::operation::{Halt, OperationDesk};
use crate::api::{FailureClass, ListRequest, ObjectRef, PatchKind, Request};
use crate::effect::{ModuleStatus, ModuleVerb};
use crate::journal::{LedgerEntry, ModuleJournal, Part};
use crate::label;
use crate::module::{RenderedContent, RenderedModule};
use crate::plan::{Claim, Content, Track};

/// Deletes what the release before had and this one has not; on the way back, what this one had and the one before has not.
pub(super) async fn prune(cx: &OperationDesk) -> Result<(), Halt> {
    let back = cx.look(|operation| operation.track()) == Track::Back;
    let (leaving, staying) = match back {
        false => (cx.planned().previous().to_vec(), cx.planned().target()),
        true => (
            cx.look(|operation| operation.ledger.clone()),
            cx.planned().before(),
        ),
    };
    let stays = staying.map(Content::entries).unwrap_or_default();
    let surplus = leaving.into_iter().filter(|entry| {
        entry.part != Part::Namespace
            && !stays
                .iter()
                .any(|one| one.object.is_same_object(&entry.object))
    });
    for entry in surplus.collect::<Vec<_>>().iter().rev() {
        delete(cx, entry).await?;
    }
    let (from, to) = if back {
        (cx.planned().target(), staying)
    } else {
        (cx.planned().before(), staying)
    };
    for module in driven(from) {
        if !driven(to).any(|other| other.name() == module.name()) {
            delete_module(cx, module).await?;
        }
    }
    Ok(())
}

/// Modules that a driver deploys.
fn driven(content: Option<&Content>) -> impl Iterator<Item = &RenderedModule> {
    let modules = content.map(Content::modules).unwrap_or_default();
    modules
        .iter()
        .filter(|module| matches!(module.content(), RenderedContent::Driver { .. }))
}

/// What the operation takes away: of an uninstall what is on record, of an install that is taken back what it wrote.
fn leaving(cx: &OperationDesk, part: Part) -> Vec<LedgerEntry> {
    let all = match cx.planned().operation().kind() {
        OperationKind::Uninstall => cx.planned().previous().to_vec(),
        _ => cx.look(|operation| operation.ledger.clone()),
    };
    all.into_iter().filter(|entry| entry.part == part).collect()
}

/// Deletes the modules, last first.
pub(super) async fn modules(cx: &OperationDesk) -> Result<(), Halt> {
    let content = match cx.planned().operation().kind() {
        OperationKind::Uninstall => cx.planned().before(),
        _ => cx.planned().target(),
    };
    let asked = |module: &RenderedModule| {
        let of_uninstall = cx.planned().operation().kind() == OperationKind::Uninstall;
        of_uninstall
            || cx.look(|operation| {
                operation
                    .modules
                    .iter()
                    .any(|one| one.deploy && one.module == module.name())
            })
    };
    let modules: Vec<&RenderedModule> = driven(content).filter(|module| asked(module)).collect();
    for module in modules.into_iter().rev() {
        delete_module(cx, module).await?;
    }
    for entry in leaving(cx, Part::Module).iter().rev() {
        delete(cx, entry).await?;
    }
    Ok(())
}

/// Deletes the definitions, last first.
pub(super) async fn definitions(cx: &OperationDesk) -> Result<(), Halt> {
    for entry in leaving(cx, Part::Definition).iter().rev() {
        delete(cx, entry).await?;
    }
    Ok(())
}

/// Deletes one object of ours. What stays, and why, is on record.
async fn delete(cx: &OperationDesk, entry: &LedgerEntry) -> Result<(), Halt> {
    if let Some(why) = stays(cx, entry).await? {
        keep(cx, &entry.object, &why);
        return Ok(());
    }
    let there = cx.desk().read(&entry.object).await;
    let there =
        there.map_err(|failure| Halt::of(&format!("{} cannot be read", entry.object), &failure))?;
    let Some(there) = there else {
        went(cx, entry, None);
        return Ok(());
    };
    if !claims::is_ours_alone(cx, &entry.object, &there) {
        keep(cx, &entry.object, "it is another's by now");
        return Ok(());
    }
    let uid = uid(&there);
    let request = Request::Delete {
        target: entry.object.clone(),
        uid: uid.clone(),
    };
    match cx.desk().call(request).await {
        Ok(_) => {}
        Err(failure)
            if matches!(
                failure.class(),
                FailureClass::NotFound | FailureClass::NoSuchKind | FailureClass::OtherUid
            ) => {}
        Err(failure) => {
            let what = format!("{} cannot be deleted", entry.object);
            return Err(Halt::of(&what, &failure));
        }
    }
    went(cx, entry, uid);
    Ok(())
}

/// Notes that an object of the ledger is gone, or goes and cannot be held. Not before the server has said so: until then it is of the release,
/// and if the journal does not hear of it any more, the object is found gone.
fn went(cx: &OperationDesk, entry: &LedgerEntry, uid: Option<String>) {
    let deleted = LedgerEntry {
        uid,
        ..entry.clone()
    };
    if cx.look(|operation| !operation.deleted.contains(&deleted)) {
        cx.record(|operation| operation.deleted.push(deleted));
    }
}

fn keep(cx: &OperationDesk, object: &ObjectRef, why: &str) {
    let line = format!("{object} stays: {why}");
    if cx.look(|operation| !operation.kept.contains(&line)) {
        cx.record(|operation| operation.kept.push(line));
    }
}

/// Why an object is not deleted, if it is not.
async fn stays(cx: &OperationDesk, entry: &LedgerEntry) -> Result<Option<String>, Halt> {
    if entry.existed {
        let metadata = json!({
            "labels": {label::PACKAGE: null, label::RELEASE_UID: null},
            "annotations": {label::EXISTED: null},
        });
        mark(cx, &entry.object, metadata).await?;
        return Ok(Some("it was there before".to_owned()));
    }
    if let Some(claim) = claims::standing(cx, &entry.object) {
        pass(cx, claim).await?;
        return Ok(Some(format!("`{}` has it too", claim.package)));
    }
    if !entry.holds_data() || cx.planned().options().delete_data {
        return Ok(None);
    }
    let count = match entry.object.kind() {
        "CustomResourceDefinition" => objects_of(cx, &entry.object)
            .await?
            .map(|objects| objects.len()),
        _ => None,
    };
    Ok(Some(match count {
        Some(0) => "it has no objects, but its deletion was not asked for".to_owned(),
        Some(1) => "its one object would go with it, and that was not asked for".to_owned(),
        Some(count) => format!("its {count} objects would go with it, and that was not asked for"),
        None => "data would go with it, and that was not asked for".to_owned(),
    }))
}

/// Makes an object that of the other instance that has it too. It is on record first: if that instance goes in the same run, one of the two has to
/// delete the object.
async fn pass(cx: &OperationDesk, claim: &Claim) -> Result<(), Halt> {
    cx.record(|operation| operation.hand_on(&claim.object));
    let labels = json!({
        label::PACKAGE: label::value(&claim.package),
        label::RELEASE_UID: label::value(&claim.release_uid),
    });
    mark(cx, &claim.object, json!({"labels": labels})).await
}

/// Changes the metadata of an object that carries our label: what is not deleted is ours no more.
async fn mark(cx: &OperationDesk, object: &ObjectRef, mut metadata: Value) -> Result<(), Halt> {
    let there = cx.desk().read(object).await;
    let there = there.map_err(|failure| Halt::of(&format!("{object} cannot be read"), &failure))?;
    let Some(there) = there.filter(|there| is_ours(cx, there)) else {
        return Ok(());
    };
    if let Some(metadata) = metadata.as_object_mut() {
        metadata.insert("uid".to_owned(), uid(&there).into());
    }
    let request = Request::Patch {
        target: object.clone(),
        patch: json!({"metadata": metadata}),
        kind: PatchKind::Merge,
    };
    match cx.desk().call(request).await {
        Ok(_) => Ok(()),
        Err(failure)
            if matches!(
                failure.class(),
                FailureClass::NotFound | FailureClass::OtherUid
            ) =>
        {
            Ok(())
        }
        Err(failure) => Err(Halt::of(
            &format!("the labels of {object} cannot be changed"),
            &failure,
        )),
    }
}

/// The objects of a CRD; `None` if it is gone.
pub(super) async fn objects_of(
    cx: &OperationDesk,
    crd: &ObjectRef,
) -> Result<Option<Vec<Value>>, Halt> {
    let there = cx.desk().read(crd).await;
    let there = there.map_err(|failure| Halt::of(&format!("{crd} cannot be read"), &failure))?;
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
    let objects = cx.desk().list(list).await;
    let mut objects = objects
        .map_err(|failure| Halt::of(&format!("the objects of {crd} cannot be listed"), &failure))?;
    for object in objects.iter_mut().filter_map(Value::as_object_mut) {
        object.insert("apiVersion".to_owned(), api_version.clone().into());
        object.insert("kind".to_owned(), kind.clone().into());
    }
    Ok(Some(objects))
}

/// Deletes the custom resources of the release's CRDs, and waits until they are gone: their controllers still live.
pub(super) async fn custom_resources(cx: &OperationDesk) -> Result<(), Halt> {
    let crds: Vec<ObjectRef> = cx
        .planned()
        .previous()
        .iter()
        .filter(|entry| {
            entry.object.kind() == "CustomResourceDefinition"
                && !entry.existed
                && claims::standing(cx, &entry.object).is_none()
        })
        .map(|entry| entry.object.clone())
        .collect();
    for crd in crds {
        let objects = objects_of(cx, &crd).await?.unwrap_or_default();
        let targets: Vec<(ObjectRef, String)> = objects
            .iter()
            .filter_map(|object| Some((ObjectRef::of(object)?, uid(object)?)))
            .collect();
        for (target, uid) in &targets {
            let request = Request::Delete {
                target: target.clone(),
                uid: Some(uid.clone()),
            };
            match cx.desk().call(request).await {
                Ok(_) => {}
                Err(failure)
                    if matches!(
                        failure.class(),
                        FailureClass::NotFound | FailureClass::OtherUid
                    ) => {}
                Err(failure) => {
                    return Err(Halt::of(&format!("{target} cannot be deleted"), &failure));
                }
            }
        }
        for (target, uid) in targets {
            wait_until_gone(cx, &target, uid).await?;
        }
    }
    Ok(())
}

async fn delete_module(cx: &OperationDesk, module: &RenderedModule) -> Result<(), Halt> {
    let asked = ModuleJournal {
        module: module.name().to_owned(),
        deploy: false,
        track: cx.look(|operation| operation.track()),
    };
    if cx.look(|operation| !operation.modules.contains(&asked)) {
        cx.record(|operation| operation.modules.push(asked));
    }
    let mut status = ask_driver(cx, module, ModuleVerb::Delete).await?;
    let until = cx.desk().now().after(cx.desk().settings().gone_timeout);
    loop {
        let why = match status {
            ModuleStatus::Absent => return Ok(()),
            ModuleStatus::Failed(why) => {
                return Err(Halt::failed(format!(
                    "module `{}` cannot be deleted: {why}",
                    module.name()
                )));
            }
            ModuleStatus::Progressing(why) => why,
            ModuleStatus::Ready => "it is still there".to_owned(),
        };
        let now = cx.desk().now();
        if now >= until {
            return Err(Halt::failed(format!(
                "module `{}` does not go: {why}",
                module.name()
            )));
        }
        let next = now.after(cx.desk().settings().look_every).min(until);
        cx.desk()
            .wait(
                next,
                Vec::new(),
                format!("until module `{}` is gone: {why}", module.name()),
            )
            .await;
        status = ask_driver(cx, module, ModuleVerb::Status).await?;
    }
}

/// All that was deleted is gone.
pub(super) async fn gone(cx: &OperationDesk) -> Result<(), Halt> {
    for entry in cx.look(|operation| operation.deleted.clone()) {
        wait_until_gone(cx, &entry.object, entry.uid.unwrap_or_default()).await?;
    }
    let namespaces = leaving(cx, Part::Namespace);
    for entry in namespaces
        .iter()
        .filter(|_| !cx.planned().options().delete_namespace)
    {
        let why = match entry.existed {
            true => "it was there before",
            false => "its deletion was not asked for",
        };
        keep(cx, &entry.object, why);
    }
    Ok(())
}

/// Waits until an object is gone, or another one has its name. If it does not go, who holds it is said.
pub(super) async fn wait_until_gone(
    cx: &OperationDesk,
    object: &ObjectRef,
    gone: String,
) -> Result<(), Halt> {
    let until = cx.desk().now().after(cx.desk().settings().gone_timeout);
    loop {
        let there = cx.desk().read(object).await;
        let there =
            there.map_err(|failure| Halt::of(&format!("{object} cannot be read"), &failure))?;
        let Some(there) = there.filter(|there| uid(there).as_deref() == Some(&gone)) else {
            return Ok(());
        };
        let held = held_by(&there);
        let now = cx.desk().now();
        if now >= until {
            let objects = held_objects(cx, object).await;
            return Err(Halt::failed(format!(
                "{object} is deleted, and does not go: {held}{objects}"
            )));
        }
        let next = now.after(cx.desk().settings().look_every).min(until);
        cx.desk()
            .wait(
                next,
                vec![object.clone()],
                format!("until {object} is gone: {held}"),
            )
            .await;
    }
}

/// Deletes the namespaces that were made for the package.
pub(super) async fn namespaces(cx: &OperationDesk) -> Result<(), Halt> {
    for entry in leaving(cx, Part::Namespace)
        .iter()
        .filter(|entry| !entry.existed)
    {
        if let Some(claim) = claims::standing(cx, &entry.object) {
            pass(cx, claim).await?;
            keep(
                cx,
                &entry.object,
                &format!("`{}` has it too", claim.package),
            );
            continue;
        }
        namespace(cx, entry).await?;
    }
    Ok(())
}

async fn namespace(cx: &OperationDesk, entry: &LedgerEntry) -> Result<(), Halt> {
    let there = cx.desk().read(&entry.object).await;
    let there =
        there.map_err(|failure| Halt::of(&format!("{} cannot be read", entry.object), &failure))?;
    let Some(there) = there.filter(|there| claims::is_ours_alone(cx, &entry.object, there)) else {
        return Ok(());
    };
    let uid = uid(&there).unwrap_or_default();
    let request = Request::Delete {
        target: entry.object.clone(),
        uid: Some(uid.clone()),
    };
    match cx.desk().call(request).await {
        Ok(_) => {}
        Err(failure)
            if matches!(
                failure.class(),
                FailureClass::NotFound | FailureClass::OtherUid
            ) =>
        {
            return Ok(());
        }
        Err(failure) => {
            return Err(Halt::of(
                &format!("{} cannot be deleted", entry.object),
                &failure,
            ));
        }
    }
    wait_until_gone(cx, &entry.object, uid).await
}

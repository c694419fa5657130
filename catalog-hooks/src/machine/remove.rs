//! Takes away what is not wanted any more, and nothing that holds data unless that was asked for.

use catalog_model::OperationKind;

use super::claims;
use super::delete::{
    Deletion, delete, delete_entry, has_it_too, keep, leave_to_another, pass, stays_for,
};
use super::driven::delete_module;
use super::gone::wait_until_gone;
use super::inhabitants::Inhabitants;
use super::marks::{is_going, is_left_by_package, uid};
use super::operation_desk::{Halt, OperationDesk};
use crate::api::{ListRequest, ObjectRef};
use crate::journal::{LedgerEntry, OperationJournal, Origin, Part};
use crate::module::RenderedModule;
use crate::plan::{Content, Step, Track};

/// Deletes what the release before had and this one has not; on the way back, what this one had and the one before has not.
pub(super) async fn prune(cx: &OperationDesk) -> Result<(), Halt> {
    let back = cx.look(|operation| operation.track()) == Track::Back;
    let (leaving, staying) = match back {
        false => (cx.previous().into_owned(), cx.planned().target()),
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
    for entry in cx.look(|operation| operation.deleted.clone()) {
        // The rest is soon gone; of what holds data, somebody else may have a say.
        if entry.holds_data() {
            wait_until_gone(cx, &entry.object, entry.uid.unwrap_or_default()).await?;
        }
    }
    let from: Vec<&RenderedModule> = match back {
        false => there_before(cx).collect(),
        true => deployed(cx).collect(),
    };
    for module in from {
        if !driven(staying).any(|other| other.is_same(module)) {
            delete_module(cx, module).await?;
        }
    }
    Ok(())
}

fn driven(content: Option<&Content>) -> impl Iterator<Item = &RenderedModule> {
    content.into_iter().flat_map(Content::driven_modules)
}

/// The driven modules that the operation has had deployed.
fn deployed(cx: &OperationDesk) -> impl Iterator<Item = &RenderedModule> {
    driven(cx.planned().target()).filter(|module| {
        cx.look(|operation| {
            let mut asked = operation.modules.iter();
            asked.any(|one| one.deploy && one.is_of(module))
        })
    })
}

/// The driven modules that were there before the operation: those of the release before, and what was left by an operation that was not finished.
fn there_before(cx: &OperationDesk) -> impl Iterator<Item = &RenderedModule> {
    let before = || driven(cx.planned().before());
    let surplus = cx.planned().surplus_modules().iter();
    before().chain(surplus.filter(move |one| !before().any(|other| other.is_same(one))))
}

/// What the operation takes away: of an uninstall what is on record, of an install that is taken back what it wrote.
fn leaving(cx: &OperationDesk, part: Part) -> Vec<LedgerEntry> {
    let all = match cx.planned().operation().kind() {
        OperationKind::Uninstall => cx.previous().into_owned(),
        _ => cx.look(|operation| operation.ledger.clone()),
    };
    all.into_iter().filter(|entry| entry.part == part).collect()
}

/// Deletes the modules, last first.
pub(super) async fn modules(cx: &OperationDesk) -> Result<(), Halt> {
    let modules: Vec<&RenderedModule> = match cx.planned().operation().kind() {
        OperationKind::Uninstall => there_before(cx).collect(),
        _ => deployed(cx).collect(),
    };
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

/// All that was deleted is gone.
pub(super) async fn gone(cx: &OperationDesk) -> Result<(), Halt> {
    for entry in cx.look(|operation| operation.deleted.clone()) {
        wait_until_gone(cx, &entry.object, entry.uid.unwrap_or_default()).await?;
    }
    // Of namespaces is decided once: here, or in the step of their own, which what is taken back has not.
    let track = cx.look(OperationJournal::track);
    if cx.planned().steps(track).contains(&Step::DeleteNamespace) {
        return Ok(());
    }
    for entry in leaving(cx, Part::Namespace) {
        // Perhaps it was never made, or somebody else deletes it.
        let there = cx.read(&entry.object).await?;
        let stays = there.is_some_and(|there| !is_going(&there));
        if stays && !is_anothers(cx, &entry).await? {
            keep(cx, &entry.object, "its deletion was not asked for");
        }
    }
    Ok(())
}

/// Whether a namespace whose deletion was not asked for stays for another reason too: it was there before, or another instance has it, to which it is
/// then left. Nothing comes between the look at that one and the record of it: of two that go at a time, the second finds that the first has let go.
async fn is_anothers(cx: &OperationDesk, entry: &LedgerEntry) -> Result<bool, Halt> {
    if entry.origin.is_others() {
        keep(cx, &entry.object, WAS_THERE);
        return Ok(true);
    }
    let Some(claim) = claims::standing(cx, &entry.object).await? else {
        return Ok(false);
    };
    pass(cx, &claim).await?;
    keep(cx, &entry.object, &has_it_too(&claim));
    Ok(true)
}

/// Why a namespace stays that was there before a release was.
const WAS_THERE: &str = "it was there before";

/// What of a namespace would go with it though its deletion was not asked for, whosever it is.
async fn data_in(cx: &OperationDesk, namespace: &ObjectRef) -> Result<Option<String>, Halt> {
    if cx.planned().options().delete_data {
        return Ok(None);
    }
    let claims = ListRequest {
        api_version: "v1".to_owned(),
        kind: "PersistentVolumeClaim".to_owned(),
        namespace: Some(namespace.name().to_owned()),
        labels: Vec::new(),
        fields: Vec::new(),
    };
    let listed = cx.desk().list(claims).await;
    let claims = listed.map_err(|failure| {
        let what = format!("what {namespace} holds cannot be listed");
        Halt::of(&what, &failure)
    })?;
    let claims: Vec<String> = claims
        .iter()
        .filter(|claim| !is_going(claim))
        .filter_map(|claim| Some(ObjectRef::of(claim)?.to_string()))
        .collect();
    Ok((!claims.is_empty()).then(|| {
        format!(
            "{} would go with it, and that was not asked for",
            claims.join(", ")
        )
    }))
}

/// What of a namespace the operation itself has let stay, and still stands there: the one to which it was left may have gone since.
async fn staying_in(cx: &OperationDesk, namespace: &ObjectRef) -> Result<Option<String>, Halt> {
    let parts = [Part::Definition, Part::Module];
    let left = parts.into_iter().flat_map(|part| leaving(cx, part));
    let stays = |object: &ObjectRef| {
        let beginning = stays_for(object);
        cx.look(|operation| {
            let mut kept = operation.kept.iter();
            kept.any(|line| line.starts_with(&beginning))
        })
    };
    let inside = left.map(|entry| entry.object);
    let inside = inside.filter(|object| object.namespace() == Some(namespace.name()));
    let mut named = Vec::new();
    for object in inside.filter(stays) {
        if cx
            .read(&object)
            .await?
            .is_some_and(|there| !is_going(&there))
        {
            named.push(object.to_string());
        }
    }
    Ok((!named.is_empty()).then(|| format!("{} would go with it", named.join(", "))))
}

/// Deletes the namespaces that were made for the package.
pub(super) async fn namespaces(cx: &OperationDesk) -> Result<(), Halt> {
    let mut leaving = leaving(cx, Part::Namespace);
    if leaving.is_empty() {
        leaving.extend(left_namespace(cx).await?);
    }
    for entry in leaving {
        namespace(cx, &entry).await?;
    }
    Ok(())
}

/// The namespace of the instance where no record says of it, if a release that is on none left it. It stays if it is anybody else's.
async fn left_namespace(cx: &OperationDesk) -> Result<Option<LedgerEntry>, Halt> {
    let object = ObjectRef::cluster("v1", "Namespace", cx.planned().operation().namespace());
    let Some(there) = cx.read(&object).await? else {
        return Ok(None);
    };
    if !claims::takes_what_is_left(cx, &object).await? || !is_left_by_package(cx, &there) {
        keep(
            cx,
            &object,
            "no record says that it was made for the package",
        );
        return Ok(None);
    }
    Ok(Some(LedgerEntry {
        object,
        part: Part::Namespace,
        origin: Origin::Release,
        uid: uid(&there),
    }))
}

/// Why a namespace stays though its deletion was asked for, if it does by what is on record.
async fn namespace_stays(cx: &OperationDesk, entry: &LedgerEntry) -> Result<Option<String>, Halt> {
    let object = &entry.object;
    if entry.origin.is_others() {
        return Ok(Some(WAS_THERE.to_owned()));
    }
    if let Some(why) = leave_to_another(cx, entry).await? {
        return Ok(Some(why));
    }
    if let Some(why) = data_in(cx, object).await? {
        return Ok(Some(why));
    }
    staying_in(cx, object).await
}

async fn namespace(cx: &OperationDesk, entry: &LedgerEntry) -> Result<(), Halt> {
    let object = &entry.object;
    if let Some(why) = namespace_stays(cx, entry).await? {
        keep(cx, object, &why);
        return Ok(());
    }
    let inhabitants = Inhabitants::of(cx, object).await?;
    if let Some(why) = inhabitants.keep() {
        keep(cx, object, &why);
        return Ok(());
    }
    match delete_entry(cx, entry, claims::may_go(cx, object).await?).await? {
        Deletion::Absent => {}
        Deletion::Deleted(there) => {
            if let Some(gone) = inhabitants.go() {
                cx.warn(format!("{object} was deleted, and {gone}"));
            }
            wait_until_gone(cx, object, uid(&there).unwrap_or_default()).await?;
        }
        Deletion::Spared(_) => keep(cx, object, "it is another's by now"),
    }
    Ok(())
}

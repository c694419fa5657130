//! The installed record: written when an operation has done its work, and removed when nothing is left.

use catalog_model::OperationKind;
use serde_json::{Map, Value};

use super::conditions::Refusal;
use super::delete::{Deletion, delete_while};
use super::operation_desk::{Halt, OperationDesk};
use super::plans;
use crate::api::{FailureClass, ObjectRef, Request};
use crate::journal::{JournalErrorKind, LedgerEntry, OperationJournal, OperationStatus};
use crate::label;
use crate::plan::{Content, Track};
use crate::pointer::At;
use crate::record::{InstalledRecord, Left, ledger_done};

/// Writes what is installed now.
pub(super) async fn commit(cx: &OperationDesk) -> Result<(), Halt> {
    match cx.so_far(|so_far| so_far.committed()) {
        Some(record) => put(cx, &record).await,
        None => Ok(()),
    }
}

/// Removes the record of what was uninstalled; what other operations of the run are to have stays on it until they do, as of something unfinished.
pub(super) async fn forget_what_is_gone(cx: &OperationDesk) -> Result<(), Halt> {
    let previous = cx.previous().into_owned();
    let ledger = cx.look(|operation| ledger_done(cx.planned(), previous, operation));
    match cx.so_far(|so_far| so_far.done_with(ledger)) {
        None => forget(cx).await,
        Some(record) => put(cx, &record).await,
    }
}

/// Puts a shorter ledger on record in the place of the one that an operation has put there when it was done. Whether it is there now: where something
/// else is on record by now, or another run is about the instance, that stays as it is.
pub(super) async fn take_off(
    cx: &OperationDesk,
    ledger: Vec<LedgerEntry>,
    rest: Vec<LedgerEntry>,
) -> Result<bool, Halt> {
    let rest = cx.so_far(|so_far| so_far.done_with(rest));
    let there = read(cx).await?;
    let known = there.as_ref().and_then(InstalledRecord::from_secret);
    // A runner before may have come as far.
    if known == rest {
        return Ok(there.is_some() == rest.is_some());
    }
    let done = cx.so_far(|so_far| so_far.done_with(ledger));
    if known != done || plans::other_run(cx).await != Ok(None) {
        return Ok(false);
    }
    match rest {
        Some(rest) => put(cx, &rest).await?,
        None => forget(cx).await?,
    }
    Ok(true)
}

/// Makes the record what it was before the operation, if that came as far as to put something on it.
pub(super) async fn restore(cx: &OperationDesk) -> Result<(), Halt> {
    if cx.look(|operation| operation.track() == Track::Undo && !operation.remembered) {
        return Ok(());
    }
    let deleted = cx.look(|operation| operation.deleted.clone());
    let is_again = |entry: &&LedgerEntry| {
        let before = cx.planned().before();
        entry.holds_data() && before.is_some_and(|before| before.manifest(&entry.object).is_some())
    };
    for entry in deleted.iter().filter(is_again) {
        cx.warn(format!(
            "{} was deleted with what it held, as was asked for: it is there again, and empty",
            entry.object
        ));
    }
    let is_install = cx.planned().operation().kind() == OperationKind::Install;
    let Some(record) = cx.base() else {
        return forget(cx).await;
    };
    let ledger = still_there(cx, record.ledger());
    let still = cx.look(|operation| Left::of_before(cx.planned(), (operation, ledger), &record));
    match is_install && still.is_nothing() {
        true => forget(cx).await,
        false => put(cx, &record.holding(still)).await,
    }
}

/// What is there after an operation was taken back: what was there before it, as far as that is there again or still is, and what it brought and
/// does not delete unasked.
fn still_there(cx: &OperationDesk, before: &[LedgerEntry]) -> Vec<LedgerEntry> {
    let content = cx.planned().before().map(Content::entries);
    let content = content.unwrap_or_default();
    let is_in = |all: &[LedgerEntry], entry: &LedgerEntry| {
        let mut all = all.iter();
        all.any(|one| one.object.is_same_object(&entry.object))
    };
    cx.look(|operation| {
        let stays = |entry: &&LedgerEntry| {
            is_in(&content, entry)
                || !is_in(&operation.deleted, entry) && !operation.has_passed_on(&entry.object)
        };
        let as_it_is = |entry: &LedgerEntry| {
            let mut ledger = operation.ledger.iter();
            let now = ledger.find(|one| one.object.is_same_object(&entry.object));
            now.unwrap_or(entry).clone()
        };
        let mut ledger: Vec<LedgerEntry> = before.iter().filter(stays).map(as_it_is).collect();
        let brought = operation.ledger.iter().filter(stays);
        let brought = brought.filter(|entry| !entry.origin.is_others() && !is_in(before, entry));
        ledger.extend(brought.cloned());
        ledger
    })
}

/// Puts on record what an operation wrote and deleted that came to rest without its end, or was given up, and of which version that is. Its journal
/// gives way to that of the next run, and what is on no ledger then nobody would ever delete.
pub(super) async fn remember(cx: &OperationDesk) {
    let is_over = |operation: &OperationJournal| operation.status() == OperationStatus::Abandoned;
    let rests = cx.look(|operation| {
        let rests = is_over(operation) && !operation.settled || operation.status().is_open();
        let is_on_record = operation.is_complete(cx.planned());
        operation.unrecorded || rests && !is_on_record && operation.leaves_something(cx.planned())
    });
    if !rests {
        return;
    }
    if cx.look(OperationJournal::last_way).is_none() {
        return cx.warn(
            "an older program gave it up, and how far it had come then is not known: what is on record of it stays".to_owned(),
        );
    }
    cx.record(|operation| operation.remembered = true);
    let remembered = match what_is_left(cx).await {
        Ok(Some(record)) => put(cx, &record).await,
        Ok(None) => Ok(()),
        Err(halt) => Err(halt),
    };
    let failed = match remembered {
        Err(Halt::Failed { message, .. }) => forgets(cx, message).await,
        _ => false,
    };
    cx.record(|operation| {
        operation.unrecorded = failed;
        operation.settled = is_over(operation);
    });
}

/// What it wrote cannot be put on record; whether that may be possible later. Then what is given up is not over. It is not, if what is on record is not
/// what the operation was planned for: it is somebody else's by now, or somebody has deleted it.
async fn forgets(cx: &OperationDesk, why: String) -> bool {
    let known = read(cx).await.ok();
    let known = known.and_then(|there| known_in(cx, there.as_ref()).ok());
    if known.is_some_and(|known| changed(cx, known.as_ref()).is_some()) {
        cx.warn(format!(
            "what it wrote is not on record, and nobody deletes it later: {why}"
        ));
        return false;
    }
    cx.warn(format!("what it wrote could not be put on record: {why}"));
    let given_up = cx.look(|operation| match operation.status() {
        OperationStatus::Abandoned => operation.failure().cloned(),
        _ => None,
    });
    if let Some(note) = given_up {
        let next = "mend what keeps it from being put on record, and abandon it again, or uninstall it: nothing else is done with what is on no record";
        let note = note.followed_by(next);
        cx.record(|operation| operation.rest(OperationStatus::Degraded, note));
    }
    true
}

/// What is to be on record of it now, if it is something else than what is.
async fn what_is_left(cx: &OperationDesk) -> Result<Option<InstalledRecord>, Halt> {
    let known = known_in(cx, read(cx).await?.as_ref()).map_err(Halt::failed)?;
    Ok(cx.so_far(|so_far| so_far.left(known)))
}

async fn put(cx: &OperationDesk, record: &InstalledRecord) -> Result<(), Halt> {
    let record = &record.clone().bounded(cx.plan().digest());
    let secret = record.to_secret(cx.plan().home());
    let until = cx.desk().now().after(cx.desk().settings().patience);
    loop {
        let there = read(cx).await?;
        let known = known_in(cx, there.as_ref()).map_err(Halt::failed)?;
        if known.as_ref() == Some(record) {
            cx.record(|operation| operation.unrecorded = false);
            return Ok(());
        }
        if let Some(changed) = changed(cx, known.as_ref()) {
            return Err(Halt::failed(changed));
        }
        let request = match &there {
            None => Request::Create {
                object: secret.clone(),
                dry_run: false,
            },
            Some(there) => Request::Replace(in_place_of(there, &secret)),
        };
        match cx.desk().call(request).await {
            Ok(_) => {
                cx.record(|operation| operation.unrecorded = false);
                return Ok(());
            }
            Err(failure)
                if matches!(
                    failure.class(),
                    FailureClass::AlreadyExists
                        | FailureClass::Outdated
                        | FailureClass::OtherUid
                        | FailureClass::NotFound
                ) && cx.desk().now() < until =>
            {
                let reason = format!("to write the installed record again: {failure}");
                cx.pause(reason).await;
            }
            Err(failure) => {
                return Err(Halt::of("the installed record cannot be written", &failure));
            }
        }
    }
}

/// The record in its Secret, if that is there.
fn known_in(cx: &OperationDesk, there: Option<&Value>) -> Result<Option<InstalledRecord>, String> {
    let known = there.map(InstalledRecord::read).transpose();
    known.map_err(|error| format!("{} cannot be used: {error}", secret_ref(cx)))
}

/// That what is on record of the instance now is what it was when the operation was planned.
///
/// # Errors
///
/// It is not.
pub(super) fn is_still(cx: &OperationDesk, known: Option<&InstalledRecord>) -> Result<(), Refusal> {
    let changed = changed(cx, known);
    changed.map_or(Ok(()), |changed| Err(Refusal::plan_again(changed)))
}

/// What is on record of the instance now.
///
/// # Errors
///
/// That cannot be told.
pub(super) async fn known(cx: &OperationDesk) -> Result<Option<InstalledRecord>, Refusal> {
    let object = secret_ref(cx);
    let there = cx.desk().read(&object).await;
    let there = there.map_err(|failure| {
        Refusal::plan_again(format!("the installed record cannot be read: {failure}"))
    })?;
    let known = there.as_ref().map(InstalledRecord::read).transpose();
    known.map_err(|error| Refusal {
        message: format!("{object} cannot be used: {error}"),
        next: match error.kind() {
            JournalErrorKind::OtherVersion => "use the program that wrote what is on record",
            _ => "do that, and begin again",
        },
    })
}

/// How what is on record differs from what the operation was planned for. Operations of its own run may have changed it.
fn changed(cx: &OperationDesk, known: Option<&InstalledRecord>) -> Option<String> {
    let planned = cx.planned().installed();
    let operation = cx.planned().operation();
    let package = operation.package();
    // Nobody could put on record what it begins with: there is what was before that, if anything is.
    let is_unrecorded = cx.look(|operation| operation.unrecorded);
    let planned_for = planned.filter(|planned| is_unrecorded && planned.is_unrecorded());
    if let Some(planned) = planned_for
        && known.is_none_or(|known| known.release_uid() == planned.release_uid())
    {
        return None;
    }
    let Some(known) = known else {
        let was_on_record = planned.is_some_and(|planned| !planned.plans().is_empty());
        return was_on_record.then(|| {
            format!("`{package}` is not on record any more, and was when this was planned: plan it again")
        });
    };
    if known.is_of_plan(cx.plan().digest()) {
        return None;
    }
    let version = known.version();
    // Whoever plans without the record says by the operation what is there.
    let from = operation
        .from()
        .map(catalog_model::version::Version::as_str);
    match planned {
        None if from == Some(version)
            && known.release_uid() == cx.planned().context().release_uid() =>
        {
            None
        }
        None => Some(format!(
            "`{package}` {version} is on record, and was not when this was planned: plan it again"
        )),
        Some(planned) if planned.release_uid() != known.release_uid() => Some(format!(
            "the installed record of `{package}` is that of another release: somebody else installed it; plan it again"
        )),
        Some(planned) if planned.version() == version && !planned.is_as(known) => Some(format!(
            "another operation on `{package}` {version} was carried out, or came to rest, since this was planned: plan it again"
        )),
        Some(planned) if !planned.is_as(known) => Some(format!(
            "`{package}` {version} is on record, and {} was when this was planned, or another operation was carried out since: plan it again",
            planned.version()
        )),
        Some(_) => None,
    }
}

/// The Secret, to be put in the place of that very one, with what others set on it.
fn in_place_of(there: &Value, secret: &Value) -> Value {
    let metadata = |object: &Value| {
        let metadata = object.at("/metadata").and_then(Value::as_object);
        metadata.cloned().unwrap_or_default()
    };
    let entries = |metadata: &Map<String, Value>, key: &str| {
        let entries = metadata.get(key).and_then(Value::as_object);
        entries.cloned().unwrap_or_default()
    };
    let (mut put, own) = (metadata(there), metadata(secret));
    for key in ["labels", "annotations"] {
        let mut both = entries(&put, key);
        put.remove(key);
        both.retain(|name, _| !name.starts_with(label::PREFIX));
        both.extend(entries(&own, key));
        if !both.is_empty() {
            put.insert(key.to_owned(), both.into());
        }
    }
    let mut secret = secret.clone();
    if let Some(own) = secret.pointer_mut("/metadata") {
        *own = put.into();
    }
    secret
}

fn secret_ref(cx: &OperationDesk) -> ObjectRef {
    let operation = cx.planned().operation();
    InstalledRecord::secret_ref(
        cx.plan().home(),
        operation.package().as_str(),
        operation.namespace(),
    )
}

/// Removes the record, if it is that of this release.
pub(super) async fn forget(cx: &OperationDesk) -> Result<(), Halt> {
    let object = secret_ref(cx);
    let is_own = |there: &Value| {
        let known = InstalledRecord::from_secret(there);
        known.is_some_and(|known| changed(cx, Some(&known)).is_none())
    };
    if let Deletion::Spared(_) = delete_while(cx, &object, is_own).await? {
        cx.warn(format!(
            "{object} is the record of another release, or of a later operation, and stays"
        ));
    }
    cx.record(|operation| operation.unrecorded = false);
    Ok(())
}

/// The Secret that keeps the record.
async fn read(cx: &OperationDesk) -> Result<Option<Value>, Halt> {
    let there = cx.desk().read(&secret_ref(cx)).await;
    there.map_err(|failure| Halt::of("the installed record cannot be read", &failure))
}

//! Objects that several installed instances have, of which the last deletes them.

use std::borrow::Cow;
use std::sync::Arc;

use catalog_model::OperationKind;
use serde_json::Value;

use super::marks::{is_left_by_package, is_of, is_of_package_before, is_ours, marked_origin, uid};
use super::operation_desk::{Halt, OperationDesk};
use crate::api::{ListRequest, ObjectRef};
use crate::journal::{Journal, Journals, LedgerEntry, OperationJournal, OperationStatus};
use crate::label;
use crate::plan::{Claim, PlannedOperation, Track};
use crate::record::{InstalledRecord, RECORD_TYPE};

/// Another instance for which an object stays.
pub(super) enum Other<'d> {
    /// It has the object too.
    Has(Cow<'d, Claim>),
    /// It has not written the object yet, and will have it when the run is done: until then it stays on record of who lets it go.
    Awaited(&'d Claim),
}

/// Another instance that has the object, or is to have it in this run: whoever deletes asks here first. Nothing comes between the last look and the
/// answer, as for [`standing`].
pub(super) async fn other<'d>(
    cx: &'d OperationDesk,
    object: &ObjectRef,
) -> Result<Option<Other<'d>>, Halt> {
    if let Some(claim) = standing(cx, object).await? {
        return Ok(Some(Other::Has(claim)));
    }
    let coming = coming(cx, object).filter(|_| stays_on_record(cx));
    Ok(coming.map(Other::Awaited))
}

/// Whether what an operation does not delete is on record of its instance afterwards.
fn stays_on_record(cx: &OperationDesk) -> bool {
    let is_forward = cx.look(OperationJournal::track) == Track::Forward;
    is_forward && (cx.planned().record().is_some() || cx.planned().installed().is_some())
}

/// Another instance that has the object too, and has not let it go: in this very run, or, by its record, in one of its own since this was planned.
/// Nothing comes between the last look and the answer: whoever notes it before anything else can happen is the only one who has it.
pub(super) async fn standing<'d>(
    cx: &'d OperationDesk,
    object: &ObjectRef,
) -> Result<Option<Cow<'d, Claim>>, Halt> {
    for claim in cx.planned().claims_on(object) {
        if !is_void(cx, claim) && is_on_record(cx, claim).await? && !is_void(cx, claim) {
            return Ok(Some(Cow::Borrowed(claim)));
        }
    }
    Ok(since_planned(cx, object).await?.map(Cow::Owned))
}

/// Another instance of the run that has not written the object yet, and will have it when the run is done. What a release lets go then stays until that
/// one has it: it is never gone in between.
fn coming<'d>(cx: &'d OperationDesk, object: &ObjectRef) -> Option<&'d Claim> {
    let is_ahead = |journal: &Journal, claim: &Claim| {
        of_instance(cx, journal, claim).any(|(planned, operation)| {
            planned.brings(object) && goes_forward(operation) && !has_written(operation, claim)
        })
    };
    let mut claims = at_the_end(cx, object);
    claims.find(|claim| cx.desk().look(|journal| is_ahead(journal, claim)))
}

/// Another instance of the run all of whose operations are done, and that has the object by what they did.
pub(super) fn has_come<'d>(cx: &'d OperationDesk, object: &ObjectRef) -> Option<&'d Claim> {
    let is_done = |journal: &Journal, claim: &Claim| {
        let mut own = of_instance(cx, journal, claim);
        own.all(|(_, operation)| operation.status() == OperationStatus::Done)
    };
    let mut claims = at_the_end(cx, object);
    claims.find(|claim| {
        let is_done = cx.desk().look(|journal| is_done(journal, claim));
        is_done && last_word(cx, claim) == Some(true)
    })
}

/// Whether another instance of the run brought the object, and has deleted it on its way back.
pub(super) fn has_gone(cx: &OperationDesk, object: &ObjectRef) -> bool {
    let has_gone = |journal: &Journal, claim: &Claim| {
        let mut own = of_instance(cx, journal, claim);
        own.any(|(planned, operation)| is_taken_back(planned, operation, claim))
    };
    let mut claims = at_the_end(cx, object);
    claims.any(|claim| cx.desk().look(|journal| has_gone(journal, claim)))
}

/// The claims of those instances of the run that have the object when all of it is done.
fn at_the_end<'d>(cx: &'d OperationDesk, object: &ObjectRef) -> impl Iterator<Item = &'d Claim> {
    let last = |claim: &Claim| {
        let operations = cx.plan().operations().iter();
        let mut own = operations.filter(|one| one.context().release_uid() == claim.release_uid);
        own.next_back()
    };
    let claims = cx.planned().claims_on(object);
    claims.filter(move |claim| {
        claim.of_same_run && last(claim).is_some_and(|last| last.has_in_the_end(&claim.object))
    })
}

/// The operations of the run on the instance that claims an object, and what they have done.
fn of_instance<'j>(
    cx: &'j OperationDesk,
    journal: &'j Journal,
    claim: &'j Claim,
) -> impl Iterator<Item = (&'j PlannedOperation, &'j OperationJournal)> {
    let operations = cx.plan().operations().iter();
    let both = operations.zip(journal.operations());
    both.filter(|(planned, _)| planned.context().release_uid() == claim.release_uid)
}

/// Whether an operation is to begin, is on its way to what it brings, or may go on there.
fn goes_forward(operation: &OperationJournal) -> bool {
    use OperationStatus::{NotStarted, Running};
    let status = operation.status();
    let is_ahead = matches!(status, NotStarted | Running) || status.is_open();
    is_ahead && operation.track() == Track::Forward
}

/// What an instance that nothing of the run is about has of an object by its record, which may have come after this was planned. How it wrote the
/// object is not known then.
async fn since_planned(cx: &OperationDesk, object: &ObjectRef) -> Result<Option<Claim>, Halt> {
    let is_of_run = |record: &InstalledRecord| {
        let mut operations = cx
            .plan()
            .operations()
            .iter()
            .map(PlannedOperation::operation);
        operations.any(|one| {
            (one.package().as_str(), one.namespace()) == (record.package(), record.namespace())
        })
    };
    let has = |record: &InstalledRecord| {
        let mut ledger = record.ledger().iter();
        ledger.any(|entry| entry.object.is_same_object(object))
    };
    let records = records(cx).await?;
    let others = records.iter().filter(|record| !is_of_run(record));
    for record in others.filter(|record| has(record)) {
        if has_kept(cx, (record.package(), record.namespace()), object).await? {
            return Ok(Some(Claim {
                object: object.clone(),
                package: record.package().to_owned(),
                namespace: Some(record.namespace().to_owned()),
                release_uid: record.release_uid().to_owned(),
                manifest: None,
                of_same_run: false,
            }));
        }
    }
    Ok(None)
}

/// The package of another instance that has an object, whose label this object carries: by what this run did to it, else by its record. One that is
/// uninstalled has nothing but what it has left to others of the run.
pub(super) async fn has_on_record(
    cx: &OperationDesk,
    label: &str,
    object: &ObjectRef,
) -> Result<Option<String>, Halt> {
    let said = cx.desk().look(|journal| {
        let operations = cx.plan().operations().iter();
        let both = operations.zip(journal.operations()).rev();
        let mut own = both.filter(|(planned, _)| {
            !planned.is_of_instance(cx.planned())
                && label::value(planned.context().release_uid()) == label
        });
        own.find_map(|(planned, operation)| {
            let is_uninstalled = planned.operation().kind() == OperationKind::Uninstall
                && operation.status() == OperationStatus::Done
                && !operation.awaits(object);
            let mut written = operation.ledger().iter();
            match () {
                () if is_uninstalled || operation.has_let_go(object) => Some(None),
                () if written.any(|entry| entry.object.is_same_object(object)) => {
                    Some(Some(operation.package().to_owned()))
                }
                () => None,
            }
        })
    });
    if let Some(said) = said {
        return Ok(said);
    }
    let own = cx.planned().operation();
    let own = (own.package().as_str(), own.namespace());
    for record in records(cx).await?.iter() {
        let instance = (record.package(), record.namespace());
        let is_it = instance != own && label::value(record.release_uid()) == label;
        let mut ledger = record.ledger().iter();
        if is_it
            && ledger.any(|entry| entry.object.is_same_object(object))
            && has_kept(cx, instance, object).await?
        {
            return Ok(Some(record.package().to_owned()));
        }
    }
    Ok(None)
}

/// Whether an instance that has an object by its record has it indeed: a run of it that was killed may have let it go, and its record says so only
/// when that run comes to rest.
async fn has_kept(
    cx: &OperationDesk,
    instance: (&str, &str),
    object: &ObjectRef,
) -> Result<bool, Halt> {
    Ok(!journals(cx).await?.have_let_go(instance, object))
}

/// All journals in the runner's namespace, as they were when the first of the run asked for them: while it goes on, no other changes any.
async fn journals(cx: &OperationDesk) -> Result<Arc<Journals>, Halt> {
    if let Some(known) = cx.desk().state().journals.clone() {
        return Ok(known);
    }
    let home = cx.plan().home();
    let secrets = cx.desk().list(Journals::listed(home)).await;
    let secrets =
        secrets.map_err(|failure| Halt::of("the runs beside it cannot be listed", &failure))?;
    let journals = Arc::new(Journals::of(home, &secrets));
    cx.desk().state().journals = Some(Arc::clone(&journals));
    Ok(journals)
}

/// All records in the runner's namespace, as they were when the first of the run asked for them: while it goes on, no other changes any.
async fn records(cx: &OperationDesk) -> Result<Arc<[InstalledRecord]>, Halt> {
    if let Some(known) = cx.desk().state().records.clone() {
        return Ok(known);
    }
    let list = ListRequest {
        api_version: "v1".to_owned(),
        kind: "Secret".to_owned(),
        namespace: Some(cx.plan().home().to_owned()),
        labels: Vec::new(),
        fields: vec![("type".to_owned(), RECORD_TYPE.to_owned())],
    };
    let secrets = cx.desk().list(list).await;
    let secrets = secrets
        .map_err(|failure| Halt::of("what is installed beside it cannot be listed", &failure))?;
    let read = |secret: &Value| {
        InstalledRecord::read(secret).map_err(|error| {
            let object = ObjectRef::of(secret).map(|object| object.to_string());
            let object = object.unwrap_or_default();
            Halt::failed(format!(
                "another instance may have it, and {object}, the record of one, cannot be used: {error}"
            ))
        })
    };
    let records: Result<Vec<_>, Halt> = secrets.iter().map(read).collect();
    let records: Arc<[InstalledRecord]> = records?.into();
    cx.desk().state().records = Some(Arc::clone(&records));
    Ok(records)
}

/// Whether the object is on record of the other instance still, unless this run itself says what that one has. A record that cannot be read says
/// nothing against it.
async fn is_on_record(cx: &OperationDesk, claim: &Claim) -> Result<bool, Halt> {
    let namespace = claim.namespace.as_deref();
    let is_of_this_run = claim.of_same_run || last_word(cx, claim).is_some();
    let Some(namespace) = namespace.filter(|_| !is_of_this_run) else {
        return Ok(true);
    };
    let secret = InstalledRecord::secret_ref(cx.plan().home(), &claim.package, namespace);
    let Some(secret) = cx.read(&secret).await? else {
        return Ok(false);
    };
    let says_so = InstalledRecord::from_secret(&secret).is_none_or(|record| {
        let mut ledger = record.ledger().iter();
        record.release_uid() == claim.release_uid
            && ledger.any(|entry| entry.object.is_same_object(&claim.object))
    });
    Ok(says_so && has_kept(cx, (&claim.package, namespace), &claim.object).await?)
}

/// Whether an object carries our label, or that of an instance that has let it go: which of them wrote it last is chance. Not one that was there
/// before: somebody may have made it anew under the name of what a release had made.
pub(super) fn is_ours_alone(cx: &OperationDesk, object: &ObjectRef, there: &Value) -> bool {
    let mut claims = cx.planned().claims_on(object);
    let carries = is_ours(cx, there)
        || claims.any(|claim| is_of(there, &claim.release_uid) && is_void(cx, claim));
    carries && !marked_origin(there).is_others()
}

/// Whether an object is the release's: by its label, or because it is the very one that is on record here, with the label of a release before it, in whose
/// place this one came.
pub(super) fn is_ours_by_record(cx: &OperationDesk, object: &ObjectRef, there: &Value) -> bool {
    let is_very = |entry: &LedgerEntry| {
        entry.object.is_same_object(object) && entry.uid.is_some() && entry.uid == uid(there)
    };
    is_ours(cx, there) || is_of_package_before(cx, there) && cx.previous().iter().any(is_very)
}

/// What says whether an object that is looked at is to go with the release.
pub(super) async fn may_go<'a>(
    cx: &'a OperationDesk,
    object: &'a ObjectRef,
) -> Result<impl Fn(&Value) -> bool + 'a, Halt> {
    let takes_left = takes_what_is_left(cx, object).await?;
    Ok(move |there: &Value| {
        let is_known = takes_left || is_ours_by_record(cx, object, there);
        is_ours_alone(cx, object, there) || is_known && is_left_by_package(cx, there)
    })
}

/// Whether what a release of the package that is on no record left of an object is to go with this one: where there is no record, what is to be
/// uninstalled is what that one left. Not what a run brings that was stopped in the middle, and is on no record yet.
pub(super) async fn takes_what_is_left(
    cx: &OperationDesk,
    object: &ObjectRef,
) -> Result<bool, Halt> {
    let is_uninstall = cx.planned().operation().kind() == OperationKind::Uninstall;
    if !is_uninstall || cx.planned().installed().is_some() {
        return Ok(false);
    }
    Ok(!journals(cx).await?.bring(object))
}

/// The object as the other instance wrote it, in this run or before, if that is known.
pub(super) fn manifest<'d>(cx: &'d OperationDesk, claim: &'d Claim) -> Option<&'d Value> {
    let has = |planned: &&PlannedOperation| planned.context().release_uid() == claim.release_uid;
    let written = cx.desk().look(|journal| {
        let operations = cx.plan().operations().iter();
        let both = operations.enumerate().zip(journal.operations());
        let mut written = both.filter(|((_, planned), operation)| {
            has(planned) && operation.track() == Track::Forward && has_written(operation, claim)
        });
        written.next_back().map(|((place, _), _)| place)
    });
    let written = written.and_then(|place| cx.plan().operations().get(place)?.target());
    let written = written.and_then(|content| content.manifest(&claim.object));
    written.or(claim.manifest.as_ref())
}

fn has_written(operation: &OperationJournal, claim: &Claim) -> bool {
    let mut ledger = operation.ledger().iter();
    ledger.any(|entry| entry.object.is_same_object(&claim.object))
}

/// Whether the other instance has let the object go since this was planned. Two operations of a run never both find that the other has not: each
/// puts it on record before anything else can happen. What comes in the same run has the object from when it is on its ledger.
fn is_void(cx: &OperationDesk, claim: &Claim) -> bool {
    last_word(cx, claim).map_or(claim.of_same_run, |has| !has)
}

/// Whether the other instance has the object by what this run did to it; `None`: it did nothing that says so.
fn last_word(cx: &OperationDesk, claim: &Claim) -> Option<bool> {
    cx.desk().look(|journal| {
        let operations = cx.plan().operations().iter();
        let both = operations.zip(journal.operations()).rev();
        let mut own =
            both.filter(|(planned, _)| planned.context().release_uid() == claim.release_uid);
        own.find_map(|(planned, operation)| has(planned, operation, claim))
    })
}

/// Whether the other instance has the object after this operation of it; `None`: the operation does not say.
fn has(planned: &PlannedOperation, operation: &OperationJournal, claim: &Claim) -> Option<bool> {
    use OperationStatus::{Done, RolledBack, Unchanged};
    let status = operation.status();
    let is_gone = match planned.operation().kind() {
        OperationKind::Uninstall => status == Done,
        // Nothing is on record of it, not even what it was not asked to delete.
        OperationKind::Install if matches!(status, Unchanged | RolledBack) => return None,
        _ => false,
    };
    if is_gone || operation.has_let_go(&claim.object) || is_taken_back(planned, operation, claim) {
        return Some(false);
    }
    has_written(operation, claim).then_some(true)
}

/// Whether the operation brought the object and has deleted it on its way back. What the release before has too, it writes again there.
fn is_taken_back(planned: &PlannedOperation, operation: &OperationJournal, claim: &Claim) -> bool {
    let before = planned.before();
    let is_again = before.is_some_and(|before| before.manifest(&claim.object).is_some());
    let mut deleted = operation.deleted.iter();
    operation.track() == Track::Back
        && !is_again
        && deleted.any(|entry| entry.object.is_same_object(&claim.object))
}

//! Deletes pinned plans that nothing refers to any more.

use std::collections::BTreeSet;

use serde_json::Value;

use super::desk::Desk;
use super::marks::uid;
use super::operation_desk::OperationDesk;
use crate::api::{Failure, ListRequest, ObjectRef, Request};
use crate::journal::{JOURNAL_TYPE, Journal, KeptJournal, OperationJournal, OperationStatus};
use crate::label;
use crate::plan::{PLAN_TYPE, PinnedPlan};
use crate::pointer::At;
use crate::record::{InstalledRecord, RECORD_TYPE};

/// The Secrets of plans that this run's instances had on record and have no more, of those of runs that it took the place of, of runs of the same
/// instances that ended before they had a journal, and of its own if it ended and no record has it. To be looked for while the run has the journal:
/// once it has ended, the next one may pin its plan. Until they are deleted the journal knows them, and those that may go later: the next run of one of
/// its instances sees to what is left of them.
///
/// None, if that cannot be found out now: the next run finds them.
pub(super) async fn forgotten(desk: &Desk, plan: &PinnedPlan) -> Vec<Value> {
    let Ok(Unneeded { now, mut later }) = unneeded(desk, plan).await else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for digest in now {
        let labels = vec![(label::PLAN.to_owned(), digest.clone())];
        match secrets(desk, plan, ("type", PLAN_TYPE), labels).await {
            Ok(parts) if parts.is_empty() => {}
            parts => {
                found.extend(parts.unwrap_or_default());
                later.insert(digest);
            }
        }
    }
    if desk.look(|journal| !journal.superseded.iter().eq(&later)) {
        desk.record(|journal| journal.supersedes(later));
    }
    found
}

/// The digests of plans that a run is the last to know, and that no record has.
struct Unneeded {
    /// Those that nobody needs.
    now: BTreeSet<String>,
    /// Those that may be needed again, or of which that cannot be told.
    later: BTreeSet<String>,
}

impl Unneeded {
    fn none_now(later: BTreeSet<String>) -> Self {
        let now = BTreeSet::new();
        Self { now, later }
    }
}

async fn unneeded(desk: &Desk, plan: &PinnedPlan) -> Result<Unneeded, Failure> {
    let mut candidates = candidates(desk, plan).await?;
    let records = secrets(desk, plan, ("type", RECORD_TYPE), Vec::new()).await?;
    let records = records.iter().map(InstalledRecord::from_secret);
    let Some(records) = records.collect::<Option<Vec<_>>>() else {
        // Nobody knows which plans one of another version has.
        return Ok(Unneeded::none_now(candidates));
    };
    let on_record: BTreeSet<&String> = records
        .iter()
        .flat_map(InstalledRecord::known_plans)
        .collect();
    candidates.retain(|digest| !on_record.contains(digest));
    if candidates.iter().all(|digest| digest == plan.digest()) {
        let later = BTreeSet::new();
        return Ok(Unneeded {
            now: candidates,
            later,
        });
    }
    let journals = secrets(desk, plan, ("type", JOURNAL_TYPE), Vec::new()).await?;
    let Some(needed) = desk.look(|own| needed_by(&journals, plan, own)) else {
        return Ok(Unneeded::none_now(candidates));
    };
    candidates.retain(|digest| !needed.contains(digest));
    let may_return = desk.look(|journal| on_record_again(plan, journal));
    let (later, now) = candidates
        .into_iter()
        .partition(|digest| may_return.contains(digest));
    Ok(Unneeded { now, later })
}

/// The digests of the plans that this run may be the last to know.
async fn candidates(desk: &Desk, plan: &PinnedPlan) -> Result<BTreeSet<String>, Failure> {
    let mut candidates: BTreeSet<String> = of_same_instances(desk, plan).await?;
    candidates.extend(desk.look(|journal| journal.superseded.clone()));
    let installed = plan.operations().iter().filter_map(|one| one.installed());
    candidates.extend(installed.flat_map(InstalledRecord::known_plans).cloned());
    // A run that can be resumed needs its plan, and so does one of which is told what was given up.
    let is_over = |one: &OperationJournal| {
        use OperationStatus::{Done, RolledBack, Unchanged};
        matches!(one.status(), Done | RolledBack | Unchanged)
    };
    if desk.look(|journal| journal.operations().iter().all(is_over)) {
        candidates.insert(plan.digest().to_owned());
    }
    Ok(candidates)
}

/// The plans that records name again when what rests is taken back.
fn on_record_again(plan: &PinnedPlan, journal: &Journal) -> BTreeSet<String> {
    let operations = plan.operations().iter().zip(journal.operations());
    let resting = operations.filter(|(_, one)| one.status().is_open());
    let before = resting.filter_map(|(planned, _)| planned.installed());
    before
        .flat_map(InstalledRecord::known_plans)
        .cloned()
        .collect()
}

/// The plans of other runs that are not over or of which something is still to be told, by their journals. `None`: one of them cannot be read, and
/// nobody knows which plan it needs.
fn needed_by(journals: &[Value], plan: &PinnedPlan, own: &Journal) -> Option<BTreeSet<String>> {
    let home = plan.home();
    let kept: Result<Vec<KeptJournal>, _> = journals
        .iter()
        .map(|secret| KeptJournal::read(home, secret))
        .collect();
    let kept = kept.ok()?;
    let needed = kept
        .iter()
        .filter(|kept| !kept.is_forgettable(own) && kept.journal().plan() != plan.digest());
    Some(
        needed
            .map(|kept| kept.journal().plan().to_owned())
            .collect(),
    )
}

/// Deletes Secrets of plans. Nothing depends on it: what is left behind by a failure is an immutable Secret that nobody reads, and the next run
/// finds it.
pub(super) async fn delete(desk: &Desk, plan: &PinnedPlan, secrets: Vec<Value>) {
    for secret in secrets {
        let name = secret.at("/metadata/name").and_then(Value::as_str);
        let name = name.unwrap_or_default();
        let target = ObjectRef::namespaced("v1", "Secret", plan.home(), name);
        let request = Request::delete(target, uid(&secret));
        if desk.call_once(request).await.is_err() {
            return;
        }
    }
}

/// The digests of other plans of the same instances. Where journals have the names that plans say, one of their runs is not over, and this is it.
async fn of_same_instances(desk: &Desk, plan: &PinnedPlan) -> Result<BTreeSet<String>, Failure> {
    let labels = vec![(label::INSTANCES.to_owned(), plan.instances())];
    let secrets = secrets(desk, plan, ("type", PLAN_TYPE), labels).await?;
    let digest = |secret: &Value| {
        let labels = secret.at("/metadata/labels")?;
        Some(labels.get(label::PLAN)?.as_str()?.to_owned())
    };
    let digests = secrets.iter().filter_map(digest);
    Ok(digests.filter(|digest| digest != plan.digest()).collect())
}

/// That no other run of the operation's instance is under way, was killed or rests.
///
/// # Errors
///
/// Which one is, or that it cannot be told.
pub(super) async fn no_other_run(cx: &OperationDesk) -> Result<(), String> {
    let journals = secrets(cx.desk(), cx.plan(), ("type", JOURNAL_TYPE), Vec::new()).await;
    let journals =
        journals.map_err(|failure| format!("the journals cannot be listed: {failure}"))?;
    let own = cx.desk().look(|journal| journal.run().to_owned());
    for secret in &journals {
        let kept = KeptJournal::read(cx.plan().home(), secret)
            .map_err(|error| format!("a journal may be of any run: {error}"))?;
        let mut operations = kept.journal().operations().iter();
        let is_its = cx.look(|one| operations.any(|other| other.is_of_instance(one)));
        let run = kept.journal().run();
        if is_its && kept.is_in_the_way() && run != own {
            return Err(format!(
                "the run `{run}` is about the same, and has not ended: resume or abandon it first"
            ));
        }
    }
    Ok(())
}

async fn secrets(
    desk: &Desk,
    plan: &PinnedPlan,
    (field, value): (&str, &str),
    labels: Vec<(String, String)>,
) -> Result<Vec<Value>, Failure> {
    desk.list(ListRequest {
        api_version: "v1".to_owned(),
        kind: "Secret".to_owned(),
        namespace: Some(plan.home().to_owned()),
        labels,
        fields: vec![(field.to_owned(), value.to_owned())],
    })
    .await
}

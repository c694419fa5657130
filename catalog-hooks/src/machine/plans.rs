//! Deletes pinned plans that nothing refers to any more.

use std::collections::BTreeSet;

use serde_json::Value;

use super::desk::Desk;
use super::marks::uid;
use super::operation_desk::OperationDesk;
use crate::api::{Failure, ListRequest, ObjectRef, Request};
use crate::journal::{JOURNAL_TYPE, Journal, KeptJournal, OperationStatus, RunState};
use crate::label;
use crate::plan::{PLAN_TYPE, PinnedPlan};
use crate::pointer::At;
use crate::record::{InstalledRecord, RECORD_TYPE};

/// The Secrets of plans that this run's instances had on record and have no more, of those of runs that it took the place of, of runs of the same
/// instances that ended before they had a journal, and of its own if it ended and no record has it. To be looked for while the run has the journal:
/// once it has ended, the next one may pin its plan. Until they are deleted the journal knows them, and those that may go later: the next run of one of
/// its instances sees to what is left of them.
pub(super) async fn forgotten(desk: &Desk, plan: &PinnedPlan) -> Forgotten {
    let mut candidates = candidates(desk, plan);
    let (now, is_known) = match unneeded(desk, plan, &mut candidates).await {
        Ok(now) => (now, true),
        Err(_) => (BTreeSet::new(), false),
    };
    let mut forgotten = Forgotten {
        secrets: Vec::new(),
        is_all: is_known && candidates.len() == now.len(),
    };
    for digest in &now {
        let labels = vec![(label::PLAN.to_owned(), digest.clone())];
        match secrets(desk, plan, ("type", PLAN_TYPE), labels).await {
            Ok(parts) if parts.is_empty() => candidates.retain(|one| one != digest),
            Ok(parts) => forgotten.secrets.extend(parts),
            Err(_) => forgotten.is_all = false,
        }
    }
    if desk.look(|journal| journal.superseded != candidates) {
        desk.record(|journal| journal.superseded = candidates);
    }
    forgotten
}

/// Plans that nobody needs any more.
pub(super) struct Forgotten {
    secrets: Vec<Value>,
    /// Whether these are all that the journal is to remember: none may go later, and of none it could not be told.
    is_all: bool,
}

/// The digests of the plans that nobody needs. What stays of the candidates, in their order, are these and those that may be needed again, or of which
/// that cannot be told.
async fn unneeded(
    desk: &Desk,
    plan: &PinnedPlan,
    candidates: &mut Vec<String>,
) -> Result<BTreeSet<String>, Failure> {
    for digest in of_same_instances(desk, plan).await? {
        if !candidates.contains(&digest) {
            candidates.push(digest);
        }
    }
    let records = secrets(desk, plan, ("type", RECORD_TYPE), Vec::new()).await?;
    let records = records.iter().map(InstalledRecord::from_secret);
    let Some(records) = records.collect::<Option<Vec<_>>>() else {
        // Nobody knows which plans one of another version has.
        return Ok(BTreeSet::new());
    };
    let on_record: BTreeSet<&String> = records
        .iter()
        .flat_map(InstalledRecord::known_plans)
        .collect();
    // What is on record now is remembered if it may come to be on record again when it is not.
    let may_return = desk.look(|journal| on_record_again(plan, journal));
    candidates.retain(|digest| may_return.contains(digest) || !on_record.contains(digest));
    if candidates.iter().all(|digest| digest == plan.digest()) {
        return Ok(candidates.iter().cloned().collect());
    }
    let journals = secrets(desk, plan, ("type", JOURNAL_TYPE), Vec::new()).await?;
    let Some(needed) = needed_by(&journals, plan) else {
        return Ok(BTreeSet::new());
    };
    candidates.retain(|digest| may_return.contains(digest) || !needed.contains(digest));
    let now = candidates.iter();
    Ok(now
        .filter(|digest| !may_return.contains(*digest))
        .cloned()
        .collect())
}

/// The digests of the plans that this run may be the last to know, those that it knew first before the others.
fn candidates(desk: &Desk, plan: &PinnedPlan) -> Vec<String> {
    let mut candidates = desk.look(|journal| journal.superseded.clone());
    // A run that ended before has dropped those that were on record then.
    for digest in plan.plans_before() {
        if !candidates.contains(&digest) {
            candidates.push(digest);
        }
    }
    // A run that can be resumed needs its plan, and so does one of which is told what was given up.
    if desk.look(Journal::tells_nothing_at_end) {
        candidates.push(plan.digest().to_owned());
    }
    candidates
}

/// The plans that records name again when what rests is taken back, or what is done of a run that unwinds if something fails and may go on.
fn on_record_again(plan: &PinnedPlan, journal: &Journal) -> BTreeSet<String> {
    let may_unwind = plan.unwinds() && journal.state_at_end() != RunState::Over;
    let operations = plan.operations().iter().zip(journal.operations());
    let may_return = operations.filter(|(_, one)| {
        one.is_in_the_way() || may_unwind && one.status() == OperationStatus::Done
    });
    let before = may_return.filter_map(|(planned, _)| planned.installed());
    before
        .flat_map(InstalledRecord::known_plans)
        .cloned()
        .collect()
}

/// The plans of other runs that are not over or of which something is still to be told, as long as their journals are there, and those that the former know, which
/// may put them on record again. `None`: one of them cannot be read, or an older program wrote it, and nobody knows which plans it needs.
fn needed_by(journals: &[Value], plan: &PinnedPlan) -> Option<BTreeSet<String>> {
    let home = plan.home();
    let kept: Result<Vec<KeptJournal>, _> = journals
        .iter()
        .map(|secret| KeptJournal::read(home, secret))
        .collect();
    let kept = kept.ok()?;
    let needed = kept
        .iter()
        .filter(|kept| !kept.tells_nothing() && kept.journal().plan() != plan.digest());
    let plans: Option<Vec<Vec<String>>> = needed.map(KeptJournal::plans_needed).collect();
    Some(plans?.into_iter().flatten().collect())
}

/// Deletes the Secrets of forgotten plans. Nothing depends on it: what is left behind by a failure is an immutable Secret that nobody reads, and the
/// next run finds it by the journal. Whether nothing is left that this has to remember.
pub(super) async fn delete(desk: &Desk, plan: &PinnedPlan, forgotten: Forgotten) -> bool {
    for secret in forgotten.secrets {
        let name = secret.at("/metadata/name").and_then(Value::as_str);
        let name = name.unwrap_or_default();
        let target = ObjectRef::namespaced("v1", "Secret", plan.home(), name);
        let request = Request::delete(target, uid(&secret));
        if desk.call_once(request).await.is_err() {
            return false;
        }
    }
    forgotten.is_all
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

/// Which other run of the operation's instance is under way, was killed or rests, if one is.
///
/// # Errors
///
/// That cannot be told.
pub(super) async fn other_run(cx: &OperationDesk) -> Result<Option<String>, String> {
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
            return Ok(Some(format!(
                "the run `{run}` is about the same, and has not ended: resume or abandon it first"
            )));
        }
    }
    Ok(None)
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

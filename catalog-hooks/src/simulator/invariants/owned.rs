//! What carries the label of a release is known to somebody who will delete it, or was said to stay.

use std::sync::Arc;

use serde_json::Value;

use super::Journals;
use crate::api::ObjectRef;
use crate::journal::{Journal, LedgerEntry, OperationStatus};
use crate::label;
use crate::plan::{PinnedPlan, PlannedOperation};
use crate::pointer::At;
use crate::record::{InstalledRecord, RECORD_TYPE};
use crate::simulator::cluster::FakeCluster;
use crate::simulator::field;
use crate::simulator::trace::Happening;

/// The invariant.
pub(in crate::simulator) const OWNED: &str =
    "what carries our label is on record, in the journal of a run that can go on, or said to stay";

/// Holds the end of all that ever happened in a cluster against it. What hooks need while they run has an invariant of its own.
pub(super) fn check(
    plan: &PinnedPlan,
    cluster: &FakeCluster,
    journals: &mut Journals,
) -> Vec<String> {
    if somebody_took_the_journal(cluster) || plan.operations().iter().any(is_of_no_record) {
        return Vec::new();
    }
    let records: Vec<InstalledRecord> = cluster
        .objects()
        .filter(|object| field::text(object, "/type") == RECORD_TYPE)
        .filter_map(|secret| InstalledRecord::from_secret(secret))
        .collect();
    let journal = cluster.journal_text().and_then(|text| journals.read(text));
    let mut kept = None;
    let is_known = |object: &ObjectRef| {
        let has = |ledger: &[LedgerEntry]| {
            let mut entries = ledger.iter();
            entries.any(|entry| entry.object.is_same_object(object))
        };
        let mut operations = journal.iter().flat_map(|one| one.operations());
        records.iter().any(|record| has(record.ledger()))
            || operations.any(|one| can_go_on(one.status()) && has(one.ledger()))
    };
    let mut found = Vec::new();
    for object in cluster.objects().filter(|object| is_labelled(object)) {
        let Some(target) = ObjectRef::of(object).filter(|target| !is_known(target)) else {
            continue;
        };
        // Few runs come this far: what was ever said to stay is looked for then only.
        let kept = kept.get_or_insert_with(|| said_to_stay(cluster));
        let line = format!("{target} stays: ");
        if !kept.iter().any(|said| said.starts_with(&line)) {
            found.push(format!("{OWNED}: {target}"));
        }
    }
    found
}

/// Whether it goes on from a release that nobody has put on record: if it is taken back, that is as before.
fn is_of_no_record(planned: &PlannedOperation) -> bool {
    planned.operation().from().is_some() && planned.installed().is_none()
}

/// Whether the journal is gone, and none of ours has removed it: what only it knew is found by its labels.
fn somebody_took_the_journal(cluster: &FakeCluster) -> bool {
    let mut events = cluster.trace().iter().rev();
    let last = events.find(|event| matches!(event.what, Happening::Journal { .. }));
    last.is_some_and(|event| {
        let is_gone = matches!(event.what, Happening::Journal { after: None, .. });
        is_gone && &*event.who == "somebody"
    })
}

fn can_go_on(status: OperationStatus) -> bool {
    status == OperationStatus::Running || status.is_open()
}

/// Whether it carries the label of a release, and is not on its way out. What is a hook's, and what runs keep of themselves, does not count.
fn is_labelled(object: &Arc<Value>) -> bool {
    let labels = object.at("/metadata/labels");
    let has = |key: &str| labels.is_some_and(|labels| labels.get(key).is_some());
    let is_of_runs = field::text(object, "/type").starts_with("catalog.dev/");
    has(label::RELEASE_UID)
        && !has(label::OPERATION)
        && !is_of_runs
        && !field::has(object, "/metadata/deletionTimestamp")
}

/// All that any journal has ever said of what stays.
fn said_to_stay(cluster: &FakeCluster) -> Vec<String> {
    let texts = cluster
        .trace()
        .iter()
        .filter_map(|event| match &event.what {
            Happening::Journal { after, .. } => after.as_deref(),
            _ => None,
        });
    let journals = texts.filter_map(|text| Journal::parse(text).ok());
    let kept = journals.flat_map(|journal| {
        let operations = journal.operations().iter();
        let kept: Vec<String> = operations
            .flat_map(|one| one.kept().iter().cloned())
            .collect();
        kept
    });
    kept.collect()
}

//! Deletes pinned plans that nothing refers to any more.

use std::collections::BTreeSet;

use serde_json::Value;

use super::apply::uid;
use super::desk::Desk;
use super::outcome::Outcome;
use crate::api::{Failure, ListRequest, ObjectRef, Request};
use crate::journal::OperationStatus;
use crate::label;
use crate::plan::{PLAN_TYPE, PinnedPlan};
use crate::pointer::At;
use crate::record::{InstalledRecord, RECORD_TYPE};

/// Deletes the plans that this run's instances had on record and have no more, those of runs that it took the place of, those of runs of the same
/// instances that ended before they had a journal, and its own if it ended and no record has it. Nothing depends on it: what is left behind by a
/// failure is an immutable Secret that nobody reads.
pub(super) async fn collect(desk: &Desk, plan: &PinnedPlan) {
    let superseded = desk.look(|journal| journal.superseded.clone());
    let Ok(forgotten) = forgotten(desk, plan).await else {
        return;
    };
    let mut candidates: BTreeSet<&str> = superseded.iter().map(String::as_str).collect();
    candidates.extend(forgotten.iter().map(String::as_str));
    for planned in plan.operations() {
        let installed = planned
            .installed()
            .map(InstalledRecord::plans)
            .unwrap_or_default();
        candidates.extend(installed.iter().map(String::as_str));
    }
    // A run that can be resumed needs its plan.
    let is_waiting = desk.look(|journal| {
        journal
            .operations()
            .iter()
            .any(|one| one.status() == OperationStatus::NotStarted)
    });
    if !is_waiting && matches!(desk.look(Outcome::of), Outcome::Done | Outcome::Unchanged) {
        candidates.insert(plan.digest());
    }
    let Ok(records) = secrets(desk, plan, ("type", RECORD_TYPE), Vec::new()).await else {
        return;
    };
    let records: Vec<InstalledRecord> = records
        .iter()
        .filter_map(InstalledRecord::from_secret)
        .collect();
    candidates.retain(|digest| {
        !records
            .iter()
            .any(|record| record.plans().iter().any(|known| known == digest))
    });
    for digest in candidates {
        let labels = vec![(label::PLAN.to_owned(), digest.to_owned())];
        let Ok(parts) = secrets(desk, plan, ("type", PLAN_TYPE), labels).await else {
            return;
        };
        for part in parts {
            let name = part
                .at("/metadata/name")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let target = ObjectRef::namespaced("v1", "Secret", plan.home(), name);
            let request = Request::delete(target, uid(&part));
            if desk.call_once(request).await.is_err() {
                return;
            }
        }
    }
}

/// The digests of other plans of the same instances. Of those one run is under way at a time, and this one has the journal.
async fn forgotten(desk: &Desk, plan: &PinnedPlan) -> Result<Vec<String>, Failure> {
    let labels = vec![(label::INSTANCES.to_owned(), plan.instances())];
    let secrets = secrets(desk, plan, ("type", PLAN_TYPE), labels).await?;
    let digest = |secret: &Value| {
        let labels = secret.at("/metadata/labels")?;
        Some(labels.get(label::PLAN)?.as_str()?.to_owned())
    };
    let digests = secrets.iter().filter_map(digest);
    Ok(digests.filter(|digest| digest != plan.digest()).collect())
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

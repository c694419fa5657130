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

/// The Secrets of plans that this run's instances had on record and have no more, of those of runs that it took the place of, of runs of the same
/// instances that ended before they had a journal, and of its own if it ended and no record has it. To be looked for while the run has the journal:
/// once it has ended, the next one may pin its plan.
pub(super) async fn forgotten(desk: &Desk, plan: &PinnedPlan) -> Vec<Value> {
    let superseded = desk.look(|journal| journal.superseded.clone());
    let Ok(others) = of_same_instances(desk, plan).await else {
        return Vec::new();
    };
    let mut candidates: BTreeSet<&str> = superseded.iter().map(String::as_str).collect();
    candidates.extend(others.iter().map(String::as_str));
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
        return Vec::new();
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
    let mut found = Vec::new();
    for digest in candidates {
        let labels = vec![(label::PLAN.to_owned(), digest.to_owned())];
        let parts = secrets(desk, plan, ("type", PLAN_TYPE), labels).await;
        found.extend(parts.unwrap_or_default());
    }
    found
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

/// The digests of other plans of the same instances. Of those one run is under way at a time, and this one has the journal.
async fn of_same_instances(desk: &Desk, plan: &PinnedPlan) -> Result<Vec<String>, Failure> {
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

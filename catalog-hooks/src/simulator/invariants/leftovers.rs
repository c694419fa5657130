//! What is left when all is over: only what is to be kept.

use std::sync::Arc;
use std::time::Duration;

use catalog_model::Keep;
use serde_json::Value;

use super::Journals;
use crate::journal::OperationStatus;
use crate::label;
use crate::plan::{PinnedPlan, PlannedOperation};
use crate::pointer::At;
use crate::simulator::cluster::FakeCluster;
use crate::simulator::field;

/// The invariant.
pub(in crate::simulator) const LEFT: &str = "only what `keep` allows is left";

/// Longer than a Job that failed is kept.
const LATER: Duration = Duration::from_secs(3 * 24 * 3600);

pub(super) fn check(
    plan: &PinnedPlan,
    cluster: &FakeCluster,
    journals: &mut Journals,
) -> Vec<String> {
    let journal = cluster.journal_text().and_then(|text| journals.read(text));
    let Some(journal) = journal else {
        return Vec::new();
    };
    let is_over = journal.operations().iter().all(|one| {
        matches!(
            one.status(),
            OperationStatus::Done | OperationStatus::Unchanged | OperationStatus::RolledBack
        )
    });
    if !is_over {
        return Vec::new();
    }
    let mut later = cluster.clone();
    later.advance(LATER);
    plan.operations()
        .iter()
        .flat_map(|one| left(one, &later))
        .collect()
}

/// What is left of an operation's hooks long after it ended.
fn left(planned: &PlannedOperation, cluster: &FakeCluster) -> Vec<String> {
    let operation = label::value(planned.context().operation_id());
    let is_of = |object: &&Arc<Value>| {
        let labels = object.at("/metadata/labels");
        labels.is_some_and(|labels| {
            labels
                .get(label::OPERATION)
                .is_some_and(|one| *one == operation)
                && labels.get(label::HOOK).is_some()
        })
    };
    let stays = |object: &Value| match field::text(object, "/kind") {
        "Job" | "Pod" => keeps(planned, object),
        "Secret" => field::text(object, "/type") == "catalog.dev/evidence",
        _ => false,
    };
    cluster
        .objects()
        .filter(is_of)
        .filter(|object| !stays(object))
        .map(|object| {
            let (kind, name) = (
                field::text(object, "/kind"),
                field::text(object, "/metadata/name"),
            );
            format!("{LEFT}: {kind} {name}")
        })
        .collect()
}

fn keeps(planned: &PlannedOperation, object: &Value) -> bool {
    let is_of = |hook: &str| {
        let labels = object.at("/metadata/labels");
        labels.is_some_and(|labels| {
            labels
                .get(label::HOOK)
                .is_some_and(|one| *one == label::value(hook))
        })
    };
    let mut jobs = planned.hooks().iter();
    jobs.any(|job| job.policy().keep == Keep::Always && is_of(job.hook()))
}

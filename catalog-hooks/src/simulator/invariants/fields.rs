//! What is in objects in the end: what the last release wrote, what others had set, and where they are on record.

use std::sync::Arc;

use serde_json::Value;

use super::super::interference::{ELSEWHERE, SOMEBODY};
use super::{Journals, release_of};
use crate::api::ObjectRef;
use crate::journal::OperationStatus;
use crate::label;
use crate::plan::{PinnedPlan, PlannedOperation};
use crate::pointer::At;
use crate::simulator::cluster::FakeCluster;
use crate::simulator::explore::Scenario;
use crate::simulator::field;
use crate::simulator::trace::{Event, Happening};

/// Holds the objects in the end against what was there in the beginning, and what the operations of the plan that are done have written.
pub(super) fn check(
    scenario: &Scenario,
    cluster: &FakeCluster,
    journals: &mut Journals,
) -> Vec<String> {
    let plan = scenario.plan();
    let done = done(plan, cluster, journals);
    let begun = scenario.cluster().trace().len();
    let since = cluster.trace().get(begun..).unwrap_or_default();
    let mut found = Vec::new();
    for object in cluster.objects() {
        let Some(target) = ObjectRef::of(object) else {
            continue;
        };
        let before = scenario.cluster().object(&target);
        if before.as_ref() == Some(object) || is_going(object) || is_somebodys(&target, since) {
            continue;
        }
        match release_of(object) {
            Some(_) if home_of(object) != Some(plan.home()) => {
                found.push(format!(
                    "what carries our label says where it is on record: {target}"
                ));
            }
            release => {
                let wrote = written(&done, release, &target);
                if wrote.is_some_and(|manifest| !holds(object, manifest)) {
                    found.push(format!("what is installed is as it was written: {target}"));
                }
            }
        }
        let theirs = before.filter(|_| !forces(plan));
        if theirs.is_some_and(|before| !scenario.cluster().keeps(&target, (&before, object))) {
            found.push(format!("what others have set stays as it is: {target}"));
        }
    }
    found
}

/// The operations that are done, and on whose instance nothing else has been begun since.
fn done<'p>(
    plan: &'p PinnedPlan,
    cluster: &FakeCluster,
    journals: &mut Journals,
) -> Vec<&'p PlannedOperation> {
    let journal = last_journal(cluster).and_then(|text| journals.read(text));
    let Some(journal) = journal.filter(|journal| journal.plan() == plan.digest()) else {
        return Vec::new();
    };
    let begun = plan.operations().iter().zip(journal.operations());
    let begun = begun.filter(|(_, one)| one.status() != OperationStatus::NotStarted);
    let mut last: Vec<(&PlannedOperation, OperationStatus)> = Vec::new();
    for (planned, one) in begun {
        let uid = planned.context().release_uid();
        last.retain(|(other, _)| other.context().release_uid() != uid);
        last.push((planned, one.status()));
    }
    last.retain(|(_, status)| *status == OperationStatus::Done);
    last.into_iter().map(|(planned, _)| planned).collect()
}

/// What the journal says, or said when it was removed: a run that has uninstalled everything removes its own.
fn last_journal(cluster: &FakeCluster) -> Option<&Arc<str>> {
    cluster.journal_text().or_else(|| {
        let mut events = cluster.trace().iter().rev();
        events.find_map(|event| match &event.what {
            Happening::Journal { before, .. } => before.as_ref(),
            _ => None,
        })
    })
}

/// What was applied of an object for the release of this label, or of one without for the release that still has it: by its own operation, or by one
/// that let go of the object.
fn written<'p>(
    done: &[&'p PlannedOperation],
    release: Option<&str>,
    object: &ObjectRef,
) -> Option<&'p Value> {
    let is_its = |uid: &str| release.is_none_or(|release| label::value(uid) == release);
    let is_own =
        |planned: &&&PlannedOperation| release.is_some() && is_its(planned.context().release_uid());
    if let Some(own) = done.iter().find(is_own) {
        return own.target()?.manifest(object);
    }
    let mut claims = done.iter().flat_map(|planned| planned.claims_on(object));
    let has_gone = |uid: &str| {
        done.iter()
            .any(|planned| planned.context().release_uid() == uid)
    };
    let claim = claims.find(|claim| is_its(&claim.release_uid) && !has_gone(&claim.release_uid))?;
    claim.manifest.as_ref()
}

/// Whether all that is wanted is there. Values that a server keeps elsewhere are not looked for.
fn holds(there: &Value, wanted: &Value) -> bool {
    match (there, wanted) {
        (Value::Object(there), Value::Object(wanted)) => wanted.iter().all(|(key, wanted)| {
            wanted.is_null()
                || key == "stringData"
                || there.get(key).is_some_and(|there| holds(there, wanted))
        }),
        (Value::Array(there), Value::Array(wanted)) if there.len() == wanted.len() => there
            .iter()
            .zip(wanted)
            .all(|(there, wanted)| holds(there, wanted)),
        (there, wanted) => there == wanted,
    }
}

fn forces(plan: &PinnedPlan) -> bool {
    plan.operations()
        .iter()
        .any(|one| one.options().force_conflicts)
}

/// Whether somebody else has changed an object at any time of the run.
fn is_somebodys(target: &ObjectRef, events: &[Arc<Event>]) -> bool {
    events.iter().any(|event| {
        (&*event.who == SOMEBODY || &*event.who == ELSEWHERE)
            && matches!(&event.what, Happening::Changed { object, .. } if object == target)
    })
}

fn is_going(object: &Value) -> bool {
    field::has(object, "/metadata/deletionTimestamp")
}

fn home_of(object: &Value) -> Option<&str> {
    object
        .at("/metadata/annotations")?
        .get(label::HOME)?
        .as_str()
}

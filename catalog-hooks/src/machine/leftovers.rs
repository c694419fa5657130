//! What a run left whose journal is gone.

use std::collections::BTreeSet;
use std::sync::Arc;

use catalog_model::OperationKind;
use serde_json::{Value, json};

use super::desk::Desk;
use super::hook::JobView;
use super::marks::home_of;
use super::outcome::Stop;
use crate::api::{FailureClass, ListRequest, ObjectRef, PatchKind, Request};
use crate::effect::JournalVersion;
use crate::journal::JournalSecret;
use crate::label;
use crate::plan::{Content, PinnedPlan};
use crate::pointer::At;

/// What can be done about Jobs that are held for no journal.
const RELEASE_THEM: &str = "look at what they did, and let them go (`release_all`)";

/// What can be done about objects of a release that is on no record.
const TAKE_THEM: &str = "look at what was done, and delete them, or begin again with taking ownership of them (`take_ownership`)";

/// What can be done about Jobs that nobody looks after.
const WAIT_FOR_THEM: &str = "a second run of a hook beside the first may do harm: wait until their pods have ended, or delete them";

/// What can be done about Jobs of another runner.
const ELSEWHERE: &str = "end that run first, where its journal is";

/// Stops if a run that is to begin finds Jobs that another one held or that run still, or objects of a release that is on no record: their journal
/// is missing, or kept by another runner, and nobody knows what was done.
pub(super) async fn none(desk: &Desk, plan: &Arc<PinnedPlan>) {
    let mut found = Vec::new();
    for planned in plan.operations() {
        let operation = planned.operation();
        let instance = HeldBy::Instance {
            package: operation.package().as_str(),
            namespace: operation.namespace(),
        };
        match desk.list(instance.request()).await {
            Ok(jobs) => found.extend(jobs.iter().filter_map(|job| job_left(job, plan.home()))),
            // Who may not list Jobs learns so when one has to be made.
            Err(failure) if failure.class() == FailureClass::Forbidden => {}
            Err(failure) => desk.stop(Stop::Unreachable(failure.to_string())).await,
        }
    }
    if found.is_empty() {
        let objects = objects(desk, plan).await;
        found.extend(objects.iter().map(|object| (object.to_string(), TAKE_THEM)));
    }
    if !found.is_empty() {
        desk.stop(Stop::Leftovers(told(&found))).await;
    }
}

/// What was found, and what can be done about it.
fn told(found: &[(String, &'static str)]) -> String {
    let objects: Vec<&str> = found.iter().map(|(object, _)| object.as_str()).collect();
    let mut ways: Vec<&str> = found.iter().map(|(_, way)| *way).collect();
    ways.dedup();
    format!("{}; {}", objects.join(", "), ways.join("; "))
}

/// A Job of a hook that is in the way of another run of it, and what can be done about it.
fn job_left(job: &Value, home: &str) -> Option<(String, &'static str)> {
    let view = JobView(job);
    let is_hook = job.at("/metadata/labels")?.get(label::HOOK).is_some();
    let target = job_ref(job)?;
    match home_of(job).filter(|other| *other != home) {
        Some(other) if view.is_held_by_us() || is_hook && view.is_active() => Some((
            format!("{target} of the runner that keeps its records in namespace `{other}`"),
            ELSEWHERE,
        )),
        _ if view.is_held_by_us() => Some((target.to_string(), RELEASE_THEM)),
        _ if is_hook && view.is_active() => {
            Some((format!("{target}, of which a pod runs"), WAIT_FOR_THEM))
        }
        _ => None,
    }
}

/// Objects of what is to be installed that were written for a release of the same package which is on no record. Those that hold data stay when a
/// release goes, and tell nothing.
async fn objects(desk: &Desk, plan: &Arc<PinnedPlan>) -> Vec<ObjectRef> {
    let mut found = Vec::new();
    for planned in plan.operations() {
        let operation = planned.operation();
        let is_new = operation.kind() == OperationKind::Install
            && planned.installed().is_none()
            && !planned.options().take_ownership;
        let target = planned.target().filter(|_| is_new);
        let entries = target.map(Content::entries).unwrap_or_default();
        for entry in entries.into_iter().filter(|entry| !entry.holds_data()) {
            // Whoever may not read it learns so when it has to be written.
            let Ok(Some(there)) = desk.read(&entry.object).await else {
                continue;
            };
            let label = |key| there.at("/metadata/labels")?.get(key)?.as_str();
            let package = label::value(operation.package().as_str());
            // What is on record elsewhere has a verdict of its own.
            let is_of_home = home_of(&there).is_none_or(|home| home == plan.home());
            let is_own = label(label::PACKAGE) == Some(package.as_str())
                && label(label::RELEASE_UID).is_some_and(|uid| !planned.knows(uid))
                && is_of_home;
            found.extend(is_own.then_some(entry.object));
        }
    }
    found
}

fn job_ref(job: &Value) -> Option<ObjectRef> {
    let text = |pointer| job.at(pointer).and_then(Value::as_str);
    Some(ObjectRef::namespaced(
        "batch/v1",
        "Job",
        text("/metadata/namespace")?,
        text("/metadata/name")?,
    ))
}

/// The Job, if it is held by our finalizer.
fn held_job(job: &Value) -> Option<ObjectRef> {
    job_ref(job).filter(|_| JobView(job).is_held_by_us())
}

/// Whose Jobs [`Machine::release_all`](super::Machine::release_all) lets go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeldBy<'a> {
    /// Those of everything that is installed, or was to be.
    All,
    /// Those of the release of this uid.
    Release(&'a str),
    /// Those of a package in a namespace, whatever was done with it.
    Instance {
        /// The package.
        package: &'a str,
        /// The namespace.
        namespace: &'a str,
    },
}

impl HeldBy<'_> {
    /// What lists them.
    pub(super) fn request(self) -> ListRequest {
        let label = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let mut labels = vec![label(label::MANAGED_BY, label::MANAGER)];
        let mut namespace = None;
        match self {
            Self::All => {}
            Self::Release(uid) => labels.push(label(label::RELEASE_UID, &label::value(uid))),
            Self::Instance {
                package,
                namespace: own,
            } => {
                labels.push(label(label::PACKAGE, &label::value(package)));
                namespace = Some(own.to_owned());
            }
        }
        ListRequest {
            api_version: "batch/v1".to_owned(),
            kind: "Job".to_owned(),
            namespace,
            labels,
            fields: Vec::new(),
        }
    }
}

/// Who still holds a Job, if somebody does.
fn whose(job: &Value, known: &Known) -> Option<String> {
    if let Some(other) = home_of(job).filter(|other| *other != known.home) {
        return Some(format!(
            "it is of the runner that keeps its records in namespace `{other}`"
        ));
    }
    let is_known = known.held.contains(JobView(job).uid());
    is_known.then(|| "the journal of its run is there: go on with that, or give it up".to_owned())
}

/// What the journals say that are there.
pub(super) struct Known {
    /// The namespace that they are in.
    pub(super) home: String,
    /// The uids of the Jobs that runs hold which can go on.
    pub(super) held: BTreeSet<String>,
    /// The journals with which nobody can go on.
    pub(super) lost: Vec<(JournalSecret, JournalVersion)>,
}

/// Takes our finalizer off Jobs, and suspends none and deletes none: whoever lost the journal may look at them, and delete them.
/// Those of other runners' namespaces, and those that runs hold which can go on, are left alone, and told of. When that is done, the journals go with which
/// nobody can go on: as long as one is there, nothing of its namespace begins. It may have held any Job that no other journal holds, so all of those are let
/// go, once their pods have ended: a hook that began again would run beside them.
pub(super) async fn release_all(desk: Desk, held: ListRequest, known: Known) {
    let held = match known.lost.is_empty() {
        true => held,
        false => HeldBy::All.request(),
    };
    let jobs = match desk.list(held).await {
        Ok(jobs) => jobs,
        Err(failure) => {
            desk.stop(Stop::Unreachable(format!("list Jobs: {failure}")))
                .await
        }
    };
    let mut held = Vec::new();
    for (job, target) in jobs.iter().filter_map(|job| Some((job, held_job(job)?))) {
        if let Some(why) = whose(job, &known) {
            desk.record(|journal| journal.history.push(format!("{target} stays held: {why}")));
            continue;
        }
        if !known.lost.is_empty() && JobView(job).is_active() {
            held.push(format!(
                "{target}: a pod of it still runs, wait until it has ended"
            ));
            continue;
        }
        let patch = json!({"metadata": {
            "uid": JobView(job).uid(),
            "$deleteFromPrimitiveList/finalizers": [label::FINALIZER],
        }});
        let kind = PatchKind::Strategic;
        match desk
            .call(Request::Patch {
                target: target.clone(),
                patch,
                kind,
            })
            .await
        {
            Ok(_) => {
                let lives = JobView(job).is_active();
                let more = if lives {
                    "; a pod of it still runs"
                } else {
                    ""
                };
                desk.record(|journal| journal.history.push(format!("released {target}{more}")));
            }
            Err(failure)
                if matches!(
                    failure.class(),
                    FailureClass::NotFound | FailureClass::OtherUid
                ) => {}
            Err(failure) => held.push(format!("{target}: {failure}")),
        }
    }
    // Where Jobs are still held it is tried again first.
    let lost = match held.is_empty() {
        true => known.lost.as_slice(),
        false => &[],
    };
    for (secret, version) in lost {
        held.extend(give_up(&desk, secret, version).await.err());
    }
    if !held.is_empty() {
        desk.stop(Stop::NotReleased(held.join("; "))).await;
    }
}

/// Deletes a journal with which nobody can go on, if it is as it was when it was read.
///
/// # Errors
///
/// The server lets nobody do that.
async fn give_up(
    desk: &Desk,
    secret: &JournalSecret,
    version: &JournalVersion,
) -> Result<(), String> {
    use FailureClass::{NotFound, OtherUid, Outdated};
    let name = secret.name();
    let request = secret.remove(version);
    let deleted = match request {
        Ok(request) => desk.call(request).await,
        Err(failure) => Err(failure),
    };
    let told = match deleted {
        Ok(_) => format!("gave up the journal `{name}`, with which nobody can go on"),
        Err(failure) if failure.class() == NotFound => return Ok(()),
        Err(failure) if matches!(failure.class(), OtherUid | Outdated) => {
            return Err(format!(
                "the journal `{name}` stays: somebody wrote it meanwhile"
            ));
        }
        Err(failure) => return Err(format!("the journal `{name}`: {failure}")),
    };
    desk.record(|journal| journal.history.push(told));
    Ok(())
}

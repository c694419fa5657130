//! Removes what is left of an operation's hooks: what a call made that came late, and what a runner left that is gone.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::evidence;
use super::hook::JobView;
use super::marks::uid;
use super::operation_desk::{Halt, OperationDesk};
use crate::api::{FailureClass, ListRequest, ObjectRef, PatchKind, Request};
use crate::journal::ResourceJournal;
use crate::label;
use crate::pointer::At;

/// How many operations' evidence is kept of an instance.
const KEPT_OPERATIONS: usize = 3;

/// Removes Jobs that should not be there, those of operations before too, resources of the operation, and old evidence.
pub(super) async fn sweep(cx: &OperationDesk) -> Result<(), Halt> {
    resources(cx).await?;
    jobs(cx).await?;
    old_evidence(cx).await
}

async fn resources(cx: &OperationDesk) -> Result<(), Halt> {
    let left: Vec<ResourceJournal> = cx.look(|operation| {
        operation
            .resources
            .iter()
            .filter(|one| !one.deleted)
            .cloned()
            .collect()
    });
    for mut one in left {
        super::hook::find_resource(cx, &mut one).await?;
        super::hook::delete_resource(cx, &one).await?;
        cx.record(|operation| {
            for known in operation
                .resources
                .iter_mut()
                .filter(|known| known.object == one.object)
            {
                known.deleted = true;
            }
        });
    }
    Ok(())
}

async fn jobs(cx: &OperationDesk) -> Result<(), Halt> {
    let list = ListRequest {
        api_version: "batch/v1".to_owned(),
        kind: "Job".to_owned(),
        namespace: Some(cx.planned().operation().namespace().to_owned()),
        labels: vec![(
            label::RELEASE_UID.to_owned(),
            label::value(cx.planned().context().release_uid()),
        )],
        fields: Vec::new(),
    };
    let jobs = cx.desk().list(list).await;
    let jobs =
        jobs.map_err(|failure| Halt::of("the Jobs of the release cannot be listed", &failure))?;
    for job in jobs {
        let view = JobView(&job);
        let name = job
            .at("/metadata/name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let known = cx.desk().look(|journal| {
            let mut attempts = journal.operations().iter().flat_map(|one| one.attempts());
            attempts.any(|one| one.uid() == Some(view.uid()))
        });
        // A Job that somebody copied from one of ours is not held, and one that ran is not late.
        if !known && view.is_held_by_us() && view.never_ran() {
            remove(cx, name, view).await?;
        }
    }
    Ok(())
}

/// A Job that no attempt knows: its create came late, and it never ran.
async fn remove(cx: &OperationDesk, name: &str, job: JobView<'_>) -> Result<(), Halt> {
    let target = ObjectRef::namespaced(
        "batch/v1",
        "Job",
        cx.planned().operation().namespace(),
        name,
    );
    let delete = Request::delete(target.clone(), Some(job.uid().to_owned()));
    let unhold = Request::Patch {
        target: target.clone(),
        patch: json!({"metadata": {"uid": job.uid(), "$deleteFromPrimitiveList/finalizers": [label::FINALIZER]}}),
        kind: PatchKind::Strategic,
    };
    let requests = [Some(delete), job.is_held_by_us().then_some(unhold)];
    for request in requests.into_iter().flatten() {
        match cx.desk().call(request).await {
            Ok(_) => {}
            Err(failure)
                if matches!(
                    failure.class(),
                    FailureClass::NotFound | FailureClass::OtherUid
                ) => {}
            Err(failure) => return Err(Halt::of(&format!("{target} cannot be removed"), &failure)),
        }
    }
    Ok(())
}

/// Deletes the evidence of all but the last operations of the instance.
async fn old_evidence(cx: &OperationDesk) -> Result<(), Halt> {
    let home = cx.plan().home();
    let list = ListRequest {
        api_version: "v1".to_owned(),
        kind: "Secret".to_owned(),
        namespace: Some(home.to_owned()),
        labels: evidence::instance_labels(cx),
        fields: vec![("type".to_owned(), evidence::TYPE.to_owned())],
    };
    // Nothing depends on it, and the next operation tries again.
    let Ok(secrets) = cx.desk().list(list).await else {
        return Ok(());
    };
    for secret in surplus(&secrets) {
        let name = secret
            .at("/metadata/name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let target = ObjectRef::namespaced("v1", "Secret", home, name);
        let request = Request::delete(target, uid(secret));
        if let Err(failure) = cx.desk().call(request).await
            && failure.class() != FailureClass::NotFound
        {
            cx.warn(format!("old evidence stays: {failure}"));
        }
    }
    Ok(())
}

/// The evidence of operations before the last ones, by the newest of each.
fn surplus(secrets: &[Value]) -> Vec<&Value> {
    let text = |secret: &Value, pointer: &str| {
        secret
            .at(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let operation = |secret: &Value| {
        let labels = secret.at("/metadata/labels");
        labels
            .and_then(|labels| labels.get(label::OPERATION))
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let mut newest: BTreeMap<String, String> = BTreeMap::new();
    for secret in secrets {
        let made = text(secret, "/metadata/creationTimestamp");
        let known = newest.entry(operation(secret)).or_default();
        if *known < made {
            *known = made;
        }
    }
    let mut order: Vec<(String, String)> = newest
        .into_iter()
        .map(|(operation, made)| (made, operation))
        .collect();
    order.sort();
    let old = order.len().saturating_sub(KEPT_OPERATIONS);
    let old: Vec<String> = order
        .into_iter()
        .take(old)
        .map(|(_, operation)| operation)
        .collect();
    secrets
        .iter()
        .filter(|secret| old.contains(&operation(secret)))
        .collect()
}

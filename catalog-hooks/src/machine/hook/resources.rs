//! What a hook's Job needs while it runs.

use serde_json::Value;

use super::super::gone::wait_until_gone;
use super::super::marks::{is_going, uid};
use super::super::operation_desk::{Halt, OperationDesk};
use crate::api::{FailureClass, ObjectRef, Reply, Request};
use crate::hook_job::HookJob;
use crate::journal::{AttemptJournal, HookKey, OperationStatus, ResourceJournal};
use crate::pointer::At;

/// Creates what is not there yet. Each is on record before it is made.
pub(super) async fn ensure(cx: &OperationDesk, job: &HookJob, key: &HookKey) -> Result<(), Halt> {
    let mut objects = Vec::new();
    for resource in job.resources() {
        let object = ObjectRef::of(resource).ok_or_else(|| {
            Halt::failed(format!("a resource of hook `{}` has no name", key.hook))
        })?;
        objects.push((resource, object));
    }
    wait_for_others(cx, &objects, key).await?;
    // All at once: no other hook can come between.
    let missing = cx.record(|operation| {
        objects.retain(|(_, object)| !operation.note_made_for(key, object));
        objects
    });
    for (resource, object) in missing {
        let uid = create(cx, resource, &object).await?;
        set(cx, (key, &object), |one| one.uid = Some(uid));
    }
    Ok(())
}

/// Waits until no operation beside this one has one of these objects. A hook that runs has as long as its author says; after it, its operation has
/// to give them back.
async fn wait_for_others(
    cx: &OperationDesk,
    objects: &[(&Value, ObjectRef)],
    key: &HookKey,
) -> Result<(), Halt> {
    let soon = || cx.desk().now().after(cx.desk().settings().gone_timeout);
    let mut until = soon();
    while let Some(InUse { object, by, runs }) = in_use(cx, objects) {
        if runs {
            until = soon();
        }
        if cx.desk().now() >= until {
            return Err(Halt::failed(format!(
                "hook `{}` needs {object}, which a hook of `{by}` has and does not give back",
                key.hook
            )));
        }
        let reason = format!("for a hook of `{by}` that needs {object} too");
        cx.pause_or_stop(reason).await?;
    }
    Ok(())
}

/// An object that a hook of an operation beside this one needs just now, and deletes when it is over.
struct InUse {
    object: ObjectRef,
    /// The package of that operation.
    by: String,
    /// Whether an attempt of that hook is open, or is to follow: both end by themselves.
    runs: bool,
}

/// One of these objects that another operation has. All of them are waited for before one is made, so that two hooks that run do not wait for each
/// other.
fn in_use(cx: &OperationDesk, objects: &[(&Value, ObjectRef)]) -> Option<InUse> {
    let now = cx.desk().now();
    let needs = |one: &&ResourceJournal| {
        let mut objects = objects.iter();
        !one.deleted && objects.any(|(_, object)| object.is_same_object(&one.object))
    };
    cx.desk().look(|journal| {
        let others = journal.operations().iter().enumerate();
        let mut others = others.filter(|(place, other)| {
            *place != cx.index() && other.status() == OperationStatus::Running
        });
        others.find_map(|(_, other)| {
            let has = other.resources.iter().find(needs)?;
            let last = other.attempts_of(&has.key).next_back();
            let is_open = |one: &AttemptJournal| {
                one.verdict().is_none() || one.retry_at.is_some_and(|at| at >= now)
            };
            Some(InUse {
                object: has.object.clone(),
                by: other.package().to_owned(),
                runs: last.is_some_and(|(_, one)| is_open(one)),
            })
        })
    })
}

async fn create(cx: &OperationDesk, resource: &Value, object: &ObjectRef) -> Result<String, Halt> {
    let until = cx.desk().now().after(cx.desk().settings().gone_timeout);
    loop {
        let request = Request::Create {
            object: resource.clone(),
            dry_run: false,
        };
        let failure = match cx.desk().call(request).await {
            Ok(Reply::Object(made)) => return Ok(uid(&made).unwrap_or_default()),
            Ok(_) => return Err(Halt::failed("the server gave no object")),
            Err(failure) => failure,
        };
        if failure.class() != FailureClass::AlreadyExists || cx.desk().now() >= until {
            return Err(Halt::of(&format!("{object} cannot be created"), &failure));
        }
        // One that is gone by now is made at the next turn.
        let Some(there) = cx.read(object).await? else {
            cx.pause_or_stop(format!("to create {object} again: {failure}"))
                .await?;
            continue;
        };
        let its_uid = uid(&there).unwrap_or_default();
        if is_going(&there) {
            wait_until_gone(cx, object, its_uid).await?;
            cx.pause_or_stop(format!("to create {object} again: {failure}"))
                .await?;
        } else if is_ours(&there, resource) {
            return Ok(its_uid);
        } else {
            return Err(Halt::failed(format!(
                "there is another {object}, which a hook needs and does not own"
            )));
        }
    }
}

/// Whether the object was made for the same run of the same operation.
fn is_ours(there: &Value, planned: &Value) -> bool {
    let label = |object: &Value, key: &str| {
        let labels = object.at("/metadata/labels");
        labels.and_then(|labels| labels.get(key)).cloned()
    };
    [crate::label::RELEASE_UID, crate::label::OPERATION]
        .iter()
        .all(|key| label(there, key).is_some() && label(there, key) == label(planned, key))
}

/// Deletes what was made for a hook that is over.
pub(super) async fn delete(cx: &OperationDesk, key: &HookKey) -> Result<(), Halt> {
    let made = cx.look(|operation| {
        let left = operation
            .resources
            .iter()
            .rev()
            .filter(|one| one.key == *key && !one.deleted);
        left.cloned().collect::<Vec<_>>()
    });
    for mut one in made {
        find(cx, &mut one).await?;
        delete_one(cx, &one).await?;
        set(cx, (key, &one.object), |one| {
            one.deleted = true;
            one.uid = None;
        });
    }
    Ok(())
}

/// Looks for what was to be made and of which no answer told that it was.
pub(in crate::machine) async fn find(
    cx: &OperationDesk,
    one: &mut ResourceJournal,
) -> Result<(), Halt> {
    if one.uid.is_none() {
        let there = cx.read(&one.object).await?;
        let labels = super::operation_labels(cx);
        let is_ours = |there: &Value| {
            let of_object = there.at("/metadata/labels");
            labels.iter().all(|(key, value)| {
                of_object
                    .and_then(|labels| labels.get(key))
                    .is_some_and(|label| label == value.as_str())
            })
        };
        one.uid = there.filter(is_ours).as_ref().and_then(uid);
    }
    Ok(())
}

/// Deletes one such object, if it is still the one that was made.
pub(in crate::machine) async fn delete_one(
    cx: &OperationDesk,
    one: &ResourceJournal,
) -> Result<(), Halt> {
    let Some(uid) = one.uid.clone() else {
        return Ok(());
    };
    let request = Request::delete(one.object.clone(), Some(uid));
    let desk = cx.desk();
    let until = desk.now().after(desk.settings().patience);
    loop {
        match desk.call(request.clone()).await {
            Ok(_) => return Ok(()),
            Err(failure) if super::attempt::is_gone(failure.class()) => return Ok(()),
            // Somebody changed it at the same time: it is there, and still to go.
            Err(failure) if failure.class() == FailureClass::Outdated && desk.now() < until => {
                let next = desk.now().after(desk.settings().first_pause);
                let reason = format!("to delete {} again: {failure}", one.object);
                desk.wait(next, Vec::new(), reason).await;
            }
            Err(failure) => {
                let what = format!("{} cannot be deleted", one.object);
                return Err(Halt::of(&what, &failure));
            }
        }
    }
}

fn set(
    cx: &OperationDesk,
    (key, object): (&HookKey, &ObjectRef),
    change: impl FnOnce(&mut ResourceJournal),
) {
    cx.record(|operation| {
        let found = operation
            .resources
            .iter_mut()
            .find(|one| one.key == *key && one.object == *object);
        if let Some(one) = found {
            change(one);
        }
    });
}

//! Whether the objects of a release can be applied, found out before any is.

use catalog_model::{Crd, Phase};
use serde_json::Value;

use super::conditions::{MEND_IT, Refusal};
use super::marks::{home_of, is_ours, is_taken_over};
use super::operation_desk::OperationDesk;
use crate::api::{FIELD_MANAGER, Failure, FailureClass, ObjectRef, Request};
use crate::journal::Part;
use crate::label;
use crate::plan::{Content, PlannedOperation, first_phase};
use crate::pointer::At;

/// What can be done next where something belongs to others.
const TAKE_IT: &str = "have whoever has it let it go, or plan it again with `take_ownership`";

/// What can be done next where hooks are not to run.
const SKIP_THEM: &str = "plan it again with `skip_hooks`: what is another's by now stays";

/// What can be done next where others have fields.
const FORCE_IT: &str =
    "have whoever has the fields let them go, or plan it again with `force_conflicts`";

/// What can be done next where a namespace is missing.
const MAKE_IT: &str = "make the namespace, and begin again";

/// What can be done next where a kind is missing.
const BRING_IT: &str = "install what brings the kind, and begin again";

/// What can be done next where a name is the runner's.
const NAME_IT: &str =
    "give it another name in the package, or keep journals and records in another namespace";

/// What keeps the objects of the release from being applied, as far as it can be known beforehand. Of an object of a namespace that is not there yet
/// the server says nothing; it is asked again when there is one. `is_ahead`: operations before this one may still change what it says.
pub(super) async fn objects(cx: &OperationDesk, is_ahead: bool) -> Result<(), Refusal> {
    let is_open = is_ahead && cx.index() > 0;
    let Some(content) = cx.planned().target() else {
        return Ok(());
    };
    for manifest in content.definitions() {
        verdict(cx, manifest, (0, is_open)).await?;
    }
    for (place, module) in content.modules().iter().enumerate() {
        for manifest in module.applied() {
            verdict(cx, manifest, (place, is_open)).await?;
        }
    }
    Ok(())
}

/// Hooks of an uninstall are not for what another runner has taken over since: that is alive.
pub(super) async fn still_ours(cx: &OperationDesk) -> Result<(), Refusal> {
    let planned = cx.planned();
    let mut phases = [Phase::PreUninstall, Phase::PostUninstall].into_iter();
    let has_hooks = phases.any(|phase| planned.hooks_of(phase).next().is_some());
    if !has_hooks || planned.options().skip_hooks {
        return Ok(());
    }
    let (mut taken, mut is_any_ours) = (Ok(()), false);
    let previous = cx.previous().into_owned();
    let own = previous.iter().filter(|entry| !entry.origin.is_others());
    for entry in own.filter(|entry| entry.part != Part::Namespace) {
        // Whoever may not read it learns so when it is to be deleted.
        let Ok(Some(there)) = cx.desk().read(&entry.object).await else {
            continue;
        };
        let theirs = ownership(cx, &entry.object, &there);
        if theirs.is_err() && is_of_instance(cx, &entry.object, &there) {
            return theirs.map_err(on_theirs);
        }
        is_any_ours |= is_ours(cx, &there);
        taken = taken.and(theirs);
    }
    match is_any_ours {
        true => Ok(()),
        false => taken.map_err(on_theirs),
    }
}

fn on_theirs(refusal: Refusal) -> Refusal {
    Refusal {
        message: format!(
            "{}, and hooks would run on what that one has",
            refusal.message
        ),
        next: SKIP_THEM,
    }
}

/// Whether an object stands where the instance does and is labelled with its package: another release that has it is the same instance.
fn is_of_instance(cx: &OperationDesk, object: &ObjectRef, there: &Value) -> bool {
    let operation = cx.planned().operation();
    let package = there.at("/metadata/labels");
    let package = package.and_then(|labels| labels.get(label::PACKAGE)?.as_str());
    object.namespace() == Some(operation.namespace())
        && package == Some(label::value(operation.package().as_str()).as_str())
}

/// The verdict on one object, with so many modules of its release before it, and whether there are operations before it.
async fn verdict(
    cx: &OperationDesk,
    manifest: &Value,
    (modules_before, is_open): (usize, bool),
) -> Result<(), Refusal> {
    let Some(object) = ObjectRef::of(manifest) else {
        return Ok(());
    };
    if is_of_runner(cx, &object) {
        return Err(Refusal {
            message: format!("{object} has a name that the runner keeps its own things under"),
            next: NAME_IT,
        });
    }
    let there = cx.desk().read(&object).await.map_err(|failure| Refusal {
        message: format!("{object} cannot be read: {failure}"),
        next: MEND_IT,
    })?;
    if let Some(there) = &there {
        ownership(cx, &object, there)?;
        stored_versions(&object, (manifest, there))?;
    }
    match try_apply(cx, manifest).await {
        Err(failure) if failure.class() == FailureClass::NoSuchKind => {
            match may_come(cx, &object, modules_before) {
                true => Ok(()),
                false => Err(unserved(&object)),
            }
        }
        Err(failure) if failure.class() == FailureClass::NotFound => {
            match namespace_may_come(cx, &object, modules_before) {
                true => Ok(()),
                false => Err(homeless(&object)),
            }
        }
        Err(failure) if is_with_ourselves(&failure) => Ok(()),
        // Others have fields, and seldom let go of them because a hook runs.
        Err(failure) if failure.class() == FailureClass::FieldConflict && !is_open => {
            Err(refused(&object, &failure))
        }
        // What goes before may be what makes it right: a definition with a field more, a hook that makes room. So nobody knows yet.
        Err(failure) if !is_final(&failure) || is_open || may_come(cx, &object, modules_before) => {
            Ok(())
        }
        Err(failure) => Err(refused(&object, &failure)),
        Ok(()) => Ok(()),
    }
}

/// Whether an object would stand where journals, plans, records and Leases do.
fn is_of_runner(cx: &OperationDesk, object: &ObjectRef) -> bool {
    object.namespace() == Some(cx.plan().home())
        && matches!(object.kind(), "Secret" | "Lease")
        && object.name().starts_with("catalog-")
}

/// What is kept elsewhere on record is not taken over by the way.
pub(super) fn ownership(
    cx: &OperationDesk,
    object: &ObjectRef,
    there: &Value,
) -> Result<(), Refusal> {
    if !is_taken_over(cx, there) || cx.planned().options().take_ownership {
        return Ok(());
    }
    let package = there.at("/metadata/labels");
    let package = package.and_then(|labels| labels.get(label::PACKAGE)?.as_str());
    let (package, home) = (
        package.unwrap_or("another release"),
        home_of(there).unwrap_or_default(),
    );
    Err(Refusal {
        message: format!(
            "{object} belongs to `{package}`, installed by the runner that keeps its records in namespace `{home}`"
        ),
        next: TAKE_IT,
    })
}

/// A version in which objects may still be stored cannot be taken out of a CRD: a server refuses it in the middle of the run.
fn stored_versions(object: &ObjectRef, (manifest, there): (&Value, &Value)) -> Result<(), Refusal> {
    if object.kind() != "CustomResourceDefinition" {
        return Ok(());
    }
    let stored = there.at("/status/storedVersions").and_then(Value::as_array);
    let dropped = stored.into_iter().flatten().filter_map(Value::as_str);
    let dropped: Vec<&str> = dropped
        .filter(|name| Crd::new(manifest).version(name).is_none())
        .collect();
    if dropped.is_empty() {
        return Ok(());
    }
    Err(Refusal {
        message: format!(
            "{object} would lose {}, in which objects are stored: rewrite them in a version that stays, and take the old one out of `status.storedVersions`",
            dropped.join(", ")
        ),
        next: MEND_IT,
    })
}

/// Lets the server try it without doing it.
async fn try_apply(cx: &OperationDesk, manifest: &Value) -> Result<(), Failure> {
    let request = Request::Apply {
        object: manifest.clone(),
        force: cx.planned().options().force_conflicts,
        dry_run: true,
    };
    cx.desk().call(request).await.map(drop)
}

/// Whether all fields that are in conflict are our own: what makes, marks and passes on an object sets them otherwise than an apply does.
pub(super) fn is_with_ourselves(failure: &Failure) -> bool {
    let ours = format!("conflict with \"{FIELD_MANAGER}\"");
    failure.class() == FailureClass::FieldConflict
        && failure
            .causes()
            .iter()
            .all(|cause| cause.message.starts_with(&ours))
}

/// Whether an apply would be refused as its trial was: not of what time mends, nor by a webhook that takes no trials.
fn is_final(failure: &Failure) -> bool {
    !failure.may_pass()
        && failure.class() != FailureClass::NamespaceTerminating
        && !failure.message().contains("does not support dry run")
}

fn refused(object: &ObjectRef, failure: &Failure) -> Refusal {
    let next = match failure.class() {
        FailureClass::FieldConflict => FORCE_IT,
        _ => MEND_IT,
    };
    Refusal {
        message: format!("{object} could not be applied: {failure}"),
        next,
    }
}

fn unserved(object: &ObjectRef) -> Refusal {
    let (kind, version) = (object.kind(), object.api_version());
    Refusal {
        message: format!("{object} could not be applied: the server knows no {kind} of {version}"),
        next: BRING_IT,
    }
}

fn homeless(object: &ObjectRef) -> Refusal {
    let namespace = object.namespace().unwrap_or_default();
    Refusal {
        message: format!("{object} could not be applied: there is no namespace `{namespace}`"),
        next: MAKE_IT,
    }
}

/// Whether the namespace of an object is made before it, or may be.
fn namespace_may_come(cx: &OperationDesk, object: &ObjectRef, modules_before: usize) -> bool {
    let Some(namespace) = object.namespace() else {
        return true;
    };
    let makes = |planned: &PlannedOperation| {
        let content = planned.target();
        let definitions = content.map(Content::definitions).unwrap_or_default();
        let mut definitions = definitions.iter().filter_map(ObjectRef::of);
        let modules = content.map(Content::modules).unwrap_or_default();
        planned.operation().namespace() == namespace
            || modules.iter().any(|module| module.namespace() == namespace)
            || definitions.any(|one| one.kind() == "Namespace" && one.name() == namespace)
    };
    may_bring(cx, modules_before, makes)
}

/// Whether something that goes before may bring the kind of an object: a definition of it does.
fn may_come(cx: &OperationDesk, object: &ObjectRef, modules_before: usize) -> bool {
    may_bring(cx, modules_before, |planned| {
        let definitions = planned.target().map(Content::definitions);
        let mut definitions = definitions.into_iter().flatten();
        definitions.any(|manifest| {
            let crd = Crd::new(manifest);
            let version = object.api_version().rsplit('/').next().unwrap_or_default();
            (crd.group(), crd.kind()) == (Some(object.group()), Some(object.kind()))
                && crd.version(version).is_some()
        })
    })
}

/// Whether the operation or one before it brings something, or has a hook or a module before it, of which it is not known what it brings.
fn may_bring(
    cx: &OperationDesk,
    modules_before: usize,
    brings: impl Fn(&PlannedOperation) -> bool,
) -> bool {
    let first = first_phase(cx.planned().operation().kind());
    let has_hooks = first.is_some_and(|phase| cx.planned().hooks_of(phase).next().is_some());
    let is_open = |planned: &PlannedOperation| {
        let modules = planned.target().map(Content::modules).unwrap_or_default();
        !modules.is_empty() || !planned.hooks().is_empty()
    };
    let mut before = cx.plan().operations().iter().take(cx.index());
    modules_before > 0
        || has_hooks
        || brings(cx.planned())
        || before.any(|one| brings(one) || is_open(one))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A conflict over fields of these managers.
    fn conflict(managers: &[&str]) -> Failure {
        let causes = managers.iter().map(|manager| {
            json!({"reason": "FieldManagerConflict", "field": ".data.a",
                   "message": format!("conflict with \"{manager}\" using v1")})
        });
        let causes: Vec<Value> = causes.collect();
        let status = json!({"reason": "Conflict", "details": {"causes": causes},
                            "message": "Apply failed with 1 conflict"});
        Failure::from_status(409, &status)
    }

    #[test]
    fn only_conflicts_of_which_all_fields_are_our_own_are_forced() {
        assert!(is_with_ourselves(&conflict(&[
            FIELD_MANAGER,
            FIELD_MANAGER
        ])));
        assert!(!is_with_ourselves(&conflict(&[FIELD_MANAGER, "kubectl"])));
        assert!(!is_with_ourselves(&conflict(&["catalog-hooks-of-others"])));
        assert!(!is_with_ourselves(&conflict(&[])));
    }
}

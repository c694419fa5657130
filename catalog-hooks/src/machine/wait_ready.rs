//! Waits until what was applied and deployed is ready.

use catalog_model::Crd;
use serde_json::Value;

use super::apply::content;
use super::driven::{OF_OTHERS, ask_driver};
use super::operation_desk::{Halt, OperationDesk};
use crate::api::{FailureClass, ListRequest, ObjectRef, Reply, Request};
use crate::effect::{ModuleStatus, ModuleVerb};
use crate::module::RenderedContent;
use crate::plan::Side;
use crate::readiness::readiness;
use crate::time::Timestamp;

/// All definitions and modules of one side are ready, each at what was sent.
pub(super) async fn ready(cx: &OperationDesk, side: Side) -> Result<(), Halt> {
    let Some(content) = content(cx, side) else {
        return Ok(());
    };
    let until = cx.desk().now().after(cx.desk().settings().ready_timeout);
    for object in content.definitions() {
        object_ready(cx, object, until).await?;
        if let Some(crd) = as_crd(object) {
            served(cx, crd, until).await?;
        }
    }
    for module in content.modules() {
        match module.content() {
            RenderedContent::Objects(objects) => {
                for object in objects {
                    object_ready(cx, object, until).await?;
                }
            }
            RenderedContent::Driver { .. } => {
                let what = format!("module `{}`", module.name());
                loop {
                    let status = ask_driver(cx, module, ModuleVerb::Status).await?;
                    if is_ready(cx, &what, status, (until, Vec::new())).await? {
                        break;
                    }
                }
            }
        }
    }
    Ok(())
}

async fn object_ready(cx: &OperationDesk, manifest: &Value, until: Timestamp) -> Result<(), Halt> {
    let Some(object) = ObjectRef::of(manifest) else {
        return Ok(());
    };
    loop {
        let there = cx.read(&object).await?;
        let Some(there) = there else {
            return Err(Halt::failed(format!(
                "{object} was deleted by somebody else"
            )));
        };
        if is_ready(
            cx,
            &object.to_string(),
            readiness(&there),
            (until, vec![object.clone()]),
        )
        .await?
        {
            return Ok(());
        }
    }
}

/// Whether it is ready; if not, this waits a while.
async fn is_ready(
    cx: &OperationDesk,
    what: &str,
    status: ModuleStatus,
    (until, watching): (Timestamp, Vec<ObjectRef>),
) -> Result<bool, Halt> {
    let why = match status {
        ModuleStatus::Ready => return Ok(true),
        ModuleStatus::Failed(why) => return Err(Halt::failed(format!("{what} failed: {why}"))),
        ModuleStatus::Absent => "it is not there".to_owned(),
        ModuleStatus::OfOthers => OF_OTHERS.to_owned(),
        ModuleStatus::Progressing(why) => why,
    };
    let now = cx.desk().now();
    if now >= until {
        let waited = match cx.desk().settings().ready_timeout.as_secs() {
            seconds if seconds % 60 == 0 => format!("{} minutes", seconds / 60),
            seconds => format!("{seconds} s"),
        };
        return Err(Halt::failed(format!(
            "{what} is not ready after {waited}: {why}"
        )));
    }
    cx.look_again(until, watching, format!("for {what}: {why}"))
        .await?;
    Ok(false)
}

fn as_crd(object: &Value) -> Option<Crd<'_>> {
    let is_crd = object
        .get("kind")
        .is_some_and(|kind| kind == "CustomResourceDefinition");
    is_crd.then(|| Crd::new(object))
}

/// Each served version answers: a little after the CRD is established.
async fn served(cx: &OperationDesk, crd: Crd<'_>, until: Timestamp) -> Result<(), Halt> {
    let (group, kind) = (
        crd.group().unwrap_or_default(),
        crd.kind().unwrap_or_default(),
    );
    for version in crd.versions().filter(|version| version.is_served()) {
        let api_version = format!("{group}/{}", version.name().unwrap_or_default());
        loop {
            let request = Request::List(ListRequest {
                api_version: api_version.clone(),
                kind: kind.to_owned(),
                namespace: None,
                labels: Vec::new(),
                fields: vec![("metadata.name".to_owned(), "none".to_owned())],
            });
            match cx.desk().call(request).await {
                Ok(Reply::Objects(_)) => break,
                Ok(_) => return Err(Halt::failed("the server gave no list")),
                Err(failure)
                    if matches!(
                        failure.class(),
                        FailureClass::NoSuchKind | FailureClass::NotFound
                    ) =>
                {
                    let status =
                        ModuleStatus::Progressing("the server does not serve it yet".to_owned());
                    is_ready(
                        cx,
                        &format!("{kind} of {api_version}"),
                        status,
                        (until, Vec::new()),
                    )
                    .await?;
                }
                // Who may not list them does not learn it this way; the CRD is established.
                Err(failure) if failure.class() == FailureClass::Forbidden => break,
                Err(failure) => {
                    return Err(Halt::of(&format!("{kind} cannot be listed"), &failure));
                }
            }
        }
    }
    Ok(())
}

//! Carries out requests with a client.

use std::fmt;
use std::sync::Arc;

use http::Method;
use kube::Client;
use serde_json::{Value, json};

use super::call::Call;
use super::exchange::{OBJECT_BYTES, ask, in_time};
use super::list::list;
use super::log::log;
use super::served::{Resource, Served};
use crate::api::{
    FIELD_MANAGER, Failure, FailureClass, ListRequest, ObjectRef, PatchKind, Reply, Request,
};

const APPLY: &str = "application/apply-patch+yaml";
const MERGE: &str = "application/merge-patch+json";
const STRATEGIC: &str = "application/strategic-merge-patch+json";

/// How long the server may work on a write: as long as we wait for its answer, so that a late effect is as unlikely as can be.
const SERVER_TIMEOUT: &str = "5s";

/// An API server, as the lifecycle needs it.
///
/// Cloning is cheap: all clones share the client and what is known of the kinds that the server has.
#[derive(Clone)]
pub struct KubeCluster {
    client: Client,
    served: Arc<Served>,
}

impl KubeCluster {
    /// The API server that a client talks to, as the client's user.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self {
            client,
            served: Arc::default(),
        }
    }

    /// The client.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Makes one call. Which resource a kind is, discovery says, once for each API version, and again for a kind that is not known.
    ///
    /// Creates and applies are checked strictly: a field that the server does not know is a failure, and no field is dropped. A write and
    /// the discovery before it take at most [`REQUEST_TIMEOUT`](crate::REQUEST_TIMEOUT) together; of a list, each page does.
    ///
    /// # Errors
    ///
    /// What the server says, or that no answer came in time. What no server could be asked is
    /// [`Invalid`](crate::api::FailureClass::Invalid): a manifest without kind or name, an object without the namespace that its kind
    /// needs. A kind that discovery does not list is [`NoSuchKind`](crate::api::FailureClass::NoSuchKind).
    pub async fn call(&self, request: &Request) -> Result<Reply, Failure> {
        let outcome = match request {
            Request::List(wanted) => self.list(wanted).await.map(Reply::Objects),
            Request::Log(wanted) => log(&self.client, wanted).await.map(Reply::Log),
            _ => in_time(self.call_object(request)).await,
        };
        if let Err(failure) = &outcome
            && failure.class() == FailureClass::NoSuchKind
        {
            self.forget(request);
        }
        outcome
    }

    async fn list(&self, wanted: &ListRequest) -> Result<Vec<Value>, Failure> {
        let resource = self.resource(&wanted.api_version, &wanted.kind).await?;
        let listed = list(&self.client, &resource, wanted).await?;
        Ok(listed.items)
    }

    /// Calls about one object.
    async fn call_object(&self, request: &Request) -> Result<Reply, Failure> {
        let target = request.target().ok_or_else(nameless)?;
        let resource = self.resource(target.api_version(), target.kind()).await?;
        let call = object_call(request, &resource, &target)?;
        let answer = ask(&self.client, &call, OBJECT_BYTES).await?;
        Ok(match request {
            Request::Delete { .. } => Reply::Done,
            _ => Reply::Object(answer.value),
        })
    }

    pub(super) async fn resource(
        &self,
        api_version: &str,
        kind: &str,
    ) -> Result<Resource, Failure> {
        self.served.find(&self.client, api_version, kind).await
    }

    fn forget(&self, request: &Request) {
        match (request, request.target()) {
            (Request::List(list), _) => self.served.forget(&list.api_version, &list.kind),
            (_, Some(target)) => self.served.forget(target.api_version(), target.kind()),
            (_, None) => {}
        }
    }
}

impl fmt::Debug for KubeCluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KubeCluster").finish_non_exhaustive()
    }
}

fn nameless() -> Failure {
    Failure::refused("the manifest lacks `apiVersion`, `kind` or `metadata.name`")
}

fn object_call(
    request: &Request,
    resource: &Resource,
    target: &ObjectRef,
) -> Result<Call, Failure> {
    let home = || resource.home(target.namespace());
    let path = || resource.object(target.namespace(), target.name());
    let call = match request {
        Request::Create { object, dry_run } => {
            let call = Call::with_body(Method::POST, home()?, object.clone());
            try_only(checked(call), *dry_run)
        }
        Request::Apply {
            object,
            force,
            dry_run,
        } => {
            let call = Call::patch(path()?, APPLY, object.clone());
            let call = checked(call).with("force", if *force { "true" } else { "false" });
            try_only(call, *dry_run)
        }
        Request::Replace(object) => managed(Call::with_body(Method::PUT, path()?, object.clone())),
        Request::Patch { patch, kind, .. } => {
            let content_type = match kind {
                PatchKind::Merge => MERGE,
                PatchKind::Strategic => STRATEGIC,
            };
            managed(Call::patch(path()?, content_type, patch.clone()))
        }
        Request::Delete {
            uid,
            resource_version,
            ..
        } => delete(path()?, uid.as_deref(), resource_version.as_deref()),
        Request::Read(_) | Request::List(_) | Request::Log(_) => Call::get(path()?),
    };
    Ok(call)
}

/// A deletion that takes with it what belongs to the object, after it: Jobs would keep their pods by default.
pub(super) fn delete(path: String, uid: Option<&str>, resource_version: Option<&str>) -> Call {
    let options = json!({
        "apiVersion": "v1",
        "kind": "DeleteOptions",
        "propagationPolicy": "Background",
        "preconditions": {"uid": uid, "resourceVersion": resource_version},
    });
    Call::with_body(Method::DELETE, path, options).with("timeout", SERVER_TIMEOUT)
}

pub(super) fn managed(call: Call) -> Call {
    call.with("fieldManager", FIELD_MANAGER)
        .with("timeout", SERVER_TIMEOUT)
}

fn checked(call: Call) -> Call {
    managed(call).with("fieldValidation", "Strict")
}

fn try_only(call: Call, dry_run: bool) -> Call {
    match dry_run {
        true => call.with("dryRun", "All"),
        false => call,
    }
}

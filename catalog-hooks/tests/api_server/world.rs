//! A namespace of a test's own on the server, and what tests do in it.

use std::time::{Duration, Instant};

use catalog_hooks::api::{Failure, ObjectRef, Reply, Request};
use catalog_hooks::kube::KubeCluster;
use kube::Client;
use serde_json::{Value, json};

use crate::server::{ADMIN, ApiServer, shared};

/// What the server or its controllers do in their own time is done within this.
const PATIENCE: Duration = Duration::from_secs(60);

/// A namespace, and a cluster as its administrator sees it.
pub(crate) struct World {
    pub(crate) server: &'static ApiServer,
    pub(crate) client: Client,
    pub(crate) cluster: KubeCluster,
    pub(crate) namespace: String,
}

impl World {
    /// A new namespace with its default ServiceAccount; `None` where there is no server.
    pub(crate) async fn new(namespace: &str) -> Option<Self> {
        Self::labelled(namespace, json!({})).await
    }

    /// The same with labels on the namespace.
    pub(crate) async fn labelled(namespace: &str, labels: Value) -> Option<Self> {
        let server = shared()?;
        let client = server.client(ADMIN).await;
        let world = Self {
            server,
            cluster: KubeCluster::new(client.clone()),
            client,
            namespace: namespace.to_owned(),
        };
        world
            .create(json!({
                "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels},
            }))
            .await;
        let account = world.named("v1", "ServiceAccount", "default");
        world
            .until("the ServiceAccount", &account, |account| account.is_some())
            .await;
        Some(world)
    }

    /// An object of this namespace.
    pub(crate) fn named(&self, api_version: &str, kind: &str, name: &str) -> ObjectRef {
        ObjectRef::namespaced(api_version, kind, &self.namespace, name)
    }

    /// A manifest of this namespace.
    pub(crate) fn manifest(&self, api_version: &str, kind: &str, name: &str) -> Value {
        json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": self.namespace}})
    }

    pub(crate) async fn call(&self, request: Request) -> Result<Value, Failure> {
        match self.cluster.call(&request).await? {
            Reply::Object(object) => Ok(object),
            Reply::Objects(objects) => Ok(objects.into()),
            Reply::Log(text) => Ok(text.into()),
            _ => Ok(Value::Null),
        }
    }

    /// Creates an object, as the server makes it.
    pub(crate) async fn create(&self, object: Value) -> Value {
        let request = Request::Create {
            object,
            dry_run: false,
        };
        let shown = request.to_string();
        let made = self.call(request).await;
        made.unwrap_or_else(|failure| panic!("{shown}: {failure}"))
    }

    /// An object as it is; `None`: there is none.
    pub(crate) async fn read(&self, target: &ObjectRef) -> Option<Value> {
        match self.call(Request::Read(target.clone())).await {
            Ok(object) => Some(object),
            Err(failure) if failure.code() == Some(404) => None,
            Err(failure) => panic!("{target}: {failure}"),
        }
    }

    /// Waits until an object, or its absence, is as wanted.
    pub(crate) async fn until(
        &self,
        what: &str,
        target: &ObjectRef,
        done: impl Fn(Option<&Value>) -> bool,
    ) -> Option<Value> {
        let started = Instant::now();
        loop {
            let object = self.read(target).await;
            if done(object.as_ref()) {
                return object;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "{what} took too long: {target} is {:#}",
                object
                    .map(|object| object["status"].clone())
                    .unwrap_or_default()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Sends what the lifecycle never sends: to a subresource, with any body.
    pub(crate) async fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.exchange(method, path, body).await;
        answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// The same, where what it is for may be gone or changed already.
    pub(crate) async fn try_send(&self, method: &str, path: &str, body: &Value) {
        match self.exchange(method, path, body).await {
            Ok(_) => {}
            Err(kube::Error::Api(status)) if matches!(status.code, 404 | 409) => {}
            Err(error) => panic!("{method} {path}: {error}"),
        }
    }

    async fn exchange(&self, method: &str, path: &str, body: &Value) -> kube::Result<Value> {
        let content_type = match method {
            "PATCH" => "application/merge-patch+json",
            _ => "application/json",
        };
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", content_type)
            .body(body.to_string().into_bytes())
            .expect("a request");
        self.client.request(request).await
    }
}

/// The text at a JSON pointer; empty if there is none.
pub(crate) fn text<'v>(object: &'v Value, pointer: &str) -> &'v str {
    object
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

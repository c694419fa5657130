//! Snapshots read from a real API server, and what conditions answer on them. Skipped, with a line that says so, unless
//! `KUBEBUILDER_ASSETS` names a folder with etcd and kube-apiserver.

#![cfg(feature = "kube")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a test may fail loudly, and says that it was skipped"
)]

mod api_server;

use std::sync::{Arc, Mutex};

use catalog_conditions::document::Limits;
use catalog_conditions::kube::{ReadOptions, read_snapshot};
use catalog_conditions::{ConditionSet, Context, SourceFile};
use futures_util::StreamExt as _;
use http::Request;
use kube::Client;
use kube::client::Body;
use serde_json::json;

use api_server::ADMIN;

/// A client that notes what it is asked: method and path with query.
fn recording(client: Client) -> (Client, Arc<Mutex<Vec<String>>>) {
    let log = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&log);
    let service = tower::service_fn(move |request: Request<Body>| {
        let line = format!("{} {}", request.method(), request.uri());
        noted.lock().unwrap().push(line);
        let client = client.clone();
        async move { client.send(request).await }
    });
    (Client::new(service, "default"), log)
}

fn options() -> ReadOptions {
    let mut options = ReadOptions::default();
    options.attempts = 2;
    options
}

#[tokio::test]
async fn twelve_pages() {
    let Some(server) = api_server::shared() else {
        return;
    };
    server.create_namespace("pages").await;
    let client = server.client(ADMIN).await;
    let create = |at: usize| {
        let object = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": format!("page-{at}")}});
        let request = Request::post("/api/v1/namespaces/pages/configmaps")
            .header("content-type", "application/json");
        let request = request.body(object.to_string().into_bytes()).unwrap();
        let client = client.clone();
        async move { client.request_text(request).await.unwrap() }
    };
    let created = futures_util::stream::iter(0..1200)
        .map(create)
        .buffer_unordered(32);
    assert_eq!(created.count().await, 1200);

    let condition = ConditionSet::parse(
        &SourceFile::new(
            "needs.yaml",
            "conditions:\n- target: {apiVersion: v1, kind: ConfigMap, selector: \"\", namespace: pages}\n  op: exists\n",
        ),
        &Limits::default(),
    );
    let requirements = condition.0.requirements(&Context::new());
    let mut options = options();
    options.page_size = 100;
    let (client, log) = recording(client);
    let snapshot = read_snapshot(&client, &requirements, &options).await;
    assert_eq!(snapshot.objects("", "ConfigMap").count(), 1200);
    assert!(snapshot.covers("", "ConfigMap", Some("pages")));
    assert!(!snapshot.covers("", "ConfigMap", Some("default")));
    let log = log.lock().unwrap();
    let list = "GET /api/v1/namespaces/pages/configmaps?limit=100";
    assert_eq!(log[..2], ["GET /api", list]);
    assert_eq!(log.len(), 13, "discovery and twelve pages");
    assert!(
        log[2..]
            .iter()
            .all(|line| line.starts_with(&format!("{list}&continue="))),
        "{log:?}"
    );
}

//! What becomes of what a server, or whatever stands before it, can answer: the server is a function here.

#![cfg(feature = "kube")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use catalog_hooks::REQUEST_TIMEOUT;
use catalog_hooks::api::{
    FailureClass, ListRequest, LogRequest, ObjectRef, PatchKind, Reply, Request,
};
use catalog_hooks::kube::{Change, KubeCluster};
use http::Response;
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};
use tower::BoxError;

/// What the server answers to a request line, by the order of requests; `None`: nothing, ever.
type Answers = Arc<dyn Fn(usize, &str) -> Option<Response<Body>> + Send + Sync>;

/// A cluster, and the lines of what it is asked.
fn cluster(answers: Answers) -> (KubeCluster, Arc<Mutex<Vec<String>>>) {
    let log = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&log);
    let service = tower::service_fn(move |request: http::Request<Body>| {
        let line = format!("{} {}", request.method(), request.uri());
        let answer = if line == "GET /api/v1" {
            Some(resources())
        } else {
            let mut log = noted.lock().unwrap();
            log.push(line.clone());
            answers(log.len(), &line)
        };
        async move {
            match answer {
                Some(answer) => Ok::<_, BoxError>(answer),
                None => std::future::pending().await,
            }
        }
    });
    (KubeCluster::new(Client::new(service, "default")), log)
}

fn resources() -> Response<Body> {
    let resource = |name: &str, kind: &str, namespaced: bool| json!({"name": name, "kind": kind, "namespaced": namespaced});
    let list = json!({"kind": "APIResourceList", "resources": [
        resource("configmaps", "ConfigMap", true), resource("pods", "Pod", true),
        resource("pods/log", "Pod", true), resource("nodes", "Node", false),
    ]});
    response(200, list.to_string())
}

fn response(status: u16, body: impl Into<Vec<u8>>) -> Response<Body> {
    let body = Body::from(body.into());
    Response::builder().status(status).body(body).unwrap()
}

/// A cluster that gives one answer to everything.
fn always(status: u16, body: &str) -> KubeCluster {
    let body = body.to_owned();
    cluster(Arc::new(move |_, _| Some(response(status, body.clone())))).0
}

fn settings() -> ObjectRef {
    ObjectRef::namespaced("v1", "ConfigMap", "shop", "settings")
}

fn read() -> Request {
    Request::Read(settings())
}

fn list() -> Request {
    Request::List(ListRequest {
        api_version: "v1".to_owned(),
        kind: "ConfigMap".to_owned(),
        namespace: Some("shop".to_owned()),
        labels: vec![("a".to_owned(), "b".to_owned())],
        fields: vec![("metadata.name".to_owned(), "x".to_owned())],
    })
}

#[tokio::test]
async fn requests_are_spelled_so() {
    let object = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": "shop"}});
    let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "one", "namespace": "none"}});
    let create = |object: &Value, dry_run| Request::Create {
        object: object.clone(),
        dry_run,
    };
    let cases = [
        (read(), "GET /api/v1/namespaces/shop/configmaps/settings"),
        (
            list(),
            "GET /api/v1/namespaces/shop/configmaps?limit=250&labelSelector=a%3Db&fieldSelector=metadata.name%3Dx",
        ),
        (
            create(&object, false),
            "POST /api/v1/namespaces/shop/configmaps?fieldManager=catalog-hooks&timeout=5s&fieldValidation=Strict",
        ),
        (
            create(&object, true),
            "POST /api/v1/namespaces/shop/configmaps?fieldManager=catalog-hooks&timeout=5s&fieldValidation=Strict&dryRun=All",
        ),
        (
            create(&node, false),
            "POST /api/v1/nodes?fieldManager=catalog-hooks&timeout=5s&fieldValidation=Strict",
        ),
        (
            Request::Apply {
                object: object.clone(),
                force: true,
                dry_run: false,
            },
            "PATCH /api/v1/namespaces/shop/configmaps/settings?fieldManager=catalog-hooks&timeout=5s&fieldValidation=Strict&force=true",
        ),
        (
            Request::Replace(object.clone()),
            "PUT /api/v1/namespaces/shop/configmaps/settings?fieldManager=catalog-hooks&timeout=5s",
        ),
        (
            Request::Patch {
                target: settings(),
                patch: json!({}),
                kind: PatchKind::Merge,
            },
            "PATCH /api/v1/namespaces/shop/configmaps/settings?fieldManager=catalog-hooks&timeout=5s",
        ),
        (
            Request::delete(settings(), None),
            "DELETE /api/v1/namespaces/shop/configmaps/settings?timeout=5s",
        ),
    ];
    for (request, expected) in cases {
        let (cluster, log) = cluster(Arc::new(|_, _| Some(response(200, r#"{"items": null}"#))));
        cluster.call(&request).await.unwrap();
        assert_eq!(*log.lock().unwrap(), [expected]);
    }
}

#[tokio::test]
async fn what_is_no_answer_of_an_api_server() {
    let cases = [
        (200, "<html>", FailureClass::Unanswered),
        (404, "404 page not found", FailureClass::NoSuchKind),
        (404, r#"{"error": "no backend"}"#, FailureClass::NoSuchKind),
        (502, "<html>bad gateway</html>", FailureClass::Transient),
        (429, "", FailureClass::Transient),
        (
            503,
            r#"{"kind": "Status", "reason": "ServiceUnavailable", "message": "m"}"#,
            FailureClass::Transient,
        ),
        (302, "", FailureClass::Invalid),
    ];
    for (status, body, expected) in cases {
        let failure = always(status, body).call(&read()).await.unwrap_err();
        assert_eq!(failure.class(), expected, "{status} {body}: {failure:?}");
    }
    let busy = Arc::new(|_: usize, _: &str| {
        let answer = Response::builder().status(429).header("retry-after", "7");
        Some(answer.body(Body::from(Vec::new())).unwrap())
    });
    let failure = cluster(busy).0.call(&read()).await.unwrap_err();
    assert_eq!(failure.retry_after(), Some(Duration::from_secs(7)));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_come_is_waited_for_so_long() {
    let started = tokio::time::Instant::now();
    let failure = cluster(Arc::new(|_, _| None))
        .0
        .call(&read())
        .await
        .unwrap_err();
    assert_eq!(failure.class(), FailureClass::Unanswered);
    assert_eq!(failure.to_string(), "no answer: none within 5 s");
    assert_eq!(started.elapsed(), REQUEST_TIMEOUT);
}

#[tokio::test]
async fn lists_come_in_pages_and_begin_again_when_those_expire() {
    let page = |names: &[&str], token: &str| {
        let items: Vec<Value> = names
            .iter()
            .map(|name| json!({"metadata": {"name": name}}))
            .collect();
        Some(response(
            200,
            json!({"metadata": {"continue": token}, "items": items}).to_string(),
        ))
    };
    let expired = json!({"kind": "Status", "reason": "Expired", "message": "too old"}).to_string();
    let answers = move |at: usize, _: &str| match at {
        1 | 3 => page(&["a", "b"], "next/1"),
        2 => Some(response(410, expired.clone())),
        _ => page(&["c"], ""),
    };
    let (cluster, log) = cluster(Arc::new(answers));
    let Reply::Objects(objects) = cluster.call(&list()).await.unwrap() else {
        panic!("a list")
    };
    let names: Vec<_> = objects
        .iter()
        .map(|object| (&object["kind"], &object["metadata"]["name"]))
        .collect();
    assert_eq!(
        names,
        [
            (&json!("ConfigMap"), &json!("a")),
            (&json!("ConfigMap"), &json!("b")),
            (&json!("ConfigMap"), &json!("c"))
        ]
    );
    assert!(log.lock().unwrap()[1].ends_with("&continue=next%2F1"));
    assert_eq!(log.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn of_a_log_the_end_is_kept() {
    let text = format!("{}ünd", "x".repeat(100_000));
    let request = |limit| {
        let (namespace, pod, container) = ("shop".to_owned(), "one".to_owned(), "main".to_owned());
        Request::Log(LogRequest {
            namespace,
            pod,
            container,
            limit,
        })
    };
    for (limit, expected) in [(2, "nd"), (3, "nd"), (4, "ünd"), (5, "xünd")] {
        let log = always(200, &text).call(&request(limit)).await.unwrap();
        assert_eq!(log, Reply::Log(expected.to_owned()), "{limit}");
    }
    let whole = always(200, &text).call(&request(1 << 20)).await.unwrap();
    assert_eq!(whole, Reply::Log(text));
}

#[tokio::test]
async fn a_kind_that_comes_later_is_found_then() {
    let widgets = Arc::new(Mutex::new(false));
    let served = Arc::clone(&widgets);
    let answers = move |_: usize, line: &str| {
        let kinds = json!([{"name": "widgets", "kind": "Widget", "namespaced": true}]);
        match (line, *served.lock().unwrap()) {
            ("GET /apis/example.com/v1", true) => {
                Some(response(200, json!({"resources": kinds}).to_string()))
            }
            (_, true) => Some(response(200, r#"{"kind": "Widget"}"#)),
            (_, false) => Some(response(404, "404 page not found")),
        }
    };
    let (cluster, log) = cluster(Arc::new(answers));
    let read = Request::Read(ObjectRef::namespaced(
        "example.com/v1",
        "Widget",
        "shop",
        "one",
    ));
    let class = async || cluster.call(&read).await.map_err(|failure| failure.class());
    assert_eq!(class().await, Err(FailureClass::NoSuchKind));
    *widgets.lock().unwrap() = true;
    class().await.unwrap();
    class().await.unwrap();
    assert_eq!(
        log.lock().unwrap().len(),
        4,
        "what is known is not asked for again"
    );
    *widgets.lock().unwrap() = false;
    assert_eq!(class().await, Err(FailureClass::NoSuchKind));
    assert_eq!(class().await, Err(FailureClass::NoSuchKind));
    assert_eq!(
        log.lock().unwrap().last().unwrap(),
        "GET /apis/example.com/v1",
        "what it denied is forgotten"
    );
}

#[tokio::test(start_paused = true)]
async fn a_watch_goes_on_after_all_that_ends_one() {
    let object =
        |version: &str| json!({"metadata": {"name": "settings", "resourceVersion": version}});
    let event =
        |kind: &str, object: Value| json!({"type": kind, "object": object}).to_string() + "\n";
    let gone = json!({"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version"});
    let listed = json!({"metadata": {"resourceVersion": "30"}, "items": [object("20")]});
    let answers = move |at: usize, _: &str| match at {
        // It ends in the middle of an event, and has to go on after the one before.
        1 => Some(response(
            200,
            event("BOOKMARK", object("5")) + &event("MODIFIED", object("6")) + "{\"ty",
        )),
        2 => Some(response(500, "")),
        3 => Some(response(200, event("ERROR", gone.clone()))),
        4 => Some(response(200, listed.to_string())),
        5 => Some(response(200, event("DELETED", object("31")))),
        _ => None,
    };
    let (cluster, log) = cluster(Arc::new(answers));
    let mut watch = cluster.watch(settings(), Some("4".to_owned()));
    assert_eq!(watch.changed().await, Change::Changed(object("6")));
    let Change::Changed(relisted) = watch.changed().await else {
        panic!("a change")
    };
    assert_eq!(relisted["metadata"]["resourceVersion"], "20");
    assert_eq!(watch.changed().await, Change::Deleted(object("31")));
    let from = |line: &String| {
        line.split("resourceVersion=")
            .nth(1)
            .map(|rest| rest.split('&').next().unwrap().to_owned())
    };
    let versions: Vec<_> = log.lock().unwrap().iter().map(from).collect();
    let version = |text: &str| Some(text.to_owned());
    assert_eq!(
        versions,
        [
            version("4"),
            version("6"),
            version("6"),
            None,
            version("30")
        ]
    );
}

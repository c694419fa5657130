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
use std::time::Duration;

use catalog_conditions::document::Limits;
use catalog_conditions::kube::{ReadOptions, read_snapshot};
use catalog_conditions::snapshot::Snapshot;
use catalog_conditions::{ConditionSet, Context, Report, SourceFile, evaluate};
use futures_util::StreamExt as _;
use http::Request;
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};

use api_server::{ADMIN, ApiServer, LIMITED, STRANGER};

/// A condition without its name, and the code that its answer shall have.
type Case<'c> = (&'c str, &'c str);

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

fn set(cases: &[Case<'_>]) -> ConditionSet {
    let lines = cases.iter().enumerate();
    let lines = lines.map(|(at, (condition, _))| format!("- {{name: \"{at}\", {condition}}}\n"));
    let file = SourceFile::new(
        "needs.yaml",
        format!("conditions:\n{}", lines.collect::<String>()),
    );
    let (set, diagnostics) = ConditionSet::parse(&file, &Limits::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    set
}

fn options() -> ReadOptions {
    let mut options = ReadOptions::default();
    options.attempts = 2;
    options
}

/// Reads what the conditions need, and holds each answer to its code.
async fn check(client: &Client, namespace: &str, cases: &[Case<'_>]) -> (Snapshot, Report) {
    let (set, context) = (set(cases), Context::new().with_namespace(namespace));
    let snapshot = read_snapshot(client, &set.requirements(&context), &options()).await;
    assert_eq!(snapshot.diagnostics(), []);
    let report = evaluate(&set, &snapshot, &context);
    for (condition, (text, code)) in report.conditions().iter().zip(cases) {
        assert_eq!(condition.code(), *code, "{text}\n{condition}");
    }
    (snapshot, report)
}

/// Asks until what the server does in its own time is done.
async fn wait_for(what: &str, done: impl AsyncFn() -> bool) {
    for _ in 0..200 {
        if done().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what} took too long");
}

const CRDS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/// Whether aggregated discovery lists a group: it learns of one a moment later than others do.
async fn discovers(client: &Client, group: &str) -> bool {
    let accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    let request = Request::get("/apis").header("accept", accept);
    let answer = client.request_text(request.body(Vec::new()).unwrap()).await;
    answer.is_ok_and(|text| text.contains(&format!("\"{group}\"")))
}

/// A CRD that serves v1, knows v1beta1 and serves it or not, and is established.
async fn create_crd(server: &ApiServer, group: &str, serves_beta: bool, conversion: Value) {
    let schema = json!({"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}});
    let version = |name: &str, served: bool, storage: bool| json!({"name": name, "served": served, "storage": storage, "schema": schema, "subresources": {"status": {}}});
    let name = format!("widgets.{group}");
    let crd = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": name},
        "spec": {
            "group": group, "scope": "Namespaced", "names": {"kind": "Widget", "plural": "widgets", "listKind": "ManyWidgets"},
            "versions": [version("v1", true, true), version("v1beta1", serves_beta, false)], "conversion": conversion,
        },
    });
    server.create(CRDS, crd).await;
    let served = format!("/apis/{group}/v1/namespaces/default/widgets");
    let client = server.client(ADMIN).await;
    wait_for("a CRD", async || {
        let list = Request::get(&served).body(Vec::new()).unwrap();
        client.request_text(list).await.is_ok() && discovers(&client, group).await
    })
    .await;
}

#[tokio::test]
async fn custom_resources() {
    let Some(server) = api_server::shared() else {
        return;
    };
    create_crd(
        server,
        "one.example.com",
        false,
        json!({"strategy": "None"}),
    )
    .await;
    server.create_namespace("custom").await;
    let widgets = "/apis/one.example.com/v1/namespaces/custom/widgets";
    let widget = |name: &str| json!({"apiVersion": "one.example.com/v1", "kind": "Widget", "metadata": {"name": name}, "spec": {"size": 3}});
    let mut web = server.create(widgets, widget("web")).await;
    web["status"] = json!({"ready": true, "phase": null, "conditions": [
        {"type": "Ready", "status": "True"}, {"type": "Synced", "status": "Unknown"},
    ]});
    server
        .send("PUT", &format!("{widgets}/web/status"), Some(web))
        .await;
    let mut leaving = widget("leaving");
    leaving["metadata"]["finalizers"] = json!(["example.com/stay"]);
    server.create(widgets, leaving).await;
    server
        .send("DELETE", &format!("{widgets}/leaving"), None)
        .await;

    let cases = [
        (
            "target: {crd: {name: widgets.one.example.com}}",
            "condition.satisfied",
        ),
        (
            "target: {crd: {name: widgets.one.example.com, served: v1, stored: v1}}",
            "condition.satisfied",
        ),
        (
            "target: {crd: {name: widgets.one.example.com, served: v1beta1}}",
            "condition.not-satisfied.value",
        ),
        (
            "target: {crd: {name: gadgets.one.example.com}}",
            "condition.not-satisfied.object-absent",
        ),
        (
            "target: {crd: {name: gadgets.one.example.com}}, op: notExists",
            "condition.satisfied",
        ),
        (
            "target: {apiAvailable: {group: one.example.com, kind: Widget}}",
            "condition.satisfied",
        ),
        (
            "target: {apiAvailable: {group: one.example.com, version: v1beta1, kind: Widget}}",
            "condition.not-satisfied.kind-absent",
        ),
        (
            "target: {apiAvailable: {group: none.example.com, kind: Widget}}",
            "condition.not-satisfied.kind-absent",
        ),
        (
            "target: {apiAvailable: {group: none.example.com, kind: Widget}}, op: notExists",
            "condition.satisfied",
        ),
        (
            "target: {apiVersion: one.example.com/v1, kind: Widget, name: web, fieldPath: status.ready}, op: eq, value: true",
            "condition.satisfied",
        ),
        (
            "target: {apiVersion: one.example.com/v1, kind: Widget, name: web, fieldPath: spec.size}, op: ge, value: 4",
            "condition.not-satisfied.value",
        ),
        (
            "target: {apiVersion: one.example.com/v1, kind: Widget, name: web, fieldPath: spec.size}, op: eq, value: big",
            "condition.unknown.type-mismatch",
        ),
        (
            "target: {apiVersion: one.example.com/v1, kind: Widget, name: web, fieldPath: spec.size.x}, op: eq, value: 3",
            "condition.unknown.path-mismatch",
        ),
        (
            "target: {apiVersion: one.example.com/v1, kind: Widget, name: web, fieldPath: status.missing}, op: exists",
            "condition.not-satisfied.field-absent",
        ),
        (
            "target: {apiVersion: one.example.com/v1, kind: Widget, name: web, fieldPath: status.phase}, op: eq, value: x",
            "condition.not-satisfied.field-null",
        ),
        (
            "target: {apiVersion: one.example.com/v1, kind: Widget, name: web}, op: condition, value: {type: Ready, fresh: false}",
            "condition.satisfied",
        ),
        (
            "target: {apiVersion: one.example.com/v1, kind: Widget, name: web}, op: condition, value: {type: Synced}",
            "condition.unknown.condition-unknown",
        ),
        (
            "target: {apiVersion: one.example.com/v1, kind: Widget, name: none}, op: exists",
            "condition.not-satisfied.object-absent",
        ),
        (
            "target: {apiVersion: one.example.com/v1, kind: Widget, name: none}, op: notExists",
            "condition.satisfied",
        ),
        (
            "target: {apiVersion: one.example.com/v1, kind: Widget, name: none, fieldPath: a}, op: ne, value: 1",
            "condition.not-satisfied.object-absent",
        ),
        (
            "target: {apiVersion: one.example.com/v1, kind: Widget, name: none, namespace: no-such}, op: exists",
            "condition.not-satisfied.object-absent",
        ),
        (
            "target: {apiVersion: one.example.com/v1, kind: Widget, name: leaving}, op: exists",
            "condition.unknown.terminating",
        ),
        (
            "target: {apiVersion: one.example.com/v1beta1, kind: Widget, name: web}, op: exists",
            "condition.not-satisfied.kind-absent",
        ),
        (
            "target: {apiVersion: one.example.com/v1, kind: Gadget, name: web}, op: exists",
            "condition.not-satisfied.kind-absent",
        ),
        (
            "target: {apiVersion: one.example.com/v1, kind: Gadget, name: web}, op: notExists",
            "condition.satisfied",
        ),
        (
            "target: {apiVersion: none.example.com/v1, kind: Widget, name: web}, op: exists",
            "condition.not-satisfied.kind-absent",
        ),
        (
            "target: {kubeVersion: {}}, op: range, value: \">=1.30\"",
            "condition.satisfied",
        ),
        (
            "target: {apiVersion: v1, kind: Namespace, name: custom}, op: exists",
            "condition.satisfied",
        ),
        (
            "target: {storageClass: {default: true}}",
            "condition.not-satisfied.object-absent",
        ),
        (
            "target: {canI: {verb: create, group: apps, resource: deployments, namespace: custom}}",
            "condition.satisfied",
        ),
        (
            "target: {apiVersion: v1, kind: Namespace, name: default, fieldPath: metadata.creationTimestamp}, op: newerThan, value: 24h",
            "condition.satisfied",
        ),
        (
            "target: {apiVersion: v1, kind: Namespace, name: default, fieldPath: metadata.creationTimestamp}, op: olderThan, value: 24h",
            "condition.not-satisfied.value",
        ),
        (
            "target: {nodes: {count: true}}, op: ge, value: 1",
            "condition.not-satisfied.value",
        ),
        (
            "target: {apiVersion: one.example.com/v1, kind: Widget, selector: \"\", namespaces: all, fieldPath: spec.size}, op: eq, value: 3, each: any",
            "condition.satisfied",
        ),
        (
            "target: {apiVersion: one.example.com/v1, kind: Widget, selector: app=none, namespaces: all}, op: notExists",
            "condition.satisfied",
        ),
    ];
    let client = server.client(ADMIN).await;
    let (snapshot, _) = check(&client, "custom", &cases).await;
    assert!(snapshot.taken_at().is_some(), "the server's own time");
}

#[tokio::test]
async fn each_thing_is_read_once() {
    let Some(server) = api_server::shared() else {
        return;
    };
    let (client, log) = recording(server.client(ADMIN).await);
    let cases = [
        (
            "target: {kubeVersion: {}}, op: range, value: \">=1.30\"",
            "condition.satisfied",
        ),
        (
            "target: {apiVersion: v1, kind: Namespace, name: default}, op: exists",
            "condition.satisfied",
        ),
        (
            "target: {apiVersion: v1, kind: Namespace, name: default, fieldPath: status.phase}, op: eq, value: Active",
            "condition.satisfied",
        ),
        (
            "target: {apiVersion: apps/v1, kind: Deployment, name: web}, op: exists",
            "condition.not-satisfied.object-absent",
        ),
        (
            "target: {apiVersion: apps/v1, kind: DaemonSet, selector: app=x, namespaces: all}, op: exists",
            "condition.not-satisfied.object-absent",
        ),
        (
            "target: {crd: {name: none.example.com}}",
            "condition.not-satisfied.object-absent",
        ),
        (
            "target: {canI: {verb: get, group: \"\", resource: pods}}",
            "condition.satisfied",
        ),
    ];
    check(&client, "default", &cases).await;
    let mut log = log.lock().unwrap().clone();
    log.sort();
    assert_eq!(
        log,
        [
            "GET /api",
            "GET /api/v1/namespaces/default",
            "GET /apis",
            "GET /apis/apiextensions.k8s.io/v1/customresourcedefinitions/none.example.com",
            "GET /apis/apps/v1/daemonsets?limit=500&labelSelector=app%3Dx",
            "GET /apis/apps/v1/namespaces/default/deployments/web",
            "GET /version",
            "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        ]
    );
}

#[tokio::test]
async fn a_user_without_rights() {
    let Some(server) = api_server::shared() else {
        return;
    };
    let cases = [
        (
            "target: {crd: {name: widgets.example.com}}",
            "condition.unknown.forbidden",
        ),
        (
            "target: {crd: {name: widgets.example.com}}, op: notExists",
            "condition.unknown.forbidden",
        ),
        (
            "target: {apiVersion: v1, kind: ConfigMap, name: web}, op: exists",
            "condition.unknown.forbidden",
        ),
        (
            "target: {apiVersion: v1, kind: ConfigMap, name: web}, op: notExists",
            "condition.unknown.forbidden",
        ),
        (
            "target: {apiVersion: v1, kind: ConfigMap, name: web, fieldPath: data.a}, op: ne, value: x, whenAbsent: satisfied",
            "condition.unknown.forbidden",
        ),
        (
            "target: {apiVersion: v1, kind: ConfigMap, selector: \"\", namespaces: all}, op: exists",
            "condition.unknown.forbidden",
        ),
        (
            "target: {apiVersion: v1, kind: ConfigMap, selector: \"\", namespaces: all}, op: notExists",
            "condition.unknown.forbidden",
        ),
        (
            "target: {storageClass: {default: true}}",
            "condition.unknown.forbidden",
        ),
        (
            "target: {nodes: {count: true}}, op: ge, value: 0",
            "condition.unknown.forbidden",
        ),
        // Needs no rights.
        (
            "target: {kubeVersion: {}}, op: range, value: \">=1.30\"",
            "condition.satisfied",
        ),
        (
            "target: {apiAvailable: {group: apps, kind: Deployment}}",
            "condition.satisfied",
        ),
        (
            "target: {apiAvailable: {group: none.example.com, kind: Widget}}",
            "condition.not-satisfied.kind-absent",
        ),
        (
            "target: {apiVersion: none.example.com/v1, kind: Widget, name: web}, op: exists",
            "condition.not-satisfied.kind-absent",
        ),
        (
            "target: {canI: {verb: get, group: \"\", resource: configmaps}}",
            "condition.not-satisfied.value",
        ),
        (
            "target: {canI: {verb: create, group: authorization.k8s.io, resource: selfsubjectaccessreviews}}",
            "condition.satisfied",
        ),
    ];
    let client = server.client(LIMITED).await;
    let (_, report) = check(&client, "default", &cases).await;
    insta::assert_snapshot!(report.conditions()[0], @r#"
    error[condition.unknown.forbidden]: "0" could not be evaluated
      request  GET customresourcedefinitions.apiextensions.k8s.io "widgets.example.com" -> 403 (user "limited")
      help     the object may or may not exist: grant get on it, or set onUnknown: warn
    "#);
}

#[tokio::test]
async fn somebody_unknown() {
    let Some(server) = api_server::shared() else {
        return;
    };
    let unauthorized = "condition.unknown.unauthorized";
    let cases = [
        ("target: {crd: {name: widgets.example.com}}", unauthorized),
        (
            "target: {crd: {name: widgets.example.com}}, op: notExists",
            unauthorized,
        ),
        (
            "target: {apiVersion: v1, kind: ConfigMap, name: web}, op: exists",
            unauthorized,
        ),
        (
            "target: {apiVersion: v1, kind: ConfigMap, selector: \"\", namespaces: all}, op: notExists",
            unauthorized,
        ),
        (
            "target: {apiVersion: none.example.com/v1, kind: Widget, name: web}, op: notExists",
            unauthorized,
        ),
        (
            "target: {apiAvailable: {group: none.example.com, kind: Widget}}, op: notExists",
            unauthorized,
        ),
        (
            "target: {kubeVersion: {}}, op: range, value: \">=1.30\"",
            unauthorized,
        ),
        (
            "target: {canI: {verb: get, group: \"\", resource: configmaps}}",
            unauthorized,
        ),
    ];
    check(&server.client(STRANGER).await, "default", &cases).await;
}

#[tokio::test]
async fn an_api_whose_server_does_not_answer() {
    let Some(server) = api_server::shared() else {
        return;
    };
    let service = json!({
        "apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": {"name": "v1beta1.stale.example.com"},
        "spec": {"group": "stale.example.com", "version": "v1beta1", "groupPriorityMinimum": 100, "versionPriority": 100,
            "insecureSkipTLSVerify": true, "service": {"name": "nobody", "namespace": "default"}},
    });
    let services = "/apis/apiregistration.k8s.io/v1/apiservices";
    server.create(services, service).await;
    let client = server.client(ADMIN).await;
    wait_for("an APIService", async || {
        discovers(&client, "stale.example.com").await
    })
    .await;
    let failed = "condition.unknown.discovery";
    let cases = [
        (
            "target: {apiAvailable: {group: stale.example.com, version: v1beta1, kind: Thing}}",
            failed,
        ),
        (
            "target: {apiAvailable: {group: stale.example.com, version: v1beta1, kind: Thing}}, op: notExists",
            failed,
        ),
        (
            "target: {apiAvailable: {group: stale.example.com, kind: Thing}}",
            failed,
        ),
        (
            "target: {apiAvailable: {group: stale.example.com, kind: Thing}}, op: notExists",
            failed,
        ),
        (
            "target: {apiVersion: stale.example.com/v1beta1, kind: Thing, name: web}, op: exists",
            failed,
        ),
        (
            "target: {apiVersion: stale.example.com/v1beta1, kind: Thing, name: web}, op: notExists",
            failed,
        ),
        (
            "target: {apiVersion: stale.example.com/v1beta1, kind: Thing, selector: \"\", namespaces: all}, op: notExists",
            failed,
        ),
        (
            "target: {apiVersion: stale.example.com/v1, kind: Thing, name: web}, op: exists",
            "condition.not-satisfied.kind-absent",
        ),
        (
            "target: {apiVersion: v1, kind: Namespace, name: default}, op: exists",
            "condition.satisfied",
        ),
        (
            "target: {apiAvailable: {group: none.example.com, kind: Thing}}",
            "condition.not-satisfied.kind-absent",
        ),
    ];
    check(&server.client(ADMIN).await, "default", &cases).await;
}

#[tokio::test]
async fn a_conversion_that_nobody_answers() {
    let Some(server) = api_server::shared() else {
        return;
    };
    let webhook = json!({"strategy": "Webhook", "webhook": {
        "conversionReviewVersions": ["v1"], "clientConfig": {"service": {"name": "nobody", "namespace": "default"}},
    }});
    create_crd(server, "two.example.com", true, webhook).await;
    let widget =
        json!({"apiVersion": "two.example.com/v1", "kind": "Widget", "metadata": {"name": "web"}});
    server
        .create(
            "/apis/two.example.com/v1/namespaces/default/widgets",
            widget,
        )
        .await;
    let failed = "condition.unknown.discovery";
    let cases = [
        (
            "target: {apiVersion: two.example.com/v1, kind: Widget, name: web}, op: exists",
            "condition.satisfied",
        ),
        (
            "target: {apiVersion: two.example.com/v1, kind: Widget, name: none}, op: notExists",
            "condition.satisfied",
        ),
    ];
    check(&server.client(ADMIN).await, "default", &cases).await;
    let cases = [
        (
            "target: {apiVersion: two.example.com/v1beta1, kind: Widget, name: web}, op: exists",
            failed,
        ),
        (
            "target: {apiVersion: two.example.com/v1beta1, kind: Widget, name: web}, op: notExists",
            failed,
        ),
        (
            "target: {apiAvailable: {group: two.example.com, version: v1beta1, kind: Widget}}",
            "condition.satisfied",
        ),
    ];
    check(&server.client(ADMIN).await, "default", &cases).await;
    let cases = [(
        "target: {apiVersion: two.example.com/v1beta1, kind: Widget, selector: \"\", namespaces: all}, op: notExists",
        failed,
    )];
    check(&server.client(ADMIN).await, "default", &cases).await;
}

#[tokio::test]
async fn a_selection_with_one_namespace_forbidden() {
    let Some(server) = api_server::shared() else {
        return;
    };
    let rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces";
    for namespace in ["team-a", "team-b", "team-c"] {
        server.create_namespace(namespace).await;
        let of = |kind: &str| json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": {"name": "reader"}});
        let mut role = of("Role");
        role["rules"] = json!([{"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["rolebindings"], "verbs": ["list"]}]);
        server
            .create(&format!("{rbac}/{namespace}/roles"), role)
            .await;
        let mut binding = of("RoleBinding");
        binding["roleRef"] =
            json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"});
        let user = if namespace == "team-c" {
            "somebody-else"
        } else {
            LIMITED
        };
        binding["subjects"] =
            json!([{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}]);
        server
            .create(&format!("{rbac}/{namespace}/rolebindings"), binding)
            .await;
    }
    let all = |rest: &str| {
        format!(
            "target: {{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, selector: \"\", namespaces: [team-a, team-b, team-c]{rest}"
        )
    };
    let ask = |each: &str| {
        all(&format!(
            ", fieldPath: roleRef.name}}, op: eq, value: reader, each: {each}"
        ))
    };
    let forbidden = "condition.unknown.forbidden";
    let conditions = [
        (all("}, op: exists"), "condition.satisfied"),
        (all("}, op: notExists"), "condition.not-satisfied.value"),
        (ask("any"), "condition.satisfied"),
        (ask("all"), forbidden),
        (ask("none"), "condition.not-satisfied.count"),
        (ask("{atLeast: 2}"), "condition.satisfied"),
        (ask("{atLeast: 3}"), forbidden),
        (ask("{atMost: 1}"), "condition.not-satisfied.count"),
        (ask("{atMost: 2}"), forbidden),
        (ask("{exactly: 1}"), "condition.not-satisfied.count"),
        (ask("{exactly: 2}"), forbidden),
    ];
    let cases: Vec<Case<'_>> = conditions
        .iter()
        .map(|(text, code)| (text.as_str(), *code))
        .collect();
    let (client, log) = recording(server.client(LIMITED).await);
    // Whom RBAC lets in is known to the server a moment after it was told.
    wait_for("the right to list", async || {
        let path = format!("{rbac}/team-b/rolebindings");
        let request = Request::get(path).body(Vec::new()).unwrap();
        server
            .client(LIMITED)
            .await
            .request_text(request)
            .await
            .is_ok()
    })
    .await;
    let (snapshot, _) = check(&client, "team-a", &cases).await;
    let lists = log
        .lock()
        .unwrap()
        .iter()
        .filter(|line| line.contains("rolebindings"))
        .count();
    assert_eq!(lists, 3, "one list for each namespace");
    let failure = snapshot
        .failure(
            "rbac.authorization.k8s.io",
            "RoleBinding",
            Some("team-c"),
            None,
        )
        .unwrap();
    assert_eq!(
        failure.to_string(),
        "GET rolebindings.rbac.authorization.k8s.io in namespace \"team-c\" -> 403 (user \"limited\")"
    );
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

#[tokio::test]
async fn nobody_listens() {
    let Some(server) = api_server::shared() else {
        return;
    };
    let _ = server;
    let config = kube::Config::new("http://127.0.0.1:9".parse().unwrap());
    let client = Client::try_from(config).unwrap();
    let unavailable = "condition.unknown.unavailable";
    let cases = [
        (
            "target: {kubeVersion: {}}, op: range, value: \">=1.30\"",
            unavailable,
        ),
        (
            "target: {crd: {name: widgets.example.com}}, op: notExists",
            unavailable,
        ),
        (
            "target: {apiVersion: apps/v1, kind: Deployment, name: web}, op: notExists",
            unavailable,
        ),
        (
            "target: {apiVersion: apps/v1, kind: Deployment, selector: \"\", namespaces: all}, op: notExists",
            unavailable,
        ),
        (
            "target: {apiAvailable: {group: apps, kind: Deployment}}, op: notExists",
            unavailable,
        ),
        (
            "target: {canI: {verb: get, group: \"\", resource: configmaps}}",
            unavailable,
        ),
    ];
    check(&client, "default", &cases).await;
}

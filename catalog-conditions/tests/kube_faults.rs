//! What becomes of every failure that a server or a network can bring, at each request of a small plan: the server is a function here.

#![cfg(feature = "kube")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail loudly"
)]

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use catalog_conditions::document::Limits;
use catalog_conditions::kube::{ReadOptions, read_snapshot};
use catalog_conditions::snapshot::{Access, AccessQuery, FailureKind, Snapshot};
use catalog_conditions::{ConditionSet, Context, Outcome, SourceFile, evaluate};
use futures_util::StreamExt as _;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};
use tower::BoxError;

type Answer = UnsyncBoxBody<Bytes, BoxError>;

/// Conditions on things that are there and on things that are not, each asked both ways.
const CONDITIONS: &str = r#"
conditions:
- {name: version, target: {kubeVersion: {}}, op: range, value: ">=1.30"}
- {name: widgets, target: {crd: {name: widgets.example.com}}}
- {name: no widgets, target: {crd: {name: widgets.example.com}}, op: notExists}
- {name: gadgets, target: {crd: {name: gadgets.example.com}}}
- {name: no gadgets, target: {crd: {name: gadgets.example.com}}, op: notExists}
- {name: web, target: {apiVersion: v1, kind: ConfigMap, name: web, namespace: shop}, op: exists}
- {name: no web, target: {apiVersion: v1, kind: ConfigMap, name: web, namespace: shop}, op: notExists}
- {name: none, target: {apiVersion: v1, kind: ConfigMap, name: none, namespace: shop}, op: exists}
- {name: no none, target: {apiVersion: v1, kind: ConfigMap, name: none, namespace: shop}, op: notExists}
- {name: bindings, target: {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, selector: "", namespaces: [a, b]}, op: exists}
- {name: no bindings, target: {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, selector: "", namespaces: [a, b]}, op: notExists}
- {name: monitors, target: {apiAvailable: {group: monitoring.coreos.com, kind: ServiceMonitor}}}
- {name: no monitors, target: {apiAvailable: {group: monitoring.coreos.com, kind: ServiceMonitor}}, op: notExists}
- {name: may, target: {canI: {verb: get, group: "", resource: pods}}}
- {name: may not, target: {canI: {verb: get, group: "", resource: pods}}, op: notExists}
- {name: prometheus, target: {apiVersion: monitoring.coreos.com/v1, kind: Prometheus, name: main, namespace: shop}, op: notExists}
"#;

/// What a request meets instead of its answer.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    Status(u16),
    /// 429, to be tried again after so many seconds.
    Busy(&'static str),
    Reset,
    ResetInBody,
    Hangs,
    HangsInBody,
    Truncated,
    Html,
    OtherJson,
    OtherObject,
    /// 2 GB, announced or not.
    Huge {
        announced: bool,
    },
    /// The conversion webhook of a CRD does not answer.
    Conversion,
}

/// What the client's middleware is told to do, and what it was asked.
#[derive(Clone, Default)]
struct Plan {
    /// The path that meets a fault, the fault, and how many times.
    fault: Option<(String, Fault, usize)>,
    log: Arc<Mutex<Vec<String>>>,
    legacy: bool,
}

impl Plan {
    fn client(&self) -> Client {
        let plan = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let plan = plan.clone();
            async move { plan.answer(request.uri().to_string()).await }
        });
        Client::new(service, "default")
    }

    async fn answer(&self, path: String) -> Result<Response<Answer>, BoxError> {
        let asked = {
            let mut log = self.log.lock().unwrap();
            log.push(path.clone());
            log.iter().filter(|line| **line == path).count()
        };
        match &self.fault {
            Some((at, fault, times)) if *at == path && asked <= *times => fault.answer().await,
            _ => {
                let (status, body) = self.document(&path);
                Ok(response(status, &body.to_string()))
            }
        }
    }

    fn document(&self, path: &str) -> (u16, Value) {
        let name = |name: &str| json!({"name": name, "namespace": "a"});
        let bindings = |names: &[&str], token: &str| {
            let items: Vec<Value> = names
                .iter()
                .map(|one| json!({"metadata": name(one)}))
                .collect();
            json!({"kind": "RoleBindingList", "apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"continue": token}, "items": items})
        };
        let crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        let in_a = "/apis/rbac.authorization.k8s.io/v1/namespaces/a/rolebindings?limit=2";
        let in_b = "/apis/rbac.authorization.k8s.io/v1/namespaces/b/rolebindings?limit=2";
        let body = match path {
            "/version" => json!({"major": "1", "minor": "36", "gitVersion": "v1.36.2"}),
            "/apis/odd.example.com/v1/snapshotcoverages/all" => json!({
                "apiVersion": "odd.example.com/v1", "kind": "SnapshotCoverage", "metadata": {"name": "all"}, "covers": "everything",
            }),
            REVIEWS => json!({"status": {"allowed": true}}),
            "/api" | "/apis" if !self.legacy => aggregated(path),
            _ if self.legacy && LEGACY.contains(&path) => legacy(path),
            "/api/v1/namespaces/shop/configmaps/web" => json!({
                "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web", "namespace": "shop"},
            }),
            _ if path == format!("{crds}/widgets.example.com") => widgets(),
            _ if path == in_a => bindings(&["one", "two"], "more"),
            _ if path == format!("{in_a}&continue=more") => bindings(&["three"], ""),
            _ if path == in_b => bindings(&[], ""),
            _ => {
                let name = path.rsplit('/').next().unwrap();
                return (
                    404,
                    json!({"kind": "Status", "apiVersion": "v1", "code": 404, "reason": "NotFound",
                    "message": format!("\"{name}\" not found"), "details": {"name": name}}),
                );
            }
        };
        (200, body)
    }
}

fn widgets() -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "widgets.example.com"},
        "spec": {"group": "example.com", "names": {"kind": "Widget", "plural": "widgets"}, "scope": "Namespaced", "versions": [{"name": "v1", "served": true, "storage": true}]},
        "status": {"conditions": [{"type": "Established", "status": "True"}]},
    })
}

fn aggregated(path: &str) -> Value {
    let resource = |plural: &str, kind: &str, scope: &str| json!({"resource": plural, "responseKind": {"kind": kind}, "scope": scope, "verbs": ["get"]});
    let group = |name: &str, resources: Vec<Value>| json!({"metadata": {"name": name}, "versions": [{"version": "v1", "resources": resources, "freshness": "Current"}]});
    let items = match path {
        "/api" => vec![group(
            "",
            vec![resource("configmaps", "ConfigMap", "Namespaced")],
        )],
        _ => vec![
            group(
                "apiextensions.k8s.io",
                vec![resource(
                    "customresourcedefinitions",
                    "CustomResourceDefinition",
                    "Cluster",
                )],
            ),
            group(
                "rbac.authorization.k8s.io",
                vec![resource("rolebindings", "RoleBinding", "Namespaced")],
            ),
            group(
                "odd.example.com",
                vec![resource("snapshotcoverages", "SnapshotCoverage", "Cluster")],
            ),
        ],
    };
    json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items})
}

const REVIEWS: &str = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

const LEGACY: [&str; 4] = [
    "/api",
    "/apis",
    "/api/v1",
    "/apis/rbac.authorization.k8s.io/v1",
];

/// What servers before aggregated discovery say.
fn legacy(path: &str) -> Value {
    let resources = |group_version: &str, name: &str, kind: &str| json!({"kind": "APIResourceList", "groupVersion": group_version, "resources": [{"name": name, "kind": kind, "namespaced": true, "verbs": ["get"]}]});
    match path {
        "/api" => json!({"kind": "APIVersions", "versions": ["v1"]}),
        "/apis" => json!({"kind": "APIGroupList", "groups": [
            {"name": "rbac.authorization.k8s.io", "versions": [{"groupVersion": "rbac.authorization.k8s.io/v1", "version": "v1"}]},
            {"name": "apiextensions.k8s.io", "versions": [{"groupVersion": "apiextensions.k8s.io/v1", "version": "v1"}]},
            {"name": "apps", "versions": [{"groupVersion": "apps/v1", "version": "v1"}]},
        ]}),
        "/api/v1" => resources("v1", "configmaps", "ConfigMap"),
        _ => resources(
            "rbac.authorization.k8s.io/v1",
            "rolebindings",
            "RoleBinding",
        ),
    }
}

impl Fault {
    const ALL: [Self; 24] = [
        Self::Status(400),
        Self::Status(401),
        Self::Status(403),
        Self::Status(404),
        Self::Status(410),
        Self::Status(301),
        Self::Status(408),
        Self::Status(500),
        Self::Status(502),
        Self::Status(503),
        Self::Status(504),
        Self::Busy("1"),
        Self::Busy("soon"),
        Self::Reset,
        Self::ResetInBody,
        Self::Hangs,
        Self::HangsInBody,
        Self::Truncated,
        Self::Html,
        Self::OtherJson,
        Self::OtherObject,
        Self::Huge { announced: true },
        Self::Huge { announced: false },
        Self::Conversion,
    ];

    /// Whether asking again helps, once the fault is over.
    fn passes(self) -> bool {
        match self {
            Self::Status(status) => status >= 500 || status == 408,
            Self::OtherJson | Self::OtherObject | Self::Huge { .. } => false,
            _ => true,
        }
    }

    /// How often it is met when it lasts.
    fn asked(self, path: &str) -> usize {
        match self {
            Self::Status(410) if path.contains("continue=") => 2,
            _ if self.passes() => 5,
            _ => 1,
        }
    }

    fn kind(self) -> FailureKind {
        match self {
            Self::Status(401) => FailureKind::Unauthorized,
            Self::Status(403) => FailureKind::Forbidden,
            Self::Status(404) | Self::Conversion => FailureKind::Discovery,
            _ => FailureKind::Unavailable,
        }
    }

    async fn answer(self) -> Result<Response<Answer>, BoxError> {
        let reset = || io::Error::from(io::ErrorKind::ConnectionReset);
        let status = |code: u16, message: &str| {
            json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "details": {}, "code": code}).to_string()
        };
        Ok(match self {
            Self::Status(code) => response(code, &status(code, "no")),
            Self::Busy(after) => {
                let mut response = response(429, "too many requests");
                response.headers_mut().insert("retry-after", after.parse()?);
                response
            }
            Self::Conversion => response(
                500,
                &status(
                    500,
                    "conversion webhook for example.com/v1, Kind=Widget failed: Post \"https://nobody\": no endpoints",
                ),
            ),
            Self::Reset => return Err(reset().into()),
            Self::ResetInBody => stream(vec![Ok("{\"kind\": "), Err(reset())], false),
            Self::Hangs => std::future::pending().await,
            Self::HangsInBody => stream(vec![Ok("{\"kind\": ")], true),
            Self::Truncated => response(200, "{\"kind\": \"List\", \"items\": [{"),
            Self::Html => response(200, "<html>please log in</html>"),
            Self::OtherJson => response(200, "{}"),
            Self::OtherObject => response(
                200,
                "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"x\"}}",
            ),
            Self::Huge { announced } => huge(announced),
        })
    }
}

fn response(status: u16, body: &str) -> Response<Answer> {
    let body = Full::new(Bytes::from(body.to_owned())).map_err(BoxError::from);
    let response = Response::builder()
        .status(status)
        .header("date", "Sat, 21 Nov 2026 06:23:56 GMT");
    response.body(body.boxed_unsync()).unwrap()
}

/// An answer whose body comes in pieces, and then breaks off, or never ends.
fn stream(pieces: Vec<Result<&'static str, io::Error>>, hangs: bool) -> Response<Answer> {
    let pieces = pieces.into_iter().map(|piece| {
        let bytes = piece.map_err(BoxError::from)?;
        Ok(Frame::data(Bytes::from_static(bytes.as_bytes())))
    });
    let pieces = futures_util::stream::iter(pieces);
    let body = if hangs {
        StreamBody::new(pieces.chain(futures_util::stream::pending())).boxed_unsync()
    } else {
        StreamBody::new(pieces).boxed_unsync()
    };
    Response::new(body)
}

/// 2 GB of spaces.
fn huge(announced: bool) -> Response<Answer> {
    let megabyte = Bytes::from(vec![b' '; 1 << 20]);
    let pieces = futures_util::stream::repeat_with(move || Ok(Frame::data(megabyte.clone())));
    let response = Response::builder();
    let response = match announced {
        true => response.header("content-length", 2_u64 << 30),
        false => response,
    };
    response
        .body(StreamBody::new(pieces.take(2048)).boxed_unsync())
        .unwrap()
}

fn conditions() -> ConditionSet {
    let file = SourceFile::new("needs.yaml", CONDITIONS);
    let (conditions, diagnostics) = ConditionSet::parse(&file, &Limits::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    conditions
}

fn options() -> ReadOptions {
    let mut options = ReadOptions::default();
    (options.page_size, options.concurrency, options.read_bytes) = (2, 1, 4 << 20);
    options
}

async fn read(plan: &Plan) -> Snapshot {
    let requirements = conditions().requirements(&Context::new());
    read_snapshot(&plan.client(), &requirements, &options()).await
}

fn outcomes(snapshot: &Snapshot) -> Vec<(String, Outcome)> {
    let report = evaluate(&conditions(), snapshot, &Context::new());
    let conditions = report.conditions().iter();
    conditions
        .map(|condition| (condition.name().to_owned(), condition.outcome()))
        .collect()
}

/// What the snapshot knows, whatever is asked of it.
fn knows(snapshot: &Snapshot) -> Vec<bool> {
    let (crds, crd) = ("apiextensions.k8s.io", "CustomResourceDefinition");
    let (rbac, binding) = ("rbac.authorization.k8s.io", "RoleBinding");
    let pods = AccessQuery {
        verb: "get".to_owned(),
        resource: "pods".to_owned(),
        ..AccessQuery::default()
    };
    vec![
        snapshot.server_version().is_some(),
        snapshot.access(&pods) == Some(Access::Allowed),
        snapshot.covers_name(crds, crd, None, "widgets.example.com"),
        snapshot.covers_name(crds, crd, None, "gadgets.example.com"),
        snapshot.covers_name("", "ConfigMap", Some("shop"), "web"),
        snapshot.covers_name("", "ConfigMap", Some("shop"), "none"),
        snapshot.covers(rbac, binding, Some("a")),
        snapshot.covers(rbac, binding, Some("b")),
        !snapshot.discovery_failed("", Some("v1")),
        !snapshot.discovery_failed(rbac, Some("v1")),
        !snapshot.discovery_failed("monitoring.coreos.com", None),
    ]
}

async fn without_faults(legacy: bool) -> (Vec<String>, Snapshot) {
    let plan = Plan {
        legacy,
        ..Plan::default()
    };
    let snapshot = read(&plan).await;
    let log = plan.log.lock().unwrap().clone();
    (log, snapshot)
}

#[tokio::test(start_paused = true)]
async fn each_thing_is_read_once() {
    let (log, snapshot) = without_faults(false).await;
    assert_eq!(
        log,
        [
            "/api",
            "/apis",
            "/version",
            REVIEWS,
            "/api/v1/namespaces/shop/configmaps/none",
            "/api/v1/namespaces/shop/configmaps/web",
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gadgets.example.com",
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com",
            "/apis/rbac.authorization.k8s.io/v1/namespaces/a/rolebindings?limit=2",
            "/apis/rbac.authorization.k8s.io/v1/namespaces/a/rolebindings?limit=2&continue=more",
            "/apis/rbac.authorization.k8s.io/v1/namespaces/b/rolebindings?limit=2",
        ]
    );
    assert_eq!(snapshot.taken_at(), "2026-11-21T06:23:56Z".parse().ok(),);
    assert_eq!(snapshot.diagnostics(), []);
    assert!(snapshot.covers_name("", "ConfigMap", Some("shop"), "none"));
    assert!(!snapshot.covers("", "ConfigMap", Some("shop")));
    assert!(snapshot.covers("rbac.authorization.k8s.io", "RoleBinding", Some("b")));
    assert!(!snapshot.covers("rbac.authorization.k8s.io", "RoleBinding", Some("c")));
}

/// Reads that are under way together bring what they bring one after the other.
#[tokio::test(start_paused = true)]
async fn order_does_not_matter() {
    let (_, expected) = without_faults(false).await;
    for concurrency in [0, 2, 64] {
        let mut options = options();
        options.concurrency = concurrency;
        let requirements = conditions().requirements(&Context::new());
        let snapshot = read_snapshot(&Plan::default().client(), &requirements, &options).await;
        assert_eq!(format!("{snapshot:?}"), format!("{expected:?}"));
    }
}

#[tokio::test(start_paused = true)]
async fn servers_without_aggregated_discovery_are_asked_for_the_groups_named() {
    let (log, snapshot) = without_faults(true).await;
    let discovery = [
        "/api",
        "/apis",
        "/version",
        "/api/v1",
        "/apis/rbac.authorization.k8s.io/v1",
    ];
    assert_eq!(log[..5], discovery);
    assert_eq!(
        outcomes(&snapshot),
        outcomes(&without_faults(false).await.1)
    );
}

/// A fault that ends before the tries do leaves no trace.
#[tokio::test(start_paused = true)]
async fn what_passes_is_asked_again() {
    for legacy in [false, true] {
        let (log, expected) = without_faults(legacy).await;
        for path in &log {
            for fault in Fault::ALL.into_iter().filter(|fault| fault.passes()) {
                let plan = Plan {
                    fault: Some((path.clone(), fault, 2)),
                    legacy,
                    ..Plan::default()
                };
                let snapshot = read(&plan).await;
                assert_eq!(
                    format!("{snapshot:?}"),
                    format!("{expected:?}"),
                    "{fault:?} at {path}"
                );
            }
        }
    }
}

/// A fault that lasts leaves open what it hides, and changes nothing else: above all, nothing becomes absent.
#[tokio::test(start_paused = true)]
async fn what_lasts_is_unknown() {
    for legacy in [false, true] {
        let (log, baseline) = without_faults(legacy).await;
        let (known, baseline) = (knows(&baseline), outcomes(&baseline));
        assert!(known.iter().all(|known| *known));
        for path in &log {
            for fault in Fault::ALL {
                let plan = Plan {
                    fault: Some((path.clone(), fault, usize::MAX)),
                    legacy,
                    ..Plan::default()
                };
                let snapshot = read(&plan).await;
                assert_ne!(knows(&snapshot), known, "{fault:?} at {path} hides nothing");
                let log = plan.log.lock().unwrap();
                let asked = log.iter().filter(|asked| *asked == path).count();
                assert_eq!(asked, fault.asked(path), "{fault:?} at {path}");
                for ((name, outcome), (_, expected)) in outcomes(&snapshot).iter().zip(&baseline) {
                    let fits = outcome == expected || *outcome == Outcome::Unknown;
                    assert!(
                        fits,
                        "{fault:?} at {path}: {name} is {outcome:?}, not {expected:?}"
                    );
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn failures_are_told_with_their_requests() {
    let path = "/api/v1/namespaces/shop/configmaps/web";
    let mut told = String::new();
    for fault in Fault::ALL {
        let plan = Plan {
            fault: Some((path.to_owned(), fault, usize::MAX)),
            ..Plan::default()
        };
        let snapshot = read(&plan).await;
        let failure = snapshot
            .failure("", "ConfigMap", Some("shop"), Some("web"))
            .unwrap();
        assert_eq!(failure.kind(), fault.kind(), "{fault:?}");
        let answer = failure
            .request()
            .strip_prefix("GET configmaps \"web\" in namespace \"shop\" -> ")
            .unwrap();
        told.push_str(&format!("{fault:?}: {answer}\n"));
    }
    insta::assert_snapshot!(told, @r#"
    Status(400): 400 (no)
    Status(401): 401
    Status(403): 403
    Status(404): 404
    Status(410): 410 (no)
    Status(301): 301 (no)
    Status(408): 408 (no) after 5 tries
    Status(500): 500 (no) after 5 tries
    Status(502): 502 (no) after 5 tries
    Status(503): 503 (no) after 5 tries
    Status(504): 504 (no) after 5 tries
    Busy("1"): 429 (too many requests) after 5 tries
    Busy("soon"): 429 (too many requests) after 5 tries
    Reset: connection failed: connection reset after 5 tries
    ResetInBody: connection failed: connection reset after 5 tries
    Hangs: no answer in 30s after 5 tries
    HangsInBody: no answer in 30s after 5 tries
    Truncated: the answer is not JSON: EOF while parsing an object at line 1 column 28 after 5 tries
    Html: the answer is not JSON: expected value at line 1 column 1 after 5 tries
    OtherJson: the answer is of something else
    OtherObject: the answer is of something else
    Huge { announced: true }: an answer of more than 4194304 bytes
    Huge { announced: false }: an answer of more than 4194304 bytes
    Conversion: 500 (conversion webhook for example.com/v1, Kind=Widget failed: Post "https://nobody": no endpoints) after 5 tries
    "#);
}

#[tokio::test(start_paused = true)]
async fn a_list_whose_token_expires_is_read_once_more() {
    let next = "/apis/rbac.authorization.k8s.io/v1/namespaces/a/rolebindings?limit=2&continue=more";
    for (times, read_whole) in [(1, true), (2, false)] {
        let plan = Plan {
            fault: Some((next.to_owned(), Fault::Status(410), times)),
            ..Plan::default()
        };
        let snapshot = read(&plan).await;
        let group = "rbac.authorization.k8s.io";
        assert_eq!(snapshot.covers(group, "RoleBinding", Some("a")), read_whole);
        let asked = plan
            .log
            .lock()
            .unwrap()
            .iter()
            .filter(|path| *path == next)
            .count();
        assert_eq!(asked, 2);
        let seen = snapshot.objects(group, "RoleBinding").count();
        assert_eq!(seen, if read_whole { 3 } else { 2 }, "what was seen stays");
    }
}

#[tokio::test(start_paused = true)]
async fn waits_as_long_as_the_server_asks_and_no_longer_than_allowed() {
    let path = "/api/v1/namespaces/shop/configmaps/web";
    for (after, times, seconds, known) in [
        ("7", 2, 14.0, true),
        ("0", 1, 0.2, true),
        ("100000", 1, 0.0, false),
    ] {
        let plan = Plan {
            fault: Some((path.to_owned(), Fault::Busy(after), times)),
            ..Plan::default()
        };
        let before = tokio::time::Instant::now();
        let snapshot = read(&plan).await;
        let waited = before.elapsed().as_secs_f64();
        assert!(
            (waited - seconds).abs() < 0.1,
            "Retry-After: {after} waited {waited} s"
        );
        assert_eq!(
            snapshot.covers_name("", "ConfigMap", Some("shop"), "web"),
            known
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_hangs_costs_the_time_allowed() {
    let mut options = options();
    (options.timeout, options.total_timeout) = (Duration::from_secs(10), Duration::from_secs(25));
    let client = Client::new(
        tower::service_fn(|_: Request<Body>| {
            std::future::pending::<Result<Response<Answer>, BoxError>>()
        }),
        "default",
    );
    let before = tokio::time::Instant::now();
    let snapshot = read_snapshot(
        &client,
        &conditions().requirements(&Context::new()),
        &options,
    )
    .await;
    assert!(
        before.elapsed() <= Duration::from_secs(26),
        "{:?}",
        before.elapsed()
    );
    assert!(
        outcomes(&snapshot)
            .iter()
            .all(|(_, outcome)| *outcome == Outcome::Unknown)
    );
}

/// Who may create objects in a cluster decides nothing about what a snapshot of it covers.
#[tokio::test(start_paused = true)]
async fn objects_of_odd_kinds_are_objects() {
    let target =
        "{apiVersion: odd.example.com/v1, kind: SnapshotCoverage, name: all, fieldPath: covers}";
    let file = format!("conditions:\n- {{target: {target}, op: eq, value: everything}}\n");
    let (set, _) = ConditionSet::parse(&SourceFile::new("odd.yaml", file), &Limits::default());
    let (plan, context) = (Plan::default(), Context::new());
    let snapshot = read_snapshot(&plan.client(), &set.requirements(&context), &options()).await;
    let report = evaluate(&set, &snapshot, &context);
    assert_eq!(report.conditions()[0].outcome(), Outcome::Satisfied);
    assert!(!snapshot.covers("", "Secret", None));
}

/// The future can be spawned on a runtime of many threads.
#[test]
fn can_be_sent() {
    fn is_send(_: impl Send) {}
    let (plan, requirements, options) = (
        Plan::default(),
        conditions().requirements(&Context::new()),
        options(),
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let _guard = runtime.enter();
    is_send(read_snapshot(&plan.client(), &requirements, &options));
}

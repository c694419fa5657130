//! The kubectl script and the RBAC rules, on a real API server.

#![cfg(all(unix, feature = "kube"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

mod api_server;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use catalog_conditions::SourceFile;
use catalog_conditions::condition::{Condition, ConditionSet, Expression};
use catalog_conditions::document::Limits;
use catalog_conditions::evaluate::{Context, evaluate};
use catalog_conditions::kube::{ReadOptions, read_snapshot};
use catalog_conditions::report::{ConditionReport, Outcome};
use catalog_conditions::requirements::{Read, Requirements, Rule};
use catalog_conditions::snapshot::{FailureKind, ReadFailure, Snapshot};
use serde_json::{Value, json};

use self::api_server::{ADMIN, ApiServer, LIMITED};

const OBJECTS: &str = r#"
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: other}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop, labels: {app: x}}, data: {a: "1"}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: more, namespace: other, labels: {app: x}}, data: {a: "2"}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: unasked, namespace: shop}, data: {a: "3"}}
---
{apiVersion: v1, kind: Secret, metadata: {name: key, namespace: shop}, stringData: {user: ci, password: hunter2, "odd.key": "\u0000\"\\"}}
---
{apiVersion: v1, kind: Secret, metadata: {name: labelled, namespace: shop, labels: {app: x}}, stringData: {user: cd, password: hunter3}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: "it's $(touch pwned): \"é\""}, rules: []}
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}, provisioner: x.example.com}
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.gone.example.com}
spec: {group: gone.example.com, version: v1, groupPriorityMinimum: 100, versionPriority: 10, insecureSkipTLSVerify: true, service: {name: gone, namespace: default}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Widget, plural: widgets, singular: widget, listKind: WidgetList}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
  - {name: v2, served: true, storage: false, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: mice.example.com}
spec:
  group: example.com
  scope: Cluster
  names: {kind: Mouse, plural: mice, singular: mouse, listKind: MouseList}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
"#;

const CUSTOM_OBJECTS: &str = "
{apiVersion: example.com/v1, kind: Widget, metadata: {name: w, namespace: shop, labels: {app: x}}, spec: {size: 3}}
---
{apiVersion: example.com/v1, kind: Mouse, metadata: {name: m, labels: {app: x}}, spec: {size: 3}}
";

/// Every kind of target, of each with what is there and what is not.
const CONDITIONS: &str = r#"
conditions:
- { name: version, target: { kubeVersion: {} }, op: range, value: ">=1.28" }
- { name: unavailable api, target: { apiAvailable: { group: gone.example.com, version: v1, kind: Foo } } }
- { name: unavailable group, target: { apiAvailable: { group: gone.example.com, kind: Foo } }, op: notExists }
- { name: widgets served, target: { apiAvailable: { group: example.com, kind: Widget } } }
- { name: absent group, target: { apiAvailable: { group: nope.example.com, kind: Widget } }, op: notExists }
- { name: widgets crd, target: { crd: { name: widgets.example.com, served: v1 } } }
- { name: absent crd, target: { crd: { name: gadgets.example.com } }, op: notExists }
- { name: default class, target: { storageClass: { default: true } } }
- { name: own namespace, target: { apiVersion: v1, kind: Namespace, name: $namespace }, op: exists }
- { name: settings, target: { apiVersion: v1, kind: ConfigMap, name: settings, fieldPath: data.a }, op: eq, value: "1" }
- { name: absent settings, target: { apiVersion: v1, kind: ConfigMap, name: nope }, op: notExists }
- { name: absent in no namespace, target: { apiVersion: v1, kind: ConfigMap, name: nope, namespace: nowhere }, op: exists }
- { name: app x, target: { apiVersion: v1, kind: ConfigMap, selector: app=x, namespaces: all, fieldPath: data.a }, each: all, op: in, value: ["1", "2"] }
- { name: app y, target: { apiVersion: v1, kind: ConfigMap, selector: app=y, namespaces: [shop, other] }, op: notExists }
- { name: user, target: { apiVersion: v1, kind: Secret, name: key, fieldPath: data.user }, op: eq, value: Y2k= }
- { name: password, target: { apiVersion: v1, kind: Secret, name: key, fieldPath: data.password }, op: exists }
- { name: no token, target: { apiVersion: v1, kind: Secret, name: key, fieldPath: data.token }, op: notExists }
- { name: secrets, target: { apiVersion: v1, kind: Secret, selector: app=x, fieldPath: type }, each: all, op: eq, value: Opaque }
- { name: widget, target: { apiVersion: example.com/v1, kind: Widget, name: w, fieldPath: spec.size }, op: eq, value: 3 }
- { name: widget in v2, target: { apiVersion: example.com/v2, kind: Widget, name: w, fieldPath: apiVersion }, op: eq, value: example.com/v2 }
- { name: absent widget, target: { apiVersion: example.com/v1, kind: Widget, name: nope }, op: notExists }
- { name: mouse, target: { apiVersion: example.com/v1, kind: Mouse, name: m, fieldPath: spec.size }, op: eq, value: 3 }
- { name: absent mouse, target: { apiVersion: example.com/v1, kind: Mouse, name: nope }, op: notExists }
- { name: mice, target: { apiVersion: example.com/v1, kind: Mouse, selector: app=x, fieldPath: spec.size }, each: all, op: eq, value: 3 }
- { name: absent mice, target: { apiVersion: example.com/v1, kind: Mouse, selector: app=y }, op: notExists }
- { name: absent kind, target: { apiVersion: example.com/v1, kind: Nope, name: nope }, op: notExists }
- { name: absent version, target: { apiVersion: example.com/v9, kind: Widget, name: w }, op: notExists }
- { name: kind of an absent group, target: { apiVersion: nope.example.com/v1, kind: Nope, selector: "" }, op: notExists }
- { name: no deployments, target: { apiVersion: apps/v1, kind: Deployment, selector: "" }, op: notExists }
- { name: may not create, target: { canI: { verb: create, group: apps, resource: deployments, namespace: $namespace } }, op: notExists, severity: note }
- { name: no nodes, target: { nodes: { count: true } }, op: eq, value: 0 }
- { name: one secret, target: { apiVersion: v1, kind: Secret, name: key }, satisfies: { all: [ { fieldPath: type, op: eq, value: Opaque }, { fieldPath: "data['odd.key']", op: exists } ] } }
- { name: nothing is wrong, any: [ { target: { apiVersion: apps/v1, kind: DaemonSet, name: d }, op: exists }, { target: { apiVersion: batch/v1, kind: Job, selector: "", namespaces: all }, op: notExists } ] }
"#;

fn conditions() -> ConditionSet {
    let file = SourceFile::new("conditions.yaml", CONDITIONS);
    let (mut set, diagnostics) = ConditionSet::parse(&file, &Limits::default());
    assert_eq!(diagnostics, []);
    // A condition file allows no such name, but the API server does, and so does whoever makes conditions in code.
    let (api, kind, name) = (
        "rbac.authorization.k8s.io/v1",
        "ClusterRole",
        "it's $(touch pwned): \"é\"",
    );
    set.push(Condition::new(
        "odd name",
        Expression::object_exists(api, kind, None, name),
    ));
    set
}

fn context() -> Context {
    Context::new().with_namespace("shop")
}

impl ApiServer {
    fn kubectl(&self, user: &str, arguments: &[&str], input: &str) -> Output {
        let mut child = Command::new(api_server::kubectl())
            .args(arguments)
            .env("KUBECONFIG", self.kubeconfig(user))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        child.wait_with_output().unwrap()
    }

    /// What kubectl prints, as the one who may do everything.
    fn ask(&self, arguments: &[&str], input: &str) -> String {
        let output = self.kubectl(ADMIN, arguments, input);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Puts the objects there, once their kinds are served.
    fn fill(&self) {
        self.ask(&["apply", "-f", "-"], OBJECTS);
        let started = Instant::now();
        while !self
            .kubectl(ADMIN, &["apply", "-f", "-"], CUSTOM_OBJECTS)
            .status
            .success()
        {
            assert!(
                started.elapsed() < Duration::from_secs(30),
                "the CRDs are not served"
            );
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    fn run_script(&self, user: &str, requirements: &Requirements) -> String {
        let script = requirements.kubectl_script(&Snapshot::default());
        let mut child = Command::new("sh")
            .env("KUBECTL", api_server::kubectl())
            .env("KUBECONFIG", self.kubeconfig(user))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(script.as_bytes())
            .unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// The cluster, saved whole: every object of every kind that can be listed, and all discovery documents.
    fn save_whole(&self) -> Snapshot {
        let mut builder = Snapshot::builder();
        let mut add = |text: &str| {
            let file = SourceFile::new("cluster.json", text);
            builder = std::mem::take(&mut builder).read(&file, &Limits::snapshot());
        };
        add(&self.ask(&["version", "-o", "json"], ""));
        for path in ["/api", "/apis", "/api/v1"] {
            add(&self.ask(&["get", "--raw", path], ""));
        }
        let groups: Value =
            serde_json::from_str(&self.ask(&["get", "--raw", "/apis"], "")).unwrap();
        for group in groups["groups"].as_array().unwrap() {
            for version in group["versions"].as_array().unwrap() {
                let path = format!("/apis/{}", version["groupVersion"].as_str().unwrap());
                let output = self.kubectl(ADMIN, &["get", "--raw", &path], "");
                assert!(output.status.success() || path.contains("gone"), "{path}");
                if output.status.success() {
                    add(std::str::from_utf8(&output.stdout).unwrap());
                }
            }
        }
        // It complains about the API that is unavailable, and prints the others.
        let kinds = self.kubectl(ADMIN, &["api-resources", "--verbs=list", "-o", "name"], "");
        let kinds = String::from_utf8(kinds.stdout).unwrap();
        let kinds: Vec<&str> = kinds.lines().collect();
        add(&self.ask(
            &["get", "--all-namespaces", "-o", "json", &kinds.join(",")],
            "",
        ));
        // Of each kind that has brought the preferred version alone.
        for widgets in ["widgets.v1.example.com", "widgets.v2.example.com"] {
            add(&self.ask(&["get", "-n", "shop", "-o", "json", widgets], ""));
        }
        builder.complete().build()
    }
}

fn read(printed: &str) -> Snapshot {
    let file = SourceFile::new("cluster.yaml", printed);
    let snapshot = Snapshot::builder().read(&file, &Limits::snapshot()).build();
    assert_eq!(snapshot.diagnostics(), [], "{printed}");
    snapshot
}

/// Name, outcome and what was found, of each condition.
fn answers(snapshot: &Snapshot) -> Vec<(String, Outcome, String)> {
    let report = evaluate(&conditions(), snapshot, &context());
    let answer = |condition: &ConditionReport| {
        // Of what is unknown, a read that failed says more. Of the password, the script leaves out the value.
        let answer = condition.answer();
        let is_same = condition.outcome() != Outcome::Unknown && condition.name() != "password";
        let shown = answer.actual().filter(|_| is_same);
        let actual = shown.unwrap_or_default().to_owned();
        (condition.name().to_owned(), condition.outcome(), actual)
    };
    let asked_of_all = |condition: &&ConditionReport| condition.name() != REVIEWED;
    report
        .conditions()
        .iter()
        .filter(asked_of_all)
        .map(answer)
        .collect()
}

/// What the access review said to who read the cluster, which no object of the cluster says.
fn may_not_create(snapshot: &Snapshot) -> Outcome {
    let report = evaluate(&conditions(), snapshot, &context());
    let review = report
        .conditions()
        .iter()
        .find(|condition| condition.name() == REVIEWED);
    review.unwrap().outcome()
}

fn names_of_kind(snapshot: &Snapshot, group: &str, kind: &str) -> Vec<String> {
    let name = |object: &Value| object["metadata"]["name"].as_str().unwrap().to_owned();
    snapshot.objects(group, kind).map(name).collect()
}

fn unknown(answers: &[(String, Outcome, String)]) -> BTreeSet<&str> {
    let unknown = answers
        .iter()
        .filter(|(_, outcome, _)| *outcome == Outcome::Unknown);
    unknown.map(|(name, _, _)| name.as_str()).collect()
}

const REVIEWED: &str = "may not create";

/// What the API server itself cannot tell.
const UNAVAILABLE: [&str; 2] = ["unavailable api", "unavailable group"];
/// What every user may ask.
const FREE: [&str; 7] = [
    "absent group",
    "absent kind",
    "absent version",
    "kind of an absent group",
    "unavailable api",
    "version",
    "widgets served",
];

#[test]
fn the_script_saves_what_conditions_need_and_the_roles_allow_it() {
    let Some(server) = api_server::shared() else {
        return;
    };
    server.fill();
    let whole = server.save_whole();
    let requirements = conditions().requirements(&context());

    let printed = server.run_script(ADMIN, &requirements);
    let saved = read(&printed);
    assert!(saved.taken_at().is_some());
    let expected = answers(&whole);
    let report = evaluate(&conditions(), &whole, &context());
    assert_eq!(unknown(&expected), BTreeSet::from(UNAVAILABLE), "{report}");
    assert_eq!(answers(&saved), expected);
    let codes = evaluate(&conditions(), &saved, &context());
    let unavailable = codes
        .conditions()
        .iter()
        .filter(|condition| UNAVAILABLE.contains(&condition.name()));
    for condition in unavailable {
        assert_eq!(
            condition.code(),
            "condition.unknown.discovery",
            "{condition}"
        );
    }
    assert_eq!(may_not_create(&saved), Outcome::NotSatisfied);
    nothing_else_is_saved(&printed, &saved);

    let forbidden = read(&server.run_script(LIMITED, &requirements));
    assert_eq!(may_not_create(&forbidden), Outcome::Satisfied);
    every_read_is_forbidden(&requirements, &forbidden);

    the_roles_are_enough_and_minimal(server, &requirements, &whole, &expected);
}

fn nothing_else_is_saved(printed: &str, saved: &Snapshot) {
    assert_eq!(names_of_kind(saved, "", "ConfigMap"), ["more", "settings"]);
    assert_eq!(names_of_kind(saved, "", "Namespace"), ["shop"]);
    assert_eq!(names_of_kind(saved, "", "Secret"), ["key", "labelled"]);
    let key = saved.object("", "Secret", Some("shop"), "key").unwrap();
    assert_eq!(
        key["data"],
        json!({"odd.key": true, "password": true, "user": "Y2k="})
    );
    assert_eq!(key["type"], "Opaque");
    let applied =
        &key["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"];
    assert_eq!(applied, true);
    assert!(
        !printed.contains("hunter") && !printed.contains("aHVudGVy"),
        "{printed}"
    );
}

/// The reads of kinds that are served, each with the failure that it met.
fn failures<'s>(
    requirements: &'s Requirements,
    snapshot: &'s Snapshot,
) -> impl Iterator<Item = (&'s Read, Option<&'s ReadFailure>)> {
    requirements.reads().filter_map(|read| {
        let (version, kind) = match read {
            Read::Object { version, kind, .. } | Read::List { version, kind, .. } => {
                (version, kind)
            }
            _ => return None,
        };
        let failure = match read {
            Read::Object {
                group,
                namespace,
                name,
                ..
            } => {
                let namespace = namespace.as_deref().filter(|_| kind != "Mouse");
                snapshot.failure(group, kind, namespace, Some(name))
            }
            Read::List { group, .. } => snapshot.failure(group, kind, None, None),
            _ => None,
        };
        (kind != "Nope" && version != "v9").then_some((read, failure))
    })
}

fn every_read_is_forbidden(requirements: &Requirements, snapshot: &Snapshot) {
    for (read, failure) in failures(requirements, snapshot) {
        let failure = failure.unwrap_or_else(|| panic!("{read} has not failed"));
        assert_eq!(failure.kind(), FailureKind::Forbidden, "{read}: {failure}");
        assert!(
            failure.request().ends_with("-> 403 (user \"limited\")"),
            "{failure}"
        );
    }
    let free: BTreeSet<&str> = FREE.into();
    for (name, outcome, actual) in answers(snapshot) {
        let known = free.contains(name.as_str()) && !UNAVAILABLE.contains(&name.as_str());
        assert_eq!(outcome != Outcome::Unknown, known, "{name}: {actual}");
    }
}

fn the_roles_are_enough_and_minimal(
    server: &ApiServer,
    requirements: &Requirements,
    whole: &Snapshot,
    expected: &[(String, Outcome, String)],
) {
    let rbac = requirements.rbac(whole);
    let unresolved: Vec<_> = rbac.unresolved().collect();
    assert_eq!(
        unresolved,
        [("example.com", "Nope"), ("nope.example.com", "Nope")]
    );
    let name = "it's a \"reader\"";
    // A role can only be put where there is a namespace.
    server.ask(&["create", "namespace", "nowhere"], "");
    server.ask(&["apply", "-f", "-"], &rbac.to_yaml(name));
    let namespaces = rbac.namespace_rules().map(|(namespace, _)| Some(namespace));
    for namespace in [None].into_iter().chain(namespaces) {
        let binding = binding(name, namespace).to_string();
        server.ask(&["apply", "-f", "-"], &binding);
    }
    let printed = server.run_script(LIMITED, requirements);
    assert_eq!(answers(&read(&printed)), expected);

    let places = std::iter::once((None, rbac.cluster_rules()));
    let places = places.chain(
        rbac.namespace_rules()
            .map(|(namespace, rules)| (Some(namespace), rules)),
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let client = runtime.block_on(server.client(LIMITED));
    let options = ReadOptions::default();
    let mut tried = 0;
    for (namespace, rules) in places {
        for left_out in 0..rules.len() {
            let kept = rules.iter().enumerate().filter(|(at, _)| *at != left_out);
            let kept: Vec<&Rule> = kept.map(|(_, rule)| rule).collect();
            server.ask(
                &["apply", "-f", "-"],
                &role(name, namespace, &kept).to_string(),
            );
            let started = Instant::now();
            loop {
                let snapshot = runtime.block_on(read_snapshot(&client, requirements, &options));
                let is_forbidden = |failure: &ReadFailure| failure.kind() == FailureKind::Forbidden;
                if failures(requirements, &snapshot)
                    .any(|(_, failure)| failure.is_some_and(is_forbidden))
                {
                    break;
                }
                assert!(
                    started.elapsed() < Duration::from_secs(10),
                    "{namespace:?} {:?} is not needed",
                    rules[left_out]
                );
            }
            tried += 1;
        }
        server.ask(
            &["apply", "-f", "-"],
            &role(name, namespace, &rules.iter().collect::<Vec<_>>()).to_string(),
        );
    }
    assert!(tried > 8, "{tried} rules");
}

/// Grants a role to the user who may do nothing else.
fn binding(role: &str, namespace: Option<&str>) -> Value {
    let kind = if namespace.is_some() {
        "Role"
    } else {
        "ClusterRole"
    };
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": format!("{kind}Binding"),
        "metadata": {"name": role, "namespace": namespace},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": role},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": LIMITED}],
    })
}

fn role(name: &str, namespace: Option<&str>, rules: &[&Rule]) -> Value {
    let rule = |rule: &&Rule| {
        let mut value = BTreeMap::from([
            ("apiGroups", vec![rule.group()]),
            ("resources", rule.resources().collect()),
            ("verbs", vec![rule.verb().as_str()]),
        ]);
        let names: Vec<&str> = rule.names().collect();
        if !names.is_empty() {
            value.insert("resourceNames", names);
        }
        json!(value)
    };
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": if namespace.is_some() { "Role" } else { "ClusterRole" },
        "metadata": {"name": name, "namespace": namespace},
        "rules": rules.iter().map(rule).collect::<Vec<_>>(),
    })
}

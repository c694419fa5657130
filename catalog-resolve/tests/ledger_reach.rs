//! What a ledger says of webhooks, of ways to the node, of images and of what roles allow that they did not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::collections::BTreeSet;

use catalog_model::{InstalledRelease, LoadOptions, MemorySource, load};
use catalog_resolve::ledger::{Effect, ImageName, Ledger, OperationLedger};
use catalog_resolve::{ClusterView, Outcome, Request, resolve};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The ledger of an upgrade of one package, or of its installation where there is one version.
fn ledger(versions: &[(&str, &[(&str, &str)])]) -> (MemorySource, OperationLedger) {
    let mut files = Vec::new();
    for (version, content) in versions {
        let folder = format!("web/{version}");
        files.push((
            format!("{folder}/metadata.yaml"),
            format!("name: web\nversion: {version}\n"),
        ));
        files.extend(
            content
                .iter()
                .map(|(name, text)| (format!("{folder}/{name}"), (*text).to_owned())),
        );
    }
    let source = MemorySource::from_iter(files);
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    let errors: Vec<_> = loaded
        .diagnostics()
        .iter()
        .filter(|one| one.severity() == catalog_model::Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    let catalog = loaded.into_catalog();
    let view = ClusterView::without_cluster(&catalog);
    let request = match versions {
        [_] => Request::new().install("web", "*").unwrap(),
        _ => Request::new()
            .installed(InstalledRelease::new("web", versions[0].0, "web"))
            .upgrade("web"),
    };
    let Outcome::Resolved(resolution) = resolve(view.universe(), &view.request(request)) else {
        panic!("there is an answer");
    };
    let mut ledger = Ledger::new(&catalog)
        .files(&source)
        .view(&view)
        .of(&resolution.plan());
    (source, ledger.pop().unwrap())
}

const REACHING: &str = "
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: node}
spec:
  template:
    spec:
      hostNetwork: true
      hostPID: false
      hostIPC: true
      volumes:
      - {name: root, hostPath: {path: /}}
      - {name: none, emptyDir: {}}
      initContainers:
      - {name: init, image: 'init:1', securityContext: {capabilities: {add: [CAP_SYS_ADMIN, NET_ADMIN], drop: [ALL]}}}
      containers:
      - name: node
        image: registry.example.com:5000/node@sha256:00
        ports: [{containerPort: 80, hostPort: 8080}, {containerPort: 81, hostPort: 0}]
        securityContext:
          privileged: true
---
apiVersion: v1
kind: ConfigMap
metadata: {name: text}
data: {containers: 'hostNetwork: true'}
---
apiVersion: example.com/v1
kind: Runner
metadata: {name: own}
spec: {pod: {hostPID: true, containers: [{name: a, image: 'a:1'}]}}
";

const HOOKS: &str = "
pre-install:
- name: prepare
  job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {hostPID: true, containers: [{name: c, image: 'prepare:1', securityContext: {privileged: true}}]}}}}
";

const WEBHOOKS: &str = "
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: inject}
webhooks:
- name: all.example.com
  failurePolicy: Ignore
  rules: [{apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*']}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: check}
webhooks:
- name: some.example.com
  rules: [{apiGroups: ['', apps], apiVersions: [v1], operations: [UPDATE, CREATE], resources: [pods, deployments]}]
";

#[test]
fn what_reaches_beyond_the_release() {
    let modules = "modules: [{name: node, namespace: kube-system, manifests: {path: m}}]\n";
    let (source, ledger) = ledger(&[(
        "1.0.0",
        &[
            ("modules.yaml", modules),
            ("m/reaching.yaml", REACHING),
            ("m/webhooks.yaml", WEBHOOKS),
            ("hooks/hooks.yaml", HOOKS),
        ],
    )]);
    let kinds = ["webhook", "host", "image", "namespace"];
    let entries = ledger
        .entries()
        .iter()
        .filter(|entry| kinds.contains(&entry.effect().kind()));
    let told: Vec<String> = entries
        .clone()
        .map(|entry| format!("{}: {}", entry.effect().kind(), entry.effect()))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    webhook: MutatingWebhookConfiguration.admissionregistration.k8s.io/inject, all.example.com: may change * of *.*, else Ignore  ! all resources
    webhook: ValidatingWebhookConfiguration.admissionregistration.k8s.io/check, some.example.com: may refuse CREATE, UPDATE of deployments, deployments.apps, pods, pods.apps, else Fail
    host: DaemonSet.apps/node: hostNetwork  ! reaches the node
    host: DaemonSet.apps/node: hostIPC  ! reaches the node
    host: DaemonSet.apps/node: hostPort 8080  ! reaches the node
    host: DaemonSet.apps/node: hostPath /  ! reaches the node
    host: DaemonSet.apps/node: privileged node  ! reaches the node
    host: DaemonSet.apps/node: capability NET_ADMIN  ! reaches the node
    host: DaemonSet.apps/node: capability SYS_ADMIN  ! reaches the node
    host: Job.batch/prepare: hostPID  ! reaches the node
    host: Job.batch/prepare: privileged c  ! reaches the node
    host: Runner.example.com/own: hostPID  ! reaches the node
    image: a:1
    image: init:1
    image: prepare:1
    image: registry.example.com:5000/node@sha256:00
    namespace: kube-system
    ");
    let places: Vec<String> = entries
        .map(|entry| {
            let place = &entry.places()[0];
            let (file, span) = place.find(&source).expect("it is there");
            let text: String = file.slice(span).chars().take(40).collect();
            format!("{}:{}  {text}", place.file(), file.position(span.start))
        })
        .collect();
    insta::assert_snapshot!(places.join("\n"), @r"
    web/1.0.0/m/webhooks.yaml:6:3  name: all.example.com
    web/1.0.0/m/webhooks.yaml:14:3  name: some.example.com
    web/1.0.0/m/reaching.yaml:8:7  hostNetwork: true
    web/1.0.0/m/reaching.yaml:10:7  hostIPC: true
    web/1.0.0/m/reaching.yaml:19:37  hostPort: 8080
    web/1.0.0/m/reaching.yaml:12:22  hostPath: {path: /}
    web/1.0.0/m/reaching.yaml:21:11  privileged: true
    web/1.0.0/m/reaching.yaml:15:93  NET_ADMIN
    web/1.0.0/m/reaching.yaml:15:78  CAP_SYS_ADMIN
    web/1.0.0/hooks/hooks.yaml:4:67  hostPID: true
    web/1.0.0/hooks/hooks.yaml:4:143  privileged: true
    web/1.0.0/m/reaching.yaml:31:14  hostPID: true
    web/1.0.0/m/reaching.yaml:31:52  image: 'a:1'
    web/1.0.0/m/reaching.yaml:15:22  image: 'init:1'
    web/1.0.0/hooks/hooks.yaml:4:105  image: 'prepare:1'
    web/1.0.0/m/reaching.yaml:18:9  image: registry.example.com:5000/node@sh
    web/1.0.0/modules.yaml:1:24  namespace: kube-system
    ");
}

#[test]
fn parts_of_images() {
    for (text, parts) in [
        ("nginx", ["docker.io", "library/nginx", "-", "-"]),
        ("nginx:1.27", ["docker.io", "library/nginx", "1.27", "-"]),
        ("grafana/loki:3", ["docker.io", "grafana/loki", "3", "-"]),
        ("quay.io/a/b/c", ["quay.io", "a/b/c", "-", "-"]),
        ("localhost/a", ["localhost", "a", "-", "-"]),
        (
            "host:5000/a:1@sha256:ff",
            ["host:5000", "a", "1", "sha256:ff"],
        ),
        ("a@sha256:ff", ["docker.io", "library/a", "-", "sha256:ff"]),
        ("", ["docker.io", "library/", "-", "-"]),
        (":@/", ["docker.io", "library/", "", "/"]),
    ] {
        let image = ImageName::parse(text);
        let found = [
            image.registry(),
            image.repository(),
            image.tag().unwrap_or("-"),
            image.digest().unwrap_or("-"),
        ];
        assert_eq!(found, parts, "{text}");
    }
}

fn roles(rules: &[(&str, Value)]) -> String {
    let roles = rules.iter().enumerate().map(|(at, (kind, rules))| {
        let (name, namespace) = (format!("r{at}"), if *kind == "Role" { ", namespace: web" } else { "" });
        format!("---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: {name}{namespace}}}\nrules: {rules}\n")
    });
    roles.collect()
}

fn growth(old: &[(&str, Value)], new: &[(&str, Value)]) -> Vec<String> {
    let (old, new) = (roles(old), roles(new));
    let (_, ledger) = ledger(&[
        ("1.0.0", &[("definitions/roles.yaml", &old)]),
        ("1.1.0", &[("definitions/roles.yaml", &new)]),
    ]);
    ledger.growth().iter().map(ToString::to_string).collect()
}

#[test]
fn what_roles_allow_that_they_did_not() {
    let rule = |groups: &[&str], resources: &[&str], verbs: &[&str]| json!({"apiGroups": groups, "resources": resources, "verbs": verbs});
    let cluster = |rules: Value| [("ClusterRole", rules)];
    let pods = rule(&[""], &["pods"], &["get", "list"]);
    for (name, old, new, expected) in [
        (
            "the same",
            cluster(json!([pods])),
            cluster(json!([pods])),
            &[][..],
        ),
        (
            "less",
            cluster(json!([pods])),
            cluster(json!([rule(&[""], &["pods"], &["get"])])),
            &[],
        ),
        (
            "a verb more",
            cluster(json!([pods])),
            cluster(json!([rule(&[""], &["pods"], &["get", "list", "watch"])])),
            &["watch on pods in all namespaces"],
        ),
        (
            "apart",
            cluster(json!([pods])),
            cluster(json!([
                rule(&[""], &["pods"], &["get"]),
                rule(&[""], &["pods"], &["list"])
            ])),
            &[],
        ),
        (
            "a wildcard had it",
            cluster(json!([rule(&["*"], &["*"], &["*"])])),
            cluster(json!([pods])),
            &[],
        ),
        (
            "a wildcard is more",
            cluster(json!([pods])),
            cluster(json!([rule(&[""], &["pods"], &["*"])])),
            &["* on pods in all namespaces  ! all verbs, makes pods"],
        ),
        (
            "another group",
            cluster(json!([pods])),
            cluster(json!([rule(&["apps"], &["pods"], &["get"])])),
            &["get on pods of apps in all namespaces"],
        ),
        (
            "secrets",
            cluster(json!([pods])),
            cluster(json!([pods, rule(&[""], &["secrets"], &["get"])])),
            &["get on secrets in all namespaces  ! reads secrets"],
        ),
        (
            "a part of who may be impersonated",
            cluster(json!([pods])),
            cluster(json!([rule(
                &["authentication.k8s.io"],
                &["uids", "userextras/scopes"],
                &["impersonate"]
            )])),
            &[
                "impersonate on uids of authentication.k8s.io in all namespaces  ! can act as others",
                "impersonate on userextras/scopes of authentication.k8s.io in all namespaces  ! can act as others",
            ],
        ),
        (
            "policies that change what is written",
            cluster(json!([pods])),
            cluster(json!([rule(
                &["admissionregistration.k8s.io"],
                &["mutatingadmissionpolicies"],
                &["create"]
            )])),
            &[
                "create on mutatingadmissionpolicies of admissionregistration.k8s.io in all namespaces  ! sets admission webhooks",
            ],
        ),
        (
            "everything",
            cluster(json!([pods])),
            cluster(json!([rule(&["*"], &["*"], &["*"])])),
            &["* on * of * in all namespaces  ! all verbs, all resources or groups"],
        ),
        (
            "fewer names",
            cluster(json!([pods])),
            cluster(
                json!([{"apiGroups": [""], "resources": ["pods"], "resourceNames": ["a"], "verbs": ["get"]}]),
            ),
            &[],
        ),
        (
            "all names",
            cluster(
                json!([{"apiGroups": [""], "resources": ["pods"], "resourceNames": ["a"], "verbs": ["get"]}]),
            ),
            cluster(json!([rule(&[""], &["pods"], &["get"])])),
            &["get on pods in all namespaces"],
        ),
        (
            "paths",
            cluster(json!([{"nonResourceURLs": ["/a/*"], "verbs": ["get"]}])),
            cluster(json!([{"nonResourceURLs": ["/a/b", "/c"], "verbs": ["get"]}])),
            &["get on /c in all namespaces"],
        ),
        (
            "everywhere",
            [("Role", json!([pods]))],
            cluster(json!([rule(&[""], &["pods"], &["get"])])),
            &["get on pods in all namespaces"],
        ),
        (
            "in one namespace only",
            cluster(json!([pods])),
            [("Role", json!([pods]))],
            &[],
        ),
        (
            "in a namespace more",
            [("Role", json!([pods]))],
            [("Role", json!([rule(&[""], &["pods"], &["get", "delete"])]))],
            &["delete on pods in web"],
        ),
    ] {
        assert_eq!(growth(&old, &new), expected, "{name}");
    }
}

/// What is new in a role that extends those of Kubernetes has that mark, as the role has.
#[test]
fn growth_in_an_aggregated_role_has_its_mark() {
    let role = |verbs: &str| {
        format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: more, labels: {{rbac.authorization.k8s.io/aggregate-to-view: 'true'}}}}\nrules: [{{apiGroups: [a.example.com], resources: [things], verbs: [{verbs}]}}]\n"
        )
    };
    let (old, new) = (role("get"), role("get, list"));
    let (_, ledger) = ledger(&[
        ("1.0.0", &[("definitions/roles.yaml", &old)]),
        ("1.1.0", &[("definitions/roles.yaml", &new)]),
    ]);
    let grown: Vec<String> = ledger.growth().iter().map(ToString::to_string).collect();
    assert_eq!(
        grown,
        ["list on things of a.example.com in all namespaces  ! extends roles of Kubernetes"]
    );
}

fn rules() -> impl Strategy<Value = Value> {
    let list = |all: &'static [&'static str]| proptest::sample::subsequence(all, 1..3);
    let rule = (
        list(&["", "apps", "*"]),
        list(&["pods", "pods/log", "*", "*/log"]),
        list(&["get", "list", "*"]),
        proptest::option::of(list(&["a", "b"])),
    );
    let rule = rule.prop_map(|(groups, resources, verbs, names)| {
        let mut rule = json!({"apiGroups": groups, "resources": resources, "verbs": verbs});
        if let Some(names) = names {
            rule["resourceNames"] = json!(names);
        }
        rule
    });
    proptest::collection::vec(rule, 0..4).prop_map(Value::from)
}

/// Whether rules allow a request, as the API server decides it: an oracle that knows nothing of rules that cover rules.
fn allowed(rules: &Value, (group, resource, verb, name): (&str, &str, &str, &str)) -> bool {
    let has = |rule: &Value, key: &str, wanted: &str| {
        rule[key]
            .as_array()
            .is_some_and(|list| list.iter().any(|one| one == "*" || one == wanted))
    };
    let all_sub = resource.split_once('/').map(|(_, sub)| format!("*/{sub}"));
    rules.as_array().unwrap().iter().any(|rule| {
        let is_resource = has(rule, "resources", resource)
            || all_sub.as_ref().is_some_and(|all| {
                rule["resources"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|one| one == all.as_str())
            });
        let is_named = rule
            .get("resourceNames")
            .is_none_or(|names| names.as_array().unwrap().iter().any(|one| one == name));
        has(rule, "apiGroups", group) && is_resource && has(rule, "verbs", verb) && is_named
    })
}

fn requests() -> impl Iterator<Item = (&'static str, &'static str, &'static str, &'static str)> {
    let groups = ["", "apps", "other"].into_iter();
    groups.flat_map(|group| {
        let resources = ["pods", "pods/log", "nodes", "nodes/log"].into_iter();
        resources.flat_map(move |resource| {
            let verbs = ["get", "list", "delete"].into_iter();
            verbs.flat_map(move |verb| {
                ["a", "b", "c"]
                    .into_iter()
                    .map(move |name| (group, resource, verb, name))
            })
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_allowed_anew_is_told(old in rules(), new in rules()) {
        let grown = growth(&[("ClusterRole", old.clone())], &[("ClusterRole", new.clone())]);
        let more = requests().any(|request| allowed(&new, request) && !allowed(&old, request));
        // Nothing that is told as no growth may be one.
        prop_assert!(!more || !grown.is_empty(), "{old} {new}");
        // What is the same is none, and neither is less.
        prop_assert!(growth(&[("ClusterRole", new.clone())], &[("ClusterRole", new)]).is_empty());
    }
}

#[test]
fn rules_that_allow_very_much_end_in_time() {
    let many = |prefix: &str| {
        (0..3_000)
            .map(|at| format!("{prefix}{at}"))
            .collect::<Vec<_>>()
    };
    let old = json!([{"apiGroups": many("g"), "resources": many("r"), "verbs": ["get"]}]);
    let new = json!([{"apiGroups": many("g"), "resources": many("s"), "verbs": ["get"]}]);
    let (old, new) = (
        roles(&[("ClusterRole", old)]),
        roles(&[("ClusterRole", new)]),
    );
    let begun = std::time::Instant::now();
    let (_, ledger) = ledger(&[
        ("1.0.0", &[("definitions/roles.yaml", &old)]),
        ("1.1.0", &[("definitions/roles.yaml", &new)]),
    ]);
    assert!(ledger.growth().is_empty());
    let why: BTreeSet<&str> = ledger.unexamined().iter().map(|one| one.why()).collect();
    assert!(
        why.contains("its roles allow too much to say what is new"),
        "{why:?}"
    );
    assert!(begun.elapsed().as_secs() < 60);
    assert!(
        ledger
            .entries()
            .iter()
            .any(|entry| matches!(entry.effect(), Effect::Permission { .. }))
    );
}

/// What is new, and what is said of it if it is too much.
fn growth_of(
    groups: Vec<String>,
    resources: Vec<String>,
    names: Vec<String>,
    verbs: &[&str],
) -> (usize, bool) {
    let rule = json!([{"apiGroups": groups, "resources": resources, "resourceNames": names, "verbs": verbs}]);
    let (old, new) = (roles(&[]), roles(&[("ClusterRole", rule)]));
    let (_, ledger) = ledger(&[
        ("1.0.0", &[("definitions/roles.yaml", &old)]),
        ("1.1.0", &[("definitions/roles.yaml", &new)]),
    ]);
    let mut unexamined = ledger.unexamined().iter();
    let is_too_much =
        unexamined.any(|one| one.why() == "its roles allow too much to say what is new");
    (ledger.growth().len(), is_too_much)
}

#[test]
fn what_is_new_is_bounded_before_it_is_written_down() {
    let many = |count: usize| (0..count).map(|at| format!("t{at}")).collect::<Vec<_>>();
    let long = || vec!["g".repeat(100_000)];
    for (name, (groups, resources, names, verbs), expected) in [
        (
            "much",
            (many(30), many(30), many(10), &["get"][..]),
            (9_000, false),
        ),
        (
            "too many",
            (many(1_000), many(2_000), vec![], &["get"]),
            (0, true),
        ),
        (
            "beyond counting",
            (many(5_000), many(5_000), many(5_000), &["get"]),
            (0, true),
        ),
        (
            "long texts",
            (long(), many(2_000), vec![], &["get"]),
            (0, true),
        ),
        (
            "no verbs",
            (many(5_000), many(5_000), many(5_000), &[]),
            (0, false),
        ),
    ] {
        assert_eq!(
            growth_of(groups, resources, names, verbs),
            expected,
            "{name}"
        );
    }
}

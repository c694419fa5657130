//! What steps add to a cluster.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

use std::time::{Duration, Instant};

use catalog_model::conditions::show::is_hidden;
use catalog_model::conditions::snapshot::Snapshot;
use catalog_model::{
    Catalog, FolderSource, InstalledRelease, LoadOptions, MemorySource, Source, load,
};
use catalog_resolve::ledger::{Change, Effect, Ledger, ObjectScope, OperationLedger, Risk};
use catalog_resolve::{ClusterView, Outcome, Plan, Request, resolve};
use serde_json::{Value, json};

fn catalog(source: &dyn Source) -> Catalog {
    let loaded = load(source, &LoadOptions::default()).unwrap();
    loaded.into_catalog()
}

fn plan(view: &ClusterView, request: Request) -> Plan {
    match resolve(view.universe(), &view.request(request)) {
        Outcome::Resolved(resolution) => resolution.plan(),
        other => panic!("{other:?}"),
    }
}

fn ledger(source: &dyn Source, request: Request) -> Vec<OperationLedger> {
    let catalog = catalog(source);
    let view = ClusterView::without_cluster(&catalog);
    let plan = plan(&view, request);
    Ledger::new(&catalog).files(source).view(&view).of(&plan)
}

fn text(ledger: &[OperationLedger]) -> String {
    ledger.iter().map(ToString::to_string).collect()
}

fn install(package: &str) -> Request {
    Request::new().install(package, "*").unwrap()
}

fn installed(package: &str, version: &str) -> Request {
    Request::new().installed(InstalledRelease::new(package, version, package))
}

/// Files of one release: its metadata, and what else is given.
fn release<'f>(folder: &str, files: &[(&str, &'f str)]) -> Vec<(String, &'f str)> {
    let files = files
        .iter()
        .map(|(name, text)| (format!("{folder}/{name}"), *text));
    files.collect()
}

fn source(files: impl IntoIterator<Item = (String, String)>) -> MemorySource {
    MemorySource::from_iter(files)
}

fn head(folder: &str) -> (String, String) {
    let (name, version) = folder.split_once('/').unwrap();
    (
        format!("{folder}/metadata.yaml"),
        format!("name: {name}\nversion: {version}\n"),
    )
}

fn files(folder: &str, files: &[(&str, &str)]) -> Vec<(String, String)> {
    let rest = release(folder, files);
    let rest = rest.into_iter().map(|(path, text)| (path, text.to_owned()));
    std::iter::once(head(folder)).chain(rest).collect()
}

const CRD: &str = "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Cluster
  names: {kind: Widget, plural: widgets}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
";

const WORKLOAD: &str = "
apiVersion: v1
kind: List
items:
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: server, namespace: web}
  spec:
    template:
      spec:
        initContainers: [{name: init, image: 'registry.example.com/init:1'}]
        containers: [{name: server, image: 'registry.example.com/server:1.2'}]
- apiVersion: example.com/v1
  kind: Widget
  metadata: {name: w}
- apiVersion: other.example.com/v1
  kind: Unknown
  metadata: {generateName: u-}
- apiVersion: v1
  kind: Secret
  metadata: {name: token}
  stringData: {image: 'not-an-image', password: hunter2}
";

const RBAC: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: all, labels: {rbac.authorization.k8s.io/aggregate-to-edit: 'true'}}
rules:
- {apiGroups: ['*'], resources: ['*'], verbs: ['*']}
- {nonResourceURLs: [/metrics], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: some, namespace: web}
rules:
- {apiGroups: [''], resources: [pods/exec, configmaps], verbs: [get, create]}
- {apiGroups: [rbac.authorization.k8s.io], resources: [roles], resourceNames: [a], verbs: [escalate, bind]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: admin}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects:
- {kind: ServiceAccount, name: server, namespace: web}
- {kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:authenticated'}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: gathering}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}
";

const HOOKS: &str = "
pre-install:
- name: check
  job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: c, image: 'checker:1'}]}}}}
  undo: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: c, image: 'undoer:1'}]}}}}
  resources:
  - {apiVersion: v1, kind: ServiceAccount, metadata: {name: checker}}
pre-uninstall:
- name: bye
  job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: c, image: 'bye:1'}]}}}}
";

const MODULES: &str = "
modules:
- {name: server, manifests: {path: ./manifests/}}
- {name: far, manifests: {remote: {url: 'https://example.com/all.yaml', sha256: 0000000000000000000000000000000000000000000000000000000000000000}}}
- {name: chart, chart: {remote: {repo: 'https://example.com/charts', name: web, version: 1.0.0}}}
- {name: local, chart: {path: ./charts/web}}
- {name: bucket, terraform: {remote: {source: terraform-aws-modules/s3-bucket/aws, version: 1.0.0}}}
- {name: own, app: {x: y}}
";

fn everything() -> MemorySource {
    source(files(
        "web/1.0.0",
        &[
            ("definitions/crd.yaml", CRD),
            ("manifests/deep/workload.yaml", WORKLOAD),
            ("manifests/rbac.yaml", RBAC),
            ("manifests/broken.yaml", "a: [\n"),
            ("manifests/README.md", "words"),
            ("manifests/kustomization.yaml", "resources: []\n"),
            (
                "charts/web/Chart.yaml",
                "apiVersion: v2\nname: web\nversion: 1.0.0\n",
            ),
            (
                "charts/web/crds/gadgets.yaml",
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: gadgets}}",
            ),
            ("hooks/hooks.yaml", HOOKS),
            ("modules.yaml", MODULES),
            (
                "conditions/c.yaml",
                "conditions:\n- {name: new enough, target: {kubeVersion: {}}, op: range, value: '>=1.30'}\n",
            ),
        ],
    ))
}

#[test]
fn everything_that_a_release_adds() {
    let ledger = ledger(&everything(), install("web"));
    insta::assert_snapshot!(text(&ledger), @r#"
    install web 1.0.0 in web
      + api         example.com/v1/Widget
      + object      ConfigMap/gadgets
      + object      Secret/token
      + object      ServiceAccount/checker
      + object      CustomResourceDefinition.apiextensions.k8s.io/widgets.example.com (cluster-wide)
      + object      Deployment.apps/web/server
      + object      Widget.example.com/w (cluster-wide)
      + object      Unknown.other.example.com/u-* (scope unknown)
      + object      ClusterRole/all (cluster-wide)
      + object      ClusterRole/gathering (cluster-wide)
      + object      ClusterRoleBinding/admin (cluster-wide)
      + object      Role/web/some
      + permission  ClusterRole/all: get on /metrics  ! extends roles of Kubernetes
      + permission  ClusterRole/all: * on * of *  ! all verbs, all resources or groups, extends roles of Kubernetes
      + permission  Role/web/some: create, get on configmaps, pods/exec  ! runs commands in pods
      + permission  Role/web/some: bind, escalate on roles of rbac.authorization.k8s.io named a  ! can widen roles, can give any role
      + binding     ClusterRoleBinding/admin: Group/system:authenticated gets ClusterRole/cluster-admin  ! full rights, for everybody
      + binding     ClusterRoleBinding/admin: ServiceAccount/web/server gets ClusterRole/cluster-admin  ! full rights
      + image       checker:1
      + image       registry.example.com/init:1
      + image       registry.example.com/server:1.2
      + image       undoer:1
      + hook        pre-install check
      + module      bucket (terraform)
      + module      chart (chart)
      + module      far (manifests)
      + module      local (chart)
      + module      own (app)
      + module      server (manifests)
      + namespace   web
      ? condition   "new enough" is not asked yet
      ? unexamined  ClusterRole/gathering: it gathers the rules of other roles, which only a cluster has
      ? unexamined  manifests/README.md: it is no YAML and no JSON
      ? unexamined  manifests/broken.yaml: this is not YAML: unclosed bracket '['
      ? unexamined  manifests/kustomization.yaml: a kustomization can change whatever it names
      ? unexamined  module bucket: what Terraform makes of terraform-aws-modules/s3-bucket/aws is not known
      ? unexamined  module chart: the chart web is at https://example.com/charts
      ? unexamined  module far: its manifests are at https://example.com/all.yaml
      ? unexamined  module local: the templates of the chart charts/web are not rendered
      ? unexamined  module own: what `app` is is not known
    "#);
}

#[test]
fn nothing_of_a_secret_is_shown() {
    let ledger = ledger(&everything(), install("web"));
    let all = format!("{}{}", text(&ledger), ledger[0].to_json());
    assert!(all.contains("token") && !all.contains("hunter2") && !all.contains("not-an-image"));
}

#[test]
fn as_json() {
    let ledger = ledger(&everything(), install("web"));
    let json = ledger[0].to_json();
    let of = |kind: &str| -> Vec<Value> {
        let entries = json["entries"].as_array().unwrap().iter();
        entries
            .filter(|entry| entry["kind"] == kind)
            .cloned()
            .collect()
    };
    assert_eq!(
        (
            &json["step"],
            &json["action"],
            &json["package"],
            &json["namespace"],
            &json["to"]
        ),
        (
            &json!(0),
            &json!("install"),
            &json!("web"),
            &json!("web"),
            &json!("1.0.0")
        )
    );
    assert_eq!(
        of("api"),
        [json!({
            "kind": "api", "change": "added", "clusterWide": true, "origins": ["definitions/crd.yaml"], "group": "example.com", "version": "v1", "objectKind": "Widget",
        })]
    );
    assert_eq!(
        of("binding")[0],
        json!({
            "kind": "binding", "change": "added", "clusterWide": true, "origins": ["module server, manifests/rbac.yaml"], "risks": ["clusterAdmin", "everybody"],
            "binding": {"group": "rbac.authorization.k8s.io", "kind": "ClusterRoleBinding", "name": "admin"}, "role": "ClusterRole/cluster-admin",
            "subject": "Group/system:authenticated",
        })
    );
    assert_eq!(
        of("permission")[0]["rule"],
        json!({"nonResourceURLs": ["/metrics"], "verbs": ["get"]})
    );
    assert_eq!(
        of("hook"),
        [json!({
            "kind": "hook", "change": "added", "clusterWide": false, "origins": ["hook pre-install/check"], "phase": "pre-install", "name": "check",
        })]
    );
    assert_eq!(of("module").len(), 6);
    assert_eq!(
        json["conditions"],
        json!([{"name": "new enough", "state": "notEvaluated"}])
    );
    assert_eq!(json["unexamined"].as_array().unwrap().len(), 9);
}

/// Two versions of a package with manifests that differ.
fn two_versions() -> MemorySource {
    let manifests = |image: &str, extra: &str| {
        format!(
            "{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: server}}, spec: {{template: {{spec: {{containers: [{{image: '{image}'}}]}}}}}}}}\n---\n{{apiVersion: v1, kind: ConfigMap, metadata: {{name: same}}}}\n---\n{extra}"
        )
    };
    let old = manifests(
        "server:1",
        "{apiVersion: v1, kind: Service, metadata: {name: old}}",
    );
    let new = manifests(
        "server:2",
        "{apiVersion: v1, kind: Namespace, metadata: {name: new}}",
    );
    let modules = "modules: [{name: server, manifests: {path: manifests}}]\n";
    let hook = "pre-upgrade:\n- name: move\n  job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: c, image: 'server:1'}]}}}}\n";
    let all = [
        files(
            "web/1.0.0",
            &[("modules.yaml", modules), ("manifests/all.yaml", &old)],
        ),
        files(
            "web/2.0.0",
            &[
                ("modules.yaml", modules),
                ("manifests/all.yaml", &new),
                ("hooks/h.yaml", hook),
            ],
        ),
    ];
    source(all.into_iter().flatten())
}

#[test]
fn an_upgrade_is_compared_with_what_is_installed() {
    let source = two_versions();
    let upgraded = |version: &str| text(&ledger(&source, installed("web", version).upgrade("web")));
    insta::assert_snapshot!(upgraded("1.0.0"), @r"
    upgrade web 1.0.0 -> 2.0.0 in web
      + object      Namespace/new (cluster-wide)
      - object      Service/old
      ~ object      Deployment.apps/server
      + image       server:2
      + hook        pre-upgrade move
    ");
    // What is installed and in no catalog is not known, so that all is new.
    insta::assert_snapshot!(upgraded("0.9.0"), @r"
    upgrade web 0.9.0 -> 2.0.0 in web
      + object      ConfigMap/same
      + object      Namespace/new (cluster-wide)
      + object      Deployment.apps/server
      + image       server:1
      + image       server:2
      + hook        pre-upgrade move
      + module      server (manifests)
      ? unexamined  web 0.9.0: the catalog has no such release
    ");
    let rolled_back = installed("web", "2.0.0");
    let gone = text(&ledger(&source, rolled_back.remove("web")));
    insta::assert_snapshot!(gone, @r"
    uninstall web 2.0.0 in web
      - object      ConfigMap/same
      - object      Namespace/new (cluster-wide)
      - object      Deployment.apps/server
      - image       server:2
      - module      server (manifests)
    ");
}

/// A release of `web` with one hook, which is in some phases.
fn hooked(version: &str, phases: &[&str], edge: &str) -> Vec<(String, String)> {
    let hook = |phase: &&str| {
        format!(
            "{phase}:\n- name: move\n  job: {{apiVersion: batch/v1, kind: Job, spec: {{template: {{spec: {{containers: [{{name: c, image: 'mover:1'}}]}}}}}}}}\n"
        )
    };
    let hooks: String = phases.iter().map(hook).collect();
    let metadata = format!("name: web\nversion: {version}\n{edge}");
    vec![
        (format!("web/{version}/metadata.yaml"), metadata),
        (format!("web/{version}/hooks/h.yaml"), hooks),
    ]
}

#[test]
fn what_a_hook_brings_is_there_before_only_if_the_hook_has_run() {
    let upgraded = |phases: &[&str]| {
        let all = [
            hooked("1.0.0", phases, ""),
            hooked("2.0.0", phases, "replaces: 1.0.0\n"),
            hooked("3.0.0", phases, "replaces: 2.0.0\n"),
        ];
        let source = source(all.into_iter().flatten());
        text(&ledger(&source, installed("web", "1.0.0").upgrade("web")))
    };
    // Nobody knows whether what is installed came by an upgrade; a hop did.
    insta::assert_snapshot!(upgraded(&["pre-upgrade"]), @r"
    upgrade web 1.0.0 -> 2.0.0 in web
      + image       mover:1
      + hook        pre-upgrade move
    upgrade web 2.0.0 -> 3.0.0 in web
      + hook        pre-upgrade move
    ");
    insta::assert_snapshot!(upgraded(&["pre-install", "pre-upgrade"]), @r"
    upgrade web 1.0.0 -> 2.0.0 in web
      + hook        pre-upgrade move
    upgrade web 2.0.0 -> 3.0.0 in web
      + hook        pre-upgrade move
    ");
}

const ADMIN: &str = "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: a}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}, subjects: [{kind: ServiceAccount, name: s, namespace: web}]}";

#[test]
fn what_a_hook_had_for_a_time_is_new_where_it_is_deployed() {
    let hook = format!(
        "pre-install: &h\n- name: move\n  job: {{apiVersion: batch/v1, kind: Job, spec: {{template: {{spec: {{containers: [{{name: c, image: 'mover:1'}}]}}}}}}}}\n  resources: [{ADMIN}]\npre-upgrade: *h\n"
    );
    let all = [
        files("web/1.0.0", &[("hooks/h.yaml", &hook)]),
        files(
            "web/2.0.0",
            &[("hooks/h.yaml", &hook), ("definitions/a.yaml", ADMIN)],
        ),
    ];
    let source = source(all.into_iter().flatten());
    let request = installed("web", "1.0.0").upgrade("web");
    insta::assert_snapshot!(text(&ledger(&source, request)), @r"
    upgrade web 1.0.0 -> 2.0.0 in web
      + object      ClusterRoleBinding/a (cluster-wide)
      + binding     ClusterRoleBinding/a: ServiceAccount/web/s gets ClusterRole/cluster-admin  ! full rights
      + hook        pre-upgrade move
    ");
}

#[test]
fn what_an_action_would_do_comes_with_the_release() {
    let hooks = |image: &str| {
        format!(
            "actions:\n- name: backup\n  job: {{apiVersion: batch/v1, kind: Job, spec: {{template: {{spec: {{hostPID: true, containers: [{{name: c, image: '{image}', securityContext: {{privileged: true}}}}]}}}}}}}}\n  resources: [{ADMIN}]\n"
        )
    };
    let all = [
        files("web/1.0.0", &[("hooks/h.yaml", &hooks("backup:1"))]),
        files("web/2.0.0", &[("hooks/h.yaml", &hooks("backup:2"))]),
    ];
    let source = source(all.into_iter().flatten());
    let first = Request::new().install("web", "1.0.0").unwrap();
    insta::assert_snapshot!(text(&ledger(&source, first)), @r"
    install web 1.0.0 in web
      + object      ClusterRoleBinding/a (cluster-wide)
      + binding     ClusterRoleBinding/a: ServiceAccount/web/s gets ClusterRole/cluster-admin  ! full rights
      + host        Job.batch/backup: hostPID  ! reaches the node
      + host        Job.batch/backup: privileged c  ! reaches the node
      + image       backup:1
      + action      backup
    ");
    let second = installed("web", "1.0.0").upgrade("web");
    insta::assert_snapshot!(text(&ledger(&source, second)), @r"
    upgrade web 1.0.0 -> 2.0.0 in web
      - image       backup:1
      + image       backup:2
    ");
}

#[test]
fn what_stays_adds_nothing() {
    let ledger = ledger(
        &two_versions(),
        installed("web", "1.0.0").install("web", "*").unwrap(),
    );
    assert!(ledger.is_empty());
}

#[test]
fn that_nothing_comes_is_said() {
    let ledger = ledger(&source(files("bundle/1.0.0", &[])), install("bundle"));
    insta::assert_snapshot!(text(&ledger), @r"
    install bundle 1.0.0 in bundle
      nothing is added, changed or dropped
    ");
}

#[test]
fn each_hop_is_an_operation() {
    let metadata = "name: db\nversion: 3.0.0\nreplaces: 2.0.0\n";
    let middle = "name: db\nversion: 2.0.0\nreplaces: 1.0.0\n";
    let all = [
        files("db/1.0.0", &[]),
        vec![
            ("db/2.0.0/metadata.yaml".to_owned(), middle.to_owned()),
            ("db/2.0.0/definitions/crd.yaml".to_owned(), CRD.to_owned()),
        ],
        vec![("db/3.0.0/metadata.yaml".to_owned(), metadata.to_owned())],
    ];
    let ledger = ledger(
        &source(all.into_iter().flatten()),
        installed("db", "1.0.0").upgrade("db"),
    );
    insta::assert_snapshot!(text(&ledger), @r"
    upgrade db 1.0.0 -> 2.0.0 in db
      + api         example.com/v1/Widget
      + object      CustomResourceDefinition.apiextensions.k8s.io/widgets.example.com (cluster-wide)
    upgrade db 2.0.0 -> 3.0.0 in db
      - api         example.com/v1/Widget
      - object      CustomResourceDefinition.apiextensions.k8s.io/widgets.example.com (cluster-wide)
    ");
    assert_eq!((ledger[0].step(), ledger[1].step()), (0, 0));
}

#[test]
fn a_crd_of_another_step_tells_the_scope() {
    let operator = files("operator/1.0.0", &[("definitions/crd.yaml", CRD)]);
    let mut user = files(
        "user/1.0.0",
        &[
            (
                "modules.yaml",
                "modules: [{name: user, manifests: {path: w.yaml}}]\n",
            ),
            (
                "w.yaml",
                "{apiVersion: example.com/v1, kind: Widget, metadata: {name: mine}}",
            ),
        ],
    );
    user[0].1.push_str("dependencies: [{name: operator}]\n");
    let source = source(operator.into_iter().chain(user));
    for request in [
        install("user"),
        installed("operator", "1.0.0").install("user", "*").unwrap(),
    ] {
        let ledger = ledger(&source, request);
        let entries = ledger.last().unwrap().entries();
        let scopes = entries.iter().filter_map(|entry| match entry.effect() {
            Effect::Object { scope, .. } => Some(*scope),
            _ => None,
        });
        assert_eq!(scopes.collect::<Vec<_>>(), [ObjectScope::Cluster]);
    }
}

#[test]
fn conditions_that_wait_and_those_that_nobody_asked() {
    let operator = files("operator/1.0.0", &[("definitions/crd.yaml", CRD)]);
    let condition = "conditions:\n- {name: widgets, target: {crd: {name: widgets.example.com}}}\n- {name: version, target: {kubeVersion: {}}, op: range, value: '>=1.20'}\n";
    let user = files("user/1.0.0", &[("conditions/c.yaml", condition)]);
    let source = source(operator.into_iter().chain(user));
    let catalog = catalog(&source);
    let snapshot = Snapshot::builder()
        .server_version("v1.30.0")
        .complete()
        .build();
    let view = ClusterView::on(&catalog, &snapshot, "default");
    let plan = plan(&view, install("user"));
    let with = Ledger::new(&catalog).view(&view).of(&plan);
    let open: Vec<_> = with
        .last()
        .unwrap()
        .conditions()
        .iter()
        .map(|c| (c.name(), c.needs()))
        .collect();
    assert_eq!(open, [("widgets", Some("CRD widgets.example.com"))]);
    let without = Ledger::new(&catalog).of(&plan);
    let open: Vec<_> = without
        .last()
        .unwrap()
        .conditions()
        .iter()
        .map(|c| (c.name(), c.needs()))
        .collect();
    assert_eq!(open, [("widgets", None), ("version", None)]);
}

#[test]
fn without_files_manifests_are_unexamined() {
    let catalog = catalog(&two_versions());
    let view = ClusterView::without_cluster(&catalog);
    let ledger = Ledger::new(&catalog).of(&plan(&view, install("web")));
    let unexamined: Vec<_> = ledger[0]
        .unexamined()
        .iter()
        .map(|one| (one.what(), one.why()))
        .collect();
    assert_eq!(
        unexamined,
        [("manifests", "the files of the catalog are not at hand")]
    );
}

#[test]
fn what_rules_allow() {
    let check = |rule: &str, expected: &[Risk]| {
        let role = format!(
            "{{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {{name: r}}, rules: [{rule}]}}"
        );
        let modules = "modules: [{name: m, manifests: {path: m.yaml}}]\n";
        let ledger = ledger(
            &source(files(
                "p/1.0.0",
                &[("modules.yaml", modules), ("m.yaml", &role)],
            )),
            install("p"),
        );
        let found: Vec<Risk> = ledger[0]
            .entries()
            .iter()
            .flat_map(|e| e.effect().risks())
            .copied()
            .collect();
        assert_eq!(found, expected, "{rule}");
    };
    check(
        "{apiGroups: [''], resources: [configmaps], verbs: [get, create]}",
        &[],
    );
    check(
        "{apiGroups: [apps], resources: [secrets], verbs: [get]}",
        &[],
    );
    check(
        "{apiGroups: [''], resources: [secrets], verbs: [create]}",
        &[],
    );
    check(
        "{apiGroups: [''], resources: [secrets], verbs: [watch]}",
        &[Risk::Secrets],
    );
    check(
        "{apiGroups: ['*'], resources: [secrets], verbs: [list]}",
        &[Risk::WildcardResources, Risk::Secrets],
    );
    check(
        "{apiGroups: [''], resources: [pods], verbs: ['*']}",
        &[Risk::WildcardVerbs, Risk::Workloads],
    );
    check(
        "{apiGroups: [''], resources: ['*/exec'], verbs: [create]}",
        &[Risk::Exec],
    );
    check(
        "{apiGroups: [''], resources: [serviceaccounts/token], verbs: [create]}",
        &[Risk::Tokens],
    );
    check(
        "{apiGroups: [''], resources: [users], verbs: [impersonate]}",
        &[Risk::Impersonate],
    );
    for rule in [
        "resources: [users, groups], verbs: ['impersonate:user-info']",
        "resources: [userextras/scopes], verbs: ['impersonate:user-info']",
        "resources: [serviceaccounts], verbs: ['impersonate:serviceaccount']",
        "resources: [nodes], verbs: ['impersonate:arbitrary-node']",
        "resources: [nodes], verbs: ['impersonate:associated-node']",
        "resources: [uids], verbs: [impersonate]",
    ] {
        check(
            &format!("{{apiGroups: [authentication.k8s.io], {rule}}}"),
            &[Risk::Impersonate],
        );
    }
    check(
        "{apiGroups: [authentication.k8s.io], resources: [nodes], verbs: [get]}",
        &[],
    );
    for (resource, verb) in [
        ("namespaces", "patch"),
        ("namespaces", "update"),
        ("namespaces/status", "patch"),
    ] {
        check(
            &format!("{{apiGroups: [''], resources: [{resource}], verbs: [{verb}]}}"),
            &[Risk::Namespaces],
        );
    }
    check(
        "{apiGroups: [''], resources: [namespaces], verbs: [get, create]}",
        &[],
    );
    check(
        "{apiGroups: [''], resources: [nodes/proxy], verbs: [get]}",
        &[Risk::Nodes],
    );
    check(
        "{apiGroups: [certificates.k8s.io], resources: [signers], verbs: [approve]}",
        &[Risk::Certificates],
    );
    check(
        "{apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations], verbs: [patch]}",
        &[Risk::Webhooks],
    );
    check(
        "{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind, escalate]}",
        &[Risk::Escalate, Risk::Bind],
    );
    check(
        "{apiGroups: [''], resources: [persistentvolumes], verbs: [create]}",
        &[Risk::Volumes],
    );
}

#[test]
fn odd_manifests_stay_on_their_lines() {
    let hostile = "x\\nFAKE\\u001b[32m\\u202e";
    let all = format!(
        "{{apiVersion: v1, kind: \"{hostile}\", metadata: {{name: \"{hostile}\", namespace: \"{hostile}\"}}, spec: {{image: \"{hostile}\"}}}}\n---\n3\n---\n[]\n---\n{{kind: X}}\n---\n{{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: 3, rules: [{{verbs: [\"{hostile}\", 3]}}, 7]}}\n"
    );
    let modules = "modules: [{name: m, manifests: {path: m.yaml}}]\n";
    let ledger = ledger(
        &source(files(
            "p/1.0.0",
            &[("modules.yaml", modules), ("m.yaml", &all)],
        )),
        install("p"),
    );
    let text = text(&ledger);
    assert!(
        text.contains("FAKE") && !text.lines().any(|line| line.starts_with("FAKE")),
        "{text}"
    );
    assert_eq!(
        text.chars().find(|c| *c != '\n' && is_hidden(*c)),
        None,
        "{text}"
    );
    assert!(
        ledger[0]
            .unexamined()
            .iter()
            .any(|one| one.why().contains("no `apiVersion`"))
    );
}

#[test]
fn many_manifests_are_read_within_limits() {
    let count = 12_000;
    let modules = "modules: [{name: m, manifests: {path: many}}]\n".to_owned();
    let object =
        |at: usize| format!("{{apiVersion: v1, kind: ConfigMap, metadata: {{name: c-{at}}}}}");
    let many = (0..count).map(|at| (format!("p/1.0.0/many/{at:05}.yaml"), object(at)));
    let files = [
        head("p/1.0.0"),
        ("p/1.0.0/modules.yaml".to_owned(), modules),
    ]
    .into_iter()
    .chain(many);
    let begin = Instant::now();
    let ledger = ledger(&source(files), install("p"));
    println!("{count} files: {:?}", begin.elapsed());
    let read = ledger[0]
        .entries()
        .iter()
        .filter(|entry| entry.effect().kind() == "object");
    assert_eq!(read.count(), 10_000);
    assert_eq!(ledger[0].unexamined().len(), 2_000);
    assert!(begin.elapsed() < Duration::from_secs(20));
}

#[test]
fn the_example_catalog() {
    let source = FolderSource::open("../examples/catalogs/observability").unwrap();
    let catalog = catalog(&source);
    let view = ClusterView::without_cluster(&catalog);
    let plan = plan(&view, install("prometheus"));
    let ledger = Ledger::new(&catalog).files(&source).view(&view).of(&plan);
    let moving = plan.steps().len();
    assert_eq!(ledger.len(), moving);
    for operation in &ledger {
        assert!(
            operation
                .entries()
                .iter()
                .all(|entry| entry.change() == Change::Added)
        );
    }
    let again = Ledger::new(&catalog).files(&source).view(&view).of(&plan);
    assert_eq!(ledger, again);
    insta::assert_snapshot!(ledger.last().unwrap().to_string(), @r#"
    install prometheus 3.7.3 in monitoring
      + object      ServiceAccount/monitoring/prometheus
      + object      Prometheus.monitoring.coreos.com/monitoring/main
      + object      ScrapeConfig.monitoring.coreos.com/monitoring/kubelets
      + object      ServiceMonitor.monitoring.coreos.com/monitoring/prometheus
      + object      ClusterRole/prometheus (cluster-wide)
      + object      ClusterRoleBinding/prometheus (cluster-wide)
      + permission  ClusterRole/prometheus: get on /metrics
      + permission  ClusterRole/prometheus: get, list, watch on endpoints, nodes, nodes/metrics, pods, services
      + permission  ClusterRole/prometheus: get, list, watch on endpointslices of discovery.k8s.io
      + binding     ClusterRoleBinding/prometheus: ServiceAccount/monitoring/prometheus gets ClusterRole/prometheus
      + image       quay.io/prometheus/prometheus:v3.7.3
      + module      server (manifests)
      + namespace   monitoring
      ? condition   "system.kubernetes" is not asked yet
      ? condition   "the server of the old chart is gone" is not asked yet
      ? condition   "a drain takes one DNS pod at a time" is not asked yet
    "#);
}

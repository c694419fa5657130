//! What gets past a policy: things that are said in another way than the rule says them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::sync::atomic::{AtomicUsize, Ordering};

use catalog_model::source::Entry;
use catalog_model::{
    InstalledRelease, LoadOptions, MemorySource, Source, SourceError, SourceFile, load,
};
use catalog_resolve::ledger::{Ledger, OperationLedger};
use catalog_resolve::policy::Policy;
use catalog_resolve::{ClusterView, Outcome, Request, resolve};

/// A package that deploys some manifests.
fn source(manifests: &str) -> MemorySource {
    MemorySource::from_iter([
        ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
        (
            "web/1.0.0/modules.yaml",
            "modules:\n- {name: server, manifests: {path: m}}\n",
        ),
        ("web/1.0.0/m/all.yaml", manifests),
    ])
}

fn ledger(source: &dyn Source) -> Vec<OperationLedger> {
    ledger_of(source, Request::new().install("web", "*").unwrap())
}

fn ledger_of(source: &dyn Source, request: Request) -> Vec<OperationLedger> {
    let loaded = load(source, &LoadOptions::default()).unwrap();
    let catalog = loaded.into_catalog();
    let view = ClusterView::without_cluster(&catalog);
    let Outcome::Resolved(resolution) = resolve(view.universe(), &view.request(request)) else {
        panic!("there is an answer");
    };
    let ledger = Ledger::new(&catalog).files(source).view(&view);
    ledger.of(&resolution.plan())
}

fn policy(rule: &str) -> Policy {
    let text = format!("rules:\n- {{name: a, {rule}, reason: r}}\n");
    let (policy, diagnostics) = Policy::read(&SourceFile::new("policy.yaml", text));
    policy.unwrap_or_else(|| panic!("{rule}: {diagnostics:?}"))
}

fn role(rule: &str) -> String {
    format!(
        "{{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {{name: r}}, rules: [{rule}]}}"
    )
}

fn webhook(rule: &str) -> String {
    format!(
        "{{apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration, metadata: {{name: r}}, webhooks: [{{name: a.example.com, rules: [{rule}]}}]}}"
    )
}

fn pod(spec: &str) -> String {
    format!("{{apiVersion: v1, kind: Pod, metadata: {{name: p}}, spec: {{{spec}}}}}")
}

fn image(name: &str) -> String {
    pod(&format!("containers: [{{name: c, image: '{name}'}}]"))
}

/// Whether a rule has something against manifests.
fn denies(rule: &str, manifests: &str) -> bool {
    !policy(rule)
        .gate(&ledger(&source(manifests)), &[])
        .is_pass()
}

#[test]
fn who_is_granted_more_than_what_is_denied_is_denied() {
    let exec = "deny: permissions, where: {resources: [pods/exec]}";
    let metrics = "deny: permissions, where: {resources: [/metrics]}";
    for (rule, granted, is_denied) in [
        (
            exec,
            "{apiGroups: [''], resources: ['*/exec'], verbs: [create]}",
            true,
        ),
        (
            exec,
            "{apiGroups: [''], resources: ['*'], verbs: [create]}",
            true,
        ),
        (
            exec,
            "{apiGroups: [''], resources: ['*/log'], verbs: [create]}",
            false,
        ),
        (
            exec,
            "{apiGroups: [''], resources: [pods], verbs: [create]}",
            false,
        ),
        (metrics, "{nonResourceURLs: ['/*'], verbs: [get]}", true),
        (metrics, "{nonResourceURLs: ['/met*'], verbs: [get]}", true),
        (
            metrics,
            "{nonResourceURLs: ['/healthz*'], verbs: [get]}",
            false,
        ),
    ] {
        assert_eq!(denies(rule, &role(granted)), is_denied, "{rule}: {granted}");
    }
}

#[test]
fn who_intercepts_more_than_what_is_denied_is_denied() {
    let deployments = "deny: webhooks, where: {resources: [deployments.apps]}";
    let secrets = "deny: webhooks, where: {resources: [secrets]}";
    let rule = |group: &str, resource: &str| {
        format!(
            "{{apiGroups: ['{group}'], apiVersions: ['*'], operations: [CREATE], resources: ['{resource}']}}"
        )
    };
    for (denied, group, resource, is_denied) in [
        (deployments, "apps", "*", true),
        (deployments, "*", "deployments", true),
        (deployments, "batch", "*", false),
        (secrets, "*", "secrets", true),
        (secrets, "", "secrets", true),
        (secrets, "*", "*", true),
        (secrets, "example.com", "secrets", false),
    ] {
        let manifests = webhook(&rule(group, resource));
        assert_eq!(
            denies(denied, &manifests),
            is_denied,
            "{denied}: {group} {resource}"
        );
    }
}

#[test]
fn an_image_is_the_one_that_nodes_take() {
    let busybox = "deny: images, where: {registries: [docker.io], repositories: [library/busybox]}";
    for (name, is_denied) in [
        ("busybox", true),
        ("busybox:1", true),
        ("docker.io/busybox", true),
        ("index.docker.io/library/busybox:1", true),
        ("docker.io/other/busybox", false),
        ("LOCAL/busybox", false),
        ("quay.io/library/busybox", false),
    ] {
        assert_eq!(denies(busybox, &image(name)), is_denied, "{name}");
    }
    let volume = pod(
        "containers: [{name: c, image: a}], volumes: [{name: v, image: {reference: evil.example/x:1}}]",
    );
    let evil = "deny: images, where: {registries: [evil.example]}";
    assert!(denies(evil, &volume), "an image that is mounted");
}

#[test]
fn every_way_to_the_node_is_seen() {
    let context = |text: &str| {
        pod(&format!(
            "containers: [{{name: c, image: a, securityContext: {{{text}}}}}]"
        ))
    };
    let probing = |text: &str| pod(&format!("containers: [{{name: c, image: a, {text}}}]"));
    let volume = |text: &str| {
        format!(
            "{{apiVersion: v1, kind: PersistentVolume, metadata: {{name: p}}, spec: {{{text}}}}}"
        )
    };
    let of_pod = |text: &str| {
        pod(&format!(
            "securityContext: {{{text}}}, containers: [{{name: c, image: a}}]"
        ))
    };
    for (access, manifests) in [
        ("hostPath", volume("hostPath: {path: /}")),
        ("hostPath", volume("local: {path: /mnt}")),
        ("hostProcess", of_pod("windowsOptions: {hostProcess: true}")),
        (
            "hostProcess",
            context("windowsOptions: {hostProcess: true}"),
        ),
        ("procMount", context("procMount: Unmasked")),
        ("unconfined", of_pod("seccompProfile: {type: Unconfined}")),
        ("unconfined", context("appArmorProfile: {type: Unconfined}")),
        (
            "sysctl",
            of_pod("sysctls: [{name: kernel.msgmax, value: '1'}]"),
        ),
        ("seLinuxOptions", of_pod("seLinuxOptions: {type: spc_t}")),
        ("seLinuxOptions", context("seLinuxOptions: {type: spc_t}")),
        (
            "seLinuxOptions",
            context("seLinuxOptions: {user: system_u}"),
        ),
        ("seLinuxOptions", of_pod("seLinuxOptions: {role: system_r}")),
        (
            "probeHost",
            probing("livenessProbe: {httpGet: {port: 80, host: 127.0.0.1}}"),
        ),
        (
            "probeHost",
            probing("readinessProbe: {tcpSocket: {port: 80, host: db}}"),
        ),
        (
            "probeHost",
            probing("startupProbe: {tcpSocket: {port: 80, host: db}}"),
        ),
        (
            "probeHost",
            probing("lifecycle: {postStart: {httpGet: {port: 80, host: db}}}"),
        ),
        (
            "probeHost",
            probing("lifecycle: {preStop: {tcpSocket: {port: 80, host: db}}}"),
        ),
        ("capability", context("capabilities: {add: [NET_ADMIN]}")),
        ("capability", context("capabilities: {add: [ALL]}")),
    ] {
        let rule = format!("deny: host, where: {{access: [{access}]}}");
        assert!(denies(&rule, &manifests), "{access}: {manifests}");
    }
    for harmless in [
        context("capabilities: {add: [CHOWN, CAP_KILL]}, procMount: Default"),
        of_pod(
            "seccompProfile: {type: RuntimeDefault}, sysctls: [{name: net.ipv4.tcp_syncookies, value: '1'}]",
        ),
        of_pod(
            "sysctls: [{name: net.ipv4.tcp_rmem, value: '1'}, {name: net.ipv4.tcp_wmem, value: '1'}]",
        ),
        of_pod("seLinuxOptions: {type: container_engine_t, level: 's0:c1', user: ''}"),
        probing(
            "livenessProbe: {httpGet: {port: 80, host: ''}}, readinessProbe: {exec: {command: [a]}}",
        ),
        volume("csi: {driver: d, volumeHandle: v}"),
    ] {
        assert!(!denies("deny: host", &harmless), "{harmless}");
    }
}

#[test]
fn an_aggregated_api_is_one() {
    let service = "{apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: {name: v1.e.com}, spec: {group: e.com, version: v1, groupPriorityMinimum: 1, versionPriority: 1, service: {name: s, namespace: n}}}";
    assert!(denies("deny: apis, where: {groups: [e.com]}", service));
    assert!(!denies("deny: apis, where: {groups: [other.com]}", service));
}

#[test]
fn a_crd_that_an_upgrade_drops_is_a_break() {
    let crd = "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: ws.e.com}, spec: {group: e.com, scope: Cluster, names: {kind: W, plural: ws}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}}";
    let source = MemorySource::from_iter([
        ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
        ("web/1.0.0/definitions/crd.yaml", crd),
        ("web/1.0.1/metadata.yaml", "name: web\nversion: 1.0.1\n"),
    ]);
    let installed = || Request::new().installed(InstalledRelease::new("web", "1.0.0", "web"));
    let denied = |request: Request, rule: &str| {
        let ledger = ledger_of(&source, request);
        !policy(rule).gate(&ledger, &[]).is_pass()
    };
    assert!(denied(installed().upgrade("web"), "deny: breaks"));
    let gone = "deny: breaks, where: {codes: [crd.gone], hits: [read], names: [ws.e.com]}";
    assert!(denied(installed().upgrade("web"), gone));
    // Who uninstalls a package wants that.
    assert!(!denied(installed().remove("web"), "deny: breaks"));
}

/// Counts how often a file is read.
#[derive(Debug)]
struct Counted {
    source: MemorySource,
    reads: AtomicUsize,
}

impl Source for Counted {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError> {
        self.source.list(folder)
    }

    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.source.read(file, limit)
    }

    fn is_inside(&self, path: &str, folder: &str) -> bool {
        self.source.is_inside(path, folder)
    }

    fn display(&self, path: &str) -> String {
        self.source.display(path)
    }
}

#[test]
fn a_file_is_read_once_however_much_of_it_is_forbidden() {
    let rules: Vec<String> = (0..300)
        .map(|n| format!("{{apiGroups: ['g{n}'], resources: [pods], verbs: [get]}}"))
        .collect();
    let source = source(&role(&rules.join(", ")));
    let ledger = ledger(&source);
    let policy = policy("deny: permissions");
    let outcome = policy.gate(&ledger, &[]);
    assert_eq!(outcome.violations().len(), 300);
    let counted = Counted {
        source,
        reads: AtomicUsize::new(0),
    };
    let all = outcome.diagnostics(&policy, |_| &counted);
    assert_eq!(counted.reads.load(Ordering::Relaxed), 1);
    let one_by_one: Vec<String> = outcome
        .violations()
        .iter()
        .map(|one| format!("{:?}", one.diagnostic(&policy, &counted)))
        .collect();
    let all: Vec<String> = all.iter().map(|one| format!("{one:?}")).collect();
    assert_eq!(all, one_by_one);
}

//! Hooks whose pods the server or its policies refuse: none of it shows in the Job.

use std::time::Duration;

use catalog_hooks::journal::OperationStatus::{Degraded, Unchanged};
use catalog_hooks::journal::{OperationJournal, VerdictKind};
use catalog_hooks::kube::KubeCluster;
use catalog_hooks::{Decision, Machine, Outcome, Settings};
use catalog_model::Operation;
use serde_json::{Value, json};

use crate::runner::{Runner, Script, catalog, package, settings, version};
use crate::server::LIMITED;
use crate::world::{World, text};

/// Waits that suit a hook that nothing will come of.
fn impatient() -> Settings {
    let mut settings = settings();
    settings.kind_patience = Duration::from_secs(2);
    settings
}

/// An instance in a namespace that is there, with one hook.
async fn shop(name: &str, phase: &str, account: &str, labels: Value) -> Option<Runner> {
    let hooks = format!(
        "{phase}:\n- name: check\n  timeout: 1m\n  stuckAfter: 2s\n  job:\n    apiVersion: batch/v1\n    kind: Job\n    spec:\n      template:\n        spec:\n          serviceAccountName: {account}\n          containers:\n          - {{name: main, image: 'main:v1'}}\n"
    );
    let catalog = catalog(&[
        ("shop/1.0.0/metadata.yaml", "name: shop\nversion: 1.0.0\n"),
        ("shop/1.0.0/hooks/install.yaml", &hooks),
    ]);
    World::labelled(name, labels).await?;
    Runner::new(name, catalog).await
}

/// Installs it as somebody, to whom its pods matter.
async fn install(runner: &mut Runner, cluster: &KubeCluster) -> (Outcome, Machine) {
    let operation = Operation::install(package("shop"), version("1.0.0"), &runner.nodes.namespace);
    let plan = runner.plan(&operation).await;
    let mut machine = Machine::begin(plan, "the first", impatient());
    let outcome = runner.drive(&mut machine, cluster, &Script::new()).await;
    (outcome, machine)
}

/// Asserts how the only attempt ended, and that no pod of it is there.
async fn assert_failed(runner: &Runner, operation: &OperationJournal, words: [&str; 2]) {
    let [attempt] = operation.attempts() else {
        panic!("{operation:#?}")
    };
    let verdict = attempt.verdict().expect("a verdict");
    assert_eq!(verdict.kind, VerdictKind::Failed, "{operation:#?}");
    for said in words {
        assert!(verdict.message.contains(said), "{}", verdict.message);
    }
    assert!(runner.nodes.list("v1", "Pod").await.is_empty());
    runner.assert_released().await;
}

/// There is no such account.
async fn for_want_of_an_account() {
    let Some(mut runner) = shop("refused-account", "pre-install", "none", json!({})).await else {
        return;
    };
    let cluster = runner.world.cluster.clone();
    let (outcome, machine) = install(&mut runner, &cluster).await;
    assert_eq!(outcome, Outcome::Unchanged);
    let journal = machine.journal();
    let operation = &journal.operations()[0];
    assert_eq!(operation.status(), Unchanged);
    let words = [
        "its pod would be refused",
        "serviceaccount \"none\" not found",
    ];
    assert_failed(&runner, operation, words).await;
    let jobs = runner.nodes.list("batch/v1", "Job").await;
    let started = |job: &Value| !text(job, "/status/startTime").is_empty();
    assert!(!jobs.iter().any(started), "it was never let run: {jobs:#?}");
}

/// The namespace has a standard for pods.
async fn by_the_security_of_its_namespace() {
    let labels = json!({"pod-security.kubernetes.io/enforce": "restricted"});
    let Some(mut runner) = shop("refused-policy", "pre-install", "default", labels).await else {
        return;
    };
    let cluster = runner.world.cluster.clone();
    let (outcome, machine) = install(&mut runner, &cluster).await;
    assert_eq!(outcome, Outcome::Unchanged);
    let journal = machine.journal();
    let operation = &journal.operations()[0];
    let words = ["its pod would be refused", "violates PodSecurity"];
    assert_failed(&runner, operation, words).await;
}

/// Once there is room, whoever resumes the run brings it to its end.
async fn for_want_of_room_and_later_not() {
    let Some(mut runner) = shop("refused-quota", "post-install", "default", json!({})).await else {
        return;
    };
    let mut quota = runner.nodes.manifest("v1", "ResourceQuota", "no-pods");
    quota["spec"] = json!({"hard": {"pods": "0"}});
    let quota = runner.nodes.create(quota).await;
    let target = runner.nodes.named("v1", "ResourceQuota", "no-pods");
    let counts = |quota: Option<&Value>| {
        quota.is_some_and(|quota| quota.pointer("/status/used/pods").is_some())
    };
    runner.nodes.until("the quota", &target, counts).await;
    let cluster = runner.world.cluster.clone();
    let (outcome, machine) = install(&mut runner, &cluster).await;
    assert_eq!(outcome, Outcome::Partial);
    let journal = machine.journal();
    let operation = &journal.operations()[0];
    assert_eq!(operation.status(), Degraded);
    let words = ["its pod would be refused", "exceeded quota: no-pods"];
    assert_failed(&runner, operation, words).await;

    runner.nodes.delete(&quota).await;
    let stored = runner.journal().load().await.unwrap().expect("a journal");
    let plan = std::sync::Arc::new(machine.plan().clone());
    let decision = Decision::Resume;
    let mut machine =
        Machine::resume(plan, stored, "the second", decision, impatient()).expect("a run");
    let outcome = runner.drive(&mut machine, &cluster, &Script::new()).await;
    assert_eq!(outcome, Outcome::Done);
    let journal = machine.journal();
    let operation = &journal.operations()[0];
    let attempts: Vec<_> = operation
        .attempts()
        .iter()
        .map(|one| one.succeeded())
        .collect();
    assert_eq!(attempts, [false, true]);
}

/// Lets the limited user do in a namespace what a runner has to, but for trying whether a pod would be taken.
async fn grant(world: &World) {
    let rbac = "rbac.authorization.k8s.io/v1";
    let mut role = world.manifest(rbac, "Role", "runner");
    role["rules"] = json!([
        {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get"]},
        {"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get", "list", "watch", "delete"]},
        {"apiGroups": [""], "resources": ["events"], "verbs": ["list"]},
        {"apiGroups": [""], "resources": ["secrets", "configmaps", "serviceaccounts"], "verbs": ["*"]},
        {"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["*"]},
    ]);
    world.create(role).await;
    let mut binding = world.manifest(rbac, "RoleBinding", "runner");
    binding["roleRef"] =
        json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "runner"});
    binding["subjects"] =
        json!([{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": LIMITED}]);
    world.create(binding).await;
}

/// A runner that may not create pods learns it of the controller's Events. It ends the Job, and only then says so.
async fn as_events_alone_tell() {
    let Some(mut runner) = shop("refused-later", "pre-install", "none", json!({})).await else {
        return;
    };
    grant(&runner.world).await;
    grant(&runner.nodes).await;
    let cluster = KubeCluster::new(runner.world.server.client(LIMITED).await);
    let (outcome, machine) = install(&mut runner, &cluster).await;
    let journal = machine.journal();
    let operation = &journal.operations()[0];
    assert_eq!(outcome, Outcome::Unchanged, "{operation:#?}");
    let words = ["stuck: ", "serviceaccount \"none\" not found"];
    assert_failed(&runner, operation, words).await;
    let jobs = runner.nodes.list("batch/v1", "Job").await;
    let [job] = jobs.as_slice() else {
        panic!("what failed is kept: {jobs:#?}")
    };
    assert_eq!(job["spec"]["activeDeadlineSeconds"], 1, "the latch");
    assert!(crate::hook::has(job, "Failed"), "{job:#}");
}

#[tokio::test]
async fn a_pod_is_refused() {
    tokio::join!(
        for_want_of_an_account(),
        by_the_security_of_its_namespace(),
        for_want_of_room_and_later_not(),
        as_events_alone_tell(),
    );
}

//! What ends a run from outside, while its hook runs on a real server.

use std::pin::pin;
use std::time::Duration;

use catalog_hooks::journal::{JOURNAL_TYPE, VerdictKind};
use catalog_hooks::kube::{KubeLease, KubeSurroundings};
use catalog_hooks::lease::LeaseKeeper;
use catalog_hooks::{Machine, Outcome, Stop};
use catalog_model::Operation;
use futures_util::{StreamExt as _, stream};
use serde_json::json;

use crate::runner::{Act, Deployed, Runner, Script, nodes, package, version};
use crate::shop::shop;
use crate::world::text;

/// Installs the shop, whose first hook runs until it is stopped.
async fn begin(name: &str) -> Option<(Runner, Machine, Script)> {
    let mut runner = Runner::new(name, shop()).await?;
    let operation = Operation::install(package("shop"), version("1.0.0"), name);
    let plan = runner.plan(&operation).await;
    let machine = runner.machine(plan).await;
    Some((runner, machine, Script::from([("prepare", Act::Runs)])))
}

/// Waits until the pod of a hook runs.
async fn running(runner: &Runner) {
    let is_running = |pod: &serde_json::Value| text(pod, "/status/phase") == "Running";
    while !runner.nodes.list("v1", "Pod").await.iter().any(is_running) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn surroundings(runner: &Runner) -> KubeSurroundings<'static> {
    let cluster = runner.world.cluster.clone();
    KubeSurroundings::new(cluster, runner.journal(), catalog_hooks::NoConditions)
        .with_modules(Deployed)
}

#[tokio::test]
async fn told_once_it_stops_the_hook() {
    let Some((runner, mut machine, script)) = begin("told-once").await else {
        return;
    };
    let told = pin!(stream::once(running(&runner)).chain(stream::pending()));
    let surroundings = surroundings(&runner);
    let drive = surroundings.drive(&mut machine, told, |_| {});
    let outcome = tokio::select! {
        outcome = drive => outcome,
        () = nodes(&runner.nodes, &script) => panic!("nodes never end"),
        () = tokio::time::sleep(Duration::from_secs(60)) => panic!("it takes too long"),
    };
    assert_eq!(outcome, Outcome::Unchanged, "no hook of it has an undo");
    let journal = machine.journal();
    let verdict = journal.operations()[0].attempts()[0]
        .verdict()
        .expect("a verdict");
    assert_eq!(verdict.kind, VerdictKind::Cancelled);
    runner.assert_released().await;
}

/// Somebody labels the journal's Secret while the hook runs: the run goes on, and is told to stop after that.
#[tokio::test]
async fn what_others_set_on_its_journal_does_not_stop_it() {
    let Some((runner, mut machine, script)) = begin("annotated").await else {
        return;
    };
    let annotated = async {
        running(&runner).await;
        let secrets = runner.world.list("v1", "Secret").await;
        let mut journals = secrets
            .iter()
            .filter(|secret| secret["type"] == JOURNAL_TYPE);
        let journal = text(journals.next().expect("a journal"), "/metadata/name");
        let path = format!(
            "/api/v1/namespaces/{}/secrets/{journal}",
            runner.world.namespace
        );
        let seen =
            json!({"metadata": {"annotations": {"backup": "seen"}, "labels": {"team": "a"}}});
        runner.world.send("PATCH", &path, &seen).await;
    };
    let told = pin!(stream::once(annotated).chain(stream::pending()));
    let surroundings = surroundings(&runner);
    let drive = surroundings.drive(&mut machine, told, |_| {});
    let outcome = tokio::select! {
        outcome = drive => outcome,
        () = nodes(&runner.nodes, &script) => panic!("nodes never end"),
        () = tokio::time::sleep(Duration::from_secs(60)) => panic!("it takes too long"),
    };
    assert_eq!(outcome, Outcome::Unchanged);
    runner.assert_released().await;
}

#[tokio::test]
async fn told_twice_it_leaves_all_as_it_is() {
    let Some((runner, mut machine, script)) = begin("told-twice").await else {
        return;
    };
    let twice = stream::once(running(&runner)).chain(stream::iter([()]));
    let told = pin!(twice.chain(stream::pending()));
    let surroundings = surroundings(&runner);
    let drive = surroundings.drive(&mut machine, told, |_| {});
    let outcome = tokio::select! {
        outcome = drive => outcome,
        () = nodes(&runner.nodes, &script) => panic!("nodes never end"),
        () = tokio::time::sleep(Duration::from_secs(60)) => panic!("it takes too long"),
    };
    assert_eq!(outcome, Outcome::Stopped(Stop::Detached));
    assert_eq!(runner.nodes.list("batch/v1", "Job").await.len(), 1);
}

#[tokio::test]
async fn without_its_lease_it_stops() {
    let Some((runner, mut machine, script)) = begin("leaseless").await else {
        return;
    };
    let keeper = LeaseKeeper::new("leaseless-home", "shop", "first").expect("a keeper");
    let keeper = keeper.with_duration(Duration::from_secs(15));
    let lease = KubeLease::new(runner.world.cluster.clone(), keeper);
    lease.acquire().await.expect("nobody else wants it");
    let seize = async {
        running(&runner).await;
        let path = "/apis/coordination.k8s.io/v1/namespaces/leaseless-home/leases/shop";
        let theirs = json!({"spec": {"holderIdentity": "somebody"}});
        runner.world.send("PATCH", path, &theirs).await;
        std::future::pending::<()>().await;
    };
    let surroundings = surroundings(&runner).with_lease(&lease);
    let drive = surroundings.drive(&mut machine, stream::pending(), |_| {});
    let outcome = tokio::select! {
        outcome = drive => outcome,
        () = seize => panic!("it never ends"),
        () = nodes(&runner.nodes, &script) => panic!("nodes never end"),
        () = tokio::time::sleep(Duration::from_secs(60)) => panic!("it takes too long"),
    };
    assert_eq!(outcome, Outcome::Stopped(Stop::LeaseLost));
    assert_eq!(lease.holder().as_deref(), Some("somebody"));
}

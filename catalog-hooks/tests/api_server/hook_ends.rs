//! How a hook can end, and what becomes of its operation: on a real server, with the real Job controller.

use std::pin::pin;

use catalog_hooks::api::{ObjectRef, PatchKind};
use catalog_hooks::journal::OperationStatus::{self, Degraded, Done, NeedsDecision};
use catalog_hooks::journal::VerdictKind::{self, Cancelled, Failed, Lost, Succeeded, TimedOut};
use catalog_model::Operation;
use serde_json::{Value, json};

use crate::runner::{Act, Runner, Script, catalog, package, version};
use crate::world::{World, text};

/// What somebody does to the Job of the hook while it runs.
#[derive(Clone, Copy, Debug)]
enum Meddling {
    None,
    /// Deletes it; our finalizer holds it.
    Deletes,
    /// Takes all finalizers off and deletes it, and its pods with it.
    Destroys,
    /// Suspends it.
    Suspends,
}

/// How the only attempt of a post-install hook ends that has this policy and does this; and how the operation stands, with a part of what
/// its failure says.
async fn check(
    name: &str,
    policy: &str,
    (act, meddling): (Act, Meddling),
    expected: (VerdictKind, OperationStatus, &str),
) {
    let policy: String = policy.lines().map(|line| format!("  {line}\n")).collect();
    let hooks = format!(
        "post-install:\n- name: check\n{policy}  job:\n    apiVersion: batch/v1\n    kind: Job\n    spec:\n      template:\n        spec:\n          terminationGracePeriodSeconds: 1\n          containers:\n          - {{name: main, image: 'main:v1'}}\n"
    );
    let catalog = catalog(&[
        ("shop/1.0.0/metadata.yaml", "name: shop\nversion: 1.0.0\n"),
        ("shop/1.0.0/hooks/install.yaml", &hooks),
    ]);
    let Some(mut runner) = Runner::new(name, catalog).await else {
        return;
    };
    let script = Script::from([("check", act)]);
    let meddler = meddle(runner.nodes.beside(name), meddling);
    let operation = Operation::install(package("shop"), version("1.0.0"), name);
    let plan = runner.plan(&operation).await;
    let mut machine = runner.machine(plan).await;
    {
        let mut drive = pin!(runner.drive(&mut machine, &runner.world.cluster, &script));
        tokio::select! {
            _ = &mut drive => {}
            () = meddler => { drive.await; }
        }
    }
    let journal = machine.journal();
    let operation = &journal.operations()[0];
    let attempt = &operation.attempts()[0];
    let verdict = attempt.verdict().expect("a verdict");
    let said = operation
        .failure()
        .map(|failure| failure.message.clone())
        .unwrap_or_default();
    let warned = operation.warnings().join("\n");
    assert_eq!(
        (verdict.kind, operation.status()),
        (expected.0, expected.1),
        "{name}: {operation:#?}"
    );
    assert!(
        said.contains(expected.2) || warned.contains(expected.2),
        "{name}: {said}\n{warned}"
    );
    assert_eq!(operation.attempts().len(), 1, "{name}: {operation:#?}");
    runner.assert_released().await;
}

/// Waits until a pod of the hook runs, and meddles.
async fn meddle(world: World, meddling: Meddling) {
    if matches!(meddling, Meddling::None) {
        std::future::pending::<()>().await;
    }
    let job = loop {
        let pods = world.list("v1", "Pod").await;
        let running = pods
            .iter()
            .any(|pod| text(pod, "/status/phase") == "Running");
        if let Some(job) = world
            .list("batch/v1", "Job")
            .await
            .pop()
            .filter(|_| running)
        {
            break job;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    };
    match meddling {
        Meddling::None => {}
        Meddling::Deletes => world.delete(&job).await,
        Meddling::Destroys => destroy(&world, &job).await,
        Meddling::Suspends => {
            world
                .patch(&job, PatchKind::Merge, json!({"spec": {"suspend": true}}))
                .await;
        }
    }
}

async fn destroy(world: &World, job: &Value) {
    let free = json!({"metadata": {"finalizers": null}});
    world.patch(job, PatchKind::Merge, free).await;
    world.delete(job).await;
    let target = ObjectRef::of(job).expect("a Job");
    world
        .until("the Job's end", &target, |job| job.is_none())
        .await;
}

#[tokio::test]
async fn by_themselves() {
    let none = Meddling::None;
    tokio::join!(
        check(
            "end-well",
            "timeout: 30s",
            (Act::Ends(0), none),
            (Succeeded, Done, "")
        ),
        check(
            "end-badly",
            "timeout: 30s",
            (Act::Ends(3), none),
            (
                Failed,
                Degraded,
                "its container ended with 3: the last words"
            )
        ),
        check(
            "end-late",
            "timeout: 2s",
            (Act::Runs, none),
            (TimedOut, Degraded, "it took longer than 2 s")
        ),
        check(
            "end-never",
            "timeout: 3s",
            (Act::Waits, none),
            (TimedOut, Degraded, "it took longer than 3 s")
        ),
        check(
            "end-aside",
            "timeout: 30s\nonFailure: continue",
            (Act::Ends(3), none),
            (Failed, Done, "its container ended with 3")
        ),
        check(
            "end-evicted",
            "timeout: 30s",
            (Act::EvictedOnce, none),
            (Succeeded, Done, "")
        ),
        check(
            "end-evicted-once",
            "timeout: 30s\nsemantics: at-most-once",
            (Act::EvictedOnce, none),
            (Failed, Degraded, "")
        ),
        check(
            "end-unknown",
            "timeout: 2s",
            (Act::Unreachable, none),
            (
                TimedOut,
                NeedsDecision,
                "node `node-of-end-unknown` is not known"
            )
        ),
    );
}

#[tokio::test]
async fn by_the_hands_of_others() {
    tokio::join!(
        check(
            "end-deleted",
            "timeout: 30s",
            (Act::Runs, Meddling::Deletes),
            (Cancelled, Degraded, "somebody deleted its Job while it ran")
        ),
        check(
            "end-destroyed",
            "timeout: 30s",
            (Act::Runs, Meddling::Destroys),
            (Lost, Degraded, "its Job is gone")
        ),
        check(
            "end-lost-once",
            "timeout: 30s\nsemantics: at-most-once",
            (Act::Runs, Meddling::Destroys),
            (Lost, NeedsDecision, "its Job is gone")
        ),
        check(
            "end-suspended",
            "timeout: 6s",
            (Act::Runs, Meddling::Suspends),
            (TimedOut, Degraded, "was suspended by somebody else")
        ),
    );
}

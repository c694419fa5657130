//! A pod on a node that nobody reaches: nothing is started beside it, whoever decides what, until the node says that it is over.

use std::sync::Arc;

use catalog_hooks::journal::OperationStatus;
use catalog_hooks::journal::OperationStatus::{Done, NeedsDecision};
use catalog_hooks::{Decision, Machine, Outcome};
use catalog_model::{Catalog, Operation};

use crate::runner::{Act, Runner, Script, catalog, package, settings, version};

fn shop() -> Catalog {
    let hooks = "post-install:\n- name: check\n  timeout: 8s\n  job:\n    apiVersion: batch/v1\n    kind: Job\n    spec:\n      template:\n        spec:\n          terminationGracePeriodSeconds: 1\n          containers:\n          - {name: main, image: 'main:v1'}\n";
    catalog(&[
        ("shop/1.0.0/metadata.yaml", "name: shop\nversion: 1.0.0\n"),
        ("shop/1.0.0/hooks/install.yaml", hooks),
    ])
}

/// Goes on with the run: how it stands then, and how many attempts there were.
async fn resume(
    runner: &Runner,
    writer: &str,
    machine: &Machine,
    script: &Script,
) -> (OperationStatus, usize) {
    let stored = runner.journal().load().await.unwrap().expect("a journal");
    let plan = Arc::new(machine.plan().clone());
    let decision = Decision::Resume;
    let mut machine = Machine::resume(plan, stored, writer, decision, settings()).expect("a run");
    let cluster = runner.world.cluster.clone();
    runner.drive(&mut machine, &cluster, script).await;
    let journal = machine.journal();
    let operation = &journal.operations()[0];
    (operation.status(), operation.attempts().len())
}

#[tokio::test]
async fn nothing_runs_beside_a_pod_that_may_live() {
    let Some(mut runner) = Runner::new("node-returns", shop()).await else {
        return;
    };
    let install = Operation::install(package("shop"), version("1.0.0"), "node-returns");
    let gone = Script::from([("check", Act::Unreachable)]);
    let (outcome, machine) = runner.run(&install, &gone).await;
    assert_eq!(outcome, Outcome::Partial);
    assert_eq!(machine.journal().operations()[0].status(), NeedsDecision);

    // Told to go on too early, it finds the pod where it was.
    let early = resume(&runner, "the second", &machine, &gone).await;
    assert_eq!(early, (NeedsDecision, 1));
    assert_eq!(runner.nodes.list("v1", "Pod").await.len(), 1);

    let returned = resume(&runner, "the third", &machine, &Script::new()).await;
    assert_eq!(returned, (Done, 2), "the hook runs once more");
    runner.assert_released().await;
}

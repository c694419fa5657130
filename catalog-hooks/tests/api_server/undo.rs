//! What takes an upgrade back on a real server: undo Jobs, and the release before.

use std::sync::Arc;

use catalog_hooks::journal::OperationStatus::{self, Broken, RolledBack};
use catalog_hooks::{Decision, Machine, Outcome, Role};
use catalog_model::{Catalog, Operation};

use crate::runner::{Act, Runner, Script, catalog, package, settings, version};
use crate::state::state;

/// A Job, as YAML in one line.
const JOB: &str = "{apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: main, image: 'main:v1'}]}}}}";

fn hooks(phase: &str, names: &[&str]) -> String {
    let hook =
        |name: &&str| format!("- name: {name}\n  timeout: 30s\n  job: {JOB}\n  undo: {JOB}\n");
    format!("{phase}:\n{}", names.iter().map(hook).collect::<String>())
}

/// The second version changes one object, takes one away and brings one.
fn shop() -> Catalog {
    let settings = |value| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings}}\ndata: {{a: {value}}}\n"
        )
    };
    let empty = |name| format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n");
    let hooks = hooks("pre-upgrade", &["stop", "backup", "migrate"])
        + &hooks("post-upgrade", &["warm", "check"]);
    catalog(&[
        ("shop/1.0.0/metadata.yaml", "name: shop\nversion: 1.0.0\n"),
        ("shop/1.0.0/definitions/settings.yaml", &settings("one")),
        ("shop/1.0.0/definitions/old.yaml", &empty("old")),
        ("shop/2.0.0/metadata.yaml", "name: shop\nversion: 2.0.0\n"),
        ("shop/2.0.0/definitions/settings.yaml", &settings("two")),
        ("shop/2.0.0/definitions/new.yaml", &empty("new")),
        ("shop/2.0.0/hooks/all.yaml", &hooks),
    ])
}

async fn installed(name: &str) -> Option<(Runner, Operation)> {
    let mut runner = Runner::new(name, shop()).await?;
    let (one, two) = (|| version("1.0.0"), version("2.0.0"));
    let install = Operation::install(package("shop"), one(), name);
    let (outcome, _) = runner.run(&install, &Script::new()).await;
    assert_eq!(outcome, Outcome::Done);
    Some((
        runner,
        Operation::upgrade(package("shop"), one(), two, name),
    ))
}

/// What ran in which order, and how the operation stands.
fn ran(machine: &Machine) -> (OperationStatus, Vec<String>) {
    let journal = machine.journal();
    let operation = &journal.operations()[0];
    let attempts = operation.attempts().iter();
    let ran = attempts.map(|one| {
        let undo = if one.role() == Role::Undo {
            "undo of "
        } else {
            ""
        };
        let failed = if one.succeeded() { "" } else { " failed" };
        format!("{undo}{}{failed}", one.hook())
    });
    (operation.status(), ran.collect())
}

/// Of the hooks before a change, one fails: they are undone, last first.
async fn of_the_hooks_before_a_change() {
    let Some((mut runner, upgrade)) = installed("undo-first").await else {
        return;
    };
    let before = state(&runner).await;
    let script = Script::from([("migrate", Act::Ends(1))]);
    let (outcome, machine) = runner.run(&upgrade, &script).await;
    assert_eq!(outcome, Outcome::Unchanged);
    let order = [
        "stop",
        "backup",
        "migrate failed",
        "undo of migrate",
        "undo of backup",
        "undo of stop",
    ];
    assert_eq!(ran(&machine).1, order);
    assert_eq!(state(&runner).await, before);
    runner.assert_released().await;
}

/// An undo fails itself, and is tried again.
async fn that_fails_itself_and_is_tried_again() {
    let Some((mut runner, upgrade)) = installed("undo-broken").await else {
        return;
    };
    let before = state(&runner).await;
    let script = Script::from([("migrate", Act::Ends(1)), ("undo of backup", Act::Ends(1))]);
    let (outcome, machine) = runner.run(&upgrade, &script).await;
    assert_eq!(outcome, Outcome::Partial);
    let (status, order) = ran(&machine);
    assert_eq!(status, Broken);
    let failed = ["undo of migrate", "undo of backup failed"];
    assert_eq!(order[3..], failed);

    let stored = runner.journal().load().await.unwrap().expect("a journal");
    let plan = Arc::new(machine.plan().clone());
    let decision = Decision::Resume;
    let mut machine =
        Machine::resume(plan, stored, "the second", decision, settings()).expect("a run");
    let cluster = runner.world.cluster.clone();
    let outcome = runner.drive(&mut machine, &cluster, &Script::new()).await;
    assert_eq!(outcome, Outcome::Unchanged);
    assert_eq!(
        ran(&machine).1[5..],
        ["undo of backup", "undo of stop"],
        "what was undone is not undone again"
    );
    assert_eq!(state(&runner).await, before);
    runner.assert_released().await;
}

/// Its last hook fails, and whoever planned it wants it taken back then.
async fn of_a_whole_upgrade() {
    let Some((mut runner, upgrade)) = installed("undo-all").await else {
        return;
    };
    let before = state(&runner).await;
    runner.options.rollback_on_failure = true;
    let script = Script::from([("check", Act::Ends(1))]);
    let (outcome, machine) = runner.run(&upgrade, &script).await;
    assert_eq!(outcome, Outcome::Unchanged);
    let (status, order) = ran(&machine);
    assert_eq!(status, RolledBack);
    let back = [
        "undo of check",
        "undo of warm",
        "undo of migrate",
        "undo of backup",
        "undo of stop",
    ];
    assert_eq!(order[5..], back);
    assert_eq!(state(&runner).await, before);
    runner.assert_released().await;
}

#[tokio::test]
async fn takes_an_upgrade_back() {
    tokio::join!(
        of_the_hooks_before_a_change(),
        that_fails_itself_and_is_tried_again(),
        of_a_whole_upgrade(),
    );
}

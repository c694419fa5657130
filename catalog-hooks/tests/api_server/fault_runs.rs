//! One fault at each effect of each operation on a real server: the run ends as one ends that nothing befell.

use std::sync::Arc;
use std::time::Duration;

use catalog_hooks::Machine;
use catalog_hooks::journal::Journal;
use catalog_model::Operation;
use catalog_model::OperationKind::{self, Install, Rollback, Uninstall, Upgrade};
use futures_util::{FutureExt as _, StreamExt as _, stream};
use serde_json::Value;

use crate::faults::{Effects, Fault, NOWHERE, Place, drive, finish, patient};
use crate::fleet::Fleet;
use crate::runner::{Runner, Script, package, version};
use crate::shop::shop;
use crate::state::{no_jobs, state, story};
use crate::world::World;

/// How many runs are under way on the server at a time, of one test.
const AT_ONCE: usize = 24;

/// The operation, and what is to be there before it.
fn operation(kind: OperationKind, namespace: &str) -> (Option<Operation>, Operation) {
    let (one, two) = (|| version("1.0.0"), || version("2.0.0"));
    let shop = || package("shop");
    let install = |version| Operation::install(shop(), version, namespace);
    match kind {
        Upgrade => (
            Some(install(one())),
            Operation::upgrade(shop(), one(), two(), namespace),
        ),
        Rollback => (
            Some(install(two())),
            Operation::rollback(shop(), two(), one(), namespace),
        ),
        Uninstall => (
            Some(install(one())),
            Operation::uninstall(shop(), one(), namespace),
        ),
        _ => (None, install(one())),
    }
}

/// An instance on which the operation can be carried out.
async fn prepared(name: &str, before: Option<&Operation>) -> Runner {
    let mut runner = Runner::new(name, shop()).await.expect("a server");
    if let Some(before) = before {
        runner.options.skip_hooks = true;
        let plan = runner.plan(before).await;
        let machine = Machine::begin(Arc::clone(&plan), "the one before", patient());
        let (outcome, _) = drive(&runner, &mut { machine }, NOWHERE).await;
        assert_eq!(outcome, Some(catalog_hooks::Outcome::Done), "{before}");
        runner.options.skip_hooks = false;
    }
    runner.options.delete_namespace = true;
    runner
}

/// How a run ended.
struct Ended {
    effects: Effects,
    state: Value,
    story: Value,
}

/// Carries out an operation with a fault, and with whoever goes on after it.
async fn run(kind: OperationKind, name: &str, place: Place) -> Ended {
    let (before, operation) = operation(kind, name);
    let mut runner = prepared(name, before.as_ref()).await;
    let plan = runner.plan(&operation).await;
    let mut machine = match before {
        None => Machine::begin(Arc::clone(&plan), "the first", patient()),
        Some(_) => runner.machine(Arc::clone(&plan)).await,
    };
    let (outcome, effects) = drive(&runner, &mut machine, place).await;
    let mut journal = machine.journal();
    finish(&mut runner, &operation, plan, outcome).await;
    // That of an uninstall is gone.
    if let Some(stored) = runner.journal().load().await.expect("the journal") {
        journal = Journal::parse(&stored.text).expect("a journal");
    }
    runner.assert_released().await;
    if !place.1.is_denial() {
        no_jobs(&runner).await;
    }
    Ended {
        effects,
        state: state(&runner).await,
        story: story(&journal, name),
    }
}

/// The same, where the end must be that of a run that nothing befell.
async fn check(
    fleet: &Fleet,
    (kind, name): (OperationKind, String),
    place: Place,
    expected: &Ended,
) {
    let ended = tokio::time::timeout(Duration::from_secs(200), run(kind, &name, place));
    let ended = ended
        .await
        .unwrap_or_else(|_| panic!("{name} takes too long"));
    assert_eq!(ended.state, expected.state, "{name}");
    if place.1.is_denial() {
        return;
    }
    let counts = fleet.counts(&name);
    let once: Vec<&usize> = counts.values().collect();
    assert_eq!(once, [&1, &1], "{name}: each hook has one pod: {counts:?}");
    // Of an uninstall the last journal is that of the runner that met the fault.
    if kind != Uninstall {
        assert_eq!(ended.story, expected.story, "{name}");
    }
}

/// Each fault at each effect of an operation.
async fn one_fault_at_each_effect(kind: OperationKind, prefix: &'static str) {
    let Some(world) = World::new(&format!("nodes-of-{prefix}")).await else {
        return;
    };
    let fleet = Fleet::new(prefix);
    let all = async {
        let expected = run(kind, &format!("{prefix}-never"), NOWHERE).await;
        assert!(Fault::Killed.places(expected.effects) > 20);
        let (expected, fleet) = (&expected, &fleet);
        // Reads are the same for all operations, and most of what a run does.
        let denied = match kind {
            Install => Fault::Denied,
            _ => Fault::WriteDenied,
        };
        let faults = [Fault::Killed, Fault::Lost, denied].into_iter();
        let places =
            faults.flat_map(|fault| (0..fault.places(expected.effects)).map(move |at| (at, fault)));
        let runs = places.map(|place| {
            let name = format!("{prefix}-{:?}-{}", place.1, place.0).to_lowercase();
            check(fleet, (kind, name), place, expected).boxed_local()
        });
        println!("{kind:?}: {:?}", expected.effects);
        let runs: Vec<_> = runs.collect();
        stream::iter(runs)
            .buffer_unordered(AT_ONCE)
            .collect::<Vec<()>>()
            .await;
    };
    let script = Script::new();
    tokio::select! {
        () = all => {}
        () = fleet.run(&world, &script) => panic!("nodes never end"),
    }
}

#[tokio::test]
async fn of_an_install() {
    one_fault_at_each_effect(Install, "fault-install").await;
}

#[tokio::test]
async fn of_an_upgrade() {
    one_fault_at_each_effect(Upgrade, "fault-upgrade").await;
}

#[tokio::test]
async fn of_a_rollback() {
    one_fault_at_each_effect(Rollback, "fault-rollback").await;
}

#[tokio::test]
async fn of_an_uninstall() {
    one_fault_at_each_effect(Uninstall, "fault-uninstall").await;
}

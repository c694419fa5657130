//! Runs about several packages on a real server.

use std::sync::Arc;

use catalog_hooks::journal::Journal;
use catalog_hooks::journal::OperationStatus::{self, Degraded, Done, NotStarted, RolledBack};
use catalog_hooks::{Decision, Machine, Outcome, StartErrorKind};
use catalog_model::{Catalog, Operation};
use futures_util::{FutureExt as _, StreamExt as _, stream};

use crate::faults::{Effects, Fault, NOWHERE, Place, drive, patient};
use crate::runner::{Act, Runner, Script, catalog, nodes, package, settings, version};

/// How many runners are killed on their way back, at most.
const RUNNERS: usize = 14;

const NAMES: [&str; 3] = ["base", "middle", "top"];

/// Three packages, each with an object and a hook that bears its name.
fn packages() -> Catalog {
    let mut files = Vec::new();
    for name in NAMES {
        let job = "{apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: main, image: 'main:v1'}]}}}}";
        let hooks =
            format!("post-install:\n- name: {name}\n  timeout: 30s\n  job: {job}\n  undo: {job}\n");
        files.push((
            format!("{name}/1.0.0/metadata.yaml"),
            format!("name: {name}\nversion: 1.0.0\n"),
        ));
        files.push((
            format!("{name}/1.0.0/definitions/settings.yaml"),
            format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n"),
        ));
        files.push((format!("{name}/1.0.0/hooks/all.yaml"), hooks));
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    catalog(&files)
}

fn operations(namespace: &str) -> [Operation; 3] {
    NAMES.map(|name| Operation::install(package(name), version("1.0.0"), namespace))
}

fn statuses(journal: &Journal) -> Vec<OperationStatus> {
    journal
        .operations()
        .iter()
        .map(|one| one.status())
        .collect()
}

/// Which packages have their object, and which are on record.
async fn there(runner: &Runner) -> [(bool, bool); 3] {
    let mut there = [(false, false); 3];
    for (name, there) in NAMES.iter().zip(&mut there) {
        let object = runner.nodes.has("v1", "ConfigMap", name).await;
        let record = runner.installed(name).await;
        *there = (object, record.is_some_and(|one| !one.is_unfinished()));
    }
    there
}

#[tokio::test]
async fn a_failure_starts_nothing_more_and_is_resumed() {
    let Some(mut runner) = Runner::new("packages-partial", packages()).await else {
        return;
    };
    let plan = Arc::new(runner.plan_of(&operations("packages-partial")).await);
    let mut machine = Machine::begin(Arc::clone(&plan), "the first", settings());
    let cluster = runner.world.cluster.clone();
    let script = Script::from([("middle", Act::Ends(1))]);
    let outcome = runner.drive(&mut machine, &cluster, &script).await;
    assert_eq!(outcome, Outcome::Partial);
    assert_eq!(statuses(&machine.journal()), [Done, Degraded, NotStarted]);
    let (all, none) = ((true, true), (false, false));
    assert_eq!(there(&runner).await, [all, (true, false), none]);

    let stored = runner.journal().load().await.unwrap().expect("a journal");
    let decision = Decision::Resume;
    let mut machine =
        Machine::resume(plan, stored, "the second", decision, settings()).expect("a run");
    let outcome = runner.drive(&mut machine, &cluster, &Script::new()).await;
    assert_eq!(outcome, Outcome::Done);
    assert_eq!(there(&runner).await, [all; 3]);
    let journal = machine.journal();
    let attempts = journal.operations().iter().map(|one| one.attempts().len());
    assert_eq!(
        attempts.collect::<Vec<_>>(),
        [1, 2, 1],
        "what succeeded does not run again"
    );
    runner.assert_released().await;
}

/// The last of three fails, and what the run did is taken back; a runner is killed on the way, at this effect, and another goes on.
/// How many effects the first runner had.
async fn unwound(name: &str, place: Place) -> Effects {
    let mut runner = Runner::new(name, packages()).await.expect("a server");
    let plan = runner.plan_of(&operations(name)).await.unwinding();
    let plan = Arc::new(plan);
    let script = Script::from([("top", Act::Ends(1))]);
    let work = async {
        let mut machine = Machine::begin(Arc::clone(&plan), "the first", patient());
        let (mut outcome, effects) = drive(&runner, &mut machine, place).await;
        if outcome.is_none() {
            let stored = runner.journal().load().await.unwrap();
            machine = match stored {
                None => Machine::begin(Arc::clone(&plan), "the second", patient()),
                Some(stored) => {
                    match Machine::resume(Arc::clone(&plan), stored, "the second", None, patient())
                    {
                        Ok(second) => second,
                        Err(error) if error.kind() == StartErrorKind::Ended => {
                            return (machine, effects);
                        }
                        Err(error) => panic!("{name}: {error}"),
                    }
                }
            };
            outcome = drive(&runner, &mut machine, NOWHERE).await.0;
        }
        assert_eq!(outcome, Some(Outcome::Unchanged), "{name}");
        (machine, effects)
    };
    let world = runner.nodes.beside(name);
    let (machine, effects) = tokio::select! {
        ended = work => ended,
        () = nodes(&world, &script) => panic!("nodes never end"),
        () = tokio::time::sleep(std::time::Duration::from_secs(180)) => panic!("{name} takes too long"),
    };
    let journal = machine.journal();
    assert_eq!(statuses(&journal), [RolledBack; 3], "{name}");
    assert_eq!(there(&runner).await, [(false, false); 3], "{name}");
    // The hook that failed is undone too.
    let attempts = journal.operations().iter().map(|one| one.attempts().len());
    assert_eq!(attempts.collect::<Vec<_>>(), [2; 3], "{name}");
    runner.assert_released().await;
    effects
}

#[tokio::test]
async fn what_a_run_did_is_taken_back_whenever_its_runner_dies() {
    if crate::server::shared().is_none() {
        return;
    }
    let effects = unwound("packages-back", NOWHERE).await;
    // Each runner has a namespace and pods of its own: as many as a server has in a minute, spread over all that it writes.
    let all = Fault::Killed.places(effects);
    let places = (0..all).step_by(all.div_ceil(RUNNERS));
    let runs = places.map(|at| {
        let name = format!("packages-back-{at}");
        async move {
            unwound(&name, (at, Fault::Killed)).await;
        }
        .boxed()
    });
    stream::iter(runs)
        .buffer_unordered(12)
        .collect::<Vec<()>>()
        .await;
}

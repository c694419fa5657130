//! A runner in a process of its own, killed with SIGKILL, and another one that goes on.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use catalog_hooks::journal::JournalSecret;
use catalog_hooks::kube::{KubeCluster, KubeJournal, KubeSurroundings};
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::{Machine, Poll};
use catalog_model::Operation;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use kube::config::{KubeConfigOptions, Kubeconfig};
use serde_json::Value;

use crate::faults::{finish, patient};
use crate::runner::{Deployed, Runner, Script, nodes, package, version};
use crate::server::ADMIN;
use crate::shop::shop;
use crate::state::{no_jobs, state};

/// Names a folder with a kubeconfig and a plan to the process that runs it.
const FOLDER: &str = "CATALOG_HOOKS_TEST_RUNNER";
/// What the runner's lines begin with.
const LINE: &str = "effect ";

/// The runner's process is this test, started by the one below. Started by anybody else, it has nothing to do.
#[tokio::test]
async fn runner_process() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    let config = Kubeconfig::read_from(folder.join("kubeconfig")).expect("a kubeconfig");
    let config = kube::Config::from_custom_kubeconfig(config, &KubeConfigOptions::default()).await;
    let client = kube::Client::try_from(config.expect("a configuration")).expect("a client");
    let plan = std::fs::read_to_string(folder.join("plan")).expect("the plan");
    let plan = Arc::new(PinnedPlan::parse(&plan).expect("a plan"));
    let journal = KubeJournal::new(
        KubeCluster::new(client.clone()),
        JournalSecret::new(plan.home(), "journal"),
    );
    let mut machine = Machine::begin(plan, "the first", patient());
    let surroundings = KubeSurroundings::new(
        KubeCluster::new(client),
        journal,
        catalog_hooks::NoConditions,
    )
    .with_modules(Deployed);
    let show = |next: &Poll| {
        if let Poll::Do(effect) = next {
            println!("\n{LINE}{}", effect.task);
        }
    };
    surroundings
        .drive(&mut machine, stream::pending(), show)
        .await;
}

/// Where a runner is killed: when an effect of this kind begins for the n-th time, from 0. A kind is a verb, and the kind of object that it is about if
/// there is one: `create Job`, `write`.
type Point = (String, usize);

/// How many runs may end before their runner is killed: how often a journal is written depends on how fast things happen.
const MOST_MISSED: usize = 3;

fn kind(effect: &str) -> String {
    let mut words = effect.split(' ');
    let verb = words.next().unwrap_or_default();
    let object = words
        .next()
        .filter(|word| word.starts_with(char::is_uppercase));
    object.map_or(verb.to_owned(), |object| format!("{verb} {object}"))
}

/// Starts a runner's process, and kills it when it says that it is at this point. The kinds of the effects that it began.
fn run_and_kill(folder: PathBuf, point: Option<&Point>) -> Vec<String> {
    let program = std::env::current_exe().expect("this program");
    let mut process = Command::new(program)
        .args(["--exact", "killed_process::runner_process", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let lines = BufReader::new(process.stdout.take().expect("its output")).lines();
    let mut begun = Vec::new();
    for line in lines.map_while(Result::ok) {
        let Some(effect) = line.strip_prefix(LINE) else {
            continue;
        };
        begun.push(kind(effect));
        let is_there = |(kind, n): &Point| {
            begun.last() == Some(kind) && begun.iter().filter(|one| *one == kind).count() > *n
        };
        if point.is_some_and(is_there) {
            break;
        }
    }
    // One that has ended cannot be killed any more.
    let _ = process.kill();
    process.wait().expect("it ends");
    begun
}

/// The first effect of each kind, and each that writes: whatever a runner does, one is killed when it is about to.
fn points(begun: &[String]) -> Vec<Point> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut points = Vec::new();
    for kind in begun {
        let count = counts.entry(kind).or_default();
        let verb = kind.split(' ').next().unwrap_or_default();
        let is_read = matches!(verb, "read" | "list" | "try" | "log" | "evaluate");
        if *count == 0 || !is_read {
            points.push((kind.clone(), *count));
        }
        *count += 1;
    }
    points
}

/// Asserts that the shop is there, and nothing that was for its hooks.
async fn assert_installed(runner: &Runner) {
    let nodes = &runner.nodes;
    let record = runner.installed("shop").await.expect("a record");
    assert_eq!(record.version(), "1.0.0");
    assert!(nodes.has("v1", "ConfigMap", "settings").await);
    assert!(!nodes.has("v1", "ServiceAccount", "preparer").await);
    runner.assert_released().await;
}

/// Carries an install out in a process of its own that is killed at a point, and by another runner to its end. What came of it, and the kinds of the
/// effects that the first began.
async fn check(name: &str, point: Option<Point>) -> (Value, Vec<String>) {
    let mut runner = Runner::new(name, shop()).await.expect("a server");
    let operation = Operation::install(package("shop"), version("1.0.0"), name);
    let plan = runner.plan(&operation).await;
    let folder = std::env::temp_dir().join(format!("catalog-hooks-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::copy(
        runner.world.server.kubeconfig(ADMIN),
        folder.join("kubeconfig"),
    )
    .expect("a copy");
    std::fs::write(folder.join("plan"), plan.to_text()).expect("the plan");
    let world = runner.nodes.beside(name);
    let (process, script) = (folder.clone(), Script::new());
    let killed = point.clone();
    let work = async {
        let ran = tokio::task::spawn_blocking(move || run_and_kill(process, killed.as_ref()));
        let begun = ran.await.expect("no panic");
        if point.is_some() {
            finish(&mut runner, &operation, plan, None).await;
        }
        begun
    };
    let begun = tokio::select! {
        begun = work => begun,
        () = nodes(&world, &script) => panic!("nodes never end"),
        () = tokio::time::sleep(Duration::from_secs(200)) => panic!("{name} takes too long"),
    };
    assert_installed(&runner).await;
    no_jobs(&runner).await;
    std::fs::remove_dir_all(&folder).expect("the folder can go");
    (state(&runner).await, begun)
}

#[tokio::test]
async fn a_killed_process() {
    if crate::server::shared().is_none() {
        return;
    }
    let (expected, begun) = check("process-never", None).await;
    let points = points(&begun);
    println!(
        "killed at {} of {} effects: {points:?}",
        points.len(),
        begun.len()
    );
    assert!(points.len() > 20, "{points:?}");
    let expected = &expected;
    let runs = points.into_iter().enumerate().map(|(n, point)| {
        async move {
            let (state, begun) = check(&format!("process-{n}"), Some(point.clone())).await;
            assert_eq!(state, *expected, "killed at {point:?}");
            let count = begun.iter().filter(|kind| **kind == point.0).count();
            usize::from(count <= point.1)
        }
        .boxed()
    });
    let runs = stream::iter(runs).buffer_unordered(8);
    let missed: usize = runs.collect::<Vec<usize>>().await.iter().sum();
    assert!(missed <= MOST_MISSED, "{missed} ended before");
}

//! A runner in a process of its own, killed with SIGKILL, and another one that goes on.

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

use crate::faults::{finish, patient};
use crate::runner::{Deployed, Runner, Script, nodes, package, version};
use crate::server::ADMIN;
use crate::shop::shop;

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

/// Starts a runner's process, and kills it when it says that its n-th effect begins, from 0. Whether it came so far.
fn run_and_kill(folder: PathBuf, at: usize) -> bool {
    let program = std::env::current_exe().expect("this program");
    let mut process = Command::new(program)
        .args(["--exact", "killed_process::runner_process", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let lines = BufReader::new(process.stdout.take().expect("its output")).lines();
    let mut effects = lines
        .map_while(Result::ok)
        .filter(|line| line.starts_with(LINE));
    let came_so_far = effects.nth(at).is_some();
    process.kill().expect("it can be killed");
    process.wait().expect("it ends");
    came_so_far
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

async fn check(at: usize) {
    let name = format!("process-{at}");
    let mut runner = Runner::new(&name, shop()).await.expect("a server");
    let operation = Operation::install(package("shop"), version("1.0.0"), &name);
    let plan = runner.plan(&operation).await;
    let folder = std::env::temp_dir().join(format!("catalog-hooks-{}-{at}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::copy(
        runner.world.server.kubeconfig(ADMIN),
        folder.join("kubeconfig"),
    )
    .expect("a copy");
    std::fs::write(folder.join("plan"), plan.to_text()).expect("the plan");
    let world = runner.nodes.beside(&name);
    let (process, script) = (folder.clone(), Script::new());
    let work = async {
        let ran = tokio::task::spawn_blocking(move || run_and_kill(process, at)).await;
        assert!(ran.expect("no panic"), "it ended before effect {at}");
        finish(&mut runner, &operation, plan, None).await;
    };
    tokio::select! {
        () = work => {}
        () = nodes(&world, &script) => panic!("nodes never end"),
        () = tokio::time::sleep(Duration::from_secs(120)) => panic!("{name} takes too long"),
    }
    assert_installed(&runner).await;
    std::fs::remove_dir_all(&folder).expect("the folder can go");
}

#[tokio::test]
async fn a_killed_process() {
    if crate::server::shared().is_none() {
        return;
    }
    let points = [0, 1, 3, 6, 10, 13, 15, 17, 19, 22, 26, 30, 34, 38, 42];
    let runs = points.map(|at| check(at).boxed());
    stream::iter(runs)
        .buffer_unordered(8)
        .collect::<Vec<()>>()
        .await;
}

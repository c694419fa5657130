//! Modules that controllers deploy: what the renderers write is what the controllers' definitions take, and what the controllers say of it
//! decides.

use std::sync::Arc;
use std::time::{Duration, Instant};

use catalog_hooks::journal::OperationStatus::Degraded;
use catalog_hooks::{Decision, Machine, Outcome};
use catalog_model::{Catalog, Operation};
use serde_json::Value;

use crate::controllers::{Conduct, Controllers, Rendered, define};
use crate::runner::{Runner, Script, catalog, package, settings, version};
use crate::world::text;

const FLUX: &str = "helm.toolkit.fluxcd.io/v2";
const SOURCES: &str = "source.toolkit.fluxcd.io/v1";
const TERRAFORM: &str = "terraform.core.oam.dev/v1beta2";

/// A chart of a repository.
fn repository_chart(value: &str) -> String {
    format!(
        "- name: web\n  chart: {{remote: {{repo: 'https://charts.example.com', name: web, version: 1.2.3}}}}\n  values: {{mode: {value}}}\n"
    )
}

/// A chart of a registry.
fn registry_chart(version: &str) -> String {
    format!(
        "- name: cache\n  chart: {{remote: {{repo: 'oci://registry.example.com/charts', name: cache, version: {version}}}}}\n"
    )
}

/// Modules of Terraform, one called and one cloned.
fn terraform(value: &str) -> String {
    format!(
        "- name: db\n  terraform: {{remote: {{source: example/db/cloud, version: 1.0.0}}}}\n  values: {{size: {value}}}\n- name: net\n  terraform: {{remote: {{source: 'git::https://git.example.com/net.git//vpc'}}}}\n"
    )
}

/// A shop with these modules in its two versions.
fn shop(one: &str, two: &str) -> Catalog {
    catalog(&[
        ("shop/1.0.0/metadata.yaml", "name: shop\nversion: 1.0.0\n"),
        ("shop/1.0.0/modules.yaml", &format!("modules:\n{one}")),
        ("shop/2.0.0/metadata.yaml", "name: shop\nversion: 2.0.0\n"),
        ("shop/2.0.0/modules.yaml", &format!("modules:\n{two}")),
    ])
}

async fn begin(name: &str, catalog: Catalog, conduct: Conduct) -> Option<(Runner, Controllers)> {
    let mut runner = Runner::new(name, catalog).await?;
    runner.renderer = Box::new(Rendered);
    define(&runner.world).await;
    let controllers = Controllers::new(runner.nodes.beside(name), conduct);
    Some((runner, controllers))
}

fn operations(namespace: &str) -> [Operation; 3] {
    let (one, two) = (|| version("1.0.0"), || version("2.0.0"));
    let shop = || package("shop");
    [
        Operation::install(shop(), one(), namespace),
        Operation::upgrade(shop(), one(), two(), namespace),
        Operation::uninstall(shop(), two(), namespace),
    ]
}

/// How many objects of a kind stay. What an upgrade deletes goes in its controller's own time.
async fn left(runner: &Runner, api_version: &str, kind: &str) -> usize {
    let started = Instant::now();
    loop {
        let objects = runner.nodes.list(api_version, kind).await;
        let is_going = |object: &Value| !text(object, "/metadata/deletionTimestamp").is_empty();
        if !objects.iter().any(is_going) {
            return objects.len();
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{objects:#?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Whether all that is said of the objects of a kind is said of them as they are now.
async fn is_seen(runner: &Runner, api_version: &str, kind: &str) -> bool {
    let objects = runner.nodes.list(api_version, kind).await;
    let seen =
        |object: &Value| object["metadata"]["generation"] == object["status"]["observedGeneration"];
    !objects.is_empty() && objects.iter().all(seen)
}

#[tokio::test]
async fn come_change_and_go() {
    let one = repository_chart("slow") + &registry_chart("1.0.0") + &terraform("20");
    let two = repository_chart("fast") + &registry_chart("1.1.0") + &terraform("40");
    let name = "controlled";
    let Some((mut runner, controllers)) = begin(name, shop(&one, &two), Conduct::Works).await
    else {
        return;
    };
    let [install, upgrade, uninstall] = operations(name);
    let kinds = [
        (SOURCES, "HelmRepository", 1),
        (SOURCES, "OCIRepository", 1),
        (FLUX, "HelmRelease", 2),
        (TERRAFORM, "Configuration", 2),
    ];
    for operation in [install, upgrade] {
        let script = Script::new();
        let (outcome, machine) = controllers.beside(runner.run(&operation, &script)).await;
        let journal = machine.journal();
        assert_eq!(
            outcome,
            Outcome::Done,
            "{:#?}",
            journal.operations()[0].failure()
        );
        for (api_version, kind, count) in kinds {
            let left = controllers.beside(left(&runner, api_version, kind));
            assert_eq!(left.await, count, "{operation}: {kind}");
            assert!(
                is_seen(&runner, api_version, kind).await,
                "{operation}: {kind}"
            );
        }
    }
    let web = runner.nodes.named(FLUX, "HelmRelease", "shop--web");
    let web = runner.nodes.read(&web).await.expect("the release");
    assert_eq!(text(&web, "/spec/values/mode"), "fast");
    assert_eq!(web["metadata"]["generation"], 2);
    let script = Script::new();
    let (outcome, _) = controllers.beside(runner.run(&uninstall, &script)).await;
    assert_eq!(outcome, Outcome::Done);
    for (api_version, kind, _) in kinds {
        let left = runner.nodes.list(api_version, kind).await;
        assert!(left.is_empty(), "{kind}: {left:#?}");
    }
}

/// A module that its controller gives up on ends the wait at once, with the controller's words. Once it works, the run can go on.
async fn given_up(name: &str, modules: &str, words: &[&str]) {
    let Some((mut runner, controllers)) =
        begin(name, shop(modules, modules), Conduct::GivesUp).await
    else {
        return;
    };
    let [install, ..] = operations(name);
    let script = Script::new();
    let started = Instant::now();
    let (outcome, machine) = controllers.beside(runner.run(&install, &script)).await;
    assert_eq!(outcome, Outcome::Partial);
    let journal = machine.journal();
    let operation = &journal.operations()[0];
    assert_eq!(operation.status(), Degraded);
    let said = &operation.failure().expect("a failure").message;
    for word in words {
        assert!(said.contains(word), "{name}: {word}: {said}");
    }
    assert!(started.elapsed() < settings().ready_timeout / 2);

    controllers.now(Conduct::Works);
    resume(&runner, &machine, &controllers).await;
}

async fn resume(runner: &Runner, machine: &Machine, controllers: &Controllers) {
    let stored = runner.journal().load().await.unwrap().expect("a journal");
    let plan = Arc::new(machine.plan().clone());
    let decision = Decision::Resume;
    let mut machine =
        Machine::resume(plan, stored, "the second", decision, settings()).expect("a run");
    let (cluster, script) = (runner.world.cluster.clone(), Script::new());
    let drive = runner.drive(&mut machine, &cluster, &script);
    assert_eq!(controllers.beside(drive).await, Outcome::Done);
}

#[tokio::test]
async fn that_their_controllers_give_up_on() {
    let (chart, database) = (repository_chart("slow"), terraform("20"));
    tokio::join!(
        given_up(
            "flux-gives-up",
            &chart,
            &[
                "shop--web",
                "RetriesExceeded",
                "the chart has no values for it",
                "flux reconcile"
            ]
        ),
        given_up(
            "terraform-gives-up",
            &database,
            &["ApplyFailed", "no such region"]
        ),
    );
}

/// What a controller said of the object before does not count, however ready it was.
async fn stale(name: &str, [one, two]: [&str; 2], (api_version, kind): (&str, &str)) {
    let Some((mut runner, controllers)) = begin(name, shop(one, two), Conduct::Works).await else {
        return;
    };
    let [install, upgrade, _] = operations(name);
    let script = Script::new();
    let (outcome, _) = controllers.beside(runner.run(&install, &script)).await;
    assert_eq!(outcome, Outcome::Done);

    controllers.now(Conduct::Sleeps);
    let plan = runner.plan(&upgrade).await;
    let stored = runner.journal().load().await.unwrap().expect("a journal");
    let mut hasty = settings();
    hasty.ready_timeout = Duration::from_secs(4);
    let mut machine = Machine::begin_after(plan, stored, "the first", hasty).expect("a run");
    let cluster = runner.world.cluster.clone();
    let outcome = controllers
        .beside(runner.drive(&mut machine, &cluster, &script))
        .await;
    assert_eq!(outcome, Outcome::Partial);
    assert!(!is_seen(&runner, api_version, kind).await);
    let journal = machine.journal();
    let said = &journal.operations()[0]
        .failure()
        .expect("a failure")
        .message;
    let words = "is not ready after 4 s: its controller has not seen the change yet";
    assert!(said.contains(words), "{said}");

    controllers.now(Conduct::Works);
    resume(&runner, &machine, &controllers).await;
    assert!(is_seen(&runner, api_version, kind).await);
}

#[tokio::test]
async fn of_which_only_old_things_are_said() {
    let charts = [repository_chart("slow"), repository_chart("fast")];
    let modules = [terraform("20"), terraform("40")];
    tokio::join!(
        stale(
            "flux-stale",
            charts.each_ref().map(String::as_str),
            (FLUX, "HelmRelease")
        ),
        stale(
            "terraform-stale",
            modules.each_ref().map(String::as_str),
            (TERRAFORM, "Configuration")
        ),
    );
}

//! Operations of each kind, with hooks that end in each way, through crashes of their runner at each moment.
#![cfg(feature = "simulator")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod lifecycle;

use catalog_hooks::journal::{Journal, OperationStatus};
use catalog_hooks::plan::OperationOptions;
use catalog_hooks::simulator::{FakeCluster, Fault, PodScript, Run, Scenario};
use catalog_hooks::{Outcome, Timestamp};
use catalog_model::Catalog;
use lifecycle::{
    UNDO, catalog_of, cluster, expect_nothing, hook, plan, script, seconds, upgrade_in,
};

/// Runs without faults to this end, and keeps what must hold when the runner dies after any write.
fn check(what: &str, scenario: &Scenario, status: OperationStatus) -> Run {
    let run = scenario.run(&[]);
    assert_eq!(scenario.violations(&run), [""; 0], "{what}");
    if let Some(text) = run.cluster.journal() {
        let journal = Journal::parse(text).unwrap();
        let operation = &journal.operations()[0];
        assert_eq!(
            operation.status(),
            status,
            "{what}: {:?}",
            operation.failure()
        );
    } else {
        assert_eq!(run.outcome, Some(Outcome::Done), "{what}");
    }
    let exploration = scenario.singles(|one| one.fault == Fault::CrashAfter);
    expect_nothing(what, &exploration);
    assert!(exploration.runs >= 10, "{what}: {}", exploration.runs);
    run
}

fn upgrade(hooks: &str, scripts: impl Fn(&mut FakeCluster)) -> Scenario {
    let mut cluster = cluster();
    scripts(&mut cluster);
    upgrade_in(cluster, hooks)
}

/// How many Jobs of a role were ever made.
fn made(run: &Run, role: &str) -> usize {
    let made = run
        .cluster
        .trace()
        .iter()
        .filter(|event| match &event.what {
            catalog_hooks::simulator::Happening::Changed {
                object,
                before: None,
                after: Some(job),
            } => object.kind() == "Job" && job["metadata"]["labels"]["catalog.dev/role"] == role,
            _ => false,
        });
    made.count()
}

#[test]
fn a_second_attempt_may_succeed() {
    let hooks = format!("pre-upgrade:\n{}", hook("migrate", "retries: 1"));
    let cluster = {
        let mut cluster = cluster();
        let labels = |attempt| {
            [
                ("catalog.dev/hook", "migrate"),
                ("catalog.dev/attempt", attempt),
            ]
        };
        cluster.script(&labels("1"), [PodScript::fails(seconds(3), 1)]);
        cluster
    };
    let run = check("retry", &upgrade_in(cluster, &hooks), OperationStatus::Done);
    assert_eq!(made(&run, "run"), 2);
}

#[test]
fn a_hook_may_run_once_at_most() {
    let hooks = format!(
        "pre-upgrade:\n{}",
        hook("migrate", "semantics: at-most-once")
    );
    check(
        "at most once",
        &upgrade(&hooks, |_| {}),
        OperationStatus::Done,
    );
}

#[test]
fn an_evicted_pod_is_replaced() {
    let hooks = format!("pre-upgrade:\n{}", hook("migrate", ""));
    let scenario = upgrade(&hooks, |cluster| {
        let pods = [
            PodScript::evicted(seconds(2)),
            PodScript::succeeds(seconds(2)),
        ];
        script(cluster, "migrate", pods);
    });
    check("eviction", &scenario, OperationStatus::Done);
}

#[test]
fn a_failure_asks_to_be_taken_back() {
    let migrate = hook("migrate", &format!("onFailure: rollback\n{UNDO}"));
    let hooks = format!(
        "pre-upgrade:\n{}post-upgrade:\n{migrate}",
        hook("backup", UNDO)
    );
    let scenario = upgrade(&hooks, |cluster| {
        script(cluster, "migrate", [PodScript::fails(seconds(2), 1)]);
    });
    let run = check("rollback", &scenario, OperationStatus::RolledBack);
    assert_eq!(made(&run, "undo"), 2);
    let config = run
        .cluster
        .objects()
        .find(|object| object["metadata"]["name"] == "db");
    assert_eq!(config.unwrap()["data"]["version"], "1.0");
}

#[test]
fn after_an_irreversible_hook_a_person_decides() {
    let backup = hook("backup", &format!("irreversible: true\n{UNDO}"));
    let migrate = hook("migrate", &format!("onFailure: rollback\n{UNDO}"));
    let hooks = format!("pre-upgrade:\n{backup}post-upgrade:\n{migrate}");
    let scenario = upgrade(&hooks, |cluster| {
        script(cluster, "migrate", [PodScript::fails(seconds(2), 1)]);
    });
    let run = check(
        "irreversible",
        &scenario.deciding(None),
        OperationStatus::NeedsDecision,
    );
    assert_eq!(made(&run, "undo"), 0);
    assert_eq!(run.outcome, Some(Outcome::Partial));
}

#[test]
fn a_hook_that_takes_too_long_is_stopped() {
    let hooks = format!(
        "pre-upgrade:\n{}",
        hook("migrate", &format!("timeout: 30s\n{UNDO}"))
    );
    let scenario = upgrade(&hooks, |cluster| {
        script(
            cluster,
            "migrate",
            [PodScript::runs().stops_after(seconds(5))],
        );
    });
    let run = check("timeout", &scenario, OperationStatus::Unchanged);
    assert_eq!((made(&run, "run"), made(&run, "undo")), (1, 1));
}

#[test]
fn a_pod_that_is_refused_is_stuck() {
    let hooks = format!("pre-upgrade:\n{}", hook("migrate", "timeout: 1h"));
    let scenario = upgrade(&hooks, |cluster| {
        script(
            cluster,
            "migrate",
            [PodScript::refused("exceeded quota: q")],
        );
    });
    let run = check("stuck", &scenario, OperationStatus::Unchanged);
    assert!(run.cluster.journal().unwrap().contains("exceeded quota: q"));
}

#[test]
fn an_unreachable_node_leaves_the_decision_to_a_person() {
    let hooks = format!(
        "pre-upgrade:\n{}",
        hook("migrate", &format!("timeout: 30s\nretries: 2\n{UNDO}"))
    );
    let scenario = upgrade(&hooks, |cluster| {
        script(cluster, "migrate", [PodScript::node_lost(seconds(2))]);
    });
    let run = check(
        "unreachable node",
        &scenario.deciding(None),
        OperationStatus::NeedsDecision,
    );
    assert_eq!(made(&run, "undo"), 0);
    assert!(run.cluster.journal().unwrap().contains("node-1"));
}

/// A package with all that there is: a definition of a kind and an object of it, a module, and hooks with resources.
fn rich() -> Catalog {
    let resources =
        "resources:\n- apiVersion: v1\n  kind: ServiceAccount\n  metadata: {name: migrator}\n";
    let hooks: String = [
        "pre-install",
        "post-install",
        "pre-uninstall",
        "post-uninstall",
    ]
    .iter()
    .map(|phase| format!("{phase}:\n{}", hook(phase, resources)))
    .collect();
    let crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {plural: widgets, kind: Widget}\n  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]\n";
    let widget =
        "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: first}\nspec: {size: 1}\n";
    let modules = "modules:\n- chart:\n    remote: {repo: 'https://charts.example.com', name: server, version: 1.0.0}\n";
    let files = [
        ("metadata.yaml", "name: db\nversion: '1.0'\n"),
        ("definitions/a.yaml", crd),
        ("definitions/b.yaml", widget),
        ("hooks/run.yaml", &hooks),
        ("modules.yaml", modules),
    ];
    let named = |(name, text): (&str, &str)| (format!("db/1.0/{name}"), text.to_owned());
    catalog_of(files.into_iter().map(named).collect())
}

fn runner_only() -> FakeCluster {
    let mut cluster = FakeCluster::new(Timestamp::from_millis(1_795_000_000_000));
    cluster.add_namespace("runner");
    cluster
}

#[test]
fn a_package_is_installed_whole_and_goes_whole() {
    let catalog = rich();
    let install = plan(&catalog, (None, Some("1.0")), OperationOptions::default());
    let scenario = Scenario::new(runner_only(), install);
    let run = check("install", &scenario, OperationStatus::Done);
    let kinds = |run: &Run, kind: &str| {
        run.cluster
            .objects()
            .filter(|object| object["kind"] == kind)
            .count()
    };
    assert_eq!(
        (kinds(&run, "Widget"), run.cluster.modules().count()),
        (1, 1)
    );

    let mut cluster = run.cluster.clone();
    cluster.lose_journal();
    let mut options = OperationOptions::default();
    options.delete_data = true;
    options.delete_namespace = true;
    let kept = plan(&catalog, (Some("1.0"), None), OperationOptions::default());
    let scenario = Scenario::new(cluster.clone(), kept);
    let run = check("uninstall", &scenario, OperationStatus::Done);
    assert_eq!(
        (
            kinds(&run, "CustomResourceDefinition"),
            run.cluster.modules().count()
        ),
        (1, 0)
    );

    let whole = plan(&catalog, (Some("1.0"), None), options);
    let scenario = Scenario::new(cluster, whole);
    let run = check("uninstall with data", &scenario, OperationStatus::Done);
    assert_eq!(kinds(&run, "CustomResourceDefinition"), 0);
}

//! Actions that a user asks of a release that is installed.
#![cfg(feature = "simulator")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod lifecycle;

use std::sync::Arc;

use catalog_hooks::journal::{Journal, OperationJournal, OperationStatus};
use catalog_hooks::plan::{ActionInput, PinnedPlan, PlanError, PlanErrorKind, PlannedOperation};
use catalog_hooks::record::InstalledRecord;
use catalog_hooks::simulator::{FakeCluster, Fault, PodScript, Run, Runner, Scenario};
use catalog_hooks::{
    Decision, HookErrorKind, OperationContext, Outcome, Role, Settings, Timestamp,
};
use catalog_model::version::Version;
use catalog_model::{Catalog, InstalledRelease, Operation, PackageName};
use lifecycle::{catalog_of, cluster, expect_nothing, script, seconds};
use serde_json::{Map, Value, json};

const ENDLESS: Timestamp = Timestamp::from_millis(u64::MAX);

/// A package with one action and, so that it has something else too, a hook.
fn catalog(more: &str) -> Catalog {
    let job = "{apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: b, image: 'b:1', env: [{name: PARAM_TARGET, value: mine}, {name: WHERE, value: '$(PARAM_TARGET)'}]}], serviceAccountName: backup}}}}";
    let account = "[{apiVersion: v1, kind: ServiceAccount, metadata: {name: backup}}]";
    let action = format!(
        "actions:\n- name: back-up\n  description: Copies all data\n  parameters: {{properties: {{target: {{type: string}}}}}}\n  resources: {account}\n{more}  job: {job}\n"
    );
    let hook = format!("pre-upgrade:\n{}", lifecycle::hook("never", ""));
    catalog_of(vec![
        (
            "db/1.0/metadata.yaml".to_owned(),
            "name: db\nversion: '1.0'\n".to_owned(),
        ),
        ("db/1.0/hooks/actions.yaml".to_owned(), action),
        ("db/1.0/hooks/hooks.yaml".to_owned(), hook),
    ])
}

fn version() -> Version {
    Version::parse("1.0").unwrap()
}

fn planned(
    catalog: &Catalog,
    (action, installed): (&str, &str),
    parameters: Value,
) -> Result<PlannedOperation, PlanError> {
    let package = PackageName::parse("db").unwrap();
    let operation = Operation::action(package, version(), "storage", action);
    let release = InstalledRelease::new("db", installed, "storage");
    let parameters: Map<String, Value> = serde_json::from_value(parameters).unwrap();
    let input = ActionInput {
        operation: &operation,
        context: &OperationContext::new("operation-1", "release-1").unwrap(),
        release: catalog.release("db", &version()).unwrap(),
        installed: &InstalledRecord::new(&release, "release-1", Vec::new()),
        parameters: &parameters,
    };
    PlannedOperation::action(input).map(|(planned, diagnostics)| {
        assert!(diagnostics.len() <= 1, "{diagnostics:?}");
        planned
    })
}

fn plan(more: &str) -> PinnedPlan {
    let planned = planned(
        &catalog(more),
        ("back-up", "1.0"),
        json!({"target": "s3://$(HOME)/b"}),
    );
    PinnedPlan::new("run-1", "runner", vec![planned.unwrap()]).unwrap()
}

fn scenario(more: &str, pods: &[PodScript]) -> Scenario {
    let mut cluster = cluster();
    if !pods.is_empty() {
        cluster.script(&[("catalog.dev/hook", "back-up")], pods.to_vec());
    }
    Scenario::new(cluster, plan(more))
}

fn operation(cluster: &FakeCluster) -> OperationJournal {
    Journal::parse(cluster.journal().unwrap())
        .unwrap()
        .operations()[0]
        .clone()
}

fn attempts(run: &Run) -> usize {
    operation(&run.cluster).attempts().len()
}

#[test]
fn parameters_are_variables() {
    let values = json!({"target": "s3://$(HOME)", "keep-days": 7, "all": true, "tags": ["a", "b"], "note": null});
    let planned = planned(&catalog(""), ("back-up", "1.0"), values).unwrap();
    let [job] = planned.hooks() else {
        panic!("{} Jobs", planned.hooks().len())
    };
    assert_eq!(
        (job.role(), job.phase(), job.occasion()),
        (Role::Action, None, "action")
    );
    let env = &job.job()["spec"]["template"]["spec"]["containers"][0]["env"];
    let env: Vec<(&str, &str)> = env
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["name"].as_str().unwrap(),
                one["value"].as_str().unwrap(),
            )
        })
        .collect();
    let own: Vec<(&str, &str)> = env
        .iter()
        .copied()
        .filter(|(name, _)| !name.starts_with("HOOK_"))
        .collect();
    assert_eq!(
        own,
        [
            ("FROM_VERSION", "1.0"),
            ("TO_VERSION", "1.0"),
            ("PARAM_ALL", "true"),
            ("PARAM_KEEP_DAYS", "7"),
            ("PARAM_NOTE", ""),
            ("PARAM_TAGS", r#"["a","b"]"#),
            ("PARAM_TARGET", "s3://$$(HOME)"),
            ("WHERE", "$(PARAM_TARGET)"),
        ]
    );
    assert!(env.contains(&("HOOK_PHASE", "action")));
    assert_eq!(
        job.job()["metadata"]["labels"]["catalog.dev/role"],
        "action"
    );
    assert_eq!(
        planned.operation().to_string(),
        "action back-up of db 1.0 in storage"
    );
}

#[test]
fn a_plan_of_an_action_is_read_again() {
    let plan = plan("");
    assert_eq!(PinnedPlan::parse(&plan.to_text()).unwrap(), plan);
}

#[test]
fn what_cannot_be_asked_is_said() {
    let refused = |asked, parameters| {
        let error = planned(&catalog(""), asked, parameters).unwrap_err();
        assert_eq!(error.kind(), PlanErrorKind::Hooks);
        (error.hooks().unwrap().kind(), error.to_string())
    };
    let (kind, text) = refused(("backup", "1.0"), json!({}));
    assert_eq!(kind, HookErrorKind::NoAction);
    assert_eq!(
        text,
        "`action backup of db 1.0 in storage` is not possible: the actions of the release are `back-up`"
    );
    let (kind, text) = refused(("back-up", "1.0"), json!({"a-b": 1, "a_b": 2}));
    assert_eq!(kind, HookErrorKind::Parameters);
    assert_eq!(
        text,
        "the parameters `a-b` and `a_b` would both be `PARAM_A_B`"
    );
    let (kind, _) = refused(("back-up", "0.9"), json!({}));
    assert_eq!(kind, HookErrorKind::OtherRelease);
}

#[test]
fn an_action_runs_once_and_leaves_nothing_else() {
    let scenario = scenario("", &[]);
    let before = scenario.cluster().objects().count();
    let run = scenario.run(&[]);
    assert_eq!(run.outcome, Some(Outcome::Done));
    assert_eq!(scenario.violations(&run), [""; 0]);
    assert_eq!(attempts(&run), 1);
    let left: Vec<&str> = run
        .cluster
        .objects()
        .filter_map(|object| object["kind"].as_str())
        .collect();
    // The Job until its time is over, its pod, and the evidence.
    assert!(
        left.len() <= before + 3 && !left.contains(&"Never"),
        "{left:?}"
    );
    assert!(
        run.cluster
            .objects()
            .all(|object| object["metadata"]["name"] != "backup")
    );
}

#[test]
fn an_action_comes_through_any_fault() {
    let exploration = scenario("", &[]).singles(|_| true);
    expect_nothing("an action", &exploration);
    assert!(exploration.runs > 150, "{}", exploration.runs);
}

#[test]
fn an_action_that_fails_can_be_tried_again_or_given_up() {
    let pods = [
        PodScript::fails(seconds(2), 1),
        PodScript::succeeds(seconds(1)),
    ];
    let once = scenario("", &pods).deciding(None);
    let run = once.run(&[]);
    let operation = operation(&run.cluster);
    assert_eq!(operation.status(), OperationStatus::Degraded);
    let failure = operation.failure().unwrap();
    assert_eq!(failure.step, "action");
    assert!(
        failure.message.starts_with("action `back-up` failed"),
        "{}",
        failure.message
    );
    assert_eq!(
        failure.next,
        "mend the cause and resume (the action runs again), skip it, or abandon"
    );

    let mut cluster = cluster();
    script_action(&mut cluster, "1", pods[0].clone());
    let again = Scenario::new(cluster, plan("")).run(&[]);
    assert_eq!(
        (again.outcome.clone(), attempts(&again)),
        (Some(Outcome::Done), 2)
    );

    let given_up = scenario("", &pods)
        .deciding(Some(Decision::Abandon))
        .run(&[]);
    assert_eq!(
        self::operation(&given_up.cluster).status(),
        OperationStatus::Abandoned
    );
}

#[test]
fn an_action_has_its_retries() {
    let mut cluster = cluster();
    script_action(&mut cluster, "1", PodScript::fails(seconds(2), 1));
    let scenario = Scenario::new(cluster, plan("  retries: 2\n"));
    let run = scenario.run(&[]);
    assert_eq!(
        (run.outcome.clone(), attempts(&run)),
        (Some(Outcome::Done), 2)
    );
    assert_eq!(scenario.violations(&run), [""; 0]);
}

fn script_action(cluster: &mut FakeCluster, attempt: &str, pod: PodScript) {
    let labels = [
        ("catalog.dev/hook", "back-up"),
        ("catalog.dev/attempt", attempt),
    ];
    cluster.script(&labels, [pod]);
}

/// Of an action that may run once, nobody knows after a crash at the wrong moment; then it is a person's to say.
#[test]
fn an_action_may_run_once_at_most() {
    let scenario = scenario("  semantics: at-most-once\n", &[]).deciding(None);
    let exploration = scenario.singles(|one| one.fault == Fault::CrashAfter);
    expect_nothing("at most once", &exploration);
    let partial = exploration
        .outcomes
        .get("Partial")
        .copied()
        .unwrap_or_default();
    assert!(partial >= 1, "{:?}", exploration.outcomes);
}

/// Told to stop before its Job was made, nothing has happened; told later, it may have had effects.
#[test]
fn an_action_can_be_stopped() {
    let mut not_started = 0;
    for after in 0..25 {
        let mut cluster = cluster();
        script(&mut cluster, "nobody", [PodScript::runs()]);
        cluster.script(&[("catalog.dev/hook", "back-up")], [PodScript::runs()]);
        let plan = Arc::new(plan(""));
        let how = (None, Settings::default());
        let mut runner = Runner::start(&mut cluster, &plan, "one", how).unwrap();
        for _ in 0..after {
            let Some(effect) = runner.next(&mut cluster, ENDLESS) else {
                break;
            };
            runner.carry_out(&mut cluster, effect, None);
            if cluster.objects().any(|object| object["kind"] == "Pod") {
                break;
            }
        }
        runner.cancel();
        while let Some(effect) = runner.next(&mut cluster, ENDLESS) {
            runner.carry_out(&mut cluster, effect, None);
        }
        let ran = cluster.trace().iter().any(|event| {
            matches!(&event.what, catalog_hooks::simulator::Happening::Changed { object, .. } if object.kind() == "Pod")
        });
        let status = operation(&cluster).status();
        assert!(
            !ran || status == OperationStatus::Degraded,
            "{after}: {status:?}"
        );
        assert_eq!(
            operation(&cluster).attempts().is_empty(),
            status == OperationStatus::NotStarted
        );
        not_started += usize::from(status == OperationStatus::NotStarted);
    }
    assert!((1..20).contains(&not_started), "{not_started}");
}

//! What becomes of the fields that authors write, and what they are told.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod catalog;

use catalog::{hooks, package, version};
use catalog_hooks::{HookErrorKind, OperationHooks};
use catalog_model::{Diagnostic, Operation};
use serde_json::{Value, json};

/// The install of a package with one pre-install hook: a Job with one container, with `policy` beside it and `changes`, pairs of a JSON
/// pointer and a value, in it.
fn install(policy: Value, changes: &[(&str, Value)]) -> Result<OperationHooks, Vec<String>> {
    let mut job = json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {},
        "spec": {"template": {"metadata": {}, "spec": {"containers": [{"name": "run", "image": "run:1"}]}}},
    });
    for (pointer, value) in changes {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        job.pointer_mut(parent).unwrap()[key] = value.clone();
    }
    let mut hook = policy;
    hook["name"] = "check".into();
    hook["job"] = job;
    let catalog = catalog::catalog(&[("1.0", &json!({"pre-install": [hook]}).to_string())]);
    let operation = Operation::install(package(), version("1.0"), "storage");
    hooks(&catalog, &operation).map_err(|error| {
        assert_eq!(error.kind(), HookErrorKind::RefusedHooks);
        said(error.diagnostics())
    })
}

/// Severity and message of each, without what names the hook.
fn said(diagnostics: &[Diagnostic]) -> Vec<String> {
    let say = |diagnostic: &Diagnostic| {
        let location = diagnostic.location().unwrap();
        assert_eq!(location.file().path(), "db/1.0/hooks/run.yaml");
        let message = diagnostic
            .message()
            .strip_prefix("the Job of pre-install hook `check`: ");
        format!("{} {}", diagnostic.severity(), message.unwrap())
    };
    diagnostics.iter().map(say).collect()
}

/// What stands at `pointer` of the Job in the end, and what the author is told.
#[track_caller]
fn check(changes: &[(&str, Value)], ends: &[(&str, Value)], told: &[&str]) {
    check_with(json!({}), changes, ends, told);
}

#[track_caller]
fn check_with(policy: Value, changes: &[(&str, Value)], ends: &[(&str, Value)], told: &[&str]) {
    let hooks = install(policy, changes).unwrap();
    let job = hooks.jobs().next().unwrap().job();
    for (pointer, value) in ends {
        let found = job.pointer(pointer).unwrap_or(&Value::Null);
        assert_eq!(found, value, "{pointer}");
    }
    assert_eq!(said(hooks.diagnostics()), told);
}

#[track_caller]
fn refused(changes: &[(&str, Value)], told: &[&str]) {
    assert_eq!(install(json!({}), changes).unwrap_err(), told);
}

const POLICY: &str = "/spec/podFailurePolicy";
const RULES: &str = "/spec/podFailurePolicy/rules";

fn disruptions_ignored() -> Value {
    json!({"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]})
}

#[test]
fn one_pod() {
    check(
        &[
            ("/spec/parallelism", json!(3)),
            ("/spec/completions", json!(5)),
        ],
        &[
            ("/spec/parallelism", json!(1)),
            ("/spec/completions", json!(1)),
        ],
        &[
            "warning `spec.parallelism` becomes `1` instead of `3`",
            "warning `spec.completions` becomes `1` instead of `5`",
        ],
    );
    check(
        &[
            ("/spec/parallelism", json!(1)),
            ("/spec/completions", json!(null)),
        ],
        &[("/spec/completions", json!(1))],
        &[],
    );
    check(
        &[
            ("/spec/completionMode", json!("Indexed")),
            ("/spec/completions", json!(1)),
            ("/spec/backoffLimitPerIndex", json!(2)),
        ],
        &[
            ("/spec/completionMode", json!("Indexed")),
            ("/spec/backoffLimitPerIndex", json!(null)),
        ],
        &["warning `spec.backoffLimitPerIndex` is left out"],
    );
    refused(
        &[
            ("/spec/completionMode", json!("Indexed")),
            ("/spec/completions", json!(3)),
        ],
        &[
            "error it is indexed with `completions: 3`, and a hook runs one pod: only index 0 would be done",
            "warning `spec.completions` becomes `1` instead of `3`",
        ],
    );
}

#[test]
fn restarts_and_deadlines() {
    check_with(
        json!({"timeout": "90s"}),
        &[
            ("/spec/activeDeadlineSeconds", json!(60)),
            ("/spec/podReplacementPolicy", json!("TerminatingOrFailed")),
            ("/spec/template/spec/restartPolicy", json!("OnFailure")),
        ],
        &[
            ("/spec/activeDeadlineSeconds", json!(120)),
            ("/spec/podReplacementPolicy", json!("Failed")),
            ("/spec/template/spec/restartPolicy", json!("Never")),
        ],
        &[
            "warning `spec.podReplacementPolicy` becomes `Failed` instead of `TerminatingOrFailed`",
            "warning `spec.activeDeadlineSeconds` becomes `120` instead of `60`",
            "warning `spec.template.spec.restartPolicy` becomes `Never` instead of `OnFailure`",
        ],
    );
    check_with(
        json!({"timeout": "1500ms"}),
        &[],
        &[("/spec/activeDeadlineSeconds", json!(32))],
        &[],
    );
}

#[test]
fn retries_are_ours() {
    let cases = [
        (
            json!({}),
            json!(4),
            4,
            Some("warning `spec.backoffLimit: 4` becomes the hook's `retries: 4`"),
        ),
        (json!({}), json!(0), 0, None),
        (json!({}), json!(null), 0, None),
        (json!({"retries": 2}), json!(2), 2, None),
        (
            json!({"retries": 0}),
            json!(6),
            0,
            Some("warning `spec.backoffLimit: 6` does not count: the hook has `retries: 0`"),
        ),
        (json!({"retries": 2}), json!(0), 2, None),
        (
            json!({"retries": 2}),
            json!(6),
            2,
            Some("warning `spec.backoffLimit: 6` does not count: the hook has `retries: 2`"),
        ),
        (
            json!({"semantics": "at-most-once"}),
            json!(6),
            0,
            Some("warning `spec.backoffLimit: 6` does not count: the hook runs at most once"),
        ),
    ];
    for (policy, limit, retries, told) in cases {
        let hooks = install(policy, &[("/spec/backoffLimit", limit)]).unwrap();
        let job = hooks.jobs().next().unwrap();
        assert_eq!(job.policy().retries.unwrap_or_default(), retries);
        assert_eq!(job.job()["spec"]["backoffLimit"], 0);
        assert_eq!(said(hooks.diagnostics()), Vec::from_iter(told));
    }
    for limit in [json!(-1), json!("6"), json!(4_294_967_296_u64)] {
        refused(
            &[("/spec/backoffLimit", limit)],
            &["error `spec.backoffLimit` must be a whole number from 0 to 2147483647"],
        );
    }
}

#[test]
fn disruptions() {
    let fail = json!({"action": "FailJob", "onExitCodes": {"operator": "In", "values": [42]}});
    let ignore = json!({"action": "Ignore", "onExitCodes": {"operator": "In", "values": [1]}});
    let fatal = json!({"action": "FailJob", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]});
    let left_out =
        "warning `spec.podFailurePolicy.rules[].action: Ignore or FailIndex` is left out";
    let once = || json!({"semantics": "at-most-once"});
    let rules = |rules: &[&Value]| [(POLICY, json!({"rules": rules}))];
    let ours = disruptions_ignored();

    check(&[], &[(RULES, json!([ours]))], &[]);
    check(&rules(&[&ours]), &[(RULES, json!([ours]))], &[]);
    check(&rules(&[&fail]), &[(RULES, json!([ours, fail]))], &[]);
    check(&rules(&[&fatal]), &[(RULES, json!([fatal]))], &[]);
    check(
        &rules(&[&ignore, &fail]),
        &[(RULES, json!([ours, fail]))],
        &[left_out],
    );
    check_with(once(), &[], &[(POLICY, json!(null))], &[]);
    check_with(
        once(),
        &rules(&[&ours]),
        &[(POLICY, json!(null))],
        &[left_out],
    );
    check_with(once(), &rules(&[&fail]), &[(RULES, json!([fail]))], &[]);
    refused(
        &[(POLICY, json!({"rules": vec![fail; 20]}))],
        &[
            "error it has more than 20 rules in `spec.podFailurePolicy` with the one for disruptions",
        ],
    );
}

#[test]
fn what_belongs_to_the_runner() {
    check(
        &[
            ("/spec/suspend", json!(true)),
            ("/spec/ttlSecondsAfterFinished", json!(0)),
            ("/spec/manualSelector", json!(true)),
            ("/spec/selector", json!({"matchLabels": {"a": "b"}})),
            ("/metadata/name", json!("mine")),
            ("/metadata/generateName", json!("mine-")),
            ("/metadata/namespace", json!("storage")),
            ("/spec/managedBy", json!("kueue.x-k8s.io/multikueue")),
        ],
        &[
            ("/spec/suspend", json!(null)),
            ("/spec/ttlSecondsAfterFinished", json!(null)),
            ("/spec/manualSelector", json!(null)),
            ("/spec/selector", json!(null)),
            ("/metadata/generateName", json!(null)),
            ("/metadata/namespace", json!("storage")),
            ("/spec/managedBy", json!("kueue.x-k8s.io/multikueue")),
        ],
        &[
            "warning `metadata.generateName` is left out",
            "warning `spec.selector` is left out",
            "warning `spec.manualSelector` is left out",
            "warning `spec.suspend` is left out",
            "note `spec.ttlSecondsAfterFinished` is left out",
            "note it is named `db-check-ayxuxud7nty5qucv` instead of `mine`",
        ],
    );
    check(
        &[("/spec/suspend", json!(false))],
        &[("/spec/suspend", json!(null))],
        &[],
    );
    refused(
        &[("/metadata/namespace", json!("elsewhere"))],
        &["error it names the namespace `elsewhere`, and the package is installed in `storage`"],
    );
}

/// What `kubectl get job -o yaml` prints.
#[test]
fn a_job_read_from_a_cluster() {
    check(
        &[
            ("/metadata/uid", json!("5d0a")),
            ("/metadata/resourceVersion", json!("12")),
            ("/metadata/creationTimestamp", json!(null)),
            (
                "/metadata/labels",
                json!({"app": "db", "controller-uid": "5d0a"}),
            ),
            (
                "/spec/template/metadata/labels",
                json!({"batch.kubernetes.io/job-name": "old"}),
            ),
            ("/status", json!({"succeeded": 1})),
        ],
        &[
            ("/metadata/uid", json!(null)),
            ("/metadata/labels/app", json!("db")),
            ("/metadata/labels/controller-uid", json!(null)),
            (
                "/spec/template/metadata/labels/batch.kubernetes.io~1job-name",
                json!(null),
            ),
            ("/status", json!(null)),
        ],
        &[
            "warning `status` is left out",
            "warning `metadata.resourceVersion` is left out",
            "warning `metadata.uid` is left out",
            "warning `metadata.labels[controller-uid]` is left out",
            "warning `spec.template.metadata.labels[batch.kubernetes.io/job-name]` is left out",
        ],
    );
}

#[test]
fn our_names_stay_ours() {
    let containers = json!([{
        "name": "run",
        "image": "run:1",
        "terminationMessagePolicy": "File",
        "env": [
            {"name": "TARGET", "value": "$(TO_VERSION)"},
            {"name": "HOOK_PHASE", "value": "never"},
            {"name": "HOOK_PHASE", "value": "ever"},
        ],
    }]);
    let init = json!([{"name": "wait", "image": "wait:1"}]);
    check(
        &[
            (
                "/metadata/labels",
                json!({"app.kubernetes.io/managed-by": "Helm", "catalog.dev/mine": "1"}),
            ),
            ("/spec/template/spec/containers", containers),
            ("/spec/template/spec/initContainers", init),
        ],
        &[
            (
                "/metadata/labels/app.kubernetes.io~1managed-by",
                json!("catalog-hooks"),
            ),
            ("/metadata/labels/catalog.dev~1mine", json!("1")),
            (
                "/spec/template/spec/containers/0/env/0",
                json!({"name": "HOOK_PHASE", "value": "pre-install"}),
            ),
            (
                "/spec/template/spec/containers/0/env/7",
                json!({"name": "TARGET", "value": "$(TO_VERSION)"}),
            ),
            ("/spec/template/spec/containers/0/env/8", json!(null)),
            (
                "/spec/template/spec/initContainers/0/env/5",
                json!({"name": "TO_VERSION", "value": "1.0"}),
            ),
            (
                "/spec/template/spec/initContainers/0/terminationMessagePolicy",
                json!("FallbackToLogsOnError"),
            ),
        ],
        &[
            "warning `spec.template.spec.containers[0].terminationMessagePolicy` becomes `FallbackToLogsOnError` instead of `File`",
            "warning `metadata.labels[app.kubernetes.io/managed-by]` becomes `catalog-hooks` instead of `Helm`",
            "warning `spec.template.spec.containers[0].env[HOOK_PHASE]` becomes `pre-install` instead of `never`",
        ],
    );
}

/// What else must be a map, loading says.
#[test]
fn wrong_types_are_all_named() {
    refused(
        &[
            ("/metadata/finalizers", json!({})),
            ("/spec/podFailurePolicy", json!([])),
            ("/spec/template/spec/initContainers", json!(["wait"])),
        ],
        &[
            "error `metadata.finalizers` must be a list",
            "error `spec.podFailurePolicy` must be a map",
            "error `spec.template.spec.initContainers[0]` must be a map",
        ],
    );
}

//! Which hooks run in which operation, in which order, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod catalog;

use std::num::NonZeroU32;

use catalog::{context, hooks, package, version};
use catalog_hooks::{HookErrorKind, OperationContext, OperationHooks, Role, hook_jobs};
use catalog_model::{Catalog, Operation, Phase};
use serde_json::{Value, json};

fn job() -> Value {
    json!({"apiVersion": "batch/v1", "kind": "Job", "spec": {"template": {"spec": {"containers": [{"name": "run", "image": "run:1"}]}}}})
}

/// Versions 1.0 and 2.0, each with one hook in every phase.
fn full() -> Catalog {
    let hook = json!([{"name": "only", "job": job(), "undo": job()}]);
    let every: serde_json::Map<_, _> = Phase::ALL
        .iter()
        .map(|phase| (phase.to_string(), hook.clone()))
        .collect();
    let text = Value::from(every).to_string();
    catalog::catalog(&[("1.0", &text), ("2.0", &text)])
}

fn install() -> Operation {
    Operation::install(package(), version("1.0"), "storage")
}

fn upgrade() -> Operation {
    Operation::upgrade(package(), version("1.0"), version("2.0"), "storage")
}

fn rollback() -> Operation {
    Operation::rollback(package(), version("2.0"), version("1.0"), "storage")
}

fn uninstall() -> Operation {
    Operation::uninstall(package(), version("1.0"), "storage")
}

/// The value of a variable in the first container of a Job.
fn variable<'j>(job: &'j Value, name: &str) -> Option<&'j str> {
    let env = job.pointer("/spec/template/spec/containers/0/env")?;
    let found = env.as_array()?.iter().find(|entry| entry["name"] == name)?;
    found["value"].as_str()
}

#[test]
fn each_operation_takes_its_hooks_from_the_right_release() {
    let cases = [
        (
            install(),
            [("pre-install", "1.0"), ("post-install", "1.0")],
            ["", "1.0"],
        ),
        (
            upgrade(),
            [("pre-upgrade", "2.0"), ("post-upgrade", "2.0")],
            ["1.0", "2.0"],
        ),
        (
            rollback(),
            [("pre-rollback", "2.0"), ("post-rollback", "1.0")],
            ["2.0", "1.0"],
        ),
        (
            uninstall(),
            [("pre-uninstall", "1.0"), ("post-uninstall", "1.0")],
            ["1.0", ""],
        ),
    ];
    let catalog = full();
    for (operation, expected, versions) in cases {
        let hooks = hooks(&catalog, &operation).unwrap();
        for (job, (phase, version)) in hooks.jobs().zip(expected) {
            assert_eq!((job.occasion(), job.version().as_str()), (phase, version));
            assert_eq!(
                job.job()["metadata"]["annotations"]["catalog.dev/version"],
                version
            );
            assert_eq!(variable(job.job(), "HOOK_PHASE"), Some(phase));
            let found =
                ["FROM_VERSION", "TO_VERSION"].map(|name| variable(job.job(), name).unwrap());
            assert_eq!(found, versions, "{operation}");
        }
        assert_eq!(hooks.jobs().count(), 2);
    }
}

#[test]
fn the_release_must_be_the_one_that_is_needed() {
    let catalog = full();
    let (one, two) = (
        catalog.release("db", &version("1.0")),
        catalog.release("db", &version("2.0")),
    );
    let refused = |operation: &Operation, from, to| {
        let error = hook_jobs(operation, &context(), from, to).unwrap_err();
        assert_eq!(error.diagnostics(), []);
        (error.kind(), error.to_string())
    };
    let cases = [
        (
            refused(&install(), None, None),
            HookErrorKind::MissingRelease,
            "`install db 1.0 in storage` takes its pre-install hooks from 1.0, and that release was not given",
        ),
        (
            refused(&rollback(), None, one),
            HookErrorKind::MissingRelease,
            "`rollback db 2.0 -> 1.0 in storage` takes its pre-rollback hooks from 2.0, and that release was not given",
        ),
        (
            refused(&upgrade(), two, one),
            HookErrorKind::OtherRelease,
            "`upgrade db 1.0 -> 2.0 in storage` begins at 1.0, but the release given for it is db 2.0",
        ),
        (
            refused(&install(), two, one),
            HookErrorKind::OtherRelease,
            "`install db 1.0 in storage` begins at no release, but the release given for it is db 2.0",
        ),
        (
            refused(
                &Operation::install(package(), version("1.0"), "Storage"),
                None,
                one,
            ),
            HookErrorKind::InvalidNamespace,
            "`install db 1.0 in Storage` has no usable namespace: it must be a DNS-1123 label",
        ),
    ];
    for ((kind, message), expected_kind, expected) in cases {
        assert_eq!((kind, message.as_str()), (expected_kind, expected));
    }
    assert!(
        hook_jobs(&upgrade(), &context(), None, two).is_ok(),
        "an upgrade needs nothing of what it leaves"
    );
    let spelled = Operation::install(package(), version("v1.0.0"), "storage");
    assert!(
        hook_jobs(&spelled, &context(), None, one).is_ok(),
        "1.0 is v1.0.0"
    );
}

#[test]
fn ids_tell_runs_apart_and_are_checked() {
    for (operation, release) in [
        ("", "r"),
        ("o", ""),
        ("o o", "r"),
        ("o", "r\n"),
        ("ö", "r"),
        (&*"o".repeat(254), "r"),
    ] {
        let error = OperationContext::new(operation, release).unwrap_err();
        assert_eq!(
            error.kind(),
            HookErrorKind::InvalidId,
            "{operation} {release}"
        );
    }
    let catalog = full();
    let to = catalog.release("db", &version("1.0"));
    let long = "2024-05-05T10:00:00Z/".repeat(5);
    let other = OperationContext::new(&*long, "release-1")
        .unwrap()
        .with_attempted_version(version("3.0"));
    let hooks =
        [context(), other].map(|context| hook_jobs(&install(), &context, None, to).unwrap());
    let [first, second] = hooks
        .each_ref()
        .map(|hooks: &OperationHooks| hooks.jobs().next().unwrap());
    assert_ne!(first.name(), second.name());
    assert_eq!(variable(second.job(), "HOOK_OPERATION"), Some(&*long));
    assert_eq!(
        variable(second.job(), "HOOK_ATTEMPTED_VERSION"),
        Some("3.0")
    );
    assert_eq!(variable(first.job(), "HOOK_ATTEMPTED_VERSION"), Some(""));
    let metadata = &second.job()["metadata"];
    assert_eq!(metadata["annotations"]["catalog.dev/operation"], *long);
    let label = metadata["labels"]["catalog.dev/operation"]
        .as_str()
        .unwrap();
    assert!(
        label.len() <= 63 && label.starts_with("2024-05-05t10-00-00z-"),
        "{label}"
    );
}

#[test]
fn hooks_run_after_what_they_name_then_by_weight() {
    let hook = |name: &str, weight: i32, after: &[&str]| json!({"name": name, "weight": weight, "after": after, "job": job(), "undo": job()});
    let mut plain = hook("plain", 0, &[]);
    plain.as_object_mut().unwrap().remove("undo");
    let text = json!({"pre-install": [hook("late", 5, &[]), plain, hook("first", -5, &[]), hook("last", -9, &["late"])]});
    let catalog = catalog::catalog(&[("1.0", &text.to_string())]);
    let hooks = hooks(&catalog, &install()).unwrap();
    let names: Vec<_> = hooks.jobs().map(|job| job.hook()).collect();
    assert_eq!(names, ["first", "plain", "late", "last"]);
    let [before, after] = hooks.phases();
    assert_eq!(
        (before.phase(), before.jobs().len()),
        (Phase::PreInstall, 4)
    );
    assert_eq!((after.phase(), after.jobs().len()), (Phase::PostInstall, 0));
    let undone = |started| {
        before
            .undo_jobs(started)
            .map(|job| job.hook())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        undone(3),
        ["late", "first"],
        "the last to have started first, and those without an undo not at all"
    );
    assert_eq!(undone(0), [""; 0]);
    assert_eq!(undone(9), ["last", "late", "first"]);
}

#[test]
fn an_undo_is_a_job_of_its_own_with_the_key_of_its_hook() {
    let catalog = full();
    let hooks = hooks(&catalog, &install()).unwrap();
    let run = hooks.jobs().next().unwrap();
    let undo = run.undo().unwrap();
    assert_eq!((run.role(), undo.role()), (Role::Run, Role::Undo));
    assert_ne!(run.name(), undo.name());
    assert_eq!(undo.job()["metadata"]["labels"]["catalog.dev/role"], "undo");
    let key = |job| variable(job, "HOOK_IDEMPOTENCY_KEY");
    assert_eq!(key(run.job()), key(undo.job()));
    assert!(undo.undo().is_none());
}

#[test]
fn another_attempt_is_another_job_of_the_same_work() {
    let catalog = full();
    let hooks = hooks(&catalog, &install()).unwrap();
    let first = hooks.jobs().next().unwrap();
    let third = first.with_attempt(NonZeroU32::new(3).unwrap());
    assert_eq!(third.job()["metadata"]["name"], third.name());
    assert_ne!(third.name(), first.name());
    let changed = |pointer: &str| {
        first.job().pointer(pointer).unwrap() != third.job().pointer(pointer).unwrap()
    };
    assert!(changed("/metadata/labels/catalog.dev~1spec-hash"));
    for (job, attempt) in [(first, "1"), (&third, "3")] {
        assert_eq!(job.attempt().to_string(), attempt);
        assert_eq!(variable(job.job(), "HOOK_ATTEMPT"), Some(attempt));
        for labels in ["/metadata/labels", "/spec/template/metadata/labels"] {
            assert_eq!(
                job.job().pointer(labels).unwrap()["catalog.dev/attempt"],
                attempt
            );
        }
    }
    let key = |job| variable(job, "HOOK_IDEMPOTENCY_KEY");
    assert_eq!(key(first.job()), key(third.job()));
    assert_eq!(
        &third.with_attempt(NonZeroU32::MIN),
        first,
        "nothing of an attempt stays"
    );
}

#[test]
fn all_refused_hooks_are_reported_at_once() {
    let mut elsewhere = job();
    elsewhere["metadata"] = json!({"namespace": "elsewhere"});
    let text = json!({
        "pre-install": [{"name": "check", "job": elsewhere}, {"name": "fine", "job": job()}],
        "post-install": [{"name": "tell", "job": job(), "undo": elsewhere}],
    });
    let catalog = catalog::catalog(&[("1.0", &text.to_string())]);
    let error = hooks(&catalog, &install()).unwrap_err();
    assert_eq!(error.kind(), HookErrorKind::RefusedHooks);
    insta::assert_snapshot!(error, @"`install db 1.0 in storage` cannot run its hooks: db/1.0/hooks/run.yaml: the Job of pre-install hook `check`: it names the namespace `elsewhere`, and the package is installed in `storage` (and 1 more)");
    let messages: Vec<_> = error
        .diagnostics()
        .iter()
        .map(|said| said.message())
        .collect();
    assert_eq!(
        messages,
        [
            "the Job of pre-install hook `check`: it names the namespace `elsewhere`, and the package is installed in `storage`",
            "the undo Job of post-install hook `tell`: it names the namespace `elsewhere`, and the package is installed in `storage`",
        ]
    );
}

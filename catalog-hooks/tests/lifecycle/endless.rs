//! What could go on for ever, and comes to rest: two that wait for each other, and a server that has changed its mind whenever it is asked again.

use std::time::Duration;

use catalog_hooks::api::{ObjectRef, PatchKind, Request};
use catalog_hooks::journal::OperationStatus;
use catalog_hooks::simulator::FakeCluster;
use catalog_hooks::{Answer, Machine, Outcome, Poll, Task, label};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::package::{Version, config, job};
use crate::world::{Run, World, fails, install, refused, upgrade};

/// A hook that needs a ClusterRole of this name, and its undo too.
fn needing(version: Version, hook: &str, (role, undo): (&str, bool)) -> Version {
    let role = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": role}, "rules": []});
    let mut policy = json!({"resources": [role]});
    if undo {
        policy["undo"] = job("undo");
    }
    version.hook("pre-install", hook, policy)
}

/// Each has what the other needs on its way back, and cannot give it back.
#[test]
fn two_that_go_back_do_not_wait_for_each_other_for_ever() {
    let version = |package: &str, [first, second]: [&str; 2]| {
        let version = Version::new(package, "1.0");
        let version = needing(version, &format!("{package}-first"), (first, true));
        needing(version, &format!("{package}-second"), (second, false))
    };
    let mut world = World::new([version("a", ["y", "x"]), version("b", ["x", "y"])]);
    for hook in ["a-second", "b-second"] {
        let labels = [(label::HOOK, hook), (label::ROLE, "run")];
        world.cluster.get().script(&labels, [fails()]);
    }
    let both = [install("a", "1.0"), install("b", "1.0")];
    let plan = world.plan(&both).with_parallel(2);
    let machine = world.machine(plan);
    let mut seconds = 0;
    let run = world.drive(machine, |cluster, _, poll| {
        if let Poll::Do(effect) = poll {
            let told = effect.task.to_string();
            seconds += usize::from(told.starts_with("create Job") && told.contains("-second"));
            if seconds == 2 {
                cluster.deny("delete", "ClusterRole");
            }
        }
    });
    assert_eq!(run.outcome, Outcome::Partial);
    let story = run.story();
    assert!(story.contains("has and does not give back"), "{story}");
}

/// An install with one hook, in a cluster where something is done before each effect whose words begin so.
fn disturbed(what: &str, mut disturb: impl FnMut(&mut FakeCluster, &ObjectRef)) -> Run {
    let mut world = World::new([Version::new("db", "1.0").hook("pre-install", "one", json!({}))]);
    let plan = world.plan(&[install("db", "1.0")]);
    let machine: Machine = world.machine(plan);
    world.drive(machine, |cluster, _, poll| {
        let Poll::Do(effect) = poll else { return };
        let told = effect.task.to_string();
        if let Some(name) = told
            .strip_prefix(what)
            .and_then(|rest| rest.strip_prefix(" Job db/"))
        {
            disturb(
                cluster,
                &ObjectRef::namespaced("batch/v1", "Job", "db", name),
            );
        }
    })
}

/// Somebody changes a Job.
fn touch(cluster: &mut FakeCluster, target: &ObjectRef) {
    let now = cluster.now().to_string();
    let before = cluster
        .object(target)
        .map(|job| job["metadata"]["resourceVersion"].clone());
    let patch =
        json!({"metadata": {"annotations": {"example.com/seen": format!("{now} {before:?}")}}});
    let request = Request::Patch {
        target: target.clone(),
        patch,
        kind: PatchKind::Merge,
    };
    cluster.meddle(&request).unwrap();
}

fn is_held(cluster: &FakeCluster, target: &ObjectRef) -> bool {
    let suspended = cluster
        .object(target)
        .map(|job| job["spec"]["suspend"].clone());
    suspended == Some(Value::Bool(true))
}

#[test]
fn a_job_that_somebody_changes_all_the_time_is_not_let_run() {
    let run = disturbed("patch", |cluster, target| {
        if is_held(cluster, target) {
            touch(cluster, target);
        }
    });
    assert_eq!(run.outcome, Outcome::Unchanged);
    let story = run.story();
    assert!(story.contains("its Job cannot be let run"), "{story}");
}

#[test]
fn a_job_that_somebody_changes_all_the_time_is_not_released() {
    let run = disturbed("patch", |cluster, target| {
        if !is_held(cluster, target) {
            touch(cluster, target);
        }
    });
    assert_eq!(run.outcome, Outcome::Partial);
    let story = run.story();
    assert!(story.contains("cannot be released"), "{story}");
}

/// The server says that it is there, and then that it is not.
#[test]
fn a_job_that_is_there_and_is_not_is_not_created_for_ever() {
    let there = |target: &ObjectRef| {
        let mut other = job("other");
        other["metadata"] = json!({"name": target.name(), "namespace": "db"});
        other["spec"]["template"]["spec"]["restartPolicy"] = "Never".into();
        other
    };
    let mut world = World::new([Version::new("db", "1.0").hook("pre-install", "one", json!({}))]);
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    let mut made = None;
    let run = world.drive(machine, |cluster, _, poll| {
        let Poll::Do(effect) = poll else { return };
        if let Some(target) = made.take() {
            cluster.force_delete(&target);
        }
        let told = effect.task.to_string();
        if let Some(name) = told.strip_prefix("create Job db/") {
            let target = ObjectRef::namespaced("batch/v1", "Job", "db", name);
            crate::hops::create(cluster, there(&target));
            made = Some(target);
        }
    });
    assert_eq!(
        run.journal.operations()[0].status(),
        OperationStatus::Unchanged
    );
    let story = run.story();
    assert!(story.contains("already exists"), "{story}");
}

/// An upgrade of an object in whose place there is another one of ours whenever it is to be applied. Told to stop, if it is, when that has happened
/// some times; and how often it was to be applied.
fn replaced_all_the_time(is_cancelled: bool) -> (Run, usize) {
    let version = |version: &str| Version::new("db", version).object(config("settings", version));
    let mut world = World::new(["1.0", "2.0"].map(version));
    world.run(&[install("db", "1.0")]);
    let plan = world.plan(&[upgrade("db", "1.0", "2.0")]);
    let machine = world.machine(plan);
    let settings = ObjectRef::namespaced("v1", "ConfigMap", "db", "settings");
    let mut times = 0;
    let run = world.drive(machine, |cluster, machine, poll| {
        if !matches!(poll, Poll::Do(effect) if effect.task.to_string() == "apply ConfigMap db/settings") {
            return;
        }
        let labels = cluster.object(&settings).unwrap()["metadata"]["labels"].clone();
        cluster.force_delete(&settings);
        let metadata = json!({"name": "settings", "namespace": "db", "labels": labels});
        let other = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata});
        crate::hops::create(cluster, other);
        times += 1;
        if is_cancelled && times == 5 {
            machine.cancel();
        }
    });
    (run, times)
}

#[test]
fn an_object_that_is_another_one_all_the_time_is_not_applied_for_ever() {
    let (run, _) = replaced_all_the_time(false);
    assert_eq!(run.outcome, Outcome::Partial);
    let story = run.story();
    assert!(
        story.contains("ConfigMap db/settings cannot be applied"),
        "{story}"
    );
}

#[test]
fn an_object_that_is_another_one_all_the_time_is_not_applied_once_the_run_is_told_to_stop() {
    let (run, times) = replaced_all_the_time(true);
    assert_eq!(run.outcome, Outcome::Partial, "{}", run.story());
    assert_eq!(times, 5);
}

/// Each time it is applied, it turns out to be on its way out, and has gone at once.
#[test]
fn an_object_that_is_deleted_all_the_time_is_not_applied_for_ever() {
    let mut world = World::new([Version::new("db", "1.0").object(config("settings", "one"))]);
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    let settings = ObjectRef::namespaced("v1", "ConfigMap", "db", "settings");
    let run = world.drive(machine, |cluster, _, poll| {
        let Poll::Do(effect) = poll else { return };
        match effect.task.to_string().as_str() {
            "apply ConfigMap db/settings" => {
                let metadata = json!({"name": "settings", "namespace": "db", "finalizers": ["example.com/held"]});
                let going = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata});
                crate::hops::create(cluster, going);
                cluster.delete_object(&settings);
            }
            "read ConfigMap db/settings" => cluster.force_delete(&settings),
            _ => {}
        }
    });
    assert_eq!(run.outcome, Outcome::Partial);
    let story = run.story();
    assert!(
        story.contains("is deleted whenever it is applied"),
        "{story}"
    );
}

/// The server says of what a hook needs that it is there, and then that it is not.
#[test]
fn what_a_hook_needs_that_is_there_and_is_not_is_not_created_for_ever() {
    let account =
        json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "checker"}});
    let policy = json!({"resources": [account]});
    let mut world = World::new([Version::new("db", "1.0").hook("pre-install", "check", policy)]);
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    let target = ObjectRef::namespaced("v1", "ServiceAccount", "db", "checker");
    let mut is_made = false;
    let run = world.drive(machine, |cluster, _, poll| {
        let Poll::Do(effect) = poll else { return };
        if std::mem::take(&mut is_made) {
            cluster.force_delete(&target);
        }
        if effect.task.to_string() == "create ServiceAccount db/checker" {
            let metadata = json!({"name": "checker", "namespace": "db"});
            let other = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata});
            crate::hops::create(cluster, other);
            is_made = true;
        }
    });
    assert_eq!(run.outcome, Outcome::Unchanged);
    let story = run.story();
    assert!(story.contains("already exists"), "{story}");
}

/// A package's own webhook, which nobody answers for, is asked before the journal is written. Told to stop, the runner ends within the time that a pod
/// is given, and says what is in the way.
#[test]
fn a_runner_that_its_own_package_locks_out_ends_in_time() {
    let webhook = json!({"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration", "metadata": {"name": "guard"}});
    let mut world = World::new([Version::new("db", "1.0")
        .definition("webhook", &webhook)
        .object(config("settings", "one"))]);
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    let guard = ObjectRef::of(&webhook).unwrap();
    let (mut locked, mut told) = (None, None);
    let run = world.drive_or_answer(machine, |cluster, machine, next| {
        let Poll::Do(effect) = next else { return None };
        if !matches!(effect.task, Task::SaveJournal { .. }) || cluster.object(&guard).is_none() {
            return None;
        }
        let now = cluster.now();
        let since = *locked.get_or_insert(now);
        if told.is_none() && now >= since.after(Duration::from_secs(5)) {
            told = Some(now);
            machine.cancel();
        }
        let refused = refused(
            500,
            "InternalError",
            "Internal error occurred: failed calling webhook \"guard.example.com\": no endpoints",
        );
        match refused {
            Answer::Called(Err(failure)) => Some(Answer::Saved(Err(failure))),
            _ => None,
        }
    });
    // The cluster goes on for ten seconds after a run.
    let (told, ended) = (told.unwrap(), world.cluster.get().now());
    assert!(
        ended <= told.after(Duration::from_secs(10 + 25)),
        "{told} to {ended}"
    );
    let Outcome::Stopped(stop) = &run.outcome else {
        panic!("{}", run.story())
    };
    assert_snapshot!(stop, @r#"the API server does not answer: write the journal: Internal error occurred: failed calling webhook "guard.example.com": no endpoints (500); this run has written ValidatingWebhookConfiguration guard: if it is what is asked there and does not answer, delete it by hand and give the run up, as one that goes on writes it again; resume the run when it does"#);
}

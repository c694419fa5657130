//! How the real Job controller treats a hook's Job: the rules that the lifecycle stands on.

use catalog_hooks::api::{ObjectRef, PatchKind, Request};
use catalog_hooks::label::FINALIZER;
use serde_json::{Value, json};

use crate::hook::{has, hook, reason, stays};
use crate::world::{World, text};

/// A Job whose end says that none of its pods is left.
fn is_settled(job: &Value) -> bool {
    let none = |key: &str| {
        job["status"]
            .get(key)
            .is_none_or(|count| *count == json!(0))
    };
    none("active") && none("ready") && none("terminating")
}

#[tokio::test]
async fn a_hook_that_succeeds() {
    let Some(world) = World::new("job-succeeds").await else {
        return;
    };
    let hook = hook(&world, "timeout: 5m");
    let created = world.create(hook.suspended_job()).await;
    assert_eq!(created["metadata"]["generation"], 1);
    let suspended = world.job_with(&created, "Suspended").await;
    assert!(
        suspended["status"].get("startTime").is_none(),
        "{suspended:#}"
    );
    assert!(world.pods_of(&created).await.is_empty());

    let job = world.unsuspend(&created).await;
    assert_eq!(job["metadata"]["generation"], 2);
    let pod = world.pod_of(&job).await;
    let labels = &pod["metadata"]["labels"];
    assert_eq!(labels["batch.kubernetes.io/job-name"], hook.name());
    assert_eq!(labels["catalog.dev/hook"], "check");
    world.start(&pod).await;
    let target = ObjectRef::of(&job).unwrap();
    let ready = |job: Option<&Value>| job.is_some_and(|job| job["status"]["ready"] == 1);
    world.until("the pod's readiness", &target, ready).await;
    world.end(&pod, 0).await;
    let job = world.job_with(&job, "Complete").await;
    assert!(
        has(&job, "SuccessCriteriaMet") && is_settled(&job),
        "{job:#}"
    );
    assert!(!has(&job, "Suspended"), "{job:#}");
    assert_eq!(job["status"]["succeeded"], 1);
}

#[tokio::test]
async fn a_hook_that_fails() {
    let Some(world) = World::new("job-fails").await else {
        return;
    };
    let job = world.run(&hook(&world, "timeout: 5m")).await;
    let pod = world.pod_of(&job).await;
    world.start(&pod).await;
    world.end(&pod, 3).await;
    let job = world.job_with(&job, "Failed").await;
    assert_eq!(reason(&job, "Failed"), Some("BackoffLimitExceeded"));
    assert!(has(&job, "FailureTarget") && is_settled(&job), "{job:#}");
    stays("a second pod", async || {
        world.pods_of(&job).await.len() == 1
    })
    .await;
    let pod = world.pod_of(&job).await;
    let words = "/status/containerStatuses/0/state/terminated/message";
    assert_eq!(
        text(&pod, words),
        "the last words",
        "a pod that failed by itself stays"
    );
}

#[tokio::test]
async fn a_hook_whose_node_nobody_reaches() {
    let Some(world) = World::new("job-unreachable").await else {
        return;
    };
    let job = world.run(&hook(&world, "timeout: 5m")).await;
    let pod = world.pod_of(&job).await;
    world.start(&pod).await;
    // The lifecycle's cancel: it cannot be taken back, and no time has to pass after it.
    world
        .patch(
            &job,
            PatchKind::Merge,
            json!({"spec": {"activeDeadlineSeconds": 1}}),
        )
        .await;
    let job = world.job_with(&job, "FailureTarget").await;
    assert_eq!(reason(&job, "FailureTarget"), Some("DeadlineExceeded"));
    stays("it is not settled while a pod may run", async || {
        let job = world.job(&job).await;
        !has(&job, "Failed") && job["status"]["terminating"] == 1
    })
    .await;
    assert!(!text(&world.pod_of(&job).await, "/metadata/deletionTimestamp").is_empty());
    world.reap(&pod).await;
    let job = world.job_with(&job, "Failed").await;
    assert_eq!(reason(&job, "Failed"), Some("DeadlineExceeded"));
    assert!(is_settled(&job), "{job:#}");
    assert!(
        world.pods_of(&job).await.is_empty(),
        "our finalizer keeps the Job, not its pods"
    );
}

#[tokio::test]
async fn a_cancelled_hook_that_never_had_a_node() {
    let Some(world) = World::new("job-unscheduled").await else {
        return;
    };
    let job = world.run(&hook(&world, "timeout: 5m")).await;
    world.pod_of(&job).await;
    world
        .patch(
            &job,
            PatchKind::Merge,
            json!({"spec": {"activeDeadlineSeconds": 1}}),
        )
        .await;
    let job = world.job_with(&job, "Failed").await;
    assert_eq!(reason(&job, "Failed"), Some("DeadlineExceeded"));
}

#[tokio::test]
async fn what_was_decided_before_a_cancel_stays() {
    let Some(world) = World::new("job-latched").await else {
        return;
    };
    let job = world.run(&hook(&world, "timeout: 5m")).await;
    let pod = world.pod_of(&job).await;
    world.start(&pod).await;
    world.end(&pod, 0).await;
    let job = world.job_with(&job, "Complete").await;
    world
        .patch(
            &job,
            PatchKind::Merge,
            json!({"spec": {"activeDeadlineSeconds": 1}}),
        )
        .await;
    stays("a Complete becomes no failure", async || {
        let job = world.job(&job).await;
        has(&job, "Complete") && !has(&job, "FailureTarget")
    })
    .await;
}

#[tokio::test]
async fn a_hook_that_gets_no_pod() {
    let Some(world) = World::new("job-stuck").await else {
        return;
    };
    let mut manifest = hook(&world, "timeout: 5m").suspended_job();
    manifest["spec"]["template"]["spec"]["serviceAccountName"] = "none".into();
    let tried = Request::Create {
        object: manifest.clone(),
        dry_run: true,
    };
    world
        .call(tried)
        .await
        .expect("a Job's dry run does not show a missing account");
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "try", "namespace": world.namespace},
        "spec": manifest["spec"]["template"]["spec"],
    });
    let tried = Request::Create {
        object: pod,
        dry_run: true,
    };
    let failure = world.call(tried).await.expect_err("a pod's dry run does");
    assert!(
        failure
            .message()
            .contains("serviceaccount \"none\" not found"),
        "{failure}"
    );

    let created = world.create(manifest).await;
    let job = world.unsuspend(&created).await;
    let wanted = catalog_hooks::api::ListRequest {
        api_version: "v1".to_owned(),
        kind: "Event".to_owned(),
        namespace: Some(world.namespace.clone()),
        labels: vec![],
        fields: vec![
            (
                "involvedObject.uid".to_owned(),
                text(&job, "/metadata/uid").to_owned(),
            ),
            ("reason".to_owned(), "FailedCreate".to_owned()),
        ],
    };
    let started = std::time::Instant::now();
    let events = loop {
        let events = world.call(Request::List(wanted.clone())).await.unwrap();
        if events.as_array().is_some_and(|events| !events.is_empty()) {
            break events;
        }
        assert!(started.elapsed().as_secs() < 60, "no Event");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    };
    let said = text(&events[0], "/message");
    assert!(said.contains("serviceaccount \"none\" not found"), "{said}");
    let job = world.job(&job).await;
    assert!(
        job["status"]
            .get("conditions")
            .is_none_or(|all| !all.to_string().contains("Fail")),
        "{job:#}"
    );

    world
        .patch(
            &job,
            PatchKind::Merge,
            json!({"spec": {"activeDeadlineSeconds": 1}}),
        )
        .await;
    let job = world.job_with(&job, "Failed").await;
    assert_eq!(
        reason(&job, "Failed"),
        Some("DeadlineExceeded"),
        "a cancel ends it"
    );
}

#[tokio::test]
async fn an_evicted_pod_is_replaced_for_at_least_once_only() {
    let Some(world) = World::new("job-evicted").await else {
        return;
    };
    let once = world.run(&hook(&world, "semantics: at-most-once")).await;
    let pod = world.pod_of(&once).await;
    world.start(&pod).await;
    world.evict(&pod).await;
    let once = world.job_with(&once, "Failed").await;
    assert_eq!(world.pods_of(&once).await.len(), 1);
    world
        .patch(
            &once,
            PatchKind::Merge,
            json!({"metadata": {"finalizers": null}}),
        )
        .await;
    world.delete(&once).await;
    let target = ObjectRef::of(&once).unwrap();
    world
        .until("the Job's end", &target, |job| job.is_none())
        .await;

    let job = world.run(&hook(&world, "timeout: 5m")).await;
    let pod = world.pod_of(&job).await;
    world.start(&pod).await;
    world.evict(&pod).await;
    let second = world.pod_beside(&job, text(&pod, "/metadata/uid")).await;
    world.start(&second).await;
    world.end(&second, 0).await;
    world.job_with(&job, "Complete").await;
}

#[tokio::test]
async fn a_suspended_job_waits_and_a_resumed_one_starts_its_clock_again() {
    let Some(world) = World::new("job-suspended").await else {
        return;
    };
    let mut manifest = hook(&world, "timeout: 5m").suspended_job();
    manifest["spec"]["activeDeadlineSeconds"] = 1.into();
    manifest["spec"]["ttlSecondsAfterFinished"] = 0.into();
    let job = world.create(manifest).await;
    let suspended = world.job_with(&job, "Suspended").await;
    stays("a suspended Job has no end", async || {
        let job = world.job(&job).await;
        !has(&job, "Failed") && job["status"].get("startTime").is_none()
    })
    .await;

    world
        .patch(
            &suspended,
            PatchKind::Merge,
            json!({"spec": {"activeDeadlineSeconds": 300}}),
        )
        .await;
    let job = world.unsuspend(&job).await;
    let pod = world.pod_of(&job).await;
    world.start(&pod).await;
    let target = ObjectRef::of(&job).unwrap();
    let started =
        |job: Option<&Value>| job.is_some_and(|job| job["status"].get("startTime").is_some());
    world.until("its start", &target, started).await;
    world
        .patch(&job, PatchKind::Merge, json!({"spec": {"suspend": true}}))
        .await;
    let job = world.job_with(&job, "Suspended").await;
    assert!(job["status"].get("startTime").is_none(), "{job:#}");
    world.reap(&pod).await;
    world.unsuspend(&job).await;
    world.pod_of(&job).await;
}

#[tokio::test]
async fn a_deleted_job_is_counted_no_more() {
    let Some(world) = World::new("job-deleted").await else {
        return;
    };
    let job = world.run(&hook(&world, "timeout: 5m")).await;
    let pod = world.pod_of(&job).await;
    world.start(&pod).await;
    world.delete(&job).await;
    let deleting = world.job(&job).await;
    assert!(
        !text(&deleting, "/metadata/deletionTimestamp").is_empty(),
        "our finalizer holds it"
    );
    world.end(&pod, 0).await;
    stays("its success is not counted", async || {
        !has(&world.job(&job).await, "Complete")
    })
    .await;
}

#[tokio::test]
async fn release_takes_off_our_finalizer_alone() {
    let Some(world) = World::new("job-released").await else {
        return;
    };
    let mut manifest = hook(&world, "timeout: 5m").suspended_job();
    manifest["metadata"]["finalizers"] = json!(["example.com/theirs", FINALIZER]);
    let created = world.create(manifest).await;
    let job = world.unsuspend(&created).await;
    let pod = world.pod_of(&job).await;
    world.start(&pod).await;
    world.end(&pod, 0).await;
    let job = world.job_with(&job, "Complete").await;
    let release = json!({
        "metadata": {
            "uid": text(&job, "/metadata/uid"),
            "resourceVersion": text(&job, "/metadata/resourceVersion"),
            "$deleteFromPrimitiveList/finalizers": [FINALIZER],
        },
        "spec": {"ttlSecondsAfterFinished": 1},
    });
    let job = world.patch(&job, PatchKind::Strategic, release).await;
    assert_eq!(job["metadata"]["finalizers"], json!(["example.com/theirs"]));
    let target = ObjectRef::of(&job).unwrap();
    let deleting = |job: Option<&Value>| {
        job.is_some_and(|job| !text(job, "/metadata/deletionTimestamp").is_empty())
    };
    world.until("its time to live", &target, deleting).await;
    world
        .patch(
            &job,
            PatchKind::Merge,
            json!({"metadata": {"finalizers": null}}),
        )
        .await;
    world.until("its end", &target, |job| job.is_none()).await;
    let pod = ObjectRef::of(&pod).unwrap();
    world
        .until("its pod's end", &pod, |pod| pod.is_none())
        .await;
}

#[tokio::test]
async fn a_delete_takes_the_pods_only_where_it_says_so() {
    let Some(world) = World::new("job-pods").await else {
        return;
    };
    let manifest = || {
        let mut manifest = hook(&world, "timeout: 5m").job().clone();
        manifest["metadata"]["finalizers"] = Value::Null;
        manifest
    };
    let job = world.create(manifest()).await;
    let orphan = world.pod_of(&job).await;
    let path = format!(
        "/apis/batch/v1/namespaces/job-pods/jobs/{}",
        text(&job, "/metadata/name")
    );
    world.send("DELETE", &path, &json!({})).await;
    let target = ObjectRef::of(&job).unwrap();
    world
        .until("the Job's end", &target, |job| job.is_none())
        .await;
    stays("the server's default keeps the pods", async || {
        world.pods_of(&job).await.len() == 1
    })
    .await;
    world.reap(&orphan).await;

    let job = world.create(manifest()).await;
    let pod = world.pod_of(&job).await;
    world.delete(&job).await;
    let pod = ObjectRef::of(&pod).unwrap();
    world
        .until("the pod's end", &pod, |pod| pod.is_none())
        .await;
}

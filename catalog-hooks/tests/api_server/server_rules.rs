//! How the server treats what the lifecycle writes: the rules that it stands on.

use catalog_hooks::api::{FailureClass, ObjectRef, PatchKind, Request};
use serde_json::{Value, json};

use crate::hook::hook;
use crate::world::{World, text};

fn apply(object: &Value) -> Request {
    Request::Apply {
        object: object.clone(),
        force: false,
        dry_run: false,
    }
}

/// What a replacement without a version does: why the journal never sends one.
#[tokio::test]
async fn a_replacement_without_a_version_overwrites() {
    let Some(world) = World::new("versionless").await else {
        return;
    };
    for version in [Value::Null, "".into(), "0".into()] {
        let mut settings = world.manifest("v1", "ConfigMap", "settings");
        settings["data"] = json!({"a": "theirs"});
        let made = world.call(apply(&settings)).await.unwrap();
        settings["metadata"]["resourceVersion"] = version.clone();
        settings["data"] = json!({"a": "ours"});
        let written = world.call(Request::Replace(settings)).await.unwrap();
        assert_eq!(written["data"]["a"], "ours", "{version}");
        world.delete(&made).await;
    }
}

#[tokio::test]
async fn an_apply_may_create_and_may_touch_what_goes() {
    let Some(world) = World::new("applied").await else {
        return;
    };
    let mut settings = world.manifest("v1", "ConfigMap", "settings");
    settings["metadata"]["finalizers"] = json!(["example.com/held"]);
    let mut versioned = settings.clone();
    versioned["metadata"]["resourceVersion"] = "1".into();
    let made = world.call(apply(&versioned)).await;
    let made = made.expect("a version does not keep an apply from creating");
    world.delete(&made).await;
    settings["data"] = json!({"a": "b"});
    let going = world
        .call(apply(&settings))
        .await
        .expect("an apply to what goes is taken");
    assert!(!text(&going, "/metadata/deletionTimestamp").is_empty());
    world
        .patch(
            &going,
            PatchKind::Merge,
            json!({"metadata": {"finalizers": null}}),
        )
        .await;
}

#[tokio::test]
async fn times_of_leases_have_six_decimals_and_anybody_lowers_their_count() {
    let Some(world) = World::new("lease-rules").await else {
        return;
    };
    let lease = |name: &str, time: &str| {
        let mut lease = world.manifest("coordination.k8s.io/v1", "Lease", name);
        lease["spec"] = json!({"holderIdentity": "me", "leaseDurationSeconds": 30, "renewTime": time, "leaseTransitions": 7});
        Request::Create {
            object: lease,
            dry_run: false,
        }
    };
    for time in ["2026-11-22T03:28:40Z", "2026-11-22T03:28:40.123Z"] {
        let failure = world.call(lease("wrong", time)).await.unwrap_err();
        assert_eq!(failure.class(), FailureClass::Invalid, "{time}: {failure}");
    }
    let made = world
        .call(lease("right", "2026-11-22T03:28:40.123000Z"))
        .await
        .unwrap();
    let lowered = world
        .patch(
            &made,
            PatchKind::Merge,
            json!({"spec": {"leaseTransitions": 0}}),
        )
        .await;
    assert_eq!(lowered["spec"]["leaseTransitions"], 0);
}

/// What of a hook's Job can be changed once it runs.
#[tokio::test]
async fn fields_of_a_running_job() {
    let Some(world) = World::new("job-fields").await else {
        return;
    };
    let job = world.run(&hook(&world, "timeout: 5m")).await;
    let patch = async |spec: Value| {
        let target = ObjectRef::of(&job).unwrap();
        let patch = json!({"spec": spec});
        world
            .call(Request::Patch {
                target,
                patch,
                kind: PatchKind::Merge,
            })
            .await
    };
    for immutable in [
        json!({"completions": 2}),
        json!({"podFailurePolicy": null}),
        json!({"managedBy": "example.com/me"}),
        json!({"completionMode": "Indexed"}),
        json!({"selector": {"matchLabels": {"a": "b"}}}),
        json!({"template": {"metadata": {"labels": {"a": "b"}}}}),
    ] {
        let failure = patch(immutable.clone()).await.unwrap_err();
        assert_eq!(failure.class(), FailureClass::Invalid, "{immutable}");
    }
    for mutable in [
        json!({"ttlSecondsAfterFinished": 60}),
        json!({"activeDeadlineSeconds": 600}),
        json!({"backoffLimit": 1}),
        json!({"parallelism": 2}),
        json!({"podReplacementPolicy": "Failed"}),
        json!({"suspend": true}),
    ] {
        patch(mutable.clone())
            .await
            .unwrap_or_else(|failure| panic!("{mutable}: {failure}"));
    }
}

/// A Job that nobody but the test writes the status of: what the server refuses, no controller can show.
#[tokio::test]
async fn statuses_that_no_job_can_have() {
    let Some(world) = World::new("job-statuses").await else {
        return;
    };
    let mut manifest = hook(&world, "timeout: 5m").job().clone();
    manifest["spec"]["managedBy"] = "example.com/test".into();
    let job = world.create(manifest).await;
    let path = format!(
        "/apis/batch/v1/namespaces/job-statuses/jobs/{}/status",
        text(&job, "/metadata/name")
    );
    let (start, end) = ("2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z");
    let condition = |kind: &str| json!({"type": kind, "status": "True", "lastTransitionTime": end});
    let refused = async |what: &str, status: Value| {
        let request =
            http::Request::patch(&path).header("content-type", "application/merge-patch+json");
        let body = json!({"status": status}).to_string().into_bytes();
        let answer = world
            .client
            .request::<Value>(request.body(body).unwrap())
            .await;
        assert!(answer.is_err(), "{what}: {answer:?}");
    };
    let met = condition("SuccessCriteriaMet");
    refused(
        "Complete without a start",
        json!({"conditions": [met, condition("Complete")], "completionTime": end}),
    )
    .await;
    refused(
        "Complete without its criteria",
        json!({"startTime": start, "conditions": [condition("Complete")], "completionTime": end}),
    )
    .await;
    refused("Complete before its start", json!({"startTime": end, "conditions": [met, condition("Complete")], "completionTime": start})).await;
    refused("Complete with a pod", json!({"startTime": start, "active": 1, "conditions": [met, condition("Complete")], "completionTime": end})).await;
    refused(
        "Failed without its target",
        json!({"startTime": start, "conditions": [condition("Failed")]}),
    )
    .await;
    refused(
        "both targets",
        json!({"startTime": start, "conditions": [met, condition("FailureTarget")]}),
    )
    .await;

    let done = json!({"startTime": start, "succeeded": 1, "conditions": [met, condition("Complete")], "completionTime": end});
    world.send("PATCH", &path, &json!({"status": done})).await;
    refused(
        "an end that is taken back",
        json!({"conditions": [met], "completionTime": null}),
    )
    .await;
    refused("a success that is taken back", json!({"succeeded": 0})).await;
}

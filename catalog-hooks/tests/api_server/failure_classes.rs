//! What the server answers to each call that cannot succeed, and what the lifecycle makes of it.

use catalog_hooks::api::FailureClass::{
    AlreadyExists, FieldConflict, Forbidden, Invalid, NamespaceTerminating, NoSuchKind, NotFound,
    OtherUid, Outdated, Transient, Unauthorized,
};
use catalog_hooks::api::PatchKind::{Merge, Strategic};
use catalog_hooks::api::{FailureClass, ListRequest, ObjectRef, Request};
use catalog_hooks::kube::KubeCluster;
use serde_json::{Value, json};

use crate::server::{LIMITED, STRANGER};
use crate::world::{World, text};

type Case<'c> = (&'c str, Request, FailureClass);

/// Holds the failure of each call to its class, and shows the server's words where they are taken for something else.
async fn check(cluster: &KubeCluster, cases: Vec<Case<'_>>) {
    let mut wrong = String::new();
    for (what, request, expected) in cases {
        match cluster.call(&request).await {
            Err(failure) if failure.class() == expected => {}
            outcome => wrong += &format!("{what}: not {expected:?}: {outcome:#?}\n"),
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn create(object: &Value) -> Request {
    Request::Create {
        object: object.clone(),
        dry_run: false,
    }
}

fn try_create(object: &Value) -> Request {
    Request::Create {
        object: object.clone(),
        dry_run: true,
    }
}

fn apply(object: &Value) -> Request {
    Request::Apply {
        object: object.clone(),
        force: false,
        dry_run: false,
    }
}

fn delete(target: &ObjectRef, uid: &str) -> Request {
    Request::delete(target.clone(), Some(uid.to_owned()))
}

fn with(object: &Value, pointer: &str, value: impl Into<Value>) -> Value {
    let mut object = object.clone();
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    object.pointer_mut(parent).expect("a parent")[key] = value.into();
    object
}

fn pod_spec() -> Value {
    json!({"restartPolicy": "Never", "containers": [{"name": "main", "image": "example.com/none"}]})
}

const OTHER: &str = "00000000-0000-0000-0000-000000000000";

#[tokio::test]
async fn preconditions() {
    let Some(world) = World::new("preconditions").await else {
        return;
    };
    let settings = world.manifest("v1", "ConfigMap", "settings");
    let made = world.create(settings.clone()).await;
    let uid = text(&made, "/metadata/uid");
    let old = text(&made, "/metadata/resourceVersion");
    let target = world.named("v1", "ConfigMap", "settings");
    let patch = |key: &str, value: &str, kind| {
        let metadata = json!({key: value, "labels": {"a": "c"}});
        let (target, patch) = (target.clone(), json!({"metadata": metadata}));
        Request::Patch {
            target,
            patch,
            kind,
        }
    };
    let touch = patch("resourceVersion", old, Strategic);
    world
        .call(touch)
        .await
        .expect("a patch of the version that is there");

    let older = with(
        &with(&settings, "/data", json!({"a": "b"})),
        "/metadata/resourceVersion",
        old,
    );
    let other = with(&settings, "/metadata/uid", OTHER);
    check(
        &world.cluster,
        vec![
            ("create of what is there", create(&settings), AlreadyExists),
            (
                "merge patch with another uid",
                patch("uid", OTHER, Merge),
                OtherUid,
            ),
            (
                "strategic patch with another uid",
                patch("uid", OTHER, Strategic),
                OtherUid,
            ),
            (
                "merge patch of an older version",
                patch("resourceVersion", old, Merge),
                Outdated,
            ),
            (
                "strategic patch of an older version",
                patch("resourceVersion", old, Strategic),
                Outdated,
            ),
            (
                "replacing an older version",
                Request::Replace(made.clone()),
                Outdated,
            ),
            (
                "replacing another object",
                Request::Replace(other.clone()),
                OtherUid,
            ),
            ("apply with another uid", apply(&other), OtherUid),
            ("apply of an older version", apply(&older), Outdated),
            ("deleting another object", delete(&target, OTHER), OtherUid),
        ],
    )
    .await;

    world
        .call(delete(&target, uid))
        .await
        .expect("it is deleted");
    let known = with(&settings, "/metadata/uid", uid);
    check(
        &world.cluster,
        vec![
            ("deleting what is gone", delete(&target, uid), NotFound),
            (
                "reading what is gone",
                Request::Read(target.clone()),
                NotFound,
            ),
            ("patching what is gone", patch("uid", uid, Merge), NotFound),
            (
                "replacing what is gone",
                Request::Replace(made.clone()),
                NotFound,
            ),
            (
                "apply of what is gone, with its uid",
                apply(&known),
                OtherUid,
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_replaced_lease_that_is_gone_is_not_created() {
    let Some(world) = World::new("leases").await else {
        return;
    };
    let mut lease = world.manifest("coordination.k8s.io/v1", "Lease", "one");
    lease["spec"] = json!({"holderIdentity": "me", "leaseDurationSeconds": 30});
    let lease = world.create(lease).await;
    let target = world.named("coordination.k8s.io/v1", "Lease", "one");
    let uid = text(&lease, "/metadata/uid");
    world
        .call(delete(&target, uid))
        .await
        .expect("it is deleted");
    let cases = vec![(
        "replacing a Lease that is gone",
        Request::Replace(lease),
        OtherUid,
    )];
    check(&world.cluster, cases).await;
    assert_eq!(world.read(&target).await, None);
}

#[tokio::test]
async fn manifests() {
    let Some(world) = World::new("manifests").await else {
        return;
    };
    let settings = world.manifest("v1", "ConfigMap", "settings");
    let mut theirs = with(&settings, "/data", json!({"a": "theirs"}));
    let path = "/api/v1/namespaces/manifests/configmaps";
    theirs = world
        .send("POST", &format!("{path}?fieldManager=kubectl"), &theirs)
        .await;
    let ours = with(&settings, "/data", json!({"a": "ours"}));
    let mut job = world.manifest("batch/v1", "Job", "one");
    job["spec"] = json!({"template": {"spec": pod_spec()}});
    world.create(job.clone()).await;
    let job_patch = |patch: Value| Request::Patch {
        target: world.named("batch/v1", "Job", "one"),
        patch,
        kind: Strategic,
    };
    let nowhere = with(&settings, "/metadata/namespace", "no-such-namespace");
    let unserved =
        |api_version: &str, kind: &str| Request::Read(world.named(api_version, kind, "x"));
    let list = |kind: &str| {
        Request::List(ListRequest {
            api_version: "v1".to_owned(),
            kind: kind.to_owned(),
            namespace: None,
            labels: vec![],
            fields: vec![],
        })
    };
    check(
        &world.cluster,
        vec![
            ("apply over another manager", apply(&ours), FieldConflict),
            ("apply of an unknown field", apply(&with(&settings, "/dota", json!({"a": "b"}))), Invalid),
            ("apply of a wrong type", apply(&with(&settings, "/data", json!(["a"]))), Invalid),
            ("apply of an unknown field of a Job", apply(&with(&job, "/spec/timeout", 3)), Invalid),
            ("create with an unknown field", create(&with(&settings, "/dota", json!({"a": "b"}))), Invalid),
            ("create with a wrong type", create(&with(&settings, "/data", json!(["a"]))), Invalid),
            ("create with a version", create(&with(&with(&settings, "/metadata/name", "new"), "/metadata/resourceVersion", "1")), Invalid),
            ("create with a bad name", create(&with(&settings, "/metadata/name", "No_Name")), Invalid),
            ("create with a bad value", create(&with(&with(&job, "/metadata/name", "two"), "/spec/parallelism", -1)), Invalid),
            ("a change of what is immutable", job_patch(json!({"spec": {"completions": 5}})), Invalid),
            ("create in no namespace that is there", create(&nowhere), NotFound),
            ("apply in no namespace that is there", apply(&nowhere), NotFound),
            ("an unserved kind", unserved("v1", "Widget"), NoSuchKind),
            ("an unserved version", unserved("batch/v7", "Job"), NoSuchKind),
            ("an unserved group", unserved("example.com/v1", "Widget"), NoSuchKind),
            ("a list of an unserved kind", list("Widget"), NoSuchKind),
            ("an object that lacks its namespace", create(&json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}})), Invalid),
            ("a manifest without a name", create(&json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "x"}})), Invalid),
            ("a name that no object has", Request::Read(world.named("v1", "ConfigMap", "../x")), Invalid),
        ],
    )
    .await;

    let forced = Request::Apply {
        object: ours,
        force: true,
        dry_run: false,
    };
    let taken = world
        .call(forced)
        .await
        .expect("force takes the field over");
    assert_eq!(taken["data"]["a"], "ours");
    assert_eq!(taken["metadata"]["uid"], theirs["metadata"]["uid"]);
    world
        .call(list("ConfigMap"))
        .await
        .expect("a list of all namespaces");
}

#[tokio::test]
async fn what_is_not_allowed() {
    let labels = json!({"pod-security.kubernetes.io/enforce": "restricted"});
    let Some(world) = World::labelled("guarded", labels).await else {
        return;
    };
    let pod = with(&world.manifest("v1", "Pod", "one"), "/spec", pod_spec());
    let accountless = with(&pod, "/spec/serviceAccountName", "none");
    let mut quota = world.manifest("v1", "ResourceQuota", "none");
    quota["spec"] = json!({"hard": {"count/jobs.batch": "0"}});
    world.create(quota).await;
    let target = world.named("v1", "ResourceQuota", "none");
    world
        .until("the quota", &target, |quota| {
            quota.is_some_and(|quota| text(quota, "/status/hard/count~1jobs.batch") == "0")
        })
        .await;
    let mut job = world.manifest("batch/v1", "Job", "one");
    job["spec"] = json!({"template": {"spec": pod_spec()}});
    check(
        &world.cluster,
        vec![
            (
                "a pod that the namespace's standard forbids",
                try_create(&pod),
                Forbidden,
            ),
            (
                "a pod without its account",
                try_create(&accountless),
                Forbidden,
            ),
            ("an object above its quota", create(&job), Forbidden),
            ("an apply above its quota", apply(&job), Forbidden),
        ],
    )
    .await;

    let settings = world.manifest("v1", "ConfigMap", "settings");
    let target = world.named("v1", "ConfigMap", "settings");
    let user = |client| KubeCluster::new(client);
    let limited = user(world.server.client(LIMITED).await);
    check(
        &limited,
        vec![
            ("create without the right", create(&settings), Forbidden),
            (
                "read without the right",
                Request::Read(target.clone()),
                Forbidden,
            ),
            (
                "delete without the right",
                delete(&target, OTHER),
                Forbidden,
            ),
        ],
    )
    .await;
    let stranger = user(world.server.client(STRANGER).await);
    check(
        &stranger,
        vec![("a stranger", Request::Read(target), Unauthorized)],
    )
    .await;
}

#[tokio::test]
async fn a_namespace_that_goes() {
    let Some(world) = World::new("going").await else {
        return;
    };
    let settings = world.manifest("v1", "ConfigMap", "settings");
    let held = with(
        &settings,
        "/metadata/finalizers",
        json!(["example.com/held"]),
    );
    world.create(held).await;
    let namespace = ObjectRef::cluster("v1", "Namespace", "going");
    let before = world.read(&namespace).await.expect("it is there");
    world
        .call(delete(&namespace, text(&before, "/metadata/uid")))
        .await
        .expect("it goes");
    let other = with(&settings, "/metadata/name", "other");
    check(
        &world.cluster,
        vec![
            ("create", create(&other), NamespaceTerminating),
            ("apply", apply(&other), NamespaceTerminating),
        ],
    )
    .await;
    let touched = Request::Patch {
        target: world.named("v1", "ConfigMap", "settings"),
        patch: json!({"metadata": {"finalizers": null}}),
        kind: Merge,
    };
    world
        .call(touched)
        .await
        .expect("what is there can be changed");
    world
        .until("the namespace", &namespace, |namespace| namespace.is_none())
        .await;
    check(
        &world.cluster,
        vec![("create afterwards", create(&other), NotFound)],
    )
    .await;
}

/// A policy and a webhook that only concern ConfigMaps of this namespace.
#[tokio::test]
async fn admission() {
    let Some(world) = World::new("admitted").await else {
        return;
    };
    let rules = json!([{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}]);
    let selector = json!({"matchLabels": {"kubernetes.io/metadata.name": "admitted"}});
    let group = "admissionregistration.k8s.io/v1";
    world.create(json!({
        "apiVersion": group, "kind": "ValidatingAdmissionPolicy", "metadata": {"name": "no-configmaps"},
        "spec": {
            "matchConstraints": {"resourceRules": rules, "namespaceSelector": selector},
            "matchConditions": [{"name": "denied", "expression": "object.metadata.name == 'denied'"}],
            "validations": [{"expression": "false", "message": "not here"}],
        },
    })).await;
    world.create(json!({
        "apiVersion": group, "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": "no-configmaps"},
        "spec": {"policyName": "no-configmaps", "validationActions": ["Deny"]},
    })).await;
    world.create(json!({
        "apiVersion": group, "kind": "ValidatingWebhookConfiguration", "metadata": {"name": "no-webhook"},
        "webhooks": [{
            "name": "no-webhook.example.com", "clientConfig": {"url": "https://127.0.0.1:1/"}, "rules": rules,
            "namespaceSelector": selector, "admissionReviewVersions": ["v1"], "sideEffects": "None", "timeoutSeconds": 1,
            "matchConditions": [{"name": "asked", "expression": "object.metadata.name == 'asked'"}],
        }],
    })).await;
    let named = |name: &str| create(&world.manifest("v1", "ConfigMap", name));
    // Both take effect a moment after they are there.
    for (name, expected) in [("denied", Invalid), ("asked", Transient)] {
        let started = std::time::Instant::now();
        let failure = loop {
            if let Err(failure) = world
                .call(try_create(&world.manifest("v1", "ConfigMap", name)))
                .await
            {
                break failure;
            }
            assert!(started.elapsed().as_secs() < 30, "nothing denies `{name}`");
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        };
        assert_eq!(failure.class(), expected, "{failure:#?}");
    }
    check(
        &world.cluster,
        vec![
            ("a policy", named("denied"), Invalid),
            ("a webhook that is down", named("asked"), Transient),
        ],
    )
    .await;
}

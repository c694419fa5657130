//! The fake API server answers as a Kubernetes 1.36 server did to the same calls.
#![cfg(feature = "simulator")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod fake;

use catalog_hooks::api::{Failure, ObjectRef, Request};
use catalog_hooks::simulator::Readiness;
use catalog_hooks::{Cluster, ModuleStatus, readiness};
use fake::{
    apply, cluster, config, config_ref, create, delete, job, job_ref, list, merge, pods, read,
    seconds, strategic, uid,
};
use serde_json::{Value, json};

/// A refusal: its code, its reason and a part of its message.
type Refused<'t> = (u16, &'t str, &'t str);

fn check<T: std::fmt::Debug>(what: &str, answer: Result<T, Failure>, expected: Refused<'_>) {
    let Err(failure) = answer else {
        panic!("{what}: {answer:?}")
    };
    let (code, reason, words) = expected;
    assert_eq!(
        (failure.code(), failure.reason()),
        (Some(code), reason),
        "{what}: {failure}"
    );
    assert!(failure.message().contains(words), "{what}: {failure}");
}

#[test]
fn preconditions_are_refused_in_the_words_of_the_server() {
    let mut cluster = cluster();
    let made = create(&mut cluster, job("j", json!({"suspend": true}))).unwrap();
    create(&mut cluster, config("c", json!({"a": "1"}))).unwrap();
    let c = &mut cluster;
    let suspend = |metadata: Value| json!({"metadata": metadata, "spec": {"suspend": false}});
    let other = json!({"uid": "abc"});
    check(
        "merge, uid",
        merge(c, job_ref("j"), suspend(other.clone())),
        (
            422,
            "Invalid",
            "metadata.uid: Invalid value: \"abc\": field is immutable",
        ),
    );
    check(
        "strategic, uid",
        strategic(c, job_ref("j"), suspend(other.clone())),
        (422, "Invalid", "metadata.uid"),
    );
    check(
        "merge, version",
        merge(c, job_ref("j"), suspend(json!({"resourceVersion": "3"}))),
        (
            409,
            "Conflict",
            "jobs.batch \"j\": the object has been modified",
        ),
    );
    check(
        "both",
        merge(
            c,
            job_ref("j"),
            suspend(json!({"uid": "abc", "resourceVersion": "3"})),
        ),
        (409, "Conflict", "has been modified"),
    );
    check(
        "merge, absent",
        merge(c, job_ref("x"), suspend(other)),
        (404, "NotFound", "jobs.batch \"x\" not found"),
    );
    check(
        "delete, uid",
        delete(c, job_ref("j"), Some("abc")),
        (
            409,
            "Conflict",
            "Job.batch \"j\": the UID in the precondition (abc) does not match the UID in record",
        ),
    );
    check(
        "again",
        create(c, job("j", json!({}))),
        (409, "AlreadyExists", "jobs.batch \"j\" already exists"),
    );
    let replace = |metadata: Value| {
        let mut object = config("c", json!({"a": "2"}));
        for (key, value) in metadata.as_object().unwrap() {
            object["metadata"][key] = value.clone();
        }
        Request::Replace(object)
    };
    check(
        "replace, uid",
        c.call(&replace(json!({"uid": "abc", "resourceVersion": "5"}))),
        (
            409,
            "Conflict",
            "Precondition failed: UID in precondition: abc",
        ),
    );
    check(
        "replace, version",
        c.call(&replace(json!({"resourceVersion": "5"}))),
        (409, "Conflict", "has been modified"),
    );
    assert!(
        c.call(&replace(json!({"resourceVersion": "0"}))).is_ok(),
        "0 overwrites"
    );
    let mut versioned = config("n", json!({}));
    versioned["metadata"]["resourceVersion"] = "7".into();
    check(
        "create, version",
        create(c, versioned),
        (
            500,
            "",
            "resourceVersion should not be set on objects to be created",
        ),
    );
    assert_eq!(
        read(c, job_ref("j")).unwrap()["spec"],
        made["spec"],
        "nothing changed"
    );
}

#[test]
fn kinds_that_are_not_served_have_no_status() {
    let mut cluster = cluster();
    let widget = json!({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w", "namespace": "default"}});
    let target = ObjectRef::of(&widget).unwrap();
    let c = &mut cluster;
    check(
        "read",
        read(c, target.clone()),
        (404, "", "404 page not found"),
    );
    check(
        "create",
        create(c, widget.clone()),
        (404, "", "404 page not found"),
    );
    check(
        "list",
        list(c, ("example.com/v1", "Widget"), &[], &[]),
        (404, "", ""),
    );
    let mut elsewhere = config("c", json!({}));
    elsewhere["metadata"]["namespace"] = "nope".into();
    check(
        "namespace",
        create(c, elsewhere),
        (404, "NotFound", "namespaces \"nope\" not found"),
    );
    check(
        "field",
        list(c, ("v1", "Event"), &[], &[("foo", "bar")]),
        (400, "BadRequest", "field label not supported: foo"),
    );
    c.serve("example.com/v1", "Widget", true);
    assert!(create(c, widget).is_ok());
    check(
        "strategic",
        strategic(c, target, json!({"spec": {}})),
        (415, "UnsupportedMediaType", "unknown format"),
    );
}

#[test]
fn finalizers_keep_what_is_deleted() {
    let mut cluster = cluster();
    let mut object = job("j", json!({"suspend": true}));
    object["metadata"]["finalizers"] = json!(["catalog.dev/hook", "x.y/z"]);
    let made = create(&mut cluster, object).unwrap();
    assert_eq!(made["metadata"]["generation"], 1);
    let c = &mut cluster;
    delete(c, job_ref("j"), Some(uid(&made))).unwrap();
    let marked = read(c, job_ref("j")).unwrap();
    assert!(marked["metadata"]["deletionTimestamp"].is_string());
    assert_eq!(
        marked["metadata"]["generation"], 2,
        "a deletion counts as a change"
    );
    delete(c, job_ref("j"), None).unwrap();
    assert_eq!(
        read(c, job_ref("j")).unwrap(),
        marked,
        "again changes nothing"
    );
    check(
        "new finalizer",
        merge(
            c,
            job_ref("j"),
            json!({"metadata": {"finalizers": ["a.b/c"]}}),
        ),
        (
            422,
            "Invalid",
            "no new finalizers can be added if the object is being deleted, found new finalizers []string{\"a.b/c\"}",
        ),
    );
    check(
        "create meanwhile",
        create(c, job("j", json!({}))),
        (
            409,
            "AlreadyExists",
            "object is being deleted: jobs.batch \"j\" already exists",
        ),
    );
    let off = |name: &str| json!({"metadata": {"$deleteFromPrimitiveList/finalizers": [name]}});
    strategic(c, job_ref("j"), off("catalog.dev/hook")).unwrap();
    assert_eq!(
        read(c, job_ref("j")).unwrap()["metadata"]["finalizers"],
        json!(["x.y/z"])
    );
    strategic(c, job_ref("j"), off("x.y/z")).unwrap();
    check("gone", read(c, job_ref("j")), (404, "NotFound", ""));
    let again = create(c, job("j", json!({}))).unwrap();
    assert_ne!(uid(&again), uid(&made));
}

#[test]
fn versions_rise_only_with_changes() {
    let mut cluster = cluster();
    let version = |object: &Value| -> u64 {
        object["metadata"]["resourceVersion"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap()
    };
    let c = &mut cluster;
    let first = create(c, job("j", json!({"suspend": true}))).unwrap();
    let labelled = merge(c, job_ref("j"), json!({"metadata": {"labels": {"a": "b"}}})).unwrap();
    let same = merge(c, job_ref("j"), json!({"metadata": {"labels": {"a": "b"}}})).unwrap();
    assert!(version(&first) < version(&labelled));
    assert_eq!(labelled, same);
    assert_eq!(same["metadata"]["generation"], 1, "labels are no spec");
    let resumed = merge(
        c,
        job_ref("j"),
        json!({"spec": {"suspend": false}, "status": {"succeeded": 1}}),
    )
    .unwrap();
    assert_eq!(resumed["metadata"]["generation"], 2);
    assert!(
        resumed["status"]["succeeded"].is_null(),
        "only controllers write the status"
    );
}

#[test]
fn jobs_keep_what_is_immutable() {
    let mut cluster = cluster();
    let c = &mut cluster;
    create(c, job("j", json!({"suspend": true}))).unwrap();
    for (key, value) in [
        ("completions", json!(3)),
        ("completionMode", json!("Indexed")),
        ("managedBy", json!("a.b/c")),
        ("selector", json!({"matchLabels": {"a": "b"}})),
        ("podFailurePolicy", json!({"rules": []})),
        (
            "template",
            json!({"spec": {"containers": [{"name": "d", "image": "i"}]}}),
        ),
    ] {
        check(
            key,
            merge(c, job_ref("j"), json!({"spec": {key: value}})),
            (422, "Invalid", "field is immutable"),
        );
    }
    let label = json!({"spec": {"template": {"metadata": {"labels": {"new": "yes"}}}}});
    merge(c, job_ref("j"), label).unwrap();
    let free = json!({"spec": {"suspend": false, "activeDeadlineSeconds": 5, "ttlSecondsAfterFinished": 9, "backoffLimit": 1, "parallelism": 1}});
    merge(c, job_ref("j"), free).unwrap();
    c.advance(seconds(1));
    let label = json!({"spec": {"template": {"metadata": {"labels": {"new": "no"}}}}});
    check(
        "template",
        merge(c, job_ref("j"), label),
        (422, "Invalid", "spec.template"),
    );
    let mut wrong = job("k", json!({}));
    wrong["spec"]["template"]["spec"]["restartPolicy"] = Value::Null;
    check(
        "policy",
        create(c, wrong),
        (
            422,
            "Invalid",
            "spec.template.spec.restartPolicy: Required value",
        ),
    );
}

#[test]
fn applies_conflict_over_values_only() {
    let mut cluster = cluster();
    let c = &mut cluster;
    create(c, config("c", json!({"a": "1", "b": "1"}))).unwrap();
    let failure = apply(c, config("c", json!({"a": "2"}))).unwrap_err();
    assert_eq!(failure.causes()[0].reason, "FieldManagerConflict");
    assert_eq!(failure.causes()[0].field, ".data.a");
    check(
        "conflict",
        apply(c, config("c", json!({"a": "2"}))),
        (
            409,
            "Conflict",
            "Apply failed with 1 conflict: conflict with \"catalog-hooks\" using v1: .data.a",
        ),
    );
    let same = apply(c, config("c", json!({"a": "1", "n": "1"}))).unwrap();
    assert_eq!(same["data"], json!({"a": "1", "b": "1", "n": "1"}));
    let less = apply(c, config("c", json!({"a": "1"}))).unwrap();
    assert_eq!(
        less["data"],
        json!({"a": "1", "b": "1"}),
        "what is applied no longer goes, what others have stays"
    );
    let forced = Request::Apply {
        object: config("c", json!({"a": "2"})),
        force: true,
        dry_run: false,
    };
    c.call(&forced).unwrap();
    assert_eq!(read(c, config_ref("c")).unwrap()["data"]["a"], "2");
    assert!(
        apply(c, config("c", json!({"a": "3"}))).is_ok(),
        "forced is ours"
    );
    let mut stated = config("c", json!({"a": "3"}));
    stated["metadata"]["uid"] = "abc".into();
    check(
        "uid",
        apply(c, stated.clone()),
        (
            422,
            "Invalid",
            "metadata.uid: Invalid value: \"abc\": field is immutable",
        ),
    );
    stated["metadata"]["name"] = "d".into();
    check(
        "uid of nothing",
        apply(c, stated),
        (
            409,
            "Conflict",
            "uid mismatch: the provided object specified uid abc, and no existing object was found",
        ),
    );
    let mut versioned = config("e", json!({}));
    versioned["metadata"]["resourceVersion"] = "4".into();
    assert!(apply(c, versioned).is_ok(), "an absent object is made");
    let mut unknown = config("c", json!({}));
    unknown["dota"] = json!({});
    check(
        "unknown",
        apply(c, unknown),
        (
            500,
            "",
            "failed to create typed patch object (default/c; /v1, Kind=ConfigMap): .dota: field not declared in schema",
        ),
    );
}

#[test]
fn an_apply_on_what_is_being_deleted_succeeds() {
    let mut cluster = cluster();
    let c = &mut cluster;
    let mut object = config("c", json!({"a": "1"}));
    object["metadata"]["finalizers"] = json!(["x.y/z"]);
    apply(c, object).unwrap();
    delete(c, config_ref("c"), None).unwrap();
    let applied = apply(c, config("c", json!({"a": "1"}))).unwrap();
    assert!(applied["metadata"]["deletionTimestamp"].is_string());
    check(
        "finalizer applied no longer",
        read(c, config_ref("c")),
        (404, "NotFound", ""),
    );
}

#[test]
fn namespaces_go_with_all_that_is_in_them() {
    let mut cluster = cluster();
    let c = &mut cluster;
    c.add_namespace("n");
    let target = ObjectRef::cluster("v1", "Namespace", "n");
    let inside = |name: &str| json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "n", "finalizers": ["x.y/z"]}});
    create(c, inside("held")).unwrap();
    delete(c, target.clone(), None).unwrap();
    check(
        "create",
        create(c, inside("new")),
        (
            403,
            "Forbidden",
            "unable to create new content in namespace n because it is being terminated",
        ),
    );
    check(
        "again",
        create(
            c,
            json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}}),
        ),
        (
            409,
            "AlreadyExists",
            "object is being deleted: namespaces \"n\"",
        ),
    );
    c.advance(seconds(60));
    let there = read(c, target.clone()).unwrap();
    assert_eq!(there["status"]["phase"], "Terminating");
    assert!(
        there["status"]["conditions"][0]["message"]
            .as_str()
            .unwrap()
            .contains("x.y/z")
    );
    c.strip_finalizers(&ObjectRef::namespaced("v1", "ConfigMap", "n", "held"));
    c.advance(seconds(10));
    check("gone", read(c, target), (404, "NotFound", ""));
    assert!(
        c.objects()
            .all(|object| object["metadata"]["namespace"] != "n")
    );
}

fn definition(plural: &str, kind: &str) -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.example.com")},
        "spec": {
            "group": "example.com", "scope": "Namespaced", "names": {"plural": plural, "kind": kind},
            "versions": [{"name": "v1", "served": true, "storage": true}],
        },
    })
}

#[test]
fn definitions_serve_their_kinds_once_established() {
    let mut cluster = cluster();
    let c = &mut cluster;
    let widget = |name: &str| json!({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": name, "namespace": "default", "finalizers": ["x.y/z"]}, "spec": {}});
    create(c, definition("widgets", "Widget")).unwrap();
    check("too early", create(c, widget("w")), (404, "", ""));
    c.advance(seconds(1));
    let before = c.now();
    create(c, widget("w")).unwrap();
    assert!(c.now() > before, "the first create waits for the storage");
    create(c, definition("gadgets", "Widget")).unwrap();
    c.advance(seconds(1));
    let clash = read(
        c,
        ObjectRef::cluster(
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            "gadgets.example.com",
        ),
    )
    .unwrap();
    assert_eq!(
        clash["status"]["conditions"][0]["reason"],
        "ListKindConflict"
    );
    assert_eq!(clash["status"]["conditions"][1]["status"], "False");
    let target = ObjectRef::cluster(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        "widgets.example.com",
    );
    let renamed = json!({"spec": {"versions": [{"name": "v2", "served": true, "storage": true}]}});
    check(
        "stored version",
        merge(c, target.clone(), renamed),
        (
            422,
            "Invalid",
            "status.storedVersions[0]: Invalid value: \"v1\": missing from spec.versions",
        ),
    );
    delete(c, target.clone(), None).unwrap();
    check(
        "going",
        create(c, widget("late")),
        (
            403,
            "Forbidden",
            "create not allowed while custom resource definition is terminating",
        ),
    );
    c.advance(seconds(600));
    assert!(
        read(c, target.clone()).is_ok(),
        "a foreign finalizer holds it for ever"
    );
    c.strip_finalizers(&ObjectRef::namespaced(
        "example.com/v1",
        "Widget",
        "default",
        "w",
    ));
    c.advance(seconds(5));
    check("gone", read(c, target), (404, "NotFound", ""));
    check(
        "not served",
        list(c, ("example.com/v1", "Widget"), &[], &[]),
        (404, "", ""),
    );
}

#[test]
fn custom_resources_become_ready_as_scripted() {
    let mut cluster = cluster();
    let c = &mut cluster;
    c.serve("example.com/v1", "Widget", true);
    c.readiness("Widget", Readiness::After(seconds(5)));
    let widget = |size: u64| json!({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w", "namespace": "default"}, "spec": {"size": size}});
    let target = ObjectRef::of(&widget(1)).unwrap();
    apply(c, widget(1)).unwrap();
    c.advance(seconds(4));
    assert!(read(c, target.clone()).unwrap()["status"].is_null());
    c.advance(seconds(2));
    assert_eq!(
        read(c, target.clone()).unwrap()["status"]["conditions"][0]["status"],
        "True"
    );
    let changed = apply(c, widget(2)).unwrap();
    assert_eq!(changed["metadata"]["generation"], 2);
    assert_eq!(
        changed["status"]["observedGeneration"], 1,
        "ready is out of date"
    );
    c.advance(seconds(6));
    assert_eq!(read(c, target).unwrap()["status"]["observedGeneration"], 2);
}

#[test]
fn configurations_of_terraform_say_it_in_their_own_words() {
    let mut cluster = cluster();
    let c = &mut cluster;
    let api_version = "terraform.core.oam.dev/v1beta2";
    c.serve(api_version, "Configuration", true);
    let object = json!({"apiVersion": api_version, "kind": "Configuration", "metadata": {"name": "bucket", "namespace": "default"}, "spec": {"hcl": ""}});
    let target = ObjectRef::of(&object).unwrap();
    for (script, state, expected) in [
        (
            Readiness::After(seconds(5)),
            "Available",
            ModuleStatus::Ready,
        ),
        (
            Readiness::Fails(seconds(5), "no credentials".to_owned()),
            "ApplyFailed",
            ModuleStatus::Failed("ApplyFailed: no credentials".to_owned()),
        ),
    ] {
        c.readiness("Configuration", script);
        let mut object = object.clone();
        object["spec"]["hcl"] = state.into();
        apply(c, object).unwrap();
        c.advance(seconds(6));
        let seen = read(c, target.clone()).unwrap();
        assert_eq!(seen["status"]["apply"]["state"], state);
        assert_eq!(readiness(&seen), expected);
    }
}

#[test]
fn a_dry_run_of_a_pod_shows_what_that_of_a_job_does_not() {
    let mut cluster = cluster();
    let c = &mut cluster;
    let pod = |account: &str| Request::Create {
        object: json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "default"}, "spec": {"serviceAccountName": account, "containers": [{"name": "c"}]}}),
        dry_run: true,
    };
    let mut unaccounted = job("j", json!({}));
    unaccounted["spec"]["template"]["spec"]["serviceAccountName"] = "nosa".into();
    c.call(&Request::Create {
        object: unaccounted,
        dry_run: true,
    })
    .unwrap();
    check(
        "account",
        c.call(&pod("nosa")),
        (
            403,
            "Forbidden",
            "error looking up service account default/nosa: serviceaccount \"nosa\" not found",
        ),
    );
    c.call(&pod("default")).unwrap();
    create(c, json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q", "namespace": "default"}, "spec": {"hard": {"pods": "0"}}})).unwrap();
    check(
        "quota",
        c.call(&pod("default")),
        (
            403,
            "Forbidden",
            "exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0",
        ),
    );
    merge(
        c,
        ObjectRef::cluster("v1", "Namespace", "default"),
        json!({"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "restricted"}}}),
    )
    .unwrap();
    check(
        "security",
        c.call(&pod("default")),
        (
            403,
            "Forbidden",
            "violates PodSecurity \"restricted:latest\"",
        ),
    );
    assert!(
        pods(c, "j").is_empty() && read(c, job_ref("j")).is_err(),
        "dry runs leave nothing"
    );
}

#[test]
fn owners_in_other_namespaces_are_none() {
    let mut cluster = cluster();
    let c = &mut cluster;
    c.add_namespace("n");
    let owner = create(c, config("owner", json!({}))).unwrap();
    let owned = |namespace: &str| {
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {
            "name": "owned", "namespace": namespace,
            "ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": uid(&owner)}],
        }})
    };
    create(c, owned("default")).unwrap();
    create(c, owned("n")).unwrap();
    c.advance(seconds(5));
    assert!(read(c, config_ref("owned")).is_ok());
    check(
        "collected",
        read(c, ObjectRef::namespaced("v1", "ConfigMap", "n", "owned")),
        (404, "NotFound", ""),
    );
    delete(c, config_ref("owner"), None).unwrap();
    c.advance(seconds(5));
    check(
        "collected",
        read(c, config_ref("owned")),
        (404, "NotFound", ""),
    );
}

#[test]
fn secrets_are_bounded_encoded_and_may_be_fixed() {
    let mut cluster = cluster();
    let c = &mut cluster;
    let secret = |name: &str, text: &str| json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": "default"}, "stringData": {"text": text}, "immutable": true});
    let made = create(c, secret("s", "foob")).unwrap();
    assert_eq!(made["data"]["text"], "Zm9vYg==");
    let target = ObjectRef::of(&made).unwrap();
    check(
        "fixed",
        merge(c, target, json!({"data": {"text": "Zm9v"}})),
        (422, "Invalid", "field is immutable when `immutable` is set"),
    );
    check(
        "large",
        create(c, secret("l", &"x".repeat(1024 * 1024 + 3))),
        (422, "Invalid", "may not be more than 1048576 bytes"),
    );
    let mut labelled = config("c", json!({}));
    labelled["metadata"]["labels"] = json!({"a": "x".repeat(64)});
    check(
        "label",
        create(c, labelled),
        (422, "Invalid", "must be no more than 63 bytes"),
    );
}

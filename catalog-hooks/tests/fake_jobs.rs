//! The fake Job controller goes the ways of the real one, and only in steps that a server lets through.
#![cfg(feature = "simulator")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod fake;

use std::sync::Arc;
use std::time::Duration;

use catalog_hooks::api::{LogRequest, Reply, Request};
use catalog_hooks::simulator::{FakeCluster, Happening, PodScript, violations};
use catalog_hooks::{Cluster, ModuleCall, ModuleStatus, ModuleVerb};
use fake::{cluster, create, delete, job, job_ref, list, merge, pods, read, seconds};
use serde_json::{Value, json};

/// What a Job went through, each state in a few words.
fn states(cluster: &FakeCluster) -> Vec<String> {
    let mut states: Vec<String> = cluster
        .trace()
        .iter()
        .filter_map(|event| match &event.what {
            Happening::Changed { object, after, .. } if object.kind() == "Job" => {
                Some(shown(after))
            }
            _ => None,
        })
        .collect();
    states.dedup();
    states
}

fn shown(job: &Option<Arc<Value>>) -> String {
    let Some(job) = job else {
        return "gone".to_owned();
    };
    let status = &job["status"];
    let mut words = Vec::new();
    if job["metadata"]["deletionTimestamp"].is_string() {
        words.push("deleting".to_owned());
    }
    if status["startTime"].is_string() {
        words.push("started".to_owned());
    }
    for count in ["active", "terminating", "ready", "succeeded", "failed"] {
        match status[count].as_u64() {
            None | Some(0) => {}
            Some(n) => words.push(format!("{count}={n}")),
        }
    }
    for end in ["succeeded", "failed"] {
        if status["uncountedTerminatedPods"][end].is_array() {
            words.push(format!("uncounted-{end}"));
        }
    }
    for condition in status["conditions"].as_array().into_iter().flatten() {
        let is = if condition["status"] == "True" {
            ""
        } else {
            "!"
        };
        words.push(format!("{is}{}", condition["type"].as_str().unwrap()));
    }
    words.join(" ")
}

/// Runs a Job whose pods do what the script says, and looks at all its states.
fn check(script: PodScript, spec: Value, expected: &[&str]) -> FakeCluster {
    let mut cluster = cluster();
    cluster.script(&[("app", "j")], [script]);
    create(&mut cluster, job("j", spec)).unwrap();
    cluster.advance(seconds(1000));
    assert_eq!(states(&cluster), expected);
    assert_eq!(cluster.violations(), &[] as &[String]);
    cluster
}

#[test]
fn a_pod_that_succeeds_completes_its_job() {
    let mut cluster = check(
        PodScript::succeeds(seconds(5)).with_log("all well\n"),
        json!({}),
        &[
            "",
            "started active=1",
            "started active=1 ready=1",
            "started uncounted-succeeded SuccessCriteriaMet",
            "started succeeded=1 SuccessCriteriaMet Complete",
        ],
    );
    let pod = pods(&mut cluster, "j").remove(0);
    assert_eq!(pod["status"]["phase"], "Succeeded");
    assert!(pod["metadata"]["finalizers"].is_null(), "it is counted");
    let log = |limit| {
        Request::Log(LogRequest {
            namespace: "default".to_owned(),
            pod: pod["metadata"]["name"].as_str().unwrap().to_owned(),
            container: "c".to_owned(),
            limit,
        })
    };
    assert_eq!(
        cluster.call(&log(100)).unwrap(),
        Reply::Log("all well\n".to_owned())
    );
    assert_eq!(
        cluster.call(&log(5)).unwrap(),
        Reply::Log("well\n".to_owned())
    );
}

#[test]
fn a_pod_that_fails_fails_its_job() {
    let mut cluster = check(
        PodScript::fails(seconds(5), 3).with_log("no such table\n"),
        json!({}),
        &[
            "",
            "started active=1",
            "started active=1 ready=1",
            "started uncounted-failed FailureTarget",
            "started failed=1 FailureTarget Failed",
        ],
    );
    let pod = pods(&mut cluster, "j").remove(0);
    let ended = &pod["status"]["containerStatuses"][0]["state"]["terminated"];
    assert_eq!(
        (&ended["exitCode"], &ended["message"]),
        (&json!(3), &json!("no such table\n"))
    );
}

#[test]
fn a_deadline_ends_a_job_when_its_pod_has_gone() {
    check(
        PodScript::runs().stops_after(seconds(7)),
        json!({"activeDeadlineSeconds": 10}),
        &[
            "",
            "started active=1",
            "started active=1 ready=1",
            "started terminating=1 uncounted-failed FailureTarget",
            "started terminating=1 failed=1 FailureTarget",
            "started failed=1 FailureTarget",
            "started failed=1 FailureTarget Failed",
        ],
    );
}

#[test]
fn an_unreachable_node_keeps_a_job_from_failing() {
    check(
        PodScript::node_lost(seconds(2)),
        json!({"activeDeadlineSeconds": 10}),
        &[
            "",
            "started active=1",
            "started active=1 ready=1",
            "started active=1",
            "started terminating=1 uncounted-failed FailureTarget",
            "started terminating=1 failed=1 FailureTarget",
        ],
    );
}

#[test]
fn a_pod_that_cannot_be_made_gives_no_condition_only_events() {
    let mut cluster = check(
        PodScript::refused("exceeded quota: q"),
        json!({}),
        &["", "started"],
    );
    let reason = [("reason", "FailedCreate")];
    let events = list(&mut cluster, ("v1", "Event"), &[], &reason).unwrap();
    assert_eq!(
        events[0]["message"],
        "Error creating: pods \"j-\" is forbidden: exceeded quota: q"
    );
    assert!(
        events[0]["count"].as_u64().unwrap() > 5,
        "the controller never gives up"
    );
    let uid = read(&mut cluster, job_ref("j")).unwrap()["metadata"]["uid"].clone();
    let fields = [("involvedObject.uid", uid.as_str().unwrap()), reason[0]];
    assert_eq!(
        list(&mut cluster, ("v1", "Event"), &[], &fields)
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn no_node_and_no_image_leave_a_pod_pending() {
    check(
        PodScript::unschedulable(),
        json!({}),
        &["", "started active=1"],
    );
    check(
        PodScript::runs().with_pull(seconds(2000)),
        json!({}),
        &["", "started active=1"],
    );
}

#[test]
fn an_evicted_pod_is_followed_by_another_only_where_disruptions_are_ignored() {
    let ignored = json!({"podFailurePolicy": {"rules": [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}]}});
    let run = |spec: Value| {
        let mut cluster = cluster();
        let pods = [
            PodScript::evicted(seconds(5)),
            PodScript::succeeds(seconds(5)),
        ];
        cluster.script(&[("app", "j")], pods);
        create(&mut cluster, job("j", spec)).unwrap();
        cluster.advance(seconds(100));
        assert_eq!(cluster.violations(), &[] as &[String]);
        states(&cluster).pop().unwrap()
    };
    assert_eq!(
        run(ignored),
        "started succeeded=1 SuccessCriteriaMet Complete"
    );
    assert_eq!(run(json!({})), "started failed=1 FailureTarget Failed");
}

#[test]
fn a_suspended_job_waits_and_starts_its_time_anew() {
    let mut cluster = cluster();
    let c = &mut cluster;
    c.script(&[("app", "j")], [PodScript::runs()]);
    create(
        c,
        job(
            "j",
            json!({"suspend": true, "activeDeadlineSeconds": 60, "ttlSecondsAfterFinished": 1}),
        ),
    )
    .unwrap();
    c.advance(seconds(500));
    assert_eq!(states(c), ["", "Suspended"]);
    assert!(pods(c, "j").is_empty());
    merge(c, job_ref("j"), json!({"spec": {"suspend": false}})).unwrap();
    c.advance(seconds(30));
    assert_eq!(
        states(c)[2..],
        [
            "Suspended",
            "started active=1 !Suspended",
            "started active=1 ready=1 !Suspended"
        ]
        .map(str::to_owned)[1..]
    );
    c.suspend(&job_ref("j"), true);
    c.advance(seconds(500));
    let job = read(c, job_ref("j")).unwrap();
    assert!(
        job["status"]["startTime"].is_null() && job["status"]["failed"].is_null(),
        "{job}"
    );
    c.suspend(&job_ref("j"), false);
    c.advance(seconds(50));
    assert_eq!(
        read(c, job_ref("j")).unwrap()["status"]["active"],
        1,
        "50 of 60 seconds"
    );
    c.advance(seconds(20));
    assert!(
        read(c, job_ref("j")).is_err(),
        "failed, and its time to live is over"
    );
    assert_eq!(c.violations(), &[] as &[String]);
}

#[test]
fn a_deadline_set_later_is_a_latch() {
    let mut cluster = cluster();
    let c = &mut cluster;
    c.script(&[("app", "j")], [PodScript::runs()]);
    create(c, job("j", json!({}))).unwrap();
    c.advance(seconds(30));
    merge(
        c,
        job_ref("j"),
        json!({"spec": {"activeDeadlineSeconds": 1}}),
    )
    .unwrap();
    c.advance(Duration::from_millis(100));
    let job = read(c, job_ref("j")).unwrap();
    assert_eq!(job["status"]["conditions"][0]["reason"], "DeadlineExceeded");
    assert_eq!(job["status"]["conditions"].as_array().unwrap().len(), 1);
    c.advance(seconds(5));
    assert_eq!(
        states(c).pop().unwrap(),
        "started failed=1 FailureTarget Failed"
    );
}

#[test]
fn a_job_that_is_being_deleted_counts_no_more() {
    let mut cluster = cluster();
    let c = &mut cluster;
    c.script(&[("app", "j")], [PodScript::succeeds(seconds(20))]);
    let mut held = job(
        "j",
        json!({"activeDeadlineSeconds": 60, "ttlSecondsAfterFinished": 5}),
    );
    held["metadata"]["finalizers"] = json!(["catalog.dev/hook"]);
    create(c, held).unwrap();
    c.advance(seconds(5));
    delete(c, job_ref("j"), None).unwrap();
    c.advance(seconds(30));
    assert_eq!(
        states(c).pop().unwrap(),
        "deleting started",
        "its pod has succeeded, and nobody counts it"
    );
    c.advance(seconds(60));
    assert_eq!(
        states(c).pop().unwrap(),
        "deleting started FailureTarget Failed",
        "a false failure"
    );
    assert_eq!(pods(c, "j")[0]["status"]["phase"], "Succeeded");
    c.strip_finalizers(&job_ref("j"));
    c.advance(seconds(1));
    assert!(
        read(c, job_ref("j")).is_err() && pods(c, "j").is_empty(),
        "its pod goes after it"
    );
}

#[test]
fn deleting_a_job_stops_its_pods_after_it() {
    let mut cluster = cluster();
    let c = &mut cluster;
    c.script(
        &[("app", "j")],
        [PodScript::runs().stops_after(seconds(60))],
    );
    create(c, job("j", json!({}))).unwrap();
    c.advance(seconds(5));
    delete(c, job_ref("j"), None).unwrap();
    assert!(read(c, job_ref("j")).is_err());
    assert_eq!(pods(c, "j")[0]["status"]["phase"], "Running");
    c.advance(seconds(29));
    assert!(pods(c, "j")[0]["metadata"]["deletionTimestamp"].is_string());
    c.advance(seconds(5));
    assert!(pods(c, "j").is_empty(), "30 seconds of grace are over");
}

#[test]
fn a_time_to_live_is_held_up_by_finalizers() {
    let mut cluster = cluster();
    let c = &mut cluster;
    let mut held = job("j", json!({"ttlSecondsAfterFinished": 10}));
    held["metadata"]["finalizers"] = json!(["catalog.dev/hook"]);
    create(c, held).unwrap();
    c.advance(seconds(8));
    assert_eq!(
        states(c).pop().unwrap(),
        "started succeeded=1 SuccessCriteriaMet Complete"
    );
    c.advance(seconds(20));
    assert!(states(c).pop().unwrap().starts_with("deleting"));
    c.strip_finalizers(&job_ref("j"));
    assert!(read(c, job_ref("j")).is_err());
}

#[test]
fn without_its_controller_nothing_becomes_of_a_job() {
    let mut cluster = cluster();
    let c = &mut cluster;
    c.run_job_controller(false);
    create(c, job("j", json!({}))).unwrap();
    create(c, job("k", json!({"managedBy": "a.b/c"}))).unwrap();
    c.advance(seconds(500));
    assert_eq!(read(c, job_ref("j")).unwrap()["status"], json!({}));
    c.run_job_controller(true);
    c.advance(seconds(10));
    assert_eq!(read(c, job_ref("j")).unwrap()["status"]["succeeded"], 1);
    assert_eq!(read(c, job_ref("k")).unwrap()["status"], json!({}));
}

#[test]
fn others_can_take_a_job_away_and_its_name_too() {
    let mut cluster = cluster();
    let c = &mut cluster;
    c.script(&[("app", "j")], [PodScript::runs()]);
    let made = create(c, job("j", json!({}))).unwrap();
    c.advance(seconds(5));
    assert!(c.recreate_foreign(&job_ref("j")));
    c.advance(seconds(5));
    let there = read(c, job_ref("j")).unwrap();
    assert_ne!(there["metadata"]["uid"], made["metadata"]["uid"]);
    assert!(there["spec"]["template"]["metadata"]["labels"]["app"].is_null());
    assert_eq!(pods(c, "j").len(), 1, "the first one's pod is gone");
    let strangers = c
        .trace()
        .iter()
        .filter(|event| &*event.who == "somebody")
        .count();
    assert!(strangers > 0);
    c.delete_pods("default");
    c.force_delete(&job_ref("j"));
    c.advance(seconds(5));
    assert!(read(c, job_ref("j")).is_err() && pods(c, "j").is_empty());
}

#[test]
fn late_requests_come_under_the_name_of_who_sent_them() {
    let mut cluster = cluster();
    let request = Request::Create {
        object: job("j", json!({})),
        dry_run: false,
    };
    cluster.late("first", &request).unwrap();
    cluster.act_as("second");
    cluster.call(&request).unwrap_err();
    let asked = cluster
        .trace()
        .iter()
        .filter_map(|event| match &event.what {
            Happening::Asked { refused, .. } => Some((&*event.who, refused.is_some())),
            _ => None,
        });
    assert_eq!(
        asked.collect::<Vec<_>>(),
        [("first", false), ("second", true)]
    );
    cluster.deny("create", "Job");
    let refused = cluster.call(&request).unwrap_err();
    assert!(refused.message().contains("User \"second\" cannot create resource \"jobs\" in API group \"batch\" in the namespace \"default\""), "{refused}");
}

#[test]
fn modules_are_ready_in_time() {
    let mut cluster = cluster();
    let call = |verb| ModuleCall {
        verb,
        driver: "helm".to_owned(),
        module: "loki".to_owned(),
        namespace: "default".to_owned(),
        home: "catalog-system".to_owned(),
        input: json!({"chart": "loki"}),
    };
    let mut ask = |verb, after| {
        cluster.advance(seconds(after));
        catalog_hooks::ModuleDriver::call(&mut cluster, &call(verb)).unwrap()
    };
    assert_eq!(ask(ModuleVerb::Status, 0), ModuleStatus::Absent);
    assert!(matches!(
        ask(ModuleVerb::Deploy, 0),
        ModuleStatus::Progressing(_)
    ));
    assert_eq!(ask(ModuleVerb::Deploy, 3), ModuleStatus::Ready);
    assert_eq!(ask(ModuleVerb::Delete, 0), ModuleStatus::Absent);
}

#[test]
fn illegal_steps_are_seen() {
    let state = |status: Value| json!({"metadata": {"name": "j"}, "spec": {"suspend": false}, "status": status});
    let condition = |kind: &str| json!({"type": kind, "status": "True"});
    let complete = json!({"startTime": "2026-01-01T00:00:00Z", "completionTime": "2026-01-01T00:00:05Z", "succeeded": 1, "conditions": [condition("SuccessCriteriaMet"), condition("Complete")]});
    let with = |key: &str, value: Value| {
        let mut status = complete.clone();
        status[key] = value;
        status
    };
    let fresh = json!({});
    assert_eq!(
        violations(&state(fresh.clone()), &state(complete.clone())),
        [""; 0]
    );
    let cases = [
        (
            &fresh,
            with("conditions", json!([condition("Complete")])),
            "cannot set Complete=True condition without the SuccessCriteriaMet=true",
        ),
        (
            &fresh,
            with("conditions", json!([condition("Failed")])),
            "cannot set Failed=True condition without the FailureTarget=true",
        ),
        (
            &fresh,
            with(
                "conditions",
                json!([condition("FailureTarget"), condition("SuccessCriteriaMet")]),
            ),
            "cannot set SuccessCriteriaMet=True and FailureTarget=True",
        ),
        (
            &fresh,
            with("startTime", Value::Null),
            "startTime is required",
        ),
        (
            &fresh,
            with("completionTime", Value::Null),
            "completionTime is required",
        ),
        (
            &fresh,
            with("completionTime", json!("2025-01-01T00:00:00Z")),
            "must be equal to or after `startTime`",
        ),
        (&fresh, with("active", json!(1)), "active>0 is invalid"),
        (
            &fresh,
            with("terminating", json!(1)),
            "terminating>0 is invalid",
        ),
        (
            &fresh,
            with("ready", json!(1)),
            "cannot set more ready pods than active",
        ),
        (
            &fresh,
            with("uncountedTerminatedPods", json!({"failed": ["u"]})),
            "uncountedTerminatedPods must be empty",
        ),
        (
            &complete,
            fresh.clone(),
            "cannot disable the terminal Complete=True",
        ),
        (
            &complete,
            with("succeeded", json!(0)),
            "cannot decrease the succeeded counter",
        ),
        (
            &complete,
            with("startTime", json!("2026-01-01T00:00:01Z")),
            "startTime is immutable",
        ),
        (
            &complete,
            with("completionTime", json!("2026-01-01T00:00:09Z")),
            "completionTime is immutable",
        ),
        (
            &fresh,
            json!({"completionTime": "2026-01-01T00:00:05Z"}),
            "cannot set completionTime when there is no Complete=True",
        ),
    ];
    for (before, after, words) in cases {
        let found = violations(&state(before.clone()), &state(after));
        assert!(
            found.iter().any(|one| one.contains(words)),
            "{words}: {found:?}"
        );
    }
}

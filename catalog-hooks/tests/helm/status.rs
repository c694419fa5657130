//! How a release is.

use catalog_hooks::{ModuleDriver, ModuleStatus, ModuleVerb};
use serde_json::{Value, json};

use super::{Fake, call, deployed, input};

fn deployment(ready: i64) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "generation": 1}, "spec": {"replicas": 2},
        "status": {"observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "readyReplicas": ready, "availableReplicas": ready},
    })
}

/// The status after an upgrade, with these objects.
#[track_caller]
fn check(test: &str, resources: &Value, expected: &ModuleStatus) {
    let fake = Fake::new(test, &[("status.out", &deployed(resources))]);
    assert_eq!(fake.call(ModuleVerb::Deploy).as_ref(), Ok(expected));
    assert_eq!(fake.call(ModuleVerb::Status).as_ref(), Ok(expected));
}

#[test]
fn a_release_is_as_its_objects_are() {
    let progressing = |why: &str| ModuleStatus::Progressing(why.to_owned());
    check(
        "ready",
        &json!({"v1/Secret": [{"apiVersion": "v1", "kind": "Secret"}], "apps/v1/Deployment": [deployment(2)]}),
        &ModuleStatus::Ready,
    );
    check(
        "waiting",
        &json!({"apps/v1/Deployment": [deployment(1)]}),
        &progressing("Deployment web: 1 of 2 replicas are ready"),
    );
    let table = json!([{"kind": "Table", "apiVersion": "meta.k8s.io/v1", "rows": [{"cells": ["web"], "object": deployment(0)}]}]);
    check(
        "table",
        &json!({"apps/v1/Deployment": table}),
        &progressing("Deployment web: 0 of 2 replicas are ready"),
    );
    let list = json!([{"kind": "DeploymentList", "items": [deployment(2), deployment(1)]}]);
    check(
        "list",
        &json!({"apps/v1/Deployment": list}),
        &progressing("Deployment web: 1 of 2 replicas are ready"),
    );
    let claim = json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "status": {"phase": "Lost"}});
    check(
        "worst",
        &json!({"apps/v1/Deployment": [deployment(1)], "v1/PersistentVolumeClaim": [claim]}),
        &ModuleStatus::Failed("PersistentVolumeClaim data: its volume is lost".to_owned()),
    );
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-old"}, "status": {"phase": "Failed"}});
    check(
        "related",
        &json!({"v1/Pod(related)": [pod]}),
        &ModuleStatus::Ready,
    );
    check("unshown", &Value::Null, &ModuleStatus::Ready);
}

#[test]
fn what_helm_says_of_a_release_that_is_not_deployed() {
    let of = |status: &str| {
        let shown = json!({"info": {"status": status, "description": "Release \"shop\" failed: timed out\nwaiting"}});
        Fake::new(
            &format!("is-{status}"),
            &[("status.out", &shown.to_string())],
        )
        .call(ModuleVerb::Status)
    };
    assert_eq!(
        of("failed"),
        Ok(ModuleStatus::Failed(
            "Release \"shop\" failed: timed out waiting".to_owned()
        ))
    );
    assert_eq!(of("uninstalled"), Ok(ModuleStatus::Absent));
    let pending =
        "helm says that it is `pending-upgrade`: Release \"shop\" failed: timed out waiting";
    assert_eq!(
        of("pending-upgrade"),
        Ok(ModuleStatus::Progressing(pending.to_owned()))
    );
    assert_eq!(
        of("odd").unwrap_err().message,
        "`helm status` shows a release that is `odd`"
    );
    let garbled = Fake::new("garbled", &[("status.out", "NAME: shop")]).call(ModuleVerb::Status);
    assert!(
        garbled
            .unwrap_err()
            .message
            .starts_with("what `helm status` shows is not JSON: ")
    );
}

#[test]
fn a_release_that_is_not_there_or_made_from_another_input_is_absent() {
    let fake = Fake::new("absent", &[("status.err", "Error: release: not found\n")]);
    assert_eq!(fake.call(ModuleVerb::Status), Ok(ModuleStatus::Absent));

    let fake = Fake::new("other-input", &[("status.out", &deployed(&json!({})))]);
    assert_eq!(fake.call(ModuleVerb::Deploy), Ok(ModuleStatus::Ready));
    let mut newer = input();
    newer["values"]["replicas"] = json!(3);
    assert_eq!(
        fake.driver().call(&call(ModuleVerb::Status, newer)),
        Ok(ModuleStatus::Absent)
    );
}

#[test]
fn a_helm_that_shows_objects_without_being_asked() {
    let script = "case \" $* \" in *\" --show-resources \"*) echo 'Error: unknown flag: --show-resources' >&2; exit 1;; esac\n";
    let fake = Fake::new(
        "newer",
        &[
            ("status.script", script),
            (
                "status.out",
                &deployed(&json!({"apps/v1/Deployment": [deployment(1)]})),
            ),
        ],
    );
    let expected =
        ModuleStatus::Progressing("Deployment web: 1 of 2 replicas are ready".to_owned());
    assert_eq!(fake.call(ModuleVerb::Deploy), Ok(expected));
    assert_eq!(
        fake.arguments("status"),
        ["status", "--output=json", "--namespace=here", "--", "shop"]
    );
}

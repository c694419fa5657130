//! The sample of the catalog's design, which an API server refuses as it stands, as a whole Job.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod catalog;

use catalog::{hooks, package, version};
use catalog_model::Operation;

const SAMPLE: &str = r#"
pre-install:
- job: { apiVersion: batch/v1, kind: Job, spec: { template: { spec: { containers: [ { name: pre-install-job, image: "pre-install:v1", command: ["/bin/pre-install"] } ] } } } }
"#;

#[test]
fn the_sample_becomes_a_whole_job() {
    let catalog = catalog::catalog(&[("v1.0", SAMPLE)]);
    let operation = Operation::install(package(), version("v1.0"), "storage");
    let hooks = hooks(&catalog, &operation).unwrap();
    assert_eq!(hooks.diagnostics(), []);
    let [job] = hooks.phases()[0].jobs() else {
        panic!("one hook")
    };
    insta::assert_snapshot!(serde_json::to_string_pretty(job.job()).unwrap(), @r#"
    {
      "apiVersion": "batch/v1",
      "kind": "Job",
      "metadata": {
        "annotations": {
          "catalog.dev/hook": "run-1",
          "catalog.dev/operation": "operation-1",
          "catalog.dev/release-uid": "release-1",
          "catalog.dev/version": "v1.0"
        },
        "labels": {
          "app.kubernetes.io/managed-by": "catalog-hooks",
          "catalog.dev/attempt": "1",
          "catalog.dev/hook": "run-1",
          "catalog.dev/operation": "operation-1",
          "catalog.dev/package": "db",
          "catalog.dev/phase": "pre-install",
          "catalog.dev/release-uid": "release-1",
          "catalog.dev/role": "run",
          "catalog.dev/spec-hash": "2b3635e5aaa585bd54acc882315270fd",
          "catalog.dev/version": "v1.0"
        },
        "name": "db-run-1-l66o7zd76nl7pgx4",
        "namespace": "storage"
      },
      "spec": {
        "activeDeadlineSeconds": 630,
        "backoffLimit": 0,
        "completions": 1,
        "parallelism": 1,
        "podFailurePolicy": {
          "rules": [
            {
              "action": "Ignore",
              "onPodConditions": [
                {
                  "status": "True",
                  "type": "DisruptionTarget"
                }
              ]
            }
          ]
        },
        "podReplacementPolicy": "Failed",
        "template": {
          "metadata": {
            "labels": {
              "app.kubernetes.io/managed-by": "catalog-hooks",
              "catalog.dev/attempt": "1",
              "catalog.dev/hook": "run-1",
              "catalog.dev/operation": "operation-1",
              "catalog.dev/package": "db",
              "catalog.dev/phase": "pre-install",
              "catalog.dev/release-uid": "release-1",
              "catalog.dev/role": "run",
              "catalog.dev/version": "v1.0"
            }
          },
          "spec": {
            "containers": [
              {
                "command": [
                  "/bin/pre-install"
                ],
                "env": [
                  {
                    "name": "HOOK_PHASE",
                    "value": "pre-install"
                  },
                  {
                    "name": "HOOK_OPERATION",
                    "value": "operation-1"
                  },
                  {
                    "name": "HOOK_ATTEMPT",
                    "value": "1"
                  },
                  {
                    "name": "HOOK_IDEMPOTENCY_KEY",
                    "value": "d8a315c8858e190ce498eb8d1e8f6889"
                  },
                  {
                    "name": "FROM_VERSION",
                    "value": ""
                  },
                  {
                    "name": "TO_VERSION",
                    "value": "v1.0"
                  },
                  {
                    "name": "HOOK_ATTEMPTED_VERSION",
                    "value": ""
                  }
                ],
                "image": "pre-install:v1",
                "name": "pre-install-job",
                "terminationMessagePolicy": "FallbackToLogsOnError"
              }
            ],
            "restartPolicy": "Never"
          }
        }
      }
    }
    "#);
}

#[test]
fn created_suspended_it_waits_and_stays() {
    let catalog = catalog::catalog(&[("v1.0", SAMPLE)]);
    let operation = Operation::install(package(), version("v1.0"), "storage");
    let hooks = hooks(&catalog, &operation).unwrap();
    let job = hooks.jobs().next().unwrap();
    let suspended = job.suspended_job();
    assert_eq!(suspended["spec"]["suspend"], true);
    assert_eq!(
        suspended["metadata"]["finalizers"],
        serde_json::json!(["catalog.dev/hook"])
    );
    let mut plain = suspended;
    plain["spec"].as_object_mut().unwrap().remove("suspend");
    plain["metadata"]
        .as_object_mut()
        .unwrap()
        .remove("finalizers");
    assert_eq!(&plain, job.job(), "nothing else differs, the hash included");
}

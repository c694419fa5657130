//! Definitions beside clusters: a table of documents and objects with the verdict on each.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

#[path = "verdict/mod.rs"]
mod table;

use catalog_model::verdict::{Caveat, Verdict};
use serde_json::{Value, json};

use self::table::{Case, cases};

/// What is wrong with the answer to a case.
fn wrong(case: &Case) -> Option<String> {
    let judged = case.judge(&case.document, case.live.clone());
    let texts = |key: &str| {
        let list = case.case[key].as_array().into_iter().flatten();
        list.map(|text| text.as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let changes: Vec<String> = judged.changes().iter().map(ToString::to_string).collect();
    let caveats: Vec<&str> = judged.caveats().iter().map(Caveat::as_str).collect();
    let verdict = judged.verdict();
    let told = match verdict {
        Verdict::Incompatible(breaks) => breaks.iter().map(|one| format!("{one}\n")).collect(),
        other => other.to_string(),
    };
    let says = case.case["says"].as_str().unwrap_or_default();
    let has_caveats = case.case.get("caveats").is_none() || texts("caveats") == caveats;
    let is_right = verdict.as_str() == case.case["verdict"]
        && told.contains(says)
        && changes == texts("changes")
        && has_caveats;
    (!is_right).then(|| {
        format!(
            "{}: {} ({told})\n  {changes:#?} {caveats:?}",
            case.name,
            verdict.as_str()
        )
    })
}

#[test]
fn each_case_has_its_verdict() {
    let cases = cases();
    let wrong: Vec<String> = cases.iter().filter_map(wrong).collect();
    assert!(
        wrong.is_empty(),
        "{} of {}\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
    assert!(cases.len() >= 60, "{}", cases.len());
    let kinds: std::collections::BTreeSet<&str> = cases
        .iter()
        .filter_map(|case| case.case["verdict"].as_str())
        .collect();
    assert_eq!(kinds.len(), 8, "every verdict is in the table: {kinds:?}");
    let names: std::collections::BTreeSet<&String> = cases.iter().map(|case| &case.name).collect();
    assert_eq!(names.len(), cases.len(), "no name is there twice");
}

#[test]
fn no_value_of_a_secret_is_told() {
    for case in cases()
        .iter()
        .filter(|case| case.document["kind"] == "Secret")
    {
        let judged = case.judge(&case.document, case.live.clone());
        let told = format!(
            "{judged:?} {:?}",
            judged
                .changes()
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        );
        for secret in ["hunter2", "aHVudGVyMg==", "b3RoZXI="] {
            assert!(!told.contains(secret), "{}: {told}", case.name);
        }
    }
}

#[test]
fn objects_of_a_kind_tell_whom_a_break_hits() {
    let case = cases()
        .into_iter()
        .find(|case| case.name == "a field of a CRD is required")
        .unwrap();
    let probe: Value = json!({
        "apiVersion": "example.com/v1", "kind": "Probe", "metadata": {"namespace": "a", "name": "b"}, "spec": {"target": "x"},
    });
    let snapshot = catalog_model::conditions::snapshot::Snapshot::builder()
        .object(case.live.clone())
        .object(probe)
        .complete()
        .build();
    let version = catalog_model::version::Version::parse(table::VERSION).unwrap();
    let comparison =
        catalog_model::verdict::ClusterComparison::new(&snapshot, "agent", &version, "agent");
    let judged = comparison.judge(&case.document);
    let catalog_model::verdict::Incompatibility::Crd(found) = &judged.breaks()[0] else {
        panic!("{judged:?}");
    };
    let affected = catalog_model::crd_safety::Affected::Known(vec!["a/b".to_owned()]);
    assert_eq!(found.affected(), &affected);
}

#[test]
fn no_value_that_may_be_secret_is_told_of_a_pod_or_a_config_map() {
    let base = cases()
        .into_iter()
        .find(|case| case.name == "a deployment with all that the server adds")
        .unwrap();
    for (key, pointer) in [
        ("env", "/spec/template/spec/containers/0/env"),
        ("args", "/spec/template/spec/containers/0/args"),
        ("all", "/spec/template/spec/containers/0"),
        ("several", "/spec/template/spec"),
        ("annotations", "/metadata/annotations"),
    ] {
        let secret = match key {
            "env" => json!([{"name": "LEVEL", "value": "hunter2"}]),
            "args" => json!(["--password=hunter2"]),
            "annotations" => {
                json!({"kubectl.kubernetes.io/last-applied-configuration": "hunter2", "a": "b"})
            }
            "several" => {
                json!({"initContainers": [{"name": "x", "env": [{"name": "A", "value": "hunter2"}]}]})
            }
            _ => json!({"name": "other", "command": ["hunter2"]}),
        };
        let mut document = base.document.clone();
        match pointer.rsplit_once('/').unwrap() {
            ("/metadata", key) => document["metadata"][key] = secret,
            (around, key) => match document.pointer_mut(around).unwrap() {
                Value::Array(items) => items[0] = secret,
                other => other[key] = secret,
            },
        }
        let judged = base.judge(&document, base.live.clone());
        assert!(!judged.changes().is_empty(), "{key}");
        let texts: Vec<String> = judged.changes().iter().map(ToString::to_string).collect();
        let told = format!("{judged:?} {texts:?}");
        assert!(!told.contains("hunter2"), "{key}: {told}");
    }
}

/// Neither what is in the document nor what the cluster has.
#[test]
fn no_value_that_is_called_or_looks_like_a_secret_is_told() {
    let base = cases()
        .into_iter()
        .find(|case| case.document["kind"] == "Probe")
        .unwrap();
    for (key, secret, other) in [
        ("password", json!("hunter2"), json!("other")),
        ("apiToken", json!("hunter2"), json!("other")),
        (
            "free",
            json!({"connectionString": "hunter2"}),
            json!({"connectionString": "other"}),
        ),
        (
            "url",
            json!("https://web:hunter2@example.com"),
            json!("https://example.com"),
        ),
        (
            "vars",
            json!([{"name": "PGPASSWORD", "value": "hunter2"}]),
            json!([{"name": "PGPASSWORD", "value": "other"}]),
        ),
        (
            "config",
            json!("level: info\npassword: hunter2"),
            json!("level: info"),
        ),
    ] {
        for (stated, there) in [
            (&secret, Some(&other)),
            (&other, Some(&secret)),
            (&secret, None),
        ] {
            let (mut document, mut live) = (base.document.clone(), base.live.clone());
            document["spec"][key] = stated.clone();
            if let Some(there) = there {
                live["spec"][key] = there.clone();
            }
            let judged = base.judge(&document, live);
            assert!(!judged.changes().is_empty(), "{key}");
            let texts: Vec<String> = judged.changes().iter().map(ToString::to_string).collect();
            let told = format!("{judged:?} {texts:?}");
            assert!(!told.contains("hunter2"), "{key}: {told}");
        }
    }
}

//! What an instance comes to in the cluster, without what is another at each run: for comparing.

use std::time::{Duration, Instant};

use catalog_hooks::journal::Journal;
use serde_json::{Value, json};

use crate::runner::Runner;
use crate::world::text;

/// Of these all objects of the instance's namespace are compared.
const KINDS: [(&str, &str); 5] = [
    ("v1", "ConfigMap"),
    ("v1", "Secret"),
    ("v1", "ServiceAccount"),
    ("rbac.authorization.k8s.io/v1", "Role"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"),
];

/// What the API server sets, or what is different at each run.
const OF_A_RUN: [&str; 5] = [
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "managedFields",
    "generation",
];

/// The objects of the instance, and what is on record of it.
pub(crate) async fn state(runner: &Runner) -> Value {
    let nodes = &runner.nodes;
    let namespace = crate::runner::global("v1", "Namespace", &nodes.namespace);
    let mut objects = Vec::new();
    for (api_version, kind) in KINDS {
        for mut object in nodes.list(api_version, kind).await {
            object["kind"] = kind.into();
            let metadata = object["metadata"].as_object_mut().expect("metadata");
            metadata.retain(|key, _| !OF_A_RUN.contains(&key.as_str()));
            objects.push(object);
        }
    }
    let record = runner.installed("shop").await.map(|record| {
        let ledger = record.ledger().iter();
        let ledger: Vec<String> = ledger
            .map(|entry| {
                format!(
                    "{} {:?} {}",
                    entry.object,
                    entry.part,
                    entry.origin.is_others()
                )
            })
            .collect();
        json!({"release": record.release(), "ledger": ledger})
    });
    let state = json!({
        "namespace": nodes.read(&namespace).await.is_some(),
        "objects": objects,
        "record": record,
    });
    nameless(&state, &nodes.namespace)
}

/// What a journal says of how each hook ended, and of what was written and deleted.
pub(crate) fn story(journal: &Journal, namespace: &str) -> Value {
    let operation = &journal.operations()[0];
    let attempts = operation.attempts().iter();
    let hooks: Vec<String> = attempts
        .map(|one| {
            let verdict = one.verdict().map(|verdict| verdict.kind);
            format!(
                "{} {} {} {verdict:?}",
                one.phase(),
                one.hook(),
                one.attempt()
            )
        })
        .collect();
    let ledger = operation.ledger().iter();
    let ledger: Vec<String> = ledger
        .map(|entry| format!("{} {}", entry.object, entry.origin.is_others()))
        .collect();
    let story = json!({"hooks": hooks, "ledger": ledger, "kept": operation.kept()});
    nameless(&story, namespace)
}

/// The same with the same name for each namespace.
fn nameless(value: &Value, namespace: &str) -> Value {
    let text = value.to_string().replace(namespace, "here");
    serde_json::from_str(&text).expect("JSON, still")
}

/// Waits until no Job is left: those of hooks that succeeded are not kept.
pub(crate) async fn no_jobs(runner: &Runner) {
    let started = Instant::now();
    loop {
        let jobs = runner.nodes.list("batch/v1", "Job").await;
        if jobs.is_empty() {
            return;
        }
        let names: Vec<&str> = jobs.iter().map(|job| text(job, "/metadata/name")).collect();
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "Jobs stay in {}: {names:?}",
            runner.nodes.namespace
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

//! The table of verdicts, read.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of it"
)]

use std::path::Path;

use catalog_model::SourceFile;
use catalog_model::conditions::snapshot::{FailureKind, ReadFailure, Snapshot};
use catalog_model::document::{Limits, parse};
use catalog_model::verdict::{ClusterComparison, DefinitionVerdict};
use catalog_model::version::Version;
use serde_json::{Map, Value, json};

/// The package of all cases, and the version that is about to be applied.
pub const PACKAGE: &str = "agent";
pub const VERSION: &str = "1.2.0";

/// A document beside a cluster.
#[derive(Clone, Debug)]
pub struct Case {
    pub name: String,
    pub document: Value,
    pub live: Value,
    pub case: Value,
    snapshot: Vec<Value>,
}

/// All cases of the table.
pub fn cases() -> Vec<Case> {
    let (bases, cases) = (read("bases"), read("cases"));
    let cases = cases.as_array().unwrap().iter();
    cases.map(|case| Case::new(&bases, case)).collect()
}

fn read(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/verdict/{name}.yaml"));
    let file = SourceFile::new(name, std::fs::read_to_string(path).unwrap());
    let read = parse(&file, &Limits::default());
    assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
    read.documents[0].to_json()
}

impl Case {
    fn new(bases: &Value, case: &Value) -> Self {
        let base = &bases[case["of"].as_str().unwrap()];
        let mut document = base["document"].clone();
        let mut live = document.clone();
        merge(&mut live, &base["live"]);
        merge(&mut document, &case["document"]);
        merge(&mut live, &case["live"]);
        mark(&mut live, &case["marks"]);
        if let Some(fields) = case.get("shared") {
            let version = case.get("version").unwrap_or(&document["apiVersion"]);
            let entry = json!({"manager": "kubectl", "operation": "Update", "apiVersion": version, "fieldsV1": fields});
            live["metadata"]["managedFields"]
                .as_array_mut()
                .unwrap()
                .push(entry);
        }
        Self {
            name: case["name"].as_str().unwrap().to_owned(),
            document,
            live,
            case: case.clone(),
            snapshot: [&base["snapshot"], &case["with"]]
                .into_iter()
                .filter_map(Value::as_array)
                .flatten()
                .cloned()
                .collect(),
        }
    }

    pub fn says(&self, key: &str) -> bool {
        self.case[key] == true
    }

    /// The cluster of the case, with another object in place of its own.
    pub fn snapshot(&self, live: Value) -> Snapshot {
        let mut builder = self
            .snapshot
            .iter()
            .cloned()
            .fold(Snapshot::builder(), |all, one| all.object(one));
        if !self.says("absent") {
            builder = builder.object(live.clone());
        }
        if self.says("twice") {
            let mut other = live;
            other["metadata"]["labels"]["app"] = json!("two");
            builder = builder.object(other);
        }
        if !self.says("incomplete") {
            builder = builder.complete();
        }
        if self.says("forbidden") {
            let failure = ReadFailure::new(FailureKind::Forbidden, "GET clusterroles -> 403");
            builder = builder.read_failed(
                "rbac.authorization.k8s.io",
                "ClusterRole",
                None,
                None,
                failure,
            );
        }
        builder.build()
    }

    pub fn judge(&self, document: &Value, live: Value) -> DefinitionVerdict {
        let snapshot = self.snapshot(live);
        let version = Version::parse(VERSION).unwrap();
        let installed = self.case["installed"]
            .as_str()
            .map(|text| Version::parse(text).unwrap());
        let comparison = ClusterComparison::new(&snapshot, PACKAGE, &version, "agent");
        match &installed {
            Some(installed) => comparison.installed(installed).judge(document),
            None => comparison.judge(document),
        }
    }
}

/// Puts other marks on an object in place of ours.
fn mark(live: &mut Value, marks: &Value) {
    if marks.is_null() {
        return;
    }
    let metadata = live["metadata"].as_object_mut().unwrap();
    for map in ["labels", "annotations"] {
        if let Some(map) = metadata.get_mut(map).and_then(Value::as_object_mut) {
            map.retain(|key, _| !key.starts_with("catalog.dev/"));
        }
        let more = marks[map].as_object().cloned().unwrap_or_default();
        let entry = metadata.entry(map).or_insert(json!({}));
        entry.as_object_mut().unwrap().extend(more);
    }
    if marks != "applied" {
        metadata.remove("managedFields");
    }
}

/// Merges a change into a value: null takes away, lists are replaced.
pub fn merge(value: &mut Value, change: &Value) {
    let Value::Object(change) = change else {
        return;
    };
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let fields = value.as_object_mut().unwrap();
    for (key, change) in change {
        match change {
            Value::Null => {
                fields.remove(key);
            }
            Value::Object(_) => merge(fields.entry(key).or_insert(Value::Null), change),
            other => {
                fields.insert(key.clone(), other.clone());
            }
        }
    }
}

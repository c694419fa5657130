//! What of a saved cluster a fake one begins with.

use std::collections::BTreeSet;
use std::time::Duration;

use catalog_conditions::document::{Limits, parse};
use catalog_conditions::snapshot::is_cluster_scoped;
use catalog_examples::{Failure, snapshot, text_or_gzip};
use catalog_hooks::Cluster;
use catalog_hooks::api::Request;
use catalog_hooks::simulator::FakeCluster;
use catalog_model::SourceFile;
use serde_json::{Value, json};

/// The version, the kinds and the objects of a cluster.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Likeness {
    version: Option<String>,
    /// API version and kind.
    kinds: Vec<(String, String)>,
    objects: Vec<Value>,
}

/// What runs, or says what ran: nothing runs in a fake cluster that it did not start itself.
const RUNNING: [&str; 4] = ["Event", "Job", "Lease", "Pod"];

impl Likeness {
    /// Reads what kubectl printed.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or something in it cannot be understood.
    pub(crate) fn read(path: &str) -> Result<Self, Failure> {
        let saved = snapshot(path, false)?;
        let file = SourceFile::new(path, text_or_gzip(path)?);
        let documents = parse(&file, &Limits::snapshot()).documents;
        let mut objects: Vec<Value> = documents
            .iter()
            .map(|node| node.to_json())
            .flat_map(items)
            .filter_map(cleaned)
            .collect();
        objects.sort_by_key(rank);
        let api_version = |group: &str, version: &str| match group {
            "" => version.to_owned(),
            group => format!("{group}/{version}"),
        };
        let kinds = saved.apis();
        let kinds =
            kinds.map(|(group, version, kind)| (api_version(group, version), kind.to_owned()));
        Ok(Self {
            version: saved.server_version().map(str::to_owned),
            kinds: kinds.collect(),
            objects,
        })
    }

    /// Makes all of it in a cluster. What the fake server would not take is left out.
    pub(crate) fn bring_to(&self, cluster: &mut FakeCluster) {
        if let Some(version) = &self.version {
            cluster.set_server_version(version);
        }
        let defined: BTreeSet<(&str, &str)> = self.objects.iter().filter_map(defines).collect();
        for (api_version, kind) in &self.kinds {
            let group = api_version.split_once('/').map_or("", |(group, _)| group);
            if !defined.contains(&(group, kind.as_str())) {
                let namespaced = is_cluster_scoped(group, kind) != Some(true);
                cluster.serve(api_version, kind, namespaced);
            }
        }
        let mut last = 0;
        for object in &self.objects {
            if rank(object) != last {
                // Namespaces and definitions are there before what needs them.
                cluster.advance(Duration::from_secs(2));
                last = rank(object);
            }
            let _refused = cluster.call(&Request::Create {
                object: object.clone(),
                dry_run: false,
            });
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({"version": self.version, "kinds": self.kinds, "objects": self.objects})
    }

    pub(crate) fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            version: serde_json::from_value(value.get("version")?.clone()).ok()?,
            kinds: serde_json::from_value(value.get("kinds")?.clone()).ok()?,
            objects: serde_json::from_value(value.get("objects")?.clone()).ok()?,
        })
    }
}

/// The objects of a document: itself, or those of a list.
fn items(document: Value) -> Vec<Value> {
    let kind = document.get("kind").and_then(Value::as_str);
    if !kind.is_some_and(|kind| kind.ends_with("List")) {
        return vec![document];
    }
    match document.get("items") {
        Some(Value::Array(items)) => items.clone(),
        _ => vec![document],
    }
}

/// The object without what a server would refuse in a new one, or know better; `None`: it is none, or is left out.
fn cleaned(mut object: Value) -> Option<Value> {
    let kind = object.get("kind")?.as_str()?.to_owned();
    let _is_object = object.get("apiVersion")?;
    if RUNNING.contains(&kind.as_str()) {
        return None;
    }
    let metadata = object.get_mut("metadata")?.as_object_mut()?;
    let _has_name = metadata.get("name")?;
    let generation = metadata.remove("generation");
    for key in ["resourceVersion", "uid", "managedFields"] {
        metadata.remove(key);
    }
    if kind == "CustomResourceDefinition" {
        object.as_object_mut()?.remove("status");
    }
    if let Some(observed) = object.pointer_mut("/status/observedGeneration") {
        // A new object is of generation 1.
        *observed = i32::from(Some(&*observed) == generation.as_ref()).into();
    }
    Some(object)
}

fn rank(object: &Value) -> u8 {
    match object.get("kind").and_then(Value::as_str) {
        Some("Namespace") => 0,
        Some("CustomResourceDefinition") => 1,
        _ => 2,
    }
}

/// The group and kind that an object defines, if it is a definition.
fn defines(object: &Value) -> Option<(&str, &str)> {
    let group = object.pointer("/spec/group")?.as_str()?;
    let kind = object.pointer("/spec/names/kind")?.as_str()?;
    (rank(object) == 1).then_some((group, kind))
}

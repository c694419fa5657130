//! The fake cluster as conditions see it.

use std::collections::BTreeMap;

use catalog_model::conditions::requirements::{Read, Requirements};
use catalog_model::conditions::snapshot::{Access, Snapshot};
use serde_json::{Value, json};

use super::cluster::FakeCluster;
use super::kind::Kind;
use super::rfc3339;

impl FakeCluster {
    /// All that is there, for the evaluation of conditions: objects, the kinds that are served, and the version, which is
    /// [`set_server_version`](Self::set_server_version)'s. Of what `requirements` ask who may do what, everybody may do everything.
    #[must_use]
    pub fn snapshot(&self, requirements: &Requirements) -> Snapshot {
        let mut builder = Snapshot::builder()
            .server_version(&self.server_version)
            .taken_at(&rfc3339::write(self.now))
            .complete();
        for list in self.discovery() {
            builder = builder.object(list);
        }
        for object in self.objects() {
            builder = builder.object(Value::clone(object));
        }
        for read in requirements.reads() {
            if let Read::Access(query) = read {
                builder = builder.access(query.clone(), Access::Allowed);
            }
        }
        builder.build()
    }

    /// What `/api` and `/apis` say.
    fn discovery(&self) -> [Value; 2] {
        let mut groups: BTreeMap<String, BTreeMap<String, Vec<Value>>> = BTreeMap::new();
        for (api_version, kind) in Kind::all(&self.store) {
            let version = api_version.rsplit('/').next().unwrap_or_default();
            let versions = groups.entry(kind.group.clone()).or_default();
            let resources = versions.entry(version.to_owned()).or_default();
            resources.push(json!({
                "resource": kind.plural,
                "responseKind": {"kind": kind.kind},
                "scope": if kind.namespaced { "Namespaced" } else { "Cluster" },
            }));
        }
        let core = groups.remove("").unwrap_or_default();
        let named: Vec<Value> = groups
            .into_iter()
            .map(|(name, versions)| group(json!({"name": name}), versions))
            .collect();
        [vec![group(json!({}), core)], named].map(|items| {
            json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "items": items})
        })
    }
}

fn group(metadata: Value, versions: BTreeMap<String, Vec<Value>>) -> Value {
    let versions = versions.into_iter();
    let versions: Vec<Value> = versions
        .map(|(version, resources)| json!({"version": version, "resources": resources, "freshness": "Current"}))
        .collect();
    json!({"metadata": metadata, "versions": versions})
}

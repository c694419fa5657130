//! What the namespace controllers do.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::agenda::Errand;
use super::cluster::FakeCluster;
use super::field;
use super::store::Key;
use crate::api::Request;

/// How often a namespace that is going is looked at.
const AGAIN: Duration = Duration::from_secs(2);

impl FakeCluster {
    /// Fills a namespace that is new; empties one that is going.
    pub(super) fn sync_namespace(&mut self, key: &Arc<Key>) {
        let Some(namespace) = self.store.get(key).cloned() else {
            return;
        };
        if !field::has(&namespace, "/metadata/deletionTimestamp") {
            return self.furnish(&key.name);
        }
        let content = self.content(&key.name);
        for object in &content {
            self.mark_deleted(object);
        }
        let left = self.content(&key.name);
        if left.is_empty() {
            self.amend(key, |namespace| {
                field::remove(namespace, &["spec", "finalizers"]);
            });
            return;
        }
        let condition = remaining(&left, |key| self.store.get(key).cloned());
        self.amend(key, |namespace| {
            field::set(namespace, &["status", "conditions"], json!([condition]));
        });
        self.later(AGAIN, Errand::Namespace(Arc::clone(key)));
    }

    /// The ServiceAccount that pods have by default is there only a moment after the namespace.
    fn furnish(&mut self, namespace: &str) {
        for (kind, name) in [
            ("ServiceAccount", "default"),
            ("ConfigMap", "kube-root-ca.crt"),
        ] {
            if self.store.get(&Key::core(kind, namespace, name)).is_none() {
                let object = json!({
                    "apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": namespace},
                });
                // It may be going by now.
                let _ = self.answer(&Request::Create {
                    object,
                    dry_run: false,
                });
            }
        }
    }

    fn content(&self, namespace: &str) -> Vec<Arc<Key>> {
        let keys = self.store.iter().map(|(key, _)| key);
        keys.filter(|key| key.namespace.as_deref() == Some(namespace))
            .cloned()
            .collect()
    }
}

/// What keeps a namespace: the finalizers of what is left in it.
fn remaining(left: &[Arc<Key>], object: impl Fn(&Key) -> Option<Arc<Value>>) -> Value {
    let mut finalizers: Vec<String> = left
        .iter()
        .filter_map(|key| object(key))
        .flat_map(|object| field::list(&object, "/metadata/finalizers").to_vec())
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect();
    finalizers.sort();
    finalizers.dedup();
    json!({
        "type": "NamespaceFinalizersRemaining",
        "status": if finalizers.is_empty() { "False" } else { "True" },
        "reason": "SomeFinalizersRemain",
        "message": format!(
            "Some content in the namespace has finalizers remaining: {}",
            finalizers.join(", ")
        ),
    })
}

//! Nodes for many instances at a time, and a note of all pods that they ever had.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use catalog_hooks::api::{ListRequest, Request};
use catalog_hooks::label;
use futures_util::future::join_all;
use serde_json::Value;

use crate::runner::{Script, act};
use crate::world::{World, text};

/// The pods of the hooks of an instance, by hook.
type Pods = BTreeMap<String, BTreeSet<String>>;

/// The nodes of all instances whose namespaces begin alike. One list of all pods is much less work for a server than one for each.
pub(crate) struct Fleet {
    prefix: &'static str,
    seen: Mutex<BTreeMap<String, Pods>>,
}

impl Fleet {
    pub(crate) fn new(prefix: &'static str) -> Self {
        Self {
            prefix,
            seen: Mutex::default(),
        }
    }

    /// Lets the pods of hooks do what the script says, for ever.
    pub(crate) async fn run(&self, world: &World, script: &Script) {
        loop {
            let pods = self.pods(world).await;
            join_all(pods.iter().map(|pod| self.look_after(world, pod, script))).await;
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
    }

    async fn pods(&self, world: &World) -> Vec<Value> {
        let wanted = ListRequest {
            api_version: "v1".to_owned(),
            kind: "Pod".to_owned(),
            namespace: None,
            labels: vec![(label::MANAGED_BY.to_owned(), label::MANAGER.to_owned())],
            fields: vec![],
        };
        let listed = world.call(Request::List(wanted)).await;
        let listed = listed.unwrap_or_else(|failure| panic!("list pods: {failure}"));
        let mut pods = listed.as_array().cloned().expect("a list");
        pods.retain(|pod| text(pod, "/metadata/namespace").starts_with(self.prefix));
        pods
    }

    async fn look_after(&self, world: &World, pod: &Value, script: &Script) {
        let namespace = text(pod, "/metadata/namespace");
        let uid = text(pod, "/metadata/uid").to_owned();
        let hook = ["phase", "hook", "role"]
            .map(|key| text(pod, &format!("/metadata/labels/catalog.dev~1{key}")));
        self.seen
            .lock()
            .expect("no panic")
            .entry(namespace.to_owned())
            .or_default()
            .entry(hook.join(" "))
            .or_default()
            .insert(uid);
        act(&world.beside(namespace), pod, script).await;
    }

    /// How many pods each hook of an instance ever had.
    pub(crate) fn counts(&self, namespace: &str) -> BTreeMap<String, usize> {
        let seen = self.seen.lock().expect("no panic");
        let pods = seen.get(namespace).into_iter().flatten();
        pods.map(|(hook, pods)| (hook.clone(), pods.len()))
            .collect()
    }
}

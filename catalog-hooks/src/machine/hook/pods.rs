//! The pods of a Job.

use std::time::Duration;

use serde_json::Value;

use super::super::operation_desk::{Halt, OperationDesk};
use crate::api::{FailureClass, ListRequest, ObjectRef, Request};
use crate::pointer::At;

/// The label that the Job controller gives a Job's pods, with the Job's uid.
const CONTROLLER_UID: &str = "batch.kubernetes.io/controller-uid";

/// The pods of one Job, by its uid.
pub(in crate::machine) struct Pods<'a> {
    cx: &'a OperationDesk,
    namespace: &'a str,
    uid: &'a str,
}

impl<'a> Pods<'a> {
    pub(in crate::machine) fn of(cx: &'a OperationDesk, namespace: &'a str, uid: &'a str) -> Self {
        Self { cx, namespace, uid }
    }

    /// All that are there.
    pub(in crate::machine) async fn list(&self) -> Result<Vec<Value>, Halt> {
        let list = ListRequest {
            api_version: "v1".to_owned(),
            kind: "Pod".to_owned(),
            namespace: Some(self.namespace.to_owned()),
            labels: vec![(CONTROLLER_UID.to_owned(), self.uid.to_owned())],
            fields: Vec::new(),
        };
        let pods = self.cx.desk().list(list).await;
        pods.map_err(|failure| Halt::of("the pods of a hook cannot be listed", &failure))
    }

    /// Ends those that live, and waits for it as long as their grace period and a margin last. The node of one that did not end by then.
    pub(in crate::machine) async fn end(&self, grace_seconds: u64) -> Result<Option<String>, Halt> {
        let mut until = None;
        loop {
            let pods = self.list().await?;
            let Some(live) = pods.iter().find(|pod| is_live(pod)) else {
                return Ok(None);
            };
            let margin = self.cx.desk().settings().pod_margin;
            let until = *until.get_or_insert(
                self.cx
                    .desk()
                    .now()
                    .after(Duration::from_secs(grace_seconds) + margin),
            );
            if self.cx.desk().now() >= until {
                return Ok(Some(node(live)));
            }
            for pod in pods.iter().filter(|pod| is_live(pod) && !is_deleting(pod)) {
                self.delete(pod).await?;
            }
            self.pause(until, live).await;
        }
    }

    /// Waits for those that live to end by themselves, until a time. The node of one that did not.
    pub(in crate::machine) async fn ended(&self) -> Result<Option<String>, Halt> {
        let pods = self.list().await?;
        Ok(pods.iter().find(|pod| is_live(pod)).map(node))
    }

    async fn pause(&self, until: crate::time::Timestamp, pod: &Value) {
        let next = self
            .cx
            .desk()
            .now()
            .after(self.cx.desk().settings().look_every)
            .min(until);
        let watching = ObjectRef::of(&with_kind(pod)).into_iter().collect();
        self.cx
            .desk()
            .wait(next, watching, "for the pods of a hook to end".to_owned())
            .await;
    }

    async fn delete(&self, pod: &Value) -> Result<(), Halt> {
        let Some(target) = ObjectRef::of(&with_kind(pod)) else {
            return Ok(());
        };
        let uid = pod
            .at("/metadata/uid")
            .and_then(Value::as_str)
            .map(str::to_owned);
        match self.cx.desk().call(Request::delete(target, uid)).await {
            Ok(_) => Ok(()),
            Err(failure)
                if matches!(
                    failure.class(),
                    FailureClass::NotFound | FailureClass::OtherUid | FailureClass::Outdated
                ) =>
            {
                Ok(())
            }
            Err(failure) => Err(Halt::of("a pod of a hook cannot be deleted", &failure)),
        }
    }
}

/// A pod's metadata with its kind, which items of a list lack.
fn with_kind(pod: &Value) -> Value {
    serde_json::json!({"apiVersion": "v1", "kind": "Pod", "metadata": pod.get("metadata")})
}

pub(in crate::machine) fn phase(pod: &Value) -> &str {
    pod.at("/status/phase")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// Whether it may still do something.
pub(in crate::machine) fn is_live(pod: &Value) -> bool {
    !matches!(phase(pod), "Succeeded" | "Failed")
}

fn is_deleting(pod: &Value) -> bool {
    pod.at("/metadata/deletionTimestamp")
        .is_some_and(Value::is_string)
}

/// The node it is on.
pub(in crate::machine) fn node(pod: &Value) -> String {
    let node = pod.at("/spec/nodeName").and_then(Value::as_str);
    node.unwrap_or("(none)").to_owned()
}

//! What a hook's pods left to read.

use std::time::Duration;

use serde_json::{Value, json};

use super::hook::{Pods, one_line};
use super::operation_desk::OperationDesk;
use crate::api::{FailureClass, LogRequest, Reply, Request};
use crate::digest;
use crate::hook_job::HookJob;
use crate::journal::{Evidence, JOURNAL_LIMIT, LOGS_UNTIL};
use crate::label;
use crate::pointer::At;
use crate::secret_data;

/// How much of one attempt is kept.
const LIMIT: usize = 256 * 1024;

/// How much of it the journal holds.
const TAIL: usize = 2 * 1024;

/// The type of the Secrets that hold it.
pub(super) const TYPE: &str = "catalog.dev/evidence";

/// What was read of an attempt's pods.
#[derive(Debug, Default)]
pub(super) struct Captured {
    text: String,
    missing: String,
}

/// Reads the ends of the logs, and the last words of containers. Failures are part of the answer.
pub(super) async fn capture(cx: &OperationDesk, namespace: &str, uid: &str) -> Captured {
    let mut captured = Captured::default();
    let pods = match Pods::of(cx, namespace, uid).list().await {
        Ok(pods) => pods,
        Err(_) => {
            captured.missing = "its pods could not be listed".to_owned();
            return captured;
        }
    };
    if pods.is_empty() {
        captured.missing = "it had no pod any more".to_owned();
    }
    for pod in &pods {
        read_pod(cx, (namespace, pod), &mut captured).await;
    }
    captured
}

async fn read_pod(cx: &OperationDesk, (namespace, pod): (&str, &Value), captured: &mut Captured) {
    let name = pod
        .at("/metadata/name")
        .and_then(Value::as_str)
        .unwrap_or_default();
    for list in ["initContainers", "containers"] {
        let containers = pod.at("/spec").and_then(|spec| spec.get(list)?.as_array());
        for container in containers.into_iter().flatten() {
            let container = container
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let limit = (LIMIT / 2).saturating_sub(captured.text.len());
            let request = Request::Log(LogRequest {
                namespace: namespace.to_owned(),
                pod: name.to_owned(),
                container: container.to_owned(),
                limit,
            });
            match cx.desk().call_once(request).await {
                Ok(Reply::Log(log)) => captured.add(&format!("--- {name} {container}\n"), &log),
                Ok(_) => {}
                Err(failure) => {
                    captured.missing = format!("the log of {name} {container}: {failure}")
                }
            }
        }
    }
    let ended = pod
        .at("/status/containerStatuses")
        .and_then(Value::as_array);
    for status in ended.into_iter().flatten() {
        let message = status
            .at("/state/terminated/message")
            .and_then(Value::as_str);
        if let Some(message) = message.filter(|message| !message.is_empty()) {
            captured.add(&format!("--- {name} said at its end\n"), message);
        }
    }
}

impl Captured {
    /// Whether there was nothing to read.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// This, or, if there was nothing to read any more, what was read so long before.
    pub(super) fn or(self, before: Self, age: Duration) -> Self {
        if !self.is_empty() || before.is_empty() {
            return self;
        }
        let missing = format!("{}; this was read {} s before", self.missing, age.as_secs());
        Self {
            text: before.text,
            missing,
        }
    }

    fn add(&mut self, head: &str, text: &str) {
        self.text.push_str(head);
        self.text.push_str(text);
        if !text.ends_with('\n') {
            self.text.push('\n');
        }
        self.text = end_of(&self.text, LIMIT).to_owned();
    }
}

/// A text without the characters by which terminals are moved and coloured: each of them takes six bytes in the journal.
fn shown(text: &str) -> String {
    let is_shown = |letter: &char| !letter.is_control() || matches!(letter, '\n' | '\t');
    text.chars().filter(is_shown).collect()
}

/// At most so many bytes from the end, in whole characters.
fn end_of(text: &str, limit: usize) -> &str {
    let surplus = text.len().saturating_sub(limit);
    let start = (surplus..=text.len()).find(|at| text.is_char_boundary(*at));
    start
        .and_then(|start| text.get(start..))
        .unwrap_or_default()
}

/// Keeps it in a Secret; of an attempt after which there is no other, its end in the journal too.
pub(super) async fn keep(
    cx: &OperationDesk,
    job: &HookJob,
    captured: Captured,
    in_journal: bool,
) -> Evidence {
    let mut evidence = Evidence {
        secret: None,
        digest: String::new(),
        bytes: 0,
        tail: String::new(),
        missing: one_line(&captured.missing),
    };
    if captured.text.is_empty() {
        return evidence;
    }
    if in_journal
        && cx
            .desk()
            .look(|journal| journal.has_room_for(JOURNAL_LIMIT - LOGS_UNTIL))
    {
        evidence.tail = shown(end_of(&captured.text, TAIL));
    }
    let secret = secret(cx, job, &captured.text);
    let name = format!("{}-log", job.name());
    let request = Request::Create {
        object: secret,
        dry_run: false,
    };
    match cx.desk().call(request).await {
        Ok(_) => {
            evidence.digest = digest::of_bytes(captured.text.as_bytes());
            evidence.bytes = captured.text.len() as u64;
            evidence.secret = Some(name);
        }
        // A runner before this one kept it, perhaps longer ago; it is not known to be the same.
        Err(failure) if failure.class() == FailureClass::AlreadyExists => {
            evidence.secret = Some(name)
        }
        Err(failure) => evidence.missing = one_line(&format!("it could not be kept: {failure}")),
    }
    evidence
}

/// The labels by which the evidence of an instance is found, also of releases of it that are gone.
pub(super) fn instance_labels(cx: &OperationDesk) -> Vec<(String, String)> {
    let operation = cx.planned().operation();
    vec![
        (
            label::PACKAGE.to_owned(),
            label::value(operation.package().as_str()),
        ),
        (
            label::NAMESPACE.to_owned(),
            label::value(operation.namespace()),
        ),
    ]
}

fn secret(cx: &OperationDesk, job: &HookJob, text: &str) -> Value {
    let mut labels = serde_json::Map::new();
    for (key, value) in super::hook::operation_labels(cx) {
        labels.insert(key, value.into());
    }
    for (key, value) in instance_labels(cx) {
        labels.insert(key, value.into());
    }
    labels.insert(label::MANAGED_BY.to_owned(), label::MANAGER.into());
    labels.insert(label::HOOK.to_owned(), label::value(job.hook()).into());
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": format!("{}-log", job.name()), "namespace": cx.plan().home(), "labels": labels},
        "type": TYPE,
        "immutable": true,
        "data": {"log": secret_data::encode(text.as_bytes())},
    })
}

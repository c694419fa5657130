//! Tells when one object changes.

use std::time::Duration;

use http_body_util::BodyExt as _;
use kube::client::Body;
use serde_json::Value;
use tokio::time::{Instant, sleep_until, timeout};

use super::call::Call;
use super::cluster::KubeCluster;
use super::exchange::{OBJECT_BYTES, in_time, innermost, open};
use super::list::list;
use crate::api::{Failure, FailureClass, ListRequest, ObjectRef};

/// How long the server keeps a watch open. Then it is opened again, which shows a connection that is silently gone.
const OPEN_FOR: Duration = Duration::from_secs(120);
/// How much longer than that nothing may come.
const GRACE: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What happened to an object.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// It is so now.
    Changed(Value),
    /// It was deleted, and was like this when it went: a Job's end may stand here and nowhere else.
    Deleted(Value),
    /// It is not there, and what it was like when it went is not known.
    Gone,
}

/// The changes of one object, for as long as anybody asks.
///
/// It opens a watch, goes on where that breaks off, and lists again where the server has forgotten the version to go on from. What fails
/// is tried again, after a pause that grows to 30 seconds; failures are not told, because a watch only makes things faster.
#[derive(Debug)]
pub struct ObjectWatch {
    cluster: KubeCluster,
    object: ObjectRef,
    /// The version that changes are told after; `None`: it must be found out.
    after: Option<String>,
    /// The version of the object that is known to whoever asks.
    known: Option<String>,
    lines: Option<Lines>,
    pause: Duration,
    not_before: Instant,
}

impl KubeCluster {
    /// The changes of an object after a version of it; `None`: the first is how it is now, if it is there.
    #[must_use]
    pub fn watch(&self, object: ObjectRef, after: Option<String>) -> ObjectWatch {
        ObjectWatch {
            cluster: self.clone(),
            object,
            known: after.clone(),
            after,
            lines: None,
            pause: FIRST_PAUSE,
            not_before: Instant::now(),
        }
    }
}

impl ObjectWatch {
    /// The object.
    #[must_use]
    pub fn object(&self) -> &ObjectRef {
        &self.object
    }

    /// Waits for the next change. Nothing is missed if the waiting is given up, and asked for again.
    pub async fn changed(&mut self) -> Change {
        loop {
            sleep_until(self.not_before).await;
            let step = match (&mut self.lines, &self.after) {
                (Some(lines), _) => match lines.next().await {
                    Ok(Some(event)) => self.take(&event),
                    Ok(None) => {
                        self.lines = None;
                        // Whatever ends each watch at once must not be asked without a pause.
                        self.not_before = Instant::now() + FIRST_PAUSE;
                        Ok(None)
                    }
                    Err(failure) => Err(failure),
                },
                (None, Some(after)) => {
                    let after = after.clone();
                    self.open(&after).await.map(|()| None)
                }
                (None, None) => self.list().await,
            };
            match step {
                Ok(Some(change)) => {
                    self.pause = FIRST_PAUSE;
                    return change;
                }
                Ok(None) => {}
                Err(failure) => self.failed(&failure),
            }
        }
    }

    /// The next change, with the object.
    pub(super) async fn observed(&mut self) -> (ObjectRef, Change) {
        (self.object.clone(), self.changed().await)
    }

    /// After a failure: a watch from the same version, or a new list if that is too old.
    fn failed(&mut self, failure: &Failure) {
        self.lines = None;
        if failure.class() == FailureClass::Expired {
            self.after = None;
        }
        self.not_before = Instant::now() + self.pause;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }

    fn wanted(&self) -> ListRequest {
        ListRequest {
            api_version: self.object.api_version().to_owned(),
            kind: self.object.kind().to_owned(),
            namespace: self.object.namespace().map(str::to_owned),
            labels: Vec::new(),
            fields: vec![("metadata.name".to_owned(), self.object.name().to_owned())],
        }
    }

    async fn list(&mut self) -> Result<Option<Change>, Failure> {
        let wanted = self.wanted();
        let resource = self
            .cluster
            .resource(&wanted.api_version, &wanted.kind)
            .await?;
        let listed = list(self.cluster.client(), &resource, &wanted).await?;
        self.after = Some(listed.resource_version);
        let Some(object) = listed.items.into_iter().next() else {
            return Ok(self.known.take().map(|_| Change::Gone));
        };
        Ok(self.changed_to(object))
    }

    fn changed_to(&mut self, object: Value) -> Option<Change> {
        let version = version(&object).map(str::to_owned);
        let is_known = version.is_some() && version == self.known;
        self.known = version;
        (!is_known).then_some(Change::Changed(object))
    }

    async fn open(&mut self, after: &str) -> Result<(), Failure> {
        let resource = self
            .cluster
            .resource(self.object.api_version(), self.object.kind())
            .await?;
        let path = resource.home(self.object.namespace())?;
        let call = Call::get(path)
            .with("watch", "1")
            .with("allowWatchBookmarks", "true")
            .with(
                "fieldSelector",
                &format!("metadata.name={}", self.object.name()),
            )
            .with("resourceVersion", after)
            .with("timeoutSeconds", &OPEN_FOR.as_secs().to_string());
        let body = in_time(open(self.cluster.client(), &call)).await?;
        self.lines = Some(Lines {
            body,
            read: Vec::new(),
        });
        Ok(())
    }

    fn take(&mut self, event: &Value) -> Result<Option<Change>, Failure> {
        let object = event.get("object").cloned().unwrap_or_default();
        let kind = event.get("type").and_then(Value::as_str);
        if kind == Some("ERROR") {
            // The status of the answer was sent long before: 200.
            let code = object.get("code").and_then(Value::as_u64);
            let code = code.and_then(|code| u16::try_from(code).ok());
            return Err(Failure::from_status(code.unwrap_or(500), &object));
        }
        if let Some(version) = version(&object) {
            self.after = Some(version.to_owned());
        }
        Ok(match kind {
            Some("ADDED" | "MODIFIED") => self.changed_to(object),
            Some("DELETED") => {
                self.known = None;
                Some(Change::Deleted(object))
            }
            _ => None,
        })
    }
}

fn version(object: &Value) -> Option<&str> {
    object.pointer("/metadata/resourceVersion")?.as_str()
}

/// The lines of a body, each a JSON document.
#[derive(Debug)]
struct Lines {
    body: Body,
    read: Vec<u8>,
}

impl Lines {
    /// The next line; `None`: the body ends. What was read stays, if the waiting is given up.
    async fn next(&mut self) -> Result<Option<Value>, Failure> {
        let unreadable = |error: &dyn std::fmt::Display| Failure::unanswered(error.to_string());
        loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.read.drain(..=end).collect();
                return serde_json::from_slice(&line)
                    .map(Some)
                    .map_err(|error| unreadable(&error));
            }
            if self.read.len() > OBJECT_BYTES {
                return Err(unreadable(&"an event is longer than any object"));
            }
            match timeout(OPEN_FOR + GRACE, self.body.frame()).await {
                Ok(Some(Ok(frame))) => {
                    if let Ok(data) = frame.into_data() {
                        self.read.extend_from_slice(&data);
                    }
                }
                Ok(Some(Err(error))) => return Err(unreadable(&innermost(&error))),
                Ok(None) => return Ok(None),
                Err(_) => return Err(unreadable(&"nothing came for longer than a watch lasts")),
            }
        }
    }
}

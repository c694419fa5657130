//! From a Job that is there to one that may run.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::operation_desk::Halt;
use super::super::patience::Patience;
use super::JobView;
use super::attempt::{Attempt, is_gone};
use crate::api::{Failure, FailureClass, PatchKind, Request};
use crate::journal::{Running, VerdictKind};
use crate::pointer::At;
use crate::time::Timestamp;

impl Attempt<'_> {
    /// Lets the Job run, unless it does already. Its uid is on record before: no pod can run of a Job that the journal does not know.
    pub(super) async fn start(&mut self) -> Result<(), Halt> {
        self.fence().await?;
        // What is read from here on is read after the journal was written last.
        self.cx.desk().flush().await;
        let mut tried = false;
        let mut patience = Patience::new(self.cx.desk());
        loop {
            let Some(job) = self.read().await? else {
                return self.gone().await;
            };
            let view = JobView(&job);
            self.check_fence(view).await;
            if view.is_deleting() && !view.never_ran() {
                return self.deleted(view).await;
            }
            if view.is_deleting() {
                return self.end(VerdictKind::Lost, "its Job was deleted before it ran");
            }
            if !view.never_ran() {
                return self.begun();
            }
            if self.must_stop() {
                return self.end(VerdictKind::Cancelled, "told to stop before it ran");
            }
            if !tried && let Err(failure) = self.try_pod().await {
                return self.end(
                    VerdictKind::Failed,
                    format!("its pod would be refused: {failure}"),
                );
            }
            tried = true;
            let request = Arc::new(self.unsuspend(view));
            match self.cx.desk().call_once(Arc::clone(&request)).await {
                Ok(_) => return self.begun(),
                // It is looked at again, and what became of it decides.
                Err(failure)
                    if failure.class() == FailureClass::Outdated || is_gone(failure.class()) =>
                {
                    if let Err(failure) = patience.wait(&failure, &request).await {
                        return self.cannot_start(&failure);
                    }
                }
                Err(failure) if !failure.may_pass() => return self.cannot_start(&failure),
                Err(failure) => {
                    if let Err(failure) = patience.wait(&failure, &request).await {
                        return self.cannot_start(&failure);
                    }
                }
            }
        }
    }

    fn begun(&self) -> Result<(), Halt> {
        let since = self.now();
        let deadline: Timestamp = since.after(self.job.policy().timeout);
        self.record(|attempt| attempt.running = Some(Running { since, deadline }));
        Ok(())
    }

    fn cannot_start(&self, failure: &Failure) -> Result<(), Halt> {
        self.end(
            VerdictKind::Failed,
            format!("its Job cannot be let run: {failure}"),
        )
    }

    /// The change that lets it run, of this very Job as it was just read.
    fn unsuspend(&self, job: JobView<'_>) -> Request {
        Request::Patch {
            target: self.target(),
            patch: json!({
                "metadata": {"uid": job.uid(), "resourceVersion": job.resource_version()},
                "spec": {"suspend": false},
            }),
            kind: PatchKind::Merge,
        }
    }

    /// Asks the server whether it would take the Job's pod: a Job whose pods are refused says nothing of it, and tries for ever.
    async fn try_pod(&self) -> Result<(), Failure> {
        let desk = self.cx.desk();
        let until = desk.now().after(desk.settings().kind_patience);
        let request = Request::Create {
            object: self.pod(),
            dry_run: true,
        };
        loop {
            let failure = match desk.call(request.clone()).await {
                Ok(_) => return Ok(()),
                Err(failure) => failure,
            };
            // A server that cannot say it now does not speak against the pod; and a pod of this name is not what was asked for.
            // Nor does it speak against the pod that the runner itself may not create one: the Job's controller does.
            let of_runner = failure.class() == FailureClass::Forbidden
                && failure
                    .message()
                    .contains("cannot create resource \"pods\"");
            if failure.may_pass() || of_runner || failure.class() == FailureClass::AlreadyExists {
                return Ok(());
            }
            if !lacks_account(&failure) || desk.now() >= until || self.must_stop() {
                return Err(failure);
            }
            let next = desk.now().after(desk.settings().first_pause);
            desk.wait(
                next,
                Vec::new(),
                "for the ServiceAccount of its pod".to_owned(),
            )
            .await;
        }
    }

    /// The pod that the Job's template stands for.
    fn pod(&self) -> Value {
        let part = |pointer| self.job.job().at(pointer).cloned().unwrap_or_default();
        let mut metadata = match part("/spec/template/metadata") {
            Value::Object(metadata) => metadata,
            _ => serde_json::Map::new(),
        };
        metadata.insert("name".to_owned(), format!("{}-try", self.job.name()).into());
        metadata.insert("namespace".to_owned(), self.job.namespace().into());
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": part("/spec/template/spec")})
    }
}

/// A namespace has its default ServiceAccount only a moment after it was made.
fn lacks_account(failure: &Failure) -> bool {
    failure.class() == FailureClass::Forbidden
        && failure
            .message()
            .contains("error looking up service account")
}

//! From what a Job left to read to a Job that nobody holds.

use catalog_model::Keep;
use serde_json::{Value, json};

use super::super::evidence;
use super::super::operation_desk::Halt;
use super::super::patience::Patience;
use super::JobView;
use super::attempt::{Attempt, is_gone};
use super::pods::Pods;
use crate::api::{FailureClass, PatchKind, Request};
use crate::label;
use crate::time::Timestamp;

impl Attempt<'_> {
    /// Reads the logs, if that was not done: at the latest now, for the pods go with their Job.
    pub(super) async fn capture(&mut self) {
        if self.captured.is_none() {
            let uid = self.uid();
            let at_end = evidence::capture(self.cx, self.job.namespace(), &uid).await;
            self.captured = Some(match self.followed.take() {
                Some((at, before)) => at_end.or(before, self.now().since(at)),
                None => at_end,
            });
        }
    }

    /// Reads the logs of a pod that runs, now and then: a node may take them with it before the Job has ended.
    pub(super) async fn follow(&mut self, running: Timestamp) {
        let last = self.followed.as_ref().map_or(running, |(at, _)| *at);
        let pause = self.cx.desk().settings().look_every;
        if self.now() >= last.after(pause) {
            self.read_on().await;
        }
    }

    /// Reads what there is by now, and keeps what was read before if there is nothing any more.
    pub(super) async fn read_on(&mut self) {
        let uid = self.uid();
        let read = evidence::capture(self.cx, self.job.namespace(), &uid).await;
        let before = self.followed.take().filter(|_| read.is_empty());
        self.followed = Some(before.unwrap_or_else(|| (self.now(), read)));
    }

    /// Keeps what there is to read, or records why there is nothing. Nothing depends on it.
    pub(super) async fn keep_evidence(&mut self) {
        if !self.uid().is_empty() {
            self.capture().await;
        }
        let captured = self.captured.take().unwrap_or_default();
        let is_last = self.look(|attempt| attempt.retry_at.is_none());
        let kept = evidence::keep(self.cx, self.job, captured, is_last).await;
        self.record(|attempt| attempt.evidence = Some(kept));
    }

    /// Takes our finalizer off, and says how long the Job stays.
    pub(super) async fn release(&mut self) -> Result<(), Halt> {
        if !self.uid().is_empty() {
            self.let_job_go().await?;
        }
        self.record(|attempt| attempt.released = true);
        Ok(())
    }

    async fn let_job_go(&mut self) -> Result<(), Halt> {
        self.fence().await?;
        let desk = self.cx.desk();
        let mut patience = Patience::new(desk);
        loop {
            let Some(job) = self.read().await? else {
                let uid = self.uid();
                let pods = Pods::of(self.cx, self.job.namespace(), &uid);
                let unconfirmed = pods.end(30).await?;
                self.note_unconfirmed(unconfirmed);
                return Ok(());
            };
            let view = JobView(&job);
            if !view.is_over() {
                return self.remove(view).await;
            }
            let request = Request::Patch {
                target: self.target(),
                patch: self.release_patch(view),
                kind: PatchKind::Strategic,
            };
            let failure = match self.cx.desk().call(request.clone()).await {
                Ok(_) => return Ok(()),
                Err(failure) if is_gone(failure.class()) => return Ok(()),
                Err(failure) => failure,
            };
            if failure.class() != FailureClass::Outdated
                || patience.wait(&failure, &request).await.is_err()
            {
                return Err(Halt::of("the Job of a hook cannot be released", &failure));
            }
        }
    }

    /// A merge patch would take off other finalizers too.
    fn release_patch(&self, job: JobView<'_>) -> Value {
        let mut patch =
            json!({"metadata": {"uid": job.uid(), "resourceVersion": job.resource_version()}});
        if let Some(metadata) = patch
            .pointer_mut("/metadata")
            .and_then(Value::as_object_mut)
            .filter(|_| job.is_held_by_us())
        {
            metadata.insert(
                "$deleteFromPrimitiveList/finalizers".to_owned(),
                json!([label::FINALIZER]),
            );
        }
        if let (Some(seconds), Some(patch)) = (self.ttl_seconds(), patch.as_object_mut()) {
            patch.insert(
                "spec".to_owned(),
                json!({"ttlSecondsAfterFinished": seconds}),
            );
        }
        patch
    }

    /// It counts from the Job's end, which may be a while ago.
    fn ttl_seconds(&self) -> Option<u64> {
        let keep = match (
            self.job.policy().keep,
            self.look(|attempt| attempt.succeeded()),
        ) {
            (Keep::Always, _) => return None,
            (Keep::OnFailure, false) => self.cx.desk().settings().keep_failed,
            _ => std::time::Duration::ZERO,
        };
        let ended = self.look(|attempt| attempt.verdict().map(|verdict| verdict.at))?;
        let age = self.now().since(ended);
        Some((age + keep).as_secs().min(i32::MAX.unsigned_abs().into()))
    }

    /// A Job that never came to an end has no end to count from: it is deleted, and its pods with it.
    async fn remove(&self, job: JobView<'_>) -> Result<(), Halt> {
        let request = Request::delete(self.target(), Some(job.uid().to_owned()));
        match self.cx.desk().call(request).await {
            Ok(_) => {}
            Err(failure) if is_gone(failure.class()) => {}
            Err(failure) => return Err(Halt::of("the Job of a hook cannot be deleted", &failure)),
        }
        self.unhold(job).await?;
        let unconfirmed = Pods::of(self.cx, self.job.namespace(), job.uid())
            .end(job.grace_seconds())
            .await?;
        self.note_unconfirmed(unconfirmed);
        Ok(())
    }

    /// That a pod may still live, on this node.
    fn note_unconfirmed(&self, node: Option<String>) {
        let Some(node) = node else { return };
        self.record(|attempt| {
            if let Some(verdict) = &mut attempt.verdict {
                verdict.pods_unconfirmed.get_or_insert(node);
            }
        });
    }
}

//! One attempt, from where its journal says it is.

use std::time::Duration;

use catalog_model::Semantics;
use serde_json::json;

use super::super::evidence::Captured;
use super::super::operation_desk::{Halt, OperationDesk};
use super::super::outcome::Stop;
use super::JobView;
use crate::api::{FailureClass, ObjectRef, PatchKind, Reply, Request};
use crate::hook_job::HookJob;
use crate::journal::{AttemptJournal, HookKey, HookVerdict, Stage, VerdictKind};
use crate::label;
use crate::time::Timestamp;

/// One attempt of a hook. What it knows beyond the journal, a resumed run finds out again.
pub(super) struct Attempt<'a> {
    pub(super) cx: &'a OperationDesk,
    pub(super) job: &'a HookJob,
    pub(super) key: &'a HookKey,
    place: usize,
    /// Whether the intent was journaled by a runner before: its Job may have been made.
    pub(super) inherited: bool,
    pub(super) captured: Option<Captured>,
    /// What was read while it ran, and when, in case its pods are gone at the end.
    pub(super) followed: Option<(Timestamp, Captured)>,
    /// Whether it is only brought to its end, wherever it is.
    closing: bool,
    /// Why its pod does not run, as it was last seen.
    pub(super) pending: Option<String>,
}

impl<'a> Attempt<'a> {
    /// The attempt as the journal has it; its intent, if it has none.
    pub(super) fn new(cx: &'a OperationDesk, job: &'a HookJob, key: &'a HookKey) -> Self {
        let number = job.attempt().get();
        let epoch = cx.desk().look(|journal| journal.epoch());
        let hash = JobView(job.job()).spec_hash().to_owned();
        let (place, inherited) = cx.record(|operation| {
            let known = operation
                .attempts_of(key)
                .find(|(_, one)| one.attempt() == number);
            if let Some((place, one)) = known {
                return (place, one.epoch < epoch);
            }
            let intent = (number, job.name(), hash.as_str());
            operation
                .attempts
                .push(AttemptJournal::intent(key.clone(), intent, epoch));
            (operation.attempts.len() - 1, false)
        });
        Self {
            cx,
            job,
            key,
            place,
            inherited,
            captured: None,
            followed: None,
            closing: false,
            pending: None,
        }
    }

    /// The same, to be brought to its end: it is not created any more, not let run any more, and cancelled if it runs.
    pub(super) fn closing(mut self) -> Self {
        self.closing = true;
        self
    }

    pub(super) fn is_closing(&self) -> bool {
        self.closing
    }

    /// Whether it is to stop.
    pub(super) fn must_stop(&self) -> bool {
        self.closing || self.cx.must_stop()
    }

    /// Goes on until nothing of the attempt is left to do.
    pub(super) async fn run(&mut self) -> Result<(), Halt> {
        loop {
            match self.look(AttemptJournal::stage) {
                Stage::Intent => self.create().await?,
                Stage::Created => self.start().await?,
                Stage::Running => self.watch().await?,
                Stage::Verdict => self.keep_evidence().await,
                Stage::Evidence => self.release().await?,
                Stage::Released => return Ok(()),
            }
        }
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "attempts are never taken out of a journal"
    )]
    pub(super) fn look<T>(&self, look: impl FnOnce(&AttemptJournal) -> T) -> T {
        self.cx
            .look(|operation| look(&operation.attempts[self.place]))
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "attempts are never taken out of a journal"
    )]
    pub(super) fn record<T>(&self, change: impl FnOnce(&mut AttemptJournal) -> T) -> T {
        self.cx
            .record(|operation| change(&mut operation.attempts[self.place]))
    }

    /// The Job.
    pub(super) fn target(&self) -> ObjectRef {
        ObjectRef::namespaced("batch/v1", "Job", self.job.namespace(), self.job.name())
    }

    /// The uid of its Job; empty before it has one.
    pub(super) fn uid(&self) -> String {
        self.look(|one| one.uid().unwrap_or_default().to_owned())
    }

    pub(super) fn now(&self) -> Timestamp {
        self.cx.desk().now()
    }

    pub(super) fn is_at_most_once(&self) -> bool {
        self.job.policy().semantics == Semantics::AtMostOnce
    }

    /// Records how it ended, once.
    pub(super) fn conclude(&self, kind: VerdictKind, message: impl Into<String>) {
        self.conclude_with(kind, message.into(), None);
    }

    /// The same, where nothing else is to be said.
    pub(super) fn end(&self, kind: VerdictKind, message: impl Into<String>) -> Result<(), Halt> {
        self.conclude(kind, message);
        Ok(())
    }

    pub(super) fn conclude_with(
        &self,
        kind: VerdictKind,
        message: String,
        pods_unconfirmed: Option<String>,
    ) {
        let at = self.now();
        let attempts = self.cx.look(|operation| {
            operation
                .attempts_of(self.key)
                .filter(|(place, _)| *place >= operation.resumed)
                .count()
        });
        self.record(|attempt| {
            attempt.verdict.get_or_insert(HookVerdict {
                kind,
                message: one_line(&message),
                at,
                pods_unconfirmed,
                pods_ended: None,
            });
            let wait = super::retry_after(self.job, attempts.max(1), attempt);
            attempt.retry_at = wait.map(|wait: Duration| at.after(wait));
        });
    }

    /// Lets the runner before know that its time is over: any change of the Job makes what it still sends out of date.
    pub(super) async fn fence(&self) -> Result<(), Halt> {
        let epoch = self.cx.desk().look(|journal| journal.epoch());
        if self.look(|attempt| attempt.epoch) == epoch {
            return Ok(());
        }
        let patch = json!({"metadata": {"uid": self.uid(), "annotations": {label::EPOCH: epoch.to_string()}}});
        let request = Request::Patch {
            target: self.target(),
            patch,
            kind: PatchKind::Merge,
        };
        match self.cx.desk().call(request).await {
            Ok(_) => {}
            Err(failure) if is_gone(failure.class()) => {}
            Err(failure) => {
                return Err(Halt::of("the Job of a hook cannot be taken over", &failure));
            }
        }
        self.record(|attempt| attempt.epoch = epoch);
        Ok(())
    }

    /// Stops if a runner after this one looks after the Job.
    pub(super) async fn check_fence(&self, job: JobView<'_>) {
        let epoch = self.cx.desk().look(|journal| journal.epoch());
        if job.epoch() > epoch {
            let by = format!("epoch {} looks after {}", job.epoch(), self.target());
            self.cx.desk().stop(Stop::Fenced(by)).await;
        }
    }

    /// The Job as it is; `None` if it is gone, or another one has its name.
    pub(super) async fn read(&self) -> Result<Option<serde_json::Value>, Halt> {
        let uid = self.uid();
        let read = self.cx.desk().call(Request::Read(self.target())).await;
        match read {
            Ok(Reply::Object(job)) => Ok((JobView(&job).uid() == uid).then_some(job)),
            Ok(_) => Err(Halt::failed("the server gave no Job")),
            Err(failure) if failure.class() == FailureClass::NotFound => Ok(None),
            Err(failure) => Err(Halt::of("the Job of a hook cannot be read", &failure)),
        }
    }
}

/// Whether the object that was meant is not there any more.
pub(super) fn is_gone(class: FailureClass) -> bool {
    matches!(class, FailureClass::NotFound | FailureClass::OtherUid)
}

/// At most 500 bytes, on one line and without control characters: a journal has room for so much of each attempt.
pub(in crate::machine) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut line = String::new();
    for letter in words.join(" ").chars().filter(|one| !one.is_control()) {
        if line.len() + letter.len_utf8() > 500 {
            break;
        }
        line.push(letter);
    }
    line
}

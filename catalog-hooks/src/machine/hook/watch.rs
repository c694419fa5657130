//! From a Job that may run to one of which it is known how it ended.

use serde_json::{Value, json};

use super::super::operation_desk::Halt;
use super::JobView;
use super::attempt::{Attempt, is_gone, one_line};
use super::pods::Pods;
use super::verdict::{OfPods, of_pods};
use crate::api::{ListRequest, PatchKind, Request};
use crate::journal::{CancelReason, Cancellation, VerdictKind};
use crate::pointer::At;
use crate::time::Timestamp;

impl Attempt<'_> {
    /// Looks at the Job until it is known how it ended, and cancels it when its time is over, when it cannot begin, or when the run is told to
    /// stop.
    pub(super) async fn watch(&mut self) -> Result<(), Halt> {
        self.fence().await?;
        let mut decided_at = None;
        while self.look(|attempt| attempt.verdict.is_none()) {
            let Some(job) = self.read().await? else {
                return self.gone().await;
            };
            let view = JobView(&job);
            self.check_fence(view).await;
            if view.is_deleting() {
                return self.deleted(view).await;
            }
            if view.succeeds() || view.fails().is_some() {
                let since = *decided_at.get_or_insert(self.now());
                self.decided(view, since).await?;
            } else {
                self.go_on(view).await?;
            }
        }
        Ok(())
    }

    /// Its end is decided; it is over when no pod of it is left.
    async fn decided(&mut self, job: JobView<'_>, since: Timestamp) -> Result<(), Halt> {
        self.capture().await;
        if job.is_over() {
            let why = self.why_failed(job).await?;
            self.conclude_from(job, (why, None));
            return Ok(());
        }
        let margin = self.cx.desk().settings().pod_margin;
        let until = since.after(std::time::Duration::from_secs(job.grace_seconds()) + margin);
        if self.now() >= until {
            let node = Pods::of(self.cx, self.job.namespace(), &self.uid())
                .ended()
                .await?;
            let why = self.why_failed(job).await?;
            self.conclude_from(job, (why, node));
            return Ok(());
        }
        self.pause(until, "for the last pod of it to end").await;
        Ok(())
    }

    /// What its pods say of a failure; the Job itself counts pods only.
    async fn why_failed(&self, job: JobView<'_>) -> Result<Option<String>, Halt> {
        if job.succeeds() {
            return Ok(None);
        }
        let pods = Pods::of(self.cx, self.job.namespace(), job.uid())
            .list()
            .await?;
        Ok(match of_pods(&pods) {
            OfPods::Failed(why) => Some(why),
            _ => None,
        })
    }

    fn conclude_from(
        &self,
        job: JobView<'_>,
        (of_pods, unconfirmed): (Option<String>, Option<String>),
    ) {
        if job.succeeds() {
            return self.conclude_with(VerdictKind::Succeeded, String::new(), unconfirmed);
        }
        let Some(why) = job.fails() else { return };
        let message = of_pods.unwrap_or_else(|| format!("{} ({})", why.message, why.reason));
        let cancelled = self.look(|attempt| attempt.cancellation.clone());
        let (kind, message) = match (cancelled.map(|cancelled| cancelled.reason), why.reason) {
            (Some(CancelReason::Asked), "DeadlineExceeded") => {
                (VerdictKind::Cancelled, "told to stop".to_owned())
            }
            (Some(CancelReason::Stuck(cause)), "DeadlineExceeded") => {
                (VerdictKind::Failed, format!("stuck: {cause}"))
            }
            (_, "DeadlineExceeded") => (VerdictKind::TimedOut, self.time_out()),
            _ => (VerdictKind::Failed, message),
        };
        self.conclude_with(kind, message, unconfirmed);
    }

    fn time_out(&self) -> String {
        let seconds = self.job.policy().timeout.as_secs();
        match &self.pending {
            None => format!("it took longer than {seconds} s"),
            Some(why) => format!("its pod did not run within {seconds} s: {why}"),
        }
    }

    /// It is under way: is there a reason to stop it?
    async fn go_on(&mut self, job: JobView<'_>) -> Result<(), Halt> {
        let Some(running) = self.look(|attempt| attempt.running) else {
            return Ok(());
        };
        if let Some(cancelled) = self.look(|attempt| attempt.cancellation.clone()) {
            return self.cancelling(job, &cancelled).await;
        }
        if job.is_suspended() {
            let target = self.target();
            self.cx.warn(format!(
                "{target} was suspended by somebody else; its time goes on"
            ));
        }
        let now = self.now();
        if self.must_stop() {
            self.cancel(CancelReason::Asked).await;
        } else if now >= running.deadline {
            self.cancel(CancelReason::Deadline).await;
        } else if let Some(cause) = self.stuck(job, running.since).await? {
            self.cancel(CancelReason::Stuck(one_line(&cause))).await;
        } else {
            let reason = self.waiting_for(job).await?;
            if job.has_started() && self.pending.is_none() {
                self.follow(running.since).await;
            }
            self.pause(running.deadline, &reason).await;
        }
        Ok(())
    }

    async fn cancel(&mut self, reason: CancelReason) {
        // Pods may be gone when the Job has failed of this.
        self.read_on().await;
        let at = self.now();
        self.record(|attempt| attempt.cancellation = Some(Cancellation { reason, at }));
    }

    /// It is to stop: a deadline of a second in the Job is a latch, which nobody can take back as they can a suspension.
    async fn cancelling(&mut self, job: JobView<'_>, cancelled: &Cancellation) -> Result<(), Halt> {
        if job
            .0
            .at("/spec/activeDeadlineSeconds")
            .is_none_or(|seconds| seconds != 1)
        {
            let request = Request::Patch {
                target: self.target(),
                patch: json!({"metadata": {"uid": job.uid()}, "spec": {"activeDeadlineSeconds": 1}}),
                kind: PatchKind::Merge,
            };
            return match self.cx.desk().call(request).await {
                Ok(_) => Ok(()),
                Err(failure) if is_gone(failure.class()) => Ok(()),
                Err(failure) => Err(Halt::of("the Job of a hook cannot be stopped", &failure)),
            };
        }
        let grace = std::time::Duration::from_secs(job.grace_seconds());
        let until = cancelled
            .at
            .after(grace + self.cx.desk().settings().pod_margin);
        if self.now() < until {
            self.pause(until, "for it to stop").await;
            return Ok(());
        }
        self.stop_by_force(job, cancelled).await
    }

    /// Nothing came of the deadline: the Job is suspended, or nobody looks after it. Its pods are ended one by one.
    async fn stop_by_force(
        &mut self,
        job: JobView<'_>,
        cancelled: &Cancellation,
    ) -> Result<(), Halt> {
        let unconfirmed = Pods::of(self.cx, self.job.namespace(), job.uid())
            .end(job.grace_seconds())
            .await?;
        let (kind, message) = match &cancelled.reason {
            CancelReason::Asked => (VerdictKind::Cancelled, "told to stop".to_owned()),
            CancelReason::Deadline => (VerdictKind::TimedOut, self.time_out()),
            CancelReason::Stuck(cause) => (VerdictKind::Failed, format!("stuck: {cause}")),
        };
        self.conclude_with(kind, message, unconfirmed);
        Ok(())
    }

    /// What keeps it from beginning, if it had time enough for that.
    async fn stuck(&self, job: JobView<'_>, since: Timestamp) -> Result<Option<String>, Halt> {
        let settings = self.cx.desk().settings();
        let own = self.job.policy().stuck_after;
        let now = self.now();
        if job.is_suspended()
            || now
                < since.after(
                    own.unwrap_or(settings.stuck_after)
                        .min(settings.stuck_after),
                )
        {
            return Ok(None);
        }
        if !job.has_started() && now >= since.after(settings.stuck_after) {
            return Ok(Some(
                "no controller looks after Jobs: it has no start time".to_owned(),
            ));
        }
        let pods = Pods::of(self.cx, self.job.namespace(), job.uid())
            .list()
            .await?;
        let waits_for_author = own.is_some_and(|own| now >= since.after(own));
        match pods.first() {
            None if now >= since.after(own.unwrap_or(settings.stuck_after)) => {
                self.refused_pods(job.uid()).await
            }
            Some(pod) if waits_for_author => Ok(why_pending(pod)),
            _ => Ok(None),
        }
    }

    /// What the Job controller says of pods that it could not create.
    async fn refused_pods(&self, uid: &str) -> Result<Option<String>, Halt> {
        let list = ListRequest {
            api_version: "v1".to_owned(),
            kind: "Event".to_owned(),
            namespace: Some(self.job.namespace().to_owned()),
            labels: Vec::new(),
            fields: vec![
                ("involvedObject.uid".to_owned(), uid.to_owned()),
                ("reason".to_owned(), "FailedCreate".to_owned()),
            ],
        };
        let events = self.cx.desk().list(list).await;
        let events = events
            .map_err(|failure| Halt::of("the events of a hook cannot be listed", &failure))?;
        let message = |event: &Value| {
            event
                .get("message")
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        Ok(events.iter().rev().find_map(message))
    }

    /// What is waited for, in words for a user.
    async fn waiting_for(&mut self, job: JobView<'_>) -> Result<String, Halt> {
        if !job.has_started() {
            return Ok("for its Job to start".to_owned());
        }
        let pods = Pods::of(self.cx, self.job.namespace(), job.uid())
            .list()
            .await?;
        self.pending = pods.first().and_then(why_pending);
        Ok(match (&self.pending, pods.first()) {
            (_, None) => "for its pod".to_owned(),
            (Some(why), _) => format!("for its pod: {why}"),
            (None, _) => "for it to end".to_owned(),
        })
    }

    /// Waits until something happens to the Job, or it is time to look again.
    async fn pause(&self, until: Timestamp, reason: &str) {
        let next = self
            .now()
            .after(self.cx.desk().settings().look_every)
            .min(until);
        let reason = format!("{} `{}`: {reason}", self.key.phase, self.key.hook);
        self.cx.desk().wait(next, vec![self.target()], reason).await;
    }

    /// The Job is gone. What it was like last may say how it ended; otherwise its pods do, and otherwise nobody does.
    pub(super) async fn gone(&mut self) -> Result<(), Halt> {
        let uid = self.uid();
        let last = self.cx.desk().last_seen(&self.target(), &uid);
        let pods = Pods::of(self.cx, self.job.namespace(), &uid);
        let found = of_pods(&pods.list().await?);
        let unconfirmed = pods.end(30).await?;
        match last.as_ref().map(JobView) {
            Some(job) if job.succeeds() => {
                self.conclude_with(VerdictKind::Succeeded, String::new(), unconfirmed);
            }
            Some(job) if job.fails().is_some() && !job.is_deleting() => {
                self.conclude_from(job, (None, unconfirmed))
            }
            _ => {
                let (kind, message) = match found {
                    OfPods::Succeeded => (
                        VerdictKind::Succeeded,
                        "its Job is gone, after its pod had succeeded".to_owned(),
                    ),
                    OfPods::Failed(why) => (VerdictKind::Failed, why),
                    _ => (
                        VerdictKind::Lost,
                        "its Job is gone, and nothing says how it ended".to_owned(),
                    ),
                };
                self.conclude_with(kind, message, unconfirmed);
            }
        }
        Ok(())
    }

    /// Somebody deleted the Job: its controller counts no more, and a failure that appears from then on is none. Its pods say how it ended.
    pub(super) async fn deleted(&mut self, job: JobView<'_>) -> Result<(), Halt> {
        self.capture().await;
        if job.succeeds() {
            self.conclude(VerdictKind::Succeeded, "");
            return Ok(());
        }
        // Times are in one form and from one clock: the later one is the greater text.
        let failed_before = job
            .fails()
            .filter(|why| !why.since.is_empty() && why.since < job.deleting_since());
        if failed_before.is_some() {
            self.conclude_from(job, (None, None));
            return Ok(());
        }
        let pods = Pods::of(self.cx, self.job.namespace(), job.uid());
        let found = of_pods(&pods.list().await?);
        match found {
            OfPods::Succeeded => self.conclude(
                VerdictKind::Succeeded,
                "its Job was deleted after its pod had succeeded",
            ),
            OfPods::Failed(why) => self.conclude(VerdictKind::Failed, why),
            OfPods::Live => {
                let unconfirmed = pods.end(job.grace_seconds()).await?;
                let message = "somebody deleted its Job while it ran".to_owned();
                self.conclude_with(VerdictKind::Cancelled, message, unconfirmed);
            }
            OfPods::None => self.conclude(
                VerdictKind::Lost,
                "somebody deleted its Job, and no pod says how it ended",
            ),
        }
        Ok(())
    }
}

/// Why a pod does not run yet: it has no node, or its containers cannot start.
fn why_pending(pod: &Value) -> Option<String> {
    let text = |value: &Value, key: &str| {
        value
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let list = |pointer| {
        pod.at(pointer)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let unscheduled = list("/status/conditions")
        .find(|one| text(one, "type") == "PodScheduled" && text(one, "status") == "False");
    if let Some(unscheduled) = unscheduled {
        return Some(format!(
            "{}: {}",
            text(unscheduled, "reason"),
            text(unscheduled, "message")
        ));
    }
    let statuses = list("/status/initContainerStatuses").chain(list("/status/containerStatuses"));
    let waiting = statuses.filter_map(|one| one.at("/state/waiting"));
    let is_trouble = |reason: &str| !matches!(reason, "" | "PodInitializing" | "ContainerCreating");
    let mut trouble = waiting.filter(|one| is_trouble(&text(one, "reason")));
    trouble
        .next()
        .map(|one| format!("{}: {}", text(one, "reason"), text(one, "message")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::why_pending;

    #[test]
    fn a_pod_says_why_it_does_not_run() {
        let check = |status, expected: Option<&str>| {
            assert_eq!(why_pending(&json!({"status": status})).as_deref(), expected);
        };
        check(json!({}), None);
        let condition = json!({"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes"});
        check(
            json!({"conditions": [condition]}),
            Some("Unschedulable: 0/3 nodes"),
        );
        let waiting = |reason: &str| json!({"containerStatuses": [{"state": {"waiting": {"reason": reason, "message": "m"}}}]});
        check(waiting("ContainerCreating"), None);
        check(waiting("ErrImagePull"), Some("ErrImagePull: m"));
    }
}

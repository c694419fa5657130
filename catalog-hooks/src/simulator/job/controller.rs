//! The Job controller, as `syncJob` of Kubernetes 1.36 does it for Jobs of one pod.
//!
//! The real one writes the status up to twice in one pass: first what it will count, then, when the finalizers are off the pods, the counts.
//! Here a pass makes one of these writes, so that others see what lies between; the next pass comes from the change itself.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::pods::{
    Pods, active, completions, is_active, is_failed, is_tracked, succeeded, uid, uncounted,
    wants_pod,
};
use super::track::{count_active, count_ended, note_ended, release_pod};
use super::{conditions, failure_policy, is_finished, is_suspended, is_true};
use crate::pointer::At;
use crate::simulator::agenda::Errand;
use crate::simulator::cluster::FakeCluster;
use crate::simulator::store::Key;
use crate::simulator::{field, rfc3339};
use crate::time::Timestamp;

/// What a Job comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Success,
    Failure(String, String),
}

/// One pass over one Job.
pub(super) struct Pass {
    pub(super) key: Arc<Key>,
    pub(super) now: Timestamp,
    pub(super) before: Arc<Value>,
    pub(super) job: Value,
    pub(super) outcome: Option<Outcome>,
}

impl FakeCluster {
    /// One step of the Job controller.
    pub(in crate::simulator) fn sync_job(&mut self, key: &Arc<Key>) {
        if !self.runs_jobs {
            return;
        }
        let before = self.store.get(key).cloned();
        self.release_orphans(key, before.as_deref().map(uid).unwrap_or_default());
        let Some(before) = before else { return };
        let manager = field::text(&before, "/spec/managedBy");
        if !matches!(manager, "" | "kubernetes.io/job-controller") {
            return;
        }
        if is_finished(&before) {
            return self.await_expiry(key, &before);
        }
        let mut pass = Pass {
            key: Arc::clone(key),
            now: self.now,
            job: Value::clone(&before),
            before,
            outcome: None,
        };
        self.begin(&mut pass);
        self.manage(&mut pass);
        let pods = self.pods_of(&pass.before);
        count_active(&mut pass.job, &pods);
        let released = note_ended(&mut pass, &pods);
        if pass.job != *pass.before {
            return self.amend_to(key, pass.job);
        }
        for pod in &released {
            self.amend(pod, release_pod);
        }
        let kept: Vec<String> = self
            .pods_of(&pass.before)
            .iter()
            .filter(|(_, pod)| is_tracked(pod))
            .map(|(_, pod)| uid(pod).to_owned())
            .collect();
        count_ended(&mut pass.job, &kept);
        self.finish(&mut pass);
        if pass.job != *pass.before {
            self.amend_to(key, pass.job);
        }
    }

    /// Start time, and whether the Job has come to its end.
    fn begin(&mut self, pass: &mut Pass) {
        if !field::has(&pass.job, "/status/startTime") && !is_suspended(&pass.job) {
            field::set(
                &mut pass.job,
                &["status", "startTime"],
                rfc3339::write(self.now),
            );
        }
        let pods = self.pods_of(&pass.before);
        pass.outcome = decided(&pass.before)
            .or_else(|| failed_by_policy(&pass.job, &pods))
            .or_else(|| over_limit(&pass.job, &pods))
            .or_else(|| self.past_deadline(&pass.job, &pass.key));
    }

    /// Makes or deletes pods, and says whether the Job is suspended.
    fn manage(&mut self, pass: &mut Pass) {
        let pods = self.pods_of(&pass.before);
        if pass.outcome.is_some() {
            return self.delete_active(&pods);
        }
        let is_deleting = field::has(&pass.before, "/metadata/deletionTimestamp");
        if is_suspended(&pass.job) {
            if !is_deleting {
                // Taken off its hold first, so that a pod that was stopped by a suspension is not counted as failed.
                for (key, _) in pods.iter().filter(|(_, pod)| is_active(pod)) {
                    self.amend(key, release_pod);
                }
                self.delete_active(&pods);
            }
        } else if !is_deleting && wants_pod(&pass.job, &pods) {
            self.make_pod(pass);
        }
        if succeeded(&pass.job, &pods) >= completions(&pass.job) && active(&pods) == 0 {
            pass.outcome = Some(Outcome::Success);
        } else if !is_deleting {
            self.note_suspension(pass);
        }
    }

    fn note_suspension(&self, pass: &mut Pass) {
        let job = &mut pass.job;
        if is_suspended(job) {
            let why = ("JobSuspended", "Job suspended");
            if conditions::ensure(job, "Suspended", true, why, self.now) {
                field::remove(job, &["status", "startTime"]);
            }
        } else {
            let why = ("JobResumed", "Job resumed");
            if conditions::ensure(job, "Suspended", false, why, self.now) {
                field::set(job, &["status", "startTime"], rfc3339::write(self.now));
            }
        }
    }

    /// The last condition, when all pods are counted and gone.
    fn finish(&self, pass: &mut Pass) {
        let uncounted = ["succeeded", "failed"]
            .iter()
            .any(|key| !uncounted(&pass.job, key).is_empty());
        if uncounted || field::count(&pass.job, "/status/terminating") > 0 {
            return;
        }
        match &pass.outcome {
            None => {}
            Some(Outcome::Success) => {
                conditions::ensure(&mut pass.job, "Complete", true, REACHED, self.now);
                let now = rfc3339::write(self.now);
                field::set(&mut pass.job, &["status", "completionTime"], now);
            }
            Some(Outcome::Failure(reason, message)) => {
                conditions::ensure(&mut pass.job, "Failed", true, (reason, message), self.now);
            }
        }
    }

    /// The outcome of a Job that has been active for too long; comes back when that will be.
    fn past_deadline(&mut self, job: &Value, key: &Arc<Key>) -> Option<Outcome> {
        let seconds = job.at("/spec/activeDeadlineSeconds")?.as_u64()?;
        if is_suspended(job) {
            return None;
        }
        let start = rfc3339::read(field::text(job, "/status/startTime"))?;
        let end = start.after(Duration::from_secs(seconds));
        if self.now < end {
            self.agenda.add(end, Errand::Job(Arc::clone(key)));
            return None;
        }
        Some(Outcome::Failure(
            "DeadlineExceeded".to_owned(),
            "Job was active longer than specified deadline".to_owned(),
        ))
    }

    fn delete_active(&mut self, pods: &Pods) {
        for (key, pod) in pods {
            if is_active(pod) {
                self.mark_deleted(key);
            }
        }
    }

    /// Pods whose Job is gone are not held for counting; another one of its name is not theirs.
    fn release_orphans(&mut self, job: &Arc<Key>, living: &str) {
        let owner = |pod: &Value, key: &str| {
            field::text(pod, &format!("/metadata/ownerReferences/0/{key}")).to_owned()
        };
        let is_orphan = |key: &Key, pod: &Value| {
            key.namespace == job.namespace
                && is_tracked(pod)
                && owner(pod, "name") == job.name
                && owner(pod, "uid") != living
        };
        let orphans: Vec<_> = self
            .store
            .of_kind("", "Pod")
            .filter(|(key, pod)| is_orphan(key, pod))
            .map(|(key, _)| Arc::clone(key))
            .collect();
        for key in orphans {
            self.amend(&key, release_pod);
        }
    }

    fn await_expiry(&mut self, key: &Arc<Key>, job: &Value) {
        let ttl = job.at("/spec/ttlSecondsAfterFinished");
        let seconds = ttl.and_then(Value::as_u64);
        if let (Some(seconds), Some(end)) = (seconds, conditions::finished_at(job)) {
            let at = end.after(Duration::from_secs(seconds)).max(self.now);
            self.agenda.add(at, Errand::Expired(Arc::clone(key)));
        }
    }

    /// The controller of times to live looks at a Job.
    pub(in crate::simulator) fn expire(&mut self, key: &Arc<Key>) {
        let Some(job) = self.store.get(key).cloned() else {
            return;
        };
        let ttl = job.at("/spec/ttlSecondsAfterFinished");
        let (Some(seconds), Some(end)) =
            (ttl.and_then(Value::as_u64), conditions::finished_at(&job))
        else {
            return;
        };
        if self.now >= end.after(Duration::from_secs(seconds)) {
            self.mark_deleted(key);
        }
    }

    fn pods_of(&self, job: &Value) -> Pods {
        let owner = uid(job);
        let pods = self.store.of_kind("", "Pod");
        pods.filter(|(_, pod)| field::text(pod, "/metadata/ownerReferences/0/uid") == owner)
            .map(|(key, pod)| (Arc::clone(key), Arc::clone(pod)))
            .collect()
    }
}

pub(super) const REACHED: (&str, &str) = (
    "CompletionsReached",
    "Reached expected number of succeeded pods",
);

/// What an earlier pass has decided.
fn decided(job: &Value) -> Option<Outcome> {
    if is_true(job, "SuccessCriteriaMet") {
        return Some(Outcome::Success);
    }
    let target = conditions::condition(job, "FailureTarget")?;
    let text = |pointer| field::text(target, pointer).to_owned();
    Some(Outcome::Failure(text("/reason"), text("/message")))
}

fn failed_by_policy(job: &Value, pods: &Pods) -> Option<Outcome> {
    let fails = |pod: &Value| is_failed(job, pod) && failure_policy::fails_job(job, pod);
    let (key, _) = pods.iter().find(|(_, pod)| fails(pod))?;
    Some(Outcome::Failure(
        "PodFailurePolicy".to_owned(),
        format!("Pod {key} matching FailJob rule"),
    ))
}

fn over_limit(job: &Value, pods: &Pods) -> Option<Outcome> {
    let known = uncounted(job, "failed");
    let new = pods.iter().filter(|(_, pod)| {
        is_tracked(pod)
            && is_failed(job, pod)
            && !known.contains(&Value::from(uid(pod)))
            && !failure_policy::is_ignored(job, pod)
    });
    let failed = field::count(job, "/status/failed") as usize + known.len() + new.count();
    (failed as u64 > field::count(job, "/spec/backoffLimit")).then(|| {
        Outcome::Failure(
            "BackoffLimitExceeded".to_owned(),
            "Job has reached the specified backoff limit".to_owned(),
        )
    })
}

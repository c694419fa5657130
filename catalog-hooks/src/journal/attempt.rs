//! One attempt of one hook, from the intent to run it until nothing of it is left to do.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::operation::HookKey;
use crate::role::Role;
use crate::time::Timestamp;

/// One attempt of a hook or of its undo. Each part is written once and then stays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AttemptJournal {
    pub(crate) key: HookKey,
    pub(crate) attempt: u32,
    pub(crate) job: String,
    pub(crate) hash: String,
    pub(crate) epoch: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) uid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) running: Option<Running>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cancellation: Option<Cancellation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) verdict: Option<HookVerdict>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) evidence: Option<Evidence>,
    #[serde(default)]
    pub(crate) released: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retry_at: Option<Timestamp>,
}

/// How far an attempt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Its Job is to be created.
    Intent,
    /// Its Job is there, suspended.
    Created,
    /// Its Job has been let run.
    Running,
    /// How it ended is known.
    Verdict,
    /// What it left to read is kept, or it is known why there is nothing.
    Evidence,
    /// Its Job is no longer held.
    Released,
}

/// Since when a Job may run, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Running {
    /// Since when.
    pub since: Timestamp,
    /// When it is cancelled at the latest.
    pub deadline: Timestamp,
}

/// That and why an attempt is being stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cancellation {
    /// Why.
    pub reason: CancelReason,
    /// Since when.
    pub at: Timestamp,
}

/// Why an attempt is stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum CancelReason {
    /// A user asked for it.
    Asked,
    /// Its time ran out.
    Deadline,
    /// It cannot begin; with what keeps it from that.
    Stuck(String),
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HookVerdict {
    /// How.
    pub kind: VerdictKind,
    /// In words: the server's, or ours.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// When that was seen.
    pub at: Timestamp,
    /// The node of which it is not known whether a pod still runs there. Nothing of this hook starts by itself any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pods_unconfirmed: Option<String>,
    /// When it was seen that none runs any more, after all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pods_ended: Option<Timestamp>,
}

impl HookVerdict {
    /// The node of which it is still not known whether a pod runs there.
    #[must_use]
    pub fn unconfirmed(&self) -> Option<&str> {
        self.pods_unconfirmed
            .as_deref()
            .filter(|_| self.pods_ended.is_none())
    }
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum VerdictKind {
    /// Its Job completed.
    Succeeded,
    /// Its Job failed, or could not begin.
    Failed,
    /// Its time ran out.
    TimedOut,
    /// It was stopped, and may have had effects.
    Cancelled,
    /// Its Job is gone, and nobody knows how it ended. Never a success.
    Lost,
}

/// What is kept of an attempt's logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Evidence {
    /// The Secret that holds it; `None`: there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Its digest.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub digest: String,
    /// Its size in bytes.
    #[serde(default)]
    pub bytes: u64,
    /// Its end, at most 2 KiB.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tail: String,
    /// Why there is none, or not all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub missing: String,
}

impl AttemptJournal {
    /// The first thing that is known of an attempt: that it is meant to be made.
    pub(crate) fn intent(
        key: HookKey,
        (attempt, job, hash): (u32, &str, &str),
        epoch: u64,
    ) -> Self {
        Self {
            key,
            attempt,
            job: job.to_owned(),
            hash: hash.to_owned(),
            epoch,
            uid: None,
            running: None,
            cancellation: None,
            verdict: None,
            evidence: None,
            released: false,
            retry_at: None,
        }
    }

    pub(crate) fn is_of(&self, key: &HookKey) -> bool {
        self.key == *key
    }

    /// The phase.
    #[must_use]
    pub fn phase(&self) -> &str {
        &self.key.phase
    }

    /// The hook.
    #[must_use]
    pub fn hook(&self) -> &str {
        &self.key.hook
    }

    /// Whether it is the hook, its undo, or an action.
    #[must_use]
    pub fn role(&self) -> Role {
        self.key.role
    }

    /// Which attempt, from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The name of its Job.
    #[must_use]
    pub fn job(&self) -> &str {
        &self.job
    }

    /// The uid of its Job, as soon as that is known.
    #[must_use]
    pub fn uid(&self) -> Option<&str> {
        self.uid.as_deref()
    }

    /// Since when and until when its Job may run, once it may.
    #[must_use]
    pub fn running(&self) -> Option<Running> {
        self.running
    }

    /// That and why it is being stopped.
    #[must_use]
    pub fn cancellation(&self) -> Option<&Cancellation> {
        self.cancellation.as_ref()
    }

    /// How it ended, once that is known.
    #[must_use]
    pub fn verdict(&self) -> Option<&HookVerdict> {
        self.verdict.as_ref()
    }

    /// What is kept of its logs.
    #[must_use]
    pub fn evidence(&self) -> Option<&Evidence> {
        self.evidence.as_ref()
    }

    /// How far it is.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match () {
            () if self.released => Stage::Released,
            () if self.evidence.is_some() => Stage::Evidence,
            () if self.verdict.is_some() => Stage::Verdict,
            () if self.running.is_some() => Stage::Running,
            () if self.uid.is_some() => Stage::Created,
            () => Stage::Intent,
        }
    }

    /// Whether it may have had effects: its Job was there, and nobody can say that it never ran.
    pub(crate) fn is_started(&self) -> bool {
        self.uid.is_some()
    }

    /// Whether it succeeded.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.verdict
            .as_ref()
            .is_some_and(|verdict| verdict.kind == VerdictKind::Succeeded)
    }
}

impl fmt::Display for VerdictKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::TimedOut => "timed out",
            Self::Cancelled => "was cancelled",
            Self::Lost => "was lost",
        })
    }
}

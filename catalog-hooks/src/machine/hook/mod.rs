//! One hook: what it needs, its attempts, and what its failure means.

mod attempt;
mod create;
mod job_view;
mod pods;
mod release;
mod resources;
mod start;
mod verdict;
mod watch;

use std::num::NonZeroU32;
use std::time::Duration;

use catalog_model::{Backoff, OnFailure, Semantics};

use self::attempt::Attempt;
pub(super) use self::attempt::one_line;
pub(super) use self::job_view::JobView;
pub(super) use self::pods::Pods;
pub(super) use self::resources::{delete_one as delete_resource, find as find_resource};
use super::operation_desk::{Halt, OperationDesk};
use crate::hook_job::HookJob;
use crate::journal::{AttemptJournal, HookKey, HookVerdict, ROOM_FOR_ENDS, VerdictKind};
use crate::label;
use crate::plan::PlannedOperation;
use crate::role::Role;

/// Why there is no further attempt, however often it is resumed.
const FULL: &str =
    "it has been tried so often that its journal is full: abandon it, and begin another operation";

/// What a hook is called within its operation.
pub(super) fn key(job: &HookJob) -> HookKey {
    HookKey {
        phase: job.occasion().to_owned(),
        hook: job.hook().to_owned(),
        role: job.role(),
    }
}

/// Runs a hook, or its undo, until it has succeeded, or counts as over, or nothing more can be tried.
pub(super) async fn run(cx: &OperationDesk, job: &HookJob) -> Result<(), Halt> {
    let key = key(job);
    attempts(cx, job, &key)
        .await
        .map_err(|halt| halt.of_hook(&key))
}

async fn attempts(cx: &OperationDesk, job: &HookJob, key: &HookKey) -> Result<(), Halt> {
    confirm(cx, key).await?;
    while !cx.look(|operation| operation.passed.contains(key)) {
        match next(cx, job, key) {
            Next::Over => break,
            Next::Attempt(number) => {
                let is_new = cx.look(|operation| {
                    operation
                        .attempts_of(key)
                        .all(|(_, one)| one.attempt() != number.get())
                });
                if is_new && cx.must_stop() {
                    return Err(Halt::Cancelled);
                }
                if is_new
                    && !cx
                        .desk()
                        .look(|journal| journal.has_room_for(ROOM_FOR_ENDS))
                {
                    return Err(Halt::failed(FULL));
                }
                resources::ensure(cx, job, key).await?;
                let again = (number != job.attempt()).then(|| job.with_attempt(number));
                let job = again.as_ref().unwrap_or(job);
                Attempt::new(cx, job, key).run().await?;
            }
            Next::Wait(until, number) => {
                let reason = format!("for attempt {number} of hook `{}`", key.hook);
                cx.desk().wait(until, Vec::new(), reason).await;
                if cx.must_stop() {
                    return Err(Halt::Cancelled);
                }
            }
            Next::Failed(verdict) => {
                if let Err(halt) = failed(cx, job, key, &verdict) {
                    return Err(without_resources(cx, key, halt).await);
                }
            }
        }
    }
    close(cx, Some(key)).await?;
    resources::delete(cx, key).await
}

/// Looks again for pods of which it was not known whether they still ran.
async fn confirm(cx: &OperationDesk, key: &HookKey) -> Result<(), Halt> {
    let open: Vec<(usize, String)> = cx.look(|operation| {
        let open = operation.attempts_of(key).filter(|(_, one)| {
            one.verdict()
                .is_some_and(|verdict| verdict.unconfirmed().is_some())
        });
        open.filter_map(|(place, one)| Some((place, one.uid()?.to_owned())))
            .collect()
    });
    for (place, uid) in open {
        let pods = Pods::of(cx, cx.planned().operation().namespace(), &uid);
        if pods.ended().await?.is_none() {
            let now = cx.desk().now();
            cx.record(|operation| {
                let verdict = operation
                    .attempts
                    .get_mut(place)
                    .and_then(|one| one.verdict.as_mut());
                if let Some(verdict) = verdict {
                    verdict.pods_ended = Some(now);
                }
            });
        }
    }
    Ok(())
}

/// Whether a pod of a hook may still run, looked for now: nothing of it is undone beside one.
pub(super) async fn is_confirmed(cx: &OperationDesk, job: &HookJob) -> Result<(), Halt> {
    let key = key(job);
    confirm(cx, &key).await?;
    let node = cx.look(|operation| {
        let mut verdicts = operation
            .attempts_of(&key)
            .filter_map(|(_, one)| one.verdict());
        verdicts.find_map(|verdict| verdict.unconfirmed().map(str::to_owned))
    });
    let skipped = cx.look(|operation| operation.passed.contains(&key));
    match node {
        Some(node) if !skipped => Err(Halt::Decide {
            message: format!(
                "whether a pod of {} hook `{}` still runs on node `{node}` is not known",
                key.phase, key.hook
            ),
            hook: Some(key),
        }),
        _ => Ok(()),
    }
}

/// Brings attempts to their end that were left open, of one hook or of all: a Job that runs is stopped, and none stays held.
pub(super) async fn close(cx: &OperationDesk, only: Option<&HookKey>) -> Result<(), Halt> {
    for (hook, job) in open(cx, |one| only.is_none_or(|key| one.is_of(key))) {
        Attempt::new(cx, &job, &hook).closing().run().await?;
    }
    Ok(())
}

/// Lets the runner before know of each Job that may still run that its time is over. What that fails of, whoever goes on with the hook meets
/// again.
pub(super) async fn fence(cx: &OperationDesk) {
    for (hook, job) in open(cx, |one| one.uid().is_some() && one.verdict().is_none()) {
        if Attempt::new(cx, &job, &hook).fence().await.is_err() {
            cx.warn(format!(
                "the Job of hook `{}` could not be taken over",
                hook.hook
            ));
        }
    }
}

/// The Jobs of attempts that are not released, with their hooks.
fn open(cx: &OperationDesk, is_one: impl Fn(&AttemptJournal) -> bool) -> Vec<(HookKey, HookJob)> {
    let open: Vec<(HookKey, NonZeroU32)> = cx.look(|operation| {
        let attempts = operation.attempts().iter();
        let open = attempts.filter(|one| !one.released && is_one(one));
        open.filter_map(|one| Some((one.key.clone(), NonZeroU32::new(one.attempt())?)))
            .collect()
    });
    open.into_iter()
        .filter_map(|(hook, number)| {
            let job = planned(cx, &hook)?.with_attempt(number);
            Some((hook, job))
        })
        .collect()
}

/// The first attempt of a hook of the plan.
pub(super) fn planned<'a>(cx: &'a OperationDesk, hook: &HookKey) -> Option<&'a HookJob> {
    job_of(cx.planned(), hook)
}

/// The same of a plan alone.
pub(super) fn job_of<'a>(planned: &'a PlannedOperation, hook: &HookKey) -> Option<&'a HookJob> {
    let mut jobs = planned
        .hooks()
        .iter()
        .flat_map(|job| [Some(job), job.undo()])
        .flatten();
    jobs.find(|job| key(job) == *hook)
}

/// What a hook that failed needed goes with it, unless a pod of it may still live.
async fn without_resources(cx: &OperationDesk, key: &HookKey, halt: Halt) -> Halt {
    match halt {
        Halt::Decide { .. } => halt,
        _ => {
            if resources::delete(cx, key).await.is_err() {
                cx.warn(format!(
                    "what hook `{}` needed could not be deleted",
                    key.hook
                ));
            }
            halt
        }
    }
}

/// What comes next for a hook.
enum Next {
    /// It has succeeded, and nothing of it is left to do.
    Over,
    /// This attempt begins, or goes on.
    Attempt(NonZeroU32),
    /// This attempt may begin at that time.
    Wait(crate::time::Timestamp, NonZeroU32),
    /// Nothing more is tried.
    Failed(HookVerdict),
}

fn next(cx: &OperationDesk, job: &HookJob, key: &HookKey) -> Next {
    let now = cx.desk().now();
    cx.look(|operation| {
        let Some((place, last)) = operation.attempts_of(key).next_back() else {
            return Next::Attempt(NonZeroU32::MIN);
        };
        let number = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        let Some(verdict) = last.verdict().filter(|_| last.released) else {
            return Next::Attempt(number(last.attempt()));
        };
        let following = number(last.attempt().saturating_add(1));
        if verdict.unconfirmed().is_some() {
            return Next::Failed(verdict.clone());
        }
        if last.succeeded() {
            return Next::Over;
        }
        let tried = operation
            .attempts_of(key)
            .filter(|(place, _)| *place >= operation.resumed)
            .count();
        let again = place < operation.resumed && job.policy().semantics == Semantics::AtLeastOnce;
        match last.retry_at {
            _ if again && verdict.unconfirmed().is_none() => Next::Attempt(following),
            Some(at) if tried > 0 && at > now => Next::Wait(at, following),
            Some(_) if tried > 0 => Next::Attempt(following),
            _ => Next::Failed(verdict.clone()),
        }
    })
}

/// When the attempt after this one may begin; `None`: there is none by itself.
pub(super) fn retry_after(
    job: &HookJob,
    attempts: usize,
    attempt: &AttemptJournal,
) -> Option<Duration> {
    let verdict = attempt.verdict()?;
    let may_retry = matches!(verdict.kind, VerdictKind::Failed | VerdictKind::TimedOut)
        && verdict.unconfirmed().is_none()
        && job.policy().semantics == Semantics::AtLeastOnce;
    let retries = job.policy().retries.unwrap_or_default() as usize;
    (may_retry && attempts <= retries).then(|| backoff(&job.policy().backoff, attempts))
}

/// The wait before the n-th retry: `initial × factor^(n-1)`, at most `max`.
fn backoff(backoff: &Backoff, n: usize) -> Duration {
    let exponent = u32::try_from(n.saturating_sub(1)).unwrap_or(u32::MAX);
    let factor = backoff.factor.checked_pow(exponent).unwrap_or(u32::MAX);
    backoff
        .initial
        .checked_mul(factor)
        .unwrap_or(backoff.max)
        .min(backoff.max)
}

/// What a hook that did not succeed does to its operation.
fn failed(
    cx: &OperationDesk,
    job: &HookJob,
    key: &HookKey,
    verdict: &HookVerdict,
) -> Result<(), Halt> {
    let what = describe(job, verdict);
    let hook = Some(key.clone());
    let at_most_once = job.policy().semantics == Semantics::AtMostOnce;
    let is_unknown = match verdict.kind {
        VerdictKind::Lost => true,
        VerdictKind::Cancelled => !cx.must_stop(),
        _ => false,
    };
    if at_most_once && is_unknown || verdict.unconfirmed().is_some() {
        return Err(Halt::Decide {
            message: what,
            hook,
        });
    }
    if verdict.kind == VerdictKind::Cancelled && cx.must_stop() {
        return Err(Halt::Failed {
            message: what,
            hook,
            back: false,
        });
    }
    // What does not take back what it should is never passed over.
    if job.policy().on_failure == OnFailure::Continue && job.role() == Role::Run {
        cx.record(|operation| {
            operation.warn(what);
            operation.passed.push(key.clone());
        });
        return Ok(());
    }
    let back = job.policy().on_failure == OnFailure::Rollback;
    Err(Halt::Failed {
        message: what,
        hook,
        back,
    })
}

fn describe(job: &HookJob, verdict: &HookVerdict) -> String {
    let role = match job.role() {
        Role::Undo => "the undo of ",
        Role::Run | Role::Action => "",
    };
    let mut text = format!("{role}{} `{}` {}", what(job), job.hook(), verdict.kind);
    if !verdict.message.is_empty() {
        text.push_str(": ");
        text.push_str(&verdict.message);
    }
    if let Some(node) = verdict.unconfirmed() {
        text.push_str(&format!(
            "; whether a pod of it still runs on node `{node}` is not known"
        ));
    }
    text
}

/// `pre-install hook`, or `action`.
fn what(job: &HookJob) -> String {
    match job.phase() {
        Some(phase) => format!("{phase} hook"),
        None => job.occasion().to_owned(),
    }
}

/// The labels by which what belongs to the operation's hooks is found.
pub(super) fn operation_labels(cx: &OperationDesk) -> Vec<(String, String)> {
    let context = cx.planned().context();
    vec![
        (
            label::RELEASE_UID.to_owned(),
            label::value(context.release_uid()),
        ),
        (
            label::OPERATION.to_owned(),
            label::value(context.operation_id()),
        ),
    ]
}

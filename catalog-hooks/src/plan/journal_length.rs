//! How long the journal of a run can become, so that a plan is refused whose run would end for want of room.

use catalog_model::OnFailure;

use super::content::Content;
use super::operation::PlannedOperation;
use crate::hook_job::HookJob;
use crate::journal::{JOURNAL_LIMIT, LOGS_UNTIL, LedgerEntry, ROOM_FOR_ENDS};
use crate::record::InstalledRecord;

/// The longest journal of a plan that is taken.
pub(super) const ROOM: usize = JOURNAL_LIMIT - ROOM_FOR_ENDS;

/// What an attempt is in a journal beside its name: 700 bytes of names, ids, times and digests, and 500 of what was said of its end, each of which
/// may need a second one to be written. What kept an attempt from beginning is said in place of the end of its log.
const ATTEMPT: usize = 1700;

/// What is said of a hook that failed and counts as over: what was said of its end, again.
const WARNED: usize = 1200;

/// The end of an attempt's log: 2 KiB, each byte of which may need a second one.
const TAIL: usize = 4200;

/// What the digest of a plan is in a list.
const DIGEST: usize = 40;

/// What an object is in a list beside its own length: a uid, or why it stays.
const LISTED: usize = 160;

/// The most bytes that operations can come to in a journal.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct JournalLength {
    /// What hooks come to without their logs.
    hooks: usize,
    /// What the ends of logs come to.
    tails: usize,
    /// What objects and modules come to.
    objects: usize,
    operations: usize,
}

impl JournalLength {
    pub(super) fn of(planned: &PlannedOperation) -> Self {
        let contents = [planned.target(), planned.before()];
        let contents = contents.into_iter().flatten();
        let objects = contents.map(content).fold(0, usize::saturating_add);
        let previous = planned.previous().iter().map(listed);
        let previous = previous.fold(0, usize::saturating_add);
        let awaited = planned.previous().iter().filter(|entry| {
            let mut claims = planned.claims_on(&entry.object);
            claims.any(|claim| claim.of_same_run)
        });
        let awaited = awaited.map(listed).fold(0, usize::saturating_add);
        let installed = planned.installed().into_iter();
        let plans = installed.flat_map(InstalledRecord::known_plans).count();
        let hooks = planned.hooks();
        let of_hooks = hooks.iter().map(hook).fold(0, usize::saturating_add);
        let roles = hooks
            .iter()
            .map(|job| 1 + usize::from(job.undo().is_some()));
        Self {
            hooks: of_hooks,
            tails: roles.sum::<usize>().saturating_mul(TAIL),
            // An object may be in the ledger, and among what was deleted or what stays; of some it is said before that others are to have them.
            objects: objects
                .saturating_add(previous)
                .saturating_mul(2)
                .saturating_add(awaited)
                .saturating_add(plans.saturating_mul(DIGEST)),
            operations: 1,
        }
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self {
            hooks: self.hooks.saturating_add(other.hooks),
            tails: self.tails.saturating_add(other.tails),
            objects: self.objects.saturating_add(other.objects),
            operations: self.operations.saturating_add(other.operations),
        }
    }

    pub(super) fn bytes(self) -> usize {
        // Each operation may have found room for one more at the same moment.
        let tails = LOGS_UNTIL.saturating_add(self.operations.saturating_mul(TAIL));
        let rest = self.operations.saturating_mul(2500);
        let all = [self.hooks, self.tails.min(tails), self.objects, rest];
        all.into_iter().fold(0, usize::saturating_add)
    }

    /// Whether hooks and their logs are the larger part.
    pub(super) fn is_of_hooks(self) -> bool {
        self.hooks.saturating_add(self.tails) > self.objects
    }
}

fn hook(job: &HookJob) -> usize {
    let attempts = job.policy().retries.unwrap_or_default() as usize + 1;
    let roles = 1 + usize::from(job.undo().is_some());
    // The name stands in the key, and the Job's, cut, in those of the Job and of its evidence.
    let names = job.hook().len().saturating_mul(2);
    let resources = job.resources().iter();
    let resources = resources.map(|one| one.to_string().len().min(1000) + names + LISTED);
    let resources = resources.fold(0, usize::saturating_add);
    let attempt = ATTEMPT.saturating_add(names);
    let attempts = attempts.saturating_mul(attempt);
    let warned = match job.policy().on_failure {
        OnFailure::Continue => names + WARNED,
        OnFailure::Stop | OnFailure::Rollback => 0,
    };
    let of_role = attempts.saturating_add(resources);
    of_role.saturating_mul(roles).saturating_add(warned)
}

fn content(content: &Content) -> usize {
    let modules = content.modules().iter();
    let modules = modules.map(|module| module.name().len() + module.namespace().len() + LISTED);
    let entries = content.entries();
    let objects = entries.iter().map(listed);
    modules.chain(objects).fold(0, usize::saturating_add)
}

fn listed(entry: &LedgerEntry) -> usize {
    let text = serde_json::to_string(entry).unwrap_or_default();
    text.len().saturating_add(LISTED)
}

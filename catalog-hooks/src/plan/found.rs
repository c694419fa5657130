//! The releases that an operation is about, and their hooks.

use catalog_model::version::Version;
use catalog_model::{Diagnostic, Operation, OperationKind, Phase, Release};

use super::content::Content;
use super::error::PlanError;
use super::operation::OperationInput;
use super::pinned_release::PinnedRelease;
use crate::hook_job::HookJob;
use crate::operation_hooks::{OperationHooks, PhaseHooks, hook_jobs, hooks_of_left};
use crate::record::{Attempted, Extent};

/// A release that an operation is about, and where it was found.
pub(super) struct Found<'a> {
    pub(super) release: Option<&'a Release>,
    pinned: Option<&'a PinnedRelease>,
}

impl<'a> Found<'a> {
    /// The release that was given, or else, where an operation names its version, the pinned one.
    pub(super) fn of(
        (operation, version): (&Operation, Option<&Version>),
        given: Option<&'a Release>,
        pinned: &'a [PinnedRelease],
    ) -> Self {
        let mut pinned = pinned.iter();
        let is_it = |one: &&PinnedRelease| one.is(operation.package(), version);
        let pinned = match given {
            None => pinned.find(is_it),
            Some(_) => None,
        };
        Self {
            release: given.or(pinned.map(PinnedRelease::release)),
            pinned,
        }
    }

    /// What is sent for it: what was, if it is pinned.
    pub(super) fn content(&self, input: &OperationInput<'_>) -> Result<Option<Content>, PlanError> {
        if let Some(pinned) = self.pinned {
            return Ok(Some(pinned.content().clone()));
        }
        let namespace = input.operation.namespace();
        let of = |release| Content::of(release, namespace, input.context, input.renderer);
        self.release.map(of).transpose()
    }
}

/// The hooks of an operation and of its way back, and what of them is different from what their authors wrote.
pub(super) fn all_hooks(
    input: &OperationInput<'_>,
    pinned: &[PinnedRelease],
) -> Result<(Vec<HookJob>, Vec<Diagnostic>), PlanError> {
    let forward = hook_jobs(input.operation, input.context, input.from, input.to);
    let mut all = vec![forward.map_err(PlanError::of_hooks)?];
    all.extend(way_back(input)?);
    let (mut jobs, mut diagnostics) = (Vec::new(), Vec::new());
    for hooks in &all {
        jobs.extend(hooks.jobs().cloned());
        diagnostics.extend(hooks.diagnostics().iter().cloned());
    }
    if input.operation.kind() == OperationKind::Rollback {
        let is_first = |job: &HookJob| job.phase() == Some(Phase::PreRollback);
        let (mut left, rest): (Vec<HookJob>, Vec<HookJob>) = jobs.into_iter().partition(is_first);
        if leaves_no_modules(input) {
            left.clear();
        }
        for (hooks, said) in hooks_of_others(input, pinned)? {
            left.extend(hooks.jobs().iter().cloned());
            diagnostics.extend(said);
        }
        jobs = of_highest_version(left);
        jobs.extend(rest);
    }
    Ok((jobs, diagnostics))
}

/// Of the hooks of several versions that a rollback leaves, those of the highest one first. It knows what those below it began: its hook of a name stands
/// for theirs.
fn of_highest_version(mut left: Vec<HookJob>) -> Vec<HookJob> {
    left.sort_by(|one, other| other.version().cmp(one.version()));
    let mut hooks: Vec<HookJob> = Vec::new();
    for job in left {
        if !hooks.iter().any(|one| one.hook() == job.hook()) {
            hooks.push(job);
        }
    }
    hooks
}

/// Whether the version that a rollback begins at was only attempted, and has no modules: then there is nothing that its hooks could give up.
fn leaves_no_modules(input: &OperationInput<'_>) -> bool {
    let attempted = input.installed.zip(input.operation.from());
    let attempted = attempted.and_then(|(record, from)| record.attempted_version(from));
    attempted.is_some_and(|one| one.extent() < Extent::Modules)
}

/// The hooks before a rollback of all other versions that it leaves too, the one on record and those that were attempted: it takes away the modules of all of
/// them.
fn hooks_of_others(
    input: &OperationInput<'_>,
    pinned: &[PinnedRelease],
) -> Result<Vec<(PhaseHooks, Vec<Diagnostic>)>, PlanError> {
    let operation = input.operation;
    let (Some(record), Some(to)) = (input.installed, operation.to()) else {
        return Ok(Vec::new());
    };
    let is_left = |version: &Version| Some(version) != operation.from() && version > to;
    let attempted = record.attempted().iter();
    let with_modules = attempted.filter(|one| one.extent() == Extent::Modules);
    let on_record = Some(record.version()).filter(|_| !record.is_unfinished());
    let versions = with_modules.map(Attempted::version).chain(on_record);
    let versions = versions.filter_map(|version| Version::parse(version).ok());
    let left = versions.filter(|version| is_left(version) && !input.options.skip_hooks);
    left.map(|version| {
        let package = operation.package();
        let pinned = pinned.iter().find(|one| one.is(package, Some(&version)));
        let release = pinned.map(PinnedRelease::release);
        hooks_of_left(operation, input.context, (&version, release)).map_err(PlanError::of_hooks)
    })
    .collect()
}

/// The hooks that run when an upgrade is taken back.
fn way_back(input: &OperationInput<'_>) -> Result<Option<OperationHooks>, PlanError> {
    let operation = input.operation;
    let (OperationKind::Upgrade, Some(from), Some(to)) = (operation.kind(), input.from, input.to)
    else {
        return Ok(None);
    };
    let back = Operation::rollback(
        operation.package().clone(),
        to.version().clone(),
        from.version().clone(),
        operation.namespace(),
    );
    let context = input
        .context
        .clone()
        .with_attempted_version(to.version().clone());
    hook_jobs(&back, &context, Some(to), Some(from))
        .map(Some)
        .map_err(PlanError::of_hooks)
}

//! The releases that an operation is about, and their hooks.

use catalog_model::version::Version;
use catalog_model::{Diagnostic, Operation, OperationKind, Phase, Release};

use super::content::Content;
use super::error::PlanError;
use super::operation::OperationInput;
use super::pinned_release::PinnedRelease;
use crate::hook_job::HookJob;
use crate::operation_hooks::{OperationHooks, hook_jobs};

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
) -> Result<(Vec<HookJob>, Vec<Diagnostic>), PlanError> {
    let forward = hook_jobs(input.operation, input.context, input.from, input.to);
    let forward = forward.map_err(PlanError::of_hooks)?;
    let back = way_back(input)?;
    let all = [Some(forward), back].into_iter().flatten();
    let (mut jobs, mut diagnostics) = (Vec::new(), Vec::new());
    for hooks in all {
        jobs.extend(hooks.jobs().cloned());
        diagnostics.extend(hooks.diagnostics().iter().cloned());
    }
    if leaves_no_modules(input) {
        jobs.retain(|job| job.phase() != Some(Phase::PreRollback));
    }
    Ok((jobs, diagnostics))
}

/// Whether what a rollback leaves was only attempted, and never came to its modules: then there is nothing that its hooks could give up.
fn leaves_no_modules(input: &OperationInput<'_>) -> bool {
    let operation = input.operation;
    let attempted = input.installed.zip(operation.from());
    operation.kind() == OperationKind::Rollback
        && attempted.is_some_and(|(record, from)| record.is_without_modules(from))
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

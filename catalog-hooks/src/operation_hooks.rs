//! The hooks of an operation, in order.

use catalog_model::version::Version;
use catalog_model::{Diagnostic, Operation, Phase, Release, Severity};

use crate::context::OperationContext;
use crate::error::{HookError, Problem};
use crate::hook_job::HookJob;
use crate::identity::Identity;
use crate::label::is_dns_label;
use crate::role::Role;
use crate::written::Written;

/// The hooks that run before and after an operation, as Jobs.
#[derive(Clone, Debug, PartialEq)]
pub struct OperationHooks {
    phases: [PhaseHooks; 2],
    diagnostics: Vec<Diagnostic>,
}

/// The hooks of one phase, as Jobs.
#[derive(Clone, Debug, PartialEq)]
pub struct PhaseHooks {
    phase: Phase,
    jobs: Vec<HookJob>,
}

/// The hooks of `operation` as Jobs, each in its first attempt.
///
/// `from` and `to` are the releases that the operation names. Hooks of an install or upgrade come from `to`, those of an uninstall from
/// `from`; before a rollback run those of `from`, which knows what it has to give up, and afterwards those of `to`. A release that gives
/// no hooks may be left out.
///
/// Pure: the same arguments give the same Jobs, byte for byte. Cost: one copy of each Job.
///
/// # Errors
///
/// [`HookErrorKind`](crate::HookErrorKind) lists them: a needed release is not given, a given one is not the one the operation names, the
/// namespace cannot be one, or hooks are written so that they cannot run. All such hooks are reported at once.
pub fn hook_jobs(
    operation: &Operation,
    context: &OperationContext,
    from: Option<&Release>,
    to: Option<&Release>,
) -> Result<OperationHooks, HookError> {
    if !is_dns_label(operation.namespace()) {
        let operation = operation.to_string();
        return Err(Problem::Namespace { operation }.into());
    }
    check(operation, "begins at", (operation.from(), from))?;
    check(operation, "ends at", (operation.to(), to))?;
    let phases = operation.phases();
    let [before, after] = phases.ok_or_else(|| Problem::NoPhases(operation.to_string()))?;
    let release = |phase| release(operation, phase, [to, from]);
    let (before, mut diagnostics) = phase_hooks(operation, context, release(before)?, before.0);
    let (after, said) = phase_hooks(operation, context, release(after)?, after.0);
    diagnostics.extend(said);
    Ok(OperationHooks {
        phases: [before, after],
        diagnostics: without_errors(operation, diagnostics)?,
    })
}

/// The hooks that run before a rollback of another version that it leaves, too, beside the one that it begins at.
///
/// # Errors
///
/// Its release is not given, or its hooks are written so that they cannot run.
pub(crate) fn hooks_of_left(
    operation: &Operation,
    context: &OperationContext,
    (version, given): (&Version, Option<&Release>),
) -> Result<(PhaseHooks, Vec<Diagnostic>), HookError> {
    let phase = Phase::PreRollback;
    let release = release(operation, (phase, Some(version)), [given, None])?;
    let (hooks, diagnostics) = phase_hooks(operation, context, release, phase);
    Ok((hooks, without_errors(operation, diagnostics)?))
}

fn without_errors(
    operation: &Operation,
    diagnostics: Vec<Diagnostic>,
) -> Result<Vec<Diagnostic>, HookError> {
    let mut all = diagnostics.iter();
    if all.any(|said| said.severity() == Severity::Error) {
        let operation = operation.to_string();
        return Err(Problem::Refused {
            operation,
            diagnostics,
        }
        .into());
    }
    Ok(diagnostics)
}

/// The hooks of one phase that can run, and what there is to say about all of them.
fn phase_hooks(
    operation: &Operation,
    context: &OperationContext,
    release: &Release,
    phase: Phase,
) -> (PhaseHooks, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let what = format!("{phase} hook");
    let jobs = release.hooks(phase).filter_map(|hook| {
        let identity = Identity {
            operation: operation.clone(),
            context: context.clone(),
            version: release.version().clone(),
            phase: Some(phase),
            hook: hook.name().to_owned(),
            role: Role::Run,
        };
        let author = Written::hook(release, hook, &what);
        let (job, said) = HookJob::first(author, identity, &[]);
        diagnostics.extend(said);
        job
    });
    let jobs = jobs.collect();
    (PhaseHooks { phase, jobs }, diagnostics)
}

/// Refuses a release that is not the one named.
pub(crate) fn check(
    operation: &Operation,
    side: &'static str,
    (named, given): (Option<&Version>, Option<&Release>),
) -> Result<(), HookError> {
    let Some(given) = given else { return Ok(()) };
    let is_named = given.package() == operation.package()
        && named.is_some_and(|named| named.same_precedence_and_build(given.version()));
    if is_named {
        return Ok(());
    }
    Err(Problem::OtherRelease {
        operation: operation.to_string(),
        side,
        expected: named.map_or_else(|| "no release".to_owned(), Version::to_string),
        given: format!("{} {}", given.package(), given.version()),
    }
    .into())
}

/// The release that a phase takes its hooks from.
fn release<'r>(
    operation: &Operation,
    (phase, version): (Phase, Option<&Version>),
    given: [Option<&'r Release>; 2],
) -> Result<&'r Release, HookError> {
    let is_it = |release: &&Release| {
        version.is_some_and(|version| version.same_precedence_and_build(release.version()))
    };
    let missing = || Problem::MissingRelease {
        operation: operation.to_string(),
        phase: phase.as_str(),
        version: version.map(Version::to_string).unwrap_or_default(),
    };
    given
        .into_iter()
        .flatten()
        .find(is_it)
        .ok_or_else(|| missing().into())
}

impl OperationHooks {
    /// The phase before the operation and the one after it.
    #[must_use]
    pub fn phases(&self) -> &[PhaseHooks; 2] {
        &self.phases
    }

    /// All Jobs in the order they run: those of the first phase, then, when the operation's own work is done, those of the second.
    pub fn jobs(&self) -> impl Iterator<Item = &HookJob> {
        self.phases.iter().flat_map(PhaseHooks::jobs)
    }

    /// What is different from what the authors wrote, and why: warnings and notes, in the order the hooks run.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}

impl PhaseHooks {
    /// The phase.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The Jobs in the order they run, one at a time.
    #[must_use]
    pub fn jobs(&self) -> &[HookJob] {
        &self.jobs
    }

    /// The undo Jobs of the first `started` hooks, in the order they run: the last hook's first. A hook that failed or was lost counts as
    /// started, for it may have had effects.
    pub fn undo_jobs(&self, started: usize) -> impl Iterator<Item = &HookJob> {
        self.jobs
            .iter()
            .take(started)
            .rev()
            .filter_map(HookJob::undo)
    }
}

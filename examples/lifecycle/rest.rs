//! What a run before left, and whether a command line is about it.

use catalog_examples::Failure;
use catalog_hooks::journal::{Journal, OperationStatus};
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::record::InstalledRecord;
use catalog_model::version::Version;
use catalog_model::{Operation, OperationKind};

use crate::instance::Instance;
use crate::wish::{Kind, Wish};

/// What a run before this one left of the instance.
#[derive(Default)]
pub(crate) struct Left {
    /// Its plan.
    pub(crate) plan: Option<PinnedPlan>,
    /// What is there of an operation that is not over.
    pub(crate) record: Option<InstalledRecord>,
    /// The operation that came to rest and is not over.
    pub(crate) open: Option<Operation>,
    /// The version that it, or one that was given up, was bringing.
    pub(crate) attempted: Option<Version>,
}

impl Left {
    /// What the last run left of an instance.
    ///
    /// # Errors
    ///
    /// It left another instance so: its journal would be lost.
    pub(crate) fn of(
        plan: PinnedPlan,
        journal: &Journal,
        wish: &Wish<'_>,
        instance: &Instance,
    ) -> Result<Self, Failure> {
        let mut left = Self::default();
        for (planned, operation) in plan.operations().iter().zip(journal.operations()) {
            let it = planned.operation();
            let is_own =
                (it.package().as_str(), it.namespace()) == (wish.name(), &instance.namespace);
            let is_open = operation.status().is_open();
            if is_open && !is_own {
                return Err(Failure::new(format!(
                    "`{it}` came to rest and is not over: go on with it first, with --resume and --decide"
                )));
            }
            if !is_own || !is_open && operation.status() != OperationStatus::Abandoned {
                continue;
            }
            if it.kind() != OperationKind::Action {
                left.attempted = it.to().cloned();
            }
            if is_open {
                left.record = InstalledRecord::left_by(planned, operation);
                left.open = Some(it.clone());
            }
        }
        left.plan = Some(plan);
        Ok(left)
    }
}

/// That a run may go on which a command line is about.
///
/// # Errors
///
/// It is about another package, operation, version or namespace than all that the run does.
pub(crate) fn is_meant(plan: &PinnedPlan, wish: &Wish<'_>) -> Result<(), Failure> {
    let mut operations = plan.operations().iter().map(|one| one.operation());
    if operations
        .clone()
        .any(|operation| is_about(wish, operation))
    {
        return Ok(());
    }
    let there = operations.next().map(ToString::to_string);
    Err(Failure::new(format!(
        "what is not over is `{}`, and that is not what was asked for: name its package, and its operation and version or none",
        there.unwrap_or_default()
    )))
}

/// Whether all that a command line says holds of an operation.
fn is_about(wish: &Wish<'_>, operation: &Operation) -> bool {
    let is_kind = match wish.kind {
        Kind::Install => operation.kind() == OperationKind::Install,
        Kind::Upgrade => operation.kind() == OperationKind::Upgrade,
        Kind::Rollback => operation.kind() == OperationKind::Rollback,
        Kind::Uninstall => operation.kind() == OperationKind::Uninstall,
        Kind::Action => operation.kind() == OperationKind::Action,
    };
    let is_version = |asked: Option<&str>, there: Option<&Version>| {
        asked.is_none_or(|asked| Version::parse(asked).ok().as_ref() == there)
    };
    operation.package().as_str() == wish.name()
        && (is_kind || !wish.is_named)
        && is_version(wish.version(), operation.to().or(operation.from()))
        && is_version(wish.from, operation.from())
        && wish
            .action
            .is_none_or(|asked| operation.action_name() == Some(asked))
        && wish
            .namespace
            .is_none_or(|asked| asked == operation.namespace())
}

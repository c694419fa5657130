//! What a run before left, and whether a command line is about it.

use catalog_examples::Failure;
use catalog_hooks::journal::{Journal, OperationStatus};
use catalog_hooks::plan::PinnedPlan;
use catalog_model::version::{Prereleases, Version, VersionRange};
use catalog_model::{Operation, OperationKind};

use crate::wish::{Kind, Wish};

/// What a run before this one left of an instance.
#[derive(Default)]
pub(crate) struct Left<'p> {
    /// Its plan.
    pub(crate) plan: Option<&'p PinnedPlan>,
    /// The operation that came to rest and is not over.
    pub(crate) open: Option<Operation>,
    /// The version that it, or one that was given up, was bringing.
    pub(crate) attempted: Option<Version>,
}

impl<'p> Left<'p> {
    /// What the last run, if there was one, left of the package in a namespace.
    pub(crate) fn of(last: Option<&'p Last>, (package, namespace): (&str, &str)) -> Self {
        let mut left = Self::default();
        let Some(Last { plan, journal }) = last else {
            return left;
        };
        for (planned, operation) in plan.operations().iter().zip(journal.operations()) {
            let it = planned.operation();
            let is_own = (it.package().as_str(), it.namespace()) == (package, namespace);
            let is_open = operation.status().is_open();
            if !is_own || !is_open && operation.status() != OperationStatus::Abandoned {
                continue;
            }
            if it.kind() != OperationKind::Action {
                left.attempted = it.to().cloned();
            }
            if is_open {
                left.open = Some(it.clone());
            }
        }
        left.plan = Some(plan);
        left
    }
}

/// The last run: what it was to do, and what it did.
pub(crate) struct Last {
    pub(crate) plan: PinnedPlan,
    pub(crate) journal: Journal,
}

impl Last {
    /// That it is over, but for operations on an instance that the next run is about.
    ///
    /// # Errors
    ///
    /// It is under way, or was killed; or it left another instance so that its journal would be lost.
    pub(crate) fn is_over_but_for(&self, own: Option<(&str, &str)>) -> Result<(), Failure> {
        let operations = self.plan.operations().iter().map(|one| one.operation());
        if self.journal.ended().is_none() {
            let names: Vec<String> = operations.map(ToString::to_string).collect();
            return Err(Failure::new(format!(
                "`{}` is not over: it is under way, or was killed; go on with it with --resume",
                names.join("`, `")
            )));
        }
        let open = operations
            .zip(self.journal.operations())
            .filter(|(_, operation)| operation.status().is_open());
        let mut others = open
            .map(|(it, _)| it)
            .filter(|it| Some((it.package().as_str(), it.namespace())) != own);
        match others.next() {
            None => Ok(()),
            Some(it) => Err(Failure::new(format!(
                "`{it}` came to rest and is not over: go on with it first, with --resume and --decide"
            ))),
        }
    }
}

/// That a run may go on which a command line is about.
///
/// # Errors
///
/// It has no operation on any package that is named, or on one of them another operation, version or namespace. One that is named and was there
/// already has none in it.
pub(crate) fn is_meant(plan: &PinnedPlan, wish: &Wish<'_>) -> Result<(), Failure> {
    let operations = || plan.operations().iter().map(|one| one.operation());
    let is_named = |one: &Wish<'_>| operations().any(|it| it.package().as_str() == one.name());
    let is_meant = |one: Wish<'_>| operations().any(|it| is_about(&one, it));
    let named: Vec<Wish<'_>> = wish.each().filter(is_named).collect();
    if !named.is_empty() && named.into_iter().all(is_meant) {
        return Ok(());
    }
    let there: Vec<String> = operations().map(ToString::to_string).collect();
    Err(Failure::new(format!(
        "what is not over is `{}`, and that is not what was asked for: name its package, and its operation and version or none",
        there.join("`, `")
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
        asked.is_none_or(|asked| there.is_some_and(|there| fits(asked, there)))
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

/// Whether a version is the one, or in the range, that is named.
fn fits(asked: &str, there: &Version) -> bool {
    let is_it = Version::parse(asked).is_ok_and(|version| version == *there);
    let range = VersionRange::parse(asked);
    is_it || range.is_ok_and(|range| range.matches(there, Prereleases::Allowed))
}

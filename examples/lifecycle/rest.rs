//! What a run before left, and whether a command line is about it.

use catalog_examples::Failure;
use catalog_hooks::Cluster;
use catalog_hooks::journal::{Journal, Journals, KeptJournal, OperationJournal, OperationStatus};
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::record::InstalledRecord;
use catalog_model::version::{Prereleases, Version, VersionRange};
use catalog_model::{Operation, OperationKind};

use crate::planning::failed;
use crate::wish::{Kind, Wish};

/// What a run before this one left of an instance.
#[derive(Default)]
pub(crate) struct Left<'p> {
    /// The run's plan.
    pub(crate) plan: Option<&'p PinnedPlan>,
    /// The operation that came to rest and is not over.
    pub(crate) open: Option<Operation>,
    /// Whether what of that is done can be taken back.
    pub(crate) goes_back: bool,
    /// The version that it, or one that was given up, was bringing.
    pub(crate) attempted: Option<Version>,
}

impl<'p> Left<'p> {
    /// What the last run of the package in a namespace left, if there was one.
    pub(crate) fn of(lasts: &'p [Last], place: (&str, &str)) -> Self {
        let mut left = Self::default();
        for Last { plan, journal } in lasts {
            for (planned, operation) in plan.operations().iter().zip(journal.operations()) {
                let it = planned.operation();
                let is_own = (it.package().as_str(), it.namespace()) == place;
                let is_open = operation.status().is_open();
                if !is_own || !is_open && operation.status() != OperationStatus::Abandoned {
                    continue;
                }
                if it.kind() != OperationKind::Action {
                    left.attempted = it.to().cloned();
                }
                if is_open {
                    left.open = Some(it.clone());
                    left.goes_back = planned.can_be_taken_back(operation);
                }
                left.plan = Some(plan);
            }
        }
        left
    }
}

/// A run that is not over, or gave something up: what it was to do, and what it did.
pub(crate) struct Last {
    plan: PinnedPlan,
    journal: Journal,
}

impl Last {
    /// All of those whose journals and plans there are, and that are about a package which the command line may be about.
    ///
    /// # Errors
    ///
    /// The plan of one that a named package is in cannot be read.
    pub(crate) fn all(
        journals: &Journals,
        cluster: &mut dyn Cluster,
        wish: &Wish<'_>,
    ) -> Result<Vec<Self>, Failure> {
        let mut all = Vec::new();
        for kept in journals.iter() {
            let journal = kept.journal();
            let mut operations = journal.operations().iter();
            let is_given_up = |one: &OperationJournal| one.status() == OperationStatus::Abandoned;
            if kept.is_over() && !operations.any(is_given_up) {
                continue;
            }
            let is_named = wish.each().any(|one| concerns(journal, one.name(), None));
            let plan = match PinnedPlan::load(cluster, wish.home, journal.plan()) {
                Err(error) if is_named => return Err(failed(error)),
                // Of what is needed beside them, less is known.
                Err(_) => continue,
                Ok(plan) => plan,
            };
            let journal = journal.clone();
            all.extend(plan.map(|plan| Self { plan, journal }));
        }
        Ok(all)
    }

    /// Whether it is about an instance of this package, in this namespace if one is given.
    fn concerns(&self, package: &str, namespace: Option<&str>) -> bool {
        concerns(&self.journal, package, namespace)
    }

    /// That it is over, but for operations on an instance that the next run is about.
    ///
    /// # Errors
    ///
    /// It is under way, or was killed; or it left another instance so that its journal would be lost.
    fn is_over_but_for(&self, own: Option<(&str, &str)>) -> Result<(), Failure> {
        let operations = self.plan.operations().iter().map(|one| one.operation());
        if self.journal.ended().is_none() {
            let names: Vec<String> = operations.map(ToString::to_string).collect();
            return Err(Failure::new(format!(
                "`{}` is not over: it is under way, or was killed; if no runner has it any more, go on with it with --resume, or give it up with --decide abandon",
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

/// That no run is in the way which is about a package that is named. `own`: the instance, if there is but one.
///
/// # Errors
///
/// One is not over, and would not be by what is asked for.
pub(crate) fn is_free(
    lasts: &[Last],
    wish: &Wish<'_>,
    own: Option<(&str, &str)>,
) -> Result<(), Failure> {
    let mut concerned = lasts.iter().filter(|last| match own {
        Some((package, namespace)) => last.concerns(package, Some(namespace)),
        None => wish.each().any(|one| last.concerns(one.name(), None)),
    });
    concerned.try_for_each(|last| last.is_over_but_for(own))
}

/// Which run is to go on: the one that is about a package that is named, and is not over.
///
/// # Errors
///
/// There is none, or there are several.
pub(crate) fn to_resume<'j>(
    journals: &'j Journals,
    wish: &Wish<'_>,
) -> Result<Option<&'j KeptJournal>, Failure> {
    let is_named = |kept: &&KeptJournal| {
        wish.each()
            .any(|one| concerns(kept.journal(), one.name(), wish.namespace))
    };
    let named = journals.iter().filter(is_named);
    let mut named: Vec<&KeptJournal> = named.filter(|kept| !kept.is_over()).collect();
    // One that merely did not come to something is not meant where another keeps everybody waiting.
    let foremost = named.iter().map(|kept| kept.state()).min();
    named.retain(|kept| Some(kept.state()) == foremost);
    match named.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        several => {
            let instances: Vec<String> = several
                .iter()
                .flat_map(|kept| kept.journal().operations())
                .map(|one| format!("{} in {}", one.package(), one.namespace()))
                .collect();
            Err(Failure::new(format!(
                "several runs are not over, of `{}`: say which is meant, with --namespace or by naming other packages of it",
                instances.join("`, `")
            )))
        }
    }
}

fn concerns(journal: &Journal, package: &str, namespace: Option<&str>) -> bool {
    let mut operations = journal.operations().iter();
    operations.any(|one| {
        one.package() == package && namespace.is_none_or(|named| named == one.namespace())
    })
}

/// That a run may go on which a command line is about.
///
/// # Errors
///
/// It has no operation on any package that is named, or on one of them another operation, version or namespace; or none on one of which something
/// would have to be done: what was there already, or gone, has none in it.
pub(crate) fn is_meant(
    plan: &PinnedPlan,
    wish: &Wish<'_>,
    records: &[InstalledRecord],
) -> Result<(), Failure> {
    let operations = || plan.operations().iter().map(|one| one.operation());
    let is_named = |one: &Wish<'_>| operations().any(|it| it.package().as_str() == one.name());
    let is_meant = |one: Wish<'_>| operations().any(|it| is_about(&one, it));
    let (named, others): (Vec<Wish<'_>>, Vec<Wish<'_>>) = wish.each().partition(is_named);
    let there: Vec<String> = operations().map(ToString::to_string).collect();
    let there = there.join("`, `");
    let has_nothing_to_do = |one: &Wish<'_>| {
        let is_there = records.iter().any(|record| record.package() == one.name());
        is_there != (one.kind == Kind::Uninstall)
    };
    if !named.is_empty() && named.into_iter().all(is_meant) {
        return match others.iter().find(|one| !has_nothing_to_do(one)) {
            None => Ok(()),
            Some(one) => Err(Failure::new(format!(
                "what is not over is `{there}`, and `{}` is not in it: leave that out, and begin it when this is over",
                one.name()
            ))),
        };
    }
    Err(Failure::new(format!(
        "what is not over is `{there}`, and that is not what was asked for: name its package, and its operation and version or none"
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

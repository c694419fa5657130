//! What a run before left, and whether that is in the way of what a command line asks for.

use catalog_examples::Failure;
use catalog_hooks::Cluster;
use catalog_hooks::journal::{Journal, Journals, OperationJournal, OperationStatus};
use catalog_hooks::plan::PinnedPlan;
use catalog_model::version::Version;
use catalog_model::{Operation, OperationKind};

use crate::planning::failed;
use crate::wish::Wish;

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

    fn concerns(&self, package: &str, namespace: Option<&str>) -> bool {
        concerns(&self.journal, package, namespace)
    }

    /// That it is over, but for operations on an instance that the next run is about.
    ///
    /// # Errors
    ///
    /// It is under way, or was killed; or it left another instance so that its journal would be lost.
    fn is_over_but_for(&self, own: &Own<'_>) -> Result<(), Failure> {
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
        let mut others = open.map(|(it, _)| it).filter(|it| !own.take_place_of(it));
        match others.next() {
            None => Ok(()),
            Some(it) => Err(Failure::new(format!(
                "`{it}` came to rest and is not over: go on with it first, with --resume and --decide"
            ))),
        }
    }
}

/// What the next run does something with, whatever another one left of it.
pub(crate) enum Own<'a> {
    /// The instance of this package in this namespace.
    One(&'a str, &'a str),
    /// All that goes of these packages.
    All(Vec<&'a str>),
    /// What it turns out to need.
    NoneYet,
}

impl Own<'_> {
    fn take_place_of(&self, open: &Operation) -> bool {
        let package = open.package().as_str();
        match self {
            Self::One(own, namespace) => (package, open.namespace()) == (*own, *namespace),
            Self::All(packages) => packages.contains(&package),
            Self::NoneYet => false,
        }
    }
}

/// That no run is in the way which is about a package that is named.
///
/// # Errors
///
/// One is not over, and would not be by what is asked for.
pub(crate) fn is_free(lasts: &[Last], wish: &Wish<'_>, own: &Own<'_>) -> Result<(), Failure> {
    let mut concerned = lasts.iter().filter(|last| match own {
        Own::One(package, namespace) => last.concerns(package, Some(namespace)),
        Own::All(_) | Own::NoneYet => wish.each().any(|one| last.concerns(one.name(), None)),
    });
    concerned.try_for_each(|last| last.is_over_but_for(own))
}

/// Whether a journal is about an instance of this package, in this namespace if one is given.
pub(crate) fn concerns(journal: &Journal, package: &str, namespace: Option<&str>) -> bool {
    let mut operations = journal.operations().iter();
    operations.any(|one| {
        one.package() == package && namespace.is_none_or(|named| named == one.namespace())
    })
}

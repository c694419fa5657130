//! Where a run begins, or is found again.

use std::sync::Arc;

use catalog_examples::{Failure, note};
use catalog_hooks::journal::{JournalSecret, Journals, KeptJournal, OperationJournal, RunState};
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::record::InstalledRecord;
use catalog_hooks::{Cluster, HeldBy, Machine, Settings, StartError, StartErrorKind};

use crate::How;
use crate::commands::Commands;
use crate::instance::{Instance, is_named_beside_attempted, records};
use crate::planner::{Edge, Planner};
use crate::planning::{Shelf, as_options, failed};
use crate::report::Reporter;
use crate::rest::{Last, concerns};
use crate::resume;
use crate::wish::{Kind, Wish};

/// What a run is planned from.
pub(crate) struct Desk<'a> {
    wish: &'a Wish<'a>,
    how: &'a How,
    pub(crate) shelf: Shelf,
    records: Vec<InstalledRecord>,
    /// That of the package which is named first.
    instance: Instance,
}

/// A run that can be driven.
pub(crate) struct Begun {
    pub(crate) machine: Machine,
    /// Where its journal is kept.
    pub(crate) journal: JournalSecret,
}

/// Deletes the journals and plans that nobody needs any more when a run has ended, as long as the Lease is held. What stays is met by the next run.
pub(crate) fn tidy(run: &Machine, cluster: &mut dyn Cluster, is_held: impl FnMut() -> bool) {
    let tidied = run
        .ended()
        .map(|ended| ended.delete_unneeded(cluster, is_held));
    if let Some(Err(failure)) = tidied {
        note(format!(
            "journals and plans of runs that are over stay: {failure}"
        ));
    }
}

impl<'a> Desk<'a> {
    /// Reads the catalog, and whether by what is on record something can be done.
    pub(crate) fn new(
        wish: &'a Wish<'a>,
        how: &'a How,
        cluster: &mut dyn Cluster,
    ) -> Result<Self, Failure> {
        let records = records(cluster, (wish, how.is_planned()), note)?;
        let may_be_gone = how.resume
            || how.release_all
            || wish.may_outlive_catalog()
            || records
                .iter()
                .any(|record| is_named_beside_attempted(wish, record));
        let shelf = Shelf::open(wish.path, may_be_gone)?;
        let instance = Instance::among(wish, &shelf.catalog, records.clone())?;
        Ok(Self {
            wish,
            how,
            shelf,
            records,
            instance,
        })
    }

    /// The same, with what is there now that nobody else begins anything.
    pub(crate) fn with_what_is_there(self, cluster: &mut dyn Cluster) -> Result<Self, Failure> {
        // Which of them are damaged was said.
        let mut records = records(cluster, (self.wish, self.how.is_planned()), drop)?;
        if self.wish.kind == Kind::Uninstall {
            with_unrecorded(&mut records, cluster, self.wish)?;
        }
        let instance = Instance::among(self.wish, &self.shelf.catalog, records.clone())?;
        Ok(Self {
            records,
            instance,
            ..self
        })
    }

    /// How what can be done next is typed, by what is on record now.
    pub(crate) fn commands(&self, cluster: &mut dyn Cluster) -> Commands<'_> {
        let records = records(cluster, (self.wish, self.how.is_planned()), drop);
        Commands::new(self.wish, &self.shelf.catalog, records)
    }

    /// A machine for a run of this name, or for the one that is to go on; `None`: what is asked for has no answer, and why is shown.
    pub(crate) fn begin(
        &self,
        edge: Edge<'_>,
        name: &str,
        reporter: &mut Reporter<'_>,
    ) -> Result<Option<Begun>, Failure> {
        let journals = Journals::read(edge.cluster, self.wish.home)
            .map_err(|error| Failure::new(format!("the journals cannot be read: {error}")))?;
        if self.how.release_all {
            return self.releasing(journals, edge.cluster).map(Some);
        }
        if self.how.resume {
            return self.resumed(&journals, edge.cluster, name).map(Some);
        }
        let lasts = Last::all(&journals, edge.cluster, self.wish)?;
        let planner = Planner {
            wish: self.wish,
            shelf: &self.shelf,
            records: &self.records,
            instance: &self.instance,
        };
        let Some(plan) = planner.plan(name, (edge, &lasts), reporter.page())? else {
            return Ok(None);
        };
        let in_the_way = |error: StartError| match error.kind() {
            StartErrorKind::NotEnded => Failure::new(format!(
                "{error}: give --resume, or, where it came to rest, --decide"
            )),
            _ => failed(error),
        };
        let place = journals.place(&plan).map_err(in_the_way)?;
        let (plan, settings) = (Arc::new(plan), Settings::default());
        let machine = Machine::begin_at(plan, &place, name, settings);
        Ok(Some(Begun {
            machine: machine.map_err(in_the_way)?,
            journal: place.secret().clone(),
        }))
    }

    /// A machine that lets Jobs go of which there is no journal, or none with which anybody can go on.
    fn releasing(
        &self,
        mut journals: Journals,
        cluster: &mut dyn Cluster,
    ) -> Result<Begun, Failure> {
        let named = resume::to_resume(&journals, self.wish)?;
        if let Some(name) = named.map(|kept| kept.name().to_owned()) {
            let put_aside = journals.put_aside_without_plan(cluster, &name);
            put_aside.map_err(failed)?;
        }
        // Beside a damaged journal no run begins anything more, and its own Jobs are left to it; one that waits has none.
        let is_meant = |kept: &&KeptJournal| {
            kept.state() != RunState::Waits && journals.unreadable().is_empty()
        };
        if let Some(kept) = resume::to_resume(&journals, self.wish)?.filter(is_meant) {
            return Err(Failure::new(format!(
                "the journal of `{}` is there, `{}`: go on with --resume, or give it up with --decide abandon",
                kept.journal().run(),
                kept.name()
            )));
        }
        let held = HeldBy::Instance {
            package: self.wish.name(),
            namespace: &self.instance.namespace,
        };
        Ok(Begun {
            machine: Machine::release_all(held, &journals, Settings::default()).map_err(failed)?,
            // Nothing is written there.
            journal: JournalSecret::new(self.wish.home, "none"),
        })
    }

    /// A machine that goes on with a run.
    fn resumed(
        &self,
        journals: &Journals,
        cluster: &mut dyn Cluster,
        name: &str,
    ) -> Result<Begun, Failure> {
        let kept = resume::to_resume(journals, self.wish)?;
        let Some(kept) = kept else {
            journals.are_readable().map_err(failed)?;
            return Err(self.nothing_to_resume(journals));
        };
        for (secret, error) in journals.unreadable() {
            note(as_options(&format!("the journal `{secret}`: {error}")));
        }
        let journal = kept.journal();
        let plan = PinnedPlan::load(cluster, self.wish.home, journal.plan());
        let plan = plan.map_err(failed)?.ok_or_else(|| {
            Failure::new(format!(
                "the plan of the run, {}, is not in namespace `{}` any more: give the run up with --release-all",
                journal.plan(),
                self.wish.home
            ))
        })?;
        let (decision, settings) = (self.how.decision, Settings::default());
        let (plan, stored) = (Arc::new(plan), kept.stored().clone());
        resume::is_meant(&plan, self.wish, &self.records)?;
        resume::is_offered(&plan, journal, decision, &self.commands(cluster))?;
        let undecided = |error: StartError| match (error.kind(), kept.state()) {
            (StartErrorKind::Undecided, RunState::Waits) => {
                Failure::new(format!("{error}; give --resume or --decide abandon"))
            }
            (StartErrorKind::Undecided, _) => Failure::new(format!(
                "{error}: give --decide; what it offers stands below the failure"
            )),
            _ => failed(error),
        };
        let machine = Machine::resume(plan, stored, name, decision, settings);
        Ok(Begun {
            machine: machine.map_err(undecided)?,
            journal: kept.secret().clone(),
        })
    }

    /// The last run of which there is a journal may be another than the one that was killed: it is not named.
    fn nothing_to_resume(&self, journals: &Journals) -> Failure {
        let (package, namespace) = (self.wish.name(), self.instance.namespace.as_str());
        let mut kept = journals.iter();
        let why = match kept.any(|kept| concerns(kept.journal(), package, Some(namespace))) {
            true => "the run of which there is a journal is over",
            false => "there is no journal of a run of it",
        };
        Failure::new(format!(
            "there is nothing to resume of `{package}` in namespace `{namespace}`: {why}; begin again without --resume and --decide"
        ))
    }
}

/// Puts what could not be put on record in the place of what was before: an uninstall can begin with it. What is not asked for and cannot be read is told of.
///
/// # Errors
///
/// What is asked for cannot be read.
fn with_unrecorded(
    records: &mut Vec<InstalledRecord>,
    cluster: &mut dyn Cluster,
    wish: &Wish<'_>,
) -> Result<(), Failure> {
    let journals = Journals::read(cluster, wish.home)
        .map_err(|error| Failure::new(format!("the journals cannot be read: {error}")))?;
    let is_named = |one: &OperationJournal| {
        let mut named = wish.each();
        one.is_unrecorded()
            && wish
                .namespace
                .is_none_or(|namespace| namespace == one.namespace())
            && named.any(|named| named.name() == one.package())
    };
    for kept in journals.iter() {
        match kept.unrecorded(cluster) {
            Ok(all) => {
                for remains in all {
                    let place = (remains.package(), remains.namespace());
                    records.retain(|record| (record.package(), record.namespace()) != place);
                    records.push(remains);
                }
            }
            Err(error) if kept.journal().operations().iter().any(is_named) => {
                return Err(failed(error));
            }
            Err(error) => note(format!(
                "what the run `{}` could not put on record is not known: {error}",
                kept.journal().run()
            )),
        }
    }
    Ok(())
}

//! Where a run begins, or is found again.

use std::sync::Arc;

use catalog_conditions::{Requirements, Snapshot};
use catalog_examples::Failure;
use catalog_hooks::journal::Journal;
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::record::InstalledRecord;
use catalog_hooks::{Cluster, JournalStore, Machine, Settings, StartErrorKind, StoredJournal};

use crate::How;
use crate::instance::{Instance, records};
use crate::planning::{self, Shelf, failed};
use crate::report::Reporter;
use crate::request::{self, Answered, Ground};
use crate::rest::{self, Last, Left};
use crate::several::{Several, operations};
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

/// What planning asks.
pub(crate) struct Edge<'e> {
    pub(crate) cluster: &'e mut dyn Cluster,
    pub(crate) journal: &'e mut dyn JournalStore,
    /// The cluster as conditions see it.
    pub(crate) read: &'e mut dyn FnMut(&Requirements) -> Snapshot,
}

impl<'a> Desk<'a> {
    /// Reads the catalog and the records, and finds the instance.
    pub(crate) fn new(
        wish: &'a Wish<'a>,
        how: &'a How,
        cluster: &mut dyn Cluster,
    ) -> Result<Self, Failure> {
        let shelf = Shelf::open(wish.path, how.resume || wish.may_outlive_catalog())?;
        let records = records(cluster, wish.home)?;
        let instance = Instance::among(wish, &shelf.catalog, records.clone())?;
        Ok(Self {
            wish,
            how,
            shelf,
            records,
            instance,
        })
    }

    /// A machine for a run of this name, or for the one that is to go on; `None`: what is asked for has no answer, and why is shown.
    pub(crate) fn machine(
        &self,
        edge: Edge<'_>,
        name: &str,
        reporter: &mut Reporter<'_>,
    ) -> Result<Option<Machine>, Failure> {
        let stored = edge
            .journal
            .load()
            .map_err(|error| Failure::new(format!("the journal cannot be read: {error}")))?;
        let Some(stored) = stored else {
            if self.how.resume {
                return Err(self.nothing_to_resume());
            }
            let plan = self.plan(name, (edge, None), reporter)?;
            return Ok(plan.map(|plan| Machine::begin(Arc::new(plan), name, Settings::default())));
        };
        let journal = Journal::parse(&stored.text).map_err(failed)?;
        let plan = PinnedPlan::load(edge.cluster, self.wish.home, journal.plan());
        let plan = plan.map_err(failed)?;
        if self.how.resume {
            return self.resumed((stored, &journal), plan, name).map(Some);
        }
        let last = plan.map(|plan| Last { plan, journal });
        let plan = self.plan(name, (edge, last.as_ref()), reporter)?;
        let begin = |plan| {
            let machine = Machine::begin_after(Arc::new(plan), stored, name, Settings::default());
            machine.map_err(|error| Failure::new(format!("{error}: give --resume")))
        };
        plan.map(begin).transpose()
    }

    /// A machine that goes on with a run.
    fn resumed(
        &self,
        (stored, journal): (StoredJournal, &Journal),
        plan: Option<PinnedPlan>,
        name: &str,
    ) -> Result<Machine, Failure> {
        let Some(plan) = plan else {
            return Err(match journal.ended() {
                Some(_) => self.nothing_to_resume(),
                None => Failure::new(format!(
                    "the plan of the run, {}, is not in namespace `{}` any more",
                    journal.plan(),
                    self.wish.home
                )),
            });
        };
        let (decision, settings) = (self.how.decision, Settings::default());
        let plan = Arc::new(plan);
        match Machine::resume(Arc::clone(&plan), stored, name, decision, settings) {
            Err(error) if error.kind() == StartErrorKind::Ended => Err(self.nothing_to_resume()),
            machine => {
                rest::is_meant(&plan, self.wish)?;
                machine.map_err(failed)
            }
        }
    }

    /// The last run of which there is a journal may be another than the one that was killed: it is not named.
    fn nothing_to_resume(&self) -> Failure {
        Failure::new(format!(
            "there is nothing to resume of `{}` in namespace `{}`: no run of which there is a journal is under way or came to rest; begin \
             again without --resume and --decide",
            self.wish.name(),
            self.instance.namespace
        ))
    }

    /// A plan for a run after the last one, if there was one.
    fn plan(
        &self,
        name: &str,
        (edge, last): (Edge<'_>, Option<&Last>),
        reporter: &mut Reporter<'_>,
    ) -> Result<Option<PinnedPlan>, Failure> {
        let own = (self.wish.name(), self.instance.namespace.as_str());
        if let Some(last) = last {
            last.is_over_but_for(Some(own).filter(|_| !self.wish.is_of_several()))?;
        }
        let left = Left::of(last, own);
        if self.wish.kind == Kind::Uninstall && !self.wish.is_alone && left.open.is_none() {
            request::spares(self.wish, &self.shelf.catalog, &self.records)?;
        }
        if self.is_alone(&left) {
            let known = (edge.cluster, &left);
            let plan = planning::plan(self.wish, (&self.shelf, &self.instance), name, known);
            return plan.map(Some);
        }
        let ground = Ground {
            catalog: &self.shelf.catalog,
            records: &self.records,
            read: match self.how.skip_conditions {
                true => None,
                false => Some(edge.read),
            },
        };
        let resolution = match ground.answer(self.wish, reporter.page())? {
            Answered::Resolved(resolution) => resolution,
            Answered::Refused => return Ok(None),
        };
        let several = Several {
            wish: self.wish,
            shelf: &self.shelf,
            records: &self.records,
            last,
            resolution: &resolution,
        };
        let operations = operations(&resolution)?;
        if operations.is_empty() {
            return Err(self.nothing_to_do());
        }
        several.plan(&operations, name, edge.cluster).map(Some)
    }

    /// Whether there is nothing to resolve: what needs what is not asked, or not known, or was asked when the run before was planned that this one
    /// takes the place of.
    fn is_alone(&self, left: &Left<'_>) -> bool {
        let wish = self.wish;
        let is_unknown = || {
            let known = wish.each().map(|one| one.name());
            let mut known = known.filter(|name| self.shelf.catalog.package(name).is_some());
            known.next().is_none()
        };
        match wish.kind {
            Kind::Rollback | Kind::Action => true,
            _ if wish.is_alone || wish.from.is_some() || left.open.is_some() => true,
            Kind::Uninstall => is_unknown(),
            Kind::Install | Kind::Upgrade => false,
        }
    }

    fn nothing_to_do(&self) -> Failure {
        let names: Vec<&str> = self.wish.each().map(|one| one.name()).collect();
        if self.wish.kind == Kind::Install {
            let names = names.join("`, `");
            return Failure::new(format!("there is nothing to do: `{names}` are installed"));
        }
        Failure::new(format!(
            "there is nothing to do: of `{}` what is installed is the best that needs and conditions allow; `outdated` says what keeps newer \
             releases back",
            names.join("`, `")
        ))
    }
}

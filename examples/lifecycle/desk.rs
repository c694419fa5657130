//! Where a run begins, or is found again.

use std::collections::BTreeSet;
use std::sync::Arc;

use catalog_conditions::{Requirements, Snapshot};
use catalog_examples::{Failure, note};
use catalog_hooks::journal::{JournalPlace, JournalSecret, Journals};
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::record::InstalledRecord;
use catalog_hooks::{Cluster, HeldBy, Machine, Settings, StartError, StartErrorKind};
use catalog_model::Operation;
use catalog_model::version::Version;
use catalog_resolve::{Resolution, ResolvedRelease};

use crate::How;
use crate::instance::{Instance, attempted, is_named_beside_attempted, records};
use crate::planning::{self, Shelf, failed};
use crate::report::Reporter;
use crate::request::{self, Answered, Ground};
use crate::rest::{self, Last, Left};
use crate::several::{Several, operations};
use crate::versions::{beginning, listed, way};
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
    /// The cluster as conditions see it.
    pub(crate) read: &'e mut dyn FnMut(&Requirements) -> Snapshot,
}

/// A run that can be driven.
pub(crate) struct Begun {
    pub(crate) machine: Machine,
    /// Where its journal is kept.
    pub(crate) journal: JournalSecret,
    /// Of a run that begins, what its journal takes the place of.
    pub(crate) place: Option<JournalPlace>,
}

/// Deletes the journals and plans that nobody needs any more when a run is over. What stays is met by the next run.
pub(crate) fn tidy(place: Option<JournalPlace>, cluster: &mut dyn Cluster, run: &Machine) {
    let (plan, ended) = (run.plan(), run.journal());
    // Nothing is kept of what lets Jobs go.
    if plan.operations().is_empty() {
        return;
    }
    let obsolete = place.map_or(Ok(()), |place| place.delete_obsolete(cluster, &ended));
    let tidied = obsolete.and_then(|()| Journals::delete_unneeded(cluster, plan.home(), &ended));
    if let Err(failure) = tidied {
        note(format!("journals and plans of runs that are over stay: {failure}"));
    }
}

impl<'a> Desk<'a> {
    /// Reads the catalog and the records, and finds the instance.
    pub(crate) fn new(
        wish: &'a Wish<'a>,
        how: &'a How,
        cluster: &mut dyn Cluster,
    ) -> Result<Self, Failure> {
        let mut records = records(cluster, wish.home)?;
        if wish.kind == Kind::Uninstall {
            with_unrecorded(&mut records, cluster, wish.home)?;
        }
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

    /// A machine for a run of this name, or for the one that is to go on; `None`: what is asked for has no answer, and why is shown.
    pub(crate) fn begin(
        &self,
        edge: Edge<'_>,
        name: &str,
        reporter: &mut Reporter<'_>,
    ) -> Result<Option<Begun>, Failure> {
        let journals = Journals::read(edge.cluster, self.wish.home)
            .map_err(|error| Failure::new(format!("the journals cannot be read: {error}")))?;
        for (secret, error) in journals.unreadable() {
            note(format!("the journal `{secret}`: {error}"));
        }
        if self.how.release_all {
            return self.releasing(&journals).map(Some);
        }
        if self.how.resume {
            return self.resumed(&journals, edge.cluster, name).map(Some);
        }
        let lasts = Last::all(&journals, edge.cluster, self.wish)?;
        let cluster = &mut *edge.cluster;
        let edge = Edge {
            cluster: &mut *cluster,
            read: edge.read,
        };
        let Some(plan) = self.plan(name, (edge, &lasts), reporter)? else {
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
            place: Some(place),
        }))
    }

    /// A machine that lets Jobs go of which there is no journal.
    fn releasing(&self, journals: &Journals) -> Result<Begun, Failure> {
        if let Some(kept) = rest::to_resume(journals, self.wish)? {
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
            machine: Machine::release_all(held, journals, Settings::default()).map_err(failed)?,
            // Nothing is written there.
            journal: JournalSecret::new(self.wish.home, "none"),
            place: None,
        })
    }

    /// A machine that goes on with a run.
    fn resumed(
        &self,
        journals: &Journals,
        cluster: &mut dyn Cluster,
        name: &str,
    ) -> Result<Begun, Failure> {
        let kept = rest::to_resume(journals, self.wish)?;
        let kept = kept.ok_or_else(|| self.nothing_to_resume())?;
        let journal = kept.journal();
        let plan = PinnedPlan::load(cluster, self.wish.home, journal.plan());
        let Some(plan) = plan.map_err(failed)? else {
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
        let (plan, stored) = (Arc::new(plan), kept.stored().clone());
        match Machine::resume(Arc::clone(&plan), stored, name, decision, settings) {
            Err(error) if error.kind() == StartErrorKind::Ended => Err(self.nothing_to_resume()),
            machine => {
                rest::is_meant(&plan, self.wish, &self.records)?;
                let undecided = |error: StartError| match error.kind() {
                    StartErrorKind::Undecided => Failure::new(format!(
                        "{error}: give --decide; what it offers stands below the failure"
                    )),
                    _ => failed(error),
                };
                Ok(Begun {
                    machine: machine.map_err(undecided)?,
                    journal: kept.secret().clone(),
                    place: None,
                })
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
        (edge, lasts): (Edge<'_>, &[Last]),
        reporter: &mut Reporter<'_>,
    ) -> Result<Option<PinnedPlan>, Failure> {
        let own = (self.wish.name(), self.instance.namespace.as_str());
        rest::is_free(
            lasts,
            self.wish,
            Some(own).filter(|_| !self.wish.is_of_several()),
        )?;
        let left = Left::of(lasts, own);
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
            lasts,
            resolution: &resolution,
        };
        for note in resolution.notes() {
            reporter.note(&note);
        }
        let operations = operations(&resolution)?;
        self.leaves_none_half(&resolution, &operations)?;
        if operations.is_empty() {
            return Err(self.nothing_to_do());
        }
        several.plan(&operations, name, edge.cluster).map(Some)
    }

    /// Whether there is nothing to resolve: what needs what is not asked, or not known, or was asked when the run before was planned that this one
    /// takes the place of, or the one that brought what is on record.
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
            Kind::Upgrade if !wish.is_of_several() => {
                let mut record = self.instance.installed.iter();
                record.any(|record| is_named_beside_attempted(wish, record))
            }
            Kind::Install | Kind::Upgrade => false,
        }
    }

    /// That each instance is whole that has no operation, and is named or needed by what is named or moved: the solver knows of what is on record only.
    fn leaves_none_half(
        &self,
        resolution: &Resolution,
        operations: &[(usize, Operation)],
    ) -> Result<(), Failure> {
        if self.wish.kind == Kind::Uninstall {
            return Ok(());
        }
        let moved: BTreeSet<(&str, &str)> = operations
            .iter()
            .map(|(_, operation)| (operation.package().as_str(), operation.namespace()))
            .collect();
        let mut concerned = BTreeSet::new();
        let is_named =
            |one: &ResolvedRelease| self.wish.each().any(|wish| wish.name() == one.package());
        let releases = resolution.releases().iter();
        let mut next: Vec<&ResolvedRelease> = releases
            .filter(|one| is_named(one) || moved.contains(&(one.package(), one.namespace())))
            .collect();
        while let Some(release) = next.pop() {
            if concerned.insert((release.package(), release.namespace())) {
                let needed = release.dependencies().iter();
                next.extend(needed.filter_map(|place| resolution.releases().get(*place)));
            }
        }
        let mut records = self.records.iter();
        records.try_for_each(|record| {
            let place = (record.package(), record.namespace());
            match concerned.contains(&place) && !moved.contains(&place) {
                true => is_whole(record),
                false => Ok(()),
            }
        })
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

/// Puts what could not be put on record in the place of what was before: an uninstall can begin with it.
///
/// # Errors
///
/// It cannot be read.
fn with_unrecorded(
    records: &mut Vec<InstalledRecord>,
    cluster: &mut dyn Cluster,
    home: &str,
) -> Result<(), Failure> {
    let journals = Journals::read(cluster, home)
        .map_err(|error| Failure::new(format!("the journals cannot be read: {error}")))?;
    for remains in journals.unrecorded(cluster).map_err(failed)? {
        let place = (remains.package(), remains.namespace());
        records.retain(|record| (record.package(), record.namespace()) != place);
        records.push(remains);
    }
    Ok(())
}

/// That of an instance which nothing is done with there are no parts of another version than the one on record.
fn is_whole(record: &InstalledRecord) -> Result<(), Failure> {
    let version = Version::parse(record.version()).map_err(failed)?;
    let attempted = attempted(record)?;
    let Some(from) = beginning(&attempted, &version) else {
        return Ok(());
    };
    let (name, namespace) = (record.package(), record.namespace());
    Err(Failure::new(format!(
        "`{name}` {version} is on record in `{namespace}`, and so are parts of {}, and what is asked for leaves that as it is: to be whole at \
         {version} give --operation {} and {name}@{version} alone",
        listed(&attempted),
        way(from, &version)
    )))
}

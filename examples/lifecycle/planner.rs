//! From what is asked for, on what there is, to a plan.

use std::collections::BTreeSet;

use catalog_conditions::{Requirements, Snapshot};
use catalog_examples::{Failure, Format, Output};
use catalog_hooks::Cluster;
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::record::InstalledRecord;
use catalog_model::Operation;
use catalog_model::version::Version;
use catalog_resolve::{Resolution, ResolvedRelease};

use crate::instance::{Instance, attempted, is_named_beside_attempted};
use crate::planning::{self, Shelf, failed};
use crate::request::{self, Answered, Ground};
use crate::rest::{self, Last, Left, Own};
use crate::several::{Several, operations};
use crate::versions::{beginning, listed, way};
use crate::wish::{Kind, Wish};

/// What a run is planned from.
pub(crate) struct Planner<'a> {
    pub(crate) wish: &'a Wish<'a>,
    pub(crate) shelf: &'a Shelf,
    pub(crate) records: &'a [InstalledRecord],
    /// That of the package which is named first.
    pub(crate) instance: &'a Instance,
}

/// What planning asks.
pub(crate) struct Edge<'e> {
    pub(crate) cluster: &'e mut dyn Cluster,
    /// The cluster as conditions see it, unless they are not to be asked.
    pub(crate) read: Option<&'e mut dyn FnMut(&Requirements) -> Snapshot>,
}

impl Planner<'_> {
    /// A plan for a run of this name after the last ones, if there were any; `None`: what is asked for has no answer, and why is shown.
    ///
    /// # Errors
    ///
    /// What is asked for does not go with what is there, or cannot be planned.
    pub(crate) fn plan(
        &self,
        name: &str,
        (edge, lasts): (Edge<'_>, &[Last]),
        (format, output): (Format, &mut Output),
    ) -> Result<Option<PinnedPlan>, Failure> {
        let own = (self.wish.name(), self.instance.namespace.as_str());
        let takes_place_of = match self.wish.is_of_several() {
            false => Own::One(own.0, own.1),
            true if self.wish.kind == Kind::Uninstall => {
                Own::All(self.wish.each().map(|one| one.name()).collect())
            }
            true => Own::NoneYet,
        };
        rest::is_free(lasts, self.wish, &takes_place_of)?;
        let left = Left::of(lasts, own);
        if self.wish.kind == Kind::Uninstall && !self.wish.is_alone && left.open.is_none() {
            request::spares(self.wish, &self.shelf.catalog, self.records)?;
        }
        if self.is_alone(&left) {
            let known = (edge.cluster, &left);
            let plan = planning::plan(self.wish, (self.shelf, self.instance), name, known);
            return plan.map(Some);
        }
        let ground = Ground {
            catalog: &self.shelf.catalog,
            records: self.records,
            read: edge.read,
        };
        let resolution = match ground.answer(self.wish, (format, &mut *output))? {
            Answered::Resolved(resolution) => resolution,
            Answered::Refused => return Ok(None),
        };
        let several = Several {
            wish: self.wish,
            shelf: self.shelf,
            records: self.records,
            lasts,
            resolution: &resolution,
        };
        if format == Format::Text {
            for note in resolution.notes() {
                output.line(format!("note: {note}"));
            }
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
            _ if wish.is_alone || wish.from.is_some() => true,
            Kind::Uninstall if wish.is_of_several() => is_unknown(),
            _ if left.open.is_some() => true,
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

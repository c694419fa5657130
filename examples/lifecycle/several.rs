//! From an answer of the solver to a plan of several operations.

use std::collections::BTreeMap;

use catalog_examples::Failure;
use catalog_hooks::Cluster;
use catalog_hooks::plan::{PinnedPlan, PlannedOperation};
use catalog_hooks::record::InstalledRecord;
use catalog_model::{InstalledRelease, Operation};
use catalog_resolve::Resolution;

use crate::planning::{Sheet, Shelf, failed};
use crate::rest::{Last, Left};
use crate::wish::Wish;

/// The operations of an answer, each with its level. The hops of an upgrade follow each other, so each has a level of its own.
pub(crate) fn operations(resolution: &Resolution) -> Result<Vec<(usize, Operation)>, Failure> {
    let plan = resolution.plan();
    let mut by_level: BTreeMap<usize, Vec<Vec<Operation>>> = BTreeMap::new();
    for step in plan.steps() {
        let operations = step.operations().map_err(failed)?;
        by_level.entry(step.level()).or_default().push(operations);
    }
    let mut all = Vec::new();
    let mut level = 0;
    for steps in by_level.into_values() {
        let hops = steps.iter().map(Vec::len).max().unwrap_or_default();
        for hop in 0..hops {
            let at_once = steps.iter().filter_map(|operations| operations.get(hop));
            all.extend(at_once.map(|operation| (level + hop, operation.clone())));
        }
        level += hops;
    }
    Ok(all)
}

/// What several operations are planned from.
pub(crate) struct Several<'a> {
    pub(crate) wish: &'a Wish<'a>,
    pub(crate) shelf: &'a Shelf,
    pub(crate) records: &'a [InstalledRecord],
    pub(crate) lasts: &'a [Last],
    pub(crate) resolution: &'a Resolution,
}

impl Several<'_> {
    /// One plan for all of them.
    ///
    /// # Errors
    ///
    /// One cannot be planned.
    pub(crate) fn plan(
        &self,
        operations: &[(usize, Operation)],
        run: &str,
        cluster: &mut dyn Cluster,
    ) -> Result<PinnedPlan, Failure> {
        let mut all: Vec<PlannedOperation> = Vec::new();
        for (index, (level, operation)) in operations.iter().enumerate() {
            let id = match operations.len() {
                1 => run.to_owned(),
                _ => format!("{run}-{}", index + 1),
            };
            let planned = self.planned((*level, operation), &id, (&all, cluster))?;
            all.push(planned);
        }
        let plan = PinnedPlan::new(run, self.wish.home, all).map_err(failed)?;
        let plan = plan.with_parallel(parallel(self.wish)?);
        Ok(match self.wish.arguments.switch("unwind") {
            true => plan.unwinding(),
            false => plan,
        })
    }

    fn planned(
        &self,
        (level, operation): (usize, &Operation),
        id: &str,
        (before, cluster): (&[PlannedOperation], &mut dyn Cluster),
    ) -> Result<PlannedOperation, Failure> {
        let place = (operation.package().as_str(), operation.namespace());
        let is_own = |package: &str, namespace: &str| (package, namespace) == place;
        let of_run = before.iter().rev().find(|one| {
            let one = one.operation();
            is_own(one.package().as_str(), one.namespace())
        });
        let (own, others): (Vec<_>, Vec<_>) = self
            .records
            .iter()
            .cloned()
            .partition(|record| is_own(record.package(), record.namespace()));
        let installed = own.into_iter().next();
        let uid = match (&installed, of_run) {
            (Some(record), _) => record.release_uid(),
            (None, Some(before)) => before.context().release_uid(),
            (None, None) => id,
        };
        let left = Left::of(self.lasts, place);
        let sheet = Sheet {
            wish: self.wish,
            shelf: self.shelf,
            operation,
            id,
            uid,
            installed: installed.as_ref(),
            record: self.record(operation, installed.as_ref()),
            others: &others,
            left: &left,
            level,
        };
        sheet.planned(cluster)
    }

    /// What will be on record: what was there said of it, and who asks for it or needs it now.
    fn record(
        &self,
        operation: &Operation,
        installed: Option<&InstalledRecord>,
    ) -> Option<InstalledRelease> {
        let (package, namespace) = (operation.package().as_str(), operation.namespace());
        let to = operation.to()?;
        let release = self.resolution.release_in(package, namespace)?;
        let was = |key: &str| {
            let flag = installed.and_then(|record| record.release().get(key)?.as_bool());
            flag.unwrap_or_default()
        };
        let mut record = InstalledRelease::new(package, to.as_str(), namespace);
        record = record.with_needed_by(release.needed_by());
        if let Some(catalog) = release.catalog() {
            record = record.from_catalog(catalog);
        }
        record = record.also_in(release.also_in());
        if release.is_requested() || was("requestedByUser") {
            record = record.requested();
        }
        if was("pinned") {
            record = record.pinned();
        }
        Some(record)
    }
}

fn parallel(wish: &Wish<'_>) -> Result<usize, Failure> {
    let Some(text) = wish.arguments.option("parallel") else {
        return Ok(1);
    };
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(Failure::new(format!(
            "`{text}` is no number of operations at a time: write 1 or more"
        ))),
    }
}

//! Plans for several packages, each made from what is on record in the cluster then.

use catalog_hooks::journal::Journal;
use catalog_hooks::plan::{OperationInput, OperationOptions, PinnedPlan, PlannedOperation};
use catalog_hooks::record::{InstalledRecord, RECORD_TYPE};
use catalog_hooks::simulator::FakeCluster;
use catalog_hooks::{OperationContext, Timestamp};
use catalog_model::version::Version;
use catalog_model::{
    Catalog, LoadOptions, MemorySource, Operation, OperationKind, PackageName, load,
};

use crate::package::{self, Renderer};

/// Where runs keep their things.
pub(crate) const HOME: &str = "catalog-system";

/// An operation to be planned. Unless it is said otherwise, the instance is in a namespace of its package's name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    pub(crate) package: &'static str,
    pub(crate) namespace: &'static str,
    pub(crate) kind: OperationKind,
    pub(crate) from: Option<&'static str>,
    pub(crate) to: Option<&'static str>,
    pub(crate) level: usize,
    pub(crate) options: OperationOptions,
}

/// Packages, and what plans for them are made with.
pub(crate) struct Fleet {
    source: MemorySource,
    catalog: Catalog,
}

/// A cluster with a home for runs.
pub(crate) fn cluster() -> FakeCluster {
    let mut cluster = FakeCluster::new(Timestamp::from_millis(1_790_000_000_000));
    cluster.add_namespace(HOME);
    cluster
}

impl Wish {
    pub(crate) fn new(
        package: &'static str,
        from: Option<&'static str>,
        to: Option<&'static str>,
    ) -> Self {
        let kind = match (from, to) {
            (None, _) => OperationKind::Install,
            (Some(_), None) => OperationKind::Uninstall,
            (Some(from), Some(to)) if from > to => OperationKind::Rollback,
            (Some(_), Some(_)) => OperationKind::Upgrade,
        };
        Self {
            package,
            namespace: package,
            kind,
            from,
            to,
            level: 0,
            options: OperationOptions::default(),
        }
    }

    pub(crate) fn inside(self, namespace: &'static str) -> Self {
        Self { namespace, ..self }
    }

    pub(crate) fn at_level(self, level: usize) -> Self {
        Self { level, ..self }
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut OperationOptions)) -> Self {
        change(&mut self.options);
        self
    }

    fn operation(&self) -> Operation {
        let name = PackageName::parse(self.package).unwrap();
        let version = |text: Option<&str>| Version::parse(text.unwrap()).unwrap();
        let place = self.namespace;
        match self.kind {
            OperationKind::Install => Operation::install(name, version(self.to), place),
            OperationKind::Uninstall => Operation::uninstall(name, version(self.from), place),
            OperationKind::Rollback => {
                Operation::rollback(name, version(self.from), version(self.to), place)
            }
            _ => Operation::upgrade(name, version(self.from), version(self.to), place),
        }
    }
}

impl Fleet {
    pub(crate) fn new(versions: impl IntoIterator<Item = package::Version>) -> Self {
        let source = package::source(versions);
        let loaded = load(&source, &LoadOptions::default()).unwrap();
        assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics());
        let catalog = loaded.into_catalog();
        Self { source, catalog }
    }

    /// A plan of these operations, in this order, on what is there: by the records, or by what the run before left that did not end.
    pub(crate) fn plan(
        &self,
        cluster: &FakeCluster,
        (run, before): (&str, Option<&PinnedPlan>),
        wishes: &[Wish],
    ) -> PinnedPlan {
        let planned = wishes.iter().map(|wish| {
            let there = installed(cluster, before, (wish.package, wish.namespace));
            let installed = there.map(|(record, _)| record);
            self.planned(cluster, run, (wish, installed.as_ref()))
        });
        PinnedPlan::new(run, HOME, planned.collect()).unwrap()
    }

    fn planned(
        &self,
        cluster: &FakeCluster,
        run: &str,
        (wish, installed): (&Wish, Option<&InstalledRecord>),
    ) -> PlannedOperation {
        let operation = wish.operation();
        let package = wish.package;
        let release = |version: Option<&Version>| self.catalog.release(package, version?);
        let uid = installed.map_or_else(
            || format!("{package}-of-{run}"),
            |record| record.release_uid().to_owned(),
        );
        let input = OperationInput {
            operation: &operation,
            context: &OperationContext::new(format!("{run}-{package}"), uid).unwrap(),
            from: release(operation.from()),
            to: release(operation.to()),
            installed,
            record: None,
            others: &records(cluster),
            renderer: &Renderer(&self.source),
            level: wish.level,
            options: wish.options,
        };
        PlannedOperation::new(input).unwrap().0
    }
}

/// What is on record of an instance.
pub(crate) fn record(
    cluster: &FakeCluster,
    (package, place): (&str, &str),
) -> Option<InstalledRecord> {
    let secret = cluster.object(&InstalledRecord::secret_ref(HOME, package, place))?;
    InstalledRecord::from_secret(&secret)
}

/// What is there of an instance: what the run before left of it that did not end, or what is on record; and whether that is an install which has
/// only begun.
pub(crate) fn installed(
    cluster: &FakeCluster,
    before: Option<&PinnedPlan>,
    (package, place): (&str, &str),
) -> Option<(InstalledRecord, bool)> {
    let record = record(cluster, (package, place));
    match before.and_then(|plan| left(cluster, plan, package)) {
        Some(left) => Some((left, record.is_none())),
        None => record.map(|record| (record, false)),
    }
}

/// What is on record of all packages.
pub(crate) fn records(cluster: &FakeCluster) -> Vec<InstalledRecord> {
    let secrets = cluster
        .objects()
        .filter(|object| object["type"] == RECORD_TYPE);
    let records = secrets.filter_map(|secret| InstalledRecord::from_secret(secret));
    records.collect()
}

/// What a run left of a package that did not end there.
fn left(cluster: &FakeCluster, plan: &PinnedPlan, package: &str) -> Option<InstalledRecord> {
    let journal = Journal::parse(cluster.journal()?).unwrap();
    if journal.plan() != plan.digest() {
        return None;
    }
    let both = plan.operations().iter().zip(journal.operations());
    let mut left = both.filter(|(planned, operation)| {
        planned.operation().package().as_str() == package && operation.status().is_open()
    });
    let (planned, operation) = left.next_back()?;
    InstalledRecord::left_by(planned, operation)
}

//! Plans for several packages, each made from what is on record in the cluster then.

use catalog_hooks::plan::{
    OperationInput, OperationOptions, PinnedPlan, PinnedRelease, PlannedOperation,
};
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

    /// A plan of these operations, in this order, on what is there by the records.
    pub(crate) fn plan(&self, cluster: &FakeCluster, run: &str, wishes: &[Wish]) -> PinnedPlan {
        self.plan_of(HOME, cluster, run, wishes)
    }

    /// The same, of a runner that keeps its things in this namespace.
    pub(crate) fn plan_of(
        &self,
        home: &str,
        cluster: &FakeCluster,
        run: &str,
        wishes: &[Wish],
    ) -> PinnedPlan {
        let planned = wishes.iter().map(|wish| {
            let installed = record_of(home, cluster, (wish.package, wish.namespace));
            self.planned((home, cluster), run, (wish, installed.as_ref()))
        });
        PinnedPlan::new(run, home, planned.collect()).unwrap()
    }

    fn planned(
        &self,
        (home, cluster): (&str, &FakeCluster),
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
            others: &records_of(home, cluster),
            renderer: &Renderer(&self.source),
            level: wish.level,
            options: wish.options,
        };
        let others = records_of(home, cluster);
        let pinned = others.iter().filter_map(|record| {
            let version = Version::parse(record.version()).unwrap();
            PinnedRelease::find(&mut cluster.clone(), home, record, &version).unwrap()
        });
        let pinned: Vec<PinnedRelease> = pinned.collect();
        PlannedOperation::with_pinned(input, &pinned).unwrap().0
    }
}

/// What is on record of an instance.
pub(crate) fn record(cluster: &FakeCluster, instance: (&str, &str)) -> Option<InstalledRecord> {
    record_of(HOME, cluster, instance)
}

/// The same, by the records in this namespace.
pub(crate) fn record_of(
    home: &str,
    cluster: &FakeCluster,
    (package, place): (&str, &str),
) -> Option<InstalledRecord> {
    let secret = cluster.object(&InstalledRecord::secret_ref(home, package, place))?;
    InstalledRecord::from_secret(&secret)
}

/// What is on record of all packages in this namespace.
pub(crate) fn records_of(home: &str, cluster: &FakeCluster) -> Vec<InstalledRecord> {
    let secrets = cluster
        .objects()
        .filter(|object| object["type"] == RECORD_TYPE && object["metadata"]["namespace"] == home);
    let records = secrets.filter_map(|secret| InstalledRecord::from_secret(secret));
    records.collect()
}

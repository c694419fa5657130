//! Packages, plans and clusters for tests of the lifecycle as a whole.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::fmt::Write as _;
use std::time::Duration;

use catalog_hooks::api::{ObjectRef, Request};
use catalog_hooks::module::{ModuleError, ModuleRenderer, RenderedModule};
use catalog_hooks::plan::{OperationInput, OperationOptions, PinnedPlan, PlannedOperation};
use catalog_hooks::record::InstalledRecord;
use catalog_hooks::simulator::{Exploration, FakeCluster, PodScript, Scenario};
use catalog_hooks::{Cluster, OperationContext, Timestamp};
use catalog_model::version::Version;
use catalog_model::{
    Catalog, LoadOptions, MemorySource, Module, Operation, PackageName, Release, load,
};
use serde_json::json;

/// A driver of ours takes all modules.
pub(crate) struct Driven;

impl ModuleRenderer for Driven {
    fn render(
        &self,
        _release: &Release,
        module: &Module,
        namespace: &str,
    ) -> Result<Option<RenderedModule>, ModuleError> {
        let input = json!({"module": module.name()});
        Ok(Some(RenderedModule::driver(
            module.name(),
            namespace,
            "test",
            input,
        )))
    }
}

/// A hook in a phase, with `more` fields of it, each on a line of its own.
pub(crate) fn hook(name: &str, more: &str) -> String {
    let lines: String = more.lines().fold(String::new(), |mut all, line| {
        let _ = writeln!(all, "  {line}");
        all
    });
    format!(
        "- name: {name}\n{lines}  job:\n    apiVersion: batch/v1\n    kind: Job\n    spec:\n      template:\n        spec:\n          containers:\n          - {{name: run, image: 'run:1'}}\n"
    )
}

/// An undo Job, as a field of a hook.
pub(crate) const UNDO: &str = "undo:\n  apiVersion: batch/v1\n  kind: Job\n  spec: {template: {spec: {containers: [{name: undo, image: 'undo:1'}]}}}\n";

/// A package `db` in versions 1.0 and 2.0, with these hooks in 2.0, and a ConfigMap among its definitions.
pub(crate) fn catalog(hooks: &str) -> Catalog {
    let definition = |version: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: db\ndata:\n  version: '{version}'\n"
        )
    };
    let mut files = Vec::new();
    for version in ["1.0", "2.0"] {
        files.push((
            format!("db/{version}/metadata.yaml"),
            format!("name: db\nversion: '{version}'\n"),
        ));
        files.push((
            format!("db/{version}/definitions/config.yaml"),
            definition(version),
        ));
    }
    files.push(("db/2.0/hooks/run.yaml".to_owned(), hooks.to_owned()));
    catalog_of(files)
}

/// A catalog of these files. It must have no errors.
pub(crate) fn catalog_of(files: Vec<(String, String)>) -> Catalog {
    let loaded = load(&MemorySource::from_iter(files), &LoadOptions::default()).unwrap();
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics());
    loaded.into_catalog()
}

/// The cluster in which the package is to be: a namespace for it, and one for the runner.
pub(crate) fn cluster() -> FakeCluster {
    let mut cluster = FakeCluster::new(Timestamp::from_millis(1_795_000_000_000));
    cluster.add_namespace("storage");
    cluster.add_namespace("runner");
    cluster
}

/// The plan of an operation on `db`.
pub(crate) fn plan(
    catalog: &Catalog,
    (from, to): (Option<&str>, Option<&str>),
    options: OperationOptions,
) -> PinnedPlan {
    let package = PackageName::parse("db").unwrap();
    let version = |text: &str| Version::parse(text).unwrap();
    let operation = match (from, to) {
        (None, Some(to)) => Operation::install(package, version(to), "storage"),
        (Some(from), Some(to)) => {
            Operation::upgrade(package, version(from), version(to), "storage")
        }
        (Some(from), None) => Operation::uninstall(package, version(from), "storage"),
        (None, None) => panic!("from nothing to nothing"),
    };
    plan_of(catalog, &operation, (None, options))
}

/// The same of any operation on `db`, and of what is on record of it.
pub(crate) fn plan_of(
    catalog: &Catalog,
    operation: &Operation,
    (installed, options): (Option<&InstalledRecord>, OperationOptions),
) -> PinnedPlan {
    let release = |version: Option<&Version>| catalog.release("db", version?);
    let context = OperationContext::new("operation-1", "release-1").unwrap();
    let (planned, _) = PlannedOperation::new(OperationInput {
        operation,
        context: &context,
        from: release(operation.from()),
        to: release(operation.to()),
        installed,
        record: None,
        others: &[],
        renderer: &Driven,
        level: 0,
        options,
    })
    .unwrap();
    PinnedPlan::new("run-1", "runner", vec![planned]).unwrap()
}

/// An upgrade of `db` from 1.0 to 2.0 with these hooks, in a cluster where 1.0 is.
pub(crate) fn upgrade(hooks: &str) -> Scenario {
    upgrade_in(cluster(), hooks)
}

/// The same in a cluster of the caller's.
pub(crate) fn upgrade_in(mut cluster: FakeCluster, hooks: &str) -> Scenario {
    let config = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "db", "namespace": "storage"}, "data": {"version": "1.0"}});
    let request = Request::Apply {
        object: config,
        force: false,
        dry_run: false,
    };
    cluster.call(&request).unwrap();
    let catalog = catalog(hooks);
    let plan = plan(
        &catalog,
        (Some("1.0"), Some("2.0")),
        OperationOptions::default(),
    );
    Scenario::new(cluster, plan)
}

/// What the pods of a hook do; those of its undo succeed.
pub(crate) fn script(
    cluster: &mut FakeCluster,
    hook: &str,
    pods: impl IntoIterator<Item = PodScript>,
) {
    let labels = [("catalog.dev/hook", hook), ("catalog.dev/role", "run")];
    cluster.script(&labels, pods);
}

pub(crate) fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// The Jobs of the package that are there.
pub(crate) fn jobs(cluster: &FakeCluster) -> Vec<ObjectRef> {
    let objects = cluster.objects().filter(|object| object["kind"] == "Job");
    objects.filter_map(|object| ObjectRef::of(object)).collect()
}

/// Fails with what was found, the most frequent first.
pub(crate) fn expect_nothing(what: &str, exploration: &Exploration) {
    let mut text = String::new();
    for (violation, (count, first)) in exploration.summary() {
        let _ = writeln!(text, "{count} × {violation}\n    first: {first}");
    }
    for finding in exploration.findings.iter().take(20) {
        let _ = writeln!(text, "{finding}");
    }
    assert!(
        text.is_empty(),
        "{what}, {} runs:\n{text}",
        exploration.runs
    );
}

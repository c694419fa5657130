//! What is found of a release in the plan that brought it is enough to uninstall it, or to go back to it, without a catalog.
#![cfg(feature = "simulator")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod lifecycle;

use catalog_hooks::api::{ObjectRef, Request};
use catalog_hooks::plan::{
    OperationInput, OperationOptions, PinnedPlan, PinnedRelease, PlanLoadErrorKind,
    PlannedOperation,
};
use catalog_hooks::record::InstalledRecord;
use catalog_hooks::simulator::{FakeCluster, Scenario};
use catalog_hooks::{Cluster, OperationContext, Timestamp};
use catalog_model::version::Version;
use catalog_model::{
    Catalog, FolderSource, LoadOptions, MemorySource, Operation, Package, Phase, Release, load,
};
use lifecycle::{Driven, hook};

const NAMESPACE: &str = "here";
const HOME: &str = "catalog-system";

/// The catalog of the example programs.
fn observability() -> Catalog {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/catalogs/observability"
    );
    let source = FolderSource::open(folder).unwrap();
    load(&source, &LoadOptions::default())
        .unwrap()
        .into_catalog()
}

fn planned(
    operation: &Operation,
    [from, to]: [Option<&Release>; 2],
    (installed, pinned): (Option<&InstalledRecord>, &[PinnedRelease]),
) -> PlannedOperation {
    let input = OperationInput {
        operation,
        context: &OperationContext::new("operation", "release").unwrap(),
        from,
        to,
        installed,
        record: None,
        others: &[],
        renderer: &Driven,
        level: 0,
        options: OperationOptions::default(),
    };
    PlannedOperation::with_pinned(input, pinned).unwrap().0
}

fn install(release: &Release) -> PinnedPlan {
    let package = release.package().clone();
    let operation = Operation::install(package, release.version().clone(), NAMESPACE);
    let planned = planned(&operation, [None, Some(release)], (None, &[]));
    PinnedPlan::new("run", HOME, vec![planned]).unwrap()
}

/// The release, out of its plan as that is read again.
fn pinned(release: &Release) -> PinnedRelease {
    let plan = PinnedPlan::parse(&install(release).to_text()).unwrap();
    let package = release.package().as_str();
    plan.brings(package, NAMESPACE, release.version()).unwrap()
}

#[test]
fn hooks_and_conditions_are_those_of_the_author() {
    let catalog = observability();
    let mut hooks = 0;
    for release in catalog.packages().flat_map(Package::releases) {
        let found = pinned(release);
        assert_eq!(found.release().conditions(), release.conditions());
        assert_eq!(found.release().actions(), release.actions());
        for phase in Phase::ALL {
            let both = [release, found.release()].map(|one| one.hooks(phase).collect::<Vec<_>>());
            assert_eq!(both[0], both[1], "{} {phase}", release.package());
            hooks += both[0].len();
        }
    }
    assert!(hooks > 10, "{hooks}");
}

#[test]
fn plans_are_the_same_with_a_catalog_and_without() {
    let catalog = observability();
    for package in catalog.packages() {
        for pair in package.releases().windows(2) {
            let [old, new] = [&pair[0], &pair[1]];
            let [a, b] = [old, new].map(|release| release.version().clone());
            let name = package.name();
            let pins = [pinned(old), pinned(new)];
            for operation in [
                Operation::uninstall(name.clone(), b.clone(), NAMESPACE),
                Operation::rollback(name.clone(), b, a, NAMESPACE),
            ] {
                let to = operation.to().map(|_| old);
                let with = planned(&operation, [Some(new), to], (None, &[]));
                let without = planned(&operation, [None, None], (None, &pins));
                assert_eq!(without, with, "{operation}");
            }
        }
    }
}

#[test]
fn actions_are_those_of_the_author() {
    let job = "{apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: dump, image: 'dump:1'}]}}}}";
    let hooks = format!(
        "actions:\n- name: dump\n  description: '# dumps'\n  timeout: 90s\n  parameters: {{type: object, properties: {{to: {{type: string, default: '012'}}}}}}\n  job: {job}\n- name: check\n  job: {job}\n"
    );
    let source = MemorySource::from_iter([
        (
            "db/1.0/metadata.yaml",
            "name: db\nversion: '1.0'\n".to_owned(),
        ),
        ("db/1.0/hooks/actions.yaml", hooks),
    ]);
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    let release = loaded.catalog().release("db", &version("1.0")).unwrap();
    assert_eq!(release.actions().len(), 2);
    assert_eq!(pinned(release).release().actions(), release.actions());
}

/// A cluster on which `db` was installed in 1.0 and upgraded to 2.0.
fn upgraded() -> (FakeCluster, InstalledRecord) {
    let hooks = format!("pre-uninstall:\n{}", hook("backup", ""));
    let catalog = lifecycle::catalog(&hooks);
    let package = catalog.package("db").unwrap();
    let [old, new] = [&package.releases()[0], &package.releases()[1]];
    let mut cluster = FakeCluster::new(Timestamp::from_millis(1_790_000_000_000));
    cluster.add_namespace(HOME);
    let first = Scenario::new(cluster, install(old)).run(&[]).cluster;
    let mut cluster = first;
    cluster.lose_journal();
    let record = record(&mut cluster);
    let [a, b] = [old, new].map(|release| release.version().clone());
    let operation = Operation::upgrade(package.name().clone(), a, b, NAMESPACE);
    let upgrade = planned(&operation, [Some(old), Some(new)], (Some(&record), &[]));
    let plan = PinnedPlan::new("upgrade", HOME, vec![upgrade]).unwrap();
    let mut cluster = Scenario::new(cluster, plan).run(&[]).cluster;
    let record = self::record(&mut cluster);
    (cluster, record)
}

fn record(cluster: &mut FakeCluster) -> InstalledRecord {
    let place = InstalledRecord::secret_ref(HOME, "db", NAMESPACE);
    InstalledRecord::from_secret(&cluster.object(&place).unwrap()).unwrap()
}

fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

fn secrets(cluster: &FakeCluster, digest: &str) -> Vec<ObjectRef> {
    let is_part = |name: &str| name.starts_with(&format!("catalog-plan-{digest}"));
    let all = cluster.objects().filter_map(|object| ObjectRef::of(object));
    all.filter(|object| is_part(object.name())).collect()
}

#[test]
fn it_is_found_through_the_record() {
    let (mut cluster, record) = upgraded();
    assert_eq!((record.version(), record.namespace()), ("2.0", NAMESPACE));
    for text in ["1.0", "2.0"] {
        let found = PinnedRelease::find(&mut cluster, HOME, &record, &version(text)).unwrap();
        let found = found.unwrap();
        assert_eq!(found.release().version().as_str(), text);
        assert_eq!(found.content().definitions()[0]["data"]["version"], text);
        let hooks = found.release().hooks(Phase::PreUninstall).count();
        assert_eq!(hooks, usize::from(text == "2.0"));
    }
    let other = PinnedRelease::find(&mut cluster, HOME, &record, &version("3.0"));
    assert_eq!(other, Ok(None));
}

#[test]
fn what_is_missing_or_damaged_is_told() {
    let (mut cluster, record) = upgraded();
    let [old, new] = [&record.plans()[0], &record.plans()[1]];
    assert_eq!(PinnedPlan::load(&mut cluster, HOME, "0123"), Ok(None));

    // A Secret of another plan under this one's label.
    let target = secrets(&cluster, old).remove(0);
    let mut other = cluster.object(&target).unwrap().as_ref().clone();
    let theirs = secrets(&cluster, new).remove(0);
    other["data"] = cluster.object(&theirs).unwrap()["data"].clone();
    let delete = Request::delete(target, None);
    cluster.call(&delete).unwrap();
    other["metadata"]["resourceVersion"].take();
    let create = Request::Create {
        object: other,
        dry_run: false,
    };
    cluster.call(&create).unwrap();
    let error = PinnedPlan::load(&mut cluster, HOME, old).unwrap_err();
    assert_eq!(error.kind(), PlanLoadErrorKind::Damaged);
    let said = error.to_string();
    assert!(said.contains(old) && said.contains(new), "{said}");

    // What another plan has is found all the same, and what none has is told.
    let mut find = |text| PinnedRelease::find(&mut cluster, HOME, &record, &version(text));
    assert!(find("2.0").unwrap().is_some());
    assert!(find("1.0").is_err());
    cluster.deny("list", "Secret");
    let error = PinnedPlan::load(&mut cluster, HOME, new).unwrap_err();
    assert_eq!(error.kind(), PlanLoadErrorKind::Cluster);
}

//! Carries plans out, and holds what came of them against the model, the clusters and the invariants.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use catalog_hooks::Decision;
use catalog_hooks::api::ObjectRef;
use catalog_hooks::journal::{Journal, OperationStatus};
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::simulator::{FakeCluster, Happening, Run, Scenario};
use catalog_model::OperationKind;
use serde_json::json;

use crate::driven::{Wrong, drive};
use crate::fleet::{Fleet, Wish, cluster, record};
use crate::model;
use crate::package::{Version, config, job};
use crate::shape::{PACKAGES, Shape};

/// Three packages in two versions, with hooks around everything, an object that only one version has, and a module that a driver deploys.
fn packages() -> Fleet {
    let version = |package: &str, version: &str| {
        let mut one = Version::new(package, version)
            .definition("definition", &config("definition", version))
            .object(config("settings", version))
            .object(config(&format!("only-{version}"), version))
            .chart("engine");
        for kind in ["install", "upgrade", "rollback", "uninstall"] {
            let undo = json!({"undo": job("undo")});
            let (before, after) = (format!("pre-{kind}"), format!("post-{kind}"));
            one = one.hook(&before, &format!("before-{package}"), undo).hook(
                &after,
                &format!("after-{package}"),
                json!({}),
            );
        }
        one
    };
    let both = |package| ["1.0", "2.0"].map(|number| version(package, number));
    Fleet::new(PACKAGES.into_iter().flat_map(both))
}

/// From which version to which an operation goes.
fn way(kind: OperationKind) -> (Option<&'static str>, Option<&'static str>) {
    match kind {
        OperationKind::Install => (None, Some("1.0")),
        OperationKind::Upgrade => (Some("1.0"), Some("2.0")),
        OperationKind::Rollback => (Some("2.0"), Some("1.0")),
        _ => (Some("1.0"), None),
    }
}

/// The clusters that plans begin on: each with what its operations begin with.
struct Worlds {
    fleet: Fleet,
    begun: BTreeMap<Vec<OperationKind>, FakeCluster>,
}

impl Worlds {
    fn new(all: &[Shape]) -> Self {
        let fleet = packages();
        let mut begun = BTreeMap::new();
        for shape in all {
            begun
                .entry(shape.kinds.clone())
                .or_insert_with_key(|kinds| installed(&fleet, kinds));
        }
        Self { fleet, begun }
    }

    fn plan(&self, shape: &Shape) -> PinnedPlan {
        let all = PACKAGES.iter().zip(&shape.kinds).zip(&shape.levels);
        let wishes: Vec<Wish> = all
            .map(|((package, kind), level)| {
                let (from, to) = way(*kind);
                Wish::new(package, from, to).at_level(*level)
            })
            .collect();
        let plan = self.fleet.plan(&self.begun[&shape.kinds], "run-2", &wishes);
        let plan = plan.with_parallel(shape.parallel);
        if shape.unwinds {
            plan.unwinding()
        } else {
            plan
        }
    }
}

fn installed(fleet: &Fleet, kinds: &[OperationKind]) -> FakeCluster {
    let mut cluster = cluster();
    let all = PACKAGES.iter().zip(kinds);
    let wishes: Vec<Wish> = all
        .filter_map(|(package, kind)| {
            let from = way(*kind).0?;
            let wish = Wish::new(package, None, Some(from));
            Some(wish.with(|options| options.skip_hooks = true))
        })
        .collect();
    if !wishes.is_empty() {
        let plan = Arc::new(fleet.plan(&cluster, "run-1", &wishes));
        drive(&mut cluster, &plan, (None, None));
        cluster.lose_journal();
    }
    cluster
}

/// What stands in the cluster of a package.
fn standing(cluster: &FakeCluster, package: &str) -> Vec<String> {
    let names = ["definition", "settings", "only-1.0", "only-2.0"];
    let objects = names.iter().filter_map(|name| {
        let object = cluster.object(&ObjectRef::namespaced("v1", "ConfigMap", package, *name))?;
        Some(format!(
            "{name} {}",
            object["data"]["text"].as_str().unwrap()
        ))
    });
    let record =
        record(cluster, (package, package)).map(|record| format!("record {}", record.version()));
    objects.chain(record).collect()
}

/// What has to stand there of a version.
fn whole(version: Option<&str>) -> Vec<String> {
    let of = |version: &str| {
        vec![
            format!("definition {version}"),
            format!("settings {version}"),
            format!("only-{version} {version}"),
            format!("record {version}"),
        ]
    };
    version.map(of).unwrap_or_default()
}

fn statuses(journal: &Journal) -> Vec<OperationStatus> {
    journal
        .operations()
        .iter()
        .map(|one| one.status())
        .collect()
}

/// Carries one shape out. What is wrong with what came of it, if anything is.
fn look_at(worlds: &Worlds, shape: &Shape) -> (Vec<OperationStatus>, Vec<String>) {
    let plan = worlds.plan(shape);
    let scenario = Scenario::new(worlds.begun[&shape.kinds].clone(), plan);
    let mut cluster = scenario.cluster().clone();
    let wrong = shape
        .failing
        .map(|(place, stage)| Wrong::new((place, shape.kinds[place]), stage, &mut cluster));
    let (outcome, journal) = drive(&mut cluster, scenario.plan(), (None, wrong));
    let statuses = statuses(&journal);
    let expected = model::expected(shape);
    let mut found = Vec::new();
    if !expected.contains(&statuses) {
        found.push(format!("it came to {statuses:?}, not to {expected:?}"));
    }
    if outcome != model::outcome(&statuses) {
        found.push(format!("{statuses:?} is called {outcome:?}"));
    }
    found.extend(misplaced(shape, &cluster, &statuses));
    let begun = scenario.cluster().trace().len();
    for (package, status) in PACKAGES.iter().zip(&statuses) {
        if *status == OperationStatus::NotStarted && touched(&cluster, begun, package) {
            found.push(format!("{package} was not started, and was changed"));
        }
    }
    let run = Run {
        cluster: cluster.clone(),
        outcome: Some(outcome),
        effects: Vec::new(),
        runners: 1,
        decisions: 0,
    };
    found.extend(scenario.violations(&run));
    if !shape.unwinds {
        found.extend(resumed(shape, cluster, (scenario.plan(), &statuses)));
    }
    (statuses, found)
}

/// Packages of which something else stands there than their operations say.
fn misplaced(shape: &Shape, cluster: &FakeCluster, statuses: &[OperationStatus]) -> Vec<String> {
    let mut found = Vec::new();
    for (place, status) in statuses.iter().enumerate() {
        let (from, to) = way(shape.kinds[place]);
        let expected = match status {
            OperationStatus::Done => whole(to),
            OperationStatus::Unchanged
            | OperationStatus::RolledBack
            | OperationStatus::NotStarted => whole(from),
            _ => continue,
        };
        let there = standing(cluster, PACKAGES[place]);
        if there != expected {
            found.push(format!(
                "{} is {status:?}, and {there:?} stands there",
                PACKAGES[place]
            ));
        }
    }
    found
}

/// Whether anything of a package was changed since.
fn touched(cluster: &FakeCluster, begun: usize, package: &str) -> bool {
    let events = &cluster.trace()[begun..];
    events.iter().any(|event| match &event.what {
        Happening::Changed { object, .. } => object.namespace() == Some(package),
        _ => false,
    })
}

/// What is wrong after the run was told to go on, when nothing more goes wrong.
fn resumed(
    shape: &Shape,
    mut cluster: FakeCluster,
    (plan, before): (&Arc<PinnedPlan>, &[OperationStatus]),
) -> Vec<String> {
    if !before.iter().any(|one| one.is_open()) {
        return Vec::new();
    }
    let (_, journal) = drive(&mut cluster, plan, (Some(Decision::Resume), None));
    let after = statuses(&journal);
    let mut found = misplaced(shape, &cluster, &after);
    if after.iter().any(|one| *one != OperationStatus::Done) {
        found.push(format!(
            "after {before:?} it was resumed, and came to {after:?}"
        ));
    }
    found
}

/// Looks at all of these on all processors, and fails with what is wrong. How many runs ended how.
pub(crate) fn look_at_all(all: &[Shape]) -> BTreeMap<String, usize> {
    let worlds = Worlds::new(all);
    let next = AtomicUsize::new(0);
    let some = || {
        let mut counts = BTreeMap::<String, usize>::new();
        let mut found = Vec::new();
        while let Some(shape) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (statuses, wrong) = look_at(&worlds, shape);
            *counts
                .entry(format!("{:?}", model::outcome(&statuses)))
                .or_default() += 1;
            found.extend(wrong.into_iter().map(|one| format!("{shape}: {one}")));
        }
        (counts, found)
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let parts: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(some)).collect();
        threads.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let mut counts = BTreeMap::<String, usize>::new();
    for (outcome, count) in parts.iter().flat_map(|(counts, _)| counts) {
        *counts.entry(outcome.clone()).or_default() += count;
    }
    let found: Vec<&String> = parts.iter().flat_map(|(_, found)| found).collect();
    let first: Vec<&&String> = found.iter().take(20).collect();
    assert!(
        found.is_empty(),
        "{} of {}: {first:#?}",
        found.len(),
        all.len()
    );
    counts
}

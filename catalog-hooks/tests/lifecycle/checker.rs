//! The checker of the invariants itself: worlds that are as they must not be, and deletions that must not happen, made by hand.

use catalog_hooks::api::{ObjectRef, PatchKind, Request};
use catalog_hooks::journal::{Journal, OperationStatus};
use catalog_hooks::label;
use catalog_hooks::record::InstalledRecord;
use catalog_hooks::simulator::{FakeCluster, Run, Scenario};
use serde_json::{Value, json};

use crate::hops::{create, role};
use crate::package::{Version, config, crd};
use crate::world::{HOME, Wish, World, fails, install, uninstall, upgrade};

/// What the checker says after these operations, and after what `change` did to the cluster behind their back.
fn after(world: &mut World, wishes: &[Wish], change: impl FnOnce(&mut FakeCluster)) -> Vec<String> {
    let before = world.cluster.get().clone();
    let run = world.run(wishes);
    change(&mut world.cluster.get());
    let run_of_it = Run {
        cluster: world.cluster.get().clone(),
        outcome: Some(run.outcome),
        effects: Vec::new(),
        runners: 1,
        decisions: 0,
    };
    Scenario::new(before, run.plan).violations(&run_of_it)
}

/// Takes an object off what is on record of a package.
fn unwritten(cluster: &mut FakeCluster, package: &str, object: &ObjectRef) {
    let target = InstalledRecord::secret_ref(HOME, package, package);
    let record = InstalledRecord::from_secret(&cluster.object(&target).unwrap()).unwrap();
    let mut record = serde_json::to_value(record).unwrap();
    let ledger = record["ledger"].as_array_mut().unwrap();
    let is_it = |entry: &Value| entry["object"] == serde_json::to_value(object).unwrap();
    assert!(ledger.iter().any(is_it), "{ledger:?}");
    ledger.retain(|entry| !is_it(entry));
    let record: InstalledRecord = serde_json::from_value(record).unwrap();
    let request = Request::Patch {
        target,
        patch: json!({"data": record.to_secret(HOME)["data"]}),
        kind: PatchKind::Merge,
    };
    cluster.meddle(&request).unwrap();
}

/// Says on the record of a package that all its objects were made for it, by these uids.
fn made_for_it(cluster: &mut FakeCluster, package: &str) {
    let target = InstalledRecord::secret_ref(HOME, package, package);
    let record = InstalledRecord::from_secret(&cluster.object(&target).unwrap()).unwrap();
    let mut record = serde_json::to_value(record).unwrap();
    for entry in record["ledger"].as_array_mut().unwrap() {
        entry["origin"] = "release".into();
    }
    let record: InstalledRecord = serde_json::from_value(record).unwrap();
    assert!(
        record
            .ledger()
            .iter()
            .all(|entry| !entry.origin.is_others())
    );
    let request = Request::Patch {
        target,
        patch: json!({"data": record.to_secret(HOME)["data"]}),
        kind: PatchKind::Merge,
    };
    cluster.meddle(&request).unwrap();
}

/// What the checker says if a runner of these operations deletes an object while one of them is under way.
fn deleting(
    world: &mut World,
    (wishes, place): (&[Wish], usize),
    object: &ObjectRef,
) -> Vec<String> {
    let plan = world.plan(wishes);
    let scenario = Scenario::new(world.cluster.get().clone(), plan);
    let undisturbed = scenario.violations(&scenario.run(&[]));
    assert!(undisturbed.is_empty(), "{undisturbed:#?}");
    let mut is_done = false;
    let run = scenario.run_with(&[], &mut |_, cluster| {
        let journal = cluster.journal().map(|text| Journal::parse(text).unwrap());
        let is_under_way = journal.is_some_and(|journal| {
            journal.plan() == scenario.plan().digest()
                && journal.operations()[place].status() == OperationStatus::Running
        });
        if is_under_way && !is_done {
            is_done = true;
            let there = cluster.object(object).unwrap();
            let uid = there["metadata"]["uid"].as_str().map(str::to_owned);
            let request = Request::delete(object.clone(), uid);
            cluster.late("runner-1", &request).unwrap();
        }
    });
    assert!(is_done);
    scenario.violations(&run)
}

fn says(found: &[String], invariant: &str, object: &ObjectRef) {
    let is_it = |line: &&String| line.starts_with(invariant) && line.ends_with(&object.to_string());
    assert!(found.iter().any(|line| is_it(&line)), "{found:#?}");
}

const OWNED: &str = "what carries our label";
const UNASKED: &str = "no data goes unasked";
const OTHERS: &str = "what others have is never deleted";

#[test]
fn the_ledger_of_another_release_makes_nothing_known() {
    let mut world = World::new(
        ["a", "b"].map(|package| Version::new(package, "1.0").definition("role", &role(&["get"]))),
    );
    world.run(&[install("a", "1.0")]);
    let object = ObjectRef::of(&role(&[])).unwrap();
    // It carries the label of the one that wrote it last.
    let found = after(&mut world, &[install("b", "1.0")], |cluster| {
        unwritten(cluster, "b", &object);
    });
    says(&found, OWNED, &object);
}

#[test]
fn what_was_said_to_stay_of_a_release_that_is_there_has_to_be_on_record() {
    let mut world = World::new([
        Version::new("db", "1.0").object(config("one", "1")),
        Version::new("db", "2.0").crd("Gadget", &["v1"]).hook(
            "post-upgrade",
            "migrate",
            json!({"onFailure": "rollback"}),
        ),
    ]);
    world.script("migrate", fails());
    world.run(&[install("db", "1.0")]);
    let object = ObjectRef::of(&crd("Gadget", &["v1"])).unwrap();
    let found = after(&mut world, &[upgrade("db", "1.0", "2.0")], |cluster| {
        unwritten(cluster, "db", &object);
    });
    says(&found, OWNED, &object);
}

#[test]
fn an_operation_on_what_is_on_no_record_excuses_no_other() {
    let mut world = World::new([
        Version::new("a", "1.0").object(config("one", "1")),
        Version::new("a", "2.0").object(config("one", "2")),
        Version::new("b", "1.0").object(config("two", "1")),
    ]);
    world.run(&[install("a", "1.0")]);
    let record = InstalledRecord::secret_ref(HOME, "a", "a");
    world.cluster.get().force_delete(&record);
    let both = [upgrade("a", "1.0", "2.0"), install("b", "1.0").at_level(1)];
    let object = ObjectRef::namespaced("v1", "ConfigMap", "b", "two");
    let found = after(&mut world, &both, |cluster| {
        unwritten(cluster, "b", &object);
    });
    says(&found, OWNED, &object);
}

/// Two packages, each with a kind of its own, of which there is an object.
fn with_kinds() -> World {
    let mut world = World::new([
        Version::new("a", "1.0").crd("Gadget", &["v1"]),
        Version::new("b", "1.0").crd("Gizmo", &["v1"]),
    ]);
    world.run(&[install("a", "1.0"), install("b", "1.0").at_level(1)]);
    world
        .cluster
        .get()
        .advance(std::time::Duration::from_secs(5));
    create(&mut world.cluster.get(), gadget());
    world
}

fn gadget() -> Value {
    json!({"apiVersion": "example.com/v1", "kind": "Gadget", "metadata": {"name": "one", "namespace": "default"}})
}

#[test]
fn who_asks_for_the_namespace_to_go_does_not_ask_for_definitions() {
    let asks = uninstall("a", "1.0").with(|options| options.delete_namespace = true);
    let object = ObjectRef::of(&crd("Gadget", &["v1"])).unwrap();
    says(
        &deleting(&mut with_kinds(), (&[asks], 0), &object),
        UNASKED,
        &object,
    );
}

#[test]
fn who_asks_for_data_to_go_does_not_ask_for_the_namespace() {
    let asks = uninstall("a", "1.0").with(|options| options.delete_data = true);
    let object = ObjectRef::cluster("v1", "Namespace", "a");
    says(
        &deleting(&mut with_kinds(), (&[asks], 0), &object),
        UNASKED,
        &object,
    );
}

#[test]
fn an_operation_asks_for_itself_alone() {
    let both = [
        uninstall("a", "1.0").with(|options| options.delete_data = true),
        uninstall("b", "1.0").at_level(1),
    ];
    let object = ObjectRef::of(&crd("Gizmo", &["v1"])).unwrap();
    for place in [0, 1] {
        let found = deleting(&mut with_kinds(), (&both, place), &object);
        says(&found, UNASKED, &object);
    }
}

#[test]
fn custom_resources_are_data_too() {
    let object = ObjectRef::of(&gadget()).unwrap();
    let found = deleting(&mut with_kinds(), (&[uninstall("a", "1.0")], 0), &object);
    says(&found, UNASKED, &object);
}

#[test]
fn custom_resources_of_a_kind_that_was_there_before_are_others() {
    let mut world = World::new([Version::new("a", "1.0").crd("Gadget", &["v1"])]);
    create(&mut world.cluster.get(), crd("Gadget", &["v1"]));
    world.run(&[install("a", "1.0")]);
    create(&mut world.cluster.get(), gadget());
    let asks = uninstall("a", "1.0").with(|options| {
        options.delete_data = true;
        options.delete_custom_resources = true;
    });
    for object in [gadget(), crd("Gadget", &["v1"])] {
        let object = ObjectRef::of(&object).unwrap();
        let found = deleting(&mut world, (std::slice::from_ref(&asks), 0), &object);
        says(&found, OTHERS, &object);
    }
}

#[test]
fn what_a_release_has_that_the_run_is_not_about_is_never_deleted() {
    let mut world = World::new(
        ["a", "b"].map(|package| Version::new(package, "1.0").definition("role", &role(&["get"]))),
    );
    world.run(&[install("a", "1.0")]);
    world.run(&[install("b", "1.0")]);
    let object = ObjectRef::of(&role(&[])).unwrap();
    let found = deleting(&mut world, (&[uninstall("a", "1.0")], 0), &object);
    says(&found, OTHERS, &object);
}

#[test]
fn what_somebody_made_is_somebodys_whatever_the_ledger_says() {
    let mut world = World::new([Version::new("a", "1.0").definition("role", &role(&["get"]))]);
    create(&mut world.cluster.get(), role(&["get"]));
    world.run(&[install("a", "1.0")]);
    made_for_it(&mut world.cluster.get(), "a");
    let object = ObjectRef::of(&role(&[])).unwrap();
    // Nor does what stands on the object say it.
    let unmark = Request::Patch {
        target: object.clone(),
        patch: json!({"metadata": {"annotations": {label::EXISTED: null}}}),
        kind: PatchKind::Merge,
    };
    world.cluster.get().late("runner-1", &unmark).unwrap();
    let found = after(&mut world, &[uninstall("a", "1.0")], |_| {});
    says(&found, OTHERS, &object);
}

/// What the checker says if a runner of an upgrade changes an object that was made and set so before.
fn changing(made_by: &str, object: &Value, change: Value) -> Vec<String> {
    let mut world = World::new([
        Version::new("a", "1.0").object(config("one", "1")),
        Version::new("a", "2.0").object(config("one", "2")),
    ]);
    world.run(&[install("a", "1.0")]);
    let request = Request::Create {
        object: object.clone(),
        dry_run: false,
    };
    world.cluster.get().late(made_by, &request).unwrap();
    after(&mut world, &[upgrade("a", "1.0", "2.0")], |cluster| {
        let patch = Request::Patch {
            target: ObjectRef::of(object).unwrap(),
            patch: change,
            kind: PatchKind::Merge,
        };
        cluster.late("runner-1", &patch).unwrap();
    })
}

#[test]
fn what_somebody_has_set_is_not_overwritten() {
    let mut theirs = config("theirs", "theirs");
    theirs["metadata"]["namespace"] = "default".into();
    let set = "what others have set stays";
    let found = changing("somebody", &theirs, json!({"data": {"text": "ours"}}));
    assert!(found.iter().any(|line| line.starts_with(set)), "{found:#?}");
    let found = changing("somebody", &theirs, json!({"data": {"more": "ours"}}));
    assert_eq!(found, [""; 0]);
}

#[test]
fn what_is_on_record_elsewhere_is_not_changed() {
    let mut theirs = config("theirs", "theirs");
    theirs["metadata"]["namespace"] = "default".into();
    theirs["metadata"]["annotations"] = json!({"catalog.dev/home": "elsewhere"});
    let object = ObjectRef::of(&theirs).unwrap();
    let found = changing("runner-1", &theirs, json!({"data": {"more": "ours"}}));
    says(&found, "what is on record elsewhere", &object);
}

//! Several operations on one instance in one run.

use catalog_hooks::Outcome;
use catalog_hooks::api::{ObjectRef, Request};
use catalog_hooks::plan::{PinnedPlan, PlanErrorKind};
use catalog_hooks::simulator::FakeCluster;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::package::{Version, config};
use crate::world::{HOME, World, fails, install, uninstall, upgrade};

pub(crate) fn create(cluster: &mut FakeCluster, object: Value) {
    cluster
        .meddle(&Request::Create {
            object,
            dry_run: false,
        })
        .unwrap();
}

pub(crate) fn role(verbs: &[&str]) -> Value {
    json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "shared"}, "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": verbs}]})
}

/// An install, and an upgrade whose hook fails and has it taken back.
fn hops() -> World {
    let world = World::new([
        Version::new("db", "1.0").object(config("settings", "1")),
        Version::new("db", "2.0")
            .object(config("settings", "1"))
            .hook("post-upgrade", "migrate", json!({"onFailure": "rollback"})),
    ]);
    world.script("migrate", fails());
    world
}

#[test]
fn hop_taken_back_keeps_what_was_there_before() {
    let mut world = hops();
    world.cluster.get().add_namespace("db");
    let mut theirs = config("settings", "1");
    theirs["metadata"]["namespace"] = "db".into();
    create(&mut world.cluster.get(), theirs);
    world.run(&[
        install("db", "1.0"),
        upgrade("db", "1.0", "2.0").at_level(1),
    ]);
    world.run(&[uninstall("db", "1.0")]);
    let there = world.object(&ObjectRef::namespaced("v1", "ConfigMap", "db", "settings"));
    assert!(there.is_some(), "a foreign object was deleted");
}

#[test]
fn hop_taken_back_keeps_its_plan() {
    let mut world = hops();
    let run = world.run(&[
        install("db", "1.0"),
        upgrade("db", "1.0", "2.0").at_level(1),
    ]);
    let record = world.record("db").unwrap();
    assert!(
        record.plans().contains(&run.plan.digest().to_owned()),
        "{:?}",
        record.plans()
    );
}

#[test]
fn hop_unwound_leaves_no_record() {
    let mut world = hops();
    let plan = world
        .plan(&[
            install("db", "1.0"),
            upgrade("db", "1.0", "2.0").at_level(1),
        ])
        .unwinding();
    world.begin(plan);
    assert!(
        world.record("db").is_none(),
        "{:#?} {:?}",
        world.record("db"),
        world.objects()
    );
}

#[test]
fn what_came_back_in_a_later_hop_is_shared_again() {
    let mut world = World::new([
        Version::new("a", "1.0").definition("role", &role(&["get"])),
        Version::new("b", "1.0").definition("role", &role(&["get"])),
        Version::new("b", "2.0").object(config("x", "1")),
        Version::new("b", "3.0").definition("role", &role(&["get"])),
    ]);
    world.run(&[install("a", "1.0")]);
    world.run(&[install("b", "1.0")]);
    world.run(&[
        upgrade("b", "1.0", "2.0"),
        upgrade("b", "2.0", "3.0").at_level(1),
        uninstall("a", "1.0").at_level(2),
    ]);
    assert!(
        world.object(&ObjectRef::of(&role(&[])).unwrap()).is_some(),
        "what b 3.0 has was deleted"
    );
}

#[test]
fn what_came_back_by_unwinding_is_shared_again() {
    let mut world = World::new([
        Version::new("a", "1.0").definition("role", &role(&["get"])),
        Version::new("b", "1.0").definition("role", &role(&["get"])),
        Version::new("b", "2.0").object(config("x", "1")).hook(
            "post-upgrade",
            "migrate",
            json!({}),
        ),
    ]);
    world.script("migrate", fails());
    world.run(&[install("b", "1.0")]);
    let plan = world
        .plan(&[install("a", "1.0"), upgrade("b", "1.0", "2.0").at_level(1)])
        .unwinding();
    world.begin(plan);
    assert!(
        world.object(&ObjectRef::of(&role(&[])).unwrap()).is_some(),
        "what b 1.0 has was deleted"
    );
}

/// What the second begins with is what the first leaves, though both were planned from what is on record now.
#[test]
fn hops_are_planned_from_what_is_on_record_now() {
    let version = |number: &str| Version::new("db", number).object(config(number, number));
    let mut world = World::new(["1.0", "2.0", "3.0"].map(version));
    world.run(&[install("db", "1.0")]);
    let plan = world.plan(&[
        upgrade("db", "1.0", "2.0"),
        upgrade("db", "2.0", "3.0").at_level(1),
    ]);
    let [first, second] = plan.operations() else {
        panic!("{plan:?}")
    };
    assert_eq!(first.installed(), world.record("db").as_ref());
    assert_eq!(second.installed().unwrap().version(), "2.0");
    let names: Vec<&str> = second
        .previous()
        .iter()
        .map(|one| one.object.name())
        .collect();
    assert_eq!(names, ["2.0"]);
    let release = second.record().unwrap().release().clone();
    assert_eq!(release["history"], json!(["1.0", "2.0"]));
    assert_eq!(PinnedPlan::parse(&plan.to_text()).unwrap(), plan);

    let run = world.begin(plan);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    let objects = ["ConfigMap db/3.0", "Namespace db"];
    assert_eq!(world.objects(), objects);
    assert_eq!(world.record("db").unwrap().release(), &release);
}

/// What others have of that which only the first brings counts for the second too.
#[test]
fn a_hop_leaves_to_others_what_the_one_before_brought() {
    let with_role = |package: &str, version: &str| {
        Version::new(package, version).definition("role", &role(&["get"]))
    };
    let mut world = World::new([
        with_role("a", "1.0"),
        Version::new("b", "1.0"),
        with_role("b", "2.0"),
        Version::new("b", "3.0"),
    ]);
    world.run(&[install("a", "1.0")]);
    world.run(&[install("b", "1.0")]);
    let run = world.run(&[
        upgrade("b", "1.0", "2.0"),
        upgrade("b", "2.0", "3.0").at_level(1),
    ]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    let there = world.object(&ObjectRef::of(&role(&[])).unwrap()).unwrap();
    assert_eq!(there["metadata"]["labels"]["catalog.dev/package"], "a");
}

#[test]
fn hops_are_about_one_release() {
    let version = |number: &str| Version::new("db", number);
    let mut world = World::new(["1.0", "2.0"].map(version));
    let first = world.plan(&[install("db", "1.0")]);
    let second = world.plan(&[upgrade("db", "1.0", "2.0")]);
    let both = [first, second].map(|plan| plan.operations()[0].clone());
    let error = PinnedPlan::new("run-1", HOME, both.to_vec()).unwrap_err();
    assert_eq!(error.kind(), PlanErrorKind::Order);
    assert_snapshot!(error, @"`install db 1.0 in db` and `upgrade db 1.0 -> 2.0 in db` are about one instance, and have the release uids `db-1` and `db-2`: plan both for one release");
}

/// What a hop deletes is there again under another uid when that is taken back, and goes when the hop before it is.
#[test]
fn what_a_hop_brings_back_goes_with_the_hop_before_it() {
    let version = |v: &str| {
        Version::new("a", v)
            .object(config("settings", v))
            .object(config(&format!("of-{v}"), v))
    };
    let failing = Version::new("b", "1.0").hook("pre-install", "prepare", json!({}));
    let mut world = World::new(
        ["1.0", "2.0", "3.0"]
            .map(version)
            .into_iter()
            .chain([failing]),
    );
    world.script("prepare", fails());
    world.run(&[install("a", "1.0")]);
    let of_a = |world: &World| {
        let mut objects = world.objects();
        objects.retain(|one| one.contains(" a/"));
        let record = world.record("a").unwrap();
        (
            objects,
            record.version().to_owned(),
            record.plans().to_vec(),
        )
    };
    let before = of_a(&world);
    let wishes = [
        upgrade("a", "1.0", "2.0"),
        upgrade("a", "2.0", "3.0"),
        install("b", "1.0").at_level(1),
    ];
    let plan = world.plan(&wishes).unwinding();
    world.begin(plan);
    assert_eq!(of_a(&world), before);
}

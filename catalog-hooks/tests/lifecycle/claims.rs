//! What two instances have in common while one of them goes, comes, or is taken back in the same run: whose it is then.

use std::time::Duration;

use catalog_hooks::api::ObjectRef;
use catalog_hooks::journal::OperationStatus;
use catalog_hooks::simulator::PodScript;
use catalog_hooks::{Decision, Outcome, label};
use serde_json::json;

use crate::hops::role;
use crate::package::{Version, config, crd, job};
use crate::world::{
    Run, Wish, World, fails, install, install_in, uninstall, uninstall_from, upgrade,
};

/// Carries these out at the same time; how they ended.
fn at_a_time(world: &mut World, wishes: &[Wish]) -> (Run, Vec<OperationStatus>) {
    let plan = world.plan(wishes).with_parallel(wishes.len());
    let run = world.begin(plan);
    let operations = run.journal.operations().iter();
    let statuses = operations.map(|one| one.status()).collect();
    (run, statuses)
}

/// The definition that both have: whose it is, if it is there.
fn gadgets(world: &World) -> Option<String> {
    let there = world.object(&ObjectRef::of(&crd("Gadget", &["v1"])).unwrap())?;
    let package = there["metadata"]["labels"][label::PACKAGE].as_str();
    Some(package.unwrap_or_default().to_owned())
}

/// An install of `a` that takes a minute, and is then taken back with all its data.
fn late(of: Version) -> (Version, Wish) {
    let version = of
        .crd("Gadget", &["v1"])
        .hook("pre-install", "wait", json!({}))
        .hook("post-install", "announce", json!({"onFailure": "rollback"}));
    let wish = install("a", "1.0").with(|options| options.delete_data = true);
    (version, wish)
}

/// Pods that end well after so many seconds.
fn after(seconds: u64) -> PodScript {
    PodScript::succeeds(Duration::from_secs(seconds))
}

fn with_namespace(wish: Wish) -> Wish {
    wish.with(|options| options.delete_namespace = true)
}

fn namespace(world: &World) -> bool {
    world
        .object(&ObjectRef::cluster("v1", "Namespace", "a"))
        .is_some()
}

/// What is there of the role that both have: who has it, and its verbs.
fn shared(world: &World) -> Option<(String, String)> {
    let there = world.object(&ObjectRef::of(&role(&[])).unwrap())?;
    let package = there["metadata"]["labels"][label::PACKAGE].as_str();
    Some((
        package.unwrap_or_default().to_owned(),
        there["rules"][0]["verbs"].to_string(),
    ))
}

#[test]
fn who_was_taken_back_holds_no_namespace() {
    use OperationStatus::{Done, RolledBack, Unchanged};
    for (phase, status) in [("pre-install", Unchanged), ("post-install", RolledBack)] {
        let mut world = World::new([
            Version::new("a", "1.0").hook("pre-uninstall", "wait", json!({})),
            Version::new("b", "1.0").hook(phase, "announce", json!({"onFailure": "rollback"})),
        ]);
        world.script("wait", after(60));
        world.script("announce", fails());
        world.run(&[install("a", "1.0")]);
        let goes = with_namespace(uninstall("a", "1.0"));
        let (run, statuses) = at_a_time(&mut world, &[install_in("a", "b", "1.0"), goes]);
        assert_eq!(statuses, [status, Done], "{}", run.story());
        assert!(!namespace(&world), "{}", run.story());
    }
}

#[test]
fn who_has_gone_holds_no_namespace_and_who_has_not_does() {
    let versions = ["a", "b"].map(|package| Version::new(package, "1.0"));
    let goes = with_namespace(uninstall("a", "1.0"));
    let other = uninstall_from("a", "b", "1.0");
    for (wishes, stays) in [
        ([other.clone(), goes.clone().at_level(1)], false),
        ([goes, other.at_level(1)], true),
    ] {
        let mut world = World::new(versions.clone());
        world.run(&[install("a", "1.0")]);
        world.run(&[install_in("a", "b", "1.0")]);
        let run = world.run(&wishes);
        assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
        assert_eq!(namespace(&world), stays, "{}", run.story());
    }
}

#[test]
fn who_was_to_go_and_did_not_has_what_it_had() {
    let versions = ["a", "b"].map(|package| {
        let version = Version::new(package, "1.0").definition("role", &role(&["get"]));
        version.hook("pre-uninstall", &format!("ask-{package}"), json!({}))
    });
    let mut world = World::new(versions);
    world.script("ask-b", fails());
    world.run(&[install("a", "1.0")]);
    world.run(&[install("b", "1.0")]);
    let run = world.run(&[uninstall("a", "1.0"), uninstall("b", "1.0").at_level(1)]);
    assert_eq!(run.outcome, Outcome::Partial, "{}", run.story());
    assert_eq!(shared(&world).unwrap().0, "b", "{}", run.story());
}

#[test]
fn what_passes_to_one_that_was_taken_back_is_as_its_version_before_wrote_it() {
    let with = |version: Version, verb: &str| version.definition("role", &role(&[verb]));
    let mut world = World::new([
        Version::new("a", "1.0").object(config("one", "1")),
        with(Version::new("a", "2.0"), "watch")
            .hook("pre-upgrade", "wait", json!({}))
            .hook(
                "post-upgrade",
                "announce-a",
                json!({"onFailure": "rollback"}),
            ),
        with(Version::new("b", "1.0"), "get"),
        with(Version::new("b", "2.0"), "list").hook(
            "post-upgrade",
            "announce-b",
            json!({"onFailure": "rollback"}),
        ),
    ]);
    world.script("wait", after(60));
    world.script("announce-a", fails());
    world.script("announce-b", fails());
    world.run(&[install("a", "1.0")]);
    world.run(&[install("b", "1.0")]);
    let both = ["a", "b"].map(|package| upgrade(package, "1.0", "2.0"));
    let (run, statuses) = at_a_time(&mut world, &both);
    assert_eq!(
        statuses,
        [OperationStatus::RolledBack; 2],
        "{}",
        run.story()
    );
    let get = ("b".to_owned(), "[\"get\"]".to_owned());
    assert_eq!(shared(&world), Some(get), "{}", run.story());
}

/// It had left the object to the other one, turned round, and written it again.
#[test]
fn who_is_on_the_way_back_has_what_it_had() {
    let mut world = World::new([
        Version::new("a", "1.0")
            .definition("role", &role(&["get"]))
            .hook("pre-uninstall", "wait", json!({})),
        Version::new("b", "1.0")
            .definition("role", &role(&["get"]))
            .hook("post-rollback", "settle", json!({})),
        Version::new("b", "2.0").hook("post-upgrade", "announce", json!({"onFailure": "rollback"})),
    ]);
    world.script("wait", after(60));
    world.script("settle", after(120));
    world.script("announce", fails());
    world.run(&[install("a", "1.0")]);
    world.run(&[install("b", "1.0")]);
    let both = [uninstall("a", "1.0"), upgrade("b", "1.0", "2.0")];
    let (run, statuses) = at_a_time(&mut world, &both);
    let expected = [OperationStatus::Done, OperationStatus::RolledBack];
    assert_eq!(statuses, expected, "{}", run.story());
    assert_eq!(shared(&world).unwrap().0, "b", "{}", run.story());
}

/// What it was not asked to delete is on no record then, and the other one, which was asked to, has it from when it writes it.
#[test]
fn who_has_gone_or_was_taken_back_has_no_data() {
    let (a, comes) = late(Version::new("a", "1.0"));
    let b = Version::new("b", "1.0").crd("Gadget", &["v1"]);
    let announced = b
        .clone()
        .hook("post-install", "announce", json!({"onFailure": "rollback"}));
    let world = |b: &Version| {
        let world = World::new([a.clone(), b.clone()]);
        world.script("wait", after(60));
        world
    };
    let mut gone = world(&b);
    gone.run(&[install("b", "1.0")]);
    gone.script("announce", fails());
    let run = gone.run(&[uninstall("b", "1.0"), comes.clone().at_level(1)]);
    assert_eq!(gadgets(&gone), None, "{}", run.story());

    let mut taken_back = world(&announced);
    taken_back.script("announce", fails());
    let (run, statuses) = at_a_time(&mut taken_back, &[install("b", "1.0"), comes]);
    assert_eq!(
        statuses,
        [OperationStatus::RolledBack; 2],
        "{}",
        run.story()
    );
    assert_eq!(gadgets(&taken_back), None, "{}", run.story());
}

/// It stays on record, for its deletion was not asked for: another one that deletes all its data has not to delete that of this one.
#[test]
fn who_was_taken_back_to_the_version_before_has_the_data_that_stayed() {
    let (a, comes) = late(Version::new("a", "1.0"));
    let mut world = World::new([
        a,
        Version::new("b", "1.0").object(config("one", "1")),
        Version::new("b", "2.0").crd("Gadget", &["v1"]).hook(
            "post-upgrade",
            "announce",
            json!({"onFailure": "rollback"}),
        ),
    ]);
    world.script("wait", after(60));
    world.run(&[install("b", "1.0")]);
    world.script("announce", fails());
    let (run, statuses) = at_a_time(&mut world, &[upgrade("b", "1.0", "2.0"), comes]);
    assert_eq!(
        statuses,
        [OperationStatus::RolledBack; 2],
        "{}",
        run.story()
    );
    let ledger = world.record("b").unwrap().ledger().to_vec();
    let is_it = |kind: &str| ledger.iter().any(|entry| entry.object.kind() == kind);
    assert!(is_it("CustomResourceDefinition"), "{ledger:?}");
    assert_eq!(gadgets(&world).as_deref(), Some("b"), "{}", run.story());
}

/// It has deleted the object, and is not at the end of its way back when the other one, which wrote it since, gives it up too.
#[test]
fn who_has_deleted_something_on_the_way_back_does_not_get_it_again() {
    let version = |package: &str| {
        let version = Version::new(package, "1.0").definition("role", &role(&["get"]));
        let wait = json!({"undo": job("undo")});
        version
            .hook("pre-install", &format!("wait-{package}"), wait)
            .hook("post-install", "announce", json!({"onFailure": "rollback"}))
    };
    let mut world = World::new(["a", "b"].map(version));
    world.script("announce", fails());
    world.script("wait-a", after(60));
    world.script_undo("wait-b", after(120));
    let both = ["a", "b"].map(|package| install(package, "1.0"));
    let (run, statuses) = at_a_time(&mut world, &both);
    assert_eq!(
        statuses,
        [OperationStatus::RolledBack; 2],
        "{}",
        run.story()
    );
    assert_eq!(shared(&world), None, "{}", run.story());
}

#[test]
fn who_was_taken_back_has_what_it_has_written_again() {
    let wait = json!({});
    let mut world = World::new([
        Version::new("a", "1.0")
            .definition("role", &role(&["get"]))
            .hook("pre-install", "wait", wait)
            .hook("post-install", "announce", json!({"onFailure": "rollback"})),
        Version::new("b", "1.0").definition("role", &role(&["get"])),
        Version::new("b", "2.0").hook("post-upgrade", "announce", json!({"onFailure": "rollback"})),
    ]);
    world.script("wait", after(60));
    world.script("announce", fails());
    world.run(&[install("b", "1.0")]);
    let both = [upgrade("b", "1.0", "2.0"), install("a", "1.0")];
    let (run, statuses) = at_a_time(&mut world, &both);
    assert_eq!(
        statuses,
        [OperationStatus::RolledBack; 2],
        "{}",
        run.story()
    );
    assert_eq!(shared(&world).unwrap().0, "b", "{}", run.story());
}

/// What was passed on, on the way or on the way back, is the other's, whatever was on record before.
#[test]
fn who_was_taken_back_has_not_what_it_passed_on() {
    let with_role = |package: &str, version: &str| {
        Version::new(package, version).definition("role", &role(&["get"]))
    };
    let announced = |version: Version| version.hook("post-upgrade", "announce", json!({}));
    let versions = [
        with_role("a", "1.0"),
        Version::new("b", "1.0"),
        announced(with_role("b", "2.0")),
        announced(Version::new("b", "3.0")),
    ];
    for was_left in [true, false] {
        let mut world = World::new(versions.clone());
        world.script("announce", fails());
        world.run(&[install("b", "1.0")]);
        if was_left {
            // The role stays on record of a version that has none.
            let run = world.run(&[upgrade("b", "1.0", "2.0")]);
            world.resume(&run, Some(Decision::Abandon));
            assert_eq!(world.record("b").unwrap().ledger().len(), 2);
        }
        world.run(&[install("a", "1.0")]);
        let to = if was_left { "3.0" } else { "2.0" };
        let wish = upgrade("b", "1.0", to).with(|options| options.rollback_on_failure = true);
        let run = world.run(&[wish]);
        assert_eq!(run.outcome, Outcome::Unchanged, "{}", run.story());
        assert_eq!(
            world.record("b").unwrap().ledger().len(),
            1,
            "{}",
            run.story()
        );
        let run = world.run(&[uninstall("a", "1.0")]);
        assert_eq!(shared(&world), None, "{}", run.story());
    }
}

/// It made the namespace, and may delete it when it is uninstalled, which is not what happens.
#[test]
fn who_is_taken_back_leaves_its_namespace_to_the_other() {
    for is_asked in [false, true] {
        let mut world = World::new([
            Version::new("a", "1.0"),
            Version::new("b", "1.0").hook(
                "post-install",
                "announce",
                json!({"onFailure": "rollback"}),
            ),
        ]);
        world.script("announce", fails());
        let comes = install_in("a", "b", "1.0").with(|options| options.delete_namespace = is_asked);
        let (run, statuses) = at_a_time(&mut world, &[comes, install("a", "1.0")]);
        let expected = [OperationStatus::RolledBack, OperationStatus::Done];
        assert_eq!(statuses, expected, "{}", run.story());
        assert!(namespace(&world), "{}", run.story());
        let run = world.run(&[with_namespace(uninstall("a", "1.0"))]);
        assert!(!namespace(&world), "{}", run.story());
    }
}

#[test]
fn of_two_that_go_at_a_time_the_last_deletes_the_namespace() {
    for phase in ["pre-uninstall", "post-uninstall"] {
        for slow in ["a", "b"] {
            let version = |package: &str| {
                Version::new(package, "1.0").hook(phase, &format!("wait-{package}"), json!({}))
            };
            let mut world = World::new(["a", "b"].map(version));
            world.script(&format!("wait-{slow}"), after(60));
            world.run(&[install("a", "1.0")]);
            world.run(&[install_in("a", "b", "1.0")]);
            let both = [uninstall("a", "1.0"), uninstall_from("a", "b", "1.0")];
            let (run, _) = at_a_time(&mut world, &both.map(with_namespace));
            assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
            assert!(!namespace(&world), "{phase}, {slow}: {}", run.story());
        }
    }
}

/// Another run took the other one away between the plan and its run, and left it what they had in common.
#[test]
fn who_has_gone_since_it_was_planned_has_nothing_any_more() {
    let version = |package: &str| {
        let version = Version::new(package, "1.0").definition("role", &role(&["get"]));
        version.crd("Gadget", &["v1"])
    };
    let all = |options: &mut catalog_hooks::plan::OperationOptions| {
        options.delete_data = true;
        options.delete_namespace = true;
        options.delete_custom_resources = true;
    };
    let mut world = World::new(["a", "b"].map(version));
    world.run(&[install("a", "1.0")]);
    world.run(&[install_in("a", "b", "1.0")]);
    let plan = world.plan(&[uninstall("a", "1.0").with(all)]);
    world.run(&[uninstall_from("a", "b", "1.0").with(all)]);
    assert_eq!(shared(&world).unwrap().0, "a");
    let run = world.begin(plan);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert_eq!(shared(&world), None, "{}", run.story());
    assert_eq!(gadgets(&world), None, "{}", run.story());
    assert!(!namespace(&world), "{}", run.story());
}

/// It is there, but what they had in common is on record of it no more.
#[test]
fn who_has_let_something_go_since_that_was_planned_has_it_no_more() {
    let shares = |package: &str| Version::new(package, "1.0").definition("role", &role(&["get"]));
    let mut world = World::new([shares("a"), shares("b"), Version::new("b", "2.0")]);
    world.run(&[install("a", "1.0")]);
    world.run(&[install("b", "1.0")]);
    let plan = world.plan(&[uninstall("a", "1.0")]);
    world.run(&[upgrade("b", "1.0", "2.0")]);
    let run = world.begin(plan);
    assert_eq!(shared(&world), None, "{}", run.story());
}

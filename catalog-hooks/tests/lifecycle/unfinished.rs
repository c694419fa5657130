//! What an operation leaves that was not finished: it is on record, and whatever comes next finds it.

use std::sync::Arc;
use std::time::Duration;

use catalog_hooks::api::{ObjectRef, PatchKind, Request};
use catalog_hooks::journal::OperationStatus;
use catalog_hooks::plan::{Step, Track};
use catalog_hooks::record::InstalledRecord;
use catalog_hooks::simulator::Readiness;
use catalog_hooks::{Decision, JournalStore, Machine, Outcome, Poll, Settings, label};
use insta::assert_snapshot;
use serde_json::json;

use crate::beside::Then;
use crate::package::{Version, config};
use crate::world::{HOME, Wish, World, fails, install, is_next, uninstall, upgrade};

/// What a driver has deployed: namespace and name of each.
fn charts(world: &World) -> Vec<String> {
    let cluster = world.cluster.get();
    let modules = cluster.modules();
    modules.map(|(name, _)| name.to_owned()).collect()
}

/// What stands in the cluster, but for Jobs that are kept because they failed.
fn stands(world: &World) -> Vec<String> {
    let mut objects = world.objects();
    objects.retain(|object| !object.starts_with("Job "));
    objects
}

/// Two versions whose installs end with a hook, with an object and a chart of their own each.
fn announced() -> World {
    let version = |version: &str, own: &str| {
        Version::new("db", version)
            .object(config(own, "1"))
            .chart(&format!("chart-{own}"))
            .hook("post-install", "announce", json!({}))
    };
    World::new([
        version("1.0", "one"),
        version("2.0", "two"),
        Version::new("other", "1.0"),
    ])
}

#[test]
fn an_install_that_rests_is_on_record_but_does_not_count_as_installed() {
    let mut world = announced();
    world.script("announce", fails());
    let run = world.run(&[install("db", "1.0")]);
    let record = world.record("db").unwrap();
    assert!(record.is_unfinished());
    let secret = record.to_secret("home");
    assert_eq!(
        secret["metadata"]["labels"]["catalog.dev/unfinished"],
        "true"
    );

    world.cluster.get().script(
        &[(label::HOOK, "announce")],
        [catalog_hooks::simulator::PodScript::default()],
    );
    let run = world.resume(&run, Some(Decision::Resume));
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    let record = world.record("db").unwrap();
    assert!(!record.is_unfinished());
    assert!(record.to_secret("home")["metadata"]["labels"]["catalog.dev/unfinished"].is_null());
}

#[test]
fn an_install_in_the_place_of_one_that_rests_deletes_what_it_has_not() {
    let mut world = announced();
    world.script("announce", fails());
    world.run(&[install("db", "1.0")]);
    world.script("announce", catalog_hooks::simulator::PodScript::default());
    let run = world.run(&[install("db", "2.0")]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert_eq!(stands(&world), ["ConfigMap db/two", "Namespace db"]);
    assert_eq!(charts(&world), ["chart-two"]);
    assert_eq!(world.record("db").unwrap().plans().len(), 1);
}

/// The second install goes back to what the first left, and not to nothing.
#[test]
fn an_install_in_the_place_of_one_that_rests_leaves_the_rest_on_record_when_it_is_taken_back() {
    let mut world = announced();
    world.script("announce", fails());
    world.run(&[install("db", "1.0")]);
    world.cluster.get().deny("delete", "ConfigMap");
    let run = world.run(&[install("db", "2.0")]);
    assert!(run.story().contains("failed in prune"), "{}", run.story());
    world.cluster.get().allow_all();
    world.resume(&run, Some(Decision::TakeBack));
    let record = world.record("db").unwrap();
    assert!(record.is_unfinished());
    let run = world.run(&[uninstall("db", "1.0").with(|options| options.delete_namespace = true)]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert!(stands(&world).is_empty(), "{:?}", stands(&world));
    assert!(charts(&world).is_empty());
    assert!(world.record("db").is_none());
}

#[test]
fn another_package_does_not_take_the_place_of_what_rests() {
    let mut world = announced();
    world.script("announce", fails());
    let run = world.run(&[install("db", "1.0")]);
    let plan = Arc::new(world.plan(&[install("other", "1.0")]));
    let begin = |world: &World| {
        let stored = world.cluster.clone().load().unwrap().unwrap();
        Machine::begin_after(plan.clone(), stored, "runner-9", Settings::default())
    };
    let refused = begin(&world).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "`db` in `db` came to rest in the run `run-1`, and this plan does not take its place: go on with that first, or give it up"
    );
    world.resume(&run, Some(Decision::Abandon));
    assert!(begin(&world).is_ok());
}

/// Committed, and only not swept: whoever plans next begins at what is committed.
#[test]
fn what_is_committed_is_on_record_whatever_becomes_of_the_sweep() {
    let mut world = crate::world::changing();
    world.run(&[install("db", "1.0")]);
    world.cluster.get().deny("list", "Job");
    let run = world.run(&[upgrade("db", "1.0", "2.0")]);
    assert!(run.story().contains("failed in sweep"), "{}", run.story());
    world.cluster.get().allow_all();
    assert_eq!(world.record("db").unwrap().version(), "2.0");
    let run = world.run(&[upgrade("db", "2.0", "3.0")]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert_snapshot!(world.objects().join("\n"), @"
    ConfigMap db/three
    Namespace db
    ");
}

#[test]
fn a_chart_of_an_upgrade_that_was_given_up_goes_with_the_instance() {
    let versions = || {
        [
            Version::new("db", "1.0").chart("main"),
            Version::new("db", "2.0").chart("main").chart("extra").hook(
                "post-upgrade",
                "migrate",
                json!({}),
            ),
        ]
    };
    for next in [uninstall("db", "1.0"), upgrade("db", "1.0", "1.0")] {
        let mut world = World::new(versions());
        world.script("migrate", fails());
        world.run(&[install("db", "1.0")]);
        let run = world.run(&[upgrade("db", "1.0", "2.0")]);
        world.resume(&run, Some(Decision::Abandon));
        assert_eq!(charts(&world), ["extra", "main"]);
        let is_uninstall = next.operation.to().is_none();
        let run = world.run(&[next]);
        assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
        let left: &[&str] = if is_uninstall { &[] } else { &["main"] };
        assert_eq!(charts(&world), left);
    }
}

#[test]
fn a_chart_that_moves_to_another_namespace_goes_from_the_old_one() {
    let mut world = World::new([
        Version::new("db", "1.0").chart_in("main", "old"),
        Version::new("db", "2.0").chart_in("main", "new"),
    ]);
    world.run(&[install("db", "1.0")]);
    let run = world.run(&[upgrade("db", "1.0", "2.0")]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert_eq!(charts(&world), ["main"]);
    let deleted = run
        .told
        .iter()
        .filter(|told| told.contains("delete module"));
    assert_eq!(deleted.count(), 1, "{:?}", run.told);
}

#[test]
fn an_uninstall_that_was_given_up_leaves_nothing_that_counts_as_installed() {
    let mut world = World::new([Version::new("db", "1.0").object(config("one", "1")).hook(
        "post-uninstall",
        "farewell",
        json!({}),
    )]);
    world.run(&[install("db", "1.0")]);
    world.script("farewell", fails());
    let run = world.run(&[uninstall("db", "1.0")]);
    world.resume(&run, Some(Decision::Abandon));
    assert!(world.record("db").unwrap().is_unfinished());
    let run = world.run(&[install("db", "1.0")]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert!(!world.record("db").unwrap().is_unfinished());
}

/// Whoever puts it on record again, because the runner before died at once, writes the same.
#[test]
fn an_upgrade_of_what_is_on_no_record_leaves_the_same_record_however_often_it_is_written() {
    let version = |number: &str| Version::new("db", number).object(config("one", number));
    let failing = version("2.0")
        .chart("engine")
        .hook("post-upgrade", "migrate", json!({}));
    let mut world = World::new([version("1.0"), failing]);
    world.run(&[install("db", "1.0")]);
    let secret = InstalledRecord::secret_ref(HOME, "db", "db");
    world.cluster.get().force_delete(&secret);
    world.script("migrate", fails());
    let plan = world.plan(&[upgrade("db", "1.0", "2.0")]);
    let machine = world.machine(plan);
    let mut first = None;
    let run = world.drive(machine, |cluster, machine, _| {
        let there = cluster.object(&secret);
        if first.is_none() && there.is_some() {
            first = there.and_then(|there| InstalledRecord::from_secret(&there));
            machine.cancel();
            machine.cancel();
        }
    });
    let left = serde_json::to_value(first.unwrap()).unwrap();
    assert_eq!(left["leftBy"], run.plan.digest());
    assert_eq!(left["surplusModules"][0]["name"], "engine");
    world.resume(&run, None);
    assert_eq!(serde_json::to_value(world.record("db")).unwrap(), left);
}

/// What is committed has the modules of its release, and no others.
#[test]
fn an_upgrade_that_is_only_unswept_leaves_no_surplus() {
    let mut world = World::new([
        Version::new("db", "1.0").object(config("one", "1")),
        Version::new("db", "2.0").chart("engine"),
    ]);
    world.run(&[install("db", "1.0")]);
    let plan = world.plan(&[upgrade("db", "1.0", "2.0")]);
    let machine = world.machine(plan);
    let mut is_committed = false;
    let run = world.drive(machine, |cluster, _, poll| {
        let Poll::Do(effect) = poll else { return };
        let told = effect.task.to_string();
        if is_committed {
            cluster.deny("list", "Job");
        }
        is_committed |= told.starts_with("replace Secret catalog-system/catalog-installed");
    });
    let status = run.journal.operations()[0].status();
    assert_eq!(status, OperationStatus::Degraded, "{}", run.story());
    let record = world.record("db").unwrap();
    assert_eq!(record.version(), "2.0");
    let record = serde_json::to_value(record).unwrap();
    assert!(record["surplusModules"].is_null(), "{record}");
}

/// Only what one left that was not finished is to go: what is finished is none of an install's business.
#[test]
fn an_install_prunes_only_what_one_left_that_was_not_finished() {
    let prunes = |world: &mut World| {
        let plan = world.plan(&[install("db", "2.0")]);
        let steps = plan.operations()[0].steps(Track::Forward);
        steps.contains(&Step::Prune)
    };
    let mut world = announced();
    assert!(!prunes(&mut world), "nothing is there");
    world.run(&[install("db", "1.0")]);
    assert!(!prunes(&mut world), "1.0 is there");
    let mut world = announced();
    world.script("announce", fails());
    world.run(&[install("db", "1.0")]);
    assert!(prunes(&mut world), "1.0 is there in part");
}

/// It came to rest before it had deleted what the first one left.
#[test]
fn a_chart_of_an_install_before_goes_though_the_next_rests_too() {
    let mut world = announced();
    world.script("announce", fails());
    world.run(&[install("db", "1.0")]);
    world.cluster.get().deny("patch", "ConfigMap");
    world.run(&[install("db", "2.0")]);
    world.cluster.get().allow_all();
    assert_eq!(charts(&world), ["chart-one"]);
    let run = world.run(&[uninstall("db", "2.0")]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert_eq!(charts(&world), [""; 0]);
}

#[test]
fn a_chart_of_an_upgrade_before_goes_though_the_next_is_taken_back() {
    let version = |number: &str| Version::new("db", number).object(config("one", number));
    let failing = version("2.0").chart("extra");
    let mut world = World::new([
        version("1.0"),
        failing.hook("post-upgrade", "migrate", json!({})),
        version("3.0").chart("engine"),
    ]);
    world.script("migrate", fails());
    world.run(&[install("db", "1.0")]);
    let run = world.run(&[upgrade("db", "1.0", "2.0")]);
    world.resume(&run, Some(Decision::Abandon));
    let why = Readiness::Fails(Duration::ZERO, "it has no image".to_owned());
    world.cluster.get().module_readiness("engine", why);
    let wish = upgrade("db", "1.0", "3.0").with(|options| options.rollback_on_failure = true);
    let run = world.run(&[wish]);
    assert_eq!(run.outcome, Outcome::Unchanged, "{}", run.story());
    assert_eq!(charts(&world), ["extra"]);
    world.run(&[uninstall("db", "1.0")]);
    assert_eq!(charts(&world), [""; 0]);
}

/// A runner that dies when a server or a driver has deleted something, and has not heard of it: given up then, the package does not count as whole. If it
/// dies before it has asked, nothing is done.
#[test]
fn what_a_dead_runner_had_deleted_is_on_record_as_gone() {
    let uninstall_whole = || {
        uninstall("db", "1.0").with(|options| {
            options.delete_namespace = true;
        })
    };
    let plain = || Version::new("db", "1.0");
    let empty = || Version::new("db", "2.0");
    let cases = [
        (
            [plain().object(config("one", "1")), empty()],
            uninstall_whole(),
            "delete ConfigMap",
        ),
        (
            [plain().chart("one"), empty()],
            uninstall_whole(),
            "delete module",
        ),
        ([plain(), empty()], uninstall_whole(), "delete Namespace"),
        (
            [plain().object(config("one", "1")), empty()],
            upgrade("db", "1.0", "2.0"),
            "delete ConfigMap",
        ),
        (
            [plain().chart("one"), empty()],
            upgrade("db", "1.0", "2.0"),
            "delete module",
        ),
    ];
    for (versions, wish, last) in cases {
        for then in [Then::StopsBefore, Then::StopsAfter] {
            let mut world = World::new(versions.clone());
            world.run_beside(&[install("db", "1.0")], "first");
            let before = (world.record("db"), stands(&world), charts(&world));
            let plan = Arc::new(world.plan(std::slice::from_ref(&wish)));
            let mut run = world.begin_beside(&plan, "second");
            let dies = |next: &Poll| match is_next(next, last) {
                true => then,
                false => Then::GoesOn,
            };
            let place = format!("{}: {then:?} {last}", wish.operation);
            assert!(
                !world.drive_beside(&mut run, |_, next| dies(next)),
                "{place}"
            );
            let at = (&plan, &run.secret);
            let mut run = world.resume_beside(at, "third", Decision::Abandon).unwrap();
            world.end_beside(&mut run);
            let record = world.record("db").unwrap();
            let is_whole = !record.is_unfinished() && record.attempted().is_empty();
            let is_asked = last == "delete module" || then == Then::StopsAfter;
            assert_eq!(is_whole, !is_asked, "{place}");
            if is_whole {
                assert_eq!(
                    (Some(record), stands(&world), charts(&world)),
                    before,
                    "{place}"
                );
            }
            world.run_beside(&[uninstall_whole()], "last");
            assert_eq!(
                (stands(&world), charts(&world)),
                (vec![], vec![]),
                "{place}"
            );
        }
    }
}

/// How the object stands that is to go first, of two.
#[derive(Clone, Copy, Debug, PartialEq)]
enum First {
    /// A finalizer of somebody keeps it while it goes.
    Lingers,
    /// It is another's by now.
    IsAnothers,
}

/// The first runner dies when the server has deleted the second of two objects and the runner has not heard of it; the next one comes by the first object
/// again, and dies too, wherever it has got to. Given up then, or passed over, nothing is on record that is gone.
#[test]
fn what_a_runner_before_the_last_had_deleted_is_on_record_as_gone() {
    let ways = [
        (uninstall("db", "1.0"), Decision::Abandon),
        (upgrade("db", "1.0", "2.0"), Decision::Abandon),
        (upgrade("db", "1.0", "2.0"), Decision::Skip),
        (upgrade("db", "1.0", "2.0"), Decision::TakeBack),
    ];
    for (wish, decision) in ways {
        for first in [First::Lingers, First::IsAnothers] {
            let mut effects = 0;
            while dies_twice(&wish, first, (effects, decision)) {
                effects += 1;
            }
            assert!(effects > 3, "{effects}");
        }
    }
}

/// Whether the second runner died before its end.
fn dies_twice(wish: &Wish, first: First, (effects, decision): (usize, Decision)) -> bool {
    let place = format!("{}, {first:?}, {effects}, {decision:?}", wish.operation);
    let mut world = World::new([
        Version::new("db", "1.0")
            .object(config("last", "1"))
            .object(config("first", "1")),
        Version::new("db", "2.0"),
    ]);
    world.run_beside(&[install("db", "1.0")], "first");
    let target = |name: &str| ObjectRef::namespaced("v1", "ConfigMap", "db", name);
    let metadata = match first {
        First::Lingers => json!({"finalizers": ["example.com/mine"]}),
        First::IsAnothers => json!({"labels": {label::RELEASE_UID: "somebody"}}),
    };
    let request = Request::Patch {
        target: target("first"),
        patch: json!({"metadata": metadata}),
        kind: PatchKind::Merge,
    };
    world.cluster.get().meddle(&request).unwrap();
    let plan = Arc::new(world.plan(std::slice::from_ref(wish)));
    let mut run = world.begin_beside(&plan, "second");
    let is_over = world.drive_beside(&mut run, |_, next| {
        match is_next(next, "delete ConfigMap db/last") {
            true => Then::StopsAfter,
            false => Then::GoesOn,
        }
    });
    assert!(
        !is_over && world.object(&target("last")).is_none(),
        "{place}"
    );
    let at = (&plan, &run.secret);
    let mut run = world.resume_beside(at, "third", None).unwrap();
    let mut left = effects;
    let is_over = world.drive_beside(&mut run, |_, _| {
        if left == 0 {
            return Then::StopsBefore;
        }
        left -= 1;
        Then::GoesOn
    });
    if is_over {
        return false;
    }
    // One that has ended is not to be resumed.
    if let Ok(mut run) = world.resume_beside(at, "fourth", decision) {
        world.end_beside(&mut run);
    }
    let there = world.object(&target("last")).is_some();
    let has = |record: &InstalledRecord| {
        let mut ledger = record.ledger().iter();
        ledger.any(|entry| entry.object.is_same_object(&target("last")))
    };
    assert_eq!(
        world.record("db").is_some_and(|record| has(&record)),
        there,
        "{place}"
    );
    true
}

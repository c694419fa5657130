//! Runs of sets of packages that overlap: what one has begun, has not come to, or has given up, while another goes on.

use std::sync::Arc;
use std::time::Duration;

use catalog_hooks::api::{Failure, ObjectRef};
use catalog_hooks::journal::OperationStatus;
use catalog_hooks::simulator::PodScript;
use catalog_hooks::{Answer, Decision, Machine, Outcome, Poll, Settings, Stop, Timestamp};
use insta::assert_snapshot;
use serde_json::json;

use crate::bare::bare_role;
use crate::beside::{OwnRun, Then};
use crate::package::{Version, config};
use crate::world::{Wish, World, fails, install, is_next, rollback, uninstall, upgrade};

/// A world in which these packages are, each with an object.
fn packages(names: &[&str]) -> World {
    World::new(
        names
            .iter()
            .map(|name| Version::new(name, "1.0").object(config("settings", name))),
    )
}

/// Tells a run to stop as soon as its first operation is put on record: it does not come to the next.
fn cancel_between(world: &World, run: &mut OwnRun) {
    world.drive_beside(run, |machine, next| {
        let record = "Secret catalog-system/catalog-installed";
        let is_put = |verb| is_next(next, &format!("{verb} {record}"));
        if is_put("create") || is_put("replace") {
            machine.cancel();
        }
        Then::GoesOn
    });
    let statuses = [OperationStatus::Done, OperationStatus::NotStarted];
    assert_eq!(run.statuses(), statuses);
}

/// An operation that a run did not come to is not begun while another run is under way on its instance.
#[test]
fn an_operation_does_not_begin_beside_another_run_of_its_instance() {
    let version = |name: &str| {
        Version::new(name, "1.0")
            .object(config("settings", name))
            .hook("pre-install", "prepare", json!({}))
    };
    let mut world = World::new(["a", "b"].map(version));
    world.script("prepare", PodScript::succeeds(Duration::from_secs(1)));
    let both = Arc::new(world.plan(&[install("a", "1.0"), install("b", "1.0").at_level(1)]));
    let mut first = world.begin_beside(&both, "r1");
    cancel_between(&world, &mut first);
    let alone = Arc::new(world.plan(&[install("b", "1.0")]));
    let mut second = world.begin_beside(&alone, "r2");
    world.drive_beside(&mut second, |_, next| {
        match is_next(next, "apply ConfigMap b/settings") {
            true => Then::StopsAfter,
            false => Then::GoesOn,
        }
    });
    let resumed = world.resume_beside((&both, &first.secret), "r3", Decision::Resume);
    let mut resumed = resumed.unwrap();
    world.end_beside(&mut resumed);
    assert_ne!(resumed.statuses()[1], OperationStatus::Done);
    world.end_beside(&mut second);
    assert_eq!(second.statuses(), [OperationStatus::Done]);
}

/// An operation that a run did not come to is not begun over something newer that another run has put on record since.
#[test]
fn what_was_not_begun_is_not_begun_over_something_newer() {
    let version = |name: &str, v: &str| Version::new(name, v).object(config("settings", v));
    let mut world = World::new([
        version("a", "1.0"),
        version("b", "1.0"),
        version("b", "2.0"),
    ]);
    let both = Arc::new(world.plan(&[install("a", "1.0"), install("b", "1.0").at_level(1)]));
    let mut first = world.begin_beside(&both, "r1");
    cancel_between(&world, &mut first);
    let second = world.run_beside(&[install("b", "2.0")], "r2");
    assert_eq!(second.statuses(), [OperationStatus::Done]);
    let resumed = world.resume_beside((&both, &first.secret), "r3", Decision::Resume);
    world.end_beside(&mut resumed.unwrap());
    let b = ObjectRef::namespaced("v1", "ConfigMap", "b", "settings");
    assert_eq!(world.object(&b).unwrap()["data"]["text"], "2.0");
    assert_eq!(world.record("b").unwrap().version(), "2.0");
}

/// A run that unwinds is cancelled when its first operation is done, and others have the instance before it goes on and fails. What they did stays as
/// it is, and no hook of the first operation runs; where nobody did anything, that is taken back.
#[test]
fn what_others_have_had_since_is_not_taken_back() {
    let version = |name: &str, v: &str| {
        Version::new(name, v)
            .object(config("settings", v))
            .object(config(&format!("of-{v}"), v))
            .hook("pre-rollback", "leave", json!({}))
            .hook("post-rollback", "left", json!({}))
    };
    let failing =
        version("a", "4.0").hook("post-upgrade", "announce", json!({"onFailure": "rollback"}));
    let of_a = ["1.0", "2.0", "3.0"].map(|v| version("a", v));
    let of_a: Vec<Version> = of_a.into_iter().chain([failing]).collect();
    let of_b = version("b", "1.0").hook("pre-install", "prepare", json!({}));
    for is_install in [true, false] {
        let first = match is_install {
            true => install("a", "2.0"),
            false => upgrade("a", "1.0", "2.0"),
        };
        let others: [(&str, &[Wish]); 6] = [
            ("nothing", &[]),
            ("an upgrade", &[upgrade("a", "2.0", "3.0")]),
            ("an uninstall", &[uninstall("a", "2.0")]),
            (
                "another install",
                &[uninstall("a", "2.0"), install("a", "2.0")],
            ),
            // What it had deleted is there again, and is not what the first one wrote.
            (
                "an upgrade that was taken back",
                &[upgrade("a", "2.0", "4.0")],
            ),
            ("a rollback", &[rollback("a", "2.0", "1.0")]),
        ];
        for (what, other) in others {
            let case = format!("{what}, first of all an install: {is_install}");
            let mut world = World::new(of_a.iter().cloned().chain([of_b.clone()]));
            world.script("prepare", fails());
            world.script("announce", fails());
            if !is_install {
                world.run_beside(&[install("a", "1.0")], "r0");
            }
            let wishes = [first.clone(), install("b", "1.0").at_level(1)];
            let both = Arc::new(world.plan(&wishes).unwinding());
            let mut run = world.begin_beside(&both, "r1");
            cancel_between(&world, &mut run);
            for wish in other {
                let other = world.run_beside(std::slice::from_ref(wish), "r2");
                let status = match what {
                    "an upgrade that was taken back" => OperationStatus::RolledBack,
                    _ => OperationStatus::Done,
                };
                assert_eq!(other.statuses(), [status], "{case}");
            }
            let stands = |world: &World| {
                let mut objects = world.objects();
                objects.retain(|one| one.contains(" a/") && !one.starts_with("Job "));
                let settings = ObjectRef::namespaced("v1", "ConfigMap", "a", "settings");
                (objects, world.object(&settings), world.record("a"))
            };
            let before = stands(&world);
            let resumed = world.resume_beside((&both, &run.secret), "r3", Decision::Resume);
            let mut resumed = resumed.unwrap();
            world.end_beside(&mut resumed);
            let of_first = match other {
                [] => OperationStatus::RolledBack,
                _ => OperationStatus::Done,
            };
            let statuses = [of_first, OperationStatus::Unchanged];
            assert_eq!(resumed.statuses(), statuses, "{case}");
            let journal = resumed.machine.journal();
            let warnings = journal.operations()[0].warnings();
            if other.is_empty() {
                assert_eq!(warnings, [""; 0]);
                continue;
            }
            let says_so = |warning: &String| warning.contains("cannot be taken back by itself: ");
            assert!(warnings.iter().any(says_so), "{case}: {warnings:?}");
            assert_eq!(journal.operations()[0].attempts(), [], "{case}");
            assert_eq!(stands(&world), before, "{case}");
        }
    }
}

/// What another run is about is not taken back either, before that has put anything on record.
#[test]
fn what_another_run_is_about_is_not_taken_back() {
    let version = |name: &str, v: &str| Version::new(name, v).object(config("settings", v));
    let failing = version("b", "1.0").hook("pre-install", "prepare", json!({}));
    let mut world = World::new([version("a", "1.0"), version("a", "2.0"), failing]);
    world.script("prepare", fails());
    let wishes = [install("a", "1.0"), install("b", "1.0").at_level(1)];
    let both = Arc::new(world.plan(&wishes).unwinding());
    let mut first = world.begin_beside(&both, "r1");
    cancel_between(&world, &mut first);
    let onward = Arc::new(world.plan(&[upgrade("a", "1.0", "2.0")]));
    let mut second = world.begin_beside(&onward, "r2");
    let is_stopped = !world.drive_beside(&mut second, |_, next| {
        match is_next(next, "apply ConfigMap a/settings") {
            true => Then::StopsAfter,
            false => Then::GoesOn,
        }
    });
    assert!(is_stopped);
    let resumed = world.resume_beside((&both, &first.secret), "r3", Decision::Resume);
    let mut resumed = resumed.unwrap();
    world.end_beside(&mut resumed);
    let statuses = [OperationStatus::Done, OperationStatus::Unchanged];
    assert_eq!(resumed.statuses(), statuses);
    let journal = resumed.machine.journal();
    assert_snapshot!(journal.operations()[0].warnings().join("\n"), @"`install a 1.0 in a` cannot be taken back by itself: the run `run-2` is about the same, and has not ended: resume or abandon it first");
    world.end_beside(&mut second);
    assert_eq!(second.statuses(), [OperationStatus::Done]);
}

/// A journal whose history the next run takes over goes when that one is kept, and not before: the run is to end first, with its end stored.
#[test]
fn no_journal_goes_before_the_next_is_there() {
    let mut world = packages(&["a", "b"]);
    let both = world.run_beside(
        &[install("a", "1.0"), install("b", "1.0").at_level(1)],
        "r1",
    );
    assert!(both.machine.ended().is_some());
    let plan = Arc::new(world.plan(&[uninstall("a", "1.0")]));
    // Its runner stops before it has written anything, or is kept from writing its end.
    let mut run = world.begin_beside(&plan, "r2");
    assert!(run.machine.ended().is_none());
    let mut was_ended = false;
    assert!(world.drive_beside(&mut run, |machine, next| {
        let Poll::Do(effect) = next else {
            return Then::GoesOn;
        };
        let is_end = machine.journal().ended().is_some() && is_next(next, "write the journal");
        was_ended |= is_end;
        match is_end {
            true => {
                let lost = Failure::unanswered("nobody is there");
                machine.answer(effect.id, Answer::Saved(Err(lost)));
                machine.lease_until(Timestamp::default());
                Then::IsAnswered
            }
            false => Then::GoesOn,
        }
    }));
    assert!(was_ended);
    assert_eq!(
        run.machine.outcome(),
        Some(Outcome::Stopped(Stop::LeaseLost))
    );
    assert!(run.machine.ended().is_none());
}

/// The place that was found for one plan is none for another.
#[test]
fn a_place_is_that_of_its_plan() {
    let mut world = packages(&["a", "b", "c"]);
    world.run_beside(&[install("a", "1.0"), install("b", "1.0")], "r1");
    let of_a = world.plan(&[uninstall("a", "1.0")]);
    let of_c = Arc::new(world.plan(&[install("c", "1.0")]));
    let place = world.journals().place(&of_a).unwrap();
    assert!(Machine::begin_at(of_c, &place, "r2", Settings::default()).is_err());
}

/// What was given up is told of until something else is done with its instance, whatever names journals have by then.
#[test]
fn what_was_given_up_outlives_a_journal_of_its_name() {
    let version = |name: &str| {
        Version::new(name, "1.0")
            .object(config("settings", name))
            .hook("post-install", &format!("announce-{name}"), json!({}))
    };
    let mut world = World::new(["a", "c"].map(version));
    world.script("announce-a", fails());
    world.script("announce-c", fails());
    world.run_beside(&[install("a", "1.0")], "r1");
    world.script("announce-a", PodScript::succeeds(Duration::from_secs(1)));
    world.run_beside(
        &[install("a", "1.0"), install("c", "1.0").at_level(1)],
        "r2",
    );
    let of_c = world.run_beside(&[install("c", "1.0")], "r3");
    let plan = Arc::new(of_c.machine.plan().clone());
    let given_up = world.resume_beside((&plan, &of_c.secret), "r4", Decision::Abandon);
    world.end_beside(&mut given_up.unwrap());
    world.run_beside(&[uninstall("a", "1.0")], "r5");
    let is_told = world.journals().iter().any(|kept| {
        let mut operations = kept.journal().operations().iter();
        operations.any(|one| one.status() == OperationStatus::Abandoned)
    });
    assert!(is_told, "nobody is told of `c` any more");
}

fn has_the_role(world: &World) -> bool {
    world
        .objects()
        .iter()
        .any(|one| one == "ClusterRole shared")
}

/// What another instance has got since a plan was made stays when the operation of that plan is taken back.
#[test]
fn what_another_one_got_since_the_plan_was_made_stays() {
    let alone = Version::new("b", "1.0").definition("role", &bare_role(None));
    let failing = Version::new("a", "1.0")
        .definition("role", &bare_role(None))
        .hook("post-install", "announce", json!({"onFailure": "rollback"}));
    let mut world = World::new([failing, alone]);
    world.script("announce", fails());
    let a = Arc::new(world.plan(&[install("a", "1.0")]));
    world.run_beside(&[install("b", "1.0")], "r1");
    let mut run = world.begin_beside(&a, "r2");
    world.end_beside(&mut run);
    assert_eq!(run.statuses(), [OperationStatus::RolledBack]);
    assert!(has_the_role(&world));
}

/// So does what it has got while a run rested that is taken back then.
#[test]
fn what_another_one_got_while_the_run_rested_stays() {
    let alone = Version::new("b", "1.0").object(bare_role(None));
    let failing = Version::new("a", "1.0")
        .object(bare_role(None))
        .object(config("settings", "a"));
    let mut world = World::new([failing, alone]);
    let a = Arc::new(world.plan(&[install("a", "1.0")]));
    let refuse = |world: &World, run: &mut OwnRun| {
        let cluster = world.cluster.clone();
        world.drive_beside(run, |_, next: &Poll| {
            if is_next(next, "apply ConfigMap") {
                cluster.get().deny("patch", "ConfigMap");
            }
            Then::GoesOn
        });
        world.cluster.get().allow_all();
    };
    let mut run = world.begin_beside(&a, "r1");
    refuse(&world, &mut run);
    let other = world.run_beside(&[install("b", "1.0")], "r2");
    assert_eq!(other.statuses(), [OperationStatus::Done]);
    for decision in [Decision::Resume, Decision::TakeBack] {
        let writer = format!("{decision:?}");
        let resumed = world.resume_beside((&a, &run.secret), &writer, decision);
        refuse(&world, &mut resumed.unwrap());
    }
    assert!(has_the_role(&world));
}

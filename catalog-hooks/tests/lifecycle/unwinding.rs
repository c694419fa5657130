//! Runs that take back all they did when one of their operations fails, and are kept from it.

use std::sync::Arc;

use catalog_hooks::api::ObjectRef;
use catalog_hooks::journal::OperationStatus::{Degraded, Done, NotStarted, RolledBack, Unchanged};
use catalog_hooks::journal::SecretJournal;
use catalog_hooks::{Decision, JournalStore, Outcome, Poll};
use insta::{allow_duplicates, assert_snapshot};
use serde_json::{Value, json};

use crate::beside::{OwnRun, Then};
use crate::package::{Version, config};
use crate::world::{World, fails, install, is_next, refused, upgrade};

/// Drives a run to its end; what begins with these words is refused.
fn end_refusing(world: &World, run: &mut OwnRun, words: &str) {
    let is_over = world.drive_beside(run, |machine, next| match next {
        Poll::Do(effect) if is_next(next, words) => {
            machine.answer(effect.id, refused(403, "Forbidden", "not allowed"));
            Then::IsAnswered
        }
        _ => Then::GoesOn,
    });
    assert!(is_over);
}

/// Where it cannot be told whether others have had an instance since, the run is not over: whoever goes on with it asks again, whatever they decide.
#[test]
fn what_cannot_be_told_is_asked_again() {
    let decisions = [Decision::Resume, Decision::TakeBack, Decision::Skip];
    allow_duplicates!(for decision in decisions {
        let mut world = World::new([
            Version::new("a", "1.0").object(config("settings", "a")),
            Version::new("b", "1.0").hook("pre-install", "prepare", json!({})),
        ]);
        world.script("prepare", fails());
        let wishes = [install("a", "1.0"), install("b", "1.0").at_level(1)];
        let both = Arc::new(world.plan(&wishes).unwinding());
        let mut run = world.begin_beside(&both, "r1");
        let mut is_done = false;
        let record = "read Secret catalog-system/catalog-installed-a";
        let is_over = world.drive_beside(&mut run, |machine, next| {
            is_done |= machine.journal().operations()[0].status() == Done;
            match next {
                Poll::Do(effect) if is_done && is_next(next, record) => {
                    machine.answer(effect.id, refused(403, "Forbidden", "not allowed"));
                    Then::IsAnswered
                }
                _ => Then::GoesOn,
            }
        });
        assert!(is_over);
        assert_eq!(run.statuses(), [Degraded, Unchanged]);
        let journal = run.machine.journal();
        let note = journal.operations()[0].failure().unwrap();
        assert_snapshot!(format!("{}: {}\n{}", note.step, note.message, note.next), @"
        install a 1.0 in a: it cannot be told whether it may be taken back: the installed record cannot be read: not allowed (403)
        mend the cause and resume, or abandon: then what is done stays
        ");
        assert_eq!(run.machine.outcome(), Some(Outcome::Partial));
        // Asked again, it cannot be told again.
        let known = (&both, &run.secret);
        let mut run = world.resume_beside(known, "r2", decision).unwrap();
        end_refusing(&world, &mut run, record);
        assert_eq!(run.statuses(), [Degraded, Unchanged], "{decision:?}");
        let known = (&both, &run.secret);
        let mut run = world.resume_beside(known, "r3", decision).unwrap();
        world.end_beside(&mut run);
        assert_eq!(run.statuses(), [RolledBack, Unchanged], "{decision:?}");
        assert_eq!(world.records(), []);
    });
}

/// Others have had the instance when a run goes on that could not tell so, whose runner died before it had stored that the run has ended: what they brought
/// stays.
#[test]
fn what_could_not_be_told_is_asked_again_though_nothing_is_decided() {
    let mut world = World::new([
        Version::new("a", "1.0").object(config("settings", "one")),
        Version::new("a", "2.0").object(config("settings", "two")),
        Version::new("b", "1.0").hook("pre-install", "prepare", json!({})),
        Version::new("c", "1.0"),
    ]);
    world.script("prepare", fails());
    let wishes = [
        install("a", "1.0"),
        install("b", "1.0").at_level(1),
        install("c", "1.0").at_level(2),
    ];
    let all = Arc::new(world.plan(&wishes).unwinding());
    let mut run = world.begin_beside(&all, "r1");
    let is_over = world.drive_beside(&mut run, |machine, next| {
        if is_next(next, "create Secret catalog-system/catalog-installed-a") {
            machine.cancel();
        }
        Then::GoesOn
    });
    assert!(is_over);
    assert_eq!(run.statuses(), [Done, NotStarted, NotStarted]);
    world.run_beside(&[upgrade("a", "1.0", "2.0")], "others");
    let known = (&all, &run.secret);
    let mut run = world.resume_beside(known, "r2", Decision::Resume).unwrap();
    let record = "read Secret catalog-system/catalog-installed-a";
    end_refusing(&world, &mut run, record);
    assert_eq!(run.statuses(), [Degraded, Unchanged, NotStarted]);
    let mut kept = SecretJournal::new(world.cluster.clone(), run.secret.clone());
    let stored = kept.load().unwrap().unwrap();
    let mut journal: Value = serde_json::from_str(&stored.text).unwrap();
    journal.as_object_mut().unwrap().remove("ended");
    kept.save(&journal.to_string(), Some(&stored.version))
        .unwrap();
    let known = (&all, &run.secret);
    let mut run = world.resume_beside(known, "r3", None).unwrap();
    world.end_beside(&mut run);
    assert_eq!(run.statuses(), [Done, Unchanged, NotStarted]);
    assert_eq!(world.record("a").unwrap().version(), "2.0");
    let settings = ObjectRef::namespaced("v1", "ConfigMap", "a", "settings");
    let there = world.object(&settings).unwrap();
    assert_eq!(there["data"]["text"], "two");
}

/// It is given up: what is done stays, and is on record as that.
#[test]
fn what_cannot_be_told_is_given_up() {
    let mut world = World::new([
        Version::new("a", "1.0").object(config("settings", "a")),
        Version::new("b", "1.0").hook("pre-install", "prepare", json!({})),
    ]);
    world.script("prepare", fails());
    let wishes = [install("a", "1.0"), install("b", "1.0").at_level(1)];
    let both = Arc::new(world.plan(&wishes).unwinding());
    let mut run = world.begin_beside(&both, "r1");
    let mut is_done = false;
    world.drive_beside(&mut run, |machine, next| {
        is_done |= machine.journal().operations()[0].status() == Done;
        match next {
            Poll::Do(effect)
                if is_done && is_next(next, "read Secret catalog-system/catalog-installed-a") =>
            {
                machine.answer(effect.id, refused(403, "Forbidden", "not allowed"));
                Then::IsAnswered
            }
            _ => Then::GoesOn,
        }
    });
    let known = (&both, &run.secret);
    let mut run = world.resume_beside(known, "r2", Decision::Abandon).unwrap();
    world.end_beside(&mut run);
    assert!(!world.record("a").unwrap().is_unfinished());
    assert_eq!(world.uninstalled(&["a", "b"]), Vec::<String>::new());
}

/// What moved is settled of what an unwinding does not come to.
#[test]
fn what_moved_is_settled_where_an_unwinding_stops() {
    let version = |name: &str, v: &str| Version::new(name, v).object(config(&format!("of-{v}"), v));
    let moving = || {
        let mut object = config("moving", "x");
        object["metadata"]["namespace"] = "a".into();
        object
    };
    let mut world = World::new([
        version("a", "1.0").object(moving()),
        version("a", "2.0"),
        version("b", "1.0").object(moving()).hook(
            "post-install",
            "migrate",
            json!({"irreversible": true}),
        ),
        version("c", "1.0").hook("pre-install", "prepare", json!({})),
    ]);
    world.script("prepare", fails());
    world.run_beside(&[install("a", "1.0")], "r0");
    let wishes = [
        upgrade("a", "1.0", "2.0"),
        install("b", "1.0").at_level(1),
        install("c", "1.0").at_level(2),
    ];
    let all = Arc::new(world.plan(&wishes).unwinding());
    let mut run = world.begin_beside(&all, "r1");
    world.end_beside(&mut run);
    assert_eq!(run.statuses(), [Done, Done, Unchanged]);
    let moved = ObjectRef::namespaced("v1", "ConfigMap", "a", "moving");
    assert!(world.object(&moved).is_some());
    let record = world.record("a").unwrap();
    let mut ledger = record.ledger().iter();
    assert!(!ledger.any(|entry| entry.object.is_same_object(&moved)));
}

/// A runner that dies when it has taken off the record what moved, and before the journal says so: its run is taken back all the same.
#[test]
fn what_was_settled_by_a_runner_that_died_is_taken_back() {
    let version = |name: &str, v: &str| Version::new(name, v).object(config(&format!("of-{v}"), v));
    let moving = || {
        let mut object = config("moving", "x");
        object["metadata"]["namespace"] = "a".into();
        object
    };
    let mut stopped = 0;
    for dies in [true, false] {
        let mut world = World::new([
            version("a", "1.0").object(moving()),
            version("a", "2.0"),
            version("b", "1.0").object(moving()),
            version("c", "1.0").hook("pre-install", "prepare", json!({})),
        ]);
        world.script("prepare", fails());
        world.run_beside(&[install("a", "1.0")], "r0");
        let wishes = [
            upgrade("a", "1.0", "2.0"),
            install("b", "1.0").at_level(1),
            install("c", "1.0").at_level(2),
        ];
        let all = Arc::new(world.plan(&wishes).unwinding());
        let mut run = world.begin_beside(&all, "r1");
        let mut records = 0;
        world.drive_beside(&mut run, |machine, next| {
            let is_put = |verb| {
                is_next(
                    next,
                    &format!("{verb} Secret catalog-system/catalog-installed"),
                )
            };
            let is_record = is_put("create") || is_put("replace");
            records += usize::from(is_record);
            if is_record && records == 2 {
                machine.cancel();
            }
            match records == 3 && dies {
                true => {
                    stopped += 1;
                    Then::StopsAfter
                }
                false => Then::GoesOn,
            }
        });
        let known = (&all, &run.secret);
        let mut run = world.resume_beside(known, "r2", Decision::Resume).unwrap();
        world.end_beside(&mut run);
        assert_eq!(
            run.statuses(),
            [RolledBack, RolledBack, Unchanged],
            "{dies}"
        );
        assert_eq!(world.record("a").unwrap().version(), "1.0");
        let moved = ObjectRef::namespaced("v1", "ConfigMap", "a", "moving");
        assert!(world.object(&moved).is_some(), "{dies}");
        assert_eq!(world.uninstalled(&["a", "b", "c"]), Vec::<String>::new());
    }
    assert_eq!(stopped, 1);
}

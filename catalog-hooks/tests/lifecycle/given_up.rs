//! What an upgrade or a rollback left that was given up, and the ways from there.

use std::time::Duration;

use catalog_hooks::journal::OperationStatus;
use catalog_hooks::plan::PinnedRelease;
use catalog_hooks::record::{Attempted, InstalledRecord};
use catalog_hooks::simulator::{PodScript, Readiness};
use catalog_hooks::{Answer, Decision, Outcome, Poll};
use catalog_model::version;
use insta::assert_snapshot;
use serde_json::json;

use crate::package::{Version, config, job};
use crate::world::{
    HOME, Run, Wish, World, fails, install, is_next, refused, rollback, uninstall, upgrade,
};

/// Three versions: the second has a part of each kind that the first has not, and hooks around them.
fn db(irreversible: bool) -> World {
    let policy = json!({"irreversible": irreversible});
    World::new([
        Version::new("db", "1.0")
            .object(config("settings", "one"))
            .object(config("one", "one"))
            .hook("post-rollback", "settle", json!({})),
        Version::new("db", "2.0")
            .crd("Widget", &["v1"])
            .object(config("settings", "two"))
            .object(config("two", "two"))
            .chart("engine")
            .hook("pre-upgrade", "backup", policy.clone())
            .hook("post-upgrade", "migrate", policy)
            .hook("pre-rollback", "drain", json!({})),
        Version::new("db", "3.0").object(config("settings", "three")),
    ])
}

/// Where an operation fails.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    /// A hook, by its name.
    Hook(&'static str),
    /// A module that is never ready, by its name.
    Chart(&'static str),
    /// A call, by how it is told.
    Call(&'static str),
}

const UPGRADE: [Place; 7] = [
    Place::Hook("backup"),
    Place::Call("apply CustomResourceDefinition"),
    Place::Call("apply ConfigMap db/settings"),
    Place::Call("apply ConfigMap db/two"),
    Place::Call("delete ConfigMap db/one"),
    Place::Chart("engine"),
    Place::Hook("migrate"),
];

const ROLLBACK: [Place; 5] = [
    Place::Hook("drain"),
    Place::Call("apply ConfigMap db/settings"),
    Place::Call("apply ConfigMap db/one"),
    Place::Call("delete ConfigMap db/two"),
    Place::Hook("settle"),
];

/// Carries an operation out that fails at a place.
pub(crate) fn failed(world: &mut World, wish: Wish, place: Place) -> Run {
    all_failed(world, &[wish], place)
}

/// The same of a run of several.
pub(crate) fn all_failed(world: &mut World, wishes: &[Wish], place: Place) -> Run {
    match place {
        Place::Hook(hook) => world.script(hook, fails()),
        Place::Chart(module) => readiness(world, module, Readiness::Never),
        Place::Call(_) => {}
    }
    let refuses = move |next: &Poll| -> Option<Answer> {
        let Place::Call(call) = place else {
            return None;
        };
        is_next(next, call).then(|| refused(422, "Invalid", "it may not be"))
    };
    let plan = world.plan(wishes);
    let machine = world.machine(plan);
    let run = world.drive_or_answer(machine, |_, _, next| refuses(next));
    match place {
        Place::Hook(hook) => world.script(hook, PodScript::default()),
        Place::Chart(module) => readiness(world, module, Readiness::After(Duration::ZERO)),
        Place::Call(_) => {}
    }
    run
}

fn readiness(world: &World, module: &str, readiness: Readiness) {
    world.cluster.get().module_readiness(module, readiness);
}

/// The same, which is given up if it came to rest.
pub(crate) fn given_up(world: &mut World, wish: Wish, place: Place) -> Run {
    let run = failed(world, wish, place);
    match is_at_rest(&run) {
        true => world.resume(&run, Some(Decision::Abandon)),
        false => run,
    }
}

fn is_at_rest(run: &Run) -> bool {
    run.journal.operations()[0].status().is_open()
}

/// The versions that were attempted.
fn attempted(record: &InstalledRecord) -> String {
    let versions: Vec<&str> = record.attempted().iter().map(Attempted::version).collect();
    match versions.is_empty() {
        true => "nothing".to_owned(),
        false => versions.join(" and "),
    }
}

/// What is on record: the version, what was attempted, and what was there before.
fn on_record(world: &World) -> String {
    let record = world.record("db").unwrap();
    let history = record.release().get("history").cloned();
    let attempted = attempted(&record);
    let history = history.unwrap_or(json!([]));
    format!(
        "{}, attempted {attempted}, before {history}",
        record.version()
    )
}

/// The objects, without the Jobs of hooks that are kept because they failed, and without what is never deleted unasked.
pub(crate) fn objects(world: &World) -> Vec<String> {
    let objects = world.objects().into_iter();
    let own = objects
        .filter(|one| !one.starts_with("Job ") && !one.starts_with("CustomResourceDefinition"));
    let modules = world.cluster.get();
    let modules = modules.modules().map(|module| format!("{module:?}"));
    own.chain(modules).collect()
}

pub(crate) fn done(world: &mut World, wish: Wish, place: Place) -> Run {
    let run = world.run(&[wish]);
    assert_eq!(run.outcome, Outcome::Done, "{place:?}: {}", run.story());
    run
}

#[test]
fn an_upgrade_that_was_given_up_anywhere_can_be_left_in_every_direction() {
    let mut left_something = 0;
    for irreversible in [false, true] {
        for place in UPGRADE {
            let begun = || {
                let mut world = db(irreversible);
                world.run(&[install("db", "1.0")]);
                let before = objects(&world);
                let run = given_up(&mut world, upgrade("db", "1.0", "2.0"), place);
                (world, before, run)
            };
            let (mut world, before, run) = begun();
            if run.journal.operations()[0].status() == OperationStatus::Unchanged {
                assert_eq!(on_record(&world), "1.0, attempted nothing, before []");
                assert_eq!(place, Place::Hook("backup"));
                continue;
            }
            left_something += 1;
            assert_eq!(
                on_record(&world),
                "1.0, attempted 2.0, before []",
                "{place:?}"
            );
            let back = done(&mut world, rollback("db", "2.0", "1.0"), place);
            assert_eq!(objects(&world), before, "{place:?}");
            assert_eq!(
                on_record(&world),
                "1.0, attempted nothing, before []",
                "{place:?}"
            );
            // There is nothing for the version that is left to give up where its modules were never begun.
            let drained = back.story().contains("pre-rollback drain");
            let is_early = matches!(place, Place::Hook("backup")) || place == UPGRADE[1];
            assert_eq!(drained, !is_early, "{place:?}: {}", back.story());

            let (mut world, ..) = begun();
            done(&mut world, upgrade("db", "1.0", "2.0"), place);
            assert_eq!(
                on_record(&world),
                r#"2.0, attempted nothing, before ["1.0"]"#
            );
            done(&mut world, rollback("db", "2.0", "1.0"), place);
            assert_eq!(objects(&world), before, "{place:?}");

            let (mut world, ..) = begun();
            done(&mut world, upgrade("db", "1.0", "3.0"), place);
            assert_eq!(
                on_record(&world),
                r#"3.0, attempted nothing, before ["1.0"]"#
            );
            let left = objects(&world).join("\n");
            assert_eq!(left, "ConfigMap db/settings\nNamespace db", "{place:?}");
        }
    }
    assert_eq!(left_something, 2 * UPGRADE.len() - 1);
}

#[test]
fn a_rollback_that_was_given_up_anywhere_can_be_left_in_both_directions() {
    for place in ROLLBACK {
        let begun = || {
            let mut world = db(false);
            world.run(&[install("db", "1.0")]);
            let first = objects(&world);
            world.run(&[upgrade("db", "1.0", "2.0")]);
            let second = objects(&world);
            let run = given_up(&mut world, rollback("db", "2.0", "1.0"), place);
            (world, first, second, run)
        };
        let (mut world, _, second, run) = begun();
        let status = run.journal.operations()[0].status();
        assert_eq!(status, OperationStatus::Abandoned, "{place:?}");
        assert_eq!(on_record(&world), r#"2.0, attempted 1.0, before ["1.0"]"#);
        done(&mut world, upgrade("db", "1.0", "2.0"), place);
        assert_eq!(objects(&world), second, "{place:?}");
        assert_eq!(
            on_record(&world),
            r#"2.0, attempted nothing, before ["1.0"]"#
        );

        let (mut world, first, ..) = begun();
        done(&mut world, rollback("db", "2.0", "1.0"), place);
        assert_eq!(objects(&world), first, "{place:?}");
        assert_eq!(
            on_record(&world),
            r#"1.0, attempted nothing, before ["1.0","2.0"]"#
        );
    }
}

/// The way back fails too, and is given up: what was attempted is what it was leaving.
#[test]
fn what_was_attempted_stays_on_record_until_something_is_done() {
    let mut failed_twice = 0;
    for first in &UPGRADE[1..] {
        for second in ROLLBACK {
            let mut world = db(false);
            world.run(&[install("db", "1.0")]);
            let before = objects(&world);
            given_up(&mut world, upgrade("db", "1.0", "2.0"), *first);
            let run = given_up(&mut world, rollback("db", "2.0", "1.0"), second);
            if run.outcome == Outcome::Done {
                // It had not come to what could fail.
                continue;
            }
            failed_twice += 1;
            let attempted = on_record(&world);
            assert_eq!(
                attempted, "1.0, attempted 2.0, before []",
                "{first:?} {second:?}"
            );
            done(&mut world, rollback("db", "2.0", "1.0"), second);
            assert_eq!(objects(&world), before, "{first:?} {second:?}");
            assert_eq!(on_record(&world), "1.0, attempted nothing, before []");
        }
    }
    // Where little of it had come there is neither a hook before the way back nor anything to delete on it.
    assert_eq!(failed_twice, 26);
}

/// The way back fails too, and is given up: the modules of what was attempted go with whatever is done next.
#[test]
fn modules_of_what_was_attempted_are_known_after_a_way_back_was_given_up() {
    for place in ROLLBACK {
        for (next, left) in [
            (
                upgrade("db", "1.0", "3.0"),
                "ConfigMap db/settings\nNamespace db",
            ),
            (uninstall("db", "1.0"), "Namespace db"),
        ] {
            let mut world = db(false);
            world.run(&[install("db", "1.0")]);
            given_up(
                &mut world,
                upgrade("db", "1.0", "2.0"),
                Place::Hook("migrate"),
            );
            let run = given_up(&mut world, rollback("db", "2.0", "1.0"), place);
            assert_ne!(run.outcome, Outcome::Done, "{place:?}: {}", run.story());
            done(&mut world, next, place);
            assert_eq!(objects(&world).join("\n"), left, "{place:?}");
        }
    }
}

/// Nothing was done that is put on record: there is nothing to go back from.
#[test]
fn what_did_nothing_names_no_way_back() {
    let versions = ["0.9", "1.0", "2.0"];
    let mut world =
        World::new(versions.map(|one| Version::new("db", one).object(config("settings", one))));
    world.run(&[install("db", "0.9")]);
    world.run(&[upgrade("db", "0.9", "1.0")]);
    let plan = world.plan(&[upgrade("db", "1.0", "2.0")]);
    let machine = world.machine(plan);
    let mut looks = 0;
    let run = world.drive_or_answer(machine, |_, _, next| {
        // The first time it is asked whose the object is.
        looks += usize::from(is_next(next, "read ConfigMap db/settings"));
        let is_look = is_next(next, "read ConfigMap db/settings") && looks > 1;
        is_look.then(|| refused(403, "Forbidden", "not allowed"))
    });
    assert!(is_at_rest(&run), "{}", run.story());
    let run = world.resume(&run, Some(Decision::Abandon));
    assert_eq!(
        on_record(&world),
        r#"1.0, attempted nothing, before ["0.9"]"#
    );
    assert_snapshot!(run.story(), @"
    Partial
    upgrade db 1.0 -> 2.0 in db: Abandoned
      failed in modules: ConfigMap db/settings cannot be read: not allowed (403)
      next: it was given up, and what is done stays: nothing of it is on record, begin again
    ");
}

/// The plan that brought what was attempted is kept as long as a record names it, and may name it again.
#[test]
fn the_plan_of_what_was_attempted_outlives_what_fails_after_it() {
    let settings = Place::Call("apply ConfigMap db/settings");
    let gone = Place::Call("delete ConfigMap db/settings");
    for (next, place, decision) in [
        (rollback("db", "2.0", "1.0"), Place::Hook("settle"), None),
        (
            rollback("db", "2.0", "1.0"),
            Place::Hook("settle"),
            Some(Decision::Abandon),
        ),
        (
            upgrade("db", "1.0", "3.0"),
            settings,
            Some(Decision::TakeBack),
        ),
        (uninstall("db", "1.0"), gone, None),
    ] {
        let mut world = db(false);
        world.run(&[install("db", "1.0")]);
        given_up(
            &mut world,
            upgrade("db", "1.0", "2.0"),
            Place::Hook("migrate"),
        );
        let run = failed(&mut world, next, place);
        assert!(is_at_rest(&run), "{}", run.story());
        if decision.is_some() {
            world.resume(&run, decision);
        }
        let record = world.record("db").unwrap();
        let last = record.attempted().first();
        assert_eq!(last.map(Attempted::version), Some("2.0"), "{}", run.story());
        let version = version::Version::parse("2.0").unwrap();
        let mut cluster = world.cluster.clone();
        let found = PinnedRelease::find(&mut cluster, HOME, &record, &version);
        assert!(found.unwrap().is_some(), "{decision:?} {}", run.story());
    }
}

/// The hook failed, and so did its undo: when that succeeds in the end, nothing was attempted.
#[test]
fn hooks_that_are_undone_after_all_leave_nothing_on_record() {
    let undo = json!({"undo": job("backup")});
    let mut world = World::new([
        Version::new("db", "1.0").object(config("one", "1")),
        Version::new("db", "2.0").hook("pre-upgrade", "backup", undo),
    ]);
    world.run(&[install("db", "1.0")]);
    let before = world.record("db");
    world.script("backup", fails());
    let run = world.run(&[upgrade("db", "1.0", "2.0")]);
    assert_eq!(
        run.journal.operations()[0].status(),
        OperationStatus::Broken
    );
    assert_eq!(on_record(&world), "1.0, attempted 2.0, before []");
    world.script_undo("backup", PodScript::default());
    let run = world.resume(&run, Some(Decision::Resume));
    assert_eq!(run.outcome, Outcome::Unchanged, "{}", run.story());
    assert_eq!(world.record("db"), before);
}

/// What was committed is what is on record, though the sweep failed and was given up.
#[test]
fn what_is_committed_was_not_attempted() {
    for (before, wish, writes, record) in [
        (
            vec![install("db", "1.0")],
            upgrade("db", "1.0", "2.0"),
            "replace",
            r#"2.0, attempted nothing, before ["1.0"]"#,
        ),
        (
            vec![],
            install("db", "2.0"),
            "create",
            "2.0, attempted nothing, before []",
        ),
    ] {
        let mut world = db(false);
        for wish in before {
            world.run(&[wish]);
        }
        let plan = world.plan(&[wish]);
        let machine = world.machine(plan);
        let writes = format!("{writes} Secret catalog-system/catalog-installed-db");
        let mut is_committed = false;
        let run = world.drive_or_answer(machine, |_, _, next| {
            is_committed |= is_next(next, &writes);
            let is_sweep = is_committed && is_next(next, "list Job");
            is_sweep.then(|| refused(403, "Forbidden", "not allowed"))
        });
        assert!(is_committed, "{:?}", run.told);
        assert!(is_at_rest(&run), "{}", run.story());
        let run = world.resume(&run, Some(Decision::Abandon));
        assert_eq!(on_record(&world), record);
        let story = run.story();
        let next = "2.0 is on record, begin another operation";
        assert!(story.contains(next), "{story}");
    }
}

/// The release that was attempted is found, though no catalog has it any more.
#[test]
fn what_was_attempted_is_found_in_its_plan() {
    let mut world = db(true);
    world.run(&[install("db", "1.0")]);
    let run = given_up(
        &mut world,
        upgrade("db", "1.0", "2.0"),
        Place::Hook("migrate"),
    );
    assert_snapshot!(run.story(), @"
    Partial
    upgrade db 1.0 -> 2.0 in db: Abandoned
      pre-upgrade backup run 1: succeeded
      post-upgrade migrate run 1: failed
      failed in post-upgrade hooks: post-upgrade hook `migrate` failed: its container ended with 3: working
      next: it was given up, and what is done stays: upgrade to 2.0 again, or go back to 1.0 with a rollback; what `pre-upgrade backup` and `post-upgrade migrate` did cannot be undone, and stays
    ");
    let record = world.record("db").unwrap();
    let mut cluster = world.cluster.clone();
    let found = PinnedRelease::find(
        &mut cluster,
        HOME,
        &record,
        &version::Version::parse("2.0").unwrap(),
    );
    let found = found.unwrap().unwrap();
    assert_eq!(found.release().version().as_str(), "2.0");
}

/// What was on no record was of the version that the upgrade began at.
#[test]
fn an_upgrade_of_what_is_on_no_record_attempts_it() {
    let mut world = db(false);
    world.run(&[install("db", "1.0")]);
    let secret = InstalledRecord::secret_ref(HOME, "db", "db");
    world.cluster.get().force_delete(&secret);
    given_up(
        &mut world,
        upgrade("db", "1.0", "2.0"),
        Place::Hook("migrate"),
    );
    assert_eq!(on_record(&world), "1.0, attempted 2.0, before []");
    done(
        &mut world,
        rollback("db", "2.0", "1.0"),
        Place::Hook("migrate"),
    );
    assert_eq!(on_record(&world), "1.0, attempted nothing, before []");
}

//! What is on record of versions that were attempted one after the other, and the ways from there.

use catalog_hooks::journal::OperationStatus;
use catalog_hooks::plan::PinnedRelease;
use catalog_hooks::{Decision, Outcome};
use catalog_model::version;
use insta::assert_snapshot;
use serde_json::json;

use crate::given_up::{Place, done, failed, given_up, objects};
use crate::package::{Version, config};
use crate::world::{
    HOME, Run, Wish, World, install, is_next, refused, rollback, uninstall, upgrade,
};

/// Versions with parts of their own of each kind, and hooks that give them up.
fn db() -> World {
    let version = |name: &str, object: &str| {
        Version::new("db", name)
            .object(config("settings", object))
            .object(config(object, object))
    };
    World::new([
        version("1.0", "one"),
        version("2.0", "two")
            .chart("engine")
            .hook("post-upgrade", "migrate", json!({"irreversible": true}))
            .hook("pre-rollback", "drain", json!({}))
            .hook("pre-rollback", "drain-engine", json!({})),
        version("3.0", "three")
            .crd("Widget", &["v1"])
            .chart("motor")
            .hook("post-upgrade", "polish", json!({}))
            .hook("pre-rollback", "drain", json!({})),
        version("4.0", "four").hook("post-upgrade", "polish", json!({})),
    ])
}

/// What is on record: the version, and how much there may be of others.
fn on_record(world: &World) -> String {
    let record = world.record("db").unwrap();
    let attempted = record.attempted().iter().map(|one| {
        let hook = one
            .irreversible_hooks()
            .first()
            .map(|hook| format!(" after {hook}"));
        format!(
            ", {:?} of {}{}",
            one.extent(),
            one.version(),
            hook.unwrap_or_default()
        )
    });
    let attempted: String = attempted.collect();
    format!("{}{attempted}", record.version())
}

/// That whatever was attempted is found in the plan that is kept for it.
pub(crate) fn can_be_found(world: &World) {
    let record = world.record("db").unwrap();
    for one in record.attempted() {
        let version = version::Version::parse(one.version()).unwrap();
        let mut cluster = world.cluster.clone();
        let found = PinnedRelease::find(&mut cluster, HOME, &record, &version);
        assert!(found.unwrap().is_some(), "{}", one.version());
    }
}

/// An upgrade to 2.0 that is given up when all is done but a hook.
fn after_one_attempt() -> World {
    let mut world = db();
    world.run(&[install("db", "1.0")]);
    given_up(
        &mut world,
        upgrade("db", "1.0", "2.0"),
        Place::Hook("migrate"),
    );
    assert_eq!(
        on_record(&world),
        "1.0, Modules of 2.0 after post-upgrade migrate"
    );
    world
}

const DEFINITIONS: Place = Place::Call("apply CustomResourceDefinition");

#[test]
fn a_second_attempt_does_not_make_the_first_forgotten() {
    let mut world = after_one_attempt();
    given_up(&mut world, upgrade("db", "1.0", "3.0"), DEFINITIONS);
    assert_eq!(
        on_record(&world),
        "1.0, Modules of 2.0 after post-upgrade migrate, Definitions of 3.0"
    );
    can_be_found(&world);
    // Whichever it is said to begin at, what is there of the other is given up, too.
    for from in ["3.0", "2.0"] {
        let mut world = after_one_attempt();
        given_up(&mut world, upgrade("db", "1.0", "3.0"), DEFINITIONS);
        let back = done(&mut world, rollback("db", from, "1.0"), DEFINITIONS);
        assert_eq!(on_record(&world), "1.0");
        let story = back.story();
        assert!(
            story.contains("pre-rollback drain run 1: succeeded"),
            "{story}"
        );
        assert!(
            story.contains("pre-rollback drain-engine run 1: succeeded"),
            "{story}"
        );
        let left = objects(&world).join("\n");
        assert_eq!(
            left, "ConfigMap db/one\nConfigMap db/settings\nNamespace db",
            "{from}"
        );
    }
}

/// Both have modules: each of their hooks runs, and of two with one name that of the later version.
#[test]
fn a_rollback_gives_up_all_that_was_attempted() {
    let mut world = after_one_attempt();
    given_up(
        &mut world,
        upgrade("db", "1.0", "3.0"),
        Place::Chart("motor"),
    );
    assert_eq!(
        on_record(&world),
        "1.0, Modules of 2.0 after post-upgrade migrate, Modules of 3.0"
    );
    let back = done(&mut world, rollback("db", "3.0", "1.0"), DEFINITIONS);
    assert_snapshot!(back.story(), @"
    Done
    rollback db 3.0 -> 1.0 in db: Done
      pre-rollback drain run 1: succeeded
      pre-rollback drain-engine run 1: succeeded
      CustomResourceDefinition widgets.example.com stays: it has no objects, but its deletion was not asked for
    ");
    assert_eq!(on_record(&world), "1.0");
}

#[test]
fn what_a_later_attempt_has_removed_is_not_on_record() {
    let mut world = after_one_attempt();
    given_up(
        &mut world,
        upgrade("db", "1.0", "3.0"),
        Place::Hook("polish"),
    );
    assert_eq!(on_record(&world), "1.0, Modules of 3.0");
    can_be_found(&world);
    let back = done(&mut world, rollback("db", "3.0", "1.0"), DEFINITIONS);
    assert!(!back.story().contains("drain-engine"), "{}", back.story());
    assert_eq!(on_record(&world), "1.0");
}

/// It was taken back after it had removed what was there of the version attempted before.
#[test]
fn a_take_back_does_not_put_on_record_what_is_gone() {
    for (wish, place) in [
        (upgrade("db", "1.0", "3.0"), Place::Hook("polish")),
        (upgrade("db", "1.0", "4.0"), Place::Hook("polish")),
    ] {
        let mut world = after_one_attempt();
        let run = failed(&mut world, wish, place);
        let run = world.resume(&run, Decision::TakeBack);
        let status = run.journal.operations()[0].status();
        assert_eq!(status, OperationStatus::RolledBack, "{}", run.story());
        assert_eq!(on_record(&world), "1.0");
        assert!(!objects(&world).iter().any(|one| one.contains("engine")));
    }
}

#[test]
fn a_take_back_keeps_on_record_what_is_there() {
    let mut world = after_one_attempt();
    let run = failed(&mut world, upgrade("db", "1.0", "3.0"), DEFINITIONS);
    world.resume(&run, Decision::TakeBack);
    assert_eq!(
        on_record(&world),
        "1.0, Modules of 2.0 after post-upgrade migrate"
    );
    can_be_found(&world);
    let back = done(&mut world, rollback("db", "2.0", "1.0"), DEFINITIONS);
    assert!(
        back.story().contains("drain-engine run 1: succeeded"),
        "{}",
        back.story()
    );
}

/// The way back had removed all, and has to be gone to its end: there are no modules left to be given up.
#[test]
fn hooks_that_give_up_modules_do_not_run_when_these_are_gone() {
    let mut world = World::new([
        Version::new("db", "1.0").object(config("one", "1")).hook(
            "post-rollback",
            "settle",
            json!({}),
        ),
        Version::new("db", "2.0")
            .chart("engine")
            .hook("post-upgrade", "migrate", json!({}))
            .hook("pre-rollback", "drain", json!({})),
    ]);
    world.run(&[install("db", "1.0")]);
    given_up(
        &mut world,
        upgrade("db", "1.0", "2.0"),
        Place::Hook("migrate"),
    );
    let back = given_up(
        &mut world,
        rollback("db", "2.0", "1.0"),
        Place::Hook("settle"),
    );
    assert!(
        back.story().contains("drain run 1: succeeded"),
        "{}",
        back.story()
    );
    assert_eq!(on_record(&world), "1.0, Hooks of 2.0");
    let back = done(
        &mut world,
        rollback("db", "2.0", "1.0"),
        Place::Hook("settle"),
    );
    assert!(!back.story().contains("drain"), "{}", back.story());
    assert_eq!(on_record(&world), "1.0");
}

#[test]
fn what_was_attempted_is_uninstalled() {
    let mut counted = 0;
    for place in [DEFINITIONS, Place::Chart("motor"), Place::Hook("polish")] {
        let mut world = after_one_attempt();
        given_up(&mut world, upgrade("db", "1.0", "3.0"), place);
        let all = uninstall("db", "1.0").with(|options| {
            options.delete_data = true;
            options.delete_namespace = true;
        });
        done(&mut world, all, place);
        assert_eq!(objects(&world), Vec::<String>::new(), "{place:?}");
        assert!(world.record("db").is_none());
        counted += 1;
    }
    assert_eq!(counted, 3);
}

/// The step that deletes was skipped: what is left of modules is on record, and goes with what comes next.
#[test]
fn modules_that_were_not_deleted_are_known_after_the_step_was_skipped() {
    let mut world = after_one_attempt();
    let run = failed(
        &mut world,
        upgrade("db", "1.0", "4.0"),
        Place::Call("delete ConfigMap db/two"),
    );
    let run = world.resume(&run, Decision::Skip);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert_eq!(on_record(&world), "4.0");
    assert!(objects(&world).iter().any(|one| one.contains("engine")));
    done(&mut world, uninstall("db", "4.0"), DEFINITIONS);
    assert!(!objects(&world).iter().any(|one| one.contains("engine")));
}

/// A run whose runner goes in the middle of an operation.
fn stopped_before(world: &mut World, wish: Wish, words: &str) -> Run {
    let plan = world.plan(&[wish]);
    let machine = world.machine(plan);
    let run = world.drive(machine, |_, machine, next| {
        if is_next(next, words) {
            machine.cancel();
            machine.cancel();
        }
    });
    assert!(
        matches!(run.outcome, Outcome::Stopped(_)),
        "{}",
        run.story()
    );
    run
}

#[test]
fn what_is_given_up_in_the_middle_says_what_can_be_done_next() {
    let mut world = db();
    world.run(&[install("db", "1.0")]);
    let run = stopped_before(
        &mut world,
        upgrade("db", "1.0", "2.0"),
        "apply ConfigMap db/two",
    );
    let run = world.resume(&run, Decision::Abandon);
    assert_snapshot!(run.story(), @"
    Partial
    upgrade db 1.0 -> 2.0 in db: Abandoned
      failed in modules: it was under way when its runner went
      next: it was given up, and what is done stays: upgrade to 2.0 again, or go back to 1.0 with a rollback
    ");
}

/// Nothing of it is on record yet when it is given up, and the server refuses that.
#[test]
fn what_cannot_be_put_on_record_is_not_over() {
    let mut world = db();
    let run = stopped_before(&mut world, install("db", "2.0"), "apply ConfigMap db/two");
    assert!(world.record("db").is_none());
    let machine = world.resumed(&run.plan, Decision::Abandon);
    let run = world.drive_or_answer(machine, |_, _, next| {
        let is_record = is_next(next, "create Secret catalog-system/catalog-installed-db");
        is_record.then(|| refused(403, "Forbidden", "not allowed"))
    });
    assert_snapshot!(run.story(), @"
    Partial
    install db 2.0 in db: Degraded
      failed in record: what it wrote cannot be put on record: the installed record cannot be written: not allowed (403)
      next: mend the cause and abandon it again: nobody would delete later what is on no record
    ");
    let run = world.resume(&run, Decision::Abandon);
    let status = run.journal.operations()[0].status();
    assert_eq!(status, OperationStatus::Abandoned, "{}", run.story());
    assert!(world.record("db").unwrap().is_unfinished());
}

//! What is on record of versions that were attempted one after the other, and the ways from there.

use std::sync::Arc;

use catalog_hooks::api::{Failure, Request};
use catalog_hooks::journal::OperationStatus;
use catalog_hooks::plan::{OperationOptions, PinnedRelease, Track};
use catalog_hooks::record::InstalledRecord;
use catalog_hooks::simulator::PodScript;
use catalog_hooks::{
    Answer, Decision, Decisions, JournalStore, Machine, ModuleFailure, Outcome, Settings,
    StartErrorKind,
};
use catalog_model::{Phase, version};
use insta::assert_snapshot;
use serde_json::json;

use crate::given_up::{Place, all_failed, done, failed, given_up, objects};
use crate::package::{Version, config, job};
use crate::world::{
    HOME, Run, Wish, World, fails, install, is_next, refused, rollback, uninstall, upgrade,
};

/// Versions with parts of their own of each kind, and hooks that give them up.
fn db(irreversible: bool) -> World {
    let version = |name: &str, object: &str| {
        Version::new("db", name)
            .object(config("settings", object))
            .object(config(object, object))
    };
    World::new([
        version("1.0", "one"),
        version("2.0", "two")
            .chart("engine")
            .hook(
                "post-upgrade",
                "migrate",
                json!({"irreversible": irreversible}),
            )
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

/// What is on record: the version, how much there may be of others, and which hooks cannot be undone.
fn on_record(world: &World) -> String {
    let record = world.record("db").unwrap();
    let attempted = record.attempted().iter();
    let attempted = attempted.map(|one| format!(", {:?} of {}", one.extent(), one.version()));
    let hooks = record.irreversible_hooks().iter();
    let hooks = hooks.map(|hook| format!(", after {hook}"));
    let rest: String = attempted.chain(hooks).collect();
    format!("{}{rest}", record.version())
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
    let world = after_one(true);
    assert_eq!(on_record(&world), format!("1.0, Modules of 2.0{MIGRATED}"));
    world
}

fn after_one(irreversible: bool) -> World {
    let mut world = db(irreversible);
    world.run(&[install("db", "1.0")]);
    given_up(
        &mut world,
        upgrade("db", "1.0", "2.0"),
        Place::Hook("migrate"),
    );
    world
}

const MIGRATED: &str = ", after `post-upgrade migrate` of 2.0";
const DEFINITIONS: Place = Place::Call("apply CustomResourceDefinition");

#[test]
fn a_second_attempt_does_not_make_the_first_forgotten() {
    let mut world = after_one_attempt();
    given_up(&mut world, upgrade("db", "1.0", "3.0"), DEFINITIONS);
    assert_eq!(
        on_record(&world),
        format!("1.0, Modules of 2.0, Definitions of 3.0{MIGRATED}")
    );
    can_be_found(&world);
    // Whichever it is said to begin at, what is there of the other is given up, too.
    for from in ["3.0", "2.0"] {
        let mut world = after_one_attempt();
        given_up(&mut world, upgrade("db", "1.0", "3.0"), DEFINITIONS);
        let back = done(&mut world, rollback("db", from, "1.0"), DEFINITIONS);
        assert_eq!(on_record(&world), format!("1.0{MIGRATED}"));
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

/// What the one before it has put on record is not what it would put there.
#[test]
fn what_a_second_operation_of_a_run_leaves_is_on_record() {
    for (second, place, record) in [
        (
            upgrade("db", "2.0", "3.0"),
            Place::Chart("motor"),
            "2.0, Modules of 3.0",
        ),
        (
            upgrade("db", "2.0", "3.0"),
            Place::Call("apply ConfigMap db/three"),
            "2.0, Modules of 3.0",
        ),
        (
            uninstall("db", "2.0"),
            Place::Call("delete ConfigMap db/two"),
            "2.0, unfinished",
        ),
    ] {
        for decision in [None, Some(Decision::Abandon)] {
            let mut world = db(false);
            world.run(&[install("db", "1.0")]);
            let wishes = [upgrade("db", "1.0", "2.0"), second.clone().at_level(1)];
            let run = all_failed(&mut world, &wishes, place);
            if let Some(decision) = decision {
                world.resume(&run, Decisions::default().with(1, decision));
            }
            let unfinished = match world.record("db").unwrap().is_unfinished() {
                true => ", unfinished",
                false => "",
            };
            let is = format!("{}{unfinished}", on_record(&world));
            assert_eq!(is, record, "{place:?} {decision:?}");
            can_be_found(&world);
            if decision.is_some() {
                world.run(&[uninstall("db", "2.0")]);
                let left = objects(&world).join("\n");
                assert_eq!(left, "Namespace db", "{place:?}");
            }
        }
    }
}

/// Somebody may have deleted it since, and what was left is not put on record again when the run goes on with another operation.
#[test]
fn what_was_given_up_is_put_on_record_once() {
    let package = |name: &str| {
        let version = Version::new(name, "1.0").object(config("settings", name));
        version.hook("post-install", &format!("after-{name}"), json!({}))
    };
    for last in [Decision::Resume, Decision::Abandon] {
        let mut world = World::new([package("a"), package("b")]);
        world.script("after-a", fails());
        world.script("after-b", fails());
        let plan = world.plan(&[install("a", "1.0"), install("b", "1.0")]);
        let plan = Arc::new(plan.with_parallel(2));
        let mut run = world.begin_beside(&plan, "first");
        world.end_beside(&mut run);
        let secret = run.secret;
        let given_up = Decisions::default().with(0, Decision::Abandon);
        let mut run = world
            .resume_beside((&plan, &secret), "second", given_up)
            .unwrap();
        world.end_beside(&mut run);
        assert!(world.record("a").unwrap().is_unfinished());
        let delete = Request::Delete {
            target: InstalledRecord::secret_ref(HOME, "a", "a"),
            uid: None,
            resource_version: None,
        };
        world.cluster.get().meddle(&delete).unwrap();
        let of_b = Decisions::default().with(1, last);
        let mut run = world
            .resume_beside((&plan, &secret), "third", of_b)
            .unwrap();
        world.end_beside(&mut run);
        assert_eq!(world.record("a"), None, "{last:?}");
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
        format!("1.0, Modules of 2.0, Modules of 3.0{MIGRATED}")
    );
    let back = done(&mut world, rollback("db", "3.0", "1.0"), DEFINITIONS);
    assert_snapshot!(back.story(), @"
    Done
    rollback db 3.0 -> 1.0 in db: Done
      pre-rollback drain run 1: succeeded
      pre-rollback drain-engine run 1: succeeded
      CustomResourceDefinition widgets.example.com stays: it has no objects, but its deletion was not asked for
    ");
    assert_eq!(on_record(&world), format!("1.0{MIGRATED}"));
}

/// What is on record is left too where a rollback begins at a version above it and ends below.
#[test]
fn a_rollback_gives_up_what_is_on_record_too() {
    let mut world = db(false);
    world.run(&[install("db", "1.0")]);
    world.run(&[upgrade("db", "1.0", "2.0")]);
    given_up(
        &mut world,
        upgrade("db", "2.0", "3.0"),
        Place::Chart("motor"),
    );
    let plan = world.plan(&[rollback("db", "3.0", "1.0")]);
    let hooks = plan.operations()[0].hooks_of(Phase::PreRollback);
    let hooks: Vec<String> = hooks
        .map(|job| format!("{} of {}", job.hook(), job.version()))
        .collect();
    assert_eq!(hooks, ["drain of 3.0", "drain-engine of 2.0"]);
    let run = world.begin(plan);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert_eq!(on_record(&world), "1.0");
}

/// Whichever version it begins at, and in whatever order they were attempted: the highest one knows what those below it began.
#[test]
fn of_hooks_with_one_name_that_of_the_highest_version_gives_up() {
    let attempts = [("2.0", "engine"), ("3.0", "motor")];
    for order in [[0, 1], [1, 0]] {
        for from in ["2.0", "3.0"] {
            let mut world = db(false);
            world.run(&[install("db", "1.0")]);
            for (to, module) in order.map(|place| attempts[place]) {
                given_up(&mut world, upgrade("db", "1.0", to), Place::Chart(module));
            }
            let plan = world.plan(&[rollback("db", from, "1.0")]);
            let hooks = plan.operations()[0].hooks_of(Phase::PreRollback);
            let hooks: Vec<String> = hooks
                .map(|job| format!("{} of {}", job.hook(), job.version()))
                .collect();
            assert_eq!(
                hooks,
                ["drain of 3.0", "drain-engine of 2.0"],
                "from {from}"
            );
        }
    }
}

/// What it has removed is not; what a hook did stays.
#[test]
fn what_a_later_attempt_has_removed_is_not_on_record() {
    let mut world = after_one_attempt();
    given_up(
        &mut world,
        upgrade("db", "1.0", "3.0"),
        Place::Hook("polish"),
    );
    assert_eq!(on_record(&world), format!("1.0, Modules of 3.0{MIGRATED}"));
    can_be_found(&world);
    let back = done(&mut world, rollback("db", "3.0", "1.0"), DEFINITIONS);
    assert!(!back.story().contains("drain-engine"), "{}", back.story());
    assert_eq!(on_record(&world), format!("1.0{MIGRATED}"));
}

/// What an earlier attempt did cannot be undone: what comes after it is not taken back, neither by itself nor by a decision on that run alone.
#[test]
fn nothing_goes_back_behind_an_irreversible_hook_of_an_earlier_attempt() {
    for (to, place) in [
        ("2.0", Place::Chart("engine")),
        ("3.0", Place::Chart("motor")),
        ("3.0", Place::Hook("polish")),
    ] {
        let mut world = after_one_attempt();
        let by_itself = |options: &mut OperationOptions| options.rollback_on_failure = true;
        let run = failed(&mut world, upgrade("db", "1.0", to).with(by_itself), place);
        let status = run.journal.operations()[0].status();
        assert_eq!(status, OperationStatus::NeedsDecision, "{}", run.story());
        assert!(!run.plan.operations()[0].can_be_taken_back(&run.journal.operations()[0]));
        let before = objects(&world);
        let run = world.resume(&run, Decision::TakeBack);
        assert!(run.journal.operations()[0].status().is_open());
        assert_eq!(objects(&world), before, "{place:?}");
        assert!(
            on_record(&world).ends_with(MIGRATED),
            "{}",
            on_record(&world)
        );
        // A rollback that is planned goes back, and what the hook did stays on record until a version is there that has it behind it.
        world.resume(&run, Decision::Abandon);
        let from = if place == Place::Hook("polish") {
            "3.0"
        } else {
            to
        };
        done(&mut world, rollback("db", from, "1.0"), place);
        assert_eq!(on_record(&world), format!("1.0{MIGRATED}"), "{place:?}");
        // 1.0 is whole again: it is gone back to what was chosen.
        let run = failed(&mut world, upgrade("db", "1.0", to).with(by_itself), place);
        let status = run.journal.operations()[0].status();
        assert_eq!(status, OperationStatus::RolledBack, "{}", run.story());
        assert_eq!(on_record(&world), format!("1.0{MIGRATED}"));
        done(&mut world, upgrade("db", "1.0", to), place);
        assert_eq!(on_record(&world), to);
    }
}

#[test]
fn what_cannot_be_taken_back_says_why() {
    let mut world = after_one_attempt();
    let run = failed(
        &mut world,
        upgrade("db", "1.0", "3.0"),
        Place::Chart("motor"),
    );
    assert_snapshot!(run.story(), @"
    Partial
    upgrade db 1.0 -> 3.0 in db: NeedsDecision
      failed in readiness: module `motor` is not ready after 10 minutes: waiting for its workloads
      next: mend the cause and resume, or abandon (it cannot be taken back: what `post-upgrade migrate` of 2.0 did stays)
    ");
    let run = world.resume(&run, Decision::TakeBack);
    assert_snapshot!(run.story(), @"
    Partial
    upgrade db 1.0 -> 3.0 in db: NeedsDecision
      failed in readiness: module `motor` is not ready after 10 minutes: waiting for its workloads
      next: mend the cause and resume, or abandon (it cannot be taken back: what `post-upgrade migrate` of 2.0 did stays)
      it cannot be taken back; it can be given up, and then: upgrade to 3.0 again, or go back to 1.0 with a rollback; what `post-upgrade migrate` of 2.0 did cannot be undone, and stays
    ");
}

/// Hooks that run before anything else are undone: that goes back behind nothing.
#[test]
fn first_hooks_are_undone_behind_an_irreversible_hook() {
    let mut world = World::new([
        Version::new("db", "1.0").object(config("one", "one")),
        Version::new("db", "2.0")
            .object(config("two", "two"))
            .hook("pre-upgrade", "backup", json!({"undo": job("undo")}))
            .hook("post-upgrade", "migrate", json!({"irreversible": true})),
    ]);
    world.run(&[install("db", "1.0")]);
    let again = upgrade("db", "1.0", "2.0");
    given_up(&mut world, again.clone(), Place::Hook("migrate"));
    let before = world.record("db");
    // What undoes it succeeds.
    world.script_attempt("backup", 1, fails());
    world.script_undo("backup", PodScript::default());
    let run = world.run(&[again]);
    let status = run.journal.operations()[0].status();
    assert_eq!(status, OperationStatus::Unchanged, "{}", run.story());
    assert_eq!(world.record("db"), before);
}

/// It was taken back after it had removed what was there of the version attempted before.
#[test]
fn a_take_back_does_not_put_on_record_what_is_gone() {
    for (wish, place) in [
        (upgrade("db", "1.0", "3.0"), Place::Hook("polish")),
        (upgrade("db", "1.0", "4.0"), Place::Hook("polish")),
    ] {
        let mut world = after_one(false);
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
    let mut world = after_one(false);
    let run = failed(&mut world, upgrade("db", "1.0", "3.0"), DEFINITIONS);
    world.resume(&run, Decision::TakeBack);
    assert_eq!(on_record(&world), "1.0, Modules of 2.0");
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

/// What an uninstall did not come to is on record of what it leaves, and goes with what comes next.
#[test]
fn modules_that_an_uninstall_did_not_delete_are_known() {
    for next in [
        install("db", "1.0"),
        install("db", "2.0"),
        uninstall("db", "2.0"),
    ] {
        let mut world = db(false);
        world.run(&[install("db", "2.0")]);
        let plan = world.plan(&[uninstall("db", "2.0")]);
        let machine = world.machine(plan);
        let run = world.drive_or_answer(machine, |_, _, next| {
            let fails = ModuleFailure {
                message: "it does not go".to_owned(),
                may_pass: false,
            };
            is_next(next, "delete module engine").then_some(Answer::Module(Err(fails)))
        });
        world.resume(&run, Decision::Abandon);
        assert!(world.record("db").unwrap().is_unfinished());
        assert!(objects(&world).iter().any(|one| one.contains("engine")));
        let brings_it = next.operation.to().is_some_and(|to| to.as_str() == "2.0");
        let run = done(&mut world, next, DEFINITIONS);
        let is_asked = |told: &&String| told.starts_with("delete module engine");
        assert!(
            run.told.iter().filter(is_asked).count() <= 1,
            "{:?}",
            run.told
        );
        let is_there = objects(&world).iter().any(|one| one.contains("engine"));
        assert_eq!(is_there, brings_it);
    }
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

/// The record says that it was done, and the journal does not: what is given up then is no attempt.
#[test]
fn what_is_on_record_as_done_is_not_attempted() {
    for (wish, version) in [
        (upgrade("db", "1.0", "3.0"), "3.0"),
        (rollback("db", "2.0", "1.0"), "1.0"),
    ] {
        let mut world = after_one_attempt();
        let plan = world.plan(&[wish]);
        let machine = world.machine(plan);
        let mut is_committed = false;
        let run = world.drive(machine, |_, machine, next| {
            if is_committed {
                machine.cancel();
                machine.cancel();
            }
            is_committed |= is_next(next, "replace Secret catalog-system/catalog-installed-db");
        });
        assert!(matches!(run.outcome, Outcome::Stopped(_)));
        let committed = world.record("db").unwrap();
        assert_eq!(committed.version(), version);
        assert_eq!(committed.attempted(), []);
        world.resume(&run, Decision::Abandon);
        assert_eq!(world.record("db").unwrap(), committed);
    }
}

#[test]
fn what_is_given_up_in_the_middle_says_what_can_be_done_next() {
    let mut world = db(true);
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

/// It had put itself on record as done, and rests on its way back from there.
#[test]
fn an_install_that_rests_on_its_way_back_is_unfinished() {
    let mut world = db(false);
    let plan = world.plan(&[install("db", "3.0")]);
    let machine = world.machine(plan);
    let run = world.drive(machine, |_, machine, next| {
        if is_next(next, "create Secret catalog-system/catalog-installed-db") {
            machine.cancel();
            machine.cancel();
        }
    });
    assert!(!world.record("db").unwrap().is_unfinished());
    let machine = world.resumed(&run.plan, Decision::TakeBack);
    let run = world.drive_or_answer(machine, |_, _, next| {
        let is_deleted = is_next(next, "delete ConfigMap");
        is_deleted.then_some(refused(403, "Forbidden", "not allowed"))
    });
    assert!(
        run.journal.operations()[0].status().is_open(),
        "{}",
        run.story()
    );
    assert!(world.record("db").unwrap().is_unfinished());
}

/// It was back at what is on record when it was given up: that is not the version that it began at.
#[test]
fn what_was_undone_and_given_up_says_what_is_on_record() {
    let mut world = after_one(false);
    let plan = world.plan(&[rollback("db", "2.0", "1.0")]);
    world.script("drain", fails());
    let machine = world.machine(plan);
    let run = world.drive(machine, |_, _, _| {});
    let machine = world.resumed(&run.plan, Decision::TakeBack);
    let run = world.drive_or_answer(machine, |_, machine, next| {
        let journal = machine.journal();
        let one = &journal.operations()[0];
        let sweep = one.track() == Track::Undo && one.step() == 3;
        let is_swept = sweep && is_next(next, "list");
        is_swept.then_some(refused(422, "Invalid", "it may not be"))
    });
    let run = world.resume(&run, Decision::Abandon);
    assert_snapshot!(run.story(), @"
    Partial
    rollback db 2.0 -> 1.0 in db: Abandoned
      pre-rollback drain run 1: failed
      failed in sweep: the Jobs of the release cannot be listed: it may not be (422)
      next: it was given up, and what is done stays: 1.0 is on record, begin another operation
    ");
}

/// What the server was asked to delete is there all the same: nothing is left of the operation, and nothing is to be uninstalled.
#[test]
fn what_turns_out_to_have_done_nothing_says_so() {
    let mut world = db(false);
    world.run(&[install("db", "1.0")]);
    let plan = world.plan(&[uninstall("db", "1.0")]);
    let machine = world.machine(plan);
    let run = world.drive_or_answer(machine, |_, machine, next| {
        let is_deleted = is_next(next, "delete ConfigMap db/one");
        if is_deleted {
            machine.cancel();
            machine.cancel();
        }
        is_deleted.then_some(Answer::Called(Err(Failure::unanswered("nobody answered"))))
    });
    let run = world.resume(&run, Decision::Abandon);
    assert_snapshot!(run.story(), @"
    Partial
    uninstall db 1.0 in db: Abandoned
      failed in deletion of modules: it was under way when its runner went
      next: it was given up, and what is done stays: nothing of it is on record, begin again
    ");
    assert!(!world.record("db").unwrap().is_unfinished());
}

/// Nothing of it is on record yet when it is given up, and the server refuses that.
#[test]
fn what_cannot_be_put_on_record_is_not_over() {
    let mut world = db(true);
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
      failed in modules: it was under way when its runner went
      next: mend what keeps it from being put on record, and abandon it again, or uninstall it: nothing else is done with what is on no record
      what it wrote could not be put on record: the installed record cannot be written: not allowed (403)
    ");
    // Nobody would know of it if another run took its place.
    let stored = world.cluster.load().unwrap().unwrap();
    let next = Arc::new(world.plan(&[install("db", "1.0")]));
    let begun = Machine::begin_after(next, stored, "other", Settings::default());
    let error = begun.err().unwrap();
    assert_eq!(error.kind(), StartErrorKind::Rests);
    assert_snapshot!(error, @"what the run `run-1` did to `db` in `db` could not be put on record, and nobody else knows of it: go on with that first, abandon it, or uninstall `db`");
    let run = world.resume(&run, Decision::Abandon);
    assert_snapshot!(run.story(), @"
    Partial
    install db 2.0 in db: Abandoned
      failed in modules: it was under way when its runner went
      next: it was given up, and what is done stays: install it again, or uninstall what is there of it
      what it wrote could not be put on record: the installed record cannot be written: not allowed (403)
    ");
    assert!(world.record("db").unwrap().is_unfinished());
    done(&mut world, install("db", "1.0"), DEFINITIONS);
    assert!(!objects(&world).iter().any(|one| one.ends_with("db/two")));
}

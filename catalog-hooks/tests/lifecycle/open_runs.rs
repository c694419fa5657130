//! Which runs are over, and what the others go on with: what can be resumed is what is kept, whatever a run came to.

use std::sync::Arc;

use catalog_hooks::api::{ObjectRef, Request};
use catalog_hooks::journal::OperationStatus::{self, Done, NotStarted, RolledBack, Unchanged};
use catalog_hooks::journal::{JOURNAL_TYPE, RunState};
use catalog_hooks::plan::PLAN_TYPE;
use catalog_hooks::{Cluster, Decision, Decisions, Machine, Poll, StartErrorKind};
use serde_json::json;

use crate::beside::{OwnRun, Then};
use crate::home::{DECISIONS, Home, Step, step};
use crate::hops::create;
use crate::package::{Version, config};
use crate::world::{HOME, Wish, World, fails, install, is_next, refused};

fn packages() -> World {
    let version = |name: &str| {
        Version::new(name, "1.0")
            .object(config("settings", name))
            .hook("pre-install", "prepare", json!({}))
            .hook("post-install", "announce", json!({}))
    };
    World::new(["a", "b", "c"].map(version))
}

/// Installs of `a`, and of `b` and `c` after it.
fn installs(takes_back: bool) -> [Wish; 3] {
    let first = install("a", "1.0").with(|options| options.rollback_on_failure = takes_back);
    [
        first,
        install("b", "1.0").at_level(1),
        install("c", "1.0").at_level(2),
    ]
}

/// What each decision, and none, makes of a run now: it goes on, or why not.
fn takes(world: &World, run: &OwnRun) -> Vec<Option<StartErrorKind>> {
    let plan = Arc::new(run.machine.plan().clone());
    let decisions = [None].into_iter().chain(DECISIONS.map(Some));
    let taken = decisions.map(|decision| {
        let resumed = world.resume_beside((&plan, &run.secret), "asks", decision);
        resumed.err().map(|error| error.kind())
    });
    taken.collect()
}

fn state(world: &World, run: &OwnRun) -> RunState {
    let journals = world.journals();
    let mut kept = journals.iter();
    let it = kept.find(|kept| kept.name() == run.secret.name());
    it.unwrap().state()
}

/// How many journals and plans there are.
fn keeps(world: &World) -> usize {
    let kept = world.kept();
    let kinds = [JOURNAL_TYPE, PLAN_TYPE].map(|kind| kept.get(kind).copied());
    kinds.into_iter().flatten().sum()
}

/// Where one failed and was taken back, or was refused, what would have come after it never begins: the run is over, and nothing of it stays.
#[test]
fn a_run_of_which_an_operation_failed_is_over_with_what_it_never_began() {
    type Case = fn(&mut World) -> (OwnRun, OperationStatus);
    let ends: [Case; 4] = [
        |world| {
            world.script("announce", fails());
            (world.run_beside(&installs(true), "first"), RolledBack)
        },
        |world| {
            world.script("announce", fails());
            let plan = Arc::new(world.plan(&installs(false)).unwinding());
            let mut run = world.begin_beside(&plan, "first");
            world.end_beside(&mut run);
            (run, RolledBack)
        },
        |world| {
            world.script("announce", fails());
            let run = world.run_beside(&installs(false), "first");
            let plan = Arc::new(run.machine.plan().clone());
            let back = world.resume_beside((&plan, &run.secret), "second", Decision::TakeBack);
            let mut back = back.unwrap();
            world.end_beside(&mut back);
            (back, RolledBack)
        },
        |world| {
            world.script("prepare", fails());
            (world.run_beside(&installs(false), "first"), Unchanged)
        },
    ];
    for (number, end) in ends.into_iter().enumerate() {
        let mut world = packages();
        let (run, status) = end(&mut world);
        assert_eq!(run.statuses(), [status, NotStarted, NotStarted], "{number}");
        assert_eq!(state(&world, &run), RunState::Over, "{number}");
        let taken = takes(&world, &run);
        assert_eq!(taken, [Some(StartErrorKind::Ended); 5], "{number}");
        // Nothing of it is on record: nobody asks any more what it was.
        let ended = run.machine.ended().unwrap();
        let mut cluster = world.cluster.clone();
        ended.delete_unneeded(&mut cluster, || true).unwrap();
        assert_eq!(keeps(&world), 0, "{number}");
    }
}

/// Told to stop, a run waits with what it has not begun: whoever resumes it need not decide anything.
#[test]
fn a_run_that_was_told_to_stop_goes_on_with_what_it_has_not_begun() {
    for unwinds in [false, true] {
        let mut world = packages();
        let plan = world.plan(&installs(false));
        let plan = Arc::new(match unwinds {
            true => plan.unwinding(),
            false => plan,
        });
        let mut run = world.begin_beside(&plan, "first");
        let stops = |machine: &mut Machine, next: &Poll| {
            if is_next(next, "create Secret catalog-system/catalog-installed-a") {
                machine.cancel();
            }
            Then::GoesOn
        };
        assert!(world.drive_beside(&mut run, stops));
        assert_eq!(run.statuses(), [Done, NotStarted, NotStarted]);
        assert_eq!(state(&world, &run), RunState::Waits);
        let undecided = Some(StartErrorKind::Undecided);
        // None, resume, skip, abandon, take back.
        let taken = takes(&world, &run);
        assert_eq!(taken, [None, None, undecided, None, undecided]);
        // It waits until something else is done with what it waits for.
        let ended = run.machine.ended().unwrap();
        let mut cluster = world.cluster.clone();
        ended.delete_unneeded(&mut cluster, || true).unwrap();
        let on = world.resume_beside((&plan, &run.secret), "second", None);
        let mut on = on.unwrap();
        world.end_beside(&mut on);
        assert_eq!(on.statuses(), [Done; 3]);
    }
}

/// Where nobody can tell whether what it waits with may begin, it waits on, and nothing that is done is taken back.
#[test]
fn what_cannot_be_told_keeps_a_run_waiting() {
    let cannot_be_told: [fn(&World) -> Option<&'static str>; 3] = [
        |world| {
            let damaged = json!({
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {"name": "catalog-journal-lost", "namespace": HOME},
                "type": JOURNAL_TYPE,
                "data": {"journal": "Z2FyYmFnZQ=="},
            });
            create(&mut world.cluster.get(), damaged);
            None
        },
        |_| Some("list Secret"),
        |_| Some("read Secret catalog-system/catalog-installed-b"),
    ];
    for (number, cannot) in cannot_be_told.into_iter().enumerate() {
        for unwinds in [false, true] {
            let mut world = packages();
            let plan = world.plan(&installs(false));
            let plan = Arc::new(match unwinds {
                true => plan.unwinding(),
                false => plan,
            });
            let mut run = world.begin_beside(&plan, "first");
            let stops = |machine: &mut Machine, next: &Poll| {
                if is_next(next, "create Secret catalog-system/catalog-installed-a") {
                    machine.cancel();
                }
                Then::GoesOn
            };
            assert!(world.drive_beside(&mut run, stops));
            let forbidden = cannot(&world);
            let mut on = world
                .resume_beside((&plan, &run.secret), "second", None)
                .unwrap();
            let refuses = |machine: &mut Machine, next: &Poll| match next {
                Poll::Do(effect) if forbidden.is_some_and(|call| is_next(next, call)) => {
                    machine.answer(effect.id, refused(403, "Forbidden", "not now"));
                    Then::IsAnswered
                }
                _ => Then::GoesOn,
            };
            assert!(world.drive_beside(&mut on, refuses));
            assert_eq!(on.statuses(), [Done, NotStarted, NotStarted], "{number}");
            assert_eq!(state(&world, &on), RunState::Waits, "{number}");
            let journal = on.machine.journal();
            let why = journal.operations()[1].failure().unwrap();
            let said = "whether it may begin cannot be told: ";
            assert!(why.message.starts_with(said), "{why:?}");
            let lost = ObjectRef::namespaced("v1", "Secret", HOME, "catalog-journal-lost");
            let delete = Request::delete(lost, None);
            let _ = world.cluster.get().call(&delete);
            let mut on = world
                .resume_beside((&plan, &run.secret), "third", None)
                .unwrap();
            world.end_beside(&mut on);
            assert_eq!(on.statuses(), [Done; 3], "{number}");
            let journal = on.machine.journal();
            let mut operations = journal.operations().iter();
            assert!(operations.all(|one| one.failure().is_none()));
        }
    }
}

/// What it waits with can be given up, and then it is over.
#[test]
fn what_a_run_waits_with_can_be_given_up() {
    let mut world = packages();
    let plan = Arc::new(world.plan(&installs(false)));
    let mut run = world.begin_beside(&plan, "first");
    run.machine.cancel();
    world.end_beside(&mut run);
    assert_eq!(run.statuses(), [NotStarted; 3]);
    let known = (&plan, &run.secret);
    let mut run = world
        .resume_beside(known, "second", Decision::Abandon)
        .unwrap();
    world.end_beside(&mut run);
    assert_eq!(run.statuses(), [Unchanged; 3]);
    assert_eq!(state(&world, &run), RunState::Over);
}

/// Each operation that a run waits with can be told another thing: what is given up keeps nothing from beginning but what comes after it.
#[test]
fn what_is_given_up_before_it_began_ends_nothing_else() {
    use Decision::{Abandon, Resume};
    type Case = (usize, Decisions, [OperationStatus; 3], RunState);
    let cases: [Case; 6] = [
        // The level of `b`, what is decided, what becomes of it.
        (
            1,
            Decisions::from(Resume).with(2, Abandon),
            [Done, Done, Unchanged],
            RunState::Over,
        ),
        (
            1,
            Decisions::default().with(0, Resume).with(2, Abandon),
            [Done, Done, Unchanged],
            RunState::Over,
        ),
        (
            1,
            Decisions::default().with(2, Abandon),
            [NotStarted, NotStarted, Unchanged],
            RunState::Waits,
        ),
        (
            0,
            Decisions::from(Resume).with(1, Abandon),
            [Done, Unchanged, Unchanged],
            RunState::Over,
        ),
        (
            0,
            Decisions::default().with(0, Abandon),
            [Unchanged, NotStarted, Unchanged],
            RunState::Waits,
        ),
        (
            1,
            Decisions::from(Resume).with(0, Abandon),
            [Unchanged; 3],
            RunState::Over,
        ),
    ];
    for (number, (level, decisions, expected, ends)) in cases.into_iter().enumerate() {
        let mut world = packages();
        let [first, second, third] = installs(false);
        let plan = world.plan(&[first, second.at_level(level), third]);
        let plan = Arc::new(plan);
        let mut run = world.begin_beside(&plan, "first");
        run.machine.cancel();
        world.end_beside(&mut run);
        let known = (&plan, &run.secret);
        let mut run = world.resume_beside(known, "second", decisions).unwrap();
        world.end_beside(&mut run);
        assert_eq!(run.statuses(), expected, "{number}");
        assert_eq!(state(&world, &run), ends, "{number}");
        if ends == RunState::Waits {
            let known = (&plan, &run.secret);
            let mut run = world.resume_beside(known, "third", None).unwrap();
            world.end_beside(&mut run);
            let rest = expected.map(|status| match status {
                NotStarted => Done,
                other => other,
            });
            assert_eq!(run.statuses(), rest, "{number}");
            assert_eq!(state(&world, &run), RunState::Over, "{number}");
        }
    }
}

/// A run that is over keeps nothing once another one has brought and taken away what it did not.
#[test]
fn an_over_run_leaves_nothing_once_its_packages_have_come_and_gone() {
    let mut home = Home::new();
    let fails = |verbs| Step {
        fails: true,
        unwinds: true,
        ..step(verbs)
    };
    let tidies = |verbs| Step {
        tidies: true,
        ..step(verbs)
    };
    home.step(&fails([Some(1), Some(1), None]));
    home.step(&tidies([Some(1), None, None]));
    home.step(&tidies([Some(0), None, None]));
    assert_eq!(keeps(&home.world), 0);
    assert!(home.world.record("a").is_none());
}

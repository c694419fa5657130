//! An object that moves from one package to another in one run.

use std::sync::Arc;

use catalog_hooks::api::ObjectRef;
use catalog_hooks::journal::OperationStatus;
use catalog_hooks::plan::Track;
use catalog_hooks::record::InstalledRecord;
use catalog_hooks::simulator::{FakeCluster, Fault, Happening, Injection, PodScript, Scenario};
use catalog_hooks::{Decision, Outcome};
use serde_json::{Value, json};

use crate::beside::Then;
use crate::package::{Version, config, job};
use crate::world::{
    HOME, Run, Wish, World, fails, install, is_next, refused, rollback, uninstall, upgrade,
};

/// The object, as a package writes it.
fn moving(of: &str) -> Value {
    let mut object = config("moving", of);
    object["metadata"]["namespace"] = "default".into();
    object
}

/// `a` has the object in its first version, and `b` in its second; `b` has hooks around its upgrade.
fn world() -> World {
    let mut world = World::new([
        Version::new("a", "1.0").object(moving("a")),
        Version::new("a", "2.0").object(config("own", "a")),
        Version::new("b", "1.0").object(config("own", "b")),
        Version::new("b", "2.0")
            .object(config("first", "b"))
            .object(moving("b"))
            .hook("pre-upgrade", "before", json!({"undo": job("before")}))
            .hook("post-upgrade", "after", json!({})),
    ]);
    world.run(&[install("a", "1.0"), install("b", "1.0").at_level(1)]);
    assert_eq!(text(&world), "a");
    world
}

fn target() -> ObjectRef {
    ObjectRef::namespaced("v1", "ConfigMap", "default", "moving")
}

fn text(world: &World) -> Value {
    let there = world.object(&target());
    there.map_or(Value::Null, |there| there["data"]["text"].clone())
}

fn uid(world: &World) -> Value {
    let there = world.object(&target());
    there.map_or(Value::Null, |there| there["metadata"]["uid"].clone())
}

/// Who has the object on record.
fn owners(world: &World) -> Vec<&'static str> {
    owners_in(&world.cluster.get())
}

fn owners_in(cluster: &FakeCluster) -> Vec<&'static str> {
    let has = |package: &&str| {
        let secret = cluster.object(&InstalledRecord::secret_ref(HOME, package, package));
        let record = secret.and_then(|secret| InstalledRecord::from_secret(&secret));
        record.is_some_and(|record| {
            let mut ledger = record.ledger().iter();
            ledger.any(|entry| entry.object.is_same_object(&target()))
        })
    };
    ["a", "b"].into_iter().filter(has).collect()
}

/// Both upgrades, in this order.
fn upgrades(first: &str, second: &str) -> [Wish; 2] {
    [
        upgrade(first, "1.0", "2.0"),
        upgrade(second, "1.0", "2.0").at_level(1),
    ]
}

/// Carries operations out, and sees to it that the object is always there.
fn run(world: &mut World, wishes: &[Wish]) -> Run {
    let before = uid(world);
    let plan = world.plan(wishes);
    let machine = world.machine(plan);
    world.drive(machine, |cluster, _, _| {
        let there = cluster.object(&target());
        assert_eq!(
            there.map(|there| there["metadata"]["uid"].clone()).as_ref(),
            Some(&before)
        );
    })
}

#[test]
fn it_is_never_gone_in_between() {
    for (first, second) in [("a", "b"), ("b", "a")] {
        let mut world = world();
        let run = run(&mut world, &upgrades(first, second));
        assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
        assert_eq!((text(&world), owners(&world)), ("b".into(), vec!["b"]));
        // It goes with the one that has it.
        world.run(&[uninstall("a", "2.0")]);
        assert_eq!(text(&world), "b");
        world.run(&[uninstall("b", "2.0")]);
        assert_eq!(text(&world), Value::Null);
    }
}

#[test]
fn it_is_never_gone_where_both_go_at_a_time() {
    for (first, second) in [("a", "b"), ("b", "a")] {
        let mut world = world();
        let wishes = upgrades(first, second).map(|wish| wish.at_level(0));
        let plan = world.plan(&wishes).with_parallel(2);
        let before = uid(&world);
        let run = world.begin(plan);
        assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
        assert_eq!((uid(&world), text(&world)), (before, "b".into()));
        assert_eq!(owners(&world), ["b"]);
    }
}

#[test]
fn it_goes_back_the_same_way() {
    let mut world = world();
    run(&mut world, &upgrades("a", "b"));
    let back = [
        rollback("b", "2.0", "1.0"),
        rollback("a", "2.0", "1.0").at_level(1),
    ];
    let run = run(&mut world, &back);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert_eq!((text(&world), owners(&world)), ("a".into(), vec!["a"]));
}

/// What nobody brings any more is deleted after all.
#[test]
fn it_goes_if_nobody_brings_it_any_more() {
    let mut world = world();
    world.script("before", fails());
    world.script_undo("before", PodScript::default());
    let run = world.run(&upgrades("a", "b"));
    let status = run.journal.operations()[1].status();
    assert_eq!(status, OperationStatus::Unchanged, "{}", run.story());
    assert_eq!((text(&world), owners(&world)), (Value::Null, Vec::new()));
}

/// As long as it may still be brought it stays, on record of who had it.
#[test]
fn it_stays_as_long_as_it_may_be_brought() {
    for decision in [Decision::Resume, Decision::TakeBack, Decision::Abandon] {
        let mut world = world();
        let before = uid(&world);
        let plan = world.plan(&upgrades("a", "b"));
        let machine = world.machine(plan);
        let run = world.drive_or_answer(machine, |_, _, next| {
            let refuses = is_next(next, "apply ConfigMap b/first");
            refuses.then(|| refused(422, "Invalid", "it may not be"))
        });
        assert_eq!(
            run.journal.operations()[1].status(),
            OperationStatus::Degraded
        );
        assert_eq!((text(&world), owners(&world)), ("a".into(), vec!["a"]));
        let run = world.resume(&run, Some(decision));
        let story = format!("{decision:?}: {}", run.story());
        match decision {
            Decision::Resume => {
                assert_eq!((uid(&world), text(&world)), (before, "b".into()), "{story}");
                assert_eq!(owners(&world), ["b"], "{story}");
            }
            _ => assert_eq!(
                (text(&world), owners(&world)),
                (Value::Null, Vec::new()),
                "{story}"
            ),
        }
    }
}

#[test]
fn it_is_there_again_when_the_run_is_unwound() {
    let mut world = world();
    world.script("after", fails());
    let plan = world.plan(&upgrades("a", "b")).unwinding();
    let run = world.begin(plan);
    assert_eq!(run.outcome, Outcome::Unchanged, "{}", run.story());
    assert_eq!((text(&world), owners(&world)), ("a".into(), vec!["a"]));
}

/// Killed before any effect, and resumed, it comes to the same.
#[test]
fn it_is_never_gone_though_runners_die() {
    let mut effects = 0;
    loop {
        let mut world = world();
        let before = uid(&world);
        let plan = Arc::new(world.plan(&upgrades("a", "b")));
        let mut run = world.begin_beside(&plan, "first");
        let mut left = effects;
        let is_over = world.drive_beside(&mut run, |_, _| {
            assert_eq!(uid(&world), before);
            left -= 1;
            match left {
                ..0 => Then::StopsBefore,
                _ => Then::GoesOn,
            }
        });
        if is_over {
            break;
        }
        effects += 1;
        let journals = world.journals();
        let is_begun = journals.iter().any(|kept| kept.name() == run.secret.name());
        let ended = journals.iter().any(|kept| kept.is_over());
        if is_begun && !ended {
            let mut again = world
                .resume_beside((&plan, &run.secret), "second", None)
                .unwrap();
            assert!(world.drive_beside(&mut again, |_, _| {
                assert_eq!(uid(&world), before);
                Then::GoesOn
            }));
            assert_eq!(
                (text(&world), owners(&world)),
                ("b".into(), vec!["b"]),
                "{effects}"
            );
        }
    }
    assert!(effects > 60, "{effects}");
}

/// The run that was to bring it goes on after another one has done something with who had it.
#[test]
fn what_somebody_else_did_since_is_left_alone() {
    let mut world = world();
    let plan = Arc::new(world.plan(&upgrades("a", "b")));
    let mut run = world.begin_beside(&plan, "first");
    // Told to stop when the first has only to be swept.
    let sweep = plan.operations()[0].steps(Track::Forward).len() - 1;
    let is_over = world.drive_beside(&mut run, |machine, _| {
        let journal = machine.journal();
        if journal.operations()[0].step() == sweep && journal.cancelled().is_none() {
            machine.cancel();
        }
        Then::GoesOn
    });
    assert!(is_over);
    assert_eq!(
        run.statuses(),
        [OperationStatus::Done, OperationStatus::NotStarted]
    );
    assert_eq!((text(&world), owners(&world)), ("a".into(), vec!["a"]));
    let other = world.run_beside(&[rollback("a", "2.0", "1.0")], "other");
    assert_eq!(other.statuses(), [OperationStatus::Done]);
    let again = world.resume_beside((&plan, &run.secret), "second", Decision::Abandon);
    let mut again = again.unwrap();
    world.end_beside(&mut again);
    assert_eq!((text(&world), owners(&world)), ("a".into(), vec!["a"]));
}

/// Wherever a runner dies or an answer is lost: a run that comes to its end in spite of it never was without the object.
#[test]
fn it_is_never_gone_through_any_fault() {
    let mut world = world();
    let plan = world.plan(&upgrades("a", "b"));
    let mut cluster = world.cluster.get().clone();
    cluster.lose_journal();
    let begun = cluster.trace().len();
    let scenario = Scenario::new(cluster, plan);
    let base = scenario.run(&[]);
    let (mut runs, mut done) = (0, 0);
    for at in 0..base.effects.len() {
        if !base.effects[at].is_write {
            continue;
        }
        for fault in [Fault::CrashBefore, Fault::CrashAfter, Fault::AnswerLost] {
            let run = scenario.run(&[Injection { at, fault }]);
            assert_eq!(scenario.violations(&run), [""; 0], "{fault:?} at {at}");
            runs += 1;
            if run.outcome != Some(Outcome::Done) {
                continue;
            }
            done += 1;
            let mut events = run.cluster.trace()[begun..].iter();
            let goes = |what: &Happening| match what {
                Happening::Changed { object, after, .. } => {
                    object.is_same_object(&target()) && after.is_none()
                }
                _ => false,
            };
            assert!(!events.any(|event| goes(&event.what)), "{fault:?} at {at}");
            assert_eq!(owners_in(&run.cluster), ["b"], "{fault:?} at {at}");
        }
    }
    assert!(runs > 90 && done * 10 > runs * 8, "{done} of {runs}");
}

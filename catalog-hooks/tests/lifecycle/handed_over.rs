//! An object that moves from one package to another in one run.

use std::sync::Arc;

use catalog_hooks::api::ObjectRef;
use catalog_hooks::journal::OperationStatus;
use catalog_hooks::plan::{PinnedPlan, Step, Track};
use catalog_hooks::record::InstalledRecord;
use catalog_hooks::simulator::{FakeCluster, Fault, Happening, Injection, PodScript, Scenario};
use catalog_hooks::{Decision, Outcome};
use serde_json::{Value, json};

use crate::beside::{OwnRun, Then};
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

/// `a` has the object in its first version, and `b` in its second; `b` has hooks around its upgrade. Third versions have objects of their own.
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
        Version::new("a", "3.0").object(config("own", "a")),
        Version::new("b", "3.0").object(config("own", "b")),
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

/// The same, where `a` is uninstalled.
fn uninstall_and_upgrade() -> [Wish; 2] {
    let upgrade = upgrade("b", "1.0", "2.0").at_level(1);
    [uninstall("a", "1.0"), upgrade]
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

/// What nobody brought stays on record of who had it, which is told, and goes with its next operation.
#[test]
fn what_nobody_brought_goes_with_the_next_operation() {
    let next: [(Wish, &[&str]); 3] = [
        (upgrade("a", "2.0", "3.0"), &[]),
        (uninstall("a", "2.0"), &[]),
        (rollback("a", "2.0", "1.0"), &["a"]),
    ];
    for (wish, has) in next {
        let mut world = world();
        world.script("before", fails());
        world.script_undo("before", PodScript::default());
        let run = world.run(&upgrades("a", "b"));
        let status = run.journal.operations()[1].status();
        assert_eq!(status, OperationStatus::Unchanged, "{}", run.story());
        assert_eq!((text(&world), owners(&world)), ("a".into(), vec!["a"]));
        assert_eq!(
            run.journal.operations()[0].kept(),
            [
                "ConfigMap default/moving stays: it is on record here until `b` has it, else it goes with the next operation"
            ]
        );
        let run = world.run(std::slice::from_ref(&wish));
        assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
        assert_eq!(owners(&world), has, "{}", wish.operation);
        assert_eq!(text(&world).is_null(), has.is_empty(), "{}", wish.operation);
    }
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
                (uid(&world), text(&world), owners(&world)),
                (before, "a".into(), vec!["a"]),
                "{story}"
            ),
        }
    }
}

/// It comes, and what brought it rests: it is on both records until it is known who has it.
#[test]
fn what_came_and_is_taken_back_is_of_the_first_again() {
    for (decision, end) in [
        (Decision::Resume, ("b", vec!["b"])),
        (Decision::TakeBack, ("a", vec!["a"])),
        (Decision::Abandon, ("b", vec!["a", "b"])),
    ] {
        let mut world = world();
        let before = uid(&world);
        world.script("after", fails());
        let plan = Arc::new(world.plan(&upgrades("a", "b")));
        let mut run = world.begin_beside(&plan, "first");
        world.end_beside(&mut run);
        assert_eq!((text(&world), owners(&world)), ("b".into(), vec!["a", "b"]));
        world.script("after", PodScript::default());
        let again = world.resume_beside((&plan, &run.secret), "second", decision);
        world.end_beside(&mut again.unwrap());
        let (has, on_record) = end;
        assert_eq!(
            (uid(&world), text(&world)),
            (before, has.into()),
            "{decision:?}"
        );
        assert_eq!(owners(&world), on_record, "{decision:?}");
        nothing_is_left(&mut world, &format!("{decision:?}"));
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
    for wishes in [upgrades("a", "b"), uninstall_and_upgrade()] {
        let mut effects = 0;
        while killed_and_resumed(&wishes, effects) {
            effects += 1;
        }
        assert!(effects > 60, "{effects}");
    }
}

/// Kills a runner after so many effects, and has another go on. Whether it was killed before its end.
fn killed_and_resumed(wishes: &[Wish], effects: usize) -> bool {
    let mut world = world();
    let before = uid(&world);
    let plan = Arc::new(world.plan(wishes));
    let mut run = world.begin_beside(&plan, "first");
    let is_over = world.drive_for(&mut run, effects, |world| assert_eq!(uid(world), before));
    if world.is_open(&run) {
        let at = (&plan, &run.secret);
        let mut again = world.resume_beside(at, "second", None).unwrap();
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
    !is_over
}

/// A run of two operations, told to stop when the first is as good as done.
fn stopped_between(world: &mut World, wishes: &[Wish]) -> (Arc<PinnedPlan>, OwnRun) {
    let plan = Arc::new(world.plan(wishes));
    let mut run = world.begin_beside(&plan, "first");
    let steps = plan.operations()[0].steps(Track::Forward);
    let is_sweep = |step: &Step| *step == Step::Sweep;
    let sweep = steps.iter().position(is_sweep).unwrap();
    assert!(world.drive_beside(&mut run, |machine, _| {
        let journal = machine.journal();
        if journal.operations()[0].step() == sweep && journal.cancelled().is_none() {
            machine.cancel();
        }
        Then::GoesOn
    }));
    let statuses = [OperationStatus::Done, OperationStatus::NotStarted];
    assert_eq!(run.statuses(), statuses);
    assert_eq!((text(world), owners(world)), ("a".into(), vec!["a"]));
    (plan, run)
}

/// How another run ends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Done,
    Rests,
    GivenUp,
    Killed,
}

/// The run that was to bring it goes on, or is given up, after another one has done something with either package: what that brought is left alone, and on
/// record, and whatever is uninstalled at last, nothing is left.
#[test]
fn what_another_run_did_since_is_left_alone() {
    let upgraded = [
        upgrade("b", "1.0", "2.0"),
        upgrade("a", "2.0", "3.0"),
        rollback("a", "2.0", "1.0"),
        uninstall("a", "2.0"),
    ];
    let uninstalled = [
        upgrade("b", "1.0", "2.0"),
        install("a", "3.0"),
        install("a", "1.0"),
        uninstall("a", "1.0"),
    ];
    let upgraded = upgraded.map(|since| (upgrades("a", "b"), since));
    let uninstalled = uninstalled.map(|since| (uninstall_and_upgrade(), since));
    for (wishes, since) in upgraded.into_iter().chain(uninstalled) {
        for end in [End::Done, End::Rests, End::GivenUp, End::Killed] {
            for decision in [Decision::Resume, Decision::Abandon] {
                goes_on_after_another(&wishes, (&since, end), decision);
            }
        }
    }
}

fn goes_on_after_another(wishes: &[Wish], (since, end): (&Wish, End), decision: Decision) {
    let (first, other) = (&wishes[0].operation, &since.operation);
    let place = format!("{first}, {other} {end:?}, {decision:?}");
    let mut world = world();
    let (plan, run) = stopped_between(&mut world, wishes);
    do_beside(&mut world, since, end);
    let there = (uid(&world), owners(&world), world.records());
    let again = world.resume_beside((&plan, &run.secret), "again", decision);
    world.end_beside(&mut again.unwrap());
    // Nothing was done with what is to bring it.
    let comes = other.package().as_str() == "a" && decision == Decision::Resume;
    if comes {
        assert_eq!(text(&world), "b", "{place}");
        assert!(owners(&world).contains(&"b"), "{place}");
    } else {
        let now = (uid(&world), owners(&world), world.records());
        assert_eq!(now, there, "{place}");
    }
    nothing_is_left(&mut world, &place);
}

/// Carries out an operation in a run of its own.
fn do_beside(world: &mut World, wish: &Wish, end: End) {
    let plan = Arc::new(world.plan(std::slice::from_ref(wish)));
    let mut run = world.begin_beside(&plan, "other");
    let steps = plan.operations()[0].steps(Track::Forward);
    let is_late = |step: &Step| matches!(step, Step::Prune | Step::DeleteModules);
    let late = steps.iter().position(is_late).unwrap();
    world.drive_beside(&mut run, |machine, _| {
        let journal = machine.journal();
        match end {
            End::Done => {}
            _ if journal.operations()[0].step() < late => {}
            End::Killed => return Then::StopsBefore,
            End::Rests | End::GivenUp if journal.cancelled().is_none() => machine.cancel(),
            End::Rests | End::GivenUp => {}
        }
        Then::GoesOn
    });
    if end == End::GivenUp && run.statuses() != [OperationStatus::Done] {
        let given_up = world.resume_beside((&plan, &run.secret), "giving up", Decision::Abandon);
        world.end_beside(&mut given_up.unwrap());
    }
}

/// Whatever rests is given up, and whatever is on record uninstalled.
fn nothing_is_left(world: &mut World, place: &str) {
    for kept in world.journals().iter().filter(|kept| kept.is_in_the_way()) {
        let digest = kept.journal().plan();
        let plan = PinnedPlan::load(&mut world.cluster.clone(), HOME, digest);
        let plan = plan.unwrap().unwrap();
        let run = world.resume_beside(
            (&Arc::new(plan), kept.secret()),
            "ending",
            Decision::Abandon,
        );
        world.end_beside(&mut run.unwrap());
    }
    assert_eq!(
        world.uninstalled(&["a", "b"]),
        Vec::<String>::new(),
        "{place}"
    );
}

/// Wherever a runner dies or an answer is lost: a run that comes to its end in spite of it never was without the object.
#[test]
fn it_is_never_gone_through_any_fault() {
    for wishes in [upgrades("a", "b"), uninstall_and_upgrade()] {
        through_any_fault(&wishes);
    }
}

fn through_any_fault(wishes: &[Wish]) {
    let mut world = world();
    let plan = world.plan(wishes);
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

/// `a` goes two versions on in the run: what its first hop lets go waits through the second.
#[test]
fn it_is_never_gone_through_several_hops() {
    let orders = [
        [
            upgrade("a", "1.0", "2.0"),
            upgrade("b", "1.0", "2.0"),
            upgrade("a", "2.0", "3.0"),
        ],
        [
            upgrade("a", "1.0", "2.0"),
            upgrade("a", "2.0", "3.0"),
            upgrade("b", "1.0", "2.0"),
        ],
        [
            upgrade("b", "1.0", "2.0"),
            upgrade("a", "1.0", "2.0"),
            upgrade("a", "2.0", "3.0"),
        ],
    ];
    for order in orders {
        let mut level = 0;
        let wishes = order.map(|wish| {
            level += 1;
            wish.at_level(level)
        });
        let mut world = world();
        let done = run(&mut world, &wishes);
        assert_eq!(done.outcome, Outcome::Done, "{}", done.story());
        assert_eq!((text(&world), owners(&world)), ("b".into(), vec!["b"]));

        // Nobody has lost it either if it never comes.
        let mut world = self::world();
        world.script("before", fails());
        world.script_undo("before", PodScript::default());
        let failed = run(&mut world, &wishes);
        assert_ne!(failed.outcome, Outcome::Done, "{}", failed.story());
        assert_eq!((text(&world), owners(&world)), ("a".into(), vec!["a"]));
        nothing_is_left(&mut world, "after several hops");
    }
}

/// `b` brings it in one version and has it no more in the next: it goes from `a` at once, and from `b`.
#[test]
fn what_comes_and_goes_in_a_run_is_nobodys_at_its_end() {
    let mut world = world();
    let wishes = [
        upgrade("a", "1.0", "2.0"),
        upgrade("b", "1.0", "2.0").at_level(1),
        upgrade("b", "2.0", "3.0").at_level(2),
    ];
    let run = world.run(&wishes);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert_eq!((text(&world), owners(&world)), (Value::Null, vec![]));
}

/// `a` is uninstalled: what `b` is to have stays on its record until it has it, as of something unfinished.
#[test]
fn it_moves_from_what_is_uninstalled() {
    let mut world = world();
    let run = run(&mut world, &uninstall_and_upgrade());
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert_eq!((text(&world), owners(&world)), ("b".into(), vec!["b"]));
    assert_eq!(world.record("a"), None);
    assert_eq!(
        run.journal.operations()[0].kept(),
        [
            "ConfigMap default/moving stays: `b` has it too",
            "Namespace a stays: its deletion was not asked for"
        ]
    );
    nothing_is_left(&mut world, "uninstalled");
}

/// It never comes, or comes and is taken back.
#[test]
fn what_nobody_brought_of_what_is_uninstalled_is_on_record() {
    for (fails_in, decision, stays) in [
        ("before", None, true),
        ("after", Some(Decision::TakeBack), false),
        ("after", Some(Decision::Abandon), true),
    ] {
        let place = format!("{fails_in} {decision:?}");
        let mut world = world();
        let before = uid(&world);
        world.script(fails_in, fails());
        world.script_undo("before", PodScript::default());
        let wishes = uninstall_and_upgrade();
        let plan = Arc::new(world.plan(&wishes));
        let mut run = world.begin_beside(&plan, "first");
        world.end_beside(&mut run);
        assert!(owners(&world).contains(&"a"), "{place}");
        assert!(world.record("a").unwrap().is_unfinished(), "{place}");
        if let Some(decision) = decision {
            world.script(fails_in, PodScript::default());
            let again = world.resume_beside((&plan, &run.secret), "second", decision);
            run = again.unwrap();
            world.end_beside(&mut run);
        }
        let journal = run.machine.journal();
        let mut kept = journal.operations()[0].kept().iter();
        let is_kept = kept.any(|line| line.starts_with("ConfigMap default/moving stays: "));
        assert_eq!(is_kept, stays, "{place}");
        assert_eq!(
            uid(&world),
            if stays { before } else { Value::Null },
            "{place}"
        );
        assert_eq!(world.record("a").is_some(), stays, "{place}");
        nothing_is_left(&mut world, &place);
    }
}

/// Another version of `a` was attempted before: nothing of that is left when it is uninstalled.
#[test]
fn what_waits_of_what_is_uninstalled_is_of_no_attempt() {
    let mut world = world();
    let plan = world.plan(&[upgrade("a", "1.0", "2.0")]);
    let machine = world.machine(plan);
    world.drive_or_answer(machine, |_, _, next| {
        let refuses = is_next(next, "delete ConfigMap default/moving");
        refuses.then(|| refused(403, "Forbidden", "it may not be"))
    });
    let record = world.record("a").unwrap();
    assert_eq!(record.attempted()[0].version(), "2.0");
    world.script("before", fails());
    world.script_undo("before", PodScript::default());
    world.run(&uninstall_and_upgrade());
    let record = world.record("a").unwrap();
    assert!(record.is_unfinished() && record.attempted().is_empty());
    // And its namespace, which may be asked for.
    assert_eq!(record.ledger().len(), 2);
}

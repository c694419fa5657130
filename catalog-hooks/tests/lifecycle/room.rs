//! The largest packages that are taken into a plan, at their worst: their journals have room for all of it.

use std::time::Duration;

use catalog_hooks::journal::{JOURNAL_LIMIT, Journal, OperationStatus};
use catalog_hooks::label;
use catalog_hooks::plan::PlanErrorKind;
use catalog_hooks::simulator::PodScript;
use catalog_hooks::{Answer, Decision, ModuleFailure, Outcome};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::given_up::objects;
use crate::package::{Version, config, job};
use crate::world::{World, install, is_next, uninstall};

/// A package with so many hooks before its install.
fn hooks(count: usize, policy: &Value) -> Version {
    (0..count).fold(Version::new("db", "1.0"), |version, n| {
        version.hook("pre-install", &name(n), policy.clone())
    })
}

fn name(n: usize) -> String {
    format!("a-hook-with-a-rather-long-name-{n:03}")
}

/// The most hooks that are taken.
fn most(policy: &Value) -> usize {
    let is_taken = |count: &usize| {
        let mut world = World::new([hooks(*count, policy)]);
        world.try_plan(&[install("db", "1.0")]).is_ok()
    };
    let (mut taken, mut refused) = (1, 400);
    while refused - taken > 1 {
        let middle = usize::midpoint(taken, refused);
        match is_taken(&middle) {
            true => taken = middle,
            false => refused = middle,
        }
    }
    taken
}

/// Each byte of it takes two in a journal.
fn long() -> String {
    "\"\\".repeat(4096)
}

fn length(journal: &Journal) -> usize {
    journal.to_text().unwrap().len()
}

#[test]
fn as_many_hooks_as_are_taken_can_all_be_undone() {
    let policy = json!({"undo": job("undo")});
    let count = most(&policy);
    assert!((30..60).contains(&count), "{count}");
    let mut world = World::new([hooks(count, &policy)]);
    let second = Duration::from_secs(1);
    for n in 0..count {
        let script = PodScript::succeeds(second).with_log(&long());
        world.script(&name(n), script);
    }
    let last = [
        (label::HOOK, name(count - 1)),
        (label::ROLE, "run".to_owned()),
    ];
    let last = last.each_ref().map(|(key, value)| (*key, value.as_str()));
    let fails = PodScript::fails(second, 1).with_log(&long());
    world.cluster.get().script(&last, [fails]);
    let run = world.run(&[install("db", "1.0")]);
    let operation = &run.journal.operations()[0];
    assert_eq!(operation.status(), OperationStatus::Unchanged);
    assert_eq!(operation.attempts().len(), 2 * count);
    let length = length(&run.journal);
    assert!(
        length > JOURNAL_LIMIT / 2 && length <= JOURNAL_LIMIT,
        "{length}"
    );
}

#[test]
fn as_many_hooks_as_are_taken_can_all_fail() {
    for policy in [
        json!({"onFailure": "continue"}),
        json!({"onFailure": "continue", "retries": 2, "backoff": {"initial": "1s", "max": "1s"}}),
    ] {
        let count = most(&policy);
        let mut world = World::new([hooks(count, &policy)]);
        for n in 0..count {
            let script = PodScript::fails(Duration::from_secs(1), 1);
            world.script(&name(n), script.with_log(&long()));
        }
        let run = world.run(&[install("db", "1.0")]);
        let operation = &run.journal.operations()[0];
        assert_eq!(operation.status(), OperationStatus::Done, "{}", run.story());
        let length = length(&run.journal);
        assert!(
            length > JOURNAL_LIMIT / 2 && length <= JOURNAL_LIMIT,
            "{length}"
        );
    }
}

/// More of modules than a Secret takes: what is on record names them, and whoever goes on finds them in the plan, which stays as long.
#[test]
fn modules_that_have_no_room_on_record_are_known() {
    for next in [
        install("db", "1.0"),
        install("db", "2.0"),
        uninstall("db", "1.0"),
    ] {
        let mut world = World::new([
            Version::new("db", "1.0")
                .chart("large-one")
                .chart("large-other")
                .chart("small"),
            Version::new("db", "2.0").object(config("two", "2")),
        ]);
        world.run(&[install("db", "1.0")]);
        let plan = world.plan(&[uninstall("db", "1.0")]);
        let machine = world.machine(plan);
        let run = world.drive_or_answer(machine, |_, _, next| {
            let fails = ModuleFailure {
                message: "it does not go".to_owned(),
                may_pass: false,
            };
            is_next(next, "delete module").then_some(Answer::Module(Err(fails)))
        });
        let run = world.resume(&run, Decision::Abandon);
        let status = run.journal.operations()[0].status();
        assert_eq!(status, OperationStatus::Abandoned, "{}", run.story());
        let record = world.record("db").unwrap();
        assert!(serde_json::to_string(&record).unwrap().len() < 300 * 1024);
        let brings_them = next.operation.to().is_some_and(|to| to.as_str() == "1.0");
        let run = world.run(&[next]);
        assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
        let modules = objects(&world);
        let modules = modules
            .iter()
            .filter(|one| one.contains("large") || one.contains("small"));
        assert_eq!(modules.count(), if brings_them { 3 } else { 0 });
    }
}

#[test]
fn what_has_no_room_is_told_what_one_package_can_do() {
    let policy = json!({"undo": job("undo"), "retries": 5});
    let mut world = World::new([hooks(30, &policy)]);
    let error = world.try_plan(&[install("db", "1.0")]).unwrap_err();
    assert_eq!(error.kind(), PlanErrorKind::TooLong);
    assert_snapshot!(error, @"the journal of `install db 1.0 in db` might come to 757868 bytes, and has room for 229376: allow its hooks fewer `retries`, do in one Job what several do, or split the package");
    let many = (0..1000).fold(Version::new("db", "1.0"), |version, n| {
        version.object(config(&format!("n{n}"), ""))
    });
    let mut world = World::new([many]);
    let error = world.try_plan(&[install("db", "1.0")]).unwrap_err();
    assert_snapshot!(error, @"the journal of `install db 1.0 in db` might come to 552622 bytes, and has room for 229376: deploy its objects as a chart, or split the package");
    let half = |package: &str| {
        (0..350).fold(Version::new(package, "1.0"), |version, n| {
            version.object(config(&format!("n{n}"), ""))
        })
    };
    let mut world = World::new([half("a"), half("b")]);
    let both = world.try_plan(&[install("a", "1.0"), install("b", "1.0")]);
    assert_snapshot!(both.unwrap_err(), @"the journal of the plan might come to 388840 bytes, and has room for 229376: split the plan into several runs");
    assert!(world.try_plan(&[install("a", "1.0")]).is_ok());
}

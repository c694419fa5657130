//! Decisions where nobody expects them.

use std::sync::Arc;

use catalog_hooks::journal::OperationStatus;
use catalog_hooks::plan::{ActionInput, PinnedPlan, PlannedOperation, Step};
use catalog_hooks::{Decision, JournalStore, Machine, OperationContext, Outcome, Poll, Settings};
use catalog_model::version;
use catalog_model::{Operation, PackageName};
use serde_json::{Map, json};

use crate::beside::Then;
use crate::package::{Version, config};
use crate::world::{HOME, World, fails, install, is_next, refused, upgrade};

/// Told to stop between two attempts of a hook, and skipped then: no hook of the phase is skipped that did not even run.
#[test]
fn only_a_hook_that_failed_is_skipped() {
    let again = json!({"retries": 3, "backoff": {"initial": "60s", "factor": 1, "max": "60s"}});
    let mut world = World::new([
        Version::new("db", "1.0").object(config("one", "1")),
        Version::new("db", "2.0")
            .object(config("two", "2"))
            .hook("post-upgrade", "a", again)
            .hook("post-upgrade", "b", json!({}))
            .hook("post-upgrade", "c", json!({})),
    ]);
    world.script_attempt("a", 1, fails());
    world.run(&[install("db", "1.0")]);
    let plan = world.plan(&[upgrade("db", "1.0", "2.0")]);
    let machine = world.machine(plan);
    let mut told = false;
    let run = world.drive(machine, |_, machine, poll| {
        let waits = |reason: &String| reason.contains("for attempt 2");
        if let Poll::Wait(wait) = poll
            && wait.reasons.iter().any(waits)
            && !told
        {
            told = true;
            machine.cancel();
        }
    });
    assert!(told);
    assert_eq!(run.outcome, Outcome::Partial);
    let run = world.resume(&run, Some(Decision::Skip));
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    let attempts = run.journal.operations()[0].attempts();
    let hooks: Vec<&str> = attempts.iter().map(|one| one.hook()).collect();
    assert_eq!(hooks, ["a", "a", "b", "c"]);
}

#[test]
fn what_goes_back_can_be_given_up() {
    let mut world = World::new([
        Version::new("db", "1.0").object(config("one", "1")),
        Version::new("db", "2.0").object(config("two", "2")).hook(
            "post-upgrade",
            "migrate",
            json!({}),
        ),
    ]);
    world.script("migrate", fails());
    world.run(&[install("db", "1.0")]);
    let run = world.run(&[upgrade("db", "1.0", "2.0")]);
    let machine = world.resumed(&run.plan, Some(Decision::TakeBack));
    let mut detached = false;
    let run = world.drive(machine, |_, machine, poll| {
        if let Poll::Do(effect) = poll
            && effect.task.to_string().starts_with("apply")
            && !detached
        {
            detached = true;
            machine.cancel();
            machine.cancel();
        }
    });
    assert!(detached);
    let run = world.resume(&run, Some(Decision::Abandon));
    let status = run.journal.operations()[0].status();
    assert_eq!(status, OperationStatus::Abandoned, "{}", run.story());
}

/// Of an upgrade that rests nobody would know any more, if an action took the place of its journal.
#[test]
fn an_action_does_not_supersede_what_rests() {
    let mut world = World::new([
        Version::new("db", "1.0")
            .object(config("one", "1"))
            .hook("actions", "back-up", json!({})),
        Version::new("db", "2.0").object(config("two", "2")).hook(
            "post-upgrade",
            "migrate",
            json!({}),
        ),
    ]);
    world.script("migrate", fails());
    world.run(&[install("db", "1.0")]);
    let run = world.run(&[upgrade("db", "1.0", "2.0")]);
    let version = version::Version::parse("1.0").unwrap();
    let package = PackageName::parse("db").unwrap();
    let operation = Operation::action(package, version.clone(), "db", "back-up");
    let records = world.records();
    let catalog = world.catalog.clone();
    let (planned, _) = PlannedOperation::action(ActionInput {
        operation: &operation,
        context: &OperationContext::new("op", records[0].release_uid()).unwrap(),
        release: catalog.release("db", &version).unwrap(),
        installed: &records[0],
        parameters: &Map::new(),
    })
    .unwrap();
    let plan = Arc::new(PinnedPlan::new("run-a", HOME, vec![planned]).unwrap());
    let stored = || world.cluster.clone().load().unwrap().unwrap();
    let begin = |plan| Machine::begin_after(plan, stored(), "runner-a", Settings::default());
    let refused = begin(Arc::clone(&plan)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        format!(
            "`db` in `db` came to rest in the run `{}`, and this plan does not take its place: go on with that first, or give it up",
            run.plan.run()
        )
    );
    world.resume(&run, Some(Decision::TakeBack));
    let stored = world.cluster.clone().load().unwrap().unwrap();
    assert!(Machine::begin_after(plan, stored, "runner-a", Settings::default()).is_ok());
}

/// Jobs are let go first when something is given up: also where it cannot be read what came of a deletion that a runner before had asked for.
#[test]
fn jobs_are_let_go_before_a_deletion_is_looked_after() {
    let mut world = World::new([
        Version::new("db", "1.0").object(config("one", "1")),
        Version::new("db", "2.0").object(config("two", "2")),
    ]);
    world.run_beside(&[install("db", "1.0")], "r0");
    let plan = Arc::new(world.plan(&[upgrade("db", "1.0", "2.0")]));
    let mut run = world.begin_beside(&plan, "r1");
    let is_over = world.drive_beside(&mut run, |_, next| {
        match is_next(next, "delete ConfigMap db/one") {
            true => Then::StopsAfter,
            false => Then::GoesOn,
        }
    });
    assert!(!is_over);
    let known = (&plan, &run.secret);
    let mut run = world.resume_beside(known, "r2", Decision::Abandon).unwrap();
    world.drive_beside(&mut run, |machine, next| match next {
        Poll::Do(effect) if is_next(next, "read ConfigMap db/one") => {
            machine.answer(effect.id, refused(403, "Forbidden", "not allowed"));
            Then::IsAnswered
        }
        _ => Then::GoesOn,
    });
    assert_eq!(run.statuses(), [OperationStatus::Degraded]);
    let journal = run.machine.journal();
    let given_up = &journal.operations()[0];
    let done = given_up.step();
    let done = &plan.operations()[0].steps(given_up.track())[..done];
    assert_eq!(done, [Step::Close]);
}

//! Plans that were made of what is not so any more, and what runs leave that nobody goes on with.

use catalog_hooks::api::{ObjectRef, PatchKind, Request};
use catalog_hooks::journal::OperationStatus;
use catalog_hooks::record::InstalledRecord;
use catalog_hooks::{Decision, Outcome, Poll, Task};
use serde_json::json;

use crate::package::{Version, config};
use crate::world::{HOME, World, changing, fails, install, uninstall, upgrade};

/// The version that is on record of the one package.
fn on_record(world: &World) -> String {
    let records = world.records();
    records
        .first()
        .map(|record| record.version().to_owned())
        .unwrap_or_default()
}

#[test]
fn a_plan_for_what_was_installed_before_changes_nothing() {
    let stale = [
        (
            vec![upgrade("db", "1.0", "2.0")],
            "`db` 3.0 is on record, and 1.0 was",
        ),
        (
            vec![uninstall("db", "1.0")],
            "`db` 3.0 is on record, and 1.0 was",
        ),
    ];
    for (wishes, why) in stale {
        let mut world = changing();
        world.run(&[install("db", "1.0")]);
        let plan = world.plan(&wishes);
        assert_eq!(
            world.run(&[upgrade("db", "1.0", "3.0")]).outcome,
            Outcome::Done
        );
        let before = world.objects();
        let run = world.begin(plan);
        assert_eq!(run.outcome, Outcome::Unchanged);
        let failure = run.journal.operations()[0].failure().unwrap().clone();
        assert!(failure.message.starts_with(why), "{}", failure.message);
        assert_eq!(failure.next, "plan it again from what is on record now");
        assert_eq!(world.objects(), before);
        assert_eq!(on_record(&world), "3.0");
    }
}

#[test]
fn what_was_uninstalled_since_is_not_upgraded() {
    let mut world = changing();
    world.run(&[install("db", "1.0")]);
    let plan = world.plan(&[upgrade("db", "1.0", "2.0")]);
    world.run(&[uninstall("db", "1.0")]);
    let run = world.begin(plan);
    assert_eq!(run.outcome, Outcome::Unchanged);
    assert_eq!(on_record(&world), "");
}

#[test]
fn what_was_installed_since_is_not_installed_again() {
    let mut world = changing();
    let plan = world.plan(&[install("db", "1.0")]);
    world.run(&[install("db", "3.0")]);
    assert_eq!(world.begin(plan).outcome, Outcome::Unchanged);
    assert_eq!(on_record(&world), "3.0");
}

/// The record changes while the upgrade runs: what the other operation wrote is not lost.
#[test]
fn a_record_that_changes_on_the_way_is_not_overwritten() {
    let mut world = changing();
    world.run(&[install("db", "1.0")]);
    let plan = world.plan(&[upgrade("db", "1.0", "2.0")]);
    let other = world.plan(&[upgrade("db", "1.0", "3.0")]);
    let theirs = other.operations()[0]
        .record()
        .unwrap()
        .to_secret(plan.home());
    let machine = world.machine(plan);
    let mut done = false;
    let run = world.drive(machine, |cluster, _, poll| {
        let Poll::Do(effect) = poll else { return };
        if !done && effect.task.to_string().starts_with("apply ConfigMap") {
            done = true;
            let there = cluster.object(&ObjectRef::of(&theirs).unwrap()).unwrap();
            let mut object = serde_json::Value::clone(&there);
            object["data"] = theirs["data"].clone();
            cluster.meddle(&Request::Replace(object)).unwrap();
        }
    });
    assert!(done);
    assert_eq!(
        run.journal.operations()[0].status(),
        OperationStatus::Degraded
    );
    assert_eq!(on_record(&world), "3.0");
}

/// What is committed stays, also where the last cleaning up fails, and can be cleaned up later.
#[test]
fn a_sweep_that_fails_takes_nothing_back() {
    let mut world = changing();
    world.run(&[install("db", "1.0")]);
    let wish = upgrade("db", "1.0", "2.0").with(|options| options.rollback_on_failure = true);
    let machine = {
        let plan = world.plan(&[wish]).unwinding();
        world.machine(plan)
    };
    let run = world.drive(machine, |cluster, _, poll| {
        if let Poll::Do(effect) = poll
            && effect.task.to_string().contains("catalog-installed-")
            && effect.task.is_write()
        {
            cluster.deny("list", "Job");
        }
    });
    let operation = &run.journal.operations()[0];
    assert_eq!(
        operation.status(),
        OperationStatus::Degraded,
        "{}",
        run.story()
    );
    assert_eq!(operation.failure().unwrap().step, "sweep");
    assert_eq!(on_record(&world), "2.0");
    world.cluster.get().allow_all();
    let run = world.resume(&run, Some(Decision::Resume));
    assert_eq!(run.outcome, Outcome::Done);
}

/// An account that was made though no answer said so goes with its hook, also where the hook is skipped.
#[test]
fn what_a_skipped_hook_needed_goes() {
    let role = json!([{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "powerful"}, "rules": []}]);
    let mut world = World::new([
        Version::new("db", "1.0").object(config("one", "1")),
        Version::new("db", "2.0").object(config("one", "2")).hook(
            "post-upgrade",
            "migrate",
            json!({"resources": role}),
        ),
    ]);
    world.run(&[install("db", "1.0")]);
    let plan = world.plan(&[upgrade("db", "1.0", "2.0")]);
    let machine = world.machine(plan);
    let mut made = false;
    let run = world.drive(machine, |cluster, _, poll| {
        if let Poll::Do(effect) = poll
            && let Task::Call(request) = &effect.task
            && matches!(**request, Request::Create { .. })
            && request.to_string().contains("powerful")
            && !made
        {
            made = true;
            cluster.meddle(request).unwrap();
            cluster.deny("create", "ClusterRole");
        }
    });
    assert!(made);
    assert_eq!(run.outcome, Outcome::Partial, "{}", run.story());
    world.cluster.get().allow_all();
    let run = world.resume(&run, Some(Decision::Skip));
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert!(
        !world.objects().iter().any(|one| one.contains("powerful")),
        "{:?}",
        world.objects()
    );
}

#[test]
fn plans_of_runs_that_were_superseded_go() {
    let mut world = changing();
    world.script("migrate", fails());
    world.run(&[install("db", "1.0")]);
    for _ in 0..5 {
        world.run(&[upgrade("db", "1.0", "2.0")]);
    }
    let run = world.run(&[upgrade("db", "1.0", "3.0")]);
    assert_eq!(run.outcome, Outcome::Done);
    // That of 1.0, to which it can go back, and that of 3.0.
    assert_eq!(world.kept()["catalog.dev/plan"], 2, "{:?}", world.kept());
}

/// However often a hook is tried again, and whatever its pods say, its run can be given up.
#[test]
fn a_journal_that_is_full_can_be_abandoned() {
    for log in [
        "\u{1b}".repeat(4096),
        "a line of a log, as they are\n".repeat(200),
    ] {
        let again = json!({"retries": 20, "backoff": {"initial": "1s", "factor": 1, "max": "1s"}});
        let mut world = World::new([
            Version::new("db", "1.0"),
            Version::new("db", "2.0").hook("post-upgrade", "migrate", again),
        ]);
        world.script("migrate", fails().with_log(&log));
        world.run(&[install("db", "1.0")]);
        let mut run = world.run(&[upgrade("db", "1.0", "2.0")]);
        let mut resumed = 0;
        loop {
            run = world.resume(&run, Some(Decision::Resume));
            assert_eq!(run.outcome, Outcome::Partial, "{resumed}");
            let failure = run.journal.operations()[0].failure().unwrap().clone();
            if failure.message.contains("its journal is full") {
                break;
            }
            resumed += 1;
            assert!(resumed < 1000);
        }
        assert!(resumed > 3, "{resumed}");
        let run = world.resume(&run, Some(Decision::Abandon));
        assert_eq!(
            run.journal.operations()[0].status(),
            OperationStatus::Abandoned
        );
    }
}

/// Another operation, or another release in its place, came to be on record while an uninstall was under way: the record is not its own any more.
#[test]
fn a_record_that_changes_on_the_way_is_not_removed() {
    for (key, value) in [
        ("plans", json!(["of another operation"])),
        ("releaseUid", json!("another")),
    ] {
        let mut world = changing();
        world.run(&[install("db", "1.0")]);
        let target = InstalledRecord::secret_ref(HOME, "db", "db");
        let mut record = serde_json::to_value(world.record("db")).unwrap();
        record[key] = value;
        let theirs: InstalledRecord = serde_json::from_value(record).unwrap();
        let plan = world.plan(&[uninstall("db", "1.0")]);
        let machine = world.machine(plan);
        let mut done = false;
        let run = world.drive(machine, |cluster, _, poll| {
            let Poll::Do(effect) = poll else { return };
            if !done && effect.task.to_string().starts_with("delete ConfigMap") {
                done = true;
                let request = Request::Patch {
                    target: target.clone(),
                    patch: json!({"data": theirs.to_secret(HOME)["data"]}),
                    kind: PatchKind::Merge,
                };
                cluster.meddle(&request).unwrap();
            }
        });
        assert!(done);
        assert_eq!(world.record("db"), Some(theirs), "{}", run.story());
        let story = run.story();
        assert!(story.contains("and stays"), "{story}");
    }
}

/// A record that another version of this program wrote is not taken for none.
#[test]
fn a_record_that_cannot_be_read_is_in_the_way_of_everything() {
    let mut world = changing();
    world.run(&[install("db", "1.0")]);
    let plan = world.plan(&[upgrade("db", "1.0", "2.0")]);
    let install = world.plan(&[install("db", "1.0")]);
    let record = InstalledRecord::secret_ref(HOME, "db", "db");
    let patch = json!({"data": {"record": "eyJ2ZXJzaW9uIjo5OX0="}});
    let request = Request::Patch {
        target: record,
        patch,
        kind: PatchKind::Merge,
    };
    world.cluster.get().meddle(&request).unwrap();
    for plan in [plan, install] {
        let before = world.objects();
        let run = world.begin(plan);
        assert_eq!(run.outcome, Outcome::Unchanged, "{}", run.story());
        assert!(
            run.story()
                .contains("it has the version 99, and this program reads none above 4: use the program that wrote it"),
            "{}",
            run.story()
        );
        assert_eq!(world.objects(), before);
        // Plans that it may have stay.
        assert!(world.kept()["catalog.dev/plan"] > 0);
    }
}

//! Which plans are kept, and until when: whatever a record names, or names again when something is taken back, and nothing else.

use std::collections::BTreeSet;
use std::sync::Arc;

use catalog_hooks::api::{Failure, Reply, Request};
use catalog_hooks::journal::{OperationStatus, SecretJournal};
use catalog_hooks::plan::{PLAN_TYPE, PinnedPlan};
use catalog_hooks::{Cluster, Decision, JournalStore, Machine, Poll, label};
use serde_json::{Value, json};

use crate::beside::{OwnRun, Then};
use crate::package::{Version, config};
use crate::world::{Wish, World, install, is_next, rollback, uninstall, upgrade};

/// Packages in two versions, each with an object of its own.
fn packages() -> World {
    let version = |name: &str, version: &str| {
        Version::new(name, version)
            .object(config("first", version))
            .object(config("second", version))
    };
    let all = ["a", "b", "c"].map(|name| ["1.0", "2.0"].map(|one| version(name, one)));
    World::new(all.into_iter().flatten())
}

/// The digests of the plans that are there.
fn kept(world: &World) -> BTreeSet<String> {
    let cluster = world.cluster.get();
    let plans = cluster.objects().filter(|one| one["type"] == PLAN_TYPE);
    let digest = |plan: &Value| {
        plan["metadata"]["labels"][label::PLAN]
            .as_str()
            .unwrap()
            .to_owned()
    };
    plans.map(|plan| digest(plan)).collect()
}

fn on_record(world: &World) -> BTreeSet<String> {
    let records = world.records();
    let plans = records.iter().flat_map(|record| record.plans().to_vec());
    plans.collect()
}

/// Drives a run to its end, with a server that refuses these calls.
fn refusing(world: &World, run: &mut OwnRun, words: &str, (verb, kind): (&str, &str)) {
    let cluster = world.cluster.clone();
    let ends = world.drive_beside(run, |_: &mut Machine, next: &Poll| {
        match is_next(next, words) {
            true => cluster.get().deny(verb, kind),
            false => cluster.get().allow_all(),
        }
        Then::GoesOn
    });
    assert!(ends);
}

/// Deletes what nobody needs any more when a run has ended.
fn tidy(world: &World, run: &OwnRun) {
    let ended = run.machine.ended().unwrap();
    let mut cluster = world.cluster.clone();
    ended.delete_unneeded(&mut cluster, || true).unwrap();
}

/// Carries these operations out, where no plan can be deleted.
fn without_deleting_plans(world: &mut World, wishes: &[Wish], writer: &str) {
    let plan = Arc::new(world.plan(wishes));
    let mut run = world.begin_beside(&plan, writer);
    let delete = "delete Secret catalog-system/catalog-plan";
    refusing(world, &mut run, delete, ("delete", "Secret"));
    assert!(
        run.statuses()
            .iter()
            .all(|one| *one == OperationStatus::Done)
    );
}

/// Two packages of one plan, one of which is half uninstalled and given up, and that plan.
fn half_uninstalled() -> (World, BTreeSet<String>) {
    let mut world = packages();
    world.run_beside(&[install("a", "1.0"), install("b", "1.0")], "r1");
    let shared = kept(&world);
    let plan = Arc::new(world.plan(&[uninstall("a", "1.0")]));
    let mut run = world.begin_beside(&plan, "r2");
    let delete = "delete ConfigMap a/first";
    refusing(&world, &mut run, delete, ("delete", "ConfigMap"));
    let given_up = world.resume_beside((&plan, &run.secret), "r3", Decision::Abandon);
    world.end_beside(&mut given_up.unwrap());
    assert!(world.record("a").unwrap().is_unfinished());
    (world, shared)
}

/// A plan that brought two packages: one of them comes to rest on its way to something else, and the other one goes meanwhile.
#[test]
fn a_plan_that_a_take_back_puts_on_record_again_is_kept() {
    // A program before did not say which plans may be on record again.
    for (is_killed, is_of_version_2) in [(false, false), (false, true), (true, false), (true, true)]
    {
        let (mut world, shared) = half_uninstalled();
        // It has written something of `a`, or all, when it stops.
        let plan = Arc::new(world.plan(&[install("a", "2.0")]));
        let mut run = world.begin_beside(&plan, "r4");
        match is_killed {
            false => refusing(&world, &mut run, "apply ConfigMap", ("patch", "ConfigMap")),
            true => {
                let record = "replace Secret catalog-system/catalog-installed";
                let mut is_committed = false;
                let lives = world.drive_beside(&mut run, |_, next| {
                    let was_committed = is_committed;
                    is_committed |= is_next(next, record);
                    match was_committed && is_next(next, "list") {
                        true => Then::StopsBefore,
                        false => Then::GoesOn,
                    }
                });
                assert!(!lives);
            }
        }
        assert!(
            !world
                .record("a")
                .unwrap()
                .plans()
                .iter()
                .any(|one| shared.contains(one))
        );
        if is_of_version_2 {
            let mut kept = SecretJournal::new(world.cluster.clone(), run.secret.clone());
            let stored = kept.load().unwrap().unwrap();
            let mut journal: Value = serde_json::from_str(&stored.text).unwrap();
            journal["version"] = 2.into();
            journal["superseded"] = json!([]);
            kept.save(&journal.to_string(), Some(&stored.version))
                .unwrap();
        }
        let last = world.run_beside(&[uninstall("b", "1.0")], "r5");
        tidy(&world, &last);
        assert!(world.record("b").is_none());
        let back = world.resume_beside((&plan, &run.secret), "r6", Decision::TakeBack);
        let mut back = back.unwrap();
        world.end_beside(&mut back);
        assert_eq!(back.statuses(), [OperationStatus::RolledBack]);
        assert_eq!(on_record(&world), shared);
        assert!(kept(&world).is_superset(&shared), "killed: {is_killed}");
        // It goes with what names it.
        let last = world.run_beside(&[uninstall("a", "1.0")], "r7");
        tidy(&world, &last);
        assert_eq!(kept(&world), BTreeSet::new(), "killed: {is_killed}");
    }
}

/// The same plan, of a run that unwinds: the operation that took it off a record is done, and the one after it is still to come, or rests.
#[test]
fn a_plan_that_an_unwinding_puts_on_record_again_is_kept() {
    for is_cancelled in [true, false] {
        let (mut world, shared) = half_uninstalled();
        let wishes = [install("a", "2.0"), install("c", "1.0").at_level(1)];
        let plan = Arc::new(world.plan(&wishes).unwinding());
        let mut run = world.begin_beside(&plan, "r4");
        let cluster = world.cluster.clone();
        let ends = world.drive_beside(&mut run, |machine, next| {
            let record = "replace Secret catalog-system/catalog-installed";
            if is_cancelled && is_next(next, record) {
                machine.cancel();
            }
            if is_next(next, "apply ConfigMap c/second") {
                // What it has written cannot be taken back either.
                cluster.get().deny("patch", "ConfigMap");
                cluster.get().deny("delete", "ConfigMap");
            }
            Then::GoesOn
        });
        assert!(ends);
        let of_c = match is_cancelled {
            true => OperationStatus::NotStarted,
            false => OperationStatus::Degraded,
        };
        assert_eq!(run.statuses(), [OperationStatus::Done, of_c]);
        world.cluster.get().allow_all();
        world.run_beside(&[uninstall("b", "1.0")], "r5");
        let decision = match is_cancelled {
            true => Decision::Resume,
            false => Decision::TakeBack,
        };
        let back = world.resume_beside((&plan, &run.secret), "r6", decision);
        let mut back = back.unwrap();
        refusing(
            &world,
            &mut back,
            "apply ConfigMap c/second",
            ("patch", "ConfigMap"),
        );
        assert_eq!(back.statuses(), [OperationStatus::RolledBack; 2]);
        assert_eq!(on_record(&world), shared);
        assert!(
            kept(&world).is_superset(&shared),
            "cancelled: {is_cancelled}"
        );
        // It goes with what names it.
        world.run_beside(&[uninstall("a", "1.0")], "r8");
        assert_eq!(kept(&world), BTreeSet::new(), "cancelled: {is_cancelled}");
    }
}

/// What nobody needs goes when a run has ended: that of a runner which died before it had a journal, and of a run of other packages that is over.
#[test]
fn nothing_is_kept_of_what_is_uninstalled() {
    let mut world = packages();
    let plan = Arc::new(world.plan(&[install("c", "1.0")]));
    let mut run = world.begin_beside(&plan, "dead");
    let plan_is_there = |_: &mut Machine, next: &Poll| match is_next(next, "create Secret") {
        true => Then::StopsAfter,
        false => Then::GoesOn,
    };
    assert!(!world.drive_beside(&mut run, plan_is_there));
    world.run_beside(&[install("a", "1.0")], "r1");
    world.run_beside(&[install("b", "1.0")], "r2");

    let both = Arc::new(world.plan(&[uninstall("a", "1.0"), uninstall("b", "1.0")]));
    let mut run = world.begin_beside(&both, "r3");
    assert!(!world.drive_beside(&mut run, |_, next| {
        match is_next(next, "delete ConfigMap b") {
            true => Then::StopsBefore,
            false => Then::GoesOn,
        }
    }));
    let last = world.resume_beside((&both, &run.secret), "r4", None);
    let mut last = last.unwrap();
    world.end_beside(&mut last);
    assert_ne!(kept(&world), BTreeSet::new());
    assert_ne!(world.journals().iter().count(), 0);
    tidy(&world, &last);
    assert_eq!(kept(&world), BTreeSet::new());
    assert_eq!(world.journals().iter().count(), 0);
}

/// A run of two packages that is over, and one that takes an instance of it and has ended.
fn one_of_two_again() -> (World, OwnRun) {
    let mut world = packages();
    world.run_beside(&[install("a", "1.0"), install("b", "1.0")], "r1");
    let plan = Arc::new(world.plan(&[uninstall("a", "1.0")]));
    let last = world.begin_beside(&plan, "r2");
    (world, last)
}

/// Whoever does not have the Lease any more deletes nothing.
#[test]
fn without_the_lease_nothing_is_deleted() {
    let (world, mut last) = one_of_two_again();
    world.end_beside(&mut last);
    let ended = last.machine.ended().unwrap();
    let before = world.kept();
    ended
        .delete_unneeded(&mut world.cluster.clone(), || false)
        .unwrap();
    assert_eq!(world.kept(), before);
    tidy(&world, &last);
    assert_ne!(world.kept(), before);
}

/// A journal that somebody has written meanwhile is that of a run which goes on: neither it nor a plan goes.
#[test]
fn what_changed_meanwhile_is_not_deleted() {
    let (mut world, mut last) = one_of_two_again();
    world.end_beside(&mut last);
    let ended = last.machine.ended().unwrap();
    // A plan that would go after it.
    let plan = world.plan(&[install("c", "1.0")]);
    Pinning(&world, plan).pin();
    let before = kept(&world);
    let mut asked = 0;
    let writes = || {
        asked += 1;
        for kept in world.journals().iter() {
            let secret = kept.secret().clone();
            let mut journal = SecretJournal::new(world.cluster.clone(), secret);
            let changed = kept.stored().text.clone() + " ";
            let version = &kept.stored().version;
            journal.save(&changed, Some(version)).unwrap();
        }
        true
    };
    let mut cluster = world.cluster.clone();
    ended.delete_unneeded(&mut cluster, writes).unwrap();
    assert_eq!(asked, 1);
    assert_eq!(world.journals().iter().count(), 1);
    assert_eq!(kept(&world), before);
}

/// A cluster on which somebody pins a plan while it is looked what is there.
struct Pinning<'w>(&'w World, PinnedPlan);

impl Pinning<'_> {
    fn pin(&self) {
        for secret in self.1.to_secrets() {
            let create = Request::Create {
                object: secret,
                dry_run: false,
            };
            let _there = self.0.cluster.get().meddle(&create);
        }
    }
}

impl Cluster for Pinning<'_> {
    fn call(&mut self, request: &Request) -> Result<Reply, Failure> {
        let answer = self.0.cluster.clone().call(request);
        if let Request::List(_) = request {
            self.pin();
        }
        answer
    }
}

/// A plan that is pinned before its journal is there stays.
#[test]
fn a_plan_that_is_pinned_meanwhile_is_not_deleted() {
    let (mut world, mut last) = one_of_two_again();
    world.end_beside(&mut last);
    let ended = last.machine.ended().unwrap();
    let plan = world.plan(&[install("b", "1.0")]);
    let digest = plan.digest().to_owned();
    let mut pinning = Pinning(&world, plan);
    ended.delete_unneeded(&mut pinning, || true).unwrap();
    assert!(kept(&world).contains(&digest));
}

/// A run that was told to stop when the first of its two operations was put on record: it waits with the other.
fn waiting(world: &mut World) -> (Arc<PinnedPlan>, OwnRun) {
    world.run_beside(&[install("a", "1.0"), install("b", "1.0")], "r1");
    let wishes = [
        upgrade("a", "1.0", "2.0"),
        upgrade("b", "1.0", "2.0").at_level(1),
    ];
    let plan = Arc::new(world.plan(&wishes));
    let mut run = world.begin_beside(&plan, "r2");
    assert!(world.drive_beside(&mut run, |machine, next| {
        let record = "replace Secret catalog-system/catalog-installed-a";
        if is_next(next, record) {
            machine.cancel();
        }
        Then::GoesOn
    }));
    let statuses = [OperationStatus::Done, OperationStatus::NotStarted];
    assert_eq!(run.statuses(), statuses);
    (plan, run)
}

/// An action of the instance that a run waits for brings nothing that the run had to: it goes on.
#[test]
fn an_action_makes_nothing_unneeded() {
    let version = |name: &str, version: &str| {
        Version::new(name, version)
            .object(config("first", version))
            .hook("actions", "back-up", json!({}))
    };
    let all = ["a", "b"].map(|name| ["1.0", "2.0"].map(|one| version(name, one)));
    let mut world = World::new(all.into_iter().flatten());
    let (plan, waits) = waiting(&mut world);
    let action = Arc::new(world.action("b", "1.0", "back-up"));
    let mut run = world.begin_beside(&action, "r3");
    world.end_beside(&mut run);
    assert_eq!(run.statuses(), [OperationStatus::Done]);
    tidy(&world, &run);
    let known = (&plan, &waits.secret);
    let mut goes_on = world.resume_beside(known, "r4", Decision::Resume).unwrap();
    world.end_beside(&mut goes_on);
    assert_eq!(goes_on.statuses(), [OperationStatus::Done; 2]);
    assert!(kept(&world).contains(plan.digest()));
}

/// What a run did before it waited is older than what another one was to do, or gave up, meanwhile: when the first goes on and ends, that is there still.
#[test]
fn what_was_done_before_makes_nothing_unneeded() {
    for is_given_up in [false, true] {
        let mut world = packages();
        let (plan, waits) = waiting(&mut world);
        let back = Arc::new(world.plan(&[rollback("a", "2.0", "1.0")]));
        let mut run = world.begin_beside(&back, "r3");
        match is_given_up {
            false => {
                run.machine.cancel();
                world.end_beside(&mut run);
                assert_eq!(run.statuses(), [OperationStatus::NotStarted]);
            }
            true => {
                assert!(!world.drive_beside(&mut run, |_, next| {
                    match is_next(next, "apply ConfigMap a/second") {
                        true => Then::StopsBefore,
                        false => Then::GoesOn,
                    }
                }));
                let known = (&back, &run.secret);
                let given_up = world.resume_beside(known, "r4", Decision::Abandon);
                world.end_beside(&mut given_up.unwrap());
            }
        }
        let known = (&plan, &waits.secret);
        let mut last = world.resume_beside(known, "r5", Decision::Resume).unwrap();
        world.end_beside(&mut last);
        assert_eq!(last.statuses(), [OperationStatus::Done; 2]);
        tidy(&world, &last);
        let journals = world.journals();
        let mut plans = journals.iter().map(|kept| kept.journal().plan());
        assert!(plans.any(|plan| plan == back.digest()), "{is_given_up}");
        assert!(kept(&world).contains(back.digest()), "{is_given_up}");
        // It goes when something is done with the instance after it.
        let last = world.run_beside(&[uninstall("a", "2.0")], "r6");
        tidy(&world, &last);
        assert!(!kept(&world).contains(back.digest()), "{is_given_up}");
    }
}

/// A plan of two packages cannot be deleted when the second is uninstalled, and no run after that is of the two.
#[test]
fn a_plan_that_could_not_be_deleted_goes_with_the_next_run_of_an_instance() {
    let mut world = packages();
    world.run_beside(&[install("a", "1.0"), install("b", "1.0")], "r1");
    world.run_beside(&[uninstall("a", "1.0")], "r2");
    without_deleting_plans(&mut world, &[uninstall("b", "1.0")], "r3");
    assert_eq!(kept(&world).len(), 2);
    world.run_beside(&[install("b", "1.0")], "r4");
    assert_eq!(kept(&world), on_record(&world));
    world.run_beside(&[uninstall("b", "1.0")], "r5");
    assert_eq!(kept(&world), BTreeSet::new());
}

/// Whatever a run is the last to know it remembers, however many these are.
#[test]
fn all_plans_that_could_not_be_deleted_are_remembered() {
    let mut world = packages();
    for name in ["a", "b", "c"] {
        world.run_beside(&[install(name, "1.0")], "first");
        for _ in 0..5 {
            world.run_beside(&[upgrade(name, "1.0", "2.0")], "on");
            world.run_beside(&[rollback(name, "2.0", "1.0")], "back");
        }
    }
    assert_eq!(on_record(&world).len(), 33);
    let all = ["a", "b", "c"].map(|name| uninstall(name, "1.0"));
    without_deleting_plans(&mut world, &all, "last");
    assert_eq!(kept(&world).len(), 34);
    world.run_beside(&[install("b", "1.0")], "again");
    assert_eq!(kept(&world), on_record(&world));
}

//! What runs leave to those that follow, and what they leave alone.

use std::sync::Arc;
use std::time::Duration;

use catalog_hooks::api::{Failure, ObjectRef};
use catalog_hooks::journal::{Journal, JournalSecret, Journals};
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::simulator::PodScript;
use catalog_hooks::{
    Answer, Decision, HeldBy, JournalStore, Machine, ModuleStatus, Outcome, Poll, Settings, Stop,
};
use serde_json::{Value, json};

use crate::beside::Then;
use crate::hops::{create, role};
use crate::package::{Version, config, crd};
use crate::world::{HOME, Run, Wish, World, fails, install, is_next, refused, uninstall, upgrade};

#[test]
fn custom_resources_of_a_foreign_crd_stay() {
    let mut world = World::new([Version::new("db", "1.0").crd("Gadget", &["v1"])]);
    world.run(&[install("db", "1.0")]);
    let target = ObjectRef::of(&crd("Gadget", &["v1"])).unwrap();
    world.cluster.get().force_delete(&target);
    create(&mut world.cluster.get(), crd("Gadget", &["v1"]));
    world.cluster.get().advance(Duration::from_secs(5));
    create(
        &mut world.cluster.get(),
        json!({"apiVersion": "example.com/v1", "kind": "Gadget", "metadata": {"name": "theirs", "namespace": "default"}}),
    );
    world.run(&[uninstall("db", "1.0").with(|options| {
        options.delete_custom_resources = true;
        options.delete_data = true;
    })]);
    let there = world.object(&ObjectRef::namespaced(
        "example.com/v1",
        "Gadget",
        "default",
        "theirs",
    ));
    assert!(world.object(&target).is_some());
    assert!(there.is_some(), "a foreign custom resource was deleted");
}

#[test]
fn a_skipped_commit_is_on_record() {
    let mut world = World::new([Version::new("db", "1.0").object(config("one", "1"))]);
    world.cluster.get().deny("create", "Secret");
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    world.cluster.get().allow_all();
    let run = world.drive(machine, |cluster, _, next| {
        if let Poll::Do(effect) = next {
            match effect.task.to_string() {
                told if told.starts_with("create Secret catalog-system/catalog-installed") => {
                    cluster.deny("create", "Secret")
                }
                _ => cluster.allow_all(),
            }
        }
    });
    world.cluster.get().allow_all();
    let run = world.resume(&run, Some(Decision::Skip));
    assert!(
        run.outcome != Outcome::Done || world.record("db").is_some(),
        "done, and nothing on record"
    );
}

#[test]
fn a_hook_does_not_take_a_resource_that_is_going() {
    let pvc = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "scratch", "finalizers": ["example.com/held"]}});
    let with = json!({"resources": [pvc]});
    let mut world = World::new([Version::new("db", "1.0")
        .hook("pre-install", "first", with.clone())
        .hook("pre-install", "second", with)]);
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    let target = ObjectRef::namespaced("v1", "ConfigMap", "db", "scratch");
    let mut taken = false;
    world.drive(machine, |cluster, _, next| {
        if let Poll::Do(effect) = next
            && effect.task.to_string().contains("second")
            && effect.task.to_string().starts_with("create Job")
        {
            taken |= cluster
                .object(&target)
                .is_some_and(|there| there["metadata"]["deletionTimestamp"].is_string());
        }
    });
    assert!(!taken, "the second hook runs with an object that goes");
}

#[test]
fn what_was_passed_on_goes_with_whom_it_passed_to() {
    let mut world = World::new([
        Version::new("a", "1.0").definition("role", &role(&["get"])),
        Version::new("b", "1.0").definition("role", &role(&["get"])),
        Version::new("b", "2.0").object(config("x", "1")),
    ]);
    world.run(&[install("a", "1.0")]);
    world.run(&[install("b", "1.0")]);
    world.run(&[upgrade("b", "1.0", "2.0")]);
    world.run(&[uninstall("a", "1.0")]);
    assert!(
        world.object(&ObjectRef::of(&role(&[])).unwrap()).is_none(),
        "b 2.0 has none"
    );
}

#[test]
fn a_plan_made_before_an_operation_that_rests_is_out_of_date() {
    let mut world = crate::world::changing();
    world.script("migrate", fails());
    world.run(&[install("db", "1.0")]);
    let early = world.plan(&[upgrade("db", "1.0", "3.0")]);
    world.run(&[upgrade("db", "1.0", "2.0")]);
    world.begin(early);
    let two = ObjectRef::namespaced("v1", "ConfigMap", "db", "two");
    let known = world
        .record("db")
        .unwrap()
        .ledger()
        .iter()
        .any(|entry| entry.object == two);
    assert!(known || world.object(&two).is_none(), "on no record: {two}");
}

#[test]
fn the_plan_of_the_next_run_is_not_collected() {
    let mut world = crate::world::changing();
    world.run(&[install("db", "1.0")]);
    // Its own plan, and that of the install, go after its end.
    let first = world.plan(&[uninstall("db", "1.0")]);
    let mut next: Option<Vec<Value>> =
        Some(world.plan(&[upgrade("db", "1.0", "2.0")]).to_secrets());
    let name = next.as_ref().unwrap()[0]["metadata"]["name"]
        .as_str()
        .unwrap()
        .to_owned();
    let machine = world.machine(first);
    world.drive(machine, |cluster, machine, poll| {
        let has_ended = cluster.journal().is_some_and(|text| {
            Journal::parse(text).unwrap().run() == machine.plan().run()
                && Journal::parse(text).unwrap().ended().is_some()
        });
        if has_ended
            && matches!(poll, Poll::Do(_))
            && let Some(secrets) = next.take()
        {
            for secret in secrets {
                create(cluster, secret);
            }
        }
    });
    assert!(next.is_none());
    let there = world.object(&ObjectRef::namespaced(
        "v1",
        "Secret",
        "catalog-system",
        &name,
    ));
    assert!(
        there.is_some(),
        "the plan of the run that follows was deleted"
    );
}

#[test]
fn a_crd_that_stays_when_an_upgrade_is_taken_back_stays_on_record() {
    let mut world = World::new([
        Version::new("db", "1.0").object(config("one", "1")),
        Version::new("db", "2.0").crd("Gadget", &["v1"]).hook(
            "post-upgrade",
            "migrate",
            json!({"onFailure": "rollback"}),
        ),
    ]);
    world.script("migrate", fails());
    world.run(&[install("db", "1.0")]);
    world.run(&[upgrade("db", "1.0", "2.0")]);
    world.run(&[uninstall("db", "1.0").with(|options| {
        options.delete_data = true;
        options.delete_namespace = true;
    })]);
    let target = ObjectRef::of(&crd("Gadget", &["v1"])).unwrap();
    assert!(
        world.object(&target).is_none(),
        "all data was to go, and nobody knows of it"
    );
}

#[test]
fn a_crd_that_is_gone_is_not_said_to_stay() {
    let mut world = World::new([Version::new("db", "1.0").crd("Gadget", &["v1"])]);
    world.run(&[install("db", "1.0")]);
    let target = ObjectRef::of(&crd("Gadget", &["v1"])).unwrap();
    world.cluster.get().force_delete(&target);
    let run = world.run(&[uninstall("db", "1.0")]);
    assert!(
        !run.story().contains("gadgets.example.com stays"),
        "{}",
        run.story()
    );
}

#[test]
fn an_install_without_its_journal_is_no_fresh_one() {
    let mut world = World::new([Version::new("db", "1.0").object(config("one", "1")).hook(
        "post-install",
        "x",
        json!({}),
    )]);
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    world.drive(machine, |_, machine, poll| {
        if let Poll::Do(effect) = poll
            && effect.task.to_string().starts_with("create Job")
        {
            machine.cancel();
            machine.cancel();
        }
    });
    let stored = world.cluster.load().unwrap().unwrap();
    world.cluster.remove(&stored.version).unwrap();
    let run = world.run(&[install("db", "1.0")]);
    assert!(
        run.outcome != Outcome::Done,
        "{}\n{:?}",
        run.story(),
        world.objects()
    );
}

#[test]
fn a_chart_that_was_never_deployed_is_not_deleted_on_the_way_back() {
    let mut world = World::new([
        Version::new("db", "1.0").object(config("one", "1")),
        Version::new("db", "2.0")
            .definition("role", &role(&["get"]))
            .chart("extra"),
    ]);
    world.run(&[install("db", "1.0")]);
    let plan = world
        .plan(&[upgrade("db", "1.0", "2.0").with(|options| options.rollback_on_failure = true)]);
    let machine = world.machine(plan);
    let run = world.drive(machine, |cluster, _, next| {
        if let Poll::Do(effect) = next {
            match effect.task.to_string() {
                told if told.starts_with("apply ClusterRole") => {
                    cluster.deny("patch", "ClusterRole")
                }
                _ => cluster.allow_all(),
            }
        }
    });
    let deleted = run
        .told
        .iter()
        .filter(|told| told.contains("delete module"))
        .count();
    assert_eq!(deleted, 0);
}

/// Servers quote whole objects in what they refuse.
#[test]
fn a_long_message_does_not_keep_a_run_from_coming_to_rest() {
    let mut world = World::new([Version::new("db", "1.0").object(config("one", "1"))]);
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    let message = "é".repeat(300 * 1024);
    let run = world.drive_or_answer(machine, |_, _, next| {
        is_next(next, "apply ConfigMap").then(|| refused(422, "Invalid", &message))
    });
    assert_eq!(run.outcome, Outcome::Partial);
    let journal = run.journal;
    let message = &journal.operations()[0].failure().unwrap().message;
    assert!(
        message.len() < 2000 && message.ends_with("bytes more)"),
        "{}",
        message.len()
    );
}

/// A kind, and an object of it that somebody made.
fn gadget(world: &World) -> ObjectRef {
    let object = json!({"apiVersion": "example.com/v1", "kind": "Gadget", "metadata": {"name": "theirs", "namespace": "default"}});
    let target = ObjectRef::of(&object).unwrap();
    create(&mut world.cluster.get(), object);
    target
}

fn asks_for_all(wish: Wish) -> Wish {
    wish.with(|options| {
        options.delete_custom_resources = true;
        options.delete_data = true;
    })
}

#[test]
fn custom_resources_of_a_crd_that_was_there_before_stay() {
    let mut world = World::new([Version::new("db", "1.0").crd("Gadget", &["v1"])]);
    create(&mut world.cluster.get(), crd("Gadget", &["v1"]));
    world.cluster.get().advance(Duration::from_secs(5));
    let theirs = gadget(&world);
    world.run(&[install("db", "1.0")]);
    world.run(&[asks_for_all(uninstall("db", "1.0"))]);
    assert!(world.object(&theirs).is_some());
}

#[test]
fn custom_resources_of_a_crd_that_another_package_has_stay() {
    let mut world =
        World::new(["a", "b"].map(|package| Version::new(package, "1.0").crd("Gadget", &["v1"])));
    world.run(&[install("a", "1.0")]);
    world.run(&[install("b", "1.0")]);
    let theirs = gadget(&world);
    world.run(&[asks_for_all(uninstall("b", "1.0"))]);
    assert!(world.object(&theirs).is_some());
    world.run(&[asks_for_all(uninstall("a", "1.0"))]);
    assert!(world.object(&theirs).is_none());
}

/// A server that says wrongly that a CRD is not there is believed once: when it is there after all, it is not deleted unasked.
#[test]
fn a_crd_that_is_there_after_all_is_not_deleted_unasked() {
    let mut world = World::new([Version::new("db", "1.0").crd("Gadget", &["v1"])]);
    world.run_beside(&[install("db", "1.0")], "first");
    let theirs = gadget(&world);
    let plan = Arc::new(world.plan(&[uninstall("db", "1.0")]));
    let mut run = world.begin_beside(&plan, "second");
    let mut is_said = false;
    assert!(world.drive_beside(&mut run, |machine, next| match next {
        Poll::Do(effect) if !is_said && is_next(next, "read CustomResourceDefinition") => {
            is_said = true;
            machine.answer(effect.id, refused(404, "NotFound", "not found"));
            Then::IsAnswered
        }
        _ => Then::GoesOn,
    }));
    assert!(is_said);
    assert!(world.object(&theirs).is_some());
    let journal = run.machine.journal();
    let kept = journal.operations()[0].kept().join("\n");
    assert!(
        kept.contains("CustomResourceDefinition gadgets.example.com stays: "),
        "{kept}"
    );
}

/// A server that says of a kind which it has that it has none, as one says that has just started, does not say that there are no objects: what they hold
/// does not go unasked, however long it says so.
#[test]
fn what_is_said_to_be_of_no_kind_does_not_go_unasked() {
    let claim = json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}});
    let data = ObjectRef::namespaced("v1", "PersistentVolumeClaim", "db", "data");
    for (listed, says, passes) in [
        ("PersistentVolumeClaim", "what Namespace db holds", true),
        ("PersistentVolumeClaim", "what Namespace db holds", false),
        ("Gadget", "the objects of CustomResourceDefinition", false),
    ] {
        let mut world = World::new([Version::new("db", "1.0").crd("Gadget", &["v1"])]);
        world.run_beside(&[install("db", "1.0")], "first");
        let mut ours = claim.clone();
        ours["metadata"]["namespace"] = json!("db");
        create(&mut world.cluster.get(), ours);
        let theirs = gadget(&world);
        let going = uninstall("db", "1.0").with(|options| options.delete_namespace = true);
        let plan = Arc::new(world.plan(&[going]));
        let mut run = world.begin_beside(&plan, "second");
        let (call, mut said) = (format!("list {listed}"), 0);
        let has_ended = world.drive_beside(&mut run, |machine, next| match next {
            Poll::Do(effect) if is_next(next, &call) && (said == 0 || !passes) => {
                said += 1;
                let failure = Failure::from_status(404, &"404 page not found\n".into());
                machine.answer(effect.id, Answer::Called(Err(failure)));
                Then::IsAnswered
            }
            _ => Then::GoesOn,
        });
        assert!(has_ended && said > 0);
        assert!(world.object(&data).is_some(), "{listed}");
        assert!(world.object(&theirs).is_some(), "{listed}");
        let journal = run.machine.journal();
        let operation = &journal.operations()[0];
        match operation.failure() {
            None => {
                let kept = operation.kept().join("\n");
                assert!(
                    passes && kept.contains("db/data would go with it"),
                    "{kept}"
                );
            }
            Some(why) => assert!(!passes && why.message.contains(says), "{why:?}"),
        }
    }
}

/// What has not begun is begun when the run is resumed, and that takes the plan.
#[test]
fn the_plan_of_a_run_that_waits_is_kept() {
    let mut world = World::new(["a", "b"].map(|name| Version::new(name, "1.0")));
    let plan = world.plan(&[install("a", "1.0"), install("b", "1.0").at_level(1)]);
    let mut machine = world.machine(plan);
    machine.cancel();
    let run = world.drive(machine, |_, _, _| {});
    let found = PinnedPlan::load(&mut world.cluster, HOME, run.plan.digest());
    assert_eq!(found.unwrap().as_ref(), Some(&run.plan));
}

#[test]
fn an_install_that_is_taken_back_deletes_no_chart_that_was_never_deployed() {
    let mut world = World::new([Version::new("db", "1.0")
        .definition("role", &role(&["get"]))
        .chart("main")]);
    let wish = install("db", "1.0").with(|options| options.rollback_on_failure = true);
    let plan = world.plan(&[wish]);
    let machine = world.machine(plan);
    let run = world.drive(machine, |cluster, _, next| {
        if let Poll::Do(effect) = next {
            match effect.task.to_string().starts_with("apply ClusterRole") {
                true => cluster.deny("patch", "ClusterRole"),
                false => cluster.allow_all(),
            }
        }
    });
    assert!(
        run.story().contains("failed in definitions"),
        "{}",
        run.story()
    );
    let mut told = run.told.iter();
    assert!(
        !told.any(|told| told.contains("delete module")),
        "{:?}",
        run.told
    );
}

/// Somebody makes an object of the name of one that was just deleted: that one is gone.
#[test]
fn what_has_the_name_of_what_was_deleted_is_not_waited_for() {
    let mut world = World::new([Version::new("db", "1.0").object(config("one", "1"))]);
    world.run(&[install("db", "1.0")]);
    let plan = world.plan(&[uninstall("db", "1.0")]);
    let machine = world.machine(plan);
    let one = ObjectRef::namespaced("v1", "ConfigMap", "db", "one");
    let run = world.drive(machine, |cluster, _, _| {
        if cluster.object(&one).is_none() {
            let mut theirs = config("one", "theirs");
            theirs["metadata"]["namespace"] = "db".into();
            create(cluster, theirs);
        }
    });
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert!(world.object(&one).is_some());
}

/// A service may keep journals under names of its own: one of the same instance, of a run that came to rest.
#[test]
fn the_plan_of_a_run_that_rests_in_another_journal_is_kept() {
    let mut world = crate::world::changing();
    world.script("migrate", fails());
    world.run(&[install("db", "1.0")]);
    let resting = world.run(&[upgrade("db", "1.0", "2.0")]);
    let stored = world.cluster.load().unwrap().unwrap();
    world.cluster.remove(&stored.version).unwrap();
    let other = JournalSecret::new(HOME, "a-name-of-its-own");
    let request = other.write(&stored.text, None).unwrap();
    world.cluster.get().meddle(&request).unwrap();
    let is_pinned = |world: &World, plan: &PinnedPlan| {
        let secrets = plan.to_secrets();
        let target = ObjectRef::of(&secrets[0]).unwrap();
        world.object(&target).is_some()
    };
    let run = world.run(&[upgrade("db", "1.0", "3.0")]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert!(is_pinned(&world, &resting.plan));
    // Nobody can go on with it any more once its journal is gone.
    world.cluster.get().delete_object(&ObjectRef::namespaced(
        "v1",
        "Secret",
        HOME,
        "a-name-of-its-own",
    ));
    world.run(&[uninstall("db", "3.0")]);
    assert!(!is_pinned(&world, &resting.plan));
}

/// A hook of which a pod runs on when its journal is lost and its Job was let go is not run again beside it, whatever is taken over; in no home.
#[test]
fn a_hook_that_still_runs_is_not_run_again() {
    let mut world =
        World::new([Version::new("db", "1.0").hook("pre-install", "migrate", json!({}))]);
    world.script("migrate", PodScript::succeeds(Duration::from_secs(300)));
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    world.drive(machine, |_, machine, _| {
        let journal = machine.journal();
        let mut attempts = journal.operations()[0].attempts().iter();
        if attempts.any(|one| one.running().is_some()) {
            machine.cancel();
            machine.cancel();
        }
    });
    let stored = world.cluster.load().unwrap().unwrap();
    let anew = |world: &mut World| {
        world.run(&[install("db", "1.0").with(|options| options.take_ownership = true)])
    };
    world.cluster.remove(&stored.version).unwrap();
    let held = anew(&mut world);
    assert!(
        told(&held).contains("let them go (`release_all`)"),
        "{}",
        held.story()
    );
    let none = Journals::read(&mut world.cluster.clone(), HOME).unwrap();
    let release = Machine::release_all(HeldBy::All, &none, Settings::default()).unwrap();
    let released = world.drive(release, |_, _, _| {});
    assert_eq!(released.outcome, Outcome::Done);
    let runs = anew(&mut world);
    assert!(
        told(&runs).contains(", of which a pod runs; "),
        "{}",
        runs.story()
    );
    assert!(
        told(&runs).contains("wait until their pods have ended"),
        "{}",
        runs.story()
    );
    world.cluster.get().advance(Duration::from_secs(300));
    let run = anew(&mut world);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
}

/// What a run that does not begin says it has found.
fn told(run: &Run) -> String {
    match &run.outcome {
        Outcome::Stopped(stop @ Stop::Leftovers(_)) => stop.to_string(),
        other => format!("{other:?}"),
    }
}

/// What somebody deletes and makes anew is theirs, also for the release whose ledger knows the one before.
#[test]
fn what_was_made_anew_between_two_releases_stays() {
    let version = |package| Version::new(package, "1.0").definition("role", &role(&["get"]));
    let mut world = World::new(["a", "b"].map(version));
    world.run(&[install("b", "1.0")]);
    let target = ObjectRef::of(&role(&[])).unwrap();
    world.cluster.get().force_delete(&target);
    create(&mut world.cluster.get(), role(&["get"]));
    world.run(&[install("a", "1.0")]);
    world.run(&[uninstall("a", "1.0")]);
    let run = world.run(&[uninstall("b", "1.0")]);
    let there = world.object(&target).expect("somebody's object");
    assert_eq!(there["rules"][0]["verbs"], json!(["get"]));
    assert!(there["metadata"].get("annotations").is_none(), "{there}");
    assert!(
        run.story().contains("it was there before"),
        "{}",
        run.story()
    );
}

/// A module that somebody else has deployed by now is told of when its package goes, and keeps nobody waiting.
#[test]
fn a_module_of_others_stays() {
    let mut world = World::new([Version::new("db", "1.0").chart("main")]);
    world.run(&[install("db", "1.0")]);
    let plan = world.plan(&[uninstall("db", "1.0")]);
    let machine = world.machine(plan);
    let run = world.drive_or_answer(machine, |_, _, next| {
        let is_asked = is_next(next, "delete module");
        is_asked.then_some(Answer::Module(Ok(ModuleStatus::OfOthers)))
    });
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    let why = "module `main` stays: what has its name was not deployed by this runner";
    assert!(run.story().contains(why), "{}", run.story());
}

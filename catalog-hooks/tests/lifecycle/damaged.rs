//! Journals that somebody has damaged, or whose plan is lost: what was made is found without them, and goes on.

use std::sync::Arc;
use std::time::Duration;

use catalog_hooks::api::{ObjectRef, PatchKind, Request};
use catalog_hooks::journal::OperationStatus;
use catalog_hooks::plan::PLAN_TYPE;
use catalog_hooks::simulator::PodScript;
use catalog_hooks::{
    HeldBy, Machine, NoConditions, Outcome, Poll, Settings, StartErrorKind, Stop, Surroundings,
};
use serde_json::json;

use crate::beside::{OwnRun, Then};
use crate::package::{Version, config, crd};
use crate::world::{HOME, World, install, is_next, uninstall};

/// A package with data, and a hook before and after it; and one beside it.
fn world() -> World {
    let world = World::new([
        Version::new("a", "1.0")
            .hook("pre-install", "check", json!({}))
            .definition("widgets", &crd("Widget", &["v1"]))
            .object(config("a", "1"))
            .hook("post-install", "announce", json!({})),
        Version::new("b", "1.0").object(config("b", "1")),
    ]);
    for hook in ["check", "announce"] {
        world.script(hook, PodScript::succeeds(Duration::from_secs(1)));
    }
    world
}

impl World {
    /// As `kubectl patch` does it.
    fn damage_journal(&self, run: &OwnRun) {
        let request = Request::Patch {
            target: ObjectRef::namespaced("v1", "Secret", HOME, run.secret.name()),
            patch: json!({"data": {"journal": "Z2FyYmFnZQ=="}}),
            kind: PatchKind::Merge,
        };
        self.cluster.get().meddle(&request).unwrap();
    }

    fn lose_plans(&self) {
        let mut cluster = self.cluster.get();
        let plans = cluster
            .objects()
            .filter(|object| object["type"] == PLAN_TYPE);
        let plans: Vec<ObjectRef> = plans.filter_map(|plan| ObjectRef::of(plan)).collect();
        for plan in plans {
            cluster.meddle(&Request::delete(plan, None)).unwrap();
        }
    }

    /// Lets go what a journal that cannot be read held, by way of `a`, as soon as no pod runs any more. What is said of it.
    fn release(&self, lost: &OwnRun) -> Vec<String> {
        loop {
            let (outcome, told) = self.try_to_release(lost);
            match outcome {
                Outcome::Done => return told,
                Outcome::Stopped(Stop::NotReleased(why)) if why.contains("still runs") => {
                    let secret = ObjectRef::namespaced("v1", "Secret", HOME, lost.secret.name());
                    assert!(self.object(&secret).is_some(), "{why}");
                    self.cluster.get().advance(Duration::from_secs(1));
                }
                other => panic!("{other:?}: {told:?}"),
            }
        }
    }

    fn try_to_release(&self, lost: &OwnRun) -> (Outcome, Vec<String>) {
        let held = HeldBy::Instance {
            package: "a",
            namespace: "a",
        };
        let mut journals = self.journals();
        let mut cluster = self.cluster.clone();
        journals
            .put_aside_without_plan(&mut cluster, lost.secret.name())
            .unwrap();
        let mut machine = Machine::release_all(held, &journals, Settings::default()).unwrap();
        let [mut modules, mut journal, mut clock] = [0; 3].map(|_| self.cluster.clone());
        let outcome = Surroundings {
            cluster: &mut cluster,
            journal: &mut journal,
            modules: Some(&mut modules),
            gate: &mut NoConditions,
            clock: &mut clock,
        }
        .drive(&mut machine, &mut |_| {});
        (outcome, machine.journal().history().to_vec())
    }

    fn has_running_pod(&self) -> bool {
        let cluster = self.cluster.get();
        let mut jobs = cluster.objects().filter(|object| object["kind"] == "Job");
        jobs.any(|job| job["status"]["active"].as_u64() > Some(0))
    }

    fn is_held(&self) -> bool {
        let cluster = self.cluster.get();
        let mut jobs = cluster.objects().filter(|object| object["kind"] == "Job");
        jobs.any(|job| job["metadata"]["finalizers"].is_array())
    }
}

/// After each effect of an install its runner dies, and its journal is damaged, or the plan of it lost. Then nothing begins until that is given up; then
/// everything does, what holds data is as it was, and everything else can go.
#[test]
fn what_a_damaged_journal_held_is_let_go_and_taken_over() {
    for is_plan_lost in [false, true] {
        let mut ends = 0;
        for effects in 1.. {
            let mut world = world();
            let plan = Arc::new(world.plan(&[install("a", "1.0")]));
            let mut run = world.begin_beside(&plan, "first");
            let is_over = world.drive_for(&mut run, effects, |_| {});
            if is_over {
                break;
            }
            let name = run.secret.name().to_owned();
            if world.journals().iter().count() == 0 {
                continue;
            }
            ends += 1;
            match is_plan_lost {
                true => world.lose_plans(),
                false => world.damage_journal(&run),
            }
            let other = world.plan(&[install("b", "1.0")]);
            if !is_plan_lost {
                let refusal = world.journals().place(&other).unwrap_err();
                assert_eq!(refusal.kind(), StartErrorKind::Journal);
                let told = refusal.to_string();
                assert!(told.contains("(`release_all`)"), "{told}");
            }
            let widgets = ObjectRef::cluster(
                "apiextensions.k8s.io/v1",
                "CustomResourceDefinition",
                "widgets.example.com",
            );
            let uid = |world: &World| Some(world.object(&widgets)?["metadata"]["uid"].clone());
            let before = uid(&world);
            let told = world.release(&run);
            let given_up = format!("gave up the journal `{name}`, with which nobody can go on");
            assert_eq!(told.last(), Some(&given_up), "{effects}: {told:?}");
            assert!(!world.is_held(), "{effects}");
            assert_eq!(world.journals().unreadable(), []);
            assert_eq!(world.release(&run), [""; 0]);
            // What was begun has its end without a runner.
            world.cluster.get().advance(Duration::from_secs(600));
            let again = install("a", "1.0").with(|options| options.take_ownership = true);
            for wish in [install("b", "1.0"), again] {
                let run = world.run_beside(&[wish], "second");
                assert_eq!(run.statuses(), [OperationStatus::Done], "{effects}");
            }
            let after = uid(&world);
            assert!(before.is_none() || before == after, "{effects}");
            world.run_beside(&[uninstall("b", "1.0")], "third");
            assert_eq!(
                world.uninstalled(&["a", "b"]),
                ["CustomResourceDefinition widgets.example.com"],
                "{effects}"
            );
        }
        assert!(ends > 20, "{ends}");
    }
}

/// A journal that is lost may have been of any instance: what another one has running would get a second Job beside it.
#[test]
fn a_journal_is_not_given_up_beside_a_pod_that_runs() {
    let mut world = World::new([
        Version::new("a", "1.0").object(config("a", "1")),
        Version::new("b", "1.0").hook("pre-install", "check", json!({})),
    ]);
    world.script("check", PodScript::succeeds(Duration::from_secs(30)));
    world.run_beside(&[install("a", "1.0")], "before");
    let plan = Arc::new(world.plan(&[install("b", "1.0")]));
    let mut run = world.begin_beside(&plan, "first");
    let dies = |_: &mut Machine, _: &Poll| match world.has_running_pod() {
        true => Then::StopsBefore,
        false => Then::GoesOn,
    };
    assert!(!world.drive_beside(&mut run, dies));
    world.damage_journal(&run);
    let (outcome, _) = world.try_to_release(&run);
    let Outcome::Stopped(Stop::NotReleased(why)) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(why.starts_with("Job b/"), "{why}");
    assert!(world.is_held());
    let refusal = world.journals().place(&plan).unwrap_err();
    assert_eq!(refusal.kind(), StartErrorKind::Journal);
    let told = world.release(&run);
    assert!(told.last().unwrap().starts_with("gave up the journal"));
    assert!(!world.has_running_pod() && !world.is_held());
    let again = world.run_beside(&[install("b", "1.0")], "second");
    assert_eq!(again.statuses(), [OperationStatus::Done]);
}

/// What a newer program wrote, it can go on with; and what somebody has mended meanwhile is left to who can read it.
#[test]
fn a_journal_that_somebody_can_read_is_not_given_up() {
    let mut world = world();
    let plan = Arc::new(world.plan(&[install("a", "1.0")]));
    let mut run = world.begin_beside(&plan, "first");
    assert!(!world.drive_for(&mut run, 20, |_| {}));
    let target = ObjectRef::namespaced("v1", "Secret", HOME, run.secret.name());
    let whole = world.object(&target).unwrap()["data"].clone();
    let write = |world: &World, data: serde_json::Value| {
        let request = Request::Patch {
            target: target.clone(),
            patch: json!({ "data": data }),
            kind: PatchKind::Merge,
        };
        world.cluster.get().meddle(&request).unwrap();
    };
    // {"version":99}
    write(&world, json!({"journal": "eyJ2ZXJzaW9uIjo5OX0="}));
    let refusal = Machine::release_all(HeldBy::All, &world.journals(), Settings::default());
    let told = refusal.err().unwrap().to_string();
    assert!(told.contains("use the program that wrote it"), "{told}");
    world.damage_journal(&run);
    let journals = world.journals();
    write(&world, whole);
    let machine = Machine::release_all(HeldBy::Release("none"), &journals, Settings::default());
    let released = world.drive(machine.unwrap(), |_, _, _| {});
    let Outcome::Stopped(Stop::NotReleased(told)) = released.outcome else {
        panic!("{:?}", released.outcome);
    };
    let stays = "stays: somebody wrote it meanwhile";
    assert!(told.ends_with(stays), "{told}");
    assert_eq!(world.journals().iter().count(), 1);
}

/// What others set on the Secret of a journal, before each second try to write it, is no other runner; what is another journal, is.
#[test]
fn a_secret_that_somebody_annotates_is_the_same_journal() {
    for epoch in [None, Some(7)] {
        let mut world = world();
        let plan = Arc::new(world.plan(&[install("a", "1.0")]));
        let mut run = world.begin_beside(&plan, "first");
        let target = ObjectRef::namespaced("v1", "Secret", HOME, run.secret.name());
        let (mut writings, mut changed) = (0, 0);
        let is_over = world.drive_beside(&mut run, |_, next| {
            if is_next(next, "write the journal") {
                writings += 1;
                if writings % 2 == 0 {
                    return Then::GoesOn;
                }
                let mut patch =
                    json!({"metadata": {"annotations": {"seen": writings.to_string()}}});
                if let (Some(epoch), 5) = (epoch, writings) {
                    let stored = world.journals().iter().next().unwrap().stored().clone();
                    let mut text: serde_json::Value = serde_json::from_str(&stored.text).unwrap();
                    text["epoch"] = epoch.into();
                    patch = json!({"stringData": {"journal": text.to_string()}});
                }
                let target = target.clone();
                let kind = PatchKind::Merge;
                let request = Request::Patch {
                    target,
                    patch,
                    kind,
                };
                changed += usize::from(world.cluster.get().meddle(&request).is_ok());
            }
            Then::GoesOn
        });
        assert!(is_over);
        assert!(epoch.is_some() || changed > 3, "{changed} of {writings}");
        match (epoch, run.machine.outcome()) {
            (None, outcome) => assert_eq!(outcome, Some(Outcome::Done)),
            (Some(_), Some(Outcome::Stopped(Stop::Fenced(by)))) => {
                assert_eq!(by, "`first`, epoch 7");
            }
            (_, outcome) => panic!("{outcome:?}"),
        }
    }
}

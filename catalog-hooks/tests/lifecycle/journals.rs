//! Several journals in one namespace, and which of them a run is about; and Jobs whose journal is lost.

use std::sync::Arc;

use catalog_hooks::api::FailureClass;
use catalog_hooks::journal::{
    EndedRun, Journal, JournalSecret, Journals, KeptJournal, SecretJournal,
};
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::simulator::{FakeCluster, PodScript};
use catalog_hooks::{
    Answer, Cluster, Decision, HeldBy, JournalStore, JournalVersion, Machine, NoConditions,
    Outcome, Poll, Settings, StartErrorKind, Surroundings, Task, Timestamp,
};
use serde_json::json;
use std::time::Duration;

use crate::package::{Version, config};
use crate::world::{HOME, Wish, World, fails, install, uninstall};

/// Packages with a hook that fails, each beside an object.
fn world() -> World {
    let world = World::new(["a", "b", "c"].map(|name| {
        Version::new(name, "1.0").object(config(name, "1")).hook(
            "post-install",
            "announce",
            json!({}),
        )
    }));
    world.script("announce", fails());
    world
}

/// A cluster in which there are only journals.
struct Shelf(FakeCluster);

impl Shelf {
    fn new() -> Self {
        let mut cluster = FakeCluster::new(Timestamp::from_millis(1_790_000_000_000));
        cluster.add_namespace(HOME);
        Self(cluster)
    }

    fn read(&mut self) -> Journals {
        Journals::read(&mut self.0, HOME).unwrap()
    }

    fn names(&mut self) -> Vec<String> {
        let journals = self.read();
        journals.iter().map(|one| one.name().to_owned()).collect()
    }

    /// Keeps a journal where it is to be kept.
    fn keep(&mut self, plan: &PinnedPlan, text: &str) -> JournalSecret {
        let journals = self.read();
        let place = journals.place(plan).unwrap();
        let secret = place.secret().clone();
        let replaced = place.replaced().map(|stored| stored.version.clone());
        let mut journal = SecretJournal::new(Handle(&mut self.0), secret.clone());
        journal.save(text, replaced.as_ref()).unwrap();
        secret
    }

    /// What a run of a plan on nothing leaves, kept where it is to be kept: at rest, if hooks fail; over, if they do not.
    fn run(&mut self, wishes: &[Wish], succeeds: bool) -> JournalSecret {
        let mut world = world();
        if succeeds {
            world.script("announce", PodScript::succeeds(Duration::from_secs(1)));
        }
        let plan = world.plan(wishes);
        let run = world.begin(plan.clone());
        assert_eq!(run.outcome == Outcome::Done, succeeds, "{}", run.story());
        self.keep(&plan, &run.journal.to_text().unwrap())
    }

    fn refusal(&mut self, wishes: &[Wish]) -> (StartErrorKind, String) {
        let plan = world().plan(wishes);
        let error = self.read().place(&plan).unwrap_err();
        (error.kind(), error.to_string())
    }
}

struct Handle<'c>(&'c mut FakeCluster);

impl Cluster for Handle<'_> {
    fn call(
        &mut self,
        request: &catalog_hooks::api::Request,
    ) -> Result<catalog_hooks::api::Reply, catalog_hooks::api::Failure> {
        Cluster::call(self.0, request)
    }
}

/// A run that did all of this, later than all others.
fn done(wishes: &[Wish]) -> EndedRun {
    let mut world = world();
    world.script("announce", PodScript::succeeds(Duration::from_secs(1)));
    world.cluster.get().advance(Duration::from_secs(3600));
    // Its name is another one than theirs.
    (0..8).for_each(|_| drop(world.plan(wishes)));
    let run = world.run_beside(wishes, "later");
    assert_eq!(run.machine.outcome(), Some(Outcome::Done));
    run.machine.ended().unwrap()
}

fn both(names: [&str; 2]) -> Vec<Wish> {
    let wishes = names.iter().enumerate();
    wishes
        .map(|(level, name)| install(name, "1.0").at_level(level))
        .collect()
}

#[test]
fn what_rests_is_in_the_way_of_its_instances_alone() {
    let mut shelf = Shelf::new();
    let of_a = shelf.run(&[install("a", "1.0")], false);
    let plan = world().plan(&[install("b", "1.0")]);
    let journals = shelf.read();
    let place = journals.place(&plan).unwrap();
    assert!(place.replaced().is_none());
    assert_eq!(place.secret().name(), plan.journal_name());
    assert_ne!(place.secret(), &of_a);
    // Who installs both takes its place, where it is.
    let plan = world().plan(&both(["b", "a"]));
    let place = journals.place(&plan).unwrap();
    assert_eq!(place.secret(), &of_a);
    let stored = place.replaced().unwrap().clone();
    Machine::begin_after(Arc::new(plan), stored, "w", Settings::default()).unwrap();
}

#[test]
fn a_run_takes_the_place_of_one() {
    let mut shelf = Shelf::new();
    shelf.run(&[install("a", "1.0")], false);
    shelf.run(&[install("b", "1.0")], false);
    let (kind, why) = shelf.refusal(&both(["a", "b"]));
    assert_eq!(kind, StartErrorKind::Rests);
    assert_eq!(
        why,
        "the runs `run-1` and `run-1` came to rest, and this plan can take the place of one: go on with the other first, or give it up"
    );
    // Of a run that rests on `b` and took `a` with it, nobody takes `a` alone out.
    let mut shelf = Shelf::new();
    let mut world = world();
    world.script("announce", PodScript::succeeds(Duration::from_secs(1)));
    world.run(&[install("a", "1.0")]);
    world.script("announce", fails());
    let plan = world.plan(&both(["c", "b"]));
    let run = world.begin(plan.clone());
    assert_eq!(run.outcome, Outcome::Partial);
    shelf.keep(&plan, &run.journal.to_text().unwrap());
    let (kind, why) = shelf.refusal(&[install("b", "1.0")]);
    assert_eq!(kind, StartErrorKind::Rests);
    assert!(
        why.starts_with(
            "`c` in `c` came to rest in the run `run-2`, and this plan does not take its place"
        ),
        "{why}"
    );
}

#[test]
fn what_is_under_way_is_not_begun_again() {
    let mut shelf = Shelf::new();
    let mut world = world();
    let plan = world.plan(&[install("a", "1.0")]);
    let machine = world.machine(plan.clone());
    let mut texts = Vec::new();
    world.drive(machine, |_, machine, _| {
        texts.push(machine.journal().to_text().unwrap());
    });
    shelf.keep(&plan, texts.get(texts.len() / 2).unwrap());
    let (kind, why) = shelf.refusal(&both(["a", "b"]));
    assert_eq!(kind, StartErrorKind::NotEnded);
    assert!(
        why.starts_with("the run `run-1` has not come to rest"),
        "{why}"
    );
    assert!(!shelf.read().iter().next().unwrap().is_over());
}

#[test]
fn journals_of_what_is_over_are_deleted_when_another_run_has_the_instance() {
    let mut world = world();
    world.script("announce", PodScript::succeeds(Duration::from_secs(1)));
    world.run_beside(&both(["a", "b"]), "r1");
    let of_c = world.run_beside(&[install("c", "1.0")], "r2").secret;
    let plan = Arc::new(world.plan(&[uninstall("b", "1.0")]));
    assert!(world.journals().place(&plan).unwrap().replaced().is_none());
    let mut run = world.begin_beside(&plan, "r3");
    world.end_beside(&mut run);
    let ended = run.machine.ended().unwrap();
    for _ in 0..2 {
        let mut cluster = world.cluster.clone();
        ended.delete_unneeded(&mut cluster, || true).unwrap();
        let journals = world.journals();
        let names: Vec<&str> = journals.iter().map(KeptJournal::name).collect();
        assert_eq!(names, [of_c.name()]);
    }
    // One of the same instances stays where it is, and is replaced.
    let plan = world.plan(&[uninstall("c", "1.0")]);
    let journals = world.journals();
    let place = journals.place(&plan).unwrap();
    assert_eq!((place.secret(), place.replaced().is_some()), (&of_c, true));
}

/// What a run did not come to can still be gone on with, when another run has had one of its instances: until one has had all that it did not come to.
#[test]
fn what_waits_is_in_nobodys_way_and_stays() {
    let mut shelf = Shelf::new();
    let mut world = world();
    let plan = world.plan(&both(["a", "b"]));
    let mut machine = world.machine(plan.clone());
    machine.cancel();
    let run = world.drive(machine, |_, _, _| {});
    assert_eq!(run.outcome, Outcome::Unchanged, "{}", run.story());
    let is_had = [vec![install("b", "1.0")], both(["a", "b"])].map(|all| done(&all));
    let of_both = shelf.keep(&plan, &run.journal.to_text().unwrap());
    assert!(!shelf.read().iter().next().unwrap().is_over());
    let plan = world.plan(&[install("b", "1.0")]);
    let journals = shelf.read();
    let place_of_b = journals.place(&plan).unwrap();
    assert!(place_of_b.replaced().is_none());
    is_had[0].delete_unneeded(&mut shelf.0, || true).unwrap();
    assert_eq!(shelf.names(), [of_both.name()]);
    // Whoever begins the same again takes its place, and the history says so.
    let plan = world.plan(&both(["b", "a"]));
    let place = journals.place(&plan).unwrap();
    assert_eq!(place.secret(), &of_both);
    let stored = place.replaced().unwrap().clone();
    let machine = Machine::begin_after(Arc::new(plan), stored, "w", Settings::default()).unwrap();
    let history = machine.journal().history().to_vec();
    assert!(
        history.last().unwrap().ends_with("superseded by run-3"),
        "{history:?}"
    );
    is_had[1].delete_unneeded(&mut shelf.0, || true).unwrap();
    assert_eq!(shelf.names(), [""; 0]);
}

/// The name of a set of instances may be that of a run of others by now, which took the place of one of this set.
#[test]
fn a_name_that_others_have_is_left_to_them() {
    let mut shelf = Shelf::new();
    let of_a = shelf.run(&[install("a", "1.0")], false);
    let both = shelf.run(&both(["a", "b"]), false);
    assert_eq!(of_a, both);
    // Now `b` alone rests there, and `a` is free.
    let mut world = world();
    let plan = world.plan(&[install("b", "1.0")]);
    let run = world.begin(plan.clone());
    let mut journal = SecretJournal::new(Handle(&mut shelf.0), of_a.clone());
    let stored = journal.load().unwrap().unwrap();
    journal
        .save(&run.journal.to_text().unwrap(), Some(&stored.version))
        .unwrap();
    let plan = world.plan(&[install("a", "1.0")]);
    let journals = shelf.read();
    let place = journals.place(&plan).unwrap();
    assert!(place.replaced().is_none());
    assert_eq!(place.secret().name(), format!("{}-2", of_a.name()));
}

/// Who begins anew is told what was given up.
#[test]
fn what_was_given_up_is_not_forgotten() {
    let mut shelf = Shelf::new();
    let mut world = world();
    let plan = world.plan(&[install("a", "1.0")]);
    let run = world.begin(plan.clone());
    let run = world.resume(&run, Decision::Abandon);
    let of_a = shelf.keep(&plan, &run.journal.to_text().unwrap());
    assert!(shelf.read().iter().next().unwrap().is_over());
    let wishes = both(["a", "b"]);
    let plan = Arc::new(world.plan(&wishes));
    let journals = shelf.read();
    let place = journals.place(&plan).unwrap();
    assert!(place.replaced().is_none());
    // What it said goes on in the journal of whoever begins.
    let begun = Machine::begin_at(plan, &place, "w", Settings::default()).unwrap();
    let history = begun.journal().history().to_vec();
    assert!(
        history.iter().any(|line| line.starts_with("run-1: ")),
        "{history:?}"
    );
    assert!(begun.ended().is_none());
    assert_eq!(shelf.names(), [of_a.name()]);
    done(&wishes)
        .delete_unneeded(&mut shelf.0, || true)
        .unwrap();
    assert_eq!(shelf.names(), [""; 0]);
}

#[test]
fn what_is_no_journal_is_told_of_and_not_touched() {
    let mut shelf = Shelf::new();
    let of_a = shelf.run(&[install("a", "1.0")], true);
    let mut journal = SecretJournal::new(Handle(&mut shelf.0), of_a.clone());
    let stored = journal.load().unwrap().unwrap();
    let broken = journal.save("{", Some(&stored.version)).unwrap();
    let journals = shelf.read();
    assert_eq!(journals.iter().count(), 0);
    assert_eq!(journals.unreadable()[0].0, of_a.name());
    let (kind, _) = shelf.refusal(&[install("a", "1.0")]);
    assert_eq!(kind, StartErrorKind::Journal);
    // It may be of any instance.
    let (kind, why) = shelf.refusal(&[install("b", "1.0")]);
    assert_eq!(kind, StartErrorKind::Journal);
    let says = format!("the journal in Secret `{}` may be of any run", of_a.name());
    assert!(why.starts_with(&says), "{why}");
    // As with an API server's own: what is not known for certain is not written over.
    let mut journal = SecretJournal::new(Handle(&mut shelf.0), of_a);
    let class = |result: Result<JournalVersion, catalog_hooks::api::Failure>| {
        result.map_err(|failure| failure.class())
    };
    for version in ["", "0"] {
        let mut other = broken.clone();
        version.clone_into(&mut other.resource_version);
        assert_eq!(
            class(journal.save("x", Some(&other))),
            Err(FailureClass::Invalid)
        );
        assert_eq!(
            journal.remove(&other).map_err(|failure| failure.class()),
            Err(FailureClass::Invalid)
        );
    }
    assert_eq!(
        class(journal.save("x", Some(&stored.version))),
        Err(FailureClass::Outdated)
    );
    assert_eq!(
        class(journal.save("x", None)),
        Err(FailureClass::AlreadyExists)
    );
    let long = "x".repeat(256 * 1024 + 1);
    assert_eq!(
        class(journal.save(&long, Some(&broken))),
        Err(FailureClass::Invalid)
    );
    journal.remove(&broken).unwrap();
    assert_eq!(
        class(journal.save("x", Some(&broken))),
        Err(FailureClass::NotFound)
    );
}

#[test]
fn jobs_whose_journal_is_lost_are_let_go() {
    let mut world = World::new(["a", "b"].map(|name| {
        Version::new(name, "1.0")
            .hook("pre-install", "check", json!({}))
            .object(config(name, "1"))
    }));
    world.script("check", PodScript::runs());
    for name in ["a", "b"] {
        let plan = world.plan(&[install(name, "1.0")]);
        let machine = world.machine(plan);
        let mut lost = false;
        let run = world.drive(machine, |cluster, machine, _| {
            let journal = machine.journal();
            let mut attempts = journal.operations()[0].attempts().iter();
            if attempts.any(|one| one.running().is_some()) && !lost {
                lost = true;
                cluster.lose_journal();
            }
        });
        assert!(
            matches!(run.outcome, Outcome::Stopped(_)),
            "{}",
            run.story()
        );
    }
    let held = |world: &World| {
        let cluster = world.cluster.get();
        let jobs = cluster.objects().filter(|object| object["kind"] == "Job");
        let held = jobs.filter(|job| job["metadata"]["finalizers"].is_array());
        held.map(|job| job["metadata"]["namespace"].to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(held(&world), ["\"a\"", "\"b\""]);
    let release = |world: &mut World, held: HeldBy<'_>| {
        let journals = Journals::read(&mut world.cluster.clone(), HOME).unwrap();
        let machine = Machine::release_all(held, &journals, Settings::default()).unwrap();
        let run = world.drive(machine, |_, _, next| {
            if let Poll::Do(effect) = next {
                let told = effect.task.to_string();
                assert!(
                    ["list Job", "patch Job"]
                        .iter()
                        .any(|one| told.starts_with(one)),
                    "{told}"
                );
            }
        });
        run.journal.history().to_vec()
    };
    let of_a = HeldBy::Instance {
        package: "a",
        namespace: "a",
    };
    let told = release(&mut world, of_a);
    assert!(
        told.len() == 1 && told[0].starts_with("released Job a/a-check-"),
        "{told:?}"
    );
    assert_eq!(held(&world), ["\"b\""]);
    assert_eq!(release(&mut world, of_a), [""; 0]);
    assert_eq!(release(&mut world, HeldBy::Release("none")), [""; 0]);
    // What cannot be let go is told, and does not end well.
    world.cluster.get().deny("patch", "Job");
    let journals = Journals::read(&mut world.cluster.clone(), HOME).unwrap();
    let machine = Machine::release_all(HeldBy::All, &journals, Settings::default()).unwrap();
    let run = world.drive(machine, |_, _, _| {});
    let Outcome::Stopped(stop) = &run.outcome else {
        panic!("{}", run.story())
    };
    let told = stop.to_string();
    assert!(
        told.starts_with("not all could be let go: Job b/b-check-"),
        "{told}"
    );
    world.cluster.get().allow_all();
    assert_eq!(release(&mut world, HeldBy::All).len(), 1);
    assert_eq!(held(&world), [""; 0]);
    // Nothing is in the way of another install any more, when the pods have ended.
    world.cluster.get().advance(Duration::from_secs(600));
    world.script("check", PodScript::succeeds(Duration::from_secs(1)));
    let run = world.run(&[install("a", "1.0")]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
}

/// A run that is under way holds its Jobs, in whatever runner's namespace its journal is.
#[test]
fn jobs_of_a_run_that_can_go_on_stay_held() {
    for home in [HOME, "elsewhere"] {
        let mut world = world();
        world.cluster.get().add_namespace("elsewhere");
        world.script("announce", PodScript::succeeds(Duration::from_secs(60)));
        let plan = world.plan(&[install("a", "1.0")]);
        let plan = PinnedPlan::new("live", home, plan.operations().to_vec()).unwrap();
        let secret = JournalSecret::new(home, plan.journal_name());
        let mut live = Machine::begin(Arc::new(plan), "live", Settings::default());
        let is_held = |world: &World| {
            let cluster = world.cluster.get();
            let mut jobs = cluster.objects().filter(|object| object["kind"] == "Job");
            jobs.any(|job| job["metadata"]["finalizers"].is_array())
        };
        let mut journal = SecretJournal::new(world.cluster.clone(), secret);
        while !is_held(&world) {
            let [mut cluster, mut clock] = [0; 2].map(|_| world.cluster.clone());
            let mut all = Surroundings {
                cluster: &mut cluster,
                journal: &mut journal,
                modules: None,
                gate: &mut NoConditions,
                clock: &mut clock,
            };
            match live.poll(all.clock.now()) {
                Poll::Do(effect) => {
                    let id = effect.id;
                    let answer = all.carry_out(effect);
                    live.answer(id, answer);
                }
                Poll::Wait(wait) => all.clock.wait(&wait),
                other => panic!("{other:?}"),
            }
        }
        // What the run knows of its Job is stored before it goes on.
        while live.journal().operations()[0].attempts()[0].uid().is_none() || {
            let stored = journal.load().unwrap().unwrap();
            let stored = Journal::parse(&stored.text).unwrap();
            stored.operations()[0].attempts()[0].uid().is_none()
        } {
            let now = world.cluster.get().now();
            match live.poll(now) {
                Poll::Do(effect) => {
                    let id = effect.id;
                    let answer = match effect.task {
                        Task::SaveJournal { text, replaces } => {
                            Answer::Saved(journal.save(&text, replaces.as_ref()))
                        }
                        task => panic!("{task}"),
                    };
                    live.answer(id, answer);
                }
                other => panic!("{other:?}"),
            }
        }
        let journals = Journals::read(&mut world.cluster.clone(), HOME).unwrap();
        let machine = Machine::release_all(HeldBy::All, &journals, Settings::default()).unwrap();
        let run = world.drive(machine, |_, _, _| {});
        assert!(is_held(&world), "{home}");
        let told = run.journal.history();
        assert!(
            told.len() == 1 && told[0].contains(" stays held: "),
            "{told:?}"
        );
    }
}

/// Somebody keeps something else under the name of the journal: trying again does not help, and nothing is left behind.
#[test]
fn what_has_the_name_of_a_journal_and_is_none_is_said_at_once() {
    for is_there_before in [true, false] {
        let mut world = world();
        let plan = world.plan(&[install("a", "1.0")]);
        let name = plan.journal_name();
        let other = json!({
            "apiVersion": "v1", "kind": "Secret", "type": "Opaque",
            "metadata": {"name": name, "namespace": HOME},
        });
        let secret = JournalSecret::new(HOME, &name);
        let mut journal = SecretJournal::new(world.cluster.clone(), secret);
        let mut machine = Machine::begin(Arc::new(plan), "w", Settings::default());
        let mut effects = 0;
        if is_there_before {
            crate::hops::create(&mut world.cluster.get(), other.clone());
        }
        loop {
            let now = world.cluster.get().now();
            let Poll::Do(effect) = machine.poll(now) else {
                break;
            };
            effects += 1;
            let is_first_write = matches!(effect.task, Task::SaveJournal { .. });
            if is_first_write && !is_there_before {
                crate::hops::create(&mut world.cluster.get(), other.clone());
            }
            let [mut cluster, mut modules, mut clock] = [0; 3].map(|_| world.cluster.clone());
            let mut all = Surroundings {
                cluster: &mut cluster,
                journal: &mut journal,
                modules: Some(&mut modules),
                gate: &mut world.gates,
                clock: &mut clock,
            };
            let id = effect.id;
            let answer = all.carry_out(effect);
            machine.answer(id, answer);
        }
        let outcome = machine.outcome();
        let Some(Outcome::Stopped(stop)) = outcome else {
            panic!("{outcome:?}");
        };
        let told = stop.to_string();
        assert!(
            told.contains("is no journal: give the journal another name"),
            "{told}"
        );
        let is_pinned = world.kept().keys().any(|kind| kind.contains("plan"));
        assert_eq!(is_pinned, !is_there_before, "{:?}", world.kept());
        assert_eq!(effects == 1, is_there_before);
    }
}

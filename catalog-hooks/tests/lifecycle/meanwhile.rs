//! What others do between the look at an object and its write, between two runs, and between two operations of one.

use std::sync::Arc;
use std::time::Duration;

use catalog_hooks::api::{ObjectRef, PatchKind, Request};
use catalog_hooks::journal::{Journals, OperationStatus, SecretJournal};
use catalog_hooks::simulator::PodScript;
use catalog_hooks::{
    Answer, Cluster, Decision, Machine, NoConditions, Outcome, Poll, Settings, Surroundings,
};
use serde_json::{Value, json};

use crate::package::{Version, config};
use crate::world::{HOME, World, install, is_next, refused, uninstall};

fn settings() -> ObjectRef {
    ObjectRef::namespaced("v1", "ConfigMap", "db", "settings")
}

fn db() -> World {
    World::new([Version::new("db", "1.0").object(config("settings", "ours"))])
}

fn theirs(data: Value) -> Request {
    let mut object = config("settings", "");
    object["metadata"]["namespace"] = "db".into();
    object["data"] = data;
    Request::Create {
        object,
        dry_run: false,
    }
}

/// Somebody makes the object between the look and the apply; the runner dies when the apply has landed; another one goes on.
#[test]
fn what_came_meanwhile_is_known_after_a_crash() {
    let mut world = db();
    let plan = world.plan(&[install("db", "1.0")]);
    let mut machine = world.machine(plan.clone());
    loop {
        let now = world.cluster.get().now();
        let next = machine.poll(now);
        let is_it = is_next(&next, "apply ConfigMap db/settings");
        match next {
            Poll::Do(effect) => {
                if is_it {
                    world
                        .cluster
                        .get()
                        .meddle(&theirs(json!({"other": "keep"})))
                        .unwrap();
                }
                let id = effect.id;
                let answer = world.surroundings(|all| all.carry_out(effect));
                if is_it {
                    break;
                }
                machine.answer(id, answer);
            }
            Poll::Wait(wait) => world.surroundings(|all| all.clock.wait(&wait)),
            _ => panic!("ended"),
        }
    }
    drop(machine);
    let machine = world.resumed(&plan, None::<Decision>);
    let run = world.drive(machine, |_, _, _| {});
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    world.run(&[uninstall("db", "1.0")]);
    let after = world.object(&settings());
    assert!(after.is_some(), "somebody's object is deleted");
}

/// The answer of the first apply is lost, and a controller sets a field before the next.
#[test]
fn what_a_controller_adds_before_an_answer_came_makes_it_nobody_elses() {
    let mut world = db();
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    let mut lost = false;
    let shared = world.cluster.clone();
    let _ = shared;
    let run = world.drive_or_answer(machine, |cluster, _, next| {
        if lost || !is_next(next, "apply ConfigMap db/settings") {
            return None;
        }
        lost = true;
        let Poll::Do(effect) = next else { return None };
        let catalog_hooks::Task::Call(request) = &effect.task else {
            return None;
        };
        Cluster::call(cluster, request).unwrap();
        let kind = PatchKind::Merge;
        cluster
            .meddle(&Request::Patch {
                target: settings(),
                patch: json!({"metadata": {"finalizers": ["operator.example.com/f"]}}),
                kind,
            })
            .unwrap();
        Some(refused(504, "Timeout", "the request timed out"))
    });
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    world.run(&[uninstall("db", "1.0")]);
    let after = world.object(&settings());
    let is_going = after.is_none_or(|after| after["metadata"].get("deletionTimestamp").is_some());
    assert!(is_going, "what was made for the release is not deleted");
}

/// Two releases have somebody's object; the first took a field by force.
#[test]
fn what_one_took_by_force_stays_when_the_other_goes() {
    for order in [["a", "b"], ["b", "a"]] {
        let mut shared = config("shared", "ours");
        shared["metadata"]["namespace"] = "common".into();
        let version = |package| Version::new(package, "1.0").definition("shared", &shared);
        let mut world = World::new(["a", "b"].map(version));
        world.cluster.get().add_namespace("common");
        let mut theirs = config("shared", "theirs");
        theirs["metadata"]["namespace"] = "common".into();
        let (object, dry_run) = (theirs, false);
        world
            .cluster
            .get()
            .meddle(&Request::Create { object, dry_run })
            .unwrap();
        let forced = install("a", "1.0").with(|options| options.force_conflicts = true);
        let run = world.run(&[forced]);
        assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
        let run = world.run(&[install("b", "1.0")]);
        assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
        for package in order {
            world.run(&[uninstall(package, "1.0")]);
        }
        let target = ObjectRef::namespaced("v1", "ConfigMap", "common", "shared");
        let after = world.object(&target).unwrap();
        assert!(after["data"].get("text").is_some(), "{order:?}: {after}");
    }
}

/// Another run is under way on an instance that an ended run did not come to; that one is told to go on.
#[test]
fn an_operation_does_not_begin_beside_another_run_of_its_instance() {
    let version = |name: &str| {
        Version::new(name, "1.0")
            .object(config("settings", name))
            .hook("pre-install", "prepare", json!({}))
    };
    let mut world = World::new(["a", "b"].map(version));
    world.script("prepare", PodScript::succeeds(Duration::from_secs(1)));
    let both = [install("a", "1.0"), install("b", "1.0").at_level(1)];
    let p = Arc::new(world.plan(&both));
    let journals = Journals::read(&mut world.cluster.clone(), HOME).unwrap();
    let place = journals.place(&p).unwrap();
    let mut machine = Machine::begin_at(Arc::clone(&p), &place, "r1", Settings::default()).unwrap();
    let p_secret = place.secret().clone();
    drive(&mut world, &mut machine, &p_secret, |machine, next| {
        let is_commit = matches!(next, Poll::Do(effect) if effect.task.to_string().contains("catalog-installed") && effect.task.to_string().starts_with("create"));
        if is_commit {
            machine.cancel();
        }
        false
    });
    // Q: install b alone, stopped in the middle.
    let q = Arc::new(world.plan(&[install("b", "1.0")]));
    let journals = Journals::read(&mut world.cluster.clone(), HOME).unwrap();
    let place = journals.place(&q).unwrap();
    let mut q_machine =
        Machine::begin_at(Arc::clone(&q), &place, "r3", Settings::default()).unwrap();
    let q_secret = place.secret().clone();
    drive(&mut world, &mut q_machine, &q_secret, |_, next| {
        is_next(next, "apply ConfigMap b/settings")
    });
    // P goes on, with b.
    let journals = Journals::read(&mut world.cluster.clone(), HOME).unwrap();
    let kept = journals
        .iter()
        .find(|kept| kept.name() == p_secret.name())
        .unwrap();
    let resumed = Machine::resume(
        Arc::clone(&p),
        kept.stored().clone(),
        "r4",
        Decision::Resume,
        Settings::default(),
    );
    let Ok(mut resumed) = resumed else { return };
    drive(&mut world, &mut resumed, &p_secret, |_, _| false);
    let statuses: Vec<OperationStatus> = resumed
        .journal()
        .operations()
        .iter()
        .map(|one| one.status())
        .collect();
    drive(&mut world, &mut q_machine, &q_secret, |_, _| false);
    assert_ne!(
        statuses[1],
        OperationStatus::Done,
        "two runs at a time on b"
    );
}

fn drive(
    world: &mut World,
    machine: &mut Machine,
    secret: &catalog_hooks::journal::JournalSecret,
    mut stop: impl FnMut(&mut Machine, &Poll) -> bool,
) {
    let [mut cluster, mut modules, mut clock] = [0; 3].map(|_| world.cluster.clone());
    let mut journal = SecretJournal::new(world.cluster.clone(), secret.clone());
    let mut all = Surroundings {
        cluster: &mut cluster,
        journal: &mut journal,
        modules: Some(&mut modules),
        gate: &mut NoConditions,
        clock: &mut clock,
    };
    for _ in 0..20_000 {
        let next = machine.poll(all.clock.now());
        if stop(machine, &next) {
            // What was asked for is carried out later.
            if let Poll::Do(effect) = next {
                let id = effect.id;
                let answer = all.carry_out(effect);
                machine.answer(id, answer);
            }
            return;
        }
        match next {
            Poll::Do(effect) => {
                let id = effect.id;
                let answer: Answer = all.carry_out(effect);
                machine.answer(id, answer);
            }
            Poll::Wait(wait) => all.clock.wait(&wait),
            _ => return,
        }
    }
    panic!("it does not end");
}

/// The same, where it is seen at the look right before the apply.
#[test]
fn what_another_runner_made_meanwhile_is_not_written_over() {
    let version = Version::new("db", "1.0")
        .object(config("settings", "ours"))
        .hook("pre-install", "prepare", json!({}));
    let mut world = World::new([version]);
    world.script("prepare", PodScript::succeeds(Duration::from_secs(1)));
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    let mut done = false;
    world.drive(machine, |cluster, _, next| {
        if !done && is_next(next, "create Job") {
            done = true;
            let object = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": "db",
                "labels": {"catalog.dev/release-uid": "theirs", "catalog.dev/package": "db"},
                "annotations": {"catalog.dev/home": "elsewhere"}}, "data": {"theirs": "x", "text": "ours"}});
            Cluster::call(cluster, &Request::Apply { object, force: false, dry_run: false }).unwrap();
        }
    });
    let between = world.object(&settings()).unwrap();
    world.run(&[uninstall("db", "1.0")]);
    let after = world.object(&settings());
    assert_eq!(between["data"]["theirs"], "x");
    assert!(after.is_some_and(|after| after["data"]["theirs"] == "x"));
}

/// An object could not be written; somebody makes it; the package is installed again.
#[test]
fn what_was_refused_and_made_by_hand_is_somebodys() {
    let version = Version::new("db", "1.0")
        .object(config("one", "ours"))
        .object(config("settings", "ours"));
    let mut world = World::new([version]);
    world.cluster.get().add_namespace("db");
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    world.drive_or_answer(machine, |_, _, next| {
        is_next(next, "apply ConfigMap db/settings")
            .then(|| refused(403, "Forbidden", "not allowed"))
    });
    world
        .cluster
        .get()
        .meddle(&theirs(json!({"other": "keep"})))
        .unwrap();
    let run = world.run(&[install("db", "1.0")]);
    assert_eq!(run.outcome, Outcome::Done);
    world.run(&[uninstall("db", "1.0")]);
    let after = world.object(&settings());
    assert!(after.is_some(), "somebody's object is deleted");
}

fn role(namespace: Option<&str>) -> Value {
    let mut role = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "shared"}, "rules": []});
    if let Some(namespace) = namespace {
        role["metadata"]["namespace"] = namespace.into();
    }
    role
}

/// A ClusterRole that said a namespace says none in the next version.
#[test]
fn a_namespace_on_what_stands_in_none_changes_nothing() {
    for (before, after) in [(Some("db"), None), (None, Some("db"))] {
        let mut world = World::new([
            Version::new("db", "1.0").definition("role", &role(before)),
            Version::new("db", "2.0").definition("role", &role(after)),
        ]);
        let run = world.run(&[install("db", "1.0")]);
        assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
        world.run(&[crate::world::upgrade("db", "1.0", "2.0")]);
        assert!(
            world
                .objects()
                .iter()
                .any(|one| one.starts_with("ClusterRole")),
            "{before:?} {after:?}"
        );
    }
}

/// Two packages have a ClusterRole, of which one says a namespace.
#[test]
fn a_namespace_on_what_stands_in_none_hides_no_claim() {
    let mut world = World::new([
        Version::new("a", "1.0").definition("role", &role(None)),
        Version::new("b", "1.0").definition("role", &role(Some("b"))),
    ]);
    world.run(&[install("a", "1.0")]);
    world.run(&[install("b", "1.0")]);
    world.run(&[uninstall("b", "1.0")]);
    assert!(
        world
            .objects()
            .iter()
            .any(|one| one.starts_with("ClusterRole"))
    );
}

/// Two packages have one object of a kind that a third brings, and that stands in no namespace.
#[test]
fn what_stands_in_no_namespace_is_one_object() {
    let crd = json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "issuers.example.com"},
        "spec": {"group": "example.com", "scope": "Cluster", "names": {"plural": "issuers", "kind": "Issuer"},
        "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]}});
    let issuer = json!({"apiVersion": "example.com/v1", "kind": "Issuer", "metadata": {"name": "letsencrypt"}, "spec": {}});
    let mut world = World::new([
        Version::new("certs", "1.0").definition("crd", &crd),
        Version::new("a", "1.0").definition("issuer", &issuer),
        Version::new("b", "1.0").definition("issuer", &issuer),
    ]);
    for package in ["certs", "a", "b"] {
        let run = world.run(&[install(package, "1.0")]);
        assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    }
    world.run(&[uninstall("b", "1.0")]);
    assert!(world.objects().iter().any(|one| one.starts_with("Issuer")));
}

/// A run that stopped before it had a journal: what it would have gone on from is deleted.
#[test]
fn no_journal_goes_before_the_next_is_there() {
    let version = |name: &str| Version::new(name, "1.0").object(config("settings", name));
    let mut world = World::new(["a", "b"].map(version));
    let both = [install("a", "1.0"), install("b", "1.0").at_level(1)];
    let p = Arc::new(world.plan(&both));
    let journals = Journals::read(&mut world.cluster.clone(), HOME).unwrap();
    let place = journals.place(&p).unwrap();
    let mut machine = Machine::begin_at(p, &place, "r1", Settings::default()).unwrap();
    let secret = place.secret().clone();
    drive(&mut world, &mut machine, &secret, |_, _| false);
    assert_eq!(machine.outcome(), Some(Outcome::Done));
    let q = Arc::new(world.plan(&[uninstall("a", "1.0")]));
    let journals = Journals::read(&mut world.cluster.clone(), HOME).unwrap();
    let place = journals.place(&q).unwrap();
    let machine = Machine::begin_at(q, &place, "r2", Settings::default()).unwrap();
    // It is stopped here, as the example's `tidy` is called for "over, or has stopped".
    place
        .delete_obsolete(&mut world.cluster.clone(), &machine.journal())
        .unwrap();
    let journals = Journals::read(&mut world.cluster.clone(), HOME).unwrap();
    assert_eq!(journals.iter().count(), 1, "its history is nowhere");
}

fn namespace_object(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
}

/// A package brings the namespace of another instance as a definition.
#[test]
fn a_namespace_that_was_made_can_be_a_definition() {
    let mut world = World::new([
        Version::new("apps", "1.0").object(config("settings", "a")),
        Version::new("c", "1.0").definition("namespace", &namespace_object("apps")),
    ]);
    let run = world.run(&[install("apps", "1.0")]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    let run = world.run(&[install("c", "1.0")]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
}

/// A package that brings its own namespace is uninstalled, and installed again.
#[test]
fn a_package_with_its_own_namespace_is_installed_again() {
    let mut world = World::new([Version::new("db", "1.0")
        .definition("namespace", &namespace_object("db"))
        .object(config("settings", "a"))]);
    let run = world.run(&[install("db", "1.0")]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    world.run(&[uninstall("db", "1.0")]);
    let run = world.run(&[install("db", "1.0")]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
}

/// The same, where a definition shares what is passed on without a known manifest.
#[test]
fn a_namespace_that_passed_on_can_be_a_definition() {
    let mut world = World::new([
        Version::new("apps", "1.0").object(config("settings", "a")),
        Version::new("b", "1.0").object(config("b", "b")),
        Version::new("c", "1.0").definition("namespace", &namespace_object("apps")),
    ]);
    world.run(&[install("apps", "1.0")]);
    world.run(&[crate::world::install_in("apps", "b", "1.0")]);
    world.run(&[uninstall("apps", "1.0")]);
    let run = world.run(&[install("c", "1.0")]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
}

/// A place that was found for one plan is given another.
#[test]
fn a_place_is_that_of_its_plan() {
    let version = |name: &str| Version::new(name, "1.0").object(config("settings", name));
    let mut world = World::new(["a", "b", "c"].map(version));
    let run_all = |world: &mut World, wishes: &[crate::world::Wish]| {
        let plan = Arc::new(world.plan(wishes));
        let journals = Journals::read(&mut world.cluster.clone(), HOME).unwrap();
        let place = journals.place(&plan).unwrap();
        let mut machine = Machine::begin_at(plan, &place, "r1", Settings::default()).unwrap();
        drive(world, &mut machine, &place.secret().clone(), |_, _| false);
        assert_eq!(machine.outcome(), Some(Outcome::Done));
    };
    run_all(&mut world, &[install("a", "1.0"), install("b", "1.0")]);
    let of_a = world.plan(&[uninstall("a", "1.0")]);
    let of_c = Arc::new(world.plan(&[install("c", "1.0")]));
    let journals = Journals::read(&mut world.cluster.clone(), HOME).unwrap();
    let place = journals.place(&of_a).unwrap();
    let machine = Machine::begin_at(of_c, &place, "r2", Settings::default());
    assert!(
        machine.is_err(),
        "it begins, under the name of another's journal"
    );
}

/// A run that was told to stop between two operations; the second is done by another run; then the first goes on.
#[test]
fn what_was_not_begun_is_not_begun_over_something_newer() {
    let version = |name: &str, v: &str| Version::new(name, v).object(config("settings", v));
    let mut world = World::new([
        version("a", "1.0"),
        version("b", "1.0"),
        version("b", "2.0"),
    ]);
    let both = [install("a", "1.0"), install("b", "1.0").at_level(1)];
    let p = Arc::new(world.plan(&both));
    let journals = Journals::read(&mut world.cluster.clone(), HOME).unwrap();
    let place = journals.place(&p).unwrap();
    let mut machine = Machine::begin_at(Arc::clone(&p), &place, "r1", Settings::default()).unwrap();
    let p_secret = place.secret().clone();
    drive(&mut world, &mut machine, &p_secret, |machine, next| {
        let is_commit = matches!(next, Poll::Do(effect) if effect.task.to_string().contains("catalog-installed") && effect.task.to_string().starts_with("create"));
        if is_commit {
            machine.cancel();
        }
        false
    });
    let q = Arc::new(world.plan(&[install("b", "2.0")]));
    let journals = Journals::read(&mut world.cluster.clone(), HOME).unwrap();
    let place = journals.place(&q).unwrap();
    let mut machine = Machine::begin_at(q, &place, "r3", Settings::default()).unwrap();
    drive(&mut world, &mut machine, &place.secret().clone(), |_, _| {
        false
    });
    let journals = Journals::read(&mut world.cluster.clone(), HOME).unwrap();
    let kept = journals
        .iter()
        .find(|kept| kept.name() == p_secret.name())
        .unwrap();
    let stored = kept.stored().clone();
    let resumed = Machine::resume(
        Arc::clone(&p),
        stored,
        "r4",
        Decision::Resume,
        Settings::default(),
    );
    let mut resumed = resumed.unwrap();
    drive(&mut world, &mut resumed, &p_secret, |_, _| false);
    let b = ObjectRef::namespaced("v1", "ConfigMap", "b", "settings");
    let there = world.object(&b).unwrap();
    let text = there["data"]["text"].clone();
    world.cluster.get().lose_journal();
    world.run(&[uninstall("b", "2.0")]);
    assert_eq!(text, "2.0", "2.0 is on record, and 1.0 was written over it");
}

/// A driven module that was deployed is deployed again by whoever goes on.
#[test]
fn a_module_that_is_deployed_is_not_deployed_again() {
    let version = Version::new("db", "1.0").chart("one").chart("two");
    let mut world = World::new([version]);
    let plan = world.plan(&[install("db", "1.0")]);
    let mut machine = world.machine(plan.clone());
    loop {
        let now = world.cluster.get().now();
        match machine.poll(now) {
            Poll::Do(effect) => {
                if effect.task.to_string().contains("deploy module `two`")
                    || effect.task.to_string().contains("deploy")
                        && effect.task.to_string().contains("two")
                {
                    break;
                }
                let id = effect.id;
                let answer = world.surroundings(|all| all.carry_out(effect));
                machine.answer(id, answer);
            }
            Poll::Wait(wait) => world.surroundings(|all| all.clock.wait(&wait)),
            _ => panic!("ended"),
        }
    }
    let machine = world.resumed(&plan, None::<Decision>);
    let run = world.drive(machine, |_, _, _| {});
    let deploys: Vec<_> = run
        .told
        .iter()
        .filter(|one| one.contains("module") || one.contains("deploy"))
        .collect();
    assert!(
        !deploys
            .iter()
            .any(|one| one.contains("deploy") && one.contains("one")),
        "one is deployed again"
    );
}

/// Somebody's object goes while it is applied, and they make it again at once.
#[test]
fn what_its_owner_makes_again_is_its_owners() {
    let mut world = db();
    world.cluster.get().add_namespace("db");
    let Request::Create { mut object, .. } = theirs(json!({"other": "keep"})) else {
        panic!()
    };
    object["metadata"]["finalizers"] = json!(["example.com/f"]);
    world
        .cluster
        .get()
        .meddle(&Request::Create {
            object,
            dry_run: false,
        })
        .unwrap();
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    let (mut going, mut again) = (false, false);
    world.drive(machine, |cluster, _, next| {
        if !going && is_next(next, "apply ConfigMap db/settings") {
            going = true;
            cluster.delete_object(&settings());
        }
        if !again && matches!(next, Poll::Wait(wait) if wait.reasons.iter().any(|one| one.contains("is gone"))) {
            again = true;
            cluster.force_delete(&settings());
            cluster.meddle(&theirs(json!({"other": "keep"}))).unwrap();
        }
    });
    world.run(&[uninstall("db", "1.0")]);
    assert!(
        world.object(&settings()).is_some(),
        "somebody's object is deleted"
    );
}

/// What was given up of another instance is lost with the journal that has the plan's own name.
#[test]
fn what_was_given_up_outlives_a_journal_of_its_name() {
    let version = |name: &str| {
        Version::new(name, "1.0")
            .object(config("settings", name))
            .hook("post-install", &format!("announce-{name}"), json!({}))
    };
    let mut world = World::new(["a", "c"].map(version));
    world.script("announce-a", crate::world::fails());
    world.script("announce-c", crate::world::fails());
    let mut plans = std::collections::BTreeMap::new();
    let mut go = |world: &mut World, wishes: &[crate::world::Wish]| {
        let plan = Arc::new(world.plan(wishes));
        plans.insert(plan.digest().to_owned(), Arc::clone(&plan));
        let journals = Journals::read(&mut world.cluster.clone(), HOME).unwrap();
        let place = journals.place(&plan).unwrap();
        let mut machine = Machine::begin_at(plan, &place, "r", Settings::default()).unwrap();
        drive(world, &mut machine, &place.secret().clone(), |_, _| false);
        machine.plan().clone()
    };
    go(&mut world, &[install("a", "1.0")]);
    world.script("announce-a", PodScript::succeeds(Duration::from_secs(1)));
    go(
        &mut world,
        &[install("a", "1.0"), install("c", "1.0").at_level(1)],
    );
    let r = go(&mut world, &[install("c", "1.0")]);
    let journals = Journals::read(&mut world.cluster.clone(), HOME).unwrap();
    let kept = journals
        .iter()
        .find(|one| one.journal().plan() == r.digest())
        .unwrap();
    let mut machine = Machine::resume(
        Arc::new(r),
        kept.stored().clone(),
        "x",
        Decision::Abandon,
        Settings::default(),
    )
    .unwrap();
    let secret = kept.secret().clone();
    drive(&mut world, &mut machine, &secret, |_, _| false);
    go(&mut world, &[uninstall("a", "1.0")]);
    let journals = Journals::read(&mut world.cluster.clone(), HOME).unwrap();
    let told = journals.iter().any(|kept| {
        kept.journal()
            .operations()
            .iter()
            .any(|one| one.status() == OperationStatus::Abandoned)
    });
    assert!(told, "nobody is told of `c` any more");
}

/// A plan is made, another instance comes that has the object too, and the plan is carried out and taken back.
#[test]
fn what_another_one_got_since_the_plan_was_made_stays() {
    let alone = Version::new("b", "1.0").definition("role", &role(None));
    let failing = Version::new("a", "1.0")
        .definition("role", &role(None))
        .hook("post-install", "announce", json!({"onFailure": "rollback"}));
    let mut world = World::new([failing, alone]);
    world.script("announce", crate::world::fails());
    let a = Arc::new(world.plan(&[install("a", "1.0")]));
    for plan in [Arc::new(world.plan(&[install("b", "1.0")])), a] {
        let journals = Journals::read(&mut world.cluster.clone(), HOME).unwrap();
        let place = journals.place(&plan).unwrap();
        let mut machine = Machine::begin_at(plan, &place, "r", Settings::default()).unwrap();
        drive(&mut world, &mut machine, &place.secret().clone(), |_, _| {
            false
        });
    }
    assert!(
        world
            .objects()
            .iter()
            .any(|one| one == "ClusterRole shared"),
        "`b` is on record with it"
    );
}

/// An install rests; another instance comes that shares an object; the install goes on, fails again, and is taken back.
#[test]
fn what_another_one_got_while_the_run_rested_stays() {
    let alone = Version::new("b", "1.0").object(role(None));
    let failing = Version::new("a", "1.0")
        .object(role(None))
        .object(config("settings", "a"));
    let mut world = World::new([failing, alone]);
    let a = Arc::new(world.plan(&[install("a", "1.0")]));
    let journals = Journals::read(&mut world.cluster.clone(), HOME).unwrap();
    let place = journals.place(&a).unwrap();
    let secret = place.secret().clone();
    let mut machine = Machine::begin_at(Arc::clone(&a), &place, "r", Settings::default()).unwrap();
    let cluster = world.cluster.clone();
    let deny = move |next: &Poll| {
        if is_next(next, "apply ConfigMap") {
            cluster.get().deny("patch", "ConfigMap");
        }
        false
    };
    drive(&mut world, &mut machine, &secret, |_, next| deny(next));
    world.cluster.get().allow_all();
    let b = Arc::new(world.plan(&[install("b", "1.0")]));
    let journals = Journals::read(&mut world.cluster.clone(), HOME).unwrap();
    let place = journals.place(&b).unwrap();
    let mut machine = Machine::begin_at(b, &place, "r2", Settings::default()).unwrap();
    drive(&mut world, &mut machine, &place.secret().clone(), |_, _| {
        false
    });
    for decision in [Decision::Resume, Decision::TakeBack] {
        let journals = Journals::read(&mut world.cluster.clone(), HOME).unwrap();
        let kept = journals
            .iter()
            .find(|kept| kept.name() == secret.name())
            .unwrap();
        let stored = kept.stored().clone();
        let mut machine = Machine::resume(
            Arc::clone(&a),
            stored,
            &format!("{decision:?}"),
            decision,
            Settings::default(),
        )
        .unwrap();
        drive(&mut world, &mut machine, &secret, |_, next| deny(next));
        world.cluster.get().allow_all();
    }
    assert!(
        world
            .objects()
            .iter()
            .any(|one| one == "ClusterRole shared"),
        "`b` is on record with it"
    );
}

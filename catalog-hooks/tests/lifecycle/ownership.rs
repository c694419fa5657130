//! What belongs to others, or cannot come, is found out before the first change; what was there before is given back as it was.

use catalog_hooks::api::{ObjectRef, PatchKind, Request};
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::record::InstalledRecord;
use catalog_hooks::{Outcome, Poll};
use catalog_model::conditions::snapshot::Snapshot;
use catalog_model::verdict::ClusterComparison;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::package::{Version, config};
use crate::world::{HOME, Run, Wish, World, fails, install, is_next, refused, uninstall, upgrade};

fn settings() -> ObjectRef {
    ObjectRef::namespaced("v1", "ConfigMap", "db", "settings")
}

fn db() -> World {
    World::new([
        Version::new("db", "1.0")
            .object(config("settings", "one"))
            .crd("Widget", &["v1"]),
        Version::new("db", "2.0").object(config("settings", "two")),
    ])
}

/// Changes an object as somebody else would.
fn change(world: &World, target: ObjectRef, patch: Value) {
    let kind = PatchKind::Merge;
    let request = Request::Patch {
        target,
        patch,
        kind,
    };
    world.cluster.get().meddle(&request).unwrap();
}

fn create(world: &World, mut object: Value, namespace: &str) {
    object["metadata"]["namespace"] = namespace.into();
    let request = Request::Create {
        object,
        dry_run: false,
    };
    world.cluster.get().meddle(&request).unwrap();
}

/// A cluster in which another runner, with records elsewhere, has installed the package.
fn installed_from_elsewhere() -> World {
    let mut world = db();
    world.cluster.get().add_namespace("elsewhere");
    let plan = world.plan(&[install("db", "1.0")]);
    let plan = PinnedPlan::new("theirs", "elsewhere", plan.operations().to_vec()).unwrap();
    let run = world.begin(plan);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    // Their journal is elsewhere, too.
    world.cluster.get().lose_journal();
    world
}

#[test]
fn what_another_runner_has_on_record_is_not_taken_over_by_the_way() {
    let mut world = installed_from_elsewhere();
    let before = world.objects();
    let run = world.run(&[install("db", "1.0")]);
    assert_snapshot!(run.story(), @r"
    Unchanged
    install db 1.0 in db: Unchanged
      failed in conditions: CustomResourceDefinition widgets.example.com belongs to `db`, installed by the runner that keeps its records in namespace `elsewhere`
      next: have whoever has it let it go, or plan it again with `take_ownership`
    ");
    assert_eq!(world.objects(), before);
}

#[test]
fn what_another_runner_has_on_record_is_taken_over_if_that_is_asked_for() {
    let mut world = installed_from_elsewhere();
    let taking = install("db", "1.0").with(|options| options.take_ownership = true);
    let run = world.run(&[taking]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    let annotations = world.object(&settings()).unwrap()["metadata"]["annotations"].clone();
    assert_eq!(annotations["catalog.dev/home"], HOME);
    let run = world.run(&[uninstall("db", "1.0").with(|options| {
        options.delete_data = true;
        options.delete_namespace = true;
    })]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert!(world.object(&settings()).is_none());
    assert!(
        world
            .object(&ObjectRef::cluster("v1", "Namespace", "db"))
            .is_none()
    );
}

/// Hooks of an uninstall would run on what is alive, whatever else that one has left.
#[test]
fn hooks_of_an_uninstall_do_not_run_on_what_another_runner_has_by_now() {
    let version = Version::new("db", "1.0")
        .object(config("old", "one"))
        .object(config("settings", "one"))
        .hook("pre-uninstall", "drop-all", json!({}));
    let mut world = World::new([version]);
    world.run(&[install("db", "1.0")]);
    let target = settings();
    let marks = json!({"labels": {"catalog.dev/release-uid": "theirs"}, "annotations": {"catalog.dev/home": "elsewhere"}});
    change(&world, target, json!({"metadata": marks}));
    let run = world.run(&[uninstall("db", "1.0")]);
    assert_snapshot!(run.story(), @r"
    Unchanged
    uninstall db 1.0 in db: Unchanged
      failed in conditions: ConfigMap db/settings belongs to `db`, installed by the runner that keeps its records in namespace `elsewhere`, and hooks would run on what that one has
      next: plan it again with `skip_hooks`: what is another's by now stays
    ");
    let run = world.run(&[uninstall("db", "1.0").with(|options| options.skip_hooks = true)]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert!(world.object(&settings()).is_some());
}

/// Data that an upgrade deleted, because that was asked for, is not there again when the upgrade is taken back.
#[test]
fn what_is_there_again_and_empty_is_told_of() {
    let claim = json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}});
    let mut world = World::new([
        Version::new("db", "1.0").object(claim),
        Version::new("db", "2.0")
            .object(config("settings", "two"))
            .hook("post-upgrade", "migrate", json!({})),
    ]);
    world.script("migrate", fails());
    world.run(&[install("db", "1.0")]);
    let run = world.run(&[upgrade("db", "1.0", "2.0").with(|options| {
        options.delete_data = true;
        options.rollback_on_failure = true;
    })]);
    assert_snapshot!(run.story(), @r"
    Unchanged
    upgrade db 1.0 -> 2.0 in db: RolledBack
      post-upgrade migrate run 1: failed
      failed in post-upgrade hooks: post-upgrade hook `migrate` failed: its container ended with 3: working
      next: what it had done is taken back: mend the cause, and begin again
      PersistentVolumeClaim db/data was deleted with what it held, as was asked for: it is there again, and empty
    ");
}

/// Only its namespace is another runner's: that is used, and stays.
#[test]
fn a_namespace_of_another_runner_is_used_and_stays() {
    let mut world = World::new([Version::new("db", "1.0").object(config("settings", "one"))]);
    world.cluster.get().add_namespace("db");
    let namespace = ObjectRef::cluster("v1", "Namespace", "db");
    let marks = json!({"labels": {"catalog.dev/release-uid": "theirs"}, "annotations": {"catalog.dev/home": "elsewhere"}});
    change(&world, namespace.clone(), json!({"metadata": marks}));
    world.run(&[install("db", "1.0")]);
    let run = world.run(&[uninstall("db", "1.0").with(|options| options.delete_namespace = true)]);
    assert_snapshot!(run.story(), @r"
    Done
    uninstall db 1.0 in db: Done
      Namespace db stays: it was there before
    ");
    let there = world.object(&namespace).unwrap();
    assert_eq!(
        there["metadata"]["labels"]["catalog.dev/release-uid"],
        "theirs"
    );
}

#[test]
fn fields_of_others_are_taken_over_if_that_is_asked_for() {
    let mut world = db();
    world.run(&[install("db", "1.0")]);
    change(&world, settings(), json!({"data": {"text": "theirs"}}));
    let run = world.run(&[upgrade("db", "1.0", "2.0")]);
    assert_eq!(run.outcome, Outcome::Unchanged);
    let forced = upgrade("db", "1.0", "2.0").with(|options| options.force_conflicts = true);
    let run = world.run(&[forced]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert_eq!(world.object(&settings()).unwrap()["data"]["text"], "two");
}

fn widget(group: &str) -> Value {
    json!({"apiVersion": format!("{group}/v1"), "kind": "Widget", "metadata": {"name": "mine"}, "spec": {}})
}

#[test]
fn a_kind_that_nothing_brings_is_found_out_before_the_first_change() {
    let mut world = World::new([Version::new("db", "1.0")
        .object(config("settings", "one"))
        .definition("widget", &widget("example.com"))]);
    let run = world.run(&[install("db", "1.0")]);
    assert_snapshot!(run.story(), @r"
    Unchanged
    install db 1.0 in db: Unchanged
      failed in conditions: Widget db/mine could not be applied: the server knows no Widget of example.com/v1
      next: install what brings the kind, and begin again
    ");
    assert_eq!(world.objects(), [""; 0]);
}

#[test]
fn a_version_that_no_definition_has_is_found_out_before_the_first_change() {
    let in_v1 = Version::new("db", "1.0").definition("widget", &widget("example.com"));
    let run = World::new([in_v1.crd("Widget", &["v2"])]).run(&[install("db", "1.0")]);
    assert_eq!(run.outcome, Outcome::Unchanged);
    let why = "the server knows no Widget of example.com/v1";
    assert!(run.story().contains(why), "{}", run.story());
}

#[test]
fn a_kind_that_something_may_bring_is_waited_for() {
    let with_widget =
        |package: &str| Version::new(package, "1.0").definition("widget", &widget("example.com"));
    // The release itself, and one before it in the run, bring the definition.
    let mut world = World::new([
        with_widget("db").crd("Widget", &["v1"]),
        Version::new("crds", "1.0").crd("Widget", &["v1"]),
        with_widget("ui"),
    ]);
    let run = world.run(&[install("db", "1.0")]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    let mut world = World::new([
        Version::new("crds", "1.0").crd("Widget", &["v1"]),
        with_widget("ui"),
    ]);
    let run = world.run(&[install("crds", "1.0"), install("ui", "1.0").at_level(1)]);
    assert!(
        run.told.iter().any(|told| told.starts_with("apply Widget")),
        "{}",
        run.story()
    );
    // A hook may bring it, and a module of a package before; nobody knows.
    for version in [
        with_widget("db").hook("pre-install", "prepare", json!({})),
        with_widget("db"),
    ] {
        let first = Version::new("any", "1.0").chart("crds");
        let mut world = World::new([version, first]);
        let run = world.run(&[install("any", "1.0"), install("db", "1.0").at_level(1)]);
        assert!(
            run.told.iter().any(|told| told.starts_with("apply Widget")),
            "{}",
            run.story()
        );
        assert_eq!(run.outcome, Outcome::Partial);
    }
}

/// Before there is a namespace no server says anything of what is to stand in it.
#[test]
fn what_is_wrong_in_a_new_namespace_is_found_out_before_it_has_anything() {
    let bad = config("other", &"x".repeat(2 << 20));
    let version = Version::new("db", "1.0").object(config("settings", "one"));
    let mut world = World::new([version.object(bad)]);
    let run = world.run(&[install("db", "1.0")]);
    assert_snapshot!(run.story(), @r#"
    Unchanged
    install db 1.0 in db: Unchanged
      failed in namespace: ConfigMap db/other could not be applied: ConfigMap "other" is invalid: []: Too long: may not be more than 1048576 bytes (422)
      next: mend the cause, and begin again
      Namespace db stays: its deletion was not asked for
    "#);
    assert_eq!(world.objects(), ["Namespace db"]);
}

/// Somebody's object, in which a release has set one field more.
fn with_theirs() -> World {
    let version = |name| Version::new("db", name).object(config("settings", "ours"));
    let world = World::new(["1.0", "1.1"].map(version));
    world.cluster.get().add_namespace("db");
    let mut theirs = config("settings", "");
    theirs["data"] = json!({"other": "keep"});
    create(&world, theirs, "db");
    world
}

#[test]
fn what_was_there_before_is_given_back_as_it_was() {
    let mut world = with_theirs();
    let before = world.object(&settings()).unwrap();
    world.run(&[install("db", "1.0")]);
    let between = world.object(&settings()).unwrap();
    assert_eq!(between["data"], json!({"other": "keep", "text": "ours"}));
    let run = world.run(&[uninstall("db", "1.0")]);
    assert!(
        run.story()
            .contains("ConfigMap db/settings stays: it was there before\n"),
        "{}",
        run.story()
    );
    let after = world.object(&settings()).unwrap();
    assert_eq!(after["data"], before["data"]);
    for marks in ["labels", "annotations"] {
        let is_empty = |map: &Value| map.as_object().is_none_or(serde_json::Map::is_empty);
        assert!(is_empty(&after["metadata"][marks]), "{after}");
    }
}

/// Somebody makes an object of the same name while the release is being written, and has other fields in it.
#[test]
fn what_came_meanwhile_is_not_taken_for_our_own() {
    let version = Version::new("db", "1.0")
        .object(config("one", "ours"))
        .object(config("settings", "ours"));
    // Before it is looked at, and between the look and the write.
    for moment in ["apply ConfigMap db/one", "apply ConfigMap db/settings"] {
        let mut world = World::new([version.clone()]);
        let plan = world.plan(&[install("db", "1.0")]);
        let machine = world.machine(plan);
        let mut theirs = config("settings", "");
        theirs["data"] = json!({"other": "keep"});
        let run = world.drive(machine, |cluster, _, next| {
            if is_next(next, moment) && cluster.object(&settings()).is_none() {
                theirs["metadata"]["namespace"] = "db".into();
                let (object, dry_run) = (theirs.clone(), false);
                cluster
                    .meddle(&Request::Create { object, dry_run })
                    .unwrap();
            }
        });
        assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
        let there = world.object(&settings()).unwrap();
        assert_eq!(
            there["metadata"]["annotations"]["catalog.dev/existed"], "true",
            "{moment}"
        );
        let run = world.run(&[uninstall("db", "1.0")]);
        assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
        let after = world.object(&settings()).unwrap();
        assert_eq!(after["data"], json!({"other": "keep"}), "{moment}");
    }
}

#[test]
fn what_cannot_be_given_back_is_told_of() {
    let mut world = with_theirs();
    world.run(&[install("db", "1.0")]);
    let plan = world.plan(&[uninstall("db", "1.0")]);
    let machine = world.machine(plan);
    let run = world.drive(machine, |cluster, _, next| {
        // Our marks can be taken off, and the rest cannot.
        if let Poll::Do(effect) = next {
            match effect.task.to_string() {
                told if told.starts_with("apply ConfigMap") => cluster.deny("patch", "ConfigMap"),
                _ => cluster.allow_all(),
            }
        }
    });
    assert_snapshot!(run.story(), @r#"
    Done
    uninstall db 1.0 in db: Done
      ConfigMap db/settings stays: it was there before, and keeps what was set in it: configmaps "settings" is forbidden: User "runner" cannot patch resource "configmaps" in API group "" in the namespace "db" (403)
      Namespace db stays: it was there before
    "#);
    let after = world.object(&settings()).unwrap();
    assert_eq!(after["data"], json!({"other": "keep", "text": "ours"}));
    assert!(
        after["metadata"]["labels"]
            .get("catalog.dev/release-uid")
            .is_none()
    );
}

/// What was taken over by force is not known any more: nothing of it goes.
#[test]
fn what_was_taken_over_by_force_stays_as_it_is() {
    let mut world = with_theirs();
    change(&world, settings(), json!({"data": {"text": "theirs"}}));
    let run = world.run(&[install("db", "1.0")]);
    assert_eq!(run.outcome, Outcome::Unchanged, "{}", run.story());
    let forced = install("db", "1.0").with(|options| options.force_conflicts = true);
    world.run(&[forced]);
    let again = upgrade("db", "1.0", "1.1");
    assert_eq!(world.run(&[again]).outcome, Outcome::Done);
    let run = world.run(&[uninstall("db", "1.1")]);
    assert_snapshot!(run.story(), @r"
    Done
    uninstall db 1.1 in db: Done
      ConfigMap db/settings stays: it was there before, and keeps what was set in it: fields of others had been taken over
      Namespace db stays: it was there before
    ");
    let after = world.object(&settings()).unwrap();
    assert_eq!(after["data"], json!({"other": "keep", "text": "ours"}));
    assert!(
        after["metadata"]["labels"]
            .get("catalog.dev/release-uid")
            .is_none()
    );
}

#[test]
fn a_namespace_that_nothing_makes_is_found_out_before_the_first_change() {
    let mut elsewhere = config("other", "text");
    elsewhere["metadata"]["namespace"] = "elsewhere".into();
    let version = || Version::new("db", "1.0").object(config("settings", "one"));
    let mut world = World::new([version().definition("other", &elsewhere)]);
    let run = world.run(&[install("db", "1.0")]);
    assert_snapshot!(run.story(), @r"
    Unchanged
    install db 1.0 in db: Unchanged
      failed in conditions: ConfigMap elsewhere/other could not be applied: there is no namespace `elsewhere`
      next: make the namespace, and begin again
    ");
    assert_eq!(world.objects(), [""; 0]);
    // One that the release makes is made before.
    let made = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "elsewhere"}});
    let version = version()
        .definition("other", &elsewhere)
        .definition("z", &made);
    let run = World::new([version]).run(&[install("db", "1.0")]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
}

/// Runs operations, where the server refuses to apply objects of a kind until something begins that these words say.
fn refused_until(world: &mut World, wishes: &[Wish], kind: &str, words: &str) -> Run {
    let plan = world.plan(wishes);
    let machine = world.machine(plan);
    world.cluster.get().deny("patch", kind);
    let run = world.drive(machine, |cluster, _, next| {
        if is_next(next, words) {
            cluster.allow_all();
        }
    });
    world.cluster.get().allow_all();
    run
}

/// What a trial says before the first step does not count where the steps before may change it.
#[test]
fn what_the_run_itself_makes_right_is_not_refused_beforehand() {
    let one = || Version::new("db", "1.0").object(config("settings", "one"));
    // A hook may make room for an object.
    let mut world = World::new([one().hook("pre-install", "make-room", json!({}))]);
    let run = refused_until(
        &mut world,
        &[install("db", "1.0")],
        "ConfigMap",
        "create Job",
    );
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    // A definition may have got a field more.
    let with_widget = one()
        .crd("Widget", &["v1"])
        .definition("widget", &widget("example.com"));
    let mut world = World::new([with_widget]);
    world.cluster.get().serve("example.com/v1", "Widget", true);
    let definition = "apply CustomResourceDefinition";
    let run = refused_until(&mut world, &[install("db", "1.0")], "Widget", definition);
    assert!(
        run.told.iter().any(|told| told.starts_with("apply Widget")),
        "{}",
        run.story()
    );
    // An operation before may be what makes way.
    let mut world = World::new([
        one(),
        Version::new("old", "1.0").object(config("settings", "old")),
    ]);
    world.run(&[install("old", "1.0")]);
    let both = [uninstall("old", "1.0"), install("db", "1.0").at_level(1)];
    let run = refused_until(&mut world, &both, "ConfigMap", "delete ConfigMap");
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    // Where nothing goes before, it is as the server says.
    let mut world = World::new([one()]);
    world.cluster.get().add_namespace("db");
    let run = refused_until(&mut world, &[install("db", "1.0")], "ConfigMap", "never");
    assert_eq!(run.outcome, Outcome::Unchanged, "{}", run.story());
}

/// A webhook that takes no trials says nothing of what it would say to the apply.
#[test]
fn a_webhook_that_takes_no_trials_refuses_nothing() {
    let trial = |message: &str| {
        let mut world = World::new([Version::new("db", "1.0").object(config("settings", "one"))]);
        world.cluster.get().add_namespace("db");
        let plan = world.plan(&[install("db", "1.0")]);
        let machine = world.machine(plan);
        let run = world.drive_or_answer(machine, |_, _, next| {
            is_next(next, "try to apply").then(|| refused(400, "BadRequest", message))
        });
        run.outcome
    };
    let says = "admission webhook \"w.example.com\" does not support dry run";
    assert_eq!(trial(says), Outcome::Done);
    assert_eq!(trial("something else"), Outcome::Unchanged);
}

/// Two releases set a field in somebody's object: it goes with the last of them, and another runner takes it from neither.
#[test]
fn what_was_there_before_is_emptied_by_the_last_that_has_it() {
    for order in [["a", "b"], ["b", "a"]] {
        let mut shared = config("shared", "ours");
        shared["metadata"]["namespace"] = "common".into();
        let version = |package| Version::new(package, "1.0").definition("shared", &shared);
        let mut world = World::new(["a", "b"].map(version));
        world.cluster.get().add_namespace("common");
        let mut theirs = config("shared", "");
        theirs["data"] = json!({"other": "keep"});
        create(&world, theirs, "common");
        for package in ["a", "b"] {
            world.run(&[install(package, "1.0")]);
        }
        let target = ObjectRef::namespaced("v1", "ConfigMap", "common", "shared");
        let run = world.run(&[uninstall(order[0], "1.0")]);
        let between = world.object(&target).unwrap();
        let both = json!({"other": "keep", "text": "ours"});
        assert_eq!(between["data"], both, "{}", run.story());
        let metadata = &between["metadata"];
        assert_eq!(metadata["labels"]["catalog.dev/package"], order[1]);
        assert_eq!(metadata["annotations"]["catalog.dev/home"], HOME);
        assert_eq!(metadata["annotations"]["catalog.dev/existed"], "true");
        let run = world.run(&[uninstall(order[1], "1.0")]);
        let after = world.object(&target).unwrap();
        assert_eq!(after["data"], json!({"other": "keep"}), "{}", run.story());
    }
}

fn version_of(there: &Value) -> &Value {
    &there["metadata"]["annotations"]["catalog.dev/version"]
}

/// Each object says which version wrote it last, so that a catalog that has an older one is seen to be older.
#[test]
fn what_is_applied_says_of_which_version_it_is() {
    let mut world = World::new(["1.0", "2.0"].map(|version| {
        Version::new("db", version)
            .object(config("settings", "the same"))
            .definition("defined", &config("defined", "the same"))
    }));
    let defined = ObjectRef::namespaced("v1", "ConfigMap", "db", "defined");
    let is_marked = |world: &World, version: &str| {
        for target in [&settings(), &defined] {
            let there = world.object(target).unwrap();
            assert_eq!(version_of(&there), version, "{target}");
        }
    };
    world.run(&[install("db", "1.0")]);
    is_marked(&world, "1.0");
    world.run(&[upgrade("db", "1.0", "2.0")]);
    is_marked(&world, "2.0");
    let run = world.run(&[upgrade("db", "2.0", "1.0")]);
    is_marked(&world, "1.0");
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
}

/// What a comparison with a catalog says of what the lifecycle has written: going back is told from the marks alone, and who wrote the same
/// content is no change of it.
#[test]
fn what_is_applied_is_known_to_be_newer() {
    let version = |version| Version::new("db", version).object(config("settings", "the same"));
    let mut world = World::new(["1.0", "2.0"].map(version));
    world.run(&[install("db", "1.0")]);
    world.run(&[upgrade("db", "1.0", "2.0")]);
    let there = world.object(&settings()).unwrap();
    let snapshot = Snapshot::builder().object((*there).clone());
    let snapshot = snapshot.complete().build();
    for (version, verdict) in [
        ("1.0", "downgrade"),
        ("2.0", "upToDate"),
        ("3.0", "upToDate"),
    ] {
        let version = catalog_model::version::Version::parse(version).unwrap();
        let comparison = ClusterComparison::new(&snapshot, "db", &version, "db");
        let judged = comparison.judge(&config("settings", "the same"));
        assert_eq!(judged.verdict().as_str(), verdict, "{version}");
        assert_eq!(judged.changes(), [], "{version}");
    }
}

/// What was there before any release says of no version when the release is gone, and what an author wrote beside our marks stays.
#[test]
fn what_is_given_back_says_of_no_version() {
    let mut annotated = config("settings", "one");
    annotated["metadata"]["annotations"] = json!({"note": "by the author"});
    let mut world = World::new([Version::new("db", "1.0").object(annotated)]);
    world.cluster.get().add_namespace("db");
    let mut theirs = config("settings", "");
    theirs["data"] = json!({"other": "keep"});
    create(&world, theirs, "db");
    world.run(&[install("db", "1.0")]);
    let there = world.object(&settings()).unwrap();
    assert_eq!(version_of(&there), "1.0");
    assert_eq!(there["metadata"]["annotations"]["note"], "by the author");
    let run = world.run(&[uninstall("db", "1.0")]);
    let there = world.object(&settings()).unwrap();
    assert_eq!(there["data"], json!({"other": "keep"}), "{}", run.story());
    assert!(version_of(&there).is_null(), "{there}");
}

/// An object that two releases have still says where it is on record, and which version wrote it, when one lets go of it.
#[test]
fn what_passes_on_keeps_its_home() {
    let role = |verbs: &[&str]| json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "shared"}, "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": verbs}]});
    let mut world = World::new([
        Version::new("a", "1.0").definition("role", &role(&["get"])),
        Version::new("b", "7.0").definition("role", &role(&["get", "list"])),
    ]);
    let target = ObjectRef::of(&role(&[])).unwrap();
    world.run(&[install("a", "1.0")]);
    world.run(&[install("b", "7.0")]);
    assert_eq!(version_of(&world.object(&target).unwrap()), "7.0");
    world.run(&[uninstall("b", "7.0")]);
    let there = world.object(&target).unwrap();
    assert_eq!(version_of(&there), "1.0");
    assert_eq!(there["rules"], role(&["get"])["rules"]);
    let metadata = &there["metadata"];
    assert_eq!(metadata["annotations"]["catalog.dev/home"], HOME);
}

/// A claim that stays stays with its namespace, whoever made it.
#[test]
fn a_namespace_with_volumes_stays_until_data_may_go() {
    let claim = |name: &str| json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}});
    for is_ours in [true, false] {
        let version = Version::new("db", "1.0").object(config("settings", "one"));
        let mut world = World::new([match is_ours {
            true => version.object(claim("data")),
            false => version,
        }]);
        world.run(&[install("db", "1.0")]);
        if !is_ours {
            create(&world, claim("data"), "db");
        }
        let going = |delete_data: bool| {
            uninstall("db", "1.0").with(|options| {
                options.delete_namespace = true;
                options.delete_data = delete_data;
            })
        };
        let run = world.run(&[going(false)]);
        let why = "Namespace db stays: PersistentVolumeClaim db/data would go with it, and that was not asked for";
        assert!(run.story().contains(why), "{}", run.story());
        let data = ObjectRef::namespaced("v1", "PersistentVolumeClaim", "db", "data");
        assert!(world.object(&data).is_some());
        world.run(&[install("db", "1.0")]);
        let run = world.run(&[going(true)]);
        assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
        let namespace = ObjectRef::cluster("v1", "Namespace", "db");
        assert!(world.object(&namespace).is_none(), "{}", run.story());
    }
}

/// What was left when the package was uninstalled can be deleted later, without a record, by who says what it was; not what another one brings.
#[test]
fn data_that_was_left_goes_when_it_is_asked_for() {
    let claim = json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}});
    let data = ObjectRef::namespaced("v1", "PersistentVolumeClaim", "db", "data");
    let namespace = ObjectRef::cluster("v1", "Namespace", "db");
    let all = |wish: Wish| {
        wish.with(|options| {
            options.delete_data = true;
            options.delete_namespace = true;
        })
    };
    for is_ours in [true, false] {
        let mut world = World::new([Version::new("db", "1.0").object(claim.clone())]);
        if is_ours {
            world.run(&[install("db", "1.0")]);
            world.run(&[uninstall("db", "1.0")]);
        } else {
            world.cluster.get().add_namespace("db");
            create(&world, claim.clone(), "db");
        }
        assert!(world.record("db").is_none() && world.object(&data).is_some());
        let run = world.run(&[all(uninstall("db", "1.0"))]);
        assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
        assert_eq!(world.object(&data).is_none(), is_ours, "{}", run.story());
        assert_eq!(
            world.object(&namespace).is_none(),
            is_ours,
            "{}",
            run.story()
        );
        let why = "Namespace db stays: no record says that it was made for the package";
        assert_eq!(run.story().contains(why), !is_ours, "{}", run.story());
    }
}

/// What others have installed in a namespace keeps it; what else goes with it is told.
#[test]
fn a_namespace_stays_for_what_others_have_installed_in_it() {
    let theirs = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "theirs",
        "labels": {"catalog.dev/release-uid": "theirs"}, "annotations": {"catalog.dev/home": "elsewhere"}}});
    let release = json!({"apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
        "metadata": {"name": "sh.helm.release.v1.rel.v1", "labels": {"owner": "helm", "name": "rel"}}});
    let mine = config("mine", "by hand");
    let going = || {
        uninstall("db", "1.0").with(|options| {
            options.delete_namespace = true;
            options.delete_data = true;
        })
    };
    let story = |object: Value| {
        let version = Version::new("db", "1.0").object(config("settings", "one"));
        let mut world = World::new([version]);
        world.run(&[install("db", "1.0")]);
        create(&world, object, "db");
        let run = world.run(&[going()]);
        (run.story(), world.objects())
    };
    let (told, left) = story(theirs);
    assert_snapshot!(told, @r"
    Done
    uninstall db 1.0 in db: Done
      Namespace db stays: ConfigMap db/theirs, installed by the runner that keeps its records in namespace `elsewhere` would go with it: uninstall that first, or delete the namespace by hand
    ");
    assert_eq!(left, ["ConfigMap db/theirs", "Namespace db"]);
    let (told, left) = story(release);
    assert_snapshot!(told, @r"
    Done
    uninstall db 1.0 in db: Done
      Namespace db stays: the Helm release `rel` would go with it: uninstall that first, or delete the namespace by hand
    ");
    assert_eq!(
        left,
        ["Namespace db", "Secret db/sh.helm.release.v1.rel.v1"]
    );
    let (told, left) = story(mine);
    assert_snapshot!(told, @r"
    Done
    uninstall db 1.0 in db: Done
      Namespace db was deleted, and what the release did not make went with it: ConfigMap db/mine
    ");
    assert_eq!(left, [""; 0]);
}

#[test]
fn what_the_runner_keeps_is_no_package_s_to_write() {
    let mut record =
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "catalog-installed-x"}});
    record["metadata"]["namespace"] = HOME.into();
    let mut world = World::new([Version::new("db", "1.0").definition("record", &record)]);
    let forced = install("db", "1.0").with(|options| options.force_conflicts = true);
    let run = world.run(&[forced]);
    assert_eq!(run.outcome, Outcome::Unchanged);
    assert!(
        run.story().contains("the runner keeps its own things"),
        "{}",
        run.story()
    );
}

/// What somebody had, or has made anew, keeps the namespace that the release made, though data may go; it is not said to stay and then deleted.
#[test]
fn what_stays_in_a_namespace_keeps_it() {
    let claim = json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}});
    let data = ObjectRef::namespaced("v1", "PersistentVolumeClaim", "db", "data");
    let mut world = World::new([
        Version::new("db", "1.0").object(claim.clone()),
        Version::new("db", "2.0").object(claim.clone()),
    ]);
    world.run(&[install("db", "1.0")]);
    world.cluster.get().force_delete(&data);
    create(&world, claim, "db");
    world.run(&[upgrade("db", "1.0", "2.0")]);
    let run = world.run(&[uninstall("db", "2.0").with(|options| {
        options.delete_data = true;
        options.delete_namespace = true;
    })]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    let story = run.story();
    assert!(world.object(&data).is_some(), "{story}");
    let why = "Namespace db stays: PersistentVolumeClaim db/data would go with it";
    assert!(story.contains(why), "{story}");
    assert!(!story.contains("was deleted"), "{story}");
}

/// What somebody had before the release stays also where neither journal nor record says so: the object itself does.
#[test]
fn data_of_somebody_stays_though_all_records_are_lost() {
    let claim = json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}});
    let data = ObjectRef::namespaced("v1", "PersistentVolumeClaim", "db", "data");
    let mut world = World::new([Version::new("db", "1.0").object(claim.clone())]);
    world.cluster.get().add_namespace("db");
    create(&world, claim, "db");
    world.run(&[install("db", "1.0")]);
    let record = InstalledRecord::secret_ref(HOME, "db", "db");
    world.cluster.get().force_delete(&record);
    world.cluster.get().lose_journal();
    let run = world.run(&[uninstall("db", "1.0").with(|options| {
        options.delete_data = true;
        options.delete_namespace = true;
    })]);
    assert!(world.object(&data).is_some(), "{}", run.story());
}

/// The mark of what was there before is the runner's to write: an author's manifest that has it changes nothing.
#[test]
fn an_author_cannot_say_that_an_object_was_there_before() {
    let mut marked = config("settings", "one");
    marked["metadata"]["annotations"] = json!({"catalog.dev/existed": "true"});
    let mut world = World::new([Version::new("db", "1.0").object(marked)]);
    world.run(&[install("db", "1.0")]);
    let annotations = world.object(&settings()).unwrap()["metadata"]["annotations"].clone();
    assert!(
        annotations.get("catalog.dev/existed").is_none(),
        "{annotations}"
    );
    let run = world.run(&[uninstall("db", "1.0")]);
    assert!(world.object(&settings()).is_none(), "{}", run.story());
}

/// What a Terraform module made in a cloud is in no cluster: when its object goes and was not told to take that along, the run says so.
#[test]
fn what_stays_in_a_cloud_is_told_of() {
    let crd = json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "configurations.terraform.core.oam.dev"}, "spec": {"group": "terraform.core.oam.dev", "scope": "Namespaced", "names": {"kind": "Configuration", "plural": "configurations"}, "versions": [{"name": "v1beta2", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]}});
    for deletes in [false, true] {
        let bucket = json!({"apiVersion": "terraform.core.oam.dev/v1beta2", "kind": "Configuration", "metadata": {"name": "bucket"}, "spec": {"hcl": "x", "deleteResource": deletes}});
        let version = |version: &str| Version::new("db", version).definition("crd", &crd);
        let mut world = World::new([
            version("1.0").object(bucket.clone()),
            version("2.0"),
            version("3.0").object(bucket.clone()),
        ]);
        world.run(&[install("db", "1.0")]);
        let told = |run: &Run| {
            run.story()
                .contains("what Configuration db/bucket has made in its cloud stays")
        };
        let run = world.run(&[upgrade("db", "1.0", "2.0")]);
        assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
        assert_eq!(told(&run), !deletes, "{}", run.story());
        world.run(&[upgrade("db", "2.0", "3.0")]);
        let run = world.run(&[uninstall("db", "3.0").with(|options| options.delete_data = true)]);
        assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
        assert_eq!(told(&run), !deletes, "{}", run.story());
    }
}

/// What stayed over from the release before is its own again once the upgrade is taken back.
#[test]
fn what_is_of_the_release_that_is_there_again_has_not_stayed_over() {
    let claim = json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}});
    for takes_back in [false, true] {
        let mut world = World::new([
            Version::new("db", "1.0").object(claim.clone()),
            Version::new("db", "2.0").hook("post-upgrade", "migrate", json!({})),
        ]);
        world.script("migrate", fails());
        world.run(&[install("db", "1.0")]);
        let wish = upgrade("db", "1.0", "2.0");
        let run = world.run(&[wish.with(|options| options.rollback_on_failure = takes_back)]);
        let told = run.story().contains("PersistentVolumeClaim db/data stays");
        assert_eq!(told, !takes_back, "{}", run.story());
    }
}

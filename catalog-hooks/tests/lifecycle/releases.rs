//! Packages come, change and go.

use catalog_hooks::api::{ObjectRef, Request};
use catalog_hooks::{Decision, Outcome};
use insta::assert_snapshot;
use serde_json::json;

use crate::package::{Version, config};
use crate::world::{World, install, rollback, uninstall, upgrade};

fn claim() -> serde_json::Value {
    json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"]}})
}

/// Two versions with a hook in each phase: the second has another object, another chart, and not the kind `Gadget`.
fn db() -> World {
    let hooked = |mut version: Version, which: &str| {
        for phase in ["install", "upgrade", "rollback", "uninstall"] {
            version = version
                .hook(
                    &format!("pre-{phase}"),
                    &format!("before-{which}"),
                    json!({}),
                )
                .hook(
                    &format!("post-{phase}"),
                    &format!("after-{which}"),
                    json!({}),
                );
        }
        version
    };
    let first = Version::new("db", "1.0")
        .crd("Widget", &["v1"])
        .crd("Gadget", &["v1"])
        .object(config("settings", "one"))
        .object(config("old", "one"))
        .object(claim())
        .chart("engine");
    let second = Version::new("db", "2.0")
        .crd("Widget", &["v2", "v1"])
        .object(config("settings", "two"))
        .object(config("new", "two"))
        .object(claim())
        .chart("motor");
    World::new([hooked(first, "one"), hooked(second, "two")])
}

fn modules(world: &World) -> Vec<String> {
    world
        .cluster
        .get()
        .modules()
        .map(|(module, input)| format!("{module} {input}"))
        .collect()
}

/// Somebody makes an object of the package's own kind.
fn make_widget(world: &World) {
    let object = json!({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "theirs", "namespace": "default"}});
    let request = Request::Create {
        object,
        dry_run: false,
    };
    world.cluster.get().meddle(&request).unwrap();
}

#[test]
fn an_install_brings_all_and_records_it() {
    let mut world = db();
    let run = world.run(&[install("db", "1.0")]);
    assert_snapshot!(run.story(), @"
    Done
    install db 1.0 in db: Done
      pre-install before-one run 1: succeeded
      post-install after-one run 1: succeeded
    ");
    assert_snapshot!(world.objects().join("\n"), @"
    ConfigMap db/old
    ConfigMap db/settings
    Namespace db
    PersistentVolumeClaim db/data
    CustomResourceDefinition gadgets.example.com
    CustomResourceDefinition widgets.example.com
    ");
    assert_snapshot!(modules(&world).join("\n"), @r#"engine {"version":"1.0"}"#);
    let record = world.record("db").unwrap();
    assert_eq!(record.version(), "1.0");
    assert_eq!(record.plans(), [run.plan.digest()]);
    let ledger: Vec<String> = record
        .ledger()
        .iter()
        .map(|one| {
            format!(
                "{} {:?} {} {}",
                one.object,
                one.part,
                one.origin.is_others(),
                one.uid.is_some()
            )
        })
        .collect();
    assert_snapshot!(ledger.join("\n"), @"
    Namespace db Namespace false true
    CustomResourceDefinition gadgets.example.com Definition false true
    CustomResourceDefinition widgets.example.com Definition false true
    ConfigMap db/settings Module false true
    ConfigMap db/old Module false true
    PersistentVolumeClaim db/data Module false true
    ");
    assert_snapshot!(run.journal.history().join("\n"), @"run-1: install db 1.0 in db: done");
}

#[test]
fn an_upgrade_prunes_what_is_surplus_and_keeps_data() {
    let mut world = db();
    world.run(&[install("db", "1.0")]);
    let run = world.run(&[upgrade("db", "1.0", "2.0")]);
    assert_snapshot!(run.story(), @"
    Done
    upgrade db 1.0 -> 2.0 in db: Done
      pre-upgrade before-two run 1: succeeded
      post-upgrade after-two run 1: succeeded
      CustomResourceDefinition gadgets.example.com stays: it has no objects, but its deletion was not asked for
    ");
    assert_snapshot!(world.objects().join("\n"), @"
    ConfigMap db/new
    ConfigMap db/settings
    Namespace db
    PersistentVolumeClaim db/data
    CustomResourceDefinition gadgets.example.com
    CustomResourceDefinition widgets.example.com
    ");
    assert_snapshot!(modules(&world).join("\n"), @r#"motor {"version":"2.0"}"#);
    let record = world.record("db").unwrap();
    assert_eq!(record.version(), "2.0");
    assert_eq!(record.release()["history"], json!(["1.0"]));
    assert_snapshot!(run.journal.history().join("\n"), @"
    run-1: install db 1.0 in db: done
    run-2: upgrade db 1.0 -> 2.0 in db: done
    ");
}

/// A definition goes when its objects are gone, and one of them may be held by somebody.
#[test]
fn an_upgrade_waits_for_data_to_go_that_it_deletes() {
    let mut world = World::new([
        Version::new("db", "1.0").crd("Widget", &["v1"]),
        Version::new("db", "2.0"),
    ]);
    world.run(&[install("db", "1.0")]);
    let held = json!({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "mine", "namespace": "db", "finalizers": ["example.com/hold"]}});
    let create = Request::Create {
        object: held.clone(),
        dry_run: false,
    };
    world.cluster.get().meddle(&create).unwrap();
    let deleting = upgrade("db", "1.0", "2.0").with(|options| options.delete_data = true);
    let run = world.run(&[deleting]);
    assert_snapshot!(run.story(), @r"
    Partial
    upgrade db 1.0 -> 2.0 in db: Degraded
      failed in prune: CustomResourceDefinition widgets.example.com is deleted, and does not go: CustomResource deletion is in progress; finalizers hold Widget db/mine (example.com/hold): whoever set them must take them off
      next: mend the cause and resume, take back what was done, or abandon
    ");
    let held = ObjectRef::of(&held).unwrap();
    world.cluster.get().strip_finalizers(&held);
    let run = world.resume(&run, Decision::Resume);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
}

#[test]
fn an_upgrade_that_may_delete_data_does() {
    let mut world = db();
    world.run(&[install("db", "1.0")]);
    let run = world.run(&[upgrade("db", "1.0", "2.0").with(|options| options.delete_data = true)]);
    assert_snapshot!(run.story(), @"
    Done
    upgrade db 1.0 -> 2.0 in db: Done
      pre-upgrade before-two run 1: succeeded
      post-upgrade after-two run 1: succeeded
    ");
    assert_snapshot!(world.objects().join("\n"), @"
    ConfigMap db/new
    ConfigMap db/settings
    Namespace db
    PersistentVolumeClaim db/data
    CustomResourceDefinition widgets.example.com
    ");
}

#[test]
fn a_rollback_brings_the_old_back() {
    let mut world = db();
    world.run(&[install("db", "1.0")]);
    world.run(&[upgrade("db", "1.0", "2.0")]);
    let run = world.run(&[rollback("db", "2.0", "1.0")]);
    assert_snapshot!(run.story(), @"
    Done
    rollback db 2.0 -> 1.0 in db: Done
      pre-rollback before-two run 1: succeeded
      post-rollback after-one run 1: succeeded
    ");
    assert_snapshot!(world.objects().join("\n"), @"
    ConfigMap db/old
    ConfigMap db/settings
    Namespace db
    PersistentVolumeClaim db/data
    CustomResourceDefinition gadgets.example.com
    CustomResourceDefinition widgets.example.com
    ");
    assert_snapshot!(modules(&world).join("\n"), @r#"engine {"version":"1.0"}"#);
}

#[test]
fn an_uninstall_leaves_data_and_says_so() {
    let mut world = db();
    world.run(&[install("db", "1.0")]);
    make_widget(&world);
    let run = world.run(&[uninstall("db", "1.0")]);
    assert_snapshot!(run.story(), @"
    Done
    uninstall db 1.0 in db: Done
      pre-uninstall before-one run 1: succeeded
      post-uninstall after-one run 1: succeeded
      PersistentVolumeClaim db/data stays: data would go with it, and that was not asked for
      CustomResourceDefinition widgets.example.com stays: its one object would go with it, and that was not asked for
      CustomResourceDefinition gadgets.example.com stays: it has no objects, but its deletion was not asked for
      Namespace db stays: its deletion was not asked for
    ");
    assert_snapshot!(world.objects().join("\n"), @"
    Namespace db
    PersistentVolumeClaim db/data
    CustomResourceDefinition gadgets.example.com
    CustomResourceDefinition widgets.example.com
    Widget default/theirs
    ");
    assert_snapshot!(modules(&world).join("\n"), @"");
    assert!(world.record("db").is_none());
}

#[test]
fn an_uninstall_takes_what_it_is_told_to() {
    let mut world = db();
    world.run(&[install("db", "1.0")]);
    make_widget(&world);
    let run = world.run(&[uninstall("db", "1.0").with(|options| {
        options.delete_data = true;
        options.delete_custom_resources = true;
        options.delete_namespace = true;
    })]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    let deleted = run.told.iter().filter(|told| told.starts_with("delete"));
    // The rest of such a name is a digest of all that the plan holds.
    let deleted: Vec<&str> = deleted
        .filter_map(|told| told.split("-plan-").next())
        .collect();
    assert_snapshot!(deleted.join("\n"), @"
    delete Widget default/theirs
    delete module engine (fake)
    delete PersistentVolumeClaim db/data
    delete ConfigMap db/old
    delete ConfigMap db/settings
    delete CustomResourceDefinition widgets.example.com
    delete CustomResourceDefinition gadgets.example.com
    delete Namespace db
    delete Secret catalog-system/catalog-installed-db-q7vxxfnzzz2xwdkx
    delete Secret catalog-system/catalog
    delete Secret catalog-system/catalog
    delete the journal
    ");
    assert!(world.objects().is_empty(), "{:?}", world.objects());
}

#[test]
fn what_was_there_before_is_not_deleted() {
    let mut world = db();
    world.cluster.get().add_namespace("db");
    let mut theirs = config("settings", "one");
    theirs["metadata"]["namespace"] = "db".into();
    world
        .cluster
        .get()
        .meddle(&Request::Create {
            object: theirs,
            dry_run: false,
        })
        .unwrap();
    world.run(&[install("db", "1.0")]);
    let run = world.run(&[uninstall("db", "1.0").with(|options| {
        options.delete_data = true;
        options.delete_namespace = true;
    })]);
    assert_snapshot!(run.story(), @r"
    Done
    uninstall db 1.0 in db: Done
      pre-uninstall before-one run 1: succeeded
      post-uninstall after-one run 1: succeeded
      ConfigMap db/settings stays: it was there before
      Namespace db stays: it was there before
    ");
    assert_snapshot!(world.objects().join("\n"), @"
    ConfigMap db/settings
    Namespace db
    ");
}

#[test]
fn a_definition_of_another_package_passes_to_it() {
    let version = |package: &str| Version::new(package, "1.0").crd("Gadget", &["v1"]);
    let mut world = World::new([version("db"), version("cache")]);
    world.run(&[install("db", "1.0")]);
    world.run(&[install("cache", "1.0")]);
    let run = world.run(&[uninstall("db", "1.0").with(|options| options.delete_data = true)]);
    assert_snapshot!(run.story(), @"
    Done
    uninstall db 1.0 in db: Done
      CustomResourceDefinition gadgets.example.com stays: `cache` has it too
      Namespace db stays: its deletion was not asked for
    ");
    assert_snapshot!(world.objects().join("\n"), @"
    Namespace cache
    Namespace db
    CustomResourceDefinition gadgets.example.com
    ");
    // Now it is the other's alone.
    let run = world.run(&[uninstall("cache", "1.0").with(|options| options.delete_data = true)]);
    assert_snapshot!(run.story(), @"
    Done
    uninstall cache 1.0 in cache: Done
      Namespace cache stays: its deletion was not asked for
    ");
    assert_snapshot!(world.objects().join("\n"), @"
    Namespace cache
    Namespace db
    ");
}

#[test]
fn an_upgrade_that_would_lose_stored_objects_is_refused_before_its_first_step() {
    let versions = [
        Version::new("db", "1.0").crd("Widget", &["v1"]),
        Version::new("db", "2.0")
            .crd("Widget", &["v2"])
            .hook("pre-upgrade", "before", json!({})),
    ];
    let mut world = World::new(versions);
    world.run(&[install("db", "1.0")]);
    let run = world.run(&[upgrade("db", "1.0", "2.0")]);
    assert_snapshot!(run.story(), @r"
    Unchanged
    upgrade db 1.0 -> 2.0 in db: Unchanged
      failed in conditions: CustomResourceDefinition widgets.example.com would lose v1, in which objects are stored: rewrite them in a version that stays, and take the old one out of `status.storedVersions`
      next: mend the cause, and begin again
    ");
    assert_eq!(world.record("db").unwrap().version(), "1.0");
}

#[test]
fn a_namespace_that_stayed_goes_with_the_next_install_of_it() {
    let mut world = World::new([Version::new("db", "1.0")]);
    world.run(&[install("db", "1.0")]);
    world.run(&[uninstall("db", "1.0")]);
    world.run(&[install("db", "1.0")]);
    world.run(&[uninstall("db", "1.0").with(|options| options.delete_namespace = true)]);
    assert!(world.objects().is_empty(), "{:?}", world.objects());
}

#[test]
fn a_service_is_ready_when_it_has_an_address() {
    let service = |name: &str, spec: serde_json::Value| json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec});
    let port = json!([{"port": 80}]);
    let mut world = World::new([Version::new("db", "1.0")
        .object(service("plain", json!({"ports": port})))
        .object(service(
            "headless",
            json!({"ports": port, "clusterIP": "None"}),
        ))
        .object(service(
            "elsewhere",
            json!({"type": "ExternalName", "externalName": "db.example.com"}),
        ))]);
    let run = world.run(&[install("db", "1.0")]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    let address = |name| {
        let service = ObjectRef::namespaced("v1", "Service", "db", name);
        world.object(&service).unwrap()["spec"]["clusterIP"].clone()
    };
    assert!(address("plain").as_str().unwrap().starts_with("10.96."));
    assert_eq!(address("headless"), "None");
    assert!(address("elsewhere").is_null());
}

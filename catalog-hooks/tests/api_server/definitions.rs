//! What becomes of definitions on a real server: those that it refuses, that do not come, and that do not go.

use std::sync::Arc;
use std::time::{Duration, Instant};

use catalog_hooks::api::{FailureClass, ObjectRef, PatchKind, Request};
use catalog_hooks::journal::OperationJournal;
use catalog_hooks::journal::OperationStatus::{Degraded, Unchanged, UninstallIncomplete};
use catalog_hooks::{Decision, Machine, Outcome};
use catalog_model::{Catalog, Operation};
use serde_json::{Value, json};

use crate::runner::{Runner, Script, catalog, package, settings, version};
use crate::server_objects::crd;
use crate::world::{World, text};

/// A shop of up to two versions, each with these definitions.
fn shop(versions: &[&[Value]]) -> Catalog {
    let mut files = Vec::new();
    for (number, definitions) in versions.iter().enumerate() {
        let folder = format!("shop/{}.0.0", number + 1);
        let metadata = format!("name: shop\nversion: {}.0.0\n", number + 1);
        files.push((format!("{folder}/metadata.yaml"), metadata));
        for (place, definition) in definitions.iter().enumerate() {
            let path = format!("{folder}/definitions/{place}.yaml");
            files.push((path, definition.to_string()));
        }
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    catalog(&files)
}

fn config_map(name: &str, value: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"a": value}})
}

fn install(namespace: &str) -> Operation {
    Operation::install(package("shop"), version("1.0.0"), namespace)
}

fn upgrade(namespace: &str) -> Operation {
    Operation::upgrade(
        package("shop"),
        version("1.0.0"),
        version("2.0.0"),
        namespace,
    )
}

/// Carries out an operation, and gives what its journal says.
async fn run(runner: &mut Runner, operation: &Operation) -> (Outcome, OperationJournal) {
    let (outcome, machine) = runner.run(operation, &Script::new()).await;
    (outcome, machine.journal().operations()[0].clone())
}

fn why(operation: &OperationJournal) -> &str {
    operation
        .failure()
        .map_or("", |failure| failure.message.as_str())
}

#[tokio::test]
async fn a_version_in_which_objects_are_stored_cannot_go() {
    let group = "stored.example.com";
    let (old, new) = (
        crd(group, "carts", "Cart", "v1alpha1"),
        crd(group, "carts", "Cart", "v1"),
    );
    let catalog = shop(&[
        &[old, config_map("settings", "one")],
        &[new.clone(), config_map("settings", "two")],
    ]);
    let Some(mut runner) = Runner::new("stored", catalog).await else {
        return;
    };
    let (outcome, _) = run(&mut runner, &install("stored")).await;
    assert_eq!(outcome, Outcome::Done);

    let applied = Request::Apply {
        object: new,
        force: true,
        dry_run: false,
    };
    let failure = runner.world.call(applied).await.unwrap_err();
    assert_eq!(failure.class(), FailureClass::Invalid);
    assert!(
        failure.message().contains("status.storedVersions"),
        "{failure}"
    );

    let (outcome, operation) = run(&mut runner, &upgrade("stored")).await;
    assert_eq!(
        (outcome, operation.status()),
        (Outcome::Unchanged, Unchanged)
    );
    assert!(
        why(&operation).contains("would lose v1alpha1"),
        "{}",
        why(&operation)
    );
    assert!(operation.ledger().is_empty(), "nothing was begun");
    let settings = runner.nodes.named("v1", "ConfigMap", "settings");
    let settings = runner.nodes.read(&settings).await.unwrap();
    assert_eq!(settings["data"]["a"], "one");
}

#[tokio::test]
async fn names_that_are_taken_fail_at_once() {
    let group = "taken.example.com";
    let catalog = shop(&[&[crd(group, "wagons", "Cart", "v1")]]);
    let Some(mut runner) = Runner::new("taken", catalog).await else {
        return;
    };
    let theirs = runner.world.create(crd(group, "carts", "Cart", "v1")).await;
    let target = ObjectRef::of(&theirs).unwrap();
    let accepted =
        |crd: Option<&Value>| crd.is_some_and(|crd| crate::hook::has(crd, "NamesAccepted"));
    runner.world.until("their names", &target, accepted).await;
    let started = Instant::now();
    let (outcome, operation) = run(&mut runner, &install("taken")).await;
    let took = started.elapsed();
    assert_eq!((outcome, operation.status()), (Outcome::Partial, Degraded));
    assert!(
        why(&operation).contains("is already in use"),
        "{}",
        why(&operation)
    );
    let patience = settings().ready_timeout;
    assert!(
        took < patience / 2,
        "it waited {took:?} for what never heals"
    );
}

/// A user's own object, held by somebody's finalizer, holds the definition: both are named.
#[tokio::test]
async fn what_keeps_a_definition_from_going_is_named() {
    let group = "held.example.com";
    let Some(mut runner) = Runner::new("held", shop(&[&[crd(group, "carts", "Cart", "v1")]])).await
    else {
        return;
    };
    let (outcome, _) = run(&mut runner, &install("held")).await;
    assert_eq!(outcome, Outcome::Done);
    let mut cart = runner
        .nodes
        .manifest(&format!("{group}/v1"), "Cart", "theirs");
    cart["metadata"]["finalizers"] = json!(["example.com/held"]);
    let cart = runner.nodes.create(cart).await;

    runner.options.delete_data = true;
    let uninstall = Operation::uninstall(package("shop"), version("1.0.0"), "held");
    let plan = runner.plan(&uninstall).await;
    let stored = runner.journal().load().await.unwrap().expect("a journal");
    let mut impatient = settings();
    impatient.gone_timeout = Duration::from_secs(4);
    let mut machine =
        Machine::begin_after(Arc::clone(&plan), stored, "the first", impatient).expect("a run");
    let cluster = runner.world.cluster.clone();
    let outcome = runner.drive(&mut machine, &cluster, &Script::new()).await;
    assert_eq!(outcome, Outcome::Partial);
    let operation = machine.journal().operations()[0].clone();
    assert_eq!(operation.status(), UninstallIncomplete);
    for named in ["carts.held.example.com", "held/theirs", "example.com/held"] {
        assert!(
            why(&operation).contains(named),
            "{named}: {}",
            why(&operation)
        );
    }

    let free = json!({"metadata": {"finalizers": null}});
    runner.world.patch(&cart, PatchKind::Merge, free).await;
    let stored = runner.journal().load().await.unwrap().expect("a journal");
    let decision = Decision::Resume;
    let mut machine =
        Machine::resume(plan, stored, "the second", decision, settings()).expect("a run");
    let outcome = runner.drive(&mut machine, &cluster, &Script::new()).await;
    assert_eq!(outcome, Outcome::Done);
    assert!(runner.installed("shop").await.is_none());
}

/// The server takes an apply to an object that is on its way out; the lifecycle waits for its end and makes it again.
#[tokio::test]
async fn what_is_on_its_way_out_comes_again() {
    let catalog = shop(&[
        &[config_map("settings", "one")],
        &[config_map("settings", "two")],
    ]);
    let Some(mut runner) = Runner::new("again", catalog).await else {
        return;
    };
    let (outcome, _) = run(&mut runner, &install("again")).await;
    assert_eq!(outcome, Outcome::Done);
    let target = runner.nodes.named("v1", "ConfigMap", "settings");
    let first = runner.nodes.read(&target).await.unwrap();
    let hold = json!({"metadata": {"finalizers": ["example.com/held"]}});
    runner.nodes.patch(&first, PatchKind::Merge, hold).await;
    runner.nodes.delete(&first).await;
    let nodes = runner.nodes.beside("again");
    let frees = async {
        // Its deletion is waited for by then: the apply was taken.
        let applied =
            |settings: Option<&Value>| settings.is_some_and(|one| text(one, "/data/a") == "two");
        nodes.until("the apply", &target, applied).await;
        let free = json!({"metadata": {"finalizers": null}});
        nodes.patch(&first, PatchKind::Merge, free).await;
    };
    let upgrade = upgrade("again");
    let ((outcome, operation), ()) = tokio::join!(run(&mut runner, &upgrade), frees);
    assert_eq!(outcome, Outcome::Done, "{operation:#?}");
    let second = nodes.read(&target).await.expect("it is there again");
    assert_ne!(first["metadata"]["uid"], second["metadata"]["uid"]);
    assert_eq!(text(&second, "/data/a"), "two");
    assert_eq!(
        operation.ledger()[0].uid.as_deref(),
        Some(text(&second, "/metadata/uid"))
    );
}

/// A namespace is made by one kind of request and is a definition by another: to the server two owners of its marks, and both are us.
#[tokio::test]
async fn a_package_that_brings_its_own_namespace_is_installed_again() {
    let name = "brings-its-own";
    let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {"app": "shop"}}});
    let catalog = shop(&[&[namespace, config_map("settings", "one")]]);
    let Some(mut runner) = Runner::new(name, catalog).await else {
        return;
    };
    let uninstall = Operation::uninstall(package("shop"), version("1.0.0"), name);
    for operation in [&install(name), &uninstall, &install(name)] {
        let (outcome, operation) = run(&mut runner, operation).await;
        assert_eq!(outcome, Outcome::Done, "{operation:#?}");
    }
    let there = runner.nodes.named("v1", "ConfigMap", "settings");
    let there = runner.nodes.read(&there).await.expect("it is there");
    assert_eq!(text(&there, "/data/a"), "one");
}

/// Installs over a ConfigMap that somebody made before, with this value.
async fn over_theirs(
    name: &str,
    value: &str,
    manifest: Value,
) -> Option<(Outcome, OperationJournal)> {
    let theirs = World::new(name).await?;
    let mut settings = theirs.manifest("v1", "ConfigMap", "settings");
    settings["data"] = json!({"a": value});
    let path = format!("/api/v1/namespaces/{name}/configmaps?fieldManager=somebody");
    theirs.send("POST", &path, &settings).await;
    let mut runner = Runner::new(name, shop(&[&[manifest]])).await?;
    let ended = run(&mut runner, &install(name)).await;
    let there = theirs.named("v1", "ConfigMap", "settings");
    let there = theirs.read(&there).await.expect("it is there");
    assert_eq!(text(&there, "/data/a"), value, "theirs is not changed");
    Some(ended)
}

#[tokio::test]
async fn what_somebody_else_manages_is_found_out_beforehand() {
    let manifest = config_map("settings", "ours");
    let Some((outcome, operation)) = over_theirs("theirs", "theirs", manifest).await else {
        return;
    };
    assert_eq!(
        (outcome, operation.status()),
        (Outcome::Unchanged, Unchanged)
    );
    for said in ["settings", ".data.a", "somebody"] {
        assert!(
            why(&operation).contains(said),
            "{said}: {}",
            why(&operation)
        );
    }
    assert!(operation.ledger().is_empty());
}

#[tokio::test]
async fn what_is_there_already_as_it_should_be_is_no_conflict() {
    let manifest = config_map("settings", "theirs");
    let Some((outcome, operation)) = over_theirs("theirs-too", "theirs", manifest).await else {
        return;
    };
    assert_eq!(outcome, Outcome::Done);
    let mut entries = operation.ledger().iter();
    let settings = entries.find(|entry| entry.object.kind() == "ConfigMap");
    assert!(
        settings.expect("an entry").origin.is_others(),
        "it never goes with the release"
    );
}

#[tokio::test]
async fn a_field_that_no_server_knows_is_found_out_beforehand() {
    let mut manifest = config_map("other", "ours");
    manifest["dota"] = json!({});
    let Some((outcome, operation)) = over_theirs("unknown-field", "theirs", manifest).await else {
        return;
    };
    assert_eq!(
        (outcome, operation.status()),
        (Outcome::Unchanged, Unchanged)
    );
    assert!(why(&operation).contains("dota"), "{}", why(&operation));
}

//! What stands in no namespace is one object, whatever namespace its author says; and namespaces that packages bring themselves.

use catalog_hooks::Outcome;
use serde_json::{Value, json};

use crate::package::{Version, config};
use crate::world::{World, install, install_in, uninstall, upgrade};

pub(crate) fn bare_role(namespace: Option<&str>) -> Value {
    let mut role = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "shared"}, "rules": []});
    if let Some(namespace) = namespace {
        role["metadata"]["namespace"] = namespace.into();
    }
    role
}

/// An upgrade does not delete what it has just written because its author no longer says a namespace, or says one now.
#[test]
fn a_namespace_on_what_stands_in_none_changes_nothing() {
    for (before, after) in [(Some("db"), None), (None, Some("db"))] {
        let mut world = World::new([
            Version::new("db", "1.0").definition("role", &bare_role(before)),
            Version::new("db", "2.0").definition("role", &bare_role(after)),
        ]);
        let run = world.run(&[install("db", "1.0")]);
        assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
        world.run(&[upgrade("db", "1.0", "2.0")]);
        assert!(
            world
                .objects()
                .iter()
                .any(|one| one.starts_with("ClusterRole")),
            "{before:?} {after:?}"
        );
    }
}

/// Whoever goes leaves it to the other, though only one of the two says a namespace.
#[test]
fn a_namespace_on_what_stands_in_none_hides_no_claim() {
    let mut world = World::new([
        Version::new("a", "1.0").definition("role", &bare_role(None)),
        Version::new("b", "1.0").definition("role", &bare_role(Some("b"))),
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

/// So it is where the kind is one that another package brings.
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

fn namespace_object(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
}

/// A package may bring the namespace that was made for another instance.
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

/// A namespace that stayed is no obstacle to the package that brings it.
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

/// So it can if the instance that it was made for has passed it on.
#[test]
fn a_namespace_that_passed_on_can_be_a_definition() {
    let mut world = World::new([
        Version::new("apps", "1.0").object(config("settings", "a")),
        Version::new("b", "1.0").object(config("b", "b")),
        Version::new("c", "1.0").definition("namespace", &namespace_object("apps")),
    ]);
    world.run(&[install("apps", "1.0")]);
    world.run(&[install_in("apps", "b", "1.0")]);
    world.run(&[uninstall("apps", "1.0")]);
    let run = world.run(&[install("c", "1.0")]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
}

//! `template.yaml`: the Application that KubeVela makes of an addon.

use std::sync::Arc;

use catalog_conditions::SourceFile;
use catalog_conditions::document::{Entry, Node};

use super::addon::Addon;
use super::{NAMESPACE, chart};
use crate::import::reading::{entries, string};
use crate::import::yaml::YamlFile;

/// Carries over what the documents of a template hold.
pub(super) fn read(addon: &mut Addon<'_>, yaml: &YamlFile) {
    for node in &yaml.documents {
        if string(node, "kind") == Some("Application") {
            let why = format!(
                "its components are carried over; the Application around them is KubeVela's, and kept as text in `{}`",
                yaml.path
            );
            addon
                .report
                .lost(&yaml.file, node.span(), "Application", why);
            application(addon, yaml, node);
        } else {
            place(addon, yaml, vec![node], "template");
        }
    }
}

fn application(addon: &mut Addon<'_>, yaml: &YamlFile, node: &Node) {
    let file = &yaml.file;
    for entry in entries(node) {
        match entry.name() {
            Some("apiVersion" | "kind" | "spec") => {}
            Some("metadata") => metadata(addon, file, entry.value()),
            _ => lost(
                addon,
                file,
                entry,
                "only `metadata` and `spec` of an Application mean something to an addon",
            ),
        }
    }
    for entry in node.value("spec").map(entries).unwrap_or_default() {
        match entry.name() {
            Some("components") => {
                for component in entry.value().as_sequence().unwrap_or_default() {
                    component_of(addon, yaml, component);
                }
            }
            Some("workflow") => lost(
                addon,
                file,
                entry,
                "definitions are installed first, then modules in their order; other orders need hooks",
            ),
            Some("policies") => lost(
                addon,
                file,
                entry,
                "where a package goes is said by `plane` and by who installs it",
            ),
            _ => lost(
                addon,
                file,
                entry,
                "an Application's `spec` holds components; the format has nothing like this",
            ),
        }
    }
}

/// KubeVela overwrites the name and the namespace of an addon's Application.
fn metadata(addon: &mut Addon<'_>, file: &Arc<SourceFile>, node: &Node) {
    for entry in entries(node) {
        match entry.name() {
            Some("name") => {}
            Some("namespace")
                if string(node, "namespace").is_none_or(|namespace| namespace == NAMESPACE) => {}
            Some("namespace") => lost(
                addon,
                file,
                entry,
                "KubeVela overwrites it with `vela-system`",
            ),
            _ => lost(
                addon,
                file,
                entry,
                "there is no Application that could have it",
            ),
        }
    }
}

fn component_of(addon: &mut Addon<'_>, yaml: &YamlFile, component: &Node) {
    let kind = string(component, "type").unwrap_or_default();
    let name = string(component, "name").unwrap_or("component");
    let properties = component.value("properties");
    match (kind, properties) {
        ("helm", Some(properties)) => chart::module(addon, &yaml.file, name, properties),
        ("k8s-objects", Some(properties)) => {
            let objects = properties
                .value("objects")
                .and_then(Node::as_sequence)
                .unwrap_or_default();
            place(addon, yaml, objects.iter().collect(), name);
            for entry in entries(properties)
                .iter()
                .filter(|entry| entry.name() != Some("objects"))
            {
                lost(
                    addon,
                    &yaml.file,
                    entry,
                    "of `k8s-objects` only the objects are carried over",
                );
            }
        }
        ("raw", Some(object)) => place(addon, yaml, vec![object], name),
        _ => {
            let what = format!("component `{name}` of type `{kind}`");
            let why = "it needs KubeVela to be rendered; `helm`, `k8s-objects` and `raw` do not";
            return addon.report.lost(&yaml.file, component.span(), what, why);
        }
    }
    let others = entries(component)
        .iter()
        .filter(|entry| !matches!(entry.name(), Some("name" | "type" | "properties")));
    for entry in others {
        lost(
            addon,
            &yaml.file,
            entry,
            "of a component only its properties are carried over",
        );
    }
}

fn place(addon: &mut Addon<'_>, yaml: &YamlFile, nodes: Vec<&Node>, name: &str) {
    for (made, bytes) in addon.objects.nested(yaml, nodes, name, addon.report) {
        addon.keep(made, &yaml.path, bytes);
    }
}

/// A key that has no place.
pub(super) fn lost(addon: &mut Addon<'_>, file: &Arc<SourceFile>, entry: &Entry, why: &str) {
    let key: String = entry.name().unwrap_or_default().chars().take(64).collect();
    addon
        .report
        .lost(file, entry.key().span(), format!("`{key}`"), why);
}

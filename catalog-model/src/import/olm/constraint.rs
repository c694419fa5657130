//! `olm.constraint`: what of it is a dependency, a requirement or a conflict.

use catalog_conditions::document::{Entry, Node};

use super::bundle::Bundle;
use super::property::{UNKNOWN, api, package};
use crate::import::dependencies::NOT_JOINED;
use crate::import::reading::{Reading, brief, entries};
use crate::write::{ConflictEntry, DependencyEntry};

/// Constraints inside each other that are looked into.
const DEPTH: usize = 8;

/// Takes a constraint.
pub(super) fn read(bundle: &mut Bundle, reading: &mut Reading<'_>, node: &Node) {
    constraint(bundle, reading, node, DEPTH);
}

fn constraint(bundle: &mut Bundle, reading: &mut Reading<'_>, node: &Node, depth: usize) {
    if depth == 0 || node.as_mapping().is_none() {
        return reading.lose(node.span(), "constraint", "is no map, or nests too deeply");
    }
    for entry in entries(node) {
        let value = entry.value();
        match entry.name() {
            Some("failureMessage") => {
                reading.lost(entry, "explanations are made of the facts themselves")
            }
            Some("gvk") => bundle.requires.extend(api(reading, value)),
            Some("package") => {
                if let Some(dependency) = package(reading, value, bundle.name())
                    && !bundle.dependencies.add(dependency)
                {
                    reading.lose(value.span(), "dependency", NOT_JOINED);
                }
            }
            Some("all") => {
                for item in nested(reading, entry) {
                    constraint(bundle, reading, item, depth - 1);
                }
            }
            Some("any") => any(bundle, reading, entry),
            Some("not") => none(bundle, reading, entry),
            Some("cel") => lost(
                reading,
                entry,
                "a rule in CEL cannot be said as a dependency",
            ),
            _ => reading.lost(entry, UNKNOWN),
        }
    }
}

/// The constraints that another is made of.
fn nested<'n>(reading: &mut Reading<'_>, entry: &'n Entry) -> &'n [Node] {
    let constraints = entry
        .value()
        .as_mapping()
        .and_then(|map| map.entry("constraints"));
    reading.only(entry.value(), &["constraints"], UNKNOWN);
    match constraints {
        Some(constraints) => reading.items(constraints),
        None => {
            reading.wrong(entry, "has no `constraints`");
            &[]
        }
    }
}

/// One of several: a dependency where all are of one package.
fn any(bundle: &mut Bundle, reading: &mut Reading<'_>, entry: &Entry) {
    let items = nested(reading, entry);
    let mut joined: Option<DependencyEntry> = None;
    for item in items {
        let Some(one) = alone(reading, item, bundle.name()) else {
            return lost(
                reading,
                entry,
                "one of several packages or APIs cannot be asked for",
            );
        };
        match &mut joined {
            None => joined = Some(one),
            Some(all) if all.name == one.name => {
                all.version = match (all.version.take(), one.version) {
                    (Some(first), Some(second)) => Some(format!("{first} || {second}")),
                    _ => None,
                };
            }
            Some(_) => {
                return lost(
                    reading,
                    entry,
                    "one of several packages or APIs cannot be asked for",
                );
            }
        }
    }
    if let Some(dependency) = joined
        && !bundle.dependencies.add(dependency)
    {
        reading.lose(entry.value().span(), "dependency", NOT_JOINED);
    }
}

/// None of several packages: a conflict each.
fn none(bundle: &mut Bundle, reading: &mut Reading<'_>, entry: &Entry) {
    for item in nested(reading, entry) {
        match alone(reading, item, bundle.name()) {
            Some(one) => {
                let range = one.version.as_deref().unwrap_or("*").to_owned();
                bundle
                    .draft
                    .metadata
                    .conflicts
                    .push(ConflictEntry::new(one.name, range));
            }
            None => lost(reading, entry, "only packages can be kept away"),
        }
    }
}

/// A constraint that is a package and nothing else.
fn alone(reading: &mut Reading<'_>, node: &Node, own: &str) -> Option<DependencyEntry> {
    let keys = entries(node);
    let is_alone = keys
        .iter()
        .all(|entry| matches!(entry.name(), Some("package" | "failureMessage")));
    let value = node.value("package").filter(|_| is_alone)?;
    for entry in keys.iter().filter(|entry| entry.name() != Some("package")) {
        reading.lost(entry, "explanations are made of the facts themselves");
    }
    package(reading, value, own)
}

fn lost(reading: &mut Reading<'_>, entry: &Entry, why: &str) {
    let what = format!("constraint `{}`", brief(entry.name().unwrap_or_default()));
    reading
        .report
        .lost(reading.file, entry.key().span(), what, why);
}

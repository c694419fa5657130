//! The charts that a chart needs.

use catalog_conditions::document::{Entry, Node};

use crate::import::dependencies::{NOT_JOINED, Union};
use crate::import::reading::{Reading, entries, string};
use crate::name::PackageName;
use crate::write::DependencyEntry;

/// What stands under `dependencies`, one entry an item.
pub(super) fn read(reading: &mut Reading<'_>, node: &Node, package: &str) -> Vec<DependencyEntry> {
    let mut union = Union::default();
    for entry in entries(node) {
        if entry.name() == Some("dependencies") {
            list(reading, entry, package, &mut union);
        }
    }
    union.into_entries()
}

/// The dependencies of two files as one list.
pub(super) fn joined(all: Vec<DependencyEntry>) -> Vec<DependencyEntry> {
    let mut union = Union::default();
    for dependency in all {
        // What `requirements.yaml` says once more was said by `Chart.yaml` before.
        let _ = union.add(dependency);
    }
    union.into_entries()
}

fn list(reading: &mut Reading<'_>, entry: &Entry, package: &str, union: &mut Union) {
    for item in reading.items(entry) {
        if let Some(dependency) = dependency(reading, item, package)
            && !union.add(dependency)
        {
            reading.lose(item.span(), "dependency", NOT_JOINED);
        }
    }
}

fn dependency(reading: &mut Reading<'_>, item: &Node, package: &str) -> Option<DependencyEntry> {
    const WHAT: &str = "dependency";
    let Some(name) = string(item, "name") else {
        reading.lose(item.span(), WHAT, "names no chart");
        return None;
    };
    let repository = string(item, "repository");
    if repository.is_none_or(|repository| repository.starts_with("file:")) {
        let why = "it has no repository: the chart brings it in `charts/`, and it is no package";
        let what = format!("dependency `{}`", crate::import::reading::brief(name));
        reading.report.lost(reading.file, item.span(), what, why);
        return None;
    }
    if let Err(error) = PackageName::parse(name) {
        reading.warn(WHAT, item.span(), error.to_string());
        reading.lose(
            item.span(),
            WHAT,
            "has a name that is not that of a package",
        );
        return None;
    }
    if name == package {
        reading.lose(item.span(), WHAT, "is the chart itself");
        return None;
    }
    let mut dependency = DependencyEntry::new(name, "*");
    for entry in entries(item) {
        key(reading, entry, &mut dependency);
    }
    Some(dependency)
}

fn key(reading: &mut Reading<'_>, entry: &Entry, dependency: &mut DependencyEntry) {
    match entry.name() {
        Some("name") => {}
        Some("version") => {
            let range = reading.range(entry);
            dependency.version = range.filter(|range| range.trim() != "*");
        }
        Some(name @ ("condition" | "tags")) => {
            let is_said = match name {
                "tags" => !reading.texts(entry).is_empty(),
                _ => reading.text(entry).is_some(),
            };
            if is_said {
                dependency.optional = true;
                reading.lost(
                    entry,
                    "the dependency is optional; which value switches it is not said",
                );
            }
        }
        Some("repository") => reading.lost(
            entry,
            "packages are found by their names, in the catalogs that there are",
        ),
        Some("alias" | "import-values" | "enabled") => {
            reading.lost(
                entry,
                "it is about the templates of the chart that needs it",
            );
        }
        _ => reading.lost(entry, "the format has no such key"),
    }
}

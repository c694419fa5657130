//! The addons that an addon needs.

use catalog_conditions::Diagnostic;
use catalog_conditions::document::{Node, Scalar};
use catalog_conditions::version::VersionRange;

use crate::import::dependencies::{NOT_JOINED, Union};
use crate::import::reading::{Reading, entries};
use crate::name::PackageName;
use crate::write::DependencyEntry;

/// The dependencies of all lists together, each package once.
pub(super) fn read<'n>(
    reading: &mut Reading<'_>,
    lists: impl Iterator<Item = &'n Node>,
    package: &str,
) -> Vec<DependencyEntry> {
    let mut union = Union::default();
    for list in lists.filter(|list| !list.is_null()) {
        let Some(items) = list.as_sequence() else {
            lose_as(reading, list, "`dependencies`", "is not a list");
            continue;
        };
        for item in items {
            if let Some(dependency) = dependency(reading, item, package)
                && !union.add(dependency)
            {
                lose(reading, item, NOT_JOINED);
            }
        }
    }
    union.into_entries()
}

fn dependency(reading: &mut Reading<'_>, item: &Node, package: &str) -> Option<DependencyEntry> {
    // KubeVela reads maps only; a bare name can mean one thing.
    let name = match item.as_mapping() {
        Some(mapping) => mapping.entry("name").and_then(|entry| reading.text(entry)),
        None => item
            .as_scalar()
            .filter(|_| !item.is_null())
            .map(|scalar| Scalar::text(scalar).to_owned()),
    };
    let Some(name) = name else {
        lose(reading, item, "names no addon");
        return None;
    };
    if let Err(error) = PackageName::parse(&name) {
        let diagnostic = Diagnostic::warning("kubevela.dependency", error.to_string())
            .at(reading.file, item.span());
        reading
            .report
            .diagnostic(diagnostic.did_you_mean(error.suggestion()));
        reading.report.lost(
            reading.file,
            item.span(),
            "dependency",
            "its name is not that of a package",
        );
        return None;
    }
    if name == package {
        lose(reading, item, "is on the addon itself");
        return None;
    }
    let mut dependency = DependencyEntry::new(name, "*");
    for entry in entries(item) {
        match entry.name() {
            Some("name") => {}
            Some("version") => {
                let Some(range) = reading.text(entry) else {
                    continue;
                };
                match VersionRange::parse(&range) {
                    Ok(_) => dependency = DependencyEntry::new(dependency.name, range),
                    Err(error) => reading.bad_range(entry, &error.to_string()),
                }
            }
            _ => reading.lost(entry, "a KubeVela dependency has `name` and `version` only"),
        }
    }
    Some(dependency)
}

fn lose(reading: &mut Reading<'_>, item: &Node, problem: &str) {
    lose_as(reading, item, "this dependency", problem);
}

fn lose_as(reading: &mut Reading<'_>, node: &Node, what: &str, problem: &str) {
    let message = format!("{what} {problem}: it is not imported");
    let diagnostic = Diagnostic::warning("kubevela.dependency", message);
    reading
        .report
        .diagnostic(diagnostic.at(reading.file, node.span()));
    let why = format!("it {problem}");
    reading
        .report
        .lost(reading.file, node.span(), "dependency", why);
}

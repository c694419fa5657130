//! Properties and dependencies of bundles: `{type, value}`.

use catalog_conditions::document::{Entry, Node};

use super::bundle::Bundle;
use super::constraint;
use crate::capability::Capability;
use crate::import::dependencies::NOT_JOINED;
use crate::import::reading::{Reading, brief, entries, string};
use crate::name::PackageName;
use crate::write::DependencyEntry;

/// Why a key has no place.
pub(super) const UNKNOWN: &str = "the format has no word for it";

/// Whether a list says what a bundle is or what it needs: `olm.package` and `olm.gvk` mean the one in properties and the other in dependencies.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Properties,
    Dependencies,
}

/// Takes the items of a list.
pub(super) fn list(bundle: &mut Bundle, reading: &mut Reading<'_>, entry: &Entry, list: List) {
    for item in reading.items(entry) {
        let keys = reading.entries_of(item, "property");
        for entry in keys {
            if !matches!(entry.name(), Some("type" | "value")) {
                reading.lost(entry, "a property is a type and a value");
            }
        }
        let (Some(kind), Some(value)) = (string(item, "type"), item.value("value")) else {
            if !keys.is_empty() {
                reading.lose(item.span(), "property", "has no type or no value");
            }
            continue;
        };
        property(bundle, reading, (kind, item, value), list);
    }
}

fn property(
    bundle: &mut Bundle,
    reading: &mut Reading<'_>,
    (kind, item, value): (&str, &Node, &Node),
    list: List,
) {
    match (kind, list) {
        // What the bundle is was read before.
        ("olm.package", List::Properties) => {
            reading.only(value, &["packageName", "version"], UNKNOWN);
            let said = string(value, "packageName").zip(string(value, "version"));
            let metadata = &bundle.draft.metadata;
            let is = (metadata.name.as_str(), metadata.version.as_str());
            if said != Some(is) {
                let why = format!(
                    "a bundle is one version of one package, and this is `{}` {}",
                    is.0, is.1
                );
                reading
                    .report
                    .lost(reading.file, value.span(), "property `olm.package`", why);
            }
        }
        ("olm.gvk", List::Properties) => {
            if let Some(api) = api(reading, value) {
                bundle.provides.insert(api);
            }
        }
        ("olm.gvk", List::Dependencies) | ("olm.gvk.required", _) => {
            if let Some(api) = api(reading, value) {
                bundle.requires.insert(api);
            }
        }
        ("olm.package", List::Dependencies) | ("olm.package.required", _) => {
            if let Some(dependency) = package(reading, value, bundle.name())
                && !bundle.dependencies.add(dependency)
            {
                reading.lose(value.span(), "dependency", NOT_JOINED);
            }
        }
        ("olm.constraint", _) => constraint::read(bundle, reading, value),
        ("olm.csv.metadata", _) => bundle.csv_metadata(reading, value),
        ("olm.bundle.object", _) => bundle.object(reading, value),
        _ => {
            let what = format!("property `{}`", brief(kind));
            let why = "the format has no word for it";
            reading.report.lost(reading.file, item.span(), what, why);
        }
    }
}

/// A `group`, `version` and `kind`.
pub(super) fn api(reading: &mut Reading<'_>, node: &Node) -> Option<Capability> {
    reading.only(node, &["group", "version", "kind"], UNKNOWN);
    let group = string(node, "group").map_or_else(String::new, |group| format!("{group}/"));
    let text = format!(
        "{group}{}/{}",
        string(node, "version").unwrap_or_default(),
        string(node, "kind").unwrap_or_default()
    );
    match Capability::parse_api(&text) {
        Ok(api) => Some(api),
        Err(_) => {
            reading.lose(node.span(), "API", "has no `version` or no `kind`");
            None
        }
    }
}

/// A package and the range of its versions.
pub(super) fn package(
    reading: &mut Reading<'_>,
    node: &Node,
    own: &str,
) -> Option<DependencyEntry> {
    const WHAT: &str = "dependency";
    let Some(name) = string(node, "packageName") else {
        reading.lose(node.span(), WHAT, "names no package");
        return None;
    };
    if PackageName::parse(name).is_err() {
        reading.lose(
            node.span(),
            WHAT,
            "has a name that is not that of a package",
        );
        return None;
    }
    if name == own {
        reading.lose(node.span(), WHAT, "is on the package itself");
        return None;
    }
    let mut range = None;
    for entry in entries(node) {
        match entry.name() {
            Some("packageName") => {}
            Some("version" | "versionRange") => range = reading.range(entry),
            _ => reading.lost(entry, "a dependency has a name and a range only"),
        }
    }
    Some(DependencyEntry::new(name, range.as_deref().unwrap_or("*")))
}

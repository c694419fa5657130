//! What a release says of other packages: `dependencies`, `requires`, `provides`, `conflicts`.

use std::collections::BTreeMap;

use catalog_conditions::document::{Fields, Node, Reader};

use super::values::{capabilities, finish, object, optional_text, package, range};
use crate::metadata::{Dependency, Metadata, PackageConflict};

pub(super) fn read(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    metadata: &mut Metadata,
    package: &str,
) {
    if let Some(node) = fields.take("dependencies") {
        let items = reader.items(node, "dependencies").unwrap_or_default();
        metadata.dependencies = items
            .iter()
            .filter_map(|item| dependency(reader, item))
            .collect();
        refuse_odd(reader, items, package);
    }
    if let Some(node) = fields.take("requires") {
        (metadata.requires, metadata.unknown_in_requires) = capabilities(reader, node, "requires");
    }
    if let Some(node) = fields.take("provides") {
        (metadata.provides, metadata.unknown_in_provides) = capabilities(reader, node, "provides");
    }
    if let Some(node) = fields.take("conflicts") {
        let items = reader.items(node, "conflicts").unwrap_or_default();
        metadata.conflicts = items
            .iter()
            .filter_map(|item| conflict(reader, item, package))
            .collect();
    }
}

fn dependency(reader: &mut Reader<'_>, item: &Node) -> Option<Dependency> {
    let mut fields = reader.fields(item, "dependency")?;
    let name = fields
        .required(reader, "name")
        .and_then(|node| package(reader, node, "name"));
    let range = range(reader, &mut fields);
    let catalog = optional_text(reader, &mut fields, "catalog");
    let optional = fields
        .take("optional")
        .and_then(|node| reader.boolean(node, "optional"))
        .unwrap_or(false);
    let values = fields
        .take("values")
        .and_then(|node| object(reader, node, "values"))
        .unwrap_or_default();
    let unknown = finish(reader, fields);
    Some(Dependency {
        package: name?,
        range: range?,
        catalog,
        optional,
        values,
        unknown,
    })
}

fn conflict(reader: &mut Reader<'_>, item: &Node, own: &str) -> Option<PackageConflict> {
    let mut fields = reader.fields(item, "conflict")?;
    let name = fields.required(reader, "name").and_then(|node| {
        let name = package(reader, node, "name")?;
        if name.as_str() == own {
            let message = "a package cannot conflict with itself";
            let diagnostic = reader.error("conflict.self", node.span(), message);
            reader.report(
                diagnostic.help("remove this conflict: an instance has one release at a time"),
            );
        }
        Some(name)
    });
    let range = range(reader, &mut fields);
    let unknown = finish(reader, fields);
    Some(PackageConflict {
        package: name?,
        range: range?,
        unknown,
    })
}

/// A dependency on itself, and the same one twice.
fn refuse_odd(reader: &mut Reader<'_>, items: &[Node], package: &str) {
    let mut seen: BTreeMap<&str, &Node> = BTreeMap::new();
    for node in items.iter().filter_map(|item| item.value("name")) {
        let Some(name) = node
            .as_scalar()
            .map(catalog_conditions::document::Scalar::text)
        else {
            continue;
        };
        if name == package {
            let diagnostic = reader.error(
                "dependency.self",
                node.span(),
                "a package cannot depend on itself",
            );
            reader.report(diagnostic.help("remove this dependency"));
        }
        if let Some(first) = seen.insert(name, node) {
            let message = format!(
                "the dependency `{name}` stands here again, first in line {}",
                reader.line(first.span())
            );
            let diagnostic = reader
                .error("dependency.duplicate", node.span(), message)
                .related(reader.file(), first.span(), "first defined here");
            reader.report(diagnostic.help("put both ranges into one entry: `>=1.2, <2`"));
        }
    }
}

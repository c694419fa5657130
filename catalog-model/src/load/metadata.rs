//! `metadata.yaml`.

use std::collections::BTreeMap;

use catalog_conditions::condition::{Condition, ConditionSet};
use catalog_conditions::document::{Fields, Node, Reader};
use catalog_conditions::version::{KubeVersionRange, Version, VersionRange};

use super::choice::choice;
use super::values::{
    capabilities, namespace, object, optional_text, package, parse_range, range, texts, version,
};
use crate::label;
use crate::metadata::{Dependency, Metadata, PackageConflict, Plane, Scope};

/// A read `metadata.yaml`.
pub(super) struct MetadataFile {
    /// The source text, whether it reads as a version or not.
    pub(super) version: Option<String>,
    pub(super) metadata: Metadata,
    /// What `system` asks of a cluster.
    pub(super) system: ConditionSet,
}

pub(super) fn read(
    reader: &mut Reader<'_>,
    node: &Node,
    package: &str,
    folder: &str,
) -> MetadataFile {
    let mut file = MetadataFile {
        version: None,
        metadata: Metadata::default(),
        system: ConditionSet::default(),
    };
    let Some(mut fields) = reader.fields(node, "metadata.yaml") else {
        return file;
    };
    name(reader, &mut fields, package);
    file.version = version_text(reader, &mut fields, folder);
    let metadata = &mut file.metadata;
    describe(reader, &mut fields, metadata);
    place(reader, &mut fields, metadata);
    relations(reader, &mut fields, metadata, package);
    upgrades(reader, &mut fields, metadata);
    if let Some(node) = fields.take("system") {
        system(reader, node, &mut file.system);
    }
    reader.finish(fields);
    file
}

fn name(reader: &mut Reader<'_>, fields: &mut Fields<'_>, package: &str) {
    let Some(node) = fields.required(reader, "name") else {
        return;
    };
    let Some(name) = reader.text(node, "name") else {
        return;
    };
    if name != package {
        let diagnostic = reader.error(
            "name.folder",
            node.span(),
            format!("the name `{name}` is not that of the package folder, `{package}`"),
        );
        reader.report(diagnostic.help(format!("write `name: {package}`, or rename the folder")));
    }
}

fn version_text(reader: &mut Reader<'_>, fields: &mut Fields<'_>, folder: &str) -> Option<String> {
    let node = fields.required(reader, "version")?;
    let text = reader.text(node, "version")?;
    let bare = |text: &str| text.strip_prefix(['v', 'V']).unwrap_or(text).to_owned();
    if bare(text) != bare(folder) {
        let diagnostic = reader.error(
            "version.folder",
            node.span(),
            format!("the version `{text}` is not that of the version folder, `{folder}`"),
        );
        reader.report(diagnostic.help(format!("write `version: {folder}`, or rename the folder")));
    }
    if let Err(error) = Version::parse(text) {
        let diagnostic = reader.warning("version.unreadable", node.span(), error.to_string());
        reader.report(diagnostic.help("this release can be listed, but never resolved or installed: give it a version such as `1.0.0`"));
    }
    Some(text.to_owned())
}

fn describe(reader: &mut Reader<'_>, fields: &mut Fields<'_>, metadata: &mut Metadata) {
    metadata.description = optional_text(reader, fields, "description");
    if let Some(node) = fields.take_aliased(reader, "maintainer", "maintainers") {
        metadata.maintainers = texts(reader, node, "maintainer");
    }
    metadata.license = optional_text(reader, fields, "license");
    if let Some(node) = fields.take("url") {
        metadata.url = address(reader, node);
    }
    metadata.icon = optional_text(reader, fields, "icon");
    if let Some(node) = fields.take_aliased(reader, "label", "labels") {
        metadata.labels = labels(reader, node);
    }
    if let Some(node) = fields.take("tags") {
        metadata.tags = texts(reader, node, "tags");
    }
    metadata.yanked = optional_text(reader, fields, "yanked");
    metadata.deprecated = optional_text(reader, fields, "deprecated");
}

/// An absolute address: a scheme, `:`, and something after it without white space (RFC 3986, section 3).
fn address(reader: &mut Reader<'_>, node: &Node) -> Option<String> {
    let text = reader.text(node, "url")?;
    let valid = text.split_once(':').is_some_and(|(scheme, rest)| {
        let scheme_fits = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        scheme_fits
            && !rest.is_empty()
            && !rest.contains(|c: char| c.is_whitespace() || c.is_control())
    });
    if !valid {
        let diagnostic = reader.error("url", node.span(), format!("`{text}` is not an address"));
        reader.report(diagnostic.help("write it whole, as `https://example.com/`"));
        return None;
    }
    Some(text.to_owned())
}

fn labels(reader: &mut Reader<'_>, node: &Node) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    let Some(mapping) = node.as_mapping() else {
        reader.wrong_type(node, "label", "a map");
        return labels;
    };
    for entry in mapping.entries() {
        let Some(key) = entry.name() else { continue };
        if let Some(problem) = label::key_problem(key) {
            let diagnostic = reader.error(
                "label",
                entry.key().span(),
                format!("`{key}` is not the key of a label: {problem}"),
            );
            reader.report(diagnostic);
        }
        let Some(value) = reader.text(entry.value(), key) else {
            continue;
        };
        if let Some(problem) = label::value_problem(value) {
            let diagnostic = reader.error(
                "label",
                entry.value().span(),
                format!("`{value}` is not the value of a label: {problem}"),
            );
            reader.report(diagnostic.help("free text belongs into `tags:`"));
        }
        if !entry.value().to_json().is_string() {
            let diagnostic = reader.warning(
                "label.unquoted",
                entry.value().span(),
                format!("the values of labels are texts: `{value}` is read as one"),
            );
            reader.report(diagnostic.help(format!("quote it: \"{value}\"")));
        }
        labels.insert(key.to_owned(), value.to_owned());
    }
    labels
}

fn place(reader: &mut Reader<'_>, fields: &mut Fields<'_>, metadata: &mut Metadata) {
    if let Some(node) = fields.take("scope") {
        metadata.scope = choice(
            reader,
            node,
            "scope",
            &[("cluster", Scope::Cluster), ("namespace", Scope::Namespace)],
        )
        .unwrap_or_default();
    }
    if let Some(node) = fields.take("namespace") {
        metadata.namespace = namespace(reader, node);
        if metadata.scope == Scope::Namespace {
            let diagnostic = reader.warning("namespace.ignored", node.span(), "a package of scope `namespace` goes where it is asked for: this namespace is not used");
            reader.report(diagnostic);
        }
    }
    if let Some(node) = fields.take("plane") {
        metadata.plane = choice(
            reader,
            node,
            "plane",
            &[("data", Plane::Data), ("control", Plane::Control)],
        )
        .unwrap_or_default();
    }
    metadata.group = optional_text(reader, fields, "group");
}

fn relations(
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
        metadata.requires = capabilities(reader, node, "requires");
    }
    if let Some(node) = fields.take("provides") {
        metadata.provides = capabilities(reader, node, "provides");
    }
    if let Some(node) = fields.take("conflicts") {
        let items = reader.items(node, "conflicts").unwrap_or_default();
        metadata.conflicts = items
            .iter()
            .filter_map(|item| conflict(reader, item))
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
    reader.finish(fields);
    Some(Dependency {
        package: name?,
        range: range?,
        catalog,
        optional,
        values,
    })
}

fn conflict(reader: &mut Reader<'_>, item: &Node) -> Option<PackageConflict> {
    let mut fields = reader.fields(item, "conflict")?;
    let name = fields
        .required(reader, "name")
        .and_then(|node| package(reader, node, "name"));
    let range = range(reader, &mut fields);
    reader.finish(fields);
    Some(PackageConflict {
        package: name?,
        range: range?,
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

fn upgrades(reader: &mut Reader<'_>, fields: &mut Fields<'_>, metadata: &mut Metadata) {
    metadata.replaces = fields
        .take("replaces")
        .and_then(|node| version(reader, node, "replaces"));
    if let Some(node) = fields.take("skips") {
        let items = reader.items(node, "skips").unwrap_or_default();
        metadata.skips = items
            .iter()
            .filter_map(|item| version(reader, item, "skips"))
            .collect();
    }
    metadata.skip_range = fields
        .take("skipRange")
        .and_then(|node| parse_range(reader, node, "skipRange"));
}

/// Entries of `system` become conditions, so that there is one mechanism and not two.
fn system(reader: &mut Reader<'_>, node: &Node, conditions: &mut ConditionSet) {
    let Some(mut fields) = reader.fields(node, "system") else {
        return;
    };
    if let Some(node) = fields.take("kubernetes")
        && let Some(text) = reader.text(node, "kubernetes")
    {
        match KubeVersionRange::parse(text) {
            Ok(range) => drop(conditions.push(Condition::kubernetes_version(range))),
            Err(error) => {
                let diagnostic = reader.error("system", node.span(), error.to_string());
                reader.report(diagnostic);
            }
        }
    }
    if let Some(node) = fields.take("vela")
        && let Some(text) = reader.text(node, "vela")
    {
        match VersionRange::parse(text) {
            Ok(range) => drop(conditions.push(Condition::vela_version(range))),
            Err(error) => {
                let diagnostic = reader.error("system", node.span(), error.to_string());
                reader.report(diagnostic);
            }
        }
    }
    // A requirement that nobody checks is worse than none: unknown keys are errors here, strict or not.
    for entry in node
        .as_mapping()
        .map(catalog_conditions::document::Mapping::entries)
        .unwrap_or_default()
    {
        let Some(name) = entry
            .name()
            .filter(|name| !matches!(*name, "kubernetes" | "vela"))
        else {
            continue;
        };
        let near = super::near_name(name, &["kubernetes", "vela"]);
        let diagnostic = reader.error(
            "system",
            entry.key().span(),
            format!("`{name}` is not a system whose version can be asked for"),
        );
        reader.report(match near {
            Some(_) => diagnostic.did_you_mean(near),
            None => diagnostic.help("known: kubernetes, vela; for anything else write a condition"),
        });
    }
}

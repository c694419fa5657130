//! `metadata.yaml`.

use std::collections::BTreeMap;

use catalog_conditions::condition::ConditionSet;
use catalog_conditions::document::{Fields, Node, Reader};
use catalog_conditions::version::Version;
use catalog_conditions::{Fix, Severity};
use serde_json::Value;

use super::address::is_address;
use super::choice::choice;
use super::values::{finish, namespace, optional_text, texts};
use super::{license, relations, system, upgrades};
use crate::label;
use crate::metadata::{Metadata, Plane, Scope};
use crate::name::PackageName;

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
    let version = file.version.as_deref();
    let version = version.and_then(|text| Version::parse(text).ok());
    let metadata = &mut file.metadata;
    describe(reader, &mut fields, metadata);
    place(reader, &mut fields, metadata);
    relations::read(reader, &mut fields, metadata, package);
    upgrades::read(reader, &mut fields, metadata, version.as_ref());
    withdrawals(reader, &mut fields, metadata);
    if let Some(node) = fields.take("system") {
        metadata.system = system::read(reader, node, &mut file.system);
    }
    metadata.unknown = finish(reader, fields);
    file
}

/// What an empty file lacks, both known from the folders.
pub(super) fn head(reader: &Reader<'_>, package: &str, folder: &str) -> Option<Fix> {
    let known = PackageName::parse(package).is_ok() && Version::parse(folder).is_ok();
    known.then(|| reader.appended(&[("name", package), ("version", folder)]))?
}

fn name(reader: &mut Reader<'_>, fields: &mut Fields<'_>, package: &str) {
    let add = |reader: &Reader<'_>, fields: &Fields<'_>| {
        PackageName::parse(package).ok()?;
        reader.added(fields, ("name", package), None)
    };
    let Some(node) = fields.required_or(reader, "name", add) else {
        return;
    };
    let Some(name) = reader.text(node, "name") else {
        return;
    };
    if name == package {
        return;
    }
    let diagnostic = match PackageName::parse(name) {
        Ok(_) => {
            let message =
                format!("the name `{name}` is not that of the package folder, `{package}`");
            let help = format!("write `name: {package}`, or rename the folder");
            reader.error("name.folder", node.span(), message).help(help)
        }
        Err(error) => {
            let diagnostic = reader.error("package-name", node.span(), error.to_string());
            diagnostic.did_you_mean(error.suggestion())
        }
    };
    reader.report(diagnostic);
}

fn version_text(reader: &mut Reader<'_>, fields: &mut Fields<'_>, folder: &str) -> Option<String> {
    let add = |reader: &Reader<'_>, fields: &Fields<'_>| {
        Version::parse(folder).ok()?;
        reader.added(fields, ("version", folder), Some("name"))
    };
    let node = fields.required_or(reader, "version", add)?;
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
    match Version::parse(text) {
        Ok(version) => {
            reader.note_unquoted(node);
            note_revision(reader, node, &version);
        }
        Err(error) => {
            let diagnostic = reader.warning("version.unreadable", node.span(), error.to_string());
            reader.report(diagnostic.help("this release can be listed, but never resolved or installed: give it a version such as `1.0.0`"));
        }
    }
    Some(text.to_owned())
}

/// `4.2.2-6` is a packaging revision to its author, and a prerelease to SemVer.
fn note_revision(reader: &mut Reader<'_>, node: &Node, version: &Version) {
    let Some(revision) = version.packaging_revision() else {
        return;
    };
    let message = format!("`{version}` orders before the release it revises, as SemVer has it");
    let diagnostic = reader.diagnostic(Severity::Note, "version.revision", node.span(), message);
    reader.report(diagnostic.help(format!(
        "a revision that follows the release is written behind `+`: `+{revision}`"
    )));
}

fn describe(reader: &mut Reader<'_>, fields: &mut Fields<'_>, metadata: &mut Metadata) {
    metadata.description = optional_text(reader, fields, "description");
    if let Some(node) = fields.take_aliased(reader, "maintainer", "maintainers") {
        metadata.maintainers = texts(reader, node, "maintainer");
    }
    if let Some(node) = fields.take("license") {
        metadata.license = reader.text(node, "license").map(str::to_owned);
        if let Some(text) = &metadata.license {
            license::note(reader, node, text);
        }
    }
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
}

fn address(reader: &mut Reader<'_>, node: &Node) -> Option<String> {
    let text = reader.text(node, "url")?;
    if is_address(text) {
        return Some(text.to_owned());
    }
    let shown: String = text.chars().take(128).collect();
    let diagnostic = reader.error("url", node.span(), format!("`{shown}` is not an address"));
    reader.report(diagnostic.help("write it whole, as `https://example.com/`"));
    None
}

/// `yanked` and `deprecated`: why, and what instead.
fn withdrawals(reader: &mut Reader<'_>, fields: &mut Fields<'_>, metadata: &mut Metadata) {
    for (key, says) in [
        ("yanked", &mut metadata.yanked),
        ("deprecated", &mut metadata.deprecated),
    ] {
        let Some(node) = fields.take(key) else {
            continue;
        };
        let Some(text) = reader.word(node, key) else {
            continue;
        };
        // An author who writes `false` does not withdraw the release; every other text, an empty one too, does.
        let flag = node.to_json();
        if matches!(flag, Value::Bool(_)) || text.trim().is_empty() {
            let message = format!("`{key}` says why, and this gives no reason");
            let diagnostic = reader.warning("reason", node.span(), message);
            reader.report(match flag {
                Value::Bool(false) => {
                    diagnostic.help(format!("remove `{key}`: this release is not {key}"))
                }
                _ => diagnostic
                    .help("write what is wrong with this release, and what to use instead"),
            });
        }
        if !matches!(flag, Value::Bool(_)) {
            reader.warn_of_ambiguous(node);
        }
        *says = (flag != Value::Bool(false)).then(|| text.to_owned());
    }
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
        reader.warn_of_ambiguous(entry.key());
        let Some(value) = reader.word(entry.value(), key) else {
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
            let fix = reader.quoted(entry.value());
            reader.report(diagnostic.help(format!("quote it: \"{value}\"")).fix(fix));
        } else {
            reader.warn_of_ambiguous(entry.value());
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

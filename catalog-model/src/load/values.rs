//! Values that several files have: versions, ranges, names, capabilities, objects.

use std::collections::BTreeMap;

use catalog_conditions::Severity;
use catalog_conditions::document::{Fields, Node, Reader};
use catalog_conditions::version::{RangeNote, RangeNoteKind, Version, VersionRange};
use serde_json::{Map, Value};

use super::object_text::ObjectTexts;
use crate::capability::{Capability, CapabilityError};
use crate::name::{PackageName, label_problem};
use crate::unknown::UnknownFields;

pub(super) fn package(reader: &mut Reader<'_>, node: &Node, what: &str) -> Option<PackageName> {
    let text = reader.text(node, what)?;
    match PackageName::parse(text) {
        Ok(name) => Some(name),
        Err(error) => {
            let diagnostic = reader.error("package-name", node.span(), error.to_string());
            reader.report(diagnostic.did_you_mean(error.suggestion()));
            None
        }
    }
}

/// The range under `version`; any where there is none.
pub(super) fn range(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Option<VersionRange> {
    match fields.take("version") {
        None => Some(VersionRange::any()),
        Some(node) => parse_range(reader, node, "version"),
    }
}

pub(super) fn parse_range(
    reader: &mut Reader<'_>,
    node: &Node,
    what: &str,
) -> Option<VersionRange> {
    let text = reader.text(node, what)?;
    match VersionRange::parse(text) {
        Ok(range) => {
            note_range(reader, node, range.notes());
            reader.note_unquoted(node);
            Some(range)
        }
        Err(error) => {
            let diagnostic = reader.error("range", node.span(), error.to_string());
            reader.report(diagnostic);
            None
        }
    }
}

/// What a range means less, or otherwise, than it seems to.
pub(super) fn note_range(reader: &mut Reader<'_>, node: &Node, notes: &[RangeNote]) {
    for note in notes {
        let severity = match note.kind() {
            RangeNoteKind::VendorBuildIgnored => Severity::Warning,
            _ => Severity::Note,
        };
        let diagnostic = reader.diagnostic(severity, "range.bound", node.span(), note.to_string());
        reader.report(diagnostic);
    }
}

pub(super) fn version(reader: &mut Reader<'_>, node: &Node, what: &str) -> Option<Version> {
    let text = reader.text(node, what)?;
    match Version::parse(text) {
        Ok(version) => {
            reader.note_unquoted(node);
            Some(version)
        }
        Err(error) => {
            let diagnostic = reader.error("version", node.span(), error.to_string());
            reader.report(diagnostic);
            None
        }
    }
}

/// A name that Kubernetes takes for a namespace.
pub(super) fn namespace(reader: &mut Reader<'_>, node: &Node) -> Option<String> {
    let text = reader.text(node, "namespace")?;
    if let Some(problem) = label_problem(text) {
        let diagnostic = reader.error(
            "namespace",
            node.span(),
            format!("`{text}` is not the name of a namespace: {problem}"),
        );
        reader.report(diagnostic);
        return None;
    }
    Some(text.to_owned())
}

/// A text that may be there.
pub(super) fn optional_text(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    key: &'static str,
) -> Option<String> {
    let node = fields.take(key)?;
    free_text(reader, node, key)
}

/// A version or range that somebody else will read.
pub(super) fn foreign_version(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Option<String> {
    let node = fields.take("version")?;
    reader.note_unquoted(node);
    free_text(reader, node, "version")
}

fn free_text(reader: &mut Reader<'_>, node: &Node, what: &str) -> Option<String> {
    let text = reader.text(node, what)?;
    Some(text.to_owned())
}

/// A list of texts; one text counts as a list of one.
pub(super) fn texts(reader: &mut Reader<'_>, node: &Node, what: &str) -> Vec<String> {
    match node.as_sequence() {
        Some(items) => items
            .iter()
            .filter_map(|item| free_text(reader, item, what))
            .collect(),
        None => free_text(reader, node, what).into_iter().collect(),
    }
}

/// A map of values as Kubernetes' tools read them.
pub(super) fn object(
    reader: &mut Reader<'_>,
    node: &Node,
    what: &str,
) -> Option<Map<String, Value>> {
    object_with(reader, node, what, |_| ())
}

/// The same of an object of which `read` reads some fields as texts.
pub(super) fn object_with(
    reader: &mut Reader<'_>,
    node: &Node,
    what: &str,
    read: impl FnOnce(&mut ObjectTexts<'_, '_>),
) -> Option<Map<String, Value>> {
    if node.as_mapping().is_none() {
        reader.wrong_type(node, what, "a map");
        return None;
    }
    let mut texts = ObjectTexts::new(reader, node);
    read(&mut texts);
    for diagnostic in texts.finish() {
        reader.report(diagnostic);
    }
    match node.to_json() {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

/// Reports the keys that nobody asked for, and keeps them for whoever writes the file again.
pub(super) fn finish(reader: &mut Reader<'_>, fields: Fields<'_>) -> UnknownFields {
    let unknown = UnknownFields::of(fields.unknown());
    reader.finish(fields);
    unknown
}

/// A list of `api:`, `definition:` or `name:` entries, and the unknown keys of those that have some, by index.
pub(super) fn capabilities(
    reader: &mut Reader<'_>,
    node: &Node,
    what: &str,
) -> (Vec<Capability>, BTreeMap<usize, UnknownFields>) {
    let (mut found, mut unknown) = (Vec::new(), BTreeMap::new());
    for item in reader.items(node, what).unwrap_or_default() {
        let Some((capability, fields)) = capability(reader, item, what) else {
            continue;
        };
        if !fields.is_empty() {
            unknown.insert(found.len(), fields);
        }
        found.push(capability);
    }
    (found, unknown)
}

type ParseCapability = fn(&str) -> Result<Capability, CapabilityError>;

fn capability(
    reader: &mut Reader<'_>,
    item: &Node,
    what: &str,
) -> Option<(Capability, UnknownFields)> {
    let mut fields = reader.fields(item, what)?;
    let mut found = Vec::new();
    let kinds: [(&'static str, ParseCapability); 3] = [
        ("api", Capability::parse_api),
        ("definition", Capability::parse_definition),
        ("name", Capability::parse_name),
    ];
    for (key, parse) in kinds {
        let Some(node) = fields.take(key) else {
            continue;
        };
        found.push(reader.text(node, key).and_then(|text| match parse(text) {
            Ok(capability) => Some(capability),
            Err(error) => {
                let diagnostic = reader.error("capability", node.span(), error.to_string());
                reader.report(diagnostic);
                None
            }
        }));
    }
    let unknown = finish(reader, fields);
    if found.len() != 1 {
        let diagnostic = reader.error(
            "capability",
            item.span(),
            format!(
                "an entry of `{what}` has exactly one of `api`, `definition` and `name`, not {}",
                found.len()
            ),
        );
        reader.report(diagnostic);
        return None;
    }
    Some((found.pop().flatten()?, unknown))
}

//! Reading records.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_conditions::document::{self, Fields, Limits, Node, Reader};
use catalog_conditions::{Diagnostic, Severity, SourceFile, Span};

use super::{InstalledDefinition, InstalledRelease};

/// Where each package has been met in each namespace.
pub(super) type Places = BTreeMap<(String, String), (Arc<SourceFile>, Span)>;

/// The records of a file.
pub(super) fn list(
    file: &Arc<SourceFile>,
    limits: &Limits,
) -> (Vec<InstalledRelease>, Vec<Diagnostic>) {
    let read = document::parse(file, limits);
    let mut diagnostics = read.diagnostics;
    let mut reader = Reader::new(file, "installed", Severity::Error);
    let mut records = Vec::new();
    if let Some(second) = read.documents.get(1) {
        let message = "a file of installed releases has one document, and this is a second";
        let diagnostic = reader.error("second-document", second.span(), message);
        reader.report(diagnostic.help("move its records into the list of the first"));
    }
    if let Some(list) = read.documents.first() {
        let mut places = Places::new();
        for node in reader.items(list, "the file").unwrap_or_default() {
            records.extend(record(&mut reader, node, &mut places));
        }
    }
    diagnostics.extend(reader.into_diagnostics());
    (records, diagnostics)
}

/// One record, with the places of those before it.
pub(super) fn record(
    reader: &mut Reader<'_>,
    node: &Node,
    places: &mut Places,
) -> Option<InstalledRelease> {
    let errors = reader.error_count();
    let mut fields = reader.fields(node, "an installed release")?;
    let [package, version, namespace] =
        ["package", "version", "namespace"].map(|key| required(reader, &mut fields, key));
    let [catalog, digest, values_hash] =
        ["catalog", "digest", "valuesHash"].map(|key| optional(reader, &mut fields, key));
    let [is_pinned, is_requested] = ["pinned", "requestedByUser"].map(|key| {
        let node = fields.take(key);
        node.and_then(|node| reader.boolean(node, key))
            .unwrap_or_default()
    });
    let [also_in, needed_by, history] = [
        ("alsoIn", "a catalog"),
        ("neededBy", "a package"),
        ("history", "a version"),
    ]
    .map(|(key, what)| texts(reader, fields.take(key), (key, what)));
    let definitions = definitions(reader, fields.take("definitions"));
    reader.finish(fields);
    let record = InstalledRelease {
        package: package?,
        version: version?,
        namespace: namespace?,
        catalog,
        also_in,
        digest,
        is_pinned,
        is_requested,
        needed_by,
        values_hash,
        definitions,
        history,
    };
    let is_first = is_first(reader, node, &record, places);
    (is_first && reader.error_count() == errors).then_some(record)
}

/// Whether no record before was of the same package in the same namespace.
fn is_first(
    reader: &mut Reader<'_>,
    node: &Node,
    record: &InstalledRelease,
    places: &mut Places,
) -> bool {
    let place = (record.package.clone(), record.namespace.clone());
    if let Some((file, first)) = places.get(&place) {
        let message = format!("`{}` is installed in `{}` twice", place.0, place.1);
        let diagnostic = reader.error("twice", node.span(), message);
        let diagnostic = diagnostic.related(file, *first, "first here");
        reader.report(diagnostic.help("keep the record of what is there"));
        return false;
    }
    places.insert(place, (Arc::clone(reader.file()), node.span()));
    true
}

fn definitions(reader: &mut Reader<'_>, node: Option<&Node>) -> Vec<InstalledDefinition> {
    let items = node.and_then(|node| reader.items(node, "definitions"));
    let items = items.unwrap_or_default().iter();
    items.filter_map(|item| definition(reader, item)).collect()
}

fn definition(reader: &mut Reader<'_>, node: &Node) -> Option<InstalledDefinition> {
    let mut fields = reader.fields(node, "a definition")?;
    let [api_version, kind, name] =
        ["apiVersion", "kind", "name"].map(|key| required(reader, &mut fields, key));
    let namespace = optional(reader, &mut fields, "namespace");
    reader.finish(fields);
    Some(InstalledDefinition {
        api_version: api_version?,
        kind: kind?,
        namespace,
        name: name?,
    })
}

fn required(reader: &mut Reader<'_>, fields: &mut Fields<'_>, key: &'static str) -> Option<String> {
    let node = fields.required(reader, key)?;
    reader.text(node, key).map(str::to_owned)
}

fn optional(reader: &mut Reader<'_>, fields: &mut Fields<'_>, key: &'static str) -> Option<String> {
    let node = fields.take(key)?;
    reader.text(node, key).map(str::to_owned)
}

fn texts(reader: &mut Reader<'_>, node: Option<&Node>, (key, what): (&str, &str)) -> Vec<String> {
    let items = node.and_then(|node| reader.items(node, key));
    let items = items.unwrap_or_default().iter();
    let texts = items.filter_map(|item| reader.text(item, what));
    texts.map(str::to_owned).collect()
}

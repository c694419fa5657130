//! What catalogs say of packages and channels, before any bundle is read: bundles may stand before their channels.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_conditions::SourceFile;
use catalog_conditions::document::{Entry, Node};

use super::csv::{is_range, replaced, skipped};
use super::documents::Documents;
use super::edges::Edges;
use super::icon::{KEYS, icon};
use super::{FORMAT, Streams, catalog};
use crate::import::ImportOptions;
use crate::import::outcome::{Place, Report};
use crate::import::reading::{Reading, entries, string};
use crate::import::walk::unreadable;
use crate::source::Source;

/// What is known of the packages of all catalogs.
#[derive(Default)]
pub(super) struct Catalogs {
    /// The files that have a document of OLM's.
    pub(super) files: Vec<String>,
    pub(super) packages: BTreeMap<String, Package>,
}

/// What is known of a package.
#[derive(Default)]
pub(super) struct Package {
    pub(super) default_channel: Option<String>,
    pub(super) icon: Option<(String, Vec<u8>)>,
    pub(super) description: Option<String>,
    pub(super) deprecated: Option<String>,
    /// By the name of the bundle: why it is not to be used any more.
    pub(super) deprecations: BTreeMap<String, String>,
    /// By the name of the bundle: its channels, each with what is upgraded to it there.
    pub(super) bundles: BTreeMap<String, Vec<(String, Edges)>>,
}

impl Catalogs {
    /// Reads a file that may be a catalog.
    pub(super) fn read(
        &mut self,
        source: &dyn Source,
        streams: &dyn Streams,
        path: &str,
        options: &ImportOptions,
        report: &mut Report,
    ) {
        let shown = source.display(path);
        let mark = report.mark();
        let stream = match streams.open(path) {
            Ok(stream) => stream,
            Err(error) => {
                report.diagnostic(unreadable(&error));
                return report.lost_file(shown, "file", "it could not be read");
            }
        };
        let mut documents = Documents::new(stream, catalog::DOCUMENT_BYTES);
        let mut is_catalog = false;
        while let Ok(Some(piece)) = documents.next() {
            let Some(bytes) = piece.bytes else { continue };
            // Bundles are read later, and they are most of a catalog.
            if catalog::is_bundle(&bytes) {
                is_catalog = true;
                continue;
            }
            let parsed = catalog::parse(&shown, bytes, piece.lines_before, options);
            let Ok((yaml, _)) = parsed else { continue };
            for node in &yaml.documents {
                is_catalog |= string(node, "schema").is_some_and(catalog::is_schema);
                if is_catalog {
                    self.document(&yaml.file, node, report);
                }
            }
        }
        if is_catalog {
            self.files.push(path.to_owned());
        } else {
            let why = "it belongs to no bundle and is no catalog";
            report.lost_since(mark, Place::from(shown), "file", why);
        }
    }

    fn document(&mut self, file: &Arc<SourceFile>, node: &Node, report: &mut Report) {
        let mut reading = Reading {
            file,
            report,
            format: FORMAT,
        };
        match string(node, "schema") {
            Some("olm.package") => self.package(&mut reading, node),
            Some("olm.channel") => self.channel(&mut reading, node),
            Some("olm.deprecations") => self.deprecations(&mut reading, node),
            Some("olm.bundle") => {}
            _ => reading.report.lost(
                file,
                node.span(),
                "document",
                "it is of a schema that is not known",
            ),
        }
    }

    /// What is known of the package that a document is about.
    fn about(&mut self, reading: &mut Reading<'_>, node: &Node, key: &str) -> Option<&mut Package> {
        let Some(name) = string(node, key) else {
            reading.lose(node.span(), "document", "names no package");
            return None;
        };
        Some(self.packages.entry(name.to_owned()).or_default())
    }

    fn package(&mut self, reading: &mut Reading<'_>, node: &Node) {
        let Some(package) = self.about(reading, node, "name") else {
            return;
        };
        for entry in entries(node) {
            match entry.name() {
                Some("schema" | "name") => {}
                Some("defaultChannel") => {
                    package.default_channel = reading.text(entry);
                    reading.lost(
                        entry,
                        "channels are tags, none of which comes first; its upgrades count first",
                    );
                }
                Some("description") => package.description = reading.text(entry),
                Some("icon") => {
                    package.icon = icon(entry.value());
                    reading.only(entry.value(), &KEYS, "a picture is data of a type");
                    if package.icon.is_none() {
                        reading.wrong(entry, "is no picture in base64");
                    }
                }
                _ => reading.lost(entry, "the format has no word for it"),
            }
        }
    }

    fn channel(&mut self, reading: &mut Reading<'_>, node: &Node) {
        let Some(package) = self.about(reading, node, "package") else {
            return;
        };
        let Some(channel) = string(node, "name") else {
            return reading.lose(node.span(), "channel", "has no name");
        };
        for entry in entries(node) {
            match entry.name() {
                Some("schema" | "name" | "package") => {}
                Some("entries") => {
                    for item in reading.items(entry) {
                        let Some(name) = string(item, "name") else {
                            reading.lose(item.span(), "entry", "names no bundle");
                            continue;
                        };
                        let edges = edges(reading, item);
                        let channels = package.bundles.entry(name.to_owned()).or_default();
                        channels.push((channel.to_owned(), edges));
                    }
                }
                _ => reading.lost(entry, "the format has no word for it"),
            }
        }
    }

    fn deprecations(&mut self, reading: &mut Reading<'_>, node: &Node) {
        let Some(package) = self.about(reading, node, "package") else {
            return;
        };
        for entry in entries(node) {
            match entry.name() {
                Some("schema" | "package") => {}
                Some("entries") => {
                    for item in reading.items(entry) {
                        deprecation(package, reading, item);
                    }
                }
                _ => reading.lost(entry, "the format has no word for it"),
            }
        }
    }
}

fn deprecation(package: &mut Package, reading: &mut Reading<'_>, item: &Node) {
    let reference = item.value("reference");
    let why = "a deprecation is a reference and a message";
    reading.only(item, &["reference", "message"], why);
    if let Some(reference) = reference {
        reading.only(reference, &["schema", "name"], why);
    }
    let text = |key| reference.and_then(|node| string(node, key));
    let message = string(item, "message")
        .unwrap_or("its authors call it deprecated")
        .to_owned();
    match (text("schema"), text("name")) {
        (Some("olm.package"), _) => package.deprecated = Some(message),
        (Some("olm.bundle"), Some(name)) => {
            drop(package.deprecations.insert(name.to_owned(), message));
        }
        _ => reading.lose(
            item.span(),
            "deprecation",
            "is of something that is no package and no bundle",
        ),
    }
}

/// What is upgraded to an entry.
fn edges(reading: &mut Reading<'_>, item: &Node) -> Edges {
    let mut edges = Edges::default();
    for entry in entries(item) {
        match entry.name() {
            Some("name") => {}
            Some("replaces") => edges.replaces = replaced(reading, entry),
            Some("skips") => edges.skips = skipped(reading, entry),
            Some("skipRange") => edges.skip_range = range(reading, entry),
            _ => reading.lost(entry, "the format has no word for it"),
        }
    }
    edges
}

fn range(reading: &mut Reading<'_>, entry: &Entry) -> Option<String> {
    let text = reading.text(entry)?;
    is_range(reading, entry, &text).then_some(text)
}

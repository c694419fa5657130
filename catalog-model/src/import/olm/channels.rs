//! What catalogs say of packages and channels, before any bundle is read: bundles may stand before their channels.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_conditions::SourceFile;
use catalog_conditions::document::{Entry, Node};

use super::csv::is_range;
use super::documents::Documents;
use super::edges::{Edge, Edges};
use super::icon::{KEYS, icon};
use super::names::Names;
use super::{FORMAT, Streams, catalog};
use crate::import::ImportOptions;
use crate::import::outcome::{Place, Report};
use crate::import::reading::{Reading, brief, entries, string};
use crate::import::walk::unreadable;
use crate::source::Source;

/// What is known of the packages of all catalogs.
#[derive(Default)]
pub(super) struct Catalogs {
    /// The files that have a document of OLM's.
    pub(super) files: Vec<String>,
    pub(super) packages: BTreeMap<String, Package>,
    /// The bundles of catalogs, and those that are folders.
    pub(super) names: Names,
}

/// What is known of a package.
#[derive(Default)]
pub(super) struct Package {
    pub(super) default_channel: Option<String>,
    pub(super) icon: Option<(String, Vec<u8>)>,
    pub(super) description: Option<String>,
    pub(super) deprecated: Option<(Place, String)>,
    /// By the name of the bundle: why it is not to be used any more, and where that stands.
    pub(super) deprecations: BTreeMap<String, (Place, String)>,
    /// By the name of the bundle: its entries in channels.
    pub(super) bundles: BTreeMap<String, Vec<ChannelEntry>>,
    /// Where its documents are: that of the package itself, and those of its channels.
    documents: Vec<(Place, String)>,
}

/// An entry of a channel.
pub(super) struct ChannelEntry {
    pub(super) channel: String,
    /// What is upgraded to the bundle there.
    pub(super) edges: Edges,
    place: Place,
}

impl Package {
    /// Whether a catalog says what it is or which channels it has. A bundle of such a package is installed from a channel, or not at all.
    pub(super) fn is_in_catalog(&self) -> bool {
        !self.documents.is_empty()
    }

    /// Reports what is said of bundles that are not there, where others of the package are.
    fn report_absent(&self, name: &str, names: &Names, report: &mut Report) {
        let absent = "no bundle of the package has this name";
        for (bundle, entries) in &self.bundles {
            let why = match names.get(name, bundle) {
                Some(named) if named.is_in_catalog => continue,
                Some(_) => {
                    "the bundle itself is there, and counts before what a catalog says of it"
                }
                None => absent,
            };
            for entry in entries {
                let channel = brief(&entry.channel);
                let what = format!("`{}` in the channel `{channel}`", brief(bundle));
                report.lost_place(entry.place.clone(), what, why);
            }
        }
        for (bundle, (place, _)) in &self.deprecations {
            if names.get(name, bundle).is_none() {
                let what = format!("deprecation of `{}`", brief(bundle));
                report.lost_place(place.clone(), what, absent);
            }
        }
    }
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
            // What it is made of is read later; upgrades and channels name it.
            Some("olm.bundle") => {
                let named = string(node, "name").zip(catalog::own(node));
                if let Some((name, (package, version))) = named {
                    self.names.add(package, name, version, true);
                }
            }
            schema => {
                let why = match schema {
                    Some(_) => "it is of a schema that is not known",
                    None => "it names no `schema`",
                };
                reading.report.lost(file, node.span(), "document", why);
            }
        }
    }

    /// Reports what is said of bundles that are not there, once the names of all of them are known.
    pub(super) fn report_absent(&self, report: &mut Report) {
        for (name, package) in &self.packages {
            if self.names.has_package(name) {
                package.report_absent(name, &self.names, report);
                continue;
            }
            let shown = brief(name);
            let documents = package.documents.iter();
            let mut lost: Vec<_> = documents
                .map(|(place, what)| (place, what.clone()))
                .collect();
            let deprecations = package
                .deprecated
                .iter()
                .chain(package.deprecations.values());
            lost.extend(deprecations.map(|(place, _)| (place, "deprecation".to_owned())));
            for (place, what) in lost {
                let why = format!("there is no bundle of the package `{shown}`");
                report.lost_place(place.clone(), what, why);
            }
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
        let place = Place::line(reading.file.path(), reading.file.line(node.span().start));
        let Some(package) = self.about(reading, node, "name") else {
            return;
        };
        let what = format!(
            "package `{}`",
            brief(string(node, "name").unwrap_or_default())
        );
        package.documents.push((place, what));
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
        let place = Place::line(reading.file.path(), reading.file.line(node.span().start));
        package
            .documents
            .push((place, format!("channel `{}`", brief(channel))));
        for entry in entries(node) {
            match entry.name() {
                Some("schema" | "name" | "package") => {}
                Some("entries") => {
                    for item in reading.items(entry) {
                        let Some(name) = string(item, "name") else {
                            reading.lose(item.span(), "entry", "names no bundle");
                            continue;
                        };
                        let line = reading.file.line(item.span().start);
                        let entry = ChannelEntry {
                            channel: channel.to_owned(),
                            edges: edges(reading, item),
                            place: Place::line(reading.file.path(), line),
                        };
                        package
                            .bundles
                            .entry(name.to_owned())
                            .or_default()
                            .push(entry);
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
    let place = Place::line(reading.file.path(), reading.file.line(item.span().start));
    let message = string(item, "message")
        .unwrap_or("its authors call it deprecated")
        .to_owned();
    match (text("schema"), text("name")) {
        (Some("olm.package"), _) => package.deprecated = Some((place, message)),
        (Some("olm.bundle"), Some(name)) => {
            drop((package.deprecations).insert(name.to_owned(), (place, message)));
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
            Some("replaces") => edges.replaces = Edge::read(reading, entry),
            Some("skips") => edges.skips = Edge::read_all(reading, entry),
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

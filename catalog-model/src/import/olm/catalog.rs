//! The bundles of a file-based catalog.

use std::sync::Arc;

use catalog_conditions::document::Node;
use catalog_conditions::version::Version;
use catalog_conditions::{Diagnostic, SourceFile, Span};
use serde_json::json;

use super::bundle::Bundle;
use super::channels::Catalogs;
use super::csv::images;
use super::documents::Documents;
use super::edges::{Edges, Resolver};
use super::property::{self, List};
use super::{FORMAT, Streams};
use crate::import::ImportOptions;
use crate::import::file_name::is_segment;
use crate::import::made::Made;
use crate::import::outcome::{Place, Report};
use crate::import::reading::{Reading, add_tags, brief, entries, string};
use crate::import::releases::Releases;
use crate::import::walk::unreadable;
use crate::import::yaml::YamlFile;
use crate::module::ModuleContent;
use crate::name::PackageName;
use crate::source::SourceError;

/// Bytes in a document: packed objects of a bundle are several CRDs.
pub(super) const DOCUMENT_BYTES: usize = 16 << 20;
/// Nodes in a document.
const NODES: usize = 400_000;
/// The schema of bundles.
const BUNDLE: &str = "olm.bundle";

/// Whether a schema is one of OLM's.
pub(super) fn is_schema(schema: &str) -> bool {
    matches!(
        schema,
        "olm.package" | "olm.channel" | BUNDLE | "olm.deprecations"
    )
}

/// The documents of a piece of a stream.
pub(super) fn parse(
    shown: &str,
    bytes: Vec<u8>,
    lines_before: usize,
    options: &ImportOptions,
) -> Result<(YamlFile, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut limits = options.limits.clone();
    limits.file_bytes = DOCUMENT_BYTES;
    limits.document_bytes = DOCUMENT_BYTES;
    limits.nodes = limits.nodes.max(NODES);
    match String::from_utf8(bytes) {
        Ok(text) => YamlFile::parse("", SourceFile::excerpt(shown, text, lines_before), &limits),
        Err(_) => {
            let file = SourceFile::excerpt(shown, " ", lines_before);
            let message = "this document is not UTF-8";
            Err(vec![
                Diagnostic::error("file.not-utf8", message).at(&file, Span::default()),
            ])
        }
    }
}

/// A catalog that is being read.
pub(super) struct File<'a> {
    pub(super) shown: String,
    pub(super) catalogs: &'a Catalogs,
    pub(super) options: &'a ImportOptions,
}

impl File<'_> {
    /// Reads the bundles of a catalog.
    ///
    /// # Errors
    ///
    /// What is made cannot be put where it goes.
    pub(super) fn read(
        &self,
        streams: &dyn Streams,
        path: &str,
        releases: &mut Releases<'_>,
        report: &mut Report,
    ) -> Result<(), SourceError> {
        let stream = match streams.open(path) {
            Ok(stream) => stream,
            Err(error) => {
                report.diagnostic(unreadable(&error));
                return Ok(());
            }
        };
        let mut documents = Documents::new(stream, DOCUMENT_BYTES);
        loop {
            let piece = match documents.next() {
                Ok(Some(piece)) => piece,
                Ok(None) => return Ok(()),
                Err(error) => {
                    let message = format!("this cannot be read to its end: {error}");
                    let diagnostic = Diagnostic::error("file.unreadable", message);
                    report.diagnostic(diagnostic.at_path(&self.shown));
                    return Ok(());
                }
            };
            let place = Place::line(&self.shown, piece.lines_before + 1);
            let Some(bytes) = piece.bytes else {
                let why = format!("it has more than the {DOCUMENT_BYTES} bytes allowed");
                let file = SourceFile::excerpt(self.shown.as_str(), " ", piece.lines_before);
                let diagnostic =
                    Diagnostic::error("bundle.limit", format!("this document is too large: {why}"));
                report.diagnostic(diagnostic.at(&file, Span::default()));
                report.lost_place(place, "document", why);
                continue;
            };
            match parse(&self.shown, bytes, piece.lines_before, self.options) {
                Ok((yaml, diagnostics)) => {
                    report.diagnostics(diagnostics);
                    for node in &yaml.documents {
                        if string(node, "schema") == Some(BUNDLE) {
                            self.bundle(&yaml.file, node, releases, report)?;
                        }
                    }
                }
                Err(diagnostics) => {
                    report.diagnostics(diagnostics);
                    report.lost_place(place, "document", "it cannot be read");
                }
            }
        }
    }

    fn bundle(
        &self,
        file: &Arc<SourceFile>,
        node: &Node,
        releases: &mut Releases<'_>,
        report: &mut Report,
    ) -> Result<(), SourceError> {
        let mark = report.mark();
        let place = Place::line(&self.shown, file.line(node.span().start));
        let mut reading = Reading {
            file,
            report,
            format: FORMAT,
        };
        let what = format!(
            "bundle `{}`",
            brief(string(node, "name").unwrap_or_default())
        );
        let made = match identity(&mut reading, node) {
            Some((name, version)) => {
                let is_there = releases
                    .place(&name, &version)
                    .is_some_and(|first| first.line.is_none());
                if is_there {
                    let why =
                        "the bundle itself is there, and counts before what a catalog says of it";
                    report.lost_since(mark, place, &what, why);
                    return Ok(());
                }
                let own_name = string(node, "name").unwrap_or_default();
                let bundle = Bundle::new(&name, &version, own_name, place.clone());
                self.release(file, node, bundle, report)
            }
            None => None,
        };
        match made {
            Some(made) => releases.add(made, mark, report),
            None => {
                let why = "it could not be made into a release; the diagnostics say why";
                report.lost_since(mark, place, &what, why);
                Ok(())
            }
        }
    }

    fn release(
        &self,
        file: &Arc<SourceFile>,
        node: &Node,
        mut bundle: Bundle,
        report: &mut Report,
    ) -> Option<Made> {
        let mut reading = Reading {
            file,
            report,
            format: FORMAT,
        };
        for entry in entries(node) {
            match entry.name() {
                Some("schema" | "name" | "package") => {}
                Some("image") => {
                    if let Some(image) = reading.text(entry) {
                        bundle.image("bundle", &image);
                        let content = ModuleContent::Opaque {
                            kind: "bundle".to_owned(),
                            value: json!({"image": image}),
                        };
                        bundle.draft.module("bundle", content);
                    }
                }
                Some("properties") => {
                    property::list(&mut bundle, &mut reading, entry, List::Properties)
                }
                Some("relatedImages") => images(&mut bundle, &mut reading, entry),
                _ => reading.lost(entry, "the format has no word for it"),
            }
        }
        self.package(&mut bundle, report);
        bundle.finish(&self.catalogs.names, self.options, report)
    }

    /// What the package and its channels say of a bundle. The upgrades of the default channel come first.
    fn package(&self, bundle: &mut Bundle, report: &mut Report) {
        let Some(package) = self.catalogs.packages.get(bundle.name()) else {
            return;
        };
        let name = bundle.own_name.as_str();
        let metadata = &mut bundle.draft.metadata;
        let mut entries: Vec<_> = package.bundles.get(name).into_iter().flatten().collect();
        if entries.is_empty() && package.is_in_catalog() {
            let why = "it is in no channel, and OLM installs from channels only";
            metadata.yanked = Some(why.to_owned());
            let what = format!("bundle `{}`", brief(name));
            let why = format!("{why}; the release is there, and yanked");
            report.lost_place(bundle.draft.place.clone(), what, why);
        }
        entries.sort_by_key(|entry| Some(&entry.channel) != package.default_channel.as_ref());
        let mut resolver = Resolver {
            names: &self.catalogs.names,
            own: name,
            report,
        };
        for entry in &entries {
            add_tags(metadata, [entry.channel.clone()]);
            entry.edges.add_to(metadata, &mut resolver);
        }
        // What the CSV itself says of upgrades counts where there are no channels only.
        if !entries.is_empty() {
            bundle.edges = Edges::default();
        }
        let deprecated = (package.deprecations.get(name)).or(package.deprecated.as_ref());
        metadata.deprecated = deprecated.map(|(_, message)| message.clone());
        if bundle.description.is_none() {
            bundle.description.clone_from(&package.description);
        }
        if let (Some((icon, bytes)), None) = (&package.icon, &bundle.draft.metadata.icon) {
            bundle.draft.metadata.icon = Some(icon.clone());
            bundle.draft.keep(icon.clone(), &self.shown, bytes.clone());
        }
    }
}

/// The property `olm.package` of a bundle.
fn own_property(node: &Node) -> Option<&Node> {
    let mut properties = node.value("properties")?.as_sequence()?.iter();
    let own = properties.find(|item| string(item, "type") == Some("olm.package"));
    own?.value("value")
}

/// The package and version that a bundle says it is, as they are written.
pub(super) fn own(node: &Node) -> Option<(&str, &str)> {
    let own = own_property(node)?;
    string(own, "packageName").zip(string(own, "version"))
}

/// The package and version of a bundle; `None`, with an error, if they cannot be folders.
fn identity(reading: &mut Reading<'_>, node: &Node) -> Option<(String, String)> {
    let Some(own) = own_property(node) else {
        reading.error(
            "package",
            node.span(),
            "this bundle has no property `olm.package`",
        );
        return None;
    };
    let name = string(own, "packageName").unwrap_or_default();
    let version = string(own, "version").unwrap_or_default();
    if let Err(error) = PackageName::parse(name) {
        reading.error("package", own.span(), error.to_string());
        return None;
    }
    if let Some(other) = string(node, "package").filter(|other| *other != name) {
        let message = format!("this is of `{name}`, and stands under `{}`", brief(other));
        reading.warn("package", own.span(), message);
    }
    if !is_segment(version) {
        let message = format!(
            "the version `{}` cannot be the name of a folder",
            brief(version)
        );
        reading.error("version", own.span(), message);
        return None;
    }
    if let Err(error) = Version::parse(version) {
        reading.warn("version", own.span(), error.to_string());
    }
    Some((name.to_owned(), version.to_owned()))
}

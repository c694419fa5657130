//! A bundle whose files are at hand.

use std::collections::BTreeMap;

use catalog_conditions::Diagnostic;
use catalog_conditions::document::{Entry, Node};
use catalog_conditions::version::Version;

use super::FORMAT;
use super::bundle::Bundle;
use super::edges::version_of;
use super::names::Names;
use super::property::{self, List};
use crate::import::ImportOptions;
use crate::import::file_name::is_segment;
use crate::import::made::Made;
use crate::import::outcome::{Place, Report};
use crate::import::reading::{Reading, brief, entries, string};
use crate::import::releases::Releases;
use crate::import::walk::{below, files, unreadable};
use crate::import::yaml::YamlFile;
use crate::name::PackageName;
use crate::source::{Source, SourceError};

const PACKAGE: &str = "operators.operatorframework.io.bundle.package.v1";
const CHANNELS: &str = "operators.operatorframework.io.bundle.channels.v1";
const DEFAULT_CHANNEL: &str = "operators.operatorframework.io.bundle.channel.default.v1";
const MANIFESTS: &str = "operators.operatorframework.io.bundle.manifests.v1";
/// How the path of the file begins that makes a folder a bundle.
const ANNOTATIONS: &str = "metadata/annotations.";
/// The kind of what says which bundle it is.
const CSV: &str = "ClusterServiceVersion";
/// Annotations that say how a bundle is packed, and nothing of what is in it.
const PACKING: [&str; 7] = [
    "operators.operatorframework.io.bundle.mediatype.v1",
    "operators.operatorframework.io.bundle.metadata.v1",
    "operators.operatorframework.io.metrics.builder",
    "operators.operatorframework.io.metrics.mediatype.v1",
    "operators.operatorframework.io.metrics.project_layout",
    "operators.operatorframework.io.test.config.v1",
    "operators.operatorframework.io.test.mediatype.v1",
];

/// The file that makes a folder a bundle, if it is there.
pub(super) fn annotations(source: &dyn Source, folder: &str) -> Option<String> {
    let entries = source.list(&below(folder, "metadata")).ok()?;
    let names = ["annotations.yaml", "annotations.yml"];
    let name = names
        .into_iter()
        .find(|name| entries.iter().any(|entry| entry.name == *name))?;
    Some(format!("metadata/{name}"))
}

/// Adds the name of the bundle of a folder, if it has one. What is wrong with it is reported when the bundle is read.
pub(super) fn name(source: &dyn Source, options: &ImportOptions, folder: &str, names: &mut Names) {
    let mut unheard = Report::default();
    let report = &mut unheard;
    // Definitions are most of a bundle, and say no name.
    let is_wanted = |path: &str, bytes: &[u8]| {
        path.starts_with(ANNOTATIONS) || bytes.windows(CSV.len()).any(|part| part == CSV.as_bytes())
    };
    let Some(files) = Files::of(source, options, folder, &is_wanted, report) else {
        return;
    };
    let annotations = (files.yaml.iter()).find(|(path, _)| path.starts_with(ANNOTATIONS));
    let Some((_, annotations)) = annotations else {
        return;
    };
    let manifests = manifests_folder(annotations);
    let place = Place::from(String::new());
    if let (Some(package), Some((name, version))) = (
        files.package(annotations, report),
        files.identity(&manifests, &place, report),
    ) {
        names.add(&package, &name, &version, false);
    }
}

/// Reads the bundle of a folder.
///
/// # Errors
///
/// What is made cannot be put where it goes.
pub(super) fn read(
    source: &dyn Source,
    options: &ImportOptions,
    folder: &str,
    names: &Names,
    releases: &mut Releases<'_>,
    report: &mut Report,
) -> Result<(), SourceError> {
    let mark = report.mark();
    let place = Place::from(source.display(folder));
    let made = Files::of(source, options, folder, &|_, _| true, report)
        .and_then(|files| files.bundle(names, place.clone(), report));
    match made {
        Some(made) => releases.add(made, mark, report),
        None => {
            let why = "it could not be made into a release; the diagnostics say why";
            report.lost_since(mark, place, "bundle", why);
            Ok(())
        }
    }
}

/// The files of a bundle that can be read as YAML, and the rest.
struct Files<'a> {
    options: &'a ImportOptions,
    yaml: BTreeMap<String, YamlFile>,
    rest: BTreeMap<String, Vec<u8>>,
    folder: String,
}

impl<'a> Files<'a> {
    fn of(
        source: &dyn Source,
        options: &'a ImportOptions,
        folder: &str,
        is_wanted: &dyn Fn(&str, &[u8]) -> bool,
        report: &mut Report,
    ) -> Option<Self> {
        let (mut yaml, mut rest) = (BTreeMap::new(), BTreeMap::new());
        for path in files(source, folder, options, FORMAT, report)? {
            let full = below(folder, &path);
            let shown = source.display(&full);
            let bytes = match source.read(&full, options.limits.file_bytes) {
                Ok(bytes) => bytes,
                Err(error) => {
                    report.diagnostic(unreadable(&error));
                    report.lost_file(shown, "file", "it could not be read");
                    continue;
                }
            };
            if !is_wanted(&path, &bytes) {
                continue;
            }
            let is_yaml = [".yaml", ".yml", ".json"]
                .iter()
                .any(|end| path.ends_with(end));
            if !is_yaml {
                rest.insert(path, bytes);
                continue;
            }
            match YamlFile::read(&path, &shown, bytes.clone(), &options.limits, report) {
                Some(read) => drop(yaml.insert(path, read)),
                None => drop(rest.insert(path, bytes)),
            }
        }
        Some(Self {
            options,
            yaml,
            rest,
            folder: source.display(folder),
        })
    }

    /// The release of the bundle; `None`, with an error, if there is none to be made.
    fn bundle(mut self, names: &Names, place: Place, report: &mut Report) -> Option<Made> {
        let metadata: Vec<String> = (self.yaml.keys())
            .filter(|path| path.starts_with("metadata/"))
            .cloned()
            .collect();
        let is_annotations = |path: &&String| path.starts_with(ANNOTATIONS);
        let annotations = metadata.iter().find(is_annotations)?;
        let annotations = self.yaml.remove(annotations)?;
        let package = self.package(&annotations, report)?;
        let folder = manifests_folder(&annotations);
        let (name, version) = self.identity(&folder, &place, report)?;
        let mut bundle = Bundle::new(&package, &version, &name, place);
        self.annotations(&annotations, &mut bundle, report);
        for path in metadata.iter().filter(|path| *path != &annotations.path) {
            if let Some(yaml) = self.yaml.remove(path) {
                lists(&yaml, &mut bundle, report);
            }
        }
        let manifests: Vec<String> = (self.yaml.keys())
            .filter(|path| path.starts_with(&folder))
            .cloned()
            .collect();
        for path in manifests {
            if let Some(mut yaml) = self.yaml.remove(&path) {
                yaml.path = path.strip_prefix(&folder).unwrap_or(&path).to_owned();
                bundle.objects(&yaml, report);
            }
        }
        for (path, yaml) in self.yaml {
            let bytes = yaml.file.text().as_bytes().to_vec();
            self.rest.insert(path, bytes);
        }
        for (path, bytes) in self.rest {
            let origin = below(&self.folder, &path);
            bundle.draft.keep_unknown(&path, &origin, bytes, report);
        }
        bundle.finish(names, self.options, report)
    }

    fn package(&self, yaml: &YamlFile, report: &mut Report) -> Option<String> {
        let node = yaml
            .documents
            .first()
            .and_then(|node| node.value("annotations"));
        let name = node.and_then(|node| string(node, PACKAGE));
        let mut reading = reading(yaml, report);
        let span = node.map(Node::span).unwrap_or_default();
        let Some(name) = name else {
            let message = format!("this has no `{PACKAGE}` and names no package");
            reading.error("package", span, message);
            return None;
        };
        match PackageName::parse(name) {
            Ok(_) => Some(name.to_owned()),
            Err(error) => {
                reading.error("package", span, error.to_string());
                None
            }
        }
    }

    /// The name and version of the one CSV; the name is empty where it has none.
    fn identity(
        &self,
        folder: &str,
        place: &Place,
        report: &mut Report,
    ) -> Option<(String, String)> {
        let manifests = self
            .yaml
            .iter()
            .filter(|(path, _)| path.starts_with(folder));
        let mut csvs = manifests.flat_map(|(_, yaml)| {
            let is_csv = |node: &&Node| string(node, "kind") == Some(CSV);
            yaml.documents
                .iter()
                .filter(is_csv)
                .map(move |node| (yaml, node))
        });
        let (Some((yaml, node)), second) = (csvs.next(), csvs.next()) else {
            let message = "this bundle has no ClusterServiceVersion";
            report.diagnostic(Diagnostic::error("bundle.csv", message).at_path(&place.file));
            return None;
        };
        if let Some((second, node)) = second {
            let message = "this is a second ClusterServiceVersion, and a bundle has one";
            reading(second, report).error("csv", node.span(), message);
            return None;
        }
        let written = node.value("spec").and_then(|spec| string(spec, "version"));
        let name = node
            .value("metadata")
            .and_then(|metadata| string(metadata, "name"));
        let Some(version) = written.or_else(|| version_of(name?)) else {
            reading(yaml, report).error("version", node.span(), "this has no `spec.version`");
            return None;
        };
        if !is_segment(version) {
            let message = format!(
                "the version `{}` cannot be the name of a folder",
                brief(version)
            );
            reading(yaml, report).error("version", node.span(), message);
            return None;
        }
        if let Err(error) = Version::parse(version) {
            reading(yaml, report).warn("version", node.span(), error.to_string());
        }
        Some((name.unwrap_or_default().to_owned(), version.to_owned()))
    }

    fn annotations(&self, yaml: &YamlFile, bundle: &mut Bundle, report: &mut Report) {
        let mut reading = reading(yaml, report);
        reading.only_first(&yaml.documents);
        for entry in yaml.documents.first().map(entries).unwrap_or_default() {
            if entry.name() != Some("annotations") {
                reading.lost(entry, "the format has no word for it");
                continue;
            }
            for entry in reading.entries(entry) {
                annotation(entry, bundle, &mut reading);
            }
        }
    }
}

fn annotation(entry: &Entry, bundle: &mut Bundle, reading: &mut Reading<'_>) {
    match entry.name().unwrap_or_default() {
        PACKAGE | MANIFESTS => {}
        CHANNELS => {
            let channels = reading.text(entry).unwrap_or_default();
            let channels = channels.split(',').map(str::trim);
            channels
                .filter(|channel| !channel.is_empty())
                .for_each(|channel| bundle.channel(channel));
        }
        DEFAULT_CHANNEL => reading.lost(entry, "channels are tags, none of which comes first"),
        name if PACKING.contains(&name) => {
            reading.lost(entry, "it says how the bundle is packed or tested");
        }
        _ => reading.annotation(entry, &mut bundle.draft.metadata),
    }
}

/// `dependencies.yaml` and `properties.yaml`.
fn lists(yaml: &YamlFile, bundle: &mut Bundle, report: &mut Report) {
    let mut reading = reading(yaml, report);
    reading.only_first(&yaml.documents);
    for entry in yaml.documents.first().map(entries).unwrap_or_default() {
        match entry.name() {
            Some("dependencies") => property::list(bundle, &mut reading, entry, List::Dependencies),
            Some("properties") => property::list(bundle, &mut reading, entry, List::Properties),
            _ => reading.lost(entry, "the format has no word for it"),
        }
    }
}

/// Where the manifests are; they may say so.
fn manifests_folder(annotations: &YamlFile) -> String {
    let node = annotations
        .documents
        .first()
        .and_then(|node| node.value("annotations"));
    let folder = node
        .and_then(|node| string(node, MANIFESTS))
        .unwrap_or("manifests");
    let folder = folder.trim_start_matches("./").trim_matches('/');
    format!("{folder}/")
}

fn reading<'a>(yaml: &'a YamlFile, report: &'a mut Report) -> Reading<'a> {
    Reading {
        file: &yaml.file,
        report,
        format: FORMAT,
    }
}

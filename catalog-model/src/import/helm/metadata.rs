//! What `Chart.yaml` and the entries of an index say alike.

use catalog_conditions::document::{Entry, Node};
use catalog_conditions::version::Version;

use crate::import::file_name::is_segment;
use crate::import::person::person;
use crate::import::reading::{Reading, brief, entries, string};
use crate::label::value_problem;
use crate::name::PackageName;
use crate::write::MetadataFile;

/// What a chart says of itself; `None`, with an error, if it names no package or no version that could be a folder.
pub(super) fn read(reading: &mut Reading<'_>, node: &Node) -> Option<MetadataFile> {
    let (name, version) = (name(reading, node)?, version(reading, node)?);
    let mut metadata = MetadataFile::new(name, version);
    for entry in entries(node) {
        field(reading, entry, &mut metadata);
    }
    Some(metadata)
}

fn name(reading: &mut Reading<'_>, node: &Node) -> Option<String> {
    let span = node.value("name").map_or(node.span(), Node::span);
    let Some(name) = string(node, "name") else {
        reading.error("name", span, "this chart has no `name`");
        return None;
    };
    match PackageName::parse(name) {
        Ok(_) => Some(name.to_owned()),
        Err(error) => {
            reading.error("name", span, error.to_string());
            None
        }
    }
}

fn version(reading: &mut Reading<'_>, node: &Node) -> Option<String> {
    let span = node.value("version").map_or(node.span(), Node::span);
    let Some(version) = string(node, "version") else {
        reading.error(
            "version",
            span,
            "this chart has no `version`, and a release needs one",
        );
        return None;
    };
    if !is_segment(version) {
        let message = format!(
            "the version `{}` cannot be the name of a folder",
            brief(version)
        );
        reading.error("version", span, message);
        return None;
    }
    if let Err(error) = Version::parse(version) {
        reading.warn("version", span, error.to_string());
    }
    Some(version.to_owned())
}

fn field(reading: &mut Reading<'_>, entry: &Entry, metadata: &mut MetadataFile) {
    match entry.name().unwrap_or_default() {
        // Read before or after; the rest of an entry of an index is read by whoever reads indexes.
        "name" | "version" | "dependencies" | "urls" | "digest" | "created" | "removed" => {}
        "apiVersion" => api_version(reading, entry),
        "description" => metadata.description = reading.text(entry),
        "icon" => metadata.icon = reading.text(entry),
        "home" => metadata.url = reading.address(entry),
        "keywords" => reading.tags(entry, metadata),
        "maintainers" => maintainers(reading, entry, metadata),
        "kubeVersion" => reading.kubernetes(entry, metadata),
        "appVersion" => app_version(reading, entry, metadata),
        "annotations" => annotations(reading, entry, metadata),
        "deprecated" => {
            if reading.boolean(entry) == Some(true) {
                metadata.deprecated = Some("its authors call this chart deprecated".to_owned());
            }
        }
        "type" => match reading.text(entry).as_deref() {
            None | Some("application") => {}
            Some("library") => {
                reading.lost(entry, "a library brings templates for other charts, which the format does not tell from one that installs something");
            }
            Some(_) => reading.wrong(entry, "is neither `application` nor `library`"),
        },
        "sources" => reading.lost(entry, "a package has one address, which is `home`"),
        "engine" | "tillerVersion" => reading.lost(entry, "it means nothing since Helm 3"),
        "condition" | "tags" => reading.lost(entry, "it switches a chart off inside of another"),
        _ => reading.lost(entry, "the format has no such key"),
    }
}

fn api_version(reading: &mut Reading<'_>, entry: &Entry) {
    let text = reading.text(entry);
    if !matches!(text.as_deref(), None | Some("v1" | "v2")) {
        reading.lost(
            entry,
            "charts of this version are not known: they are read as those of `v2`",
        );
    }
}

/// The version of what is packaged, under the label that Kubernetes recommends for it.
fn app_version(reading: &mut Reading<'_>, entry: &Entry, metadata: &mut MetadataFile) {
    let Some(text) = reading.text(entry) else {
        return;
    };
    if value_problem(&text).is_some() {
        return reading.lost(entry, "it is no value of a label");
    }
    let key = "app.kubernetes.io/version".to_owned();
    metadata.labels.insert(key, text);
}

/// `name <email> (url)`, as package managers write people.
fn maintainers(reading: &mut Reading<'_>, entry: &Entry, metadata: &mut MetadataFile) {
    for item in reading.items(entry) {
        if let Some(maintainer) = person(reading, item) {
            metadata.maintainers.push(maintainer);
        }
    }
}

fn annotations(reading: &mut Reading<'_>, entry: &Entry, metadata: &mut MetadataFile) {
    for annotation in reading.entries(entry) {
        match annotation.name() {
            Some("artifacthub.io/license") => metadata.license = reading.text(annotation),
            _ => reading.annotation(annotation, metadata),
        }
    }
}

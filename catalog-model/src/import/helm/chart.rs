//! A chart whose files are at hand.

use std::collections::BTreeMap;

use catalog_conditions::Diagnostic;
use catalog_conditions::document::Node;

use super::{FORMAT, dependencies, metadata};
use crate::import::ImportOptions;
use crate::import::made::Draft;
use crate::import::outcome::Report;
use crate::import::reading::Reading;
use crate::import::releases::Releases;
use crate::import::walk::{below, files, unreadable};
use crate::import::yaml::YamlFile;
use crate::module::ModuleContent;
use crate::source::{Source, SourceError};

/// The file that makes a folder a chart.
pub(super) const FILE: &str = "Chart.yaml";

/// The file in which charts of Helm 2 name what they depend on.
const REQUIREMENTS: &str = "requirements.yaml";

/// The files of a chart, by path in it.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// Reads the chart of a folder.
///
/// # Errors
///
/// What is made cannot be put where it goes.
pub(super) fn folder(
    source: &dyn Source,
    options: &ImportOptions,
    folder: &str,
    releases: &mut Releases<'_>,
    report: &mut Report,
) -> Result<(), SourceError> {
    let mark = report.mark();
    let shown = source.display(folder);
    let mut contents = Files::new();
    let paths = files(source, folder, options, FORMAT, report);
    let is_whole = paths.is_some();
    for path in paths.unwrap_or_default() {
        let full = below(folder, &path);
        match source.read(&full, options.limits.file_bytes) {
            Ok(bytes) => drop(contents.insert(path, bytes)),
            Err(error) => {
                report.diagnostic(unreadable(&error));
                report.lost_file(source.display(&full), "file", "it could not be read");
            }
        }
    }
    let made = is_whole
        .then(|| draft(contents, &shown, options, report))
        .flatten()
        .and_then(|draft| draft.finish(options, report));
    match made {
        Some(made) => releases.add(made, mark, report),
        None => {
            report.lost_since(mark, shown, "chart", NOT_MADE);
            Ok(())
        }
    }
}

/// Why there is no release of a chart.
pub(super) const NOT_MADE: &str = "it could not be made into a release; the diagnostics say why";

/// What is made of the files of a chart; `None`, with an error, if there is no release to be made.
pub(super) fn draft(
    files: Files,
    shown: &str,
    options: &ImportOptions,
    report: &mut Report,
) -> Option<Draft> {
    let Some(bytes) = files.get(FILE) else {
        let diagnostic =
            Diagnostic::error("helm.chart", "this has no `Chart.yaml` and is no chart");
        report.diagnostic(diagnostic.at_path(shown));
        return None;
    };
    let path = below(shown, FILE);
    let yaml = YamlFile::read(FILE, &path, bytes.clone(), &options.limits, report)?;
    let mut reading = Reading {
        file: &yaml.file,
        report,
        format: FORMAT,
    };
    let node = reading.first_map(&yaml.documents, "chart", "it says nothing of a chart")?;
    let mut draft = Draft::new(metadata::read(&mut reading, node)?, shown.to_owned());
    let mut needed = dependencies::read(&mut reading, node, &draft.metadata.name);
    if let Some(bytes) = files.get(REQUIREMENTS) {
        let path = below(shown, REQUIREMENTS);
        if let Some(yaml) =
            YamlFile::read(REQUIREMENTS, &path, bytes.clone(), &options.limits, report)
        {
            needed.extend(requirements(&yaml, &draft.metadata.name, report));
        }
    }
    draft.metadata.dependencies = dependencies::joined(needed);
    keep(files, shown, &mut draft, options, report);
    Some(draft)
}

fn requirements(
    yaml: &YamlFile,
    package: &str,
    report: &mut Report,
) -> Vec<crate::write::DependencyEntry> {
    let mut reading = Reading {
        file: &yaml.file,
        report,
        format: FORMAT,
    };
    let Some(node) = yaml.documents.first() else {
        return Vec::new();
    };
    for entry in crate::import::reading::entries(node) {
        if entry.name() != Some("dependencies") {
            reading.lost(entry, "the format has no such key");
        }
    }
    dependencies::read(&mut reading, node, package)
}

/// The chart's own files, its definitions, and its module.
fn keep(
    files: Files,
    shown: &str,
    draft: &mut Draft,
    options: &ImportOptions,
    report: &mut Report,
) {
    let folder = format!("charts/{}", draft.metadata.name);
    for (path, bytes) in files {
        let origin = below(shown, &path);
        if is_crd(&path)
            && let Some(yaml) =
                YamlFile::read(&path, &origin, bytes.clone(), &options.limits, report)
        {
            let definitions: Vec<&Node> = yaml.documents.iter().collect();
            for (made, bytes) in draft.objects.definitions(&yaml, definitions, report) {
                draft.keep(made, &origin, bytes);
            }
        }
        draft.keep(format!("{folder}/{path}"), &origin, bytes);
    }
    let content = ModuleContent::Chart {
        path: Some(folder),
        remote: None,
    };
    let name = draft.metadata.name.clone();
    draft.module(&name, content);
}

/// Whether Helm installs the file's objects before everything else: `crds/` of the chart, and of those it brings.
fn is_crd(path: &str) -> bool {
    let mut rest = path;
    while let Some((_, below)) = rest
        .strip_prefix("charts/")
        .and_then(|rest| rest.split_once('/'))
    {
        rest = below;
    }
    let is_yaml = path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json");
    rest.starts_with("crds/") && is_yaml
}

//! Helm repositories, chart folders and packaged charts.
//!
//! The rules are those of Helm's own code (`pkg/chart`, `pkg/chart/loader`, `pkg/repo`).

mod archive;
mod chart;
mod dependencies;
mod index;
mod index_text;
mod metadata;

use catalog_conditions::Diagnostic;

use super::ImportOptions;
use super::outcome::{Import, Report};
use super::releases::Releases;
use super::walk::{self, Folder, below};
use crate::source::{EntryKind, MemorySource, Source, SourceError};

/// The first word of the codes of diagnostics.
const FORMAT: &str = "helm";

/// What there is to be read.
#[derive(Default)]
struct Found {
    charts: Vec<String>,
    archives: Vec<String>,
    indexes: Vec<String>,
}

/// Imports all charts below the root of a source: folders with a `Chart.yaml`, packaged charts (`.tgz`), and what an `index.yaml` lists.
///
/// A version of a chart becomes one release, `<name>/<version>/`:
///
/// | chart, or entry of an index | release |
/// |---|---|
/// | `description`, `icon`, `deprecated`; `home` | the same; `url` |
/// | `maintainers` | `maintainers`: name, address, home page |
/// | `keywords` | `tags`, and labels `tag.catalog/…` |
/// | `kubeVersion` | a condition (`system`) |
/// | `dependencies` that come from a repository | `dependencies`; `optional` where a condition or tags can switch them off |
/// | annotations that are labels; `appVersion` that is one | labels; `app.kubernetes.io/version` |
/// | the annotation `artifacthub.io/license` | `license` |
/// | the files of a chart | `charts/<name>/`, a chart module |
/// | objects in `crds/`, those of charts in `charts/` included | `definitions/` too |
/// | an entry of an index | a chart module elsewhere; its text in `other/index.yaml` |
/// | anything else | reported |
///
/// A chart that is there itself counts before the entry of an index about it. Where an index does not say which repository it is of,
/// [`ImportOptions::helm_repository`] does; without that, the folder of a chart's first address is taken for it.
///
/// Cost: linear. Of an index, which may have [`ImportOptions::index_bytes`], one entry is read at a time; an archive is read within
/// [`ImportOptions::archive_bytes`], packed and unpacked.
///
/// # Errors
///
/// The root cannot be listed. Whatever is wrong below it is a diagnostic.
pub fn helm(source: &dyn Source, options: &ImportOptions) -> Result<Import, SourceError> {
    let mut report = Report::default();
    let mut files = MemorySource::new();
    let mut put = |path: &str, bytes: Vec<u8>| {
        files.insert(path, bytes);
        Ok(())
    };
    let mut releases = Releases::new(&mut put, "chart", "helm.chart.duplicate");
    let mut found = Found::default();
    walk::folders(source, FORMAT, &mut report, &mut |folder, report| {
        found.visit(source, folder, report)
    })?;
    for path in &found.charts {
        chart::folder(source, options, path, &mut releases, &mut report)?;
    }
    for path in &found.archives {
        archive::read(source, options, path, &mut releases, &mut report)?;
    }
    for path in &found.indexes {
        index::read(source, options, path, &mut releases, &mut report)?;
    }
    if found.is_empty() {
        let diagnostic = Diagnostic::error("helm.empty", "there is no chart in this folder");
        report.diagnostic(diagnostic.at_path(source.display("")).help(
            "a chart is a folder with a `Chart.yaml`, a `.tgz`, or what an `index.yaml` lists",
        ));
    }
    let (packages, versions) = releases.count();
    Ok(report.into_import(files, packages, versions))
}

impl Found {
    /// Whether folders inside are to be visited too: what is inside of a chart belongs to it.
    fn visit(&mut self, source: &dyn Source, folder: &Folder, report: &mut Report) -> bool {
        if folder.has_file(chart::FILE) {
            self.charts.push(folder.path.clone());
            return false;
        }
        for entry in &folder.entries {
            let path = below(&folder.path, &entry.name);
            match entry.kind {
                EntryKind::Folder if !entry.name.starts_with('.') => {}
                EntryKind::File if entry.name == "index.yaml" => self.indexes.push(path),
                EntryKind::File if entry.name.ends_with(".tgz") => self.archives.push(path),
                _ => report.lost_file(source.display(&path), "file", "it belongs to no chart"),
            }
        }
        true
    }

    fn is_empty(&self) -> bool {
        self.charts.is_empty() && self.archives.is_empty() && self.indexes.is_empty()
    }
}

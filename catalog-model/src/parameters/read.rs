//! The files of a module, read when somebody asks for its parameters.

use std::sync::Arc;

use catalog_conditions::{Diagnostic, SourceFile};

use super::chart::ChartFiles;
use super::files::ModuleFolder;
use super::limits::ParameterLimits;
use super::module_reader::{ModuleParameters, ModuleReader};
use super::schema::ParameterSchema;
use crate::module::{Module, ModuleContent};
use crate::release::Release;
use crate::source::{Entry, EntryKind, Source, join};

/// What of a module's folder is looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ContentKind {
    Chart,
    /// What a release says of a chart that is elsewhere.
    Described,
    Terraform,
}

/// Where a release describes the charts that it does not bring: a folder for each, by the name of the module.
const DESCRIPTIONS: &str = "parameters";

impl ContentKind {
    /// The path of a module's folder and what it is, if its parameters stand in the release.
    pub(super) fn of(module: &Module) -> Option<(String, Self)> {
        match module.content() {
            ModuleContent::Chart {
                path: Some(path), ..
            } => Some((path.clone(), Self::Chart)),
            ModuleContent::Chart { path: None, .. } => {
                let is_path = module.name().contains(['/', '\\']) || module.name().starts_with('.');
                (!is_path).then(|| (join(DESCRIPTIONS, module.name()), Self::Described))
            }
            ModuleContent::Terraform { path, .. } => Some((path.clone()?, Self::Terraform)),
            // What is elsewhere is not looked at, manifests have no parameters, and other kinds are for others to know.
            _ => None,
        }
    }

    /// Whether it is no mistake if there is no such folder.
    pub(super) fn may_be_missing(self) -> bool {
        self == Self::Described
    }
}

impl ParameterSchema {
    /// The parameters of a module of a release, read from its files in `source`, the source that the release was loaded from.
    ///
    /// A chart that the release only names can be described: `parameters/<module>/` then holds its `values.schema.json`, its `values.yaml` or
    /// both.
    ///
    /// Never fails: what is wrong with the files is a diagnostic, and what cannot be known is [`ParameterSchema::unknown`]. Nothing is
    /// downloaded. Cost: the module's `Chart.yaml`, `values.yaml` and `values.schema.json`, or its Terraform files, each read once.
    #[must_use]
    pub fn read(
        source: &dyn Source,
        release: &Release,
        module: &Module,
        limits: &ParameterLimits,
    ) -> (Self, Vec<Diagnostic>) {
        let mut reader = ModuleReader::new(source, release.folder(), limits);
        let read = reader.read(module);
        let mut diagnostics = reader.diagnostics;
        let parameters = read.unwrap_or_else(|exhausted| {
            let folder = source.display(release.folder());
            diagnostics.push(exhausted.diagnostic().at_path(folder));
            ModuleParameters::unknown()
        });
        let about = |diagnostic: Diagnostic| {
            diagnostic.about(release.package().as_str(), Some(release.version().as_str()))
        };
        (
            Arc::unwrap_or_clone(parameters.schema),
            diagnostics.into_iter().map(about).collect(),
        )
    }

    /// The parameters of what a folder holds.
    pub(super) fn read_folder(
        mut folder: ModuleFolder<'_>,
        kind: ContentKind,
        limits: &ParameterLimits,
    ) -> (Self, Vec<Diagnostic>) {
        if kind == ContentKind::Chart && folder.is_packed() {
            let diagnostic = Diagnostic::warning(
                "chart.packed",
                "this chart is packed, and is not looked into",
            );
            let diagnostic = diagnostic.at_path(folder.display());
            return (
                Self::unknown(),
                vec![diagnostic.help("unpack it into a folder, and name that in `path`")],
            );
        }
        let Some(entries) = folder.entries() else {
            return (Self::unknown(), folder.diagnostics);
        };
        let (parameters, found) = match kind {
            ContentKind::Chart => chart(&mut folder, &entries, limits),
            ContentKind::Described => chart_files(&mut folder, &entries, limits),
            ContentKind::Terraform => terraform(&mut folder, &entries, limits),
        };
        let mut diagnostics = folder.diagnostics;
        diagnostics.extend(found);
        diagnostics.sort();
        (parameters, diagnostics)
    }
}

fn chart(
    folder: &mut ModuleFolder<'_>,
    entries: &[Entry],
    limits: &ParameterLimits,
) -> (ParameterSchema, Vec<Diagnostic>) {
    let entry = |name| entries.iter().find(|entry| entry.name == name);
    if entry("Chart.yaml").is_none() {
        let diagnostic = Diagnostic::error(
            "chart.missing",
            "this folder has no `Chart.yaml` and is no chart",
        );
        let diagnostic = diagnostic.at_path(folder.display());
        return (
            ParameterSchema::unknown(),
            vec![diagnostic.help("say in `path` where the chart is")],
        );
    }
    chart_files(folder, entries, limits)
}

/// The parameters by whatever there is of a chart's files.
fn chart_files(
    folder: &mut ModuleFolder<'_>,
    entries: &[Entry],
    limits: &ParameterLimits,
) -> (ParameterSchema, Vec<Diagnostic>) {
    let entry = |name| entries.iter().find(|entry| entry.name == name);
    let bytes = limits.document.file_bytes;
    let mut text = |name| folder.text(entry(name)?, bytes);
    let files = ChartFiles {
        chart: text("Chart.yaml"),
        requirements: text("requirements.yaml"),
        values: text("values.yaml"),
        schema: text("values.schema.json"),
    };
    // A schema that is there and cannot be read is not one that is not there.
    if folder.lacks_file {
        return (ParameterSchema::unknown(), Vec::new());
    }
    ParameterSchema::of_chart(&files, limits)
}

fn terraform(
    folder: &mut ModuleFolder<'_>,
    entries: &[Entry],
    limits: &ParameterLimits,
) -> (ParameterSchema, Vec<Diagnostic>) {
    // Terraform passes over folders, whatever they are named.
    let entries = entries
        .iter()
        .filter(|entry| entry.kind != EntryKind::Folder && super::terraform::reads(&entry.name));
    // One more than allowed is enough to say so.
    let entries = entries.take(limits.terraform_files.saturating_add(1));
    let files: Vec<Arc<SourceFile>> = entries
        .filter_map(|entry| folder.text(entry, limits.terraform_bytes))
        .collect();
    if folder.lacks_file {
        return (ParameterSchema::unknown(), Vec::new());
    }
    if files.is_empty() {
        let diagnostic = Diagnostic::error(
            "terraform.missing",
            "this folder has no `.tf` file and is no Terraform module",
        );
        let diagnostic = diagnostic.at_path(folder.display());
        return (
            ParameterSchema::unknown(),
            vec![diagnostic.help("say in `path` where the module is")],
        );
    }
    ParameterSchema::of_terraform(&files, limits)
}

//! An addon's `metadata.yaml`.

use catalog_conditions::document::{Entry, Limits, Mapping, Node, Scalar, parse};
use catalog_conditions::version::{KubeVersionRange, Version, VersionRange};
use catalog_conditions::{Diagnostic, Severity, SourceFile, Span};

use super::dependencies;
use crate::import::file_name::is_segment;
use crate::import::outcome::Report;
use crate::import::reading::{Reading, entries};
use crate::metadata::Plane;
use crate::name::{PackageName, label_problem};
use crate::write::MetadataFile;

/// What the file says; `None`, with an error, if it names no package or no version that could be a folder.
pub(super) fn read(
    shown: &str,
    bytes: Vec<u8>,
    folder: &str,
    limits: &Limits,
    report: &mut Report,
) -> Option<MetadataFile> {
    let file = match SourceFile::from_bytes(shown, bytes) {
        Ok(file) => file,
        Err(diagnostic) => {
            report.diagnostic(*diagnostic);
            return None;
        }
    };
    let parsed = parse(&file, limits);
    let node = parsed.documents.first();
    let mapping = node.and_then(Node::as_mapping);
    let mut unreadable = false;
    for diagnostic in parsed.diagnostics {
        let diagnostic = match mapping {
            Some(mapping) if diagnostic.code() == "yaml.duplicate-key" => {
                twice(mapping, diagnostic, report)
            }
            _ => diagnostic,
        };
        unreadable |= diagnostic.severity() == Severity::Error;
        report.diagnostic(diagnostic);
    }
    let (Some(mapping), false) = (mapping, unreadable) else {
        if !unreadable {
            let diagnostic = Diagnostic::error(
                "kubevela.metadata",
                "this is no map: there is no addon to be read",
            );
            report.diagnostic(diagnostic.at(&file, node.map_or(Span::default(), Node::span)));
        }
        return None;
    };
    for second in parsed.documents.iter().skip(1) {
        report.lost(
            &file,
            second.span(),
            "document",
            "an addon's metadata is one document",
        );
    }
    let mut reading = Reading {
        file: &file,
        report,
        format: "kubevela",
    };
    let name = reading.name(mapping, folder)?;
    let version = reading.version(mapping)?;
    let mut metadata = MetadataFile::new(name, version);
    for entry in mapping.entries() {
        reading.entry(entry, &mut metadata);
    }
    let lists = mapping
        .entries()
        .iter()
        .chain(mapping.duplicates())
        .filter(|entry| entry.name() == Some("dependencies"));
    metadata.dependencies =
        dependencies::read(&mut reading, lists.map(Entry::value), &metadata.name);
    Some(metadata)
}

/// KubeVela's reader refuses a key that stands twice; here two lists of dependencies are one, and of anything else the first counts.
fn twice(mapping: &Mapping, diagnostic: Diagnostic, report: &mut Report) -> Diagnostic {
    let Some(location) = diagnostic.location().cloned() else {
        return diagnostic;
    };
    let (file, span) = (location.file(), location.span());
    let is_list = mapping
        .duplicates()
        .iter()
        .any(|entry| entry.key().span() == span && entry.name() == Some("dependencies"));
    let first = diagnostic
        .related_locations()
        .next()
        .map(|(first, _)| first.clone());
    let first_line = first.as_ref().map_or(0, |first| first.start().line);
    let line = location.start().line;
    let warning = if is_list {
        let message = format!(
            "`dependencies` stands in line {first_line} and again in line {line}: both lists are imported"
        );
        Diagnostic::warning("yaml.duplicate-key", message)
    } else {
        report.lost(
            file,
            span,
            format!("`{}`", file.slice(span)),
            format!("the key stands in line {first_line} already, and that counts"),
        );
        Diagnostic::warning(
            "yaml.duplicate-key",
            format!("{}; the first counts", diagnostic.message()),
        )
    };
    let warning = warning.at(file, span).help("keep one of the two");
    match first {
        Some(first) => warning.related(first.file(), first.span(), "first defined here"),
        None => warning,
    }
}

impl Reading<'_> {
    fn name(&mut self, mapping: &Mapping, folder: &str) -> Option<String> {
        let written = mapping
            .entry("name")
            .and_then(|entry| Some((self.text(entry)?, entry.value().span())));
        let (name, span) = written.unwrap_or_else(|| {
            let message =
                format!("this addon has no `name`: that of its folder is taken, `{folder}`");
            self.report.diagnostic(
                Diagnostic::note("kubevela.name", message).at(self.file, Span::default()),
            );
            (folder.to_owned(), Span::default())
        });
        match PackageName::parse(&name) {
            Ok(_) => Some(name),
            Err(error) => {
                let diagnostic =
                    Diagnostic::error("kubevela.name", error.to_string()).at(self.file, span);
                self.report
                    .diagnostic(diagnostic.did_you_mean(error.suggestion()));
                None
            }
        }
    }

    fn version(&mut self, mapping: &Mapping) -> Option<String> {
        let entry = mapping.entry("version");
        let Some(version) = entry.and_then(|entry| self.text(entry)) else {
            let diagnostic = Diagnostic::error(
                "kubevela.version",
                "this addon has no `version`, and a release needs one",
            );
            self.report.diagnostic(
                diagnostic
                    .at(self.file, Span::default())
                    .help("add `version:`"),
            );
            return None;
        };
        let span = entry.map_or(Span::default(), |entry| entry.value().span());
        let shown: String = version.chars().take(64).collect();
        if !is_segment(&version) {
            let message = format!(
                "the version `{}` cannot be the name of a folder",
                shown.escape_debug()
            );
            self.report
                .diagnostic(Diagnostic::error("kubevela.version", message).at(self.file, span));
            return None;
        }
        if let Err(error) = Version::parse(&version) {
            let diagnostic =
                Diagnostic::warning("kubevela.version", error.to_string()).at(self.file, span);
            self.report.diagnostic(diagnostic.help(
                "the release is imported: it can be listed, but never resolved or installed",
            ));
        }
        Some(version)
    }

    /// Every key but `name`, `version` and `dependencies`, which were read before or are read after.
    fn entry(&mut self, entry: &Entry, metadata: &mut MetadataFile) {
        match entry.name().unwrap_or_default() {
            "name" | "version" | "dependencies" => {}
            "description" => metadata.description = self.text(entry),
            "icon" => metadata.icon = self.text(entry),
            "url" => metadata.url = self.address(entry),
            "tags" => self.tags(entry, metadata),
            "system" => self.system(entry, metadata),
            "deployTo" => self.deploy_to(entry, metadata),
            "needNamespace" => self.need_namespace(entry, metadata),
            "invisible" => self.lost(entry, "the format hides no package from lists"),
            "label" | "labels" => self.label(entry, metadata),
            "appVersion" => self.lost(
                entry,
                "the version of what is packaged stands in charts and images only",
            ),
            "uxPlugins" => self.lost(entry, "plugins of VelaUX are KubeVela's own"),
            "shortCloudName" | "completeCloudName" | "cloudProperties" => {
                self.lost(
                    entry,
                    "only KubeVela's generator of Terraform addons reads it",
                );
            }
            _ => self.lost(entry, "the format has no such key"),
        }
    }

    /// `label` is one free text in an addon; a map of labels is what the format has.
    fn label(&mut self, entry: &Entry, metadata: &mut MetadataFile) {
        let Some(mapping) = entry.value().as_mapping() else {
            return self.lost(entry, "labels are a map here, and this is one text");
        };
        for label in mapping.entries() {
            let pair = label
                .name()
                .zip(label.value().as_scalar().map(Scalar::text));
            match pair.filter(|(key, value)| {
                crate::label::key_problem(key).is_none()
                    && crate::label::value_problem(value).is_none()
            }) {
                Some((key, value)) => {
                    drop(metadata.labels.insert(key.to_owned(), value.to_owned()))
                }
                None => self.lost(label, "it is not a label as Kubernetes has them"),
            }
        }
    }

    fn system(&mut self, entry: &Entry, metadata: &mut MetadataFile) {
        if entry.value().as_mapping().is_none() && !entry.value().is_null() {
            return self.wrong(entry, "is not a map of `vela` and `kubernetes`");
        }
        for requirement in entries(entry.value()) {
            let key = requirement.name().unwrap_or_default();
            if !matches!(key, "vela" | "kubernetes") {
                self.lost(
                    requirement,
                    "only the versions of `vela` and `kubernetes` can be asked for",
                );
                continue;
            }
            let Some(range) = self.text(requirement) else {
                continue;
            };
            let problem = match key {
                "kubernetes" => KubeVersionRange::parse(&range).err(),
                _ => VersionRange::parse(&range).err(),
            };
            match problem {
                None => drop(metadata.system.insert(key.to_owned(), range)),
                Some(error) => self.bad_range(requirement, &error.to_string()),
            }
        }
    }

    /// Addons write its keys in two ways.
    fn deploy_to(&mut self, entry: &Entry, metadata: &mut MetadataFile) {
        if entry.value().as_mapping().is_none() && !entry.value().is_null() {
            return self.wrong(entry, "is not a map of clusters to booleans");
        }
        let (mut control, mut runtime) = (false, false);
        for cluster in entries(entry.value()) {
            let target = match cluster.name() {
                Some("controlPlane" | "control_plane") => &mut control,
                Some("runtimeCluster" | "runtime_cluster") => &mut runtime,
                _ => {
                    self.lost(
                        cluster,
                        "KubeVela knows the control plane and runtime clusters only",
                    );
                    continue;
                }
            };
            match cluster.value().to_json() {
                serde_json::Value::Bool(value) => *target |= value,
                serde_json::Value::Null => {}
                _ => self.wrong(cluster, "is neither true nor false"),
            }
        }
        if control && !runtime {
            metadata.plane = Plane::Control;
        }
    }

    fn need_namespace(&mut self, entry: &Entry, metadata: &mut MetadataFile) {
        for namespace in self.texts(entry) {
            let shown: String = namespace.chars().take(64).collect();
            if label_problem(&namespace).is_some() {
                self.report.lost(
                    self.file,
                    entry.key().span(),
                    format!("namespace `{shown}`"),
                    "it is not the name of a namespace",
                );
            } else if metadata.namespace.is_some() {
                self.report.lost(
                    self.file,
                    entry.key().span(),
                    format!("namespace `{shown}`"),
                    "a package has one namespace, and another comes first",
                );
            } else {
                metadata.namespace = Some(namespace);
            }
        }
    }
}

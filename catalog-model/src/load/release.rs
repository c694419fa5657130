//! One version folder.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_conditions::document::{Documents, Node, Reader, parse};
use catalog_conditions::version::Version;
use catalog_conditions::{Diagnostic, Severity, SourceFile, Span};

use super::metadata::MetadataFile;
use super::{
    LoadOptions, conditions, definitions, hooks, link, metadata, modules, near_name, unreadable,
};
use crate::catalog::{UnusableReason, UnusableRelease};
use crate::name::PackageName;
use crate::release::Release;
use crate::source::{Entry, EntryKind, Source, join};

/// What a version folder turned out to be.
pub(super) enum Found {
    Usable(Box<Release>),
    Unusable(UnusableRelease),
}

pub(super) struct ReleaseLoader<'a> {
    source: &'a dyn Source,
    options: &'a LoadOptions,
    package: &'a str,
    path: &'a str,
    folder: &'a str,
    files: usize,
    diagnostics: Vec<Diagnostic>,
}

/// A document file of the release, read.
pub(super) struct DocumentFile {
    /// The name relative to the version folder.
    pub(super) name: String,
    pub(super) file: Arc<SourceFile>,
    pub(super) documents: Vec<Node>,
}

const PARTS: [&str; 3] = ["definitions", "conditions", "hooks"];
const FILES: [&str; 4] = [
    "metadata.yaml",
    "modules.yaml",
    "metadata.yml",
    "modules.yml",
];

impl<'a> ReleaseLoader<'a> {
    pub(super) fn new(
        source: &'a dyn Source,
        options: &'a LoadOptions,
        package: &'a str,
        path: &'a str,
        folder: &'a str,
    ) -> Self {
        Self {
            source,
            options,
            package,
            path,
            folder,
            files: 0,
            diagnostics: Vec::new(),
        }
    }

    pub(super) fn load(mut self, mut entries: Vec<Entry>) -> (Found, Vec<Diagnostic>) {
        entries.sort();
        self.check_names(&entries);
        let metadata = self.metadata(&entries);
        let version = metadata
            .as_ref()
            .and_then(|metadata| metadata.version.clone());
        let release = self.parts(&entries, metadata);
        let broken = self
            .diagnostics
            .iter()
            .find(|diagnostic| diagnostic.severity() == Severity::Error)
            .map(|diagnostic| diagnostic.message().to_owned());
        let version = version.unwrap_or_else(|| self.folder.to_owned());
        let unusable = |reason| {
            Found::Unusable(UnusableRelease {
                version,
                folder: self.path.to_owned(),
                reason,
            })
        };
        let found = match (broken, release) {
            (Some(message), _) => unusable(UnusableReason::Broken(message)),
            (None, Some(release)) => Found::Usable(Box::new(release)),
            (None, None) => unusable(UnusableReason::UnreadableVersion),
        };
        (found, self.diagnostics)
    }

    /// Reads everything, whatever of it is broken; a release comes out only where name and version can be read.
    fn parts(&mut self, entries: &[Entry], metadata: Option<MetadataFile>) -> Option<Release> {
        let definitions = self.documents(entries, "definitions");
        let definitions = definitions::read(&definitions, &mut self.diagnostics);
        let conditions = self.documents(entries, "conditions");
        let conditions = conditions::read(&conditions, &self.options.limits, &mut self.diagnostics);
        let hooks = self.documents(entries, "hooks");
        let hooks = hooks::read(&hooks, &mut self.diagnostics);
        let modules = self.modules(entries);
        let metadata = metadata?;
        let mut all = metadata.system;
        conditions::extend(&mut all, conditions, &mut self.diagnostics);
        let version = Version::parse(metadata.version.as_deref()?).ok()?;
        Some(Release {
            package: PackageName::parse(self.package).ok()?,
            version,
            folder: self.path.to_owned(),
            metadata: metadata.metadata,
            conditions: all,
            definitions,
            hooks: hooks.hooks,
            actions: hooks.actions,
            modules,
        })
    }

    fn metadata(&mut self, entries: &[Entry]) -> Option<MetadataFile> {
        let Some(read) = self.single(entries, "metadata") else {
            if !entries
                .iter()
                .any(|entry| matches!(entry.name.as_str(), "metadata.yaml" | "metadata.yml"))
            {
                let near = entries
                    .iter()
                    .find(|entry| near_name(&entry.name, &["metadata.yaml"]).is_some());
                let diagnostic =
                    Diagnostic::error("metadata.missing", "this version has no `metadata.yaml`")
                        .at_path(self.source.display(self.path));
                self.diagnostics.push(match near {
                    Some(entry) => diagnostic.help(format!("rename `{}`", entry.name)),
                    None => diagnostic.help("add one with `name:` and `version:`"),
                });
            }
            return None;
        };
        let mut reader = Reader::new(&read.file, "metadata", self.unknown_keys());
        let metadata = read
            .documents
            .first()
            .map(|node| metadata::read(&mut reader, node, self.package, self.folder));
        self.diagnostics.extend(reader.into_diagnostics());
        metadata
    }

    fn modules(&mut self, entries: &[Entry]) -> Vec<crate::module::Module> {
        let Some(read) = self.single(entries, "modules") else {
            return Vec::new();
        };
        let mut reader = Reader::new(&read.file, "modules", self.unknown_keys());
        let exists = |path: &str| {
            self.source.list(&join(self.path, path)).is_ok()
                || self.source.read(&join(self.path, path), usize::MAX).is_ok()
        };
        let modules = read
            .documents
            .first()
            .map(|node| modules::read(&mut reader, node, &exists));
        self.diagnostics.extend(reader.into_diagnostics());
        modules.unwrap_or_default()
    }

    fn unknown_keys(&self) -> Severity {
        if self.options.strict {
            Severity::Error
        } else {
            Severity::Warning
        }
    }

    /// `<stem>.yaml` of the version folder, with the one document it may have.
    fn single(&mut self, entries: &[Entry], stem: &str) -> Option<DocumentFile> {
        let named = |ending: &str| {
            entries
                .iter()
                .find(|entry| entry.name == format!("{stem}.{ending}"))
        };
        let (yaml, yml) = (named("yaml"), named("yml"));
        if let (Some(yaml), Some(yml)) = (yaml, yml) {
            let message = format!("both `{}` and `{}` are here", yaml.name, yml.name);
            self.diagnostics.push(
                Diagnostic::error("file.twice", message)
                    .at_path(self.source.display(&join(self.path, &yml.name)))
                    .help("keep one of them"),
            );
        }
        let entry = yaml.or(yml)?;
        let read = self.document_file(entry, entry.name.clone())?;
        self.one_document(&read);
        if read.documents.is_empty() {
            let diagnostic = Diagnostic::error(
                format!("{stem}.empty"),
                format!("`{}` is empty", entry.name),
            );
            self.diagnostics
                .push(diagnostic.at(&read.file, Span::default()));
            return None;
        }
        Some(read)
    }

    fn one_document(&mut self, read: &DocumentFile) {
        for second in read.documents.iter().skip(1) {
            let diagnostic = Diagnostic::error(
                "yaml.second-document",
                "this file may hold one document only",
            )
            .at(&read.file, second.span());
            self.diagnostics
                .push(diagnostic.help("move it to a file of its own"));
        }
    }

    /// The files of `definitions/`, `conditions/` or `hooks/`, by name.
    fn documents(&mut self, entries: &[Entry], part: &'static str) -> Vec<DocumentFile> {
        if !entries
            .iter()
            .any(|entry| entry.name == part && entry.kind == EntryKind::Folder)
        {
            return Vec::new();
        }
        let folder = join(self.path, part);
        let mut entries = match self.source.list(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                self.diagnostics.push(unreadable(&error));
                return Vec::new();
            }
        };
        entries.sort();
        self.files += entries.len();
        if self.files > self.options.files_per_version {
            let message = format!(
                "this version has more than the {} files allowed",
                self.options.files_per_version
            );
            self.diagnostics.push(
                Diagnostic::error("version.limit.files", message)
                    .at_path(self.source.display(self.path)),
            );
            return Vec::new();
        }
        let mut read = Vec::new();
        for entry in entries {
            let name = format!("{part}/{}", entry.name);
            if let Some(problem) = stray(&entry) {
                let diagnostic = Diagnostic::warning("file.ignored", problem)
                    .at_path(self.source.display(&join(self.path, &name)));
                self.diagnostics
                    .push(diagnostic.help(format!("put YAML files straight into `{part}/`")));
                continue;
            }
            read.extend(self.document_file(&entry, name));
        }
        if part != "definitions" {
            for file in &read {
                self.one_document(file);
            }
        }
        read
    }

    fn document_file(&mut self, entry: &Entry, name: String) -> Option<DocumentFile> {
        let path = join(self.path, &name);
        if entry.kind != EntryKind::File {
            let diagnostic = match entry.kind {
                EntryKind::Link => link(self.source, &path),
                _ => Diagnostic::error("file.unreadable", "this is not a file")
                    .at_path(self.source.display(&path)),
            };
            self.diagnostics.push(diagnostic);
            return None;
        }
        let bytes = match self.source.read(&path, self.options.limits.file_bytes) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.diagnostics.push(unreadable(&error));
                return None;
            }
        };
        let file = match SourceFile::from_bytes(self.source.display(&path), bytes) {
            Ok(file) => file,
            Err(diagnostic) => {
                self.diagnostics.push(*diagnostic);
                return None;
            }
        };
        let Documents {
            documents,
            diagnostics,
        } = parse(&file, &self.options.limits);
        // A file that is broken from its start is not empty: nothing more is said about it.
        let unread = documents.is_empty()
            && diagnostics
                .iter()
                .any(|diagnostic| diagnostic.severity() == Severity::Error);
        self.diagnostics.extend(diagnostics);
        if unread {
            return None;
        }
        Some(DocumentFile {
            name,
            file,
            documents,
        })
    }

    /// Warns of names that are nearly ones of the format.
    fn check_names(&mut self, entries: &[Entry]) {
        let known: BTreeMap<&str, EntryKind> = PARTS
            .iter()
            .map(|part| (*part, EntryKind::Folder))
            .chain(FILES.iter().map(|file| (*file, EntryKind::File)))
            .collect();
        for entry in entries {
            let candidates: &[&'static str] = if entry.kind == EntryKind::Folder {
                &PARTS
            } else {
                &FILES[..2]
            };
            if known.contains_key(entry.name.as_str()) {
                continue;
            }
            let Some(near) = near_name(&entry.name, candidates) else {
                continue;
            };
            let diagnostic = Diagnostic::warning(
                "file.near",
                format!("`{}` is not part of the format and is not read", entry.name),
            );
            self.diagnostics.push(
                diagnostic
                    .at_path(self.source.display(&join(self.path, &entry.name)))
                    .did_you_mean(Some(near)),
            );
        }
    }
}

/// Why an entry of a part's folder is not read.
fn stray(entry: &Entry) -> Option<&'static str> {
    let yaml = entry.name.ends_with(".yaml") || entry.name.ends_with(".yml");
    match entry.kind {
        EntryKind::Folder => Some("folders in here are not read"),
        EntryKind::File if !yaml => Some("only `.yaml` and `.yml` files in here are read"),
        EntryKind::Other => Some("this is not a file, or its name is not UTF-8: it is not read"),
        _ => None,
    }
}

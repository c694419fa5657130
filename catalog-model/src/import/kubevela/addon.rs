//! One addon.

use std::collections::BTreeMap;

use catalog_conditions::{Diagnostic, SourceFile};

use super::NAMESPACE;
use super::search::unreadable;
use super::{application, metadata, terraform};
use crate::import::ImportOptions;
use crate::import::check;
use crate::import::file_name::{Names, is_segment};
use crate::import::made::{Made, is_ours, other};
use crate::import::objects::Objects;
use crate::import::outcome::Report;
use crate::import::yaml::YamlFile;
use crate::module::ModuleContent;
use crate::source::{EntryKind, Source, join};
use crate::write::{MetadataFile, ModuleEntry, ModulesFile};

/// An addon that is being read.
pub(super) struct Addon<'a> {
    source: &'a dyn Source,
    pub(super) options: &'a ImportOptions,
    folder: &'a str,
    pub(super) report: &'a mut Report,
    pub(super) files: BTreeMap<String, Vec<u8>>,
    /// The files made, each with the one it comes from, as people are shown it.
    origins: BTreeMap<String, String>,
    pub(super) objects: Objects,
    pub(super) modules: Vec<ModuleEntry>,
    pub(super) module_names: Names,
    pub(super) module_folders: Names,
}

impl<'a> Addon<'a> {
    pub(super) fn new(
        source: &'a dyn Source,
        options: &'a ImportOptions,
        folder: &'a str,
        report: &'a mut Report,
    ) -> Self {
        Self {
            source,
            options,
            folder,
            report,
            files: BTreeMap::new(),
            origins: BTreeMap::new(),
            objects: Objects::default(),
            modules: Vec::new(),
            module_names: Names::default(),
            module_folders: Names::default(),
        }
    }

    /// The release; `None`, with an error, if there is none to be made.
    pub(super) fn read(mut self) -> Option<Made> {
        let mark = self.report.mark();
        let paths = self.list()?;
        let path = paths.iter().find(|path| is_metadata(path))?;
        let metadata = self.metadata(path)?;
        let (name, version) = (metadata.name.clone(), metadata.version.clone());
        for path in paths.iter().filter(|other| *other != path) {
            self.part(path);
        }
        let made = self.finish(metadata);
        self.report.about_since(mark, &name, &version);
        made
    }

    /// The paths of all files in the addon, in order.
    fn list(&mut self) -> Option<Vec<String>> {
        let (mut paths, mut open) = (Vec::new(), vec![self.folder.to_owned()]);
        // Links between folders can make a small addon endless: every entry met counts, whatever it is.
        let mut seen = 0;
        while let Some(folder) = open.pop() {
            let entries = match self.source.list(&folder) {
                Ok(entries) => entries,
                Err(error) => {
                    self.report.diagnostic(unreadable(&error));
                    continue;
                }
            };
            seen += entries.len();
            for entry in entries {
                let path = join(&folder, &entry.name);
                match entry.kind {
                    _ if !is_segment(&entry.name) => {
                        self.stray(&path, "its name cannot be that of a file of a catalog")
                    }
                    EntryKind::File => paths.extend(self.inside(&path)),
                    EntryKind::Folder => open.push(path),
                    EntryKind::Link => self.stray(
                        &path,
                        "this link leads out of the folder, to nothing or in a circle",
                    ),
                    EntryKind::Other => self.stray(&path, "this is not a file"),
                }
                if seen > self.options.files_per_package {
                    let message = format!(
                        "this addon has more than the {} files allowed",
                        self.options.files_per_package
                    );
                    let diagnostic = Diagnostic::error("kubevela.limit", message);
                    self.report
                        .diagnostic(diagnostic.at_path(self.shown_folder()));
                    return None;
                }
            }
        }
        paths.sort();
        Some(paths)
    }

    /// A path relative to the addon.
    fn inside(&self, path: &str) -> Option<String> {
        let path = if self.folder.is_empty() {
            path
        } else {
            path.strip_prefix(self.folder)?.strip_prefix('/')?
        };
        Some(path.to_owned())
    }

    /// The folder as people are shown it.
    pub(super) fn shown_folder(&self) -> String {
        self.source.display(self.folder)
    }

    fn stray(&mut self, path: &str, why: &str) {
        let path = self.source.display(path);
        let diagnostic = Diagnostic::warning("file.ignored", format!("{why}: it is not imported"));
        self.report.diagnostic(diagnostic.at_path(&path));
        self.report.lost_file(path, "file", why);
    }

    fn metadata(&mut self, path: &str) -> Option<MetadataFile> {
        let bytes = self.bytes(path)?;
        let folder = self.folder.rsplit('/').next().unwrap_or_default();
        metadata::read(
            &self.shown(path),
            bytes,
            folder,
            &self.options.limits,
            self.report,
        )
    }

    /// Takes one file to where it belongs.
    fn part(&mut self, path: &str) {
        let Some(bytes) = self.bytes(path) else {
            let why = "it could not be read";
            return self.report.lost_file(self.shown(path), "file", why);
        };
        if path.ends_with(".cue") {
            let kept = format!("cue/{path}");
            let why = format!("CUE is not evaluated; it is kept as text in `{kept}`");
            self.report.lost_file(self.shown(path), "CUE", why);
            return self.keep(kept, path, bytes);
        }
        let yaml = path.ends_with(".yaml") || path.ends_with(".yml");
        let (folder, rest) = path.split_once('/').unwrap_or(("", path));
        match folder {
            "definitions" | "resources" if yaml => self.resources(path, rest, bytes),
            "" if matches!(rest, "template.yaml" | "template.yml") => self.template(path, bytes),
            _ => self.copy(path, bytes),
        }
    }

    /// Objects, one or more a file.
    fn resources(&mut self, path: &str, name: &str, bytes: Vec<u8>) {
        let Some(yaml) = self.yaml(path, &bytes) else {
            return;
        };
        let in_definitions = path.starts_with("definitions/");
        if in_definitions {
            terraform::modules(self, &yaml);
        }
        let placed = self
            .objects
            .file(&yaml, name, in_definitions, bytes.clone(), self.report);
        if placed.left_over {
            self.copy(path, bytes);
        }
        for (made, bytes) in placed.files {
            self.keep(made, path, bytes);
        }
    }

    fn template(&mut self, path: &str, bytes: Vec<u8>) {
        if let Some(yaml) = self.yaml(path, &bytes) {
            application::read(self, &yaml);
            self.keep(path.to_owned(), path, bytes);
        }
    }

    /// A file's documents; one that cannot be read is kept as text.
    fn yaml(&mut self, path: &str, bytes: &[u8]) -> Option<YamlFile> {
        let shown = self.shown(path);
        let file = match SourceFile::from_bytes(shown, bytes.to_vec()) {
            Ok(file) => file,
            Err(diagnostic) => {
                self.unread(path, bytes, vec![*diagnostic]);
                return None;
            }
        };
        match YamlFile::parse(path, file, &self.options.limits) {
            Ok((yaml, diagnostics)) => {
                self.report.diagnostics(diagnostics);
                Some(yaml)
            }
            Err(diagnostics) => {
                self.unread(path, bytes, diagnostics);
                None
            }
        }
    }

    fn unread(&mut self, path: &str, bytes: &[u8], diagnostics: Vec<Diagnostic>) {
        self.report.diagnostics(diagnostics);
        let kept = other(path);
        let reason = if bytes.windows(2).any(|pair| pair == b"{{") {
            "it is a template, and no YAML before it is rendered"
        } else {
            "it cannot be read as YAML"
        };
        let why = format!("{reason}; it is kept as text in `{kept}`");
        self.report.lost_file(self.shown(path), "YAML", why);
        self.keep(kept, path, bytes.to_vec());
    }

    /// A file that the format has no place for, which may lie in a version folder all the same.
    fn copy(&mut self, path: &str, bytes: Vec<u8>) {
        let kept = if is_ours(path) {
            other(path)
        } else {
            path.to_owned()
        };
        let why = format!("the format gives it no meaning; it is kept as it is in `{kept}`");
        let what = match path.split_once('/') {
            Some((folder, _)) => format!("file of `{folder}/`"),
            None if path.to_ascii_lowercase().starts_with("readme") => "readme".to_owned(),
            None => "file".to_owned(),
        };
        self.report.lost_file(self.shown(path), what, why);
        self.keep(kept, path, bytes);
    }

    /// Puts a file into the release.
    pub(super) fn keep(&mut self, made: String, origin: &str, bytes: Vec<u8>) {
        self.origins.insert(made.clone(), self.shown(origin));
        self.files.insert(made, bytes);
    }

    fn finish(&mut self, metadata: MetadataFile) -> Option<Made> {
        terraform::tell(self);
        if self.files.keys().any(|path| path.starts_with("manifests/")) {
            let content = ModuleContent::Manifests {
                path: Some("manifests".to_owned()),
                remote: None,
            };
            let name = self.module_names.take("manifests");
            self.modules
                .insert(0, in_vela_system(ModuleEntry::new(name, content)));
        }
        if !self.modules.is_empty() {
            let file = ModulesFile::new(std::mem::take(&mut self.modules));
            self.files
                .insert("modules.yaml".to_owned(), file.to_yaml().into_bytes());
        }
        self.files
            .insert("metadata.yaml".to_owned(), metadata.to_yaml().into_bytes());
        let shown = self.shown_folder();
        let made = Made {
            name: metadata.name,
            version: metadata.version,
            place: shown.into(),
            files: std::mem::take(&mut self.files),
        };
        check::loadable(made, &self.origins, &self.options.limits, self.report)
    }

    fn bytes(&mut self, path: &str) -> Option<Vec<u8>> {
        let full = join_inside(self.folder, path);
        match self.source.read(&full, self.options.limits.file_bytes) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                self.report.diagnostic(unreadable(&error));
                None
            }
        }
    }

    /// A path in the addon as people are shown it.
    pub(super) fn shown(&self, path: &str) -> String {
        self.source.display(&join_inside(self.folder, path))
    }
}

/// KubeVela deploys what names no namespace to its own.
pub(super) fn in_vela_system(module: ModuleEntry) -> ModuleEntry {
    let namespace = module.namespace.or_else(|| Some(NAMESPACE.to_owned()));
    ModuleEntry {
        namespace,
        ..module
    }
}

fn join_inside(folder: &str, path: &str) -> String {
    if folder.is_empty() {
        path.to_owned()
    } else {
        join(folder, path)
    }
}

fn is_metadata(path: &str) -> bool {
    matches!(path, "metadata.yaml" | "metadata.yml")
}

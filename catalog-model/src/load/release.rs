//! One version folder, read into a release.

use catalog_conditions::condition::ConditionSet;
use catalog_conditions::document::Reader;
use catalog_conditions::version::Version;
use catalog_conditions::{Diagnostic, Fix, Severity, Span};

use super::folder::{DocumentFile, Part, PartFiles, VersionFolder};
use super::metadata::MetadataFile;
#[cfg(feature = "parameters")]
use super::module_files;
use super::modules::ModulesFile;
use super::shared::Shared;
use super::{definitions, has_metadata, hooks, metadata, modules, near_name, strays};
use crate::catalog::{UnusableReason, UnusableRelease};
use crate::definition::Definition;
use crate::hook::{Action, Hook};
use crate::name::PackageName;
use crate::release::{Content, Release};

/// What a version folder turned out to be.
#[derive(Clone, Debug)]
pub(crate) enum Found {
    Usable(Release),
    Unusable(UnusableRelease),
}

/// A version folder that was read.
#[derive(Debug, Default)]
pub(crate) struct VersionRead {
    /// `None` where it is none.
    pub(crate) found: Option<Found>,
    pub(crate) told: Vec<Diagnostic>,
    #[cfg(feature = "sync")]
    pub(crate) files: PartFiles,
}

/// Which parts of a version folder are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parts {
    /// All that the format knows.
    All,
    /// All but `definitions/`, which is not even listed.
    WithoutDefinitions,
}

/// Parts of a version folder that are as they were, and what was read of them without any diagnostic.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Kept<'a> {
    pub(crate) release: Option<&'a Release>,
    pub(crate) files: PartFiles,
    pub(crate) conditions: bool,
    pub(crate) definitions: bool,
    pub(crate) hooks: bool,
    /// `modules.yaml`, and all that it may name.
    pub(crate) modules: bool,
}

impl<'a> Kept<'a> {
    fn content(self, is_kept: bool) -> Option<&'a Content> {
        let release = self.release.filter(|_| is_kept)?;
        Some(release.content())
    }
}

pub(super) struct ReleaseLoader<'a> {
    package: &'a str,
    version: &'a str,
    folder: VersionFolder<'a>,
    shared: &'a Shared,
    parts: Parts,
    kept: Kept<'a>,
}

impl<'a> ReleaseLoader<'a> {
    /// A loader of the version that a folder's name says it holds.
    pub(super) fn new(
        package: &'a str,
        version: &'a str,
        folder: VersionFolder<'a>,
        (shared, parts): (&'a Shared, Parts),
    ) -> Self {
        Self {
            package,
            version,
            folder,
            shared,
            parts,
            kept: Kept::default(),
        }
    }

    /// The same, which reads no part that is as it was.
    pub(super) fn keeping(self, kept: Kept<'a>) -> Self {
        Self { kept, ..self }
    }

    pub(super) fn load(mut self) -> (Found, PartFiles, Vec<Diagnostic>) {
        self.report_strays();
        let metadata = self.metadata();
        let written = metadata
            .as_ref()
            .and_then(|metadata| metadata.version.clone());
        let release = self.parts(metadata);
        self.folder.settle();
        // Last, and settled apart: whoever reads all but the definitions, and these later, finds the same first error.
        let definitions = match self.parts {
            Parts::All => self.definitions(),
            Parts::WithoutDefinitions => Vec::new(),
        };
        self.folder.settle();
        let mut settled = self.folder.settled().iter();
        let broken = settled
            .find(|diagnostic| diagnostic.severity() == Severity::Error)
            .map(|diagnostic| diagnostic.message().to_owned());
        let version = written.unwrap_or_else(|| self.version.to_owned());
        let unusable = |reason| {
            Found::Unusable(UnusableRelease {
                version,
                folder: self.folder.path().to_owned(),
                reason,
            })
        };
        let found = match (broken, release) {
            (Some(message), _) => unusable(UnusableReason::Broken(message)),
            (None, Some(release)) => Found::Usable(Release::new(Content {
                definitions,
                ..release
            })),
            (None, None) => unusable(UnusableReason::UnreadableVersion),
        };
        (found, self.folder.files(), self.folder.into_settled())
    }

    /// Reads the definitions and nothing else, but counts what else there is.
    pub(super) fn load_definitions(mut self) -> (Vec<Definition>, Vec<Diagnostic>) {
        self.folder.count(Part::Hooks);
        self.folder.count(Part::Conditions);
        let definitions = self.definitions();
        self.folder.settle();
        (definitions, self.folder.into_settled())
    }

    /// Says what is not read and may have been meant to be.
    fn report_strays(&mut self) {
        let folder = &self.folder;
        let strays = folder.entries().iter().filter_map(|entry| {
            let said = strays::diagnostic(entry)?;
            Some(said.at_path(folder.display(&entry.name)))
        });
        let strays: Vec<Diagnostic> = strays.collect();
        self.folder.diagnostics.extend(strays);
    }

    /// Reads everything but the definitions, whatever of it is broken; a release comes out only where name and version can be read.
    fn parts(&mut self, metadata: Option<MetadataFile>) -> Option<Content> {
        let (hooks, actions) = self.hooks();
        let modules = self.modules();
        let (metadata, system, version) = match metadata {
            Some(file) => (Some(file.metadata), file.system, file.version),
            None => (None, ConditionSet::new(), None),
        };
        let conditions = self.conditions(system);
        Some(Content {
            package: PackageName::parse(self.package).ok()?,
            version: Version::parse(&version?).ok()?,
            folder: self.folder.path().to_owned(),
            metadata: metadata?,
            conditions,
            definitions: Vec::new(),
            hooks,
            actions,
            modules: modules.modules,
            unknown_in_modules: modules.unknown,
        })
    }

    fn hooks(&mut self) -> (Vec<Hook>, Vec<Action>) {
        let files = self.kept.files.hooks;
        if let Some(kept) = self.kept.content(self.kept.hooks)
            && self.folder.has_room_for(Part::Hooks, files)
        {
            return (kept.hooks.clone(), kept.actions.clone());
        }
        let texts = self.folder.part(Part::Hooks).into_iter();
        let hooks: Vec<DocumentFile> = texts.filter_map(|text| self.folder.parse(text)).collect();
        hooks
            .iter()
            .for_each(|file| self.folder.refuse_second_document(file));
        let read = hooks::read(&hooks, &mut self.folder.diagnostics);
        (read.hooks, read.actions)
    }

    fn definitions(&mut self) -> Vec<Definition> {
        let files = self.kept.files.definitions;
        if let Some(kept) = self.kept.content(self.kept.definitions)
            && self.folder.has_room_for(Part::Definitions, files)
        {
            return kept.definitions.clone();
        }
        let mut files = Vec::new();
        for text in self.folder.part(Part::Definitions) {
            let read = self
                .shared
                .definitions
                .value(&text.name, &text.file, || self.folder.definitions(&text));
            files.push((text.file, read));
        }
        definitions::join(&files, &mut self.folder.diagnostics)
    }

    fn metadata(&mut self) -> Option<MetadataFile> {
        if !has_metadata(self.folder.entries()) {
            self.report_missing_metadata();
            return None;
        }
        let read = self.folder.single("metadata")?;
        let Some(node) = read.documents.first() else {
            let reader = Reader::new(&read.file, "metadata", self.unknown_keys());
            let fix = metadata::head(&reader, self.package, self.version);
            self.report_empty(&read, "metadata.empty", fix);
            return None;
        };
        let mut reader = Reader::new(&read.file, "metadata", self.unknown_keys());
        let metadata = metadata::read(&mut reader, node, self.package, self.version);
        self.folder.diagnostics.extend(reader.into_diagnostics());
        Some(metadata)
    }

    fn report_missing_metadata(&mut self) {
        let near = self
            .folder
            .entries()
            .iter()
            .find(|entry| near_name(&entry.name, &["metadata.yaml"]).is_some());
        let help = match near {
            Some(entry) => format!("rename `{}`", entry.name),
            None => "add one with `name:` and `version:`".to_owned(),
        };
        let diagnostic =
            Diagnostic::error("metadata.missing", "this version has no `metadata.yaml`");
        let diagnostic = diagnostic.at_path(self.folder.display("")).help(help);
        self.folder.diagnostics.push(diagnostic);
    }

    fn report_empty(&mut self, read: &DocumentFile, code: &'static str, fix: Option<Fix>) {
        let diagnostic = Diagnostic::error(code, format!("`{}` is empty", read.name));
        let diagnostic = diagnostic.at(&read.file, Span::default()).fix(fix);
        self.folder.diagnostics.push(diagnostic);
    }

    fn modules(&mut self) -> ModulesFile {
        if let Some(kept) = self.kept.content(self.kept.modules) {
            return ModulesFile {
                modules: kept.modules.clone(),
                unknown: kept.unknown_in_modules.clone(),
            };
        }
        let read = self.folder.single("modules");
        #[cfg(feature = "parameters")]
        module_files::withhold_unread(&mut self.folder);
        let Some(read) = read else {
            return ModulesFile::default();
        };
        let Some(node) = read.documents.first() else {
            self.report_empty(&read, "modules.empty", None);
            return ModulesFile::default();
        };
        let mut reader = Reader::new(&read.file, "modules", self.unknown_keys());
        let modules = modules::read(&mut reader, node, &read.name, &self.folder);
        self.folder.diagnostics.extend(reader.into_diagnostics());
        #[cfg(feature = "parameters")]
        module_files::look_into(
            &modules.modules,
            (&read.file, node),
            (self.package, self.version),
            &mut self.folder,
        );
        modules
    }

    /// What the metadata asks of a cluster, then what the files of `conditions/` ask, in order.
    fn conditions(&mut self, mut all: ConditionSet) -> ConditionSet {
        let files = self.kept.files.conditions;
        if let Some(kept) = self.kept.content(self.kept.conditions)
            && self.folder.has_room_for(Part::Conditions, files)
        {
            // What the metadata asks is written nowhere as a condition.
            let conditions = kept.conditions.conditions().iter();
            for condition in conditions.filter(|condition| condition.location().is_some()) {
                let twice = all.push(condition.clone());
                self.folder.diagnostics.extend(twice);
            }
            return all;
        }
        for text in self.folder.part(Part::Conditions) {
            let (set, diagnostics) = ConditionSet::parse(&text.file, &self.folder.options().limits);
            self.folder.diagnostics.extend(diagnostics);
            self.folder.diagnostics.extend(all.extend(set));
        }
        all
    }

    fn unknown_keys(&self) -> Severity {
        if self.folder.options().strict {
            Severity::Error
        } else {
            Severity::Warning
        }
    }
}

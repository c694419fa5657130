//! A release that is being made.

use std::collections::BTreeMap;

use super::ImportOptions;
use super::check;
use super::file_name::{Names, flat};
use super::objects::Objects;
use super::outcome::{Place, Report};
use crate::module::ModuleContent;
use crate::write::{MetadataFile, ModuleEntry, ModulesFile};

/// A release made of a foreign package.
pub(super) struct Made {
    pub(super) name: String,
    pub(super) version: String,
    /// Where the package stands.
    pub(super) place: Place,
    /// The release's files, by path in the version folder.
    pub(super) files: BTreeMap<String, Vec<u8>>,
}

/// A release before it is known whether it can be loaded.
pub(super) struct Draft {
    pub(super) metadata: MetadataFile,
    /// Where the package stands.
    pub(super) place: Place,
    pub(super) objects: Objects,
    pub(super) modules: Vec<ModuleEntry>,
    module_names: Names,
    files: BTreeMap<String, Vec<u8>>,
    /// The files made, each with the one it comes from, as people are shown it.
    origins: BTreeMap<String, String>,
}

impl Draft {
    pub(super) fn new(metadata: MetadataFile, place: impl Into<Place>) -> Self {
        Self {
            metadata,
            place: place.into(),
            objects: Objects::default(),
            modules: Vec::new(),
            module_names: Names::default(),
            files: BTreeMap::new(),
            origins: BTreeMap::new(),
        }
    }

    /// Puts a file into the release.
    pub(super) fn keep(&mut self, path: String, origin: &str, bytes: Vec<u8>) {
        self.origins.insert(path.clone(), origin.to_owned());
        self.files.insert(path, bytes);
    }

    /// Puts a file into the release that the format gives no meaning, and says so.
    pub(super) fn keep_unknown(
        &mut self,
        path: &str,
        origin: &str,
        bytes: Vec<u8>,
        report: &mut Report,
    ) {
        let kept = if is_ours(path) {
            other(path)
        } else {
            path.to_owned()
        };
        let why = format!("the format gives it no meaning; it is kept as it is in `{kept}`");
        report.lost_file(origin, "file", why);
        self.keep(kept, origin, bytes);
    }

    /// Adds a module under a name that is free and that the format takes; gives that name.
    pub(super) fn module(&mut self, name: &str, content: ModuleContent) -> &mut ModuleEntry {
        let name = self.module_names.take(&flat(name));
        self.modules.push(ModuleEntry::new(name, content));
        let last = self.modules.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "it was pushed just now")]
        &mut self.modules[last]
    }

    /// Adds a module of the folder `manifests/`, if something was put there.
    pub(super) fn manifests_module(&mut self) {
        if self.files.keys().any(|path| path.starts_with("manifests/")) {
            let content = ModuleContent::Manifests {
                path: Some("manifests".to_owned()),
                remote: None,
            };
            self.module("manifests", content);
        }
    }

    /// The release, if it can be loaded; files that keep it from that are set aside.
    pub(super) fn finish(mut self, options: &ImportOptions, report: &mut Report) -> Option<Made> {
        if !self.modules.is_empty() {
            let file = ModulesFile::new(std::mem::take(&mut self.modules));
            self.files
                .insert("modules.yaml".to_owned(), file.to_yaml().into_bytes());
        }
        self.files.insert(
            "metadata.yaml".to_owned(),
            self.metadata.to_yaml().into_bytes(),
        );
        let made = Made {
            name: self.metadata.name,
            version: self.metadata.version,
            place: self.place,
            files: self.files,
        };
        check::loadable(made, &self.origins, &options.limits, report)
    }
}

/// Whether a path means something in a version folder, or is one that imports fill themselves.
pub(super) fn is_ours(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    matches!(
        first,
        "definitions"
            | "conditions"
            | "hooks"
            | "manifests"
            | "parameters"
            | "charts"
            | "tf_modules"
            | "cue"
            | "other"
            | "set-aside"
            | "metadata.yaml"
            | "metadata.yml"
            | "modules.yaml"
            | "modules.yml"
    )
}

/// Where a file goes whose own path means something else.
pub(super) fn other(path: &str) -> String {
    format!("other/{path}")
}

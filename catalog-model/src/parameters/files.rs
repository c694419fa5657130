//! The files of a module's folder.

use std::sync::Arc;

use catalog_conditions::{Diagnostic, SourceFile};

use crate::source::{EntryKind, Source, SourceErrorKind, join};

/// A folder of a [`Source`] and what could not be read in it.
pub(super) struct ModuleFolder<'a> {
    source: &'a dyn Source,
    path: String,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a> ModuleFolder<'a> {
    pub(super) fn new(source: &'a dyn Source, path: String) -> Self {
        Self {
            source,
            path,
            diagnostics: Vec::new(),
        }
    }

    /// Whether what stands in its place is a packed chart, which Helm takes too.
    pub(super) fn is_packed(&self) -> bool {
        self.path.ends_with(".tgz") && self.source.list(&self.path).is_err()
    }

    /// The names of the regular files in it, in order; `None` where it is no folder or cannot be read, which is reported.
    pub(super) fn names(&mut self) -> Option<Vec<String>> {
        let entries = match self.source.list(&self.path) {
            Ok(entries) => entries,
            Err(error) => {
                let diagnostic = Diagnostic::error("module.unreadable", error.message().to_owned());
                self.diagnostics.push(diagnostic.at_path(error.path()));
                return None;
            }
        };
        let files = entries
            .into_iter()
            .filter(|entry| entry.kind == EntryKind::File);
        let mut names: Vec<String> = files.map(|entry| entry.name).collect();
        names.sort();
        Some(names)
    }

    /// A text file; `None` where there is none, or where it cannot be read, which is reported.
    pub(super) fn text(&mut self, name: &str, limit: usize) -> Option<Arc<SourceFile>> {
        let path = join(&self.path, name);
        match self.source.read(&path, limit) {
            Ok(bytes) => SourceFile::from_bytes(self.source.display(&path), bytes)
                .map_err(|diagnostic| self.diagnostics.push(*diagnostic))
                .ok(),
            Err(error) if error.kind() == SourceErrorKind::NotFound => None,
            Err(error) => {
                let code = match error.kind() {
                    SourceErrorKind::TooLarge => "file.too-large",
                    _ => "file.unreadable",
                };
                let diagnostic = Diagnostic::error(code, error.message().to_owned());
                self.diagnostics.push(diagnostic.at_path(error.path()));
                None
            }
        }
    }

    /// The folder as diagnostics show it.
    pub(super) fn display(&self) -> String {
        self.source.display(&self.path)
    }
}

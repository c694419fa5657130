//! The files of a module's folder.

use std::sync::Arc;

use catalog_conditions::{Diagnostic, SourceFile};

use super::budget::Budget;
use crate::source::{EntryKind, Source, SourceError, SourceErrorKind, join};

/// A folder of a [`Source`] and what could not be read in it.
pub(super) struct ModuleFolder<'a> {
    source: &'a dyn Source,
    path: &'a str,
    budget: &'a mut Budget,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Whether there is a file that could not be read. That it is too much together with others is said by whoever reads those.
    pub(super) lacks_file: bool,
}

impl<'a> ModuleFolder<'a> {
    pub(super) fn new(source: &'a dyn Source, path: &'a str, budget: &'a mut Budget) -> Self {
        Self {
            source,
            path,
            budget,
            diagnostics: Vec::new(),
            lacks_file: false,
        }
    }

    /// Whether what stands in its place is a packed chart, which Helm takes too.
    pub(super) fn is_packed(&self) -> bool {
        self.path.ends_with(".tgz") && self.source.list(self.path).is_err()
    }

    /// The names of the regular files in it, in order; `None` where it is no folder or cannot be read, which is reported.
    pub(super) fn names(&mut self) -> Option<Vec<String>> {
        let entries = match self.source.list(self.path) {
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
        let path = join(self.path, name);
        let left = self.budget.bytes();
        let read = match self.source.read(&path, limit.min(left)) {
            Ok(bytes) => {
                self.budget.take_bytes(bytes.len());
                SourceFile::from_bytes(self.source.display(&path), bytes)
            }
            Err(error) if error.kind() == SourceErrorKind::NotFound => return None,
            Err(error) if error.kind() == SourceErrorKind::TooLarge && left < limit => {
                self.budget.take_bytes(left.saturating_add(1));
                self.lacks_file = true;
                return None;
            }
            Err(error) => Err(Box::new(unreadable(&error))),
        };
        let file = read.map_err(|diagnostic| self.diagnostics.push(*diagnostic));
        self.lacks_file |= file.is_err();
        file.ok()
    }

    /// The folder as diagnostics show it.
    pub(super) fn display(&self) -> String {
        self.source.display(self.path)
    }
}

fn unreadable(error: &SourceError) -> Diagnostic {
    let code = match error.kind() {
        SourceErrorKind::TooLarge => "file.too-large",
        _ => "file.unreadable",
    };
    Diagnostic::error(code, error.message()).at_path(error.path())
}

//! The files of a module's folder.

use std::sync::Arc;

use catalog_conditions::{Diagnostic, SourceFile};

use super::budget::Budget;
use crate::load::unread::{link, unread, unreadable};
use crate::source::{Entry, Source, SourceErrorKind, join};

/// A folder of a [`Source`] and what could not be read in it.
pub(super) struct ModuleFolder<'a> {
    source: &'a dyn Source,
    /// The version folder, out of which no link of a module is followed.
    version: &'a str,
    path: &'a str,
    budget: &'a mut Budget,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Whether there is a file that could not be read. That it is too much together with others is said by whoever reads those.
    pub(super) lacks_file: bool,
}

impl<'a> ModuleFolder<'a> {
    pub(super) fn new(
        source: &'a dyn Source,
        version: &'a str,
        path: &'a str,
        budget: &'a mut Budget,
    ) -> Self {
        Self {
            source,
            version,
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

    /// What is in it, by name; `None` where it is no folder or cannot be read, which is reported.
    pub(super) fn entries(&mut self) -> Option<Vec<Entry>> {
        match self.source.list(self.path) {
            Ok(mut entries) => {
                entries.sort();
                Some(entries)
            }
            Err(error) => {
                let diagnostic = Diagnostic::error("module.unreadable", error.message().to_owned());
                self.diagnostics.push(diagnostic.at_path(error.path()));
                None
            }
        }
    }

    /// A text file that counts; `None` where what stands in its place cannot be read, which is reported.
    pub(super) fn text(&mut self, entry: &Entry, limit: usize) -> Option<Arc<SourceFile>> {
        let path = join(self.path, &entry.name);
        if let Some(diagnostic) = self.unread(entry, &path) {
            let diagnostic = diagnostic.at_path(self.source.display(&path));
            self.diagnostics.push(diagnostic);
            self.lacks_file = true;
            return None;
        }
        let left = self.budget.bytes();
        let read = match self.source.read(&path, limit.min(left)) {
            Ok(bytes) => {
                self.budget.take_bytes(bytes.len());
                SourceFile::from_bytes(self.source.display(&path), bytes)
            }
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

    fn unread(&self, entry: &Entry, path: &str) -> Option<Diagnostic> {
        let leads_out = || !self.source.is_inside(path, self.version);
        unread(entry.kind).or_else(|| leads_out().then(|| link("out of the version folder")))
    }

    /// The folder as diagnostics show it.
    pub(super) fn display(&self) -> String {
        self.source.display(self.path)
    }
}

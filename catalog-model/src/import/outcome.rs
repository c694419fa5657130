//! What an import gives.

use std::fmt;
use std::sync::Arc;

use catalog_conditions::{Diagnostic, SourceFile, Span};
use serde_json::{Map, Value};

use crate::source::MemorySource;

/// A foreign catalog in our format.
#[derive(Clone, Debug, Default)]
pub struct Import {
    pub(super) files: MemorySource,
    pub(super) not_carried_over: Vec<NotCarriedOver>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) packages: usize,
    pub(super) versions: usize,
}

/// Something in a foreign catalog that the format has no place for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct NotCarriedOver {
    /// The file it stands in, as diagnostics name files.
    pub file: String,
    /// Its line, from 1; `None` for a whole file.
    pub line: Option<usize>,
    /// What it is: a key in backticks, or a few words.
    pub what: String,
    /// Why there is no place for it, and where it is kept as text if it is.
    pub why: String,
}

impl NotCarriedOver {
    /// The same as JSON: `file`, `line` where known, `what`, `why`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("file".into(), self.file.as_str().into());
        if let Some(line) = self.line {
            object.insert("line".into(), line.into());
        }
        object.insert("what".into(), self.what.as_str().into());
        object.insert("why".into(), self.why.as_str().into());
        Value::Object(object)
    }
}

impl Import {
    /// The catalog: `<package>/<version>/…`. It loads without errors; a release whose version is no version loads as unusable, with a warning.
    #[must_use]
    pub fn files(&self) -> &MemorySource {
        &self.files
    }

    /// The catalog, without the report.
    #[must_use]
    pub fn into_files(self) -> MemorySource {
        self.files
    }

    /// What could not be carried over, by file, line and name.
    #[must_use]
    pub fn not_carried_over(&self) -> &[NotCarriedOver] {
        &self.not_carried_over
    }

    /// What authors should know or mend, by file and place. An error means that the file or package it is about is not in the catalog.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// How many packages the catalog has.
    #[must_use]
    pub fn packages(&self) -> usize {
        self.packages
    }

    /// How many versions they have together.
    #[must_use]
    pub fn versions(&self) -> usize {
        self.versions
    }
}

/// Where a foreign package stands, as people are shown it: a folder or file, or a line in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: String,
    pub(super) line: Option<usize>,
}

impl Place {
    pub(super) fn line(file: &str, line: usize) -> Self {
        Self {
            file: file.to_owned(),
            line: Some(line),
        }
    }
}

impl From<String> for Place {
    fn from(file: String) -> Self {
        Self { file, line: None }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        match self.line {
            Some(line) => write!(f, ":{line}"),
            None => Ok(()),
        }
    }
}

/// An import that is being made: what is lost, and what is wrong.
#[derive(Default)]
pub(super) struct Report {
    lost: Vec<NotCarriedOver>,
    diagnostics: Vec<Diagnostic>,
}

/// A moment in the making of a report.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    lost: usize,
    diagnostics: usize,
}

impl Report {
    pub(super) fn diagnostic(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    pub(super) fn diagnostics(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.diagnostics.extend(diagnostics);
    }

    /// How much has been said so far.
    pub(super) fn mark(&self) -> Mark {
        Mark {
            lost: self.lost.len(),
            diagnostics: self.diagnostics.len(),
        }
    }

    /// Says which release the diagnostics since a mark are about.
    pub(super) fn about_since(&mut self, mark: Mark, package: &str, version: &str) {
        let since = self
            .diagnostics
            .split_off(mark.diagnostics.min(self.diagnostics.len()));
        let about = since
            .into_iter()
            .map(|diagnostic| diagnostic.about(package, Some(version)));
        self.diagnostics.extend(about);
    }

    /// Adds what another report says.
    pub(super) fn join(&mut self, other: Self) {
        self.lost.extend(other.lost);
        self.diagnostics.extend(other.diagnostics);
    }

    /// A package is lost with all that is in it: what was said to be lost in it since a mark says nothing more.
    pub(super) fn lost_since(
        &mut self,
        mark: Mark,
        place: impl Into<Place>,
        what: &str,
        why: &str,
    ) {
        self.lost.truncate(mark.lost);
        self.lost_place(place.into(), what, why);
    }

    /// What stands at a place is lost as a whole.
    pub(super) fn lost_place(
        &mut self,
        place: Place,
        what: impl Into<String>,
        why: impl Into<String>,
    ) {
        self.lost.push(NotCarriedOver {
            file: place.file,
            line: place.line,
            what: what.into(),
            why: why.into(),
        });
    }

    /// Something in a file is lost.
    pub(super) fn lost(
        &mut self,
        file: &Arc<SourceFile>,
        span: Span,
        what: impl Into<String>,
        why: impl Into<String>,
    ) {
        let line = file.line(span.start);
        self.lost.push(NotCarriedOver {
            file: file.path().to_owned(),
            line: Some(line),
            what: what.into(),
            why: why.into(),
        });
    }

    /// A file or folder as a whole is lost.
    pub(super) fn lost_file(
        &mut self,
        path: impl Into<String>,
        what: impl Into<String>,
        why: impl Into<String>,
    ) {
        self.lost_place(path.into().into(), what, why);
    }

    pub(super) fn into_import(
        mut self,
        files: MemorySource,
        packages: usize,
        versions: usize,
    ) -> Import {
        self.lost.sort();
        self.diagnostics.sort();
        Import {
            files,
            not_carried_over: self.lost,
            diagnostics: self.diagnostics,
            packages,
            versions,
        }
    }
}

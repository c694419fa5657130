//! The documents of a foreign file.

use std::sync::Arc;

use catalog_conditions::document::{Limits, Node, parse};
use catalog_conditions::{Diagnostic, Severity, SourceFile};

use super::outcome::Report;

/// A YAML file of a package.
pub(super) struct YamlFile {
    /// The path in the package's folder.
    pub(super) path: String,
    pub(super) file: Arc<SourceFile>,
    pub(super) documents: Vec<Node>,
}

impl YamlFile {
    /// A file's documents, with what is worth a word.
    ///
    /// # Errors
    ///
    /// What keeps the file from being read, and all else that is said of it.
    pub(super) fn parse(
        path: &str,
        file: Arc<SourceFile>,
        limits: &Limits,
    ) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let parsed = parse(&file, limits);
        let is_error = |found: &Diagnostic| found.severity() == Severity::Error;
        if parsed.diagnostics.iter().any(is_error) {
            return Err(parsed.diagnostics);
        }
        let yaml = Self {
            path: path.to_owned(),
            file,
            documents: parsed.documents,
        };
        Ok((yaml, parsed.diagnostics))
    }

    /// The same, of bytes; what is wrong goes to the report.
    pub(super) fn read(
        path: &str,
        shown: &str,
        bytes: Vec<u8>,
        limits: &Limits,
        report: &mut Report,
    ) -> Option<Self> {
        let read = match SourceFile::from_bytes(shown, bytes) {
            Ok(file) => Self::parse(path, file, limits),
            Err(diagnostic) => Err(vec![*diagnostic]),
        };
        match read {
            Ok((yaml, diagnostics)) => {
                report.diagnostics(diagnostics);
                Some(yaml)
            }
            Err(diagnostics) => {
                report.diagnostics(diagnostics);
                None
            }
        }
    }
}

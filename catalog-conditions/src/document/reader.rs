//! Reads typed values out of nodes and reports what does not fit.

use std::str::FromStr;
use std::sync::Arc;

use super::fields::Fields;
use super::node::{Node, Scalar, ScalarStyle};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{SourceFile, Span};
use crate::suggest::near;

/// Reads one file of a known kind. Codes begin with the kind (`metadata.unknown-key`).
pub struct Reader<'a> {
    file: &'a Arc<SourceFile>,
    kind: &'static str,
    unknown_keys: Severity,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    /// A reader of `file`, whose unknown keys are as bad as `unknown_keys`.
    #[must_use]
    pub fn new(file: &'a Arc<SourceFile>, kind: &'static str, unknown_keys: Severity) -> Self {
        Self {
            file,
            kind,
            unknown_keys,
            diagnostics: Vec::new(),
        }
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &'a Arc<SourceFile> {
        self.file
    }

    /// The line of a span's start, from 1.
    #[must_use]
    pub fn line(&self, span: Span) -> usize {
        self.file.position(span.start).line
    }

    /// An error `<kind>.<rule>` at a place, for [`report`](Self::report).
    #[must_use]
    pub fn error(&self, rule: &str, span: Span, message: impl Into<String>) -> Diagnostic {
        self.diagnostic(Severity::Error, rule, span, message)
    }

    /// A warning `<kind>.<rule>` at a place, for [`report`](Self::report).
    #[must_use]
    pub fn warning(&self, rule: &str, span: Span, message: impl Into<String>) -> Diagnostic {
        self.diagnostic(Severity::Warning, rule, span, message)
    }

    /// A diagnostic `<kind>.<rule>` at a place, for [`report`](Self::report).
    #[must_use]
    pub fn diagnostic(
        &self,
        severity: Severity,
        rule: &str,
        span: Span,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::new(severity, format!("{}.{rule}", self.kind), message).at(self.file, span)
    }

    /// Keeps a diagnostic.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Everything reported, in the order met.
    #[must_use]
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    /// Whether an error was reported.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.error_count() > 0
    }

    /// How many errors were reported so far.
    #[must_use]
    pub fn error_count(&self) -> usize {
        self.diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity() == Severity::Error)
            .count()
    }

    /// The keys of a map; anything else is an error.
    pub fn fields<'n>(&mut self, node: &'n Node, what: &str) -> Option<Fields<'n>> {
        let fields = node.as_mapping().map(|mapping| Fields {
            mapping,
            span: node.span(),
            known: Vec::new(),
        });
        if fields.is_none() {
            self.wrong_type(node, what, "a map");
        }
        fields
    }

    /// Reports the keys that nobody asked for, each with the known key nearest to it.
    pub fn finish(&mut self, fields: Fields<'_>) {
        for entry in fields.mapping.entries() {
            let Some(name) = entry.name().filter(|name| !fields.known.contains(name)) else {
                continue;
            };
            let near = near(name, fields.known.iter().copied());
            let shown: String = name.chars().take(64).collect();
            let diagnostic = self.diagnostic(
                self.unknown_keys,
                "unknown-key",
                entry.key().span(),
                format!("`{shown}` is not a key of this map"),
            );
            self.report(match near {
                Some(_) => diagnostic.did_you_mean(near),
                None if fields.known.is_empty() => {
                    diagnostic.help("this map has no keys: write `{}`")
                }
                None => diagnostic.help(format!("known keys: {}", fields.known.join(", "))),
            });
        }
    }

    /// The source text of a single value (never reinterpreted); null, lists and maps are errors.
    pub fn text<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        let text = node
            .as_scalar()
            .filter(|_| !node.is_null())
            .map(Scalar::text);
        if text.is_none() {
            self.wrong_type(node, what, "a text");
        }
        text
    }

    /// A boolean: `true` or `false`, unquoted. What else YAML 1.1 calls one (`yes`, `on`) is an error that says what to write.
    pub fn boolean(&mut self, node: &Node, what: &str) -> Option<bool> {
        let plain = node
            .as_scalar()
            .filter(|scalar| scalar.style() == ScalarStyle::Plain);
        match plain.map(Scalar::text) {
            Some("true" | "True" | "TRUE") => Some(true),
            Some("false" | "False" | "FALSE") => Some(false),
            _ => {
                self.wrong_type(node, what, "true or false");
                None
            }
        }
    }

    /// A whole number within `T`, unquoted.
    pub fn integer<T: FromStr>(&mut self, node: &Node, what: &str) -> Option<T> {
        let plain = node
            .as_scalar()
            .filter(|scalar| scalar.style() == ScalarStyle::Plain);
        let value = plain.and_then(|scalar| scalar.text().parse().ok());
        if value.is_none() {
            self.wrong_type(node, what, "a whole number");
        }
        value
    }

    /// The items of a list; anything else is an error.
    pub fn items<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Node]> {
        let items = node.as_sequence();
        if items.is_none() {
            self.wrong_type(node, what, "a list");
        }
        items
    }

    /// Reports that `what` is not `expected`.
    pub fn wrong_type(&mut self, node: &Node, what: &str, expected: &str) {
        let found = match node.as_scalar() {
            Some(scalar) if !node.is_null() => {
                format!("`{}`", scalar.text().chars().take(64).collect::<String>())
            }
            _ => node.describe().to_owned(),
        };
        let diagnostic = self.error(
            "type",
            node.span(),
            format!("`{what}` must be {expected}, not {found}"),
        );
        self.report(diagnostic);
    }
}

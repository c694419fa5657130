//! Reads typed values out of nodes and reports what does not fit.

use std::cell::OnceCell;
use std::str::FromStr;
use std::sync::Arc;

use super::fields::Fields;
use super::mend::{Repeated, is_retyped};
use super::node::{Node, Scalar, ScalarStyle};
use super::scalar;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{SourceFile, Span};

/// Reads one file of a known kind. Codes begin with the kind (`metadata.unknown-key`).
pub struct Reader<'a> {
    file: &'a Arc<SourceFile>,
    kind: &'static str,
    unknown_keys: Severity,
    diagnostics: Vec<Diagnostic>,
    /// What aliases repeat; found out for the first fix.
    pub(super) repeated: OnceCell<Repeated>,
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
            repeated: OnceCell::new(),
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
        self.file.line(span.start)
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
            aliases: Vec::new(),
        });
        if fields.is_none() {
            self.wrong_type(node, what, "a map");
        }
        fields
    }

    /// Reports the keys that nobody asked for, each with the known key nearest to it. Where unknown keys are ignored, one that gets the name
    /// that was meant counts from then on.
    pub fn finish(&mut self, fields: Fields<'_>) {
        for unknown in self.unknown_keys(&fields) {
            let (entry, near) = (unknown.entry(), unknown.near());
            let shown: String = entry.name().unwrap_or_default().chars().take(64).collect();
            let message = format!("`{shown}` is not a key of this map");
            let severity = self.unknown_keys;
            let diagnostic = self.diagnostic(severity, "unknown-key", entry.key().span(), message);
            let fix = unknown.into_fix().map(|fix| match severity {
                Severity::Error => fix,
                Severity::Warning | Severity::Note => fix.taking_effect(),
            });
            let diagnostic = diagnostic.fix(fix);
            self.report(match near {
                Some(_) => diagnostic.did_you_mean(near),
                None if fields.known.is_empty() => {
                    diagnostic.help("this map has no keys: write `{}`")
                }
                None => diagnostic.help(format!("known keys: {}", fields.known.join(", "))),
            });
        }
    }

    /// The source text of a single value (never reinterpreted); null, lists and maps are errors. Of a plain value that not all readers
    /// of YAML take for the same, it warns (`yaml.ambiguous`).
    pub fn text<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        let text = self.word(node, what);
        self.warn_of_ambiguous(node);
        text
    }

    /// The source text of a single value, where others' reading of it does not matter: one of a few words, or a text of which more
    /// is said than that. Null, lists and maps are errors.
    pub fn word<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        let text = node
            .as_scalar()
            .filter(|_| !node.is_null())
            .map(Scalar::text);
        if text.is_none() {
            self.wrong_type(node, what, "a text");
        }
        text
    }

    /// Warns of a text that others who read the file may not take for one: it is taken as it was written, here.
    pub fn warn_of_ambiguous(&mut self, node: &Node) {
        let Some(scalar) = node.as_scalar().filter(|scalar| scalar.is_read_otherwise()) else {
            return;
        };
        if node.tag().is_none() {
            let text = crate::show::plain(scalar.text());
            let diagnostic = Diagnostic::warning(
                "yaml.ambiguous",
                format!("`{text}` is a text here, and something else to other readers of YAML"),
            )
            .at(self.file, node.span())
            .help(format!("quote it: \"{text}\""));
            self.report(diagnostic.fix(self.quoted(node)));
        }
    }

    /// Notes that a version or range is a number to other readers of YAML: it is taken as it was written, here.
    pub fn note_unquoted(&mut self, node: &Node) {
        let Some(scalar) = node.as_scalar().filter(|scalar| is_retyped(scalar)) else {
            return;
        };
        if node.tag().is_none() && !scalar.is_read_otherwise() {
            let text = scalar.text();
            let diagnostic = self.diagnostic(
                Severity::Note,
                "version.unquoted",
                node.span(),
                format!(
                    "unquoted, `{text}` is the value {} to other readers of YAML",
                    scalar::core_value(text)
                ),
            );
            let diagnostic = diagnostic.help(format!("quote it: \"{text}\""));
            self.report(diagnostic.fix(self.quoted(node)));
        }
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
                let meant = node
                    .as_scalar()
                    .and_then(|scalar| scalar::boolean(scalar.text()));
                let fix = meant
                    .and_then(|meant| self.rewritten(node, if meant { "true" } else { "false" }));
                let diagnostic = self.mismatch(node, what, "true or false");
                self.report(diagnostic.fix(fix));
                None
            }
        }
    }

    /// A whole number within `T`, unquoted.
    pub fn integer<T: WholeNumber>(&mut self, node: &Node, what: &str) -> Option<T> {
        let plain = node
            .as_scalar()
            .filter(|scalar| scalar.style() == ScalarStyle::Plain);
        let value = plain.and_then(|scalar| scalar.text().parse().ok());
        if value.is_none() {
            let quoted = node.as_scalar().map(Scalar::text);
            let number = quoted.filter(|text| is_number(text) && text.parse::<T>().is_ok());
            let fix = number.and_then(|number| self.rewritten(node, number));
            // One that everybody reads as such is beyond the bounds.
            let is_beyond = plain.is_some_and(|scalar| is_number(scalar.text()));
            let expected = match is_beyond {
                true => format!("a whole number from {} to {}", T::bounds().0, T::bounds().1),
                false => "a whole number".to_owned(),
            };
            let diagnostic = self.mismatch(node, what, &expected);
            self.report(diagnostic.fix(fix));
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
        let diagnostic = self.mismatch(node, what, expected);
        self.report(diagnostic);
    }

    fn mismatch(&self, node: &Node, what: &str, expected: &str) -> Diagnostic {
        let found = match node.as_scalar() {
            Some(scalar) if !node.is_null() => {
                format!("`{}`", scalar.text().chars().take(64).collect::<String>())
            }
            _ => node.describe().to_owned(),
        };
        self.error(
            "type",
            node.span(),
            format!("`{what}` must be {expected}, not {found}"),
        )
    }
}

/// Whether it is a whole number as everybody writes it: no sign but `-`, no zero before it.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    text == "0"
        || (digits.starts_with(|c: char| ('1'..='9').contains(&c))
            && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A type of whole numbers, with its bounds.
pub trait WholeNumber: FromStr + Copy {
    /// The lowest and the highest, in words.
    fn bounds() -> (String, String);
}

macro_rules! whole_numbers {
    ($($type:ty),*) => {$(
        impl WholeNumber for $type {
            fn bounds() -> (String, String) {
                (Self::MIN.to_string(), Self::MAX.to_string())
            }
        }
    )*};
}

whole_numbers!(i32, i64, u32, u64, usize);

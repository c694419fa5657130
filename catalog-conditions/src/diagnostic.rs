//! What an author did wrong: where, how bad, and what to do.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::fix::{Applicability, Fix};
use crate::source::{Position, SourceFile, Span};
use crate::suppression::Suppression;

/// How bad a [`Diagnostic`] is, mildest first. There are these three and will be no others: `match` needs no wildcard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Probably not what the author meant.
    Warning,
    /// What it stands in cannot be used.
    Error,
}

impl Severity {
    /// `error`, `warning` or `note`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place in a file. Places order by the file's path, its text and the span.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    file: Arc<SourceFile>,
    span: Span,
}

impl Location {
    /// Some bytes of a file.
    #[must_use]
    pub fn new(file: &Arc<SourceFile>, span: Span) -> Self {
        Self {
            file: Arc::clone(file),
            span,
        }
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &Arc<SourceFile> {
        &self.file
    }

    /// The bytes meant.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Where the span begins.
    #[must_use]
    pub fn start(&self) -> Position {
        self.file.position(self.span.start)
    }

    /// Where the span ends; the column is that after the last character.
    #[must_use]
    pub fn end(&self) -> Position {
        self.file.position(self.span.end)
    }
}

/// One thing that an author should know or mend.
///
/// Diagnostics order by file, then span, then code, then message: the order in which they are reported. What is equal so far goes by all
/// else that they hold, so that two compare as equal only where they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    code: Cow<'static, str>,
    severity: Severity,
    message: String,
    location: Option<Location>,
    related: Vec<(Location, String)>,
    help: Vec<String>,
    fixes: Vec<Fix>,
    package: Option<String>,
    version: Option<String>,
    withholds_source: bool,
    suppression: Option<Box<Suppression>>,
}

impl Diagnostic {
    /// An error with a stable code such as `metadata.version.missing` and one sentence.
    pub fn error(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// A warning.
    pub fn warning(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// A note.
    pub fn note(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, message)
    }

    /// A diagnostic of a severity that is decided elsewhere.
    pub fn new(
        severity: Severity,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code: code.into(),
            severity,
            message: bounded(message.into()),
            location: None,
            related: Vec::new(),
            help: Vec::new(),
            fixes: Vec::new(),
            package: None,
            version: None,
            withholds_source: false,
            suppression: None,
        }
    }

    /// The same, pointing at `span` of `file`.
    #[must_use]
    pub fn at(mut self, file: &Arc<SourceFile>, span: Span) -> Self {
        self.location = Some(Location {
            file: Arc::clone(file),
            span,
        });
        self
    }

    /// The same, about a file or folder as a whole, whose text is not at hand.
    #[must_use]
    pub fn at_path(self, path: impl Into<String>) -> Self {
        self.at(&SourceFile::new(path, ""), Span::default())
    }

    /// The same, with a second place and what is to be seen there ("first defined here").
    #[must_use]
    pub fn related(mut self, file: &Arc<SourceFile>, span: Span, label: impl Into<String>) -> Self {
        self.related.push((
            Location {
                file: Arc::clone(file),
                span,
            },
            label.into(),
        ));
        self
    }

    /// The same, about a text that may hold what is secret, such as a saved cluster: `render` (feature `render`) names
    /// the places and shows none of their lines. [`location`](Self::location) still leads to the text.
    #[must_use]
    pub fn withholding_source(mut self) -> Self {
        self.withholds_source = true;
        self
    }

    /// The same, with a line of advice.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(bounded(text.into()));
        self
    }

    /// The same, with "did you mean" where [`near`](crate::suggest::near) found a name.
    #[must_use]
    pub fn did_you_mean(self, near: Option<&str>) -> Self {
        match near {
            Some(name) => self.help(format!("did you mean `{name}`?")),
            None => self,
        }
    }

    /// The same, with a way to mend it, if there is one: edits of the file that it points at. Several are alternatives.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<Option<Fix>>) -> Self {
        self.fixes.extend(fix.into());
        self
    }

    /// The same, said to concern a package, and one version of it.
    #[must_use]
    pub fn about(mut self, package: &str, version: Option<&str>) -> Self {
        self.package = Some(package.to_owned());
        self.version = version.map(str::to_owned);
        self
    }

    /// The same, as bad as somebody other than its maker says.
    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The same, kept back.
    #[must_use]
    pub fn suppressed(mut self, by: Suppression) -> Self {
        self.suppression = Some(Box::new(by));
        self
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// One sentence, lower case, without a full stop.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where it is; `None` for what is about no file.
    #[must_use]
    pub fn location(&self) -> Option<&Location> {
        self.location.as_ref()
    }

    /// Further places, each with its label.
    pub fn related_locations(&self) -> impl Iterator<Item = (&Location, &str)> {
        self.related
            .iter()
            .map(|(location, label)| (location, label.as_str()))
    }

    /// Whether the lines that it points at are not to be shown.
    #[must_use]
    pub fn withholds_source(&self) -> bool {
        self.withholds_source
    }

    /// Who keeps it back; `None` for what is reported.
    #[must_use]
    pub fn suppression(&self) -> Option<&Suppression> {
        self.suppression.as_deref()
    }

    /// The lines of advice, most useful first.
    #[must_use]
    pub fn help_lines(&self) -> &[String] {
        &self.help
    }

    /// The ways to mend it, each an alternative to the others, with edits of the file that [`location`](Self::location) names.
    #[must_use]
    pub fn fixes(&self) -> &[Fix] {
        &self.fixes
    }

    /// The way to mend it that a program may take unasked, if there is one.
    #[must_use]
    pub fn safe_fix(&self) -> Option<&Fix> {
        self.fix_within(Applicability::Safe)
    }

    /// The way to mend it that needs no choice, if there is one. [`Fix::applicability`] says whether something that was ignored counts
    /// from then on.
    #[must_use]
    pub fn clear_fix(&self) -> Option<&Fix> {
        self.fix_within(Applicability::TakesEffect)
    }

    /// The first way to mend it that is at most as daring as `most`.
    #[must_use]
    pub fn fix_within(&self, most: Applicability) -> Option<&Fix> {
        self.fixes.iter().find(|fix| fix.applicability() <= most)
    }

    /// The package it is about.
    #[must_use]
    pub fn package(&self) -> Option<&str> {
        self.package.as_deref()
    }

    /// The version it is about, as its folder says.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The same as JSON: `code`, `severity`, `message`, and where known `file`, `line`, `column`, `endLine`, `endColumn`,
    /// `help` (lines joined by a newline), `fixes`, `package`, `version`. Lines and columns count from 1.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("code".into(), self.code().into());
        object.insert("severity".into(), self.severity.as_str().into());
        object.insert("message".into(), self.message().into());
        if let Some(location) = &self.location {
            let (start, end) = (location.start(), location.end());
            object.insert("file".into(), location.file.path().into());
            object.insert("line".into(), start.line.into());
            object.insert("column".into(), start.column.into());
            object.insert("endLine".into(), end.line.into());
            object.insert("endColumn".into(), end.column.into());
        }
        if !self.help.is_empty() {
            object.insert("help".into(), self.help.join("\n").into());
        }
        if let Some(location) = self.location.as_ref().filter(|_| !self.fixes.is_empty()) {
            let fixes = self.fixes.iter().map(|fix| fix.to_json(&location.file));
            object.insert("fixes".into(), fixes.collect());
        }
        for (key, value) in [("package", &self.package), ("version", &self.version)] {
            if let Some(value) = value {
                object.insert(key.into(), value.as_str().into());
            }
        }
        Value::Object(object)
    }

    /// By what diagnostics are sorted first.
    fn place(&self) -> (&str, Span, &str, &str) {
        let (path, span) = self
            .location
            .as_ref()
            .map_or(("", Span::default()), |l| (l.file.path(), l.span));
        (path, span, &self.code, &self.message)
    }

    /// All else, so that only equal diagnostics compare as equal.
    fn rest(&self) -> impl Ord {
        (
            (self.severity, &self.help, &self.package, &self.version),
            (&self.location, &self.related, &self.fixes),
            (self.withholds_source, &self.suppression),
        )
    }
}

/// Where a message or a line of advice is cut: what an author wrote is quoted in it, and may be a mebibyte.
const LONGEST: usize = 2_000;

fn bounded(mut text: String) -> String {
    if let Some((at, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(at);
        text.push('…');
    }
    text
}

impl PartialOrd for Diagnostic {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Diagnostic {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place()
            .cmp(&other.place())
            .then_with(|| self.rest().cmp(&other.rest()))
    }
}

impl fmt::Display for Diagnostic {
    /// One line: `file:line:column: severity[code]: message`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(location) = &self.location {
            let path = crate::show::one_line(location.file.path());
            write!(f, "{path}:{}: ", location.start())?;
        }
        let message = crate::show::one_line(&self.message);
        write!(f, "{}[{}]: {message}", self.severity, self.code)
    }
}

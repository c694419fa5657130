//! What is said about the files of one hook or action.

use catalog_model::{Diagnostic, Severity};
use serde_json::Value;

use crate::stamp::Overwritten;
use crate::written::Written;

/// Diagnostics about one object of one hook or action.
pub(crate) struct Remarks<'a> {
    written: Written<'a>,
    /// `the Job`, `the undo Job`, `resource 2`.
    subject: String,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Remarks<'a> {
    pub(crate) fn new(written: Written<'a>, subject: impl Into<String>) -> Self {
        Self {
            written,
            subject: subject.into(),
            diagnostics: Vec::new(),
        }
    }

    /// The object cannot be used.
    pub(crate) fn refuse(&mut self, code: &'static str, problem: &str, help: &str) {
        self.say(Severity::Error, code, problem, help);
    }

    /// Something other than what is written applies.
    pub(crate) fn warn(&mut self, code: &'static str, problem: &str, help: &str) {
        self.say(Severity::Warning, code, problem, help);
    }

    /// What is written has another effect than it would have elsewhere.
    pub(crate) fn note(&mut self, code: &'static str, problem: &str, help: &str) {
        self.say(Severity::Note, code, problem, help);
    }

    /// A field must be of another type.
    pub(crate) fn wrong_type(&mut self, path: &str, expected: &str) {
        self.refuse(
            "hooks.field.type",
            &format!("`{path}` must be {expected}"),
            "an API server refuses the object as it stands",
        );
    }

    /// A field has our value instead of the one that is written.
    pub(crate) fn replaced(&mut self, path: &str, (old, new): (&Value, &Value), why: &str) {
        let problem = format!(
            "`{path}` becomes `{}` instead of `{}`",
            shown(new),
            shown(old)
        );
        self.warn("hooks.field.replaced", &problem, why);
    }

    /// A name that is ours carried something else.
    pub(crate) fn overwritten(&mut self, overwritten: &Overwritten<'_>) {
        let Overwritten { path, old, new } = overwritten;
        if path == "metadata[name]" {
            let problem = format!("it is named `{}` instead of `{}`", shown(new), shown(old));
            let why = "each attempt of each run has a Job of its own";
            return self.note("hooks.job.name", &problem, why);
        }
        self.replaced(
            path,
            (old, new),
            "this name belongs to whoever runs the hooks",
        );
    }

    /// A field is left out.
    pub(crate) fn removed(&mut self, path: &str, why: &str) {
        self.warn("hooks.field.removed", &format!("`{path}` is left out"), why);
    }

    pub(crate) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    fn say(&mut self, severity: Severity, code: &'static str, problem: &str, help: &str) {
        let message = format!(
            "{} of {} `{}`: {problem}",
            self.subject,
            self.written.what,
            excerpt(self.written.name),
        );
        let release = self.written.release;
        let file = format!("{}/{}", release.folder(), self.written.file);
        let (package, version) = (release.package(), release.version());
        self.diagnostics.push(
            Diagnostic::new(severity, code, message)
                .at_path(file)
                .help(help)
                .about(package.as_str(), Some(version.as_str())),
        );
    }
}

/// A value as short JSON; texts without quotes.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => excerpt(text),
        Value::Array(_) => "[…]".to_owned(),
        Value::Object(_) => "{…}".to_owned(),
        scalar => scalar.to_string(),
    }
}

/// The beginning of a text that an author chose, for a message.
fn excerpt(text: &str) -> String {
    const LONGEST: usize = 64;
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some(_) => text.chars().take(LONGEST).chain(['…']).collect(),
    }
}

//! A rule as a chapter of a reference.

use std::fmt::Write;

use super::{Example, Files, Rule};
use crate::diagnostic::Severity;

impl Rule {
    /// The rule as Markdown: a heading of the second level with its code, severity and summary, why it is there, an example. Ends
    /// with a newline.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let severity = match self.severity() {
            Severity::Error => "Error",
            Severity::Warning => "Warning",
            Severity::Note => "Note",
        };
        let mut text = format!("## {}\n\n{severity}: {}.\n", self.code(), self.summary());
        if !self.explanation().is_empty() {
            push(&mut text, format_args!("\n{}\n", self.explanation()));
        }
        match self.shown() {
            Some(Example::File { path, wrong, right }) => {
                file(&mut text, "Wrong, in", path, wrong);
                file(&mut text, "Right, in", path, right);
            }
            Some(Example::Catalog { wrong, right }) => {
                files(&mut text, "Wrong", wrong);
                files(&mut text, "Right", right);
            }
            None => {}
        }
        text
    }
}

fn files(text: &mut String, what: &str, files: Files) {
    push(text, format_args!("\n{what}:\n"));
    for (path, content) in files {
        file(text, "-", path, content);
    }
}

fn file(text: &mut String, what: &str, path: &str, content: &str) {
    if content.is_empty() {
        return push(text, format_args!("\n{what} `{path}`, which is empty.\n"));
    }
    let language = match path.rsplit_once('.') {
        Some((_, "yaml" | "yml")) => "yaml",
        _ => "text",
    };
    let end = if content.ends_with('\n') { "" } else { "\n" };
    push(
        text,
        format_args!("\n{what} `{path}`:\n\n```{language}\n{content}{end}```\n"),
    );
}

fn push(text: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing into a string cannot fail.
    let _ = text.write_fmt(what);
}

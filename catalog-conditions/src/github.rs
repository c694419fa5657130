//! Diagnostics as annotations of GitHub Actions.
//!
//! A line that a step of a workflow prints in this form stands beside the lines of the change that is being reviewed. GitHub shows ten
//! errors, ten warnings and ten notices a step, and the rest in the step's log alone: [`sarif`](crate::sarif) has no such bound.

use std::fmt::Write;

use crate::diagnostic::{Diagnostic, Location, Severity};

/// A diagnostic as a workflow command, one line without a newline:
/// `::error file=…,line=…,col=…,endLine=…,endColumn=…,title=…::message`.
///
/// The title is the code; the help follows the message. Columns are left out where the place has several lines, since GitHub takes them within
/// one line only. What is special to GitHub is escaped as its toolkit does: `%`, carriage returns and newlines everywhere, `:` and `,`
/// in what stands before the message, so that no text of a file can become a command.
///
/// ```
/// use catalog_conditions::{Diagnostic, SourceFile, Span, github};
/// let file = SourceFile::new("web/1.0.0/metadata.yaml", "name: web\nlicence: MIT\n");
/// let diagnostic = Diagnostic::warning("metadata.unknown-key", "`licence` is not a key of this map")
///     .at(&file, Span::new(10, 17))
///     .help("did you mean `license`?");
/// assert_eq!(
///     github::annotation(&diagnostic),
///     "::warning file=web/1.0.0/metadata.yaml,line=2,col=1,endLine=2,endColumn=8,title=metadata.unknown-key\
///      ::`licence` is not a key of this map%0Ahelp: did you mean `license`?"
/// );
/// ```
#[must_use]
pub fn annotation(diagnostic: &Diagnostic) -> String {
    let command = match diagnostic.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = String::new();
    if let Some(location) = diagnostic.location() {
        place(&mut properties, location);
    }
    property(&mut properties, "title", diagnostic.code());
    let mut message = data(diagnostic.message());
    for line in diagnostic.help_lines() {
        message.push_str("%0Ahelp: ");
        message.push_str(&data(line));
    }
    format!("::{command} {properties}::{message}")
}

fn place(properties: &mut String, location: &Location) {
    let path = location.file().path();
    property(properties, "file", path.strip_prefix("./").unwrap_or(path));
    if location.file().text().is_empty() {
        return;
    }
    let (start, end) = (location.start(), location.end());
    property(properties, "line", &start.line.to_string());
    if start.line == end.line {
        property(properties, "col", &start.column.to_string());
    }
    property(properties, "endLine", &end.line.to_string());
    if start.line == end.line {
        property(properties, "endColumn", &end.column.to_string());
    }
}

fn property(properties: &mut String, name: &str, value: &str) {
    if !properties.is_empty() {
        properties.push(',');
    }
    let value = data(value).replace(':', "%3A").replace(',', "%2C");
    // Writing into a string cannot fail.
    let _ = write!(properties, "{name}={value}");
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

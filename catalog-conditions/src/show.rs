//! Texts of objects and authors where people read them: with nothing in them that a terminal would act on.
//!
//! Names, descriptions, paths and values are written by others, and may hold what moves the cursor, colours, ends the line or turns the
//! direction of writing. Whoever prints one in a line of his own shows it with [`one_line`], so that it cannot pass for another line.
//!
//! ```
//! use catalog_conditions::show::one_line;
//! let description = "Dashboards\n\u{1b}[32merror: none\u{202e}";
//! assert_eq!(one_line(description), r"Dashboards\n\u{1b}[32merror: none\u{202e}");
//! ```

use serde_json::Value;

use crate::decimal::Decimal;
use crate::path::is_bidi;

/// Where a shown text is cut.
const LONGEST: usize = 160;

/// A whole text within one line: line breaks and tabs are written as `\n`, `\r` and `\t`, and what else is invisible as `\u{1b}`.
///
/// Nothing is left out, and a backslash stays one: this is for reading, not for reading back.
#[must_use]
pub fn one_line(text: &str) -> String {
    escaped(text, is_hidden)
}

/// The same, but that line breaks (`\n`) and tabs stay: for a text that has several lines of its own, such as a report.
#[must_use]
pub fn lines(text: &str) -> String {
    escaped(text, |c| is_hidden(c) && !matches!(c, '\n' | '\t'))
}

/// A name or word from an object or an author, without quotes, cut where it is long.
pub(crate) fn plain(text: &str) -> String {
    let mut chars = text.chars();
    let head: String = chars.by_ref().take(LONGEST).collect();
    let more = if chars.next().is_some() { "…" } else { "" };
    one_line(&head) + more
}

fn escaped(text: &str, is_hidden: impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if !is_hidden(c) => shown.push(c),
            '\n' | '\r' | '\t' => shown.extend(c.escape_default()),
            c => shown.extend(c.escape_unicode()),
        }
    }
    shown
}

/// Whether a terminal acts on a character instead of showing it: it moves, colours, breaks the line or turns the direction of writing.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control() || is_bidi(c) || matches!(c, '\u{2028}' | '\u{2029}')
}

/// A text in double quotes, as JSON writes it.
pub(crate) fn text(text: &str) -> String {
    let mut shown = String::from("\"");
    let mut chars = text.chars();
    for c in chars.by_ref().take(LONGEST) {
        match c {
            '"' | '\\' => shown.extend(['\\', c]),
            '\n' => shown.push_str("\\n"),
            '\t' => shown.push_str("\\t"),
            c if is_hidden(c) => shown.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => shown.push(c),
        }
    }
    shown.push_str(if chars.next().is_some() {
        "…\""
    } else {
        "\""
    });
    shown
}

/// A value without its type.
pub(crate) fn bare(value: &Value) -> String {
    match value {
        Value::String(string) => text(string),
        Value::Number(number) => Decimal::from_number(number).to_string(),
        Value::Array(_) | Value::Object(_) => plain(&value.to_string()),
        Value::Bool(_) | Value::Null => value.to_string(),
    }
}

/// A value and its type: `"v1" (string)`.
pub(crate) fn value(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        _ => format!("{} ({})", bare(value), kind(value)),
    }
}

/// The type of a value in words.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "map",
    }
}

/// `Kind/name`, or `Kind/namespace/name`.
pub(crate) fn object(kind: &str, namespace: &str, name: &str) -> String {
    if namespace.is_empty() {
        return format!("{}/{}", plain(kind), plain(name));
    }
    format!("{}/{}/{}", plain(kind), plain(namespace), plain(name))
}

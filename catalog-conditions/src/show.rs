//! Values and names in prose: short, on one line, and with nothing invisible in them.

use serde_json::Value;

use crate::decimal::Decimal;
use crate::path::is_bidi;

/// Where a shown text is cut.
const LONGEST: usize = 160;

/// A name or word from an object or an author, without quotes, cut where it is long.
pub(crate) fn plain(text: &str) -> String {
    let mut chars = text.chars();
    let head: String = chars.by_ref().take(LONGEST).collect();
    let more = if chars.next().is_some() { "…" } else { "" };
    visible(&head) + more
}

/// A whole text with what is invisible in it escaped.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_bidi(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
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
            c if c.is_control() || is_bidi(c) => {
                shown.push_str(&format!("\\u{:04x}", u32::from(c)))
            }
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

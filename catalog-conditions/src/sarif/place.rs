//! Places as SARIF has them.

use std::fmt::Write;

use serde_json::{Value, json};

use super::text::message;
use crate::diagnostic::Location;
use crate::fix::Fix;
use crate::source::{Position, SourceFile};

/// A `location`.
pub(super) fn location(location: &Location) -> Value {
    let file = location.file();
    let mut physical = json!({ "artifactLocation": artifact(file.path()) });
    if let (false, Value::Object(physical)) = (file.text().is_empty(), &mut physical) {
        physical.insert("region".to_owned(), region(location));
    }
    json!({ "physicalLocation": physical })
}

/// A `location` with a number, from 1, and what is to be seen there.
pub(super) fn related(place: &Location, id: usize, label: &str) -> Value {
    let mut value = location(place);
    if let Value::Object(value) = &mut value {
        value.insert("id".to_owned(), id.into());
        value.insert("message".to_owned(), json!({ "text": message(label) }));
    }
    value
}

/// A `fix` of a file.
pub(super) fn fix(file: &SourceFile, fix: &Fix) -> Value {
    let replacements = fix.edits().iter().map(|edit| {
        json!({
            // With byte offsets in it, the region could be taken for a binary one.
            "deletedRegion": lines(file.position(edit.span.start), file.position(edit.span.end)),
            "insertedContent": { "text": edit.replacement },
        })
    });
    json!({
        "description": { "text": message(fix.title()) },
        "artifactChanges": [{
            "artifactLocation": artifact(file.path()),
            "replacements": replacements.collect::<Vec<_>>(),
        }],
    })
}

/// A region by its first and last places, both counted from 1; the end's column is that after the last character.
fn lines(start: Position, end: Position) -> Value {
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

/// A region with its bytes, counted from 0.
fn region(location: &Location) -> Value {
    let span = location.span();
    let mut region = lines(location.start(), location.end());
    if let Value::Object(region) = &mut region {
        region.insert("byteOffset".to_owned(), span.start.into());
        region.insert("byteLength".to_owned(), (span.end - span.start).into());
    }
    region
}

/// An `artifactLocation`: relative paths are so to the root of the sources, which the host knows.
fn artifact(path: &str) -> Value {
    // A backslash parts folders in what Windows names; elsewhere it is a character of a name like any other.
    let is_windows = std::path::MAIN_SEPARATOR == '\\'
        || path.starts_with("\\\\")
        || matches!(
            path.as_bytes(),
            [b'A'..=b'Z' | b'a'..=b'z', b':', b'\\', ..]
        );
    let path = match is_windows {
        true => path.replace('\\', "/"),
        false => path.to_owned(),
    };
    if path.starts_with("//") {
        return json!({ "uri": format!("file:{}", escaped(&path)) });
    }
    if path.starts_with('/') {
        return json!({ "uri": format!("file://{}", escaped(&path)) });
    }
    if let [drive @ b'A'..=b'Z' | drive @ b'a'..=b'z', b':', b'/', ..] = path.as_bytes() {
        let below = path.get(2..).unwrap_or_default();
        let uri = format!("file:///{}:{}", char::from(*drive), escaped(below));
        return json!({ "uri": uri });
    }
    let segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !matches!(*segment, "" | "."))
        .collect();
    let uri = escaped(&segments.join("/"));
    if segments.contains(&"..") || uri.is_empty() {
        // It may lead out of the root.
        return json!({ "uri": if uri.is_empty() { ".".to_owned() } else { uri } });
    }
    json!({ "uri": uri, "uriBaseId": "%SRCROOT%" })
}

/// A path with everything escaped that cannot stand in one (RFC 3986, section 3.3), and colons, which would make a scheme of what is
/// before them.
fn escaped(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=@/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

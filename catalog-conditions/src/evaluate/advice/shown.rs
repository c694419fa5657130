//! Values and places as they are shown. Nothing that is read from a Secret passes here.

use serde_json::Value;

use crate::path::{Finding, Place, Step};
use crate::show;
use crate::suggest::near;

/// How many keys or names a line lists.
pub(in crate::evaluate) const LISTED: usize = 8;

/// How many names are compared for one "did you mean".
const COMPARED: usize = 1000;

/// The name that was probably meant, of the first [`COMPARED`]: who has a map of a hundred thousand keys waits for no advice.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    near(name, known.into_iter().take(COMPARED))
}

/// What a path led to, as the line `actual` says it.
pub(in crate::evaluate) fn actual(finding: &Finding<'_>, secret: bool) -> String {
    match finding {
        Finding::Found(value) if secret => show_secret(value),
        Finding::Found(value) => show::value(value),
        Finding::Null => "null".to_owned(),
        Finding::Absent(_) => "absent".to_owned(),
        Finding::Ambiguous(_) => "several elements match".to_owned(),
        Finding::Mismatch(_) => "the path does not fit the object".to_owned(),
        Finding::Many(members) => format!("{} values", members.len()),
    }
}

/// The place of a member; keys of a Secret are read from it too.
pub(in crate::evaluate) fn place(place: &Place<'_>, secret: bool) -> String {
    if secret {
        "a value".to_owned()
    } else {
        show::plain(&place.to_string())
    }
}

/// Type and decoded length, and nothing else: a digest of a short secret is the secret.
fn show_secret(value: &Value) -> String {
    match value {
        Value::String(text) => format!(
            "not shown, being read from a Secret (string, {} bytes)",
            decoded_length(text)
        ),
        other => format!(
            "not shown, being read from a Secret ({})",
            show::kind(other)
        ),
    }
}

/// The bytes that base64 text stands for; of other text, its own.
fn decoded_length(text: &str) -> usize {
    let padding = text
        .bytes()
        .rev()
        .take(2)
        .take_while(|&byte| byte == b'=')
        .count();
    let body = text.len() - padding;
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let is_base64 = text.len().is_multiple_of(4) && text.bytes().take(body).all(is_digit);
    if is_base64 { body * 3 / 4 } else { text.len() }
}

pub(in crate::evaluate) fn value_at<'v>(object: &'v Value, place: &Place<'_>) -> Option<&'v Value> {
    place
        .steps()
        .iter()
        .try_fold(object, |value, step| match step {
            Step::Key(key) => value.get(key),
            Step::Index(index) => value.get(index),
        })
}

pub(in crate::evaluate) fn shown_place(place: &Place<'_>) -> String {
    show::plain(&place.to_string())
}

pub(in crate::evaluate) fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = names.len().saturating_sub(LISTED);
    let mut names: Vec<String> = names.take(LISTED).map(show::plain).collect();
    if more > 0 {
        names.push(format!("{more} more"));
    }
    names.join(", ")
}

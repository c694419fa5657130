//! Values to compare with, and the scalars that do not mean what they seem to.

use serde_json::Value;

use crate::condition::Reading;
use crate::decimal::Decimal;
use crate::document::{Kind, Node, Reader, Scalar, ScalarStyle, is_of_yaml_1_1};

/// Whether a value is not null; null is an error that says which operators ask for it.
pub(super) fn not_null(reader: &mut Reader<'_>, node: &Node) -> bool {
    if !node.is_null() {
        return true;
    }
    let diagnostic = reader.error("value.null", node.span(), "`value` is null or empty");
    reader.report(diagnostic.help("to ask for null write `op: isNull`, to ask for absence `op: notExists`; the empty text is \"\""));
    false
}

/// A value as the API server would hold it. An unquoted scalar that YAML's versions read differently, or that is not written as the
/// number it is, is an error: one of its readers would compare with something else.
pub(super) fn read(reader: &mut Reader<'_>, node: &Node, reading: Reading) -> Option<Value> {
    let value = node.to_json();
    check(reader, node, reading).then_some(value)
}

fn check(reader: &mut Reader<'_>, node: &Node, reading: Reading) -> bool {
    match node.kind() {
        Kind::Scalar(scalar) => match problem(node, scalar, reading) {
            None => true,
            Some(problem) => {
                let text = crate::show::plain(scalar.text());
                let diagnostic = reader.error(
                    "value.ambiguous",
                    node.span(),
                    format!("`{text}` {problem}"),
                );
                let diagnostic = diagnostic.help(help(&text, &node.to_json()));
                let fix = is_text(reading).then(|| reader.quoted(node)).flatten();
                reader.report(diagnostic.fix(fix));
                false
            }
        },
        // Every item is looked at, so that each mistake is reported at once.
        Kind::Sequence(items) => items
            .iter()
            .fold(true, |fine, item| check(reader, item, reading) & fine),
        Kind::Mapping(map) => map.entries().iter().fold(true, |fine, entry| {
            check(reader, entry.value(), reading) & fine
        }),
    }
}

fn problem(node: &Node, scalar: &Scalar, reading: Reading) -> Option<&'static str> {
    let text = scalar.text();
    if scalar.style() != ScalarStyle::Plain || node.tag().is_some() || scalar.is_null() {
        return None;
    }
    if scalar.is_ambiguous() {
        return Some("means one thing to kubectl and Helm, and another to YAML 1.2");
    }
    if is_of_yaml_1_1(text) {
        return Some("is a text to YAML 1.2 and kubectl, but a number or a time to YAML 1.1");
    }
    match node.to_json() {
        Value::Number(number) => {
            let held = Decimal::from_number(&number);
            let exact = Decimal::parse(text).as_ref() == Some(&held);
            let fine = if matches!(reading, Reading::Number | Reading::Quantity) {
                exact
            } else {
                held.to_string() == text
            };
            (!fine).then_some("is not held as it is written")
        }
        Value::String(_) if is_not_finite(text) => {
            Some("is no number that JSON and the API server know")
        }
        _ => None,
    }
}

fn help(text: &str, value: &Value) -> String {
    match value {
        Value::Number(number) => format!(
            "quote it if it is a text or a version (\"{text}\"), else write {}",
            Decimal::from_number(number)
        ),
        Value::Bool(boolean) => {
            format!("quote it if it is a text (\"{text}\"), else write {boolean}")
        }
        _ => format!("quote it: \"{text}\""),
    }
}

/// Whether only a text can be meant, so that quoting it is the one way to mend it.
fn is_text(reading: Reading) -> bool {
    matches!(
        reading,
        Reading::Text
            | Reading::Semver
            | Reading::KubeVersion
            | Reading::ImageVersion
            | Reading::ApiVersion
            | Reading::Timestamp
    )
}

fn is_not_finite(text: &str) -> bool {
    let unsigned = text
        .strip_prefix(['+', '-'])
        .unwrap_or(text)
        .to_ascii_lowercase();
    matches!(unsigned.as_str(), ".inf" | ".nan") || Decimal::parse(text).is_some()
}

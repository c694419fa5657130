//! Values to compare with, and the scalars that do not mean what they seem to.

use serde_json::Value;

use crate::condition::Reading;
use crate::decimal::Decimal;
use crate::document::{Kind, Node, Reader, Scalar, ScalarStyle};

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
    if is_sexagesimal(text) || is_date(text) {
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

/// Numbers to the base of sixty, which YAML 1.1 has: `12:30`, `1:02:03.5`.
fn is_sexagesimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut parts = unsigned.split(':');
    let first = parts.next().is_some_and(|first| {
        first
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'_')
            && first.starts_with(|c: char| c.is_ascii_digit())
    });
    let mut more = 0;
    let rest = parts.all(|part| {
        more += 1;
        let digits = part.split('.').next().unwrap_or_default();
        digits.len() <= 2
            && digits.parse::<u8>().is_ok_and(|value| value < 60)
            && part
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    first && rest && more > 0
}

/// A date, with or without a time: `2024-01-31`, `2001-12-14t21:59:43.10-05:00`.
fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let digits = |part: Option<&str>, least: usize, most: usize| {
        part.is_some_and(|part| {
            (least..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    let year = digits(parts.next(), 4, 4);
    let month = digits(parts.next(), 1, 2);
    let rest = parts.next().unwrap_or_default();
    let day = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    let after = rest.get(day..).unwrap_or_default();
    year && month
        && (1..=2).contains(&day)
        && (after.is_empty() || after.starts_with(['t', 'T', ' ', '\t']))
}

fn is_not_finite(text: &str) -> bool {
    let unsigned = text
        .strip_prefix(['+', '-'])
        .unwrap_or(text)
        .to_ascii_lowercase();
    matches!(unsigned.as_str(), ".inf" | ".nan") || Decimal::parse(text).is_some()
}

//! The values of operators that compare with no plain value: patterns, texts, lengths, conditions of a status.

use super::item::{optional, word};
use super::value;
use crate::condition::{
    Age, Comparison, ConditionStatus, Length, Pattern, PatternError, Reading, Side,
    StatusCondition, Test, TextPart,
};
use crate::document::{Fields, Node, Reader};
use crate::duration::parse_duration;

/// A regular expression that says both its ends.
pub(super) fn pattern(reader: &mut Reader<'_>, node: &Node) -> Option<Pattern> {
    let text = string(reader, node)?;
    let error = match Pattern::new(&text) {
        Ok(pattern) => return Some(pattern),
        Err(error) => error,
    };
    let diagnostic = reader.error("value.pattern", node.span(), error.to_string());
    reader.report(match error {
        PatternError::OpenEnd(_) => diagnostic.help(spellings(&text)),
        PatternError::MultiLine => diagnostic.help("leave out the flag `m`"),
        PatternError::TooLarge => diagnostic.help("repeat less, or ask with several operators"),
        _ => diagnostic,
    });
    None
}

/// Both ways to say the ends of a pattern that says them not.
fn spellings(text: &str) -> String {
    let inner = text.strip_prefix('^').or_else(|| text.strip_prefix(".*"));
    let inner = inner.unwrap_or(text);
    let anchored = inner.strip_suffix('$').filter(|rest| !rest.ends_with('\\'));
    let inner = anchored
        .or_else(|| inner.strip_suffix(".*"))
        .unwrap_or(inner);
    let inner = if inner.contains('|') {
        format!("({inner})")
    } else {
        inner.to_owned()
    };
    let shown = crate::show::plain(&inner);
    format!("write `^{shown}$` for all of the text, or `.*{shown}.*` for a part of it")
}

/// The text of `startsWith` and its kin.
pub(super) fn text(reader: &mut Reader<'_>, node: &Node, part: TextPart) -> Option<Test> {
    let text = string(reader, node)?;
    if text.is_empty() {
        let message = "every string has the empty text: this asks nothing";
        let diagnostic = reader.error("value.empty", node.span(), message);
        reader.report(diagnostic.help("name the text, or ask `exists`"));
        return None;
    }
    Some(Test::Text(part, text))
}

fn string(reader: &mut Reader<'_>, node: &Node) -> Option<String> {
    match value::read(reader, node, Reading::Text)? {
        serde_json::Value::String(text) => Some(text),
        _ => {
            reader.wrong_type(node, "value", "a string");
            None
        }
    }
}

/// A length of time, as Go writes it.
pub(super) fn age(reader: &mut Reader<'_>, node: &Node, side: Side) -> Option<Age> {
    let text = string(reader, node)?;
    let problem = match parse_duration(&text) {
        Ok(nanoseconds) if nanoseconds >= 0 => {
            return Some(Age {
                side,
                text,
                nanoseconds,
            });
        }
        Ok(_) => "an age is not negative".to_owned(),
        Err(error) => error.to_string(),
    };
    let diagnostic = reader.error("value.reading", node.span(), problem);
    reader.report(diagnostic.help("write a duration such as \"90s\" or \"1h30m\""));
    None
}

/// `{op, value}`.
pub(super) fn length(reader: &mut Reader<'_>, node: &Node) -> Option<Length> {
    let mut fields = reader.fields(node, "value")?;
    let op = fields.required(reader, "op");
    let bound = fields.required(reader, "value");
    reader.finish(fields);
    let (op, bound) = (op?, bound?);
    let mut words: Vec<(&'static str, Option<Comparison>)> = Comparison::NAMES
        .into_iter()
        .map(|(name, comparison)| (name, Some(comparison)))
        .collect();
    words.push(("between", None));
    let length = match word(reader, op, "op", &words)? {
        Some(comparison) => Length::Compare(comparison, reader.integer(bound, "value")?),
        None => {
            let items = reader.items(bound, "value")?;
            let numbers: Vec<Option<u64>> = items
                .iter()
                .map(|item| reader.integer(item, "value"))
                .collect();
            match numbers.as_slice() {
                &[Some(low), Some(high)] if low <= high => Length::Between(low, high),
                numbers if numbers.contains(&None) => return None,
                _ => {
                    let message = "`between` takes two numbers: the lowest and the highest";
                    let diagnostic = reader.error("value", bound.span(), message);
                    reader.report(diagnostic.help("write `value: [1, 3]`"));
                    return None;
                }
            }
        }
    };
    if length == Length::Compare(Comparison::Ge, 0) || length == Length::Compare(Comparison::Lt, 0)
    {
        let message = "a length is never below 0: this asks nothing";
        let diagnostic = reader.error("value", bound.span(), message);
        reader.report(diagnostic.help("compare with 1, or ask `exists`"));
        return None;
    }
    Some(length)
}

/// `{type, status, reason, fresh}`.
pub(super) fn status_condition(reader: &mut Reader<'_>, node: &Node) -> Option<StatusCondition> {
    let mut fields = reader.fields(node, "value")?;
    let kind = fields
        .required(reader, "type")
        .and_then(|node| reader.text(node, "type"));
    let status = match optional(reader, &mut fields, "status") {
        Some(node) => status(reader, node),
        None => Some(ConditionStatus::True),
    };
    let reason = text_of(reader, &mut fields, "reason");
    let fresh = match optional(reader, &mut fields, "fresh") {
        Some(node) => reader.boolean(node, "fresh"),
        None => Some(true),
    };
    reader.finish(fields);
    Some(StatusCondition {
        kind: kind?.to_owned(),
        status: status?,
        reason: reason.map(str::to_owned),
        fresh: fresh?,
    })
}

/// `True` and `False` are booleans to YAML, and the strings are meant.
fn status(reader: &mut Reader<'_>, node: &Node) -> Option<ConditionStatus> {
    let words: Vec<(&'static str, ConditionStatus)> = ConditionStatus::NAMES
        .into_iter()
        .chain([
            ("true", ConditionStatus::True),
            ("false", ConditionStatus::False),
        ])
        .collect();
    word(reader, node, "status", &words)
}

fn text_of<'n>(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'n>,
    key: &'static str,
) -> Option<&'n str> {
    let node = optional(reader, fields, key)?;
    reader.text(node, key)
}

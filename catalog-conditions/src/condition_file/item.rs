//! One item of the list.

use super::composition::{self, Leaves};
use super::{fact, leaf};
use crate::condition::{Condition, Expression, Leaf, OnUnknown};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Fields, Node, Reader};

/// The longest name in characters.
const LONGEST_NAME: usize = 256;

const LEAVES: Leaves<Leaf> = Leaves {
    read: leaf::read,
    keys: &leaf::KEYS,
};

pub(super) fn read(reader: &mut Reader<'_>, node: &Node, default_name: &str) -> Condition {
    let Some(mut fields) = reader.fields(node, default_name) else {
        return located(reader, node, Condition::broken(default_name));
    };
    let name = name(reader, &mut fields).unwrap_or(default_name);
    let message =
        optional(reader, &mut fields, "message").and_then(|node| reader.text(node, "message"));
    let severity = choice(
        reader,
        &mut fields,
        "severity",
        &[
            ("error", Severity::Error),
            ("warning", Severity::Warning),
            ("note", Severity::Note),
        ],
    );
    let on_unknown = choice(
        reader,
        &mut fields,
        "onUnknown",
        &[
            ("fail", OnUnknown::Fail),
            ("warn", OnUnknown::Warn),
            ("pass", OnUnknown::Pass),
        ],
    );
    let when = optional(reader, &mut fields, "when").map(|node| fact::when(reader, node));
    let expression = composition::read(reader, &mut fields, &LEAVES, 0).map(Expression::from);
    reader.finish(fields);
    let condition = match expression.filter(|_| reader.error_count() == 0) {
        Some(expression) => Condition::new(name, expression)
            .with_severity(severity.unwrap_or(Severity::Error))
            .with_on_unknown(on_unknown.unwrap_or_default()),
        None => Condition::broken(name),
    };
    let condition = match when.flatten() {
        Some(when) => condition.with_when(when),
        None => condition,
    };
    let condition = match message {
        Some(message) => condition.with_message(message),
        None => condition,
    };
    located(reader, node, condition)
}

fn located(reader: &Reader<'_>, node: &Node, condition: Condition) -> Condition {
    let place = Diagnostic::note("", "").at(reader.file(), node.span());
    match place.location() {
        Some(location) => condition.with_location(location.clone()),
        None => condition,
    }
}

fn name<'n>(reader: &mut Reader<'_>, fields: &mut Fields<'n>) -> Option<&'n str> {
    let node = optional(reader, fields, "name")?;
    let name = reader.text(node, "name")?;
    let fits = !name.trim().is_empty()
        && name.chars().count() <= LONGEST_NAME
        && !name.contains(char::is_control);
    if !fits {
        let message = format!("a name is one line of 1 to {LONGEST_NAME} characters");
        let diagnostic = reader.error("name", node.span(), message);
        reader.report(diagnostic);
        return None;
    }
    Some(name)
}

/// The value of a key; written without one, it is an error, since nobody can tell what was meant.
pub(super) fn optional<'n>(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'n>,
    key: &'static str,
) -> Option<&'n Node> {
    let node = fields.take_nullable(key)?;
    if node.is_null() {
        let diagnostic = reader.error("null", node.span(), format!("`{key}` has no value"));
        reader.report(diagnostic.help(format!("give `{key}` a value, or remove it")));
        return None;
    }
    Some(node)
}

/// The value of a key that is one of a few words.
pub(super) fn choice<T: Copy>(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    key: &'static str,
    words: &[(&'static str, T)],
) -> Option<T> {
    let node = optional(reader, fields, key)?;
    word(reader, node, key, words)
}

/// One of a few words.
pub(super) fn word<T: Copy>(
    reader: &mut Reader<'_>,
    node: &Node,
    key: &str,
    words: &[(&'static str, T)],
) -> Option<T> {
    let text = reader.word(node, key)?;
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
        return Some(*value);
    }
    let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let message = format!("`{key}` cannot be `{}`", crate::show::plain(text));
    let diagnostic = reader.error(key, node.span(), message);
    let otherwise = format!("write one of: {}", names.join(", "));
    reader.report(reader.meant(diagnostic, node, &names, otherwise));
    None
}

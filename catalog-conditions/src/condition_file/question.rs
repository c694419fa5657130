//! `op`, `value`, `valueFrom`, `as` and `whenAbsent`, and what they mean together.

use super::item::{optional, word};
use super::operator::{self, Operator};
use super::subject::Subject;
use super::{literal, operand, range, value, value_from};
use crate::condition::{Asked, Reading, Test, WhenAbsent};
use crate::document::{Fields, Node, Reader};
use crate::source::Span;

/// The keys that say what is asked of one value.
pub(super) const KEYS: [&str; 5] = ["op", "value", "valueFrom", "as", "whenAbsent"];

const WHEN_ABSENT: [(&str, WhenAbsent); 3] = [
    ("satisfied", WhenAbsent::Satisfied),
    ("notSatisfied", WhenAbsent::NotSatisfied),
    ("unknown", WhenAbsent::Unknown),
];

/// The keys as they are written.
pub(super) struct Keys<'n> {
    op: Option<&'n Node>,
    /// Null included: it is an error with advice of its own.
    value: Option<&'n Node>,
    value_from: Option<&'n Node>,
    reading: Option<&'n Node>,
    when_absent: Option<&'n Node>,
    /// Where to point at for what is missing.
    span: Span,
}

impl<'n> Keys<'n> {
    pub(super) fn take(reader: &mut Reader<'_>, fields: &mut Fields<'n>) -> Self {
        Self {
            op: optional(reader, fields, "op"),
            value: fields.take_nullable("value"),
            value_from: optional(reader, fields, "valueFrom"),
            reading: optional(reader, fields, "as"),
            when_absent: optional(reader, fields, "whenAbsent"),
            span: fields.span(),
        }
    }

    pub(super) fn value_span(&self) -> Span {
        let node = self.value.or(self.value_from);
        node.map_or(self.span, Node::span)
    }

    /// The value, which must be there and not null.
    pub(super) fn required_value(&self, reader: &mut Reader<'_>) -> Option<&'n Node> {
        let Some(node) = self.value else {
            let span = self.op.map_or(self.span, Node::span);
            let diagnostic = reader.error("value.missing", span, "`value` is missing");
            reader.report(diagnostic.help("add `value:`, or ask `exists`"));
            return None;
        };
        value::not_null(reader, node).then_some(node)
    }
}

/// Reads what is asked of a subject.
pub(super) fn read(reader: &mut Reader<'_>, keys: &Keys<'_>, subject: Subject) -> Option<Asked> {
    let when_absent = keys
        .when_absent
        .and_then(|node| word(reader, node, "whenAbsent", &WHEN_ABSENT));
    let operator = match keys.op {
        Some(node) => operator::read(reader, node)?,
        None => operator::implied(reader, subject, keys.span)?,
    };
    let span = keys.op.map_or(keys.span, Node::span);
    operator::check_subject(reader, operator, subject, span)?;
    check_when_absent(reader, operator, subject, keys.when_absent);
    let reading = reading(reader, keys.reading, operator, subject)?;
    value_from::check_subject(reader, keys.value_from, subject)?;
    let test = test(reader, keys, operator, reading)?;
    Some(Asked { test, when_absent })
}

fn test(
    reader: &mut Reader<'_>,
    keys: &Keys<'_>,
    operator: Operator,
    reading: Reading,
) -> Option<Test> {
    if let Some(node) = keys.value_from {
        return value_from::read(reader, (node, keys.value), operator, reading);
    }
    match operator {
        Operator::Exists => without_value(reader, keys, Test::Exists),
        Operator::NotExists => without_value(reader, keys, Test::NotExists),
        Operator::IsNull => without_value(reader, keys, Test::IsNull),
        _ => {
            let node = keys.required_value(reader)?;
            with_value(reader, node, operator, reading)
        }
    }
}

fn with_value(
    reader: &mut Reader<'_>,
    node: &Node,
    operator: Operator,
    reading: Reading,
) -> Option<Test> {
    match operator {
        Operator::Compare(comparison) => literal::compared(reader, node, comparison, reading),
        Operator::In => literal::several(reader, node, reading).map(Test::Among),
        Operator::NotIn => literal::several(reader, node, reading).map(Test::NotAmong),
        Operator::Between => literal::between(reader, node, reading),
        Operator::Has(wanted) => literal::had(reader, node, wanted, reading),
        Operator::Range => range::read(reader, node, reading),
        Operator::Matches => operand::pattern(reader, node).map(Test::Matches),
        Operator::NotMatches => operand::pattern(reader, node).map(Test::NotMatches),
        Operator::Text(part) => operand::text(reader, node, part),
        Operator::Age(side) => operand::age(reader, node, side).map(Test::Age),
        Operator::Length => operand::length(reader, node).map(Test::Length),
        Operator::Condition => operand::status_condition(reader, node).map(Test::Condition),
        Operator::Exists | Operator::NotExists | Operator::IsNull => None,
    }
}

fn without_value(reader: &mut Reader<'_>, keys: &Keys<'_>, test: Test) -> Option<Test> {
    let Some(node) = keys.value else {
        return Some(test);
    };
    let diagnostic = reader.error("value", node.span(), format!("`{test}` takes no value"));
    reader.report(diagnostic.help("remove `value`, or use `eq`"));
    None
}

/// How values are read: as `as` says, as the subject implies, else by their JSON types.
fn reading(
    reader: &mut Reader<'_>,
    node: Option<&Node>,
    operator: Operator,
    subject: Subject,
) -> Option<Reading> {
    let implied = subject.implied_reading();
    let Some(node) = node else {
        return Some(implied.unwrap_or_default());
    };
    let text = reader.word(node, "as")?;
    let names = Reading::NAMES.map(|(name, _)| name);
    let Some((_, reading)) = Reading::NAMES.into_iter().find(|(name, _)| *name == text) else {
        let message = format!("`as` cannot be `{}`", crate::show::plain(text));
        let diagnostic = reader.error("as", node.span(), message);
        let otherwise = format!("write one of: {}", names.join(", "));
        reader.report(reader.meant(diagnostic, node, &names, otherwise));
        return None;
    };
    let problem = match implied {
        _ if operator.is_presence() => "this operator reads no value, and ignores `as`".to_owned(),
        _ if matches!(operator, Operator::Age(_)) && reading == Reading::Timestamp => {
            return Some(reading);
        }
        _ if !operator.obeys_reading() => {
            format!(
                "`{}` has a way of its own to read values, and ignores `as`",
                operator.as_str()
            )
        }
        Some(Reading::KubeVersion) if reading != Reading::KubeVersion => {
            "a cluster's version is always read as `kubeVersion`".to_owned()
        }
        Some(implied) if implied != reading => {
            format!("this target is always read as `{}`", implied.as_str())
        }
        _ => return Some(reading),
    };
    let diagnostic = reader.error("as", node.span(), problem);
    reader.report(diagnostic.help("remove `as`"));
    None
}

/// `whenAbsent` has nothing to say where absence is the very question, or cannot be.
fn check_when_absent(
    reader: &mut Reader<'_>,
    operator: Operator,
    subject: Subject,
    node: Option<&Node>,
) {
    let why = match subject {
        _ if operator.is_presence() => "this operator asks about absence itself",
        Subject::Object | Subject::Field => return,
        _ => "this target cannot be absent",
    };
    if let Some(node) = node {
        let message = format!("`whenAbsent` has no meaning here: {why}");
        let diagnostic = reader.error("whenAbsent", node.span(), message);
        reader.report(diagnostic.help("remove it"));
    }
}

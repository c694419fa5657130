//! `valueFrom`: the value is another field of the same object.

use super::item::optional;
use super::operator::Operator;
use super::subject::Subject;
use super::target;
use crate::condition::{Bound, FieldBound, Reading, Test};
use crate::document::{Node, Reader};
use crate::path::FieldPath;

/// Refuses a `valueFrom` on what is no object: its path would lead nowhere, and the condition would never be known to hold.
pub(super) fn check_subject(
    reader: &mut Reader<'_>,
    node: Option<&Node>,
    subject: Subject,
) -> Option<()> {
    let Some(node) = node else { return Some(()) };
    if matches!(subject, Subject::Object | Subject::Field) {
        return Some(());
    }
    let message = "this target is no object, and has no other field to compare with";
    let diagnostic = reader.error("valueFrom", node.span(), message);
    reader.report(diagnostic.help("write the value itself: `value: …`"));
    None
}

/// Reads `{fieldPath, minus: {fieldPath}}`, beside which no `value` may stand.
pub(super) fn read(
    reader: &mut Reader<'_>,
    (node, value): (&Node, Option<&Node>),
    operator: Operator,
    reading: Reading,
) -> Option<Test> {
    if let Some(value) = value {
        let message = "`value` has no place beside `valueFrom`";
        let diagnostic = reader.error("mixed", value.span(), message);
        reader.report(diagnostic.help("keep one of the two"));
        return None;
    }
    let Operator::Compare(comparison) = operator else {
        let message = format!("`{}` takes no `valueFrom`", operator.as_str());
        let diagnostic = reader.error("valueFrom", node.span(), message);
        reader.report(diagnostic.help("use a comparison: eq, ne, gt, ge, lt, le"));
        return None;
    };
    let mut fields = reader.fields(node, "valueFrom")?;
    let path = fields
        .required(reader, "fieldPath")
        .and_then(|node| single(reader, node));
    let minus = optional(reader, &mut fields, "minus").map(|node| subtrahend(reader, node));
    reader.finish(fields);
    let bound = FieldBound {
        path: path?,
        minus: match minus {
            Some(minus) => Some(minus?),
            None => None,
        },
        reading,
    };
    let subtracts = matches!(reading, Reading::Json | Reading::Number | Reading::Quantity);
    if bound.minus.is_some() && !subtracts {
        let message = format!("values read as {} cannot be subtracted", reading.as_str());
        let diagnostic = reader.error("valueFrom", node.span(), message);
        reader.report(diagnostic.help("`minus` works on numbers and on `as: quantity`"));
        return None;
    }
    Some(Test::Compare(comparison, Bound::Field(bound)))
}

fn subtrahend(reader: &mut Reader<'_>, node: &Node) -> Option<FieldPath> {
    let mut fields = reader.fields(node, "minus")?;
    let path = fields
        .required(reader, "fieldPath")
        .and_then(|node| single(reader, node));
    reader.finish(fields);
    path
}

/// A path to one value.
fn single(reader: &mut Reader<'_>, node: &Node) -> Option<FieldPath> {
    let path = target::field_path(reader, node)?;
    if path.is_many() {
        let message = format!("`{path}` leads to several values, and one is compared with");
        let diagnostic = reader.error("valueFrom", node.span(), message);
        reader.report(diagnostic.help("name one element, as in `[0]` or `[name=x]`"));
        return None;
    }
    Some(path)
}

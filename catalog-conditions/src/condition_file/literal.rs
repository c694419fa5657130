//! Values that are compared with.

use serde_json::Value;

use super::value;
use crate::condition::{
    Bound, Comparison, KubeComparison, Literal, Range, Reading, Test, Wanted, kube_notes,
};
use crate::document::{Node, Reader};

/// The value of a comparison.
pub(super) fn compared(
    reader: &mut Reader<'_>,
    node: &Node,
    comparison: Comparison,
    reading: Reading,
) -> Option<Test> {
    let literal = literal(reader, node, reading)?;
    if comparison.is_ordering() {
        check_ordered(reader, node, &literal)?;
    }
    if let (Reading::KubeVersion, Value::String(bound)) = (reading, literal.value()) {
        note_vendor_build(reader, node, bound);
        let compared = KubeComparison::new(comparison, bound)?;
        return Some(Test::Range(Range::KubeCompared(compared)));
    }
    Some(Test::Compare(comparison, Bound::Literal(literal)))
}

/// The values of `in` and `notIn`.
pub(super) fn several(
    reader: &mut Reader<'_>,
    node: &Node,
    reading: Reading,
) -> Option<Vec<Literal>> {
    let items = reader.items(node, "value")?;
    if items.is_empty() {
        let diagnostic = reader.error("value.empty", node.span(), "the list of values is empty");
        reader.report(diagnostic.help("name at least one value"));
        return None;
    }
    let literals: Vec<Option<Literal>> = items
        .iter()
        .map(|item| literal(reader, item, reading))
        .collect();
    literals.into_iter().collect()
}

/// The value of `hasItem`, and the values of its kin.
pub(super) fn had(
    reader: &mut Reader<'_>,
    node: &Node,
    wanted: Wanted,
    reading: Reading,
) -> Option<Test> {
    if wanted != Wanted::Item {
        return several(reader, node, reading).map(|literals| Test::Has(wanted, literals));
    }
    if node.as_sequence().is_some() {
        let diagnostic = reader.error("value", node.span(), "`hasItem` takes one value");
        reader.report(diagnostic.help("use `hasAll` or `hasAny` for several"));
        return None;
    }
    literal(reader, node, reading).map(|literal| Test::Has(wanted, vec![literal]))
}

/// The two values of `between`.
pub(super) fn between(reader: &mut Reader<'_>, node: &Node, reading: Reading) -> Option<Test> {
    let literals = several(reader, node, reading)?;
    let Ok([low, high]) = <[Literal; 2]>::try_from(literals) else {
        let message = "`between` takes two values: the lowest and the highest";
        let diagnostic = reader.error("value", node.span(), message);
        reader.report(diagnostic.help("write `value: [1, 3]`"));
        return None;
    };
    check_ordered(reader, node, &low)?;
    check_ordered(reader, node, &high)?;
    let order = low.read(high.value()).and_then(|high| low.compare(&high));
    let problem = match order {
        None => "the two values of `between` cannot be compared with each other",
        Some(std::cmp::Ordering::Less) => "the second value of `between` is below the first",
        Some(_) => return ordered(reader, node, low, high),
    };
    let diagnostic = reader.error("value", node.span(), problem);
    reader.report(diagnostic.help("write the lower one first"));
    None
}

/// `between` with its bounds in order.
fn ordered(reader: &mut Reader<'_>, node: &Node, low: Literal, high: Literal) -> Option<Test> {
    if let (Reading::KubeVersion, Value::String(first), Value::String(last)) =
        (low.reading(), low.value(), high.value())
    {
        note_vendor_build(reader, node, first);
        note_vendor_build(reader, node, last);
        let compared = KubeComparison::between(first, last)?;
        return Some(Test::Range(Range::KubeCompared(compared)));
    }
    Some(Test::Between(low, high))
}

fn note_vendor_build(reader: &mut Reader<'_>, node: &Node, bound: &str) {
    for note in kube_notes(bound) {
        let diagnostic = reader.warning("value.range", node.span(), note.to_string());
        reader.report(diagnostic);
    }
}

fn literal(reader: &mut Reader<'_>, node: &Node, reading: Reading) -> Option<Literal> {
    if !value::not_null(reader, node) {
        return None;
    }
    let value = value::read(reader, node, reading)?;
    if let Some(literal) = Literal::new(value.clone(), reading) {
        return Some(literal);
    }
    let message = format!(
        "{} cannot be read as {}",
        crate::show::value(&value),
        reading.as_str()
    );
    let diagnostic = reader.error("value.reading", node.span(), message);
    reader.report(diagnostic.help(match reading {
        Reading::Quantity => "write a quantity such as \"500m\" or \"1.5Gi\"",
        Reading::Duration => "write a duration such as \"90s\" or \"1h30m\"",
        Reading::Timestamp => "write a time such as \"2026-01-31T12:00:00Z\"",
        _ if value.is_number() => "quote it",
        Reading::Number => "write a number such as 5 or \"1.50\"",
        Reading::ApiVersion => "write a version such as \"v1\" or \"apps/v1beta1\"",
        Reading::Text => "write a string",
        _ => "write a version such as \"1.2.3\"",
    }));
    None
}

/// Only numbers have an order of their own; what else is to be ordered must say how it is read.
fn check_ordered(reader: &mut Reader<'_>, node: &Node, literal: &Literal) -> Option<()> {
    if literal.reading() != Reading::Json || literal.value().is_number() {
        return Some(());
    }
    let (message, help) = match literal.value() {
        Value::String(_) => (
            "strings have no order of their own".to_owned(),
            "say how to read both sides: `as: number`, `quantity`, `duration`, `timestamp`, `semver`, `kubeVersion`, `imageVersion`, `apiVersion`, or `string` for the order of their characters",
        ),
        other => (
            format!("a {} has no order", crate::show::kind(other)),
            "use `eq`",
        ),
    };
    let diagnostic = reader.error("value.order", node.span(), message);
    reader.report(diagnostic.help(help));
    None
}

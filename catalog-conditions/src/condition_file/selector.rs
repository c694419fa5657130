//! `selector:` as text, or as `matchLabels` and `matchExpressions`.

use super::item::optional;
use crate::document::{Node, Reader};
use crate::selector::{LabelSelector, Relation, Requirement, SelectorError};

pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Option<LabelSelector> {
    if node.as_mapping().is_some() {
        return from_map(reader, node);
    }
    let text = reader.text(node, "selector")?;
    checked(reader, node, LabelSelector::parse(text))
}

fn from_map(reader: &mut Reader<'_>, node: &Node) -> Option<LabelSelector> {
    let mut fields = reader.fields(node, "selector")?;
    let labels = optional(reader, &mut fields, "matchLabels");
    let expressions = optional(reader, &mut fields, "matchExpressions");
    reader.finish(fields);
    let mut requirements = Vec::new();
    if let Some(labels) = labels {
        match labels.as_mapping() {
            Some(map) => {
                let entries = map.entries().iter();
                requirements
                    .extend(entries.map(|entry| match_label(reader, entry.key(), entry.value())));
            }
            None => reader.wrong_type(labels, "matchLabels", "a map"),
        }
    }
    let items = expressions
        .and_then(|node| reader.items(node, "matchExpressions"))
        .unwrap_or_default();
    requirements.extend(items.iter().map(|item| match_expression(reader, item)));
    // Without one of its requirements a selector would select too much.
    let requirements: Option<Vec<Requirement>> = requirements.into_iter().collect();
    requirements.map(LabelSelector::new)
}

fn match_label(reader: &mut Reader<'_>, key: &Node, value: &Node) -> Option<Requirement> {
    let name = reader.text(key, "matchLabels")?;
    let text = label_text(reader, value)?;
    checked(reader, value, Requirement::new(name, Relation::In, [text]))
}

fn match_expression(reader: &mut Reader<'_>, node: &Node) -> Option<Requirement> {
    let mut fields = reader.fields(node, "matchExpressions")?;
    let key = fields
        .required(reader, "key")
        .and_then(|key| reader.text(key, "key"));
    let operator = super::item::choice(
        reader,
        &mut fields,
        "operator",
        &[
            ("In", Relation::In),
            ("NotIn", Relation::NotIn),
            ("Exists", Relation::Exists),
            ("DoesNotExist", Relation::DoesNotExist),
        ],
    );
    let values = optional(reader, &mut fields, "values");
    let known = fields.span();
    reader.finish(fields);
    let values = values.map_or(Some([].as_slice()), |values| reader.items(values, "values"))?;
    let texts: Option<Vec<&str>> = values
        .iter()
        .map(|value| label_text(reader, value))
        .collect();
    let Some(operator) = operator else {
        if node.value("operator").is_none() {
            let diagnostic = reader.error("operator.missing", known, "`operator` is missing");
            reader
                .report(diagnostic.help("add `operator: In`, `NotIn`, `Exists` or `DoesNotExist`"));
        }
        return None;
    };
    checked(reader, node, Requirement::new(key?, operator, texts?))
}

/// A label's value is a string: `true` and `1` must be quoted, as the API server wants them.
fn label_text<'n>(reader: &mut Reader<'_>, node: &'n Node) -> Option<&'n str> {
    if node.to_json().is_string() {
        return reader.text(node, "a label's value");
    }
    reader.wrong_type(node, "a label's value", "a string (quote it)");
    None
}

fn checked<T>(reader: &mut Reader<'_>, node: &Node, result: Result<T, SelectorError>) -> Option<T> {
    result
        .map_err(|error| {
            let diagnostic = reader.error("selector", node.span(), error.to_string());
            reader.report(diagnostic);
        })
        .ok()
}

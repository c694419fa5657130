//! `all`, `any` and `not` around the questions.

use super::item::optional;
use super::leaf;
use crate::condition::{Expression, ExpressionError};
use crate::document::{Fields, Node, Reader};
use crate::source::Span;

/// Keys of the items of the list, which their parts do not have.
const ITEM_KEYS: [&str; 5] = ["name", "message", "severity", "onUnknown", "when"];

/// Reads the keys of an item or part that make its question. `depth` counts the compositions around it.
pub(super) fn read(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    depth: usize,
) -> Option<Expression> {
    let all = optional(reader, fields, "all");
    let any = optional(reader, fields, "any");
    let not = optional(reader, fields, "not");
    let compositions: Vec<(&str, &Node)> = [("all", all), ("any", any), ("not", not)]
        .into_iter()
        .filter_map(|(key, node)| Some((key, node?)))
        .collect();
    if compositions.is_empty() {
        return leaf::read(reader, fields);
    }
    for key in leaf::KEYS {
        if let Some(node) = fields.take_present(key) {
            mixed(reader, node.span(), key);
        }
    }
    for (key, node) in compositions.iter().skip(1) {
        mixed(reader, node.span(), key);
    }
    let &(key, node) = compositions.first()?;
    if depth >= Expression::MAX_DEPTH {
        let message = format!(
            "`all`, `any` and `not` nest deeper than {}",
            Expression::MAX_DEPTH
        );
        let diagnostic = reader.error("composition", node.span(), message);
        reader.report(diagnostic);
        return None;
    }
    let expression = match key {
        "not" => Expression::not(part(reader, node, "not", depth)?),
        "any" => Expression::any(parts(reader, node, "any", depth)?),
        _ => Expression::all(parts(reader, node, "all", depth)?),
    };
    checked(reader, node, expression)
}

fn parts(reader: &mut Reader<'_>, node: &Node, key: &str, depth: usize) -> Option<Vec<Expression>> {
    let items = reader.items(node, key)?;
    let parts: Vec<Option<Expression>> = items
        .iter()
        .map(|item| part(reader, item, key, depth))
        .collect();
    parts.into_iter().collect()
}

fn part(reader: &mut Reader<'_>, node: &Node, key: &str, depth: usize) -> Option<Expression> {
    let mut fields = reader.fields(node, key)?;
    let expression = read(reader, &mut fields, depth + 1);
    for key in ITEM_KEYS {
        if let Some(node) = fields.take_present(key) {
            let message =
                format!("`{key}` belongs to the items of the list alone, not to their parts");
            let diagnostic = reader.error("part", node.span(), message);
            reader.report(diagnostic.help(format!(
                "move `{key}` beside the outermost `all`, `any` or `not`"
            )));
        }
    }
    reader.finish(fields);
    expression
}

fn mixed(reader: &mut Reader<'_>, span: Span, key: &str) {
    let message = format!("`{key}` has no place beside `all`, `any` or `not`");
    let diagnostic = reader.error("mixed", span, message);
    reader.report(diagnostic.help("move it into a part of its own"));
}

fn checked(
    reader: &mut Reader<'_>,
    node: &Node,
    expression: Result<Expression, ExpressionError>,
) -> Option<Expression> {
    expression
        .map_err(|error| {
            let diagnostic = reader.error("composition", node.span(), error.to_string());
            reader.report(diagnostic);
        })
        .ok()
}

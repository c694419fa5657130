//! `all`, `any` and `not` around questions.

use super::item::optional;
use crate::condition::{ExpressionError, MAX_DEPTH, Tree};
use crate::document::{Fields, Node, Reader};
use crate::source::Span;

/// Keys of the items of the list, which their parts do not have.
const ITEM_KEYS: [&str; 5] = ["name", "message", "severity", "onUnknown", "when"];

/// How a composition ends: the questions that it joins.
pub(super) struct Leaves<L> {
    /// Reads one question from its keys.
    pub(super) read: fn(&mut Reader<'_>, &mut Fields<'_>) -> Option<Tree<L>>,
    /// The keys of a question.
    pub(super) keys: &'static [&'static str],
}

/// Reads the keys of an item or part that make its question. `depth` counts the compositions around it.
pub(super) fn read<L>(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    leaves: &Leaves<L>,
    depth: usize,
) -> Option<Tree<L>> {
    let all = optional(reader, fields, "all");
    let any = optional(reader, fields, "any");
    let not = optional(reader, fields, "not");
    let compositions: Vec<(&str, &Node)> = [("all", all), ("any", any), ("not", not)]
        .into_iter()
        .filter_map(|(key, node)| Some((key, node?)))
        .collect();
    if compositions.is_empty() {
        return (leaves.read)(reader, fields);
    }
    for key in leaves.keys {
        if let Some(node) = fields.take_present(key) {
            mixed(reader, node.span(), key);
        }
    }
    for (key, node) in compositions.iter().skip(1) {
        mixed(reader, node.span(), key);
    }
    let &(key, node) = compositions.first()?;
    if depth >= MAX_DEPTH {
        let message = format!("`all`, `any` and `not` nest deeper than {MAX_DEPTH}");
        let diagnostic = reader.error("composition", node.span(), message);
        reader.report(diagnostic);
        return None;
    }
    let tree = match key {
        "not" => Tree::not(part(reader, node, ("not", leaves), depth)?),
        "any" => Tree::any(parts(reader, node, ("any", leaves), depth)?),
        _ => Tree::all(parts(reader, node, ("all", leaves), depth)?),
    };
    checked(reader, node, tree)
}

/// Reads a map of its own, such as that of `satisfies`.
pub(super) fn part<L>(
    reader: &mut Reader<'_>,
    node: &Node,
    (key, leaves): (&str, &Leaves<L>),
    depth: usize,
) -> Option<Tree<L>> {
    let mut fields = reader.fields(node, key)?;
    let tree = read(reader, &mut fields, leaves, depth + 1);
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
    tree
}

fn parts<L>(
    reader: &mut Reader<'_>,
    node: &Node,
    (key, leaves): (&str, &Leaves<L>),
    depth: usize,
) -> Option<Vec<Tree<L>>> {
    let items = reader.items(node, key)?;
    let parts: Vec<Option<Tree<L>>> = items
        .iter()
        .map(|item| part(reader, item, (key, leaves), depth))
        .collect();
    parts.into_iter().collect()
}

fn mixed(reader: &mut Reader<'_>, span: Span, key: &str) {
    let message = format!("`{key}` has no place beside `all`, `any` or `not`");
    let diagnostic = reader.error("mixed", span, message);
    reader.report(diagnostic.help("move it into a part of its own"));
}

fn checked<L>(
    reader: &mut Reader<'_>,
    node: &Node,
    tree: Result<Tree<L>, ExpressionError>,
) -> Option<Tree<L>> {
    tree.map_err(|error| {
        let diagnostic = reader.error("composition", node.span(), error.to_string());
        reader.report(diagnostic);
    })
    .ok()
}

//! `nodes:`.

use super::item::optional;
use super::{selector, target};
use crate::condition::{Measure, NodesTarget};
use crate::document::{Fields, Node, Reader};
use crate::path::FieldPath;
use crate::selector::LabelSelector;

pub(super) fn read(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Option<NodesTarget> {
    let measure = measure(reader, fields);
    let selector = match optional(reader, fields, "selector") {
        Some(node) => selector::read(reader, node),
        None => Some(LabelSelector::default()),
    };
    let ready = flag(reader, fields, "ready");
    let schedulable = flag(reader, fields, "schedulable");
    Some(NodesTarget {
        measure: measure?,
        selector: selector?,
        ready: ready?,
        schedulable: schedulable?,
    })
}

fn measure(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Option<Measure> {
    let written: Vec<(&str, &Node)> = ["count", "sum", "min", "max"]
        .into_iter()
        .filter_map(|key| Some((key, optional(reader, fields, key)?)))
        .collect();
    let [(key, node)] = written.as_slice() else {
        let message = "`nodes` takes exactly one of `count`, `sum`, `min` and `max`";
        let diagnostic = reader.error("target.nodes", fields.span(), message);
        reader.report(diagnostic.help("write `{count: true}`, or `{sum: allocatable.memory}`"));
        return None;
    };
    match *key {
        "count" => count(reader, node),
        "sum" => path(reader, node).map(Measure::Sum),
        "min" => path(reader, node).map(Measure::Min),
        _ => path(reader, node).map(Measure::Max),
    }
}

fn count(reader: &mut Reader<'_>, node: &Node) -> Option<Measure> {
    if reader.boolean(node, "count")? {
        return Some(Measure::Count);
    }
    let diagnostic = reader.error("target.nodes", node.span(), "`count` can only be `true`");
    reader.report(diagnostic.help("write `{count: true}`"));
    None
}

/// A path into a node's `status`: what it has, or has to give.
fn path(reader: &mut Reader<'_>, node: &Node) -> Option<FieldPath> {
    let path = target::field_path(reader, node)?;
    let known = ["allocatable", "capacity"]
        .iter()
        .any(|first| path.begins_with(&[first]));
    if known && path.segments().len() == 2 && !path.is_many() {
        return Some(path);
    }
    let message = format!("`{path}` is no amount that a node's status says");
    let diagnostic = reader.error("target.nodes", node.span(), message);
    reader.report(diagnostic.help(
        "write `allocatable.memory` or `capacity.cpu`, and quote other resources: `allocatable['nvidia.com/gpu']`",
    ));
    None
}

/// True if nothing is said; `None` if it could not be read.
fn flag(reader: &mut Reader<'_>, fields: &mut Fields<'_>, key: &'static str) -> Option<bool> {
    match optional(reader, fields, key) {
        Some(node) => reader.boolean(node, key),
        None => Some(true),
    }
}

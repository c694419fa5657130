//! Follows a path through a schema.

use super::crd::Schema;
use super::error::SchemaError;
use super::field::{Field, FieldType, OrderLint, Types};
use super::part::{Form, ListType, Node, Part};
use super::refusal;
use crate::decimal::Decimal;
use crate::path::{FieldPath, Pair, Segment, Wanted};
use crate::show;

/// How many schemas a path with `*` may lead to at once. Beyond that, it counts as allowed.
const MAX_ALTERNATIVES: usize = 1000;

impl<'s> Schema<'s> {
    /// What stands at this path in an object of the schema.
    ///
    /// # Errors
    ///
    /// A [`SchemaError`] if no object of the schema can have the path: a field that is not specified, an index of what is no list, a
    /// selection by a key that the elements have not. A path with `*` is refused if nothing that the `*` leads to has the rest.
    ///
    /// Cost: linear in the length of the path, and with `*` at most 1000 times that, whatever the size of the schema; a refusal reads
    /// up to 1000 names for its advice.
    pub fn check(&self, path: &FieldPath) -> Result<Field<'s>, SchemaError> {
        let mut nodes = vec![self.root];
        let mut lints = Vec::new();
        for (at, segment) in path.segments().iter().enumerate() {
            if let Segment::Index(_) = segment {
                lints.extend(nodes.iter().find_map(|node| order_lint(path, at, node)));
            }
            nodes = match below(path, at, &nodes) {
                below if below.is_empty() => return Err(refusal::of(path, at, &nodes)),
                below if below.len() > MAX_ALTERNATIVES => vec![Node::FREE],
                below => below,
            };
            if nodes.iter().any(Node::is_free) {
                // Whatever else may stand there, nothing can be refused any more.
                nodes = vec![Node::FREE];
                break;
            }
        }
        Ok(Field::of(&nodes, lints))
    }
}

/// What one step leads to from every schema that the path before it may have led to; one more than allowed at most.
fn below<'s>(path: &FieldPath, at: usize, nodes: &[Node<'s>]) -> Vec<Node<'s>> {
    let mut below = Vec::new();
    for node in nodes {
        let room = MAX_ALTERNATIVES + 1 - below.len();
        match node {
            Node::Part(part) => below.extend(below_part(path, at, part).take(room)),
            Node::Known(shape) => below.extend(path.below(*shape, at).map(Node::Known).ok()),
        }
        if below.len() > MAX_ALTERNATIVES {
            break;
        }
    }
    below
}

fn below_part<'s>(
    path: &FieldPath,
    at: usize,
    part: &Part<'s>,
) -> Box<dyn Iterator<Item = Node<'s>> + 's> {
    let part = *part;
    let is_last = path.segments().len() == at + 1;
    let Some(segment) = path.segments().get(at) else {
        return Box::new(std::iter::empty());
    };
    match (part.form(), segment) {
        (Form::Any, _) => Box::new(std::iter::once(Node::FREE)),
        (Form::Object, Segment::Key(key)) if is_last || !part.is_map_of_texts() => {
            Box::new(part.field(key).into_iter())
        }
        (Form::Object, Segment::Every) if is_last || !part.is_map_of_texts() => {
            Box::new(part.fields())
        }
        (Form::List, Segment::Index(_) | Segment::Every) => Box::new(std::iter::once(part.item())),
        (Form::List, Segment::Select(pairs)) => {
            let item = part.item();
            let has_all = pairs.iter().all(|pair| misfit_pair(&item, pair).is_none());
            Box::new(has_all.then_some(item).into_iter())
        }
        _ => Box::new(std::iter::empty()),
    }
}

/// Why no element of a list can match a pair.
pub(super) enum PairMisfit<'s> {
    /// The elements are no objects.
    NoObjects,
    /// They are objects without the key.
    UnknownKey,
    /// What stands at the key is never equal to what is wanted.
    NeverEqual(Node<'s>),
}

pub(super) fn misfit_pair<'s>(item: &Node<'s>, pair: &Pair) -> Option<PairMisfit<'s>> {
    let part = match item {
        _ if item.is_free() => return None,
        Node::Part(part) if part.form() == Form::Object => part,
        _ => return Some(PairMisfit::NoObjects),
    };
    let Some(node) = part.field(&pair.key) else {
        return Some(PairMisfit::UnknownKey);
    };
    let fits = may_equal(&node.types(), &pair.wanted);
    (!fits).then_some(PairMisfit::NeverEqual(node))
}

/// Whether some value of these types is what a selection wants.
pub(super) fn may_equal(types: &Types, wanted: &Wanted) -> bool {
    let text = match wanted {
        _ if types.contains(FieldType::String) => return true,
        Wanted::Quoted(_) => return false,
        Wanted::Text(text) => text,
    };
    if types.contains(FieldType::Boolean) && matches!(text.as_str(), "true" | "false") {
        return true;
    }
    let number = Decimal::parse(text);
    number.is_some_and(|number| {
        types.contains(FieldType::Number) || types.contains(FieldType::Integer) && number.is_whole()
    })
}

/// What is to be said of an index into a list, if its order means nothing.
fn order_lint(path: &FieldPath, at: usize, node: &Node<'_>) -> Option<OrderLint> {
    let Node::Part(part) = node else {
        return None;
    };
    let list = path.prefix(at);
    let (is, help) = match part.list_type() {
        _ if part.form() != Form::List => return None,
        ListType::Atomic => return None,
        ListType::Set => (
            "set".to_owned(),
            format!("write `{list}[*]` with `each: any`"),
        ),
        ListType::Map(keys) => {
            let names: Vec<String> = keys
                .iter()
                .map(|key| format!("`{}`", show::plain(key)))
                .collect();
            let selected = refusal::selection(path, at, &keys);
            (
                format!("map by {}", names.join(" and ")),
                format!("write `{selected}`"),
            )
        }
    };
    let message = format!("`{list}` is a {is}: the order of its elements means nothing");
    Some(OrderLint::new(message, help))
}

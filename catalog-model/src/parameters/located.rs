//! Values that remember where they stood.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_conditions::Span;
use catalog_conditions::document::{Kind, Limits, Node};
use serde_json::Value;

use super::outline::Shape;

/// A value of a layer and, where it was read from a file, its place. Clones share what is in it: many modules may have one file.
#[derive(Clone, PartialEq)]
pub(super) struct Located {
    pub(super) span: Option<Span>,
    /// Its key, if it is in a map.
    pub(super) key: Option<Span>,
    pub(super) kind: LocatedKind,
}

#[derive(Clone, PartialEq)]
pub(super) enum LocatedKind {
    /// Anything but a list or a map.
    Scalar(Value),
    List(Arc<[Located]>),
    Map(Arc<BTreeMap<String, Located>>),
}

impl Located {
    /// What a node means to Kubernetes' tools, with the places of everything in it. The parser bounded its depth.
    pub(super) fn from_node(node: &Node) -> Self {
        let kind = match node.kind() {
            Kind::Scalar(_) => LocatedKind::Scalar(node.to_json()),
            Kind::Sequence(items) => LocatedKind::List(items.iter().map(Self::from_node).collect()),
            Kind::Mapping(mapping) => {
                let entries = mapping.entries().iter();
                let entries = entries.filter_map(|entry| {
                    let mut value = Self::from_node(entry.value());
                    value.key = Some(entry.key().span());
                    Some((key(entry.key())?, value))
                });
                LocatedKind::Map(Arc::new(entries.collect()))
            }
        };
        Self {
            span: Some(node.span()),
            key: None,
            kind,
        }
    }

    fn from_json(value: &Value, depth: usize, nodes: &mut usize) -> Option<Self> {
        *nodes = nodes.checked_sub(1)?;
        let kind = match value {
            Value::Array(items) => {
                let depth = depth.checked_sub(1)?;
                let items = items.iter();
                let items = items.map(|item| Self::from_json(item, depth, nodes));
                LocatedKind::List(items.collect::<Option<_>>()?)
            }
            Value::Object(entries) => {
                let depth = depth.checked_sub(1)?;
                let entries = entries.iter();
                let entries = entries
                    .map(|(key, value)| Some((key.clone(), Self::from_json(value, depth, nodes)?)));
                LocatedKind::Map(Arc::new(entries.collect::<Option<_>>()?))
            }
            scalar => LocatedKind::Scalar(scalar.clone()),
        };
        Some(Self {
            span: None,
            key: None,
            kind,
        })
    }

    /// A value without a place; `None` if it is over the limits of depth and nodes.
    pub(super) fn bounded(value: &Value, limits: &Limits) -> Option<Self> {
        let mut nodes = limits.nodes;
        Self::from_json(value, limits.depth, &mut nodes)
    }

    /// A value without a place that a parser made, and so bounded: in depth and size, by the limits of the file it is from.
    pub(super) fn parsed(value: &Value) -> Self {
        let kind = match value {
            Value::Array(items) => LocatedKind::List(items.iter().map(Self::parsed).collect()),
            Value::Object(entries) => {
                let entries = entries.iter();
                let entries = entries.map(|(key, value)| (key.clone(), Self::parsed(value)));
                LocatedKind::Map(Arc::new(entries.collect()))
            }
            scalar => LocatedKind::Scalar(scalar.clone()),
        };
        Self {
            span: None,
            key: None,
            kind,
        }
    }

    /// A map that stands nowhere as a whole.
    pub(super) fn map(entries: BTreeMap<String, Self>) -> Self {
        Self {
            span: None,
            key: None,
            kind: LocatedKind::Map(Arc::new(entries)),
        }
    }

    /// A map of one key.
    pub(super) fn under(self, key: String) -> Self {
        Self {
            span: self.span,
            key: None,
            kind: LocatedKind::Map(Arc::new(BTreeMap::from([(key, self)]))),
        }
    }

    /// Where a reader should look: at the value, or at the key of one that has no text (`a:`).
    pub(super) fn place(&self) -> Option<Span> {
        self.span
            .filter(|span| span.end > span.start)
            .or(self.key)
            .or(self.span)
    }

    /// How many values there are, it and those in it.
    pub(super) fn count(&self) -> usize {
        let below: usize = match &self.kind {
            LocatedKind::Scalar(_) => 0,
            LocatedKind::List(items) => items.iter().map(Self::count).sum(),
            LocatedKind::Map(entries) => entries.values().map(Self::count).sum(),
        };
        1 + below
    }

    pub(super) fn as_map(&self) -> Option<&BTreeMap<String, Self>> {
        match &self.kind {
            LocatedKind::Map(entries) => Some(entries),
            _ => None,
        }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self.kind, LocatedKind::Scalar(Value::Null))
    }

    pub(super) fn shape(&self) -> Shape {
        match &self.kind {
            LocatedKind::Scalar(Value::Null) => Shape::Nothing,
            LocatedKind::Scalar(_) => Shape::Scalar,
            LocatedKind::List(_) => Shape::List,
            LocatedKind::Map(_) => Shape::Map,
        }
    }

    /// The value under a key or index.
    pub(super) fn child(&self, step: &str) -> Option<&Self> {
        match &self.kind {
            LocatedKind::Scalar(_) => None,
            LocatedKind::List(items) => items.get(step.parse::<usize>().ok()?),
            LocatedKind::Map(entries) => entries.get(step),
        }
    }

    /// How many values are in it that are no maps.
    pub(super) fn leaf_count(&self) -> usize {
        match &self.kind {
            LocatedKind::Map(entries) => entries.values().map(Self::leaf_count).sum(),
            LocatedKind::Scalar(_) | LocatedKind::List(_) => 1,
        }
    }

    /// The value without places.
    pub(super) fn to_json(&self) -> Value {
        match &self.kind {
            LocatedKind::Scalar(value) => value.clone(),
            LocatedKind::List(items) => items.iter().map(Self::to_json).collect(),
            LocatedKind::Map(entries) => entries
                .iter()
                .map(|(key, value)| (key.clone(), value.to_json()))
                .collect(),
        }
    }
}

/// Keys are read like values and written as texts, as [`Node::to_json`] has it.
fn key(node: &Node) -> Option<String> {
    let text = node.as_scalar()?.text();
    Some(match node.to_json() {
        Value::Null => text.to_owned(),
        Value::String(text) => text,
        other => other.to_string(),
    })
}

//! Follows a query through a value (RFC 9535, sections 2.3 and 2.5), keeping where each node stands and counting what is visited.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::error::TooManyNodes;
use super::find::JsonPath;
use super::pattern::Pattern;
use super::query::{Query, Segment, Selector, Start};
use super::slice;
use crate::path::{Link, Step, Trail};

/// One evaluation of one query.
pub(super) struct Evaluation<'v> {
    root: &'v Value,
    trail: Trail<'v>,
    /// Patterns that stand in the object, each read once; `None` for a text that is none.
    patterns: BTreeMap<(String, bool), Option<Pattern>>,
    visits: usize,
}

/// A value, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Node<'v> {
    pub(super) value: &'v Value,
    pub(super) link: Link,
}

type Nodes<'v> = Result<Vec<Node<'v>>, TooManyNodes>;

impl<'v> Evaluation<'v> {
    /// The nodes that a query leads to from the root, and the trail that knows their places.
    pub(super) fn run(
        query: &Query,
        root: &'v Value,
    ) -> Result<(Vec<Node<'v>>, Trail<'v>), TooManyNodes> {
        let mut evaluation = Self {
            root,
            trail: Trail::default(),
            patterns: BTreeMap::new(),
            visits: 0,
        };
        let nodes = evaluation.nodes(query, root)?;
        Ok((nodes, evaluation.trail))
    }

    /// The values that a query inside a filter leads to.
    pub(super) fn values(
        &mut self,
        query: &Query,
        current: &'v Value,
    ) -> Result<Vec<&'v Value>, TooManyNodes> {
        let before = self.trail.last();
        let nodes = self.nodes(query, current)?;
        self.trail.forget_after(before);
        Ok(nodes.into_iter().map(|node| node.value).collect())
    }

    /// The pattern that a text of the object is.
    pub(super) fn pattern(
        &mut self,
        text: &str,
        whole: bool,
    ) -> Result<Option<&Pattern>, TooManyNodes> {
        let key = (text.to_owned(), whole);
        if !self.patterns.contains_key(&key) {
            self.visit(Pattern::COST)?;
        }
        let read = self.patterns.entry(key);
        let read = read.or_insert_with_key(|(text, whole)| Pattern::read(text, *whole).ok());
        Ok(read.as_ref())
    }

    /// Counts visits, or what costs as much.
    pub(super) fn visit(&mut self, count: usize) -> Result<(), TooManyNodes> {
        self.visits = self.visits.saturating_add(count);
        if self.visits > JsonPath::MAX_VISITS {
            return Err(TooManyNodes {});
        }
        Ok(())
    }

    pub(super) fn visits_left(&self) -> usize {
        JsonPath::MAX_VISITS.saturating_sub(self.visits)
    }

    fn nodes(&mut self, query: &Query, current: &'v Value) -> Nodes<'v> {
        let value = match query.start {
            Start::Root => self.root,
            Start::Current => current,
        };
        let link = Link::ROOT;
        let mut nodes = vec![Node { value, link }];
        for segment in &query.segments {
            nodes = self.segment(segment, nodes)?;
        }
        Ok(nodes)
    }

    fn segment(&mut self, segment: &Segment, nodes: Vec<Node<'v>>) -> Nodes<'v> {
        let mut next = Vec::new();
        for node in nodes {
            if segment.descendant {
                self.descend(segment, node, &mut next)?;
            } else {
                self.select(segment, node, &mut next)?;
            }
        }
        Ok(next)
    }

    /// Selects in the node and in everything below it, a parent before its children. It keeps its own stack, since nothing bounds the
    /// depth of a value that was made in code.
    fn descend(
        &mut self,
        segment: &Segment,
        node: Node<'v>,
        next: &mut Vec<Node<'v>>,
    ) -> Result<(), TooManyNodes> {
        let mut stack = vec![node];
        while let Some(node) = stack.pop() {
            self.select(segment, node, next)?;
            let first = stack.len();
            for (step, value) in children(node.value) {
                self.visit(1)?;
                // Below a scalar there is nothing to select.
                if value.is_array() || value.is_object() {
                    stack.push(self.child(node, step, value));
                }
            }
            if let Some(added) = stack.get_mut(first..) {
                added.reverse();
            }
        }
        Ok(())
    }

    fn select(
        &mut self,
        segment: &Segment,
        node: Node<'v>,
        next: &mut Vec<Node<'v>>,
    ) -> Result<(), TooManyNodes> {
        let length = node.value.as_array().map_or(0, Vec::len);
        for selector in &segment.selectors {
            self.visit(1)?;
            match selector {
                Selector::Name(name) => {
                    let member = node
                        .value
                        .as_object()
                        .and_then(|map| map.get_key_value(name));
                    if let Some((key, value)) = member {
                        next.push(self.child(node, Step::Key(key), value));
                    }
                }
                Selector::Index(index) => {
                    self.elements(node, slice::position(*index, length), next)?
                }
                Selector::Slice(slice) => self.elements(node, slice.indexes(length), next)?,
                Selector::Every => {
                    for (step, value) in children(node.value) {
                        self.visit(1)?;
                        next.push(self.child(node, step, value));
                    }
                }
                Selector::Filter(test) => {
                    for (step, value) in children(node.value) {
                        self.visit(1)?;
                        if self.holds(test, value)? {
                            next.push(self.child(node, step, value));
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn elements(
        &mut self,
        node: Node<'v>,
        indexes: impl IntoIterator<Item = usize>,
        next: &mut Vec<Node<'v>>,
    ) -> Result<(), TooManyNodes> {
        for at in indexes {
            self.visit(1)?;
            if let Some(value) = node.value.as_array().and_then(|items| items.get(at)) {
                next.push(self.child(node, Step::Index(at), value));
            }
        }
        Ok(())
    }

    fn child(&mut self, parent: Node<'v>, step: Step<'v>, value: &'v Value) -> Node<'v> {
        let link = self.trail.push(parent.link, step);
        Node { value, link }
    }
}

/// The elements of a list in their order, the values of an object in the order of their keys, nothing below a scalar.
fn children(value: &Value) -> impl Iterator<Item = (Step<'_>, &Value)> {
    let items = value.as_array().into_iter().flatten().enumerate();
    let members = value.as_object().into_iter().flat_map(by_key);
    items
        .map(|(at, item)| (Step::Index(at), item))
        .chain(members.map(|(key, item)| (Step::Key(key), item)))
}

/// A map keeps its keys sorted unless `preserve_order` of serde_json is on somewhere in the program.
fn by_key(map: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    let sorted = map.keys().is_sorted();
    let as_it_is = map.iter().filter(move |_| sorted);
    let sorted: BTreeMap<&String, &Value> = map.iter().filter(|_| !sorted).collect();
    as_it_is.chain(sorted)
}

//! A query that is within RFC 9535 and well typed: an ill-typed one cannot be written in these types.

use serde_json::Value;

use super::pattern::Pattern;
use super::slice::Slice;

/// The way from a start to nodes.
#[derive(Clone, Debug)]
pub(super) struct Query {
    pub(super) start: Start,
    pub(super) segments: Vec<Segment>,
}

/// Where a query starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Start {
    /// `$`: the root of the object.
    Root,
    /// `@`: the node that a filter tests.
    Current,
}

/// From each node to some of its children, or of its descendants' children.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub(super) descendant: bool,
    /// At least one.
    pub(super) selectors: Vec<Selector>,
}

/// Which children.
#[derive(Clone, Debug)]
pub(super) enum Selector {
    Name(String),
    /// `*`
    Every,
    /// Negative ones count from the end.
    Index(i64),
    Slice(Slice),
    Filter(Logical),
}

/// Something that holds of a node or not.
#[derive(Clone, Debug)]
pub(super) enum Logical {
    Or(Vec<Logical>),
    And(Vec<Logical>),
    Not(Box<Logical>),
    /// The query leads to at least one node.
    Exists(Query),
    Compare(Box<Comparison>),
    Search(Box<Search>),
}

#[derive(Clone, Debug)]
pub(super) struct Comparison {
    pub(super) left: Operand,
    pub(super) relation: Relation,
    pub(super) right: Operand,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Relation {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// `match` and `search`.
#[derive(Clone, Debug)]
pub(super) struct Search {
    pub(super) text: Operand,
    pub(super) pattern: Wanted,
    /// Whether the whole text must match, or some part of it.
    pub(super) whole: bool,
}

/// A pattern of the query, read once, or one from the object.
#[derive(Clone, Debug)]
pub(super) enum Wanted {
    Fixed(Pattern),
    Read(Operand),
}

/// What has one value at most (the RFC's `ValueType`).
#[derive(Clone, Debug)]
pub(super) enum Operand {
    Literal(Value),
    /// A singular query.
    Singular(Query),
    Length(Box<Operand>),
    Count(Query),
    /// The value of the only node.
    Only(Query),
}

impl Query {
    /// Whether it leads to one node at most, whatever the object (section 2.3.5.1: names and indexes only).
    pub(super) fn is_singular(&self) -> bool {
        !self.segments.iter().any(Segment::is_plural)
    }
}

impl Segment {
    /// Whether it can lead from one node to several.
    pub(super) fn is_plural(&self) -> bool {
        self.descendant || self.selectors.len() > 1 || !self.is_named()
    }

    /// Whether it looks for children by name or index, which may be missing.
    pub(super) fn is_named(&self) -> bool {
        let named =
            |selector: &Selector| matches!(selector, Selector::Name(_) | Selector::Index(_));
        self.selectors.iter().any(named)
    }
}

//! What takes the parser's events.

use std::borrow::Cow;

use super::node::{ScalarStyle, Tag};
use crate::source::Span;

/// What takes the events of a text that lives as long as `'t`, in their order, until it stops.
pub(super) trait Receiver<'t> {
    /// Why it takes no more.
    type Stop;

    fn document_start(&mut self, span: Span);

    fn document_end(&mut self, span: Span) -> Result<(), Self::Stop>;

    fn scalar(
        &mut self,
        span: Span,
        text: Cow<'t, str>,
        style: ScalarStyle,
        properties: Properties,
    ) -> Result<(), Self::Stop>;

    fn collection_start(
        &mut self,
        span: Span,
        shape: Shape,
        properties: Properties,
    ) -> Result<(), Self::Stop>;

    /// The span has a width where a bracket ends the collection.
    fn collection_end(&mut self, end: Span) -> Result<(), Self::Stop>;

    fn alias(&mut self, span: Span, anchor: usize) -> Result<(), Self::Stop>;

    fn unresolved_alias(&mut self, span: Span, name: &str) -> Result<(), Self::Stop>;
}

/// The number of a node's anchor, 0 where it has none, and its tag.
pub(super) type Properties = (usize, Option<Box<Tag>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Sequence,
    /// Its nodes are keys and values in turn.
    Mapping,
}

//! `each` and `allowEmpty`: how many values of a set must do.

use super::count;
use super::item::optional;
use crate::condition::{Each, NeedsEach};
use crate::document::{Fields, Reader};
use crate::source::Span;

/// The two keys as they are written.
#[derive(Clone, Copy)]
pub(super) struct SetSize {
    each: Option<(Option<Each>, Span)>,
    allow_empty: Option<(Option<bool>, Span)>,
}

impl SetSize {
    pub(super) fn take(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Self {
        let each = optional(reader, fields, "each");
        let allow_empty = optional(reader, fields, "allowEmpty");
        Self {
            each: each.map(|node| (count::read(reader, node), node.span())),
            allow_empty: allow_empty.map(|node| (reader.boolean(node, "allowEmpty"), node.span())),
        }
    }

    pub(super) fn each(self) -> Option<Each> {
        self.each.and_then(|(each, _)| each)
    }

    pub(super) fn allow_empty(self) -> bool {
        matches!(self.allow_empty, Some((Some(true), _)))
    }

    /// Where `each` is written.
    pub(super) fn span(self) -> Option<Span> {
        self.each.map(|(_, span)| span)
    }

    /// Several values need `each`, one value has none. `place` is what gives the values.
    pub(super) fn check(self, reader: &mut Reader<'_>, needs: NeedsEach, place: Span) {
        let found = match (needs, self.span()) {
            (NeedsEach::Yes, None) => Some((
                place,
                "this target can give several values, and `each` does not say how many must do",
                "add `each: all`, `any`, `none`, `{atLeast: n}`, `{atMost: n}` or `{exactly: n}`",
            )),
            (NeedsEach::No, Some(span)) => Some((
                span,
                "`each` has no meaning here: the target gives one value",
                "remove it, or use a `selector`, or `*` in the path",
            )),
            _ => None,
        };
        if let Some((span, message, help)) = found {
            let diagnostic = reader.error("each", span, message);
            reader.report(diagnostic.help(help));
        }
        self.check_allow_empty(reader);
    }

    pub(super) fn check_allow_empty(self, reader: &mut Reader<'_>) {
        let Some((_, span)) = self.allow_empty.filter(|_| self.each() != Some(Each::All)) else {
            return;
        };
        let message =
            "`allowEmpty` has no meaning here: only `each: all` has no answer for an empty set";
        let diagnostic = reader.error("allowEmpty", span, message);
        reader.report(diagnostic.help("remove it"));
    }
}

//! The upper levels of documents that nothing is to be said of.

use std::borrow::Cow;
use std::sync::Arc;

use super::builder::{Builder, Size, stand_once};
use super::node::ScalarStyle;
use super::receiver::{Properties, Receiver, Shape};
use super::scalar::is_doubtful;
use super::{Documents, Limits, Node, yaml};
use crate::source::{SourceFile, Span};

/// The documents of a file as [`parse`](super::parse) reads them, but down to `levels` only: lists and maps that nest deeper are
/// empty. The whole of it is judged all the same: where `parse` would report anything, where [`check_scalars`](Node::check_scalars)
/// would report anything of what is left out, and where there are anchors or merged maps, the answer is `None`, and `parse` says more.
///
/// For large documents of which little is asked, such as CustomResourceDefinitions. Cost: linear in the text like `parse`, but memory
/// for what is kept only.
///
/// ```
/// use catalog_conditions::document::{Limits, outline};
/// use catalog_conditions::SourceFile;
///
/// let file = SourceFile::new("crd.yaml", "spec: {group: example.com, names: {kind: Widget}}\n");
/// let documents = outline(&file, &Limits::default(), 2).unwrap();
/// let spec = documents[0].value("spec").unwrap();
/// assert_eq!(spec.value("group").unwrap().as_scalar().unwrap().text(), "example.com");
/// assert!(spec.value("names").unwrap().as_mapping().unwrap().entries().is_empty());
///
/// let twice = SourceFile::new("crd.yaml", "spec: {names: {kind: Widget, kind: Gadget}}\n");
/// assert!(outline(&twice, &Limits::default(), 2).is_none());
/// ```
#[must_use]
pub fn outline(file: &Arc<SourceFile>, limits: &Limits, levels: usize) -> Option<Vec<Node>> {
    let mut outline = Outline {
        builder: Builder::new(file, limits),
        levels,
        kept: 0,
        left_out: Vec::new(),
        keys: Vec::new(),
        start: 0,
        end: 0,
    };
    yaml::events(file.text(), limits, &mut outline)?;
    let Documents {
        documents,
        diagnostics,
    } = outline.builder.finish();
    diagnostics.is_empty().then_some(documents)
}

/// Hands on what is kept and judges the rest.
struct Outline<'a, 't> {
    builder: Builder<'a>,
    levels: usize,
    /// How many lists and maps are open that are kept whole.
    kept: usize,
    /// The open ones that are left out. The first of them is kept as an empty one.
    left_out: Vec<LeftOut>,
    /// The keys of the maps among them.
    keys: Vec<&'t str>,
    /// Where the first of them begins.
    start: usize,
    /// Where the last thing in them ends.
    end: usize,
}

struct LeftOut {
    shape: Shape,
    /// How many keys there were before it began.
    keys: usize,
    /// Whether a key comes next, if it is a map.
    is_at_key: bool,
    /// What is in it.
    size: Size,
}

/// Something may be to be said.
struct Doubt;

impl<'t> Outline<'_, 't> {
    /// Takes note that the list or map around has one item, key or value more.
    fn step(&mut self, size: Size, key: Option<&'t str>, span: Span) -> Result<(), Doubt> {
        let Some(around) = self.left_out.last_mut() else {
            return Ok(());
        };
        let is_map = around.shape == Shape::Mapping;
        let above = self.keys.last().filter(|_| is_map && !around.is_at_key);
        around.size.hold(size, above.copied());
        if is_map {
            if around.is_at_key {
                self.keys.push(key.ok_or(Doubt)?);
            }
            around.is_at_key = !around.is_at_key;
        }
        let paths = around.size.paths;
        self.builder.check_paths(paths, span).map_err(|_| Doubt)
    }

    fn open_left_out(&mut self, span: Span, shape: Shape) -> Result<(), Doubt> {
        if self.left_out.is_empty() {
            self.builder
                .collection_start(span, shape, (0, None))
                .map_err(|_| Doubt)?;
            self.start = span.start;
        } else {
            self.builder.count(1, span).map_err(|_| Doubt)?;
            // No list or map is a key.
            let is_at_key = |around: &LeftOut| around.shape == Shape::Mapping && around.is_at_key;
            if self.left_out.last().is_some_and(is_at_key) {
                return Err(Doubt);
            }
        }
        // What is left out counts like what is kept.
        if self.kept + self.left_out.len() >= self.builder.limits().depth {
            return Err(Doubt);
        }
        self.end = self.end.max(span.end);
        self.left_out.push(LeftOut {
            shape,
            keys: self.keys.len(),
            is_at_key: true,
            size: Size::default(),
        });
        Ok(())
    }

    fn close_left_out(&mut self, left_out: &LeftOut, end: Span) -> Result<(), Doubt> {
        // A bracket has a width; a block ends where the last thing in it does.
        if end.end > end.start {
            self.end = self.end.max(end.end);
        }
        let keys = self.keys.get(left_out.keys..).unwrap_or_default();
        if !stand_once(keys, |key| key) {
            return Err(Doubt);
        }
        self.keys.truncate(left_out.keys);
        if !self.left_out.is_empty() {
            return self.step(left_out.size.closed(), None, end);
        }
        self.builder.hold_left_out(left_out.size);
        let whole = Span::new(self.start, self.end);
        self.builder.collection_end(whole).map_err(|_| Doubt)
    }
}

impl<'t> Receiver<'t> for Outline<'_, 't> {
    type Stop = Doubt;

    fn document_start(&mut self, span: Span) {
        self.builder.document_start(span);
    }

    fn document_end(&mut self, span: Span) -> Result<(), Doubt> {
        self.builder.document_end(span).map_err(|_| Doubt)
    }

    fn scalar(
        &mut self,
        span: Span,
        text: Cow<'t, str>,
        style: ScalarStyle,
        (anchor, tag): Properties,
    ) -> Result<(), Doubt> {
        let is_plain = style == ScalarStyle::Plain;
        if anchor != 0 || (is_plain && text == "<<") {
            return Err(Doubt);
        }
        if self.left_out.is_empty() {
            let properties = (anchor, tag);
            return self
                .builder
                .scalar(span, text, style, properties)
                .map_err(|_| Doubt);
        }
        if tag.is_some() || (is_plain && is_doubtful(&text)) {
            return Err(Doubt);
        }
        self.builder.count(1, span).map_err(|_| Doubt)?;
        self.end = self.end.max(span.end);
        // A key that is not there has a text all the same, and one with escapes none that lives on.
        let key = match text {
            Cow::Borrowed(text) if span.end > span.start => Some(text),
            _ => None,
        };
        self.step(Size::scalar(0), key, span)
    }

    fn collection_start(
        &mut self,
        span: Span,
        shape: Shape,
        (anchor, tag): Properties,
    ) -> Result<(), Doubt> {
        if anchor != 0 || tag.is_some() {
            return Err(Doubt);
        }
        if self.kept >= self.levels {
            return self.open_left_out(span, shape);
        }
        self.kept += 1;
        self.builder
            .collection_start(span, shape, (0, None))
            .map_err(|_| Doubt)
    }

    fn collection_end(&mut self, end: Span) -> Result<(), Doubt> {
        if let Some(left_out) = self.left_out.pop() {
            return self.close_left_out(&left_out, end);
        }
        self.kept = self.kept.saturating_sub(1);
        self.builder.collection_end(end).map_err(|_| Doubt)
    }

    fn alias(&mut self, _: Span, _: usize) -> Result<(), Doubt> {
        Err(Doubt)
    }

    fn unresolved_alias(&mut self, _: Span, _: &str) -> Result<(), Doubt> {
        Err(Doubt)
    }
}

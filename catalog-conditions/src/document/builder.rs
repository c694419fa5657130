//! Puts a tree together from the parser's events, within the limits.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::node::{Entry, Kind, Mapping, Node, Scalar, ScalarStyle, Tag};
use super::receiver::{Receiver, Shape};
use super::text::Text;
use super::{Documents, Limits};
use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, Span};

/// Reading ends here: the rest of the file cannot be understood, or costs too much.
pub(super) struct Stop(pub(super) Box<Diagnostic>);

/// A list or map that is not closed yet.
struct Frame {
    span: Span,
    tag: Option<Box<Tag>>,
    anchor: usize,
    size: Size,
    shape: Shape,
    /// How many nodes were waiting for what they belong to when it began: its own come after them.
    below: usize,
}

/// What a finished node costs to copy and to speak of, and how deep it nests.
#[derive(Clone, Copy, Default)]
pub(super) struct Size {
    nodes: usize,
    bytes: usize,
    height: usize,
    /// The bytes of the paths to all that is in it, from the node on. Whoever speaks of values names such a path for each.
    pub(super) paths: usize,
}

impl Size {
    /// Counts what is in it, below a key where it is a map and this a value.
    pub(super) fn hold(&mut self, inner: Self, key: Option<&str>) {
        let step = key.map_or(0, |key| key.len().saturating_add(1));
        let on_the_way = inner.nodes.saturating_mul(step);
        self.nodes = self.nodes.saturating_add(inner.nodes);
        self.bytes = self.bytes.saturating_add(inner.bytes);
        self.height = self.height.max(inner.height);
        self.paths = (self.paths.saturating_add(inner.paths)).saturating_add(on_the_way);
    }

    pub(super) fn scalar(bytes: usize) -> Self {
        Self {
            nodes: 1,
            bytes,
            ..Self::default()
        }
    }

    /// That of the list or map which holds this.
    pub(super) fn closed(self) -> Self {
        Self {
            nodes: self.nodes.saturating_add(1),
            height: self.height.saturating_add(1),
            ..self
        }
    }
}

struct Anchored {
    node: Node,
    size: Size,
}

pub(super) struct Builder<'a> {
    file: &'a Arc<SourceFile>,
    limits: &'a Limits,
    frames: Vec<Frame>,
    /// Finished nodes of the lists and maps that are not closed yet.
    waiting: Vec<Node>,
    anchors: BTreeMap<usize, Anchored>,
    root: Option<Node>,
    document_start: usize,
    nodes: usize,
    copied: usize,
    /// The paths in the documents before this one.
    paths: usize,
    documents: Vec<Node>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(file: &'a Arc<SourceFile>, limits: &'a Limits) -> Self {
        Self {
            file,
            limits,
            frames: Vec::new(),
            waiting: Vec::new(),
            anchors: BTreeMap::new(),
            root: None,
            document_start: 0,
            nodes: 0,
            copied: 0,
            paths: 0,
            documents: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    pub(super) fn file(&self) -> &'a Arc<SourceFile> {
        self.file
    }

    pub(super) fn limits(&self) -> &'a Limits {
        self.limits
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Ends reading where so much is wrong that the diagnostics would take many times the memory of the file.
    fn check_errors(&self, span: Span) -> Result<(), Stop> {
        let allowed = self.limits.errors;
        if self.diagnostics.len() <= allowed {
            return Ok(());
        }
        let message = format!("more than {allowed} errors: the rest of this file is not read");
        let diagnostic = Diagnostic::error("yaml.limit.errors", message).at(self.file, span);
        Err(Stop(Box::new(diagnostic.help(
            "mend those that are listed, from the first on: others are often their consequence",
        ))))
    }

    pub(super) fn finish(self) -> Documents {
        Documents {
            documents: self.documents,
            diagnostics: self.diagnostics,
        }
    }

    /// The parser adds two things that nobody wrote: `~` for a value that is not there, and a line break after a block at the end of a
    /// file that has none.
    fn as_written(&self, span: Span, text: Cow<'_, str>, style: ScalarStyle) -> Text {
        let file = self.file.text();
        let quote = usize::from(style == ScalarStyle::Quoted);
        match text {
            _ if style == ScalarStyle::Plain && span.start == span.end => Text::Own(String::new()),
            Cow::Borrowed(slice) => Text::at(self.file, span.start + quote, slice),
            Cow::Owned(mut text) => {
                let is_cut_off =
                    style == ScalarStyle::Block && span.end >= file.len() && !file.ends_with('\n');
                if is_cut_off && text.ends_with('\n') {
                    text.pop();
                }
                Text::Own(text)
            }
        }
    }

    /// Where the last item or entry of a collection ends.
    fn last_end(&self, frame: &Frame) -> Option<usize> {
        let nodes = self.waiting.get(frame.below..)?;
        let last = match (frame.shape, nodes) {
            // An alias has the span of what it stands for, which may be before its key.
            (Shape::Mapping, [.., key, value]) => value.span().end.max(key.span().end),
            _ => nodes.last()?.span().end,
        };
        Some(last)
    }

    /// The nodes that wait above `below`, in pairs.
    fn entries(&mut self, below: usize) -> Vec<Entry> {
        let mut nodes = self.waiting.drain(below..);
        let mut entries = Vec::with_capacity(nodes.len() / 2);
        while let (Some(key), Some(value)) = (nodes.next(), nodes.next()) {
            entries.push(Entry { key, value });
        }
        entries
    }

    fn complete(&mut self, node: Node, size: Size, anchor: usize) -> Result<(), Stop> {
        if anchor != 0 {
            self.charge_copy(size, node.span())?;
            self.anchors.insert(
                anchor,
                Anchored {
                    node: node.clone(),
                    size,
                },
            );
        }
        let Some(frame) = self.frames.last_mut() else {
            self.root = Some(node);
            self.paths = self.paths.saturating_add(size.paths);
            return Ok(());
        };
        let is_value = (self.waiting.len() - frame.below) % 2 == 1;
        let key = self
            .waiting
            .last()
            .filter(|_| is_value && frame.shape == Shape::Mapping);
        let key = key.and_then(Node::as_scalar).map(Scalar::text);
        frame.size.hold(size, key);
        let (paths, span) = (frame.size.paths, node.span());
        self.waiting.push(node);
        self.check_paths(paths, span)
    }

    /// Counts what is in the list or map that is open and of which nothing is kept.
    pub(super) fn hold_left_out(&mut self, size: Size) {
        if let Some(frame) = self.frames.last_mut() {
            frame.size = size;
        }
    }

    /// Ends reading where keys are so long and nest so deep that what is said of values would take many times the memory of the file.
    pub(super) fn check_paths(&self, paths: usize, span: Span) -> Result<(), Stop> {
        const SMALL: usize = 16 << 10;
        let times = self.limits.path_expansion;
        let allowed = times.saturating_mul(self.file.text().len().max(SMALL));
        if self.paths.saturating_add(paths) <= allowed {
            return Ok(());
        }
        Err(self.over(
            "path-expansion",
            span,
            format!("the paths of all that is in it come to more than {times} times the size of the file"),
        ))
    }

    /// Reports keys that are no text or stand twice, and merges what `<<` names.
    fn mapping(&mut self, entries: Vec<Entry>) -> Mapping {
        if are_texts_that_stand_once(&entries) {
            return Mapping::new(entries, Vec::new());
        }
        let mut seen: HashMap<String, Span> = HashMap::with_capacity(entries.len());
        let mut kept = Vec::with_capacity(entries.len());
        let (mut merged, mut duplicates) = (Vec::new(), Vec::new());
        for entry in entries {
            if is_merge(&entry.key) {
                merged.push(entry.value);
                continue;
            }
            let span = entry.key.span();
            let Some(name) = entry.name() else {
                let diagnostic = Diagnostic::error(
                    "yaml.key",
                    format!("a key must be a text, not {}", entry.key.describe()),
                );
                self.report(diagnostic.at(self.file, span));
                continue;
            };
            if let Some(&first) = seen.get(name) {
                let line = self.file.line(first.start);
                let diagnostic = Diagnostic::error(
                    "yaml.duplicate-key",
                    format!(
                        "the key `{}` stands here again, first in line {line}",
                        short(name)
                    ),
                );
                let diagnostic =
                    diagnostic
                        .at(self.file, span)
                        .related(self.file, first, "first defined here");
                self.report(
                    diagnostic
                        .help("keep one of the two: which of them counts depends on the reader"),
                );
                duplicates.push(entry);
                continue;
            }
            seen.insert(name.to_owned(), span);
            kept.push(entry);
        }
        for value in merged {
            self.merge(value, &mut seen, &mut kept);
        }
        Mapping::new(kept, duplicates)
    }

    fn merge(&mut self, value: Node, seen: &mut HashMap<String, Span>, kept: &mut Vec<Entry>) {
        let span = value.span();
        let sources = match value.into_kind() {
            Kind::Mapping(mapping) => vec![mapping],
            Kind::Sequence(items) if items.iter().all(|item| item.as_mapping().is_some()) => items
                .into_iter()
                .filter_map(|item| {
                    if let Kind::Mapping(mapping) = item.into_kind() {
                        Some(mapping)
                    } else {
                        None
                    }
                })
                .collect(),
            _ => {
                let diagnostic = Diagnostic::error(
                    "yaml.merge",
                    "`<<` merges a map or a list of maps, and this is neither",
                )
                .at(self.file, span);
                return self.report(
                    diagnostic.help("quote the key (\"<<\") if it is meant as a plain key"),
                );
            }
        };
        for entry in sources.into_iter().flat_map(Mapping::into_entries) {
            let Some(name) = entry.name().map(str::to_owned) else {
                continue;
            };
            if let std::collections::hash_map::Entry::Vacant(place) = seen.entry(name) {
                place.insert(entry.key.span());
                kept.push(entry);
            }
        }
    }

    pub(super) fn count(&mut self, nodes: usize, span: Span) -> Result<(), Stop> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes <= self.limits.nodes {
            return Ok(());
        }
        Err(self.over(
            "nodes",
            span,
            format!("the document has more than {} nodes", self.limits.nodes),
        ))
    }

    /// An anchor's copy and each alias to it count against the same budget, so that neither can multiply the other.
    fn charge_copy(&mut self, size: Size, span: Span) -> Result<(), Stop> {
        self.copied = self
            .copied
            .saturating_add(size.nodes)
            .saturating_add(size.bytes);
        let allowed = self
            .limits
            .alias_expansion
            .saturating_mul(self.file.text().len());
        if self.copied <= allowed {
            return Ok(());
        }
        let times = self.limits.alias_expansion;
        Err(self.over(
            "alias-expansion",
            span,
            format!("the aliases expand to more than {times} times the size of the file"),
        ))
    }

    pub(super) fn too_deep(&self, span: Span) -> Stop {
        self.over(
            "depth",
            span,
            format!("lists and maps nest deeper than {}", self.limits.depth),
        )
    }

    fn over(&self, limit: &str, span: Span, message: String) -> Stop {
        let diagnostic =
            Diagnostic::error(format!("yaml.limit.{limit}"), message).at(self.file, span);
        Stop(Box::new(diagnostic.help(
            "if the file is meant to be like this, raise the limit",
        )))
    }

    fn stop(&self, code: &'static str, span: Span, message: String) -> Stop {
        Stop(Box::new(
            Diagnostic::error(code, message).at(self.file, span),
        ))
    }
}

impl<'t> Receiver<'t> for Builder<'_> {
    type Stop = Stop;

    fn document_start(&mut self, span: Span) {
        self.document_start = span.start;
        self.nodes = 0;
        self.anchors.clear();
        self.root = None;
    }

    fn document_end(&mut self, span: Span) -> Result<(), Stop> {
        let bytes = span.end.saturating_sub(self.document_start);
        if bytes > self.limits.document_bytes {
            return Err(self.over(
                "document-bytes",
                span,
                format!(
                    "the document has {bytes} bytes, more than the {} allowed",
                    self.limits.document_bytes
                ),
            ));
        }
        if let Some(root) = self.root.take() {
            let empty = root
                .as_scalar()
                .is_some_and(|s| s.style == ScalarStyle::Plain && s.text().is_empty());
            if !empty {
                self.documents.push(root);
            }
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        span: Span,
        text: Cow<'t, str>,
        style: ScalarStyle,
        (anchor, tag): (usize, Option<Box<Tag>>),
    ) -> Result<(), Stop> {
        let text = self.as_written(span, text, style);
        let size = Size::scalar(text.as_str().len());
        self.count(1, span)?;
        let kind = Kind::Scalar(Scalar { text, style });
        self.complete(Node::new(span, tag, kind), size, anchor)
    }

    fn collection_start(
        &mut self,
        span: Span,
        shape: Shape,
        (anchor, tag): (usize, Option<Box<Tag>>),
    ) -> Result<(), Stop> {
        self.count(1, span)?;
        if self.frames.len() >= self.limits.depth {
            return Err(self.too_deep(span));
        }
        self.frames.push(Frame {
            span,
            tag,
            anchor,
            size: Size::default(),
            shape,
            below: self.waiting.len(),
        });
        Ok(())
    }

    fn collection_end(&mut self, end: Span) -> Result<(), Stop> {
        let Some(frame) = self.frames.pop() else {
            return Ok(());
        };
        let size = frame.size.closed();
        let last = self.last_end(&frame);
        let kind = match frame.shape {
            Shape::Sequence => Kind::Sequence(self.waiting.split_off(frame.below)),
            Shape::Mapping => {
                let entries = self.entries(frame.below);
                Kind::Mapping(self.mapping(entries))
            }
        };
        // A block ends where its last item does; a flow list or map at its bracket, which has a width.
        let end = if end.end > end.start {
            end.end
        } else {
            last.unwrap_or(frame.span.end)
        };
        let span = Span::new(frame.span.start, end.max(frame.span.start));
        self.check_errors(Span::new(span.end, span.end))?;
        self.complete(Node::new(span, frame.tag, kind), size, frame.anchor)
    }

    fn alias(&mut self, span: Span, anchor: usize) -> Result<(), Stop> {
        let Some(anchored) = self.anchors.get(&anchor) else {
            let message = "this alias stands inside what it names".to_owned();
            return Err(self.stop("yaml.alias", span, message));
        };
        let size = anchored.size;
        self.charge_copy(size, span)?;
        self.count(size.nodes, span)?;
        if self.frames.len() + size.height > self.limits.depth {
            return Err(self.too_deep(span));
        }
        let Some(node) = self
            .anchors
            .get(&anchor)
            .map(|anchored| anchored.node.clone())
        else {
            return Ok(());
        };
        self.complete(node, size, 0)
    }

    fn unresolved_alias(&mut self, span: Span, name: &str) -> Result<(), Stop> {
        // The name is not said: a password that begins with `*` reads as an alias.
        let message = "no anchor of its name comes before this alias";
        let diagnostic = Diagnostic::error("yaml.alias", message).at(self.file, span);
        let help = "define the anchor (`&name`) earlier in this document, or quote the text if it is meant as one";
        self.report(diagnostic.help(help));
        self.check_errors(span)?;
        let text = Cow::Owned(format!("*{name}"));
        self.scalar(span, text, ScalarStyle::Quoted, (0, None))
    }
}

/// Whether there is nothing to report of the keys of a map, and nothing to merge: so it is with nearly all.
fn are_texts_that_stand_once(entries: &[Entry]) -> bool {
    let name = |entry: &'_ Entry| entry.name().filter(|_| !is_merge(&entry.key)).is_some();
    entries.iter().all(name) && stand_once(entries, |entry| entry.name().unwrap_or_default())
}

/// Whether no two of these have the same name.
pub(super) fn stand_once<T>(named: &[T], name: impl Fn(&T) -> &str) -> bool {
    /// Up to so many, comparing each with those after it is faster than hashing them.
    const FEW: usize = 8;
    if named.len() > FEW {
        let names: HashSet<&str> = named.iter().map(name).collect();
        return names.len() == named.len();
    }
    let mut rest = named;
    while let [first, others @ ..] = rest {
        if others.iter().any(|other| name(other) == name(first)) {
            return false;
        }
        rest = others;
    }
    true
}

fn is_merge(key: &Node) -> bool {
    key.tag().is_none()
        && key
            .as_scalar()
            .is_some_and(|s| s.style == ScalarStyle::Plain && s.text() == "<<")
}

/// The beginning of a text that may be very long.
fn short(text: &str) -> String {
    let mut chars = text.chars();
    let head: String = chars.by_ref().take(64).collect();
    if chars.next().is_some() {
        format!("{head}…")
    } else {
        head
    }
}

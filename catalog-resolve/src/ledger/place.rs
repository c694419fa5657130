//! Where in the files of a catalog something stands.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_model::document::{Kind, Limits, Node, parse};
use catalog_model::sensitive::may_show_line;
use catalog_model::{Diagnostic, Source, SourceFile, Span};

/// A part of an object in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Relative to the catalog.
    pub(super) file: String,
    /// Where the object begins and ends.
    pub(super) object: (usize, usize),
    /// The part, in the object.
    pub(super) pointer: String,
    /// The object is a Secret: its lines are not shown.
    pub(super) is_secret: bool,
}

impl Place {
    /// An object in a file, by where it begins and ends there.
    pub(crate) fn of_object(file: String, span: Span) -> Self {
        Self {
            file,
            object: (span.start, span.end),
            pointer: String::new(),
            is_secret: false,
        }
    }

    /// The same, of an object that is a Secret.
    pub(crate) fn of_secret(self) -> Self {
        Self {
            is_secret: true,
            ..self
        }
    }

    /// A part of the same object.
    pub(crate) fn part(mut self, pointer: &str) -> Self {
        self.pointer.push_str(pointer);
        self
    }

    /// Whether its lines must not be shown, as they may have the data of a Secret.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.is_secret
    }

    /// The file, relative to the catalog.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The part of the object that it is about, as a JSON pointer; empty for the object itself.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The file as it is now, and the bytes of the part in it, or of the nearest part around it; `None` if the file cannot be read, or is
    /// another one by now. Cost: reads and parses the file.
    #[must_use]
    pub fn find(&self, source: &dyn Source) -> Option<(Arc<SourceFile>, Span)> {
        PlacesIn::new(source).find(self)
    }

    /// The node that is the object.
    fn object_in<'n>(&self, root: &'n Node) -> Option<&'n Node> {
        let mut open = vec![root];
        while let Some(node) = open.pop() {
            let (span, (start, end)) = (node.span(), self.object);
            // A list of one item begins and ends where that does.
            if (span.start, span.end) == (start, end) && node.as_mapping().is_some() {
                return Some(node);
            }
            if span.start > start || span.end < end {
                continue;
            }
            match node.kind() {
                Kind::Mapping(mapping) => {
                    open.extend(mapping.entries().iter().map(|one| one.value()))
                }
                Kind::Sequence(items) => open.extend(items),
                Kind::Scalar(_) => {}
            }
        }
        None
    }
}

/// Finds places in the files of a source, and parses each once as long as they are not too many.
pub(crate) struct PlacesIn<'s> {
    source: &'s dyn Source,
    /// By path; none of a file that cannot be read.
    known: BTreeMap<String, Option<ParsedFile>>,
    bytes: usize,
}

type ParsedFile = (Arc<SourceFile>, Vec<Node>);

/// Bytes of files that are kept: parsed they take some times as much.
const KEPT_BYTES: usize = 8 << 20;

impl<'s> PlacesIn<'s> {
    pub(crate) fn new(source: &'s dyn Source) -> Self {
        Self {
            source,
            known: BTreeMap::new(),
            bytes: 0,
        }
    }

    /// As [`Place::find`].
    pub(crate) fn find(&mut self, place: &Place) -> Option<(Arc<SourceFile>, Span)> {
        let (file, _, span) = self.look_up(place)?;
        Some((Arc::clone(file), span))
    }

    /// A diagnostic at a place, without its line where that may have a secret in it.
    pub(crate) fn placed(&mut self, diagnostic: Diagnostic, place: &Place) -> Diagnostic {
        let Some((file, object, span)) = self.look_up(place) else {
            return diagnostic.at_path(place.file());
        };
        let line = lines_around(file.text(), span);
        let is_shown = !place.is_secret && may_show_line(&object.to_json(), &place.pointer, line);
        let diagnostic = diagnostic.at(file, span);
        match is_shown {
            true => diagnostic,
            false => diagnostic.withholding_source(),
        }
    }

    fn look_up(&mut self, place: &Place) -> Option<(&Arc<SourceFile>, &Node, Span)> {
        if !self.known.contains_key(&place.file) {
            self.parse(&place.file);
        }
        let (file, documents) = self.known.get(&place.file)?.as_ref()?;
        let object = documents.iter().find_map(|node| place.object_in(node))?;
        let span = first_line(file, part(object, &place.pointer));
        Some((file, object, span))
    }

    fn parse(&mut self, path: &str) {
        let parsed = parsed(self.source, path);
        self.bytes += parsed.as_ref().map_or(0, |(file, _)| file.text().len());
        if self.bytes > KEPT_BYTES {
            self.known.clear();
            self.bytes = parsed.as_ref().map_or(0, |(file, _)| file.text().len());
        }
        self.known.insert(path.to_owned(), parsed);
    }
}

fn parsed(source: &dyn Source, path: &str) -> Option<ParsedFile> {
    let limits = Limits::default();
    let bytes = source.read(path, limits.file_bytes).ok()?;
    let file = SourceFile::from_bytes(path, bytes).ok()?;
    let documents = parse(&file, &limits).documents;
    Some((file, documents))
}

/// The part that a pointer leads to, or the nearest around it: the key with its value, if that is on one line.
fn part(object: &Node, pointer: &str) -> Span {
    let (mut node, mut span) = (object, object.span());
    for key in pointer.split('/').skip(1) {
        let key = key.replace("~1", "/").replace("~0", "~");
        let next = match node.kind() {
            Kind::Mapping(mapping) => mapping.entry(&key).map(|entry| {
                (
                    entry.value(),
                    Span::new(entry.key().span().start, entry.value().span().end),
                )
            }),
            Kind::Sequence(items) => {
                let item = key.parse().ok().and_then(|at: usize| items.get(at));
                item.map(|item| (item, item.span()))
            }
            Kind::Scalar(_) => None,
        };
        let Some(next) = next else { break };
        (node, span) = next;
    }
    span
}

/// The whole line that a span is on.
fn lines_around(text: &str, span: Span) -> &str {
    let before = text.get(..span.start).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let after = text.get(span.end..).unwrap_or_default();
    let end = span.end + after.find('\n').unwrap_or(after.len());
    text.get(start..end).unwrap_or_default()
}

/// The part of a span that is on its first line.
fn first_line(file: &Arc<SourceFile>, span: Span) -> Span {
    let length = file.slice(span).lines().next().map_or(0, str::len);
    Span::new(span.start, span.start + length)
}

//! Where a release says something.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_conditions::document::{Kind, Limits, Node, parse};
use catalog_conditions::{Location, SourceFile, Span};

use super::ids::LinkedFolders;
use crate::pointer::unescaped;
use crate::release::Release;
use crate::source::{Source, join};

/// A release on one of the sides, with the files that have been read for it.
pub(super) struct Side<'c> {
    pub(super) release: &'c Release,
    pub(super) source: Option<&'c dyn Source>,
    read: RefCell<BTreeMap<String, Option<Arc<SourceFile>>>>,
    metadata: RefCell<Option<Option<Node>>>,
    linked: OnceCell<LinkedFolders>,
}

impl<'c> Side<'c> {
    pub(super) fn new(source: Option<&'c dyn Source>, release: &'c Release) -> Self {
        Self {
            release,
            source,
            read: RefCell::new(BTreeMap::new()),
            metadata: RefCell::new(None),
            linked: OnceCell::new(),
        }
    }

    /// Whether there may be links in a folder of the version, or below it.
    pub(super) fn has_links(&self, below: &str) -> bool {
        self.source.is_none_or(|source| {
            let find = || LinkedFolders::of(source, self.release.folder());
            self.linked.get_or_init(find).has(below)
        })
    }

    /// A file of the version folder; `None` if it cannot be read.
    pub(super) fn file(&self, path: &str) -> Option<Arc<SourceFile>> {
        let mut read = self.read.borrow_mut();
        if let Some(known) = read.get(path) {
            return known.clone();
        }
        let file = self.source.and_then(|source| {
            let full = join(self.release.folder(), path);
            let bytes = source.read(&full, Limits::default().file_bytes).ok()?;
            let text = String::from_utf8(bytes).ok()?;
            Some(SourceFile::new(source.display(&full), text))
        });
        read.insert(path.to_owned(), file.clone());
        file
    }

    /// A place that loading noted.
    pub(super) fn at(&self, path: &str, span: Span) -> Option<Location> {
        let file = self.file(path)?;
        // A file that was changed since it was loaded is another one.
        let is_inside = file.text().get(span.start..span.end).is_some();
        is_inside.then(|| Location::new(&file, span))
    }

    /// Where a part of the metadata is written: the first of the pointers that leads to something.
    pub(super) fn in_metadata(&self, pointers: &[&str]) -> Option<Location> {
        let (path, file) = ["metadata.yaml", "metadata.yml"]
            .into_iter()
            .find_map(|path| Some((path, self.file(path)?)))?;
        let mut metadata = self.metadata.borrow_mut();
        let root = metadata.get_or_insert_with(|| {
            let documents = parse(&file, &Limits::default()).documents;
            documents.into_iter().next()
        });
        let root = root.as_ref()?;
        let span = pointers.iter().find_map(|pointer| span(root, pointer))?;
        self.at(path, span)
    }
}

/// The bytes of the value at a JSON pointer, with its key where it has one.
fn span(root: &Node, pointer: &str) -> Option<Span> {
    let mut node = root;
    let mut span = root.span();
    for token in pointer.split('/').skip(1) {
        match node.kind() {
            Kind::Mapping(mapping) => {
                let entry = mapping.entry(&unescaped(token))?;
                node = entry.value();
                span = Span::new(entry.key().span().start, node.span().end);
            }
            Kind::Sequence(items) => {
                node = items.get(token.parse::<usize>().ok()?)?;
                span = node.span();
            }
            Kind::Scalar(_) => return None,
        }
    }
    Some(span)
}
